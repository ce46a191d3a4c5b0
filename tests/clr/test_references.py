"""What a connector needs is found where the runtime will find it, or named as missing."""

from pathlib import Path

import pytest

from ecma2py.clr.compiling import CONTRACT_NAME
from ecma2py.clr.metadata import Assembly, NotAnAssemblyError, defined_types, used_types
from ecma2py.clr.references import Reference, Whereabouts, references
from ecma2py.clr.runtimes import Runtime, RuntimeKind
from tests.clr.building import assembly
from tests.clr.dotnet import runtime


def own(folder: Path, kind: RuntimeKind = RuntimeKind.MONO) -> Runtime:
    """A runtime whose class libraries are what the folder holds, beside the real mscorlib."""
    real = runtime(RuntimeKind.MONO)
    return Runtime(kind, (8, 0, 4), folder, (folder, *real.libraries))


def found(connector: Path, on: Runtime, contract: Path) -> dict[str, Reference]:
    """The references of a connector by simple name, without mscorlib."""
    listed = references(Assembly.read(connector), on, contract)
    assert len({each.name.name for each in listed}) == len(listed)
    return {each.name.name: each for each in listed if each.name.name != "mscorlib"}


def test_the_contract_is_ecma2pys(tmp_path: Path, contract: Path) -> None:
    """Whatever copy lies beside the connector, the contract is the one that is loaded."""
    connector = assembly(
        tmp_path / "Connector.dll",
        "public class C { public Microsoft.MetadirectoryServices.Schema S; }",
        references=[contract],
    )
    (tmp_path / contract.name).write_bytes(contract.read_bytes())

    needed = found(connector, own(tmp_path / "lib"), contract)[CONTRACT_NAME]

    assert (needed.whereabouts, needed.path) == (Whereabouts.CONTRACT, contract)
    assert needed.missing_types == ()


def test_what_lies_beside_the_connector_is_followed(tmp_path: Path, contract: Path) -> None:
    """A dependency's own needs count, each once, named with who needs it."""
    deep = assembly(tmp_path / "Deep.dll", "public class D { }")
    beside = assembly(tmp_path / "Beside.dll", "public class B { public D F; }", references=[deep])
    connector = assembly(
        tmp_path / "Connector.dll",
        "public class C { public B F; public D G; public System.Linq.IQueryable Q; }",
        references=[beside, deep, Path("System.Core.dll")],
    )
    deep.unlink()

    needed = found(connector, own(tmp_path / "lib"), contract)

    assert needed["Beside"].whereabouts is Whereabouts.FOLDER
    assert needed["Beside"].path == beside
    assert needed["System.Core"].whereabouts is Whereabouts.RUNTIME
    assert needed["Deep"].whereabouts is Whereabouts.MISSING
    assert needed["Deep"].looked_in[:2] == (tmp_path, tmp_path / "lib")
    assert str(tmp_path) in str(needed["Deep"])
    assert needed["Deep"].needed_by == "Connector"


def test_the_needs_of_a_dependency_name_the_dependency(tmp_path: Path, contract: Path) -> None:
    """Who looks for a missing assembly learns which of the DLLs asks for it."""
    deep = assembly(tmp_path / "Deep.dll", "public class D { }")
    beside = assembly(tmp_path / "Beside.dll", "public class B { public D F; }", references=[deep])
    connector = assembly(
        tmp_path / "Connector.dll", "public class C { public B F; }", references=[beside]
    )
    deep.unlink()

    missing = found(connector, own(tmp_path / "lib"), contract)["Deep"]

    assert missing.needed_by == "Beside"
    assert str(missing).startswith("Deep 1.0.0.0 (for Beside): missing; looked in ")


def test_types_that_are_not_there_are_named(tmp_path: Path, contract: Path) -> None:
    """An assembly of the right name with less in it is seen before anything runs."""
    whole = assembly(
        tmp_path / "build" / "Lib.dll", "namespace N { public class A { } public class B { } }"
    )
    connector = assembly(
        tmp_path / "Connector.dll",
        "public class C { public N.A F; public N.B G; }",
        references=[whole],
    )
    assembly(tmp_path / "lib" / "Lib.dll", "namespace N { public class A { } }")

    needed = found(connector, own(tmp_path / "lib"), contract)["Lib"]

    assert needed.whereabouts is Whereabouts.RUNTIME
    assert needed.missing_types == ("N.B",)
    assert str(needed).endswith("part of the runtime, but without N.B")


