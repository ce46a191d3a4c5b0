"""Later passes of an export: anchors taken over, retries, parents, references, passwords."""

import pytest
from attrs import evolve

from ecma2py.capabilities import MAExportType
from ecma2py.entries import (
    AttributeChange,
    CSEntryChange,
    CSEntryChangeResult,
)
from ecma2py.errors import (
    EntryExportError,
    PasswordPolicyViolationError,
)
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.runs import (
    ListSink,
    run_import,
)
from ecma2py.runs import batches as batches_module
from ecma2py.schema import AttributeOperation, Schema, SchemaAttribute, SchemaType
from ecma2py.steps import ConnectionSecurityLevel
from tests.runs.sessions import ERROR, KIND, Session, answering, failing, renamed
from tests.runs.zoo import LDAP, NO_DN, Target, person, results


def test_assigned_anchors_and_names_are_taken_over():
    """Anchors come back through the result; other names are left alone, wrong types noted."""

    def hook(connector, entries):
        connector.apply(entries[0])
        added = [
            AttributeChange.add("id", "77"),
            AttributeChange.add("DN", "CN=x"),
            AttributeChange.add("name", "ignored"),
        ]
        return results(CSEntryChangeResult(entries[0].identifier, anchor_attributes=added))

    with Session(Target(hooks={"put_export_entries": hook})) as s:
        outcome = s.send(CSEntryChange.add("person", attributes={"name": "Ann"}))
    assert (outcome.anchor, outcome.new_anchor) == ({"id": "77"}, {"id": "77"})
    assert outcome.new_dn == "CN=x"

    def wrong(connector, entries):
        return results(CSEntryChangeResult.success(entries[0], {"id": 5}))

    with Session(Target(hooks={"put_export_entries": wrong})) as s:
        outcome = s.send(CSEntryChange.add("person", attributes={"name": "Ann"}))
        assert outcome.error_code is ERROR.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT
        assert outcome.notes
        assert s.committed[0].applied is None
        kept = s.send(person(1))
        assert kept.is_success
        assert kept.new_anchor is None


def test_an_anchor_among_the_attributes_is_enough():
    """An Add may carry its anchor as an attribute; a DN may be the anchor."""
    with Session(Target()) as s:
        outcome = s.send(CSEntryChange.add("person", attributes={"id": "5"}))
        assert outcome.anchor == {"id": "5"}
    dn_only = Target(capabilities=evolve(LDAP, is_dn_as_anchor=True))
    with Session(dn_only) as s:
        assert s.send(CSEntryChange.add("person", dn="CN=a")).is_success
        assert s.send(CSEntryChange.delete(None, {}, dn="CN=a")).is_success


def test_convert_update_to_add_sends_the_whole_object():
    """The object is gone in the target: it is added with all it should have."""
    action = ERROR.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD
    target = Target(hooks={"put_export_entries": answering(action)})
    with Session(target) as s:
        current = {"name": "Ann", "mail": ["a"], "created": "the target's own"}
        outcome = s.send(renamed(1, "Bo"), current=lambda: current)
    assert outcome.is_success
    assert outcome.passes == 2
    again = target.batches[1][0]
    assert again.object_modification_type is KIND.ADD
    assert again.attributes == {"name": "Bo", "mail": ["a"]}
    assert s.committed[0].applied.object_modification_type is KIND.UPDATE


@pytest.mark.parametrize("current", [None, failing(OSError("space is gone"))])
def test_convert_update_to_add_needs_the_object(current):
    """Without its attributes the object is missing, or the reader's own error is told."""
    action = ERROR.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD
    with Session(Target(hooks={"put_export_entries": answering(action)})) as s:
        outcome = s.send(renamed(1), current=current)
    if current is None:
        assert outcome.error_code is ERROR.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT
    else:
        assert outcome.error_detail == "space is gone"


