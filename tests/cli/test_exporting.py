"""Changes from lines, written by a connector."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import ODD, here, start, succeed


def line(change: str, row: str, **more: object) -> str:
    """A change of a key in the vault."""
    anchor = {"number": 1, "row": row}
    return json.dumps({"change": change, "type": "key", "anchor": anchor, **more})


def test_what_is_exported_is_what_is_imported(configured: Path) -> None:
    """Lines of an import can be exported, and come back the same from the target."""
    succeed("export", "CSV", stdin='{"change": "delete", "type": "person", "anchor": {"id": "2"}}')
    before = succeed("import", "CSV").out
    new = before.replace('"1"', '"3"')

    done = succeed("export", "CSV", stdin=new)

    assert done.lines == [
        {
            "line": 1,
            "change": "add",
            "type": "person",
            "anchor": {"id": "3"},
            "result": "success",
        }
    ]
    assert done.err == "1 done, 0 not\n"
    assert succeed("import", "CSV").out == before + new


def test_changes_can_come_from_a_file(configured: Path) -> None:
    """Empty lines and a byte order mark are no changes."""
    changes = {"sn": {"replace": "Fir"}}
    change = json.dumps(
        {"change": "update", "type": "person", "anchor": {"id": "1"}, "changes": changes}
    )
    configured.joinpath("changes").write_text(f"\n{change}\n\n", encoding="utf-8-sig")

    done = succeed("export", "CSV", "--file", "changes", "--json")

    assert [each["result"] for each in done.lines] == ["success"]
    assert json.loads(done.err) == {"success": 1, "failed": 0}
    assert "Fir" in (configured / "hr.csv").read_text()


def test_a_change_that_fails_leaves_the_others_alone(configured: Path) -> None:
    """Each line has its result, in order: refused, unreadable, and done with a new anchor."""
    text = "\n".join(
        [
            line("add", "x"),
            "nonsense",
            line("add", "a", attributes={"colour": "red"}),
            '{"change": "add", "type": "lock"}',
            line("add", "a"),
        ]
    )
    done = here("export", "vault", stdin=text.encode() + b"\n\xff\n")

    assert done.code == 4
    assert [each["line"] for each in done.lines] == [1, 2, 3, 4, 5, 6]
    refused, nonsense, colour, lock, added, latin = done.lines
    assert refused["result"] == "ExportErrorConnectedDirectoryExistingObject"
    assert refused["error_detail"] == "There is one; *** is right."
    assert nonsense["result"] == colour["result"] == lock["result"] == "invalid"
    assert "not JSON" in nonsense["error_detail"]
    assert "no attribute 'colour'" in colour["error_detail"]
    assert "no object type 'lock'" in lock["error_detail"]
    assert "not UTF-8" in latin["error_detail"]
    assert added["new_anchor"] == {"number": 7, "row": "z"}
    assert "1 done, 5 not" in done.err


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"anchor": {"number": 1, "row": "a\0"}}, "'row' holds NUL"),
        ({"attributes": {"label": "\ud800"}}, "'label' holds NUL or half"),
        ({"attributes": {"export_password": ["a", "b"]}}, "'export_password' takes one text"),
        ({"attributes": {"export_password": 7}}, "'export_password' takes one text"),
    ],
)
def test_what_no_system_stores_is_not_sent(
    configured: Path, part: dict[str, Any], told: str
) -> None:
    """Text that is no Unicode, and a password that is no text, are refused by name."""
    given = json.dumps({"change": "add", "type": "key", **part})
    done = here("export", "vault", stdin=given)
    assert (done.code, done.lines[0]["result"]) == (4, "invalid")
    assert told in done.lines[0]["error_detail"]


def test_a_lost_target_ends_the_export(configured: Path) -> None:
    """What was not sent is said not to be done, and the exit code says why."""
    lines = [line("add", "y", attributes={"label": "first"}), *[line("add", "b")] * 3000]
    done = here("export", "vault", stdin="\n".join(lines))

    assert done.code == 3
    assert done.lines[0]["retryable"] is True
    assert "The vault is gone" in done.lines[0]["error_detail"]
    assert len(done.lines) < 3001
    assert "later lines were not sent" in done.err


def test_a_connector_that_cannot_export_is_refused(folder: Path) -> None:
    """Before any line is read."""
    done = here("export", "--type", "odd_connectors:Bare", "--path", ODD)

    assert done.code == 2
    assert "cannot export" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_tells_what_became_of_every_line(folder: Path) -> None:
    """A change under way is finished, later ones are not sent, the connector is closed."""
    log = folder / "closed.txt"
    command = ("export", "--type", "odd_connectors:Endless", "--path", ODD, "--set", f"Log={log}")
    entries = [{"change": "add", "type": "person", "anchor": {"id": str(n)}} for n in range(5)]
    entries = [*entries, entries[0]]
    pipe = subprocess.PIPE
    with start(*command, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        process.stdin.write("".join(f"{json.dumps(each)}\n" for each in entries))
        process.stdin.flush()
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        process.wait(60)

    results = [json.loads(each) for each in (first + rest).splitlines()]
    assert process.returncode == 130
    assert [each["line"] for each in results] == [1, 2, 3, 4, 5, 6]
    assert {each["result"] for each in results} <= {"success", "not-sent", "unknown"}
    assert log.read_text() == "TERMINATED_BY_USER\n"


def test_a_result_comes_before_the_next_line(configured: Path) -> None:
    """A program that waits for the result of one change before it writes another gets it."""
    pipe = subprocess.PIPE
    with start("export", "vault", cwd=configured, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in (1, 2):
            process.stdin.write(line("add", "a") + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["line"] == number
        process.stdin.close()

    assert process.returncode == 0


def test_nobody_who_reads_the_results_ends_the_export(configured: Path) -> None:
    """A closed pipe ends the command in order, as for an import."""
    pipe = subprocess.PIPE
    with start("export", "vault", cwd=configured, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(f"{line('add', 'a')}\n" * 10, timeout=60)

    assert process.returncode == 1
    assert "Traceback" not in err
