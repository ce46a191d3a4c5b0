"""Imported entries keep to the schema, or become per-entry errors.

A sound entry is known at a glance (see ``soundness``); one that is not is asked one question after
another.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from attrs import define, field

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import (
    LEGAL_ATTRIBUTE_CHANGES,
    AttributeChange,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.errors import MAImportError
from ecma2py.partitions import Partition
from ecma2py.runs.dn import comparable, is_below, is_ldap_dn
from ecma2py.runs.errors import legible
from ecma2py.runs.failures import EntryFailure
from ecma2py.runs.soundness import TypeRules, is_integer, is_sound
from ecma2py.schema import AttributeType, Schema, SchemaAttribute

_ADD, _REPLACE, _UPDATE, _DELETE = (
    ObjectModificationType.ADD,
    ObjectModificationType.REPLACE,
    ObjectModificationType.UPDATE,
    ObjectModificationType.DELETE,
)
_WRONG_TYPE = {
    AttributeType.INTEGER: MAImportError.IMPORT_ERROR_INVALID_NUMERIC_VALUE,
    AttributeType.BOOLEAN: MAImportError.IMPORT_ERROR_INVALID_BOOLEAN_VALUE,
    AttributeType.BINARY: MAImportError.IMPORT_ERROR_INVALID_BASE64_VALUE,
}


def _text(given: object) -> str:
    return "" if given is None else str(given)


class _Refused(Exception):
    """This entry cannot be taken."""

    def __init__(
        self, code: MAImportError, detail: str, *, name: str = "", attribute: str | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.name = name
        self.attribute = attribute


@define
class Checked:
    """What became of some entries of a page."""

    valid: list[CSEntryChange] = field(factory=list)
    failures: list[EntryFailure] = field(factory=list)
    dropped: int = 0
    """Entries of object types that were not selected."""


class EntryChecker:
    """Sorts the entries of one import run into those a sink may take and those that failed.

    *types* is what was selected, *whole* the connector's whole schema: what is in the second only
    is left out in silence. An entry may be mended on the way: a single value of a multi-valued
    attribute becomes a list, an anchor given among the attributes is taken from there.
    """

    def __init__(
        self,
        types: Schema,
        *,
        whole: Schema | None = None,
        style: MADistinguishedNameStyle = MADistinguishedNameStyle.NONE,
        partition: Partition | None = None,
        is_full: bool = True,
        is_dn_as_anchor: bool = False,
        clean: Callable[[str], str] = str,
    ) -> None:
        whole = whole or types
        self._rules = {
            name: TypeRules(each, whole.types.get(name, each)) for name, each in types.types.items()
        }
        self._ignored_types = whole.types.keys() - types.types.keys()
        self._style = style
        self._is_full = is_full
        self._dn_is_anchor = is_dn_as_anchor
        self._clean = clean
        in_ldap = style is MADistinguishedNameStyle.LDAP
        outside = partition is None or partition.dn == Partition.default().dn
        self._partition = "" if outside or partition is None else comparable(partition.dn)
        if not in_ldap:
            self._partition = ""

    def check(self, entries: Iterable[CSEntryChange], checked: Checked) -> None:
        """Sort *entries* into *checked*, in their order."""
        valid, failures = checked.valid, checked.failures
        rules_of, with_dn = self._rules.get, self._style is not MADistinguishedNameStyle.NONE
        take = valid.append
        for entry in entries:
            try:
                if (
                    isinstance(entry, CSEntryChange)
                    and is_sound(entry, rules_of(entry.object_type or ""))
                    and (not with_dn or self._has_sound_dn(entry))
                ):
                    take(entry)
                    continue
            except Exception:  # noqa: BLE001, S110  nonsense: the next question says of which kind
                pass
            try:
                if self._mended(entry):
                    valid.append(entry)
                else:
                    checked.dropped += 1
            except _Refused as refused:
                failures.append(self._failure(entry, refused))
            except Exception as error:  # noqa: BLE001  whatever it is, the other entries are sound
                failures.append(self._failure(entry, _nonsense(error)))

    def _has_sound_dn(self, entry: CSEntryChange) -> bool:
        dn = entry.dn
        if type(dn) is not str or not dn:
            return False
        if self._style is not MADistinguishedNameStyle.LDAP:
            return True
        return is_ldap_dn(dn) is not None and is_below(dn, self._partition)

    def _failure(self, entry: object, refused: _Refused) -> EntryFailure:
        name, detail = self._clean(refused.name), self._clean(refused.detail)
        if not isinstance(entry, CSEntryChange):
            return EntryFailure(refused.code, name or refused.code.ecma_name, detail=detail)
        return EntryFailure.of(
            entry, refused.code, detail, name=name, attribute_name=refused.attribute
        )

    # The slow way: entries that are not plain and sound, one question after another.

    def _mended(self, entry: CSEntryChange) -> bool:
        """True if *entry* can be taken, False if it is left out; ``_Refused`` if it failed."""
        if not isinstance(entry, CSEntryChange):
            raise _Refused(
                MAImportError.IMPORT_ERROR_PARSE_ERROR,
                f"The connector gave {type(entry).__name__} where an entry is due.",
            )
        if entry.error_code_import:
            raise _told(entry)
        _check_parts(entry)
        if entry.object_type in self._ignored_types:
            return False
        self._check_kind(entry)
        rules = self._type_rules(entry)
        if rules is not None:
            _take_anchor(entry, rules, self._dn_is_anchor)
        self._check_names(entry, rules)
        if rules is not None:
            _check_attributes(entry, rules)
            _check_changes(entry, rules)
        _check_fit(entry, rules.anchors if rules is not None else {})
        return True

    def _check_kind(self, entry: CSEntryChange) -> None:
        kind = entry.object_modification_type
        if kind not in (_ADD, _REPLACE, _UPDATE, _DELETE):
            raise _Refused(
                MAImportError.IMPORT_ERROR_MISSING_CHANGE_TYPE,
                "The entry does not say whether the object is added, replaced, updated or deleted.",
            )
        entry._modification = kind = ObjectModificationType(kind)  # of a plain number as well
        if self._is_full and kind in (_UPDATE, _DELETE):
            raise _Refused(
                MAImportError.IMPORT_ERROR_INVALID_CHANGE_TYPE,
                f"A full import gives whole objects: {kind.name} belongs into a delta import.",
            )

    def _type_rules(self, entry: CSEntryChange) -> TypeRules | None:
        """The rules of the entry's type; None for a change that may go by its DN alone."""
        if not entry.object_type:
            if self._dn_is_anchor and entry.object_modification_type in (_UPDATE, _DELETE):
                return None
            raise _Refused(
                MAImportError.IMPORT_ERROR_MISSING_OBJECT_TYPE, "The entry has no object type."
            )
        rules = self._rules.get(entry.object_type)
        if rules is None:
            raise _Refused(
                MAImportError.IMPORT_ERROR_MISSING_OBJECT_CLASS,
                f"The schema has no object type {entry.object_type!r}: it has "
                f"{', '.join(self._rules)}.",
                name="unknown-object-type",
            )
        return rules

    def _check_names(self, entry: CSEntryChange, rules: TypeRules | None) -> None:
        whole = entry.object_modification_type in (_ADD, _REPLACE)
        dn = entry.dn
        if dn is not None and type(dn) is not str:
            raise _Refused(
                MAImportError.IMPORT_ERROR_INVALID_DOMAIN_NAME,
                f"The DN is {type(dn).__name__}, not text.",
            )
        if not dn:
            if (whole and self._style is not MADistinguishedNameStyle.NONE) or (
                rules is None or not entry.anchor
            ):
                raise _Refused(
                    MAImportError.IMPORT_ERROR_MISSING_DOMAIN_NAME,
                    "The entry has no DN, and the connector's DN style demands one.",
                )
            return
        if self._style is not MADistinguishedNameStyle.LDAP:
            return
        if is_ldap_dn(dn) is None:
            raise _Refused(
                MAImportError.IMPORT_ERROR_DOMAIN_NAME_NOT_LDAP_CONFORMANT,
                "The DN is not well formed by RFC 4514.",
            )
        if not is_below(dn, self._partition):
            raise _Refused(
                MAImportError.IMPORT_ERROR_INVALID_DOMAIN_NAME,
                f"The DN is outside the partition {self._partition!r}.",
                name="out-of-partition",
            )