def test_actions_are_bounded():
    """A connector that asks for the same again and again gets the final error."""
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(hooks={"put_export_entries": answering(*[action] * 50)})
    with Session(target) as s:
        outcome = s.send(renamed(1))
    assert outcome.error_code is ERROR.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE
    assert len(target.batches) == batches_module.MAX_RETRIES + 1


def test_retried_references_come_again_alone():
    """The rest was taken; an Add is followed by an Update of the references."""
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(hooks={"put_export_entries": answering(action)})
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann", manager="2", member=["3"]))
        assert outcome.is_success
        again = target.batches[1][0]
        assert again.object_modification_type is KIND.UPDATE
        assert set(again.changes) == {"manager", "member"}
        assert again.changes["member"].data_type.name == "REFERENCE"
        assert s.committed[0].applied.attributes["manager"] == "2"
        target.hooks["put_export_entries"] = answering(action)
        both = CSEntryChange.update(
            "person",
            {"id": "1"},
            changes=[AttributeChange.replace("name", "x"), AttributeChange.update("member", ["9"])],
        )
        assert s.send(both).is_success
        assert set(target.batches[-1][0].changes) == {"member"}


def test_an_add_that_got_no_name_comes_again_whole():
    """Without an anchor nothing was made: the whole Add is repeated."""
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(hooks={"put_export_entries": answering(action, ERROR.EXPORT_ERROR_INVALID_DN)})
    with Session(target) as s:
        s.send(CSEntryChange.add("person", attributes={"manager": "2"}))
    assert target.batches[1][0].object_modification_type is KIND.ADD


def test_what_was_taken_before_a_later_pass_failed_is_recorded():
    """References fail for good: the object without them is in the target and in the record."""
    action, final = (
        ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE,
        ERROR.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE,
    )
    target = Target(hooks={"put_export_entries": answering(action, final)})
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann", manager="2"))
    assert outcome.error_code is final
    assert s.committed[0].applied.attributes == {"name": "Ann"}


CHILD = CSEntryChange.add("person", {"id": "1"}, dn="CN=a,OU=x,OU=y,DC=z")


def tree(target: Target, *existing: str):
    """A directory: an object needs its parent."""
    made = set(existing)

    def hook(connector, entries):
        answers = []
        for entry in entries:
            parent = entry.dn.split(",", 1)[1]
            if parent in made:
                made.add(entry.dn)
                connector.apply(entry)
            else:
                answers.append(
                    CSEntryChangeResult.failure(entry, ERROR.EXPORT_ACTION_PROVISIONING_PARENT)
                )
        return results(*answers)

    target.hooks["put_export_entries"] = hook


def test_missing_parents_are_provisioned_once_and_first():
    """Two children, one missing branch: each parent goes once, bare, before its children."""
    target = Target(capabilities=LDAP)
    with Session(target) as s:
        s.send(CSEntryChange.add("unit", {"code": 1}, dn="OU=first,DC=z"))
        tree(target, "DC=z")
        other = CSEntryChange.add("person", {"id": "2"}, dn="CN=b,OU=x,OU=y,DC=z")
        futures = [s.session.submit(CHILD), s.session.submit(other)]
        assert all(future.result(5).is_success for future in futures)
    parents = [e for b in target.batches for e in b if e.dn in ("OU=x,OU=y,DC=z", "OU=y,DC=z")]
    made = [e.dn for e in parents if e.dn == "OU=y,DC=z"]
    assert len(made) == 1
    assert all(e.object_type == "unit" and not e.attributes for e in parents)
    recorded = [each.change.dn for each in s.committed if each.outcome.is_success]
    assert [each.applied is None for each in s.committed] == [False, True, True, False, False]
    assert recorded.index("OU=y,DC=z") < recorded.index("OU=x,OU=y,DC=z") < recorded.index(CHILD.dn)


