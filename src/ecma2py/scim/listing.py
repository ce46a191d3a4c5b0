"""Queries and their answers: RFC 7644 sections 3.4.2 and 3.4.3, with the cursors of RFC 9865.

``Listing`` is the reader of one endpoint: it turns a query string or a ``SearchRequest`` body into
the same :class:`Query`, and a page of resources into a ``ListResponse``.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from urllib.parse import unquote_to_bytes

from attrs import field, frozen

from ecma2py.scim.cursors import Cursors, Position
from ecma2py.scim.errors import ScimError, invalid_syntax, invalid_value
from ecma2py.scim.filters import Filter, parse_filter
from ecma2py.scim.names import AttributePath, Names
from ecma2py.scim.paths import parse_path
from ecma2py.values import is_unicode

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

MAX_PARAMETERS = 64
"""Parameters of one query string."""
MAX_NAMES = 500
"""Names in ``attributes`` or ``excludedAttributes``."""
LARGEST = 2**63 - 1
"""A number beyond it means no more than this one."""

_PARAMETERS = {
    name.lower(): name
    for name in (
        "filter",
        "sortBy",
        "sortOrder",
        "startIndex",
        "count",
        "cursor",
        "attributes",
        "excludedAttributes",
    )
}


@frozen
class Requested:
    """Which attributes a client wants; empty for those returned by default."""

    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@frozen
class Query:
    """One query, checked: what to find, in which order, and which page of it to show."""

    filter: Filter | None = None
    sort_by: AttributePath | None = None
    descending: bool = field(default=False, kw_only=True)
    start_index: int = field(default=1, kw_only=True)
    """Of the first result shown, from 1; counts for index paging only."""
    count: int = field(kw_only=True)
    """Most resources on this page; 0 asks for the total alone."""
    by_cursor: bool = field(default=False, kw_only=True)
    position: Position = field(default=None, kw_only=True)
    """Where the page begins when paging by cursor; None for the first page."""
    requested: Requested = field(default=Requested(), kw_only=True)
    fingerprint: bytes = field(default=b"", kw_only=True, repr=False)
    """When paging by cursor the same for every page of one query, and for no other query."""


@frozen
class Listing:
    """Reads the queries of one endpoint and writes their answers.

    ``scope`` tells this endpoint from every other whose cursors the same key seals: connector and
    resource type.
    """

    names: Names
    cursors: Cursors
    scope: str
    default_count: int = field(default=100, kw_only=True)
    max_count: int = field(default=1000, kw_only=True)

    def query(self, parameters: Iterable[tuple[str, str]]) -> Query:
        """The query of a GET; parameters SCIM does not define are ignored.

        Raises :class:`ScimError` (400) that names the parameter at fault.
        """
        return self._read(_known_parameters(parameters))

    def search(self, body: object) -> Query:
        """The query of a ``POST /.search``: the same as the GET with these parameters.

        Raises :class:`ScimError` (400) that names the member at fault.
        """
        return self._read(_search_members(body))

    def response(
        self,
        query: Query,
        resources: Sequence[object],
        *,
        total: int | None,
        following: Position = None,
        previous: Position = None,
    ) -> dict[str, object]:
        """The ``ListResponse`` for one page of *query*.

        *following* and *previous* are where the next and the previous page begin, None where there
        is none; they count for cursor paging only. *total* may be None there (RFC 9865 section 2).
        """
        if not query.by_cursor:
            return list_response(resources, total=total, start_index=query.start_index)
        answer = list_response(resources, total=total)
        for name, position in (("nextCursor", following), ("previousCursor", previous)):
            if position is not None and query.count:
                answer[name] = self.cursors.seal(
                    position, query=query.fingerprint, count=query.count
                )
        return answer

    def _read(self, given: Mapping[str, object]) -> Query:
        filter_text = _text(given, "filter")
        sort_text = _text(given, "sortBy")
        sort_by = None if sort_text is None else parse_path(sort_text, self.names)
        descending = _descending(given)
        count = _integer(given, "count")
        if count is not None:
            count = min(max(count, 0), self.max_count)
        cursor = _text(given, "cursor")
        position: Position = None
        fingerprint = b""
        if cursor is not None:
            fingerprint = _fingerprint(self.scope, filter_text, sort_text, descending)
        if cursor is not None and given.get("startIndex") is not None:
            raise invalid_value("cursor and startIndex exclude each other: send one of them")
        if cursor:
            place = self.cursors.open(cursor, query=fingerprint, count=count)
            position, count = place.position, min(place.count, self.max_count)
        start_index = _integer(given, "startIndex")
        return Query(
            None if filter_text is None else parse_filter(filter_text, self.names),
            sort_by,
            descending=descending,
            start_index=max(1, start_index or 1),
            count=min(self.default_count, self.max_count) if count is None else count,
            by_cursor=cursor is not None,
            position=position,
            requested=_requested(given),
            fingerprint=fingerprint,
        )


def list_response(
    resources: Sequence[object], *, total: int | None = None, start_index: int | None = None
) -> dict[str, object]:
    """A ``ListResponse`` (RFC 7644 section 3.4.2) that holds *resources* and no null."""
    answer: dict[str, object] = {"schemas": [LIST_RESPONSE]}
    if total is not None:
        answer["totalResults"] = total
    answer["itemsPerPage"] = len(resources)
    if start_index is not None:
        answer["startIndex"] = start_index
    answer["Resources"] = resources
    return answer


def query_pairs(raw: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string as it travelled; ``cursor=`` is kept though it is empty.

    Raises :class:`ScimError` (400) for text that is not UTF-8 and for too many parameters.
    """
    if not raw:
        return []
    parts = raw.split(b"&", MAX_PARAMETERS)
    if len(parts) > MAX_PARAMETERS:
        raise invalid_value(f"The query string has more than {MAX_PARAMETERS} parameters")
    try:
        pairs = [part.partition(b"=") for part in parts if part]
        return [(_form_text(name), _form_text(value)) for name, _, value in pairs]
    except UnicodeDecodeError as exc:
        raise invalid_value("The query string is not UTF-8") from exc


