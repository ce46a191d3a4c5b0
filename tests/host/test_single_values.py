"""``single_value``: clients see one value of an attribute, and the connector knows several."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py import MAExportType
from examples.memory_directory import DIRECTORIES, Directory
from tests.host.plural import SENT
from tests.host.serving import ENTERPRISE, EXTENSION, ROOT, Client, running

USER = f"{EXTENSION}:User"
TEXT = """
[host]
plain_http = true

[connectors.MEM]
type = "tests.host.plural:Plural"
path = '{root}'
parameters = {{ Name = "{name}", Form = "{form}" }}

[connectors.MEM.scim]
single_value = {{ person = ["uid", "cn", "boss", "status"] }}

[connectors.MEM.scim.mapping.User]
userName = "uid"
displayName = "cn"
manager = "boss"
{more}
"""
FORMS = [each.name for each in MAExportType]


def text(folder: Path, form: str = "ATTRIBUTE_UPDATE", more: str = "") -> str:
    """The configuration of the directory named after *folder*."""
    return TEXT.format(root=ROOT, name=folder, form=form, more=more)


def target(folder: Path) -> Directory:
    """The connected system."""
    return DIRECTORIES[str(folder)]


def put(folder: Path, anchor: str, **attributes: list[str]) -> None:
    """An object that is in the connected system already."""
    target(folder).objects["person", anchor] = dict(attributes)
    target(folder).touch(("person", anchor))


def held(folder: Path, anchor: str) -> dict[str, Any]:
    """What the connected system holds of an object beside its anchor, its sets sorted."""
    found: dict[str, Any] = target(folder).objects["person", anchor]
    return {name: sorted(values) for name, values in found.items() if name != "id"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a directory with Ann, who has several of everything, and Bob and Cid."""
    put(tmp_path, "2", uid=["bob"])
    put(tmp_path, "3", uid=["cid"])
    put(
        tmp_path,
        "1",
        uid=["anny", "ann", "zoe"],
        cn=["Zoe", "Ann"],
        boss=["3", "2"],
        peers=["3", "2"],
        tags=["y", "x"],
    )
    async with running(tmp_path, text(tmp_path)) as started:
        yield started


async def person(client: Client, login: str) -> Any:
    """The only person with this login."""
    (found,) = await client.found("/Users", f'userName eq "{login}"')
    return found


async def test_the_first_value_is_shown(client: Client) -> None:
    """Everywhere as a single value; what is not listed stays an array."""
    bob, ann = await person(client, "bob"), await person(client, "ann")

    assert (ann["userName"], ann["displayName"]) == ("ann", "Ann")
    assert ann[ENTERPRISE]["manager"]["value"] == bob["id"]
    own = ann[USER]
    assert (own["uid"], own["cn"], own["boss"], own["tags"]) == (
        "ann",
        "Ann",
        bob["id"],
        ["x", "y"],
    )
    assert len(own["peers"]) == 2


async def test_schemas_say_what_is_shown(client: Client) -> None:
    """A client that reads them gives and expects one value."""
    schemas = (await client.json("GET", "/Schemas"))["Resources"]
    own = next(each for each in schemas if each["id"] == USER)
    multi = {each["name"]: each["multiValued"] for each in own["attributes"]}
    assert [name for name, several in multi.items() if several] == ["tags", "peers"]


@pytest.mark.parametrize("attribute", ["userName", f"{USER}:uid", "displayName", f"{USER}:status"])
async def test_only_what_is_shown_is_found(client: Client, attribute: str) -> None:
    """By an index and without one; a hidden value matches nothing."""
    for _ in range(2):
        for value in ("anny", "zoe"):
            assert await client.found("/Users", f'{attribute} eq "{value}"') == []
            assert await client.found("/Users", f'{attribute} co "{value}"') == []
        assert client.host.connectors["MEM"].space.wait_for_indexes(10)  # type: ignore[attr-defined]
    assert len(await client.found("/Users", 'userName eq "ANN"')) == 1
    assert len(await client.found("/Users", 'displayName eq "ann"')) == 1
    assert len(await client.found("/Users", 'not (userName eq "zoe")')) == 3


