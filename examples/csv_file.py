"""A CSV file as a connected system: full import, delta import by snapshot, and export.

The watermark is the snapshot itself, a digest for each row. So a delta import needs nothing beside
the file, and a run that fails leaves the snapshot of the last good one.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from ecma2py import (
    Connector,
    CSEntryChange,
    CSEntryChangeResult,
    EntryExportError,
    ExportRun,
    ImportRun,
    MAExportError,
    ObjectAlreadyExistsError,
    ObjectModificationType,
    ObjectNotFoundError,
    Parameter,
    Schema,
    SchemaAttribute,
    SchemaType,
    ServerDownError,
    Values,
    apply_change,
    result_of,
)

Row = dict[str, str]


class CsvFile(Connector, delta_import=True):
    """One file of people: the first line names the columns, one column identifies a row."""

    file = Parameter.file("File", required=True, text="A CSV file in UTF-8 with a heading line")
    key = Parameter.string("Key column", default="id")
    multiple = Parameter.string("Multi-valued columns", text="Comma-separated column names")
    separator = Parameter.string("Value separator", default="|", text="Between several values")

    def schema(self) -> Schema:
        """A person has the file's columns, all of them text."""
        columns, _ = self._read()
        if self.key not in columns:
            raise ServerDownError(f"{self.file.name} has no column {self.key!r}: name another key.")
        many = {name.strip() for name in self.multiple.split(",")}
        attributes = [SchemaAttribute.anchor(self.key)]
        for column in columns:
            if column != self.key:
                make = SchemaAttribute.multi if column in many else SchemaAttribute.single
                attributes.append(make(column))
        return Schema([SchemaType("person", attributes)])

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Every row, or the rows whose digest differs from the snapshot in the watermark."""
        before: dict[str, str] = json.loads(run.watermark) if run.is_delta and run.watermark else {}
        _, rows = self._read()
        snapshot = {key: _digest(row) for key, row in rows.items()}
        for key, row in rows.items():
            if before.get(key) != snapshot[key]:
                make = CSEntryChange.replace if run.is_delta else CSEntryChange.add
                yield make("person", {self.key: key}, attributes=self._attributes(run, row))
        for key in before.keys() - rows.keys():
            yield CSEntryChange.delete("person", {self.key: key})
        run.next_watermark = json.dumps(snapshot)

    def export_entries(
        self, run: ExportRun, changes: list[CSEntryChange]
    ) -> Iterator[CSEntryChangeResult]:
        """The batch in one write of the file; a change that cannot be made leaves the others."""
        columns, rows = self._read()
        results = []
        for change in changes:
            try:
                self._apply(columns, rows, change)
            except EntryExportError as error:
                results.append(result_of(change, error))
            except (ObjectAlreadyExistsError, ObjectNotFoundError) as error:
                results.append(result_of(change, error))
        self._write(columns, rows)
        return iter(results)

    def _apply(self, columns: list[str], rows: dict[str, Row], change: CSEntryChange) -> None:
        key = str(change.anchor.get(self.key, ""))
        kind = change.object_modification_type
        if not key:
            raise EntryExportError(
                f"A new row needs a value for {self.key!r}.",
                MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT,
            )
        if kind is ObjectModificationType.ADD and key in rows:
            raise ObjectAlreadyExistsError(f"There is a row {key!r} already.")
        if kind is not ObjectModificationType.ADD and key not in rows:
            raise ObjectNotFoundError(f"There is no row {key!r}.")
        if kind is ObjectModificationType.DELETE:
            del rows[key]
            return
        types = {name: isinstance(value, list) for name, value in change.attributes.items()}
        before = {n: self._values(n, v, types) for n, v in rows.get(key, {}).items() if v}
        after = apply_change(before, change)
        rows[key] = {
            name: self.separator.join(map(str, value)) if isinstance(value, list) else str(value)
            for name, value in after.items()
            if name in columns
        } | {self.key: key}

    def _values(self, name: str, text: str, types: Mapping[str, bool]) -> Values:
        many = types.get(name, name in {each.strip() for each in self.multiple.split(",")})
        return list(text.split(self.separator)) if many else text

    def _attributes(self, run: ImportRun, row: Row) -> dict[str, Values | None]:
        wanted = run.types.types["person"].attributes.keys() & row.keys() - {self.key}
        return {name: self._values(name, row[name], {}) if row[name] else None for name in wanted}

    def _read(self) -> tuple[list[str], dict[str, Row]]:
        try:
            with self.file.open(newline="", encoding="utf-8-sig") as stream:
                reader = csv.DictReader(stream)
                rows = {row[self.key]: dict(row) for row in reader if row.get(self.key)}
                return list(reader.fieldnames or ()), rows
        except OSError as error:
            raise ServerDownError(f"{self.file} cannot be read: {error.strerror}.") from error

    def _write(self, columns: list[str], rows: dict[str, Row]) -> None:
        beside = Path(f"{self.file}.new")
        with beside.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows.values())
        beside.replace(self.file)


def _digest(row: Row) -> str:
    return blake2b(json.dumps(row, sort_keys=True).encode(), digest_size=8).hexdigest()