def _nonsense(error: Exception) -> _Refused:
    return _Refused(
        MAImportError.IMPORT_ERROR_PARSE_ERROR,
        f"The entry cannot be read ({type(error).__name__}: {legible(error)}).",
    )


def _told(entry: CSEntryChange) -> _Refused:
    """The error that the connector gave instead of the object."""
    name, detail = _text(entry.error_name), _text(entry.error_detail)
    try:
        return _Refused(MAImportError(entry.error_code_import), detail, name=name)
    except ValueError:
        known = MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN
        detail = f"{detail} (The connector gave the unknown code {entry.error_code_import!r}.)"
        return _Refused(known, detail.strip(), name=name)


def _check_parts(entry: CSEntryChange) -> None:
    """Every part of the entry is of the kind it must be; null stands for nothing."""
    object_type: object = entry.object_type
    if object_type is not None and not isinstance(object_type, str):
        raise _Refused(
            MAImportError.IMPORT_ERROR_MISSING_OBJECT_TYPE,
            f"The object type is {type(object_type).__name__}, not text.",
        )
    for name in ("anchor", "attributes", "changes"):
        part: object = getattr(entry, name)
        if part is None:
            setattr(entry, name, {})
        elif not isinstance(part, dict):
            raise _Refused(
                MAImportError.IMPORT_ERROR_PARSE_ERROR,
                f"{name!r} of the entry is {type(part).__name__}, not a dict.",
            )


