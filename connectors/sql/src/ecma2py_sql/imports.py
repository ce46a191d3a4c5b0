"""Imports: pages of rows become entries, and each page's multi-valued tables are merged into it."""

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define, field

from ecma2py.connector import ImportRun
from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.errors import UnexpectedDataError
from ecma2py.schema import SchemaType
from ecma2py_sql.mapping import MappedType
from ecma2py_sql.rows import RowReader
from ecma2py_sql.selection import Conditions, Key, Selection
from ecma2py_sql.session import Row, Session
from ecma2py_sql.watermarks import Mark, column_name, digest, dump_marks, earlier, load_mark


@define
class _Import:
    """One type being imported."""

    selection: Selection
    reader: RowReader
    run: ImportRun
    conditions: Conditions = field(factory=Conditions)

    def rows(self) -> Iterator[tuple[Row, CSEntryChange]]:
        """Every row in order with the entry made of it; holds one page at a time."""
        after: Key | None = None
        size = self.run.page_size
        while True:
            self.run.reading()
            page = self.selection.page(size, after, self.conditions)
            if page:
                last = self.selection.key(page[-1])
                if last == after:
                    raise UnexpectedDataError(
                        f"Table {self.selection.mapped.table.name!r} gives the row after key "
                        f"{after!r} as that row again: the driver does not take its own value back."
                    )
                yield from self._entries(page, after, last)
                after = last
            if len(page) < size:
                return

    def without_key(self) -> Iterator[CSEntryChange]:
        """Rows that no key tells apart, for their errors."""
        self.run.reading()
        return map(self.reader.entry, self.selection.without_key())

    def _entries(
        self, page: Sequence[Row], after: Key | None, last: Key
    ) -> Iterator[tuple[Row, CSEntryChange]]:
        entry = self.reader.entry
        children = self.selection.children
        if not children:
            for row in page:
                yield row, entry(row)
            return
        found: dict[Key, dict[str, list[Any]]] = {}
        for child in children:
            for *key, value in self.selection.values(child, after, last, self.conditions):
                values = found.setdefault(tuple(key), {})
                values.setdefault(child.attribute, []).append(value)
        at = self.reader.anchor_at
        nothing: dict[str, list[Any]] = {}
        for row in page:
            yield row, entry(row, found.get(tuple([row[index] for index in at]), nothing))


def import_types(
    session: Session, types: dict[str, MappedType], run: ImportRun
) -> Iterator[CSEntryChange]:
    """The entries *run* asks for, type by type; leaves the next watermark in *run*.

    A full import gives every row as an Add. A delta import gives every row changed since the
    watermark as a Replace, for the types that have a watermark column: it cannot see deleted rows,
    nor a changed row of a multi-valued table whose parent's watermark stayed.
    """
    marks: dict[str, Mark] = {}
    for name, schema_type in run.types.types.items():
        mapped = types[name]
        if run.is_delta:
            if mapped.watermark:
                yield from _delta(session, mapped, schema_type, run, marks)
        else:
            yield from _full(session, mapped, schema_type, run, marks)
    run.next_watermark = dump_marks(marks) if marks else None


def _start(session: Session, mapped: MappedType, wanted: SchemaType, run: ImportRun) -> _Import:
    columns = tuple(c for c in mapped.columns if c.is_anchor or c.attribute in wanted.attributes)
    children = tuple(c for c in mapped.multivalued if c.attribute in wanted.attributes)
    selection = Selection(
        session, mapped, columns=columns, children=children, by_watermark=run.is_delta
    )
    kind = ObjectModificationType.REPLACE if run.is_delta else ObjectModificationType.ADD
    reader = RowReader(mapped, columns, selection.anchor_at(), children, session.dialect, kind=kind)
    return _Import(selection, reader, run)


def _full(
    session: Session,
    mapped: MappedType,
    wanted: SchemaType,
    run: ImportRun,
    marks: dict[str, Mark],
) -> Iterator[CSEntryChange]:
    task = _start(session, mapped, wanted, run)
    mark = None
    if mapped.watermark:
        mark = marks[mapped.name] = Mark(column_name(mapped), task.selection.highest_watermark())
    near = None if mark is None else mark.lower(mapped.overlap)
    for row, entry in task.rows():
        if mark is not None and near is not None and row[-1] is not None and row[-1] >= near:
            mark.note(digest(entry))
        yield entry
    yield from task.without_key()


def _delta(
    session: Session,
    mapped: MappedType,
    wanted: SchemaType,
    run: ImportRun,
    marks: dict[str, Mark],
) -> Iterator[CSEntryChange]:
    task = _start(session, mapped, wanted, run)
    before = load_mark(run.watermark, mapped)
    highest = task.selection.highest_watermark()
    known = [value for value in (before.value, highest) if value is not None]
    mark = marks[mapped.name] = Mark(before.column, max(known, default=None))
    if highest is None:
        return
    lowest = None if before.value is None else before.lower(mapped.overlap)
    task.conditions = task.selection.watermarks(lowest, mark.value)
    near = earlier(mark.value, mapped.overlap)
    for row, entry in task.rows():
        key = digest(entry)
        if row[-1] >= near:
            mark.note(key)
        if key not in before.seen:
            yield entry
