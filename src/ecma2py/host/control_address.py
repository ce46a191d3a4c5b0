"""Where a running host takes commands, left in its state directory for the command line."""

import json
import os
import secrets
from pathlib import Path

from attrs import field, frozen

from ecma2py.errors import ConfigurationError
from ecma2py.host.config import Address
from ecma2py.host.files import write_private

CONTROL_FILE = "control.json"


@frozen
class ControlAddress:
    """Where a running host takes commands; read from ``control.json`` by the command line.

    It is where the host listens, whatever address clients use: no gateway, and nobody else who
    answers to the host's public name, is shown the token.
    """

    url: str
    token: str = field(repr=False)
    fingerprint: str | None
    """SHA-256 of the certificate served there, the only one to be trusted; None without TLS."""
    pid: int

    @classmethod
    def read(cls, state: Path) -> "ControlAddress":
        """The address of the host that runs in *state*; ConfigurationError if none does."""
        try:
            return cls(**json.loads((state / CONTROL_FILE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise ConfigurationError(
                f"No host runs with the state directory {state}: start one with ecma2py serve."
            ) from None
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(f"{state / CONTROL_FILE} cannot be read: {error}") from error

    def write(self, state: Path) -> None:
        """Leave the address for the command line, readable by the owner alone."""
        content = {
            "url": self.url,
            "token": self.token,
            "fingerprint": self.fingerprint,
            "pid": self.pid,
        }
        write_private(state / CONTROL_FILE, json.dumps(content).encode())

    @staticmethod
    def remove(state: Path) -> None:
        """Take the address away: the host stops."""
        (state / CONTROL_FILE).unlink(missing_ok=True)

    @classmethod
    def new(cls, listening: Address, fingerprint: str | None) -> "ControlAddress":
        """An address with a token of its own; what listens everywhere is asked on loopback."""
        if listening.is_wildcard:
            listening = Address("::1" if ":" in listening.host else "127.0.0.1", listening.port)
        scheme = "http" if fingerprint is None else "https"
        return cls(f"{scheme}://{listening}", secrets.token_urlsafe(32), fingerprint, os.getpid())
