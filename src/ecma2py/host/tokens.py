"""Bearer tokens: each opens one connector, and checking one never holds up the server."""

import asyncio
import hashlib
import ipaddress
import logging
import secrets
import threading
import time
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Self

from ecma2py.host.files import exclusive
from ecma2py.host.token_file import (
    LONGEST_TOKEN,
    SHORTEST_TOKEN,
    StoredToken,
    TokenError,
    Tokens,
    checked_label,
    checked_token,
    read_tokens,
    refuse_slowly,
    write_tokens,
)

_log = logging.getLogger(__name__)
_RELOAD_SECONDS = 1.0
_WRONG_REMEMBERED = 8192
_PENDING_AT_ONCE = 64
_PENDING_OF_ONE = 4
"""So many of them come from one client: it cannot keep the others out."""
_PENDING_OF_KNOWN = 16
"""So many of them are left to clients that have shown a right token before."""
_KNOWN_REMEMBERED = 4096


class Verdict(Enum):
    """What is known of a presented token, if it is not a valid one."""

    REFUSED = "refused"
    """It opens nothing here."""
    UNKNOWN = "unknown"
    """It was not seen before: ask ``verify_slow``, in a thread."""
    BUSY = "busy"
    """Too many unknown tokens are being checked: ask for another try in a second."""


def bearer(header: bytes | None) -> bytes | None:
    """The token in an ``Authorization`` header of scheme Bearer (RFC 6750), or None."""
    if header is None or header[:7].lower() != b"bearer ":
        return None
    return header[7:].strip(b" ")


