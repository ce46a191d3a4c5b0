import pytest
from attrs import asdict

from ecma2py.entries import AttributeChange, CSEntryChange
from ecma2py.space import AuditRecord, SpaceError, SpaceValueError, SqliteSpace, Write
from tests.space.spaces import changed, contents, dn_of, gone, run, user, write


def test_a_write_is_in_the_space_and_in_what_it_gives_back(space: SqliteSpace) -> None:
    """``apply`` answers with the object the next read sees."""
    (made,) = write(space, user("E1", mail="a@b", phones=["2", "1"]))
    found = space.by_id(made.id)
    assert found is not None
    assert asdict(found) == asdict(made)
    assert made.attributes == {"key": "E1", "mail": "a@b", "phones": ["1", "2"]}
    assert space.count("user") == 1


def test_secrets_and_export_only_attributes_are_never_stored(space: SqliteSpace) -> None:
    """Neither an add nor an update leaves them in the file."""
    write(space, user("E1", pin="1234", export_password="hush"))
    changes = [AttributeChange.replace(name, "4321") for name in ("pin", "export_password")]
    (made,) = write(space, changed("user", "E1", *changes))
    assert made.attributes == {"key": "E1"}


def test_values_are_added_and_removed_one_by_one(space: SqliteSpace) -> None:
    """An update in AttributeUpdate form changes what it names and nothing else."""
    write(space, user("E1", mail="a@b", phones=["1", "2"], keys=[b"x"], title="t"))
    (made,) = write(
        space,
        changed(
            "user",
            "E1",
            AttributeChange.update("phones", ["3"], ["1"]),
            AttributeChange.update("keys", [b"y"], [b"x"]),
            AttributeChange.delete("mail"),
            AttributeChange.update("title", ["u"], ["t"]),
        ),
    )
    assert made.attributes == {"key": "E1", "phones": ["2", "3"], "keys": ["eQ=="], "title": "u"}


def test_a_replacing_write_keeps_what_exports_cannot_carry(space: SqliteSpace) -> None:
    """ObjectReplace clears what it does not name, but not what only the target knows."""
    run(space, [user("E1", mail="a@b", seen="today")])
    entry = CSEntryChange.add(
        "group", {"key": "g"}, dn=dn_of("g"), attributes={"owner": [dn_of("E1")], "member": ["x"]}
    )
    run(space, [entry], full=False)
    replaced = (
        CSEntryChange.replace("user", {"key": "E1"}, attributes={"title": ["x"]}),
        CSEntryChange.replace("group", {"key": "g"}, attributes={}),
    )
    one, other = write(space, *replaced)
    assert one.attributes == {"key": "E1", "title": "x", "seen": "today"}
    assert space.references(other.row, "member") == []
    assert space.references(other.row, "owner") == [dn_of("E1")]


def test_an_add_of_a_known_object_keeps_its_id_and_what_it_does_not_name(
    space: SqliteSpace,
) -> None:
    """The connector says the object is there now: what an import read of it before stays."""
    run(space, [user("E1", seen="today")])
    before = space.by_dn(dn_of("E1"))
    (after,) = write(space, user("E1", title="x"))
    assert before is not None
    assert (after.id, after.created) == (before.id, before.created)
    assert after.attributes == {"key": "E1", "seen": "today", "title": "x"}


def test_a_write_that_changes_nothing_keeps_the_version(space: SqliteSpace) -> None:
    """An ETag stays valid if the object is what it was."""
    (first,) = write(space, user("E1", title="x"))
    (second,) = write(space, changed("user", "E1", AttributeChange.replace("title", "x")))
    assert (first.version, first.modified) == (second.version, second.modified)


def test_the_target_assigns_anchor_and_name(space: SqliteSpace) -> None:
    """An anchor returned by the connector is the object's own, in every look-up."""
    entry = CSEntryChange.add("user", dn="CN=temporary", attributes={"mail": "a@b"})
    (made,) = space.apply([Write(entry, new_anchor={"key": "77"}, new_dn=dn_of("77"))])
    assert made is not None
    assert made.attributes == {"key": "77", "mail": "a@b"}
    found = space.by_anchor("user", {"key": "77"})
    assert found is not None
    assert found.id == made.id
    assert space.by_dn("CN=temporary") is None


