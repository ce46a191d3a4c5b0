"""The SCIM endpoint over the in-memory connector: what clients send and what they get."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ecma2py.space import SqliteSpace
from examples.memory_directory import DIRECTORIES
from tests.host.serving import ENTERPRISE, EXTENSION, PATCH, Client, config_text, running
from tests.host.sluggish import Keyring


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a fresh, empty directory."""
    async with running(tmp_path, config_text(name=str(tmp_path))) as started:
        yield started


def stored(tmp_path: Path, object_type: str, anchor: str) -> Any:
    """The object as the connected system has it."""
    return DIRECTORIES[str(tmp_path)].objects.get((object_type, anchor))


async def test_life_of_a_person(client: Client, tmp_path: Path) -> None:
    """Create, read, change, disable and delete reach the target, and each read sees the last."""
    made = await client.send("POST", "/Users", {"userName": "ann", "name": {"givenName": "Ann"}})
    person = made.json()
    path = f"/Users/{person['id']}"
    anchor = person[f"{EXTENSION}:User"]["id"]
    assert made.status_code == 201
    assert made.headers["content-type"] == "application/scim+json"
    assert made.headers["location"] == f"http://localhost:8585/ecma2host_MEM/scim{path}"
    assert made.headers["etag"] == person["meta"]["version"]
    assert stored(tmp_path, "person", anchor) == {"login": "ann", "givenName": "Ann"}

    changed = await client.patch(
        path,
        {"op": "Replace", "path": "name.givenName", "value": "Anne"},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "a@x"},
        {"op": "Replace", "path": "active", "value": "False"},
    )
    assert changed.status_code == 204
    assert stored(tmp_path, "person", anchor) == {
        "login": "ann",
        "givenName": "Anne",
        "mail": "a@x",
        "active": False,
    }
    read = await client.json("GET", path)
    assert read["active"] is False
    assert read["emails"] == [{"value": "a@x", "type": "work"}]

    gone = await client.send("DELETE", path)
    assert gone.status_code == 204
    assert stored(tmp_path, "person", anchor) is None
    assert (await client.send("GET", path)).status_code == 404
    assert (await client.send("DELETE", path)).status_code == 404


async def test_put_is_the_whole(client: Client, tmp_path: Path) -> None:
    """PUT leaves what the body says and clears what it leaves out, but for unnamed extensions."""
    person = await client.person("ann", name={"givenName": "A", "familyName": "B"})
    path = f"/Users/{person['id']}"
    await client.patch(path, {"op": "add", "path": f"{EXTENSION}:User:tags", "value": ["x"]})

    after = await client.json("PUT", path, {"userName": "ann", "name": {"givenName": "C"}})

    assert after["name"] == {"givenName": "C"}
    assert after[f"{EXTENSION}:User"]["tags"] == ["x"]
    whole = await client.json("PUT", path, {**after, f"{EXTENSION}:User": {}})
    assert "tags" not in whole[f"{EXTENSION}:User"]
    again = await client.send("PUT", path, whole)
    assert again.headers["etag"] == whole["meta"]["version"]


async def test_members(client: Client) -> None:
    """Members come and go one by one, are found both ways, and may be left out of the answer."""
    people = [await client.person(f"p{number}") for number in range(3)]
    ids = [each["id"] for each in people]
    group = await client.json("POST", "/Groups", {"displayName": "G"})
    path = f"/Groups/{group['id']}"

    await client.patch(
        path, {"op": "Add", "path": "members", "value": [{"value": each} for each in ids]}
    )
    await client.patch(path, {"op": "Add", "path": "members", "value": [{"value": ids[0]}]})
    await client.patch(path, {"op": "remove", "path": f'members[value eq "{ids[2]}"]'})

    read = await client.json("GET", path)
    assert {each["value"] for each in read["members"]} == set(ids[:2])
    assert read["members"][0]["$ref"].endswith(f"/Users/{read['members'][0]['value']}")
    assert "members" not in await client.json("GET", path, excludedAttributes="members")
    holding = await client.found("/Groups", f'members eq "{ids[0]}"')
    assert [each["id"] for each in holding] == [group["id"]]
    assert await client.found("/Groups", f'members.value eq "{ids[2]}"') == []
    both = await client.found("/Groups", f'id eq "{group["id"]}" and members eq "{ids[0]}"')
    assert len(both) == 1
    unknown = await client.patch(path, {"op": "Add", "path": "members", "value": [{"value": "?"}]})
    assert unknown.status_code == 400
    assert "members" in unknown.json()["detail"]


