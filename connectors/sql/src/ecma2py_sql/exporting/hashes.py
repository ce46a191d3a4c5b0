"""Hashes of passwords as columns hold them: argon2id, bcrypt, PBKDF2; each says how it was made."""

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import pbkdf2_hmac
from importlib import import_module
from typing import Any

from attrs import frozen

from ecma2py.errors import ConfigurationError, PasswordIllFormedError

_ROUNDS = 600_000
"""OWASP's advice for PBKDF2 with SHA-256."""
_BCRYPT_BYTES = 72
"""What is behind them bcrypt would leave out."""


@frozen
class Scheme:
    """One way of hashing."""

    prefixes: tuple[str, ...]
    make: Callable[[bytes], str]
    verify: Callable[[bytes, str], bool]
    library: str = ""
    """What makes and verifies; empty where Python does."""


def check_library(name: str) -> None:
    """Return if passwords can be hashed by the scheme *name* here; else as ``hashed``."""
    if library := SCHEMES[name].library:
        _loaded(library)


def hashed(name: str, password: str) -> str:
    """*password* hashed by the scheme *name*, with a salt of its own.

    ``PasswordIllFormedError`` for one that cannot be hashed whole, ``ConfigurationError`` without
    the library.
    """
    return SCHEMES[name].make(_bytes(password))


def is_password(password: str, held: str) -> bool:
    """True if *held* is a hash of *password*, by whatever scheme it was made; in constant time."""
    held = held.strip()
    for each in SCHEMES.values():
        if held.startswith(each.prefixes):
            return each.verify(_bytes(password), held)
    return False


def _bytes(password: str) -> bytes:
    if not password:
        raise PasswordIllFormedError("The password is empty: give one.")
    try:
        return password.encode()
    except UnicodeEncodeError:
        pass
    # Outside the handler, since the error there holds the password.
    raise PasswordIllFormedError("The password is no valid Unicode: choose another.")


def _argon2_make(password: bytes) -> str:
    argon2 = _loaded("argon2")
    return str(argon2.PasswordHasher().hash(password))


def _argon2_verify(password: bytes, held: str) -> bool:
    argon2 = _loaded("argon2")
    try:
        return bool(argon2.PasswordHasher().verify(held, password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _bcrypt_make(password: bytes) -> str:
    bcrypt = _loaded("bcrypt")
    if len(password) > _BCRYPT_BYTES or b"\0" in password:
        raise PasswordIllFormedError(
            f"bcrypt takes {_BCRYPT_BYTES} bytes and no NUL: choose a shorter password, or hash by "
            "argon2id."
        )
    return str(bcrypt.hashpw(password, bcrypt.gensalt()).decode())


def _bcrypt_verify(password: bytes, held: str) -> bool:
    bcrypt = _loaded("bcrypt")
    # Others write $2y$ for what is $2b$.
    same = held.replace("$2y$", "$2b$", 1).encode()
    try:
        return len(password) <= _BCRYPT_BYTES and bool(bcrypt.checkpw(password, same))
    except ValueError:
        return False


def _pbkdf2_make(password: bytes) -> str:
    salt = os.urandom(16)
    return _pbkdf2(password, salt, _ROUNDS)


def _pbkdf2(password: bytes, salt: bytes, rounds: int) -> str:
    key = pbkdf2_hmac("sha256", password, salt, rounds)
    return f"$pbkdf2-sha256${rounds}${_encoded(salt)}${_encoded(key)}"


def _pbkdf2_verify(password: bytes, held: str) -> bool:
    try:
        _, _, rounds, salt, _ = held.split("$")
        again = _pbkdf2(password, _decoded(salt), int(rounds))
    except ValueError:
        return False
    return hmac.compare_digest(again.encode(), held.encode())


def _encoded(raw: bytes) -> str:
    # The base64 of passlib: . for +, and no padding.
    return b64encode(raw, b"./").decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), b"./", validate=True)


def _loaded(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            f"Hashing passwords needs {name}: pip install 'ecma2py-sql[passwords]'."
        ) from error


SCHEMES: Mapping[str, Scheme] = {
    "argon2id": Scheme(
        ("$argon2id$", "$argon2i$", "$argon2d$"), _argon2_make, _argon2_verify, "argon2"
    ),
    "bcrypt": Scheme(("$2a$", "$2b$", "$2y$"), _bcrypt_make, _bcrypt_verify, "bcrypt"),
    "pbkdf2-sha256": Scheme(("$pbkdf2-sha256$",), _pbkdf2_make, _pbkdf2_verify),
}
"""By the name an administrator chooses."""
