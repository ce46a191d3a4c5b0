r"""Folders whose files are also found under the names that Windows would take apart.

A connector adds ``\file`` to the name of its folder. Where a backslash is a character like any
other, that names a file beside the folder, called ``folder\file``. So the connector is told of a
folder with such names: links to the files, and what it writes there is moved to where it belongs.
"""

import logging
import os
import tempfile
import weakref
from contextlib import suppress
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
        """What was written or deleted under a name with backslashes is so in the folder itself."""
        if self._stage is None:
            return
        try:
            self._settle(self._stage)
        except OSError as error:
            logger.warning("What the connector wrote stays in %s: %s", self._stage, error)

    def _settle(self, stage: Path) -> None:
        prefix = f"{self.told.name}\\"
        there = {each.name: each for each in os.scandir(stage)}
        if self.told.name not in there:
            return  # somebody cleared the folder of links: that deletes nothing
        for name, entry in there.items():
            if name.startswith(prefix) and not entry.is_symlink():
                target = self._target(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                if entry.is_dir() and target.is_dir():
                    continue
                Path(entry.path).replace(target)
                self._link(name, target)
                self._links.add(name)
        for name in self._links - there.keys():
            self._links.discard(name)
            target = self._target(name)
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
        # From within the folder a link leads to it also after it was copied elsewhere.
        is_within = self._stage.parent == self._folder
        with suppress(FileExistsError):
            (self._stage / name).symlink_to(
                os.path.relpath(target, self._stage) if is_within else target
            )
