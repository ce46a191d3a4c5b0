"""What is written as TOML is read back as it was."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecma2py.host.toml_text import toml_tables, toml_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LINES = st.lists(TEXT | st.sampled_from(["", "'''", '"""', "\\", "\r", "\t"])).map("\n".join)
VALUES = st.one_of(TEXT, LINES, st.booleans(), st.integers(-(1 << 63), (1 << 63) - 1))
TABLES: st.SearchStrategy[Any] = st.recursive(
    st.dictionaries(TEXT, VALUES | st.lists(TEXT)), lambda inner: st.dictionaries(TEXT, inner)
)


@given(TABLES)
def test_tables_come_back(tables: dict[str, Any]) -> None:
    """Any keys, any text, tables in tables, and empty ones."""
    held = {"a": tables}
    assert tomllib.loads("\n".join(toml_tables(held, comments={}))) == held


@given(LINES)
def test_text_of_several_lines_stays_legible(text: str) -> None:
    """Each of its lines has one of its own."""
    assert toml_text(text).count("\n") == (text.count("\n") + 1 if "\n" in text else 0)
