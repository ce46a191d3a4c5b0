"""An independent judge of SCIM servers has nothing to say against the host but what is named here.

What it says is no fault of ours:

* ``AS_A_WHOLE``: an extension object is compared with what was sent. Ours holds the anchor as well,
  which the target assigned.
* ``ANCHOR``: hence the extension cannot be removed either (RFC 7644 section 3.5.2.2: immutable).
* ``MORE``: a set is compared with the one value added, after another check has left others in it.
* ``TWICE``: by default an attribute is published under its mapped and under its own name, as
  Microsoft's host does, and the judge gives the two different values: that is refused.
* ``DN``: so is ``-dn-``, a name that is none for RFC 7643, and that the judge cannot read.

Binary attributes are left out: the judge compares their Base64 text with decoded bytes.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from ecma2py.host.hosting import Host
from ecma2py.host.server import serve
from ecma2py.host.tokens import TokenStore
from tests.host.processes import free_port
from tests.host.serving import EXTENSION, TOKEN, config_text

ATTRIBUTES = """
[connectors.MEM.attributes]
person = ["login", "givenName", "familyName", "mail", "title", "department", "phone", "externalId",
    "active", "badge", "manager", "tags"]
"""


@contextmanager
def listening(folder: Path, text: str, name: str, port: int) -> Iterator[str]:
    """The URL of a connector of a host that really listens."""
    file = folder / "ecma2py.toml"
    file.write_text(text, encoding="utf-8")
    TokenStore.in_state(folder / "state").add(name, TOKEN, "tests")
    started = threading.Event()
    hosts: list[Host] = []

    def ready(host: Host) -> None:
        hosts.append(host)
        started.set()

    thread = threading.Thread(target=serve, args=(file,), kwargs={"started": ready})
    thread.start()
    assert started.wait(20)
    yield f"http://127.0.0.1:{port}/ecma2host_{name}/scim"
    hosts[0].stop()
    thread.join(20)


def judged(endpoint: str) -> tuple[set[str], int]:
    """What the judge says against the host, and how many things it looked at."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(base_url=endpoint, headers=headers, timeout=30) as http:
        for _ in range(200):
            if http.get(f"{endpoint}/Users").status_code != 503:
                break
            time.sleep(0.05)
        results = check_server(SyncSCIMClient(http), raise_exceptions=False)
    good = (Status.SUCCESS, Status.COMPLIANT)
    said = {
        f"{each.title} {each.resource_type}: {(each.reason or '').splitlines()[0]}"
        for each in results
        if each.status not in good
    }
    return {each.replace(f"{EXTENSION}:", "") for each in said}, len(results)


def _each(template: str) -> set[str]:
    """What is said of users, and of groups."""
    return {template.format(kind=kind) for kind in ("User", "Group")}


ADDED = "check_add_attribute {kind}: Attribute '{name}' was not added or has unexpected value"
AS_A_WHOLE = {
    *_each(ADDED.replace("{name}", "{kind}")),
    *_each(
        "check_replace_attribute {kind}: Attribute '{kind}' was not replaced or has unexpected value"
    ),
}
ANCHOR = _each(
    "check_remove_attribute {kind}: Failed to remove attribute '{kind}': {kind}:id is immutable: it "
    "keeps the value it was created with"
)
MORE_TAGS = ADDED.format(kind="User", name="User:tags")
MORE_MEMBERS = ADDED.format(kind="Group", name="Group:member")
_COMPARING = (
    "object_query_with_attributes",
    "object_list_with_attributes",
    "search_with_attributes",
)
_WHOLE = (*_COMPARING, "object_replacement", "check_remove_attribute")
TWICE = {
    f"{check} {kind}: {kind}:{own} and {mapped} are the same attribute of the target: they cannot "
    "have different values"
    for check in _WHOLE
    for kind, own, mapped in (
        ("User", "login", "userName"),
        ("Group", "displayName", "displayName"),
    )
}
DN = {
    f"{check} {kind}: invalid syntax at column {column} No terminal matches ':' in the current parser "
    f"context, at line 1 col {column}"
    for check in (*_WHOLE, "check_add_attribute", "check_replace_attribute")
    for kind, column in (("User", 58), ("Group", 59))
}


@pytest.mark.parametrize(
    ("scim", "expected", "at_least"),
    [
        ("publish_mapped = false", {*AS_A_WHOLE, *ANCHOR, MORE_TAGS}, 100),
        ("", {*AS_A_WHOLE, *TWICE, MORE_TAGS, MORE_MEMBERS}, 100),
    ],
)
def test_every_check_passes_in_memory(
    tmp_path: Path, scim: str, expected: set[str], at_least: int
) -> None:
    """Every check of scim2-tester is a success but for the deviations named above."""
    port = free_port()
    text = config_text(name=uuid4().hex, scim=scim, more=ATTRIBUTES)
    with listening(tmp_path, text.replace(":8585", f":{port}"), "MEM", port) as endpoint:
        said, looked_at = judged(endpoint)
    assert said == expected
    assert looked_at >= at_least


TABLES = """
CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, login VARCHAR(64) NOT NULL UNIQUE,
    given_name VARCHAR(64), family_name VARCHAR(64) NOT NULL, mail VARCHAR(128), title VARCHAR(64),
    department VARCHAR(64), external_id VARCHAR(64), active BOOLEAN DEFAULT 1,
    manager INTEGER REFERENCES people (id) ON DELETE SET NULL);
CREATE TABLE groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(64) NOT NULL UNIQUE,
    external_id VARCHAR(64));
CREATE TABLE members (group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE,
    person INTEGER REFERENCES people (id) ON DELETE CASCADE, PRIMARY KEY (group_id, person));
"""
CONFIG = """
[host]
listen = "127.0.0.1:{port}"
plain_http = true

[connectors.SQL]
type = "sql"
person = "Person"
group = "Group"

[connectors.SQL.parameters]
"Data source" = "sqlite:///{database}"
"Object types" = '''
[Person]
table = "people"
references = {{ manager = "Person" }}

[Group]
table = "groups"

[Group.multivalued.members]
table = "members"
key = "group_id"
value = "person"
references = "Person"
'''

[connectors.SQL.scim]
{scim}

[connectors.SQL.scim.mapping.User]
userName = "login"
externalId = "external_id"
title = "title"
active = "active"
"name.givenName" = "given_name"
"name.familyName" = "family_name"
'emails[type eq "work"].value' = "mail"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "department"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager" = "manager"

[connectors.SQL.scim.mapping.Group]
displayName = "name"
externalId = "external_id"
members = "members"
"""


@pytest.mark.parametrize(
    ("scim", "expected", "at_least"),
    [("publish_mapped = false", {*AS_A_WHOLE, *ANCHOR}, 85), ("", DN, 50)],
)
def test_every_check_passes_on_a_database(
    tmp_path: Path, scim: str, expected: set[str], at_least: int
) -> None:
    """The same against the SQL connector on a real database."""
    port, database = free_port(), tmp_path / "hr.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(TABLES)
    text = CONFIG.format(port=port, database=database.as_posix(), scim=scim)
    with listening(tmp_path, text, "SQL", port) as endpoint:
        said, looked_at = judged(endpoint)
    assert said == expected
    assert looked_at >= at_least
