"""Which connector the library of a foreign configuration is here, and what its parameters are.

Microsoft's Generic SQL and Generic LDAP connectors have counterparts in Python; any other library
stays the DLL that it is, with its parameters as they are.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from attrs import field, frozen

from ecma2py.connector.loading import is_dll
from ecma2py.host.config_connectors import DLL_NAME
from ecma2py.host.foreign import ldap, sql
from ecma2py.host.foreign.model import Connector, Parameter
from ecma2py.host.foreign.tree import Element

_SUFFIX = ".dll"


def _nothing(connector: Connector) -> Mapping[str, str]:
    return {}


@frozen
class Product:
    """A connector of Microsoft's, and the one that takes its place here."""

    type: str
    """What ``type`` names here."""
    library: str
    take: Callable[[Parameter], Parameter | str]
    """Their parameter as ours, or the reason why there is none."""
    give: Callable[[str, str], Parameter | str]
    """Our parameter, by name and value, as theirs; or the reason why there is none."""
    derive: Callable[[Connector], Mapping[str, str]] = _nothing
    """Our parameters for what theirs asks on other pages than those of parameters."""
    derived: Iterable[str] = ()
    """The names of all that ``derive`` may give."""
    anchor: str = ""
    """Our parameter that names the anchor, if there is one."""
    step_name: Callable[[str, str], str] = field(default=lambda name, kind: name)
    """A run-step field in a run with several object types, by its name and one of them."""
    of_all_runs: frozenset[str] = frozenset()
    """Run-step fields that the schema depends on: what one run says of them holds for all."""
    runs_all_partitions: bool = False
    """One run serves all partitions."""


PRODUCTS = (
    Product(
        "sql",
        sql.LIBRARY,
        sql.take,
        sql.give,
        step_name=sql.step_name,
        of_all_runs=sql.OF_ALL_RUNS,
        runs_all_partitions=True,
    ),
    Product(
        "ldap",
        ldap.LIBRARY,
        ldap.take,
        ldap.give,
        derive=ldap.derive,
        derived=ldap.DERIVED,
        anchor=ldap.ANCHOR,
        runs_all_partitions=True,
    ),
)


def product_of_library(library: str) -> Product | None:
    """The product whose library this is; None for any other DLL."""
    name = dll_name(library).lower()
    return next((p for p in PRODUCTS if f"{p.library}{_SUFFIX}".lower() == name), None)


def product_of_type(type_name: str) -> Product | None:
    """The product that takes the place of one of Microsoft's; None for any other connector."""
    return next((each for each in PRODUCTS if each.type == type_name), None)


def dll_name(library: str) -> str:
    """The file name of a library, which the ECMA host writes without ``.dll``."""
    name = library.replace("\\", "/").rpartition("/")[2]
    return name if is_dll(name) else f"{name}{_SUFFIX}"


def library_of(element: Element) -> str:
    """The library that *element* names; ForeignFileError if no DLL can be called so."""
    if re.fullmatch(DLL_NAME, dll_name(element.text)) is None:
        element.refuse(f"{element.text[:40]!r} is no name of a DLL")
    return element.text


def library_name(dll: str) -> str:
    """A DLL's file name as the ECMA host writes it; ``dll_name`` gives it back."""
    short = dll.removesuffix(_SUFFIX)
    return short if short and not is_dll(short) else dll
