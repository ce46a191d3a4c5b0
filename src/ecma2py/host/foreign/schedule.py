"""Run profiles and the timer there, the tables ``import`` and ``export`` here; both ways.

Microsoft's host reads everything when it starts, if there is a full import, and again whenever its
one timer is due. Whether it then runs a full or a delta import is not published: here both are due
by it, each if there is one.
"""

from collections.abc import Iterable
from typing import Any

from ecma2py.host.binding import RunStep
from ecma2py.host.config_connectors import ConnectorConfig, ExportConfig, ImportConfig
from ecma2py.host.foreign.model import Connector, Run
from ecma2py.host.foreign.remarks import Remarks

_FULL, _DELTA, _EXPORT = RunStep.FULL_IMPORT, RunStep.DELTA_IMPORT, RunStep.EXPORT
_USUAL = ImportConfig()
_USUAL_EXPORT = ExportConfig()
_LONGEST_TIMER, _LARGEST_PAGE, _LARGEST_BATCH = 525_600, 100_000, 10_000
_LONGEST_IMPORT, _LONGEST_EXPORT = 86_400, 3600


def import_table(connector: Connector, remarks: Remarks) -> dict[str, Any]:
    """``[connectors.NAME.import]``."""
    steps = {each.step for each in connector.runs}
    runs = [each for each in connector.runs if each.step is not _EXPORT]
    found: dict[str, Any] = {}
    timer = _bounded(connector.timer, _LONGEST_TIMER, "AutosyncTimer", remarks)
    usual = int(_USUAL.interval_minutes)
    minutes = usual if timer is None else timer
    if _FULL not in steps:
        remarks.hint("import", "no full import is scheduled: nothing is served before one has run")
        found |= {"interval_minutes": 0, "on_start": False}
    elif minutes != usual:
        found["interval_minutes"] = minutes
    if _DELTA in steps:
        found["delta_minutes"] = minutes
    size = _bounded(_first(runs, "page_size"), _LARGEST_PAGE, "page size", remarks)
    seconds = _bounded(_first(runs, "timeout"), _LONGEST_IMPORT, "timeout", remarks)
    for name in ("page_size", "timeout"):
        if len({getattr(each, name) for each in runs}) > 1:
            remarks.hint("import", f"the {name.replace('_', ' ')} is one for all imports here")
    return {**found, **_given(page_size=size, timeout_seconds=seconds)}


def export_table(connector: Connector, remarks: Remarks) -> dict[str, Any]:
    """``[connectors.NAME.export]``."""
    runs = [each for each in connector.runs if each.step is _EXPORT]
    if not runs:
        remarks.hint("export", "there is no export there; here, clients can write")
    size = _bounded(_first(runs, "page_size"), _LARGEST_BATCH, "batch size", remarks)
    seconds = _bounded(_first(runs, "timeout"), _LONGEST_EXPORT, "timeout", remarks)
    return _given(batch_size=size, timeout_seconds=seconds)


def _bounded(value: int | None, largest: int, name: str, remarks: Remarks) -> int | None:
    if value is None or value <= largest:
        return value
    remarks.leave(name, f"{value} is more than the {largest} that there can be here")
    return None


def _first(runs: Iterable[Run], name: str) -> int | None:
    found: Iterable[int | None] = (getattr(each, name) for each in runs)
    return next((each for each in found if each is not None), None)


def _given(**values: int | None) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def runs_of(config: ConnectorConfig, remarks: Remarks) -> tuple[Run, ...]:
    """The run profiles that *config* comes to, without their parameters."""
    imports, exports, steps = config.imports, config.exports, config.run_steps
    has_full = imports.on_start or imports.interval_minutes > 0 or bool(steps.full_import)
    has_delta = imports.delta_minutes > 0 or bool(steps.delta_import)
    if has_full and not imports.on_start:
        remarks.leave("import.on_start", "Microsoft's host runs its full import at every start")
    seconds = _seconds(imports.timeout_seconds, _USUAL.timeout_seconds, "import", remarks)
    batch = _seconds(exports.timeout_seconds, _USUAL_EXPORT.timeout_seconds, "export", remarks)
    importing = [step for step, wanted in ((_FULL, has_full), (_DELTA, has_delta)) if wanted]
    for key, given in (("page_size", imports.page_size), ("timeout_seconds", seconds)):
        if not importing and given is not None:
            remarks.leave(f"import.{key}", "there is no import that has it")
    return (
        Run(step=_EXPORT, page_size=exports.batch_size, timeout=batch),
        *(Run(step=step, page_size=imports.page_size, timeout=seconds) for step in importing),
    )


def timer_of(config: ConnectorConfig, runs: Iterable[Run], remarks: Remarks) -> int:
    """Minutes between imports; what one timer cannot say is left out."""
    imports = config.imports
    steps = {each.step for each in runs}
    if _FULL in steps:
        key, minutes = "interval_minutes", imports.interval_minutes
    elif _DELTA in steps:
        key, minutes = "delta_minutes", imports.delta_minutes
    else:
        return int(_USUAL.interval_minutes)
    if not minutes.is_integer():
        remarks.leave(f"import.{key}", "Microsoft's host counts in whole minutes")
        minutes = _USUAL.interval_minutes
    if _DELTA in steps and imports.delta_minutes != minutes and key != "delta_minutes":
        remarks.leave("import.delta_minutes", "Microsoft's host has one timer for all imports")
    if minutes < _USUAL.interval_minutes:
        remarks.hint(f"import.{key}", "Microsoft's wizard takes 120 minutes or more")
    return int(minutes)


def _seconds(value: float, usual: float, table: str, remarks: Remarks) -> int | None:
    if value == usual:
        return None
    if value.is_integer():
        return int(value)
    remarks.leave(f"{table}.timeout_seconds", "Microsoft's host counts in whole seconds")
    return None
