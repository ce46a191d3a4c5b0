"""Exports: each entry is written whole, main row and multi-valued rows together, or not at all."""

from collections.abc import Callable, Mapping, Sequence

from attrs import define

from ecma2py.connector import each_by_itself, ends_batch, result_of
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import DroppedConnectionError, ECMA2Error
from ecma2py.schema import Value
from ecma2py_sql.errors import DatabaseError, entry_error
from ecma2py_sql.session import CommitLostError, SavepointLostError, Session

Write = Callable[[CSEntryChange], Mapping[str, Value] | None]
"""Writes one entry inside a transaction; gives the anchor the database assigned."""


@define
class Batch:
    """Writes batches, with one commit for all entries where the database has savepoints."""

    session: Session
    write: Write

    def export(self, changes: Sequence[CSEntryChange]) -> list[CSEntryChangeResult]:
        """A result for each of *changes*; one that fails leaves the others alone.

        DroppedConnectionError if the connection is lost when all are committed: none is repeated,
        for it may be written.
        """
        if len(changes) > 1 and self.session.dialect.savepoints:
            results = self._together(changes)
            if results is not None:
                return results
        return each_by_itself(changes, self._alone)

    def _together(self, changes: Sequence[CSEntryChange]) -> list[CSEntryChangeResult] | None:
        """The results if the whole batch could be committed at once; else nothing was written."""
        results = []
        try:
            with self.session.transaction():
                for change in changes:
                    try:
                        with self.session.savepoint():
                            anchor = self.write(change)
                    except (SavepointLostError, DatabaseError):
                        raise
                    except Exception as error:
                        if ends_batch(error):
                            raise
                        results.append(result_of(change, error))
                    else:
                        results.append(CSEntryChangeResult.success(change, anchor))
        except CommitLostError as error:
            raise _uncertain(error) from error
        except (SavepointLostError, DatabaseError, ECMA2Error):
            # A constraint checked at commit, a deadlock that took everything back, or a connection
            # lost before: which entry is at fault shows when each has its own transaction.
            return None
        return results

    def _alone(self, change: CSEntryChange) -> Mapping[str, Value] | None:
        """Write one entry in a transaction of its own."""
        try:
            with self.session.transaction():
                return self.write(change)
        except CommitLostError as error:
            raise _uncertain(error) from error
        except DatabaseError as error:
            raise entry_error(error) from error


def _uncertain(error: CommitLostError) -> DroppedConnectionError:
    return DroppedConnectionError(
        "The connection was lost at the commit: whether the change is written is not known, and "
        f"the next import will tell. The database says: {error}"
    )
