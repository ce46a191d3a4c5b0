"""The import of one run, full or delta: each type in its turn, and what is left for the next."""

from collections.abc import Iterator
from itertools import chain

from ecma2py.connector import ImportRun
from ecma2py.entries import CSEntryChange
from ecma2py_sql.deltas.objects import Objects
from ecma2py_sql.deltas.tracker import Tracker
from ecma2py_sql.deltas.trackers import kept_by, resume_all, tracker_of
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.selected import Selected
from ecma2py_sql.mapping.mapped import MappedType


def import_types(
    session: Session, types: dict[str, MappedType], run: ImportRun
) -> Iterator[CSEntryChange]:
    """The entries *run* asks for, type by type; leaves the next watermark in *run*.

    A full import gives every row as an Add. A delta import gives what has changed since the
    watermark as a Replace or Delete, for the types that say how this is found.
    """
    objects = {
        name: Objects(session, Selected.of(types[name], wanted), run)
        for name, wanted in run.types.types.items()
    }
    found = {name: tracker_of(each) for name, each in objects.items()}
    trackers = {name: each for name, each in found.items() if each is not None}
    if run.is_delta:
        resume_all(trackers, run.watermark)
        for tracker in trackers.values():
            yield from tracker.changes()
    else:
        for name, each in objects.items():
            yield from _full(each, trackers.get(name))
    run.next_watermark = kept_by(trackers, run.watermark)


def _full(objects: Objects, tracker: Tracker | None) -> Iterator[CSEntryChange]:
    entries = objects.entries() if tracker is None else _noted(objects, tracker)
    return chain(entries, objects.without_key())


def _noted(objects: Objects, tracker: Tracker) -> Iterator[CSEntryChange]:
    tracker.begin()
    for row, entry in objects.all():
        tracker.note(row, entry)
        yield entry
    tracker.end()
