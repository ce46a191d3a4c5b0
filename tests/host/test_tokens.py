"""A token opens its connector and nothing else, and wrong ones cost the server next to nothing."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py.host import token_file
from ecma2py.host.token_file import StoredToken, TokenError
from ecma2py.host.tokens import TokenGate, TokenStore, Verdict, bearer, network

CHOSEN = "correct-horse-battery"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the token file will be."""
    return tmp_path / "state" / "tokens.json"


@pytest.fixture
def store(path: Path) -> TokenStore:
    """A store without tokens."""
    return TokenStore(path)


def test_a_token_opens_its_connector_and_no_other(store: TokenStore) -> None:
    """Several tokens of a connector are valid at once, and none elsewhere."""
    first = store.create("HR", "first")
    second = store.create("HR", "second")
    other = store.create("hr", "other")
    assert store.verify_slow("HR", first.encode()) == "first"
    assert store.verify_slow("HR", second) == "second"
    assert store.verify_slow("hr", other) == "other"
    assert store.verify_slow("hr", first) is Verdict.REFUSED
    assert store.verify_slow("HR", other) is Verdict.REFUSED
    assert store.verify_slow("missing", first) is Verdict.REFUSED


def test_a_chosen_token_is_accepted(store: TokenStore) -> None:
    """A token made elsewhere works like one made here."""
    store.add("HR", CHOSEN, "chosen")
    assert store.verify_slow("HR", CHOSEN) == "chosen"
    assert store.verify_slow("HR", CHOSEN + "x") is Verdict.REFUSED


@pytest.mark.parametrize(
    "token", ["", "elevenchars", "x" * 1025, "twelve chars", "passwört-länger", "a" * 12 + "\0"]
)
def test_a_bad_token_is_refused_without_being_shown(store: TokenStore, token: str) -> None:
    """12 to 1024 printable ASCII characters; the error never quotes what was given."""
    with pytest.raises(TokenError) as caught:
        store.add("HR", token, "bad")
    assert not token or token not in str(caught.value)
    assert store.list() == []


def test_labels_are_unique_for_a_connector(store: TokenStore) -> None:
    """A label says which token; it is printable and given once."""
    store.create("HR", "a")
    store.create("CRM", "a")
    for label in ("a", "", "x" * 65, "two\nlines"):
        with pytest.raises(TokenError):
            store.create("HR", label)
    assert [(name, token.label) for name, token in store.list()] == [("HR", "a"), ("CRM", "a")]
    assert [name for name, _ in store.list("CRM")] == ["CRM"]


def test_a_revoked_token_is_refused_at_once(store: TokenStore) -> None:
    """Revoking also forgets that the token was right a moment ago."""
    token = store.create("HR", "a")
    kept = store.create("HR", "b")
    assert store.verify_slow("HR", token) == "a"
    store.revoke("HR", "a")
    assert store.verify_slow("HR", token) is Verdict.REFUSED
    assert store.verify_slow("HR", kept) == "b"
    with pytest.raises(TokenError, match="no token labelled 'a'"):
        store.revoke("HR", "a")


def test_the_file_holds_no_token(store: TokenStore, path: Path) -> None:
    """Only salted hashes are stored: not the token, and not twice the same hash."""
    token = store.create("HR", "a")
    store.add("HR", CHOSEN, "b")
    store.add("HR", CHOSEN, "c")
    text = path.read_text()
    assert token not in text
    assert CHOSEN not in text
    assert len({each["scrypt"] for each in json.loads(text)["connectors"]["HR"]}) == 3
    assert CHOSEN not in repr(store.list()) + repr(store)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_the_file_is_for_its_owner_alone(store: TokenStore, path: Path) -> None:
    """Nobody else reads the file, and no temporary file is left beside it."""
    store.create("HR", "a")
    assert path.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in path.parent.iterdir()} == {"tokens.json", ".tokens.json.lock"}


