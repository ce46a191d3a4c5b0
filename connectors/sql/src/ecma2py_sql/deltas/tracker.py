"""What every strategy does."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from attrs import define

from ecma2py.entries import CSEntryChange
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.mapping.mapped import MappedDelta


@define
class Tracker(ABC):
    """Finds what has changed in the objects of one type since an import, each object once."""

    objects: Objects

    @property
    def delta(self) -> MappedDelta:
        """How it is configured."""
        delta = self.objects.mapped.delta
        assert delta is not None
        return delta

    @property
    def identity(self) -> str:
        """What a state belongs to: it is of no use to another configuration."""
        settings, mapped = self.delta.settings, self.objects.mapped
        parts = [".".join(filter(None, (*mapped.source.qualified, settings.source)))]
        for child in self.objects.selected.children:
            grows = (
                child.watermark.name
                if child.watermark
                else child.history and child.history.table.name
            )
            parts.append(f"{child.attribute}.{grows}" if grows else child.attribute)
        if settings.deleted:
            parts.append(f"without {settings.deleted}")
        return f"{settings.strategy.value} {', '.join(parts)}"

    @abstractmethod
    def begin(self) -> None:
        """Fix from where the next delta looks, before a full import reads anything."""

    def note(self, row: Row, entry: CSEntryChange) -> None:  # noqa: B027  most need to know nothing
        """Take notice of what a full import has read."""

    def end(self) -> None:  # noqa: B027  most need to do nothing
        """Take notice that a full import has read everything."""

    @abstractmethod
    def resume(self, state: Any) -> None:
        """Go on from the *state* of an earlier import; any error says that it is none."""

    @abstractmethod
    def changes(self) -> Iterator[CSEntryChange]:
        """Whatever has changed since, as a Replace or a Delete; asked for once, after resume."""

    @abstractmethod
    def state(self) -> Any:
        """What the next delta needs to know, as JSON; asked for once everything was read."""