@pytest.mark.parametrize("dn", ["CN=a,O=x,DC=z", "CN=a", "a,b"])
def test_a_parent_of_no_type_cannot_be_provisioned(dn):
    """Only types with that DN component can be parents."""
    target = Target(capabilities=LDAP)
    tree(target)
    target.hooks["put_export_entries"] = answering(ERROR.EXPORT_ACTION_PROVISIONING_PARENT)
    with Session(target) as s:
        outcome = s.send(CSEntryChange.add("person", {"id": "1"}, dn=dn))
    assert outcome.error_code is ERROR.EXPORT_ERROR_NON_EXISTING_PARENT


def test_a_parent_that_fails_fails_its_child():
    """The child is tried again and refused; passes are bounded."""
    target = Target(capabilities=LDAP)

    def hook(connector, entries):
        return results(
            *(
                CSEntryChangeResult.failure(
                    e,
                    ERROR.EXPORT_ERROR_PERMISSION_ISSUE
                    if e.object_type == "unit"
                    else ERROR.EXPORT_ACTION_PROVISIONING_PARENT,
                )
                for e in entries
            )
        )

    target.hooks["put_export_entries"] = hook
    with Session(target) as s:
        outcome = s.send(CHILD)
    assert outcome.error_code is ERROR.EXPORT_ERROR_NON_EXISTING_PARENT
    assert [each.applied for each in s.committed] == [None, None]


def test_endless_parents_end(monkeypatch):
    """A branch deeper than the passes allow is given up."""
    monkeypatch.setattr(batches_module, "MAX_PASSES", 3)
    target = Target(capabilities=LDAP)
    tree(target)
    with Session(target) as s:
        outcome = s.send(CSEntryChange.add("person", {"id": "1"}, dn="CN=a" + ",OU=b" * 40))
    assert "ever more passes" in outcome.error_detail


def test_references_are_withheld_into_a_second_pass():
    """NoReferenceValuesInFirstExport: first the object, then an Update with its references."""
    target = Target(capabilities=evolve(NO_DN, no_reference_values_in_first_export=True))
    with Session(target) as s:
        assert s.send(person(1, name="Ann", manager="2")).passes == 2
        first, second = target.batches[0][0], target.batches[1][0]
        assert first.attributes == {"name": "Ann"}
        assert second.object_modification_type is KIND.UPDATE
        assert second.changes["manager"].value == "2"
        mixed = CSEntryChange.update(
            "person",
            {"id": "1"},
            changes=[AttributeChange.replace("name", "x"), AttributeChange.update("member", ["9"])],
        )
        assert s.send(mixed).passes == 2
        only = CSEntryChange.update(
            "person", {"id": "1"}, changes=[AttributeChange.update("member", ["8"])]
        )
        assert s.send(only).passes == 1
        assert s.send(CSEntryChange.delete("person", {"id": "1"})).passes == 1


ATTRIBUTE_FORMS = [each for each in MAExportType if each is not MAExportType.OBJECT_REPLACE]


@pytest.mark.parametrize("form", ATTRIBUTE_FORMS)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("how", ["withheld", "asked for again"])
def test_a_replace_leaves_references_alone_until_they_are_sent(form, known, how):
    """Neither pass clears members that stay, and what goes of them goes."""
    before = {"name": "a", "member": ["x", "y", "z"], "manager": "m"}
    action = ERROR.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE
    target = Target(objects={(("id", "1"),): {**before}})
    target.capabilities = evolve(
        NO_DN, no_reference_values_in_first_export=how == "withheld", export_type=form
    )

    def hook(connector, entries):
        if how == "withheld" or len(target.batches) > 1:
            return None
        for entry in entries:
            connector.apply(
                CSEntryChange.update(
                    "person",
                    entry.anchor,
                    changes=[
                        each
                        for each in entry.changes.values()
                        if each.name not in ("member", "manager")
                    ],
                )
            )
        return results(CSEntryChangeResult(entries[0].identifier, action))

    target.hooks["put_export_entries"] = hook
    after = {"name": "b", "member": ["x", "y", "new"]}
    with Session(target) as s:
        replace = CSEntryChange.replace("person", {"id": "1"}, attributes=after)
        assert s.send(replace, current=before if known else None).is_success
    first, second = (batch[0] for batch in target.batches)
    if how == "withheld":
        assert not {"member", "manager"} & set(first.attribute_changes)
    assert {"member", "manager"} == set(second.attribute_changes)
    stored = target.objects[(("id", "1"),)]
    assert set(stored.pop("member")) == {"x", "y", "new"}
    assert stored == {"name": "b"}
    assert s.committed[0].applied is not None
    assert s.committed[0].applied.attributes == after


