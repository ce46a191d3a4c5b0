"""A connector's table as the model, and what of it has no place there."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import define, evolve, field

from ecma2py.host.binding import RunStep
from ecma2py.host.config_connectors import (
    ConnectorConfig,
    ExportConfig,
    ImportConfig,
    ScimConfig,
)
from ecma2py.host.config_reader import key_of, settings_fields
from ecma2py.host.foreign.ecma2host import PAGE_SIZES
from ecma2py.host.foreign.handing_schema import object_types
from ecma2py.host.foreign.model import DEFAULT_PARTITION, Connector, Parameter, Partition, Run
from ecma2py.host.foreign.products import Product, library_name, product_of_type
from ecma2py.host.foreign.remarks import Remarks
from ecma2py.host.foreign.schedule import runs_of, timer_of
from ecma2py.host.foreign.taking_over import default_field
from ecma2py.host.foreign.xml_text import writable
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType, SecureString

Values = Mapping[str, str | SecureString]
_HAS_NONE = "Microsoft's host has no such setting"
_CARRIED = {
    ImportConfig: {"interval_minutes", "delta_minutes", "page_size", "timeout_seconds", "on_start"},
    ExportConfig: {"batch_size", "timeout_seconds"},
    ScimConfig: {"matching", "single_value"},
}


@define
class Handing:
    """One connector, handed over; ``connector`` is what is written."""

    name: str
    config: ConnectorConfig
    remarks: Remarks
    secrets: list[str] = field(factory=list, init=False)
    """The parameters that are to be entered there."""
    connector: Connector = field(init=False)
    _product: Product | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        config = self.config
        self._product = product_of_type(config.type)
        types = tuple(object_types(config, self._anchor(), self.remarks))
        runs = runs_of(config, self.remarks)
        parameters = tuple(self._parameters(self._everywhere(), "parameters"))
        for_all = [each for each in parameters if each.page is ConfigParameterPage.RUN_STEP]
        self.connector = Connector(
            name=self.name,
            library=library_name(config.type) if self._product is None else self._product.library,
            parameters=parameters,
            runs=tuple(self._with_parameters(each, for_all) for each in runs),
            types=types,
            partitions=tuple(self._partitions()),
            timer=timer_of(config, runs, self.remarks),
        )
        self._check_derived()
        self._leave_unknown()

    def _anchor(self) -> str | None:
        """The anchor of all types, where a parameter names it."""
        if self._product is None or not self._product.anchor:
            return None
        given = self.config.parameters.get(self._product.anchor, "")
        return given if isinstance(given, str) else ""

    def _everywhere(self) -> Values:
        """The parameters with those of the one partition there is."""
        found = dict(self.config.parameters)
        used = self.config.partition or DEFAULT_PARTITION
        for dn, table in self.config.partitions.items():
            if dn == used and table:
                found |= table
                self.remarks.leave(("partitions", dn), "they become parameters of the connector")
            elif table:
                self.remarks.leave(("partitions", dn), "Microsoft's host has one partition")
        return found

    def _partitions(self) -> Iterator[Partition]:
        if self.config.partition == DEFAULT_PARTITION:
            self.remarks.leave("partition", "it is the one that Microsoft's host has anyway")
        elif self.config.partition is not None:
            yield Partition(dn=self.config.partition)

    def _with_parameters(self, run: Run, for_all: Iterable[Parameter]) -> Run:
        """The run with what is said of it, and what is said of all runs: there is no other place.

        For Microsoft's host, that is; the parameters of the connector have the latter as well.
        """
        given: Values = getattr(self.config.run_steps, run.step)
        place = ("run_steps", run.step.value)
        found = {each.name: each for each in for_all}
        for each in self._parameters(given, *place):
            if each.is_secret and each.name in found:
                self.remarks.leave((*place, each.name), "there is one secret of this name there")
            found[each.name] = each
        partition = self.config.partition or DEFAULT_PARTITION
        return evolve(run, parameters=tuple(found.values()), partition=partition)

    def _parameters(self, given: Values, *place: str) -> Iterator[Parameter]:
        for name, value in given.items():
            if self._product is not None and name in self._product.derived:
                continue
            text = value if isinstance(value, str) else ""
            found = self._given(name, text, place[0])
            if isinstance(found, str):
                self.remarks.leave((*place, name), found)
            elif found.is_secret:
                self.secrets.append(found.name)
                yield evolve(found, value="")
            elif isinstance(value, SecureString):
                self.remarks.leave((*place, name), "its value is a secret: enter it there")
            elif not (name and writable(name) and writable(text)):
                self.remarks.leave((*place, name), "XML has no form for one of its characters")
            elif self._product is None or text:
                yield found

    def _given(self, name: str, value: str, place: str) -> Parameter | str:
        if place == "run_steps" and name in PAGE_SIZES.values():
            return "Microsoft's host has a field of this name"
        if self._product is not None:
            return self._product.give(name, value)
        told = self.config.fields.get(name, default_field(place)).split()
        kind = ConfigParameterType[told[-1].upper()]
        return Parameter(
            name=name,
            value=value,
            page=ConfigParameterPage[told[0].upper()],
            kind=kind,
            number=int(told[1]) if len(told) > 2 else 0,
            is_encrypted=kind is ConfigParameterType.ENCRYPTED_STRING,
        )

    def _check_derived(self) -> None:
        """Leave what types and partitions would make of a parameter otherwise."""
        if self._product is None:
            return
        derived = self._product.derive(self.connector)
        for name in self._product.derived:
            given = self.config.parameters.get(name, "")
            if given != derived.get(name, ""):
                self.remarks.leave(
                    ("parameters", name),
                    "the object types, their anchor and the partition say it there, and say it "
                    "otherwise: look at those pages",
                )

    def _leave_unknown(self) -> None:
        config = self.config
        if config.path is not None:
            self.remarks.leave("path", "Microsoft's host looks for DLLs in its own folder")
        for table, part in {
            "import": config.imports,
            "export": config.exports,
            "scim": config.scim,
        }.items():
            usual = type(part)()
            for each in settings_fields(type(part)):
                differs = getattr(part, each.name) != getattr(usual, each.name)
                if differs and each.name not in _CARRIED[type(part)]:
                    self.remarks.leave((table, key_of(each)), _HAS_NONE)
        for name in config.fields:
            if not self._uses(name):
                self.remarks.leave(("fields", name), "there is no such parameter")

    def _uses(self, name: str) -> bool:
        steps = (getattr(self.config.run_steps, each) for each in RunStep)
        tables = (self.config.parameters, *self.config.partitions.values(), *steps)
        return any(name in each for each in tables)
