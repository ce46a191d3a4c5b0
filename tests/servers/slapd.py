"""A real OpenLDAP server on loopback, with a database of its own, gone after the tests."""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from scripts.system_packages import slapd_program
from tests.servers.process import (
    free_port,
    listens,
    running,
    server_folder,
    unprivileged,
    wait_until,
)

SUFFIX = "dc=example,dc=com"
ADMIN = f"cn=admin,{SUFFIX}"

_CONFIGURATION = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
{modules}
moduleload back_mdb
moduleload syncprov
moduleload memberof
moduleload refint
pidfile {folder}/pid

database mdb
suffix "{suffix}"
rootdn "{admin}"
rootpw {password}
directory {folder}/data
maxsize 1073741824
index objectClass,entryUUID,entryCSN,uid,mail,member eq
overlay syncprov
overlay memberof
overlay refint
refint_attributes member manager
"""

_BASE = f"""\
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{SUFFIX}
objectClass: organizationalUnit
ou: groups
"""


@frozen
class LdapServer:
    """A running server with ``ou=people`` and ``ou=groups`` under ``suffix``."""

    port: int
    password: str
    suffix: str = SUFFIX
    admin: str = ADMIN

    @property
    def url(self) -> str:
        """Where it listens, without TLS."""
        return f"ldap://127.0.0.1:{self.port}"

    def add(self, ldif: str) -> None:
        """Add the entries of an LDIF text as the administrator."""
        bind = ["-x", "-H", self.url, "-D", self.admin, "-w", self.password]
        done = subprocess.run(
            ["ldapadd", *bind], input=ldif, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"ldapadd refused: {done.stderr}")


@contextmanager
def slapd_server() -> Iterator[LdapServer]:
    """Start a server holding the base entries, and stop it at the end."""
    program = slapd_program()
    assert program is not None
    as_user = unprivileged("openldap")
    with server_folder("slapd", as_user) as folder:
        # Ubuntu confines the installed slapd, by its path, to the system's own folders.
        slapd = Path(shutil.copy(program, folder / "slapd"))
        (folder / "data").mkdir()
        if as_user:
            shutil.chown(folder / "data", as_user["user"], as_user["group"])
        server = LdapServer(free_port(), secrets.token_urlsafe(18))
        configuration = folder / "slapd.conf"
        configuration.write_text(_configuration(folder, server.password))
        command = [str(slapd), "-f", str(configuration), "-h", server.url, "-d", "0"]
        with running(command, folder, as_user) as log:
            wait_until(lambda: listens(server.port), "slapd", log)
            server.add(_BASE)
            yield server


def _configuration(folder: Path, password: str) -> str:
    modules = [path for path in (Path("/usr/lib/ldap"), Path("/usr/lib/openldap")) if path.is_dir()]
    schemas = [
        path for path in (Path("/etc/ldap/schema"), Path("/etc/openldap/schema")) if path.is_dir()
    ]
    return _CONFIGURATION.format(
        folder=folder,
        schemas=schemas[0],
        modules=f"modulepath {modules[0]}" if modules else "",
        suffix=SUFFIX,
        admin=ADMIN,
        password=password,
    )
