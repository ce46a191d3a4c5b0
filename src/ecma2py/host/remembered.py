"""What a connector said about itself, kept beside its space.

A host that starts while the target is down serves its stored objects at once, and for that it must
know the schema they were stored by.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import orjson

from ecma2py.capabilities import MACapabilities
from ecma2py.connector.protocols import INTERFACES
from ecma2py.host.files import write_private
from ecma2py.partitions import Partition
from ecma2py.runs import Description
from ecma2py.schema import (
    AttributeOperation,
    AttributeType,
    ChangeTypeDescription,
    Schema,
    SchemaAttribute,
    SchemaType,
)

VERSION = 1


def remember(description: Description, file: Path) -> None:
    """Write *description* to *file*, whole or not at all."""
    document = {
        "version": VERSION,
        "schema": {
            "types": [
                {
                    "name": each.name,
                    "locked": each.locked,
                    "components": each.possible_dn_components_for_provisioning,
                    "attributes": [attrs.asdict(one) for one in each.attributes.values()],
                }
                for each in description.schema.types.values()
            ],
            "object_type_attribute_name": description.schema.object_type_attribute_name,
            "change_type": description.schema.change_type
            and attrs.asdict(description.schema.change_type),
        },
        "capabilities": attrs.asdict(description.capabilities),
        "partitions": [
            attrs.asdict(each) | {"identifier": str(each.identifier)}
            for each in description.partitions
        ],
        "interfaces": sorted(each.__name__ for each in description.interfaces),
    }
    write_private(file, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def recall(file: Path) -> Description | None:
    """What *file* remembers; None if it does not exist or is of another version."""
    try:
        document = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    if document.get("version") != VERSION:
        return None
    interfaces = frozenset(each for each in INTERFACES if each.__name__ in document["interfaces"])
    return Description(
        schema=_schema(document["schema"]),
        capabilities=_capabilities(document["capabilities"]),
        partitions=tuple(_partition(each) for each in document["partitions"]),
        interfaces=interfaces,
    )


def _schema(document: dict[str, Any]) -> Schema:
    types = [
        SchemaType(
            each["name"],
            [_attribute(one) for one in each["attributes"]],
            locked=each["locked"],
            possible_dn_components_for_provisioning=each["components"],
        )
        for each in document["types"]
    ]
    change_type = document["change_type"]
    return Schema(
        types,
        object_type_attribute_name=document["object_type_attribute_name"],
        change_type=ChangeTypeDescription(**change_type) if change_type else None,
    )


def _attribute(document: dict[str, Any]) -> SchemaAttribute:
    operation = AttributeOperation(document["allowed_attribute_operation"])
    kind = AttributeType(document["data_type"])
    return SchemaAttribute(
        **document | {"data_type": kind, "allowed_attribute_operation": operation}
    )


def _capabilities(document: dict[str, Any]) -> MACapabilities:
    defaults = attrs.asdict(MACapabilities())
    return MACapabilities(**{name: type(defaults[name])(v) for name, v in document.items()})


def _partition(document: dict[str, Any]) -> Partition:
    return Partition(**document | {"identifier": UUID(document["identifier"])})
