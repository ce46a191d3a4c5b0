"""Values of every type and of every hostile text go in and come back as they were."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import AttributeChange, CSEntryChange
from tests.connectors.sql.targets import Target, codes, content

TYPES = """
CREATE TABLE t (
    id VARCHAR(40) PRIMARY KEY,
    a_text {text},
    a_int BIGINT,
    a_bool {boolean},
    a_bin {binary},
    a_dec DECIMAL(30, 4),
    a_float {double},
    a_day DATE,
    a_time {time},
    a_moment {timestamp},
    a_uid {uuid}
)
"""
LONG = "\u00e9\U0001f600x" * 25_000
VALUES: dict[str, list[Any]] = {
    "text": [
        "",
        " leading and trailing ",
        "e\u0301 \u00e9 \U0001f600 \u05d0\u202e",
        "'; DROP TABLE t; --",
        '"quoted" `back` [bracket] \\ % _ ? {fn now()}',
        "line\r\nbreak\ttab",
        "@ATTRIBUTE",
        *(LONG[:length] for length in (127, 128, 200, 255, 256, 8_191, 8_192, 70_000)),
    ],
    "int": [0, 1, -1, 2**31, -(2**63), 2**63 - 1],
    "bool": [True, False],
    "bin": [b"", b"\0", b"a\0b", bytes(range(256)), b"\0" * 70_000],
    "dec": ["0.0000", "1.5000", "-12345678.9012"],
    "float": ["0.0", "1.5", "-2.25e-300", "1e+300"],
    "day": ["0001-01-01", "2024-02-29", "9999-12-31"],
    "time": ["00:00:00", "23:59:59.123456", "12:30:00.500000"],
    "moment": [
        "2026-03-04T05:06:07Z",
        "2026-03-04T05:06:07.123456Z",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
    ],
    "uid": ["12345678-9abc-4ef0-9234-56789abcdef0"],
}
SAME = {
    "dec": {"0.0000": "0", "1.5000": "1.5"},
    "float": {"-2.25e-300": "-2.25e-300"},
}
"""What SQLite, which has no decimals, gives back for the same number."""


def test_every_type_is_read_back_as_it_was_written(target: Target) -> None:
    """Extremes, zero bytes, empty and long values, fractions of seconds: nothing is lost."""
    target.execute(TYPES)
    host = target.host('[T]\ntable="t"')
    cases = [(name, value) for name, values in VALUES.items() for value in values]
    adds = [
        CSEntryChange.add("T", {"id": f"{i}"}, attributes={f"a_{name}": value})
        for i, (name, value) in enumerate(cases)
    ]
    assert codes(host.export(*adds)) == ["Success"] * len(cases)
    found = host.state()
    for i, (name, value) in enumerate(cases):
        result = found[f"CN={i},OBJECT=T"].get(f"a_{name}")
        if target.name.startswith("sqlite"):
            value = SAME.get(name, {}).get(value, value)
        assert result == value, (name, value, result)
        assert type(result) is type(value)


def test_a_moment_with_an_offset_is_stored_in_utc(target: Target) -> None:
    """The zone is not dropped; text that is no moment is refused."""
    target.execute(TYPES)
    host = target.host('[T]\ntable="t"')
    good, bad = host.export(
        CSEntryChange.add("T", {"id": "1"}, attributes={"a_moment": "2026-07-01T01:30:00+02:00"}),
        CSEntryChange.add("T", {"id": "2"}, attributes={"a_moment": "1 July"}),
    )
    assert codes([good, bad]) == ["Success", "ExportErrorInvalidAttributeValue"]
    assert host.state()["CN=1,OBJECT=T"]["a_moment"] == "2026-06-30T23:30:00Z"


@pytest.mark.parametrize("kind", ["int", "uid", "day", "moment", "bin", "dec"])
def test_a_key_of_any_type_finds_its_row(target: Target, kind: str) -> None:
    """Update, paging and reference work on keys that are not text."""
    declared = {
        "int": "BIGINT",
        "uid": "{uuid}",
        "day": "DATE",
        "moment": "{timestamp}",
        "bin": "{binary_key}",
        "dec": "DECIMAL(20, 1)",
    }[kind]
    target.execute(
        f"CREATE TABLE k (k {declared} PRIMARY KEY, v VARCHAR(9), r {declared} REFERENCES k (k));"
        f"CREATE TABLE m (k {declared}, v VARCHAR(9))"
    )
    host = target.host(
        '[K]\ntable="k"\nreferences={r="K"}\n[K.multivalued.m]\ntable="m"\nkey="k"\nvalue="v"'
    )
    chosen: dict[str, list[Any]] = {"dec": ["1.5", "-3.5"], "bin": [b"\0\xff", b"a"]}
    keys = chosen.get(kind) or VALUES[kind][:2]
    adds = [CSEntryChange.add("K", {"k": key}, attributes={"m": ["1", "2"]}) for key in keys]
    assert codes(host.export(*adds)) == ["Success"] * len(keys)
    dns = {entry.dn for entry in host.full(page_size=1)}
    assert len(dns) == len(keys)
    for entry in host.full(page_size=1):
        changes = [AttributeChange.replace("v", "x"), AttributeChange.replace("r", entry.dn),
                   AttributeChange.update("m", ["3"], ["1"])]  # fmt: skip
        update = CSEntryChange.update("K", entry.anchor, changes=changes)
        assert codes(host.export(update)) == ["Success"]
    for entry in host.full(page_size=1):
        assert content(entry) == {
            **entry.anchor,
            "v": "x",
            "r": entry.dn,
            "m": frozenset({"2", "3"}),
        }
        clear = CSEntryChange.update("K", entry.anchor, changes=[AttributeChange.delete("r")])
        delete = CSEntryChange.delete("K", {}, dn=entry.dn)
        assert codes(host.export(clear, delete)) == ["Success"] * 2
    assert host.full() == []


NAMES = [
    "plain",
    "with space",
    'double"quote',
    "single'quote",
    "back`tick",
    "semi;colon",
    "dash-ed",
    "1st",
    "select",
    "Order",
    "order",
    "what?",
    "per%cent",
    "under_score",
    "[brackets]",
    "{braces}",
    "dotted.name",
    'x"; DROP TABLE victims; --',
    "\u00fcml\u00e4ut",
    "\U0001f600",
    "back\\slash",
    "@ATTRIBUTE",
    "p",
    "c",
]


def test_tables_and_columns_of_any_name_work(target: Target) -> None:
    """Identifiers are quoted by the driver's character, and never become SQL."""
    names = NAMES
    if target.name == "mariadb":
        # The server takes names of the first plane alone.
        names = [name for name in names if max(name) < "\U00010000"]
    if target.name != "postgresql":
        names = [name for name in names if name != "order"]  # elsewhere names ignore case
    target.execute("CREATE TABLE victims (id INTEGER PRIMARY KEY)")
    columns = ", ".join(f"{target.quote(name)} VARCHAR(20)" for name in names)
    statement = f"CREATE TABLE {target.quote('t 1.a')} (id INTEGER PRIMARY KEY, {columns})"
    with_child = f"CREATE TABLE {target.quote('c;1')} ({target.quote('k-1')} INTEGER, v VARCHAR(9))"
    for sql in (statement, with_child):
        target.execute_exactly(sql)
    host = target.host(
        '["a type"]\ntable="t 1.a"\n["a type".multivalued."m v"]\ntable="c;1"\nkey="k-1"\nvalue="v"'
    )
    assert set(names) <= set(host.schema().types["a type"].attributes)
    values = {name: f"value {i}" for i, name in enumerate(names)}
    add = CSEntryChange.add("a type", {"id": 1}, attributes={**values, "m v": ["x"]})
    assert codes(host.export(add)) == ["Success"]
    changes = [AttributeChange.replace(name, f"{i} changed") for i, name in enumerate(names)]
    assert codes(host.export(CSEntryChange.update("a type", {"id": 1}, changes=changes))) == [
        "Success"
    ]
    assert host.state() == {
        "CN=1,OBJECT=a type": {
            "id": 1,
            "m v": frozenset({"x"}),
            **{name: f"{i} changed" for i, name in enumerate(names)},
        }
    }
    assert target.rows("SELECT * FROM victims") == []


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("'\"`;-/*()\\%_?@{}[]|&,+= \n\r\t0a"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(texts=st.lists(HOSTILE, min_size=1, max_size=8, unique=True))
def test_text_never_becomes_sql(target: Target, texts: list[Any]) -> None:
    """Any text is stored, found, set, taken from a set and deleted as itself."""
    target.execute(
        "DROP TABLE IF EXISTS h; DROP TABLE IF EXISTS hv;"
        "CREATE TABLE h (k VARCHAR(40) PRIMARY KEY, v VARCHAR(40));"
        "CREATE TABLE hv (k VARCHAR(40), v VARCHAR(40))"
    )
    host = target.host('[H]\ntable="h"\n[H.multivalued.m]\ntable="hv"\nkey="k"\nvalue="v"')
    adds = [
        CSEntryChange.add("H", {"k": text}, attributes={"v": text, "m": texts}) for text in texts
    ]
    assert set(codes(host.export(*adds))) == {"Success"}
    entries = host.full(page_size=3)
    assert {entry.anchor["k"]: content(entry) for entry in entries} == {
        text: {"k": text, "v": text, "m": frozenset(texts)} for text in texts
    }
    first = texts[0]
    change = AttributeChange.update("m", removed=[first])
    host.export(
        CSEntryChange.update("H", {"k": first}, changes=[change]),
        *(CSEntryChange.delete("H", {"k": text}) for text in texts[1:]),
    )
    rest = {"m": frozenset(texts[1:])} if texts[1:] else {}
    assert [content(entry) for entry in host.full()] == [{"k": first, "v": first, **rest}]


OVERRIDES = """
[O]
table = "o"
[O.types]
born = "DateTime"
size = "integer"
active = "Boolean"
rate = "decimal"
label = "string"
flag = "boolean"
"""


def test_an_override_of_a_type_holds_both_ways(target: Target) -> None:
    """Text that means a moment, a number or a truth is that, and is written as text again."""
    target.execute(
        "CREATE TABLE o (id INTEGER PRIMARY KEY, born VARCHAR(40), size VARCHAR(9),"
        " active VARCHAR(9), rate VARCHAR(40), label INTEGER, flag INTEGER)"
    )
    host = target.host(OVERRIDES)
    attributes = {
        "born": "2026-03-04T05:06:07Z",
        "size": 5,
        "active": True,
        "rate": "12345678901234567890.12345",
        "label": "7",
        "flag": False,
    }
    assert codes(host.export(CSEntryChange.add("O", {"id": 1}, attributes=attributes))) == [
        "Success"
    ]
    assert [entry.attributes for entry in host.full()] == [attributes]
    assert target.rows("SELECT born, size, active, rate, label, flag FROM o") == [
        ("2026-03-04 05:06:07Z", "5", "true", "12345678901234567890.12345", 7, 0)
    ]
    change = CSEntryChange.update(
        "O", {"id": 1}, changes=[AttributeChange.update("size", removed=[5])]
    )
    assert codes(host.export(change)) == ["Success"]
    assert "size" not in host.full()[0].attributes


def test_a_wrong_override_is_an_error_of_each_row_it_does_not_fit(target: Target) -> None:
    """The import error names table, row, column and value; rows it does fit are read."""
    target.execute(
        "CREATE TABLE o (id INTEGER PRIMARY KEY, born VARCHAR(40), size VARCHAR(9),"
        " active VARCHAR(9), rate VARCHAR(40), label INTEGER, flag INTEGER)"
    )
    wrong = {"born": "soon", "size": "big", "active": "maybe", "rate": "1,5"}
    rows = [(i, name, value) for i, (name, value) in enumerate(wrong.items())]
    for i, name, value in rows:
        target.execute(f"INSERT INTO o (id, {name}) VALUES ({i}, '{value}')")
    target.execute("INSERT INTO o (id, size) VALUES (9, '12')")
    *errors, good = target.host(OVERRIDES).full()
    assert good.attributes == {"size": 12}
    for entry, (i, name, value) in zip(errors, rows, strict=True):
        assert entry.error_code_import is not None
        assert f"table 'o', row with id {i}: column {name!r}: {value!r}" in entry.error_detail
