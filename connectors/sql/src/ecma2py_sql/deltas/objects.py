"""The objects of one type as one run reads them: all of them, some of them, or that one is gone."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from attrs import define, field

from ecma2py.connector import ImportRun
from ecma2py.entries import CSEntryChange, ObjectModificationType, generated_dn
from ecma2py.errors import MAImportError
from ecma2py.schema import Value
from ecma2py_sql.deltas.marked import alive, dead
from ecma2py_sql.drivers.results import Row
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.reading import ColumnReader
from ecma2py_sql.importing.rows import RowReader
from ecma2py_sql.importing.selected import Page, Selected
from ecma2py_sql.importing.selection import Conditions, Selection
from ecma2py_sql.importing.streams import Stream
from ecma2py_sql.mapping.mapped import MappedType


@define
class Objects:
    """Reads the objects of one type."""

    session: Session
    selected: Selected
    run: ImportRun
    rows: Selection = field(init=False)
    """Every row, also of what is no object because it is marked as deleted."""
    _readers: dict[ObjectModificationType, RowReader] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.rows = Selection(self.session, self.selected)

    @property
    def mapped(self) -> MappedType:
        """Their type."""
        return self.selected.mapped

    @property
    def alive(self) -> Conditions:
        """What rows of objects satisfy."""
        return alive(self.session, self.mapped, self.rows.quoted)

    def entries(self) -> Iterator[CSEntryChange]:
        """Every object as it is added."""
        reader = self._reader(ObjectModificationType.ADD)
        return chain.from_iterable(map(reader.entries, self._pages(self._source())))

    def all(self) -> Iterator[tuple[Row, CSEntryChange]]:
        """Every row of an object, with the object as it is added."""
        return self._read(self._source(), ObjectModificationType.ADD)

    def as_they_are(self) -> Iterator[tuple[Row, CSEntryChange]]:
        """Every row of an object, with the object as it replaces what was known of it."""
        return self._read(self._source(), ObjectModificationType.REPLACE)

    def some(self, conditions: Conditions) -> Iterator[tuple[Row, CSEntryChange]]:
        """The objects whose rows satisfy *conditions*, with what replaces what was known."""
        source = Selection(self.session, self.selected, conditions=self.alive & conditions)
        return self._read(source, ObjectModificationType.REPLACE)

    def marked_deleted(self, conditions: Conditions) -> Iterator[tuple[Row, CSEntryChange]]:
        """The rows among those that are marked as deleted, each with its Delete."""
        if self.mapped.delta is None or self.mapped.delta.deleted is None:
            return
        conditions = dead(self.session, self.mapped, self.rows.quoted) & conditions
        for page in self._pages(Selection(self.session, self.selected, conditions=conditions)):
            for row in page.rows:
                yield row, self.gone(self.selected.key(row))

    def keys(self, conditions: Conditions, most: int) -> list[tuple[Any, ...]]:
        """The anchors of the rows that satisfy *conditions*, as the driver gives them."""
        return Selection(self.session, self.selected, conditions=conditions).keys(most)

    def without_key(self) -> Iterator[CSEntryChange]:
        """Rows that no key tells apart, for their errors; read when the first is asked for."""
        self.run.reading()
        reader = self._reader(ObjectModificationType.ADD)
        yield from map(reader.entry, self._source().without_key())

    def gone(self, key: Sequence[Any]) -> CSEntryChange:
        """The Delete of the object with the anchor *key*, as a driver gave it."""
        mapped = self.mapped
        try:
            anchor: dict[str, Value] = {
                each.attribute: ColumnReader(each.column, self.session.dialect)(value)
                for each, value in zip(mapped.anchor, key, strict=True)
            }
        except ValueError as error:
            problem = str(error).rstrip(".")
            return CSEntryChange.import_error(
                mapped.name,
                None,
                MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE,
                detail=f"{mapped.place}, key {key!r} of a row that was removed: {problem}.",
            )
        return self.deleted(anchor)

    def deleted(self, anchor: dict[str, Value]) -> CSEntryChange:
        """The Delete of the object with this anchor; without a DN if that says something else."""
        named = self.mapped.dn is None
        dn = generated_dn(anchor.values(), self.mapped.name) if named else None
        return CSEntryChange.delete(self.mapped.name, anchor, dn=dn)

    def _source(self) -> Selection | Stream:
        if self.mapped.rows.can_be_asked:
            return Selection(self.session, self.selected, conditions=self.alive)
        return Stream(self.session, self.selected)

    def _read(
        self, source: Selection | Stream, kind: ObjectModificationType
    ) -> Iterator[tuple[Row, CSEntryChange]]:
        reader = self._reader(kind)
        for page in self._pages(source):
            yield from zip(page.rows, reader.entries(page), strict=True)

    def _reader(self, kind: ObjectModificationType) -> RowReader:
        """The reader for a kind of entries: some deltas read a few rows at a time, many times."""
        if kind not in self._readers:
            self._readers[kind] = RowReader(self.selected, self.session.dialect, kind=kind)
        return self._readers[kind]

    def _pages(self, source: Selection | Stream) -> Iterator[Page]:
        """Page by page, each said to be read now."""
        pages = source.pages(self.run.page_size)
        while True:
            self.run.reading()
            page = next(pages, None)
            if page is None:
                return
            yield page
