"""scim2-server on ASGI: in memory, indexed by userName, with a bearer token as its command has."""

import asyncio
import json
import logging
import os
from typing import Any

from scim2_models import ScimProvider, UnauthorizedException
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

from bench.people import scim_user
from bench.processes import TOKEN

logging.getLogger("scim2_server").setLevel(logging.ERROR)


class _Application(ASGIApplication):
    def check_auth(self, request: ScimRequest) -> None:
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or token != TOKEN:
            raise UnauthorizedException


def _make() -> _Application:
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(),
        load_default_resource_types().values(),
        config=load_default_service_provider_config(),
    )
    service = ScimService(provider, secret="bench")
    return _Application(AsyncInMemoryStorage(), provider, service=service)


async def _load(made: _Application, people: int) -> None:
    """Put the people in as any client would, so that every index has them."""
    storage: Any = made.storage
    with made.provider:
        kind = made.service.resource_type_at("/Users")
        for number in range(1, people + 1):
            resource = made.service.read_creation(
                kind, json.dumps(scim_user(number)).encode(), "application/scim+json"
            )
            storage.storage.create(kind, resource)


application = _make()
asyncio.run(_load(application, int(os.environ["BENCH_PEOPLE"])))
