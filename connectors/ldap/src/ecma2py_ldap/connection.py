"""An open connection to a directory: operations in bytes, errors by result code.

All of ldap3 that the connector uses is used here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from typing import Any

from attrs import frozen

from ecma2py.errors import InvalidParameterError
from ecma2py_ldap.errors import NO_SUCH_OBJECT, DirectoryError, communication_error, run_error
from ecma2py_ldap.library import load
from ecma2py_ldap.settings import Security, ServerSettings

_PAGED_RESULTS = "1.2.840.113556.1.4.319"
_PERMISSIVE_MODIFY = ("1.2.840.113556.1.4.1413", False, None)
"""Adding a value that is there and deleting one that is not are no errors; servers that do not know
it may ignore it. Microsoft, LDAP_SERVER_PERMISSIVE_MODIFY_OID."""
PASSWORD_MODIFY = "1.3.6.1.4.1.4203.1.11.1"  # noqa: S105  an OID
"""RFC 3062."""
ANYTHING = "(objectClass=*)"

_COMPARE_FALSE = 5
_COMPARE_TRUE = 6


class Scope(Enum):
    """How far below its base a search looks; the values are ldap3's."""

    BASE = "BASE"
    ONE_LEVEL = "LEVEL"
    SUBTREE = "SUBTREE"


class Change(Enum):
    """What a modification does to an attribute; the values are ldap3's."""

    ADD = "MODIFY_ADD"
    DELETE = "MODIFY_DELETE"
    REPLACE = "MODIFY_REPLACE"


@frozen
class Modification:
    """One change of one attribute; to replace by nothing is to delete what may not be there."""

    change: Change
    attribute: str
    values: Sequence[bytes]


