"""The pages about data sources that run here: every example, option and type is tried on them."""

import json
import re
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from ecma2py_sql.drivers.dialects import MARIADB, POSTGRESQL, SQLITE_ODBC
from ecma2py_sql.drivers.source import parse_connection_string, parse_dsn_file
from tests.cli.commands import succeed
from tests.connectors.sql.targets import (
    Target,
    fresh_name,
    mariadb_target,
    postgresql_target,
    sqlite_odbc_target,
    sqlite_target,
)
from tests.docs.sql_pages import (
    FOLDER,
    SECTIONS,
    account,
    documents,
    path_of,
    replaced,
    rows,
    sections,
    settings_of,
    shown,
)
from tests.docs.test_examples import blocks
from tests.servers.needs import require

NAMES = [each.stem for each in sorted(FOLDER.glob("*.md"))]
DIALECTS = {"sqlite-odbc": SQLITE_ODBC, "postgresql": POSTGRESQL, "mariadb": MARIADB}


@frozen
class Place:
    """A database for the example of a page."""

    page: str
    target: Target
    exchanged: dict[str, str]
    """What the configuration on the page says, and what stands there for the test."""
    run: Callable[[str], Any]
    """Runs statements as the administrator of the database does."""
    account: dict[str, str] = field(factory=dict)
    """The same of the statements that make the account."""


@pytest.fixture(params=["sqlite", *DIALECTS])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty database of each kind that runs here."""
    make = {
        "sqlite": _sqlite,
        "sqlite-odbc": _sqlite_odbc,
        "postgresql": _postgresql,
        "mariadb": _mariadb,
    }
    with make[request.param](request, tmp_path) as found:
        yield found


@contextmanager
def _sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    target = sqlite_target(tmp_path)
    path = tmp_path / "target.db"
    yield Place("sqlite", target, {"sqlite:///hr.db": f"sqlite:///{path}"}, _script(path))


@contextmanager
def _sqlite_odbc(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    require("odbc-sqlite")
    target = sqlite_odbc_target(tmp_path)
    path = tmp_path / "target.db"
    yield Place("sqlite-odbc", target, {"/var/lib/hr/hr.db": str(path)}, _script(path))


@contextmanager
def _postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    require("odbc-postgresql")
    server, role, password = request.getfixturevalue("postgresql"), fresh_name("role"), "a long one"
    try:
        with server.database() as name:
            exchanged = {
                "Server=db.example;Port=5432;Database=hr;SSLmode=verify-full": (
                    f"Server=127.0.0.1;Port={server.port};Database={name}"
                ),
                '"provisioning"': f'"{role}"',
                "${HR_PASSWORD}": password,
            }
            yield Place(
                "postgresql",
                postgresql_target(server.odbc(name)),
                exchanged,
                lambda sql: server.execute(sql, database=name),
                {"provisioning": role},
            )
    finally:
        server.execute(f"DROP ROLE IF EXISTS {role}")


@contextmanager
def _mariadb(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    require("odbc-mariadb")
    server, user, password = request.getfixturevalue("mariadb"), fresh_name("user"), "a long one"
    try:
        with server.database() as name:
            exchanged = {
                "Server=db.example;Port=3306;Database=hr;SSLVERIFY=1": (
                    f"Server=127.0.0.1;Port={server.port};Database={name}"
                ),
                '"provisioning"': f'"{user}"',
                "${HR_PASSWORD}": password,
            }
            yield Place(
                "mariadb",
                mariadb_target(server.odbc(name)),
                exchanged,
                lambda sql: server.execute(f"USE {name}; {sql}"),
                {"provisioning": user, "hr.*": f"{name}.*"},
            )
    finally:
        server.execute(f"DROP USER IF EXISTS {user}")


def _script(path: Path) -> Callable[[str], Any]:
    def run(sql: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(sql)

    return run


@pytest.mark.parametrize("page", NAMES)
def test_every_page_answers_the_same_questions(page: str) -> None:
    """Whoever knows one page finds his way on another; no question is left out."""
    assert tuple(sections(page)) == SECTIONS


@pytest.mark.parametrize("page", [each for each in NAMES if each != "sqlite"])
def test_a_connection_string_and_a_dsn_lead_to_the_same_place(page: str) -> None:
    """Both are read by the connector, say the same, and the example has the one that is told."""
    (told,) = re.findall(
        r"connection string: `(.+?)`", sections(page)["Connect"].replace("\n", " ")
    )
    (dsn,), (toml,) = blocks(path_of(page), "ini"), shown(page, "toml")
    by_dsn = parse_dsn_file(dsn.replace("[hr]", "[ODBC]"))
    assert set(by_dsn.values()) == set(parse_connection_string(told).values())
    assert f'"Data source" = "{told}"' in toml


@pytest.mark.parametrize("page", DIALECTS)
def test_what_is_set_is_told_with_its_reason(page: str) -> None:
    """An option or statement of the connector stands on the page, and none that it does not have."""
    told = rows(sections(page)["What ecma2py sets"])
    assert [setting for setting, _ in told] == settings_of(DIALECTS[page])
    assert all(reason for _, reason in told)


def test_what_is_set_without_a_driver_is_told(tmp_path: Path) -> None:
    """Of SQLite itself: each setting on the page holds in a session."""
    told = [setting for setting, _ in rows(sections("sqlite")["What ecma2py sets"])]
    asked: list[str] = []
    with sqlite_target(tmp_path).session() as session:
        assert session.rows("PRAGMA foreign_keys") == [(1,)]
        session.connection.set_trace_callback(asked.append)
        with session.transaction():
            pass
    assert told == ["PRAGMA foreign_keys = ON", asked[0]]


def test_every_type_is_read_as_the_page_says(place: Place) -> None:
    """Each row of the table of types, from the database into the connector space."""
    told = rows(sections(place.page)["Types"])
    columns = ", ".join(f"c{at} {declared}" for at, (declared, _, _) in enumerate(told))
    values = ", ".join(literal for _, literal, _ in told)
    place.target.execute_exactly(f"CREATE TABLE q (id INTEGER PRIMARY KEY, {columns})")
    place.target.execute_exactly(f"INSERT INTO q VALUES (1, {values})")
    (entry,) = place.target.host('[Q]\ntable = "q"').full()
    found = {f"c{at}": entry.attributes.get(f"c{at}") for at in range(len(told))}
    assert found == {f"c{at}": _value(text) for at, (_, _, text) in enumerate(told)}
    assert [type(each) for each in found.values()] == [type(_value(text)) for _, _, text in told]


def test_the_example_does_what_the_page_says(place: Place, tmp_path: Path) -> None:
    """By an account with the rights on the page: check, full import, export, and a delta of both."""
    (tables,), (toml,) = shown(place.page, "sql"), shown(place.page, "toml")
    imported, changes, results, changed = shown(place.page, "json")
    place.run(tables)
    if place.account:
        place.run(replaced(account(place.page), place.account))
    config, watermark, given = (tmp_path / name for name in ("ecma2py.toml", "w", "changes.jsonl"))
    config.write_text(replaced(toml, place.exchanged), encoding="utf-8")
    given.write_text(changes, encoding="utf-8")
    steps = ("-c", config)

    assert "warning" not in succeed("check", *steps).out
    assert succeed("import", "--watermark", watermark, *steps).lines == documents(imported)
    assert succeed("export", "--file", given, *steps).lines == documents(results)
    delta = succeed("import", "--delta", "--watermark", watermark, *steps)
    assert delta.lines == documents(changed)


def _value(text: str) -> Any:
    value = json.loads(text)
    return b64decode(value["base64"]) if isinstance(value, dict) else value
