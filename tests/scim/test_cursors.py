"""Cursors: what was sealed opens, and nothing else does."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from string import ascii_letters, digits

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ecma2py.scim.cursors import LONGEST_CURSOR, Cursors, Place
from ecma2py.scim.errors import ScimError

KEY = b"0123456789abcdef"
QUERY = b"Users"

positions = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def _refused(cursors: Cursors, cursor: str, query: bytes = QUERY, count: int | None = None) -> str:
    with pytest.raises(ScimError) as caught:
        cursors.open(cursor, query=query, count=count)
    assert caught.value.status == 400
    assert caught.value.scim_type is not None
    return caught.value.scim_type


@given(position=positions, query=st.binary(max_size=20), count=st.integers(0, 2**32 - 1))
def test_sealed_opens(position, query, count) -> None:
    """A cursor opens to the position and count it was sealed with, and is safe in a URL."""
    cursors = Cursors(KEY)

    cursor = cursors.seal(position, query=query, count=count)

    assert Place(position, count) == cursors.open(cursor, query=query, count=None)
    assert Place(position, count) == cursors.open(cursor, query=query, count=count)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursor.isascii()


@given(data=st.data(), position=positions)
def test_any_change_is_refused(data, position) -> None:
    """A cursor with any character changed, added or cut is invalidCursor."""
    cursors = Cursors(KEY)
    cursor = cursors.seal(position, query=QUERY, count=10)
    at = data.draw(st.integers(0, len(cursor)))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(st.text(alphabet="ABCZabcz059-_=", max_size=2))
    changed = cursor[:at] + put + cursor[at + cut :]
    assume(changed != cursor)

    assert _refused(cursors, changed) == "invalidCursor"


@pytest.mark.parametrize("position", [1, 12, 123, 1234])
def test_a_cursor_has_one_spelling(position) -> None:
    """Spare bits of the last character, padding and blanks do not make a second valid cursor."""
    cursors = Cursors(KEY)
    cursor = cursors.seal(position, query=QUERY, count=10)

    others = {cursor[:-1] + last for last in ascii_letters + digits + "-_"} - {cursor}
    for other in (*others, f"{cursor}=", f"{cursor}\n", f" {cursor}"):
        assert _refused(cursors, other) == "invalidCursor"


def test_no_byte_moves_from_the_query_into_the_cursor() -> None:
    """A cursor of one query cannot be cut into one of another by moving bytes between them."""
    cursors = Cursors(KEY)
    sealed = urlsafe_b64decode(cursors.seal(100, query=b"Users", count=10) + "==")
    moved = urlsafe_b64encode(sealed[:17] + b"s" + sealed[17:]).rstrip(b"=").decode()

    assert _refused(cursors, moved, query=b"User") == "invalidCursor"


@given(text=st.text(max_size=200))
def test_no_text_is_a_cursor(text) -> None:
    """Text nobody sealed is invalidCursor, whatever it holds."""
    assert _refused(Cursors(KEY), text) == "invalidCursor"


@given(one=st.binary(max_size=8), other=st.binary(max_size=8))
def test_a_cursor_serves_its_query_only(one, other) -> None:
    """A cursor of one query is invalidCursor for every other."""
    assume(one != other)
    cursors = Cursors(KEY)

    assert _refused(cursors, cursors.seal(1, query=one, count=1), query=other) == "invalidCursor"


def test_a_cursor_of_another_key_is_refused() -> None:
    """Cursors of another host, whose key differs, are invalidCursor."""
    foreign = Cursors(b"another key of 20 b.").seal(1, query=QUERY, count=1)

    assert _refused(Cursors(KEY), foreign) == "invalidCursor"


def test_hosts_with_one_key_share_cursors() -> None:
    """Two hosts with the same key open each other's cursors."""
    cursor = Cursors(KEY).seal([1, "x"], query=QUERY, count=5)

    assert Cursors(KEY).open(cursor, query=QUERY, count=None) == Place([1, "x"], 5)


def test_expires_after_the_timeout() -> None:
    """A cursor is good for the whole time-out and expiredCursor after it."""
    clock = Clock()
    cursors = Cursors(KEY, timeout=60, clock=clock)
    cursor = cursors.seal(1, query=QUERY, count=5)

    clock.now += 60
    assert cursors.open(cursor, query=QUERY, count=None) == Place(1, 5)
    clock.now += 1
    assert _refused(cursors, cursor) == "expiredCursor"


def test_without_timeout_a_cursor_never_expires() -> None:
    """With no time-out a cursor of any age opens."""
    clock = Clock()
    cursors = Cursors(KEY, timeout=None, clock=clock)
    cursor = cursors.seal(1, query=QUERY, count=5)
    clock.now += 10**9

    assert cursors.open(cursor, query=QUERY, count=None) == Place(1, 5)


def test_another_count_is_refused() -> None:
    """A page size other than the first page's is invalidCount."""
    cursors = Cursors(KEY)

    assert _refused(cursors, cursors.seal(1, query=QUERY, count=5), count=6) == "invalidCount"


def test_a_position_too_long_to_carry_is_refused_when_sealed() -> None:
    """No cursor longer than what opens is ever handed out."""
    with pytest.raises(ValueError, match="does not fit"):
        Cursors(KEY).seal("x" * LONGEST_CURSOR, query=QUERY, count=1)


def test_the_key_is_long_and_never_shown() -> None:
    """A short key is refused, and no key appears in a repr."""
    with pytest.raises(ValueError, match="16 bytes"):
        Cursors(b"short")

    assert "0123456789" not in repr(Cursors(KEY))
