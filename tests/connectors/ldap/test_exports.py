"""Exports: a change is written as it says, entry by entry, and a failed entry leaves nothing."""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.entries import ObjectModificationType
from ecma2py_ldap import connection
from ecma2py_ldap.connection import Change, Modification
from ecma2py_ldap.connection import Directory as Connection
from ecma2py_ldap.dn import Assertion, format_dn
from tests.connectors.ldap.directories import Directory, Host, anchor, codes

NOBODY = "cn=nobody,dc=example,dc=com"


def company(directory: Directory, **parameters: str) -> Host:
    """Ann, Bob who reports to her, and a group of both."""
    host = directory.host(**parameters)
    ann, bob = directory.dn("ann"), directory.dn("bob")
    results = host.export(
        CSEntryChange.add(
            "person", dn=ann, attributes={"sn": ["Ames"], "mail": ["a@x", "b@x"], "title": ["T"]}
        ),
        CSEntryChange.add("person", dn=bob, attributes={"sn": ["Best"], "manager": [ann]}),
        CSEntryChange.add(
            "group", dn=directory.dn("staff", "groups"), attributes={"member": [ann, bob]}
        ),
    )
    assert codes(results) == ["Success"] * 3
    return host


def update(dn: str, *changes: AttributeChange, kind: str = "person") -> CSEntryChange:
    """A change of the object at *dn*."""
    return CSEntryChange.update(kind, {}, dn=dn, changes=changes)


def test_an_object_is_read_back_as_it_was_written(directory: Directory) -> None:
    """An add has the classes of its type, the value of its DN, and the anchor the result told."""
    host = directory.host()
    ann, staff = directory.dn("ann"), directory.dn("staff", "groups")
    results = host.export(
        CSEntryChange.add("person", dn=ann, attributes={"sn": ["A"], "mail": ["a@x", "b@x"]}),
        CSEntryChange.add("group", dn=staff, attributes={"member": [ann]}),
    )
    entries = {each.dn: each for each in host.full()}
    assert [entries[ann].anchor, entries[staff].anchor] == [anchor(each) for each in results]
    assert entries[ann].attributes["objectClass"] == [
        "inetOrgPerson", "organizationalPerson", "person", "top",
    ]  # fmt: skip
    assert host.state() == {
        ann: {"cn": {"ann"}, "sn": {"A"}, "mail": {"a@x", "b@x"}},
        staff: {"cn": {"staff"}, "member": {ann}},
    }


def test_classes_given_are_joined_by_those_of_the_type(directory: Directory) -> None:
    """An object may have more classes than its type; values that repeat the DN are no second ones."""
    host = directory.host(Object_types='[person]\nclass="inetOrgPerson"\nauxiliary="uidObject"')
    dn = f"cn=ann+uid=1,ou=people,{directory.base}"
    attributes = {"sn": ["A"], "cn": ["Ann"], "objectClass": ["INETORGPERSON", "simpleSecurityObject"],
                  "userPassword": "secret-of-ann", "uid": ["2"]}  # fmt: skip
    results = host.export(CSEntryChange.add("person", dn=dn, attributes=attributes))
    assert codes(results) == ["Success"], results
    (entry,) = host.full()
    classes = {str(each).lower() for each in entry.attributes["objectClass"]}  # type: ignore[union-attr]
    assert classes >= {"inetorgperson", "simplesecurityobject", "uidobject", "top"}
    assert entry.attributes["cn"] == ["Ann"]
    assert set(entry.attributes["uid"]) == {"1", "2"}  # type: ignore[arg-type]
    assert "userPassword" not in entry.attributes
    assert directory.can_bind(dn, "secret-of-ann")


