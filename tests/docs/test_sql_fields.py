"""The list of Microsoft's fields says what the connector asks, and how it takes it."""

import re

import pytest

from ecma2py import ConfigParameterPage as Page
from ecma2py_sql import SqlConnector
from ecma2py_sql.data.kinds import Kind
from tests.connectors.sql.targets import Target, sqlite_target
from tests.connectors.sql.test_pages import FIXED, by_fields
from tests.docs.sql_pages import rows
from tests.host.serving import ROOT

TEXT = (ROOT / "docs" / "reference" / "sql-fields.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "how-to" / "sql-from-microsoft.md").read_text(encoding="utf-8")
PAGES = {
    "Connectivity": (Page.CONNECTIVITY, 1),
    **{f"Schema {number}": (Page.SCHEMA, number) for number in range(1, 6)},
    "Global": (Page.GLOBAL, 1),
    "Partition": (Page.PARTITION, 1),
    "Run step": (Page.RUN_STEP, 1),
}
OURS = {"Data source", "Object types"}
ATTRIBUTES = ("id", "manager")
STATES = {"works", "differently", "not offered"}


def told(title: str) -> list[list[str]]:
    """The rows under a heading."""
    return rows(re.split(r"^#+ ", TEXT.split(f" {title}\n", 1)[1], flags=re.MULTILINE)[0])


def named(template: str) -> set[str]:
    """The fields that a name with ``{T}`` and ``{attribute}`` stands for."""
    of_type = template.replace("{T}", "T")
    return {of_type.replace("{attribute}", each) for each in ATTRIBUTES}


@pytest.fixture
def target(tmp_path: object) -> Target:
    """A table that refers to itself."""
    found = sqlite_target(tmp_path)  # type: ignore[arg-type]
    found.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, manager INTEGER REFERENCES t (id))")
    return found


@pytest.mark.parametrize("title", PAGES)
def test_a_page_asks_the_fields_that_are_told(target: Target, title: str) -> None:
    """Each field that works is asked, and no other but those that say they have no effect."""
    given = {
        **FIXED,
        "Fixed value list/Table/View/SP": "T",
        "T:Table/View/SP": "t",
        "T:id DataType": "Reference",
        "T:manager DataType": "Reference",
    }
    page = SqlConnector().get_config_parameters_ex(
        by_fields(target, given).parameters, *PAGES[title]
    )
    asked = {each.name: each.text for each in page if each.type.holds_value}
    without_effect = {name for name, text in asked.items() if "without effect" in text.lower()}
    offered, left_out = set[str](), set[str]()
    for field, state, _ in told(title):
        (left_out if state == "not offered" else offered).update(named(field))
    assert asked.keys() - OURS - without_effect == offered
    assert left_out & asked.keys() <= without_effect


@pytest.mark.parametrize("title", [*PAGES, "Behaviour"])
def test_what_differs_has_its_reason(title: str) -> None:
    """Works, works differently or is not offered; the latter two never without a word."""
    for field, state, reason in told(title):
        assert state in STATES
        assert reason or state == "works", field


def test_what_the_guide_says_is_not_offered_does_not_work() -> None:
    """The guide gives a reason for each, and none of them reads here as if it worked."""
    left_out = rows(GUIDE.split("\n## What is not offered\n", 1)[1])
    assert left_out
    works = {
        field
        for title in [*PAGES, "Behaviour"]
        for field, state, _ in told(title)
        if state == "works"
    }
    for each, reason in left_out:
        assert reason
        name = each.partition(":")[0].partition(" by ")[0].partition(" with ")[0]
        assert name not in works


def test_every_word_for_a_type_is_told() -> None:
    """The words in the list are those that the configuration takes."""
    assert [word for word, _ in told("Types of columns")] == [kind.value for kind in Kind]
