"""Whether what a request asks of the connector was handed over, or can still be kept here."""

from contextvars import ContextVar
from typing import Protocol

from ecma2py.scim.errors import ScimError, unavailable


class Returnable(Protocol):
    """Work that waits for another thread to begin with it."""

    def take_back(self, error: Exception) -> bool:
        """True if nobody began with it: nobody will, and *error* is what came of it."""
        ...


class Departure:
    """The way of one request to the connector, as far as it has come."""

    __slots__ = ("_has_left", "_is_kept", "waiting")

    def __init__(self) -> None:
        self.waiting: Returnable | None = None
        """What was handed over and may not have begun."""
        self._has_left = False
        self._is_kept = False

    def check(self) -> None:
        """Return unless the request was kept here; 503 then."""
        if self._is_kept:
            raise never_sent()

    def leave(self) -> None:
        """The connector is called now: nothing can be taken back any more."""
        self.check()
        self._has_left = True

    def keep(self) -> bool:
        """True if the connector was not called for the request, and now never will be."""
        if self._has_left or (self.waiting and not self.waiting.take_back(never_sent())):
            return False
        self._is_kept = True
        return True


departure: ContextVar[Departure | None] = ContextVar("departure", default=None)
"""Of the request that is being answered; None where nothing is kept when time is over."""


def never_sent() -> ScimError:
    """The answer to a request that waited in vain."""
    detail = "The request took too long. Nothing was sent to the target, and nothing will be."
    return unavailable(detail, retry_after=30)
