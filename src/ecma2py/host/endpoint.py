"""The SCIM endpoint of one connector: which method does what on which path (RFC 7644, 3.2)."""

from ecma2py.host.bulk import run_bulk
from ecma2py.host.discovering import DiscoveryDocuments
from ecma2py.host.http import Request, Response, only
from ecma2py.host.readiness import Readiness
from ecma2py.host.reading import Reader
from ecma2py.host.resources import Resources
from ecma2py.scim.errors import ScimError, not_found
from ecma2py.scim.types import ResourceType


class ScimEndpoint:
    """Answers the requests of authenticated clients; raises ScimError for what it refuses."""

    def __init__(
        self,
        resources: Resources,
        reader: Reader,
        readiness: Readiness,
        discovery: DiscoveryDocuments,
    ) -> None:
        self._resources = resources
        self._views = resources.views
        self._reader = reader
        self._readiness = readiness
        self._discovery = discovery
        self._routes = {
            **{each: each for each in (*discovery.endpoints, "bulk", "me")},
            **dict.fromkeys(("", ".search"), "root"),
            **{head: kind.name for head, kind in resources.kinds.items()},
        }
        """By the first segment in lower case."""

    async def answer(self, request: Request) -> Response:
        """The response to *request*, whose segments begin after ``/scim``; both get their route."""
        response = await self._answer(request)
        response.route = request.route
        return response

    async def _answer(self, request: Request) -> Response:
        segments = [each for each in request.segments if each]
        head = segments[0].lower() if segments else ""
        request.route = self._routes.get(head, "")
        documents = self._discovery
        if head in documents.endpoints:
            only(request, "GET")
            return Response.json(200, documents.answer(segments, request.query))
        self._readiness.check_ready()
        if head == "bulk":
            only(request, "POST")
            return await run_bulk(self._resources, request)
        if head == "me":
            raise ScimError(501, "This endpoint knows connectors, not who is asking.")
        if head in ("", ".search"):
            return await self._root(request, head)
        kind = self._resources.kinds.get(head)
        if kind is None or len(segments) > 2:
            raise not_found(f"There is no endpoint /{'/'.join(segments)}.")
        if len(segments) == 1:
            return await self._collection(kind, request)
        if segments[1] == ".search":
            only(request, "POST")
            return await self._search([kind], request)
        return await self._resources.resource(kind, segments[1], request)

    async def _root(self, request: Request, head: str) -> Response:
        only(request, "POST" if head else "GET")
        kinds = list(self._views.kinds)
        return await (self._search if head else self._list)(kinds, request)

    async def _collection(self, kind: ResourceType, request: Request) -> Response:
        if request.method == "GET":
            return await self._list([kind], request)
        only(request, "GET", "POST")
        body = await self._resources.body(request)
        return await self._resources.create(kind, body, request)

    async def _list(self, kinds: list[ResourceType], request: Request) -> Response:
        listing = self._views.listing(kinds)
        return await self._reader.query(kinds, listing, listing.query(request.query))

    async def _search(self, kinds: list[ResourceType], request: Request) -> Response:
        listing = self._views.listing(kinds)
        query = listing.search(await self._resources.body(request))
        return await self._reader.query(kinds, listing, query)
