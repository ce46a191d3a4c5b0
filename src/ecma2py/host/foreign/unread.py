"""Parts of a foreign file that nothing here reads: told, so that none is lost unnoticed."""

from collections.abc import Collection, Iterator

from ecma2py.host.foreign.tree import Element


def unread(element: Element, known: Collection[str], *, but: str = "") -> Iterator[str]:
    """Each element inside, however deep, that says something and is called by no *known* name.

    Elements called *but* are left to a look of their own.
    """
    for each in element.children:
        if each.name == but:
            continue
        if each.name in known:
            yield from unread(each, known, but=but)
        elif says_something(each):
            yield f"<{each.name}> in <{element.name}>, line {each.line}: ecma2py does not know it"


def says_something(element: Element) -> bool:
    """True if there is text or another element in it; attributes alone may be its form."""
    return bool(element.children or element.text.strip())
