"""A connector without ConcurrentOperation does one thing at a time, and reads do not wait for it."""

import asyncio
from pathlib import Path

from examples.memory_directory import DIRECTORIES
from tests.host.serving import EXTENSION, config_text, running, until
from tests.host.turnstile import Turnstile

MEMORY = "examples.memory_directory:MemoryDirectory"


def turnstile(name: str) -> str:
    """The configuration of a turnstile, with passwords."""
    text = config_text(name=name, connector="[connectors.MEM.export]\nidle_seconds = 30")
    return text.replace(MEMORY, "tests.host.turnstile:Turnstile")


async def test_imports_and_exports_exclude_each_other(tmp_path: Path) -> None:
    """No run is opened while another is open; a write waits for an import, and reads go on."""
    Turnstile.reset()
    async with running(tmp_path, turnstile(str(tmp_path))) as client:
        ann = await client.person("ann")
        Turnstile.may_import.clear()
        schedule = client.host.connectors["MEM"].schedule
        imported = asyncio.ensure_future(schedule.run_now("full"))
        await until(Turnstile.importing.is_set)

        secret = {f"{EXTENSION}:User": {"export_password": "long enough"}}
        written = asyncio.ensure_future(client.person("bob", **secret))
        for _ in range(20):
            assert await client.found("/Users", 'userName eq "ann"') == [ann]
        assert len(DIRECTORIES[str(tmp_path)].objects) == 1
        assert not imported.done()
        Turnstile.may_import.set()

        assert (await imported)["result"] == "success"
        assert (await written)["userName"] == "bob"
    assert (Turnstile.most, Turnstile.inside) == (1, 0)


async def test_imports_get_their_turn_under_load(tmp_path: Path) -> None:
    """Writes that never stop do not keep an import out, and none of them is lost."""
    Turnstile.reset()
    async with running(tmp_path, turnstile(str(tmp_path))) as client:
        schedule = client.host.connectors["MEM"].schedule
        going = True

        async def write(who: int) -> int:
            number = 0
            while going:
                await client.person(f"p{who}-{number}")
                number += 1
            return number

        writers = [asyncio.ensure_future(write(who)) for who in range(4)]
        results = []
        for _ in range(5):
            Turnstile.may_import.clear()
            imported = asyncio.ensure_future(schedule.run_now("full"))
            await until(Turnstile.importing.is_set)
            await until(lambda: client.host.connectors["MEM"].exporter.session.waiting)
            Turnstile.may_import.set()
            results.append((await imported)["result"])
        going = False
        made = sum(await asyncio.gather(*writers))
        listed = await client.json("GET", "/Users", count="0")

    assert set(results) <= {"success", "completed-no-objects"}
    assert listed["totalResults"] == made
    assert (Turnstile.most, Turnstile.inside) == (1, 0)