def _form_text(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode()


def requested_attributes(parameters: Iterable[tuple[str, str]]) -> Requested:
    """What ``attributes`` and ``excludedAttributes`` of a request for one resource ask for."""
    return _requested(_known_parameters(parameters))


def _known_parameters(parameters: Iterable[tuple[str, str]]) -> dict[str, object]:
    given: dict[str, object] = {}
    for key, value in parameters:
        name = _PARAMETERS.get(key.lower())
        if name is None:
            continue
        if name not in given:
            given[name] = value
        elif name.endswith("ttributes"):
            given[name] = f"{given[name]},{value}"
        elif given[name] != value:
            raise invalid_value(f"{name} is given twice: send it once")
    return given


def _search_members(body: object) -> dict[str, object]:
    if not isinstance(body, dict):
        raise invalid_syntax("A search request is a JSON object")
    given: dict[str, object] = {}
    for key, value in body.items():
        lowered = str(key).lower()
        if lowered == "schemas":
            _check_schemas(value)
        elif (name := _PARAMETERS.get(lowered)) is not None and value is not None:
            given[name] = value
    return given


def _check_schemas(value: object) -> None:
    listed = value if isinstance(value, list) else [value]
    if listed and SEARCH_REQUEST not in listed:
        raise invalid_syntax(f"The schemas of a search request are [{SEARCH_REQUEST!r}]")


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise _wrong_type(name, "a string")


def _integer(given: Mapping[str, object], name: str) -> int | None:
    """The integer of a parameter, at most ``LARGEST`` away from zero."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        digits = value.strip()
        sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits)
        if not (digits.isascii() and digits.isdigit()):
            raise _wrong_type(name, "an integer")
        # Python refuses to convert thousands of digits; 19 are enough to reach the bound.
        digits = digits.lstrip("0")
        return sign * (LARGEST if len(digits) > 19 else min(int(digits or "0"), LARGEST))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(name, "an integer")
    return max(-LARGEST, min(value, LARGEST))


def _descending(given: Mapping[str, object]) -> bool:
    order = _text(given, "sortOrder")
    match (order or "ascending").strip().lower():
        case "ascending":
            return False
        case "descending":
            return True
    raise _wrong_type("sortOrder", "ascending or descending")


def _requested(given: Mapping[str, object]) -> Requested:
    attributes, excluded = _names(given, "attributes"), _names(given, "excludedAttributes")
    if attributes and excluded:
        raise invalid_value("attributes and excludedAttributes exclude each other (RFC 7644, 3.9)")
    return Requested(attributes, excluded)


def _names(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    """The names in a list, or in a text between commas; blank ones are left out."""
    value = given.get(name)
    if value is None:
        return ()
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise _wrong_type(name, "a list of attribute names")
    names = tuple(stripped for part in parts if (stripped := part.strip()))
    if len(names) > MAX_NAMES:
        raise invalid_value(f"{name} lists {len(names)} names, {MAX_NAMES} are allowed")
    if not all(map(is_unicode, names)):
        raise _wrong_type(name, "a list of attribute names")
    return names


def _fingerprint(
    scope: str, filter_text: str | None, sort_text: str | None, descending: bool
) -> bytes:
    known = repr((scope, filter_text, sort_text, descending))
    return blake2b(known.encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _wrong_type(name: str, wanted: str) -> ScimError:
    return invalid_value(f"{name} must be {wanted}")
