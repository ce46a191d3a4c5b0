"""What disabling and deleting do in the target, as ``[connectors.NAME.deprovisioning]`` says."""

from pathlib import Path

import pytest

from tests.host.serving import EXTENSION, config_text, running
from tests.host.test_endpoint import stored


@pytest.mark.parametrize(
    ("flow", "after_disable", "after_delete"),
    [
        ('disable = "none"\ndelete = "none"', {"login": "ann"}, {"login": "ann"}),
        ('disable = "delete"', None, None),
        (
            """
            disable = "set"
            disable_attribute = "department"
            disabled_value = "gone"
            enabled_value = "here"
            delete = "set"
            delete_attribute = "title"
            deleted_value = "deleted"
            """,
            {"login": "ann", "department": "gone"},
            {"login": "ann", "department": "gone", "title": "deleted"},
        ),
        (
            'disable = "set"\ndisable_attribute = "badge"',
            {"login": "ann", "badge": 0},
            None,
        ),
    ],
)
async def test_deprovisioning(
    tmp_path: Path, flow: str, after_disable: object, after_delete: object
) -> None:
    """The Disable flow and the Delete flow do what they are configured to do."""
    more = f"[connectors.MEM.deprovisioning]\n{flow}"
    text = config_text(name=str(tmp_path), more=more, active="")
    async with running(tmp_path, text) as client:
        person = await client.person("ann")
        path, anchor = f"/Users/{person['id']}", person[f"{EXTENSION}:User"]["id"]

        answer = await client.patch(path, {"op": "Replace", "path": "active", "value": "False"})
        assert answer.status_code == 204
        assert stored(tmp_path, "person", anchor) == after_disable
        if after_disable is not None:
            deleted = await client.send("DELETE", path)
            assert deleted.status_code == 204
        assert stored(tmp_path, "person", anchor) == after_delete


DISABLE = 'disable = "set"\ndisable_attribute ='


@pytest.mark.parametrize(
    ("flow", "off", "on"),
    [
        (f'{DISABLE} "photo"\ndisabled_value = "AAE="\nenabled_value = "AQ=="', b"\0\1", b"\1"),
        (f'{DISABLE} "tags"\ndisabled_value = ["x", "y"]\nenabled_value = []', ["x", "y"], None),
        (f'{DISABLE} "tags"\ndisabled_value = "x"\nenabled_value = "y"', ["x"], ["y"]),
        (f'{DISABLE} "manager"\ndisabled_value = "Z"\nenabled_value = "Y"', "Z", "Y"),
    ],
)
async def test_disabling_sets_an_attribute_of_any_type(
    tmp_path: Path, flow: str, off: object, on: object
) -> None:
    """What ``active`` cannot be mapped to is set all the same, and shown as false and found so."""
    name = flow.split('"')[3]
    text = config_text(
        name=str(tmp_path), more=f"[connectors.MEM.deprovisioning]\n{flow}", active=""
    )
    async with running(tmp_path, text) as client:
        made = await client.person("bob", active=False)
        assert (await client.json("GET", f"/Users/{made['id']}"))["active"] is False
        person = await client.person("ann")
        path, anchor = f"/Users/{person['id']}", person[f"{EXTENSION}:User"]["id"]
        assert person["active"] is True

        await client.patch(path, {"op": "Replace", "path": "active", "value": "False"})
        assert stored(tmp_path, "person", anchor)[name] == off  # type: ignore[index]
        assert len(await client.found("/Users", "active eq false")) == 2
        shown = await client.json("PUT", path, {"userName": "ann", "active": True})

        assert stored(tmp_path, "person", anchor).get(name) == on  # type: ignore[union-attr]
        assert shown["active"] is True


@pytest.mark.parametrize(
    ("flow", "after"),
    [
        ('delete = "none"', {"displayName": "G"}),
        ('delete = "set"\ndelete_attribute = "title"', None),
        (
            'delete = "set"\ndelete_attribute = "externalId"\ndeleted_value = "gone"',
            {"displayName": "G", "externalId": "gone"},
        ),
        (
            """
            delete = "none"
            [connectors.MEM.deprovisioning.types.group]
            delete = "set"
            delete_attribute = "displayName"
            deleted_value = "deleted"
            """,
            {"displayName": "deleted"},
        ),
        ('delete = "none"\ntypes.group.delete = "delete"', None),
    ],
)
async def test_every_type_is_deleted_as_configured(
    tmp_path: Path, flow: str, after: object
) -> None:
    """What has the attribute is not removed; a type may have a flow of its own."""
    text = config_text(name=str(tmp_path), more=f"[connectors.MEM.deprovisioning]\n{flow}")
    async with running(tmp_path, text) as client:
        group = await client.json("POST", "/Groups", {"displayName": "G"})
        assert (await client.send("DELETE", f"/Groups/{group['id']}")).status_code == 204

    assert stored(tmp_path, "group", group[f"{EXTENSION}:Group"]["id"]) == after


async def test_deleting_sets_many_values(tmp_path: Path) -> None:
    """The values are those of the flow, and what was there is gone."""
    flow = 'delete = "set"\ndelete_attribute = "tags"\ndeleted_value = ["a", "b"]'
    text = config_text(name=str(tmp_path), more=f"[connectors.MEM.deprovisioning]\n{flow}")
    async with running(tmp_path, text) as client:
        person = await client.person("ann", **{f"{EXTENSION}:User": {"tags": ["b", "c"]}})
        await client.send("DELETE", f"/Users/{person['id']}")

    found = stored(tmp_path, "person", person[f"{EXTENSION}:User"]["id"])
    assert set(found["tags"]) == {"a", "b"}  # type: ignore[index]


async def test_nobody_is_created_disabled_where_disabling_deletes(tmp_path: Path) -> None:
    """The object could not be shown as it was asked for."""
    more = '[connectors.MEM.deprovisioning]\ndisable = "delete"'
    async with running(tmp_path, config_text(more=more, active="")) as client:
        refused = await client.send("POST", "/Users", {"userName": "ann", "active": "False"})
        assert (await client.json("GET", "/Users"))["totalResults"] == 0
        assert (await client.person("ann", active=True))["active"] is True

    assert refused.status_code == 400
    assert "disabled is deleted here" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("flow", "why"),
    [
        ('delete = "set"\ndelete_attribute = "nothing"', "does not exist"),
        ('delete = "set"\ndelete_attribute = "id"', "is an anchor"),
        ('delete = "set"\ndelete_attribute = "tags"', "deleted_value: missing"),
        ('delete = "set"\ndelete_attribute = "photo"\ndeleted_value = "%"', "no base64 text"),
        ('delete = "set"\ndelete_attribute = "badge"\ndeleted_value = "1"', "no integer"),
        ('delete = "set"\ndelete_attribute = "title"\ndeleted_value = ["1"]', "holds one value"),
        ('types.robot.delete = "none"', "no object type 'robot'"),
    ],
)
async def test_flows_that_cannot_be(tmp_path: Path, flow: str, why: str) -> None:
    """The connector is not opened, and the reason names the key."""
    text = config_text(more=f"[connectors.MEM.deprovisioning]\n{flow}")
    async with running(tmp_path, text) as client:
        assert "deprovisioning." in client.host.failed["MEM"]
        assert why in client.host.failed["MEM"]
