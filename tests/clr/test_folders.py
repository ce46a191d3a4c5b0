r"""Names that end in \file lead to the file in the folder, where a backslash is no separator."""

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

from ecma2py.clr.folders import MOST_LINKS, STAGE, WindowsFolder

pytestmark = pytest.mark.skipif(os.sep == "\\", reason="there they lead into the folder anyway")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "Agent"
    (found / "sub").mkdir(parents=True)
    (found / "a.txt").write_text("a")
    (found / "sub" / "b.txt").write_text("b")
    return found


def test_files_are_found_under_both_names(folder: Path) -> None:
    """What is there is read with a backslash as with a slash, also below other folders."""
    told = str(WindowsFolder(folder).told)
    for separator in ("\\", "/"):
        assert Path(told + separator + "a.txt").read_text() == "a"
        assert Path(told + separator + "sub" + separator + "b.txt").read_text() == "b"
    assert Path(told).name == "Agent"


def test_what_is_written_comes_into_the_folder(folder: Path) -> None:
    """A new file is in the folder afterwards, and what is written to it later as well."""
    windows = WindowsFolder(folder)
    with Path(f"{windows.told}\\new\\log.txt").open("w") as log:
        log.write("one ")
        log.flush()
        windows.settle()
        log.write("two")
    Path(f"{windows.told}\\a.txt").write_text("changed")
    windows.settle()

    assert (folder / "new" / "log.txt").read_text() == "one two"
    assert (folder / "a.txt").read_text() == "changed"


def test_what_a_crash_left_is_found_by_the_next_run(folder: Path) -> None:
    """A file that was written in a call which never ended is moved when the next worker starts."""
    Path(f"{WindowsFolder(folder).told}\\state").write_text("kept")
    again = WindowsFolder(folder)

    assert (folder / "state").read_text() == "kept"
    assert Path(f"{again.told}\\state").read_text() == "kept"


def test_a_backslash_at_the_end_names_the_folder(folder: Path) -> None:
    """Connectors list the files of a folder and put names together with one."""
    told = str(WindowsFolder(folder).told)

    assert [each.name for each in Path(f"{told}\\").glob("*.txt")] == ["a.txt"]
    assert Path(f"{told}\\sub\\", "b.txt").read_text() == "b"


def test_what_is_written_into_a_new_folder_comes_along(folder: Path) -> None:
    """Files are in a folder that was made in the same call, by whichever separator they got there."""
    windows = WindowsFolder(folder)
    made = Path(f"{windows.told}\\new")
    made.mkdir()
    Path(f"{made}\\one").write_text("1")
    Path(made, "two").write_text("2")
    Path(made, "deep\\three").write_text("3")
    windows.settle()

    found = folder / "new"
    assert [(found / each).read_text() for each in ("one", "two", "deep/three")] == ["1", "2", "3"]
    assert Path(f"{made}\\two").read_text() == "2"


def test_another_name_is_another_name_of_the_file(folder: Path) -> None:
    """What was written in one call and renamed in a later one is in the folder by its new name."""
    windows = WindowsFolder(folder)
    told = str(windows.told)
    Path(f"{told}\\state.new").write_text("new")
    windows.settle()
    Path(f"{told}\\a.txt").unlink()
    Path(f"{told}\\state.new").rename(f"{told}\\a.txt")
    windows.settle()

    assert (folder / "a.txt").read_text() == "new"
    assert not (folder / "state.new").exists()
    assert Path(f"{told}\\a.txt").read_text() == "new"


def test_two_files_may_change_their_names(folder: Path) -> None:
    """A file that takes the place of another, which is kept under a third name, as one replaces it."""
    windows = WindowsFolder(folder)
    told = str(windows.told)
    Path(f"{told}\\a.txt").rename(f"{told}\\backup")
    Path(f"{told}\\sub\\b.txt").rename(f"{told}\\a.txt")
    Path(f"{told}\\backup").rename(f"{told}\\sub\\b.txt")
    windows.settle()

    assert (folder / "a.txt").read_text() == "b"
    assert (folder / "sub" / "b.txt").read_text() == "a"
    assert sorted(each.name for each in folder.iterdir()) == [STAGE, "a.txt", "sub"]


def test_what_came_meanwhile_is_found(folder: Path) -> None:
    """A file that somebody puts there while a worker waits for its run is known to the run."""
    windows = WindowsFolder(folder)
    (folder / "late.csv").write_text("late")
    windows.refresh()

    assert Path(f"{windows.told}\\late.csv").read_text() == "late"


def test_two_workers_take_nothing_from_each_other(folder: Path) -> None:
    """While one puts a link in the place of a file that was replaced, no other finds it deleted."""
    one, other = WindowsFolder(folder), WindowsFolder(folder)
    is_done = threading.Event()

    def look() -> None:
        while not is_done.is_set():
            other.settle()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for number in range(300):
            new = one.told.with_name("new")
            new.write_text(str(number))
            new.replace(f"{one.told}\\a.txt")
            one.settle()
            assert (folder / "a.txt").read_text() == str(number)
    finally:
        is_done.set()
        thread.join()


def test_where_nothing_can_be_written_no_links_are_left_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is killed cannot clear up: the links are where the next one finds them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (folder / STAGE).write_text("no folder can be made here")

    assert WindowsFolder(folder).told == WindowsFolder(folder).told
    assert Path(f"{WindowsFolder(folder).told}\\a.txt").read_text() == "a"


