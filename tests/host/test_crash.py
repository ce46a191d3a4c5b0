"""A host killed at any instant has lost nothing that it acknowledged, and serves it at once."""

import random
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
from attrs import define, field

from ecma2py.host.control_address import ControlAddress
from tests.host.processes import (
    PERSON,
    HostProcess,
    free_port,
    hr_config,
    hr_database,
    patch,
    person,
    process,
    rows,
)

KILLS = 5
WRITERS = 4
QUIET = "\n[connectors.HR.import]\non_start = false\nremoval_guard = 1\n"
"""Nothing is imported on start, so that what the space holds can be seen before it is mended."""


@define
class Known:
    """What a client knows of one person: what was acknowledged, and what it last asked for."""

    id: str
    acknowledged: str | None
    """The title; None for a person that was deleted."""
    asked: str | None


@define
class Client:
    """Creates, changes and deletes people of its own until the host is gone."""

    host: HostProcess
    name: str
    people: dict[str, Known] = field(factory=dict)
    wrong: list[str] = field(factory=list)

    def work(self) -> None:
        """One write after another."""
        with suppress(httpx.TransportError), self.host.client() as http:
            for turn in range(100_000):
                number = f"{self.name}-{turn}"
                self.people[number] = known = Known("", None, "made")
                made = http.post("/Users", json=person(number, title="made"))
                known.id = self._expect(made, 201).json()["id"]
                known.acknowledged = "made"
                known.asked = "changed"
                where = f"/Users/{known.id}"
                self._expect(http.patch(where, json=patch("title", "changed")), 204)
                known.acknowledged = "changed"
                if turn % 3 == 0:
                    known.asked = None
                    self._expect(http.delete(where), 204)
                    known.acknowledged = None

    def _expect(self, answer: httpx.Response, status: int) -> httpx.Response:
        if answer.status_code != status:
            self.wrong.append(answer.text)
        return answer


def command(host: HostProcess, kind: str) -> dict[str, Any]:
    """What became of an import that was asked for."""
    address = ControlAddress.read(host.folder / "state")
    headers = {"Authorization": f"Bearer {address.token}"}
    body = {"connector": "HR", "kind": kind}
    url = f"{address.url}/control/import"
    answer = httpx.post(url, json=body, headers=headers, timeout=60)
    assert answer.is_success, answer.text
    return answer.json()  # type: ignore[no-any-return]


def import_for_ever(host: HostProcess) -> None:
    """One import after another until the host is gone."""
    with suppress(httpx.TransportError):
        for turn in range(10_000):
            command(host, "full" if turn % 3 == 0 else "delta")


def change_beside(database: Path, title: str, stop: threading.Event) -> None:
    """Somebody else changes rows of the target, so that imports have something to bring."""
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as connection:
        turn = 0
        while not stop.is_set():
            number = f"E{10_001 + turn % 300}"
            query = "UPDATE people SET title = ? WHERE employee_number = ?"
            connection.execute(query, (title, number))
            turn += 1
            stop.wait(0.002)


def served(host: HostProcess) -> dict[str, dict[str, Any]]:
    """Every person that the host serves, by id."""
    found = {}
    with host.client() as http:
        start = 1
        while True:
            page = http.get("/Users", params={"startIndex": str(start), "count": "1000"}).json()
            found.update({each["id"]: each for each in page["Resources"]})
            start += 1000
            if start > page["totalResults"]:
                return found


def test_a_killed_host_loses_nothing(tmp_path: Path) -> None:
    """Kill -9 under writes, imports and changes beside: target and space have what was said.

    The watermark is that of an import whose objects the space has: a delta import from it brings
    the space to where the target is.
    """
    chance = random.Random(11)
    database, port = hr_database(tmp_path, people=400), free_port()
    everybody: dict[str, Known] = {}
    for turn in range(KILLS):
        with process(tmp_path, hr_config(database, port, more=QUIET), port) as host:
            host.until_up()
            check_acknowledged(host, database, everybody)
            clients = [Client(host, f"K{turn}-{who}") for who in range(WRITERS)]
            stop = threading.Event()
            threads = [
                *(threading.Thread(target=each.work) for each in clients),
                threading.Thread(target=import_for_ever, args=(host,)),
                threading.Thread(target=change_beside, args=(database, f"T{turn}", stop)),
            ]
            for each in threads:
                each.start()
            stop.wait(chance.uniform(0.2, 1.2))
            host.kill()
            stop.set()
            check_watermark(tmp_path / "state" / "HR" / "space.db")
            for each in threads:
                each.join(30)
            for client in clients:
                assert client.wrong == []
                everybody.update(client.people)
    with process(tmp_path, hr_config(database, port, more=QUIET), port) as host:
        host.until_up()
        check_acknowledged(host, database, everybody)
        assert command(host, "delta")["result"] in ("success", "completed-no-objects")
        check_titles(host, database)
        assert command(host, "full")["result"] == "success"
        titles = check_titles(host, database)
        assert len(titles) == rows(database, "SELECT count(*) FROM people")[0][0]
        assert host.stop() == 0
    assert sum(each.acknowledged is not None for each in everybody.values()) > KILLS


def check_acknowledged(host: HostProcess, database: Path, everybody: dict[str, Known]) -> None:
    """Each person is as was acknowledged, or as was asked for last, in target and space alike."""
    query = "SELECT employee_number, title FROM people"
    target = dict(rows(database, query))
    space = {each[PERSON]["employee_number"]: each for each in served(host).values()}
    for number, known in everybody.items():
        in_target = target.get(number)
        in_space = space[number].get("title") if number in space else None
        assert in_target in (known.acknowledged, known.asked), number
        assert in_space in (known.acknowledged, known.asked), number
        if number in space and known.id:
            assert space[number]["id"] == known.id
        if known.acknowledged == known.asked:
            assert in_target == in_space == known.acknowledged, number


def check_watermark(space: Path) -> None:
    """The watermark is of a good run; or of the last one, killed after its commit."""
    query = (
        "SELECT result, id = (SELECT max(id) FROM runs) FROM runs "
        "WHERE id = (SELECT run FROM watermarks WHERE kind = '')"
    )
    [(result, is_last)] = rows(space, query)
    assert result == "success" or (result is None and is_last)


def check_titles(host: HostProcess, database: Path) -> dict[str, str | None]:
    """Every row of the target is served as it is; gives the titles served, by number."""
    titles = {each[PERSON]["employee_number"]: each.get("title") for each in served(host).values()}
    target = dict(rows(database, "SELECT employee_number, title FROM people"))
    wrong = {number: (title, titles.get(number)) for number, title in target.items()}
    assert {each: pair for each, pair in wrong.items() if pair[0] != pair[1]} == {}
    return titles


def test_a_host_killed_in_its_first_import_begins_again(tmp_path: Path) -> None:
    """Killed before the space was ever whole, it serves nothing half: 503 until all is there."""
    chance = random.Random(5)
    database, port = hr_database(tmp_path, people=3000), free_port()
    for _ in range(3):
        with process(tmp_path, hr_config(database, port), port) as host:
            host.until_up("/healthz")
            threading.Event().wait(chance.uniform(0.0, 0.15))
            host.kill()
    with process(tmp_path, hr_config(database, port), port) as host:
        seen = []
        host.until_up("/healthz")
        with host.client() as http:
            while not seen or seen[-1] == 503:
                answer = http.get("/Users", params={"count": "0"})
                seen.append(answer.status_code)
                assert answer.status_code == 503 or answer.json()["totalResults"] == 3000
                assert answer.status_code == 200 or answer.headers["retry-after"] == "30"
        assert host.stop() == 0
