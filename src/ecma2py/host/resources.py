"""Single resources: made, shown, changed and deleted, by their own requests and in Bulk."""

from functools import partial
from typing import Any

from attrs import define, field

from ecma2py.host.config import Limits
from ecma2py.host.http import Request, Response, only
from ecma2py.host.readiness import Readiness
from ecma2py.host.views import Views
from ecma2py.host.writing import Writer
from ecma2py.scim.errors import not_found
from ecma2py.scim.listing import requested_attributes
from ecma2py.scim.projection import Projection, parse_projection
from ecma2py.scim.rendering import etag
from ecma2py.scim.types import ResourceType
from ecma2py.space import SpaceObject


@define(eq=False)
class Resources:
    """The resources of one connector; raises ScimError for what it refuses."""

    views: Views
    _writer: Writer
    _readiness: Readiness
    limits: Limits = field(kw_only=True)
    _patch_response: int = field(kw_only=True)
    """The status of a PATCH of which the client wants to see nothing."""
    kinds: dict[str, ResourceType] = field(init=False)
    """By the first segment of their paths, in lower case."""

    def __attrs_post_init__(self) -> None:
        self.kinds = {kind.endpoint[1:].lower(): kind for kind in self.views.kinds}

    def kind_of(self, endpoint: str) -> ResourceType:
        """The resource type at *endpoint*, e.g. ``/Users``; 404 if there is none."""
        kind = self.kinds.get(endpoint.strip("/").lower())
        if kind is None:
            raise not_found(f"There is no endpoint {endpoint}.")
        return kind

    async def body(self, request: Request) -> Any:
        """The body as JSON; a large one is read in a thread."""
        limits = self.limits
        if request.is_large:
            read = partial(request.json, limits.max_json_depth, limits.max_body)
            return await self.views.beside(read)
        return request.json(limits.max_json_depth, limits.max_body)

    async def create(self, kind: ResourceType, body: object, request: Request) -> Response:
        """201 with the new resource and its location."""
        self._readiness.check_exports()
        made = await self._writer.create(kind, body, request)
        return await self._shown(kind, made, request, 201)

    async def resource(self, kind: ResourceType, object_id: str, request: Request) -> Response:
        """What the method asks of one resource."""
        method = request.method
        if method == "GET":
            return await self._get(kind, object_id, request)
        only(request, "GET", "PUT", "PATCH", "DELETE")
        self._readiness.check_exports()
        if method == "DELETE":
            await self._writer.delete(kind, object_id, request)
            return Response(204)
        write = self._writer.patch if method == "PATCH" else self._writer.replace
        after = await write(kind, object_id, await self.body(request), request)
        if after is None:
            return Response(204)
        short = method == "PATCH" and self._patch_response == 204
        if short and self._projection(kind, request) is None:
            return Response(204, headers=[(b"etag", etag(after.version).encode())])
        return await self._shown(kind, after, request, 200)

    async def _get(self, kind: ResourceType, object_id: str, request: Request) -> Response:
        found = self.views.space.get(kind.object_type, object_id)
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
        if self.views.is_large(kind, found):
            work = partial(self._resource, kind, found, projection, status)
            return await self.views.beside(work)
        return self._resource(kind, found, projection, status)

    def _resource(
        self, kind: ResourceType, found: SpaceObject, projection: Projection | None, status: int
    ) -> Response:
        location = f"{self.views.base_url}{kind.endpoint}/{found.id}".encode()
        headers = [(b"etag", etag(found.version).encode())]
        if status == 201:
            headers.append((b"location", location))
        shown = self.views.rendered(kind, found, projection or parse_projection(kind))
        return Response.json(status, shown, headers)

    def _projection(self, kind: ResourceType, request: Request) -> Projection | None:
        """What the client names in ``attributes`` or ``excludedAttributes``; None for nothing."""
        if not request.query:
            return None
        wanted = requested_attributes(request.query)
        if not wanted.attributes and not wanted.excluded:
            return None
        return parse_projection(kind, wanted.attributes, wanted.excluded)
