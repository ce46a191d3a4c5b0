"""The host serves TLS 1.2 or newer with a certificate of its own or the administrator's."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from ecma2py.host.certificates import (
    CertificateError,
    KeyPair,
    generate,
    names_of,
    read_pem,
    read_pfx,
)
from ecma2py.host.config import HostConfig, TlsConfig
from ecma2py.host.tls import HostCertificate, prepare_tls
from ecma2py.parameters import SecureString

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def config(state: Path, **given: Any) -> HostConfig:
    """A host whose state is in a directory of the test."""
    return HostConfig(state=state, **given)


def pem_files(directory: Path, pair: KeyPair, password: str | None = None) -> TlsConfig:
    """A pair as an administrator brings it."""
    certificate, key = directory / "host.pem", directory / "host.key"
    certificate.write_bytes(pair.certificate_pem())
    key.write_bytes(pair.key_pem(password.encode() if password else None))
    secret = SecureString(password) if password else None
    return TlsConfig(certificate=certificate, key=key, key_password=secret)


def pfx_file(path: Path, pair: KeyPair, password: str) -> Path:
    """A pair as Windows exports it."""
    key: Any = pair.key
    encryption = BestAvailableEncryption(password.encode())
    chain = list(pair.chain)
    content = pkcs12.serialize_key_and_certificates(b"", key, pair.certificate, chain, encryption)
    path.write_bytes(content)
    return path


def trusting(pair_file: Path | None) -> ssl.SSLContext:
    """A client as strict as Python can be, which trusts this certificate alone."""
    context = ssl.create_default_context(cafile=str(pair_file))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@contextlib.asynccontextmanager
async def served(certificate: HostCertificate) -> AsyncIterator[int]:
    """The port of a server that greets whoever connects."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            writer.write(b"hello")
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=certificate.context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def peer(port: int, client: ssl.SSLContext, name: str = "localhost") -> ssl.SSLObject:
    """What a client sees of the server after a handshake."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=client, server_hostname=name
    )
    assert await reader.read() == b"hello"
    seen: ssl.SSLObject = writer.get_extra_info("ssl_object")
    writer.close()
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()
    return seen


def test_a_generated_certificate_is_for_this_host_alone() -> None:
    """EC P-256, two years, loopback and host names, self-signed, no authority over others."""
    pair = generate(["hr.example", "10.0.0.7", "localhost"], NOW)
    certificate = pair.certificate
    description = pair.description(NOW)
    assert description.subject == "CN=hr.example"
    assert set(description.names) == {"hr.example", "10.0.0.7", "localhost", "127.0.0.1", "::1"}
    assert len(description.names) == 5
    assert description.self_signed
    assert description.days_left == 730
    assert description.fingerprint.count(":") == 31
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert constraints.ca is False
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert "key=" not in repr(pair)


@pytest.mark.parametrize("name", ["localhost", "hr.example", "127.0.0.1"])
async def test_a_strict_client_accepts_the_generated_certificate(tmp_path: Path, name: str) -> None:
    """Whoever trusts the file connects under every name it was made for."""
    certificate = HostCertificate(config(tmp_path, names=("hr.example",)))
    async with served(certificate) as port:
        seen = await peer(port, trusting(certificate.certificate), name)
        assert seen.version() == "TLSv1.3"
        with pytest.raises(ssl.SSLCertVerificationError):
            await peer(port, trusting(certificate.certificate), "other.example")
        with pytest.raises(ssl.SSLCertVerificationError):
            await peer(port, ssl.create_default_context())


async def test_nothing_older_than_tls_1_2_is_spoken(tmp_path: Path) -> None:
    """TLS 1.2 works with forward secrecy; TLS 1.1 is refused by the server's own settings."""
    certificate = HostCertificate(config(tmp_path))
    client = trusting(certificate.certificate)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    async with served(certificate) as port:
        seen = await peer(port, client)
    assert seen.version() == "TLSv1.2"
    cipher = seen.cipher()
    assert cipher is not None
    assert cipher[0].startswith("ECDHE")
    assert certificate.context.minimum_version == ssl.TLSVersion.TLSv1_2
    names = [each["name"] for each in certificate.context.get_ciphers()]
    assert all(name.startswith(("ECDHE", "TLS_")) for name in names)


async def test_uvicorn_serves_with_it(tmp_path: Path) -> None:
    """Uvicorn takes the context as it is."""
    certificate = prepare_tls(config(tmp_path))

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    settings = uvicorn.Config(application, port=0, lifespan="off", log_config=None)
    settings.load()
    settings.ssl = certificate.context
    server = uvicorn.Server(settings)
    task = asyncio.ensure_future(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=trusting(certificate.certificate), server_hostname="localhost"
    )
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 204")
    writer.close()
    server.should_exit = True
    await task


def test_a_generated_certificate_is_kept_until_it_is_due(tmp_path: Path) -> None:
    """A restart changes nothing; 30 days before the end there is a new one."""
    first = HostCertificate(config(tmp_path), now=NOW)
    assert first.is_generated
    print_of_first = first.description(NOW).fingerprint
    again = HostCertificate(config(tmp_path), now=NOW + timedelta(days=600))
    assert again.description().fingerprint == print_of_first
    assert not first.refresh(now=NOW + timedelta(days=700))
    assert first.refresh(now=NOW + timedelta(days=701))
    assert first.description(NOW + timedelta(days=701)).days_left == 730


