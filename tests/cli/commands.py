"""How tests run a command: in this process, in one of its own, or at a terminal."""

import contextlib
import io
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from ecma2py.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ODD = Path(__file__).resolve().parent


@frozen
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Its lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


class _Standard(io.TextIOWrapper):
    """A standard stream in memory."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", newline="")


def here(*arguments: object, stdin: str | bytes = b"") -> Done:
    """Run a command in this process, where it is quick and its coverage is seen."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = _Standard(), _Standard()
    before, sys.stdin = sys.stdin, _Standard(given)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([str(each) for each in arguments])
            out.flush()
            err.flush()
    finally:
        sys.stdin = before
    return Done(int(code), *(each.buffer.getvalue().decode() for each in (out, err)))  # type: ignore[attr-defined]


def succeed(*arguments: object, stdin: str | bytes = b"") -> Done:
    """Run a command that must succeed."""
    done = here(*arguments, stdin=stdin)
    assert done.code == 0, done.err
    return done


def start(
    *arguments: object, cwd: Path, environ: Mapping[str, str] | None = None, **options: Any
) -> "subprocess.Popen[str]":
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ecma2py.cli", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **(environ or {})},
        text=True,
        encoding="utf-8",
        **options,
    )


def there(
    *arguments: object, cwd: Path, stdin: str = "", environ: Mapping[str, str] | None = None
) -> Done:
    """Run a command in a process of its own to its end."""
    pipe = subprocess.PIPE
    with start(
        *arguments, cwd=cwd, environ=environ, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        out, err = process.communicate(stdin, timeout=60)
    return Done(process.returncode, out, err)


def at_terminal(
    *arguments: object, cwd: Path, answers: list[tuple[str, str]], kind: str = "dumb"
) -> Done:
    """Run a command at a terminal, and type each answer once its question is on the screen.

    A dumb one has no cursor to move: nothing that moves is shown there.
    """
    import pty

    main, other = pty.openpty()
    process = start(
        *arguments,
        cwd=cwd,
        environ={"TERM": kind, "NO_COLOR": "1"},
        stdin=other,
        stdout=subprocess.PIPE,
        stderr=other,
    )
    os.close(other)
    screen = ""
    try:
        for question, answer in answers:
            screen += _read_until(main, question)
            os.write(main, f"{answer}\n".encode())
        assert process.stdout is not None
        out = process.stdout.read()
        process.wait(60)
        screen += _read_until(main, None)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        os.close(main)
    return Done(process.returncode, out, screen.replace("\r\n", "\n"))


def _read_until(terminal: int, question: str | None) -> str:
    """The screen up to *question*, or to the end."""
    seen = ""
    deadline = time.monotonic() + 30
    while question is None or question not in seen:
        assert time.monotonic() < deadline, f"{question!r} was not asked, only {seen!r}"
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 4096).decode()
        except OSError:  # Linux's word for the end
            part = ""
        if not part:
            assert question is None, f"{question!r} was not asked, only {seen!r}"
            break
        seen += part
    return seen
