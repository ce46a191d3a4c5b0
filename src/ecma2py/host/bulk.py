"""Bulk requests: each operation goes the way it would go by itself (RFC 7644 section 3.7)."""

import asyncio
from collections.abc import Callable
from functools import partial

from ecma2py.host.departure import departure
from ecma2py.host.http import Request, Response
from ecma2py.host.logs import request_logger
from ecma2py.host.resources import Resources
from ecma2py.scim.bulk import BulkJob, BulkLimits, BulkOperation, parse_bulk
from ecma2py.scim.errors import ScimError

AT_ONCE = 64
"""Operations of one request that wait for the connector together."""


async def run_bulk(resources: Resources, request: Request) -> Response:
    """200 with an answer for each operation; what fails fails by itself."""
    views, limits = resources.views, resources.limits
    body = await resources.body(request)

    def read() -> BulkJob:
        allowed = BulkLimits(
            max_operations=limits.max_bulk_operations, max_payload_size=limits.max_body
        )
        size = len(request.body)
        return parse_bulk(body, size=size, limits=allowed, base_url=views.base_url)

    job = await views.beside(read) if request.is_large else read()
    if (way := departure.get()) is not None:
        # Some operations are done before others begin: a part of them cannot be kept back.
        way.leave()
        departure.set(None)
    batches = job.batches(AT_ONCE)
    next_batch: Callable[[], list[BulkOperation]] = partial(next, batches, [])
    while batch := await views.beside(next_batch) if request.is_large else next_batch():
        await asyncio.gather(*(_run(resources, job, each, request) for each in batch))
    return Response.json(200, job.response())


async def _run(
    resources: Resources, job: BulkJob, operation: BulkOperation, request: Request
) -> None:
    try:
        kind = resources.kind_of(operation.endpoint)
        if operation.method == "POST":
            made = await resources.create(kind, operation.data, request)
            told = dict(made.headers)
            job.succeed(
                operation,
                status=201,
                resource_id=told[b"location"].decode().rsplit("/", 1)[1],
                version=told[b"etag"].decode(),
            )
            return
        headers = {b"if-match": operation.version.encode()} if operation.version else {}
        single = Request(
            operation.method,
            [],
            [],
            headers,
            request.body,  # as much is done in threads for each operation as for all of them
            label=request.label,
            document=operation.data,
        )
        done = await resources.resource(kind, operation.resource_id or "", single)
        tag = dict(done.headers).get(b"etag")
        job.succeed(operation, status=done.status, version=tag.decode() if tag else None)
    except ScimError as error:
        job.fail(operation, error)
    except Exception:  # noqa: BLE001  the others are done, and their answers are to be told
        request_logger().exception("bulk operation failed", connector=resources.views.name)
        job.fail(operation, ScimError(500, "The host failed; its log says why."))
