"""Connectors that run in this process or in a worker, for whoever compares the two."""

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecma2py import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ConnectionSecurityLevel,
    Connector,
    CSEntryChange,
    CSEntryChangeResult,
    ExportRun,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    HierarchyNode,
    ImportRun,
    MACapabilities,
    MADistinguishedNameStyle,
    MAExportType,
    OpenImportConnectionResults,
    Parameter,
    ParameterValidationResult,
    Partition,
    PasswordOptions,
    PutExportEntriesResults,
    Schema,
    SchemaAttribute,
    SchemaType,
    SecureString,
    apply_change,
    errors,
)
from ecma2py.workers import Encoded
from ecma2py.workers.pages import results_buffer
from ecma2py.workers.wire import RESULTS

PERSON = Schema([SchemaType("person", [SchemaAttribute.anchor("id"), SchemaAttribute.single("n")])])


class Echo:
    """Satisfies every interface, and gives back what it was given."""

    import_default_page_size = 7
    import_max_page_size = 77
    export_default_page_size = 8
    export_max_page_size = 88

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.entries: list[CSEntryChange] = []
        self.types = Schema()
        self.opened_with: Any = None

    def open_import_connection(self, config: ConfigParameters, types: Schema, step: Any) -> Any:
        self.types, self.opened_with = types, step
        return OpenImportConnectionResults(step.custom_data)

    def get_import_entries(self, step: GetImportEntriesRunStep) -> GetImportEntriesResults:
        return GetImportEntriesResults(
            cs_entries=[*self.entries, *step.full_object_entries],
            custom_data=step.custom_data,
            more_to_import=bool(self.entries),
            read_in_call=len(self.entries),
        )

    def close_import_connection(self, step: Any) -> Any:
        return None

    def open_export_connection(self, config: ConfigParameters, types: Schema, step: Any) -> None:
        self.types, self.opened_with = types, step

    def put_export_entries(self, entries: list[CSEntryChange]) -> PutExportEntriesResults:
        self.entries = entries
        return PutExportEntriesResults(
            [
                CSEntryChangeResult(
                    each.identifier,
                    anchor_attributes=list(each.changes.values()),
                    error_name=each.error_name,
                )
                for each in entries
            ]
        )

    def close_export_connection(self, step: Any) -> None:
        return None

    def write_import_file(self, config: ConfigParameters, types: Schema, step: Any) -> Any:
        step.file_path.write_text("written", encoding="utf-8")

    def read_export_file(self, config: ConfigParameters, types: Schema, step: Any) -> None:
        raise errors.ServerDownError(step.file_path.read_text(encoding="utf-8"))

    def get_schema(self, config: ConfigParameters) -> Schema:
        return self.types

    @property
    def capabilities(self) -> MACapabilities:
        return MACapabilities(object_rename=False)

    def get_capabilities_ex(self, config: ConfigParameters) -> MACapabilities:
        return MACapabilities(support_password="Password" in config)

    def get_config_parameters(self, config: ConfigParameters, page: ConfigParameterPage) -> Any:
        return [ConfigParameterDefinition.string(f"{page.name} {len(config)}")]

    def validate_config_parameters(self, config: ConfigParameters, page: Any) -> Any:
        return ParameterValidationResult.failure(", ".join(config), page.name)

    def get_config_parameters_ex(self, config: ConfigParameters, page: Any, number: int) -> Any:
        return [ConfigParameterDefinition.string(f"{page.name} {number}")] if number < 3 else []

    def validate_config_parameters_ex(self, config: Any, page: Any, number: int) -> Any:
        return ParameterValidationResult()

    def get_partitions(self, config: ConfigParameters) -> list[Partition]:
        return [Partition(each) for each in config]

    def get_hierarchy(self, config: ConfigParameters, parent: HierarchyNode) -> Any:
        return [HierarchyNode(f"OU=x,{parent.dn}", parent.display_name)]

    def open_password_connection(self, config: Any, partition: Partition | None) -> None:
        self.opened_with = partition

    def close_password_connection(self) -> None:
        raise errors.ClosePasswordConnectionError("It stays open.")

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        return ConnectionSecurityLevel.SECURE

    def set_password(self, entry: Any, new: SecureString, options: PasswordOptions) -> None:
        raise errors.PasswordPolicyViolationError(f"{new.reveal()!r} {options!r}", dn=entry.dn)

    def change_password(self, entry: Any, old: SecureString, new: SecureString) -> None:
        raise ZeroDivisionError(f"{old.reveal()!r} {new.reveal()!r}")


