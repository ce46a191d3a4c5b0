"""Bulk requests: RFC 7644 section 3.7, many operations in one body.

:func:`parse_bulk` makes a :class:`BulkJob`; whoever runs it takes operations from the job, says how
each ended, and sends the job's answer. Operations run in the order of the request, except that a
POST whose ``bulkId`` is referred to runs before whoever refers to it.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from attrs import define, field, frozen

from ecma2py.scim.errors import (
    ScimError,
    invalid_path,
    invalid_syntax,
    invalid_value,
    too_large,
)
from ecma2py.values import is_unicode

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

METHODS = ("POST", "PUT", "PATCH", "DELETE")
MAX_BULK_ID = 256
"""Characters of one ``bulkId``."""

_PREFIX = "bulkId:"
_QUOTED = re.compile(r'"bulkId:([^"\\]+)"')


@frozen
class BulkLimits:
    """What ``ServiceProviderConfig`` announces as ``bulk``."""

    max_operations: int = field(default=1000, kw_only=True)
    max_payload_size: int = field(default=1024 * 1024, kw_only=True)
    """Bytes of one request body."""


@define
class BulkOperation:
    """One request within a bulk request; references are resolved once the job hands it out."""

    index: int
    """The place in the request, from 0."""
    method: str
    endpoint: str = field(kw_only=True)
    """Such as ``/Users``."""
    resource_id: str | None = field(default=None, kw_only=True)
    """None for a POST."""
    bulk_id: str | None = field(default=None, kw_only=True)
    version: str | None = field(default=None, kw_only=True)
    """The ETag that must still be current, as ``If-Match`` would say."""
    data: Any = field(default=None, kw_only=True)
    _sites: list["_Site"] = field(factory=list, kw_only=True, repr=False, alias="sites")
    _fault: ScimError | None = field(default=None, kw_only=True, repr=False, alias="fault")


@frozen
class _Site:
    """A place in the JSON of an operation that holds references to resources not yet created."""

    container: Any
    """A dict, a list, or None where the path of the operation refers to the resource."""
    key: Any
    bulk_ids: tuple[str, ...]

    def fill(self, operation: BulkOperation, ids: dict[str, str]) -> None:
        if self.container is None:
            operation.resource_id = ids[self.bulk_ids[0]]
            return
        text = self.container[self.key]
        if text.startswith(_PREFIX):
            self.container[self.key] = ids[self.bulk_ids[0]]
        else:
            self.container[self.key] = _QUOTED.sub(lambda m: f'"{ids[m.group(1)]}"', text)


class BulkJob:
    """Every operation is handed out once, after the POSTs it refers to, or answered with an error.

    Iterate over :meth:`batches` (or over the job, one operation at a time) and report each
    operation to :meth:`succeed` or :meth:`fail` before asking for the next batch. After
    ``failOnErrors`` errors nothing more is handed out.
    """

    __slots__ = (
        "_answers",
        "_creators",
        "_fail_on_errors",
        "_ids",
        "_order",
        "_url",
        "errors",
        "operations",
    )

    def __init__(
        self, operations: list[BulkOperation], *, fail_on_errors: int | None, base_url: str
    ) -> None:
        self.operations = operations
        self.errors = 0
        """Operations that failed so far."""
        self._fail_on_errors = fail_on_errors
        self._url = base_url.rstrip("/")
        self._ids: dict[str, str] = {}
        self._answers: dict[int, dict[str, object]] = {}
        self._creators = _creators(operations)
        self._order = _plan(operations, self._creators)

    @property
    def stopped(self) -> bool:
        """True once as many operations failed as the client accepts."""
        return self._fail_on_errors is not None and self.errors >= self._fail_on_errors

    def batches(self, limit: int) -> Iterator[list[BulkOperation]]:
        """Runs of up to *limit* operations of one method that do not depend on one another.

        The operations of a batch may run at the same time. With ``failOnErrors`` each stands alone,
        since what comes after the last accepted error must not happen.
        """
        if self._fail_on_errors is not None:
            limit = 1
        batch: list[BulkOperation] = []
        for operation in self._order:
            if batch and (len(batch) >= limit or self._depends(operation, batch)):
                yield batch
                batch = []
            # Asked here, after the batch before has been reported: then its ids are known.
            if self.stopped:
                return
            if self._resolve(operation):
                batch.append(operation)
        if batch:
            yield batch

    def succeed(
        self,
        operation: BulkOperation,
        *,
        status: int,
        resource_id: str | None = None,
        version: str | None = None,
    ) -> None:
        """Note that *operation* was done; a POST needs the id of the resource it created."""
        if operation.method == "POST":
            if resource_id is None:
                raise ValueError("A POST that succeeded has created a resource: give its id.")
            operation.resource_id = resource_id
            if operation.bulk_id is not None:
                self._ids[operation.bulk_id] = resource_id
        answer = self._answer(operation, status)
        if version is not None:
            answer["version"] = version

    def fail(self, operation: BulkOperation, error: ScimError) -> None:
        """Note that *operation* was refused with *error*."""
        self.errors += 1
        self._answer(operation, error.status)["response"] = error.body()

    def response(self) -> dict[str, object]:
        """The ``BulkResponse``: one entry for each operation that was tried, in request order."""
        entries = [self._answers[index] for index in sorted(self._answers)]
        return {"schemas": [BULK_RESPONSE], "Operations": entries}

    def _answer(self, operation: BulkOperation, status: int) -> dict[str, object]:
        answer: dict[str, object] = {"method": operation.method}
        if operation.bulk_id is not None:
            answer["bulkId"] = operation.bulk_id
        if operation.resource_id is not None:
            path = f"{operation.endpoint}/{operation.resource_id}"
            answer["location"] = f"{self._url}{quote(path)}"
        answer["status"] = str(status)
        self._answers[operation.index] = answer
        return answer

    def _resolve(self, operation: BulkOperation) -> bool:
        """Put ids in the place of references; False, and the operation failed, if one has none."""
        error = operation._fault or self._reference_fault(operation)
        if error is not None:
            self.fail(operation, error)
            return False
        for site in operation._sites:
            site.fill(operation, self._ids)
        return True

    def _depends(self, operation: BulkOperation, batch: list[BulkOperation]) -> bool:
        """Whether *operation* must wait until *batch* is done."""
        if operation.method != batch[0].method:
            return True
        if operation.method == "POST":
            made = {one.bulk_id for one in batch}
            return any(bulk_id in made for bulk_id in _references(operation))
        resource_id = operation.resource_id
        if resource_id is None and operation._sites:
            resource_id = self._ids.get(operation._sites[0].bulk_ids[0])
        return any(resource_id == one.resource_id for one in batch)

    def _reference_fault(self, operation: BulkOperation) -> ScimError | None:
        for bulk_id in _references(operation):
            if bulk_id in self._ids:
                continue
            creator = self._creators.get(bulk_id)
            if creator is None:
                return invalid_value(f"No POST of this request has the bulkId {bulk_id!r:.99}")
            if creator.index in self._answers:
                return ScimError(409, f"The POST with the bulkId {bulk_id!r:.99} failed")
            return ScimError(
                409,
                f"Operations refer to one another in a circle through the bulkId {bulk_id!r:.99}: "
                "create them first, and refer to them in a later PATCH",
            )
        return None


def parse_bulk(
    body: object, *, size: int, base_url: str, limits: BulkLimits = BulkLimits()
) -> BulkJob:
    """The job that a ``BulkRequest`` of *size* bytes asks for; *body* is taken over and changed.

    Raises :class:`ScimError`: 413 past a limit, 400 for a body that is no bulk request. What is
    wrong with one operation becomes the answer to that operation.
    """
    check_payload(size, limits)
    if not isinstance(body, dict):
        raise invalid_syntax("A bulk request is a JSON object")
    members = {str(key).lower(): value for key, value in body.items()}
    schemas = members.get("schemas")
    if schemas is not None and schemas not in (BULK_REQUEST, [BULK_REQUEST]):
        raise invalid_syntax(f"The schemas of a bulk request are [{BULK_REQUEST!r}]")
    entries = members.get("operations")
    if not isinstance(entries, list):
        raise invalid_syntax("A bulk request has a list called Operations")
    if len(entries) > limits.max_operations:
        raise too_large(
            f"The request has {len(entries)} operations and maxOperations is "
            f"{limits.max_operations}: send it in parts"
        )
    accepted = members.get("failonerrors")
    if accepted is not None and (type(accepted) is not int or accepted < 1):
        raise invalid_value("failOnErrors must be an integer of 1 or more")
    operations = [_operation(index, entry) for index, entry in enumerate(entries)]
    return BulkJob(operations, fail_on_errors=accepted, base_url=base_url)


def check_payload(size: int, limits: BulkLimits) -> None:
    """Return only if a body of *size* bytes is within the limit; else :class:`ScimError` 413."""
    if size > limits.max_payload_size:
        raise too_large(
            f"The request has {size} bytes and maxPayloadSize is {limits.max_payload_size}: "
            "send it in parts"
        )


def _operation(index: int, entry: object) -> BulkOperation:
    """The operation an entry describes; what is wrong with it is kept as its fault."""
    if not isinstance(entry, dict):
        fault = invalid_syntax("An operation of a bulk request is a JSON object")
        return BulkOperation(index, "", endpoint="", fault=fault)
    members = {str(key).lower(): value for key, value in entry.items()}
    operation = BulkOperation(index, "", endpoint="")
    try:
        _check_operation(operation, members)
        _split_path(operation, members.get("path"))
    except ScimError as error:
        operation._fault = error
        return operation
    operation._sites.extend(_sites_in(operation.data))
    return operation


def _check_operation(operation: BulkOperation, members: dict[str, object]) -> None:
    bulk_id, method = members.get("bulkid"), members.get("method")
    if bulk_id is not None:
        if not isinstance(bulk_id, str) or not 0 < len(bulk_id) <= MAX_BULK_ID:
            raise invalid_value(f"bulkId must be a string of 1 to {MAX_BULK_ID} characters")
        if not is_unicode(bulk_id):
            raise invalid_value("bulkId holds half of a surrogate pair")
        operation.bulk_id = bulk_id
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise invalid_syntax(f"The method of an operation is one of {', '.join(METHODS)}")
    operation.method = method.upper()
    version = members.get("version")
    if version is not None and not isinstance(version, str):
        raise invalid_value("version must be a string: the ETag of the resource")
    operation.version = version
    if operation.method == "DELETE":
        return
    operation.data = members.get("data")
    if not isinstance(operation.data, dict):
        raise invalid_syntax(f"A {operation.method} needs data, a JSON object")


def _split_path(operation: BulkOperation, path: object) -> None:
    """Read ``/Users`` or ``/Users/<id>``, where the id may be ``bulkId:<reference>``."""
    if not isinstance(path, str) or not is_unicode(path):
        raise invalid_path("An operation needs a path such as /Users or /Users/<id>")
    segments = [unquote(segment) for segment in path.strip("/").split("/")]
    wanted = 1 if operation.method == "POST" else 2
    if len(segments) != wanted or not all(segments) or "?" in path or "#" in path:
        example = "/Users" if wanted == 1 else "/Users/<id>"
        raise invalid_path(f"A {operation.method} needs a path such as {example}: {path!r:.99}")
    operation.endpoint = f"/{segments[0]}"
    if wanted == 2:
        if segments[1].startswith(_PREFIX):
            operation._sites.append(_Site(None, None, (segments[1].removeprefix(_PREFIX),)))
        else:
            operation.resource_id = segments[1]


def _sites_in(data: object) -> Iterator[_Site]:
    """Every string in *data* that is a reference, and every PATCH path that quotes one."""
    pending: list[Any] = [data]
    while pending:
        container = pending.pop()
        if isinstance(container, dict):
            items: Iterator[tuple[Any, Any]] = iter(container.items())
        elif isinstance(container, list):
            items = iter(enumerate(container))
        else:
            continue
        for key, value in items:
            if not isinstance(value, str):
                pending.append(value)
            elif value.startswith(_PREFIX):
                yield _Site(container, key, (value.removeprefix(_PREFIX),))
            elif key == "path" and (quoted := _QUOTED.findall(value)):
                yield _Site(container, key, tuple(quoted))


def _references(operation: BulkOperation) -> Iterator[str]:
    for site in operation._sites:
        yield from site.bulk_ids


def _creators(operations: list[BulkOperation]) -> dict[str, BulkOperation]:
    """The POST of each bulkId; a second POST with the same one is at fault."""
    creators: dict[str, BulkOperation] = {}
    for operation in operations:
        if operation.method != "POST" or operation.bulk_id is None:
            continue
        if creators.setdefault(operation.bulk_id, operation) is not operation:
            operation._fault = invalid_value(
                f"The bulkId {operation.bulk_id!r:.99} is used by an earlier POST of this request"
            )
    return creators


def _plan(
    operations: list[BulkOperation], creators: dict[str, BulkOperation]
) -> list[BulkOperation]:
    """Request order, each POST moved before the first operation that needs it.

    Depth first with a stack of its own: a chain of references may be as long as the request. In a
    circle one operation comes before what it refers to, and fails when it is its turn.
    """
    order: dict[int, BulkOperation] = {}
    entered: set[int] = set()
    for root in operations:
        if root.index in entered:
            continue
        entered.add(root.index)
        pending = [(root, _references(root))]
        while pending:
            operation, references = pending[-1]
            bulk_id = next(references, None)
            if bulk_id is None:
                pending.pop()
                order[operation.index] = operation
            elif (creator := creators.get(bulk_id)) is not None and creator.index not in entered:
                entered.add(creator.index)
                pending.append((creator, _references(creator)))
    return list(order.values())
