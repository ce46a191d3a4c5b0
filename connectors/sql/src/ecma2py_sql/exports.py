"""Exports: each entry is written whole, main row and multi-valued rows together, or not at all."""

from collections.abc import Callable, Mapping, Sequence

from attrs import define

from ecma2py.connector import ends_batch, not_sent, result_of
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import ECMA2Error
from ecma2py.schema import Value
from ecma2py_sql.errors import DatabaseError, entry_error
from ecma2py_sql.session import SavepointLostError, Session

Write = Callable[[CSEntryChange], Mapping[str, Value] | None]
"""Writes one entry inside a transaction; gives the anchor the database assigned."""


@define
class Batch:
    """Writes batches, with one commit for all entries where the database has savepoints."""

    session: Session
    write: Write

    def export(self, changes: Sequence[CSEntryChange]) -> list[CSEntryChangeResult]:
        """A result for each of *changes*; one that fails leaves the others alone."""
        if len(changes) > 1 and self.session.dialect.savepoints:
            results = self._together(changes)
            if results is not None:
                return results
        return self._one_by_one(changes)

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
        except (SavepointLostError, DatabaseError, ECMA2Error):
            # A constraint checked at commit, a deadlock that took everything back, or a lost
            # connection: which entry is at fault shows when each has its own transaction.
            return None
        return results

    def _one_by_one(self, changes: Sequence[CSEntryChange]) -> list[CSEntryChangeResult]:
        results: list[CSEntryChangeResult] = []
        for position, change in enumerate(changes):
            try:
                with self.session.transaction():
                    anchor = self.write(change)
            except Exception as error:  # noqa: BLE001  whatever it is, it is this entry's result
                failure = entry_error(error) if isinstance(error, DatabaseError) else error
                results.append(result_of(change, failure))
                if ends_batch(failure):
                    results += [not_sent(rest, failure) for rest in changes[position + 1 :]]
                    break
            else:
                results.append(CSEntryChangeResult.success(change, anchor))
        return results
