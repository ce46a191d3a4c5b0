"""The directories each law is tried on: every test has a container of its own."""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import pytest

from ecma2py import SecureString
from tests.connectors.ldap.directories import Directory, Parameters
from tests.connectors.ldap.secure_server import SUFFIX, SecureServer, base_entries, secure_server
from tests.servers.needs import require

if TYPE_CHECKING:
    from tests.servers.slapd import LdapServer

_numbers = count()


@pytest.fixture
def directory(slapd: "LdapServer") -> Directory:
    """``ou=people`` and ``ou=groups`` in a container of a server without TLS."""
    return _directory(
        slapd.url,
        slapd.admin,
        slapd.suffix,
        {
            "Host": "127.0.0.1",
            "Port": str(slapd.port),
            "Security": "none",
            "Bind DN": slapd.admin,
            "Bind password": SecureString(slapd.password),
        },
    )


@pytest.fixture(scope="session")
def secure() -> Iterator[SecureServer]:
    """A server with TLS, limits and a password policy."""
    require("slapd")
    with secure_server() as server:
        account = f"cn=admin,{SUFFIX}"
        Directory(SUFFIX, server.url, account, server.password, {}).add(base_entries())
        yield server


@pytest.fixture
def secured(secure: SecureServer) -> Directory:
    """``ou=people`` and ``ou=groups`` in a container of the server with TLS."""
    return _directory(
        secure.url,
        f"cn=admin,{SUFFIX}",
        SUFFIX,
        {
            "Host": "127.0.0.1",
            "Port": str(secure.port),
            "CA file": str(secure.ca_file),
            "Bind DN": f"cn=admin,{SUFFIX}",
            "Bind password": SecureString(secure.password),
        },
    )


def _directory(url: str, account: str, suffix: str, parameters: Parameters) -> Directory:
    base = f"ou=test{next(_numbers)},{suffix}"
    password = parameters["Bind password"]
    assert isinstance(password, SecureString)
    made = Directory(base, url, account, password.reveal(), {**parameters, "Base DNs": base})
    units = [(base, base.split(",", maxsplit=1)[0][3:])]
    units += [(f"ou={name},{base}", name) for name in ("people", "groups")]
    for dn, name in units:
        made.add(f"dn: {dn}\nobjectClass: organizationalUnit\nou: {name}\n")
    return made
