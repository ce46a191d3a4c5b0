"""A connector of the model as tables of a configuration file, and what there is to say of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define, evolve, field

from ecma2py.host.binding import RunStep
from ecma2py.host.foreign.model import DEFAULT_PARTITION, Connector, Parameter, Partition, Run
from ecma2py.host.foreign.products import Product, dll_name, product_of_library
from ecma2py.host.foreign.remarks import Remarks
from ecma2py.host.foreign.schedule import export_table, import_table
from ecma2py.host.foreign.taking_schema import schema_tables
from ecma2py.host.secrets import Redactor, escaped, looks_secret, variable_name
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType

Table = dict[str, Any]
_ANYWHERE = ("", DEFAULT_PARTITION)
_Kind, _Page = ConfigParameterType, ConfigParameterPage
_REDACTOR = Redactor()
"""Knows no secret, but what one looks like."""


@define
class Variables:
    """The environment variables that a file refers to, each for one secret."""

    names: dict[str, None] = field(factory=dict)
    _last: dict[str, int] = field(factory=dict)
    """The number given last to what would have been called alike."""

    def new(self, *parts: str) -> str:
        """A name made of *parts* that is no other secret's."""
        wanted = name = variable_name(*parts)
        while name in self.names:
            self._last[wanted] = self._last.get(wanted, 1) + 1
            name = f"{wanted}_{self._last[wanted]}"
        self.names[name] = None
        return name


