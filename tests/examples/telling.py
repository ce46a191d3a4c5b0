"""A demonstration run as its reader runs it, and what it tells by its headings."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.host.serving import ROOT


def output(example: str, folder: Path, *paths: str, timeout: float) -> str:
    """What the demonstration prints that runs in *folder*; it ends well, and without a traceback.

    *paths* are packages it needs beside ``src``, as the repository has them.
    """
    places = (ROOT, ROOT / "src", *(ROOT / each for each in paths))
    environment = {
        **os.environ,
        "COLUMNS": "120",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(map(str, places)),
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / example)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def by_heading(text: str, headings: Mapping[str, str]) -> dict[str, str]:
    """The parts of *text* by the keys of *headings*; what is before them is ``start``."""
    parts = re.split("|".join(map(re.escape, headings.values())), text)
    assert len(parts) == len(headings) + 1, text
    return dict(zip(("start", *headings), parts, strict=True))


def row(text: str) -> dict[str, tuple[str, str]]:
    """The table of a step: before and after, by column."""
    cells = re.findall(r"^│ (\w+) +│ (.*?) *│ (.*?) *│$", text, re.MULTILINE)
    return {name: (before.strip(), after.strip()) for name, before, after in cells}
