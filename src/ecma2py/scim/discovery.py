"""The discovery documents: RFC 7643 sections 5 to 7, served as RFC 7644 section 4 asks.

They depend on the configuration alone, so a :class:`Discovery` makes them once.
"""

from collections.abc import Iterable

from attrs import field, frozen

from ecma2py.scim.bulk import BulkLimits
from ecma2py.scim.errors import ScimError, not_found
from ecma2py.scim.listing import list_response
from ecma2py.scim.protocol_schemas import protocol_schemas
from ecma2py.scim.schemas import (
    PROVIDER_CONFIG,
    RESOURCE_TYPE,
    SCHEMA,
    Document,
    resource_schemas,
)
from ecma2py.scim.types import ResourceType


@frozen(kw_only=True)
class AuthenticationScheme:
    """One way a client shows who it is (RFC 7643 section 5)."""

    type: str = "oauthbearertoken"
    name: str = "Bearer token"
    description: str = "A token of this connector in the Authorization header"
    spec_uri: str | None = "https://www.rfc-editor.org/info/rfc6750"
    primary: bool = True


@frozen(kw_only=True)
class ProviderSettings:
    """What ``/ServiceProviderConfig`` announces beyond what is always served."""

    bulk: BulkLimits = field(factory=BulkLimits)
    default_count: int = 100
    max_count: int = 1000
    cursor_timeout: int | None = 3600
    """Seconds; None where cursors do not expire."""
    change_password: bool = False
    documentation_uri: str | None = None
    authentication: tuple[AuthenticationScheme, ...] = (AuthenticationScheme(),)


def check_discovery_query(parameters: Iterable[tuple[str, str]]) -> None:
    """Return only without a filter: 403 for one, since nothing is left out of these documents.

    All other parameters of a query are ignored (RFC 7644 section 4).
    """
    if any(name.lower() == "filter" for name, _ in parameters):
        raise ScimError(403, "Discovery documents cannot be filtered: ask without a filter")


class Discovery:
    """Every discovery document of one connector; ``meta.location`` begins with the base URL."""

    __slots__ = ("_by_name", "_by_urn", "resource_types", "schemas", "service_provider_config")

    def __init__(
        self,
        resource_types: Iterable[ResourceType],
        *,
        base_url: str,
        settings: ProviderSettings | None = None,
    ) -> None:
        base, types = base_url.rstrip("/"), tuple(resource_types)
        self._by_urn = _schema_documents(types, base)
        self._by_name = {each.name: _resource_type(each, self._by_urn, base) for each in types}
        self.service_provider_config = _provider_config(settings or ProviderSettings(), base)
        self.schemas = _listed(self._by_urn.values())
        """A ``ListResponse`` with every schema once."""
        self.resource_types = _listed(self._by_name.values())
        """A ``ListResponse`` with every resource type."""

    def schema(self, urn: str) -> Document:
        """The document of one schema, its URN in any case; :class:`ScimError` 404 for no schema."""
        document = self._by_urn.get(urn.lower())
        if document is None:
            raise not_found(f"No schema has the URN {urn!r:.200}: /Schemas lists them all")
        return document

    def resource_type(self, name: str) -> Document:
        """The document of one resource type; :class:`ScimError` 404 for no type."""
        document = self._by_name.get(name)
        if document is None:
            raise not_found(f"No resource type is called {name!r:.200}: /ResourceTypes lists all")
        return document


def _listed(documents: Iterable[Document]) -> Document:
    resources = list(documents)
    return list_response(resources, total=len(resources), start_index=1)


def _meta(resource_type: str, location: str) -> Document:
    return {"resourceType": resource_type, "location": location}


def _schema_documents(types: tuple[ResourceType, ...], base: str) -> dict[str, Document]:
    """Every schema by its lower-case URN."""
    names = [each.name for each in types]
    described = [found for each in types for found in resource_schemas(each, names)]
    return {
        urn.lower(): {
            "schemas": [SCHEMA],
            "id": urn,
            "name": name,
            "description": description,
            "attributes": attributes,
            "meta": _meta("Schema", f"{base}/Schemas/{urn}"),
        }
        for urn, name, description, attributes in (*described, *protocol_schemas())
    }


def _resource_type(
    resource_type: ResourceType, schemas: dict[str, Document], base: str
) -> Document:
    return {
        "schemas": [RESOURCE_TYPE],
        "id": resource_type.name,
        "name": resource_type.name,
        "description": f"Objects of type {resource_type.object_type!r}",
        "endpoint": resource_type.endpoint,
        "schema": resource_type.core_schema,
        "schemaExtensions": [
            {"schema": urn, "required": _is_required(schemas[urn.lower()])}
            for urn in resource_type.extensions
        ],
        "meta": _meta("ResourceType", f"{base}/ResourceTypes/{resource_type.name}"),
    }


def _is_required(schema: Document) -> bool:
    """True if an object cannot be created without an attribute of this schema."""
    attributes = schema["attributes"]
    return isinstance(attributes, list) and any(each["required"] for each in attributes)


def _provider_config(settings: ProviderSettings, base: str) -> Document:
    document: Document = {"schemas": [PROVIDER_CONFIG]}
    if settings.documentation_uri is not None:
        document["documentationUri"] = settings.documentation_uri
    return document | {
        "patch": {"supported": True},
        "bulk": {
            "supported": True,
            "maxOperations": settings.bulk.max_operations,
            "maxPayloadSize": settings.bulk.max_payload_size,
        },
        "filter": {"supported": True, "maxResults": settings.max_count},
        "changePassword": {"supported": settings.change_password},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": _pagination(settings),
        "authenticationSchemes": [_scheme(each) for each in settings.authentication],
        "meta": _meta("ServiceProviderConfig", f"{base}/ServiceProviderConfig"),
    }


def _pagination(settings: ProviderSettings) -> Document:
    """RFC 9865 section 4."""
    document: Document = {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": settings.default_count,
        "maxPageSize": settings.max_count,
    }
    if settings.cursor_timeout is not None:
        document["cursorTimeout"] = settings.cursor_timeout
    return document


def _scheme(scheme: AuthenticationScheme) -> Document:
    document: Document = {
        "type": scheme.type,
        "name": scheme.name,
        "description": scheme.description,
        "primary": scheme.primary,
    }
    if scheme.spec_uri is not None:
        document["specUri"] = scheme.spec_uri
    return document