async def test_manager(client: Client) -> None:
    """A manager is set by id, by string and by array, and cleared by an empty string."""
    boss = (await client.person("boss"))["id"]
    path = f"/Users/{(await client.person('ann'))['id']}"
    forms: list[Any] = [{"value": boss}, boss, [{"value": boss}]]

    for form in forms:
        await client.patch(path, {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": form})
        read = await client.json("GET", path)
        assert read[ENTERPRISE]["manager"]["value"] == boss
        held = await client.found("/Users", f'{ENTERPRISE}:manager eq "{boss}"')
        assert len(held) == 1
        await client.patch(path, {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""})
        assert ENTERPRISE not in await client.json("GET", path)


INDEXED = [
    ('userName eq "P1"', ["p1"]),
    ("userName eq p1", ["p1"]),
    (f'{EXTENSION}:User:login eq "p2"', ["p2"]),
    ('userName eq "nobody"', []),
    ('emails[type eq "work"].value eq "p1@x"', ["p1"]),
    ('emails[type eq "work" and value eq "P1@x"]', ["p1"]),
    ('emails[type eq "home"].value eq "p1@x"', []),
    ('emails.value eq "P1@x"', ["p1"]),
    (f'{EXTENSION}:User:badge eq "many"', []),
    ('title gt "a" and userName eq "p1"', []),
]
NOT_INDEXED = [
    ('PLACEHOLDER eq "8646d011"', []),
    ('userName sw "p" and not (userName eq "p1")', ["p0", "p2"]),
    ('userName eq "p0" or userName eq "p2"', ["p0", "p2"]),
    ('emails[type eq "work" and not (value eq "p1@x")]', ["p0", "p2"]),
    ("name.familyName pr", []),
    ('title gt "a"', []),
    (f"{EXTENSION}:User:badge eq 1", ["p1"]),
    (f"{EXTENSION}:User:badge gt 0", ["p1", "p2"]),
    ("active eq true", ["p0", "p2"]),
    ('active eq "False"', ["p1"]),
    ('meta.created gt "2020-01-01T00:00:00Z"', ["p0", "p1", "p2"]),
    ("manager eq null", ["p0", "p1", "p2"]),
]


@pytest.mark.parametrize(("filter", "expected"), [*INDEXED, *NOT_INDEXED])
async def test_filters(
    client: Client, filter: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter finds what it says; one that an index answers has no other object looked at."""
    scans: list[object] = []
    for name in ("scan", "_matching"):
        read = getattr(SqliteSpace, name)
        monkeypatch.setattr(SqliteSpace, name, lambda *a, r=read: scans.append(a) or r(*a))
    for number in range(3):
        more = {f"{EXTENSION}:User": {"badge": number}, "active": number != 1}
        await client.person(
            f"p{number}", emails=[{"type": "work", "value": f"p{number}@x"}], **more
        )

    assert [each["userName"] for each in await client.found("/Users", filter)] == expected
    body = {"filter": filter, "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    searched = await client.json("POST", "/Users/.search", body)
    assert [each["userName"] for each in searched["Resources"]] == expected
    assert bool(scans) is ((filter, expected) in NOT_INDEXED)


async def test_pages(client: Client) -> None:
    """Pages by index and by cursor, with and without a filter, make up the whole, once each."""
    for number in range(7):
        await client.person(f"p{number}")
    whole = [each["userName"] for each in (await client.json("GET", "/Users"))["Resources"]]
    assert len(whole) == 7

    for filter in ({}, {"filter": 'userName sw "p"'}, {"sortBy": "userName"}):
        paged = []
        for start in (1, 4, 7, 10):
            answer = await client.json("GET", "/Users", startIndex=str(start), count="3", **filter)
            assert answer["totalResults"] == 7
            paged += [each["userName"] for each in answer["Resources"]]
        assert sorted(paged) == sorted(whole)
    for filter in ({}, {"filter": 'userName sw "p"'}):
        seen, cursor = [], ""
        while cursor is not None:
            answer = await client.json("GET", "/Users", cursor=cursor, count="3", **filter)
            seen += [each["userName"] for each in answer["Resources"]]
            cursor = answer.get("nextCursor")
        assert seen == whole
    assert (await client.json("GET", "/Users", count="0"))["Resources"] == []
    last = await client.json("GET", "/Users", sortBy="userName", sortOrder="descending", count="1")
    assert last["Resources"][0]["userName"] == "p6"


async def test_root_queries(client: Client) -> None:
    """The root is searched over all types, by index and by cursor."""
    await client.person("ann")
    await client.json("POST", "/Groups", {"displayName": "G"})

    everything = await client.json("GET", "/")
    searched = await client.json(
        "POST", "/.search", {"filter": "id pr", "count": 1, "startIndex": 2}
    )
    first = await client.json("GET", "/", cursor="", count="1")
    second = await client.json("GET", "/", cursor=first["nextCursor"])

    assert everything["totalResults"] == searched["totalResults"] == 2
    names = [each["Resources"][0]["meta"]["resourceType"] for each in (first, second)]
    assert names == ["User", "Group"]
    assert searched["Resources"][0]["displayName"] == "G"


async def test_versions(client: Client) -> None:
    """A stale If-Match is 412, a current one passes, and If-None-Match spares the body."""
    person = await client.person("ann")
    path, tag = f"/Users/{person['id']}", person["meta"]["version"]
    operation = {"op": "replace", "path": "title", "value": "T"}
    body = {"schemas": [PATCH], "Operations": [operation]}

    for known in (tag, "*"):
        answer = await client.send("GET", path, headers={"If-None-Match": known})
        assert answer.status_code == 304
        unwanted = await client.send("PATCH", path, body, headers={"If-None-Match": known})
        assert unwanted.status_code == 412
    first = await client.send("PATCH", path, body, headers={"If-Match": tag})
    stale = await client.send("DELETE", path, headers={"If-Match": tag})
    many = await client.send("DELETE", path, headers={"If-Match": '"x",' * 1000 + '"y"'})
    anything = await client.send("DELETE", path, headers={"If-Match": "*"})

    codes = [each.status_code for each in (first, stale, many, anything)]
    assert codes == [204, 412, 412, 204]


async def test_patch_answers(client: Client, tmp_path: Path) -> None:
    """PATCH answers 204, or 200 with the resource when attributes are named or it is configured."""
    path = f"/Users/{(await client.person('ann'))['id']}"
    operation = {"op": "replace", "path": "title", "value": "T"}

    named = await client.patch(path, operation, attributes="title")
    same = await client.patch(path, operation)

    assert (named.status_code, same.status_code) == (200, 204)
    assert same.headers["etag"] == named.headers["etag"]
    other = tmp_path / "other"
    other.mkdir()
    async with running(other, config_text(scim="patch_response = 200")) as second:
        path = f"/Users/{(await second.person('ann'))['id']}"
        assert (await second.patch(path, operation)).json()["userName"] == "ann"


async def test_one_of_many_equal_creates_wins(client: Client) -> None:
    """Of creates with one user name at the same time, one is made and all others are 409."""
    answers = await asyncio.gather(
        *(client.send("POST", "/Users", {"userName": "ann"}) for _ in range(8))
    )

    assert sorted(each.status_code for each in answers) == [201] + [409] * 7
    assert all(a.json()["scimType"] == "uniqueness" for a in answers if a.status_code == 409)


@pytest.mark.parametrize("name", ["\u00e9", "\u212b"], ids=["composed", "compatible"])
async def test_spellings_of_one_name_are_one_name(client: Client, name: str) -> None:
    """Two that come at once are told apart by the same rule as those that are stored."""
    spellings = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    answers = await asyncio.gather(
        *(client.send("POST", "/Users", {"userName": each}) for each in spellings)
    )
    assert sorted(each.status_code for each in answers) == [201, 409]


async def test_no_concurrent_change_is_lost(client: Client) -> None:
    """Members added at the same time are all there afterwards."""
    ids = [(await client.person(f"p{number}"))["id"] for number in range(20)]
    group = await client.json("POST", "/Groups", {"displayName": "G"})
    path = f"/Groups/{group['id']}"

    await asyncio.gather(
        *(
            client.patch(path, {"op": "add", "path": "members", "value": [{"value": i}]})
            for i in ids
        )
    )

    assert len((await client.json("GET", path))["members"]) == 20


@pytest.mark.parametrize("unique", [True, False])
async def test_groups_are_found_by_name(tmp_path: Path, unique: bool) -> None:
    """Entra needs displayName to be unique, whatever its case; a group keeps its own."""
    scim = "" if unique else "unique_group_names = false"
    async with running(tmp_path, config_text(name=str(tmp_path), scim=scim)) as client:
        await client.json("POST", "/Groups", {"displayName": "Sales"})
        other = await client.json("POST", "/Groups", {"displayName": "Other"})
        path = f"/Groups/{other['id']}"
        rename = {"op": "replace", "path": "displayName"}
        answers = [
            await client.send("POST", "/Groups", {"displayName": "sales"}),
            await client.patch(path, {**rename, "value": "SALES"}),
            await client.send("PUT", path, {"displayName": "SALES"}),
        ]
        own = await client.patch(path, {**rename, "value": "OTHER"})
        schema = await client.json("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group")

    assert [each.status_code for each in answers] == ([409] * 3 if unique else [201, 204, 200])
    assert not unique or {each.json()["scimType"] for each in answers} == {"uniqueness"}
    assert own.status_code == 204
    name = next(each for each in schema["attributes"] if each["name"] == "displayName")
    assert name["uniqueness"] == ("server" if unique else "none")


async def test_connector_refusals(client: Client) -> None:
    """A refusal of the connector keeps its MAExportError name, and has a fitting status."""
    body = {"userName": "ann", f"{EXTENSION}:User": {"id": "7"}}
    await client.json("POST", "/Users", body)

    taken = await client.send("POST", "/Users", {**body, "userName": "bob"})

    assert taken.status_code == 409
    assert taken.json()["scimType"] == "uniqueness"


@pytest.mark.parametrize("connector", ["Busy", "BusyByResult"])
async def test_a_target_that_is_asked_too_often(tmp_path: Path, connector: str) -> None:
    """The client is told to come back, and when."""
    text = config_text(name=str(tmp_path))
    text = text.replace(
        "examples.memory_directory:MemoryDirectory", f"tests.host.sluggish:{connector}"
    )
    async with running(tmp_path, text) as client:
        refused = await client.send("POST", "/Users", {"userName": "ann"})

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "90"), refused.text
    assert "Too many requests" in refused.json()["detail"]


async def test_what_a_connector_says_is_cut(client: Client, tmp_path: Path) -> None:
    """An error that repeats a long value fills neither the answer nor the audit."""
    ann = await client.person("ann", **{f"{EXTENSION}:User": {"id": "7" * 10_000}})
    DIRECTORIES[str(tmp_path)].objects.clear()
    gone = await client.patch(
        f"/Users/{ann['id']}", {"op": "replace", "path": "title", "value": "x"}
    )

    assert not gone.is_success
    assert 2000 < len(gone.json()["detail"]) < 2100
    record = client.host.connectors["MEM"].space.audit(1)[0]
    assert (record.outcome == "success", len(record.detail)) == (False, 2000)


async def test_password(client: Client, tmp_path: Path) -> None:
    """export_password is set after the add, changed by PATCH, refused by policy, never shown."""
    secret = {f"{EXTENSION}:User": {"export_password": "long enough"}}
    person = await client.person("ann", **secret)
    anchor = person[f"{EXTENSION}:User"]["id"]
    passwords = DIRECTORIES[str(tmp_path)].passwords
    path = f"/Users/{person['id']}"
    assert passwords[anchor] == "long enough"
    assert "long enough" not in str(await client.json("GET", path))

    where = f"{EXTENSION}:User:export_password"
    await client.patch(path, {"op": "replace", "path": where, "value": "another one"})
    refused = await client.patch(path, {"op": "replace", "path": where, "value": "short"})

    assert passwords[anchor] == "another one"
    assert refused.status_code == 400
    assert "ExportErrorPasswordPolicyViolation" in refused.json()["detail"]
    assert "short" not in refused.text


async def test_whose_password_is_set(tmp_path: Path) -> None:
    """A connector gets the object as it knows it: Binary as bytes, references by their text."""
    text = config_text(name=str(tmp_path))
    text = text.replace("examples.memory_directory:MemoryDirectory", "tests.host.sluggish:Keyring")
    Keyring.asked.clear()
    async with running(tmp_path, text) as client:
        boss = await client.person("boss")
        own = {f"{EXTENSION}:User": {"photo": "AP8=", "manager": boss["id"]}}
        person = await client.person("ann", **own)
        where = f"{EXTENSION}:User:export_password"
        await client.patch(
            f"/Users/{person['id']}", {"op": "replace", "path": where, "value": "long enough"}
        )
    (entry,) = Keyring.asked
    assert entry.attributes["photo"] == b"\0\xff"
    assert entry.attributes["login"] == "ann"
    assert entry.attributes["manager"] == boss[f"{EXTENSION}:User"]["id"]
    assert "-dn-" not in entry.attributes


async def test_bulk(client: Client) -> None:
    """Bulk creates, refers, changes, fails and deletes, each operation by itself."""
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "ann"}},
            {
                "method": "POST",
                "path": "/Groups",
                "bulkId": "g",
                "data": {"displayName": "G", "members": [{"value": "bulkId:u"}]},
            },
            {"method": "POST", "path": "/Users", "bulkId": "v", "data": {"userName": 7}},
            {"method": "DELETE", "path": "/Users/none"},
            {"method": "POST", "path": "/Nothing", "bulkId": "n", "data": {}},
        ],
    }

    answer = await client.json("POST", "/Bulk", body)

    statuses = [each["status"] for each in answer["Operations"]]
    assert statuses[:2] == ["201", "201"]
    assert statuses[3:] == ["404", "404"]
    group = (await client.json("GET", "/Groups"))["Resources"][0]
    assert len(group["members"]) == 1
    user = answer["Operations"][0]["location"].rpartition("/")[2]
    version = answer["Operations"][0]["version"]
    patch = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "T"}]}
    second = {
        "schemas": body["schemas"],
        "Operations": [
            {"method": "PATCH", "path": f"/Users/{user}", "data": patch, "version": version},
            {"method": "PUT", "path": f"/Users/{user}", "data": {"userName": "ann"}},
            {"method": "DELETE", "path": f"/Users/{user}"},
        ],
    }
    done = await client.json("POST", "/Bulk", second)
    assert [each["status"] for each in done["Operations"]] == ["204", "200", "204"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Nothing", 404),
        ("GET", "/Users/%00", 404),
        ("GET", "/Users/a%2Fb", 404),
        ("GET", "/Users/x/y", 404),
        ("PATCH", "/Users", 405),
        ("POST", "/Users/x", 405),
        ("DELETE", "/Schemas", 405),
        ("GET", "/Bulk", 405),
        ("GET", "/Me", 501),
        ("GET", "/Users/.search", 405),
        ("GET", "/Schemas/urn:none", 404),
        ("GET", "/ResourceTypes/None", 404),
        ("GET", "/ResourceTypes/User/x", 404),
        ("GET", "/Users?filter=(((", 400),
        ("GET", "/Users?count=x", 400),
        ("GET", "/Users?cursor=forged", 400),
        ("GET", "/Schemas?filter=id+pr", 403),
        ("POST", "/Users/.search", 400),
    ],
)
async def test_wrong_requests(client: Client, method: str, path: str, status: int) -> None:
    """What cannot be asked is answered with its own status and a SCIM error."""
    answer = await client.send(method, path, {} if status == 405 else None)

    assert answer.status_code == status
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert answer.json()["status"] == str(status)
    assert (status == 405) == bool(answer.headers.get("allow"))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/Users", "GET, POST, HEAD"),
        ("OPTIONS", "/Users/x", "GET, PUT, PATCH, DELETE, HEAD"),
        ("TRACE", "/Schemas", "GET, HEAD"),
        ("HEAD", "/Bulk", "POST"),
    ],
)
async def test_what_is_allowed_is_told(
    client: Client, method: str, path: str, allowed: str
) -> None:
    """RFC 9110 section 15.5.6: a 405 has Allow."""
    answer = await client.send(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_head_is_get_without_a_body(client: Client) -> None:
    """RFC 9110 section 9.3.2: the same status and headers."""
    person = await client.person("ann")
    for path in ("/Users", f"/Users/{person['id']}", "/Schemas", "/Users/x", "/Users?count=x"):
        whole, head = await client.send("GET", path), await client.send("HEAD", path)
        assert head.content == b""
        assert head.status_code == whole.status_code
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == whole.headers.get(name), name


@pytest.mark.parametrize(("unknown", "status"), [("error", 400), ("ignore", 201)])
async def test_a_create_as_microsoft_documents_it(
    tmp_path: Path, unknown: str, status: int
) -> None:
    """It has name.formatted: a 400 that names it where nothing is mapped, unless told otherwise."""
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User_ab6490ee",
        "active": True,
        "emails": [{"primary": True, "type": "work", "value": "user@example.com"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "given family", "familyName": "family", "givenName": "given"},
        "roles": [],
    }
    text = config_text(scim=f'unknown_attribute = "{unknown}"')
    async with running(tmp_path, text) as client:
        answer = await client.send("POST", "/Users", body)
    assert answer.status_code == status
    assert ("name.formatted" in answer.text) == (status == 400)


async def test_discovery(client: Client) -> None:
    """The discovery documents are found in any case, one by one and together."""
    assert (await client.json("GET", "/serviceproviderconfig"))["patch"]["supported"]
    schemas = await client.json("GET", "/schemas")
    urn = f"{EXTENSION}:User"
    assert urn in {each["id"] for each in schemas["Resources"]}
    assert (await client.json("GET", f"/Schemas/{urn}"))["id"] == urn
    assert (await client.json("GET", "/ResourceTypes/Group"))["endpoint"] == "/Groups"


async def test_strict_about_unknown_filters(tmp_path: Path) -> None:
    """A filter on an unknown attribute is 400 where that is configured."""
    async with running(tmp_path, config_text(scim='unknown_filter = "error"')) as client:
        answer = await client.send("GET", "/Users", filter='PLACEHOLDER eq "x"')

    assert answer.status_code == 400
    assert answer.json()["scimType"] == "invalidFilter"


async def test_a_connector_that_cannot_be_opened(tmp_path: Path) -> None:
    """A connector that cannot be opened answers 503 to its own clients alone."""
    more = '[connectors.MEM.deprovisioning]\ndisable = "set"\ndisable_attribute = "nothing"'
    async with running(tmp_path, config_text(more=more, active="")) as client:
        mine = await client.send("GET", "/Users")
        other = await client.http.get("/ecma2host_MEM/scim/Users")

    assert (mine.status_code, other.status_code) == (503, 401)
    assert "disable_attribute" in client.host.failed["MEM"]
