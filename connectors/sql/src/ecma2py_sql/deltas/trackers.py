"""Which tracker a type has, and what all of them leave for the next delta import."""

from collections.abc import Callable, Mapping
from typing import Any

from ecma2py_sql.deltas.change_tracking import ChangeTrackingTracker
from ecma2py_sql.deltas.growing import GrowingTracker
from ecma2py_sql.deltas.histories import HistoryTracker
from ecma2py_sql.deltas.kept import dump_kept, load_kept, no_watermark
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.deltas.row_hashes import RowHashesTracker
from ecma2py_sql.deltas.snapshot_database import SnapshotTracker
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.deltas.transaction_ids import TransactionIds
from ecma2py_sql.deltas.watermarks import WatermarkColumns
from ecma2py_sql.mapping.settings import Strategy

_TRACKERS: Mapping[Strategy, Callable[[Objects], Tracker]] = {
    Strategy.WATERMARK: lambda objects: GrowingTracker(objects, WatermarkColumns(objects)),
    Strategy.HISTORY: HistoryTracker,
    Strategy.CHANGE_TRACKING: ChangeTrackingTracker,
    Strategy.SNAPSHOT_DATABASE: SnapshotTracker,
    Strategy.ROW_HASHES: RowHashesTracker,
    Strategy.TRANSACTION_ID: lambda objects: GrowingTracker(objects, TransactionIds(objects)),
}


def tracker_of(objects: Objects) -> Tracker | None:
    """What finds the changes of these objects; None if they take no part in deltas."""
    delta = objects.mapped.delta
    return None if delta is None else _TRACKERS[delta.settings.strategy](objects)


def resume_all(trackers: Mapping[str, Tracker], text: str | None) -> None:
    """Let every tracker go on from what *text* keeps; ``WarningNoWatermarkError`` if one cannot."""
    kept = load_kept(text)
    for name, tracker in trackers.items():
        if name not in kept:
            raise no_watermark(name, "is missing")
        of, state = kept[name]
        if of != tracker.identity:
            raise no_watermark(name, f"is of {of}, not of {tracker.identity}")
        try:
            tracker.resume(state)
        except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError) as error:
            raise no_watermark(name, f"cannot be read ({error})") from error


def kept_by(trackers: Mapping[str, Tracker], text: str | None) -> str | None:
    """What the next delta starts from: types that took no part keep what *text* has of them."""
    states: dict[str, tuple[str, Any]] = load_kept(text)
    states.update((name, (each.identity, each.state())) for name, each in trackers.items())
    return dump_kept(states) if states else None
