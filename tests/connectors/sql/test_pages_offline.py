"""Microsoft's pages, most of which ask the database, while the database is away."""

import json
from pathlib import Path

import pytest

from ecma2py.host import hosting
from tests.connectors.sql.targets import Target
from tests.connectors.sql.test_imports import fill
from tests.connectors.sql.test_pages import MICROSOFT
from tests.host.serving import config_text, running, until

HEAD, _, _ = config_text(more="").partition("[connectors.MEM]")


def configuration(target: Target) -> str:
    """A host's configuration by the names of Microsoft's fields."""
    given = {**target.parameters, **MICROSOFT}
    lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in given.items()]
    return "\n".join(
        [
            HEAD,
            '[connectors.MEM]\ntype = "sql"\nperson = "Person"\ngroup = "Team"',
            '[connectors.MEM.scim.mapping.User]\nuserName = "name"',
            "[connectors.MEM.parameters]",
            *lines,
            '[connectors.MEM.run_steps.full_import]\n"Operation Method" = "Table"',
        ]
    )


async def test_a_host_starts_while_the_database_is_away(
    sqlite_file: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects are served as they are stored, and read again once the database is back."""
    monkeypatch.setattr(hosting, "RETRY_SECONDS", 0.05)
    fill(sqlite_file, 3)
    text = configuration(sqlite_file)
    file, away = tmp_path / "target.db", tmp_path / "away.db"
    async with running(tmp_path, text) as client:
        assert client.host.failed == {}
        assert len(await client.found("/Users", 'userName sw "n"')) == 3
    file.rename(away)
    async with running(tmp_path, text) as client:
        assert len(await client.found("/Users", 'userName sw "n"')) == 3
        old = client.host.connectors["MEM"]
        assert "There is no SQLite database" in client.host.unchecked["MEM"]
        away.rename(file)
        await until(lambda: client.host.connectors.get("MEM") not in (None, old))
        assert client.host.unchecked == {}
        sqlite_file.execute("INSERT INTO people (id, name) VALUES (9, 'n9')")
        await client.host.connectors["MEM"].schedule.run_now("full")
        assert len(await client.found("/Users", 'userName sw "n"')) == 4
