"""Entries as lines, straight from a connector."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ecma2py.cli.entry_json import entry_from_line
from tests.cli.commands import ODD, at_terminal, here, start, succeed, there


def test_every_object_is_a_line_that_can_be_read_back(configured: Path) -> None:
    """The lines are entries; the summary stands on standard error."""
    done = succeed("import", "CSV")

    entries = [entry_from_line(line) for line in done.out.splitlines()]
    assert [entry.anchor for entry in entries] == [{"id": "1"}, {"id": "2"}]
    assert entries[1].attributes["sn"] == "Elm"
    assert done.err.startswith("success: 2 entries read, 0 failed")


def test_a_delta_brings_what_changed_since_the_watermark(configured: Path) -> None:
    """A good run leaves its watermark in the file named, and the next delta starts from it."""
    rows = configured / "hr.csv"
    assert here("import", "CSV", "--delta").code == 2
    missing = here("import", "CSV", "--delta", "--watermark", "mark")
    assert missing.code == 2
    assert "Run a full import" in missing.err

    succeed("import", "CSV", "--watermark", "mark")
    rows.write_text(rows.read_text().replace("Elm", "Oak"))
    done = succeed("import", "CSV", "--delta", "--watermark", "mark")
    assert [each["attributes"]["sn"] for each in done.lines] == ["Oak"]
    assert succeed("import", "CSV", "--delta", "--watermark", "mark").out == ""


def test_an_entry_that_fails_is_told_and_leaves_no_watermark(configured: Path) -> None:
    """The others are printed; the exit code says that they are not all."""
    done = here("import", "vault", "--watermark", "mark", "--json")

    assert done.code == 4
    assert [each["anchor"] for each in done.lines] == [{"number": 1, "row": "a"}]
    assert done.lines[0]["attributes"] == {"blob": {"base64": "AA=="}}
    (error,) = json.loads(done.err)["errors"]
    assert (error["code"], error["detail"]) == ("ImportErrorParseError", "worn")
    assert not (configured / "mark").exists()
    told = here("import", "vault").err
    assert "ImportErrorParseError: key {'number': '2', 'row': 'b'}: worn" in told


def test_a_target_out_of_reach_stops_the_import(
    configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is printed, the reason is told without the secret in it."""
    monkeypatch.setenv("VAULT_PASSWORD", "not-the-password")
    done = here("import", "vault")

    assert (done.code, done.out) == (3, "")
    assert "does not open for ***" in done.err


def test_many_failures_are_told_in_part(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People see the first ones and how many more there are."""
    monkeypatch.setattr("ecma2py.cli.imports._SHOWN_ERRORS", 0)

    assert "... and 1 more that failed" in here("import", "vault").err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("more", "is_shown"), [((), True), (("--json",), False)])
def test_the_progress_of_an_import_is_shown_at_a_terminal(
    configured: Path, more: tuple[str, ...], is_shown: bool
) -> None:
    """While the entries go elsewhere; the summary follows, and programs get no bar."""
    done = at_terminal("import", "CSV", *more, cwd=configured, answers=[], kind="xterm")

    assert (done.code, len(done.lines)) == (0, 2)
    assert ("2 objects in 1 pages" in done.err) is is_shown
    assert ("\x1b[" in done.err) is is_shown
    assert ("success" if more else "success: 2 entries read") in done.err


def _endless(folder: Path, *more: str) -> tuple[object, ...]:
    log = folder / "closed.txt"
    return ("--type", "odd_connectors:Endless", "--path", ODD, "--set", f"Log={log}", *more)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_closes_the_connector(folder: Path, number: signal.Signals) -> None:
    """The connector is closed as terminated by the user, and the exit code is 130."""
    pipe = subprocess.PIPE
    with start("import", *_endless(folder), cwd=folder, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert (folder / "closed.txt").read_text() == "TERMINATED_BY_USER\n"
    assert "Traceback" not in err


def test_a_reader_that_has_enough_ends_the_import(folder: Path) -> None:
    """A closed pipe is no error to tell, but the connector is closed."""
    pipe = subprocess.PIPE
    with start("import", *_endless(folder), cwd=folder, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()

    assert process.wait(60) == 1
    assert (folder / "closed.txt").read_text() == "UNKNOWN\n"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "more", [("--type", "csv_file:CsvFile"), ("--watermark", "x")], ids=["type", "watermark"]
)
def test_the_host_imports_by_its_own_file(configured: Path, more: tuple[str, ...]) -> None:
    """--into-space is about a connector of the running host."""
    assert here("import", "CSV", "--into-space", *more).code == 2


def test_without_a_host_nothing_is_imported_into_its_space(configured: Path) -> None:
    """A command for a host that does not run ends with 5."""
    done = there("import", "CSV", "--into-space", cwd=configured)

    assert (done.code, done.out) == (5, "")
    assert "start one with ecma2py serve" in done.err
