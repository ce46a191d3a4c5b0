"""A target, a space beside it, and anything that may happen between them.

The target changes by itself only while no import is under way; exports go to both at any time. So
after every good import the space has to be the target, whatever the interleaving was.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.space.importing import SqliteImport
from tests.space.spaces import contents, gone, open_space, write

Key = tuple[str, str]
KEYS = [("user", "E1"), ("user", "E2"), ("user", "E3"), ("group", "g1"), ("group", "g2")]
MULTIPLE = {"user": "phones", "group": "member"}
key_strategy = st.sampled_from(KEYS)
titles = st.sampled_from([None, "a", "b", "c"])
many = st.sets(st.sampled_from(["1", "2", "3"]))
names = st.sampled_from(["p", "q"])


class SpaceMachine(RuleBasedStateMachine):
    """Imports, exports and changes in the target, in any order."""

    @initialize()
    def begin(self) -> None:
        """An empty target and an empty space."""
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "space.db"
        self.space = open_space(self.path)
        self.target: dict[Key, dict[str, Any]] = {}
        self.dirty: set[Key] = set()
        self.ids: dict[Key, str] = {}
        self.stage: SqliteImport | None = None
        self.full = True
        self.left: list[Key] = []
        self.page: list[CSEntryChange] | None = None
        self.late: list[Callable[[], None]] = []
        self.imported_once = False

    def teardown(self) -> None:
        """Close what is open."""
        self.space.close()
        self.folder.cleanup()

    # The target and what it looks like to an import.

    def entry(self, key: Key) -> CSEntryChange:
        """The object as a page gives it; its end if it is gone."""
        kind, name = key
        if key not in self.target:
            return gone(kind, name)
        attributes = {n: v for n, v in self.target[key].items() if n != "dn"}
        dn = self.target[key]["dn"]
        return CSEntryChange.add(kind, {"key": name}, dn=dn, attributes=attributes)

    def put(self, key: Key, title: str | None, values: set[str], name: str) -> None:
        """The target holds the object so."""
        state: dict[str, Any] = {"dn": f"CN={name}-{key[1]}"}
        if title is not None:
            state["title"] = title
        if values:
            state[MULTIPLE[key[0]]] = sorted(values)
        self.target[key] = state
        self.dirty.add(key)

    @precondition(lambda self: self.stage is None)
    @rule(key=key_strategy, title=titles, values=many, name=names)
    def target_changes(self, key: Key, title: str | None, values: set[str], name: str) -> None:
        """Somebody works in the target itself."""
        self.put(key, title, values, name)

    @precondition(lambda self: self.stage is None)
    @rule(key=key_strategy)
    def target_forgets(self, key: Key) -> None:
        """An object vanishes from the target."""
        self.target.pop(key, None)
        self.dirty.add(key)

    # Exports: into the target at once, into the space at once or a little later.

    def through(self, change: CSEntryChange, later: bool) -> None:
        """The connector has accepted the change; the space hears of it in the same order."""
        self.late.append(lambda: self.applied(change))
        if not (later and self.stage is not None):
            self.flush()

    def applied(self, change: CSEntryChange) -> None:
        """Write one change through."""
        write(self.space, change)

    @rule()
    def flush(self) -> None:
        """What is waiting reaches the space."""
        for each in self.late:
            each()
        self.late = []

    @rule(key=key_strategy, title=titles, values=many, later=st.booleans())
    def export_whole(self, key: Key, title: str | None, values: set[str], later: bool) -> None:
        """An add, or a replace of what is there."""
        known = key in self.target
        self.put(key, title, values, "p")
        entry = self.entry(key)
        if known:
            entry = CSEntryChange.replace(
                key[0], {"key": key[1]}, dn=entry.dn, attributes=entry.attributes
            )
            entry.attribute_changes.add(AttributeChange.new_dn(str(entry.dn)))
        self.through(entry, later)

    @rule(key=key_strategy, title=titles, later=st.booleans())
    def export_title(self, key: Key, title: str | None, later: bool) -> None:
        """One attribute is set or cleared."""
        if key not in self.target:
            return
        self.target[key].pop("title", None)
        change = AttributeChange.delete("title")
        if title is not None:
            self.target[key]["title"] = title
            change = AttributeChange.replace("title", title)
        self.export(key, change, later)

    @rule(key=key_strategy, added=many, removed=many, later=st.booleans())
    def export_values(self, key: Key, added: set[str], removed: set[str], later: bool) -> None:
        """Values come and go one by one."""
        if key not in self.target or not added | removed:
            return
        name = MULTIPLE[key[0]]
        values = (set(self.target[key].pop(name, ())) - removed) | added
        if values:
            self.target[key][name] = sorted(values)
        change = AttributeChange.update(name, sorted(added), sorted(removed - added))
        self.export(key, change, later)

    @rule(key=key_strategy, name=names, later=st.booleans())
    def export_name(self, key: Key, name: str, later: bool) -> None:
        """The object is renamed."""
        if key in self.target:
            self.target[key]["dn"] = f"CN={name}-{key[1]}"
            self.export(key, AttributeChange.new_dn(self.target[key]["dn"]), later)

    def export(self, key: Key, change: AttributeChange, later: bool) -> None:
        """One attribute change goes through."""
        self.dirty.add(key)
        self.through(CSEntryChange.update(key[0], {"key": key[1]}, changes=[change]), later)

    @rule(key=key_strategy, later=st.booleans())
    def export_delete(self, key: Key, later: bool) -> None:
        """The object is removed."""
        self.target.pop(key, None)
        self.dirty.add(key)
        self.through(gone(*key), later)

    # Imports, page by page.

    @precondition(lambda self: self.stage is None)
    @rule(full=st.booleans())
    def import_begins(self, full: bool) -> None:
        """A full import of everything, or a delta of what has changed since the last good one."""
        self.flush()
        self.full = full or not self.imported_once
        self.stage = self.space.begin_import(self.full, 1)
        self.left = list(KEYS) if self.full else [key for key in KEYS if key in self.dirty]
        self.begun_dirty = set(self.dirty)
        self.dirty = set()

    @precondition(lambda self: self.stage is not None and self.page is None)
    @rule(size=st.integers(1, 3))
    def page_is_read(self, size: int) -> None:
        """The connector reads a page, which the space will get in a moment."""
        assert self.stage is not None
        self.stage.begin_page()
        some, self.left = self.left[:size], self.left[size:]
        entries = [self.entry(key) for key in some]
        if self.full:
            entries = [entry for entry in entries if entry.attributes or entry.dn]
        self.page = entries

    @precondition(lambda self: self.page is not None)
    @rule()
    def page_is_staged(self) -> None:
        """The page arrives."""
        assert self.stage is not None
        assert self.page is not None
        report = self.stage.stage(self.page)
        assert not (report.unknown or report.duplicates or report.refused)
        self.page = None

    @precondition(lambda self: self.stage is not None)
    @rule()
    def import_fails(self) -> None:
        """The run stops: nothing has happened."""
        assert self.stage is not None
        before = contents(self.space)
        self.stage.abandon()
        assert contents(self.space) == before
        self.ends(good=False)

    @precondition(lambda self: self.stage is not None and not self.left and self.page is None)
    @rule()
    def import_ends(self) -> None:
        """After a good import the space is the target."""
        assert self.stage is not None
        self.stage.commit("w", guard_share=1.0)
        self.flush()
        self.ends(good=True)
        expected = {(k, n): {"key": n, **state} for (k, n), state in self.target.items()}
        assert contents(self.space) == expected
        self.check_second_import()

    def ends(self, *, good: bool) -> None:
        """No import is under way."""
        if good:
            self.imported_once = True
        else:
            self.dirty |= self.begun_dirty
        self.stage, self.page, self.left = None, None, []

    def check_second_import(self) -> None:
        """An import of the same again writes nothing."""
        with self.space.begin_import(True, 1) as stage:
            stage.begin_page()
            stage.stage([self.entry(key) for key in KEYS if key in self.target])
            report = stage.commit("w", guard_share=0.0)
        assert (report.added, report.updated, report.deleted) == (0, 0, 0)
        assert (report.held, report.unchanged) == (False, len(self.target))

    @rule()
    def process_restarts(self) -> None:
        """The space is closed and opened; an import under way is lost."""
        self.space.close()
        if self.stage is not None:
            self.ends(good=False)
        self.space = open_space(self.path)

    # What holds at any time.

    @invariant()
    def ids_are_stable(self) -> None:
        """An id never changes, and leads to its object."""
        for kind in ("user", "group"):
            for each in self.space.page(kind, 0, 99):
                key = kind, str(each.anchor["key"])
                assert self.ids.setdefault(key, each.id) == each.id

    @invariant()
    def look_ups_agree(self) -> None:
        """Count, page, anchor, DN and value lead to the same objects."""
        for kind in ("user", "group"):
            objects = self.space.page(kind, 0, 99)
            assert self.space.count(kind) == len(objects)
            for each in objects:
                # Until an import has seen it, an object written through may be without a name.
                named = [] if each.dn is None else [self.space.by_dn(each.dn)]
                for found in (
                    self.space.by_anchor(kind, each.anchor),
                    *named,
                    *(self.space.find(kind, "key", each.anchor["key"])),
                ):
                    assert found is not None
                    assert found.id == each.id


TestSpaceMachine = SpaceMachine.TestCase
TestSpaceMachine.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
