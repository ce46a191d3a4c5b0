"""Which equality of a filter the space answers by a look-up, and what it finds.

A look-up may find more than the filter means, never less: every candidate is tested again.
"""

from collections.abc import Callable

from attrs import define, frozen

from ecma2py.scim.bindings import Binding, Role
from ecma2py.scim.errors import ScimError
from ecma2py.scim.filters import Comparison, Filter, Operator, ValueFilter, conjuncts
from ecma2py.scim.names import AttributePath
from ecma2py.scim.types import ResourceType
from ecma2py.space import Space, SpaceObject


@frozen
class Lookup:
    """How the candidates of one term are found."""

    find: Callable[[int | None], list[SpaceObject]]
    """The first so many candidates; all for None."""
    is_indexed: bool
    """False where every object must be looked at, until the index that was asked for is built."""
    is_bounded: bool = True
    """False where all candidates are read however few are wanted."""


@define
class Lookups:
    """The look-ups of one connector space."""

    _space: Space

    def of(self, kind: ResourceType, term: Filter) -> Lookup | None:
        """The look-up for *term*; None if it is not an equality that a look-up can answer."""
        found = _equality(term)
        if found is None:
            return None
        path, value = found
        if path.schema is None and path.attribute.lower() == "id":
            return Lookup(lambda _: self._by_id(kind, str(value)), is_indexed=True)
        published = kind.find(path)
        if published is None:
            return None
        part = (path.sub_attribute or "value").lower()
        bindings = [
            each for each in published.bindings if each.part is None or each.part.lower() == part
        ]
        lookups = [self._of_binding(kind, each, value) for each in bindings]
        chosen = [each for each in lookups if each is not None]
        if not chosen or len(chosen) < len(lookups):
            return None
        return Lookup(
            lambda limit: _union(chosen, limit),
            all(each.is_indexed for each in chosen),
            all(each.is_bounded for each in chosen),
        )

    def _of_binding(
        self, kind: ResourceType, binding: Binding, value: str | float | bool
    ) -> Lookup | None:
        name, space = kind.object_type, self._space
        if binding.role is Role.DN:
            return Lookup(lambda _: self._by_dn(kind, str(value)), is_indexed=True)
        if binding.role is not Role.ATTRIBUTE or binding.truth is not None:
            return None
        if binding.is_reference:
            return Lookup(
                lambda _: self._holders(kind, binding, str(value)),
                is_indexed=True,
                is_bounded=False,
            )
        try:
            stored = binding.coerce(value)
        except ScimError:
            # What the attribute cannot hold, no object has.
            return Lookup(lambda _: [], is_indexed=True)
        return Lookup(
            lambda limit: space.find(name, binding.attribute, stored, limit),
            space.has_index(name, binding.attribute),
        )

    def _by_id(self, kind: ResourceType, object_id: str) -> list[SpaceObject]:
        found = self._space.get(kind.object_type, object_id)
        return [found] if found is not None else []

    def _by_dn(self, kind: ResourceType, dn: str) -> list[SpaceObject]:
        found = self._space.by_dn(dn)
        return [found] if found is not None and found.object_type == kind.object_type else []

    def _holders(self, kind: ResourceType, binding: Binding, value: str) -> list[SpaceObject]:
        """The objects whose reference attribute holds the object with this id, or this text."""
        known = self._space.resolve_ids([value]).get(value)
        text = known[1] if known is not None else value
        return list(self._space.referrers(kind.object_type, binding.attribute, text))


def _equality(term: Filter) -> tuple[AttributePath, str | float | bool] | None:
    if isinstance(term, ValueFilter):
        for inner in conjuncts(term.filter):
            found = _equality(inner)
            if found is not None and found[0].attribute.lower() == "value":
                head = term.path
                return AttributePath(head.schema, head.attribute, "value"), found[1]
        return None
    if not isinstance(term, Comparison) or term.operator is not Operator.EQ:
        return None
    return None if term.value is None else (term.path, term.value)


def _union(lookups: list[Lookup], limit: int | None) -> list[SpaceObject]:
    found = {each.row: each for lookup in lookups for each in lookup.find(limit)}
    return list(found.values())
