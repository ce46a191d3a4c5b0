"""Values of an export become parameters for the columns that shall hold them.

What a column cannot hold as it is, the entry's error names: databases round numbers and fractions
of seconds, and drivers drop zones, without a word.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from attrs import define, evolve, field, frozen

from ecma2py.entries import AttributeChange
from ecma2py.errors import EntryExportError, InvalidDNError, MAExportError, TooManyValuesError
from ecma2py.schema import Value, Values
from ecma2py_sql.data.kinds import NUMBERS, Kind
from ecma2py_sql.data.writers import WRITERS, sql_text
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.mapping.mapped import MappedColumn, MappedTable, Reference
from ecma2py_sql.mapping.names import anchor_value, parse_dn
from ecma2py_sql.mapping.settings import ANY_TYPE

Parameter = object
"""Whatever a driver binds; None is NULL."""

Write = Callable[[Value], Parameter]
"""Makes the parameter of a value for one column; ``ValueError`` if the column cannot hold it."""

_TRUTH = {"true": True, "false": False}
_MOMENTS = (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ)


@frozen
class ColumnWriter:
    """Makes parameters for one column; ``ValueError`` for a value that it does not hold exactly."""

    column: Column
    dialect: Dialect

    def __call__(self, value: Value) -> Parameter:
        """The parameter that makes the column hold *value*."""
        try:
            found = WRITERS[self.column.kind](value)
        except ValueError:
            if self._is_own_moment(value):
                return value
            raise
        if isinstance(found, datetime):
            return self._moment(found)
        self._check(found)
        return self._bound(found)

    def _is_own_moment(self, value: Value) -> bool:
        """True for a day or moment that Python has none for, and that is read as text."""
        own = self.dialect.own_moments
        return (
            own is not None
            and self.column.kind is self.column.native
            and self.column.kind in _MOMENTS
            and own.fullmatch(str(value)) is not None
        )

    def _moment(self, moment: datetime) -> Parameter:
        """The parameter of a moment in UTC: text, the time of the data source, or the moment."""
        column, clock = self.column, self.dialect.clock
        if column.native is Kind.TEXT:
            return clock.text(moment)
        if not column.is_utc:
            moment = clock.local(moment)
        is_zoned = column.native is Kind.TIMESTAMP_TZ
        if column.native is Kind.DATE and moment.time() != time():
            raise ValueError(f"{moment.isoformat(' ')} has a time of day, and it holds a date.")
        self._check_fraction(moment.microsecond)
        if refuse := self.dialect.grains.get(column.type_name):
            refuse(moment)
        return self.dialect.bound(Kind.TIMESTAMP_TZ if is_zoned else Kind.TIMESTAMP, moment)

    def _bound(self, value: Any) -> Parameter:
        native = self.column.native
        if native is Kind.TEXT:
            # A column of text compared with a number finds nothing.
            return sql_text(value)
        if isinstance(value, bool) and native in NUMBERS:
            return int(value)
        return self.dialect.bound(self.column.kind, value)

    def _check(self, value: Any) -> None:
        column = self.column
        if isinstance(value, str) and value.endswith(" "):
            if column.fixed:
                raise ValueError("it is padded with blanks: text cannot end in one.")
            if column.max_length is not None and len(value) > column.max_length:
                raise ValueError(f"blanks beyond {column.max_length} characters are cut off.")
        elif isinstance(value, bytes) and column.fixed and len(value) != column.max_length:
            raise ValueError(f"it holds {column.max_length} bytes, and {len(value)} were given.")
        elif isinstance(value, time):
            self._check_fraction(value.microsecond)
        elif isinstance(value, Decimal) and column.scale is not None:
            exponent = value.normalize().as_tuple().exponent
            if isinstance(exponent, int) and -exponent > column.scale:
                raise ValueError(f"{value} has more than the {column.scale} decimals it keeps.")

    def _check_fraction(self, microsecond: int) -> None:
        scale = self.column.scale
        if scale is not None and microsecond % 10 ** max(6 - scale, 0):
            raise ValueError(f"it keeps {scale} digits of a second's fraction, not more.")


def refused(attribute: str, problem: object, code: MAExportError | None = None) -> EntryExportError:
    """The error of an entry that one attribute spoils."""
    return EntryExportError(
        f"Attribute {attribute!r}: {str(problem).rstrip('.')}.",
        code or MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
        attribute_name=attribute,
    )


def only_value(attribute: str, values: Values) -> Value:
    """The value of a single-valued attribute; ``TooManyValuesError`` for more."""
    if not isinstance(values, (list, tuple)):
        return values
    if len(values) != 1:
        raise TooManyValuesError(
            f"Attribute {attribute!r} holds one value, and {len(values)} were given.",
            attribute_name=attribute,
        )
    return values[0]


@define
class ParameterMaker:
    """Makes parameters for one database; what it cannot hold fails the entry by attribute."""

    dialect: Dialect
    types: Collection[str]
    """The names of all object types."""
    _writers: dict[tuple[Column, Kind], ColumnWriter] = field(factory=dict, init=False)

    def column(self, column: MappedColumn, value: Value) -> Parameter:
        """The parameter for a single-valued attribute."""
        return self._parameter(column.attribute, column.column, column.reference, value)

    def plain(self, column: MappedColumn) -> Write | None:
        """What makes the parameter of a column where that is all there is to do; else None."""
        if column.reference:
            return None
        writer = self._writer(column.column, column.column.kind)
        is_text = column.column.kind is column.column.native is Kind.TEXT
        return _quick_text(writer) if is_text else writer

    def child(self, child: MappedTable, value: Value) -> tuple[Parameter, ...]:
        """The parameters for one value of a multi-valued attribute: itself, and its type if any."""
        if child.value.kind is Kind.BOOLEAN and child.reference is None:
            value = _TRUTH.get(str(value).lower(), value)
        parameter = self._parameter(child.attribute, child.value, child.reference, value)
        return (parameter, self.referent_type(value)) if child.type_column else (parameter,)

    def referent_type(self, dn: Value) -> str:
        """The type of the object *dn* names, spelled as it is configured."""
        _, named = parse_dn(str(dn))
        alike = (each for each in self.types if each.casefold() == named.casefold())
        return next(alike, named)

    def changed(self, column: MappedColumn, change: AttributeChange) -> Parameter:
        """The parameter a change gives a column; NULL if it leaves no value."""
        values = change.values
        return self.column(column, only_value(column.attribute, values)) if values else None

    def from_dn(self, anchor: Sequence[MappedColumn], object_type: str, dn: str) -> list[Value]:
        """The anchor that *dn* names, in its order; ``InvalidDNError`` if it names another type."""
        texts, named = parse_dn(dn)
        if named.casefold() != object_type.casefold() or len(texts) != len(anchor):
            raise InvalidDNError(
                f"{dn!r} names no {object_type!r}: write CN=<key>,OBJECT={object_type}.", dn=dn
            )
        try:
            return [
                anchor_value(text, each.column.kind.attribute_type)
                for text, each in zip(texts, anchor, strict=True)
            ]
        except ValueError as error:
            raise InvalidDNError(
                f"{dn!r} holds no key of {object_type!r}: {error}", dn=dn
            ) from None

    def _parameter(
        self, attribute: str, column: Column, reference: Reference | None, value: Value
    ) -> Parameter:
        try:
            kind = column.kind
            if reference is not None:
                kind = kind if reference.object_type == ANY_TYPE else reference.key
                value = _key(reference.object_type, kind, value)
            return self._writer(column, kind)(value)
        except (ValueError, InvalidDNError) as error:
            failure = MAExportError.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE
            raise refused(attribute, error, failure if reference else None) from error

    def _writer(self, column: Column, kind: Kind) -> ColumnWriter:
        try:
            return self._writers[column, kind]
        except KeyError:
            writer = ColumnWriter(evolve(column, kind=kind), self.dialect)
            self._writers[column, kind] = writer
            return writer


def _quick_text(write: Write) -> Write:
    """*write* for a column of text, which has nothing to find fault with in most texts."""

    def quick(value: Value) -> Parameter:
        if type(value) is str and value.isascii() and "\0" not in value and value[-1:] != " ":
            return value
        return write(value)

    return quick


def _key(object_type: str, kind: Kind, dn: Value) -> Value:
    """What the column of a reference holds for the object *dn* names."""
    if not isinstance(dn, str):
        raise ValueError(f"a reference is a DN, not a {type(dn).__name__}.")
    texts, named = parse_dn(dn)
    if object_type != ANY_TYPE and named.casefold() != object_type.casefold():
        raise ValueError(f"{dn!r} names no {object_type!r}.")
    if len(texts) != 1 or not named:
        raise ValueError(f"{dn!r} names an object by more than one column can hold.")
    return anchor_value(texts[0], kind.attribute_type)
