"""A small company's HR database in SQLite: people, groups, and who belongs to which.

    from database import create_database

    create_database(Path("hr.db"))

The same seed gives the same database, byte for byte of data, whatever the machine.
"""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random

_FIRST = (
    "Ada Alan Amina Anton Astrid Barbara Ben Bjarne Chen Clara Claude Dana Daniel Donald Edith "
    "Edsger Elif Emil Emmy Erik Eva Fatima Felix Fran Frida Grace Guido Hana Hedy Henri Ida "
    "Ingrid Ivan Jean Jin John Jonas Josef Juan Kamala Karen Katherine Ken Lena Leslie Linus Lise "
    "Louis Luis Magda Margaret Maria Marie Mei Mika Nadia Niklaus Nils Noor Olga Omar Oscar Paul "
    "Pia Rosa Samir Sofia Sophie Srinivasa Tim Tove Ursula Vera Wanda Yuki Zo\u00eb \u00c9mile "
    "\u00d8ystein"
)
_LAST = (
    "Abel Bauer Berg Blom Bohr Carson Castro Chandra Costa Curie Dahl Diaz Dijkstra Eriksen "
    "Fischer Franklin Garcia Gauss Germain Goodall Haber Hansen Hopper Ibsen Ivanov Jansen Johnson "
    "Kaya Keller Kim Klein Knuth Kowalski Lamarr Larsen Lee Lopez Lovelace Maier Marino Meitner "
    "Mendel Meyer Moreau Mori Nakamura Nguyen Noether Novak Okafor Olsen Park Patel Perez Petrov "
    "Popescu Ramanujan Ritchie Rossi Roux Sato Schmidt Silva Singh Smith Sokolov Tanaka Thompson "
    "Torres Turing Vega Vogel Wang Weber Wilson Wirth Wu Yilmaz Zhang Zimmermann "
    "D\u00edaz-Mu\u00f1oz M\u00fcller O'Brien \u0141uczak"
)
FIRST_NAMES, LAST_NAMES = _FIRST.split(), _LAST.split()
DEPARTMENTS = (
    "Customer Service",
    "Engineering",
    "Facilities",
    "Finance",
    "Human Resources",
    "Legal",
    "Marketing",
    "Operations",
    "Purchasing",
    "Research",
    "Sales",
)
PROJECTS = (
    "Aurora",
    "Beacon",
    "Comet",
    "Delta",
    "Ember",
    "Falcon",
    "Glacier",
    "Harbour",
    "Iris",
    "Juniper",
    "Krypton",
)

OBJECT_TYPES = """\
[Person]
table = "people"
references = { manager = "Person" }
delta = { watermark = "changed" }

[Person.multivalued.phones]
table = "phones"
key = "employee_number"
value = "number"

[Group]
table = "groups"
names = { name = "group_name" }
delta = { watermark = "changed" }

[Group.multivalued.members]
table = "memberships"
key = "group_id"
value = "employee_number"
references = "Person"
"""
"""What the SQL connector is told about the tables (its parameter 'Object types')."""

_TABLES = """
CREATE TABLE people (
    employee_number TEXT PRIMARY KEY NOT NULL CHECK (length(employee_number) > 0),
    given_name VARCHAR(64),
    family_name VARCHAR(64) NOT NULL,
    display_name VARCHAR(128),
    mail VARCHAR(128) UNIQUE CHECK (mail LIKE '_%@_%'),
    department VARCHAR(64),
    title VARCHAR(64),
    manager TEXT REFERENCES people (employee_number) ON DELETE SET NULL,
    active BOOLEAN NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    hired DATE,
    changed DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE INDEX people_changed ON people (changed, employee_number);
CREATE INDEX people_manager ON people (manager);

CREATE TABLE phones (
    employee_number TEXT NOT NULL REFERENCES people (employee_number) ON DELETE CASCADE,
    number VARCHAR(32) NOT NULL,
    PRIMARY KEY (employee_number, number)
);

CREATE TABLE groups (
    group_id INTEGER PRIMARY KEY,
    name VARCHAR(64) NOT NULL UNIQUE,
    description VARCHAR(256),
    changed DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE INDEX groups_changed ON groups (changed, group_id);

CREATE TABLE memberships (
    group_id INTEGER NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    employee_number TEXT NOT NULL REFERENCES people (employee_number) ON DELETE CASCADE,
    PRIMARY KEY (group_id, employee_number)
);
CREATE INDEX memberships_person ON memberships (employee_number);
"""

Row = tuple[object, ...]

