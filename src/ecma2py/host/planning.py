"""What a connector's table of the configuration, and what it says of itself, come to together."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from attrs import frozen

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.errors import ConfigurationError, ECMA2Error
from ecma2py.host.binding import check_runs, partition_called
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.deprovisioning import Flows, flows_of
from ecma2py.host.remembered import recall
from ecma2py.partitions import Partition
from ecma2py.runs import ConnectorSource, Description
from ecma2py.schema import Schema, SchemaType
from ecma2py.scim.bindings import Role, Uniqueness
from ecma2py.scim.builder import Settings, Source
from ecma2py.scim.mapping import build_resource_types
from ecma2py.scim.single_values import single_valued
from ecma2py.scim.types import ResourceType
from ecma2py.space import MatchRule

_MATCHED = frozenset({"username", "externalid", "displayname", "emails"})
"""Core attributes that clients look resources up by: what is mapped to them is indexed."""


@frozen(kw_only=True)
class Plan:
    """How a connector is to be served, before anything is opened for it."""

    config: ConnectorConfig
    description: Description
    types: Schema
    kinds: tuple[ResourceType, ...]
    flows: Mapping[str, Flows]
    """What disabling and deleting do, by object type."""
    matching: list[MatchRule]
    partition: Partition | None

    @classmethod
    def of(cls, config: ConnectorConfig, description: Description) -> "Plan":
        """The plan for a connector that says *description*; ConfigurationError if they differ."""
        check_runs(config, description)
        types = selected(config, description.schema)
        kinds = resource_types(config, types, description)
        return cls(
            config=config,
            description=description,
            types=types,
            kinds=kinds,
            flows=flows_of(config.deprovisioning, kinds),
            matching=match_rules(config, kinds),
            partition=partition_of(config, description),
        )


def describe(source: ConnectorSource, remembered: Path) -> tuple[Description, str | None]:
    """What the connector says about itself.

    If its target is down: what it said last time, and why it is that.
    """
    try:
        return source.describe(), None
    except ECMA2Error as error:
        before = recall(remembered)
        if before is None:
            raise
        return before, str(error)


def selected(config: ConnectorConfig, schema: Schema) -> Schema:
    """The types and attributes that are read and served; unknown names are a ConfigurationError."""
    names = config.types or tuple(schema.types)
    for name in (*names, *config.attributes, *config.anchors):
        if name not in schema.types:
            raise ConfigurationError(
                f"The connector has no object type {name!r}: it has {', '.join(schema.types)}."
            )
    for name, wanted in config.anchors.items():
        _check_anchor(schema.types[name], wanted)
    types = [
        schema.types[name].select(config.attributes[name])
        if name in config.attributes
        else schema.types[name]
        for name in names
    ]
    return Schema(types)


def _check_anchor(kind: SchemaType, wanted: Collection[str]) -> None:
    if set(wanted) != set(kind.anchor_attributes):
        found = ", ".join(kind.anchor_attributes)
        raise ConfigurationError(
            f"anchors.{kind.name}: the connector tells objects apart by {found}, not by "
            f"{', '.join(wanted)}. Mend its parameters or, if it is right, take this key out. "
            "Every SCIM id depends on the anchor."
        )


def resource_types(
    config: ConnectorConfig, types: Schema, description: Description
) -> tuple[ResourceType, ...]:
    """How the selected types are published; ConfigurationError for a mapping that does not fit."""
    capabilities = description.capabilities
    person = config.person_type(types.types)
    mappings: dict[str, dict[str, str | Source]] = {
        name: {
            path: Source(each.attribute, truth=(False, True) if each.inverted else None)
            for path, each in mapped.items()
        }
        for name, mapped in config.scim.mapping.items()
    }
    disabled = None
    seen = single_valued(types.types[person], config.scim.single_value.get(person, ()))
    disable = Flows.of(config.deprovisioning, seen, is_person=True).disable
    if disable is not None:
        mapped = mappings.setdefault("User", {})
        mapped.pop("active", None)
        if disable.truth is not None:
            mapped["active"] = Source(disable.attribute.name, truth=disable.truth)
        else:
            disabled = disable.disabled
    return build_resource_types(
        types,
        person=person,
        group=config.group_type(types.types),
        mappings=mappings,
        dn_style=capabilities.distinguished_name_style,
        settings=Settings(
            password=description.can_set_password,
            rename=capabilities.object_rename,
            case_exact=frozenset(config.scim.case_exact),
            single_value=config.scim.single_value,
            publish_mapped=config.scim.publish_mapped,
            disabled=disabled,
            unique_group_names=config.scim.unique_group_names,
            hide_dn=generates_dn(config, description) and not config.scim.publish_mapped,
        ),
    )


def generates_dn(config: ConnectorConfig, description: Description) -> bool:
    """True if the host makes the DN of a new object out of its anchor and type.

    ConfigurationError if objects are to have DNs, and the connector knows none.
    """
    style = description.capabilities.distinguished_name_style
    if config.dn.mode in ("autogenerated", "mapped") and style is MADistinguishedNameStyle.NONE:
        raise ConfigurationError(
            f'dn.mode = "{config.dn.mode}": the objects of this connector have no DN (its DN style '
            "is None); leave it out."
        )
    if config.dn.mode == "autogenerated":
        return True
    return config.dn.mode is None and style is MADistinguishedNameStyle.GENERIC


def match_rules(config: ConnectorConfig, kinds: Iterable[ResourceType]) -> list[MatchRule]:
    """The attributes to index: anchors, what must be unique, what is matched by, what is asked."""
    exact = frozenset(config.scim.case_exact)
    rules: dict[tuple[str, str], MatchRule] = {}
    for kind in kinds:
        names = [
            *kind.schema_type.anchor_attributes,
            *config.scim.matching.get(kind.object_type, ()),
        ]
        for binding in kind.bindings:
            if binding.role is not Role.ATTRIBUTE or binding.is_reference:
                continue
            matched = binding.schema is None and binding.name.lower() in _MATCHED
            if matched or binding.uniqueness is Uniqueness.SERVER:
                names.append(binding.attribute)
        for name in names:
            if name not in kind.schema_type.attributes:
                raise ConfigurationError(
                    f"scim.matching: type {kind.object_type!r} has no attribute {name!r}."
                )
            rule = MatchRule(kind.object_type, name, case_exact=name in exact)
            rules.setdefault((kind.object_type, name), rule)
    return list(rules.values())


def partition_of(config: ConnectorConfig, description: Description) -> Partition | None:
    """The partition to work in; None if the connector has but the default one."""
    if config.partition is None:
        only = description.partitions
        return only[0] if len(only) == 1 and only[0] != Partition.default() else None
    return partition_called(config.partition, description)
