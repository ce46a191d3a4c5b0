"""What clients see of a connector's objects: the space behind it, as resources."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from attrs import define, field

from ecma2py.host.http import LARGE_BODY
from ecma2py.host.lookups import Lookups
from ecma2py.schema import AttributeType
from ecma2py.scim.cursors import Cursors
from ecma2py.scim.listing import Listing
from ecma2py.scim.names import Names
from ecma2py.scim.projection import Projection
from ecma2py.scim.rendering import Renderer
from ecma2py.scim.types import ResourceType
from ecma2py.space import Space, SpaceObject

T = TypeVar("T")
_READERS = 4
_MANY = 1000
"""An object that refers to more others is rendered in a thread, beside other requests."""


@define(eq=False, kw_only=True)
class Views:
    """The objects of one connector as its clients see them, and the threads for long reads."""

    name: str
    """Of the connector."""
    base_url: str
    """Of the connector: ``https://host:8585/ecma2host_<Name>/scim``."""
    kinds: tuple[ResourceType, ...]
    space: Space
    max_results: int
    """The most resources on one page."""
    _cursor_key: bytes = field(repr=False)
    lookups: Lookups = field(init=False)
    _renderers: dict[ResourceType, Renderer] = field(init=False, repr=False)
    _many_references: dict[str, list[str]] = field(init=False, repr=False)
    """The multi-valued reference attributes of each object type."""
    _listings: dict[tuple[str, ...], Listing] = field(factory=dict, init=False, repr=False)
    _readers: ThreadPoolExecutor = field(init=False, repr=False)
    """Long reads of one connector wait for each other, and keep no other connector waiting."""

    def __attrs_post_init__(self) -> None:
        self.lookups = Lookups(self.space)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix=f"read-{self.name}")
        self._renderers = {
            kind: Renderer(kind, base_url=self.base_url, resource_types=self.kinds)
            for kind in self.kinds
        }
        self._many_references = {
            kind.object_type: [
                name
                for name, each in kind.schema_type.attributes.items()
                if each.data_type is AttributeType.REFERENCE
                and (each.is_multi_valued or name in kind.firsts)
            ]
            for kind in self.kinds
        }

    def listing(self, kinds: Sequence[ResourceType]) -> Listing:
        """The reader of queries over *kinds*."""
        key = tuple(kind.name for kind in kinds)
        found = self._listings.get(key)
        if found is None:
            found = Listing(
                kinds[0].names if len(kinds) == 1 else _all_names(kinds),
                Cursors(self._cursor_key),
                f"{self.name}/{'+'.join(key)}",
                max_count=self.max_results,
            )
            self._listings[key] = found
        return found

    def rendered(
        self, kind: ResourceType, found: SpaceObject, projection: Projection
    ) -> dict[str, Any]:
        """The resource that *found* is, as far as *projection* shows it."""
        space, row = self.space, found.row
        return self._renderers[kind].render(
            found,
            lambda attribute: space.reference_ids(
                row, attribute, limit=1 if attribute in kind.firsts else None
            ),
            projection,
        )

    def whole(self, kind: ResourceType, found: SpaceObject) -> dict[str, Any]:
        """Every attribute of *found* as the connector knows it, references among them."""
        values: dict[str, Any] = dict(found.typed(kind.binary))
        for name in self._many_references[kind.object_type]:
            held = list(self.space.references(found.row, name))
            if held:
                values[name] = held
        if found.dn is not None:
            values["-dn-"] = found.dn
        return values

    def is_large(self, kind: ResourceType, found: SpaceObject) -> bool:
        """True if *found* holds so much that other requests would notice."""
        return len(found.document) > LARGE_BODY or any(
            self.space.references(found.row, name, offset=_MANY, limit=1)
            for name in self._many_references[kind.object_type]
        )

    def has_large(self, kind: ResourceType, objects: Sequence[SpaceObject]) -> bool:
        """True if one of *objects* is large."""
        return any(self.is_large(kind, each) for each in objects)

    async def beside(self, read: Callable[[], T]) -> T:
        """What *read* returns, from one of the few threads in which this connector reads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, read)

    def close(self) -> None:
        """Begin no more long reads."""
        self._readers.shutdown(wait=False, cancel_futures=True)


def _all_names(kinds: Sequence[ResourceType]) -> Names:
    """The names of every type, for queries over all of them."""
    known: dict[str, Any] = {}
    for kind in kinds:
        known.update(kind.names.schemas)
    return Names(known, core=tuple(kind.core_schema for kind in kinds))
