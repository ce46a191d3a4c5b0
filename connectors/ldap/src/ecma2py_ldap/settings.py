"""Where the server is and how to get in, as the connectivity page says."""

import ssl
from enum import Enum
from pathlib import Path

from attrs import frozen

from ecma2py.errors import InvalidParameterError
from ecma2py.parameters import SecureString


class Security(Enum):
    """How the connection is protected; the value is the choice on the page."""

    NONE = "none"
    STARTTLS = "starttls"
    LDAPS = "ldaps"

    @property
    def port(self) -> int:
        """The port of a server that uses the usual one."""
        return 636 if self is Security.LDAPS else 389


@frozen(kw_only=True)
class ServerSettings:
    """One server and the account used there."""

    host: str
    password: SecureString
    port: int = 0
    """0 for the usual one."""
    security: Security = Security.STARTTLS
    verify: bool = True
    """The certificate must be valid and issued for ``host``."""
    ca_file: Path | None = None
    """The authorities to trust, in PEM; None for those the system trusts."""
    bind_dn: str = ""
    """Empty to bind anonymously."""
    timeout: int = 30
    """Seconds to connect, and to wait for an answer; 0 for any time."""

    def context(self) -> ssl.SSLContext:
        """What TLS is made with; ``InvalidParameterError`` for a CA file that cannot be used."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise InvalidParameterError(
                f"'CA file' {str(self.ca_file)!r} holds no certificates in PEM, or cannot be read: "
                f"{error}.",
                parameter_name="CA file",
            ) from error
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
