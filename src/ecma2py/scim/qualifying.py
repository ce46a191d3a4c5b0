"""Filters of clients that leave a schema's URN out, or misspell it, put right for one type.

Entra filters on ``manager`` and means the enterprise extension; Microsoft's documentation has a
URN with a letter missing. Resources hold the attribute under its proper name alone.
"""

from attrs import evolve

from ecma2py.scim.filters import And, Comparison, Filter, Not, Or, Present, ValueFilter
from ecma2py.scim.names import AttributePath
from ecma2py.scim.types import ResourceType


def qualify_path(path: AttributePath, resource_type: ResourceType) -> AttributePath:
    """The path at which resources of this type hold the attribute; as it is if none does."""
    found = resource_type.find(path)
    if found is None:
        return path
    return AttributePath(found.schema, found.name, path.sub_attribute)


def qualify(tree: Filter, resource_type: ResourceType) -> Filter:
    """The same filter with every attribute under its proper path."""
    match tree:
        case And(terms):
            return And(tuple(qualify(term, resource_type) for term in terms))
        case Or(terms):
            return Or(tuple(qualify(term, resource_type) for term in terms))
        case Not(operand):
            return Not(qualify(operand, resource_type))
        case Comparison(path, operator, value):
            return Comparison(qualify_path(path, resource_type), operator, value)
        case Present(path) | ValueFilter(path):
            return evolve(tree, path=qualify_path(path, resource_type))
