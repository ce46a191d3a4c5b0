"""An index is used once readers can see what is in it."""

from pathlib import Path

from ecma2py.capabilities import MADistinguishedNameStyle
from ecma2py.entries import CSEntryChange
from ecma2py.schema import AttributeType, Schema, SchemaAttribute, SchemaType
from ecma2py.space import SqliteSpace, Write


def test_no_search_misses_while_an_index_is_built(tmp_path: Path) -> None:
    """Searches before, while and after their index is built all find the same."""
    number = SchemaAttribute.single("number", AttributeType.INTEGER)
    schema = Schema([SchemaType("thing", [SchemaAttribute.anchor("id"), number])])
    style = MADistinguishedNameStyle.NONE
    with SqliteSpace.open(tmp_path / "s.db", connector="c", schema=schema, dn_style=style) as space:
        space.apply(
            [
                Write(CSEntryChange.add("thing", {"id": str(each)}, attributes={"number": each}))
                for each in range(3)
            ]
        )

        found = []
        while not space.has_index("thing", "number"):
            found.append(len(space.find("thing", "number", 1)))
        found += [len(space.find("thing", "number", 1)) for _ in range(200)]

    assert set(found) == {1}