async def test_many_hidden_values_hide_nobody(tmp_path: Path) -> None:
    """The one who shows what many others hide is found among them, and counted alone."""
    for number in range(60):
        put(tmp_path, f"{number:03}", uid=[f"p{number:03}", "same"])
    put(tmp_path, "last", uid=["same"])
    async with running(tmp_path, text(tmp_path)) as client:
        found = await client.json("GET", "/Users", filter='userName eq "same"')
        assert found["totalResults"] == 1
        assert found["Resources"][0][USER]["id"] == "last"


async def test_a_reference_is_found_by_what_is_shown(client: Client) -> None:
    """The hidden manager has no reports."""
    for login, reports in (("bob", 1), ("cid", 0)):
        id = (await person(client, login))["id"]
        for path in ("manager", f"{ENTERPRISE}:manager.value", f"{USER}:boss"):
            assert len(await client.found("/Users", f'{path} eq "{id}"')) == reports
        assert len(await client.found("/Users", f'{USER}:peers eq "{id}"')) == 1


async def test_lists_are_sorted_by_what_is_shown(client: Client) -> None:
    """Ann comes before Bob though she is also called Zoe."""
    listed = await client.json("GET", "/Users", sortBy="userName")
    assert [each["userName"] for each in listed["Resources"]] == ["ann", "bob", "cid"]


@pytest.mark.parametrize("form", FORMS)
async def test_a_write_replaces_all_values(tmp_path: Path, form: str) -> None:
    """In every form of export the target is left with the one value, as a set of one."""
    for anchor in ("2", "3"):
        put(tmp_path, anchor, uid=[f"p{anchor}"])
    put(tmp_path, "1", uid=["ann", "zoe"], cn=["A", "B"], boss=["2", "3"], tags=["x", "y"])
    async with running(tmp_path, text(tmp_path, form)) as client:
        ann = await person(client, "ann")
        path = f"/Users/{ann['id']}"
        boss = (await person(client, "p3"))["id"]

        done = await client.patch(
            path,
            {"op": "Replace", "path": "userName", "value": "eve"},
            {"op": "Add", "path": "manager", "value": boss},
            {"op": "Remove", "path": "displayName"},
        )

        assert done.status_code == 204, done.text
        assert held(tmp_path, "1") == {"uid": ["eve"], "boss": ["3"], "tags": ["x", "y"]}
        (sent,) = SENT[str(tmp_path)]
        assert all(each.is_multi_valued for each in sent.changes.values())
        whole = {name: each for name, each in sent.attributes.items() if name != "id"}
        assert all(isinstance(each, list) for each in whole.values())
        read = await client.json("GET", path)
        assert (read["userName"], read[ENTERPRISE]["manager"]["value"]) == ("eve", boss)
        assert "displayName" not in read

        made = await client.person("new", displayName="N", manager=boss)
        assert held(tmp_path, made[USER]["id"]) == {"uid": ["new"], "cn": ["N"], "boss": ["3"]}
        body = {"userName": "eva", "displayName": "E", ENTERPRISE: {}}
        assert (await client.json("PUT", path, body))["displayName"] == "E"
        assert held(tmp_path, "1") == {"uid": ["eva"], "cn": ["E"], "tags": ["x", "y"]}
        assert len(SENT[str(tmp_path)]) == 3


async def test_writing_what_is_shown_changes_nothing(client: Client, tmp_path: Path) -> None:
    """A client that sends a resource back as it read it takes no hidden value away."""
    ann = await person(client, "ann")
    path = f"/Users/{ann['id']}"
    before = held(tmp_path, "1")

    again = await client.json("PUT", path, ann)
    await client.patch(path, {"op": "replace", "value": {"userName": "ann", f"{USER}:cn": "Ann"}})

    assert again["meta"]["version"] == ann["meta"]["version"]
    assert (held(tmp_path, "1"), SENT.get(str(tmp_path))) == (before, None)


