"""Filters applied to resources: RFC 7644 section 3.4.2.2 over plain dicts as they are rendered.

Where the RFC leaves room:

* A multi-valued attribute matches when one of its values does, for ``ne`` too.
* An absent attribute equals ``null`` and differs from (``ne``) every other value.
* A comparison with a complex attribute is one with its ``value``.
* An unknown attribute has an unknown value: a filter that depends on it matches nothing, neither
  as ``x eq "a"`` nor as ``not (x eq "a")``; ``or`` with something that holds still matches.
"""

from collections.abc import Callable, Collection, Mapping

from ecma2py.scim.comparing import Characteristics, common, value_test
from ecma2py.scim.errors import invalid_filter
from ecma2py.scim.filters import And, Comparison, Filter, Not, Operator, Or, Present, ValueFilter
from ecma2py.scim.names import AttributePath

Node = Mapping[str, object]
Predicate = Callable[[Node], bool]
Lookup = Callable[[AttributePath], Characteristics | None]
"""What is known of the attribute at a path, or None for an attribute no schema has.

Of a path with sub-attribute the characteristics of the sub-attribute are meant.
"""

_ANY = Characteristics("any")


def compile_filter(
    tree: Filter,
    *,
    lookup: Lookup | None = None,
    core: Collection[str] = (),
    strict: bool = False,
) -> Predicate:
    """A function that says whether a rendered resource satisfies the filter.

    Without ``lookup`` every attribute is taken as known and compared as the literal suggests.
    ``core`` are the schema URNs whose attributes stand at the top level; a path with such a URN
    applies to resources that list it in ``schemas``, one with any other URN to the member of that
    name. Raises :class:`ScimError` (400 invalidFilter) for comparisons the attribute's type does
    not have, for attributes that are never returned, and with ``strict`` for unknown ones.
    """
    return _Compiler(lookup, core, strict).compile(tree, unknown=False)


def compile_value_filter(
    path: AttributePath, tree: Filter, *, lookup: Lookup | None = None, strict: bool = False
) -> Callable[[object], bool]:
    """A function that says whether one value of ``path`` satisfies the filter in its brackets.

    A value that is not complex is addressed as ``value``. Raises as :func:`compile_filter`.
    """
    predicate = _Compiler(lookup, (), strict, parent=path).compile(tree, unknown=False)
    return lambda value: predicate(_as_complex(value))


