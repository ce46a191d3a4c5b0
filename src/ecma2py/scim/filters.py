"""SCIM filters as trees: RFC 7644 section 3.4.2.2 read and written, and the dialect Entra sends.

Beyond the RFC's grammar this reads ``emails[type eq "work"].value eq "x"`` (as
``emails[type eq "work" and value eq "x"]``), values without quotes (``externalId eq jyoung``),
``True`` and ``False``, any amount of blank space, and attribute names known to :class:`Names`.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from attrs import field, frozen

from ecma2py.scim.errors import ScimError, invalid_filter
from ecma2py.scim.literals import Literal, excerpt, read_literal, text_fault
from ecma2py.scim.names import NO_NAMES, AttributePath, Names

MAX_DEPTH = 32
"""Parentheses and brackets open at once."""
MAX_TERMS = 512
"""Comparisons in one filter."""
MAX_CACHED_TEXT = 1024
"""Longer filters are parsed anew each time, which bounds what the cache holds."""


class Operator(StrEnum):
    """The comparison operators of RFC 7644 table 3 that take a value."""

    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


def _typed(value: Literal) -> tuple[type, Literal]:
    """Equality of literals tells ``1`` from ``true`` and from ``1.0``, as their text does."""
    return type(value), value


@frozen
class Comparison:
    """``path operator value``."""

    path: AttributePath
    operator: Operator
    value: Literal = field(eq=_typed)


@frozen
class Present:
    """``path pr``: the attribute has a value that is not empty."""

    path: AttributePath


@frozen
class ValueFilter:
    """``path[filter]``: one value of ``path`` satisfies the whole filter.

    Paths inside are sub-attributes of ``path`` and stand alone: schema None, no sub-attribute.
    """

    path: AttributePath
    filter: "Filter"


@frozen
class Not:
    """``not (operand)``."""

    operand: "Filter"


@frozen
class And:
    """Two or more terms that must all hold."""

    terms: tuple["Filter", ...]


@frozen
class Or:
    """Two or more terms one of which must hold."""

    terms: tuple["Filter", ...]


Filter = Comparison | Present | ValueFilter | Not | And | Or

_OPERATORS = {operator.value: operator for operator in Operator}
_BLANK = " \t\r\n"
_KEYWORD = re.compile(r"[A-Za-z]+(?![^ \t\r\n()\[\]\"])")
_NOT = re.compile(r"not[ \t\r\n]*\(", re.IGNORECASE | re.ASCII)


def parse_filter(text: str, names: Names = NO_NAMES) -> Filter:
    """The tree of a filter; parsing what :func:`format_filter` wrote gives the same tree.

    Time and memory are linear in the text. Raises :class:`ScimError` (400 invalidFilter) for
    anything outside the grammar or the limits ``MAX_TEXT``, ``MAX_DEPTH`` and ``MAX_TERMS``.
    """
    return _cached(text, names) if len(text) <= MAX_CACHED_TEXT else _parse(text, names)


def _parse(text: str, names: Names) -> Filter:
    if (fault := text_fault(text)) is not None:
        raise invalid_filter(f"The filter cannot be read: {fault}")
    parser = FilterParser(text, names)
    tree = parser.alternatives()
    if parser.position < len(text):
        raise parser.fault("'and', 'or' or the end of the filter is expected")
    return tree


_cached = lru_cache(maxsize=1024)(_parse)


class FilterParser:
    """Recursive descent over one text, one method a precedence level; ``position`` moves on.

    Nested calls are as deep as brackets are open, ``MAX_DEPTH`` at most.
    """

    __slots__ = ("_depth", "_names", "_terms", "_text", "position")

    def __init__(self, text: str, names: Names, position: int = 0) -> None:
        self._text = text
        self._names = names
        self._depth = 0
        self._terms = 0
        self.position = position

    def fault(self, expected: str) -> ScimError:
        """The error for the present position; the caller raises it."""
        return invalid_filter(f"Filter: {expected} {excerpt(self._text, self.position)}")

    def alternatives(self, parent: AttributePath | None = None) -> Filter:
        """Terms joined by ``or``; ``parent`` is the attribute whose brackets enclose them."""
        terms = [self._conjunction(parent)]
        while self._keyword("or"):
            terms.append(self._conjunction(parent))
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def bracketed(self, path: AttributePath) -> Filter:
        """The value filter of ``path``, from behind its ``[`` to behind its ``]``."""
        if path.sub_attribute is not None or not path.attribute:
            raise self.fault(f"{path} cannot be followed by a value filter")
        return self._enclosed("]", path)

    def _conjunction(self, parent: AttributePath | None) -> Filter:
        terms = [self._term(parent)]
        while self._keyword("and"):
            terms.append(self._term(parent))
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _term(self, parent: AttributePath | None) -> Filter:
        self._skip_blank()
        if self._text.startswith("(", self.position):
            self.position += 1
            return self._enclosed(")", parent)
        if (negation := _NOT.match(self._text, self.position)) is not None:
            self.position = negation.end()
            return Not(self._enclosed(")", parent))
        path = self._path(parent)
        if self._text.startswith("[", self.position) and parent is None:
            return self._value_filter(path)
        return self._test(path)

    def _enclosed(self, closing: str, parent: AttributePath | None) -> Filter:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.fault(f"more than {MAX_DEPTH} brackets are open")
        inner = self.alternatives(parent)
        self._skip_blank()
        if not self._text.startswith(closing, self.position):
            raise self.fault(f"'and', 'or' or '{closing}' is expected")
        self.position += 1
        self._depth -= 1
        return inner

    def _path(self, parent: AttributePath | None) -> AttributePath:
        if parent is None:
            found = self._names.read(self._text, self.position)
        elif (sub := self._names.read_sub(parent, self._text, self.position)) is not None:
            found = AttributePath(None, sub[0]), sub[1]
        else:
            found = None
        if found is None:
            raise self.fault("an attribute name is expected")
        self.position = found[1]
        return found[0]

    def _value_filter(self, path: AttributePath) -> Filter:
        self.position += 1
        inner = self.bracketed(path)
        if not self._text.startswith(".", self.position):
            return ValueFilter(path, inner)
        self.position += 1
        test = self._test(self._path(path))
        return ValueFilter(path, And((*conjuncts(inner), test)))

    def _test(self, path: AttributePath) -> Filter:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self.fault(f"more than {MAX_TERMS} comparisons are asked for")
        self._skip_blank()
        word = _KEYWORD.match(self._text, self.position)
        name = word.group().lower() if word is not None else ""
        operator = _OPERATORS.get(name)
        if word is None or (operator is None and name != "pr"):
            raise self.fault(f"'pr' or one of {', '.join(Operator)} is expected")
        self.position = word.end()
        if operator is None:
            return Present(path)
        self._skip_blank()
        value, self.position = read_literal(self._text, self.position)
        return Comparison(path, operator, value)

    def _keyword(self, keyword: str) -> bool:
        self._skip_blank()
        word = _KEYWORD.match(self._text, self.position)
        if word is None or word.group().lower() != keyword:
            return False
        self.position = word.end()
        return True

    def _skip_blank(self) -> None:
        while self.position < len(self._text) and self._text[self.position] in _BLANK:
            self.position += 1


def format_filter(tree: Filter) -> str:
    """The tree in RFC 7644's notation, with no more parentheses than keep its shape."""
    match tree:
        case Comparison(path, operator, value):
            return f"{path} {operator} {json.dumps(value, ensure_ascii=False)}"
        case Present(path):
            return f"{path} pr"
        case ValueFilter(path, inner):
            return f"{path}[{format_filter(inner)}]"
        case Not(operand):
            return f"not ({format_filter(operand)})"
        case And(terms):
            return " and ".join(_term_text(term, And, Or) for term in terms)
        case Or(terms):
            return " or ".join(_term_text(term, Or) for term in terms)


def _term_text(term: Filter, *enclosed: type) -> str:
    text = format_filter(term)
    return f"({text})" if isinstance(term, enclosed) else text


def count_terms(tree: Filter) -> int:
    """How many comparisons a filter asks for."""
    match tree:
        case And(terms) | Or(terms):
            return sum(map(count_terms, terms))
        case Not(operand) | ValueFilter(filter=operand):
            return count_terms(operand)
    return 1


def conjuncts(tree: Filter) -> tuple[Filter, ...]:
    """The terms that must all hold for ``tree`` to hold, none of them an ``And``.

    A caller may look one of them up in an index and test the others on what it finds.
    """
    return tuple(_conjuncts(tree))


def _conjuncts(tree: Filter) -> Iterator[Filter]:
    if isinstance(tree, And):
        for term in tree.terms:
            yield from _conjuncts(term)
    else:
        yield tree
