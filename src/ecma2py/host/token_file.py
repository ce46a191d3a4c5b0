"""The file that holds bearer tokens as salted scrypt hashes, and what a token may look like."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from attrs import field, frozen

from ecma2py.errors import ConfigurationError
from ecma2py.host.files import write_private

SHORTEST_TOKEN = 12
LONGEST_TOKEN = 1024
_VERSION = 1
_COST = {"n": 2**14, "r": 8, "p": 1}


class TokenError(ConfigurationError):
    """A token or the token file cannot be used; the message never holds a token."""


@frozen(kw_only=True)
class StoredToken:
    """One accepted token: enough to recognise it, too little to learn it."""

    label: str
    created: str
    """ISO 8601, UTC."""
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    """scrypt of the token with the salt."""
    hint: bytes = field(default=b"", repr=False)
    """Four bytes of a fast hash, so that a wrong token costs no scrypt. Only for tokens made here:
    they have 256 random bits, of which the hint gives away 32; a token people chose has none."""

    @classmethod
    def made_from(cls, token: str, label: str, *, generated: bool) -> Self:
        """What is stored of *token*."""
        salt = secrets.token_bytes(16)
        return cls(
            label=label,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            salt=salt,
            digest=_slow(token.encode(), salt),
            hint=_fast(token.encode(), salt) if generated else b"",
        )

    def matches(self, token: bytes) -> bool:
        """True for the token this was made from. Takes tens of milliseconds, or microseconds."""
        if self.hint and not hmac.compare_digest(_fast(token, self.salt), self.hint):
            return False
        return hmac.compare_digest(_slow(token, self.salt), self.digest)


Tokens = Mapping[str, tuple[StoredToken, ...]]


def refuse_slowly(tokens: Tokens, own: tuple[StoredToken, ...], token: bytes) -> None:
    """Take as long to refuse a token whatever *own* tokens the connector has, if it exists at all.

    Without this the time of an answer would tell which connectors there are.
    """
    longest = max((_chosen(each) for each in tokens.values()), default=0)
    for _ in range(longest - _chosen(own)):
        _slow(token, bytes(16))


def _chosen(tokens: tuple[StoredToken, ...]) -> int:
    """How many of them cost a slow hash to refuse."""
    return sum(not each.hint for each in tokens)


def _slow(token: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(token, salt=salt, dklen=32, **_COST)


def _fast(token: bytes, salt: bytes) -> bytes:
    return hashlib.blake2b(token, salt=salt, digest_size=4).digest()


def checked_token(token: str) -> str:
    """*token* itself if it can be one; TokenError says what is wrong, without the token."""
    if len(token) < SHORTEST_TOKEN:
        raise TokenError(f"A token has at least {SHORTEST_TOKEN} characters: choose a longer one.")
    if len(token) > LONGEST_TOKEN:
        raise TokenError(f"A token has at most {LONGEST_TOKEN} characters: choose a shorter one.")
    if not re.fullmatch(r"[!-~]+", token):
        raise TokenError("A token is printable ASCII without spaces: other headers cannot be sent.")
    return token


def checked_label(label: str) -> str:
    """*label* itself if it can be one."""
    if not label or len(label) > 64 or not label.isprintable():
        raise TokenError("A token's label is 1 to 64 printable characters, e.g. entra-2027.")
    return label


def read_tokens(path: Path) -> Tokens:
    """The tokens of each connector; none if there is no file. TokenError if it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise TokenError(f"{path} cannot be read: {error.strerror}") from error
    try:
        document = json.loads(content)
        version = document["version"]
        tokens = {
            connector: tuple(_decoded(each) for each in kept)
            for connector, kept in document["connectors"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TokenError(
            f"{path} is damaged: restore it, or delete it and make tokens anew."
        ) from error
    if version != _VERSION:
        raise TokenError(
            f"{path} is of version {version}, and this program knows {_VERSION}: use the newer "
            "program that wrote it."
        )
    return tokens


def write_tokens(path: Path, tokens: Tokens) -> None:
    """Replace the file as a whole."""
    connectors = {name: [_encoded(each) for each in kept] for name, kept in tokens.items() if kept}
    document = {"version": _VERSION, "connectors": connectors}
    write_private(path, json.dumps(document, indent=2).encode())


def _encoded(token: StoredToken) -> dict[str, str]:
    return {
        "label": token.label,
        "created": token.created,
        "salt": token.salt.hex(),
        "scrypt": token.digest.hex(),
        "hint": token.hint.hex(),
    }


def _decoded(document: Mapping[str, Any]) -> StoredToken:
    return StoredToken(
        label=str(document["label"]),
        created=str(document["created"]),
        salt=bytes.fromhex(document["salt"]),
        digest=bytes.fromhex(document["scrypt"]),
        hint=bytes.fromhex(document["hint"]),
    )