def test_the_second_pass_goes_by_the_assigned_anchor():
    """The Update of the references carries the anchor the first pass brought."""
    capabilities = evolve(
        NO_DN,
        no_reference_values_in_first_export=True,
        export_type=MAExportType.OBJECT_REPLACE,
    )

    def hook(connector, entries):
        if entries[0].object_modification_type is KIND.ADD:
            return results(CSEntryChangeResult.success(entries[0], {"id": "77"}))
        return None

    target = Target(capabilities=capabilities, hooks={"put_export_entries": hook})
    with Session(target) as s:
        assert s.send(
            CSEntryChange.add("person", attributes={"name": "A", "manager": "2"})
        ).is_success
    again = target.batches[1][0]
    assert again.anchor == {"id": "77"}
    assert again.object_modification_type is KIND.REPLACE
    assert again.attributes == {"name": "A", "manager": "2"}


@pytest.mark.parametrize("is_on", [True, False])
def test_delete_and_add_become_a_replace_where_the_connector_wants_it(is_on):
    """Delete and Add of one object that wait together: one Replace, or one after the other."""
    target = Target(capabilities=evolve(NO_DN, delete_add_as_replace=is_on))
    with Session(target) as s:
        outcomes = s.together(
            CSEntryChange.delete("person", {"id": "1"}), person(1, name="Bo"), renamed(1)
        )
        assert all(o.is_success for o in outcomes)
    kinds = [e.object_modification_type.name for b in target.batches[1:] for e in b]
    assert kinds == (["REPLACE", "UPDATE"] if is_on else ["DELETE", "ADD", "UPDATE"])
    recorded = [each.applied.object_modification_type.name for each in s.committed[1:]]
    assert recorded == ["DELETE", "ADD", "UPDATE"]


def test_only_a_delete_that_waits_alone_becomes_a_replace():
    """An Add after anything but the Delete of the same type keeps its place."""
    target = Target(capabilities=evolve(NO_DN, delete_add_as_replace=True))
    with Session(target) as s:
        s.together(
            renamed(1),
            person(1),
            CSEntryChange.delete("person", {"id": "2"}),
            renamed(2),
            person(2),
        )
    assert "REPLACE" not in [e.object_modification_type.name for b in target.batches for e in b]


def test_a_password_is_set_after_the_add():
    """export_password goes through SetPassword, never into the entry or the record."""
    target = Target()
    with Session(target) as s:
        outcome = s.send(person(1, name="Ann", export_password="S3cret!"))
        assert outcome.is_success
        assert target.batches[0][0].attributes == {"name": "Ann"}
        assert target.passwords == {"1": "S3cret!"}
        assert s.committed[0].applied.attributes == {"name": "Ann"}
        change = AttributeChange.replace("export_password", "N3w!")
        s.send(CSEntryChange.update("person", {"id": "1"}, changes=[change]))
        assert target.passwords == {"1": "N3w!"}
        assert len(target.batches) == 1
        names = target.names()
        assert names.index("put_export_entries") < names.index("set_password")


def test_a_refused_password_is_the_outcome_but_the_object_is_recorded():
    """The object is there without its password; the detail says so, without the password."""
    target = Target(
        hooks={"set_password": failing(PasswordPolicyViolationError("S3cret! is weak"))}
    )
    with Session(target) as s:
        outcome = s.send(person(1, export_password="S3cret!"))
    assert outcome.error_code is ERROR.EXPORT_ERROR_PASSWORD_POLICY_VIOLATION
    assert outcome.error_detail == "The object is written, but its password is not set: *** is weak"
    assert s.committed[0].applied is not None


