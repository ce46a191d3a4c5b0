"""Reads of much stay within memory and time, and keep small ones from nothing."""

import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from threading import current_thread
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.host import reading
from ecma2py.scim.listing import Query
from tests.host.serving import Client, config_text, running


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a directory with five groups of three members."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as started:
        members = [{"value": (await started.person(f"p{n}"))["id"]} for n in range(3)]
        for number in range(5):
            body = {"displayName": f"G{number}", "members": members}
            await started.json("POST", "/Groups", body)
        yield started


@pytest.mark.parametrize("query", [{}, {"filter": "displayName pr"}, {"sortBy": "displayName"}])
async def test_a_page_ends_where_it_is_full(
    client: Client, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    """Pages of large resources are shorter than asked for, and together they show everything."""
    one = await client.json("GET", "/Groups", count="1")
    values = reading._values(one["Resources"][0])
    monkeypatch.setattr(reading, "PAGE_VALUES", 2 * values)
    names: list[str] = []
    while len(names) < 5:
        start = str(len(names) + 1)
        page = await client.json("GET", "/Groups", startIndex=start, count="5", **query)
        assert page["totalResults"] == 5
        assert 1 <= page["itemsPerPage"] <= 2
        names += [each["displayName"] for each in page["Resources"]]
    assert names == [f"G{number}" for number in range(5)]


async def test_cursor_pages_end_where_they_are_full(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor goes on behind the last resource shown, however short its page was."""
    monkeypatch.setattr(reading, "PAGE_VALUES", 1)
    names, cursor = [], ""
    for _ in range(5):
        page = await client.json("GET", "/Groups", cursor=cursor, count="3")
        names += [each["displayName"] for each in page["Resources"]]
        cursor = page.get("nextCursor", "")
    assert (names, cursor) == ([f"G{number}" for number in range(5)], "")


async def test_a_search_ends_with_its_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that takes too long is answered 503, and its thread does not go on."""
    times = iter(range(0, 100_000, 1000))
    monkeypatch.setattr(reading, "perf_counter", lambda: float(next(times)))
    answer = await client.send("GET", "/Groups", filter='title co "x"')
    assert answer.status_code == 503


@pytest.mark.parametrize(("at_once", "beside"), [(2, True), (5, False)])
async def test_few_matches_are_answered_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, at_once: int, beside: bool
) -> None:
    """An indexed equality with many matches is worked through beside the event loop."""
    threads: list[str] = []
    real = reading.Reader._answer

    def answer(*arguments: object) -> object:
        threads.append(current_thread().name)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "_INLINE_RESULTS", at_once)
    monkeypatch.setattr(reading.Reader, "_answer", answer)
    for number in range(3):
        people = await client.found("/Users", f'userName eq "p{number}"')
        group = {"op": "replace", "path": "displayName", "value": "same"}
        assert (await client.patch(f"/Users/{people[0]['id']}", group)).is_success
    threads.clear()
    assert len(await client.found("/Users", 'displayName eq "same"')) == 3
    assert threads[0].startswith("read-") is beside


@given(st.lists(st.integers(0, 3), max_size=12), st.booleans(), st.integers(1, 5))
def test_sorting_in_parts_is_sorting(keys: list[int], descending: bool, size: int) -> None:
    """What is sorted a part at a time is in the same order, equals in the order they came in."""
    places: list[Any] = [((True, key), None, str(at)) for at, key in enumerate(keys)]
    query = cast("Query", SimpleNamespace(descending=descending))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "_SORTED", size)
        found = list(reading._ordered(places, query))
    assert found == sorted(places, key=lambda each: each[0], reverse=descending)


async def test_sorting_holds_no_more_than_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sorted list needs a few hundred bytes for each object, whatever the objects hold."""
    monkeypatch.setattr(reading, "SCAN_PAGE", 20)
    async with running(tmp_path, config_text(name=str(tmp_path))) as client:
        text = "x" * 10_000
        for number in range(300):
            person = {"userName": f"p{number:03}", "title": text}
            assert (await client.send("POST", "/Users", person)).status_code == 201
        tracemalloc.start()
        try:
            page = await client.json("GET", "/Users", sortBy="userName", count="1")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert page["totalResults"] == 300
        assert page["Resources"][0]["userName"] == "p000"
        assert peak < 100 * len(text)
