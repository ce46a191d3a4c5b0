"""Stored procedures and queries an administrator wrote, and the values they are given.

A parameter of a procedure and a token of a query name an attribute. A query that names a
multi-valued attribute runs once for each value added, ``@[phones.removed]`` once for each removed;
``@[manager.type]`` is the type of the object that the reference ``manager`` names.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from ecma2py.entries import EXPORT_PASSWORD
from ecma2py.errors import MAExportError, ObjectNotFoundError
from ecma2py_sql.drivers.procedures import Direction
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.exporting.addresses import Key
from ecma2py_sql.exporting.calling import call_procedure, last_row
from ecma2py_sql.exporting.children import Held
from ecma2py_sql.exporting.statements import RowWriter
from ecma2py_sql.exporting.values import Parameter
from ecma2py_sql.exporting.values import refused as entry_refused
from ecma2py_sql.mapping.mapped import MappedColumn, MappedType
from ecma2py_sql.mapping.settings import Written, refused
from ecma2py_sql.mapping.tokens import bind, tokens_of, without_comments

_TYPE, _REMOVED = ".type", ".removed"
PASSWORD_TOKENS = ("newPassword", "oldPassword", "PasswordOptions")

Many = Mapping[str, tuple[Sequence[Held], Sequence[Held]]]
"""By multi-valued attribute, the values added and those removed."""


@define
class Known:
    """The values of one object that a procedure or query may be given."""

    rows: RowWriter
    mapped: MappedType
    key: Key | None
    columns: dict[str, Parameter]
    is_whole: bool = field(default=False, kw_only=True)
    """What is not given has no value; else it is what the row holds."""
    tokens: Mapping[str, Parameter] = field(factory=dict, kw_only=True)
    """Values that are no attribute's."""
    _row: dict[str, Parameter] | None = field(default=None, init=False)

    def __call__(self, name: str) -> Parameter:
        """The value of the token or attribute *name*."""
        if name in self.tokens:
            return self.tokens[name]
        column = _column_of(self.mapped, name)
        if column in self.columns or self.is_whole:
            return self.columns.get(column)
        if self.key is None or not self.mapped.is_stored:
            raise entry_refused(
                name,
                "the change does not give it, and there is no table to read it from: choose "
                "'Export Type:Object Replace', or leave it out of the statement.",
                MAExportError.EXPORT_ERROR_MISSING_PROVISIONING_ATTRIBUTE,
            )
        if self._row is None:
            self._row = self.rows.read(self.mapped, self.key)
        return self._row[column]


def named_in(mapped: MappedType, written: Written) -> set[str]:
    """The attributes and tokens that *written* is given values of."""
    multiple = _multiple(mapped)
    names = (*_single(mapped), *multiple, EXPORT_PASSWORD)
    said = [each.value for each in written.arguments]
    for sql in written.statements:
        said += tokens_of(sql)
    found = (_spelled(each, names) for each in said)
    return {multiple.get(name, name) for name in found if name is not None}


@define
class OwnWriter:
    """Runs what an administrator wrote for one change."""

    session: Session

    def add(self, written: Written, known: Known, many: Many) -> Key:
        """Add the object; its key as it was returned, or else as it was given."""
        if written.procedure:
            found = self._call(written, known)
        else:
            found = {}
            for sql, parameters in _bound(written, known, many):
                found = last_row(self.session, sql, parameters) or found
        return self._key(known, found)

    def change(self, written: Written, known: Known, many: Many) -> None:
        """Update or delete the object; ``ObjectNotFoundError`` if no statement finds a row."""
        if written.procedure:
            self._call(written, known)
            return
        counts = [self.session.run(sql, given) for sql, given in _bound(written, known, many)]
        if counts and not any(counts):
            shown = ", ".join(map(repr, known.key or ()))
            raise ObjectNotFoundError(
                f"{known.mapped.name!r} with the key {shown}: no statement found a row of it."
            )

    def _call(self, written: Written, known: Known) -> dict[str, Any]:
        names = (*_single(known.mapped), *known.tokens)
        given = [
            (each, None if each.direction is Direction.OUTPUT else known(_exact(each.value, names)))
            for each in written.arguments
        ]
        return call_procedure(self.session, written.procedure, given)

    def _key(self, known: Known, found: Mapping[str, Any]) -> Key:
        """The anchor in the columns or outputs *found*, by the name of attribute or column."""
        folded = {name.casefold(): value for name, value in found.items()}
        anchor = known.mapped.anchor
        key = []
        for each in anchor:
            names = (each.attribute.casefold(), each.column.name.casefold())
            value = next((folded[name] for name in names if name in folded), None)
            if value is None and len(folded) == len(anchor) == 1:
                value = next(iter(folded.values()))
            if value is None:
                value = known.columns.get(each.column.name)
            if value is None:
                raise entry_refused(
                    each.attribute,
                    "what adds the object did not return it: let the last statement select it, or "
                    "make it an OUTPUT parameter.",
                    MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
                )
            key.append(self.session.dialect.parameter(value))
        return key


