"""The paths an operator writes into a mapping: which core attribute, entry and part they mean."""

from collections.abc import Mapping
from functools import cache

from attrs import field, frozen

from ecma2py.errors import ConfigurationError
from ecma2py.scim.bindings import Role, Selector
from ecma2py.scim.core import (
    CORE_ATTRIBUTES,
    ENTERPRISE_USER,
    GROUP,
    OTHER_ATTRIBUTES,
    USER,
    CoreAttribute,
)
from ecma2py.scim.errors import ScimError
from ecma2py.scim.filters import Comparison, Operator
from ecma2py.scim.names import Names
from ecma2py.scim.paths import PatchPath, parse_patch_path
from ecma2py.scim.types import ResourceType

_LONGEST = 256
"""Characters of a path that is looked at only to be helpful."""


@frozen
class MappingPath:
    """What one path of a mapping means."""

    core: CoreAttribute
    schema: str | None = field(default=None, kw_only=True)
    """URN of the extension; None for the base schema."""
    part: str | None = field(default=None, kw_only=True)
    selector: Selector | None = field(default=None, kw_only=True)


class MappingPaths:
    """Reads the paths for one resource type; ``ConfigurationError`` names a path that is none."""

    def __init__(self, core_schema: str, *, enterprise: bool) -> None:
        self._known: dict[str | None, Mapping[str, CoreAttribute]] = {
            None: CORE_ATTRIBUTES.get(core_schema, OTHER_ATTRIBUTES)
        }
        if enterprise:
            self._known[ENTERPRISE_USER] = CORE_ATTRIBUTES[ENTERPRISE_USER]
        self._names = Names(
            {
                urn or core_schema: {each.name: each.parts for each in known.values()}
                for urn, known in self._known.items()
            },
            core=(core_schema,),
        )

    def read(self, text: str) -> MappingPath:
        """The meaning of ``emails[type eq "work"].value`` and the like."""
        try:
            target = parse_patch_path(text, self._names)
        except ScimError as exc:
            raise ConfigurationError(f"Mapping {text!r}: {exc.detail}.") from exc
        schema, core = self._core_attribute(text, target)
        return MappingPath(
            core,
            schema=schema,
            part=_part(text, target, core),
            selector=_selector(text, target, core),
        )

    def _core_attribute(self, text: str, target: PatchPath) -> tuple[str | None, CoreAttribute]:
        name = target.path.attribute.lower()
        wanted = self._known if target.path.schema is None else (target.path.schema,)
        for urn in wanted:
            core = self._known.get(urn, {}).get(name)
            if core is not None:
                return urn, core
        raise ConfigurationError(
            f"Mapping {text!r}: no such attribute is in RFC 7643 for this type. The "
            "connector's own attributes are published without a mapping."
        )


def unknown_attribute(kind: ResourceType, path: str) -> str:
    """What is said of a *path* that is no attribute: where to map it, if it can be mapped."""
    told = f"{path} is not an attribute of {kind.name}"
    if kind.core_schema not in (USER, GROUP) or len(path) > _LONGEST:
        return told
    try:
        _paths(kind.core_schema).read(path)
    except ConfigurationError:
        return told
    where = f"under scim.mapping.{kind.name} in the connector's configuration"
    secret = next((each for each in kind.bindings if each.role is Role.PASSWORD), None)
    if secret is None or path.rpartition(":")[2].lower() != "password":
        return f"{told}: map it {where}"
    return f'{told}: send it as {secret.path}, or write password = "{secret.attribute}" {where}'


@cache
def _paths(core_schema: str) -> MappingPaths:
    return MappingPaths(core_schema, enterprise=core_schema == USER)


def _part(text: str, target: PatchPath, core: CoreAttribute) -> str | None:
    given = target.sub_attribute
    if given is None and "value" in core.parts:
        return "value"
    if given is None and not core.parts:
        return None
    for part in core.parts:
        if given is not None and part.lower() == given.lower():
            return part
    raise ConfigurationError(
        f"Mapping {text!r}: {core.name} has the sub-attributes {', '.join(core.parts)}."
        if core.parts
        else f"Mapping {text!r}: {core.name} has no sub-attributes."
    )


def _selector(text: str, target: PatchPath, core: CoreAttribute) -> Selector | None:
    if target.value_filter is None:
        return None
    match target.value_filter:
        case Comparison(path, Operator.EQ, str() | bool() as value) if core.is_multi_valued:
            if path.attribute.lower() != "primary":
                return Selector(path.attribute, str(value))
            return Selector("primary", str(value).lower() == "true")
    raise ConfigurationError(
        f"Mapping {text!r}: only [<sub-attribute> eq <value>] chooses an entry, and only of a "
        "multi-valued attribute."
    )