def test_the_anchor_may_sit_among_the_attributes_of_an_add(space: SqliteSpace) -> None:
    """An Add for export need not repeat the anchor."""
    (made,) = write(space, CSEntryChange.add("user", dn=dn_of("x"), attributes={"key": "x"}))
    assert made.anchor == {"key": "x"}


def test_an_object_without_anchor_is_told_by_its_dn(space: SqliteSpace) -> None:
    """Connectors whose DN is the anchor give no other."""
    (made,) = write(space, CSEntryChange.add("user", dn="CN=a,DC=x", attributes={"title": "t"}))
    change = CSEntryChange.update(
        None, {}, dn="cn=A, dc=x", changes=[AttributeChange.replace("title", "u")]
    )
    (again,) = write(space, change)
    assert again.id == made.id
    assert again.attributes == {"title": "u"}
    with pytest.raises(SpaceValueError, match="neither an anchor nor a DN"):
        write(space, CSEntryChange.add("user", attributes={"title": "t"}))


def test_the_id_stays_when_the_object_is_renamed(space: SqliteSpace) -> None:
    """Neither a new DN nor a new anchor changes it; a newcomer with the old anchor gets another."""
    (made,) = write(space, user("E1", mail="a@b"))
    rename = changed("user", "E1", AttributeChange.new_dn("CN=new,DC=test"))
    (renamed,) = space.apply([Write(rename, id=made.id, new_anchor={"key": "E9"})])
    assert renamed is not None
    assert (renamed.id, renamed.dn, renamed.attributes["key"]) == (made.id, "CN=new,DC=test", "E9")
    assert space.by_anchor("user", {"key": "E1"}) is None
    assert [o.id for o in space.find("user", "key", "E9")] == [made.id]
    (second,) = write(space, user("E1"))
    assert second.id != made.id
    write(space, gone("user", "E1"))
    run(space, [user("E9", dn="CN=new,DC=test", mail="a@b"), user("E1")])
    third = space.by_anchor("user", {"key": "E1"})
    assert third is not None
    assert third.id == second.id


def test_an_id_given_by_the_caller_is_kept(space: SqliteSpace) -> None:
    """Unless another object has it already."""
    (one,) = space.apply([Write(user("E1"), id="my-id")])
    (other,) = space.apply([Write(user("E1"), id="my-id")])
    assert one is not None
    assert other is not None
    assert one.id == other.id == "my-id"


def test_a_new_anchor_that_another_object_had_ends_that_object(space: SqliteSpace) -> None:
    """The target says who the anchor belongs to now."""
    write(space, user("E1"), user("E2", mail="old@b"))
    space.apply([Write(changed("user", "E1"), new_anchor={"key": "E2"})])
    assert space.count("user") == 1
    assert space.find("user", "mail", "old@b") == []


def test_a_name_belongs_to_the_object_that_took_it_last(space: SqliteSpace) -> None:
    """The older holder has no DN until something says what it is called now."""
    write(space, user("E1", dn="CN=n,DC=x"), user("E2", dn="cn=N,DC=x"))
    found = space.by_dn("CN=n,DC=x")
    older = space.by_anchor("user", {"key": "E1"})
    assert found is not None
    assert found.anchor == {"key": "E2"}
    assert older is not None
    assert older.dn is None
    assert older.reference == "E1"
    report = run(space, [user("E1", dn="CN=m,DC=x"), user("E2", dn="cn=N,DC=x")])
    assert (report.updated, report.unchanged) == (1, 1)
    assert space.by_dn("CN=m,DC=x") is not None


def test_deletes_remove_an_object_from_every_look_up(space: SqliteSpace) -> None:
    """By id, by anchor, by DN, or unknown: the object is gone afterwards."""
    made = write(space, *(user(f"E{n}", mail="a@b") for n in range(4)))
    answers = space.apply(
        [
            Write(CSEntryChange.delete("user", {}), id=made[0].id),
            Write(gone("user", "E1")),
            Write(CSEntryChange.delete(None, {}, dn=dn_of("e2"))),
            Write(gone("user", "unknown")),
            Write(CSEntryChange.delete(None, {})),
        ]
    )
    assert answers == [None] * 5
    assert [o.anchor["key"] for o in space.find("user", "mail", "a@b")] == ["E3"]
    assert space.count("user") == 1