class Bridge(Echo):
    """Takes and gives buffers without a look into them, as a bridge to another language does."""

    takes_buffers = True

    def put_export_entries(self, entries: Any) -> Any:
        self.entries = entries
        assert type(entries).__name__ == "Encoded"
        return PutExportEntriesResults(Encoded(RESULTS, results_buffer([])))  # type: ignore[arg-type]

    def get_import_entries(self, step: GetImportEntriesRunStep) -> GetImportEntriesResults:
        return GetImportEntriesResults(cs_entries=self.entries)


class ImportOnly(Connector):
    """Reads, and does nothing else."""

    def schema(self) -> Schema:
        return PERSON

    def import_entries(self, run: ImportRun) -> Any:
        yield CSEntryChange.add("person", {"id": "1"}, attributes={"n": "x"})


def _hog() -> None:
    kept = []
    while True:
        kept.append(bytearray(8 * 1024 * 1024))


def _flood() -> None:
    for number in range(200_000):
        sys.stdout.write(f"line {number}\n")
        sys.stderr.write(f"error {number}\n")


def _endless_line() -> None:
    os.write(2, b"x" * 3_000_000)
    os.write(2, b"\n")


def _leave_children() -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(600)"]
    # The second one leaves the process group.
    for each in ({}, {"start_new_session": True}):
        child = subprocess.Popen(sleeping, stdin=subprocess.DEVNULL, **each)  # type: ignore[call-overload]
        with Path(os.environ["TWINS_FOLDER"], "children").open("a") as file:
            file.write(f"{child.pid}\n")


def _tell_pid() -> None:
    Path(os.environ["TWINS_FOLDER"], "pid").write_text(f"{os.getpid()}\n")


def _loop() -> None:
    while True:
        pass


def _stuck_in_c() -> None:
    # Nothing of Python runs meanwhile: the interpreter's lock is held.
    ctypes.PyDLL(None).sleep(600)


def _end_in_a_thread() -> None:
    raise SystemExit(4)


DEEDS: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "exit": lambda: os._exit(3),
    "exit in order": _end_in_a_thread,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segv": lambda: ctypes.string_at(8),
    "loop": _loop,
    "stuck": _stuck_in_c,
    "hog": _hog,
    "flood": _flood,
    "endless line": _endless_line,
    "children": _leave_children,
    "children, then exit": lambda: (_leave_children(), os._exit(3)),
    "children, then loop": lambda: (_leave_children(), _loop()),
    "pid, then stuck": lambda: (_tell_pid(), _stuck_in_c()),
    "children, then stuck": lambda: (_leave_children(), _stuck_in_c()),
    "last words": lambda: (print("the secret is out: pass-word-1", file=sys.stderr), os._exit(5)),
    "sleep": lambda: time.sleep(0.5),
    "garbage": lambda: [
        os.write(each, b"\0\0\0\3abc") for each in range(3, 20) if _is_socket(each)
    ],
    "raise": lambda: 1 / 0,
    "log": lambda: logging.getLogger("lib").error("said by %s with pass-word-1", "lib"),
}


def _is_socket(number: int) -> bool:
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink()).startswith("socket:")
    except OSError:
        return False


class Deeds(Connector):
    """Does what its parameter says, where its parameter says."""

    deed = Parameter.string("Deed", default="nothing")
    place = Parameter.string("Place", default="import")
    password = Parameter.secret("Password")

    def schema(self) -> Schema:
        return PERSON

    def open(self) -> None:
        self._at("open")

    def import_entries(self, run: ImportRun) -> Any:
        self._at("import")
        yield CSEntryChange.add("person", {"id": "1"}, attributes={"n": str(os.getpid())})

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> None:
        self._at("export")

    def _at(self, place: str) -> None:
        if self.place == place:
            DEEDS[self.deed]()