def test_an_update_changes_what_it_names_and_nothing_else(directory: Directory) -> None:
    """Values set, added, taken away and cleared; every other attribute and object stays."""
    host = company(directory)
    before = host.state()
    ann, bob, staff = directory.dn("ann"), directory.dn("bob"), directory.dn("staff", "groups")
    results = host.export(
        update(
            ann,
            AttributeChange.update("mail", ["c@x"], ["a@x"]),
            AttributeChange.delete("title"),
            AttributeChange.delete("carLicense"),
            AttributeChange.replace("sn", ["New"]),
            AttributeChange.add("displayName", "Ann A."),
        ),
        update(
            bob, AttributeChange.add("displayName", "one"), AttributeChange.replace("manager", [])
        ),
        update(bob, AttributeChange.add("displayName", "two")),
        update(staff, AttributeChange.update("member", [], [ann]), kind="group"),
    )
    assert codes(results) == ["Success"] * 4
    assert host.state() == {
        ann: {"cn": {"ann"}, "sn": {"New"}, "mail": {"b@x", "c@x"}, "displayName": "Ann A."},
        bob: {"cn": {"bob"}, "sn": before[bob]["sn"], "displayName": "two"},
        staff: {"cn": {"staff"}, "member": {bob}},
    }


def test_a_single_value_is_taken_away_only_while_it_is_the_one_held(directory: Directory) -> None:
    """Removing another value than the object has changes nothing."""
    host = company(directory)
    bob = directory.dn("bob")
    host.export(update(bob, AttributeChange.add("displayName", "Bob")))
    for value, left in (("Rob", "Bob"), ("Bob", None)):
        change = update(bob, AttributeChange.update("displayName", [], [value]))
        assert codes(host.export(change)) == ["Success"]
        assert host.state()[bob].get("displayName") == left


@pytest.mark.parametrize("is_permissive", [True, False])
def test_values_there_already_and_gone_already_are_no_errors(
    directory: Directory, monkeypatch: pytest.MonkeyPatch, is_permissive: bool
) -> None:
    """Sets converge, also on servers that do not know how to be asked for it."""
    if not is_permissive:
        monkeypatch.setattr(connection, "_PERMISSIVE_MODIFY", ("1.3.6.1.4.1.99999.0", False, None))
    host = company(directory)
    ann, bob = directory.dn("ann"), directory.dn("bob")
    changes = [
        AttributeChange.update("mail", ["B@x", "c@x"], ["z@x", "a@x"]),
        AttributeChange.update("telephoneNumber", [], ["1"]),
        AttributeChange.replace("sn", ["Other"]),
    ]
    for _ in range(2):
        assert codes(host.export(update(ann, *changes))) == ["Success"]
        assert host.state()[ann]["mail"] == {"b@x", "c@x"}
        assert host.state()[ann]["sn"] == {"Other"}
    again = update(ann, AttributeChange.update("mail", ["b@x"], ["z@x"]))
    assert codes(host.export(again)) == ["Success"]
    refused = update(bob, AttributeChange.update("mail", ["b@x"]), AttributeChange.delete("sn"))
    assert codes(host.export(refused)) == ["ExportErrorConstraintViolation"]
    assert "mail" not in host.state()[bob]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8),
    values=st.sets(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Cn", "Co"]),
                min_size=1, max_size=12),
        min_size=1, max_size=3,
    ),
)  # fmt: skip
def test_hostile_text_comes_back_as_it_went(
    directory: Directory, name: str, values: set[str]
) -> None:
    """Names and values of any characters, or the entry fails by itself with an ECMA2 code."""
    host = directory.host()
    dn = f"{format_dn([(Assertion('cn', name),)])},ou=people,{directory.base}"
    add = CSEntryChange.add(
        "person", dn=dn, attributes={"sn": ["x"], "description": sorted(values)}
    )
    (result,) = host.export(add)
    if result.error_code:
        assert result.error_code.ecma_name in {
            "ExportErrorConstraintViolation", "ExportErrorSyntaxViolation", "ExportErrorInvalidDN",
        }  # fmt: skip
        assert host.full() == []
        return
    (entry,) = host.full()
    assert set(entry.attributes["description"]) == values  # type: ignore[arg-type]
    assert name in entry.attributes["cn"]  # type: ignore[operator]
    assert codes(host.export(CSEntryChange.delete("person", {}, dn=entry.dn))) == ["Success"]
    assert host.full() == []


