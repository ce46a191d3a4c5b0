"""A .NET connector as a Python one: it has the interfaces, and no others, that the DLL has."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

from ecma2py.clr import answers
from ecma2py.clr.calling import Caller
from ecma2py.clr.filling import Ask, Filling
from ecma2py.connector.forwarding import INTERFACES_BY_NAME, Forwarding, having
from ecma2py.parameters import ConfigParameterPage, ConfigParameters
from ecma2py.steps import (
    CloseImportConnectionResults,
    GetImportEntriesResults,
    OpenImportConnectionResults,
    PutExportEntriesResults,
    WriteImportFileResults,
)

_PAGE_ASKS = frozenset({"get_config_parameters", "get_config_parameters_ex"})


class DotNetConnector(Forwarding):
    """Passes every call to the bridge, and gives back what it answers.

    Entries come, and pages and results go, in their wire form: nobody here looks into them.
    """

    takes_buffers = True

    def __init__(self, caller: Caller, interfaces: frozenset[str]) -> None:
        self._caller = caller
        ask: Ask | None = None
        has_numbers = "IMAExtensible2GetParametersEx" in interfaces
        if has_numbers:
            ask = self._ask_for_page_with_number
        elif "IMAExtensible2GetParameters" in interfaces:
            ask = self._ask_for_page
        self._filling = Filling(ask, has_numbers=has_numbers)

    def _ask_for_page(
        self, known: ConfigParameters, page: ConfigParameterPage, number: int
    ) -> list[Any]:
        return answers.definitions(self._caller.call("GetConfigParameters", known, page))

    def _ask_for_page_with_number(
        self, known: ConfigParameters, page: ConfigParameterPage, number: int
    ) -> list[Any]:
        return answers.definitions(self._caller.call("GetConfigParametersEx", known, page, number))

    def _read(self, name: str) -> Any:
        return self._call(name)

    def _call(self, method: str, *arguments: Any) -> Any:
        if arguments and isinstance(arguments[0], ConfigParameters) and method not in _PAGE_ASKS:
            arguments = (self._filling.completed(arguments[0]), *arguments[1:])
        return _ANSWERS.get(method, _as_it_is)(self._caller.call(_pascal(method), *arguments))


def dotnet_connector(caller: Caller, interfaces: Iterable[str]) -> DotNetConnector:
    """A new connector that has the interfaces with these names."""
    names = frozenset(each for each in interfaces if each in INTERFACES_BY_NAME)
    caller.renew()
    return _class(names)(caller, names)


@lru_cache(maxsize=64)
def _class(interfaces: frozenset[str]) -> type[DotNetConnector]:
    return having(DotNetConnector, interfaces)


def _pascal(name: str) -> str:
    return "".join(each.capitalize() for each in name.split("_"))


def _as_it_is(value: Any) -> Any:
    return value


def _page(row: list[Any] | None) -> GetImportEntriesResults | None:
    if row is None:
        return None
    custom_data, more, entries = row
    return GetImportEntriesResults(cs_entries=entries, custom_data=custom_data, more_to_import=more)


def _results(given: Any) -> PutExportEntriesResults | None:
    return None if given is None else PutExportEntriesResults(given)


def _with_custom_data(cls: Callable[[str | None], Any], row: list[str | None] | None) -> Any:
    return None if row is None else cls(row[0])


_ANSWERS: dict[str, Callable[[Any], Any]] = {
    "open_import_connection": partial(_with_custom_data, OpenImportConnectionResults),
    "get_import_entries": _page,
    "close_import_connection": partial(_with_custom_data, CloseImportConnectionResults),
    "put_export_entries": _results,
    "write_import_file": partial(_with_custom_data, WriteImportFileResults),
    "get_schema": answers.schema,
    "capabilities": answers.capabilities,
    "get_capabilities_ex": answers.capabilities,
    "get_config_parameters": answers.definitions,
    "get_config_parameters_ex": answers.definitions,
    "validate_config_parameters": answers.verdict,
    "validate_config_parameters_ex": answers.verdict,
    "get_partitions": answers.partitions,
    "get_hierarchy": answers.nodes,
    "get_connection_security_level": answers.security_level,
}
"""What makes an answer of the vocabulary out of the bridge's rows."""