class Unmade:
    """Ends its process instead of being made."""

    def __init__(self) -> None:
        os._exit(9)


class NeverMade:
    """Is never made."""

    def __init__(self) -> None:
        _loop()


class People(Connector, delta_import=True):
    """People in a folder, a file for each, with passwords beside them; lasts longer than a process."""

    folder = Parameter.file("Folder", required=True)

    def schema(self) -> Schema:
        single = SchemaAttribute.single
        return Schema(
            [
                SchemaType(
                    "person",
                    [SchemaAttribute.anchor("id"), single("login"), single("title")],
                )
            ]
        )

    def import_entries(self, run: ImportRun) -> Any:
        for file in sorted(self.folder.glob("*.person")):
            attributes = dict(line.split("=", 1) for line in file.read_text().splitlines())
            make = CSEntryChange.replace if run.is_delta else CSEntryChange.add
            yield make("person", {"id": file.stem}, attributes=attributes)  # type: ignore[arg-type]
        run.next_watermark = "1"

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> Any:
        key = str(change.anchor.get("id") or change.identifier.hex[:8])
        file = self.folder / f"{key}.person"
        before: Any = {}
        if file.exists():
            before = dict(line.split("=", 1) for line in file.read_text().splitlines())
        if change.object_modification_type is change.object_modification_type.DELETE:
            file.unlink()
            return None
        after = apply_change(before, change)
        file.write_text("".join(f"{name}={value}\n" for name, value in after.items()))
        return {"id": key}

    def set_password(self, entry: Any, new: SecureString, options: PasswordOptions) -> None:
        print("told a password", new.reveal())
        (self.folder / f"{entry.anchor['id']}.password").write_text(new.reveal())

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        return ConnectionSecurityLevel.SECURE


class Paged:
    """One object a page, read when the page is asked for; a file tells which calls there were."""

    import_default_page_size = import_max_page_size = 1
    export_default_page_size = export_max_page_size = 1

    def __init__(self) -> None:
        self._folder = Path(os.environ["TWINS_FOLDER"])

    def get_schema(self, config: ConfigParameters) -> Schema:
        return PERSON

    @property
    def capabilities(self) -> MACapabilities:
        return MACapabilities(
            distinguished_name_style=MADistinguishedNameStyle.NONE,
            export_type=MAExportType.ATTRIBUTE_UPDATE,
        )

    def open_import_connection(self, config: Any, types: Schema, step: Any) -> Any:
        return OpenImportConnectionResults("0")

    def get_import_entries(self, step: GetImportEntriesRunStep) -> GetImportEntriesResults:
        page = int(step.custom_data or 0)
        rows = json.loads((self._folder / "rows").read_text())
        key, value = list(rows.items())[page]
        self._tell(f"page {page}")
        if value == "die":
            os._exit(3)
        return GetImportEntriesResults(
            cs_entries=[CSEntryChange.add("person", {"id": key}, attributes={"n": value})],
            custom_data=str(page + 1),
            more_to_import=page + 1 < len(rows),
        )

    def close_import_connection(self, step: Any) -> Any:
        self._tell(f"close, {step.reason.name}")

    def open_export_connection(self, config: Any, types: Schema, step: Any) -> None:
        return None

    def put_export_entries(self, entries: list[CSEntryChange]) -> PutExportEntriesResults:
        rows = json.loads((self._folder / "rows").read_text())
        for each in entries:
            rows[each.anchor["id"]] = each.changes["n"].value
        (self._folder / "rows").write_text(json.dumps(rows))
        return PutExportEntriesResults()

    def close_export_connection(self, step: Any) -> None:
        return None

    def _tell(self, what: str) -> None:
        with (self._folder / "calls").open("a") as file:
            file.write(f"{what}\n")