def _take_anchor(entry: CSEntryChange, rules: TypeRules, dn_is_anchor: bool) -> None:
    for name, kind in rules.anchors.items():
        value: Any = entry.anchor.get(name)
        if value is None:
            found: Any = entry.attributes.get(name)
            if found is None and dn_is_anchor and kind is str and len(rules.anchors) == 1:
                found = entry.dn
            if found is not None and not isinstance(found, (list, tuple)):
                entry.anchor[name] = value = found
        if value is None or (isinstance(value, (str, bytes)) and not value):
            raise _Refused(
                MAImportError.IMPORT_ERROR_CUSTOM_CONTINUE_RUN,
                f"The entry has no value for the anchor {name!r}.",
                name="missing-anchor-value",
                attribute=name,
            )
        if type(value) is not kind or (kind is int and not is_integer(value)):
            raise _Refused(
                MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
                f"The anchor {name!r} is {type(value).__name__}, and the schema says "
                f"{kind.__name__}.",
                attribute=name,
            )
    unknown = entry.anchor.keys() - rules.anchors.keys()
    if unknown:
        raise _Refused(
            MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
            f"{min(unknown)!r} is no anchor of {rules.name!r}: its anchor is "
            f"{', '.join(rules.anchors)}.",
            attribute=min(unknown),
        )


def _check_attributes(entry: CSEntryChange, rules: TypeRules) -> None:
    for name, values in list(entry.attributes.items()):
        if (
            values is None
            or name in rules.ignored
            or (isinstance(values, (list, tuple)) and not values)
        ):
            del entry.attributes[name]
            continue
        definition = _definition(name, rules)
        given = list(values) if isinstance(values, (list, tuple)) else [values]
        if not definition.is_multi_valued and len(given) > 1:
            raise _Refused(
                MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
                f"Attribute {name!r} holds one value, and {len(given)} were given.",
                attribute=name,
            )
        _check_values(definition, given)
        entry.attributes[name] = given if definition.is_multi_valued else given[0]


def _check_changes(entry: CSEntryChange, rules: TypeRules) -> None:
    for name, change in list(entry.changes.items()):
        if not isinstance(change, AttributeChange):
            raise _Refused(
                MAImportError.IMPORT_ERROR_PARSE_ERROR,
                f"The change of {name!r} is {type(change).__name__}, not an AttributeChange.",
                attribute=name,
            )
        if change.is_new_dn:
            continue
        if name in rules.ignored:
            del entry.changes[name]
            continue
        definition = _definition(name, rules)
        _check_values(definition, [*change.values, *change.removed])
        if not definition.is_multi_valued and len(change.values) > 1:
            raise _Refused(
                MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
                f"Attribute {name!r} holds one value, and {len(change.values)} were given.",
                attribute=name,
            )


def _check_fit(entry: CSEntryChange, anchors: Collection[str]) -> None:
    """Nothing is lost in silence: every change is one that the object's change takes."""
    kind = entry.object_modification_type
    legal = LEGAL_ATTRIBUTE_CHANGES[kind]
    whole = kind in (_ADD, _REPLACE)
    for name, change in entry.changes.items():
        if name != change.name:
            problem = f"The change under the name {name!r} is one of {change.name!r}."
        elif change.is_new_dn or kind is _DELETE:
            continue
        elif whole:
            problem = f"{kind.name} takes {name!r} among 'attributes', not among 'changes'."
        elif change.modification_type not in legal:
            problem = f"The change of {name!r} does not say what is to happen."
        else:
            continue
        raise _Refused(MAImportError.IMPORT_ERROR_INVALID_CHANGE_TYPE, problem, attribute=name)
    lost = next((name for name in entry.attributes if name not in anchors), None)
    if kind is _UPDATE and lost is not None:
        raise _Refused(
            MAImportError.IMPORT_ERROR_INVALID_CHANGE_TYPE,
            f"UPDATE takes {lost!r} among 'changes', not among 'attributes'.",
            attribute=lost,
        )


def _definition(name: str, rules: TypeRules) -> SchemaAttribute:
    definition = rules.selected.get(name)
    if definition is None:
        raise _Refused(
            MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
            f"Object type {rules.name!r} has no attribute {name!r} in the schema.",
            name="unknown-attribute",
            attribute=name,
        )
    return definition


def _check_values(definition: SchemaAttribute, values: list[Any]) -> None:
    for value in values:
        if not definition.data_type.accepts(value):
            is_long = type(value) is int and definition.data_type is AttributeType.INTEGER
            code = _WRONG_TYPE.get(
                definition.data_type, MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE
            )
            raise _Refused(
                code,
                f"Attribute {definition.name!r} is {definition.data_type.name}, and the value is "
                f"{type(value).__name__}{' beyond 64 bits' if is_long else ''}.",
                attribute=definition.name,
            )
