"""A second OpenLDAP server: TLS, password policy, limits, and attributes of every syntax."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from scripts.system_packages import slapd_program
from tests.servers.process import (
    free_port,
    listens,
    running,
    server_folder,
    unprivileged,
    wait_until,
)

SUFFIX = "o=Secure"
SECOND = "o=Second"
SIZE_LIMIT = 20

_CONFIGURATION = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.99999.1 NAME ( 'exCount' 'exCounter' ) EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.2 NAME 'exNumbers' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )
attributetype ( 1.3.6.1.4.1.99999.3 NAME 'exActive' EQUALITY booleanMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.4 NAME 'exFlags' EQUALITY booleanMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 )
attributetype ( 1.3.6.1.4.1.99999.5 NAME 'exOctets' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
attributetype ( 1.3.6.1.4.1.99999.6 NAME 'exKey' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.10 NAME 'exThing' SUP top AUXILIARY
  MAY ( exCount $ exNumbers $ exActive $ exFlags $ exOctets $ exKey ) )
{modules}
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/pid
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem

database mdb
suffix "{suffix}"
rootdn "cn=admin,{suffix}"
rootpw {password}
directory {folder}/data
limits anonymous size={limit}
limits dn.exact="cn=reader,{suffix}" size.prtotal={limit} size={limit}
access to dn.subtree="ou=hidden,{suffix}" by * none
access to attrs=userPassword by self write by anonymous auth by * none
access to * by * read
overlay ppolicy
ppolicy_default "cn=policy,{suffix}"
ppolicy_hash_cleartext

database mdb
suffix "{second}"
rootdn "cn=admin,{second}"
rootpw {password}
directory {folder}/second
"""

_BASE = """\
dn: {suffix}
objectClass: organization
o: Secure

dn: cn=policy,{suffix}
objectClass: person
objectClass: pwdPolicy
cn: policy
sn: policy
pwdAttribute: userPassword
pwdMinLength: 8
pwdCheckQuality: 2

dn: ou=hidden,{suffix}
objectClass: organizationalUnit
ou: hidden
"""


@frozen
class SecureServer:
    """A running server with the suffixes ``o=Secure`` and ``o=Second``."""

    port: int
    tls_port: int
    password: str
    ca_file: Path
    """What its certificate, for 127.0.0.1 and localhost, is trusted by."""

    @property
    def url(self) -> str:
        """Where it listens, without TLS."""
        return f"ldap://127.0.0.1:{self.port}"


@contextmanager
def secure_server() -> Iterator[SecureServer]:
    """Start a server with an empty directory, and stop it at the end."""
    program = slapd_program()
    assert program is not None
    as_user = unprivileged("openldap")
    with server_folder("slapd-secure", as_user) as folder:
        # Ubuntu confines the installed slapd, by its path, to the system's own folders.
        slapd = Path(shutil.copy(program, folder / "slapd"))
        for name in ("data", "second"):
            (folder / name).mkdir()
        _certify(folder)
        server = SecureServer(
            free_port(), free_port(), secrets.token_urlsafe(18), folder / "certificate.pem"
        )
        configuration = folder / "slapd.conf"
        configuration.write_text(_configuration(folder, server.password))
        if as_user:
            for path in folder.iterdir():
                shutil.chown(path, as_user["user"], as_user["group"])
        urls = f"{server.url} ldaps://127.0.0.1:{server.tls_port}"
        command = [str(slapd), "-f", str(configuration), "-h", urls, "-d", "0"]
        with running(command, folder, as_user) as log:
            wait_until(lambda: listens(server.port) and listens(server.tls_port), "slapd", log)
            yield server


def base_entries() -> str:
    """The LDIF of what every test finds there."""
    return _BASE.format(suffix=SUFFIX)


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
        second=SECOND,
        password=password,
        limit=SIZE_LIMIT,
    )


def _certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "secure directory")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
