"""The text of 'Object types'."""

import pytest

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.data.kinds import Kind
from ecma2py_sql.mapping.config import parse_object_types
from ecma2py_sql.mapping.settings import (
    DeltaSettings,
    Method,
    MultiValuedConfig,
    Rows,
    Strategy,
    TypeConfig,
)

WHOLE = """
[Person]
table = "hr.people"
anchor = ["country", "number"]
columns = ["name", "mail"]
names = { mail = "e-mail" }
references = { manager = "Person" }
types = { name = "text" }
read_only = ["created"]
delta = { watermark = "changed", overlap = 5 }
[Person.multivalued.phones]
table = "phones"
key = ["country", "number"]
value = "phone"
references = "Phone"
"""


def test_every_key_is_read() -> None:
    """What is written is what is configured; a single name may stand for a list."""
    (person,) = parse_object_types(WHOLE)
    assert person == TypeConfig(
        "Person",
        Rows(Method.TABLE, "hr.people"),
        anchor=("country", "number"),
        columns=("name", "mail"),
        names={"mail": "e-mail"},
        references={"manager": "Person"},
        types={"name": Kind.TEXT},
        read_only=("created",),
        delta=DeltaSettings(strategy=Strategy.WATERMARK, source="changed", overlap=5),
        multivalued=(
            MultiValuedConfig(
                "phones", "phones", key=("country", "number"), value="phone", references="Phone"
            ),
        ),
    )
    (short,) = parse_object_types('[T]\ntable = "t"\nanchor = "id"')
    assert short == TypeConfig("T", Rows(Method.TABLE, "t"), anchor=("id",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[T", "no TOML"),
        ("T = 1", r"\[T\] is a table"),
        ("[T]", r"\[T\] table, view, query, procedure, column_names are missing"),
        ('[T]\ntabel = "t"', r"column_names are missing: give one; there is tabel"),
        ('[T]\ntable = "t"\nquery = "q"', r"\[T\] table, query are too many"),
        ('[T]\ncolumn_names = "q"', r"\[T\] column_names gives no rows: add \[T.import\]"),
        ('[T]\ntable = "t"\n[T.import]\ncolumn_names = "q"', r"\[T.import\] column_names gives no"),
        ('[T]\ntable = "t"\nparameters = ["a:INPUT:1"]', r"\[T\] parameters are a procedure's"),
        ('[T]\nquery = "q"\nstart_index = "a"', r"\[T\] start_index and end_index go together"),
        ('[T]\nprocedure = "p"\nparameters = ["a:1"]', r"parameters holds a line .*'a:1'"),
        ('[T]\ntable = "t"\ndelta = { }', r"\[T.delta\] watermark, history.* give one"),
        ('[T]\ntable = "t"\n[T.export.add]', r"\[T.export.add\] procedure or query is given"),
        ('[T]\ntable = "t"\nreferences = { a = "*" }', r"\[T\] reference_types names a column"),
        ("[T]\ntable = 1", r"\[T\] table is text"),
        ('[T]\ntable = ""', r"\[T\] table is text"),
        ('[T]\ntable = "t"\nanchr = "id"', r"\[T\] anchr is unknown; there are table, view"),
        ('[T]\ntable = "t"\nanchor = [1]', r"\[T\] anchor is text or a list"),
        ('[T]\ntable = "t"\nanchor = ["a", "a"]', r"\[T\] anchor holds one name twice"),
        ('[T]\ntable = "t"\nnames = "x"', r"\[T\] names is a table of texts"),
        ('[T]\ntable = "t"\ntypes = { a = "varchar" }', r"\[T\] types takes text, integer"),
        (
            '[T]\ntable = "t"\ndelta = { watermark = "w", overlap = -1 }',
            r"\[T.delta\] overlap is a whole number",
        ),
        ('[T]\ntable = "t"\nmultivalued = 1', r"\[T\] multivalued is a table"),
        (
            '[T]\ntable = "t"\n[T.multivalued.m]\ntable = "m"\nvalue = "v"',
            r"\[T.multivalued.m\] key is missing",
        ),
        (
            '[T]\ntable = "t"\n[T.multivalued.m]\ntable = "m"\nkey = "k"',
            r"\[T.multivalued.m\] value is missing",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_may_stand_there(text: str, says: str) -> None:
    """The administrator reads table, key and choices, and the parameter at fault."""
    with pytest.raises(InvalidParameterError, match=says) as caught:
        parse_object_types(text)
    assert caught.value.parameter_name == "Object types"
