"""What an entry comes to: columns of the row, and changes of the tables beside it."""

from collections.abc import Iterable

from attrs import define, field

from ecma2py.entries import EXPORT_PASSWORD, AttributeChange, CSEntryChange
from ecma2py.errors import MAExportError, NoSuchAttributeInObjectTypeError
from ecma2py.parameters import SecureString
from ecma2py.schema import AttributeOperation, Schema, Value
from ecma2py_sql.exporting.addresses import Key
from ecma2py_sql.exporting.values import (
    Parameter,
    ParameterMaker,
    Write,
    only_value,
    refused,
)
from ecma2py_sql.mapping.mapped import MappedColumn, MappedTable, MappedType


@define
class Changed:
    """What one entry gives the columns of a row and the tables beside it."""

    columns: dict[str, Parameter] = field(factory=dict)
    losses: dict[str, Parameter] = field(factory=dict)
    """Values that go only while they are what the column holds."""
    references: list[tuple[MappedColumn, Value]] = field(factory=list)
    """References of any type to be cleared while they are what is held."""
    children: list[tuple[MappedTable, AttributeChange]] = field(factory=list)
    password: SecureString | None = None

    @property
    def password_text(self) -> str | None:
        """The password as a parameter."""
        return None if self.password is None else self.password.reveal()


@define
class ChangeReader:
    """Sorts the changes of entries by where they are kept."""

    make: ParameterMaker
    selected: Schema
    """What the host exports: a Replace clears nothing beyond it."""

    def changed(
        self, mapped: MappedType, changes: Iterable[AttributeChange], key: Key | None
    ) -> Changed:
        """What *changes* come to; a reference of any type brings its type along."""
        changed = Changed()
        types: dict[str, Parameter] = {}
        for each in changes:
            if each.name == EXPORT_PASSWORD and EXPORT_PASSWORD not in mapped.targets:
                changed.password = SecureString(str(only_value(each.name, each.values)))
                continue
            if each.is_new_dn:
                continue
            target = self._target(mapped, each.name)
            if isinstance(target, MappedTable):
                changed.children.append((target, each))
            elif target.is_anchor and key is not None:
                self._check_anchor(target, each, key[mapped.anchor.index(target)])
            elif each.removed and not each.values:
                self._lose(target, each.removed[0], changed)
            else:
                changed.columns[target.column.name] = self.make.changed(target, each)
                if target.type_column:
                    types[target.type_column.name] = (
                        self.make.referent_type(each.values[0]) if each.values else None
                    )
        changed.columns |= types
        return changed

    def plain(
        self, mapped: MappedType, changes: Iterable[AttributeChange]
    ) -> list[tuple[str, Write]] | None:
        """The columns that *changes* are about, each with what makes the parameter of a value.

        None if a value is not all that some of them takes. Most changes are of columns like these.
        """
        found = []
        for each in changes:
            target = mapped.targets.get(each.name)
            if not isinstance(target, MappedColumn) or each.is_new_dn:
                return None
            write = self.make.plain(target)
            if write is None or target.is_anchor or target.read_only:
                return None
            found.append((target.column.name, write))
        return found

    def _lose(self, target: MappedColumn, value: Value, changed: Changed) -> None:
        if target.type_column:
            changed.references.append((target, value))
        else:
            changed.losses[target.column.name] = self.make.column(target, value)

    def replaced(self, mapped: MappedType, change: CSEntryChange) -> list[AttributeChange]:
        """What a Replace does to each attribute: what it does not mention goes, but the name."""
        changes = []
        for name, attribute in self.selected.types[mapped.name].attributes.items():
            target = mapped.targets.get(name)
            read_only = attribute.allowed_attribute_operation is AttributeOperation.IMPORT_ONLY
            if target is None or attribute.is_anchor or read_only:
                continue
            values = change.attributes.get(name)
            if values is not None:
                changes.append(AttributeChange.replace(name, values))
            elif target is not mapped.dn:
                changes.append(AttributeChange.delete(name))
        if EXPORT_PASSWORD in change.attributes:
            changes.append(
                AttributeChange.replace(EXPORT_PASSWORD, change.attributes[EXPORT_PASSWORD])
            )
        return changes

    def _target(self, mapped: MappedType, name: str) -> MappedColumn | MappedTable:
        target = mapped.targets.get(name)
        if target is None:
            raise NoSuchAttributeInObjectTypeError(
                f"Object type {mapped.name!r} has no attribute {name!r}: it has "
                f"{', '.join(mapped.targets)}.",
                attribute_name=name,
            )
        if target.read_only:
            raise refused(name, "the database alone sets it: leave it out.")
        return target

    def _check_anchor(self, column: MappedColumn, change: AttributeChange, key: Parameter) -> None:
        if self.make.changed(column, change) != key:
            raise refused(
                change.name,
                "it is the key of the row, which stays.",
                MAExportError.EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE,
            )