async def test_a_reference_that_leads_nowhere_is_hidden_with_the_others(tmp_path: Path) -> None:
    """No other takes its place, its text is told, and giving that text changes nothing."""
    put(tmp_path, "1", uid=["ann"], boss=["2", "0"])
    put(tmp_path, "2", uid=["bob"])
    async with running(tmp_path, text(tmp_path)) as client:
        ann, bob = await person(client, "ann"), await person(client, "bob")
        assert (ENTERPRISE in ann, ann[USER]["boss"]) == (False, "0")
        for id, value in ((ann["id"], "0"), (bob["id"], "")):
            await client.patch(
                f"/Users/{id}", {"op": "replace", "path": f"{USER}:boss", "value": value}
            )
        assert SENT.get(str(tmp_path)) is None


async def test_one_attribute_under_two_names_is_changed_by_either(
    client: Client, tmp_path: Path
) -> None:
    """A whole resource that differs in one of them says what it wants."""
    ann = await person(client, "ann")
    changed = {**ann, USER: {**ann[USER], "uid": "eve"}}
    after = await client.json("PUT", f"/Users/{ann['id']}", changed)
    assert (after["userName"], after[USER]["uid"]) == ("eve", "eve")
    assert held(tmp_path, "1")["uid"] == ["eve"]


async def test_what_is_hidden_is_free(client: Client, tmp_path: Path) -> None:
    """A value that clients find nowhere is in nobody's use; one that is shown is."""
    assert (await client.send("POST", "/Users", {"userName": "Ann"})).status_code == 409
    zoe = await client.person("zoe")
    assert (await client.send("POST", "/Users", {"userName": "zoe"})).status_code == 409
    taken = await client.patch(
        f"/Users/{zoe['id']}", {"op": "replace", "path": "userName", "value": "ann"}
    )
    assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness")
    assert held(tmp_path, "1")["uid"] == ["ann", "anny", "zoe"]


@pytest.mark.parametrize(
    "value",
    [["a", "b"], {"value": "a"}, 7],
)
async def test_one_value_is_taken(client: Client, value: object) -> None:
    """Anything else is refused by the attribute's name, as of any single-valued attribute."""
    refused = await client.send("POST", "/Users", {"userName": value})
    assert refused.status_code == 400
    assert "userName" in refused.json()["detail"]


async def test_an_account_can_be_disabled_by_one(tmp_path: Path) -> None:
    """The Disable flow sets such an attribute, and ``active`` tells its first value."""
    put(tmp_path, "1", uid=["ann"], status=["on", "zzz"])
    flow = """
        [connectors.MEM.deprovisioning]
        disable = "set"
        disable_attribute = "status"
        disabled_value = "off"
        enabled_value = "on"
    """
    async with running(tmp_path, text(tmp_path, more=flow)) as client:
        ann = await person(client, "ann")
        assert ann["active"] is True
        path = f"/Users/{ann['id']}"
        await client.patch(path, {"op": "replace", "path": "active", "value": False})
        assert held(tmp_path, "1")["status"] == ["off"]
        assert (await client.json("GET", path))["active"] is False


async def test_an_account_can_be_disabled_by_one_reference(tmp_path: Path) -> None:
    """It cannot be mapped to ``active``, which tells the first reference all the same."""
    put(tmp_path, "1", uid=["ann"], boss=["2", "7"])
    put(tmp_path, "2", uid=["bob"])
    flow = """
        [connectors.MEM.deprovisioning]
        disable = "set"
        disable_attribute = "boss"
        disabled_value = "9"
        enabled_value = "2"
    """
    bare = text(tmp_path, more=flow).replace('manager = "boss"', "")
    async with running(tmp_path, bare) as client:
        ann = await person(client, "ann")
        assert ann["active"] is True
        path = f"/Users/{ann['id']}"
        await client.patch(path, {"op": "replace", "path": "active", "value": False})
        assert held(tmp_path, "1")["boss"] == ["9"]
        assert (await client.json("GET", path))["active"] is False
        await client.patch(path, {"op": "replace", "path": "active", "value": True})
        assert held(tmp_path, "1")["boss"] == ["2"]
        assert (await client.json("GET", path))["active"] is True


async def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    """A slip in the list keeps the connector from being served, and status says which."""
    wrong = text(tmp_path).replace('"status"]', '"state"]')
    async with running(tmp_path, wrong) as client:
        assert (
            "scim.single_value: object type 'person' has no attribute 'state'"
            in (client.host.failed["MEM"])
        )
