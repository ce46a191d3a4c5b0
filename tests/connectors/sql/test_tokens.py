"""``@NAME`` in an administrator's SQL becomes a parameter, and nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py_sql.mapping.tokens import bind, tokens_of, without_comments

VALUES = {"name": "n", "First Name": "f", "É": "e"}


@pytest.mark.parametrize(
    ("sql", "bound", "parameters"),
    [
        ("SELECT @name", "SELECT ?", ["n"]),
        ("@NAME,@name", "?,?", ["n", "n"]),
        ("@[First Name]", "?", ["f"]),
        ("@É", "?", ["e"]),
        ("'@name' @name", "'@name' ?", ["n"]),
        ("'it''s @name' @name", "'it''s @name' ?", ["n"]),
        ('"@name"."a""@name"', '"@name"."a""@name"', []),
        ("`@name`", "`@name`", []),
        ("[a @name] @name", "[a @name] ?", ["n"]),
        ("-- @name\n@name", "-- @name\n?", ["n"]),
        ("/* @name */@name", "/* @name */?", ["n"]),
        ("$$@name$$ $t$ @name $$ $t$ @name", "$$@name$$ $t$ @name $$ $t$ ?", ["n"]),
        ("@@name @other @name1", "@@name @other @name1", []),
        ("a@name.b", "a?.b", ["n"]),
    ],
)
def test_a_token_is_bound_where_it_is_one(sql: str, bound: str, parameters: list[str]) -> None:
    """Texts, identifiers, comments and SQL Server's variables stay as they are."""
    assert bind(sql, VALUES.__getitem__, VALUES) == (bound, parameters)


@given(st.text("a@'\"[]`$-/*\n "))
def test_text_is_kept_and_never_grows(sql: str) -> None:
    """Whatever an administrator writes, only tokens change, each into one question mark."""
    bound, parameters = bind(sql, {"a": 1}.__getitem__, ["a"])
    assert bound.count("?") == len(parameters)
    assert re.sub(r"@a|@\[a\]", "", sql) == re.sub(r"@a|@\[a\]|\?", "", bound)
    assert len(parameters) <= len(tokens_of(sql))


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("SELECT a -- it's @b?", "SELECT a  "),
        ("SELECT a --\n, b /* 'c' ? */ FROM t", "SELECT a  \n, b   FROM t"),
        ("SELECT '-- a', \"/* b */\", `-- c`", "SELECT '-- a', \"/* b */\", `-- c`"),
        ("SELECT 5--1", "SELECT 5--1"),
        ("SELECT /*+ FULL(t) */ /*!80000 a, */ b/*Me*/", "SELECT /*+ FULL(t) */ /*!80000 a, */ b "),
        ("SELECT $$ -- a $$ -- b", "SELECT $$ -- a $$  "),
    ],
)
def test_a_comment_is_left_out_where_it_is_one(sql: str, left: str) -> None:
    """Texts and identifiers keep what looks like one; hints and MySQL's conditions are none."""
    assert without_comments(sql) == left
