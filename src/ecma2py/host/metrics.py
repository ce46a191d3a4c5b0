"""What Prometheus can ask the host: requests, exports, imports and the size of what is served."""

import time
from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST.encode()
"""What an answer with ``Metrics.render`` calls itself."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)
_BATCHES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_SERIES_AT_MOST = 10_000

_Observe = Callable[[float], None]
_Count = Callable[[], None]


class Metrics:
    """All metrics of one host, in a registry of its own.

    Label values must come from the program (a route's template, a connector's name), never from
    a request. An unknown method counts as OTHER, and beyond 10,000 series new ones do too.
    Thread-safe.
    """

    __slots__ = (
        "_batches",
        "_bound",
        "_depth",
        "_import_objects",
        "_import_seconds",
        "_last_import",
        "_latencies",
        "_objects",
        "_refused",
        "_rejected",
        "_requests",
        "_runs",
        "_workers",
        "registry",
    )

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        # Says nothing where there is no /proc.
        ProcessCollector(registry=registry)
        of_request = ("connector", "method", "route", "status")
        self._requests = Counter(
            "ecma2py_requests", "Requests answered.", of_request, registry=registry
        )
        self._latencies = Histogram(
            "ecma2py_request_duration_seconds",
            "Time from a request's arrival to its answer.",
            ("connector", "method", "route"),
            buckets=_LATENCIES,
            registry=registry,
        )
        self._refused = Counter(
            "ecma2py_tokens_refused",
            "Requests without a token that opens what they asked for.",
            ("connector",),
            registry=registry,
        )
        self._rejected = Counter(
            "ecma2py_connections_rejected",
            "Connections cut or refused before a request was whole.",
            ("why",),
            registry=registry,
        )
        self._batches = Histogram(
            "ecma2py_export_batch_size",
            "Changes handed to the connector in one call.",
            ("connector",),
            buckets=_BATCHES,
            registry=registry,
        )
        self._depth = Gauge(
            "ecma2py_export_queue_depth",
            "Changes waiting for the connector.",
            ("connector",),
            registry=registry,
        )
        self._workers = Gauge(
            "ecma2py_workers",
            "Processes that run the connector or wait for a run; only where it is isolated.",
            ("connector",),
            registry=registry,
        )
        self._runs = Counter(
            "ecma2py_import_runs",
            "Import runs ended, by their result in MIM's words.",
            ("connector", "kind", "result"),
            registry=registry,
        )
        self._import_objects = Counter(
            "ecma2py_import_objects",
            "Objects that import runs read.",
            ("connector", "kind"),
            registry=registry,
        )
        self._import_seconds = Counter(
            "ecma2py_import_seconds",
            "Time that import runs took.",
            ("connector", "kind"),
            registry=registry,
        )
        self._last_import = Gauge(
            "ecma2py_last_import_timestamp_seconds",
            "When the last successful import ended.",
            ("connector", "kind"),
            registry=registry,
        )
        self._objects = Gauge(
            "ecma2py_space_objects",
            "Objects in the connector space.",
            ("connector", "object_type"),
            registry=registry,
        )
        self._bound: dict[tuple[str, str, str, int], tuple[_Count, _Observe]] = {}

    def request(self, connector: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; takes about a microsecond after the first of its kind."""
        bound = self._bound.get((connector, method, route, status))
        if bound is None:
            bound = self._bind(connector, method, route, status)
        count, observe = bound
        count()
        observe(seconds)

    def _bind(
        self, connector: str, method: str, route: str, status: int
    ) -> tuple[_Count, _Observe]:
        if len(self._bound) >= _SERIES_AT_MOST:
            connector = route = "OTHER"
        # An unknown method is not remembered: there are more of them than memory.
        known = method if method in _METHODS else "OTHER"
        bound = (
            self._requests.labels(connector, known, route, str(status)).inc,
            self._latencies.labels(connector, known, route).observe,
        )
        if len(self._bound) < _SERIES_AT_MOST and known == method:
            self._bound[connector, method, route, status] = bound
        return bound

    def token_refused(self, connector: str = "") -> None:
        """Count a request that was answered 401; no name if there is no such connector."""
        self._refused.labels(connector).inc()

    def connection_rejected(self, why: str) -> None:
        """Count a connection that was cut or refused; *why* in one of few texts."""
        self._rejected.labels(why).inc()

    def export_batch(self, connector: str, size: int) -> None:
        """Note how many changes one call of the connector carried."""
        self._batches.labels(connector).observe(size)

    def watch_export_queue(self, connector: str, depth: Callable[[], float]) -> None:
        """Ask *depth* for the number of waiting changes whenever metrics are read."""
        self._depth.labels(connector).set_function(depth)

    def watch_workers(self, connector: str, number: Callable[[], float]) -> None:
        """Ask *number* for the worker processes of the connector whenever metrics are read."""
        self._workers.labels(connector).set_function(number)

    def import_run(
        self, connector: str, kind: str, result: str, *, objects: int, seconds: float
    ) -> None:
        """Note an ended run; a *result* that begins with ``success`` sets the time of the last."""
        self._runs.labels(connector, kind, result).inc()
        self._import_objects.labels(connector, kind).inc(objects)
        self._import_seconds.labels(connector, kind).inc(seconds)
        if result.startswith("success"):
            self._last_import.labels(connector, kind).set(time.time())

    def space_objects(self, connector: str, object_type: str, count: int) -> None:
        """Note the size of a connector space."""
        self._objects.labels(connector, object_type).set(count)

    def forget(self, connector: str) -> None:
        """Drop every series of a connector that is no longer served."""
        self._bound = {key: bound for key, bound in self._bound.items() if key[0] != connector}
        for metric in (
            self._requests,
            self._latencies,
            self._refused,
            self._batches,
            self._depth,
            self._workers,
            self._runs,
            self._import_objects,
            self._import_seconds,
            self._last_import,
            self._objects,
        ):
            metric.remove_by_labels({"connector": connector})

    def render(self) -> bytes:
        """All metrics in the text format of Prometheus (``CONTENT_TYPE``)."""
        return generate_latest(self.registry)
