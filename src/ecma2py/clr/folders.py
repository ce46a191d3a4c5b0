r"""Folders whose files are also found under the names that Windows would take apart.

A connector adds ``\file`` to the name of its folder. Where a backslash is a character like any
other, that names a file beside the folder, called ``folder\file``. So the connector is told of a
folder with such names: links to the files, and what it writes there is moved to where it belongs.
"""

import hashlib
import logging
import os
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ecma2py.clr.assemblies import cache_folder

logger = logging.getLogger("ecma2py.clr")

STAGE = ".ecma2py"
"""The folder of the links, within the one they lead to, so that moving a file keeps it open."""
MOST_LINKS = 1_000
"""Beyond, no more links are made: it is no folder of a connector's own files."""

_MOVING = "moving."
"""How the names of files begin that are on their way to another name."""


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
        self.refresh()

    def refresh(self) -> None:
        """What is in the folder by now has a name with backslashes, and the other way round."""
        self._in_turn(self._link_root, self._settle, self._link_all)

    def settle(self) -> None:
        """What was written or deleted under a name with backslashes is so in the folder itself."""
        self._in_turn(self._settle)

    def _in_turn(self, *steps: Callable[[Path], None]) -> None:
        if self._stage is None:
            return
        try:
            with _alone_in(self._stage):
                for each in steps:
                    each(self._stage)
        except OSError as error:
            logger.warning("What the connector wrote stays in %s: %s", self._stage, error)

    def _settle(self, stage: Path) -> None:
        prefix = f"{self.told.name}\\"
        there = {each.name: each for each in os.scandir(stage)}
        if self.told.name not in there:
            return  # somebody cleared the folder of links: that deletes nothing
        gone = self._links - there.keys()
        own = {name: each for name, each in there.items() if name.startswith(prefix)}
        written = [each for each in own.values() if not each.is_symlink()]
        is_changed = self._rename(stage, own) or bool(written)
        for each in written:
            target = self._target(each.name)
            with suppress(FileNotFoundError):  # it got another name meanwhile
                self._move(Path(each.path), target)
                self._link(stage, each.name, target)
        # Also those that another worker made: what has a link now and none later was deleted.
        self._links = set(own)
        for name in gone:
            target = self._target(name)
            if target.is_dir():
                with suppress(OSError):  # as on Windows, one that is not empty stays
                    target.rmdir()
            else:
                target.unlink(missing_ok=True)
        if is_changed:
            self._link_all(stage)

    def _rename(self, stage: Path, own: Mapping[str, os.DirEntry[str]]) -> bool:
        """Where a link got another name, that was meant for what it leads to. True if any did."""
        moving: list[tuple[Path, str]] = []
        for name, each in own.items():
            try:
                old = Path(os.path.normpath(stage / Path(each.path).readlink()))
            except OSError:
                continue  # it is no link, or was one a moment ago
            if old == self._target(name) or not old.is_relative_to(self._folder):
                continue
            Path(each.path).unlink()
            # Two files may have changed their places.
            aside = stage / f"{_MOVING}{len(moving)}"
            with suppress(FileNotFoundError):
                old.replace(aside)
                moving.append((aside, name))
        for aside, name in moving:
            target = self._target(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            aside.replace(target)
            self._link(stage, name, target)
        return bool(moving)

    def _move(self, source: Path, target: Path) -> None:
        if not source.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            return
        target.mkdir(parents=True, exist_ok=True)
        for each in list(source.iterdir()):
            self._move(each, _below(target, each.name))
        source.rmdir()

    def _link_root(self, stage: Path) -> None:
        for each in (self.told.name, f"{self.told.name}\\"):
            self._link_once(stage / each, self._folder)

    def _link_all(self, stage: Path) -> None:
        for place, folders, files in os.walk(self._folder):
            folders[:] = [each for each in folders if not each.startswith(".")]
            for each in (*folders, *files):
                if len(self._links) >= MOST_LINKS:
                    return
                target = Path(place, each)
                parts = target.relative_to(self._folder).parts
                self._link(stage, "\\".join((self.told.name, *parts)), target)

    def _target(self, name: str) -> Path:
        """What a name in the folder of links stands for."""
        return _below(self._folder, name.removeprefix(f"{self.told.name}\\"))

    def _staged(self) -> Path:
        stage = self._folder / STAGE
        # Where nothing can be written links for reading are enough, and the next run has the same.
        name = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]
        for each in (stage, cache_folder() / "folders" / name):
            with suppress(OSError):
                each.mkdir(parents=each is not stage, exist_ok=True)
                if os.access(each, os.W_OK):
                    return each
        temporary = tempfile.TemporaryDirectory(prefix="ecma2py-folder-")
        weakref.finalize(self, temporary.cleanup)
        return Path(temporary.name)

    def _link(self, stage: Path, name: str, target: Path) -> None:
        self._link_once(stage / name, target)
        if target.is_dir():
            self._link_once(stage / f"{name}\\", target)
        self._links.add(name)

    def _link_once(self, place: Path, target: Path) -> None:
        # From within the folder a link leads to it also after it was copied elsewhere.
        is_within = place.parent.parent == self._folder
        with suppress(FileExistsError):
            place.symlink_to(os.path.relpath(target, place.parent) if is_within else target)


def _below(folder: Path, name: str) -> Path:
    parts = [each for each in name.split("\\") if each not in ("", ".", "..")]
    return folder.joinpath(*parts)


@contextmanager
def _alone_in(stage: Path) -> Iterator[None]:
    """A ``with`` block that other workers wait for.

    While one of them puts a link in the place of a file, another would take the file for deleted.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    held = os.open(stage, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
