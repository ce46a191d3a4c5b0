"""What a connector prints ends in the log: whose it is, line by line, bounded, without secrets."""

import logging
import time

import pytest

from ecma2py.runs import ListSink, run_import
from ecma2py.workers.output import LINES_AT_ONCE, MAX_LINE, MAX_SECRETS, Secrets
from tests.workers.conftest import MakePool, deeds, until


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the connector in the log."""
    name = "ecma2py.connector.Deeds"
    return [each.getMessage() for each in caplog.records if each.name == name]


def accounted(lines: list[str]) -> int:
    """How many lines were logged, or counted as left out."""
    left_out = sum(int(each.split()[0]) for each in lines if "lines of the connector" in each)
    return left_out + sum(each.startswith(("line ", "error ")) for each in lines)


def test_a_flood_is_drained_and_bounded(pool: MakePool, caplog: pytest.LogCaptureFixture) -> None:
    """Hundreds of thousands of lines hold up nothing, and most are counted rather than logged."""
    caplog.set_level(logging.INFO)
    made = pool("Deeds")

    assert run_import(deeds(made, "flood"), ListSink()).is_success

    until(lambda: accounted(said(caplog)) == 400_000)
    lines = said(caplog)
    assert "line 0" in lines
    assert "error 0" in lines
    assert len(lines) < 10 * LINES_AT_ONCE


def test_a_line_without_end_is_cut(pool: MakePool, caplog: pytest.LogCaptureFixture) -> None:
    """Megabytes without a line's end take no memory, and one line in the log."""
    caplog.set_level(logging.INFO)
    made = pool("Deeds")
    assert run_import(deeds(made, "endless line"), ListSink()).is_success
    until(lambda: made.running == 0)
    (line,) = said(caplog)
    assert line.startswith("xxx")
    assert line.endswith("(the line goes on)")
    assert len(line) < MAX_LINE + 100


def test_log_records_keep_level_and_name(pool: MakePool, caplog: pytest.LogCaptureFixture) -> None:
    """What the connector's libraries log is logged here, at its level and without secrets."""
    caplog.set_level(logging.INFO)
    made = pool("Deeds")
    assert run_import(deeds(made, "log"), ListSink()).is_success
    until(lambda: said(caplog))
    (record,) = [each for each in caplog.records if each.name == "ecma2py.connector.Deeds"]
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "lib: said by lib with ***"


def test_the_traceback_of_a_fault_is_logged(
    pool: MakePool, caplog: pytest.LogCaptureFixture
) -> None:
    """A foreign exception says in the log where it came from, and in the error what it was."""
    made = pool("Deeds")
    result = run_import(deeds(made, "raise"), ListSink())
    assert result.error_name == "ZeroDivisionError"
    assert result.error_detail == "division by zero"
    until(lambda: said(caplog))
    assert "in import_entries" in said(caplog)[0]


@pytest.mark.parametrize(
    ("secret", "line", "shown"),
    [
        ("pass-word", "it is pass-word.", "it is ***."),
        ("a b/ü", "it is a%20b%2F%C3%BC", "it is ***"),
        ("abc", "abc is in it", "*** (left out, since it would show a secret)"),
        ("first line\nsecond line", "and second line", "and ***"),
        ("half \ud800", "half \ud800", "***"),
    ],
)
def test_no_line_shows_a_secret(secret: str, line: str, shown: str) -> None:
    """Whole, escaped, short, of several lines or half a character: it is not shown."""
    secrets = Secrets()
    secrets.add([secret])
    assert secrets.clean(line) == shown


def test_passwords_do_not_pile_up() -> None:
    """A worker that sets passwords for ever forgets old ones, and never those of its parameters."""
    secrets = Secrets()
    secrets.add(["the parameter"])
    for number in range(MAX_SECRETS + 100):
        secrets.add([f"pass-word-{number}."])
    assert len(secrets._known) == MAX_SECRETS
    assert secrets.clean(f"the parameter, pass-word-{MAX_SECRETS + 99}.") == "***, ***"


def test_many_secrets_cost_little_until_something_is_printed() -> None:
    """Thousands of passwords set one after another are no work for the redactor."""
    secrets, began = Secrets(), time.perf_counter()
    for number in range(2_000):
        secrets.add([f"pass-word-{number}"])
    assert time.perf_counter() - began < 1
    assert secrets.clean("pass-word-1999!") == "***!"