def _bound(written: Written, known: Known, many: Many) -> Iterator[tuple[str, Sequence[Parameter]]]:
    """Each statement with its parameters, once for every value of the attribute it is about."""
    for sql in map(without_comments, written.statements):
        names = [*_single(known.mapped), *_multiple(known.mapped), *known.tokens]
        about, removed = _about(known.mapped, sql)
        if about is None:
            yield bind(sql, known, names)
            continue
        added_values, removed_values = many.get(about, ((), ()))
        for held in removed_values if removed else added_values:
            yield bind(sql, _with_value(known, about, held), names)


def _with_value(known: Known, attribute: str, held: Held) -> Callable[[str], Parameter]:
    names = {attribute: held[0], attribute + _REMOVED: held[0], attribute + _TYPE: held[-1]}
    return lambda name: names[name] if name in names else known(name)


def _about(mapped: MappedType, sql: str) -> tuple[str | None, bool]:
    """The multi-valued attribute a statement writes one value of, and whether it removes it."""
    names = _multiple(mapped)
    found = {each for token in tokens_of(sql) if (each := _spelled(token, names))}
    attributes = {names[each] for each in found}
    if len(attributes) > 1:
        raise refused(
            f"[{mapped.name}.export] query {sql!r:.80} names {' and '.join(sorted(attributes))}: "
            "write a statement for each"
        )
    attribute = next(iter(attributes), None)
    removes = attribute is not None and attribute + _REMOVED in found
    if removes and attribute in found:
        raise refused(
            f"[{mapped.name}.export] query {sql!r:.80} adds and removes {attribute!r}: write a "
            "statement for each"
        )
    return attribute, removes


def check_written(mapped: MappedType) -> None:
    """Every name in procedures and queries of *mapped* is one of its own; else it is refused."""
    single, tokens = _single(mapped), (EXPORT_PASSWORD,)
    ways = [
        ("export.add", mapped.exports.add, tokens),
        ("export.update", mapped.exports.update, ()),
        ("export.delete", mapped.exports.delete, ()),
    ]
    if mapped.password:
        ways += [("password.set", mapped.password.set, PASSWORD_TOKENS)]
        ways += [("password.change", mapped.password.change, PASSWORD_TOKENS)]
    for place, written, extra in ways:
        for each in written.arguments if written else ():
            if _spelled(each.value, (*single, *extra)) is None:
                raise refused(
                    f"[{mapped.name}.{place}] parameter {each.name!r} takes {each.value!r}: name a "
                    f"single-valued attribute, {', '.join((*single, *extra))}"
                )
        for sql in written.statements if written else ():
            _about(mapped, sql)


def _single(mapped: MappedType) -> dict[str, str]:
    """The column behind each name a value can be had by."""
    names = {}
    for each in mapped.columns:
        names[each.attribute] = each.column.name
        if each.type_column:
            names[each.attribute + _TYPE] = each.type_column.name
    return names


def _multiple(mapped: MappedType) -> dict[str, str]:
    """The multi-valued attribute behind each name."""
    return {
        each.attribute + suffix: each.attribute
        for each in mapped.multivalued
        for suffix in ("", _REMOVED, *([_TYPE] if each.type_column else []))
    }


def _column_of(mapped: MappedType, name: str) -> str:
    target = mapped.targets.get(name)
    return target.column.name if isinstance(target, MappedColumn) else _single(mapped)[name]


def _spelled(name: str, names: Collection[str]) -> str | None:
    """*name* as it is spelled in *names*: exactly, or else whatever its case."""
    if name in names:
        return name
    return next((each for each in names if each.casefold() == name.casefold()), None)


def _exact(name: str, names: Collection[str]) -> str:
    return _spelled(name, names) or name
