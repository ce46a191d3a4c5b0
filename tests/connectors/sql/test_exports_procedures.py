"""Stored procedures of real servers: values in, out and both ways, by position and by name."""

from typing import Any

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.errors import ConfigurationError
from tests.connectors.sql.targets import Host, Target, codes, content

pytestmark = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)

TABLES = """
CREATE TABLE people (id {counter}, login VARCHAR(40) UNIQUE, title VARCHAR(2000), photo {binary},
    pay DECIMAL(12, 4), seen {timestamp}, version INTEGER DEFAULT 0);
CREATE TABLE phones (person INTEGER NOT NULL REFERENCES people (id), number VARCHAR(20) NOT NULL)
"""
PROCEDURES = {
    "postgresql": (
        """CREATE PROCEDURE add_person(given text, INOUT words text, raw bytea, sum numeric,
            moment timestamptz, OUT number int)
        LANGUAGE plpgsql AS $$ BEGIN INSERT INTO people (login, title, photo, pay, seen)
        VALUES (given, words, raw, sum, moment) RETURNING id INTO number;
        words := 'not ' || coalesce(words, 'known'); END $$""",
        """CREATE PROCEDURE set_person(number int, words text, INOUT version int)
        LANGUAGE plpgsql AS $$ BEGIN version := version + 1;
        UPDATE people p SET title = words, version = set_person.version WHERE id = number;
        IF NOT FOUND THEN RAISE EXCEPTION 'nobody has %', number; END IF; END $$""",
        """CREATE PROCEDURE drop_person(who int) LANGUAGE sql AS $$
        DELETE FROM phones WHERE person = who; DELETE FROM people WHERE id = who $$""",
        """CREATE FUNCTION staff(first int) RETURNS SETOF people LANGUAGE sql AS $$
        SELECT * FROM people WHERE id >= first $$""",
    ),
    "mariadb": (
        """CREATE PROCEDURE add_person(IN given TEXT, INOUT words TEXT, IN raw LONGBLOB,
            IN sum DECIMAL(12, 4), IN moment DATETIME(6), OUT number INT)
        BEGIN INSERT INTO people (login, title, photo, pay, seen)
        VALUES (given, words, raw, sum, moment); SET number = LAST_INSERT_ID();
        SET words = concat('not ', coalesce(words, 'known')); END""",
        """CREATE PROCEDURE set_person(IN number INT, IN words TEXT, INOUT was INT)
        BEGIN SET was = was + 1; UPDATE people SET title = words, version = was WHERE id = number;
        IF ROW_COUNT() = 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'nobody has it'; END IF;
        END""",
        """CREATE PROCEDURE drop_person(IN who INT)
        BEGIN DELETE FROM phones WHERE person = who; DELETE FROM people WHERE id = who; END""",
        "CREATE PROCEDURE staff(IN first INT) SELECT * FROM people WHERE id >= first",
    ),
}
TYPES = """
[Person]
table = "people"
anchor = "id"
[Person.multivalued.phones]
table = "phones"
key = "person"
value = "number"
"""
IN_ORDER = """
[Person.export.add]
procedure = "add_person"
parameters = ["given:INPUT:login", "words:INPUTOUTPUT:title", "raw:INPUT:photo", "sum:INPUT:pay",
  "moment:INPUT:seen", "number:OUTPUT:id"]
[Person.export.update]
procedure = "set_person"
parameters = ["number:INPUT:id", "words:INPUT:title", "version:INPUTOUTPUT:version"]
[Person.export.delete]
procedure = "drop_person"
parameters = ["who:INPUT:id"]
"""
BY_NAME = """
[Person.export.add]
procedure = "public.add_person"
parameters = ["number:OUTPUT:id", "@sum:INPUT:pay", "raw:INPUT:photo", "moment:INPUT:seen",
  "@words:INPUTOUTPUT:title", "given:INPUT:login"]
[Person.export.update]
procedure = "set_person"
parameters = ["version:INPUTOUTPUT:version", "number:INPUT:id", "words:INPUT:title"]
[Person.export.delete]
procedure = "drop_person"
parameters = ["@who:INPUT:id"]
"""


@pytest.fixture
def called(target: Target) -> Target:
    """A database whose people are written by procedures alone."""
    target.execute(TABLES)
    for each in PROCEDURES[target.name]:
        target.execute_exactly(each)
    return target


