"""Every measurement one after the other, and all targets in one table at the end.

``python -m bench`` or ``make bench``; with ``--quick`` in seconds, for a look rather than a figure.
"""

import os
import platform
import sys

from bench import entries, groups, http, imports, mixed, sql, workers
from bench.report import Row, summary


def main(arguments: list[str]) -> None:
    """Measure everything."""
    quick = "--quick" in arguments
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores")
    rows: list[Row] = []
    for module in (http, groups, imports, workers, mixed, entries, sql):
        rows += module.measure(quick)
    summary(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