def test_another_process_is_heard_within_a_second(
    store: TokenStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token added or revoked by the command line counts without a restart."""
    other = TokenStore(path)
    token = other.create("HR", "a")
    assert store.verify_slow("HR", token) is Verdict.REFUSED
    later = time.monotonic() + 2
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert store.verify_slow("HR", token) == "a"
    other.revoke("HR", "a")
    monkeypatch.setattr(time, "monotonic", lambda: later + 2)
    assert store.verify_slow("HR", token) is Verdict.REFUSED


def test_a_deleted_file_opens_nothing(store: TokenStore, path: Path) -> None:
    """Without a file there is no token."""
    token = store.create("HR", "a")
    assert store.verify_slow("HR", token) == "a"
    path.unlink()
    store.reload()
    assert store.verify_slow("HR", token) is Verdict.REFUSED


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 1}', '{"version": 1, "connectors": {"a": [{}]}}']
)
def test_a_damaged_file_is_told(path: Path, content: str) -> None:
    """A host does not start with a file it cannot read."""
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(TokenError, match="damaged"):
        TokenStore(path)


def test_a_newer_or_unreadable_file_is_told(path: Path, tmp_path: Path) -> None:
    """A file of another version is not guessed at, and a directory is no file."""
    path.parent.mkdir()
    path.write_text('{"version": 2, "connectors": {}}')
    with pytest.raises(TokenError, match="version 2"):
        TokenStore(path)
    with pytest.raises(TokenError, match="cannot be read"):
        TokenStore(tmp_path)


def test_damage_on_the_way_keeps_the_tokens_and_is_logged(
    store: TokenStore, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A running host goes on with the tokens it has, and says so once."""
    token = store.create("HR", "a")
    path.write_text("{")
    store.reload()
    store.reload()
    assert store.verify_slow("HR", token) == "a"
    assert len(caplog.records) == 1


def test_a_known_token_is_decided_without_scrypt(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right and wrong tokens are remembered; only the first look costs anything."""
    token = store.create("HR", "a")
    assert store.verify_cached("HR", token) is Verdict.UNKNOWN
    store.verify_slow("HR", token)
    store.verify_slow("HR", "wrong" * 4)
    monkeypatch.setattr(StoredToken, "matches", None)
    assert store.verify_cached("HR", token) == "a"
    assert store.verify_slow("HR", token) == "a"
    assert store.verify_cached("HR", "wrong" * 4) is Verdict.REFUSED


def test_a_wrong_token_costs_no_scrypt_where_tokens_are_generated(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint of a generated token refuses others in microseconds."""
    store.create("HR", "a")
    monkeypatch.setattr("hashlib.scrypt", None)
    assert store.verify_slow("HR", "wrong" * 4) is Verdict.REFUSED


def test_remembered_wrong_tokens_are_bounded(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest wrong token is forgotten, one asked for again is kept."""
    monkeypatch.setattr("ecma2py.host.tokens._WRONG_REMEMBERED", 2)
    store.create("HR", "a")
    first, second, third = ("first-" * 3, "second-" * 3, "third-" * 3)
    for token in (first, second, first, third):
        store.verify_slow("HR", token)
    assert store.verify_cached("HR", first) is Verdict.REFUSED
    assert store.verify_cached("HR", second) is Verdict.UNKNOWN


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """A store with one token, for tests that only ask."""
    store = TokenStore.in_state(tmp_path_factory.mktemp("tokens"))
    store.create("HR", "a")
    return store


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(connector=st.sampled_from(["HR", "x", ""]), presented=st.none() | st.binary() | st.text())
def test_whatever_is_presented_is_answered(
    shared: TokenStore, connector: str, presented: bytes | str | None
) -> None:
    """Any header content is refused without an exception."""
    assert shared.verify_slow(connector, presented) is Verdict.REFUSED


@pytest.mark.parametrize("presented", [b"x" * 1_000_000, b"\0" * 20, "\ud800" * 20, "é" * 20])
def test_what_cannot_be_a_token_is_refused_at_once(
    shared: TokenStore, presented: bytes | str
) -> None:
    """Over-long and non-ASCII headers never reach a hash; NUL is refused as any wrong token."""
    assert shared.verify_slow("HR", presented) is Verdict.REFUSED
    assert shared.verify_slow("HR", presented) is Verdict.REFUSED


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (b"Bearer abc", b"abc"),
        (b"bEARER  abc ", b"abc"),
        (b"Basic abc", None),
        (b"Bearer", None),
        (b"", None),
        (None, None),
    ],
)
def test_the_scheme_is_bearer_in_any_case(header: bytes | None, token: bytes | None) -> None:
    """RFC 7235: a scheme is compared without regard to case."""
    assert bearer(header) == token


def test_a_change_during_a_check_is_not_remembered(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token revoked while it was being checked is not valid for the next request."""
    token = store.create("HR", "a")
    matches = StoredToken.matches

    def revoking(stored: StoredToken, presented: bytes) -> bool:
        monkeypatch.setattr(StoredToken, "matches", matches)
        TokenStore(store._path).revoke("HR", "a")
        store.reload()
        return matches(stored, presented)

    monkeypatch.setattr(StoredToken, "matches", revoking)
    assert store.verify_slow("HR", token) == "a"
    assert store.verify_slow("HR", token) is Verdict.REFUSED


async def test_a_flood_of_unknown_tokens_is_turned_away(store: TokenStore) -> None:
    """Known tokens pass, requests with one token share a check, and a flood is BUSY."""
    gate = TokenGate(store)
    store.add("HR", CHOSEN, "chosen")
    store.create("CRM", "known")
    assert await asyncio.gather(*[gate.check("HR", CHOSEN) for _ in range(50)]) == ["chosen"] * 50
    flood = [asyncio.ensure_future(gate.check("HR", f"wrong-token-{n:04}")) for n in range(100)]
    await asyncio.sleep(0)
    started = time.perf_counter()
    assert await gate.check("HR", CHOSEN) == "chosen"
    assert await gate.check("HR", None) is Verdict.REFUSED
    assert time.perf_counter() - started < 1
    verdicts = await asyncio.gather(*flood)
    assert verdicts.count(Verdict.REFUSED) == 4
    assert verdicts.count(Verdict.BUSY) == 96
    gate.close()


async def test_a_flood_keeps_out_no_other_client(store: TokenStore) -> None:
    """While one client floods, the first request of another one is decided."""
    gate = TokenGate(store)
    store.add("HR", CHOSEN, "chosen")
    flood = [
        asyncio.ensure_future(gate.check("HR", f"wrong-token-{n:04}", "10.0.0.1"))
        for n in range(100)
    ]
    await asyncio.sleep(0)
    assert await gate.check("HR", CHOSEN, "10.0.0.2") == "chosen"
    await asyncio.gather(*flood)
    assert await gate.check("HR", "one-more-wrong", "10.0.0.1") is Verdict.REFUSED
    gate.close()


async def test_a_flood_from_everywhere_keeps_out_no_known_client(store: TokenStore) -> None:
    """Whoever has shown a right token is heard while wrong ones come from many addresses."""
    gate = TokenGate(store)
    store.add("HR", CHOSEN, "chosen")
    store.add("CRM", CHOSEN, "another")
    assert await gate.check("HR", CHOSEN, "10.0.0.1") == "chosen"
    flood = [
        asyncio.ensure_future(gate.check("HR", f"wrong-token-{n:04}", f"10.1.0.{n}"))
        for n in range(100)
    ]
    await asyncio.sleep(0)
    assert await gate.check("CRM", CHOSEN, "10.0.0.2") is Verdict.BUSY
    assert await gate.check("CRM", CHOSEN, "10.0.0.1") == "another"
    assert sum(not each.done() for each in flood) > 40  # it did not wait for all of them
    verdicts = await asyncio.gather(*flood)
    assert verdicts.count(Verdict.REFUSED) == 48
    gate.close()


async def test_known_clients_are_bounded(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client that was first known is the first to be forgotten."""
    monkeypatch.setattr("ecma2py.host.tokens._KNOWN_REMEMBERED", 2)
    gate = TokenGate(store)
    token = store.create("HR", "a")
    for number in range(4):
        assert await gate.check("HR", token, f"10.0.0.{number}") == "a"
    assert list(gate._known) == ["10.0.0.2", "10.0.0.3"]
    gate.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("", "nowhere", False),
    ],
)
def test_who_counts_as_one_client(one: str, other: str, same: bool) -> None:
    """An IPv4 address, or the 2**64 addresses that one subscriber of IPv6 has."""
    assert (network(one) == network(other)) is same


def test_a_change_forgets_no_token_that_stays(store: TokenStore, path: Path) -> None:
    """A token added or revoked costs the clients of all others no slow check."""
    store.add("HR", CHOSEN, "chosen")
    store.add("CRM", CHOSEN, "another")
    assert store.verify_slow("HR", CHOSEN) == "chosen"
    assert store.verify_slow("CRM", CHOSEN) == "another"
    TokenStore(path).create("HR", "made")
    TokenStore(path).revoke("CRM", "another")
    store.reload()
    assert store.verify_cached("HR", CHOSEN) == "chosen"
    assert store.verify_cached("CRM", CHOSEN) is Verdict.UNKNOWN
    TokenStore(path).revoke("HR", "chosen")
    TokenStore(path).add("HR", f"{CHOSEN}-2", "chosen")
    store.reload()
    assert store.verify_cached("HR", CHOSEN) is Verdict.UNKNOWN


def test_the_time_of_a_refusal_tells_no_connector(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many slow hashes are done for a connector that does not exist as for one that does."""
    store.add("HR", CHOSEN, "chosen")
    store.add("HR", f"{CHOSEN}-2", "other")
    store.create("CRM", "made")
    done: list[object] = []
    real = token_file._slow
    monkeypatch.setattr(
        token_file, "_slow", lambda token, salt: (done.append(token), real(token, salt))[1]
    )
    for connector in ("HR", "CRM", "NONE"):
        assert store.verify_slow(connector, f"wrong-for-{connector}") is Verdict.REFUSED
        assert len(done) == 2
        done.clear()


async def test_a_client_that_hangs_up_cancels_nobody_elses_check(store: TokenStore) -> None:
    """Two requests share a check; the first goes away, the second is answered."""
    gate = TokenGate(store)
    store.add("HR", CHOSEN, "chosen")
    gone = asyncio.ensure_future(gate.check("HR", CHOSEN))
    stays = asyncio.ensure_future(gate.check("HR", CHOSEN))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == "chosen"
    gate.close()


def test_two_writers_lose_nothing(path: Path) -> None:
    """Stores of two processes add tokens in turn, each over what the other wrote."""
    first, second = TokenStore(path), TokenStore(path)
    for number in range(3):
        first.create("HR", f"first-{number}")
        second.create("HR", f"second-{number}")
    assert len(first.list()) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses differently")
def test_a_failed_write_leaves_the_old_file(
    store: TokenStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the old file stays, and no temporary one is left."""
    token = store.create("HR", "a")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.create("HR", "b")
    assert store.verify_slow("HR", token) == "a"
    assert {each.name for each in path.parent.iterdir()} == {"tokens.json", ".tokens.json.lock"}