def written(host: Host) -> None:
    """Return if what procedures do with values in, out and both ways is as it should be."""
    title, photo = "é" * 600, b"\0\1\0" * 4_000
    attributes: dict[str, Any] = {"login": "ann", "title": title, "photo": photo, "phones": ["1"]}
    exact = {"pay": "1234567.8901", "seen": "2026-03-04T05:06:07.250000Z"}
    (result,) = host.export(CSEntryChange.add("Person", attributes=attributes | exact))
    assert [(each.name, each.value) for each in result.anchor_attributes] == [("id", 1)]
    ((_, found),) = host.state().items()
    assert found == {"id": 1, "version": 0, **attributes, **exact, "phones": frozenset({"1"})}

    changes = [
        AttributeChange.replace("title", "b"),
        AttributeChange.update("phones", ["7"], ["1"]),
    ]
    gone = CSEntryChange.update(
        "Person", {"id": 9}, changes=[AttributeChange.replace("title", "x")]
    )
    results = host.export(CSEntryChange.update("Person", {"id": 1}, changes=changes), gone)
    assert codes(results)[0] == "Success"
    assert codes(results)[1] != "Success"
    ((_, found),) = host.state().items()
    assert (found["title"], found["version"], found["phones"]) == ("b", 1, frozenset({"7"}))
    assert (found["photo"], found["pay"], found["seen"]) == (photo, exact["pay"], exact["seen"])

    assert codes(host.export(CSEntryChange.delete("Person", {"id": 1}))) == ["Success"]
    assert host.state() == {}


def test_procedures_take_and_give_values_in_their_order(called: Target) -> None:
    """IN, OUT and INOUT: the key is an OUTPUT, whole values go in, and one comes back changed."""
    written(called.host(TYPES + IN_ORDER))


def test_procedures_take_values_by_name_where_the_database_does(called: Target) -> None:
    """'Use named parameters' is for every call; in another order than declared nothing is mixed up."""
    host = called.host(TYPES + BY_NAME, **{"Use named parameters": "1"})
    if called.name == "postgresql":
        written(host)
        return
    (result,) = host.export(CSEntryChange.add("Person", attributes={"login": "ann"}))
    assert result.error_detail is not None
    assert "by position only: turn named parameters off" in result.error_detail
    assert host.state() == {}


SOURCE = """
[Person]
procedure = "staff"
parameters = ["first:INPUT:2"]
anchor = "id"
types = { seen = "timestamptz" }
delta = { row_hashes = true }
[Person.multivalued.phones]
table = "phones"
key = "person"
value = "number"
"""


@pytest.mark.parametrize("named", ["0", "1"])
def test_a_procedures_rows_are_compared_with_those_of_the_import_before(
    called: Target, named: str
) -> None:
    """A delta by row hashes of a procedure tells what is new, changed and gone, once each."""
    if named == "1" and called.name == "mariadb":
        with pytest.raises(ConfigurationError, match="turn named parameters off"):
            called.host(SOURCE, **{"Use named parameters": named}).full()
        return
    called.execute(
        "INSERT INTO people (id, login, title) VALUES (?, ?, ?)",
        [(i, f"n{i}", "a") for i in range(1, 7)],
    )
    called.execute("INSERT INTO phones VALUES (?, ?)", [(3, "3"), (5, "5")])
    host = called.host(SOURCE, **{"Use named parameters": named})
    assert {entry.anchor["id"] for entry in host.full(page_size=2)} == {2, 3, 4, 5, 6}
    assert host.delta() == []
    called.execute(
        "UPDATE people SET title = 'b' WHERE id IN (1, 2); DELETE FROM people WHERE id = 4;"
        "INSERT INTO phones VALUES (3, '33'); DELETE FROM phones WHERE person = 5;"
        "INSERT INTO people (id, login) VALUES (9, 'n9')"
    )
    told = {e.anchor["id"]: (e.object_modification_type.name, e) for e in host.delta(page_size=2)}
    assert {key: kind for key, (kind, _) in told.items()} == {
        **dict.fromkeys((2, 3, 5, 9), "REPLACE"),
        4: "DELETE",
    }
    assert content(told[3][1])["phones"] == {"3", "33"}
    assert "phones" not in content(told[5][1])
    assert host.delta() == []
