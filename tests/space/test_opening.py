import sqlite3
import threading
import time
from pathlib import Path

import pytest

from ecma2py.capabilities import MADistinguishedNameStyle, MANormalizations
from ecma2py.schema import Schema
from ecma2py.space import (
    MatchRule,
    SpaceBusyError,
    SpaceMismatchError,
    SpaceStorageError,
    SpaceVersionError,
)
from ecma2py.space.errors import SpaceError, translated
from ecma2py.space.migrations import MIGRATIONS, OBJECT_INDEXES
from tests.space.spaces import SCHEMA, begin, contents, counts, dn_of, open_space, run, user, write


def test_everything_is_there_after_a_restart(path: Path) -> None:
    """Objects, ids, versions, indexes and watermarks."""
    with open_space(path) as space:
        run(space, [user("E1", mail="a@b")], watermark="w")
        before = space.by_dn(dn_of("E1"))
    with open_space(path) as space:
        after = space.find("user", "mail", "A@B")[0]
        assert before is not None
        assert (after.id, after.version, after.document) == (
            *(before.id, before.version, before.document),
        )
        assert space.watermark() == "w"
        assert counts(run(space, [user("E1", mail="a@b")])) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"connector": "crm"},
        {"dn_style": MADistinguishedNameStyle.GENERIC},
        {"normalizations": MANormalizations.UPPERCASE},
    ],
)
def test_the_space_of_another_connector_is_refused(path: Path, other: dict[str, object]) -> None:
    """Its keys and ids would mean something else."""
    open_space(path).close()
    with pytest.raises(SpaceMismatchError, match="was made for"):
        open_space(path, **other)


def test_a_file_that_is_no_space_is_refused_and_left_alone(path: Path) -> None:
    """Neither any text file nor somebody else's database is touched."""
    path.write_text("no database at all, but long enough to have a header " * 20)
    with pytest.raises(SpaceMismatchError, match="no connector space"):
        open_space(path)
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine(a)")
    connection.close()
    with pytest.raises(SpaceMismatchError, match="no connector space"):
        open_space(path)


