"""One TOML file says what the host serves; it is accepted as a whole or refused with every reason.

The classes here are the file: a field is a key, its docstring is the documentation, and its default
is what holds when the key is left out. :func:`load` reads a file, :func:`diff` says what a changed
one changes, and ``config_docs.describe`` lists every key.
"""

# ruff: noqa: RUF009 - setting() makes an attrs field, so nothing is shared between instances

import ipaddress
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from ecma2py.host.config_checks import (
    boolean,
    host_name,
    integer,
    number,
    one_of,
    path,
    section,
    strings,
    table_of,
    url,
)
from ecma2py.host.config_checks import secret as secret_text
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.config_reader import (
    Check,
    ConfigFileError,
    Problem,
    Reader,
    Refused,
    setting,
    settings_fields,
)
from ecma2py.host.secrets import References
from ecma2py.parameters import SecureString

Problems = Iterator[tuple[str, str]]

CONNECTOR_NAME = r"[A-Za-z0-9_-]{1,64}"
"""What a connector can be called."""


@frozen
class Address:
    """Where the host listens."""

    host: str = "127.0.0.1"
    port: int = 8585

    @property
    def is_loopback(self) -> bool:
        """True if only this machine can connect."""
        return self.host == "localhost" or self._has("is_loopback")

    @property
    def is_wildcard(self) -> bool:
        """True if every network interface is listened on."""
        return self._has("is_unspecified")

    def _has(self, quality: str) -> bool:
        try:
            return bool(getattr(ipaddress.ip_address(self.host), quality))
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _address() -> Check:
    def read(reader: Reader, key: str, raw: Any) -> Address:
        text = raw if type(raw) is str else ""
        match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})", text)
        if not match or int(match[3]) > 65535 or not host_name(match[1] or match[2]):
            raise Refused
        return Address(match[1] or match[2], int(match[3]))

    return Check('"host:port", an IPv6 address in brackets', read)


@frozen(kw_only=True)
class Limits:
    """[host.limits]: what clients may ask for."""

    max_body: int = setting(integer(1024, 1 << 30), 4 * 1024 * 1024)
    """Bytes of a request body; a larger one is answered 413."""
    max_json_depth: int = setting(integer(4, 250), 64)
    """Levels of nesting in a request body."""
    max_bulk_operations: int = setting(integer(0, 100_000), 1000)
    """Operations of one Bulk request; 0 turns Bulk off."""
    max_patch_operations: int = setting(integer(1, 100_000), 1000)
    """Operations of one PATCH request."""
    max_results: int = setting(integer(1, 100_000), 1000)
    """Resources of one page of a list."""
    request_timeout_seconds: float = setting(number(1, 3600), 120.0)
    """Seconds after which a request is answered 503. A write that the target was not sent by then
    is dropped; the answer says whether it was."""
    max_connections: int = setting(integer(16, 1_000_000), 1000)
    """Connections at a time; a further one takes the place of an idle one that showed no token, or
    is closed at once."""


@frozen(kw_only=True)
class TlsConfig:
    """[host.tls]: the certificate; with nothing given the host makes its own."""

    certificate: Path | None = setting(path(), None)
    """A PEM file with the host's certificate, followed by intermediate ones."""
    key: Path | None = setting(path(), None)
    """A PEM file with the private key of the certificate."""
    key_password: SecureString | None = setting(secret_text(), None)
    """The password of the private key, if it has one."""
    pfx: Path | None = setting(path(), None)
    """A PFX (PKCS #12) file with certificate and private key, in place of the PEM files."""
    pfx_password: SecureString | None = setting(secret_text(), None)
    """The password of the PFX file."""

    @property
    def is_generated(self) -> bool:
        """True if the host makes its own certificate."""
        return self.certificate is None and self.pfx is None

    def check(self) -> Problems:
        """What does not go together."""
        if self.pfx and (self.certificate or self.key):
            yield "pfx", "give either a PFX file or a PEM certificate and key, not both"
        elif bool(self.certificate) != bool(self.key):
            missing = "key" if self.certificate else "certificate"
            yield missing, "missing: a PEM certificate and its key are given together"
        if self.pfx_password and not self.pfx:
            yield "pfx_password", "has no effect without pfx"
        if self.key_password and not self.key:
            yield "key_password", "has no effect without key"


