"""The servers and drivers that some tests need, how to see that one is there, and how to get it.

Standard library only: it runs before anything is installed. The fixtures in ``tests/servers`` read
the same table, so what is installed and what is looked for cannot differ.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_POLICY = Path("/usr/sbin/policy-rc.d")


class Need(NamedTuple):
    """One thing outside Python that some tests use."""

    name: str
    packages: tuple[str, ...]
    present: Callable[[], bool]
    used_by: str

    @property
    def advice(self) -> str:
        """How to install it by hand."""
        return f"apt-get install {' '.join(self.packages)}"


def find_program(name: str, *folders: str) -> Path | None:
    """The program of that name on PATH or in one of the folders (glob patterns, newest last)."""
    if found := shutil.which(name):
        return Path(found)
    for pattern in folders:
        candidates = sorted(Path("/").glob(pattern.lstrip("/") + f"/{name}"))
        if candidates:
            return candidates[-1]
    return None


def postgresql_program(name: str) -> Path | None:
    """A program of the PostgreSQL server; Debian keeps them off PATH, one folder a version."""
    found = find_program("initdb", "/usr/lib/postgresql/*/bin")
    return found.resolve().with_name(name) if found else None


def mariadb_program(name: str) -> Path | None:
    """A program of the MariaDB server; Debian keeps the server where only root's PATH leads."""
    return find_program(name, "/usr/sbin", "/usr/local/sbin")


def slapd_program() -> Path | None:
    """The OpenLDAP server; Debian keeps it where only root's PATH leads."""
    return find_program("slapd", "/usr/sbin", "/usr/local/libexec", "/usr/libexec")


def _has_odbc_driver(name: str) -> bool:
    odbcinst = shutil.which("odbcinst")
    if odbcinst is None:
        return False
    listed = subprocess.run([odbcinst, "-q", "-d"], capture_output=True, text=True, check=False)
    return f"[{name}]" in listed.stdout.splitlines()


def _has_mono() -> bool:
    """A compiler, the runtime, and what Python needs to host it: Debian has them in many parts."""
    program = shutil.which("mono")
    if program is None or shutil.which("mcs") is None:
        return False
    facade = Path(program).resolve().parent.parent / "lib/mono/4.5/Facades/netstandard.dll"
    return facade.exists() and ctypes.util.find_library("monosgen-2.0") is not None


NEEDS = {
    need.name: need
    for need in (
        Need(
            "postgresql",
            ("postgresql",),
            lambda: postgresql_program("initdb") is not None,
            "tests against a real PostgreSQL server",
        ),
        Need(
            "odbc-postgresql",
            ("unixodbc", "odbcinst", "odbc-postgresql"),
            lambda: _has_odbc_driver("PostgreSQL Unicode"),
            "tests that reach PostgreSQL through ODBC",
        ),
        Need(
            "odbc-sqlite",
            ("unixodbc", "odbcinst", "libsqliteodbc"),
            lambda: _has_odbc_driver("SQLite3"),
            "tests that reach SQLite through ODBC",
        ),
        Need(
            "mariadb",
            ("mariadb-server",),
            lambda: (
                mariadb_program("mariadbd") is not None
                and mariadb_program("mariadb-install-db") is not None
            ),
            "tests against a real MariaDB server",
        ),
        Need(
            "odbc-mariadb",
            ("unixodbc", "odbcinst", "odbc-mariadb"),
            lambda: _has_odbc_driver("MariaDB Unicode"),
            "tests that reach MariaDB through ODBC",
        ),
        Need(
            "slapd",
            ("slapd", "ldap-utils"),
            lambda: slapd_program() is not None and shutil.which("ldapsearch") is not None,
            "tests against a real LDAP server",
        ),
        Need(
            "mono",
            ("mono-mcs", "mono-devel", "libmonosgen-2.0-1"),
            _has_mono,
            "tests of .NET connectors",
        ),
    )
}


def missing(names: Iterable[str] = NEEDS) -> list[Need]:
    """What of these is not there now."""
    return [NEEDS[name] for name in names if not NEEDS[name].present()]


def can_install() -> bool:
    """Whether this process may install Debian packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> bool:
    """Install Debian packages without starting their services; False says that apt refused."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    print(f"== apt-get install {' '.join(packages)}", flush=True)
    with _no_services():
        for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", *packages]):
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                print(done.stdout + done.stderr, flush=True)
                return False
    return True


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    """Keep Debian from starting a database and a directory on a machine that only wants tests."""
    if _POLICY.exists() or not _POLICY.parent.is_dir():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def provide(names: Iterable[str] = NEEDS) -> list[Need]:
    """Install what of these is missing where that is allowed; return what is missing still."""
    lacking = missing(names)
    if lacking and can_install():
        install(*dict.fromkeys(package for need in lacking for package in need.packages))
        lacking = missing(names)
    for need in lacking:
        print(f"== missing: {need.name}; {need.used_by} are skipped. To have it: {need.advice}")
    return lacking
