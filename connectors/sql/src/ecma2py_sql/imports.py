"""Imports: pages of rows become entries, whatever gives the rows."""

from collections.abc import Iterator

from attrs import define

from ecma2py.connector import ImportRun
from ecma2py.entries import CSEntryChange, ObjectModificationType
from ecma2py.schema import SchemaType
from ecma2py_sql.mapped import MappedType
from ecma2py_sql.rows import RowReader
from ecma2py_sql.selected import Page, Selected
from ecma2py_sql.selection import Selection
from ecma2py_sql.session import Row, Session
from ecma2py_sql.settings import Method
from ecma2py_sql.streams import Stream
from ecma2py_sql.watermarks import Mark, column_name, digest, dump_marks, earlier, load_mark


@define
class _Import:
    """One type being imported."""

    source: Selection | Stream
    reader: RowReader
    run: ImportRun

    def entries(self) -> Iterator[CSEntryChange]:
        """An entry for every row; holds one page at a time."""
        for page in self._pages():
            yield from self.reader.entries(page)

    def rows(self) -> Iterator[tuple[Row, CSEntryChange]]:
        """Every row with the entry made of it."""
        for page in self._pages():
            yield from zip(page.rows, self.reader.entries(page), strict=True)

    def _pages(self) -> Iterator[Page]:
        pages = self.source.pages(self.run.page_size)
        while True:
            self.run.reading()
            page = next(pages, None)
            if page is None:
                return
            yield page

    def without_key(self) -> Iterator[CSEntryChange]:
        """Rows that no key tells apart, for their errors."""
        self.run.reading()
        return map(self.reader.entry, self.source.without_key())


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


def _full(
    session: Session,
    mapped: MappedType,
    wanted: SchemaType,
    run: ImportRun,
    marks: dict[str, Mark],
) -> Iterator[CSEntryChange]:
    selected = Selected.of(mapped, wanted)
    rows = mapped.rows
    by_key = rows.is_table or (rows.method is Method.QUERY and not rows.is_paged_by_index)
    keyed = Selection(session, selected)
    source = keyed if by_key else Stream(session, selected)
    task = _Import(source, RowReader(selected, kind=ObjectModificationType.ADD), run)
    if mapped.watermark and mapped.delta:
        mark = marks[mapped.name] = Mark(column_name(mapped), keyed.highest_watermark())
        near = mark.lower(mapped.delta.overlap)
        for row, entry in task.rows():
            if near is not None and row[-1] is not None and row[-1] >= near:
                mark.note(digest(entry))
            yield entry
    else:
        yield from task.entries()
    yield from task.without_key()


def _delta(
    session: Session,
    mapped: MappedType,
    wanted: SchemaType,
    run: ImportRun,
    marks: dict[str, Mark],
) -> Iterator[CSEntryChange]:
    selected = Selected.of(mapped, wanted)
    selection = Selection(session, selected, by_watermark=True)
    assert mapped.delta is not None
    overlap = mapped.delta.overlap
    before = load_mark(run.watermark, mapped)
    highest = selection.highest_watermark()
    known = [value for value in (before.value, highest) if value is not None]
    mark = marks[mapped.name] = Mark(before.column, max(known, default=None))
    if highest is None:
        return
    lowest = None if before.value is None else before.lower(overlap)
    selection.conditions = selection.watermarks(lowest, mark.value)
    task = _Import(selection, RowReader(selected, kind=ObjectModificationType.REPLACE), run)
    near = earlier(mark.value, overlap)
    for row, entry in task.rows():
        key = digest(entry)
        if row[-1] >= near:
            mark.note(key)
        if key not in before.seen:
            yield entry
