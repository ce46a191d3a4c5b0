r"""Folders whose files are also found under the names that Windows would take apart.

A connector adds ``\file`` to the name of its folder. Where a backslash is a character like any
other, that names a file beside the folder, called ``folder\file``. So the connector is told of a
folder with such names: links to the files, and what it writes there is moved to where it belongs.
"""

import logging
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

logger = logging.getLogger("ecma2py.clr")

STAGE = ".ecma2py"
"""The folder of the links, within the one they lead to, so that moving a file keeps it open."""
MOST_LINKS = 1_000
"""Beyond, no more links are made: it is no folder of a connector's own files."""


class WindowsFolder:
    """A folder, and the name to tell a connector of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._links: set[str] = set()
        self._stage: Path | None = None
        self.told = folder
        """What the connector is told: it leads to the folder, and so do names with backslashes."""
        if os.sep == "\\":
            return
        self._stage = self._staged()
        self.told = self._stage / (folder.name or "root")
        self._link(self.told.name, folder)
        self.settle()
        self._link_all()

    def settle(self) -> None:
        """What was written, renamed or deleted under such a name is so in the folder itself."""
        if self._stage is None:
            return
        try:
            with _alone_in(self._stage):
                self._settle(self._stage)
        except OSError as error:
            logger.warning("What the connector wrote stays in %s: %s", self._stage, error)

    def _settle(self, stage: Path) -> None:
        there = {each.name: each for each in os.scandir(stage)}
        if self.told.name not in there:
            return  # somebody cleared the folder of links: that deletes nothing
        prefix = f"{self.told.name}\\"
        # A folder comes before what is in it.
        names = sorted(each for each in there if each.startswith(prefix))
        written = [each for each in names if self._is_file(stage, there[each])]
        for name in written:
            self._take_in(stage / name, self._target(name))
            self._link(name, self._target(name))
        for name in self._links.difference(names):
            self._delete(self._target(name))
        self._links = set(names)
        if any(self._target(each).is_dir() for each in written):
            self._link_all()

    def _is_file(self, stage: Path, entry: os.DirEntry[str]) -> bool:
        """Whether it is no link, but a file or folder; a link that was renamed becomes one."""
        if not entry.is_symlink():
            return True
        place = Path(entry.path)
        leads_to = place.readlink()
        source = Path(os.path.normpath(stage / leads_to))
        is_renamed = leads_to != self._leads_to(self._target(entry.name))
        if not is_renamed or not source.is_relative_to(self._folder) or not source.exists():
            return False
        if source.is_dir():
            place.unlink()
        source.replace(place)
        return True

    def _take_in(self, made: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (made.is_dir() and target.is_dir()):
            made.replace(target)
            return
        for each in made.iterdir():
            self._take_in(each, target / each.name)
        made.rmdir()

    def _delete(self, target: Path) -> None:
        if target.is_dir():
            with suppress(OSError):  # as on Windows, one that is not empty stays
                target.rmdir()
        else:
            target.unlink(missing_ok=True)

    def _link_all(self) -> None:
        for place, folders, files in os.walk(self._folder):
            folders[:] = [each for each in folders if not each.startswith(".")]
            for each in (*folders, *files):
                if len(self._links) >= MOST_LINKS:
                    return
                target = Path(place, each)
                name = "\\".join((self.told.name, *target.relative_to(self._folder).parts))
                self._link(name, target)
                self._links.add(name)

    def _target(self, name: str) -> Path:
        parts = [each for each in name.split("\\")[1:] if each not in ("", ".", "..")]
        return self._folder.joinpath(*parts)

    def _staged(self) -> Path:
        stage = self._folder / STAGE
        try:
            stage.mkdir(exist_ok=True)
            if os.access(stage, os.W_OK):
                return stage
        except OSError:
            pass
        # Nothing can be written here, so that links for reading are enough.
        temporary = tempfile.TemporaryDirectory(prefix="ecma2py-folder-")
        weakref.finalize(self, temporary.cleanup)
        return Path(temporary.name)

    def _link(self, name: str, target: Path) -> None:
        assert self._stage is not None
        with suppress(FileExistsError):
            (self._stage / name).symlink_to(self._leads_to(target))

    def _leads_to(self, target: Path) -> Path:
        assert self._stage is not None
        # From within the folder a link leads to it also after it was copied elsewhere.
        is_within = self._stage.parent == self._folder
        return Path(os.path.relpath(target, self._stage)) if is_within else target


@contextmanager
def _alone_in(stage: Path) -> Iterator[None]:
    """A ``with`` block in which no other worker settles: it would see files half moved as gone."""
    import fcntl

    descriptor = os.open(stage, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks has to do without
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