def test_a_new_host_name_makes_a_new_certificate(tmp_path: Path) -> None:
    """A certificate that lacks a configured name is replaced, one with more names is kept."""
    wide = HostCertificate(config(tmp_path, names=("a.example",)))
    kept = HostCertificate(config(tmp_path))
    assert kept.description().fingerprint == wide.description().fingerprint
    assert kept.refresh(config(tmp_path, names=("b.example",)))
    assert "b.example" in kept.description().names


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else reads the private key."""
    HostCertificate(config(tmp_path))
    assert (tmp_path / "tls" / "key.pem").stat().st_mode & 0o777 == 0o600


def test_a_torn_pair_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A key that does not belong to the certificate, as after a crash, is no reason to stop."""
    first = HostCertificate(config(tmp_path))
    (tmp_path / "tls" / "key.pem").write_bytes(generate([]).key_pem())
    second = HostCertificate(config(tmp_path))
    assert second.description().fingerprint != first.description().fingerprint
    assert "a new one is made" in caplog.text


async def test_a_renewed_certificate_is_served_without_a_restart(tmp_path: Path) -> None:
    """Connections after a refresh see the new certificate, on the same socket."""
    certificate = HostCertificate(config(tmp_path))
    async with served(certificate) as port:
        await peer(port, trusting(certificate.certificate))
        assert certificate.refresh(config(tmp_path, names=("new.example",)))
        await peer(port, trusting(certificate.certificate), "new.example")


async def test_a_handshake_during_a_renewal_succeeds(tmp_path: Path) -> None:
    """Whoever connects while the certificate changes gets the old one or the new one, whole."""
    certificate = HostCertificate(config(tmp_path))
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE

    def renew() -> list[bool]:
        names = (f"name{number}.example" for number in range(50))
        return [certificate.refresh(config(tmp_path, names=(each,))) for each in names]

    async with served(certificate) as port:
        renewals = asyncio.ensure_future(asyncio.to_thread(renew))
        while not renewals.done():
            await peer(port, client)
        assert all(await renewals)


@pytest.mark.parametrize("password", [None, "pass phrase"])
async def test_a_pem_pair_is_served(tmp_path: Path, password: str | None) -> None:
    """The administrator's certificate, with or without a password on its key."""
    tls = pem_files(tmp_path, generate(["hr.example"]), password)
    certificate = HostCertificate(config(tmp_path, tls=tls))
    assert not certificate.is_generated
    assert not (tmp_path / "tls").exists()
    async with served(certificate) as port:
        await peer(port, trusting(certificate.certificate), "hr.example")
    assert tls.certificate is not None
    pem_files(tmp_path, generate(["next.example"]), password)
    assert certificate.refresh()
    assert not certificate.refresh()


async def test_a_pfx_file_is_served_with_its_chain(tmp_path: Path) -> None:
    """A PFX file as Windows exports it; intermediate certificates are sent along."""
    pair = generate(["hr.example"])
    other = generate(["ca.example"]).certificate
    path = pfx_file(tmp_path / "host.pfx", KeyPair(pair.certificate, pair.key, (other,)), "geheim")
    tls = TlsConfig(pfx=path, pfx_password=SecureString("geheim"))
    certificate = HostCertificate(config(tmp_path, tls=tls))
    assert certificate.certificate is None
    assert read_pfx(path, SecureString("geheim")).chain == (other,)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(pair.certificate_pem())
    async with served(certificate) as port:
        await peer(port, trusting(trusted), "hr.example")


def test_what_cannot_be_served_names_the_file(tmp_path: Path) -> None:
    """Missing files, wrong passwords and pairs that do not match are told with their file."""
    pair, other = generate([]), generate([])
    tls = pem_files(tmp_path, pair, "right")
    certificate, key = tmp_path / "host.pem", tmp_path / "host.key"
    pfx = pfx_file(tmp_path / "host.pfx", pair, "right")
    lonely = tmp_path / "lonely.pfx"
    lonely.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"", None, pair.certificate, None, BestAvailableEncryption(b"right")
        )
    )
    wrong, right = SecureString("wrong"), SecureString("right")
    foreign = tmp_path / "foreign.key"
    foreign.write_bytes(other.key_pem())
    attempts: list[tuple[Callable[[], KeyPair], str]] = [
        (lambda: read_pem(tmp_path / "missing.pem", key, right), "missing.pem cannot be read"),
        (lambda: read_pem(key, key, right), "host.key holds no PEM certificate"),
        (lambda: read_pem(certificate, key, wrong), "host.key holds no PEM private key"),
        (lambda: read_pem(certificate, key), "host.key holds no PEM private key"),
        (lambda: read_pem(certificate, foreign), "does not belong to the certificate"),
        (lambda: read_pfx(pfx, wrong), "host.pfx is no PFX file"),
        (lambda: read_pfx(certificate), "host.pem is no PFX file"),
        (lambda: read_pfx(lonely, right), "holds no private key"),
    ]
    for attempt, message in attempts:
        with pytest.raises(CertificateError, match=message) as caught:
            attempt()
        assert "wrong" not in str(caught.value)
    assert tls.key_password == right


def test_a_certificate_openssl_refuses_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    """A key too short for today is an error of the configuration, not of the next connection."""
    weak = rsa.generate_private_key(65537, 1024)
    old = generate(["weak.example"])
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.certificate.subject)
        .issuer_name(old.certificate.subject)
        .public_key(weak.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )
    pair = KeyPair(builder.sign(weak, hashes.SHA256()), weak)
    assert names_of(pair.certificate) == ()
    certificate = HostCertificate(config(tmp_path))
    before = certificate.description()
    assert certificate.context is certificate.context
    with pytest.raises(CertificateError, match=r"weak\.example cannot serve TLS"):
        certificate.refresh(config(tmp_path, tls=pem_files(tmp_path, pair)))
    assert certificate.is_generated
    assert certificate.description().fingerprint == before.fingerprint
