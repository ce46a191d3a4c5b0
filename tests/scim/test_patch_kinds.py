"""PATCH and the sub-attributes that tell what an entry is, which no connector attribute holds."""

from typing import Any

import pytest

from ecma2py.scim.errors import ScimError
from tests.scim.people import ENT
from tests.scim.test_patch import Op, delta, op, patch, put

SHAPES: list[tuple[str, list[Op], dict[str, Any]]] = [
    ("entry-own-type", [op("replace", 'emails[type eq "work"].type', "Work")], {}),
    ("entry-own-primary", [op("Replace", 'roles[primary eq "True"].primary', "True")], {}),
    ("sole-entry-own-type", [op("add", "addresses.type", "work")], {}),
    (
        "entry-says-what-it-is",
        [op("replace", 'emails[type eq "work"]', {"type": "work", "display": "M", "value": "m"})],
        {"mail": put("m")},
    ),
    ("entry-display-emptied", [op("replace", 'emails[type eq "work"].display', None)], {}),
    ("entry-display-removed", [op("remove", 'emails[type eq "work"].display')], {}),
    (
        "manager-shown",
        [op("replace", "manager", {"value": "id-1", "displayName": "x", "$ref": "http://x"})],
        {"manager": put("CN=1")},
    ),
]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [pytest.param(ops, expected, id=name) for name, ops, expected in SHAPES],
)
def test_what_is_said_anyway_does_no_harm(operations: list[Op], expected: dict[str, Any]) -> None:
    """An entry may be told what it is, and how it is shown to whoever reads the request."""
    assert delta(*operations) == expected


@pytest.mark.parametrize(
    ("operation", "scim_type", "named"),
    [
        (op("replace", 'emails[type eq "work"].type', "home"), "invalidValue", "is 'work'"),
        (op("remove", 'emails[type eq "work"].type'), "invalidValue", "is 'work'"),
        (op("replace", "emails.type", "work"), "invalidValue", "is 'home'"),
        (op("replace", 'roles[primary eq "True"].primary', "False"), "invalidValue", "is 'true'"),
        (
            op("replace", 'emails[type eq "work"]', {"type": "home", "value": "m"}),
            "invalidValue",
            "emails[type eq \"work\"].type is 'work'",
        ),
        (op("add", 'roles[primary eq "True"]', [{"primary": False}]), "invalidValue", "'true'"),
        (op("replace", 'emails[type eq "work"].display', "x"), "invalidPath", ".display"),
        (op("replace", f"{ENT}:manager.displayName", "x"), "invalidPath", "manager.displayName"),
        (op("replace", "manager.$ref", "x"), "invalidPath", "manager.$ref"),
        (op("replace", "name.type", "x"), "invalidPath", "name.type"),
        (op("replace", None, {"manager.displayName": "x"}), "invalidPath", "manager.displayName"),
    ],
)
def test_what_would_be_lost_is_refused(operation: Op, scim_type: str, named: str) -> None:
    """An entry becomes none of another kind, and nothing is answered as done that is dropped."""
    with pytest.raises(ScimError) as caught:
        patch(operation)
    assert (caught.value.status, caught.value.scim_type) == (400, scim_type)
    assert named in caught.value.detail


def test_what_is_no_attribute_of_an_entry_can_be_ignored() -> None:
    """An entry still becomes none of another kind: its value would be stored under the wrong one."""
    ignored = op("replace", 'emails[type eq "work"].display', "x")
    assert delta(ignored, unknown="ignore") == {}
    for wrong in (
        op("replace", 'emails[type eq "work"]', {"type": "home", "value": "m"}),
        op("replace", 'emails[type eq "work"].type', "home"),
    ):
        with pytest.raises(ScimError, match="is 'work'"):
            patch(wrong, unknown="ignore")
