"""What a command prints: results on standard output, everything else on standard error."""

import json
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

import orjson
from attrs import define, field
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecma2py.cli.exits import CommandError, Exit, code_of
from ecma2py.host.secrets import Redactor
from ecma2py.parameters import SecureString
from ecma2py.workers.faults import ForeignBaseError, ForeignError

# Without a terminal nobody is there to see a column wrapped: a line stays a line.
_UNWRAPPED = 10_000


def to_json(data: object, *, indent: bool = False) -> bytes:
    """*data* as one JSON document in UTF-8; half a character pair is written as an escape."""
    try:
        return orjson.dumps(data, option=orjson.OPT_INDENT_2 if indent else 0)
    except orjson.JSONEncodeError:
        return json.dumps(data, indent=2 if indent else None).encode()


def printable(value: object) -> str:
    """*value* as text that cannot steer a terminal: control characters are written as escapes."""
    if value is None:
        return ""
    text = str(value)
    if text.isprintable():
        return text
    escaped = "".join(
        each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text
    )
    return escaped.encode("utf-8", "backslashreplace").decode()


@define
class Output:
    """Standard output and standard error of one command, for people or for programs."""

    as_json: bool = False
    debug: bool = False
    _redactor: Redactor = field(factory=Redactor)

    def hide(self, secrets: Iterable[SecureString | str]) -> None:
        """Keep these secrets out of every message from now on."""
        self._redactor.register(*secrets)

    def document(self, data: object) -> None:
        """One JSON document."""
        self._write(to_json(data, indent=True) + b"\n")

    def line(self, data: object) -> None:
        """One line of JSON."""
        self._write(to_json(data) + b"\n")

    def result(self, data: Mapping[str, Any], *, title: str = "") -> None:
        """One object: a JSON document, or a line for each of its fields that has a value."""
        if self.as_json:
            self.document(data)
            return
        if title:
            self.text(title)
        shown = {name: value for name, value in data.items() if value not in (None, "", [], {})}
        if not shown:
            return
        grid = Table.grid(padding=(0, 2))
        for name, value in shown.items():
            grid.add_row(Text(printable(name)), Text(_cell(value)))
        self._print(grid)

    def table(
        self, rows: Sequence[Mapping[str, Any]], *, empty: str = "", narrow: bool = False
    ) -> None:
        """Several objects with the same fields: a JSON list, or a table with a heading.

        A *narrow* table leaves columns out that nothing is in.
        """
        if self.as_json:
            self.document(rows)
            return
        if not rows:
            self.note(empty)
            return
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        names = [each for each in rows[0] if not narrow or any(row[each] for row in rows)]
        for name in names:
            table.add_column(name.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(Text(_cell(row[name])) for name in names))
        self._print(table)

    def done(self, data: Mapping[str, Any], text: str) -> None:
        """A command has done what it was asked to: data for programs, a sentence for people."""
        if self.as_json:
            self.document(data)
        else:
            self.text(text)

    def text(self, text: str) -> None:
        """Text for people on standard output."""
        sys.stdout.write(f"{printable(text)}\n")

    def flush(self) -> None:
        """Everything printed so far is on its way to the reader."""
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Text for people on standard error."""
        if text:
            sys.stderr.write(f"{printable(self._redactor.text(text))}\n")

    def summary(self, data: Mapping[str, Any], text: str) -> None:
        """What came of a command whose results are lines: on standard error, for either reader."""
        if self.as_json:
            sys.stderr.write(to_json(data).decode() + "\n")
        else:
            self.note(text)

    def error(self, error: BaseException) -> Exit:
        """Tell why a command ends, with a traceback only if asked for; gives its exit code."""
        code = code_of(error)
        if self.debug and not isinstance(error, CommandError):
            shown = "".join(traceback.format_exception(error))
            sys.stderr.write(self._redactor.text(shown))
        message = self.told(error)
        if not message:
            return code
        if self.as_json:
            data = {"error": message, "exit_code": int(code)}
            sys.stderr.write(to_json(data).decode() + "\n")
        else:
            self.note(f"Error: {message}")
        return code

    def told(self, error: BaseException) -> str:
        """What people read of *error*, without secrets."""
        return self._redactor.text(_message(error))

    def _print(self, table: Table) -> None:
        width = None if sys.stdout.isatty() else _UNWRAPPED
        console = Console(file=sys.stdout, width=width, highlight=False, markup=False)
        with console.capture() as capture:
            console.print(table)
        lines = (line.rstrip() for line in capture.get().splitlines())
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    def _write(self, content: bytes) -> None:
        stream: IO[bytes] = sys.stdout.buffer
        stream.write(content)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_cell(each)}" for name, each in value.items())
    return printable(value)


def _message(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, CommandError):
        return text
    if isinstance(error, ForeignError | ForeignBaseError):
        # Raised in another process, which has written the traceback already.
        return f"{type(error).__name__}: {text}"
    if not type(error).__module__.startswith("ecma2py"):
        return f"{type(error).__name__}: {text} (--debug shows where)"
    return text or type(error).__name__
