"""A column that goes while a host serves: nothing is lost, and the schema is read anew in time."""

from pathlib import Path
from typing import Any

import pytest

from ecma2py import CSEntryChange, UnexpectedDataError
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import Target, codes, sqlite_target
from tests.host.serving import Client, running

TYPES = {
    "whatever the table has": '[Person]\ntable = "people"\n',
    "named columns": '[Person]\ntable = "people"\ncolumns = ["login", "title"]\n',
}
CONFIG = """
[host]
listen = "127.0.0.1:8585"
plain_http = true
[connectors.MEM]
type = "sql"
person = "Person"
[connectors.MEM.parameters]
"Data source" = "sqlite:///{database}"
"Object types" = '''
{types}'''
[connectors.MEM.scim.mapping.User]
userName = "login"
"""
MAPPED = 'title = "title"\n'


def filled(target: Target) -> None:
    """Two people with titles."""
    target.execute("CREATE TABLE people (id {counter}, login VARCHAR(9), title VARCHAR(9))")
    rows = [("ann", "Dr"), ("bob", "Ms")]
    target.execute("INSERT INTO people (login, title) VALUES (?, ?)", rows)


def test_a_column_dropped_between_schema_and_import_ends_the_run(target: Target) -> None:
    """Without it every object would lose the attribute, and nobody would be told."""
    filled(target)
    host = target.host(TYPES["whatever the table has"])
    schema = host.schema()
    target.execute("ALTER TABLE people DROP COLUMN title")
    with pytest.raises(
        UnexpectedDataError, match=r"'people' has no column for .* 'title' any more"
    ):
        host.full(schema)
    # What is not wanted is not missed, and a schema that is read anew has it no more.
    del schema.types["Person"].attributes["title"]
    assert len(host.full(schema)) == len(host.full()) == 2


def test_an_export_names_the_column_that_is_gone(target: Target) -> None:
    """The entry that names it fails, with what to do; others are written."""
    filled(target)
    host = target.host(TYPES["whatever the table has"])
    connector: Any = SqlConnector()
    with host.exporting(connector):
        target.execute("ALTER TABLE people DROP COLUMN title")
        results = connector.put_export_entries(
            [
                CSEntryChange.add("Person", attributes={"login": "x", "title": "Dr"}),
                CSEntryChange.add("Person", attributes={"login": "y"}),
            ]
        ).cs_entry_change_results
    bad, good = results
    assert codes([bad, good]) == ["ExportErrorConnectedDirectoryError", "Success"]
    assert "title" in bad.error_detail
    assert "reload" in bad.error_detail


async def imported(client: Client) -> Any:
    """The end of an import that is asked for now."""
    header = {"Authorization": f"Bearer {client.host.control_token}"}
    answer = await client.http.post("/control/import", json={"connector": "MEM"}, headers=header)
    assert answer.is_success, answer.text
    return answer.json()


async def titles(client: Client) -> list[str]:
    """What clients see."""
    found = (await client.json("GET", "/Users"))["Resources"]
    extension = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User"
    return [each.get("title") or each[extension].get("title") for each in found]


@pytest.mark.parametrize("types", TYPES.values(), ids=TYPES)
async def test_a_host_keeps_what_it_has_until_the_schema_is_read_anew(
    tmp_path: Path, types: str
) -> None:
    """Titles are served on, a changed table is taken over by a reload, and writes work again."""
    target = sqlite_target(tmp_path)
    filled(target)
    text = CONFIG.format(database=tmp_path / "target.db", types=types)
    async with running(tmp_path, text + MAPPED) as client:
        target.execute("ALTER TABLE people DROP COLUMN title")
        ended = await imported(client)
        assert ended["result"].startswith("stopped-")
        assert "'title'" in ended["errors"][0]["detail"]
        assert await titles(client) == ["Dr", "Ms"]
        answer = await client.send("POST", "/Users", {"userName": "x", "title": "Dr"})
        assert answer.is_error
        assert "no attribute 'title'" in answer.text or "no column 'title'" in answer.text

        text = CONFIG.format(database=tmp_path / "target.db", types=types.replace(', "title"', ""))
        (tmp_path / "ecma2py.toml").write_text(text, encoding="utf-8")
        header = {"Authorization": f"Bearer {client.host.control_token}"}
        reloaded = (await client.http.post("/control/reload", headers=header)).json()
        assert reloaded["changed"] == ["MEM"]
        assert (await imported(client))["result"] == "success"
        assert await titles(client) == [None, None]
        await client.person("x")


async def test_a_restart_reads_the_schema_anew(tmp_path: Path) -> None:
    """What no configuration names needs no change of one."""
    target = sqlite_target(tmp_path)
    filled(target)
    types = TYPES["whatever the table has"]
    text = CONFIG.format(database=tmp_path / "target.db", types=types)
    async with running(tmp_path, text) as client:
        target.execute("ALTER TABLE people DROP COLUMN title")
        assert (await imported(client))["result"].startswith("stopped-")
    async with running(tmp_path, text) as client:
        assert (await imported(client))["result"] == "success"
        await client.person("x")
