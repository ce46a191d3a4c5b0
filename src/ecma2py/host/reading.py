"""Reads: one resource by id, or the page of resources a query asks for, out of the space alone."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import merge
from itertools import islice
from operator import itemgetter
from time import perf_counter
from typing import Any

from attrs import define, field

from ecma2py.host.http import Response
from ecma2py.host.lookups import Lookup
from ecma2py.host.views import Views
from ecma2py.scim.evaluate import Predicate, compile_filter
from ecma2py.scim.filters import Filter, conjuncts
from ecma2py.scim.listing import Listing, Query
from ecma2py.scim.names import AttributePath
from ecma2py.scim.projection import parse_projection
from ecma2py.scim.qualifying import qualify
from ecma2py.scim.sorting import SortKey, compile_sort
from ecma2py.scim.types import ResourceType
from ecma2py.space import SpaceObject

SCAN_PAGE = 200
PAGE_VALUES = 200_000
"""So many values of multi-valued attributes are on one page: it ends early behind that."""
_INLINE_RESULTS = 50
"""So many results are rendered at once; more are rendered in a thread, beside other requests."""

Resource = dict[str, Any]
_Place = tuple[tuple[bool, Any], "_Plan", str]
"""By what a resource is ordered, the plan that finds it, and its id."""


@define
class Reader:
    """The reads of one connector's resource types."""

    _views: Views
    _seconds: float = field(kw_only=True)
    """How long a query may take."""
    _is_strict: bool = field(kw_only=True)
    """True if a filter on an unknown attribute is refused."""

    async def query(self, kinds: list[ResourceType], listing: Listing, query: Query) -> Response:
        """The ListResponse for *query* over all resources of *kinds*, in a stable order."""
        until = perf_counter() + self._seconds
        plans = [
            _Plan(self._views, kind, query, until=until, strict=self._is_strict) for kind in kinds
        ]
        if len(plans) == 1 and plans[0].is_quick:
            return Response.json(200, self._answer(plans, listing, query))
        async with asyncio.timeout(self._seconds):
            return await self._views.beside(
                lambda: Response.json(200, self._answer(plans, listing, query))
            )

    def _answer(self, plans: "list[_Plan]", listing: Listing, query: Query) -> dict[str, object]:
        if query.by_cursor:
            return self._by_cursor(plans, listing, query)
        offset = query.start_index - 1
        total = 0
        shown = _Page(query.count)
        if query.sort_by is not None and plans:
            key = plans[0].sort_key(query.sort_by)
            places = [each for plan in plans for each in plan.places(key)]
            total = len(places)
            for _, plan, id in islice(_ordered(places, query), offset, offset + query.count):
                if shown.has_room:
                    plan.show(id, shown)
        else:
            for plan in plans:
                total += plan.fill(shown, skip=max(0, offset - total))
        return listing.response(query, shown.resources, total=total)

    def _by_cursor(self, plans: "list[_Plan]", listing: Listing, query: Query) -> dict[str, object]:
        """Pages by the row of the last object shown, so that nothing is shown twice or left out."""
        after = query.position if isinstance(query.position, int) else 0
        number, row = divmod(after, _ROWS)
        shown = _Page(query.count)
        last = following = None
        for index, plan in enumerate(plans):
            if index < number or following is not None:
                continue
            for resource, found in plan.after(row if index == number else 0):
                if not shown.has_room:
                    following = last
                    break
                shown.add(resource)
                last = index * _ROWS + found.row
        total = sum(plan.total() for plan in plans) if query.filter is None else None
        return listing.response(query, shown.resources, total=total, following=following)


def _ordered(places: "list[_Place]", query: Query) -> "Iterator[_Place]":
    """*places* as the query orders them, sorted in parts: nobody is served during one sort."""
    parts = [places[start : start + _SORTED] for start in range(0, len(places), _SORTED)]
    for part in parts:
        part.sort(key=itemgetter(0), reverse=query.descending)
    return merge(*parts, key=itemgetter(0), reverse=query.descending)


_SORTED = 4096
"""So many places are sorted at a time, without letting others run."""
_ROWS = 1 << 48
"""More rows than a space holds: a position is type and row in one number."""


class _Page:
    """The resources of one answer, until there are as many as asked for or as memory allows."""

    def __init__(self, count: int) -> None:
        self.resources: list[Resource] = []
        self.has_room = count > 0
        self._count = count
        self._values = 0

    @property
    def room(self) -> int:
        """How many resources more are asked for."""
        return self._count - len(self.resources)

    def add(self, resource: Resource) -> None:
        """Take one more resource."""
        self.resources.append(resource)
        self._values += _values(resource)
        self.has_room = self.room > 0 and self._values < PAGE_VALUES


