"""The host's side of TLS: one certificate in use, TLS 1.2 or newer, replaced without a restart."""

import logging
import secrets
import ssl
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from ecma2py.host.certificates import (
    CertificateDescription,
    CertificateError,
    KeyPair,
    generate,
    host_names,
    names_of,
    read_pem,
    read_pfx,
)
from ecma2py.host.config import HostConfig
from ecma2py.host.files import write_private

RENEW_BEFORE = timedelta(days=30)

_log = logging.getLogger(__name__)

# Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


def prepare_tls(config: HostConfig) -> "HostCertificate":
    """The certificate *config* asks for, made if need be; CertificateError if it cannot serve."""
    prepared = HostCertificate(config)
    _ = prepared.context
    return prepared


def generated_files(state: Path) -> tuple[Path, Path]:
    """Where a generated certificate and its key lie, in the host's directory *state*."""
    return state / "tls" / "certificate.pem", state / "tls" / "key.pem"


class HostCertificate:
    """The certificate the configuration asks for, in a context that servers share.

    A generated one lies in ``<state>/tls`` as ``certificate.pem`` and ``key.pem``; it is made on
    first use, and again 30 days before it expires or when a host name is added. A client trusts
    it by trusting ``certificate.pem``.
    """

    __slots__ = ("_config", "_context", "_current_context", "_pair")

    def __init__(self, config: HostConfig, *, now: datetime | None = None) -> None:
        self._config = config
        self._context: ssl.SSLContext | None = None
        self._current_context: ssl.SSLContext | None = None
        self._pair = self._current(now)

    @property
    def is_generated(self) -> bool:
        """True if the host made it itself."""
        return self._config.tls.is_generated

    @property
    def certificate(self) -> Path | None:
        """The PEM file of the certificate, for clients to trust; None if it is in a PFX file."""
        if not self.is_generated:
            return self._config.tls.certificate
        return generated_files(self._config.state)[0]

    def description(self, now: datetime | None = None) -> CertificateDescription:
        """Subject, names, expiry and fingerprint of the certificate in use."""
        return self._pair.description(now)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in use, in hexadecimal with colons."""
        return self._pair.description().fingerprint

    @property
    def context(self) -> ssl.SSLContext:
        """The server context, the same at every look."""
        if self._context is None:
            self._context = self._current_context = _context_of(self._pair)
            self._context.sni_callback = self._choose
        return self._context

    def _choose(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        """Serve a handshake that begins, whether it names a host or not, by the current context.

        A context is never changed: between its new certificate and its new key it serves nobody.
        """
        current = self._current_context
        if current is not None and current is not context:
            connection.context = current

    def refresh(self, config: HostConfig | None = None, *, now: datetime | None = None) -> bool:
        """Renew what is due and take over what changed on disk; True if there is a new one.

        Connections made from now on get it, those that are open go on. *config* replaces the one
        given before. CertificateError leaves the certificate in use as it was.
        """
        before, self._config = self._config, config or self._config
        try:
            pair = self._current(now)
            if pair.certificate == self._pair.certificate:
                return False
            if self._context is not None:
                self._current_context = _context_of(pair)
        except CertificateError:
            self._config = before
            raise
        self._pair = pair
        return True

    def _current(self, now: datetime | None) -> KeyPair:
        tls = self._config.tls
        if tls.pfx:
            return read_pfx(tls.pfx, tls.pfx_password)
        if tls.certificate and tls.key:
            return read_pem(tls.certificate, tls.key, tls.key_password)
        return self._generated(now)

    def _generated(self, now: datetime | None) -> KeyPair:
        certificate, key = generated_files(self._config.state)
        if certificate.exists() and key.exists() and (kept := self._kept(certificate, key, now)):
            return kept
        pair = generate(self._config.names, now)
        # The key first: a crash in between leaves a pair that does not match, which is made anew.
        write_private(key, pair.key_pem())
        write_private(certificate, pair.certificate_pem())
        return pair

    def _kept(self, certificate: Path, key: Path, now: datetime | None) -> KeyPair | None:
        try:
            pair = read_pem(certificate, key)
        except CertificateError:
            _log.exception("The generated certificate cannot be used; a new one is made.")
            return None
        missing = set(host_names(self._config.names)) - set(names_of(pair.certificate))
        due = pair.description(now).days_left < RENEW_BEFORE.days
        return None if missing or due else pair


def _context_of(pair: KeyPair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    _load(context, pair)
    return context


def _load(context: ssl.SSLContext, pair: KeyPair) -> None:
    # ssl loads keys from files alone. This one is encrypted under a password nobody keeps, in a
    # directory for this user alone, and is gone at once.
    password = secrets.token_bytes(32).hex()
    with tempfile.TemporaryDirectory(prefix="ecma2py-") as directory:
        file = Path(directory) / "pair.pem"
        file.write_bytes(pair.certificate_pem() + pair.key_pem(password.encode()))
        try:
            context.load_cert_chain(file, password=password)
        except ssl.SSLError as error:
            subject = pair.certificate.subject.rfc4514_string()
            raise CertificateError(
                f"The certificate of {subject} cannot serve TLS: {error.reason}"
            ) from error
