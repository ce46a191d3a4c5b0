"""The pages about one SQL data source each, taken apart."""

import json
import re
from pathlib import Path
from typing import Any

from ecma2py_sql.drivers.dialect import Dialect
from tests.docs.test_examples import blocks
from tests.host.serving import ROOT

FOLDER = ROOT / "docs" / "how-to" / "sql"
SECTIONS = (
    *("Install", "Connect", "The account", "What ecma2py sets", "Time-outs", "Keys and exports"),
    *("Deltas", "Types", "A whole example"),
)
"""What every page answers, in this order."""


def path_of(name: str) -> Path:
    """The page about a data source."""
    return FOLDER / f"{name}.md"


def sections(name: str) -> dict[str, str]:
    """The text under each heading of a page."""
    text = path_of(name).read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def shown(name: str, language: str) -> list[str]:
    """The examples of one language under 'A whole example'."""
    return blocks(path_of(name), language)[-_count(name, language) :]


def account(name: str) -> str:
    """The statements that make the account and give it its rights."""
    first, *_ = blocks(path_of(name), "sql")
    return first


def rows(section: str) -> list[list[str]]:
    """The cells of each row of a table, without its heading and the marks of code."""
    found = [
        [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return [[re.sub(r"^`(.*)`$", r"\1", cell) for cell in row] for row in found[2:]]


def settings_of(dialect: Dialect) -> list[str]:
    """What the connector sets for a database, as the pages write it."""
    options = [f"{keyword}={value}" for keyword, value in dialect.options.items()]
    return [*options, *dialect.session, *dialect.limits]


def replaced(text: str, exchanged: dict[str, str]) -> str:
    """*text* for the database of a test; everything to be exchanged is in it."""
    for given, wanted in exchanged.items():
        assert given in text, given
        text = text.replace(given, wanted)
    return text


def documents(text: str) -> list[Any]:
    """What the lines of JSON say."""
    return [json.loads(line) for line in text.splitlines()]


def _count(name: str, language: str) -> int:
    return len(re.findall(rf"^```{language}$", sections(name)["A whole example"], re.MULTILINE))
