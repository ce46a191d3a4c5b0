"""The attributes that RFC 7643 sections 4 and 3.1 define: what a mapping may aim at."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from ecma2py.schema import AttributeType

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MISTYPED_ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"
"""So spelled in Microsoft's documentation, and hence by clients."""
MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
"""Sent by Entra beside the group schema; it has no attributes of its own."""


@frozen
class CoreAttribute:
    """One attribute of a core schema, as far as a mapping must know it."""

    name: str
    parts: tuple[str, ...] = ()
    """The sub-attributes in RFC order; none for a simple attribute."""
    is_multi_valued: bool = field(default=False, kw_only=True)
    data_type: AttributeType = field(default=AttributeType.STRING, kw_only=True)
    """Of the attribute, or of its ``value``."""
    is_read_only: bool = field(default=False, kw_only=True)
    case_exact: bool = field(default=False, kw_only=True)


def _texts(names: str) -> Iterable[CoreAttribute]:
    return map(CoreAttribute, names.split())


def _entries(names: str, parts: str = "value display type primary") -> Iterable[CoreAttribute]:
    return (
        CoreAttribute(name, tuple(parts.split()), is_multi_valued=True) for name in names.split()
    )


_REFERENCE = AttributeType.REFERENCE
_EXTERNAL_ID = CoreAttribute("externalId", case_exact=True)
_NAME = "formatted familyName givenName middleName honorificPrefix honorificSuffix"
_ADDRESS = "formatted streetAddress locality region postalCode country type primary"

_USER = (
    _EXTERNAL_ID,
    *_texts("userName displayName nickName profileUrl title userType preferredLanguage locale"),
    *_texts("timezone password"),
    CoreAttribute("active", data_type=AttributeType.BOOLEAN),
    CoreAttribute("name", tuple(_NAME.split())),
    *_entries("emails phoneNumbers ims photos entitlements roles"),
    *_entries("addresses", _ADDRESS),
    CoreAttribute(
        "groups",
        ("value", "$ref", "display", "type"),
        is_multi_valued=True,
        data_type=_REFERENCE,
        is_read_only=True,
    ),
    CoreAttribute(
        "x509Certificates",
        ("value", "display", "type", "primary"),
        is_multi_valued=True,
        data_type=AttributeType.BINARY,
        case_exact=True,
    ),
)
_GROUP = (
    _EXTERNAL_ID,
    CoreAttribute("displayName"),
    CoreAttribute(
        "members",
        ("value", "$ref", "type", "display"),
        is_multi_valued=True,
        data_type=_REFERENCE,
    ),
)
_ENTERPRISE = (
    *_texts("employeeNumber costCenter organization division department"),
    CoreAttribute("manager", ("value", "$ref", "displayName"), data_type=_REFERENCE),
)


def _by_name(attributes: Iterable[CoreAttribute]) -> Mapping[str, CoreAttribute]:
    return {each.name.lower(): each for each in attributes}


CORE_ATTRIBUTES: Mapping[str, Mapping[str, CoreAttribute]] = {
    USER: _by_name(_USER),
    GROUP: _by_name(_GROUP),
    ENTERPRISE_USER: _by_name(_ENTERPRISE),
}
"""By schema URN, then by lower-case name."""

OTHER_ATTRIBUTES: Mapping[str, CoreAttribute] = _by_name((*_USER, *_GROUP))
"""What a type that is neither User nor Group may be mapped to: the same names, same meaning."""

QUALIFIERS = frozenset({"type", "primary", "display", "$ref"})
"""Sub-attributes that tell which entry or how to show it; a client may always send them."""
