"""The function that makes entries of the rows of one type, written out column by column.

Most of an import's time goes by in it, and a loop over the columns takes twice as long: it is put
together as source and compiled, once for a type. No word of a database or an administrator becomes
code: names stand in it as literals, and everything else goes by a number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn, generated_dns
from ecma2py.schema import Value
from ecma2py_sql.drivers.results import Row

Build = Callable[[Row], CSEntryChange]
"""Makes the entry of a row, whatever the row holds."""
Failed = Callable[[Row, str], CSEntryChange]
"""Makes the entry of a row that has a problem."""


@frozen
class ReadColumn:
    """What becomes of the values of one column."""

    attribute: str
    read: Callable[..., Value]
    """Makes an ECMA2 value of one that is not NULL; ``ValueError`` if it cannot."""
    as_it_is: type | None = field(default=None, kw_only=True)
    """Values of this class are not read: they are ECMA2 values already."""
    is_truth: bool = field(default=False, kw_only=True)
    """Whole numbers stand for true and false, as in SQLite: telling them apart needs no call."""
    type_at: int | None = field(default=None, kw_only=True)
    """Where in the row the type stands that ``read`` takes beside the value."""
    missing: str = field(default="", kw_only=True)
    """The problem of a row that is NULL here, if there is no object without a value."""


@frozen
class Plan:
    """What the rows of one type consist of, and what names their objects."""

    object_type: str
    kind: ObjectModificationType
    columns: Sequence[ReadColumn]
    """As they begin a row; the types of what some of them refer to may follow."""
    width: int = field(kw_only=True)
    """How many values a row has."""
    anchor: Sequence[int] = field(kw_only=True)
    naming: Sequence[int] = field(kw_only=True)
    """The columns whose values are in the DN."""

    def builder(self, failed: Failed) -> Build:
        """The function; *failed* makes the entries of rows that cannot be read."""
        known = self._known(failed)
        source = "\n".join(self._source())
        exec(compile(source, "<rows>", "exec"), known)  # noqa: S102
        build: Build = known["build"]
        return build

    def _known(self, failed: Failed) -> dict[str, Any]:
        """What the names in the source stand for."""
        known: dict[str, Any] = {
            "failed": failed,
            "entry": CSEntryChange.of,
            "object_type": self.object_type,
            "kind": self.kind,
            "name": generated_dns(self.object_type),
            "name_all": generated_dn,
        }
        for at, each in enumerate(self.columns):
            known |= {f"read{at}": each.read, f"class{at}": each.as_it_is}
        return known

    def _source(self) -> Iterator[str]:
        yield "def build(row):"
        yield f"    {_values(range(self.width))} = row"
        for at, each in enumerate(self.columns):
            if each.missing:
                yield f"    if v{at} is None: return failed(row, {each.missing!r})"
        yield "    try:"
        for at, each in enumerate(self.columns):
            yield from _reading(at, each)
        yield "    except ValueError as error: return failed(row, str(error))"
        others = {at: c for at, c in enumerate(self.columns) if at not in self.anchor}
        yield f"    attributes = {self._dictionary(others)}"
        for at, each in others.items():
            if not each.missing:
                yield f"    if v{at} is None: del attributes[{each.attribute!r}]"
        anchor = self._dictionary(self.anchor)
        dn = f"name(v{self.naming[0]})"
        if len(self.naming) > 1:
            dn = f"name_all(({_values(self.naming)}), object_type)"
        yield f"    return entry(object_type, kind, {anchor}, {dn}, attributes)"

    def _dictionary(self, places: Sequence[int] | Mapping[int, ReadColumn]) -> str:
        pairs = (f"{self.columns[at].attribute!r}: v{at}" for at in places)
        return f"{{{', '.join(pairs)}}}"


def _reading(at: int, column: ReadColumn) -> Iterator[str]:
    """What makes an ECMA2 value of the value of one column."""
    if column.is_truth:
        yield f"        if v{at}.__class__ is int: v{at} = v{at} != 0"
    unread = f"v{at}.__class__ is not class{at} and " if column.as_it_is else ""
    given = f"v{at}" if column.type_at is None else f"v{at}, v{column.type_at}"
    yield f"        if {unread}v{at} is not None: v{at} = read{at}({given})"


def _values(places: Sequence[int]) -> str:
    return "".join(f"v{at}, " for at in places)
