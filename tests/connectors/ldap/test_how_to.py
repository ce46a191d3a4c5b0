"""``docs/how-to/ldap.md`` works as it is written, on a real directory."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py import SecureString
from tests.cli.commands import succeed
from tests.connectors.ldap.directories import Directory
from tests.docs.test_examples import blocks
from tests.host.serving import EXTENSION, ROOT, Client, running

PAGE = ROOT / "docs" / "how-to" / "ldap.md"


def configuration(directory: Directory) -> str:
    """What the page shows, for this directory."""
    (shown,) = blocks(PAGE, "toml")
    password, port = directory.parameters["Bind password"], directory.parameters["Port"]
    assert isinstance(password, SecureString)
    for given, wanted in (
        ("connectors.Directory", "connectors.MEM"),
        ('"ldap.example"', f'"127.0.0.1"\nPort = {port}\nSecurity = "none"'),
        ("cn=provisioning,dc=example,dc=com", directory.account),
        ('"Base DNs" = "dc=example,dc=com"', f'"Base DNs" = "{directory.base}"'),
        ("${DIR_PASSWORD}", password.reveal()),
    ):
        assert given in shown
        shown = shown.replace(given, wanted)
    return f"[host]\nplain_http = true\n{shown}"


@pytest.fixture
async def client(directory: Directory, tmp_path: Path) -> AsyncIterator[Client]:
    """A client of the directory, in which Ann has two of most things and two managers."""
    people = f"ou=people,{directory.base}"
    for name in ("bob", "cid"):
        directory.add(
            f"dn: uid={name},{people}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: S\n"
        )
    directory.add(
        f"dn: uid=ann,{people}\nobjectClass: inetOrgPerson\nuid: ann\nuid: anny\n"
        "cn: Ann Ames\ncn: Annie\nsn: Ames\nsn: Best\nmail: b@x\nmail: a@x\n"
        f"manager: uid=cid,{people}\nmanager: uid=bob,{people}\n"
    )
    async with running(tmp_path, configuration(directory)) as started:
        assert started.host.failed == {}
        yield started


def entry(directory: Directory, name: str, container: str = "people") -> dict[str, set[str]]:
    """What the directory holds at a name, without its classes."""
    arguments = ("-LLL", "-o", "ldif-wrap=no", "-b", f"ou={container},{directory.base}", name)
    held: dict[str, set[str]] = {}
    for line in directory.tool("ldapsearch", *arguments).splitlines():
        attribute, _, value = line.partition(": ")
        held.setdefault(attribute, set()).add(value)
    return {name: held[name] for name in held if name not in ("", "objectClass")}


async def test_entries_are_read_with_one_value_each(client: Client, directory: Directory) -> None:
    """The first in order; all of what SCIM takes several of."""
    (ann,) = await client.found("/Users", 'userName eq "ann"')
    (bob,) = await client.found("/Users", 'userName eq "bob"')

    assert (ann["userName"], ann["displayName"]) == ("ann", "Ann Ames")
    assert ann["name"] == {"familyName": "Ames"}
    assert [each["value"] for each in ann["emails"]] == ["a@x", "b@x"]
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert ann[enterprise]["manager"]["value"] == bob["id"]
    assert await client.found("/Users", 'userName eq "anny"') == []


async def test_what_init_writes_can_be_served(
    directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mapping it makes of the directory's schema comes with what it needs."""
    password = directory.parameters["Bind password"]
    assert isinstance(password, SecureString)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIR_PASSWORD", password.reveal())
    given = {**directory.parameters, "Bind password": "${DIR_PASSWORD}"}
    options = [each for name, value in given.items() for each in ("--set", f"{name}={value}")]
    succeed("init", "MEM", "--type", "ldap", *options)
    written = (tmp_path / "ecma2py.toml").read_text(encoding="utf-8")
    served = written.replace("[host]", "[host]\nplain_http = true")
    (tmp_path / "served").mkdir()
    async with running(
        tmp_path / "served", served.replace("${DIR_PASSWORD}", password.reveal())
    ) as client:
        assert client.host.failed == {}
        kinds = client.host.connectors["MEM"].views.kinds
        assert [sorted(each.firsts) for each in kinds] == [
            ["givenName", "manager", "sn", "title", "uid"],
            ["cn"],
        ]


async def test_entries_are_made_and_changed(client: Client, directory: Directory) -> None:
    """A person and a group by what the page maps and says, a change, and a rename."""
    own, dn = f"{EXTENSION}:User", f"uid=eve,ou=people,{directory.base}"
    eve: dict[str, Any] = {
        "userName": "eve",
        "displayName": "Eve",
        "name": {"familyName": "E"},
        own: {"-dn-": dn},
    }
    path = f"/Users/{(await client.json('POST', '/Users', eve))['id']}"
    assert entry(directory, "uid=eve") == {"dn": {dn}, "uid": {"eve"}, "cn": {"Eve"}, "sn": {"E"}}

    (ann,) = await client.found("/Users", 'userName eq "ann"')
    done = await client.patch(
        f"/Users/{ann['id']}",
        {"op": "replace", "path": "name.familyName", "value": "Cole"},
        {"op": "replace", "path": "userName", "value": "ann"},
        {"op": "remove", "path": "manager"},
    )
    assert done.status_code == 204, done.text
    left = entry(directory, "uid=ann")
    assert (left["sn"], left["uid"], "manager" in left) == ({"Cole"}, {"ann", "anny"}, False)
    assert left["cn"] == {"Ann Ames", "Annie"}

    renamed = dn.replace("eve", "eva")
    done = await client.patch(
        path,
        {"op": "replace", "path": "userName", "value": "eva"},
        {"op": "replace", "path": f"{own}:-dn-", "value": renamed},
    )
    assert done.status_code == 204, done.text
    assert entry(directory, "uid=eva")["uid"] == {"eva"}

    group = {
        "displayName": "Staff",
        "members": [{"value": ann["id"]}],
        f"{EXTENSION}:Group": {"-dn-": f"cn=Staff,ou=groups,{directory.base}"},
    }
    await client.json("POST", "/Groups", group)
    staff = entry(directory, "cn=Staff", "groups")
    assert (staff["cn"], staff["member"]) == ({"Staff"}, left["dn"])
