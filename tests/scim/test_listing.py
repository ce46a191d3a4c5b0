"""Queries and list responses, RFC 7644 sections 3.4.2 and 3.4.3."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scim2_models import Context, ListResponse, User

from ecma2py.scim.cursors import Cursors
from ecma2py.scim.errors import ScimError
from ecma2py.scim.filters import parse_filter
from ecma2py.scim.listing import (
    LARGEST,
    MAX_NAMES,
    MAX_PARAMETERS,
    SEARCH_REQUEST,
    Listing,
    Query,
    Requested,
    list_response,
    query_pairs,
    requested_attributes,
)
from ecma2py.scim.names import AttributePath, Names

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
NAMES = Names({USER: {"userName": (), "name": ("familyName",)}}, core=(USER,))
LISTING = Listing(NAMES, Cursors(b"k" * 32), "HR/User", default_count=10, max_count=50)


def _query(**parameters: str) -> Query:
    return LISTING.query(parameters.items())


def _refused(raised: pytest.ExceptionInfo[ScimError], *words: str) -> None:
    assert raised.value.status == 400
    for word in words:
        assert word in raised.value.detail


def test_an_empty_query_has_the_defaults() -> None:
    """Without parameters: no filter, no order, the first page of the default size, by index."""
    query = _query()

    assert (query.filter, query.sort_by, query.descending) == (None, None, False)
    assert (query.start_index, query.count, query.by_cursor) == (1, 10, False)
    assert Requested() == query.requested


def test_every_parameter_is_read() -> None:
    """Each parameter of RFC 7644 table 4 and 5 reaches the query, whatever its case."""
    query = _query(
        filter='userName eq "a"',
        SORTBY="NAME.familyname",
        sortOrder="Descending",
        startIndex="3",
        count="7",
        attributes="userName, name",
        aadOptscim062020="",
    )

    assert parse_filter('userName eq "a"', NAMES) == query.filter
    assert AttributePath(None, "name", "familyName") == query.sort_by
    assert query.descending
    assert (query.start_index, query.count) == (3, 7)
    assert Requested(("userName", "name")) == query.requested


@given(
    parameters=st.fixed_dictionaries(
        {},
        optional={
            "filter": st.just('userName sw "a"'),
            "sortBy": st.just("userName"),
            "sortOrder": st.sampled_from(["ascending", "descending"]),
            "startIndex": st.integers(-5, 5),
            "count": st.integers(-5, 100),
            "excludedAttributes": st.lists(st.sampled_from(["name", "members"]), min_size=1),
        },
    )
)
def test_get_and_search_are_the_same_query(parameters) -> None:
    """A SearchRequest body reads as the query string with the same parameters."""
    text = {
        key: ",".join(value) if isinstance(value, list) else str(value)
        for key, value in parameters.items()
    }

    expected = LISTING.query(query_pairs(urlencode(text).encode()))

    assert expected == LISTING.search({"schemas": [SEARCH_REQUEST], **parameters})


@pytest.mark.parametrize(
    ("text", "start", "count"),
    [
        ("0", 1, 0),
        ("-1", 1, 0),
        ("007", 7, 7),
        ("51", 51, 50),
        ("9" * 30, LARGEST, 50),
        ("-" + "9" * 30, 1, 0),
    ],
)
def test_numbers_are_brought_into_range(text: str, start: int, count: int) -> None:
    """StartIndex below 1 is 1, count below 0 is 0 and never above the page limit."""
    query = _query(startIndex=text, count=text)

    assert (start, count) == (query.start_index, query.count)


@pytest.mark.parametrize("name", ["startIndex", "count"])
@pytest.mark.parametrize("value", ["", "x", "1.5", "٣", "1e3", "--1", True, 1.5, [], float("nan")])
def test_what_is_no_integer_is_refused(name: str, value: object) -> None:
    """A number that is none is a 400 naming the parameter."""
    with pytest.raises(ScimError) as raised:
        LISTING.search({name: value})

    _refused(raised, name, "integer")


def test_integral_numbers_of_a_body_are_integers() -> None:
    """JSON does not tell 5.0 from 5."""
    assert LISTING.search({"count": 5.0, "startIndex": 2.0}) == _query(count="5", startIndex="2")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"filter": 1}, ["filter", "string"]),
        ({"sortBy": ["a"]}, ["sortBy", "string"]),
        ({"sortOrder": "up"}, ["sortOrder", "descending"]),
        ({"attributes": {"a": 1}}, ["attributes"]),
        ({"attributes": [1]}, ["attributes"]),
        ({"attributes": ["\ud800"]}, ["attributes"]),
        ({"attributes": ["a"] * (MAX_NAMES + 1)}, ["attributes", str(MAX_NAMES)]),
        ({"attributes": ["a"], "excludedAttributes": ["b"]}, ["exclude each other"]),
        ({"cursor": "", "startIndex": 1}, ["cursor", "startIndex"]),
        ({"schemas": [USER]}, ["SearchRequest"]),
        ([], ["JSON object"]),
        ("x", ["JSON object"]),
    ],
)
def test_a_wrong_body_is_refused_by_name(body: object, words: list[str]) -> None:
    """What is wrong with a SearchRequest is a 400 that says where."""
    with pytest.raises(ScimError) as raised:
        LISTING.search(body)

    _refused(raised, *words)


def test_nulls_and_absent_schemas_are_tolerated() -> None:
    """A null member counts as absent, and so do schemas left out."""
    assert _query() == LISTING.search({"filter": None, "count": None, "unknown": 5, "cursor": None})


def test_a_parameter_given_twice_is_refused_unless_it_is_a_list() -> None:
    """Two filters are a 400; two lists of names are one list; a repetition does no harm."""
    with pytest.raises(ScimError) as raised:
        LISTING.query([("count", "1"), ("Count", "2")])
    _refused(raised, "count", "twice")

    assert LISTING.query([("count", "1"), ("count", "1")]).count == 1
    pairs = [("attributes", "a"), ("attributes", "b,c")]
    assert requested_attributes(pairs) == Requested(("a", "b", "c"))


def test_a_query_string_is_decoded_as_forms_are() -> None:
    """A plus is a blank, escapes are UTF-8, and ``cursor=`` stays."""
    raw = b"filter=PLACEHOLDER+eq+%22%C3%BC%2B%22&cursor=&flag"

    assert query_pairs(raw) == [("filter", 'PLACEHOLDER eq "ü+"'), ("cursor", ""), ("flag", "")]
    assert query_pairs(b"") == []


@pytest.mark.parametrize("raw", [b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * (MAX_PARAMETERS + 1))])
def test_a_hostile_query_string_is_refused(raw: bytes) -> None:
    """Bytes that are no UTF-8 and floods of parameters are a 400."""
    with pytest.raises(ScimError) as raised:
        query_pairs(raw)

    _refused(raised, "query string")


@given(raw=st.binary(max_size=80))
def test_any_query_string_reads_or_is_a_scim_error(raw) -> None:
    """No bytes a client can send raise anything but ScimError."""
    with suppress(ScimError):
        LISTING.query(query_pairs(raw))


def _page(query: Query, rows: list[str]) -> tuple[list[dict[str, str]], int | None]:
    first = query.position if query.by_cursor else query.start_index - 1
    assert first is None or isinstance(first, int)
    first = first or 0
    shown = [{"id": "1", "userName": row} for row in rows[first : first + query.count]]
    following = first + query.count
    return shown, following if following < len(rows) else None


@given(rows=st.lists(st.text("abc", max_size=3), max_size=30), count=st.integers(1, 12))
def test_pages_by_cursor_concatenate_to_the_whole(rows, count) -> None:
    """Following nextCursor shows every result once and in order, then ends."""
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = _query(filter="userName pr", count=str(count), cursor=cursor)
        shown, following = _page(query, rows)
        answer = LISTING.response(query, shown, total=len(rows), following=following)
        ListResponse[User].model_validate(answer, scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
        assert "startIndex" not in answer
        seen += [one["userName"] for one in shown]
        cursor = answer.get("nextCursor")

    assert rows == seen


@given(rows=st.lists(st.text("abc", max_size=3), max_size=30), count=st.integers(1, 12))
def test_pages_by_index_concatenate_to_the_whole(rows, count) -> None:
    """Counting startIndex up by itemsPerPage shows every result once and in order."""
    seen: list[str] = []
    start = 1
    while start <= len(rows):
        query = _query(startIndex=str(start), count=str(count))
        shown, _ = _page(query, rows)
        answer = LISTING.response(query, shown, total=len(rows), following=5)
        ListResponse[User].model_validate(answer, scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
        assert answer["totalResults"] == len(rows)
        assert answer["startIndex"] == start
        assert "nextCursor" not in answer
        seen += [one["userName"] for one in shown]
        start += len(shown)

    assert rows == seen


def _next(query: Query, **positions: int) -> dict[str, object]:
    return LISTING.response(query, [], total=None, **positions)


def test_a_cursor_keeps_to_its_query() -> None:
    """Another filter, order or endpoint makes the cursor invalidCursor; other attributes do not."""
    cursor = str(_next(_query(cursor="", filter="userName pr"), following=3)["nextCursor"])

    assert _query(cursor=cursor, filter="userName pr", attributes="id").position == 3
    for changed in ({}, {"filter": "id pr"}, {"filter": "userName pr", "sortBy": "id"}):
        with pytest.raises(ScimError) as raised:
            _query(cursor=cursor, **changed)
        assert raised.value.scim_type == "invalidCursor"
    other = Listing(NAMES, Cursors(b"k" * 32), "HR/Group")
    with pytest.raises(ScimError) as raised:
        other.query([("cursor", cursor), ("filter", "userName pr")])
    assert raised.value.scim_type == "invalidCursor"


def test_count_is_the_first_pages() -> None:
    """Later pages have the first page's count; another one is invalidCount."""
    cursor = str(_next(_query(cursor="", count="4"), following=3)["nextCursor"])

    assert _query(cursor=cursor).count == 4
    with pytest.raises(ScimError) as raised:
        _query(cursor=cursor, count="5")
    assert raised.value.scim_type == "invalidCount"


def test_both_neighbours_are_sealed_and_none_for_count_zero() -> None:
    """PreviousCursor and nextCursor lead to the pages given; a page of size 0 has neither."""
    answer = _next(_query(cursor="", count="2"), following=4, previous=0)

    assert _query(cursor=str(answer["nextCursor"])).position == 4
    assert _query(cursor=str(answer["previousCursor"])).position == 0
    assert "totalResults" not in answer
    assert "nextCursor" not in _next(_query(cursor="", count="0"), following=4)


def test_a_list_response_holds_no_null() -> None:
    """Members without a value are left out."""
    assert list_response([]) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "itemsPerPage": 0,
        "Resources": [],
    }