def test_hostile_values_stay_what_they_are(secured: Directory) -> None:
    """Text that looks like LDIF, filters or numbers; octets that look like text; large values."""
    host = secured.host(Object_types='[person]\nclass="inetOrgPerson"\nauxiliary="exThing"')
    ann = secured.dn("ann")
    certificate = secured.parameters["CA file"]
    attributes: dict[str, Any] = {
        "sn": [" leading", "trailing ", ": colon", "a\nb", "*)(cn=*", "\\2a", "emoji 😀", "İıß"],
        "description": ["1", "TRUE", "x" * 70_000],
        "jpegPhoto": [b"plain text", bytes(range(256)) * 300, b"\x00"],
        "exOctets": [b"", b"\xff\xfe"],
        "exCount": -(2**63),
        "exNumbers": [0, 2**63 - 1],
        "exActive": False,
        "exFlags": ["TRUE", "FALSE"],
        "exKey": "\t",
        "manager": ["cn=Doe\\2C John,dc=x"],
        "userCertificate": [_der(str(certificate))],
    }
    assert codes(host.export(CSEntryChange.add("person", dn=ann, attributes=attributes))) == [
        "Success"
    ]
    (entry,) = host.full()
    found = {name: entry.attributes[name] for name in attributes}
    assert [set(v) if isinstance(v, list) else v for v in found.values()] == [
        set(v) if isinstance(v, list) else v
        for v in {**attributes, "manager": ["cn=Doe\\, John,dc=x"]}.values()
    ]


