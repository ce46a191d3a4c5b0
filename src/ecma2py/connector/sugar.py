"""``Connector``: what an author subclasses; it turns plain methods into the ECMA2 protocols."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

from ecma2py.capabilities import MACapabilities, MADistinguishedNameStyle, MAExportType
from ecma2py.connector.declared import Parameter
from ecma2py.connector.outcomes import each_by_itself, result_of
from ecma2py.connector.runs import ExportRun, ImportRun
from ecma2py.entries import CSEntryChange, CSEntryChangeResult
from ecma2py.errors import ECMA2Error, EntryPointNotImplementedError, WarningNoWatermarkError
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
    SecureString,
    first_problem,
)
from ecma2py.partitions import Partition
from ecma2py.schema import Schema
from ecma2py.steps import (
    CloseExportConnectionRunStep,
    CloseImportConnectionResults,
    CloseImportConnectionRunStep,
    CloseReason,
    ConnectionSecurityLevel,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    OpenExportConnectionRunStep,
    OpenImportConnectionResults,
    OpenImportConnectionRunStep,
    OperationType,
    PutExportEntriesResults,
)


class Connector:
    """A connector in plain methods; the ECMA2 protocols it satisfies follow from what it defines.

    * ``schema()``: the object types. Always needed.
    * ``import_entries(run)``: yield every object, or since ``run.watermark`` every change. Paging
      is the host's business; ``run.reading()`` tells when the target is asked.
    * ``import_objects(run, wanted)``: yield these objects whole (FullObject import).
    * ``export_entry(run, change)`` writes one change, or ``export_entries(run, changes)`` a batch.
      Return nothing, the anchor the target assigned, or a result; whatever is raised for one
      entry becomes that entry's result.
    * ``set_password(cs_entry, new_password, options)``, ``change_password(...)``.
    * ``open()`` and ``close(reason)`` around every run; ``check()`` to test the connection.
    * ``get_partitions``, ``get_hierarchy``, or the paged and file-based interfaces by hand: define
      the methods of the protocol itself.

    Parameters are class attributes (see ``Parameter``). Capabilities follow from the methods;
    others are given as class keywords: ``class HR(Connector, delta_import=True)``.
    """

    parameters: ConfigParameters = ConfigParameters()
    import_default_page_size: int = 500
    import_max_page_size: int = 10_000
    export_default_page_size: int = 100
    export_max_page_size: int = 10_000

    current_run: ImportRun | ExportRun | None = None
    """The import or export that is open, known to ``open``; None for anything else."""
    current_partition: Partition | None = None
    """The partition that is open, also for passwords; None if the host works with none."""

    _declared: ClassVar[dict[str, Parameter[Any]]] = {}
    _capabilities: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **capabilities: Any) -> None:
        super().__init_subclass__()
        declared = {k: v for k, v in vars(cls).items() if isinstance(v, Parameter)}
        cls._declared = {**cls._declared, **declared}
        cls._capabilities = {**cls._capabilities, **capabilities}
        MACapabilities(**cls._capabilities)
        if capabilities and "capabilities" in vars(cls):
            raise TypeError(
                f"{cls.__name__} tells its capabilities twice: by class keywords and by the "
                "property. Keep one."
            )
        for trigger, methods in _GRAFTS.items():
            if hasattr(cls, trigger):
                for name, method in methods.items():
                    if not hasattr(cls, name):
                        setattr(cls, name, method)

    def schema(self) -> Schema:
        """The object types the target holds, given ``self.parameters``."""
        raise EntryPointNotImplementedError(f"{type(self).__name__} defines no schema().")

    def check(self) -> None:
        """Return if the target can be reached with these parameters; raise what is wrong if not."""
        self.schema()

    def open(self) -> None:
        """Connect to the target before a run."""

    def close(self, reason: CloseReason) -> None:
        """Disconnect after a run; also called when ``open`` failed half-way."""

    def get_schema(self, config_parameters: ConfigParameters) -> Schema:
        """The schema of these parameters (``IMAExtensible2GetSchema``)."""
        self.parameters = config_parameters
        schema = self.schema()
        schema.validate()
        return schema

    def get_capabilities_ex(self, config_parameters: ConfigParameters) -> MACapabilities:
        """What is implemented, and what the class keywords say (``...GetCapabilitiesEx``).

        Without a word from the author: no DN, the anchor serves; changes come as AttributeUpdate.
        Who defines the property ``capabilities`` himself says all of them there.
        """
        self.parameters = config_parameters
        own: MACapabilities | None = getattr(self, "capabilities", None)
        if own is not None:
            return own
        style = self._capabilities.get("distinguished_name_style", MADistinguishedNameStyle.NONE)
        implemented = {
            "distinguished_name_style": style,
            "object_rename": style is not MADistinguishedNameStyle.NONE,
            "delta_import": False,
            "delete_add_as_replace": False,
            "export_type": MAExportType.ATTRIBUTE_UPDATE,
            "support_import": hasattr(self, "get_import_entries")
            or hasattr(self, "write_import_file"),
            "support_export": hasattr(self, "put_export_entries")
            or hasattr(self, "read_export_file"),
            "support_partitions": hasattr(self, "get_partitions"),
            "support_hierarchy": hasattr(self, "get_hierarchy"),
            "support_password": hasattr(self, "set_password"),
        }
        return MACapabilities(**{**implemented, **self._capabilities})

    def get_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> list[ConfigParameterDefinition]:
        """The declared parameters of *page* (``IMAExtensible2GetParameters``)."""
        return [each.definition for each in self._declared.values() if each.page is page]

    def validate_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> ParameterValidationResult:
        """Every value fits its definition, and on the connectivity page ``check()`` passes."""
        definitions = self.get_config_parameters(config_parameters, page)
        result = first_problem(definitions, config_parameters)
        if result.is_success and page is ConfigParameterPage.CONNECTIVITY:
            self.parameters = config_parameters
            try:
                self.check()
            except ECMA2Error as error:
                parameter = getattr(error, "parameter_name", "")
                return ParameterValidationResult.failure(str(error), parameter)
        return result


def _open_import_connection(
    self: Any,
    config_parameters: ConfigParameters,
    types: Schema,
    import_run_step: OpenImportConnectionRunStep,
) -> OpenImportConnectionResults:
    step = import_run_step
    self.parameters = config_parameters
    if step.import_type is OperationType.DELTA and not step.custom_data:
        raise WarningNoWatermarkError(
            "A delta import needs the watermark of an earlier import: run a full import first."
        )
    if step.import_type is OperationType.FULL_OBJECT and not hasattr(self, "import_objects"):
        raise EntryPointNotImplementedError(f"{type(self).__name__} imports no single objects.")
    self._import_run = self.current_run = ImportRun(
        types=types,
        import_type=step.import_type,
        watermark=step.custom_data,
        page_size=step.page_size,
        partition=step.step_partition,
        included=step.inclusion_hierarchy_nodes,
        excluded=step.exclusion_hierarchy_nodes,
    )
    self.current_partition = step.step_partition
    self._entries = None
    self.open()
    return OpenImportConnectionResults()


def _get_import_entries(
    self: Any, import_run_step: GetImportEntriesRunStep
) -> GetImportEntriesResults:
    run: ImportRun = self._import_run
    if self._entries is None:
        wanted = import_run_step.full_object_entries
        full_object = run.import_type is OperationType.FULL_OBJECT
        source = self.import_objects(run, wanted) if full_object else self.import_entries(run)
        self._entries = iter(source)
    run.calls += 1
    page = list(islice(self._entries, 1))
    read_in_call = run.read_in_call  # of the first entry, which may be left from an earlier call
    page.extend(islice(self._entries, run.page_size - 1))
    return GetImportEntriesResults(
        cs_entries=page,
        more_to_import=len(page) == run.page_size,
        custom_data=None,
        read_in_call=read_in_call,
    )


def _close_import_connection(
    self: Any, import_run_step: CloseImportConnectionRunStep
) -> CloseImportConnectionResults:
    entries: Iterator[CSEntryChange] | None = getattr(self, "_entries", None)
    self._entries = None
    try:
        if entries is not None and hasattr(entries, "close"):
            entries.close()
    finally:
        self.close(import_run_step.reason)
    run: ImportRun | None = getattr(self, "_import_run", None)
    return CloseImportConnectionResults(run.next_watermark if run else None)


def _open_export_connection(
    self: Any,
    config_parameters: ConfigParameters,
    types: Schema,
    export_run_step: OpenExportConnectionRunStep,
) -> None:
    self.parameters = config_parameters
    self._export_run = self.current_run = ExportRun(
        types=types,
        partition=export_run_step.step_partition,
        batch_size=export_run_step.batch_size,
        is_full=export_run_step.export_type is OperationType.FULL,
    )
    self.current_partition = export_run_step.step_partition
    self.open()


def _put_export_entries(self: Any, cs_entries: list[CSEntryChange]) -> PutExportEntriesResults:
    entries, results = list(cs_entries), []
    try:
        for each in self.export_entries(self._export_run, cs_entries) or ():
            if each is not None:
                results.append(each)  # noqa: PERF401  what came before an error stays
    except Exception as error:
        if not results:
            raise
        # What was told before the error holds; the others failed by it, as far as anybody knows.
        told = {each.identifier for each in results if isinstance(each, CSEntryChangeResult)}
        results += [result_of(entry, error) for entry in entries if entry.identifier not in told]
    return PutExportEntriesResults(results)


def _close_export_connection(self: Any, export_run_step: CloseExportConnectionRunStep) -> None:
    self.close(export_run_step.reason)


def _export_entries(
    self: Any, run: ExportRun, changes: Sequence[CSEntryChange]
) -> Iterable[CSEntryChangeResult]:
    return each_by_itself(changes, lambda change: self.export_entry(run, change))


def _open_password_connection(
    self: Any, config_parameters: ConfigParameters, partition: Partition | None
) -> None:
    self.parameters = config_parameters
    self.current_run, self.current_partition = None, partition
    self.open()


def _close_password_connection(self: Any) -> None:
    self.close(CloseReason.NORMAL)


def _get_connection_security_level(self: Any) -> ConnectionSecurityLevel:
    """Not secure, until the author says otherwise."""
    return ConnectionSecurityLevel.NOT_SECURE


def _change_password(
    self: Any, cs_entry: CSEntryChange, old_password: SecureString, new_password: SecureString
) -> None:
    raise EntryPointNotImplementedError(f"{type(self).__name__} cannot change passwords, only set.")


_GRAFTS: dict[str, dict[str, Callable[..., Any]]] = {
    "import_entries": {
        "open_import_connection": _open_import_connection,
        "get_import_entries": _get_import_entries,
        "close_import_connection": _close_import_connection,
    },
    "export_entry": {"export_entries": _export_entries},
    "export_entries": {
        "open_export_connection": _open_export_connection,
        "put_export_entries": _put_export_entries,
        "close_export_connection": _close_export_connection,
    },
    "set_password": {
        "open_password_connection": _open_password_connection,
        "close_password_connection": _close_password_connection,
        "get_connection_security_level": _get_connection_security_level,
        "change_password": _change_password,
    },
}
"""Which protocol methods a class gets for defining a plain one; its own always stay."""