def test_dotnet_takes_its_own_only_where_it_is_new_enough(tmp_path: Path, contract: Path) -> None:
    """An older library of .NET gives way to the copy beside the connector; Mono's does not."""
    wanted = assembly(tmp_path / "Lib.dll", "public class A { }", version="2.0.0.0")
    connector = assembly(
        tmp_path / "Connector.dll", "public class C { public A F; }", references=[wanted]
    )
    old = assembly(tmp_path / "lib" / "Lib.dll", "public class A { }", version="1.5.0.0")

    core = own(tmp_path / "lib", RuntimeKind.CORECLR)
    assert found(connector, core, contract)["Lib"].path == wanted
    assert found(connector, own(tmp_path / "lib"), contract)["Lib"].path == old

    wanted.unlink()
    missing = found(connector, core, contract)["Lib"]
    assert missing.whereabouts is Whereabouts.MISSING
    assert "1.5.0.0, which is too old" in str(missing)


def test_what_is_no_assembly_will_not_do(tmp_path: Path, contract: Path) -> None:
    """A native DLL of the right name is missing still, and the reason is told."""
    wanted = assembly(tmp_path / "Lib.dll", "public class A { }")
    connector = assembly(
        tmp_path / "Connector.dll", "public class C { public A F; }", references=[wanted]
    )
    wanted.write_bytes(b"\x7fELF")

    missing = found(connector, own(tmp_path / "lib"), contract)["Lib"]

    assert missing.whereabouts is Whereabouts.MISSING
    assert "is no .NET assembly" in missing.remark


@pytest.mark.parametrize(
    "resource",
    ["costura.lib.dll.compressed", "costura.lib.dll", "Connector.Libs.Lib.dll", "Lib.dll"],
)
def test_embedded_dependencies_are_known(
    tmp_path: Path, contract: Path, monkeypatch: pytest.MonkeyPatch, resource: str
) -> None:
    """What a connector unpacks from inside itself is not missing."""
    wanted = assembly(tmp_path / "build" / "Lib.dll", "public class A { }")
    (tmp_path / "packed").write_text("packed")
    compiler = tmp_path / "compiler"
    compiler.write_text(f'#!/bin/sh\nexec mcs "-resource:{tmp_path}/packed,{resource}" "$@"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("ECMA2PY_CSC", str(compiler))
    connector = assembly(
        tmp_path / "Connector.dll", "public class C { public A F; }", references=[wanted]
    )

    needed = found(connector, own(tmp_path / "lib"), contract)["Lib"]

    assert (needed.whereabouts, needed.path) == (Whereabouts.EMBEDDED, None)


def test_two_that_need_each_other_come_to_an_end(tmp_path: Path, contract: Path) -> None:
    """A circle of references is gone round once."""
    first = assembly(tmp_path / "First.dll", "public class A { }")
    second = assembly(tmp_path / "Second.dll", "public class B : A { }", references=[first])
    assembly(first, "public class A { public B F; }", references=[second])
    connector = assembly(
        tmp_path / "Connector.dll", "public class C { public B F; }", references=[second, first]
    )

    assert set(found(connector, own(tmp_path / "lib"), contract)) == {"First", "Second"}


def test_forwarded_types_count_as_defined() -> None:
    """The facades of .NET say whose their types are now, and do not have what .NET has not."""
    facade = runtime(RuntimeKind.CORECLR).library("mscorlib")
    assert facade is not None
    has = defined_types(facade)

    assert has["System.Object"] == "System.Private.CoreLib"
    assert "System.Runtime.Remoting.Messaging.CallContext" not in has


def test_used_types_are_told_by_their_assembly(contract: Path) -> None:
    """The contract uses these of the runtime, and nothing of itself."""
    used = used_types(contract)

    assert "System.Collections.ObjectModel.KeyedCollection`2" in used["mscorlib"]
    assert used["System.Xml"] == {"System.Xml.Serialization.XmlElementAttribute"}
    assert CONTRACT_NAME not in used


def test_nested_types_are_part_of_their_outer_one(tmp_path: Path) -> None:
    """What is nested is neither defined nor used on its own."""
    outer = assembly(tmp_path / "Outer.dll", "public class Outer { public class Inner { } }")
    user = assembly(
        tmp_path / "User.dll", "public class User { public Outer.Inner F; }", references=[outer]
    )

    assert defined_types(outer) == {"<Module>": "", "Outer": ""}
    assert used_types(user)["Outer"] == {"Outer"}


def test_types_of_a_file_that_is_none(tmp_path: Path) -> None:
    """Asking another file for its types names it."""
    path = tmp_path / "text.dll"
    path.write_text("no assembly")

    for ask in (defined_types, used_types):
        with pytest.raises(NotAnAssemblyError, match=r"text\.dll"):
            ask(path)
