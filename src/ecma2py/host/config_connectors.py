"""The configuration of one connector: what it is, when it runs and how it is served."""

# ruff: noqa: RUF009 - setting() makes an attrs field, so nothing is shared between instances

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ecma2py.connector.loading import is_dll
from ecma2py.errors import ConfigurationError
from ecma2py.host.config_checks import (
    boolean,
    integer,
    number,
    one_of,
    scalars,
    section,
    string,
    strings,
    table_of,
)
from ecma2py.host.config_checks import parameters as parameter_values
from ecma2py.host.config_checks import path as file_path
from ecma2py.host.config_reader import Check, Reader, Refused, nearest, setting
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType, SecureString
from ecma2py.steps import GUARD_SHARE

Problems = Iterator[tuple[str, str]]

DLL_NAME = r'(?i:(?!\s)[^/\\:*?"<>|\x00-\x1f$]+\.dll)'
"""A file name of Windows that ends in .dll."""


@frozen
class MappedAttribute:
    """The connector attribute behind a SCIM path; ``inverted`` where true means false."""

    attribute: str
    inverted: bool = False

    def __str__(self) -> str:
        return f"!{self.attribute}" if self.inverted else self.attribute


def _mapping() -> Check:
    # Without quotes TOML reads name.familyName = "sn" as a table in a table: both spellings count.
    def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
        for name, value in table.items():
            if isinstance(value, Mapping):
                yield from flat(value, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", value

    def read(reader: Reader, key: str, raw: Any) -> dict[str, MappedAttribute]:
        if not isinstance(raw, Mapping):
            raise Refused
        found = {}
        for name, value in flat(raw):
            if not isinstance(value, str) or not value.removeprefix("!"):
                reader.refuse(f'{key}."{name}"', f"expected an attribute name (got {value!r})")
                continue
            attribute = reader.references.expand(value)
            found[name] = MappedAttribute(attribute.removeprefix("!"), attribute.startswith("!"))
        return found

    return Check('a table: "SCIM path" = "attribute" or "!attribute" for the opposite', read)


def _field() -> Check:
    pages, kinds = (
        "|".join(each.name.lower() for each in names)
        for names in (ConfigParameterPage, ConfigParameterType)
    )
    return string('"page kind" or "page number kind"', rf"({pages})( [0-9]{{1,3}})? ({kinds})")


@frozen(kw_only=True)
class RunStepsConfig:
    """[connectors.NAME.run_steps]: the parameters of the run-step page, for each kind of run.

    What a table leaves out is as ``[connectors.NAME.parameters]`` has it.
    """

    full_import: Mapping[str, str | SecureString] = setting(parameter_values(), dict)
    """The connector's run-step parameters for full imports, such as another query; what is left out
    is as ``parameters`` has it. Secrets are given as there."""
    delta_import: Mapping[str, str | SecureString] = setting(parameter_values(), dict)
    """The same for delta imports."""
    export: Mapping[str, str | SecureString] = setting(parameter_values(), dict)
    """The same for exports."""


@frozen(kw_only=True)
class ImportConfig:
    """[connectors.NAME.import]: when and how objects are read."""

    interval_minutes: float = setting(number(0, 525_600), 120.0)
    """Minutes between full imports; 0 for none but those asked for."""
    delta_minutes: float = setting(number(0, 525_600), 0.0)
    """Minutes between delta imports where the connector has them; 0 for none."""
    page_size: int | None = setting(integer(1, 100_000), None)
    """Objects asked for at a time; left out, the connector's own default."""
    timeout_seconds: float = setting(number(1, 86_400), 600.0)
    """Seconds that one call of the connector may take before the run is given up."""
    removal_guard: float = setting(number(0, 1), GUARD_SHARE)
    """The share of objects a full import may remove; beyond it the run waits for an operator's
    word. 1 removes whatever is gone."""
    on_start: bool = setting(boolean(), True)
    """True to run a full import when the host starts."""


@frozen(kw_only=True)
class ExportConfig:
    """[connectors.NAME.export]: how changes are written."""

    batch_size: int | None = setting(integer(1, 10_000), None)
    """The most changes sent in one call; left out, the connector's own default."""
    idle_seconds: float = setting(number(0, 3600), 60.0)
    """Seconds without a change after which the export session is closed."""
    timeout_seconds: float = setting(number(1, 3600), 100.0)
    """Seconds that one call of the connector may take before its changes are reported as failed."""
    allow_low_security: bool = setting(boolean(), False)
    """True to set passwords also over a connection that the connector calls not secure."""


@frozen(kw_only=True)
class ScimConfig:
    """[connectors.NAME.scim]: the dialect spoken to clients."""

    patch_response: int = setting(one_of(204, 200), 204)
    """The status of a successful PATCH: 204 without a body, or 200 with the resource. It is always
    200 when the request names ``attributes``."""
    unknown_filter: str = setting(one_of("empty", "error"), "empty")
    """A filter on an unknown attribute finds nothing, as Entra expects, or is answered 400."""
    unknown_attribute: str = setting(one_of("error", "ignore"), "error")
    """An unknown attribute in a request is answered 400, or left out."""
    publish_mapped: bool = setting(boolean(), True)
    """What is mapped to a core attribute is published under the connector's own schema too, as
    Microsoft's host does. False publishes each attribute once, and no ``-dn-`` that the host makes
    itself, for clients that expect that."""
    unique_group_names: bool = setting(boolean(), True)
    """A group whose ``displayName`` another group has, whatever its case, is answered 409: Entra
    finds groups by it. False leaves that to the target."""
    matching: Mapping[str, tuple[str, ...]] = setting(
        table_of(strings("a list of attributes")), dict
    )
    """Attributes of each object type that clients look objects up by; they are indexed at once."""
    single_value: Mapping[str, tuple[str, ...]] = setting(
        table_of(strings("a list of attributes")), dict
    )
    """Multi-valued attributes of each object type that clients see with one value, such as a
    directory's ``uid``: "Treat as single value" of Microsoft's host. It is the first in ascending
    order; the others are hidden, no filter finds them, and a write of another value replaces all.
    """
    case_exact: tuple[str, ...] = setting(strings("a list of attributes"), ())
    """Attributes whose text is compared with regard to case."""
    mapping: Mapping[str, Mapping[str, MappedAttribute]] = setting(table_of(_mapping()), dict)
    """``[connectors.NAME.scim.mapping.User]`` and ``.Group``: the connector attribute behind each
    core or enterprise attribute, e.g. ``"name.familyName" = "sn"`` or ``active = "!disabled"``."""

    def check(self) -> Problems:
        """Mappings of resources that do not exist."""
        for name in self.mapping:
            if name not in ("User", "Group"):
                yield f"mapping.{name}", f"unknown key: {nearest(name, ('User', 'Group'))}"


@frozen(kw_only=True)
class DnConfig:
    """[connectors.NAME.dn]: where the DN of a new object comes from."""

    mode: str | None = setting(one_of("autogenerated", "mapped", "none"), None)
    """``autogenerated`` makes ``CN=<anchor>,OBJECT=<TYPE>``, ``mapped`` takes the attribute
    ``-dn-`` of the request, ``none`` gives none. Left out, it follows the connector's DN style:
    none for None, which has no other, autogenerated for Generic, mapped for LDAP."""


_FLOWS = ("none", "delete", "set")


Given = str | int | bool | tuple[str | int | bool, ...] | None
"""A value of an attribute of any type: Binary as base64, a list for a multi-valued one."""


@frozen(kw_only=True)
class DeleteConfig:
    """[connectors.NAME.deprovisioning.types.TYPE]: what deleting does to objects of one type."""

    delete: str = setting(one_of(*_FLOWS), "delete")
    """What DELETE does: nothing, delete the object, or set an attribute."""
    delete_attribute: str | None = setting(string("an attribute"), None)
    """The attribute that deleting sets."""
    deleted_value: Given = setting(scalars(), None)
    """Its value when deleted; left out, false."""

    def check(self) -> Problems:
        """An attribute without its flow, or the flow without its attribute."""
        yield from _flow_problems(self, "delete", self.delete, ("deleted_value",))


@frozen(kw_only=True)
class DeprovisioningConfig:
    """[connectors.NAME.deprovisioning]: what disabling and deleting do in the target."""

    disable: str = setting(one_of(*_FLOWS), "none")
    """What ``active = false`` does beside the mapping: nothing, delete, or set an attribute."""
    disable_attribute: str | None = setting(string("an attribute"), None)
    """The attribute that disabling sets."""
    disabled_value: Given = setting(scalars(), None)
    """Its value when disabled; left out, false. Binary in base64, a list for many values."""
    enabled_value: Given = setting(scalars(), None)
    """Its value when enabled; left out, true."""
    delete: str = setting(one_of(*_FLOWS), "delete")
    """What DELETE does, for every type: nothing, delete the object, or set an attribute. An object
    that is no user is deleted where its type has no such attribute."""
    delete_attribute: str | None = setting(string("an attribute"), None)
    """The attribute that deleting sets."""
    deleted_value: Given = setting(scalars(), None)
    """Its value when deleted; left out, false. Binary in base64, a list for many values."""
    types: Mapping[str, DeleteConfig] = setting(table_of(section(DeleteConfig)), dict)
    """``[connectors.NAME.deprovisioning.types.TYPE]``: ``delete``, ``delete_attribute`` and
    ``deleted_value`` for one object type, in place of those above."""

    def check(self) -> Problems:
        """An attribute without its flow, or a flow without its attribute."""
        values = ("disabled_value", "enabled_value")
        yield from _flow_problems(self, "disable", self.disable, values)
        yield from _flow_problems(self, "delete", self.delete, ("deleted_value",))


def _flow_problems(config: object, name: str, flow: str, values: Iterable[str]) -> Problems:
    attribute = f"{name}_attribute"
    if flow == "set" and getattr(config, attribute) is None:
        yield attribute, f'missing: {name} = "set" needs the attribute to set'
    for key in (attribute, *values):
        if flow != "set" and getattr(config, key) is not None:
            yield key, f'has no effect unless {name} = "set"'


USUAL_PERSONS = ("user", "person")
"""What the object type of people is called, in small letters, if nothing says it."""


@frozen(kw_only=True)
class ConnectorConfig:
    """[connectors.NAME]: one connector, served at ``/ecma2host_NAME/scim``."""

    type: str = setting(
        string(
            'the name of an installed connector, e.g. "sql", or "module:Class"',
            rf"[A-Za-z_][\w.-]*(:[A-Za-z_]\w*)?|{DLL_NAME}",
        )
    )
    """A name that ``ecma2py connectors`` lists, a class of your own as ``module:Class``, or the
    DLL of a .NET connector, such as ``Contoso.Connector.dll``."""
    path: Path | None = setting(file_path(), None)
    """The directory in which the module of ``module:Class`` is looked for first, or the DLL is with
    all that belongs to it; left out, a DLL is beside this file."""
    runtime: str = setting(one_of("auto", "mono", "coreclr", "netfx"), "auto")
    """The .NET runtime that runs the DLL; ``auto`` takes the one that fits it best."""
    contract: Path | None = setting(file_path(), None)
    """For a DLL, a genuine ``Microsoft.MetadirectoryServicesEx.dll`` to take instead of the one
    that ecma2py carries."""
    isolation: str = setting(one_of("none", "process"), "none")
    """``process`` to run the connector in processes of its own, one for each run: a crash, a hang
    or a leak ends that run, never the host. A DLL always runs so."""
    warm_workers: int = setting(integer(0, 16), 1)
    """With ``isolation = "process"``, how many processes wait with the connector loaded, so that a
    run begins at once."""
    memory_limit_mb: int | None = setting(integer(64, 1_048_576), None)
    """With ``isolation = "process"``, the megabytes of memory that each process may have; left out,
    no limit. On Linux and Windows only."""
    person: str | None = setting(string("an object type"), None)
    """The object type served at ``/Users``; left out, user or person, else the first one."""
    group: str | None = setting(string("an object type"), None)
    """The object type served at ``/Groups``; left out, group, if there is one."""
    types: tuple[str, ...] = setting(strings("a list of object types"), ())
    """The object types that are read and served; left out, all."""
    attributes: Mapping[str, tuple[str, ...]] = setting(
        table_of(strings("a list of attributes")), dict
    )
    """For each object type, the attributes that are read and served; left out, all."""
    anchors: Mapping[str, tuple[str, ...]] = setting(
        table_of(strings("a list of attributes")), dict
    )
    """For each object type, the attributes that tell its objects apart. The connector decides;
    what is written here is refused where it differs, since every SCIM ``id`` depends on it."""
    partition: str | None = setting(string("the DN of a partition"), None)
    """The partition to work in; left out, the connector's only one."""
    parameters: Mapping[str, str | SecureString] = setting(parameter_values(), dict)
    """The connector's own parameters, as ``ecma2py parameters`` lists them. A secret is best given
    as ``"${NAME}"``, ``{ env = "NAME" }`` or ``{ file = "path" }``."""
    partitions: Mapping[str, Mapping[str, str | SecureString]] = setting(
        table_of(parameter_values()), dict
    )
    """``[connectors.NAME.partitions."DN"]``: the connector's partition parameters for runs in that
    partition; what is left out is as ``parameters`` has it. Secrets are given as there."""
    fields: Mapping[str, str] = setting(table_of(_field()), dict)
    """What the parameters of a DLL are: page and kind, where they are not ``connectivity string``,
    or ``run_step string`` in ``run_steps``. ``config import`` writes it for ``config export``."""
    run_steps: RunStepsConfig = setting(section(RunStepsConfig), RunStepsConfig)
    """The parameters of the run-step page, for each kind of run."""
    imports: ImportConfig = setting(section(ImportConfig), ImportConfig, key="import")
    """When and how objects are read."""
    exports: ExportConfig = setting(section(ExportConfig), ExportConfig, key="export")
    """How changes are written."""
    scim: ScimConfig = setting(section(ScimConfig), ScimConfig)
    """The dialect spoken to clients."""
    dn: DnConfig = setting(section(DnConfig), DnConfig)
    """Where the DN of a new object comes from."""
    deprovisioning: DeprovisioningConfig = setting(
        section(DeprovisioningConfig), DeprovisioningConfig
    )
    """What disabling and deleting do in the target."""
    home: Path = field(default=Path(), eq=False, repr=False)
    """The folder of the file this was read from."""

    @property
    def dll(self) -> Path:
        """Where the DLL is, if the connector is one."""
        return (self.path or self.home) / self.type

    @property
    def wanted_runtime(self) -> str | None:
        """The .NET runtime to take; None for the one that fits best."""
        return None if self.runtime == "auto" else self.runtime

    @property
    def has_workers(self) -> bool:
        """True if each run has a process of its own."""
        return self.isolation == "process" or is_dll(self.type)

    def check(self) -> Problems:
        """What does not go together."""
        if self.fields and not is_dll(self.type):
            yield "fields", "has no effect unless type is a DLL"
        if self.path is not None and ":" not in self.type and not is_dll(self.type):
            yield "path", f'has no effect unless type is "module:Class" or "{self.type}.dll"'
        if self.runtime != "auto" and not is_dll(self.type):
            yield "runtime", "has no effect unless type is a DLL"
        if self.contract is not None and not is_dll(self.type):
            yield "contract", "has no effect unless type is a DLL"
        if self.memory_limit_mb is not None and not self.has_workers:
            yield "memory_limit_mb", 'has no effect unless isolation = "process"'
        if self.person is not None and self.person == self.group:
            yield "group", f"{self.group!r} is served at /Users already"
        if "" in self.partitions:
            yield 'partitions.""', "expected the DN of a partition"
        if not self.types:
            return
        for key in ("person", "group"):
            name = getattr(self, key)
            if name is not None and name not in self.types:
                yield key, f"{name!r} is not in types: {nearest(name, self.types)}"
        by_type: dict[str, Iterable[str]] = {
            "attributes": self.attributes,
            "anchors": self.anchors,
            "scim.matching": self.scim.matching,
            "scim.single_value": self.scim.single_value,
            "deprovisioning.types": self.deprovisioning.types,
        }
        for key, names in by_type.items():
            for name in names:
                if name not in self.types:
                    yield f"{key}.{name}", f"is not in types: {nearest(name, self.types)}"

    def person_type(self, types: Iterable[str]) -> str:
        """Which of *types* is served at /Users; ConfigurationError if that cannot be told."""
        names = list(types)
        found = _chosen(self.person, names, "person", USUAL_PERSONS)
        if found or names:
            return found or names[0]
        raise ConfigurationError("The schema has no object type: there is nothing to serve.")

    def group_type(self, types: Iterable[str]) -> str | None:
        """Which of *types* is served at /Groups, if any."""
        return _chosen(self.group, list(types), "group", ("group",))


def _chosen(wanted: str | None, types: list[str], key: str, usual: tuple[str, ...]) -> str | None:
    if wanted is None:
        return next((name for each in usual for name in types if name.lower() == each), None)
    if wanted not in types:
        raise ConfigurationError(
            f"{key} = {wanted!r} is no object type of the connector: {nearest(wanted, types)}"
        )
    return wanted
