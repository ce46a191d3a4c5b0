"""What disabling and deleting a resource do to the object in the target.

As in Microsoft's ECMA host, the Disable flow decides what ``active = false`` does and the Delete
flow what DELETE does; each does nothing, deletes the object, or sets an attribute.
"""

from collections.abc import Iterable
from contextlib import suppress

from attrs import frozen

from ecma2py.errors import ConfigurationError
from ecma2py.host.config_connectors import DeprovisioningConfig
from ecma2py.schema import AttributeType, SchemaAttribute, SchemaType, Value
from ecma2py.scim.bindings import Role
from ecma2py.scim.types import ResourceType
from ecma2py.values import parse_value, value_text

NOTHING_DISABLES = "active has no effect: map it, or set deprovisioning.disable"
"""What the operator is told where ``disables_nothing``."""
_WRITTEN = (AttributeType.BOOLEAN, AttributeType.STRING, AttributeType.REFERENCE)
"""What a value of any type can be written as, if it is one at all."""


@frozen
class SetAttribute:
    """A flow that sets an attribute."""

    attribute: str
    off: Value
    """The value of a disabled or deleted object."""
    on: Value
    """The value of any other."""


@frozen
class Flows:
    """The two flows of one object type; a flow that sets nothing has None."""

    disable_deletes: bool = False
    disable: SetAttribute | None = None
    delete_deletes: bool = True
    delete: SetAttribute | None = None

    @classmethod
    def of(cls, config: DeprovisioningConfig, schema_type: SchemaType) -> "Flows":
        """The flows *config* asks for; ConfigurationError for a value the attribute cannot hold."""
        disable = delete = None
        if config.disable == "set" and config.disable_attribute is not None:
            attribute = _attribute(schema_type, config.disable_attribute, "disable_attribute")
            disable = SetAttribute(
                attribute.name,
                _value(attribute, config.disabled_value, False, "disabled_value"),
                _value(attribute, config.enabled_value, True, "enabled_value"),
            )
        if config.delete == "set" and config.delete_attribute is not None:
            attribute = _attribute(schema_type, config.delete_attribute, "delete_attribute")
            value = _value(attribute, config.deleted_value, False, "deleted_value")
            delete = SetAttribute(attribute.name, value, value)
        return cls(config.disable == "delete", disable, config.delete == "delete", delete)


def disables_nothing(config: DeprovisioningConfig, kinds: Iterable[ResourceType]) -> bool:
    """True if ``active = false`` is answered as done and changes nothing in the target."""
    bindings = (each for kind in kinds for each in kind.bindings)
    return config.disable == "none" and any(each.role is Role.ACTIVE for each in bindings)


def _attribute(schema_type: SchemaType, name: str, key: str) -> SchemaAttribute:
    known = schema_type.attributes.get(name)
    if known is None or known.is_multi_valued:
        reason = "is multi-valued" if known else "does not exist"
        raise ConfigurationError(
            f"deprovisioning.{key}: attribute {name!r} of {schema_type.name!r} {reason}."
        )
    return known


def _value(attribute: SchemaAttribute, given: Value | None, default: bool, key: str) -> Value:
    """*given* in the attribute's own type; without one true or false, as that type writes it."""
    value = default if given is None else given
    kind = attribute.data_type
    with suppress(ValueError):
        if kind in _WRITTEN:
            value = parse_value(kind, value_text(value))
        elif kind is AttributeType.INTEGER and isinstance(value, bool):
            value = int(value)
    if not kind.accepts(value):
        raise ConfigurationError(
            f"deprovisioning.{key}: {given!r} is no {kind.name.lower()} value, which attribute "
            f"{attribute.name!r} needs."
        )
    return value
