"""A test that needs a server or a driver says so here: it runs, is skipped by name, or fails."""

import os

import pytest

from scripts.system_packages import NEEDS


def require(*names: str) -> None:
    """Skip the test, with the way to mend it, when something it needs is not on this machine.

    ``make test`` installs everything it may and puts what it could not into
    ``ECMA2PY_TESTS_WITHOUT``; with that variable set, anything else missing is a failure, so that
    a broken set-up never passes as a row of skips.
    """
    for name in names:
        need = NEEDS[name]
        if need.present():
            continue
        reason = f"{name} is missing: {need.advice}"
        waived = os.environ.get("ECMA2PY_TESTS_WITHOUT")
        if waived is None or name in waived.split(","):
            pytest.skip(reason)
        pytest.fail(f"{reason} (make test meant to have installed it)")
