"""A host on the in-memory example, answered in process: real but for the socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from ecma2py.host.application import Application
from ecma2py.host.config import parse
from ecma2py.host.hosting import Host
from ecma2py.host.tokens import TokenStore

TOKEN = "the-token-of-the-tests"
EXTENSION = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ROOT = Path(__file__).parents[2]

CONFIG = """
[host]
listen = "127.0.0.1:8585"
plain_http = true
{host}

[connectors.MEM]
type = "examples.memory_directory:MemoryDirectory"
path = '{root}'
{connector}

[connectors.MEM.parameters]
Name = "{name}"

[connectors.MEM.scim]
{scim}

[connectors.MEM.scim.mapping.User]
userName = "login"
externalId = "externalId"
displayName = "department"
title = "title"
{active}
"name.givenName" = "givenName"
"name.familyName" = "familyName"
'emails[type eq "work"].value' = "mail"
"{enterprise}:manager" = "manager"

[connectors.MEM.scim.mapping.Group]
displayName = "displayName"
externalId = "externalId"
members = "member"

{more}
"""


def config_text(
    *,
    name: str = "",
    host: str = "",
    connector: str = "",
    scim: str = "",
    more: str = "",
    active: str = 'active = "active"',
) -> str:
    """The configuration of one in-memory connector, with additions in each place."""
    return CONFIG.format(
        host=host,
        connector=connector,
        scim=scim,
        more=more,
        active=active,
        name=name or uuid4().hex,
        root=ROOT,
        enterprise=ENTERPRISE,
    )


class Client:
    """What a SCIM client does, for the connector MEM."""

    def __init__(self, host: Host, http: httpx.AsyncClient) -> None:
        self.host = host
        self.http = http

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> httpx.Response:
        """The answer to one authenticated request."""
        given = {"Authorization": f"Bearer {TOKEN}", **(headers or {})}
        url = f"/ecma2host_MEM/scim{path}"
        return await self.http.request(method, url, json=body, params=query or None, headers=given)

    async def json(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The document of a request that must succeed."""
        answer = await self.send(method, path, body, **query)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def person(self, login: str, **more: Any) -> Any:
        """A new person."""
        return await self.json("POST", "/Users", {"userName": login, **more})

    async def patch(self, path: str, *operations: dict[str, Any], **query: str) -> httpx.Response:
        """The answer to a PATCH."""
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return await self.send("PATCH", path, body, **query)

    async def found(self, endpoint: str, filter: str) -> list[Any]:
        """The resources a filter finds."""
        answer = await self.json("GET", endpoint, filter=filter)
        return answer["Resources"]  # type: ignore[no-any-return]


async def until(condition: Any, seconds: float = 10.0) -> None:
    """Return once *condition* holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is no event
            await asyncio.sleep(0.01)


def _as_served(application: Application) -> Any:
    """The application to a transport that would wait for its end, where servers wait for none."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        is_answered = asyncio.Event()

        async def tell(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                is_answered.set()

        task = asyncio.ensure_future(application(scope, receive, tell))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        answered = asyncio.ensure_future(is_answered.wait())
        await asyncio.wait([task, answered], return_when=asyncio.FIRST_COMPLETED)
        answered.cancel()
        if task.done():
            task.result()

    return answer


@asynccontextmanager
async def running(
    folder: Path, text: str | None = None, *, wait: bool = True
) -> AsyncIterator[Client]:
    """A client of a host that has imported what is there."""
    file = folder / "ecma2py.toml"
    file.write_text(text if text is not None else config_text(), encoding="utf-8")
    config = parse(file.read_text(encoding="utf-8"), file, {})
    tokens = TokenStore.in_state(config.host.state)
    if not tokens.list("MEM"):
        tokens.add("MEM", TOKEN, "tests")
    host = Host(config)
    await host.start()
    transport = httpx.ASGITransport(_as_served(Application(host)), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://any.example") as http:
        try:
            if wait:
                await until(lambda: host.is_ready or host.failed)
            yield Client(host, http)
        finally:
            await host.close()
