"""What happened: watermarks, runs with their counts and errors, and the audit of exports."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from ecma2py.space.database import Database, Row, now
from ecma2py.space.errors import SpaceValueError
from ecma2py.space.records import AuditRecord, RunRecord
from ecma2py.values import is_unicode

KEPT_RUNS = 1_000
KEPT_RUN_ERRORS = 1_000
INTERRUPTED = "interrupted"

_RUN = "SELECT id, kind, started, finished, result, detail, counts, errors FROM runs"
_AUDIT = (
    "SELECT actor, operation, object_type, object_id, target, outcome, request_id, detail, at, "
    "number FROM audit"
)
_TEXTS = ("object_type", "object_id", "target", "outcome", "request_id", "detail")
_audited = attrgetter("actor", "operation", *_TEXTS)


class History:
    """The past of one space, in the same file as its objects."""

    _database: Database
    _audit_limit: int

    def watermark(self, kind: str = "") -> str | None:
        """The watermark a good run of this kind left; None if there is none."""
        row = self._database.one("SELECT value FROM watermarks WHERE kind = ?", (kind,))
        return str(row[0]) if row is not None else None

    def set_watermark(self, value: str | None, kind: str = "") -> None:
        """Put another watermark in its place; None removes it, so that the next run is full."""
        check_watermark(value)
        with self._database.writing() as connection:
            store_watermark(connection, kind, value, None)

    def start_run(self, kind: str, *, detail: str = "") -> int:
        """The number of a new run in the history; the oldest finished ones make room."""
        with self._database.writing() as connection:
            number = connection.execute(
                "INSERT INTO runs(kind, detail, started, counts, errors) VALUES (?, ?, ?, ?, ?)",
                (kind, detail, now(), b"{}", b"[]"),
            ).lastrowid
            connection.execute(
                "DELETE FROM runs WHERE finished IS NOT NULL AND id <= ? - ?", (number, KEPT_RUNS)
            )
        assert number is not None
        return number

    def finish_run(
        self,
        id: int,
        result: str,
        counts: Mapping[str, int] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """The run has ended like this; only the first errors are kept."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE runs SET finished = ?, result = ?, counts = ?, errors = ? WHERE id = ?",
                (
                    now(),
                    result,
                    _json(dict(counts or {})),
                    _json([dict(each) for each in errors[:KEPT_RUN_ERRORS]]),
                    id,
                ),
            )

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs, newest first."""
        rows = self._database.all(f"{_RUN} ORDER BY id DESC LIMIT ?", (limit,))
        return [_run(row) for row in rows]

    def run(self, id: int) -> RunRecord | None:
        """One run; None if it never was, or made room for newer ones."""
        row = self._database.one(f"{_RUN} WHERE id = ?", (id,))
        return _run(row) if row is not None else None

    def record_audit(self, records: Iterable[AuditRecord]) -> None:
        """Write down exports that changed nothing in the space, such as refused ones."""
        with self._database.writing() as connection:
            store_audit(connection, records, self._audit_limit)

    def audit(
        self, limit: int = 100, *, before: int | None = None, object_id: str | None = None
    ) -> list[AuditRecord]:
        """The newest records, newest first; *before* a number, or about one object alone."""
        rows = self._database.all(
            f"{_AUDIT} WHERE (:before IS NULL OR number < :before)"
            " AND (:object IS NULL OR object_id = :object) ORDER BY number DESC LIMIT :limit",
            {"before": before, "object": object_id, "limit": limit},
        )
        return [
            AuditRecord(*row[:2], **dict(zip((*_TEXTS, "at", "number"), row[2:], strict=True)))
            for row in rows
        ]


def _json(value: Any) -> bytes:
    """JSON in ASCII: what a connector says in an error may be no valid Unicode."""
    return json.dumps(value, default=str).encode("ascii")


def _storable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _run(row: Row) -> RunRecord:
    id, kind, started, finished, result, detail, counts, errors = row
    return RunRecord(
        id=id,
        kind=kind,
        started=started,
        finished=finished,
        result=result,
        detail=detail,
        counts=json.loads(counts),
        errors=json.loads(errors),
    )


def check_watermark(value: str | None) -> None:
    """Return only if the watermark can be stored; ``SpaceValueError`` otherwise."""
    if not is_unicode(value or ""):
        raise SpaceValueError(
            "The watermark holds half a character pair: the connector has to encode it."
        )


def store_watermark(
    connection: sqlite3.Connection, kind: str, value: str | None, run_id: int | None
) -> None:
    """Put the watermark into the transaction under way."""
    if value is None:
        connection.execute("DELETE FROM watermarks WHERE kind = ?", (kind,))
    else:
        connection.execute(
            "INSERT OR REPLACE INTO watermarks VALUES (?, ?, ?, ?)", (kind, value, run_id, now())
        )


def store_audit(connection: sqlite3.Connection, records: Iterable[AuditRecord], limit: int) -> None:
    """Put the records into the transaction under way; the oldest beyond *limit* make room."""
    at = now()
    rows = [(at, *map(_storable, _audited(record))) for record in records]
    if not rows:
        return
    connection.executemany(
        "INSERT INTO audit(at, actor, operation, object_type, object_id, target, outcome, "
        "request_id, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    connection.execute(
        "DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?", (limit,)
    )


def about(record: AuditRecord, *, object_type: str, object_id: str, target: str) -> AuditRecord:
    """The record with what the space knows about the object."""
    return AuditRecord(
        record.actor,
        record.operation,
        object_type=object_type,
        object_id=object_id,
        target=target,
        outcome=record.outcome,
        request_id=record.request_id,
        detail=record.detail,
    )


def end_interrupted(connection: sqlite3.Connection) -> None:
    """Runs that nobody will finish, since their process died, get that result."""
    connection.execute(
        "UPDATE runs SET finished = ?, result = ? WHERE finished IS NULL", (now(), INTERRUPTED)
    )
