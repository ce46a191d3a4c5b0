"""Imports make way for requests, and never stop for them."""

from time import perf_counter

from ecma2py.host.pace import Pace


def _waited(pace: Pace, worked: float) -> float:
    began = perf_counter()
    pace.give_way(worked)
    return perf_counter() - began


def test_an_import_goes_on_at_once_while_nobody_asks_for_anything() -> None:
    """A host without requests imports as fast as it can."""
    assert _waited(Pace(), worked=10.0) < 1.0


def test_an_import_goes_on_when_requests_stop_coming() -> None:
    """One request holds an import up for milliseconds, however long the import worked before."""
    pace = Pace()
    pace.latest = perf_counter()
    assert _waited(pace, worked=10.0) < 1.0


def test_an_import_waits_three_times_as_long_as_it_worked_at_most() -> None:
    """Requests without end slow an import down to a quarter and no further."""
    pace = Pace()
    pace.latest = perf_counter() + 60.0
    assert 0.06 <= _waited(pace, worked=0.02) < 1.0
