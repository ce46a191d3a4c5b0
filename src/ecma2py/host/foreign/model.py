"""A configuration of Microsoft's ECMA host or of MIM, with what either says of a connector."""

from attrs import frozen

from ecma2py.host.binding import RunStep
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType

DEFAULT_PARTITION = "default"
"""DN and name of the partition of a connector that has none."""


@frozen(kw_only=True)
class Parameter:
    """One answer on a parameter page."""

    name: str
    value: str = ""
    page: ConfigParameterPage = ConfigParameterPage.CONNECTIVITY
    kind: ConfigParameterType = ConfigParameterType.STRING
    number: int = 0
    """Of its page, where pages are numbered."""
    is_encrypted: bool = False

    @property
    def is_secret(self) -> bool:
        """True if the value is never given away, and must be entered anew."""
        return self.is_encrypted or self.kind is ConfigParameterType.ENCRYPTED_STRING


@frozen(kw_only=True)
class Run:
    """A step of a run profile."""

    step: RunStep
    profile: str = ""
    partition: str = ""
    """Its name, DN or id."""
    page_size: int | None = None
    timeout: int | None = None
    """Seconds."""
    parameters: tuple[Parameter, ...] = ()


@frozen(kw_only=True)
class Attribute:
    """A selected attribute of an object type."""

    name: str
    is_anchor: bool = False
    is_dn: bool = False
    is_query: bool = False
    """Objects were looked up by it."""
    deprovisions: bool = False
    """A flow sets it."""
    multivalued: bool = False
    as_single_value: bool = False
    data_type: str = "String"


@frozen
class Flow:
    """What disabling or deleting does: nothing, delete the object, or set an attribute."""

    does: str = "none"
    """``none``, ``delete`` or ``set``, as in the configuration file."""
    attribute: str = ""


@frozen(kw_only=True)
class ObjectType:
    """A selected object type."""

    name: str
    external: str = ""
    """The SCIM resource that it is served as; empty where that is not said."""
    attributes: tuple[Attribute, ...] = ()
    generates_dn: bool | None = None
    delete: Flow | None = None
    """None where nothing is said of it, here as below."""
    disable: Flow | None = None


@frozen(kw_only=True)
class Partition:
    """A partition that is worked in."""

    id: str = ""
    name: str = ""
    dn: str
    containers: tuple[str, ...] = ()
    """Those that are searched; empty for all of it."""
    excluded: tuple[str, ...] = ()
    """Containers that are left out."""
    parameters: tuple[Parameter, ...] = ()


@frozen(kw_only=True)
class Connector:
    """A connector with all that is said of it."""

    name: str
    library: str
    """The file name of its DLL, with or without ``.dll``."""
    parameters: tuple[Parameter, ...] = ()
    runs: tuple[Run, ...] = ()
    types: tuple[ObjectType, ...] = ()
    partitions: tuple[Partition, ...] = ()
    timer: int | None = None
    """Minutes between imports."""
    has_token: bool = False
    """The file holds a bearer token, which is not kept here."""
    ignored: tuple[str, ...] = ()
    """What the file says of it beyond that, in words."""


@frozen(kw_only=True)
class Document:
    """A whole file."""

    connectors: tuple[Connector, ...]
    port: int | None = None
    has_certificate: bool = False
    ignored: tuple[str, ...] = ()
    """What the file says beyond that, and not in one of its connectors, in words."""
