"""Types, attributes, rows and writes by stored procedures alone, by the names of Microsoft's fields."""

from typing import Any

import pytest

from ecma2py import AttributeChange, CSEntryChange
from ecma2py.errors import ConfigurationError
from tests.connectors.sql.targets import Host, Target, codes
from tests.connectors.sql.test_pages import by_fields

POSTGRESQL = (
    (
        "CREATE FUNCTION types(kind text) RETURNS TABLE (other int, name text) LANGUAGE sql AS"
        " $$ SELECT 1, kind UNION ALL SELECT 2, kind $$"
    ),
    (
        "CREATE FUNCTION rows_of(first int, last int) RETURNS TABLE (id int, a text) LANGUAGE sql AS"
        " $$ SELECT t.id, t.a FROM t ORDER BY t.id LIMIT last - first + 1 OFFSET first - 1 $$"
    ),
    (
        "CREATE FUNCTION add_t(i int, words text) RETURNS void LANGUAGE sql AS"
        " $$ INSERT INTO t VALUES (i, words) $$"
    ),
    (
        "CREATE FUNCTION set_t(i int, words text) RETURNS void LANGUAGE sql AS"
        " $$ UPDATE t SET a = words WHERE id = i $$"
    ),
    "CREATE FUNCTION drop_t(i int) RETURNS void LANGUAGE sql AS $$ DELETE FROM t WHERE id = i $$",
)
MARIADB = (
    "CREATE PROCEDURE types(IN kind VARCHAR(9)) SELECT 1 AS other, kind AS name UNION ALL SELECT 2, kind",
    (
        "CREATE PROCEDURE rows_of(IN first INT, IN last INT) BEGIN DECLARE n INT DEFAULT last - first + 1;"
        " DECLARE o INT DEFAULT first - 1; SELECT id, a FROM t ORDER BY id LIMIT n OFFSET o; END"
    ),
    "CREATE PROCEDURE add_t(IN i INT, IN words VARCHAR(9)) INSERT INTO t VALUES (i, words)",
    "CREATE PROCEDURE set_t(IN i INT, IN words VARCHAR(9)) UPDATE t SET a = words WHERE id = i",
    "CREATE PROCEDURE drop_t(IN i INT) DELETE FROM t WHERE id = i",
)
SCHEMA = {
    "Object type detection method": "Stored Procedure",
    "Fixed value list/Table/View/SP": "types",
    "Column Name for Table/View/SP": "name",
    "Store Procedure Parameters": "kind:INPUT:T",
    "T:Attribute Detection": "Stored Procedure",
    "T:Table/View/SP": "rows_of",
    "T:Store Procedure Parameters": "first:INPUT:1\nlast:INPUT:1",
    "T:id": "1",
    "Operation Method": "Stored Procedure",
}
IMPORT = {
    "Table/View/SP": "rows_of",
    "Stored Procedure Parameters": "first:INPUT:0\nlast:INPUT:0",
    "Start Index Parameter Name": "first",
    "End Index Parameter Name": "last",
}
EXPORT = {
    "Add SP Name": "add_t",
    "Add SP Parameters": "i:INPUT:id\nwords:INPUT:a",
    "Update SP Name": "set_t",
    "Update SP Parameters": "i:INPUT:id\nwords:INPUT:a",
    "Delete SP Name": "drop_t",
    "Delete SP Parameters": "i:INPUT:id",
}


def _hosts(target: Target) -> tuple[Host, Host]:
    """The connector in runs that import, and in runs that export."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9))")
    for each in {"postgresql": POSTGRESQL, "mariadb": MARIADB}[target.name]:
        target.execute_exactly(each)
    target.execute("INSERT INTO t VALUES (?, ?)", [(i, f"v{i}") for i in range(1, 6)])
    return by_fields(target, SCHEMA, **IMPORT), by_fields(target, SCHEMA, **EXPORT)


BOTH = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)


@BOTH
@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_procedures_tell_types_attributes_and_rows(target: Target, size: int) -> None:
    """The first page begins at 1 and ends at the page size, and each row comes once."""
    importing, _ = _hosts(target)
    (found,) = importing.schema().types.values()
    assert (found.name, list(found.attributes)) == ("T", ["id", "a"])
    entries = importing.full(page_size=size)
    assert [(each.anchor["id"], each.attributes["a"]) for each in entries] == [
        (i, f"v{i}") for i in range(1, 6)
    ]


@BOTH
def test_procedures_write_every_kind_of_change(target: Target) -> None:
    """Add, update and delete each have a procedure, and a delete is none of the others."""
    importing, exporting = _hosts(target)
    changes = [
        CSEntryChange.add("T", {"id": 9}, attributes={"a": "new"}),
        CSEntryChange.update("T", {"id": 4}, changes=[AttributeChange.replace("a", "set")]),
        CSEntryChange.delete("T", {"id": 5}),
    ]
    assert codes(exporting.export(*changes)) == ["Success"] * 3
    held: dict[str, Any] = {key: value["a"] for key, value in importing.state().items()}
    kept = {f"CN={i},OBJECT=T": f"v{i}" for i in (1, 2, 3)}
    assert held == {**kept, "CN=4,OBJECT=T": "set", "CN=9,OBJECT=T": "new"}


@BOTH
def test_parameters_go_by_name_where_that_is_ticked(target: Target) -> None:
    """In any order then, in reads and writes; a database that knows positions alone says so."""
    _hosts(target)
    swapped = {"Add SP Parameters": "words:INPUT:a\ni:INPUT:id", "Use named parameters": "1"}
    if target.name == "mariadb":
        with pytest.raises(ConfigurationError, match="by position only"):
            by_fields(target, SCHEMA, **IMPORT, **swapped).full()
        return
    host = by_fields(target, SCHEMA, **{**EXPORT, **swapped})
    (result,) = host.export(CSEntryChange.add("T", {"id": 9}, attributes={"a": "new"}))
    assert codes([result]) == ["Success"], result.error_detail
    given = {**IMPORT, "Stored Procedure Parameters": "last:INPUT:0\nfirst:INPUT:0"}
    found = by_fields(target, SCHEMA, **given, **{"Use named parameters": "1"}).state()
    assert found["CN=9,OBJECT=T"] == {"id": 9, "a": "new"}
