"""Exports: each entry is written whole, main row and multi-valued rows together, or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from attrs import define, field

from ecma2py.connector import each_by_itself, ends_batch, not_sent, result_of
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import (
    DroppedConnectionError,
    ECMA2Error,
    EntryExportError,
    MAExportError,
)
from ecma2py.schema import Value
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError, entry_error
from ecma2py_sql.drivers.session import CommitLostError, SavepointLostError, Session

Write = Callable[[CSEntryChange], Mapping[str, Value] | None]
"""Writes one entry inside a transaction; gives the anchor the database assigned."""
WriteAll = Callable[[Sequence[CSEntryChange]], Sequence[Mapping[str, Value] | None]]
"""Writes entries in order as fast as it can; for what it raises any of them may be at fault."""

_AT_ONCE = 100
"""Entries tried without a savepoint each; so many are tried again when one of them fails."""
_MOST_WAITS = 3
"""Entries in a row that each wait as long as a command may take: what holds them holds the rest."""
_WAITS = (Cause.BUSY, Cause.TIMEOUT)


@define
class Batch:
    """Writes batches, with one commit for all entries where the database has savepoints."""

    session: Session
    write: Write
    write_all: WriteAll
    is_alone: Callable[[CSEntryChange], bool] = field(default=lambda change: False, kw_only=True)
    """True for an entry that is written in a transaction of its own whatever the database can do:
    what a procedure does to a transaction nobody knows."""
    _waits: int = field(default=0, init=False)
    """How many entries before this one ended because they waited in vain."""

    def export(self, changes: Sequence[CSEntryChange]) -> Iterator[CSEntryChangeResult]:
        """A result for each of *changes*; one that fails leaves the others alone.

        After some that waited for locks in vain the rest is not tried: each would wait as long.
        DroppedConnectionError if the connection is lost when all are committed: none is repeated,
        for it may be written.
        """
        ended: list[Exception] = []

        def alone(change: CSEntryChange) -> Mapping[str, Value] | None:
            try:
                return self._alone(change)
            except Exception as error:
                if ends_batch(error):
                    ended.append(error)
                raise

        for is_alone, run in groupby(changes, self.is_alone):
            some = list(run)
            results = None
            if ended:
                results = [not_sent(each, ended[0]) for each in some]
            elif len(some) > 1 and not is_alone and self.session.dialect.savepoint:
                results = self._together(some)
            yield from each_by_itself(some, alone) if results is None else results

    def _together(self, changes: Sequence[CSEntryChange]) -> list[CSEntryChangeResult] | None:
        """The results if the whole batch could be committed at once; else nothing was written."""
        results: list[CSEntryChangeResult] = []
        try:
            with self.session.transaction():
                for start in range(0, len(changes), _AT_ONCE):
                    some = changes[start : start + _AT_ONCE]
                    results += self._plainly(some) or map(self._in_savepoint, some)
        except CommitLostError as error:
            raise _uncertain(error) from error
        except (SavepointLostError, DatabaseError, ECMA2Error):
            # A constraint checked at commit, a deadlock that took everything back, or a connection
            # lost before: which entry is at fault shows when each has its own transaction.
            self._waits = 0
            return None
        return results

    def _plainly(self, changes: Sequence[CSEntryChange]) -> list[CSEntryChangeResult] | None:
        """The results if no entry fails, which is quick; else nothing of *changes* was written."""
        if self._waits >= _MOST_WAITS:
            return None
        try:
            with self.session.savepoint():
                anchors = self.write_all(changes)
        except (SavepointLostError, DatabaseError):
            raise
        except Exception as error:
            if ends_batch(error):
                raise
            return None
        return list(map(CSEntryChangeResult.success, changes, anchors))

    def _in_savepoint(self, change: CSEntryChange) -> CSEntryChangeResult:
        try:
            with self._patience(), self.session.savepoint():
                anchor = self.write(change)
        except (SavepointLostError, DatabaseError):
            raise
        except Exception as error:
            if ends_batch(error):
                raise
            return result_of(change, error)
        return CSEntryChangeResult.success(change, anchor)

    def _alone(self, change: CSEntryChange) -> Mapping[str, Value] | None:
        """Write one entry in a transaction of its own."""
        with self._patience():
            try:
                with self.session.transaction():
                    return self.write(change)
            except CommitLostError as error:
                raise _uncertain(error) from error
            except DatabaseError as error:
                raise entry_error(error) from error

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """What is inside is tried, unless too many entries before it waited in vain."""
        if self._waits >= _MOST_WAITS:
            raise EntryExportError(
                f"Not tried, since the {_MOST_WAITS} entries tried last all waited in vain for "
                "what another transaction holds: try again.",
                MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR,
            )
        try:
            yield
        except Exception as error:
            failed = error.__cause__
            has_waited = isinstance(failed, DatabaseError) and failed.cause in _WAITS
            self._waits = self._waits + 1 if has_waited else 0
            raise
        self._waits = 0


def _uncertain(error: CommitLostError) -> DroppedConnectionError:
    return DroppedConnectionError(
        "The connection was lost at the commit: whether the change is written is not known, and "
        f"the next import will tell. The database says: {error}"
    )
