"""SCIM attribute paths: RFC 7644 section 3.10 notation and the PATCH paths of section 3.5.2."""

from attrs import frozen

from ecma2py.scim.errors import ScimError, invalid_path
from ecma2py.scim.filters import Filter, FilterParser, format_filter
from ecma2py.scim.literals import excerpt, text_fault
from ecma2py.scim.names import NO_NAMES, AttributePath, Names


@frozen
class PatchPath:
    """The target of one PATCH operation: an attribute, some of its values, or a part of them."""

    path: AttributePath
    """The attribute, always without sub-attribute."""
    value_filter: Filter | None = None
    """Chooses among the values; paths in it are sub-attributes standing alone."""
    sub_attribute: str | None = None
    """The sub-attribute, with and without a value filter before it."""

    def __str__(self) -> str:
        brackets = f"[{format_filter(self.value_filter)}]" if self.value_filter else ""
        sub = f".{self.sub_attribute}" if self.sub_attribute is not None else ""
        return f"{self.path}{brackets}{sub}"


def parse_path(text: str, names: Names = NO_NAMES) -> AttributePath:
    """The attribute ``text`` names, as in ``attributes``, ``sortBy`` and keys of a PATCH value.

    Raises :class:`ScimError` (400 invalidPath).
    """
    text = _checked(text)
    found = names.read(text, 0)
    if found is None or found[1] < len(text):
        raise _fault("an attribute name alone is expected", text, found[1] if found else 0)
    return found[0]


def parse_patch_path(text: str, names: Names = NO_NAMES) -> PatchPath:
    """The target that the ``path`` of a PATCH operation names; ``str`` of it parses to the same.

    A schema URN alone targets the whole extension. Raises :class:`ScimError`: 400 invalidFilter
    for what stands between the brackets, 400 invalidPath for all else.
    """
    text = _checked(text)
    found = names.read(text, 0)
    if found is None:
        raise _fault("an attribute name is expected", text, 0)
    path, end = found
    value_filter: Filter | None = None
    sub = path.sub_attribute
    if text.startswith("[", end):
        if sub is not None or not path.attribute:
            raise _fault(f"{path} cannot be followed by a value filter", text, end)
        parser = FilterParser(text, names, end + 1)
        value_filter = parser.bracketed(path)
        end = parser.position
        if text.startswith(".", end):
            inner = names.read_sub(path, text, end + 1)
            if inner is None:
                raise _fault("a sub-attribute name is expected", text, end + 1)
            sub, end = inner
    if end < len(text):
        raise _fault("the end of the path is expected", text, end)
    return PatchPath(AttributePath(path.schema, path.attribute), value_filter, sub)


def _checked(text: str) -> str:
    if (fault := text_fault(text)) is not None:
        raise invalid_path(f"The path cannot be read: {fault}")
    return text.strip(" \t\r\n")


def _fault(expected: str, text: str, position: int) -> ScimError:
    return invalid_path(f"Path: {expected} {excerpt(text, position)}")
