"""What importing costs at least: people as JSON in one SQLite table, no connector and no rules.

It keeps what the space keeps: a document, a digest, an id, a unique key, two attributes to look up.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

LOOKED_UP = ("id", "login")
_TOGETHER = 500
_LAYOUT = """
PRAGMA journal_mode = WAL;
CREATE TABLE objects(row INTEGER PRIMARY KEY, id TEXT UNIQUE, key TEXT UNIQUE, digest, document);
CREATE TABLE lookup(idx, key, row, PRIMARY KEY(idx, key, row)) WITHOUT ROWID;
"""

People = Mapping[str, Mapping[str, Any]]


def load(path: Path, people: People) -> float:
    """Seconds to write all *people* into a new file."""
    began = perf_counter()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(_LAYOUT)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO objects VALUES (?, ?, ?, ?, ?)", _rows(people))
    connection.executemany("INSERT INTO lookup VALUES (?, ?, ?)", _lookups(people))
    connection.execute("COMMIT")
    connection.close()
    return perf_counter() - began


def compare(path: Path, people: People) -> float:
    """Seconds to find that all *people* are in the file as they are."""
    began = perf_counter()
    connection = sqlite3.connect(path)
    left, same = iter(people.items()), 0
    while some := dict(islice(left, _TOGETHER)):
        marks = ",".join("?" * len(some))
        sql = f"SELECT key, digest FROM objects WHERE key IN ({marks})"
        stored = dict(connection.execute(sql, list(some)))
        same += sum(stored[key] == _digest(_document(key, each)) for key, each in some.items())
    connection.close()
    assert same == len(people)
    return perf_counter() - began


def _rows(people: People) -> Iterator[tuple[Any, ...]]:
    for row, (key, values) in enumerate(people.items(), 1):
        document = _document(key, values)
        digest = _digest(document)
        yield row, digest.hex(), key, digest, document


def _lookups(people: People) -> Iterator[tuple[Any, ...]]:
    for row, (key, values) in enumerate(people.items(), 1):
        found = {"id": key, **values}
        for number, name in enumerate(LOOKED_UP):
            yield number, found[name].lower(), row


def _document(key: str, values: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"id": key, **values}, option=orjson.OPT_SORT_KEYS)


def _digest(document: bytes) -> bytes:
    return blake2b(document, digest_size=16).digest()
