"""Where secrets come from (environment, files) and how they are kept out of everything written."""

import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from attrs import define, field

from ecma2py.errors import ConfigurationError
from ecma2py.parameters import SecureString
from ecma2py.redaction import MASK, SHORTEST_MASKED, encodable, masked, pattern_of

LARGEST_SECRET_FILE = 64 * 1024

REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
"""``${NAME}``, which stands for an environment variable."""
_VARIABLE = re.compile(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_KEYS = re.compile(
    r"passw|pwd|passphrase|secret|token|authorization|apikey|credential|privatekey|cookie"
)
_SCHEMES = re.compile(r"\b(bearer|basic)\s+[\w.~+/=!-]+", re.IGNORECASE)
_ASSIGNMENTS = re.compile(
    r"""((?:password|passwd|pwd|secret|token)\w{0,32}(?:["']\s{0,4}:|["']?\s{0,4}=)\s{0,4})"""
    r"""(?:\{[^}]*\}|"[^"]*"|'[^']*'|[^\s;,&"']+)""",
    re.IGNORECASE,
)


def escaped(text: str) -> str:
    """*text* as the file must have it if nothing in it is a reference."""
    return REFERENCE.sub(lambda match: f"${match[0]}", text)


def variable_name(*parts: str) -> str:
    """The environment variable for a secret of that name, such as ``HR_PASSWORD``."""
    name = re.sub(r"\W+", "_", "_".join(parts).upper(), flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() else name


class AnyVariable(Mapping[str, str]):
    """An environment that has every variable; one that is not set stands for itself.

    For what only looks at a file: whether a variable is set matters when the host starts.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ or {}

    def __getitem__(self, name: str) -> str:
        return self._environ.get(name, f"${{{name}}}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)


class UnresolvedReferenceError(ConfigurationError):
    """A reference leads nowhere; the message names the variable or file, never a value."""


@define
class References:
    """Text with every ``${NAME}`` replaced, and what was put in remembered as a secret.

    ``$${NAME}`` stands for the literal text ``${NAME}``. Files are looked up relative to *base*.
    """

    base: Path
    environ: Mapping[str, str] = field(factory=lambda: os.environ, repr=False)
    resolved: list[SecureString] = field(factory=list, init=False, repr=False)
    """Every secret resolved so far, to be registered with a :class:`Redactor`."""

    def expand(self, text: str) -> str:
        """*text* with its variables filled in; UnresolvedReferenceError names a missing one."""
        return _VARIABLE.sub(self._substitute, text)

    def _substitute(self, match: re.Match[str]) -> str:
        escaped, name = match.groups()
        return match.group()[1:] if escaped else self._environment(name)

    def _environment(self, name: str) -> str:
        try:
            return self.environ[name]
        except KeyError:
            raise UnresolvedReferenceError(
                f"the environment variable {name} is not set: set it before the host starts"
            ) from None

    def secret(self, value: object) -> SecureString | None:
        """The secret *value* refers to; None if it refers to nothing.

        A reference is a string holding ``${NAME}``, ``{ env = "NAME" }`` or ``{ file = "path" }``.
        """
        if isinstance(value, str):
            return self._secret_text(value)
        if isinstance(value, Mapping) and len(value) == 1:
            ((kind, name),) = value.items()
            if kind == "env" and isinstance(name, str):
                return self._keep(self._environment(name))
            if kind == "file" and isinstance(name, str):
                return self._keep(self._file(self.expand(name)))
        raise UnresolvedReferenceError(
            'expected a string, { env = "NAME" } or { file = "path" } (one key only)'
        )

    def _secret_text(self, text: str) -> SecureString | None:
        names = [name for escaped, name in _VARIABLE.findall(text) if not escaped]
        if not names:
            return None
        for name in names:
            self._keep(self._environment(name))
        return self._keep(self.expand(text))

    def _file(self, name: str) -> str:
        path = self.base / Path(name).expanduser()
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_SECRET_FILE + 1)
        except OSError as error:
            raise UnresolvedReferenceError(
                f"the file {name} cannot be read: {error.strerror}"
            ) from error
        if len(content) > LARGEST_SECRET_FILE:
            raise UnresolvedReferenceError(
                f"the file {name} is larger than {LARGEST_SECRET_FILE} bytes: no secret is"
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnresolvedReferenceError(f"the file {name} is not UTF-8 text") from None
        return text.removesuffix("\n").removesuffix("\r")

    def _keep(self, text: str) -> SecureString:
        secret = SecureString(text)
        self.resolved.append(secret)
        return secret


@lru_cache(maxsize=1024)
def looks_secret(key: str) -> bool:
    """True for a key whose value is never written: ``password``, ``X-Api-Key`` and the like."""
    return _SECRET_KEYS.search(re.sub(r"[^a-z]", "", key.lower())) is not None


class Redactor:
    """No registered secret is left in what :meth:`text` or :meth:`value` give back.

    A secret is also found in the spellings it takes inside other text: escaped as in a Python repr
    or in JSON, and percent-encoded. Secrets shorter than four characters are not registered, since
    they would blank out ordinary words; their keys still are. Thread-safe.
    """

    __slots__ = ("_lock", "_pattern", "_secrets")

    def __init__(self, secrets: Iterable[SecureString | str] = ()) -> None:
        self._lock = threading.Lock()
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.register(*secrets)

    def register(self, *secrets: SecureString | str) -> None:
        """Keep these out of everything from now on."""
        texts = (each.reveal() if isinstance(each, SecureString) else each for each in secrets)
        found = {text for text in texts if len(text) >= SHORTEST_MASKED}
        with self._lock:
            if not found <= self._secrets:
                self._secrets |= found
                self._pattern = pattern_of(self._secrets)

    def knows(self, text: str) -> bool:
        """True for a text that is one of the registered secrets."""
        return text in self._secrets

    def text(self, text: str) -> str:
        """*text* without registered secrets, bearer tokens and ``password=...`` assignments."""
        text = masked(text, self._pattern)
        # Most values are one word: what cannot match is not searched for.
        if " " in text:
            text = _SCHEMES.sub(rf"\1 {MASK}", text)
        if "=" in text or ":" in text:
            text = _ASSIGNMENTS.sub(rf"\1{MASK}", text)
        return text

    def is_harmless(self, line: str) -> bool:
        """True for a line of JSON that :meth:`value` would leave as it is; cheap, so not exact.

        Without escapes and apostrophes no value holds what looks like a key, without equals signs
        and spaces none holds an assignment or a bearer token.
        """
        if "=" in line or " " in line or "\\" in line or "'" in line:
            return False
        return masked(line, self._pattern) is line

    def key(self, key: str) -> str:
        """The name of a value without registered secrets."""
        return masked(encodable(key), self._pattern)

    def value(self, value: object, key: str = "") -> object:
        """Any value as plain data for a log line, with nothing secret in it at any depth."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, SecureString) or (key and looks_secret(key)):
            return MASK
        if isinstance(value, str):
            return self.text(encodable(value))
        if isinstance(value, int | float):
            return value if self.text(str(value)) == str(value) else MASK
        if isinstance(value, Mapping):
            return {
                self.key(str(name)): self.value(item, str(name)) for name, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        if isinstance(value, bytes | bytearray):
            return self.text(bytes(value).decode("utf-8", "backslashreplace"))
        return self.text(encodable(str(value)))
