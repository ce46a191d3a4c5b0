"""Paths: the notation of RFC 7644 sections 3.5.2 and 3.10, and names no grammar foresaw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.scim.errors import ScimError
from ecma2py.scim.filters import Filter, parse_filter
from ecma2py.scim.literals import MAX_TEXT
from ecma2py.scim.names import AttributePath
from ecma2py.scim.paths import PatchPath, parse_patch_path, parse_path
from tests.scim.trees import (
    CORE,
    ENTERPRISE,
    HOST,
    NAMES,
    ODD_NAMES,
    combined,
    inner_paths,
    leaves_over,
    literals,
    paths,
)

MEMBER = "2819c223-7f76-453a-919d-413861904646"


def _patch(
    attribute: str,
    value_filter: str | None = None,
    sub: str | None = None,
    schema: str | None = None,
) -> PatchPath:
    chosen = parse_filter(value_filter) if value_filter is not None else None
    return PatchPath(AttributePath(schema, attribute), chosen, sub)


RFC_PATHS = {
    "members": _patch("members"),
    "name.familyName": _patch("name", None, "familyName"),
    'addresses[type eq "work"]': _patch("addresses", 'type eq "work"'),
    f'members[value eq "{MEMBER}"]': _patch("members", f'value eq "{MEMBER}"'),
    f'members[value eq "{MEMBER}"].displayName': _patch(
        "members", f'value eq "{MEMBER}"', "displayName"
    ),
    'emails[type eq "work" and value ew "example.com"]': _patch(
        "emails", 'type eq "work" and value ew "example.com"'
    ),
    'addresses[type eq "work"].streetAddress': _patch(
        "addresses", 'type eq "work"', "streetAddress"
    ),
    "userName": _patch("userName"),
    f"{CORE}:name.givenName": _patch("name", None, "givenName", CORE),
    f"{ENTERPRISE}:employeeNumber": _patch("employeeNumber", schema=ENTERPRISE),
    f"{ENTERPRISE}:manager.$ref": _patch("manager", None, "$ref", ENTERPRISE),
}


@pytest.mark.parametrize("text", RFC_PATHS)
def test_every_path_of_the_rfc_is_read(text: str) -> None:
    """Figure 8 of RFC 7644, the paths of its PATCH examples, and the notation of section 3.10."""
    assert parse_patch_path(text) == RFC_PATHS[text]
    assert str(RFC_PATHS[text]) == text


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_no_grammar_foresaw_are_read_whole(name: str) -> None:
    """Within a known extension the whole rest is the name if it is known, in any case."""
    text = f"{HOST.upper()}:{name}"
    assert parse_path(text, NAMES) == AttributePath(HOST, name)
    assert parse_patch_path(f" {text} ", NAMES) == PatchPath(AttributePath(HOST, name))
    filtered = parse_patch_path(f'{text}[value eq "]"].x', NAMES)
    assert filtered == _patch(name, 'value eq "]"', "x", HOST)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOST, PatchPath(AttributePath(HOST, ""))),
        (CORE, PatchPath(AttributePath(CORE, ""))),
        (f"{CORE}:USERNAME", PatchPath(AttributePath(None, "userName"))),
        ("USERNAME", PatchPath(AttributePath(None, "userName"))),
        ("Name.FAMILYNAME", _patch("name", None, "familyName")),
        ("META.created", _patch("meta", None, "created")),
        ('EMAILS[TYPE eq "work"].VALUE', _patch("emails", 'type eq "work"', "value")),
        (f"{HOST}:unheard-of", _patch("unheard-of", schema=HOST)),
        (f"{HOST}:Employee.x", _patch("Employee", None, "x", HOST)),
        ("urn:x:2.0:User", _patch("User", schema="urn:x:2.0")),
        ("urn:x:2.0User:a", _patch("a", schema="urn:x:2.0User")),
        ("http://example.com/x/2.0/Group:a", _patch("a", schema="http://example.com/x/2.0/Group")),
        ("-dn-", _patch("-dn-")),
        ("export_password", _patch("export_password")),
    ],
)
def test_known_names_take_their_spelling_and_unknown_ones_keep_theirs(
    text: str, expected: PatchPath
) -> None:
    """Schema, attribute and sub-attribute come out as published where they are published."""
    assert parse_patch_path(text, NAMES) == expected


@given(paths)
def test_an_attribute_path_reads_as_it_is_written(path: AttributePath) -> None:
    """parse(str(path)) is path."""
    assert parse_path(str(path), NAMES) == path


@given(
    st.builds(
        PatchPath,
        paths.filter(lambda path: path.attribute and path.sub_attribute is None),
        st.none() | combined(leaves_over(inner_paths, literals)),
        st.sampled_from([None, "part", "$ref", "0"]),
    ).filter(lambda path: path.sub_attribute is None or path.path.schema != HOST)
)
def test_a_patch_path_reads_as_it_is_written(path: PatchPath) -> None:
    """parse(str(path)) is path, with and without value filter and sub-attribute."""
    assert parse_patch_path(str(path), NAMES) == path


HOSTILE = {
    "nothing": "",
    "blank": " ",
    "operator": "userName eq 1",
    "brackets alone": "[]",
    "dot alone": ".",
    "dot at the end": "name.",
    "three levels": "a.b.c",
    "two names": "a b",
    "sub-attribute before brackets": "a.b[c pr]",
    "extension before brackets": f"{HOST}[c pr]",
    "brackets without end of name": "a[c pr]d",
    "brackets twice": "a[c pr][d pr]",
    "dot after brackets": "a[c pr].",
    "two subs after brackets": "a[c pr].d.e",
    "slash": "/userName",
    "quotes": '"userName"',
    "colon at the end": f"{HOST}:",
    "NUL": "userName\0",
    "lone surrogate": "\udfff",
    "unicode digits": "٣",
    "too long": "a" * (MAX_TEXT + 1),
    "10,000 dots": "." * 10_000,
    "10,000 colons": ":" * 10_000,
}
HOSTILE_FILTERS = {
    "empty": "a[]",
    "open": 'a[b eq "c"',
    "open string": 'a[b eq "c]',
    "10,000 brackets": "a[" * 8_000,
    "10,000 parentheses": "a[" + "(" * 10_000,
    "10,000 not": "a[" + "not (" * 3_000,
    "surrogate": r'a[b eq "\udfff"]',
    "boolean text without operator": "a[b]",
    "URN": f"a[{CORE}:b pr]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_bad_path_is_refused(text: str) -> None:
    """400 invalidPath for whatever is no path."""
    with pytest.raises(ScimError) as caught:
        parse_patch_path(text, NAMES)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidPath")
    with pytest.raises(ScimError) as caught:
        parse_path(text, NAMES)
    assert caught.value.scim_type == "invalidPath"
    assert len(caught.value.detail) < 300


@pytest.mark.parametrize("text", HOSTILE_FILTERS.values(), ids=HOSTILE_FILTERS)
def test_a_bad_filter_in_a_path_is_refused(text: str) -> None:
    """400 invalidFilter for what stands in the brackets (RFC 7644 table 9)."""
    with pytest.raises(ScimError) as caught:
        parse_patch_path(text, NAMES)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")


def test_an_attribute_alone_has_no_brackets() -> None:
    """`attributes` and `sortBy` name attributes, they do not choose values."""
    with pytest.raises(ScimError, match="attribute name alone"):
        parse_path('emails[type eq "work"]')


@given(
    st.lists(
        st.sampled_from(["a", ".", "[", "]", "b pr", "(", '"', f"{HOST}:", "2fa", " ", ":", "\0"]),
        max_size=8,
    ).map("".join)
    | st.text(st.characters(), max_size=20)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but a SCIM error, and what is read can be written and read again."""
    read: Filter | PatchPath | None = None
    try:
        read = parse_patch_path(text, NAMES)
    except ScimError as error:
        refused = error.status
    if read is None:
        assert refused == 400
    else:
        assert parse_patch_path(str(read), NAMES) == read
