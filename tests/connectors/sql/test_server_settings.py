"""Servers with settings of their own: what the connector needs of them it sets for itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ecma2py import CSEntryChange
from tests.connectors.sql.targets import Target, codes, fresh_name

MOMENT = "2026-07-04T05:06:07.500000Z"


@contextmanager
def server_set(target: Target, **settings: str) -> Iterator[None]:
    """New connections begin with *settings*; a PostgreSQL database goes with the test."""
    if target.name == "postgresql":
        ((database,),) = target.rows("SELECT current_database()")
        for name, value in settings.items():
            target.execute_exactly(f"ALTER DATABASE {database} SET {name} = {value}")
        yield
        return
    ((*before,),) = target.rows(f"SELECT {', '.join(f'@@GLOBAL.{each}' for each in settings)}")
    try:
        for name, value in settings.items():
            target.execute_exactly(f"SET GLOBAL {name} = {value}")
        yield
    finally:
        for name, old in zip(settings, before, strict=True):
            target.execute_exactly(f"SET GLOBAL {name} = '{old}'")


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_a_lenient_server_cuts_nothing(target: Target) -> None:
    """Without strict mode MariaDB cuts a value and stores it; an entry that is too long is refused."""
    target.execute(
        "CREATE TABLE q (id INTEGER AUTO_INCREMENT PRIMARY KEY, n TINYINT, v VARCHAR(3))"
    )
    host = target.host('[Q]\ntable = "q"')
    with server_set(target, sql_mode="''"):
        changes = [
            CSEntryChange.add("Q", {"id": 1}, attributes={"v": "abcd"}),
            CSEntryChange.add("Q", {"id": 2}, attributes={"n": 1_000}),
        ]
        assert "Success" not in codes(host.export(*changes))
        assert target.rows("SELECT * FROM q") == []


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_a_key_of_zero_is_zero(target: Target) -> None:
    """A column that counts would take it for the next number of its own."""
    target.execute("CREATE TABLE q (id INTEGER AUTO_INCREMENT PRIMARY KEY, v VARCHAR(9))")
    (result,) = target.host('[Q]\ntable = "q"').export(
        CSEntryChange.add("Q", {"id": 0}, attributes={"v": "a"})
    )
    assert codes([result]) == ["Success"]
    assert target.rows("SELECT id FROM q") == [(0,)]


@pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)
def test_a_server_in_another_zone_shifts_no_moment(target: Target) -> None:
    """A column of moments holds the one that was given, whatever zone the server speaks in."""
    zone, moment, epoch = {
        "postgresql": ({"timezone": "'Asia/Tokyo'"}, "TIMESTAMPTZ", "extract(epoch FROM v)"),
        "mariadb": ({"time_zone": "'+09:00'"}, "TIMESTAMP(6) NULL", "unix_timestamp(v)"),
    }[target.name]
    name = fresh_name()
    target.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, v {moment})")
    with server_set(target, **zone):
        host = target.host(f'[Q]\ntable = "{name}"')
        add = CSEntryChange.add("Q", {"id": 1}, attributes={"v": MOMENT})
        assert codes(host.export(add)) == ["Success"]
        assert float(target.rows(f"SELECT {epoch} FROM {name}")[0][0]) == 1_783_141_567.5
        assert host.state()["CN=1,OBJECT=Q"]["v"] == MOMENT
