"""A host that is told to stop finishes what it took, closes its sessions and ends with 0."""

import signal
import sys
import threading
from pathlib import Path

import httpx
import pytest

from ecma2py.cli.exits import Exit
from ecma2py.host.control_address import ControlAddress
from tests.host.processes import (
    HostProcess,
    free_port,
    hr_config,
    hr_database,
    person,
    process,
    rows,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_host_in_order(tmp_path: Path, number: int) -> None:
    """Under load, all that was taken is answered and done, nothing is left, and the code is 0."""
    database, port = hr_database(tmp_path), free_port()
    acknowledged: list[str] = []
    broken: list[object] = []
    some = threading.Event()

    def write(who: int) -> None:
        with host.client() as http:
            for turn in range(10_000):
                name = f"S{who}-{turn}"
                try:
                    answer = http.post("/Users", json=person(name))
                except httpx.TransportError:
                    return  # not taken: below, what is written is what was acknowledged
                if answer.status_code != 201:
                    broken.append((name, answer.text))
                    return
                acknowledged.append(name)
                if len(acknowledged) > 20:
                    some.set()

    with process(tmp_path, hr_config(database, port), port) as host:
        host.until_up()
        writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
        for each in writers:
            each.start()
        assert some.wait(20)
        host.send(number)
        code = host.ended()
        for each in writers:
            each.join(20)

        written = {row[0] for row in rows(database, "SELECT employee_number FROM people")}
        assert set(acknowledged) <= written
        assert {name for name in written if name.startswith("S")} <= set(acknowledged)
        assert broken == []
        assert code == 0
        assert not (tmp_path / "state" / "control.json").exists()
        assert not (tmp_path / "state" / "HR" / "space.db-wal").exists()


def test_a_second_host_is_refused_and_leaves_the_first_alone(tmp_path: Path) -> None:
    """An address or a state in use ends the start with its reason; the first host goes on."""
    database, port = hr_database(tmp_path), free_port()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with process(tmp_path, hr_config(database, port), port) as host:
        host.until_up()
        first = ControlAddress.read(tmp_path / "state")
        text = (tmp_path / "ecma2py.toml").read_text(encoding="utf-8")
        (elsewhere / "ecma2py.toml").write_text(text, encoding="utf-8")
        for folder, reason in (
            (tmp_path, f"[host] state: {tmp_path / 'state'} is in use by another process."),
            (elsewhere, f"127.0.0.1:{port} cannot be used"),
        ):
            second = HostProcess(folder, port, connector="HR")
            second.start()
            assert second.ended() == Exit.USAGE
            assert reason in second.log.read_text(encoding="utf-8")
        assert ControlAddress.read(tmp_path / "state") == first
        assert host.stop() == 0