@define
class Taking:
    """One connector, taken over as *name*; ``table`` is what is written."""

    name: str
    connector: Connector
    remarks: Remarks
    variables: Variables
    """Those of all connectors of the file."""
    table: Table = field(factory=dict, init=False)
    comments: dict[tuple[str, ...], list[str]] = field(factory=dict, init=False)
    """Lines above a key, by the names that lead to it."""
    _fields: dict[str, str] = field(factory=dict, init=False)
    _partitions_by_name: dict[str, Partition] = field(init=False)
    _product: Product | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._product = product_of_library(self.connector.library)
        self._partitions_by_name = {
            name.lower(): partition
            for partition in reversed(self.connector.partitions)
            for name in (partition.id, partition.name, partition.dn)
            if name
        }
        self.connector = evolve(self.connector, runs=tuple(self._runs_here()))
        schema = schema_tables(self.connector, self._product, self.remarks)
        parameters = self._parameters(self.connector.parameters, "parameters")
        if self._product is not None:
            derived = self._product.derive(self.connector)
            parameters |= {name: escaped(value) for name, value in derived.items()}
        scim, dn, flows = (schema.pop(name) for name in ("scim", "dn", "deprovisioning"))
        self.table = _filled(
            {
                "type": self._type(),
                **schema,
                "parameters": parameters,
                "partitions": dict(self._partitions()),
                "run_steps": self._run_steps(parameters),
                "fields": self._fields if self._product is None else {},
                "import": import_table(self.connector, self.remarks),
                "export": export_table(self.connector, self.remarks),
                "scim": scim,
                "dn": dn,
                "deprovisioning": flows,
            }
        )
        for each in self.connector.ignored:
            self.remarks.leave("", each)
        if self.connector.has_token:
            self.remarks.leave(
                "SecretToken",
                f"secrets are not kept in this file: enter it by ecma2py token add {self.name}",
            )

    def _type(self) -> str:
        if self._product is not None:
            return self._product.type
        name = dll_name(self.connector.library)
        self.remarks.hint(
            ("type",),
            f"{name} is a .NET connector: copy it and all that lies beside it there to the folder "
            "of this file, or to one that path names, and ask ecma2py dotnet doctor",
        )
        return name

    def _parameters(
        self, given: Iterable[Parameter], *place: str, of_type: str | None = None
    ) -> Table:
        """The values by our names; what is no field, and what we have not, is left out.

        *of_type* is the object type that they are of, in a run that has several.
        """
        found: Table = {}
        first: dict[str, Parameter] = {}
        for each in given:
            taken = self._taken(each, place)
            if taken is None:
                continue
            name = taken.name
            if of_type is not None and self._product is not None:
                name = self._product.step_name(name, of_type)
            before = first.setdefault(name, taken)
            if before is taken:
                self._describe(taken, place)
                found[name] = self._value(taken, (*place, name))
            elif (before.value, before.is_secret) != (taken.value, taken.is_secret):
                self.remarks.leave(
                    (*place, name), "the file has it more than once: the first one counts"
                )
        return found

    def _taken(self, given: Parameter, place: tuple[str, ...]) -> Parameter | None:
        if not (given.kind.holds_value and given.name):
            return None
        if self._product is None:
            return given
        if not given.value and not given.is_secret:
            return None
        taken = self._product.take(given)
        if not isinstance(taken, str):
            return taken
        # A box that is not ticked asks for nothing.
        if (given.kind, given.value) != (_Kind.CHECK_BOX, "0"):
            self.remarks.leave((*place, given.name), taken)
        return None

    def _value(self, parameter: Parameter, key: tuple[str, ...]) -> str | bool:
        if parameter.is_secret:
            return self._secret(key)
        if parameter.value and _shows_secret(parameter):
            self.remarks.hint(
                key,
                "it seems to hold a secret in clear text: write ${NAME} in its place, and set that "
                "environment variable",
            )
        return self._plain(parameter)

    @staticmethod
    def _plain(parameter: Parameter) -> str | bool:
        if parameter.kind is _Kind.CHECK_BOX and parameter.value in ("0", "1"):
            return parameter.value == "1"
        return escaped(parameter.value)

    def _secret(self, key: tuple[str, ...]) -> str:
        places = key[1:] if key[0] == "parameters" else key[-2:]
        variable = self.variables.new(self.name, *places)
        self.comments[key] = [
            f"A secret, which no export holds: set the environment variable {variable} where the",
            "host starts, or take this line out if there is none.",
        ]
        return f"${{{variable}}}"

    def _describe(self, parameter: Parameter, place: tuple[str, ...]) -> None:
        number = f"{parameter.number} " if parameter.number else ""
        kind = _Kind.ENCRYPTED_STRING if parameter.is_secret else parameter.kind
        told = f"{parameter.page.name.lower()} {number}{kind.name.lower()}"
        if told != default_field(place[0]):
            self._fields.setdefault(parameter.name, told)

    def _partitions(self) -> Iterator[tuple[str, Table]]:
        everywhere = self._serves_all_partitions()
        for each in self.connector.partitions:
            given = [one for one in each.parameters if one.value or one.is_secret]
            if everywhere and given:
                self.remarks.leave(
                    ("partitions", each.dn),
                    "a host that serves all partitions has no parameters of one: write a table of "
                    f'its own with partition = "{each.dn}" if it needs them',
                )
            else:
                yield each.dn, self._parameters(given, "partitions", each.dn)

    def _serves_all_partitions(self) -> bool:
        product = self._product
        several = len(self.connector.partitions) > 1
        return several and product is not None and product.runs_all_partitions

    def _runs_here(self) -> Iterator[Run]:
        """The runs but for those in partitions that the connector does not work in here."""
        parts = self.connector.partitions
        for each in self.connector.runs:
            name = each.partition.lower()
            known = self._partitions_by_name.get(name)
            everywhere = not parts or self._serves_all_partitions() or name in _ANYWHERE
            if everywhere or known is parts[0]:
                yield each
            else:
                where = known.dn if known is not None else each.partition
                self.remarks.leave(
                    f"run profile {each.profile!r}", f"its step {each.step.value} is in {where}"
                )

    def _run_steps(self, everywhere: Table) -> Table:
        """What each kind of run has for itself; what holds for all of them is in *everywhere*."""
        found: Table = {}
        several = self._serves_all_partitions()
        for run in self.connector.runs:
            partition = self._partitions_by_name.get(run.partition.lower()) if several else None
            of_type = (partition.name or partition.dn) if partition is not None else None
            given = self._own(run.parameters, everywhere, of_type)
            table = self._parameters(given, "run_steps", run.step.value, of_type=of_type)
            before = found.setdefault(run.step.value, {})
            for name, value in table.items():
                if before.setdefault(name, value) != value:
                    self.remarks.leave(
                        ("run_steps", run.step, name),
                        f"run profile {run.profile!r} has another value: there is one for all runs "
                        "of a kind here",
                    )
        return {step.value: found[step.value] for step in RunStep if step.value in found}

    def _own(
        self, given: Iterable[Parameter], everywhere: Table, of_type: str | None
    ) -> Iterator[Parameter]:
        """The parameters of a run but for those that every run has alike."""
        for each in given:
            product = self._product
            name = each.name
            if product is not None and each.value and name in product.of_all_runs:
                name = product.step_name(name, of_type) if of_type is not None else name
                everywhere.setdefault(name, escaped(each.value))
            held = everywhere.get(name)
            # What is text is escaped, so that it never begins like the reference to a secret.
            is_secret = isinstance(held, str) and held.startswith("${")
            if not (is_secret if each.is_secret else held == self._plain(each)):
                yield each


def _shows_secret(parameter: Parameter) -> bool:
    """True for a secret by its name, and for text with ``password=...`` in it."""
    return looks_secret(parameter.name) or _REDACTOR.text(parameter.value) != parameter.value


def default_field(place: str) -> str:
    """What a parameter is where ``fields`` does not say it, by the table that it stands in."""
    page = {"run_steps": _Page.RUN_STEP, "partitions": _Page.PARTITION}.get(
        place, _Page.CONNECTIVITY
    )
    return f"{page.name.lower()} {_Kind.STRING.name.lower()}"


_WITH_VALUES = ("parameters", "partitions", "run_steps")
"""Tables in which empty text is a value."""


def _filled(tables: Mapping[str, Any]) -> Table:
    """*tables* without what says nothing, at any depth."""
    found: Table = {}
    for key, value in tables.items():
        if isinstance(value, Mapping):
            value = _inhabited(value) if key in _WITH_VALUES else _filled(value)
        if value not in ("", [], {}):
            found[key] = value
    return found


def _inhabited(tables: Mapping[str, Any]) -> Table:
    return {key: value for key, value in tables.items() if value != {}}