def test_an_update_of_an_object_the_space_lost_makes_it_anew(space: SqliteSpace) -> None:
    """What the connector accepted is not lost; the next import fills in the rest."""
    (made,) = space.apply(
        [Write(changed("user", "E1", AttributeChange.replace("title", "x")), id="given")]
    )
    assert made is not None
    assert (made.id, made.attributes) == ("given", {"key": "E1", "title": "x"})


def test_a_batch_that_cannot_be_stored_stores_nothing(space: SqliteSpace) -> None:
    """One transaction: the error names the attribute, and the file is as it was."""
    for bad, words in (
        (user("E2", title="\ud800"), "title"),
        (user("E2", level=2**70), "level"),
        (user("E2", phones=[1, "a"]), "phones"),
        (user("E\0"), "NUL"),
        (user("E2", dn="CN=\0"), "NUL"),
        (CSEntryChange.add("robot", {"key": "x"}), "robot"),
        (CSEntryChange("user", anchor={"key": "x"}), "UNCONFIGURED"),
        (CSEntryChange.add("group", {"key": "g"}, attributes={"member": [1]}), "member"),
        (user("E2", dn="CN=\ud800"), "character pair"),
    ):
        with pytest.raises(SpaceValueError, match=words):
            write(space, user("E1"), bad)
    assert contents(space) == {}


def test_nul_in_a_value_is_kept_whole(space: SqliteSpace) -> None:
    """A value with U+0000 is neither refused nor cut."""
    write(space, user("E1", mail="a\0b"))
    (found,) = space.find("user", "mail", "A\0B")
    assert found.attributes["mail"] == "a\0b"
    assert space.find("user", "mail", "a") == []


def test_each_write_leaves_its_audit_line(space: SqliteSpace) -> None:
    """Who did what to whom, also for what is gone or was never known."""
    record = AuditRecord("client", "create", request_id="r1")
    (made,) = space.apply([Write(user("E1"), audit=record)])
    assert made is not None
    space.apply(
        [
            Write(gone("user", "E1"), audit=AuditRecord("client", "delete")),
            Write(gone("user", "E1"), id="who", audit=AuditRecord("client", "delete")),
        ]
    )
    never, deleted, created = space.audit()
    assert (created.actor, created.operation, created.request_id) == ("client", "create", "r1")
    assert created.object_id == deleted.object_id == made.id
    assert (deleted.object_type, deleted.target) == ("user", dn_of("E1"))
    assert never.object_id == "who"
    assert [each.number for each in space.audit(object_id=made.id)] == [2, 1]
    assert [each.number for each in space.audit(1, before=3)] == [2]


def test_a_closed_space_says_so(space: SqliteSpace) -> None:
    """No call reaches the file after ``close``."""
    space.close()
    space.close()
    with pytest.raises(SpaceError, match="closed"):
        space.count("user")
    with pytest.raises(SpaceError, match="closed"):
        write(space, user("E1"))


def test_an_anchor_given_again_is_a_new_object(space: SqliteSpace) -> None:
    """Databases give numbers of deleted rows to new ones: the old object makes way, others stay."""
    write(space, user("E1", mail="old@x", title="old"), user("E2"))
    adds = [
        Write(CSEntryChange.add("user", {}, dn="CN=new", attributes={"mail": "new@x"}),
              new_anchor={"key": "E1"}),
        Write(changed("user", "E2", AttributeChange.replace("title", "t"))),
    ]  # fmt: skip
    made, other = space.apply(adds)
    assert made is not None
    assert other is not None
    assert made.attributes == {"key": "E1", "mail": "new@x"}
    assert other.attributes["title"] == "t"
    assert space.count("user") == 2
    assert space.find("user", "mail", "old@x") == []
    assert [each.id for each in space.find("user", "mail", "new@x")] == [made.id]


def test_two_writes_of_one_object_in_a_batch_build_on_each_other(space: SqliteSpace) -> None:
    """The first one names it by its anchor, the second by its id, and neither is lost."""
    (made,) = write(space, user("E1", mail="a@b", title="t"))
    by_anchor = changed("user", "E1", AttributeChange.replace("mail", "c@d"))
    by_id = changed("user", "E1", AttributeChange.replace("title", "u"))
    after = space.apply([Write(by_anchor), Write(by_id, id=made.id)])[1]
    assert after is not None
    assert after.attributes == {"key": "E1", "mail": "c@d", "title": "u"}
    found = space.by_id(made.id)
    assert found is not None
    assert found.attributes == after.attributes
