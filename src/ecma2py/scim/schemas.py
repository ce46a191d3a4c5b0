"""Schema documents, RFC 7643 section 7: what is published of each resource type, and of SCIM's own.

Only what is mapped appears in a core schema: a client that reads the documents learns exactly what
it can read and write here.
"""

from collections.abc import Iterable

from ecma2py.schema import AttributeType
from ecma2py.scim.bindings import (
    Binding,
    Mutability,
    PublishedAttribute,
    Returned,
    Role,
    Selector,
    Shape,
    Uniqueness,
    scim_type,
)
from ecma2py.scim.core import ENTERPRISE_USER
from ecma2py.scim.types import ResourceType

Document = dict[str, object]

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
PROVIDER_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


def attribute(
    name: str,
    type: str = "string",
    *,
    description: str,
    multi_valued: bool = False,
    required: bool = False,
    case_exact: bool = False,
    mutability: str = Mutability.READ_ONLY,
    returned: str = Returned.DEFAULT,
    uniqueness: str = Uniqueness.NONE,
    canonical: Iterable[str] = (),
    refers_to: Iterable[str] = (),
    parts: Iterable[Document] = (),
) -> Document:
    """One attribute with every characteristic of RFC 7643 section 7 that applies, and no null."""
    document: Document = {
        "name": name,
        "type": type,
        "multiValued": multi_valued,
        "description": description,
        "required": required,
        "caseExact": case_exact,
        "mutability": str(mutability),
        "returned": str(returned),
        "uniqueness": str(uniqueness),
    }
    if values := list(canonical):
        document["canonicalValues"] = values
    if type == "reference":
        document["referenceTypes"] = list(refers_to) or ["uri"]
    if type == "complex":
        document["subAttributes"] = list(parts)
    return document


def resource_schemas(
    resource_type: ResourceType, type_names: Iterable[str]
) -> list[tuple[str, str, str, list[Document]]]:
    """URN, name, description and attributes of every schema of a resource type.

    *type_names* are those of all resource types: what its references may refer to.
    """
    describe = _Describer(resource_type, tuple(type_names))
    name, object_type = resource_type.name, resource_type.object_type
    found = [
        (
            resource_type.core_schema,
            name,
            f"What is mapped to the core attributes of {name} from object type {object_type!r}",
            describe.section(None),
        )
    ]
    for urn in resource_type.extensions:
        if urn == ENTERPRISE_USER:
            label, text = "EnterpriseUser", "What is mapped to the enterprise attributes"
        else:
            label, text = f"ECMA2Host{name}", "The connector's own attributes"
        text = f"{text} of object type {object_type!r}"
        found.append((urn, label, text, describe.section(urn)))
    return found


class _Describer:
    """Writes the attributes of one resource type as documents."""

    def __init__(self, resource_type: ResourceType, type_names: tuple[str, ...]) -> None:
        self._type = resource_type
        self._type_names = type_names
        self._mapped = {
            binding.attribute for binding in resource_type.bindings if not binding.is_extension
        }

    def section(self, schema: str | None) -> list[Document]:
        # externalId is common to all resources, so no schema defines it (RFC 7643 section 3.1).
        return [
            self._attribute(each)
            for each in self._type.attributes
            if each.schema == schema and not (schema is None and each.name == "externalId")
        ]

    def _attribute(self, published: PublishedAttribute) -> Document:
        if published.shape is Shape.PLAIN:
            return self._bound(published.binding, published.name)
        bindings = published.bindings
        return attribute(
            published.name,
            "complex",
            description=f"Mapped to {_listed(bindings)}",
            multi_valued=published.is_multi_valued,
            required=any(each.required and not self._is_plain(each) for each in bindings),
            mutability=_shared_mutability(bindings),
            returned=_shared_returned(bindings),
            parts=self._parts(published),
        )

    def _parts(self, published: PublishedAttribute) -> list[Document]:
        """The mapped sub-attributes, and those that tell entries apart or lead to what is meant."""
        parts: dict[str, Document] = {}
        for binding in published.bindings:
            name = binding.part or "value"
            if name not in parts:
                parts[name] = self._bound(binding, name, is_part=True)
        selectors = [each.selector for each in published.bindings if each.selector is not None]
        if any(binding.is_reference for binding in published.bindings):
            for each in self._reference_parts(published):
                parts.setdefault(str(each["name"]), each)
            selectors = []
        for selector in selectors:
            parts.setdefault(selector.part, _selecting(selector.part, selectors))
        return list(parts.values())

    def _reference_parts(self, published: PublishedAttribute) -> Iterable[Document]:
        read_only = _shared_mutability(published.bindings) is Mutability.READ_ONLY
        mutability = Mutability.READ_ONLY if read_only else Mutability.IMMUTABLE
        yield attribute(
            "$ref",
            "reference",
            description="The URL of the resource referred to",
            case_exact=True,
            mutability=mutability,
            refers_to=self._type_names,
        )
        if published.shape is Shape.ENTRIES and published.name != "groups":
            yield attribute(
                "type",
                description="The type of the resource referred to",
                mutability=mutability,
                canonical=self._type_names,
            )

    def _bound(self, binding: Binding, name: str, *, is_part: bool = False) -> Document:
        kind = scim_type(binding.data_type)
        if is_part and binding.is_reference:
            kind = "string"
        return attribute(
            name,
            kind,
            description=_description(binding),
            multi_valued=binding.is_multi_valued and not is_part,
            required=binding.required and not (binding.is_extension and self._is_mapped(binding)),
            case_exact=binding.case_exact,
            mutability=binding.mutability,
            returned=binding.returned,
            uniqueness=binding.uniqueness,
            refers_to=self._type_names,
        )

    def _is_plain(self, binding: Binding) -> bool:
        """True if a client can give the value by an attribute without parts just as well."""
        return any(
            each.shape is Shape.PLAIN
            and not each.binding.is_extension
            and each.binding.attribute == binding.attribute
            for each in self._type.attributes
        )

    def _is_mapped(self, binding: Binding) -> bool:
        """True if a client can give the value by a core path just as well."""
        return binding.attribute in self._mapped


def _description(binding: Binding) -> str:
    if binding.role is Role.ACTIVE:
        return "False asks for the account to be disabled"
    text = binding.schema_attribute.description
    if binding.is_extension:
        return text or f"The connector's attribute {binding.attribute}"
    return text or f"Mapped to {binding.attribute}"


def _listed(bindings: Iterable[Binding]) -> str:
    return ", ".join(dict.fromkeys(binding.attribute for binding in bindings))


def _shared_mutability(bindings: tuple[Binding, ...]) -> Mutability:
    """The mutability all parts have in common; where they differ, some part can be written."""
    found = {binding.mutability for binding in bindings}
    return found.pop() if len(found) == 1 else Mutability.READ_WRITE


def _shared_returned(bindings: tuple[Binding, ...]) -> Returned:
    hidden = all(binding.returned is Returned.NEVER for binding in bindings)
    return Returned.NEVER if hidden else Returned.DEFAULT


def _selecting(part: str, selectors: Iterable[Selector]) -> Document:
    """The sub-attribute that chooses an entry: given with a new entry, and not changed later."""
    values = dict.fromkeys(each.value for each in selectors if each.part == part)
    is_flag = all(isinstance(value, bool) for value in values)
    return attribute(
        part,
        scim_type(AttributeType.BOOLEAN) if is_flag else "string",
        description="The preferred entry" if is_flag else "Tells the entries apart",
        mutability=Mutability.IMMUTABLE,
        canonical=() if is_flag else (str(value) for value in values),
    )
