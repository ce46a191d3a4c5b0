"""The SCIM endpoint of one connector: which method does what on which path (RFC 7644, 3.2)."""

from functools import partial
from typing import TYPE_CHECKING, Any

from ecma2py.host.bulk import run_bulk
from ecma2py.host.http import Request, Response
from ecma2py.host.reading import Reader
from ecma2py.host.writing import Writer
from ecma2py.scim.errors import ScimError, method_not_allowed, not_found
from ecma2py.scim.listing import Listing, requested_attributes
from ecma2py.scim.projection import Projection, parse_projection
from ecma2py.scim.rendering import etag
from ecma2py.scim.types import ResourceType
from ecma2py.space import SpaceObject

if TYPE_CHECKING:
    from ecma2py.host.served import ServedConnector


class ScimEndpoint:
    """Answers the requests of authenticated clients; raises ScimError for what it refuses."""

    def __init__(self, served: "ServedConnector", reader: Reader, writer: Writer) -> None:
        self._served = served
        self._reader = reader
        self.writer = writer
        self._kinds = {kind.endpoint[1:].lower(): kind for kind in served.views.kinds}
        self._routes = {
            **{each: each for each in (*served.discovery.endpoints, "bulk", "me")},
            **dict.fromkeys(("", ".search"), "root"),
            **{head: kind.name for head, kind in self._kinds.items()},
        }
        """By the first segment in lower case."""

    async def answer(self, request: Request) -> Response:
        """The response to *request*, whose segments begin after ``/scim``; both get their route."""
        with self._served.requests:
            response = await self._answer(request)
        response.route = request.route
        return response

    async def _answer(self, request: Request) -> Response:
        segments = [each for each in request.segments if each]
        head = segments[0].lower() if segments else ""
        request.route = self._routes.get(head, "")
        documents = self._served.discovery
        if head in documents.endpoints:
            _only(request, "GET")
            return Response.json(200, documents.answer(segments, request.query))
        self._served.check_ready()
        if head == "bulk":
            _only(request, "POST")
            return await run_bulk(self, request)
        if head == "me":
            raise ScimError(501, "This endpoint knows connectors, not who is asking.")
        if head in ("", ".search"):
            return await self._root(request, head)
        kind = self._kinds.get(head)
        if kind is None or len(segments) > 2:
            raise not_found(f"There is no endpoint /{'/'.join(segments)}.")
        if len(segments) == 1:
            return await self._collection(kind, request)
        if segments[1] == ".search":
            _only(request, "POST")
            return await self._search([kind], request)
        return await self.resource(kind, segments[1], request)

    async def _root(self, request: Request, head: str) -> Response:
        _only(request, "POST" if head else "GET")
        kinds = list(self._served.views.kinds)
        return await (self._search if head else self._list)(kinds, request)

    async def _collection(self, kind: ResourceType, request: Request) -> Response:
        if request.method == "GET":
            return await self._list([kind], request)
        _only(request, "GET", "POST")
        return await self.create(kind, await self.body(request), request)

    async def _list(self, kinds: list[ResourceType], request: Request) -> Response:
        listing = self._served.views.listing(kinds)
        return await self._found(kinds, listing, listing.query(request.query))

    async def _search(self, kinds: list[ResourceType], request: Request) -> Response:
        listing = self._served.views.listing(kinds)
        return await self._found(kinds, listing, listing.search(await self.body(request)))

    async def _found(self, kinds: list[ResourceType], listing: Listing, query: Any) -> Response:
        return await self._reader.query(kinds, listing, query)

    async def create(self, kind: ResourceType, body: object, request: Request) -> Response:
        """201 with the new resource and its location."""
        self._served.check_exports()
        made = await self.writer.create(kind, body, request)
        return await self._shown(kind, made, request, 201)

    async def resource(self, kind: ResourceType, object_id: str, request: Request) -> Response:
        """What the method asks of one resource."""
        method = request.method
        if method == "GET":
            return await self._get(kind, object_id, request)
        _only(request, "GET", "PUT", "PATCH", "DELETE")
        self._served.check_exports()
        if method == "DELETE":
            await self.writer.delete(kind, object_id, request)
            return Response(204)
        write = self.writer.patch if method == "PATCH" else self.writer.replace
        after = await write(kind, object_id, await self.body(request), request)
        if after is None:
            return Response(204)
        short = method == "PATCH" and self._served.config.scim.patch_response == 204
        if short and self._projection(kind, request) is None:
            return Response(204, headers=[(b"etag", etag(after.version).encode())])
        return await self._shown(kind, after, request, 200)

    async def _get(self, kind: ResourceType, object_id: str, request: Request) -> Response:
        found = self._served.views.space.get(kind.object_type, object_id)
        if found is None:
            raise not_found(f"There is no {kind.name} with the id {object_id!r}.")
        if request.is_known(found.version):
            return Response(304, headers=[(b"etag", etag(found.version).encode())])
        return await self._shown(kind, found, request, 200)

    async def _shown(
        self, kind: ResourceType, found: SpaceObject, request: Request, status: int
    ) -> Response:
        """The resource that *found* is; a large one is written out in a thread."""
        projection = self._projection(kind, request)
        if self._served.views.is_large(kind, found):
            work = partial(self._resource, kind, found, projection, status)
            return await self._served.views.beside(work)
        return self._resource(kind, found, projection, status)

    def _resource(
        self, kind: ResourceType, found: SpaceObject, projection: Projection | None, status: int
    ) -> Response:
        location = f"{self._served.views.base_url}{kind.endpoint}/{found.id}".encode()
        headers = [(b"etag", etag(found.version).encode())]
        if status == 201:
            headers.append((b"location", location))
        shown = self._served.views.rendered(kind, found, projection or parse_projection(kind))
        return Response.json(status, shown, headers)

    def _projection(self, kind: ResourceType, request: Request) -> Projection | None:
        """What the client names in ``attributes`` or ``excludedAttributes``; None for nothing."""
        if not request.query:
            return None
        wanted = requested_attributes(request.query)
        if not wanted.attributes and not wanted.excluded:
            return None
        return parse_projection(kind, wanted.attributes, wanted.excluded)

    async def body(self, request: Request) -> Any:
        """The body as JSON; a large one is read in a thread."""
        limits = self._served.limits
        if request.is_large:
            read = partial(request.json, limits.max_json_depth, limits.max_body)
            return await self._served.views.beside(read)
        return request.json(limits.max_json_depth, limits.max_body)

    @property
    def served(self) -> "ServedConnector":
        """The connector behind this endpoint."""
        return self._served

    def kind_of(self, endpoint: str) -> ResourceType:
        """The resource type at *endpoint*, e.g. ``/Users``; 404 if there is none."""
        kind = self._kinds.get(endpoint.strip("/").lower())
        if kind is None:
            raise not_found(f"There is no endpoint {endpoint}.")
        return kind


def _only(request: Request, *methods: str) -> None:
    if request.method not in methods:
        also = ("HEAD",) if "GET" in methods else ()
        raise method_not_allowed(*methods, *also)
