"""A connector that is not in this process, and what a run tells it beside ECMA2's calls."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Elsewhere(Protocol):
    """Stands for a connector in a process of its own, which ends by either of these."""

    @property
    def is_gone(self) -> bool:
        """True once there is no connector any more: nothing can be closed."""
        ...

    def begin(self, method: str, *arguments: Any) -> None:
        """Begin a call whose answer the same call, made next with these very objects, will get."""
        ...

    def call_unread(self, method: str, *arguments: Any) -> Any:
        """What the method returns, but the entries in it are still to be read."""
        ...

    def read_entries(self, answer: Any) -> Any:
        """The same with its entries."""
        ...

    def abandon(self) -> None:
        """A call was given up: end whatever it does, from any thread. No call follows."""
        ...

    def release(self) -> None:
        """There will be no more calls; told in the thread that made them."""
        ...