_CHANGE = """
CREATE TRIGGER {table}_{event}_changes_{owner} AFTER {event} ON {table}{condition} BEGIN
    UPDATE {owner} SET changed = strftime('%Y-%m-%d %H:%M:%f', 'now')
    WHERE {key} = {row}.{key};
END;
"""


def create_database(path: Path, *, people: int = 3_000, groups: int = 40, seed: int = 1815) -> None:
    """Make the database at *path*, which must not exist; a second is enough for the default size.

    Every change of a row, or of the rows of its phones or memberships, moves its ``changed``.
    """
    if path.exists():
        raise FileExistsError(f"{str(path)!r} exists already: remove it, or choose another name.")
    random = Random(seed)
    staff = list(_people(random, people))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_TABLES)
        _insert(connection, "people", staff)
        _insert(connection, "phones", _phones(random, staff))
        teams = list(_groups(groups))
        _insert(connection, "groups", [team[:4] for team in teams])
        _insert(connection, "memberships", _memberships(random, teams, staff))
        connection.executescript(_triggers())


def _people(random: Random, count: int) -> Iterator[Row]:
    """Earlier numbers manage later ones, a head of department reports to number one."""
    taken: dict[str, int] = {}
    heads: dict[str, str] = {}
    for index in range(count):
        number = f"E{10_001 + index}"
        given, family = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
        department = DEPARTMENTS[index % len(DEPARTMENTS)]
        mailbox = _ascii(f"{given}.{family}")
        taken[mailbox] = taken.get(mailbox, 0) + 1
        suffix = str(taken[mailbox]) if taken[mailbox] > 1 else ""
        if department in heads:
            manager: str | None = heads[department]
            title = random.choice(("Specialist", "Analyst", "Coordinator", "Engineer"))
        else:
            manager, title = (None if index == 0 else "E10001"), f"Head of {department}"
            heads[department] = number
        yield (
            number,
            given,
            family,
            f"{given} {family}",
            f"{mailbox}{suffix}@example.com",
            department,
            title,
            manager,
            random.random() > 0.04,
            (date(2005, 1, 3) + timedelta(days=random.randrange(7_000))).isoformat(),
            "2026-01-05 08:00:00.000",
        )


def _phones(random: Random, staff: Sequence[Row]) -> Iterator[Row]:
    for person in staff:
        for _ in range(random.choice((0, 1, 1, 2))):
            yield person[0], f"+1 555 {random.randrange(10**7):07d}"


def _groups(count: int) -> Iterator[tuple[int, str, str, str, str | None]]:
    """Everybody, then one for each department, then projects; the last item is the department."""
    changed = "2026-01-05 08:00:00.000"
    yield 1, "All employees", "Everybody on the payroll", changed, None
    for index in range(2, count + 1):
        if index - 2 < len(DEPARTMENTS):
            name = DEPARTMENTS[index - 2]
            yield index, name, f"Everybody in {name}", changed, name
        else:
            project = PROJECTS[(index - 2) % len(PROJECTS)]
            name = f"Project {project} {index}"
            yield index, name, f"Working on {project}", changed, ""


def _memberships(
    random: Random,
    teams: Sequence[tuple[int, str, str, str, str | None]],
    staff: Sequence[Row],
) -> Iterator[Row]:
    for identifier, _, _, _, department in teams:
        if department is None:
            members = list(staff)
        elif department:
            members = [person for person in staff if person[5] == department]
        else:
            members = random.sample(list(staff), min(len(staff), random.randrange(5, 60)))
        for person in members:
            yield identifier, person[0]


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    some = list(rows)
    if some:
        marks = ", ".join("?" * len(some[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", some)


def _triggers() -> str:
    made = [
        _CHANGE.format(
            table=table,
            event="UPDATE",
            owner=table,
            key=key,
            row="NEW",
            condition=" WHEN NEW.changed IS OLD.changed",
        )
        for table, key in (("people", "employee_number"), ("groups", "group_id"))
    ]
    for table, owner, key in (
        ("phones", "people", "employee_number"),
        ("memberships", "groups", "group_id"),
    ):
        made += [
            _CHANGE.format(table=table, event=event, owner=owner, key=key, row=row, condition="")
            for event, row in (("INSERT", "NEW"), ("DELETE", "OLD"))
        ]
    return "".join(made)


def _ascii(name: str) -> str:
    letters = {"\u00d8": "O", "\u0141": "L"}
    spelled = "".join(letters.get(char, char) for char in name)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return plain.replace("'", "").lower()
