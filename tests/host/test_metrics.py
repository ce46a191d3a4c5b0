"""Metrics count what happened, under labels that no client can multiply."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ecma2py.host.metrics import Metrics


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """The value of one series."""
    return metrics.registry.get_sample_value(f"ecma2py_{name}", labels)


def test_a_request_is_counted_and_timed() -> None:
    """Requests of one kind share a series; another status is another one."""
    metrics = Metrics()
    for seconds in (0.002, 0.02):
        metrics.request("HR", "GET", "/Users/{id}", 200, seconds)
    metrics.request("HR", "GET", "/Users/{id}", 404, 0.002)
    labels = {"connector": "HR", "method": "GET", "route": "/Users/{id}"}
    assert value(metrics, "requests_total", **labels, status="200") == 2
    assert value(metrics, "requests_total", **labels, status="404") == 1
    assert value(metrics, "request_duration_seconds_count", **labels) == 3
    assert value(metrics, "request_duration_seconds_bucket", **labels, le="0.0025") == 2


def test_made_up_methods_share_one_series() -> None:
    """A client that invents methods does not make the host remember them."""
    metrics = Metrics()
    for number in range(100):
        metrics.request("HR", f"M{number}", "-", 405, 0)
    labels = {"connector": "HR", "method": "OTHER", "route": "-", "status": "405"}
    assert value(metrics, "requests_total", **labels) == 100
    assert len(metrics._bound) == 0


def test_the_number_of_series_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit new kinds of request are counted together."""
    monkeypatch.setattr("ecma2py.host.metrics._SERIES_AT_MOST", 2)
    metrics = Metrics()
    for number in range(5):
        metrics.request(f"C{number}", "GET", "-", 200, 0)
    labels = {"connector": "OTHER", "method": "GET", "route": "OTHER", "status": "200"}
    assert value(metrics, "requests_total", **labels) == 3


def test_imports_exports_and_sizes_are_seen() -> None:
    """Runs by kind and result, objects, batches, queue and space, each for its connector."""
    metrics = Metrics()
    metrics.import_run("HR", "full", "success", objects=10, seconds=2.5)
    metrics.import_run("HR", "full", "stopped-server-down", objects=3, seconds=1)
    metrics.import_run("HR", "delta", "stopped-server-down", objects=0, seconds=1)
    metrics.export_batch("HR", 7)
    metrics.space_objects("HR", "user", 10)
    metrics.token_refused("HR")
    metrics.token_refused()
    waiting = [1]
    metrics.watch_export_queue("HR", lambda: len(waiting))
    waiting.append(2)
    full = {"connector": "HR", "kind": "full"}
    assert value(metrics, "import_runs_total", **full, result="success") == 1
    assert value(metrics, "import_objects_total", **full) == 13
    assert value(metrics, "import_seconds_total", **full) == 3.5
    assert (value(metrics, "last_import_timestamp_seconds", **full) or 0) > 1e9
    assert value(metrics, "last_import_timestamp_seconds", connector="HR", kind="delta") is None
    assert value(metrics, "export_batch_size_sum", connector="HR") == 7
    assert value(metrics, "space_objects", connector="HR", object_type="user") == 10
    assert value(metrics, "tokens_refused_total", connector="HR") == 1
    assert value(metrics, "tokens_refused_total", connector="") == 1
    assert value(metrics, "export_queue_depth", connector="HR") == 2


def test_a_connector_that_is_gone_leaves_no_series() -> None:
    """After a reload only served connectors are shown, and counting starts anew."""
    metrics = Metrics()
    for name in ("HR", "CRM"):
        metrics.request(name, "GET", "-", 200, 0)
        metrics.space_objects(name, "user", 1)
        metrics.watch_export_queue(name, lambda: 0)
    metrics.forget("HR")
    assert b'"HR"' not in metrics.render()
    assert b'"CRM"' in metrics.render()
    metrics.request("HR", "GET", "-", 200, 0)
    labels = {"connector": "HR", "method": "GET", "route": "-", "status": "200"}
    assert value(metrics, "requests_total", **labels) == 1


def test_two_hosts_in_one_process_do_not_meet() -> None:
    """Each host has a registry of its own."""
    first, second = Metrics(), Metrics()
    first.token_refused("HR")
    assert value(second, "tokens_refused_total", connector="HR") is None


def test_what_is_rendered_can_be_read_back() -> None:
    """The text is what a Prometheus server parses."""
    metrics = Metrics()
    metrics.request("HR", "GET", "-", 200, 0.1)
    text = metrics.render().decode()
    families = {family.name for family in text_string_to_metric_families(text)}
    assert {"ecma2py_requests", "ecma2py_request_duration_seconds"} <= families
