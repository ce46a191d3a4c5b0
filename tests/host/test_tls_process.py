"""The host as a process serves TLS as it was told to, and clear text to this machine alone."""

import json
import socket
import ssl
import sys
import warnings
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509 import load_pem_x509_certificate

from ecma2py.cli.exits import Exit
from ecma2py.host.certificates import KeyPair, generate, names_of
from tests.cli.commands import here
from tests.host.processes import HostProcess, free_port, hr_config, hr_database, process

PLAIN = "plain_http = true"
PASSWORD = "the-password-of-the-pfx"


def with_tls(database: Path, port: int, *, tls: str = "") -> str:
    """The configuration of a host that serves TLS."""
    return hr_config(database, port).replace(PLAIN, 'names = ["hr.example"]') + tls


def greeted(host: HostProcess, trusted: Path) -> bool:
    """True if a strict client that trusts one certificate alone is served under this name."""
    context = ssl.create_default_context(cafile=str(trusted))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    host.until_up(verify=context)
    with host.client(verify=context) as http:
        return http.get("/Users", params={"count": "1"}).is_success


def obeys(folder: Path, *command: str) -> None:
    """The host that runs in *folder* does as the command line says."""
    done = here(*command, "--config", folder / "ecma2py.toml")
    assert done.code == Exit.OK, done.err


def spoken(port: int, version: ssl.TLSVersion) -> str | None:
    """The version agreed on with a client that knows no other; None if the server refuses it."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):  # Python warns of what is old
        client.minimum_version = client.maximum_version = version
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            with client.wrap_socket(connection) as tls:
                return tls.version()
        except (ssl.SSLError, ConnectionError) as error:
            assert getattr(error, "reason", "") != "NO_PROTOCOLS_AVAILABLE"
            return None


def test_the_default_is_a_certificate_of_its_own(tmp_path: Path) -> None:
    """With nothing said the host makes a certificate: names, a private key, no old TLS, no HTTP."""
    database, port = hr_database(tmp_path), free_port()
    with process(tmp_path, with_tls(database, port), port, scheme="https") as host:
        folder = tmp_path / "state" / "tls"
        host.until_up(verify=False)
        assert greeted(host, folder / "certificate.pem")
        pem = ssl.get_server_certificate(("127.0.0.1", port))
        names = set(names_of(load_pem_x509_certificate(pem.encode())))
        assert names == {"hr.example", "localhost", "127.0.0.1", "::1"}
        if sys.platform != "win32":
            assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600

        assert spoken(port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert spoken(port, ssl.TLSVersion.TLSv1_1) is None
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        assert host.stop() == 0

    before = (folder / "certificate.pem").read_bytes()
    with process(tmp_path, with_tls(database, port), port, scheme="https") as host:
        assert greeted(host, folder / "certificate.pem")
    assert (folder / "certificate.pem").read_bytes() == before


def brought(folder: Path, kind: str) -> tuple[KeyPair, str]:
    """A pair as an administrator brings it, and the table that names it."""
    pair = generate(["brought.example"])
    if kind == "pem":
        (folder / "host.pem").write_bytes(pair.certificate_pem())
        (folder / "host.key").write_bytes(pair.key_pem(PASSWORD.encode()))
        files = 'certificate = "host.pem"\nkey = "host.key"\nkey_password'
    else:
        encryption = BestAvailableEncryption(PASSWORD.encode())
        content = pkcs12.serialize_key_and_certificates(
            b"host",
            pair.key,  # type: ignore[arg-type]
            pair.certificate,
            None,
            encryption,
        )
        (folder / "host.pfx").write_bytes(content)
        files = 'pfx = "host.pfx"\npfx_password'
    return pair, f'\n[host.tls]\n{files} = "{PASSWORD}"\n'


@pytest.mark.parametrize("kind", ["pem", "pfx"])
def test_the_administrators_certificate_is_served(tmp_path: Path, kind: str) -> None:
    """A PEM pair and a PFX file are served as they are, and their password is in no line."""
    database, port = hr_database(tmp_path), free_port()
    pair, tls = brought(tmp_path, kind)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(pair.certificate_pem())
    with process(tmp_path, with_tls(database, port, tls=tls), port, scheme="https") as host:
        assert greeted(host, trusted)
        pem = ssl.get_server_certificate(("127.0.0.1", port))
        assert load_pem_x509_certificate(pem.encode()) == pair.certificate
        obeys(tmp_path, "status")
        assert host.stop() == 0
    assert PASSWORD not in host.log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "tls", "reason"),
    [
        ("127.0.0.1", "0.0.0.0", "", "allowed only on a loopback address"),
        (PLAIN, "", '[host.tls]\npfx = "missing.pfx"', "missing.pfx cannot be read"),
    ],
)
def test_a_host_that_would_not_be_safe_does_not_start(
    tmp_path: Path, old: str, new: str, tls: str, reason: str
) -> None:
    """Clear text beyond loopback, or a certificate that is not there: refused with the reason."""
    database, port = hr_database(tmp_path), free_port()
    text = hr_config(database, port).replace(old, new) + tls
    with process(tmp_path, text, port) as host:
        assert host.ended() == Exit.USAGE
    assert reason in host.log.read_text(encoding="utf-8")


def test_commands_go_to_the_host_itself(tmp_path: Path) -> None:
    """Whatever name clients use: the token is shown to nobody who answers to that."""
    database, port = hr_database(tmp_path), free_port()
    public = 'base_url = "https://nowhere.invalid"\n'
    text = with_tls(database, port).replace('names = ["hr', f'{public}names = ["hr')
    text = text.replace('listen = "127.0.0.1', 'listen = "0.0.0.0')
    with process(tmp_path, text, port, scheme="https") as host:
        host.until_up(verify=False)
        obeys(tmp_path, "status")
        obeys(tmp_path, "stop")
        assert host.ended() == Exit.OK


def test_commands_go_on_after_the_certificate_is_renewed(tmp_path: Path) -> None:
    """The host still shows the old one when it is asked to take over the new one."""
    database, port = hr_database(tmp_path), free_port()
    with process(tmp_path, with_tls(database, port), port, scheme="https") as host:
        host.until_up(verify=False)
        before = ssl.get_server_certificate(("127.0.0.1", port))
        obeys(tmp_path, "certificate", "renew")
        obeys(tmp_path, "reload")
        assert ssl.get_server_certificate(("127.0.0.1", port)) != before
        obeys(tmp_path, "status")


def test_commands_go_to_no_other_host(tmp_path: Path) -> None:
    """Where another certificate is shown, the token is not."""
    database, port = hr_database(tmp_path), free_port()
    with process(tmp_path, with_tls(database, port), port, scheme="https") as host:
        host.until_up(verify=False)
        left = tmp_path / "state" / "control.json"
        address = json.loads(left.read_text(encoding="utf-8"))
        left.write_text(json.dumps({**address, "fingerprint": "AA"}), encoding="utf-8")
        done = here("status", "--config", tmp_path / "ecma2py.toml")
        assert (done.code, "another certificate" in done.err) == (Exit.NO_HOST, True)
