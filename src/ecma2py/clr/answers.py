"""What a .NET connector says of itself, from the plain rows of the bridge to the vocabulary."""

import enum
import logging
from typing import Any, TypeVar
from uuid import UUID

from attrs import fields

from ecma2py.capabilities import (
    MACapabilities,
    MADistinguishedNameStyle,
    MAExportType,
    MANormalizations,
    MAObjectConfirmation,
)
from ecma2py.errors import InvalidParameterError, UnexpectedDataError
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterType,
    ParameterValidationResult,
    ParameterValidationResultCode,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    ChangeTypeDescription,
    Schema,
    SchemaAttribute,
    SchemaType,
)
from ecma2py.steps import ConnectionSecurityLevel

logger = logging.getLogger("ecma2py.clr")

_ENUMS: dict[str, Any] = {
    "distinguished_name_style": MADistinguishedNameStyle,
    "object_confirmation": MAObjectConfirmation,
    "export_type": MAExportType,
    "normalizations": MANormalizations,
}


E = TypeVar("E", bound=enum.IntEnum)


def member(kind: type[E], number: int, what: str) -> E:
    """The member of ECMA2's enumeration; ``UnexpectedDataError`` says *what* has none."""
    try:
        return kind(number)
    except ValueError:
        raise UnexpectedDataError(
            f"The connector gives {number} for {what}, which is no {kind.__name__}: mend it."
        ) from None


def schema(rows: list[Any] | None) -> Schema | None:
    """The schema of a connector; ``InvalidSchemaError`` names what no schema may have."""
    if rows is None:
        return None
    types, object_type, change = rows
    words = dict(zip(("attribute_name", "add", "modify", "delete"), change or (), strict=False))
    return Schema(
        [_schema_type(*each) for each in types],
        object_type_attribute_name=object_type,
        change_type=ChangeTypeDescription(**words) if words else None,
    )


def _schema_type(
    name: str, locked: bool, components: list[str], attributes: list[Any]
) -> SchemaType:
    return SchemaType(
        name,
        [_schema_attribute(each) for each in attributes],
        locked=locked,
        possible_dn_components_for_provisioning=components,
    )


def _schema_attribute(row: list[Any]) -> SchemaAttribute:
    name, data_type, many, anchor, operation, hidden = row
    return SchemaAttribute(
        name,
        member(AttributeType, data_type, f"the data type of attribute {name!r}"),
        is_multi_valued=many,
        is_anchor=anchor,
        allowed_attribute_operation=member(
            AttributeOperation, operation, f"what attribute {name!r} is for"
        ),
        hidden_by_default=hidden,
    )


def capabilities(row: list[Any] | None) -> MACapabilities | None:
    """The capabilities, whose fields come in their order here."""
    if row is None:
        return None
    names = [each.name for each in fields(MACapabilities)]
    found = dict(zip(names, row, strict=True))
    for name, members in _ENUMS.items():
        found[name] = member(members, found[name], name)
    return MACapabilities(**found)


def definitions(rows: list[Any]) -> list[ConfigParameterDefinition]:
    """The fields of a page of parameters, without the null ones among them."""
    return [_definition(row) for row in rows if row is not None]


def _definition(row: list[Any]) -> ConfigParameterDefinition:
    name, kind, text, validation, default, choices, extensible = row
    told = {"text": text, "default_value": default, "values": choices}
    kind = member(ConfigParameterType, kind, f"the type of parameter {name!r}")
    try:
        return ConfigParameterDefinition(
            name,
            kind,
            validation=_anywhere(validation),
            drop_down_extensible=extensible,
            **told,
        )
    except InvalidParameterError as error:
        # .NET checks neither, and has patterns of its own. The connector checks what it is given.
        logger.warning("What the definition of a parameter says is not checked: %s", error)
        return ConfigParameterDefinition(name, kind, drop_down_extensible=True, **told)


def _anywhere(pattern: str) -> str:
    """*pattern* as .NET searches by it: it need not match the whole value unless it says so."""
    is_whole = pattern.startswith(("^", r"\A")) and pattern.endswith(("$", r"\z", r"\Z"))
    return pattern if is_whole or not pattern else f"(?s:.*)(?:{pattern})(?s:.*)"


def verdict(row: list[Any] | None) -> ParameterValidationResult | None:
    """The verdict on a page of values."""
    if row is None:
        return None
    code, message, parameter = row
    return ParameterValidationResult(
        member(ParameterValidationResultCode, code, "the result of a validation"),
        message,
        error_parameter=parameter,
    )


def security_level(number: int) -> ConnectionSecurityLevel:
    """How the connection for passwords is secured."""
    return member(ConnectionSecurityLevel, number, "the security of its connection")


def partitions(rows: list[Any]) -> list[Partition]:
    """All partitions."""
    return [
        Partition(dn, name, identifier=UUID(bytes=identifier), hidden_by_default=hidden)
        for dn, name, identifier, hidden in rows
    ]


def nodes(rows: list[Any]) -> list[HierarchyNode]:
    """The nodes below one."""
    return [HierarchyNode(dn, name) for dn, name in rows]
