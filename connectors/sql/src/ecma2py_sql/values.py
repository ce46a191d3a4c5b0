"""Values of an export become parameters for the columns that shall hold them."""

from collections.abc import Collection, Sequence

from attrs import frozen

from ecma2py.entries import AttributeChange
from ecma2py.errors import EntryExportError, InvalidDNError, MAExportError, TooManyValuesError
from ecma2py.schema import Value, Values
from ecma2py_sql.dialects import Dialect
from ecma2py_sql.kinds import Kind, Writer
from ecma2py_sql.mapped import MappedColumn, MappedTable, Reference
from ecma2py_sql.names import anchor_value, parse_dn
from ecma2py_sql.settings import ANY_TYPE

Parameter = object
"""Whatever a driver binds; None is NULL."""

_TRUTH = {"true": True, "false": False}


def refused(attribute: str, problem: object, code: MAExportError | None = None) -> EntryExportError:
    """The error of an entry that one attribute spoils."""
    return EntryExportError(
        f"Attribute {attribute!r}: {problem}",
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


@frozen
class ParameterMaker:
    """Makes parameters for one database; what it cannot hold fails the entry by attribute."""

    dialect: Dialect
    types: Collection[str]
    """The names of all object types."""

    def column(self, column: MappedColumn, value: Value) -> Parameter:
        """The parameter for a single-valued attribute."""
        return self._parameter(column.attribute, column.column.kind, column.reference, value)

    def plain(self, column: MappedColumn) -> Writer | None:
        """What makes the parameter of a column where that is all there is to do; else None."""
        return None if column.reference else self.dialect.writer(column.column.kind)

    def child(self, child: MappedTable, value: Value) -> tuple[Parameter, ...]:
        """The parameters for one value of a multi-valued attribute: itself, and its type if any."""
        kind = child.value.kind
        if kind is Kind.BOOLEAN and child.reference is None:
            value = _TRUTH.get(str(value).lower(), value)
        parameter = self._parameter(child.attribute, kind, child.reference, value)
        if child.reference is None or child.reference.type_column is None:
            return (parameter,)
        return parameter, self.referent_type(value)

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
        self, attribute: str, kind: Kind, reference: Reference | None, value: Value
    ) -> Parameter:
        try:
            if reference is not None:
                kind = kind if reference.object_type == ANY_TYPE else reference.key
                value = _key(reference.object_type, kind, value)
            return self.dialect.writer(kind)(value)
        except (ValueError, InvalidDNError) as error:
            failure = MAExportError.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE
            raise refused(attribute, error, failure if reference else None) from error


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
