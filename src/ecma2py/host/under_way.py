"""The requests a connector is answering, so that it is closed only after the last of them."""

import asyncio
from contextlib import suppress

from attrs import define, field


@define(eq=False)
class UnderWay:
    """Counts those inside its ``with`` block; used in one event loop."""

    count: int = field(default=0, init=False)
    _none: asyncio.Event = field(factory=asyncio.Event, init=False)

    def __enter__(self) -> None:
        self.count += 1
        self._none.clear()

    def __exit__(self, *error: object) -> None:
        self.count -= 1
        if not self.count:
            self._none.set()

    async def ended(self, seconds: float) -> None:
        """Return once nobody is inside, or after so many seconds."""
        if self.count:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none.wait(), seconds)
