"""``python -m scripts.reference`` makes the reference pages of what the code itself says.

A test compares every page with what this makes, so the two cannot part.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import ecma2py
from ecma2py.errors import MAExportError
from ecma2py.host.config_docs import describe
from ecma2py.host.metrics import Metrics
from ecma2py.scim.errors import EXPORT_STATUS
from scripts import cli_reference

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

MODULES = {
    "connector": "A connector",
    "entries": "Entries and changes",
    "schema": "Schema",
    "parameters": "Parameters",
    "capabilities": "Capabilities",
    "partitions": "Partitions and hierarchy",
    "steps": "Run steps, results and options",
    "errors": "Errors",
}
"""The public packages in the order in which an author meets them."""


def pages() -> dict[str, Callable[[], Iterator[str]]]:
    """What makes each page, by its file name."""
    return {
        "cli.md": cli_reference.page,
        "configuration.md": _configuration,
        "errors.md": _errors,
        "metrics.md": _metrics,
        "sdk.md": _sdk,
    }


def page(name: str) -> str:
    """One whole page."""
    return "\n".join(pages()[name]()) + "\n"


def _head(title: str, *paragraphs: str) -> Iterator[str]:
    yield f"# {title}"
    yield ""
    yield "<!-- Made by: python -m scripts.reference -->"
    for each in paragraphs:
        yield ""
        yield each


def _table(*cells: str) -> Iterator[str]:
    yield ""
    yield _row(*cells)
    yield "|" + "---|" * len(cells)


def _row(*cells: str) -> str:
    plain = (re.sub(r"``(.+?)``", r"`\1`", each).replace("|", "\\|") for each in cells)
    return f"| {' | '.join(' '.join(each.split()) for each in plain)} |"


def _configuration() -> Iterator[str]:
    yield from _head(
        "Configuration file",
        "One TOML file, by default `ecma2py.toml`. It is checked as a whole: every wrong key is "
        "named with what is allowed. `NAME` stands for a connector's name, which counts in upper "
        "and lower case.",
        "A text may hold `${VARIABLE}`, taken from the environment; `$${VARIABLE}` stands for "
        'that text itself. A secret may also be `{ env = "VARIABLE" }` or `{ file = "path" }`. '
        "What comes from either is kept out of logs, errors and answers.",
        "`ecma2py init` writes a commented file for a connector, `ecma2py check` tries it, and "
        "`ecma2py reload` lets a running host take it over.",
    )
    group = ""
    for each in describe():
        table = each.key.rpartition(".")[0]
        if table != group:
            group = table
            yield ""
            yield f"## `[{table}]`"
            yield from _table("Key", "Allowed", "Default", "Meaning")
        default = f"`{each.default}`" if each.default not in ("-", "required") else each.default
        yield _row(f"`{each.key.rpartition('.')[2]}`", each.type, default, each.meaning)


def _errors() -> Iterator[str]:
    yield from _head(
        "Errors of an export, as SCIM shows them",
        "A refused write keeps the name of its `MAExportError` and the connector's own words in "
        "`detail`. 503 comes with `Retry-After` and means that the whole target is at fault; what "
        "concerns one object is 4xx, so that the client goes on with the others.",
    )
    yield from _table("MAExportError", "Number", "Status", "scimType", "Retry-After")
    for code in MAExportError:
        shown = EXPORT_STATUS[code]
        seconds = str(shown.retry_after) if shown.retry_after is not None else ""
        kind = f"`{shown.scim_type}`" if shown.scim_type else ""
        yield _row(f"`{code.ecma_name}`", str(int(code)), str(shown.status), kind, seconds)
    yield ""
    yield (
        "A target that is asked too often is a 429: the connector raises "
        "`ServerBusyError(message, retry_after=60)`, or gives a result whose error name is "
        "`ServerBusyException` and whose detail ends in `(retry after 60 seconds)`, whatever its "
        "`MAExportError`. `Retry-After` has these seconds, or 30. Raised, it ends the session like "
        "every `Retry` error: what comes after it in the batch is not sent, and answered alike. "
        "The others of that family, and `ServerDownError`, are a 503."
    )


class _Family(Protocol):
    name: str
    documentation: str
    type: str


def _metrics() -> Iterator[str]:
    yield from _head(
        "Metrics",
        "`GET /metrics` answers in Prometheus' text form. It is open to the host's own machine; "
        "from elsewhere it needs the control token in `control.json` of the state directory. "
        "Counters get the suffix `_total`; `process_*` are there on Linux only.",
    )
    yield from _table("Metric", "Kind", "Meaning")
    for family in sorted(Metrics().registry.collect(), key=_name):
        if not family.name.startswith("process_"):
            yield _row(f"`{family.name}`", family.type, family.documentation)


def _name(family: _Family) -> str:
    return family.name


def _sdk() -> Iterator[str]:
    yield from _head(
        "SDK",
        "Everything here is imported from `ecma2py` itself, which needs attrs alone. "
        "[ECMA2 in Python](ecma2.md) tells which name of .NET is which name here. A `Value` is a "
        "str, int (64 bit), bool or bytes, a reference a str; `Values` is one of them or a "
        "sequence. `DN_ATTRIBUTE` is the name under which a new DN travels, and "
        "`LEGAL_ATTRIBUTE_CHANGES` says which attribute change fits into which object change.",
        "An import never undoes a younger export. What `import_entries` yields counts as read when "
        "the run was opened; who asks the target more than once calls `run.reading()` just before "
        "each query, so that what others changed meanwhile is not held up to the next full import. "
        "A connector by hand that reads ahead says so with `read_in_call` of its page.",
    )
    for name, title in MODULES.items():
        module = importlib.import_module(f"ecma2py.{name}")
        yield ""
        yield f"## {title}"
        yield ""
        yield _first(module)
        yield from _table("Name", "What it is")
        for member in ecma2py.__all__:
            found = getattr(ecma2py, member)
            place = getattr(found, "__module__", "")
            if place == module.__name__ or place.startswith(f"{module.__name__}."):
                yield _row(f"`{member}`", _first(found))


def _first(documented: object) -> str:
    """The first paragraph of a docstring, reStructuredText's literals as Markdown's."""
    text = (inspect.getdoc(documented) or "").split("\n\n")[0]
    return re.sub(r"``(.+?)``", r"`\1`", " ".join(text.split()))


if __name__ == "__main__":
    for file in pages():
        (FOLDER / file).write_text(page(file), encoding="utf-8")
