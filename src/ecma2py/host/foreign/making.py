"""Making the elements of a tree that is to be written."""

from ecma2py.host.foreign.tree import Element


def node(name: str, *children: Element) -> Element:
    """An element with others inside."""
    return Element(name, children=list(children))


def leaf(name: str, text: str) -> Element:
    """An element with text inside."""
    return Element(name, text)


def flag(name: str, value: bool) -> Element:
    """An element with true or false inside."""
    return Element(name, "true" if value else "false")
