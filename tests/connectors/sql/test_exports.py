"""Exports: what is written is what is read back, entry by entry, and a failed entry is no entry."""

from ecma2py import AttributeChange, CSEntryChange
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Target, codes


def test_first(target: Target) -> None:
    """x"""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    for t in host.schema().types.values():
        for a in t.attributes.values():
            print(a)
    results = host.export(
        CSEntryChange.add(
            "Person",
            attributes={"name": "Ann", "active": True, "photo": b"\0a\0", "phones": ["1", "2"]},
        ),
        CSEntryChange.add(
            "Person", attributes={"name": "Bob", "mail": "b", "manager": "CN=1,OBJECT=Person"}
        ),
        CSEntryChange.add("Person", attributes={"name": "Bob", "mail": "b"}),
        CSEntryChange.add("Person", {"id": 1}, attributes={"name": "Bob"}),
        CSEntryChange.add("Person", attributes={"mail": "Bob"}),
        CSEntryChange.add("Person", attributes={"name": "Bob" * 200}),
        CSEntryChange.add("Person", attributes={"name": "Bob", "age": -1}),
        CSEntryChange.add(
            "Team",
            attributes={"code": "Bob", "members": ["CN=1,OBJECT=Person", "CN=44,OBJECT=Person"]},
        ),
        CSEntryChange.add(
            "Team",
            {"code": "t"},
            attributes={"members": ["CN=1,OBJECT=Person", "CN=2,OBJECT=Person"]},
        ),
        CSEntryChange.update(
            "Team",
            {"code": "t"},
            changes=[
                AttributeChange.update("members", ["CN=1,OBJECT=Person"], ["CN=2,OBJECT=Person"])
            ],
        ),
        CSEntryChange.delete("Person", {"id": 2}),
        CSEntryChange.delete("Person", {"id": 1}),
        CSEntryChange.delete("Person", {"id": 3}),
    )
    for x in results:
        print(x.error_code.ecma_name, x.error_detail, x.anchor_attributes)
    for e in host.state().items():
        print(e)
    assert 0
