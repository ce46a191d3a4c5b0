"""A .NET connector through its bridge: ``python -m bench.dotnet``.

What the C# side does alone, an import and an export from end to end, and what reading each member
from Python would reach, on every runtime of this machine. The first and the last are taken in a
process that hosts the runtime itself. The worker makes a page while the host reads the one before:
the clock counts, and what all processes took of the processor stands beside it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

from bench.report import Row, run, table
from bench.workers import PAGE, ROUNDS, Counting, Spent, best
from ecma2py import (
    AttributeChange,
    ConfigParameters,
    CSEntryChange,
    GetImportEntriesRunStep,
    OpenExportConnectionRunStep,
    OpenImportConnectionRunStep,
    Schema,
)
from ecma2py.clr.assemblies import bridge_assembly, contract_assembly
from ecma2py.clr.compiling import compile_assembly
from ecma2py.clr.hosting import start
from ecma2py.clr.runtimes import Runtime, RuntimeKind, find_runtimes
from ecma2py.host.pace import tune_process
from ecma2py.runs import ConnectorSource, run_import
from ecma2py.workers import Recipe, WorkerPool
from ecma2py.workers.dotnet import load_dotnet
from ecma2py.workers.guard import descendants

SOURCE = Path(__file__).with_suffix(".cs")
NAIVE_PEOPLE = 1_000
PAIRS = 5
"""How often the three are measured in turn, each in a new process: what differs by process, such as
how well code was compiled, and what else the machine does, meets all of them.
"""


def measure(quick: bool = False) -> list[Row]:
    """All of it on every runtime that is here."""
    tune_process()
    people, many = (20_000, 100_000) if quick else (200_000, 1_000_000)
    rows: list[Row] = []
    with TemporaryDirectory(prefix="ecma2py-bench-") as folder:
        dll = Path(folder) / "People.dll"
        compile_assembly(dll, [SOURCE], references=[contract_assembly(), "System.dll"])
        bridge_assembly()
        for runtime in _runtimes():
            rows += _measured(runtime, dll, people, many)
    return rows


def _measured(runtime: Runtime, dll: Path, people: int, many: int) -> list[Row]:
    kind = runtime.kind.value
    settings = {"dll": str(dll), "runtime": kind}
    pool = WorkerPool(Recipe(name="bench", kind="dotnet", settings=settings), warm=0)
    alone, naive, read = [], [], []
    for _ in range(PAIRS):
        alone.append(_inside("alone", settings, people))
        read.append(_import_rate(pool, people))
        naive.append(_inside("naive", settings, NAIVE_PEOPLE))
    written = _export_rate(pool, people // 4)
    grown = _growth(pool, many)
    pool.close()
    figures = {
        "C# alone: made, and encoded into one buffer": best(alone),
        "from end to end": best(read),
        "each member read from Python": best(naive),
        "changes out": written,
    }
    table(
        f"{runtime}: {people:,} objects of 15 attributes in, {people // 4:,} changes out, pages of "
        f"{PAGE}",
        ("objects or changes", "a second", "a second of the processor"),
        [(what, each.clock, each.processor) for what, each in figures.items()],
    )
    return [
        Row(f"{runtime}: import, times the naive way", _ratio(read, naive), 15, ">="),
        Row(f"{runtime}: import, share of C# alone", 100 * _ratio(read, alone), 60, ">=", "%"),
        Row(f"{runtime}: changes out", written.clock, 20_000, ">=", "changes/s"),
        Row(f"{runtime}: memory grown over {many:,} objects", grown, 20, "<", "MB"),
    ]


def _ratio(ones: Sequence[Spent], others: Sequence[Spent]) -> float:
    """The median of what one is of the other measured beside it, by the clock."""
    return median(one.clock / other.clock for one, other in zip(ones, others, strict=True))


def _runtimes() -> list[Runtime]:
    found: dict[RuntimeKind, Runtime] = {}
    for each in find_runtimes():
        if not each.problem:
            found.setdefault(each.kind, each)
    return list(found.values())


def _inside(what: str, settings: dict[str, str], people: int) -> Spent:
    """What one of the measurements below says, in a process that hosts the runtime."""
    command = [sys.executable, "-m", "bench.dotnet", what, json.dumps(settings), str(people)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Spent(*json.loads(done.stdout.splitlines()[-1]))


def _alone(settings: dict[str, str], people: int) -> Spent:
    """Objects a second that C# makes and encodes, with nobody to read them."""
    connector: Any = load_dotnet(settings)()
    given = ConfigParameters({"People": str(people)})
    schema = connector.get_schema(given)
    caller = connector._caller
    request = caller._codec.encode(GetImportEntriesRunStep())
    connector.open_import_connection(given, schema, OpenImportConnectionRunStep(page_size=PAGE))
    caller.answered("GetImportEntries", request)
    began = Spent.now()
    for _ in range(people // PAGE - 1):
        caller.answered("GetImportEntries", request)
    return Spent.now().since(began).rate(people - PAGE)


def _naive(settings: dict[str, str], people: int) -> Spent:
    """Objects a second whose members are read one by one."""
    runtime = next(each for each in _runtimes() if each.kind.value == settings["runtime"])
    host = start(runtime, contract=contract_assembly(), bridge=bridge_assembly())
    loaded = host.load(Path(settings["dll"]))
    import Microsoft.MetadirectoryServices as Contract

    connector = loaded.new("IMAExtensible2CallImport")
    given = Contract.ConfigParameterKeyedCollection()
    given.Add(Contract.ConfigParameter("People", str(people)))
    full = Contract.OperationType.Full
    step = Contract.OpenImportConnectionRunStep(None, full, people, None, None, None)
    connector.OpenImportConnection(given, Contract.Schema.Create(), step)
    page = connector.GetImportEntries(Contract.GetImportEntriesRunStep()).CSEntries
    began = Spent.now()
    found = [_read(each) for each in page]
    assert len(found) == people
    return Spent.now().since(began).rate(people)


def _read(entry: Any) -> CSEntryChange:
    anchor = {each.Name: each.Value for each in entry.AnchorAttributes}
    attributes = {}
    for each in entry.AttributeChanges:
        values = [change.Value for change in each.ValueChanges]
        values = [bytes(value) if each.Name == "key" else value for value in values]
        attributes[each.Name] = values if len(values) > 1 else values[0]
    return CSEntryChange.add(str(entry.ObjectType), anchor, dn=entry.DN, attributes=attributes)


def _import_rate(pool: WorkerPool, people: int) -> Spent:
    source = _source(pool, people)
    source.describe()
    while descendants(os.getpid()):  # whose time would be missing afterwards
        sleep(0.05)
    sink = Counting()
    assert run_import(source, sink, page_size=PAGE).is_success
    return sink.rate


def _export_rate(pool: WorkerPool, number: int) -> Spent:
    source = _source(pool, number)
    schema = source.describe().schema
    batches = [
        [_change(at, schema) for at in range(first, first + PAGE)]
        for first in range(1, number - PAGE, PAGE)
    ]
    rates = []
    with source.instance() as instance:
        step = OpenExportConnectionRunStep(batch_size=PAGE)
        instance.call("open_export_connection", source.parameters, schema, step)
        for _ in range(ROUNDS):
            began = Spent.now()
            for batch in batches:
                results = instance.call("put_export_entries", batch).cs_entry_change_results
                assert len(results) == PAGE
            rates.append(Spent.now().since(began).rate(len(batches) * PAGE))
    return best(rates)


def _change(number: int, schema: Schema) -> CSEntryChange:
    """In turn a whole new object, and an update of two attributes."""
    key = f"{number:07}"
    if number % 2:
        texts = ("login", "givenName", "familyName", "displayName", "title", "department", "city")
        attributes: dict[str, Any] = {name: f"{name} of {key}" for name in texts}
        attributes |= {"mail": [f"{key}@x", f"{key}@y"], "badge": number, "key": bytes(32)}
        found = CSEntryChange.add("person", attributes=attributes)
    else:
        changes = [AttributeChange.replace(name, f"{name} {key}") for name in ("title", "city")]
        found = CSEntryChange.update("person", {"id": key}, changes=changes)
    found.schema_type = schema.types["person"]
    assert found.identifier is not None  # made now, and not while the time is taken
    return found


def _growth(pool: WorkerPool, many: int) -> float:
    """Megabytes by which the worker grows between the first tenth and the end of one import."""
    seen: list[float] = []

    def look(page: int) -> None:
        if page in (many // PAGE // 10, many // PAGE - 1):
            seen.append(max(map(_resident, descendants(os.getpid()))))

    result = run_import(_source(pool, many), Counting(look), page_size=PAGE)
    assert result.is_success, result
    first, last = seen
    return last - first


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _source(factory: Callable[[], object], people: int) -> ConnectorSource:
    return ConnectorSource(factory, ConfigParameters({"People": str(people)}), name="bench")


if __name__ == "__main__":
    inside = {"alone": _alone, "naive": _naive}
    if sys.argv[1:2] and sys.argv[1] in inside:
        found = inside[sys.argv[1]](json.loads(sys.argv[2]), int(sys.argv[3]))
        print(json.dumps([found.clock, found.processor]))
    else:
        run(measure, sys.argv[1:])