@frozen
class Found:
    """An entry that a search found; attributes are named as the server names them."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]]

    def values(self, attribute: str) -> Sequence[bytes]:
        """The values of *attribute*, whatever the case of its name."""
        wanted = attribute.lower()
        return next((v for name, v in self.attributes.items() if name.lower() == wanted), ())

    def texts(self, attribute: str) -> list[str]:
        """The values of an attribute that holds text."""
        return [value.decode("utf-8", "replace") for value in self.values(attribute)]


class Directory:
    """A bound connection, used by one thread at a time.

    A result code other than success is a ``DirectoryError``; a lost connection or an answer that
    makes no sense is the ECMA2 error of the run. Aliases and referrals are not followed.
    """

    def __init__(self, library: Any, connection: Any) -> None:
        self._connection = connection
        self._failures = (library.core.exceptions.LDAPException, OSError)

    @classmethod
    def connect(cls, settings: ServerSettings) -> "Directory":
        """Connect, protect the connection and bind; else the ECMA2 error says what to do."""
        library = load()
        failures = (library.core.exceptions.LDAPException, OSError)
        tls = None if settings.security is Security.NONE else _tls(library, settings)
        account, password = settings.bind_dn, settings.password.reveal().encode()
        if account and not password:
            raise InvalidParameterError(
                "'Bind DN' needs 'Bind password': leave both empty to bind anonymously.",
                parameter_name="Bind password",
            )
        timeout = settings.timeout or None
        try:
            server = library.Server(
                settings.host,
                port=settings.port or settings.security.port,
                use_ssl=settings.security is Security.LDAPS,
                tls=tls,
                get_info=library.NONE,
                connect_timeout=timeout,
            )
            connection = library.Connection(
                server,
                user=account or None,
                password=password or None,
                authentication=library.SIMPLE if account else library.ANONYMOUS,
                client_strategy=library.SYNC,
                auto_referrals=False,
                auto_range=False,
                check_names=False,
                return_empty_attributes=False,
                receive_timeout=timeout,
            )
            directory = cls(library, connection)
            try:
                connection.open()
                if settings.security is Security.STARTTLS:
                    connection.start_tls()
                connection.bind()
                directory._check()
            except BaseException:
                directory.close()
                raise
        except DirectoryError as error:
            raise run_error(error) from error
        except failures as error:
            raise communication_error(error) from error
        return directory

    def close(self) -> None:
        """Disconnect; a connection that is lost already is closed."""
        with suppress(*self._failures):
            self._connection.unbind()
        if self._connection.socket is not None:
            # ldap3 leaves a socket open that never got through.
            self._connection.socket.close()

    def search(
        self,
        base: str,
        filter: str,
        attributes: Sequence[str],
        *,
        scope: Scope = Scope.SUBTREE,
        page_size: int | None = None,
        asking: Callable[[], None] = lambda: None,
    ) -> Iterator[Found]:
        """Every entry that fits, or an error: an answer cut short by a limit is never whole.

        With *page_size* (RFC 2696) no more than a page of entries is held at once; *asking* is
        called before the server is asked for each.
        """
        cookie = None
        while True:
            asking()
            self._do(
                "search",
                base,
                filter,
                search_scope=scope.value,
                dereference_aliases="NEVER",
                attributes=list(attributes),
                paged_size=page_size,
                paged_cookie=cookie,
            )
            self._check()
            controls = self._connection.result.get("controls") or {}
            for each in self._connection.response:
                if each["type"] == "searchResEntry":
                    yield Found(each["dn"], _values(each["raw_attributes"]))
            cookie = controls.get(_PAGED_RESULTS, {}).get("value", {}).get("cookie")
            if not cookie:
                return

    def read(self, dn: str, attributes: Sequence[str], filter: str = ANYTHING) -> Found | None:
        """The entry itself; None if there is none that fits, or it may not be seen."""
        try:
            return next(self.search(dn, filter, attributes, scope=Scope.BASE), None)
        except DirectoryError as error:
            if error.code == NO_SUCH_OBJECT:
                return None
            raise

    def add(self, dn: str, attributes: Mapping[str, Sequence[bytes]]) -> None:
        """Make an entry."""
        self._do("add", dn, attributes={name: list(v) for name, v in attributes.items()})
        self._check()

    def modify(self, dn: str, modifications: Iterable[Modification]) -> None:
        """Change an entry: all modifications, or none."""
        changes: dict[str, list[tuple[str, list[bytes]]]] = {}
        for each in modifications:
            content = (each.change.value, list(each.values))
            changes.setdefault(each.attribute, []).append(content)
        self._do("modify", dn, changes, controls=[_PERMISSIVE_MODIFY])
        self._check()

    def rename(self, dn: str, component: str, parent: str | None) -> None:
        """Give an entry another relative DN, whose old values go, and another *parent* if given."""
        self._do("modify_dn", dn, component, delete_old_dn=True, new_superior=parent)
        self._check()

    def delete(self, dn: str) -> None:
        """Remove an entry that has none below it."""
        self._do("delete", dn)
        self._check()

    def holds(self, dn: str, attribute: str, value: bytes) -> bool:
        """Whether the attribute has the value, by the attribute's own matching rule."""
        self._do("compare", dn, attribute, value)
        code = self._connection.result["result"]
        if code not in {_COMPARE_TRUE, _COMPARE_FALSE}:
            self._check()
        return bool(code == _COMPARE_TRUE)

    def set_password(self, dn: str, new: bytes, old: bytes | None = None) -> None:
        """Set a password by the Password Modify operation (RFC 3062); the server hashes it."""
        self._do("extend.standard.modify_password", dn, old, new)
        self._check()

    def _do(self, operation: str, *arguments: Any, **options: Any) -> None:
        method = self._connection
        for name in operation.split("."):
            method = getattr(method, name)
        try:
            method(*arguments, **options)
        except self._failures as error:
            raise communication_error(error) from error

    def _check(self) -> None:
        result = self._connection.result
        if result["result"] != 0:
            raise DirectoryError(result["result"], result["description"], result["message"])


def _values(raw: Mapping[str, Sequence[bytes] | None]) -> dict[str, Sequence[bytes]]:
    return {name: values or () for name, values in raw.items()}


def _tls(library: Any, settings: ServerSettings) -> Any:
    """A ``Tls`` whose context checks the host name itself.

    ldap3's own check knows no addresses in certificates from Python 3.12 on, and comes after the
    handshake.
    """
    context = settings.context()

    class CheckedTls(library.Tls):  # type: ignore[misc]
        """TLS by the standard library's rules."""

        def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
            connection.socket = context.wrap_socket(
                connection.socket,
                server_hostname=settings.host,
                do_handshake_on_connect=do_handshake,
            )

    return CheckedTls()


def escaped_filter_value(value: bytes) -> str:
    """*value* for a filter: every octet that is not a plain letter or digit is escaped."""
    return "".join(chr(o) if chr(o).isalnum() and o < 128 else f"\\{o:02x}" for o in value)
