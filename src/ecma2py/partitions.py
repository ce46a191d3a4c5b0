"""Where objects live: partitions and the nodes of their hierarchy."""

from uuid import UUID, uuid5

from attrs import field, frozen

_NAMESPACE = UUID("6f3f6a9e-5b2c-5d57-9f0e-6a3c2f1d7b11")


@frozen
class Partition:
    """A part of the connected system with a naming context of its own (ECMA2 ``Partition``).

    The identifier, if not given, is made from the DN, so that it is the same on every call.
    """

    dn: str
    name: str = ""
    identifier: UUID = field(kw_only=True)
    hidden_by_default: bool = field(default=False, kw_only=True, eq=False)

    @identifier.default
    def _identifier_of_dn(self) -> UUID:
        return uuid5(_NAMESPACE, self.dn)

    @classmethod
    def default(cls) -> "Partition":
        """The only partition of a connector that has none: DN and name are ``default``."""
        return cls("default", "default")


@frozen
class HierarchyNode:
    """A container below a partition (ECMA2 ``HierarchyNode``)."""

    dn: str
    display_name: str = ""
