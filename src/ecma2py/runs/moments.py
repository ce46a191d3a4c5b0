"""When the pages of a connection may have been read, for connectors that read ahead."""

from bisect import bisect_right

from attrs import define, field


@define
class Moments:
    """The moment of each call by its number, as the sink counts moments; the first is Open.

    Calls between which nothing was exported share a moment and take no room.
    """

    _calls: list[int] = field(factory=list)
    _moments: list[int] = field(factory=list)
    _next: int = 0

    def add(self, moment: int) -> None:
        """The next call is about to be made."""
        if not self._moments or self._moments[-1] != moment:
            self._calls.append(self._next)
            self._moments.append(moment)
        self._next += 1

    def of(self, call: int | None) -> int:
        """The moment before *call*; None for the last one."""
        if call is None:
            return self._moments[-1]
        return self._moments[max(0, bisect_right(self._calls, call) - 1)]
