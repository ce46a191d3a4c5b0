"""Certificates: making one for this host, and reading those an administrator brings."""

import ipaddress
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import field, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ecma2py.errors import ConfigurationError
from ecma2py.parameters import SecureString

LIFETIME = timedelta(days=730)


class CertificateError(ConfigurationError):
    """A certificate or its key cannot be used; the message names the file."""


@frozen
class CertificateDescription:
    """What an administrator wants to know of a certificate."""

    subject: str
    names: tuple[str, ...]
    """DNS names and addresses it is valid for (subject alternative names)."""
    issuer: str
    not_before: datetime
    not_after: datetime
    days_left: int
    """Whole days until it expires; negative when it has."""
    fingerprint: str
    """SHA-256 of the certificate, in hexadecimal with colons."""
    self_signed: bool


@frozen
class KeyPair:
    """A certificate with its private key and the intermediate certificates to send along."""

    certificate: x509.Certificate
    key: PrivateKeyTypes = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    def certificate_pem(self) -> bytes:
        """The certificate and its chain."""
        return b"".join(each.public_bytes(Encoding.PEM) for each in (self.certificate, *self.chain))

    def key_pem(self, password: bytes | None = None) -> bytes:
        """The private key, encrypted if a password is given."""
        encryption: KeySerializationEncryption = (
            BestAvailableEncryption(password) if password else NoEncryption()
        )
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    def description(self, now: datetime | None = None) -> CertificateDescription:
        """What the certificate says of itself, seen at *now*."""
        certificate = self.certificate
        expires = certificate.not_valid_after_utc
        return CertificateDescription(
            subject=certificate.subject.rfc4514_string(),
            names=names_of(certificate),
            issuer=certificate.issuer.rfc4514_string(),
            not_before=certificate.not_valid_before_utc,
            not_after=expires,
            days_left=(expires - (now or datetime.now(UTC))) // timedelta(days=1),
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
            self_signed=certificate.subject == certificate.issuer,
        )


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names and addresses a certificate is valid for."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    names = extension.value
    addresses = names.get_values_for_type(x509.IPAddress)
    return (*names.get_values_for_type(x509.DNSName), *map(str, addresses))


def host_names(names: Iterable[str]) -> tuple[str, ...]:
    """*names* and those of this machine's loopback, each once."""
    return tuple(dict.fromkeys((*names, "localhost", "127.0.0.1", "::1")))


def generate(names: Iterable[str], now: datetime | None = None) -> KeyPair:
    """A self-signed certificate (EC P-256, two years) for *names* and loopback.

    It signs nothing but itself (CA false), so that trusting it trusts this host and no other.
    """
    everyone = host_names(names)
    now = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, everyone[0][:64])])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A client whose clock is a little behind must be able to connect at once.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(map(_general_name, everyone)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
    )
    return KeyPair(builder.sign(key, hashes.SHA256()), key)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def read_pem(certificate: Path, key: Path, password: SecureString | None = None) -> KeyPair:
    """The pair in two PEM files; CertificateError names the one at fault."""
    content = _read(certificate)
    try:
        first, *chain = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise CertificateError(f"{certificate} holds no PEM certificate.") from error
    content = _read(key)
    try:
        private = load_pem_private_key(content, _bytes(password))
    except (ValueError, TypeError) as error:
        raise CertificateError(
            f"{key} holds no PEM private key that opens with the password given: "
            "check [host.tls] key and key_password."
        ) from error
    return _matching(KeyPair(first, private, tuple(chain)), certificate)


def read_pfx(path: Path, password: SecureString | None = None) -> KeyPair:
    """The pair in a PFX (PKCS #12) file."""
    content = _read(path)
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, _bytes(password))
    except ValueError as error:
        raise CertificateError(
            f"{path} is no PFX file that opens with the password given: check [host.tls] "
            "pfx_password."
        ) from error
    if key is None or certificate is None:
        missing = "private key" if key is None else "certificate"
        raise CertificateError(f"{path} holds no {missing}: export it again together with it.")
    return _matching(KeyPair(certificate, key, tuple(chain)), path)


def _matching(pair: KeyPair, path: Path) -> KeyPair:
    public = [
        each.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for each in (pair.certificate.public_key(), pair.key.public_key())
    ]
    if public[0] != public[1]:
        raise CertificateError(f"The private key does not belong to the certificate in {path}.")
    return pair


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}") from error


def _bytes(password: SecureString | None) -> bytes | None:
    return password.reveal().encode() if password else None
