"""Connectors that are elsewhere: every member of their interfaces is passed on."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ecma2py.connector.protocols import INTERFACES

INTERFACES_BY_NAME = {each.__name__: each for each in INTERFACES}


class Forwarding:
    """What ``having`` makes connectors of; ``_read`` and ``_call`` say where a member is."""

    def _read(self, name: str) -> Any:
        """The value of a property."""
        raise NotImplementedError

    def _call(self, method: str, *arguments: Any) -> Any:
        """What a method gives."""
        raise NotImplementedError


_F = TypeVar("_F", bound=Forwarding)


def having(cls: type[_F], interfaces: Iterable[str]) -> type[_F]:
    """A kind of *cls* that has the interfaces with these names, and no others."""
    members: dict[str, Any] = {}
    for name in sorted(interfaces):
        for member, promised in vars(INTERFACES_BY_NAME[name]).items():
            if isinstance(promised, property):
                members[member] = property(_reading(member))
            elif callable(promised) and not member.startswith("_"):
                members[member] = _calling(member)
    return type(cls.__name__, (cls,), members)


def _reading(name: str) -> Callable[[Forwarding], Any]:
    return lambda self: self._read(name)


def _calling(method: str) -> Callable[..., Any]:
    def call(self: Forwarding, *arguments: Any) -> Any:
        return self._call(method, *arguments)

    call.__name__ = method
    return call