def _values(resource: Resource) -> int:
    """How many values its multi-valued attributes have, those of its extensions too."""
    return sum(
        len(each) if isinstance(each, list) else _values(each)
        for each in resource.values()
        if isinstance(each, (list, dict))
    )


class _Plan:
    """How one resource type answers a query: by an index, or by looking at every object."""

    def __init__(
        self, views: Views, kind: ResourceType, query: Query, *, until: float, strict: bool
    ) -> None:
        self._views = views
        self._kind = kind
        requested = query.requested
        self._projection = parse_projection(kind, requested.attributes, requested.excluded)
        self._whole = parse_projection(kind)
        self._render = views.rendered
        self._filter: Filter | None = query.filter
        self._matches: Predicate | None = None
        self._candidates: Callable[[], list[SpaceObject]] | None = None
        self._until = until
        self.is_quick = query.filter is None and query.count <= _INLINE_RESULTS
        if query.filter is not None:
            self._filter = qualify(query.filter, kind)
            self._matches = compile_filter(
                self._filter, lookup=kind.lookup, core=(kind.core_schema,), strict=strict
            )
            self._choose(self._filter)
        if query.sort_by is not None:
            self.is_quick = False

    def _choose(self, tree: Filter) -> None:
        """Take the first equality that an index answers; else the first that will have one."""
        later: Lookup | None = None
        for term in conjuncts(tree):
            lookup = self._views.lookups.of(self._kind, term)
            if lookup is None:
                continue
            if lookup.is_indexed:
                self._take(lookup)
                return
            later = later or lookup
        if later is not None:
            self._candidates = partial(later.find, None)

    def _take(self, lookup: Lookup) -> None:
        """Have the candidates of an indexed look-up: now if they are few, else in the thread."""
        if lookup.is_bounded:
            few = lookup.find(_INLINE_RESULTS + 1)
            if len(few) <= _INLINE_RESULTS and not self._views.has_large(self._kind, few):
                self._candidates, self.is_quick = (lambda: few), True
                return
        self._candidates = partial(lookup.find, None)

    def sort_key(self, path: AttributePath) -> SortKey:
        """By what all matches of a query are ordered."""
        return compile_sort(path, lookup=self._kind.lookup, core=(self._kind.core_schema,))

    def places(self, key: SortKey) -> "Iterator[_Place]":
        """Every match by its key and its id: all of a large space are more than memory holds."""
        for resource, found in self._matching(self._objects(0)):
            yield key(resource), self, found.id

    def show(self, id: str, page: _Page) -> None:
        """Put the object of this id on the page, if it is still there."""
        found = self._views.space.get(self._kind.object_type, id)
        if found is not None:
            page.add(self.shown(found))

    def shown(self, found: SpaceObject) -> Resource:
        """The object as this query shows it."""
        return self._render(self._kind, found, self._projection)

    def fill(self, shown: _Page, *, skip: int) -> int:
        """How many results there are; those after *skip* others are on the page if it has room."""
        if self._filter is None:
            space, name = self._views.space, self._kind.object_type
            for found in space.page(name, skip, shown.room) if shown.has_room else ():
                if shown.has_room:
                    shown.add(self.shown(found))
            return space.count(name)
        total = 0
        for resource, found in self._matching(self._objects(0)):
            if skip <= total and shown.has_room:
                # What was rendered for the filter need not be rendered again.
                same = self._projection is self._whole
                shown.add(resource if same else self.shown(found))
            total += 1
        return total

    def after(self, row: int) -> Iterator[tuple[Resource, SpaceObject]]:
        """Every match behind *row*, in row order, as the query shows it."""
        for _, found in self._matching(self._objects(row)):
            yield self.shown(found), found

    def total(self) -> int:
        """How many objects of the type there are."""
        return self._views.space.count(self._kind.object_type)

    def _objects(self, after: int) -> Iterable[SpaceObject]:
        if self._candidates is not None:
            found = sorted(self._candidates(), key=lambda each: each.row)
            return [each for each in found if each.row > after]
        return self._scan(after)

    def _scan(self, after: int) -> Iterator[SpaceObject]:
        while page := self._views.space.scan(self._kind.object_type, after, SCAN_PAGE):
            yield from page
            after = page[-1].row

    def _matching(self, objects: Iterable[SpaceObject]) -> Iterator[tuple[Resource, SpaceObject]]:
        for found in objects:
            if perf_counter() > self._until:
                raise TimeoutError  # its client was told already: nobody waits for the rest
            resource = self._render(self._kind, found, self._whole)
            if self._matches is None or self._matches(resource):
                yield resource, found