def test_a_failed_add_sets_no_password():
    """SetPassword comes only after success."""
    target = Target(hooks={"put_export_entries": answering(ERROR.EXPORT_ERROR_INVALID_DN)})
    with Session(target) as s:
        s.send(person(1, export_password="S3cret!"))
    assert target.passwords == {}


def test_export_password_in_first_pass_sends_it_with_the_add():
    """The capability puts the password into the Add; the record still has none."""
    target = Target(capabilities=evolve(NO_DN, export_password_in_first_pass=True))
    with Session(target) as s:
        assert s.send(person(1, export_password="S3cret!")).is_success
        assert target.batches[0][0].attributes == {"export_password": "S3cret!"}
        assert s.committed[0].applied.attributes == {}
        target.hooks["put_export_entries"] = failing(ValueError("S3cret! leaked"))
        assert s.send(person(2, export_password="S3cret!")).error_detail == "*** leaked"


def test_without_password_interface_the_schema_decides():
    """An export_password attribute takes it; without one the change is refused unsent."""
    off = evolve(NO_DN, support_password=False)
    target = Target(capabilities=off)
    with Session(target) as s:
        outcome = s.send(person(1, export_password="S3cret!"))
    assert "can take none" in outcome.error_detail
    assert target.batches == []
    own = SchemaAttribute.single("export_password", operation=AttributeOperation.EXPORT_ONLY)
    schema = Schema([SchemaType("person", [SchemaAttribute.anchor("id"), own])])
    target = Target(capabilities=off, schema=schema)
    with Session(target) as s:
        assert s.send(person(1, export_password="S3cret!")).is_success
    assert target.batches[0][0].attributes == {"export_password": "S3cret!"}


def test_a_connection_that_is_not_secure_is_refused_unless_allowed():
    """NotSecure needs the host's word."""
    target = Target(security=ConnectionSecurityLevel.NOT_SECURE)
    with Session(target) as s:
        assert "not secure" in s.send(person(1, export_password="x")).error_detail
    with Session(target, allow_not_secure=True) as s:
        assert s.send(person(1, export_password="x")).is_success


def test_a_connector_without_concurrency_has_one_thing_open_at_a_time():
    """Export, password and import of one source never overlap; nobody waits for idle time."""
    target = Target(capabilities=evolve(NO_DN, concurrent_operation=False))
    with Session(target) as s:
        assert s.send(person(1, export_password="x")).is_success
        assert s.send(person(2)).is_success
        assert run_import(s.source, ListSink()).is_success
        assert s.send(person(3, export_password="x")).is_success
        assert run_import(s.source, ListSink()).is_success
    assert target.most_open == 1
    assert target.open_now == 0


def test_secrets_of_the_parameters_stay_out_of_outcomes():
    """Results and exceptions are cleaned."""
    parameters = ConfigParameters({"Password": SecureString("hunter2")})

    def hook(connector, entries):
        code = ERROR.EXPORT_ERROR_CUSTOM_CONTINUE_RUN
        return results(CSEntryChangeResult.failure(entries[0], code, "hunter2", name="hunter2"))

    target = Target(hooks={"put_export_entries": hook})
    with Session(target, source={"parameters": parameters}) as s:
        outcome = s.send(person(1))
        assert (outcome.error_detail, outcome.error_name) == ("***", "***")
        target.hooks["put_export_entries"] = failing(EntryExportError("hunter2"))
        assert s.send(person(1)).error_detail == "***"


def test_an_entry_that_cannot_be_converted_fails_alone():
    """An unknown type or attribute fails its own change; the rest of the batch goes out."""
    target = Target()
    with Session(target) as s:
        bad, good = s.together(person(1, zzz="x"), person(2))
        assert bad.error_code is ERROR.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE
        assert good.is_success
        empty = CSEntryChange.update("person", {"id": "1"})
        assert s.send(empty).is_success
        assert s.session.submit(renamed(1)).result(5).is_success
    assert len(target.batches) == 3