def _der(path: str) -> bytes:
    from pathlib import Path

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    pem = Path(path).read_bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def test_each_entry_has_its_own_error(directory: Directory) -> None:
    """A refused entry tells why, by code and in words; the others are written."""
    host = company(directory)
    ann, base = directory.dn("ann"), directory.base
    person = {"sn": ["x"]}
    cases: dict[str, CSEntryChange] = {
        "ExportErrorConnectedDirectoryExistingObject": CSEntryChange.add(
            "person", dn=ann, attributes=person
        ),
        "ExportErrorNonExistingParent": CSEntryChange.add(
            "person", dn=f"cn=x,ou=none,{base}", attributes=person
        ),
        "ExportErrorInvalidDN": CSEntryChange.add("person", dn="no dn", attributes=person),
        "ExportErrorConstraintViolation": CSEntryChange.add(
            "person", dn=directory.dn("nosurname"), attributes={}
        ),
        "ExportErrorSyntaxViolation": update(ann, AttributeChange.replace("title", [""])),
        "ExportErrorInvalidAttributeValue": update(ann, AttributeChange.replace("title", [1])),
        "ExportErrorConnectedDirectoryMissingObject": update(
            directory.dn("nobody"), AttributeChange.replace("title", ["x"])
        ),
        "ExportErrorChangeNamingAttribute": update(ann, AttributeChange.replace("cn", ["x"])),
    }
    good = update(directory.dn("bob"), AttributeChange.replace("title", ["Good"]))
    results = host.export(*cases.values(), good)
    assert codes(results) == [*cases, "Success"]
    assert host.state()[directory.dn("bob")]["title"] == {"Good"}
    said = {each.error_code.ecma_name: each.error_detail for each in results}
    assert (
        f"The container of 'cn=x,ou=none,{base}' does not exist"
        in said["ExportErrorNonExistingParent"]
    )
    assert "requires attribute 'sn'" in said["ExportErrorConstraintViolation"]
    assert "'title'" in said["ExportErrorInvalidAttributeValue"]
    assert "rename the object" in said["ExportErrorChangeNamingAttribute"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (CSEntryChange.add("robot", dn=NOBODY), "ExportErrorCustomContinueRun"),
        (CSEntryChange.add("person", attributes={"sn": ["x"]}), "ExportErrorInvalidDN"),
        (CSEntryChange.add("person", dn=" ", attributes={"sn": ["x"]}), "ExportErrorInvalidDN"),
        (CSEntryChange.add("person", dn=NOBODY, attributes={"wings": 2}),
         "ExportErrorInvalidAttributeValue"),
        (update(NOBODY, AttributeChange.replace("wings", [2])), "ExportErrorInvalidAttributeValue"),
        (CSEntryChange.delete("person", {}), "ExportErrorConnectedDirectoryMissingObject"),
        (CSEntryChange.delete("person", {}, dn=NOBODY),
         "ExportErrorConnectedDirectoryMissingObject"),
        (CSEntryChange.delete("person", {"entryUUID": "no uuid"}),
         "ExportErrorConnectedDirectoryMissingObject"),
        (CSEntryChange.delete("person", {"entryUUID": "4f0ae0a1-9a0f-103f-8a7b-000000000000"}),
         "ExportErrorConnectedDirectoryMissingObject"),
        (update(NOBODY, AttributeChange.new_dn("cn=x")),
         "ExportErrorConnectedDirectoryMissingObject"),
        (update(NOBODY, AttributeChange.new_dn("x")), "ExportErrorInvalidDN"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(
    directory: Directory, change: CSEntryChange, code: str
) -> None:
    """Unknown types, attributes and objects, and new objects without a place."""
    assert codes(directory.host().export(change)) == [code]


def test_a_container_with_objects_stays(directory: Directory) -> None:
    """Deleting one is refused, deleting an object is not."""
    host = directory.host(
        Object_types='[unit]\nclass="organizationalUnit"\n[group]\nclass="groupOfNames"'
    )
    dn = directory.dn("staff", "groups")
    host.export(CSEntryChange.add("group", dn=dn, attributes={"member": [NOBODY]}))
    unit = CSEntryChange.delete("unit", {}, dn=f"ou=groups,{directory.base}")
    assert codes(host.export(unit)) == ["ExportErrorConstraintViolation"]
    deleted = host.export(CSEntryChange.delete("group", {}, dn=dn), unit)
    assert codes(deleted) == ["Success", "Success"]


def test_one_member_added_is_one_value_sent(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the size of the group, which is never read; and every member is imported."""
    host = directory.host()
    staff = directory.dn("staff", "groups")
    members = [f"cn=m{number},{directory.base}" for number in range(4_000)]
    add = CSEntryChange.add("group", dn=staff, attributes={"member": members})
    assert codes(host.export(add)) == ["Success"]
    sent: list[list[Modification]] = []
    modify = Connection.modify

    def noted(self: Connection, dn: str, modifications: Any) -> None:
        sent.append(list(modifications))
        modify(self, dn, sent[-1])

    def unread(*_: Any, **__: Any) -> None:
        raise AssertionError("the group was read")

    monkeypatch.setattr(Connection, "modify", noted)
    with host.exporting() as connector, monkeypatch.context() as patched:
        connector.put_export_entries([])
        _ = connector._session.types
        patched.setattr(Connection, "search", unread)
        change = update(staff, AttributeChange.update("member", [NOBODY]), kind="group")
        (result,) = connector.put_export_entries([change]).cs_entry_change_results
    assert codes([result]) == ["Success"]
    assert sent == [[Modification(Change.ADD, "member", [NOBODY.encode()])]]
    assert host.state()[staff]["member"] == {*members, NOBODY}


def test_an_object_is_renamed_and_moved(directory: Directory) -> None:
    """The anchor stays, references follow where the server sees to it, other changes come along."""
    host = company(directory)
    ann = directory.dn("ann")
    before = {each.dn: each.anchor for each in host.full()}
    renamed = f"cn=Ann \\, Ames,ou=groups,{directory.base}"
    change = update(ann, AttributeChange.new_dn(renamed), AttributeChange.replace("sn", ["A"]))
    assert codes(host.export(change)) == ["Success"]
    entries = {each.dn: each for each in host.full()}
    assert ann not in entries
    assert entries[renamed].anchor == before[ann]
    assert host.state()[renamed]["cn"] == {"Ann , Ames"}
    assert host.state()[renamed]["sn"] == {"A"}
    staff = directory.dn("staff", "groups")
    assert renamed in host.settled(lambda s: renamed in s[staff]["member"])[staff]["member"]
    same = update(renamed, AttributeChange.new_dn(renamed), AttributeChange.replace("sn", ["B"]))
    in_place = update(renamed, AttributeChange.new_dn(f"cn=ann2, ou=Groups,{directory.base}"))
    assert codes(host.export(same, in_place)) == ["Success", "Success"]
    assert host.state()[f"cn=ann2,ou=groups,{directory.base}"]["sn"] == {"B"}


def test_a_rename_is_taken_back_if_the_rest_is_refused(directory: Directory) -> None:
    """An entry is written whole or not at all."""
    host = company(directory)
    before = host.state()
    changes = [AttributeChange.new_dn(directory.dn("ann2", "groups")), AttributeChange.delete("sn")]
    results = host.export(update(directory.dn("ann"), *changes))
    assert codes(results) == ["ExportErrorConstraintViolation"]
    assert host.settled(lambda state: state == before) == before


def test_a_rename_that_cannot_be_taken_back_is_told(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says under which DN the object is now."""
    host = company(directory)
    rename = Connection.rename

    def first(self: Connection, *arguments: Any) -> None:
        monkeypatch.setattr(
            Connection,
            "rename",
            lambda self, *_: rename(self, "cn=gone,dc=example,dc=com", "cn=x", None),
        )
        rename(self, *arguments)

    monkeypatch.setattr(Connection, "rename", first)
    renamed = directory.dn("ann2")
    changes = [AttributeChange.new_dn(renamed), AttributeChange.delete("sn")]
    (result,) = host.export(update(directory.dn("ann"), *changes))
    assert f"It keeps the new DN {renamed!r}" in result.error_detail


def test_a_rename_tells_what_is_missing(directory: Directory) -> None:
    """The new container, or the object itself."""
    host = company(directory)
    nowhere = f"cn=x,ou=none,{directory.base}"
    (uuid,) = [e.anchor for e in host.full() if e.dn == directory.dn("bob")]
    results = host.export(
        update(directory.dn("ann"), AttributeChange.new_dn(nowhere)),
        update(directory.dn("none"), AttributeChange.new_dn(directory.dn("x"))),
        CSEntryChange.update("person", uuid, changes=[AttributeChange.new_dn(nowhere)]),
        update(directory.dn("ann"), AttributeChange.new_dn(directory.dn("bob"))),
    )
    assert codes(results) == [
        "ExportErrorNonExistingParent", "ExportErrorConnectedDirectoryMissingObject",
        "ExportErrorNonExistingParent", "ExportErrorConnectedDirectoryExistingObject",
    ]  # fmt: skip


def test_an_object_renamed_by_others_is_found_by_its_anchor(directory: Directory) -> None:
    """A DN that is no longer true, or is not known, does not lose the change."""
    host = company(directory)
    ann, moved = directory.dn("ann"), directory.dn("anna")
    (known,) = [each.anchor for each in host.full() if each.dn == ann]
    directory.tool("ldapmodrdn", "-r", ann, "cn=anna")
    change = AttributeChange.replace("title", ["Found"])
    results = host.export(
        CSEntryChange.update("person", known, dn=ann, changes=[change]),
        CSEntryChange.update("person", known, changes=[AttributeChange.replace("sn", ["By"])]),
    )
    assert codes(results) == ["Success", "Success"]
    assert host.state()[moved]["title"] == {"Found"}
    assert host.state()[moved]["sn"] == {"By"}
    assert codes(host.export(CSEntryChange.delete("person", known, dn=ann))) == ["Success"]
    assert moved not in host.state()


def test_an_anchor_of_two_objects_is_no_anchor(secured: Directory) -> None:
    """Rather than changing one of them the change is refused."""
    host = secured.host(
        Object_types='[person]\nclass="inetOrgPerson"\nauxiliary="exThing"', Anchor="exKey"
    )
    adds = [
        CSEntryChange.add("person", {"exKey": "k"}, dn=secured.dn(name),
                          attributes={"sn": ["x"], "exKey": "k (*)\\"})
        for name in ("a", "b")
    ]  # fmt: skip
    results = host.export(*adds)
    assert [anchor(each) for each in results] == [{"exKey": "k (*)\\"}] * 2
    assert codes(host.export(CSEntryChange.delete("person", {"exKey": "k (*)\\"}))) == [
        "ExportErrorAmbiguousUpdate"
    ]


def test_the_dn_may_be_the_anchor(directory: Directory) -> None:
    """Adds and renames tell it, changes find by it, and it is no attribute to be written."""
    host = directory.host(Anchor="dn")
    ann, anna = directory.dn("ann"), directory.dn("anna")
    (added,) = host.export(
        CSEntryChange.add("person", {"dn": ann}, attributes={"sn": ["A"], "dn": ann})
    )
    assert anchor(added) == {"dn": ann}
    assert [each.anchor for each in host.full()] == [{"dn": ann}]
    change = AttributeChange.replace("sn", ["B"])
    renamed, refused, gone = host.export(
        CSEntryChange.update("person", {"dn": ann}, changes=[change, AttributeChange.new_dn(anna)]),
        CSEntryChange.update(
            "person", {"dn": anna}, changes=[AttributeChange.replace("dn", "cn=x")]
        ),
        CSEntryChange.delete("person", {"dn": ann}),
    )
    assert anchor(renamed) == {"dn": anna}
    assert codes([renamed, refused, gone]) == [
        "Success", "ExportErrorChangeNamingAttribute", "ExportErrorConnectedDirectoryMissingObject",
    ]  # fmt: skip
    assert host.state() == {anna: {"cn": {"anna"}, "sn": {"B"}}}


def test_an_anchor_that_cannot_be_read_is_told(secured: Directory, secure: Any) -> None:
    """The object is there, but nothing ties it to its entry: the result says what to do."""
    host = secured.host(
        Object_types='[p]\nclass="inetOrgPerson"\nauxiliary="exThing"', Anchor="exKey"
    )
    (result,) = host.export(CSEntryChange.add("p", dn=secured.dn("ann"), attributes={"sn": ["x"]}))
    assert codes([result]) == ["ExportErrorMissingAnchorComponent"]
    assert "was created" in result.error_detail


def test_a_replace_leaves_nothing_else(directory: Directory) -> None:
    """Whole objects replace what was there, but for their name, their classes and secrets."""
    host = company(directory)
    ann = directory.dn("ann")
    host.export(update(ann, AttributeChange.replace("userPassword", "secret-of-ann")))
    (before,) = [each for each in host.full() if each.dn == ann]
    attributes = {"sn": ["New"], "description": ["d"], **before.anchor}
    entry = CSEntryChange.replace("person", before.anchor, dn=ann, attributes=attributes)
    assert entry.object_modification_type is ObjectModificationType.REPLACE
    by_anchor = CSEntryChange.replace(
        "person", before.anchor, attributes={**attributes, "cn": ["ann"]}
    )
    for each in (entry, by_anchor):
        assert codes(host.export(each)) == ["Success"]
        assert host.state()[ann] == {"cn": {"ann"}, "sn": {"New"}, "description": {"d"}}
    assert directory.can_bind(ann, "secret-of-ann")


def test_values_in_base64_of_others_are_the_same(directory: Directory) -> None:
    """What another program wrote is read as octets of its syntax."""
    host = directory.host()
    dn = directory.dn("ann")
    text = b64encode("Łukasz ".encode()).decode()
    directory.add(f"dn: {dn}\nobjectClass: inetOrgPerson\ncn: ann\nsn:: {text}\njpegPhoto:: /w==\n")
    assert host.state()[dn] == {"cn": {"ann"}, "sn": {"Łukasz "}, "jpegPhoto": {b"\xff"}}
