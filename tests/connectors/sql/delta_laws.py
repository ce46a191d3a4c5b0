"""A small world of rows that change at random, and the law every strategy of deltas keeps."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from hypothesis import strategies as st

from ecma2py import CSEntryChange, ObjectModificationType
from tests.connectors.sql.targets import Host, Target, content

TABLES = """
CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20), w INTEGER, gone INTEGER);
CREATE TABLE v (t INTEGER, value VARCHAR(20), w INTEGER, PRIMARY KEY (t, value));
"""
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "drop", "value", "value", "no value", "delta")),
        st.integers(1, 4),
        st.sampled_from("abc"),
        st.integers(0, 2),
    ),
    max_size=20,
)
Operation = tuple[str, int, str, int]


@define
class World:
    """Objects in ``t`` with values in ``v``, and what a host knows of them by deltas."""

    target: Target
    types: str
    soft: bool = field(kw_only=True)
    """Objects are marked as deleted, and a value that goes touches its object."""
    host: Host = field(init=False)
    known: dict[Any, Any] = field(factory=dict, init=False)
    clock: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        for table in ("t", "v"):
            self.target.execute(f"DELETE FROM {table}")
        self.host = self.target.host(self.types)

    def start(self) -> None:
        """A full import."""
        self.known = {entry.anchor["id"]: content(entry) for entry in self.host.full()}

    def act(self, operation: Operation) -> None:
        """Change something, or let the host catch up."""
        action, key, word, step = operation
        if action == "delta":
            self.catch_up()
            return
        self.clock += step
        if action == "put":
            self.target.execute(
                f"INSERT INTO t VALUES (?, ?, ?, 0) {self._or_update('id', 'name', 'w')}, gone = 0",
                [(key, word, self.clock)],
            )
        elif action == "drop":
            sql = "UPDATE t SET gone = 1, w = ? WHERE id = ?" if self.soft else None
            if sql:
                self.target.execute(sql, [(self.clock, key)])
            else:
                self.target.execute("DELETE FROM t WHERE id = ?", [(key,)])
        elif action == "value":
            self.target.execute(
                f"INSERT INTO v VALUES (?, ?, ?) {self._or_update('t, value', 'w')}",
                [(key, word, self.clock)],
            )
        else:
            self.target.execute("DELETE FROM v WHERE t = ? AND value = ?", [(key, word)])
            if self.soft:
                self.target.execute("UPDATE t SET w = ? WHERE id = ?", [(self.clock, key)])

    def _or_update(self, key: str, *columns: str) -> str:
        """What makes an INSERT an update of *columns* where a row has the *key*."""
        if self.target.name == "mariadb":
            changes = ", ".join(f"{each} = VALUES({each})" for each in columns)
            return f"ON DUPLICATE KEY UPDATE {changes}"
        changes = ", ".join(f"{each} = excluded.{each}" for each in columns)
        return f"ON CONFLICT ({key}) DO UPDATE SET {changes}"

    def catch_up(self) -> list[CSEntryChange]:
        """A delta, after which the host knows what a full import would tell it."""
        entries = self.host.delta(page_size=2)
        told = [entry.anchor["id"] for entry in entries]
        assert len(told) == len(set(told)), "an object came twice"
        for entry in entries:
            if entry.object_modification_type is ObjectModificationType.DELETE:
                self.known.pop(entry.anchor["id"], None)
            else:
                assert entry.object_modification_type is ObjectModificationType.REPLACE
                self.known[entry.anchor["id"]] = content(entry)
        fresh = self.target.host(self.types).full()
        assert self.known == {entry.anchor["id"]: content(entry) for entry in fresh}
        return entries


def deltas_equal_a_full_import(world: World, operations: list[Operation]) -> None:
    """apply(full, deltas) == a later full import, at every delta."""
    half = len(operations) // 3
    for operation in operations[:half]:
        if operation[0] != "delta":
            world.act(operation)
    world.start()
    assert world.catch_up() == []
    for operation in operations[half:]:
        world.act(operation)
    world.catch_up()


def a_run_that_broke_off_repeats(host: Host, change: Callable[[], None]) -> list[CSEntryChange]:
    """Without its watermark stored, a delta tells the same once more; with it, nothing."""
    change()
    kept = host.custom_data
    first = host.delta()
    host.custom_data = kept
    again = host.delta()
    assert [(e.anchor, e.attributes) for e in again] == [(e.anchor, e.attributes) for e in first]
    assert first
    assert host.delta() == []
    return first