class TokenStore:
    """The tokens in one file, shared with other processes: a change there is seen in a second.

    ``verify_cached`` decides at once about tokens seen before, which costs microseconds. A token
    not seen before is decided by ``verify_slow``, one at a time; :class:`TokenGate` asks it from an
    event loop.
    """

    __slots__ = (
        "_checked",
        "_identity",
        "_key",
        "_lock",
        "_path",
        "_right",
        "_slow",
        "_tokens",
        "_wrong",
    )

    def __init__(self, path: Path) -> None:
        self._path = path
        # What is remembered is a digest under a key that dies with the process: a memory dump
        # holds no token, and nobody outside can aim at a slot of the table.
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._slow = threading.Lock()
        self._right: dict[bytes, tuple[str, StoredToken]] = {}
        """The connector and the token that were recognised, by digest."""
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._checked = time.monotonic()
        self._identity = self._file_identity()
        self._tokens: Tokens = read_tokens(path)

    @classmethod
    def in_state(cls, state: Path) -> Self:
        """The store of a host whose state is in the directory *state*."""
        return cls(state / "tokens.json")

    def create(self, connector: str, label: str) -> str:
        """A new random token for *connector*: the only time it can be seen."""
        token = secrets.token_urlsafe(32)
        self._store(connector, token, label, generated=True)
        return token

    def add(self, connector: str, token: str, label: str) -> None:
        """Accept a token chosen elsewhere: 12 to 1024 printable ASCII characters."""
        self._store(connector, checked_token(token), label, generated=False)

    def list(self, connector: str | None = None) -> "list[tuple[str, StoredToken]]":
        """(connector, token) pairs in the order they were made."""
        self.reload()
        return [
            (name, token)
            for name, tokens in self._tokens.items()
            for token in tokens
            if connector in (None, name)
        ]

    def revoke(self, connector: str, label: str) -> None:
        """The token of this label opens nothing any more; TokenError if there is none."""
        with exclusive(self._path):
            tokens = read_tokens(self._path)
            kept = tuple(each for each in tokens.get(connector, ()) if each.label != label)
            if len(kept) == len(tokens.get(connector, ())):
                raise TokenError(f"Connector {connector} has no token labelled {label!r}.")
            self._replace({**tokens, connector: kept})

    def _store(self, connector: str, token: str, label: str, *, generated: bool) -> None:
        stored = StoredToken.made_from(token, checked_label(label), generated=generated)
        with exclusive(self._path):
            tokens = read_tokens(self._path)
            others = tokens.get(connector, ())
            if any(each.label == label for each in others):
                raise TokenError(
                    f"Connector {connector} has a token labelled {label!r} already: "
                    "revoke it or choose another label."
                )
            self._replace({**tokens, connector: (*others, stored)})

    def _replace(self, tokens: Tokens) -> None:
        write_tokens(self._path, tokens)
        self.reload()

    def verify_cached(self, connector: str, presented: bytes | str | None) -> str | Verdict:
        """The label of a token known to be right, else REFUSED or UNKNOWN. Never waits."""
        now = time.monotonic()
        if now - self._checked > _RELOAD_SECONDS:
            self._checked = now
            self.reload()
        token = _usable(presented)
        if token is None:
            return Verdict.REFUSED
        digest = self.digest(connector, token)
        known = self._right.get(digest)
        if known is not None:
            return known[1].label
        with self._lock:
            if digest not in self._wrong:
                return Verdict.UNKNOWN
            self._wrong.move_to_end(digest)
            return Verdict.REFUSED

    def verify_slow(self, connector: str, presented: bytes | str | None) -> str | Verdict:
        """The label of a right token, else REFUSED. Takes up to 50 ms a stored token."""
        token = _usable(presented)
        if token is None:
            return Verdict.REFUSED
        with self._slow:
            # Another thread may have decided on the same token in the meantime.
            known = self.verify_cached(connector, token)
            return self._decide(connector, token) if known is Verdict.UNKNOWN else known

    def _decide(self, connector: str, token: bytes) -> str | Verdict:
        tokens = self._tokens
        own = tokens.get(connector, ())
        right = next((each for each in own if each.matches(token)), None)
        if right is None:
            refuse_slowly(tokens, own, token)
        digest = self.digest(connector, token)
        with self._lock:
            if tokens is not self._tokens:
                # The file changed meanwhile: the verdict holds for this request alone.
                return Verdict.REFUSED if right is None else right.label
            if right is not None:
                self._right[digest] = connector, right
                return right.label
            self._wrong[digest] = None
            if len(self._wrong) > _WRONG_REMEMBERED:
                self._wrong.popitem(last=False)
        return Verdict.REFUSED

    def digest(self, connector: str, token: bytes) -> bytes:
        """What stands for a token in tables; useless outside this process."""
        text = connector.encode() + b"\0" + token
        return hashlib.blake2b(text, digest_size=32, key=self._key).digest()

    def reload(self) -> None:
        """Take over the file if it changed; a damaged one changes nothing but is logged."""
        identity = self._file_identity()
        if identity == self._identity:
            return
        try:
            tokens = read_tokens(self._path)
        except TokenError:
            _log.exception("The token file cannot be used; the tokens read before stay valid.")
            tokens = self._tokens
        with self._lock:
            self._identity = identity
            self._tokens = tokens
            self._right = {
                digest: (connector, token)
                for digest, (connector, token) in self._right.items()
                if token in tokens.get(connector, ())
            }
            self._wrong.clear()

    def _file_identity(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


class TokenGate:
    """Checks tokens for an event loop: at once when known, else one at a time in a thread.

    Requests that wait for the same token share one check. When four different unknown tokens of
    one client wait already, its fifth is answered BUSY, as is anybody's when 64 wait: a flood of
    wrong tokens costs one thread, and neither memory, nor the requests whose tokens are known, nor
    the first request of another client. A flood from many addresses leaves places to the clients
    that have shown a right token before, and they do not wait behind it.
    """

    __slots__ = ("_by_client", "_known", "_pending", "_store", "_thread", "_thread_of_known")

    def __init__(self, store: TokenStore) -> None:
        self._store = store
        self._pending: dict[bytes, asyncio.Future[str | Verdict]] = {}
        self._by_client: Counter[str] = Counter()
        self._known: dict[str, None] = {}
        """The clients that have shown a right token, the oldest first."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tokens")
        self._thread_of_known = ThreadPoolExecutor(1, thread_name_prefix="tokens-of-known")

    async def check(
        self, connector: str, presented: bytes | str | None, client: str = ""
    ) -> str | Verdict:
        """The label of a right token, else REFUSED or BUSY; *client* is the address it is from."""
        verdict = self._store.verify_cached(connector, presented)
        client = network(client)
        if verdict is Verdict.UNKNOWN and (token := _usable(presented)) is not None:
            verdict = await self._checked(connector, token, client)
        if client not in self._known and isinstance(verdict, str):
            self._known[client] = None
            if len(self._known) > _KNOWN_REMEMBERED:
                del self._known[next(iter(self._known))]
        return verdict

    async def _checked(self, connector: str, token: bytes, client: str) -> str | Verdict:
        digest = self._store.digest(connector, token)
        pending = self._pending.get(digest)
        if pending is None:
            is_known = client in self._known
            most = _PENDING_AT_ONCE if is_known else _PENDING_AT_ONCE - _PENDING_OF_KNOWN
            if self._by_client[client] >= _PENDING_OF_ONE or len(self._pending) >= most:
                return Verdict.BUSY
            thread = self._thread_of_known if is_known else self._thread
            loop = asyncio.get_running_loop()
            pending = loop.run_in_executor(thread, self._store.verify_slow, connector, token)
            self._pending[digest] = pending
            self._by_client[client] += 1
            pending.add_done_callback(lambda _: self._decided(digest, client))
        # A client that hangs up must not cancel the check for the others.
        return await asyncio.shield(pending)

    def _decided(self, digest: bytes, client: str) -> None:
        del self._pending[digest]
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]

    def close(self) -> None:
        """End the threads once their present checks are done."""
        for each in (self._thread, self._thread_of_known):
            each.shutdown(wait=False, cancel_futures=True)


@lru_cache(maxsize=_KNOWN_REMEMBERED)
def network(address: str) -> str:
    """Who is counted as one client: an IPv4 address, or the /64 that one subscriber of IPv6 has."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv4Address):
        return address
    mapped = read.ipv4_mapped
    return str(mapped) if mapped is not None else read.packed[:8].hex()


def _usable(presented: bytes | str | None) -> bytes | None:
    """The token as bytes if it has the form of one: printable ASCII of a sensible length."""
    if presented is None or not SHORTEST_TOKEN <= len(presented) <= LONGEST_TOKEN:
        return None
    if not presented.isascii():
        return None
    return presented.encode("ascii") if isinstance(presented, str) else presented
