"""The main job, shown in a minute: an identity service provisions an HR database over SCIM 2.0.

Makes a SQLite database of people and groups, starts the host on it, does what an identity service
does, and shows the rows before and after.
"""

import secrets
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from examples.demo.client import ScimClient
from examples.demo.database import OBJECT_TYPES, create_database
from examples.demo.stage import (
    EXTENSION,
    Watched,
    console,
    deleted,
    free_port,
    patch_body,
    program,
    say,
    serving,
    updated,
)

FOLDER = Path(".work/demo")
CONFIG = """\
# Made by the demonstration. `ecma2py init` writes such a file for your own application.

[host]
listen = "127.0.0.1:{port}"
plain_http = true                  # only ever on the loopback interface; leave it out for TLS
log_level = "warning"

[connectors.HR]
type = "sql"
person = "Person"
group = "Group"

[connectors.HR.parameters]
"Data source" = "sqlite:///{database}"
"Object types" = '''
{types}'''

[connectors.HR.scim.mapping.User]
userName = "mail"
displayName = "display_name"
active = "active"
title = "title"
"name.givenName" = "given_name"
"name.familyName" = "family_name"
'emails[type eq "work"].value' = "mail"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "department"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager" = "manager"

[connectors.HR.scim.mapping.Group]
displayName = "group_name"
members = "members"
"""
COLUMNS = ("given_name", "family_name", "mail", "title", "department", "manager", "active")


def main() -> int:
    """The whole demonstration; 0 if everything came out as it should."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    database = (FOLDER / "hr.db").resolve()
    create_database(database)
    with closing(sqlite3.connect(database)) as connection:
        people = connection.execute("SELECT count(*) FROM people").fetchone()[0]
        groups = connection.execute("SELECT count(*) FROM groups").fetchone()[0]
    say(f"An HR database with {people:,} people and {groups} groups: {database}")
    port = free_port()
    config = FOLDER / "ecma2py.toml"
    text = CONFIG.format(port=port, database=database.as_posix(), types=OBJECT_TYPES)
    config.write_text(text, encoding="utf-8")
    log = FOLDER / "host.log"
    with serving(config, "HR", port, log) as client:
        story(client, database)
    say("How to go on", title=True)
    console.print(
        f"  What the host logged: {log}\n"
        f"  Serve it again:       {program()} serve --config {config}\n"
        f"  A token to show it:   {program()} token create HR --label me --config {config}\n"
        f"  Your own application: {program()} init HR --type sql\n"
        "  Your own connector:   docs/tutorial/first-connector.md\n"
        "  With Microsoft Entra: docs/how-to/entra.md"
    )
    return 0


def story(client: ScimClient, database: Path) -> None:
    """What an identity service does in the life of one person."""
    say("Test connection: nobody has a random name", title=True)
    nobody = client.find("/Users", f'userName eq "{secrets.token_hex(8)}"')
    console.print(f"  200, {len(nobody)} results")

    say("Match: is this person there already?", title=True)
    with closing(sqlite3.connect(database)) as connection:
        mail = connection.execute("SELECT mail FROM people WHERE mail IS NOT NULL").fetchone()[0]
    known = client.find("/Users", f'userName eq "{mail}"')[0]
    console.print(f"  {mail} is {known['displayName']}, id {known['id']}")

    row = Watched(
        "people",
        ("employee_number", *COLUMNS, "groups"),
        lambda: stored(database, "P-2001"),
    )
    say("Create a person", title=True)
    person = created(client, known["id"])
    row.show()

    updated(client, person, client.find("/Groups", "displayName pr")[0], row)

    say("What cannot be comes back as an error that says why", title=True)
    status, answer = client.send("POST", "/Users", new_person("P-2002", mail, known["id"]))
    console.print(f"  {status} {answer.get('scimType')}: {answer['detail']}")
    broken = [{"op": "Replace", "path": "userName", "value": "no address"}]
    status, answer = client.send("PATCH", f"/Users/{person}", patch_body(broken))
    console.print(f"  {status} {answer.get('scimType')}: {answer['detail']}")

    deleted(client, person, row)


def created(client: ScimClient, manager: str) -> str:
    """The id of a new person."""
    status, answer = client.send(
        "POST", "/Users", new_person("P-2001", "ada.byron@example.org", manager)
    )
    console.print(f"  {status}, id {answer['id']}")
    return str(answer["id"])


def new_person(number: str, mail: str, manager: str) -> dict[str, Any]:
    """A person as an identity service sends one; the key goes under the connector's own schema."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": mail,
        "displayName": "Ada Byron",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "title": "Researcher",
        "active": True,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Research",
            "manager": {"value": manager},
        },
        f"{EXTENSION}:User": {"employee_number": number, "hired": "2026-01-15"},
    }


def stored(database: Path, number: str) -> dict[str, str]:
    """One person's row in the database; nothing if there is none."""
    query = f"SELECT {', '.join(COLUMNS)} FROM people WHERE employee_number = ?"
    joined = (
        "SELECT g.name FROM memberships m JOIN groups g USING (group_id) WHERE employee_number = ?"
    )
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute(query, (number,)).fetchone()
        groups = [name for (name,) in connection.execute(joined, (number,))]
    if row is None:
        return {}
    shown = ["" if value is None else str(value) for value in row]
    names = dict(zip(COLUMNS, shown, strict=True))
    return {"employee_number": number, **names, "groups": ", ".join(groups)}


if __name__ == "__main__":
    sys.exit(main())
