"""Where the discovery documents are found: /ServiceProviderConfig, /Schemas, /ResourceTypes."""

from ecma2py.scim.discovery import Discovery, check_discovery_query
from ecma2py.scim.errors import not_found


class DiscoveryDocuments:
    """The discovery endpoints of one connector; their names count in any case."""

    endpoints = frozenset({"serviceproviderconfig", "schemas", "resourcetypes"})

    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery

    def answer(self, segments: list[str], query: list[tuple[str, str]]) -> object:
        """The document at a path whose first segment is one of ``endpoints``."""
        check_discovery_query(query)
        documents = self._discovery
        head = segments[0].lower()
        if len(segments) == 1:
            return {
                "serviceproviderconfig": documents.service_provider_config,
                "schemas": documents.schemas,
                "resourcetypes": documents.resource_types,
            }[head]
        if len(segments) == 2 and head == "schemas":
            return documents.schema(segments[1])
        if len(segments) == 2 and head == "resourcetypes":
            return documents.resource_type(segments[1])
        raise not_found(f"There is no document /{'/'.join(segments)}.")
