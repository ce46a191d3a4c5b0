"""The floor: what uvicorn alone answers in a second, with a stored body of 1 KB."""

from typing import Any

import orjson

from bench.people import scim_user

_META = {"resourceType": "User", "created": "2026-01-01T00:00:00Z", "location": "/Users/1"}
_BODY = orjson.dumps(scim_user(1) | {"id": "1", "meta": _META}).ljust(1024)
_HEADERS = [
    (b"content-type", b"application/scim+json"),
    (b"content-length", str(len(_BODY)).encode()),
]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer anything with the same bytes."""
    if scope["type"] == "lifespan":
        return
    if scope["method"] != "GET":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})
