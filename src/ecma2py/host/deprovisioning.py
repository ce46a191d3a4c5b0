"""What disabling and deleting a resource do to the object in the target.

As in Microsoft's ECMA host, the Disable flow decides what ``active = false`` does and the Delete
flow what DELETE does; each does nothing, deletes the object, or sets an attribute. Only users can
be disabled; the Delete flow is that of every type.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from attrs import evolve, frozen

from ecma2py.entries import AttributeChange
from ecma2py.errors import ConfigurationError
from ecma2py.host.config_connectors import DeleteConfig, DeprovisioningConfig, Given
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    SchemaAttribute,
    SchemaType,
    Value,
    Values,
)
from ecma2py.scim.bindings import Held, Role
from ecma2py.scim.coercion import Truth
from ecma2py.scim.errors import invalid_value
from ecma2py.scim.intents import Intent
from ecma2py.scim.types import ResourceType
from ecma2py.values import as_values, parse_value, value_text

NOTHING_DISABLES = "active has no effect: map it, or set deprovisioning.disable"
"""What the operator is told where ``disables_nothing``."""
_MAPPABLE = (AttributeType.BOOLEAN, AttributeType.INTEGER, AttributeType.STRING)
_WRITTEN = (AttributeType.BOOLEAN, AttributeType.STRING, AttributeType.REFERENCE)
"""What a value of any type can be written as, if it is one at all."""


@frozen
class SetAttribute:
    """A flow that sets an attribute."""

    attribute: SchemaAttribute
    off: Values
    """What a disabled or deleted object has: of a multi-valued attribute a tuple, maybe empty."""
    on: Values
    """What any other has."""

    @property
    def truth(self) -> Truth | None:
        """How ``active`` is mapped to the attribute; None if it is no text, number or Boolean."""
        if isinstance(self.on, (list, tuple)) or isinstance(self.off, (list, tuple)):
            return None
        return (self.on, self.off) if self.attribute.data_type in _MAPPABLE else None

    @property
    def disabled(self) -> Held:
        """By what a disabled object is known."""
        return Held(self.attribute, as_values(self.off))

    def change(self, values: Values) -> AttributeChange:
        """The attribute gets *values*."""
        name = self.attribute.name
        return (
            AttributeChange.delete(name) if values == () else AttributeChange.replace(name, values)
        )


@frozen
class Flows:
    """The two flows of one object type; a flow that sets nothing has None."""

    disable_deletes: bool = False
    disable: SetAttribute | None = None
    delete_deletes: bool = True
    delete: SetAttribute | None = None

    @classmethod
    def of(
        cls, config: DeprovisioningConfig, schema_type: SchemaType, *, is_person: bool
    ) -> "Flows":
        """The flows *config* asks for; ConfigurationError for a value the attribute cannot hold.

        Where a type has not the attribute that deleting sets, and nothing is said of that type,
        deleting deletes; people must have it.
        """
        own: DeprovisioningConfig | DeleteConfig = config.types.get(schema_type.name, config)
        deletes = own.delete == "delete"
        delete = None
        if own.delete == "set" and own.delete_attribute is not None:
            if (
                own is config
                and not is_person
                and own.delete_attribute not in schema_type.attributes
            ):
                deletes = True
            else:
                delete = _delete_flow(own, schema_type)
        if not is_person:
            return cls(delete_deletes=deletes, delete=delete)
        return cls(config.disable == "delete", _disable_flow(config, schema_type), deletes, delete)

    def created(self, intent: Intent) -> Intent:
        """What makes a new object; 400 for a disabled one where disabling deletes."""
        if intent.active is False and self.disable_deletes:
            raise invalid_value(
                "active: a user that is disabled is deleted here (deprovisioning.disable), so "
                "none is created as such"
            )
        if (values := self._unmapped(intent)) is None or self.disable is None:
            return intent
        given = {k: v for k, v in intent.values.items() if k != self.disable.attribute.name}
        if values != ():
            given[self.disable.attribute.name] = values
        return evolve(intent, values=given)

    def changed(self, intent: Intent) -> Intent:
        """*intent* with the change that its ``active`` is, where no mapping makes one of it."""
        if (values := self._unmapped(intent)) is None or self.disable is None:
            return intent
        change = self.disable.change(values)
        others = [each for each in intent.changes if each.name != change.name]
        return evolve(intent, changes=(*others, change))

    def _unmapped(self, intent: Intent) -> Values | None:
        """What disabling or enabling sets, where ``active`` itself is mapped to nothing."""
        if intent.active is None or self.disable is None or self.disable.truth is not None:
            return None
        return self.disable.on if intent.active else self.disable.off


def flows_of(config: DeprovisioningConfig, kinds: Iterable[ResourceType]) -> Mapping[str, Flows]:
    """The flows of each object type; ConfigurationError if one is named that there is not."""
    flows = {
        kind.object_type: Flows.of(config, kind.schema_type, is_person=kind.name == "User")
        for kind in kinds
    }
    for name in config.types:
        if name not in flows:
            raise ConfigurationError(
                f"deprovisioning.types: there is no object type {name!r}: there are "
                f"{', '.join(flows)}."
            )
    return flows


def _disable_flow(config: DeprovisioningConfig, schema_type: SchemaType) -> SetAttribute | None:
    if config.disable != "set" or config.disable_attribute is None:
        return None
    attribute = _attribute(schema_type, config.disable_attribute, "disable_attribute")
    return SetAttribute(
        attribute,
        _values(attribute, config.disabled_value, False, "disabled_value"),
        _values(attribute, config.enabled_value, True, "enabled_value"),
    )


def _delete_flow(
    config: DeprovisioningConfig | DeleteConfig, schema_type: SchemaType
) -> SetAttribute:
    attribute = _attribute(schema_type, str(config.delete_attribute), "delete_attribute")
    values = _values(attribute, config.deleted_value, False, "deleted_value")
    return SetAttribute(attribute, values, values)


def disables_nothing(config: DeprovisioningConfig, kinds: Iterable[ResourceType]) -> bool:
    """True if ``active = false`` is answered as done and changes nothing in the target."""
    bindings = (each for kind in kinds for each in kind.bindings)
    return config.disable == "none" and any(each.role is Role.ACTIVE for each in bindings)


def _attribute(schema_type: SchemaType, name: str, key: str) -> SchemaAttribute:
    known = schema_type.attributes.get(name)
    reason = ""
    if known is None:
        reason = "does not exist"
    elif known.is_anchor:
        reason = "is an anchor, which never changes"
    elif known.allowed_attribute_operation is AttributeOperation.IMPORT_ONLY:
        reason = "is read-only"
    if known is None or reason:
        raise ConfigurationError(
            f"deprovisioning.{key}: attribute {name!r} of {schema_type.name!r} {reason}."
        )
    return known


def _values(attribute: SchemaAttribute, given: Given, default: bool, key: str) -> Values:
    """*given* in the attribute's own type; without one true or false, as that type writes it."""
    if attribute.is_multi_valued and given is not None:
        listed = given if isinstance(given, tuple) else (given,)
        return tuple(_value(attribute, each, key) for each in listed)
    if isinstance(given, tuple):
        raise ConfigurationError(
            f"deprovisioning.{key}: a list is given, and attribute {attribute.name!r} holds one "
            "value."
        )
    if given is None:
        if attribute.is_multi_valued or attribute.data_type not in _MAPPABLE:
            raise ConfigurationError(
                f"deprovisioning.{key}: missing: nothing stands for it in attribute "
                f"{attribute.name!r}."
            )
        given = default
    return _value(attribute, given, key)


def _value(attribute: SchemaAttribute, given: Value, key: str) -> Value:
    kind, value = attribute.data_type, given
    with suppress(ValueError):
        if kind in _WRITTEN or (kind is AttributeType.BINARY and isinstance(value, str)):
            value = parse_value(kind, value_text(value))
        elif kind is AttributeType.INTEGER and isinstance(value, bool):
            value = int(value)
    if not kind.accepts(value):
        form = "base64 text" if kind is AttributeType.BINARY else f"{kind.name.lower()} value"
        raise ConfigurationError(
            f"deprovisioning.{key}: {given!r} is no {form}, which attribute {attribute.name!r} "
            "needs."
        )
    return value
