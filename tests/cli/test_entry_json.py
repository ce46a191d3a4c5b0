"""Entries survive the way through JSON whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.cli.entry_json import (
    EntryFormatError,
    entry_from_json,
    entry_from_line,
    entry_to_json,
)
from ecma2py.cli.output import to_json
from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.errors import MAImportError
from ecma2py.schema import Value

# Half a character pair is no text a target can hold, yet a line must carry it to say so.
TEXTS = st.text(st.characters(), max_size=8)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
VALUES: st.SearchStrategy[Value] = st.one_of(
    TEXTS, st.booleans(), st.binary(max_size=8), st.integers(-(2**63), 2**63 - 1)
)
SHAPES = st.one_of(VALUES, st.lists(VALUES, max_size=3))
ANCHORS = st.dictionaries(NAMES, VALUES, max_size=2)
ATTRIBUTES = st.dictionaries(NAMES, SHAPES, max_size=3)
DNS = st.none() | TEXTS


@st.composite
def attribute_changes(draw: st.DrawFn, name: str) -> AttributeChange:
    """A change of one attribute, made as authors make them."""
    match draw(st.integers(0, 3)):
        case 0:
            return AttributeChange.add(name, draw(SHAPES))
        case 1:
            return AttributeChange.replace(name, draw(SHAPES))
        case 2:
            many = st.lists(VALUES, max_size=2)
            return AttributeChange.update(name, draw(many), draw(many))
        case _:
            return AttributeChange.delete(name)


@st.composite
def entries(draw: st.DrawFn) -> CSEntryChange:
    """Any entry an author or a host can make."""
    object_type, anchor, dn = draw(TEXTS), draw(ANCHORS), draw(DNS)
    match draw(st.integers(0, 4)):
        case 0:
            return CSEntryChange.add(object_type, anchor, dn=dn, attributes=draw(ATTRIBUTES))
        case 1:
            return CSEntryChange.replace(object_type, anchor, dn=dn, attributes=draw(ATTRIBUTES))
        case 2:
            names = draw(st.lists(NAMES.filter(lambda n: n != "DN"), unique=True, max_size=3))
            changes = [draw(attribute_changes(name)) for name in names]
            if draw(st.booleans()):
                changes.append(AttributeChange.new_dn(draw(TEXTS)))
            return CSEntryChange.update(object_type, anchor, dn=dn, changes=changes)
        case 3:
            return CSEntryChange.delete(draw(st.none() | TEXTS), anchor, dn=dn)
        case _:
            code = draw(st.sampled_from(list(MAImportError)[1:]))
            return CSEntryChange.import_error(
                object_type, anchor, code, name=draw(TEXTS), detail=draw(TEXTS), dn=dn
            )


def content(entry: CSEntryChange) -> tuple[Any, ...]:
    """All that an entry says, for comparison; True and 1 are told apart."""
    return (
        entry.object_type,
        entry.object_modification_type,
        repr(entry.anchor),
        entry.dn,
        repr(entry.attributes),
        sorted(map(repr, entry.changes.values())),
        entry.error_code_import,
        entry.error_name,
        entry.error_detail,
    )


@given(entries())
def test_an_entry_comes_back_as_it_was(entry: CSEntryChange) -> None:
    """Written as a line and read again, an entry says what it said."""
    line = to_json(entry_to_json(entry))

    assert b"\n" not in line
    assert content(entry_from_line(line.decode())) == content(entry)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | TEXTS,
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["change", "type", "anchor", "attributes", "changes", "add", "remove", "x"]
                ),
                inner,
            )
        ),
    )
)
def test_whatever_is_no_entry_is_refused_in_words(data: Any) -> None:
    """Any JSON is an entry or an EntryFormatError, never another exception."""
    try:
        entry_from_json(data)
    except EntryFormatError as error:
        assert str(error).endswith(".")


def test_an_update_in_json_reads_as_the_documentation_says() -> None:
    """The four ways to change an attribute, told apart by their keys."""
    entry = entry_from_line(
        '{"change": "update", "type": "person", "anchor": {"id": "7"}, "new_dn": "CN=8", "changes":'
        ' {"mail": {"replace": "x"}, "tags": {"add": ["z"], "remove": ["x"]},'
        ' "phone": {"add": "1"}, "title": {"delete": true}, "members": {"remove": ["9"]}}}'
    )

    assert entry.changes == {
        "mail": AttributeChange.replace("mail", "x"),
        "tags": AttributeChange.update("tags", ["z"], ["x"]),
        "phone": AttributeChange.add("phone", "1"),
        "title": AttributeChange.delete("title"),
        "members": AttributeChange.update("members", (), ["9"]),
        "DN": AttributeChange.new_dn("CN=8"),
    }
    assert entry.anchor == {"id": "7"}


def test_null_is_absence() -> None:
    """A null attribute, DN or anchor is one that is not there."""
    entry = entry_from_json(
        {"change": "add", "dn": None, "anchor": None, "attributes": {"a": None}}
    )

    assert (entry.dn, entry.anchor, entry.attributes) == (None, {}, {})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[]", "An entry is a JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"change": "rename"}', "add, replace, update or delete"),
        ('{"change": "add", "mail": "x"}', "'mail' is no key"),
        ('{"change": "add", "type": 5}', "'type' is text"),
        ('{"change": "add", "anchor": "7"}', "'anchor' is a JSON object"),
        ('{"change": "add", "changes": {}}', "'add' has no 'changes': it takes 'attributes'"),
        ('{"change": "delete", "changes": {}}', "it takes 'anchor' or 'dn' alone"),
        (
            '{"change": "update", "attributes": {}}',
            "'update' has no 'attributes': it takes 'changes'",
        ),
        ('{"change": "add", "attributes": {"a": 1.5}}', "'a' is text, a whole number"),
        ('{"change": "add", "attributes": {"a": NaN}}', "NaN is no number"),
        ('{"change": "add", "attributes": {"a": 9223372036854775808}}', "64 bits"),
        ('{"change": "add", "attributes": {"a": [null]}}', "'a' is text"),
        ('{"change": "add", "attributes": {"a": {"base64": "%"}}}', "base64 that is none"),
        ('{"change": "add", "attributes": {"a": {"base64": 5}}}', "base64 that is none"),
        ('{"change": "add", "attributes": {"a": "1", "a": "2"}}', "'a' is given twice"),
        ('{"change": "update", "changes": {"a": {"set": "x"}}}', "'a' is changed by"),
        ('{"change": "update", "changes": {"a": {"replace": "x", "add": "y"}}}', "is changed by"),
        ('{"change": "update", "changes": {"a": {"delete": false}}}', "is changed by"),
        ('{"change": "update", "changes": {"a": "x"}}', "change of 'a' is a JSON object"),
        ('{"change": "update", "new_dn": "x", "changes": {"DN": {"replace": "y"}}}', "twice"),
        ('{"change": "add", "error": "Oops"}', "'error' is one of"),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(line: str, reason: str) -> None:
    """The message names what is wrong, where it is."""
    with pytest.raises(EntryFormatError, match=reason):
        entry_from_line(line)


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is read only up to a bound."""
    monkeypatch.setattr("ecma2py.cli.entry_json.LARGEST_LINE", 10)

    with pytest.raises(EntryFormatError, match="more than 10"):
        entry_from_line(json.dumps({"change": "add"}))