def test_a_file_of_a_newer_release_is_refused(path: Path) -> None:
    """The message says what to do."""
    open_space(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(SpaceVersionError, match="upgrade ecma2py"):
        open_space(path)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(SpaceStorageError, match=r"nowhere.*cannot be opened"):
        open_space(tmp_path / "nowhere" / "s.db")


def test_a_damaged_file_is_reported(path: Path) -> None:
    """An operator has to act; the error says how."""
    with open_space(path) as space:
        run(space, [user(f"E{n}") for n in range(500)])
    content = bytearray(path.read_bytes())
    content[8192 : len(content) - 4096] = b"\xff" * (len(content) - 12288)
    path.write_bytes(content)
    with pytest.raises(SpaceStorageError, match="damaged"), open_space(path) as space:
        contents(space)


def test_a_file_locked_by_somebody_else_is_busy(path: Path) -> None:
    """A write gives up after the time-out, a read is not disturbed."""
    with open_space(path, busy_timeout=0.05) as space:
        write(space, user("E1"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SpaceBusyError, match="try again"):
            write(space, user("E2"))
        assert space.count("user") == 1
        other.close()
        write(space, user("E2"))


def test_an_error_of_sqlite_nobody_foresaw_keeps_its_text() -> None:
    """No error leaves the package as one of SQLite."""
    error = translated(sqlite3.ProgrammingError("odd"), "s.db")
    assert isinstance(error, SpaceError)
    assert "odd" in str(error)


def test_an_import_that_died_is_forgotten(path: Path) -> None:
    """The next opening cleans up, and the next import begins afresh."""
    space = open_space(path)
    run(space, [user("E1")])
    stage = begin(space)
    stage.stage([user("E1", title="x"), user("E2")])
    write(space, user("E3"))
    assert stage._stage is not None
    stage._stage.close()  # as if the process had ended here
    space._database.close()
    with open_space(path) as space:
        assert {key for _, key in contents(space)} == {"E1", "E3"}
        assert space._database.all("SELECT import_clock, held FROM state") == [(None, None)]
        assert space._database.all("SELECT count(*) FROM younger") == [(0,)]
        assert counts(run(space, [user("E1")])) == (0, 0, 1, 1)


def test_a_damaged_stage_is_replaced(path: Path) -> None:
    """What an import left there that lost its power is of no use to anybody."""
    with open_space(path) as space:
        path.with_name(f"{path.name}-stage").write_bytes(b"\x00broken" * 5000)
        assert counts(run(space, [user("E1")])) == (1, 0, 0, 0)


def test_an_index_whose_rule_changed_is_built_anew(path: Path) -> None:
    """Case-exact today, case-insensitive tomorrow: the answer follows the rule."""
    with open_space(path, matching=[MatchRule("user", "mail", case_exact=True)]) as space:
        run(space, [user("E1", mail="Ann@b")])
        assert space.find("user", "mail", "ann@b") == []
    with open_space(path, matching=[MatchRule("user", "mail")]) as space:
        assert len(space.find("user", "mail", "ANN@b")) == 1
        assert space.wait_for_indexes(10)
        assert space.has_index("user", "mail")
        assert len(space.find("user", "mail", "ANN@b")) == 1


def test_an_index_goes_by_todays_rule_also_when_its_rule_is_gone(path: Path) -> None:
    """An attribute that is matched no more compares as in a space that never matched it."""
    with open_space(path, matching=[MatchRule("user", "mail", case_exact=True)]) as space:
        run(space, [user("E1", mail="Ann@b", level=5)])
        assert len(space.find("user", "level", 5)) == 1
        assert space.wait_for_indexes(10)
        before = space._indexes.numbers
    with open_space(path, matching=[]) as space:
        assert len(space.find("user", "mail", "ANN@b")) == 1
        assert space.wait_for_indexes(10)
        assert space.has_index("user", "mail")
        assert len(space.find("user", "mail", "ANN@b")) == 1
        assert len(space._indexes.numbers - before) == 1  # those of references and numbers stay


def test_an_index_is_finished_after_a_restart(path: Path) -> None:
    """Building goes on where the last process stopped."""
    with open_space(path) as space:
        run(space, [user(f"E{n}", title=f"t{n}") for n in range(1200)])
        assert len(space.find("user", "title", "T1100")) == 1
        while ("user", "title") not in space._indexes._by_name:
            time.sleep(0.001)
    with open_space(path) as space:
        assert space.wait_for_indexes(10)
        assert space.has_index("user", "title")
        assert len(space.find("user", "title", "T1100")) == 1


def test_two_openings_keep_each_others_indexes(path: Path) -> None:
    """An index made by another process is kept up to date by this one."""
    with open_space(path) as one, open_space(path) as other:
        run(one, [user("E1", title="a")])
        other.find("user", "title", "a")
        assert other.wait_for_indexes(10)
        write(one, user("E2", title="b"))
        run(one, [user("E3", title="c")], full=False)
        assert [len(other.find("user", "title", each)) for each in "abc"] == [1, 1, 1]


def test_normalized_anchors_name_one_object(path: Path) -> None:
    """Uppercase: an anchor in another case is the same object, its reference too."""
    with open_space(
        path,
        dn_style=MADistinguishedNameStyle.NONE,
        normalizations=MANormalizations.UPPERCASE,
    ) as space:
        run(space, [user("e1")])
        assert counts(run(space, [user("E1")])) == (0, 1, 0, 0)
        found = space.by_anchor("user", {"key": "e1"})
        named = space.by_dn("e1")
        assert found is not None
        assert named is not None
        assert found.id == named.id


def test_the_layout_of_the_file_has_the_indexes_a_bulk_import_rebuilds(path: Path) -> None:
    """Their definitions are written once."""
    with open_space(path, schema=Schema(SCHEMA.types.values())) as space:
        names = {
            name
            for (name,) in space._database.all(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'objects'"
            )
        }
    assert names == OBJECT_INDEXES.keys()


def test_a_space_is_closed_while_it_is_read(path: Path) -> None:
    """Whoever reads meanwhile gets an error, not a crash; later reads are refused."""
    space = open_space(path)
    run(space, [user(f"E{n}", title=f"t{n}") for n in range(2000)])
    reading = threading.Barrier(4)
    ends: list[str] = []

    def read() -> None:
        reading.wait()
        try:
            while True:
                space.scan("user", 0, 2000)
        except SpaceError as error:
            ends.append(str(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for each in threads:
        each.start()
    reading.wait()
    space.close()
    for each in threads:
        each.join(10)
    assert len(ends) == 3
    with pytest.raises(SpaceStorageError, match="has been closed"):
        space.count("user")
