"""A foreign configuration file as a configuration file of ours."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap

from attrs import field, frozen

from ecma2py.errors import ConfigurationError
from ecma2py.host.config import CONNECTOR_NAME, Config, HostConfig, parse
from ecma2py.host.foreign import ecma2host, mim
from ecma2py.host.foreign.model import Connector, Document
from ecma2py.host.foreign.remarks import Remark, Remarks
from ecma2py.host.foreign.taking_over import Taking, Variables
from ecma2py.host.foreign.tree import parse_tree
from ecma2py.host.secrets import AnyVariable
from ecma2py.host.toml_text import toml_tables

_ROOTS: Mapping[str, Callable[..., Document]] = {ecma2host.ROOT: ecma2host.read, mim.ROOT: mim.read}
_WIDTH = 96


@frozen(kw_only=True)
class Imported:
    """What a foreign file comes to here."""

    text: str
    """Of the configuration file, or of what is added to one."""
    connectors: tuple[str, ...]
    """The names under which they are served."""
    left_out: tuple[Remark, ...]
    hints: tuple[Remark, ...]
    variables: tuple[str, ...] = field(default=())
    """The environment variables that must be set, each for a secret."""


def read_document(content: bytes, file: str) -> Document:
    """The configuration that *content* holds, of either kind.

    ForeignFileError names *file*, line and element.
    """
    root = parse_tree(content, file)
    if root.name not in _ROOTS:
        root.refuse(
            "it is neither an export of Microsoft's ECMA host (<Configuration>) nor of MIM's "
            "'Export Management Agent' (<export-ma>)"
        )
    return _ROOTS[root.name](root)


def import_document(
    document: Document,
    file: str,
    *,
    name: str | None = None,
    taken: Collection[str] = (),
    with_host: bool = True,
) -> Imported:
    """What *document*, read from *file*, comes to.

    *name* is what its one connector is called here. *taken* are names that there are already.
    ConfigurationError for a name or a library that cannot be. Without *with_host* the text is
    added to a file that has its own ``[host]``.
    """
    host = Remarks()
    tables: dict[str, object] = {}
    comments: dict[tuple[str, ...], Iterable[str]] = {}
    if with_host:
        tables |= _host(document, host)
    elif document.port is not None and document.port != HostConfig().listen.port:
        host.leave("Port", f"{document.port}: the file has a [host] of its own, which stays")
    if document.has_certificate:
        host.leave(
            "Certificate",
            "it is in the certificate store of Windows: export it with its key as PFX, and name "
            "that in [host.tls], or let the host make one",
        )
    for each in document.ignored:
        host.leave("", each)
    variables = Variables()
    takings = [
        Taking(chosen, each, Remarks(chosen), variables)
        for chosen, each in _named(document, file, name, taken, host)
    ]
    for taking in takings:
        place = ("connectors", taking.name)
        comments[place] = _heading(taking, file)
        comments |= {(*place, *key): lines for key, lines in taking.comments.items()}
    tables["connectors"] = {each.name: each.table for each in takings}
    told = [host, *(each.remarks for each in takings)]
    return Imported(
        text="\n".join(toml_tables(tables, comments=comments)).lstrip("\n") + "\n",
        connectors=tuple(each.name for each in takings),
        left_out=tuple(one for each in told for one in each.left_out),
        hints=tuple(one for each in told for one in each.hints),
        variables=tuple(variables.names),
    )


def parse_imported(text: str, file: Path) -> Config:
    """*text* as the host reads it, whatever variables are set."""
    return parse(text, file, AnyVariable())


def _host(document: Document, remarks: Remarks) -> dict[str, object]:
    usual = HostConfig().listen
    if document.port is None or document.port == usual.port:
        return {}
    remarks.hint("host.listen", "Microsoft's host listens on every network interface")
    return {"host": {"listen": f"{usual.host}:{document.port}"}}


def _named(
    document: Document, file: str, name: str | None, taken: Collection[str], host: Remarks
) -> Iterator[tuple[str, Connector]]:
    found = document.connectors
    if name is not None and len(found) > 1:
        names = ", ".join(repr(each.name) for each in found)
        raise ConfigurationError(f"{file} has several connectors, which keep their names: {names}.")
    seen: dict[str, str] = {each.lower(): each for each in taken}
    for each in found:
        chosen = name or _usable(each.name)
        if chosen.lower() in seen or not chosen:
            reason = "there is one already" if chosen else "it has no letter or digit of ASCII"
            raise ConfigurationError(
                f"{file}: connector {each.name!r} cannot be called {chosen!r} here: {reason}. "
                "Choose another name with --name."
            )
        seen[chosen.lower()] = chosen
        if chosen != each.name:
            host.hint(
                f"connectors.{chosen}",
                f"it is called {each.name!r} there: its URL ends in /ecma2host_{chosen}/scim",
            )
        yield chosen, each


def _usable(name: str) -> str:
    """*name* as a connector can be called here: part of a URL, and of file names."""
    if re.fullmatch(CONNECTOR_NAME, name):
        return name
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:64]


def _heading(taking: Taking, file: str) -> Iterator[str]:
    source = Path(file).name
    yield from _wrapped(f"Taken over from {source} by ecma2py config import.")
    for title, told in (
        ("Not taken over", taking.remarks.left_out),
        ("To look at", taking.remarks.hints),
    ):
        for each in told:
            about = f"{each.about}: " if each.about else ""
            yield from _wrapped(f"{title}: {about}{each.text}.")


def _wrapped(text: str) -> list[str]:
    plain = "".join(each if each.isprintable() else " " for each in text)
    return wrap(plain, _WIDTH, break_long_words=False, break_on_hyphens=False)