class _Compiler:
    """Turns trees into closures; ``parent`` is the attribute whose value filter is compiled."""

    def __init__(
        self,
        lookup: Lookup | None,
        core: Collection[str],
        strict: bool,
        *,
        parent: AttributePath | None = None,
    ) -> None:
        self._lookup = lookup
        self._core = core
        self._strict = strict
        self._parent = parent

    def compile(self, tree: Filter, *, unknown: bool) -> Predicate:
        """``unknown`` is what a test on an unknown attribute gives; negation turns it round."""
        match tree:
            case And(terms):
                tests = [self.compile(term, unknown=unknown) for term in terms]
                return lambda node: all(test(node) for test in tests)
            case Or(terms):
                tests = [self.compile(term, unknown=unknown) for term in terms]
                return lambda node: any(test(node) for test in tests)
            case Not(operand):
                inner = self.compile(operand, unknown=not unknown)
                return lambda node: not inner(node)
        known = self._characteristics(tree.path)
        if known is None:
            return lambda _: unknown
        match tree:
            case Present(path):
                find = self._finder(path)
                return lambda node: _is_present(find(node))
            case ValueFilter(path, operand):
                return self._some_value(path, operand, unknown)
            case Comparison(path, operator, None):
                return self._null_test(path, operator)
            case Comparison():
                return self._comparison(tree, known, unknown)

    def _absolute(self, path: AttributePath) -> AttributePath:
        if self._parent is None:
            return path
        return AttributePath(self._parent.schema, self._parent.attribute, path.attribute)

    def _characteristics(self, path: AttributePath) -> Characteristics | None:
        path = self._absolute(path)
        known = self._known(path)
        if known is None and self._strict:
            raise invalid_filter(f"Attribute {path} does not exist")
        if known is not None and not known.filterable:
            raise invalid_filter(f"Attribute {path} is never returned, nor can it be filtered on")
        return known

    def _known(self, path: AttributePath) -> Characteristics | None:
        if self._lookup is None:
            return common(path, self._core) or _ANY
        if not path.attribute:
            return Characteristics("complex")
        if (known := self._lookup(path) or common(path, self._core)) is not None:
            return known
        if path.sub_attribute is not None and path.sub_attribute.lower() == "value":
            whole = self._known(AttributePath(path.schema, path.attribute))
            return whole if whole is not None and whole.type != "complex" else None
        return None

    def _comparison(self, node: Comparison, known: Characteristics, unknown: bool) -> Predicate:
        path = node.path
        if known.type == "complex":
            value = AttributePath(path.schema, path.attribute, "value")
            inner = self._known(value) if path.attribute and path.sub_attribute is None else None
            if inner is None:
                raise invalid_filter(f"{path} is complex: name the sub-attribute to compare")
            return self._comparison(Comparison(value, node.operator, node.value), inner, unknown)
        test = value_test(node, known, str(self._absolute(path)), strict=self._strict)
        find = self._finder(path)
        absent = node.operator is Operator.NE

        def matches(resource: Node) -> bool:
            found = find(resource)
            if isinstance(found, str):
                return test(found)
            values = _scalars(found)
            return any(map(test, values)) if values else absent

        return matches

    def _null_test(self, path: AttributePath, operator: Operator) -> Predicate:
        if operator not in (Operator.EQ, Operator.NE):
            raise invalid_filter(f"{path}: null can be compared with 'eq' and 'ne' alone")
        find = self._finder(path)
        wanted = operator is Operator.NE
        return lambda node: _is_assigned(find(node)) is wanted

    def _some_value(self, path: AttributePath, operand: Filter, unknown: bool) -> Predicate:
        inner = _Compiler(self._lookup, self._core, self._strict, parent=path)
        test = inner.compile(operand, unknown=unknown)
        find = self._finder(path)

        def matches(resource: Node) -> bool:
            found = find(resource)
            values = found if isinstance(found, list | tuple) else [found]
            return any(test(_as_complex(value)) for value in values if value is not None)

        return matches

    def _finder(self, path: AttributePath) -> Callable[[Node], object]:
        """What stands at ``path`` in a resource: a value, a list of values, or None."""
        schema, attribute, sub = path.schema, path.attribute, path.sub_attribute
        if schema is None:
            find = _member(attribute)
        elif schema in self._core:
            find = _member_of_type(schema, attribute)
        elif attribute:
            extension, member = _member(schema), _member(attribute)

            def find(node: Node) -> object:
                inside = extension(node)
                return member(inside) if isinstance(inside, Mapping) else None
        else:
            find = _member(schema)
        if sub is None:
            return find
        part = _member(sub)
        whole = sub.lower() == "value"

        def find_sub(node: Node) -> object:
            found = find(node)
            if isinstance(found, list | tuple):
                return [_part(value, part, whole) for value in found]
            return _part(found, part, whole)

        return find_sub


def _member(name: str) -> Callable[[Node], object]:
    """The member called ``name``, in whatever case; the exact spelling is tried first."""
    lowered = name.lower()

    def find(node: Node) -> object:
        if name in node:
            return node[name]
        return next((value for key, value in node.items() if key.lower() == lowered), None)

    return find


def _member_of_type(schema: str, attribute: str) -> Callable[[Node], object]:
    """The top-level member, in resources of the type whose core schema is ``schema``."""
    declared, lowered = _member("schemas"), schema.lower()
    member = _member(attribute) if attribute else lambda node: node

    def find(node: Node) -> object:
        schemas = declared(node)
        listed = schemas if isinstance(schemas, list | tuple) else ()
        if any(isinstance(one, str) and one.lower() == lowered for one in listed):
            return member(node)
        return None

    return find


def _part(value: object, part: Callable[[Node], object], whole: bool) -> object:
    """A sub-attribute of one value; a simple value is its own ``value``."""
    if isinstance(value, Mapping):
        return part(value)
    return value if whole else None


_VALUE = _member("value")


def _scalars(found: object) -> list[object]:
    """The values to compare, complex ones by their ``value``; nulls are no values."""
    values = found if isinstance(found, list | tuple) else (found,)
    scalars = (_VALUE(one) if isinstance(one, Mapping) else one for one in values)
    return [one for one in scalars if one is not None]


def _as_complex(value: object) -> Node:
    return value if isinstance(value, Mapping) else {"value": value}


def _is_present(value: object) -> bool:
    """``pr``: not null, not empty, and of a complex value at least one part present."""
    if isinstance(value, Mapping):
        return any(_is_present(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_is_present(one) for one in value)
    return value is not None and value != ""


def _is_assigned(value: object) -> bool:
    """Not ``null``, nor what RFC 7643 section 2.5 calls equivalent: an empty array."""
    if isinstance(value, Mapping):
        return any(_is_assigned(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_is_assigned(one) for one in value)
    return value is not None
