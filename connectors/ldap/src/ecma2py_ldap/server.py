"""What a server says of itself: naming contexts, schema, containers and the time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from attrs import frozen

from ecma2py.errors import UnexpectedDataError
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py_ldap.connection import Directory, Scope
from ecma2py_ldap.definitions import ServerSchema
from ecma2py_ldap.dn import canonical, parse_dn
from ecma2py_ldap.selection import is_within

TIME_FORMAT = "%Y%m%d%H%M%SZ"
"""Generalized time in UTC, by which times are compared in filters (RFC 4517, 3.3.13)."""

_ROOT = ("namingContexts", "subschemaSubentry", "supportedExtension", "currentTime")
_CONTAINERS = (
    "organizationalUnit", "organization", "container", "country", "locality", "domain", "dcObject",
    "builtinDomain",
)  # fmt: skip


@frozen
class RootEntry:
    """The root DSE (RFC 4512, 5.1)."""

    contexts: tuple[str, ...]
    subschema: str | None
    extensions: frozenset[str]
    time: str
    """By the server's clock where it tells (Active Directory does), else by ours."""


def read_root(directory: Directory) -> RootEntry:
    """What the server offers."""
    found = directory.read("", _ROOT)
    if found is None:
        raise UnexpectedDataError(
            "The server shows no root entry to this account: allow it to read the entry with the "
            "empty DN, which tells naming contexts and schema."
        )
    time = next(iter(found.texts("currentTime")), "")
    return RootEntry(
        tuple(canonical(dn) for dn in found.texts("namingContexts") if dn),
        next(iter(found.texts("subschemaSubentry")), None),
        frozenset(found.texts("supportedExtension")),
        f"{time[:14]}Z" if time else datetime.now(UTC).strftime(TIME_FORMAT),
    )


def read_schema(directory: Directory, root: RootEntry) -> ServerSchema:
    """The server's schema, from its subschema entry (RFC 4512, 4.2)."""
    found = None
    if root.subschema:
        wanted = ("attributeTypes", "objectClasses")
        found = directory.read(root.subschema, wanted, "(objectClass=subschema)")
    if found is None or not found.texts("objectClasses"):
        raise UnexpectedDataError(
            f"The server shows no schema to this account: allow it to read {root.subschema!r}."
        )
    return ServerSchema(found.texts("attributeTypes"), found.texts("objectClasses"))


def partitions(root: RootEntry, bases: Sequence[str]) -> list[Partition]:
    """The naming contexts that hold one of *bases*; all if there are none."""
    wanted = [dn for dn in root.contexts if not bases or any(is_within(b, dn) for b in bases)]
    return [Partition(dn, dn) for dn in wanted]


def children(directory: Directory, parent: str) -> list[HierarchyNode]:
    """The containers directly below *parent*, in the order of their names."""
    classes = "".join(f"(objectClass={name})" for name in _CONTAINERS)
    found = directory.search(
        parent, f"(|{classes})", ("1.1",), scope=Scope.ONE_LEVEL, page_size=500
    )
    nodes = [HierarchyNode(canonical(each.dn), _own_name(each.dn)) for each in found]
    return sorted(nodes, key=lambda node: node.display_name.casefold())


def _own_name(dn: str) -> str:
    return " + ".join(str(each.value) for each in parse_dn(dn)[0])
