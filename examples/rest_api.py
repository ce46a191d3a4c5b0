"""A REST API as a connected system: paged reads, a change feed, and an error for each status."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from ecma2py import (
    AccessDeniedError,
    AttributeType,
    BadServerCredentialsError,
    Connector,
    CSEntryChange,
    DroppedConnectionError,
    EntryExportError,
    ExportRun,
    ImportRun,
    MAExportError,
    ObjectAlreadyExistsError,
    ObjectModificationType,
    ObjectNotFoundError,
    Parameter,
    Schema,
    SchemaAttribute,
    SchemaType,
    ServerBusyError,
    ServerDownError,
    Value,
    apply_change,
)

ERRORS: dict[int, type[Exception]] = {
    401: BadServerCredentialsError,
    403: AccessDeniedError,
    404: ObjectNotFoundError,
    409: ObjectAlreadyExistsError,
    429: ServerBusyError,
    503: DroppedConnectionError,
}


class RestApi(Connector, delta_import=True):
    """People behind an HTTP API with a change feed."""

    url = Parameter.string("URL", required=True, validation="https?://.+")
    token = Parameter.secret("API token", required=True)

    def schema(self) -> Schema:
        """A person as the API documents it; the server makes the id."""
        person = SchemaType(
            "person",
            [
                SchemaAttribute.anchor("id", AttributeType.INTEGER),
                SchemaAttribute.single("login", required=True),
                SchemaAttribute.single("name"),
                SchemaAttribute.single("active", AttributeType.BOOLEAN),
                SchemaAttribute.multi("skills"),
            ],
        )
        return Schema([person])

    def check(self) -> None:
        """The API answers, and takes the token."""
        self._call("GET", "/people?limit=1")

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """The people page by page, or the feed of changes since the watermark."""
        since = run.watermark if run.is_delta else None
        after = 0
        while True:
            query = f"?after={after}&limit={run.page_size}" + (f"&since={since}" if since else "")
            run.reading()
            page = self._call("GET", f"/people{query}")
            run.next_watermark = run.next_watermark or str(page["now"])
            for person in page["items"]:
                after = person.pop("id")
                if person.pop("deleted", False):
                    yield CSEntryChange.delete("person", {"id": after})
                else:
                    make = CSEntryChange.replace if run.is_delta else CSEntryChange.add
                    yield make("person", {"id": after}, attributes=person)
            if not page["items"]:
                return

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value] | None:
        """One request for each change; a new person's id comes back from the server."""
        kind = change.object_modification_type
        if kind is ObjectModificationType.ADD:
            made = self._call("POST", "/people", dict(change.attributes))
            return {"id": made["id"]}
        path = f"/people/{quote(str(change.anchor['id']), safe='')}"
        if kind is ObjectModificationType.DELETE:
            self._call("DELETE", path)
            return None
        before = self._call("GET", path)
        after = apply_change(before, change)
        changed = {name: after.get(name) for name in change.changed_attribute_names}
        self._call("PATCH", path, changed)
        return None

    def _call(self, method: str, path: str, body: object = None) -> Any:
        request = Request(
            self.url.rstrip("/") + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.token.reveal()}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urlopen(request, timeout=30) as answer:
                content = answer.read()
        except HTTPError as error:
            with error:
                detail = error.read().decode(errors="replace") or error.reason
            kind = ERRORS.get(error.code)
            if kind is None:
                raise EntryExportError(
                    f"{method} {path} was answered {error.code}: {detail}",
                    MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
                ) from error
            raise kind(f"{method} {path}: {detail}") from error
        except URLError as error:
            raise ServerDownError(f"{self.url} cannot be reached: {error.reason}.") from error
        return json.loads(content) if content else None