@frozen(kw_only=True)
class HostConfig:
    """[host]: the server itself."""

    listen: Address = setting(_address(), Address())
    """The address to listen on; ``0.0.0.0:8585`` for every network interface."""
    base_url: str = setting(url(), "")
    """The address clients use, put into every ``location``; never taken from a request. Left out,
    it is made of the scheme, the first of ``names`` or ``localhost``, and the port."""
    state: Path = setting(path(), Path("state"))
    """The directory for the connector spaces, tokens and the generated certificate."""
    names: tuple[str, ...] = setting(strings('a list of host names, e.g. ["hr.example"]'), ())
    """Host names and addresses the generated certificate is valid for, beside ``localhost``."""
    plain_http: bool = setting(boolean(), False)
    """True to serve without TLS; only on a loopback address."""
    log_level: str = setting(one_of("debug", "info", "warning", "error"), "info")
    """The least severe events that are logged; audit lines are always written."""
    log_format: str = setting(one_of("auto", "json", "text"), "auto")
    """One JSON object a line, or text for people; auto is text on a terminal, JSON elsewhere."""
    shutdown_seconds: int = setting(integer(1, 600), 30)
    """Seconds that requests under way get to finish when the host stops."""
    limits: Limits = setting(section(Limits), Limits)
    """What one request may ask for."""
    tls: TlsConfig = setting(section(TlsConfig), TlsConfig)
    """The certificate."""

    def __attrs_post_init__(self) -> None:
        if not self.base_url:
            object.__setattr__(self, "base_url", self._derived_url())

    def _derived_url(self) -> str:
        scheme = "http" if self.plain_http else "https"
        listens_for_name = self.listen.is_loopback or self.listen.is_wildcard
        public = (*self.names, "localhost")[0] if listens_for_name else self.listen.host
        return f"{scheme}://{Address(public, self.listen.port)}"

    def check(self) -> Problems:
        """What does not go together."""
        if self.plain_http and not self.listen.is_loopback:
            reason = "tokens would cross the network in clear; listen on 127.0.0.1 or serve HTTPS"
            yield "plain_http", f"allowed only on a loopback address, not {self.listen}: {reason}"
        if self.plain_http and not self.tls.is_generated:
            yield "plain_http", "contradicts [host.tls]: take one of them out"
        for name in self.names:
            if not host_name(name):
                yield "names", f"{name!r} is no host name: write an international one in ASCII form"


@frozen(kw_only=True)
class Config:
    """The whole file."""

    host: HostConfig = setting(section(HostConfig), HostConfig)
    """The server itself."""
    connectors: Mapping[str, ConnectorConfig] = setting(table_of(section(ConnectorConfig)), dict)
    """One table a connector; ``[connectors.HR]`` is served at ``/ecma2host_HR/scim``."""
    path: Path = field(default=Path("ecma2py.toml"))
    """The file this was read from."""
    secrets: tuple[SecureString, ...] = field(default=(), repr=False)
    """Every secret the file holds or refers to, to be kept out of the logs."""

    def check(self) -> Problems:
        """What is wrong with the names of connectors."""
        folded: dict[str, str] = {}
        for name in self.connectors:
            if not re.fullmatch(CONNECTOR_NAME, name):
                reason = "a connector's name is 1 to 64 ASCII letters, digits, - and _"
                yield f'connectors."{name}"', reason
            other = folded.setdefault(name.lower(), name)
            if other != name:
                reason = "their files would be the same on Windows and macOS"
                yield f"connectors.{name}", f"differs from {other!r} in case alone: {reason}"


def load(file: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in *file*; ConfigFileError with every problem if there is any."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise ConfigFileError(str(file), [Problem("", reason)]) from error
    except UnicodeDecodeError as error:
        raise ConfigFileError(str(file), [Problem("", f"is not UTF-8 text: {error}")]) from None
    return parse(text, file, environ)


def parse(text: str, file: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in *text*, as if read from *file*: paths are relative to its directory."""
    base = file.parent.absolute()
    reader = Reader(References(base, environ))
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigFileError(str(file), [Problem("", f"is not TOML: {error}")]) from None
    config = reader.settings(Config, table, "", path=file)
    if reader.problems or config is None:
        raise ConfigFileError(str(file), reader.problems)
    return evolve(
        config,
        host=evolve(config.host, state=base / config.host.state),
        connectors={name: evolve(each, home=base) for name, each in config.connectors.items()},
        secrets=tuple(_secrets(config, reader.references)),
    )


def _secrets(config: Config, references: References) -> Iterable[SecureString]:
    yield from references.resolved
    yield from filter(None, (config.host.tls.key_password, config.host.tls.pfx_password))


@frozen
class ConfigChange:
    """What a new configuration asks of a running host."""

    added: tuple[str, ...] = ()
    """Connectors to start."""
    removed: tuple[str, ...] = ()
    """Connectors to stop."""
    changed: tuple[str, ...] = ()
    """Connectors to stop and start anew."""
    restart: tuple[str, ...] = ()
    """Keys of [host] that take effect only when the host is started again."""
    host: tuple[str, ...] = ()
    """Keys of [host] that can be taken over at once."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.restart or self.host)


_NEEDS_RESTART = frozenset({"listen", "state", "plain_http", "shutdown_seconds"})
_MAKES_URL = frozenset({"listen", "plain_http"})
"""What a base URL that is not given is made of: it stays until they take effect."""
_EVERY_CONNECTOR = frozenset({"base_url", "limits"})
"""What every connector is opened with."""


def diff(old: Config, new: Config) -> ConfigChange:
    """What changes between two configurations; false if nothing does."""
    names = [each.name for each in settings_fields(HostConfig)]
    keys = [name for name in names if getattr(old.host, name) != getattr(new.host, name)]
    later = _NEEDS_RESTART & set(keys)
    if later & _MAKES_URL:
        later |= {"base_url"} & set(keys)
    everywhere = bool(_EVERY_CONNECTOR & set(keys) - later)
    kept = [name for name in new.connectors if name in old.connectors]
    return ConfigChange(
        added=tuple(name for name in new.connectors if name not in old.connectors),
        removed=tuple(name for name in old.connectors if name not in new.connectors),
        changed=tuple(
            name for name in kept if everywhere or old.connectors[name] != new.connectors[name]
        ),
        restart=tuple(name for name in keys if name in later),
        host=tuple(name for name in keys if name not in later),
    )
