"""The function that makes entries is as its plan says, and nothing in a name becomes code."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn
from ecma2py_sql.importing.building import Plan, ReadColumn

NAMES = st.text(st.sampled_from("av0'\"\\{}\n\r\0,:#\u2028\ud800é"), min_size=1) | st.text()
"""What would end a literal, begin a comment, or be taken for a variable."""
VALUES = st.none() | st.text(max_size=3) | st.integers(0, 9)


def doubled(value: int) -> str:
    """Something else than the value itself."""
    if value == 7:
        raise ValueError("seven")
    return str(value * 2)


@given(names=st.lists(NAMES, min_size=1, max_size=20, unique=True), data=st.data())
def test_a_row_becomes_what_the_plan_says(names: list[str], data: st.DataObject) -> None:
    """Text stays, other values are read, NULL is left out, and a bad value fails its row."""
    width = len(names)
    anchor = data.draw(st.lists(st.integers(0, width - 1), min_size=1, max_size=3, unique=True))
    columns = [
        ReadColumn(name, doubled, as_it_is=str, missing=f"no {name}" if at in anchor else "")
        for at, name in enumerate(names)
    ]
    kind = ObjectModificationType.REPLACE
    plan = Plan(names[0], kind, columns, width=width, anchor=anchor, naming=anchor)
    build = plan.builder(lambda row, problem: problem)  # type: ignore[arg-type, return-value]
    row = data.draw(st.tuples(*[VALUES] * width))

    made: Any = build(row)
    missing = [f"no {name}" for at, name in enumerate(names) if at in anchor and row[at] is None]
    if missing or 7 in row:
        assert made == (missing or ["seven"])[0]
        return
    read = {
        name: value if isinstance(value, str) else doubled(value)
        for name, value in zip(names, row, strict=True)
        if value is not None
    }
    key = {names[at]: read.pop(names[at]) for at in anchor}
    assert isinstance(made, CSEntryChange)
    assert (made.object_type, made.object_modification_type) == (names[0], kind)
    assert list(made.anchor.items()) == list(key.items())
    assert made.attributes == read
    assert made.dn == generated_dn(key.values(), names[0])


def test_the_type_of_a_reference_stands_behind_the_columns() -> None:
    """What reads a reference of any type is given that type."""
    columns = [
        ReadColumn("id", str, as_it_is=str, missing="none"),
        ReadColumn("boss", lambda key, kind: f"{kind} {key}", type_at=2),
    ]
    plan = Plan("t", ObjectModificationType.ADD, columns, width=3, anchor=[0], naming=[0])
    build = plan.builder(lambda row, problem: CSEntryChange("failed"))
    assert build(("1", 2, "team")).attributes == {"boss": "team 2"}
    assert build(("1", None, "team")).attributes == {}
    assert build((None, 2, "team")).object_type == "failed"


@given(VALUES | st.booleans())
def test_numbers_are_true_or_false_where_they_stand_for_it(value: Any) -> None:
    """Any number but 0 is true; what is no number is read, what is true or false stays."""
    columns = [
        ReadColumn("id", str, as_it_is=str, missing="none"),
        ReadColumn("on", lambda value: f"read {value}", as_it_is=bool, is_truth=True),
    ]
    plan = Plan("t", ObjectModificationType.ADD, columns, width=2, anchor=[0], naming=[0])
    build = plan.builder(lambda row, problem: CSEntryChange("failed"))
    wanted = (
        {} if value is None else {"on": f"read {value}" if isinstance(value, str) else bool(value)}
    )
    assert repr(build(("1", value)).attributes) == repr(wanted)
