"""What the page about MIM's connectors quotes of .NET is what the runtimes say."""

import re
from pathlib import Path

import pytest

from ecma2py.clr.folders import WindowsFolder
from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.building import assembly
from tests.clr.hosted import Ours, hosted
from tests.clr.probing import PROBE, TELL
from tests.docs.test_mim_connector import rows

DEEDS = ("NoAssembly", "NoType", "NoMethod", "NoFile", "NoRegistry", "NoIdentity")
MEMBERS = """
  private static void NoAssembly() {{ new Gone(); }}
  private static void NoType() {{ new Type(); }}
  private static void NoMethod() {{ Kept.Method(); }}
  private static void NoFile() {{ System.IO.File.ReadAllText(@"{folder}\\users.txt"); }}
  private static void NoRegistry() {{
    Microsoft.Win32.Registry.LocalMachine.OpenSubKey("SOFTWARE"); }}
  private static void NoIdentity() {{
    System.Security.Principal.WindowsIdentity.GetCurrent(); }}
"""
TRY = """
try {{ {deed}(); }}
catch (Exception error) {{ Tell(error.GetBaseException().Message.Replace("\\n", " ")); }}
"""


@pytest.fixture(scope="module")
def said(
    ours: Ours, stand_ins: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[RuntimeKind, list[str]]:
    """What each runtime says of an assembly, a type, a method and more that are not there."""
    folder = tmp_path_factory.mktemp("Agent")
    gone = assembly(folder / "Gone.dll", "public class Gone { }")
    text = "public class Kept { public static void Method() { } } public class Type { }"
    other = assembly(folder / "Other.dll", text)
    told = WindowsFolder(folder).told
    probe = assembly(
        folder / "Probe.dll",
        PROBE.format(
            code="".join(TRY.format(deed=each) for each in DEEDS),
            using="",
            members=MEMBERS.format(folder=told),
        ),
        references=[ours.contract, Path("System.Configuration.dll"), gone, other],
    )
    gone.unlink()
    assembly(other, "public class Kept { }")
    return {
        kind: hosted(kind, TELL, probe, ours=ours, stand_ins=stand_ins)
        for kind in (RuntimeKind.MONO, RuntimeKind.CORECLR)
    }


def test_each_text_of_net_is_that_of_a_runtime(said: dict[RuntimeKind, list[str]]) -> None:
    """Whoever searches the page for what .NET said finds it, whichever runtime it was."""
    quoted = [re.compile(".*".join(map(re.escape, each.split("…")))) for each in rows("What .NET")]
    assert len(quoted) > 5
    texts = [each for found in said.values() for each in found]
    assert [each for each in texts if not any(one.search(each) for one in quoted)] == []
