"""The schemas of SCIM's own documents (RFC 7643 sections 5 to 7 and RFC 9865 section 4)."""

from ecma2py.scim.schemas import PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA, Document, attribute


def protocol_schemas() -> list[tuple[str, str, str, list[Document]]]:
    """URN, name, description and attributes of what the discovery endpoints answer with."""
    return [
        (
            PROVIDER_CONFIG,
            "ServiceProviderConfig",
            "Which parts of the protocol are served, and within which limits",
            _provider_config(),
        ),
        (
            RESOURCE_TYPE,
            "ResourceType",
            "Where the resources of a type are, and which schemas they have",
            _resource_type(),
        ),
        (SCHEMA, "Schema", "The attributes of a schema and how they behave", _schema()),
    ]


def _text(name: str, description: str, *, required: bool = False) -> Document:
    return attribute(name, description=description, required=required)


def _exact(name: str, description: str, *, required: bool = False) -> Document:
    return attribute(name, description=description, required=required, case_exact=True)


def _words(name: str, description: str) -> Document:
    return attribute(name, description=description, multi_valued=True, case_exact=True)


def _flag(name: str, description: str, *, required: bool = True) -> Document:
    return attribute(name, "boolean", description=description, required=required)


def _number(name: str, description: str, *, required: bool = True) -> Document:
    return attribute(name, "integer", description=description, required=required)


def _url(name: str, description: str, *, to: str = "external", required: bool = False) -> Document:
    return attribute(
        name,
        "reference",
        description=description,
        required=required,
        case_exact=True,
        refers_to=[to],
    )


def _complex(
    name: str,
    description: str,
    *parts: Document,
    required: bool = True,
    multi_valued: bool = False,
) -> Document:
    return attribute(
        name,
        "complex",
        description=description,
        required=required,
        multi_valued=multi_valued,
        parts=parts,
    )


def _provider_config() -> list[Document]:
    supported = _flag("supported", "Whether it is served")
    return [
        _url("documentationUri", "Where people read about this service"),
        _complex("patch", "PATCH", supported),
        _complex(
            "bulk",
            "Bulk requests",
            supported,
            _number("maxOperations", "Operations of one request"),
            _number("maxPayloadSize", "Bytes of one request"),
        ),
        _complex("filter", "Filters", supported, _number("maxResults", "Resources of one answer")),
        _complex("changePassword", "Changes of passwords", supported),
        _complex("sort", "Sorting", supported),
        _complex("etag", "Entity tags", supported),
        _complex(
            "pagination",
            "Paging",
            _flag("cursor", "Whether pages are reached by cursor"),
            _flag("index", "Whether pages are reached by index"),
            _text("defaultPaginationMethod", "What a query without either uses"),
            _number("defaultPageSize", "Resources of a page without count", required=False),
            _number("maxPageSize", "Resources of the largest page", required=False),
            _number("cursorTimeout", "Seconds a cursor is good for", required=False),
            required=False,
        ),
        _complex(
            "authenticationSchemes",
            "How clients show who they are",
            _text("type", "The kind of scheme", required=True),
            _text("name", "What the scheme is called", required=True),
            _text("description", "What the scheme does", required=True),
            _url("specUri", "Where the scheme is specified"),
            _url("documentationUri", "Where its use is described"),
            _flag("primary", "Whether it is preferred", required=False),
            multi_valued=True,
        ),
    ]


def _resource_type() -> list[Document]:
    return [
        _text("name", "What the type is called", required=True),
        _text("description", "What the type is"),
        _url("endpoint", "Where its resources are, below the base URL", to="uri", required=True),
        _url("schema", "URN of its base schema", to="uri", required=True),
        _complex(
            "schemaExtensions",
            "The extensions its resources may have",
            _url("schema", "URN of the extension", to="uri", required=True),
            _flag("required", "Whether every resource has it"),
            required=False,
            multi_valued=True,
        ),
    ]


def _schema() -> list[Document]:
    # RFC 7643 section 7 nests this once: sub-attributes have no sub-attributes.
    nested = _characteristics()
    parts = _complex("subAttributes", "The parts of it", *nested, required=False, multi_valued=True)
    return [
        _text("name", "What the schema is called", required=True),
        _text("description", "What the schema is for"),
        _complex(
            "attributes",
            "The attributes it defines",
            *_characteristics(),
            parts,
            multi_valued=True,
        ),
    ]


def _characteristics() -> list[Document]:
    return [
        _exact("name", "What the attribute is called", required=True),
        _text("type", "The type of its values", required=True),
        _flag("multiValued", "Whether it holds several values"),
        _exact("description", "What it is"),
        _flag("required", "Whether every resource has it", required=False),
        _words("canonicalValues", "Values it usually has"),
        _flag("caseExact", "Whether case matters when values are compared", required=False),
        _exact("mutability", "When it can be set"),
        _exact("returned", "When it is shown"),
        _exact("uniqueness", "Among which resources its values differ"),
        _words("referenceTypes", "The types it may refer to"),
    ]