def test_what_is_deleted_is_gone(folder: Path) -> None:
    """A file deleted under its name with a backslash is not there for the next run."""
    windows = WindowsFolder(folder)
    Path(f"{windows.told}\\a.txt").unlink()
    windows.settle()

    assert not (folder / "a.txt").exists()
    assert (folder / "sub" / "b.txt").exists()


def test_what_is_renamed_keeps_what_is_in_it(folder: Path) -> None:
    """A file that changes its name is there under the new one, in the folder and with backslashes."""
    windows = WindowsFolder(folder)
    Path(f"{windows.told}\\a.txt").rename(f"{windows.told}\\sub\\c.txt")
    windows.settle()
    Path(f"{windows.told}\\sub").rename(f"{windows.told}\\below")
    windows.settle()

    assert not (folder / "a.txt").exists()
    assert (folder / "below" / "c.txt").read_text() == "a"
    assert Path(f"{windows.told}\\below\\b.txt").read_text() == "b"


def test_log_files_take_turns(folder: Path) -> None:
    """Every file of a rotation keeps its own content, though one's new name is another's old one."""
    (folder / "log.1").write_text("older")
    (folder / "log").write_text("old")
    windows = WindowsFolder(folder)
    told = str(windows.told)
    Path(f"{told}\\log.1").rename(f"{told}\\log.2")
    Path(f"{told}\\log").rename(f"{told}\\log.1")
    Path(f"{told}\\log").write_text("new")
    windows.settle()

    found = {each.name: each.read_text() for each in folder.glob("log*")}
    assert found == {"log": "new", "log.1": "old", "log.2": "older"}
    assert Path(f"{told}\\log.2").read_text() == "older"


def test_a_new_folder_is_one_with_its_files(folder: Path) -> None:
    """A folder and a file in it, made in one call, are found together under either name."""
    windows = WindowsFolder(folder)
    Path(f"{windows.told}\\new").mkdir()
    Path(f"{windows.told}\\new\\one").write_text("1")
    Path(f"{windows.told}\\new", "two").write_text("2")
    windows.settle()

    assert {each.name for each in (folder / "new").iterdir()} == {"one", "two"}
    assert {each.name for each in Path(f"{windows.told}\\new").iterdir()} == {"one", "two"}
    assert Path(f"{windows.told}\\new\\two").read_text() == "2"


def test_a_folder_that_is_there_already_gets_the_files(folder: Path) -> None:
    """A folder made under both names is one, with the files of both."""
    windows = WindowsFolder(folder)
    (folder / "new").mkdir()
    (folder / "new" / "one").write_text("1")
    Path(f"{windows.told}\\new").mkdir()
    Path(f"{windows.told}\\new", "two").write_text("2")
    windows.settle()

    assert {each.name for each in Path(f"{windows.told}\\new").iterdir()} == {"one", "two"}


def test_what_another_worker_found_is_deleted_all_the_same(folder: Path) -> None:
    """A file that a worker beside this one took in is gone once this one's connector deletes it."""
    windows, beside = WindowsFolder(folder), WindowsFolder(folder)
    new = Path(f"{windows.told}\\new.txt")
    new.write_text("x")
    beside.settle()
    windows.settle()
    new.unlink()
    windows.settle()

    assert not (folder / "new.txt").exists()


def test_a_file_on_its_way_is_not_taken_for_deleted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one worker moves a file to its place, another one does not look."""
    windows, beside = WindowsFolder(folder), WindowsFolder(folder)
    others: list[threading.Thread] = []
    link = WindowsFolder._link

    def slow_link(self: WindowsFolder, stage: Path, name: str, target: Path) -> None:
        others.append(threading.Thread(target=beside.settle))
        others[-1].start()
        others[-1].join(0.2)
        link(self, stage, name, target)

    place = Path(f"{windows.told}\\a.txt")
    place.unlink()
    place.write_text("changed")
    monkeypatch.setattr(WindowsFolder, "_link", slow_link)
    windows.settle()
    for each in others:
        each.join()

    assert (folder / "a.txt").read_text() == "changed"


def test_a_cleared_stage_deletes_nothing(folder: Path) -> None:
    """Whoever removes the links removes links, and no file that they led to."""
    windows = WindowsFolder(folder)
    for each in (folder / STAGE).iterdir():
        each.unlink()
    windows.settle()

    assert (folder / "a.txt").exists()


def test_no_name_leads_out_of_the_folder(folder: Path) -> None:
    """Dots in a name do not take a file to another place."""
    windows = WindowsFolder(folder)
    Path(f"{windows.told}\\..\\x").write_text("x")
    windows.settle()

    assert (folder / "x").exists()


def test_a_folder_may_be_copied_with_its_links(folder: Path, tmp_path: Path) -> None:
    """The links of a copy lead into the copy."""
    WindowsFolder(folder)
    copy = shutil.copytree(folder, tmp_path / "elsewhere" / "Agent", symlinks=True)
    (folder / "a.txt").unlink()

    assert Path(f"{WindowsFolder(copy).told}\\a.txt").read_text() == "a"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours_is_read(folder: Path) -> None:
    """Where nothing can be written the links are elsewhere, and lead to the files all the same."""
    folder.chmod(0o555)
    try:
        known = WindowsFolder(folder)
        assert Path(f"{known.told}\\a.txt").read_text() == "a"
    finally:
        folder.chmod(0o755)


def test_a_folder_of_anything_gets_few_links(folder: Path) -> None:
    """A DLL that lies among thousands of files does not have them all linked."""
    for number in range(MOST_LINKS + 10):
        (folder / f"{number}.dat").touch()
    WindowsFolder(folder)

    assert len(list((folder / STAGE).iterdir())) <= 2 * (MOST_LINKS + 1)
