"""What the global, partition and run-step pages say to a run."""

from typing import Any

import pytest

from ecma2py import (
    ConfigParameterPage,
    ConfigParameters,
    CSEntryChange,
    MAExportType,
    Partition,
    Schema,
    SecureString,
)
from ecma2py.connector import ExportRun, ImportRun
from ecma2py.errors import ECMA2Error, InvalidParameterError
from ecma2py.host.paging import check_names, fill_pages, from_settings
from ecma2py.runs import ConnectorSource
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.dialects import DIALECTS, SQL_SERVER
from ecma2py_sql.mapping.settings import (
    Argument,
    DeltaSettings,
    Direction,
    ExportSettings,
    Method,
    PasswordSettings,
    Rows,
    Strategy,
    Written,
)
from ecma2py_sql.pages.runs import RunTypes, run_types, split_statements
from ecma2py_sql.pages.wide import by_name, clock_of, delta_page
from tests.connectors.sql.targets import PEOPLE, Host, Target, postgresql_target, sqlite_target
from tests.connectors.sql.test_pages import FIXED, MICROSOFT, by_fields

IMPORT = ImportRun(types=Schema())
EXPORT = ExportRun(types=Schema())
ONE = {**FIXED, "Fixed value list/Table/View/SP": "T", "T:Table/View/SP": "t"}
TWO = {
    **FIXED,
    "Fixed value list/Table/View/SP": "T,U",
    "T:Table/View/SP": "t",
    "U:Table/View/SP": "u",
}
TABLES = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9), changed INTEGER);"
    "CREATE TABLE u (id INTEGER PRIMARY KEY, b VARCHAR(9));"
    "CREATE TABLE m (t INTEGER REFERENCES t (id), v VARCHAR(9), changed INTEGER)"
)


def taken(host: Host, run: Any, partition: str | None = None) -> RunTypes:
    """The types as a run takes them."""
    connector = SqlConnector()
    connector.parameters = host.parameters
    with connector._looked_up() as tables:
        found = None if partition is None else Partition(partition)
        return run_types(host.parameters, tables, run, found)


def one(host: Host, run: Any) -> Any:
    """The only type of a run."""
    (config,) = taken(host, run).configs
    return config


def test_every_type_is_a_partition(sqlite_file: Target) -> None:
    """OBJECT=<type>, if the pages describe the types; the text leaves the host its default."""
    sqlite_file.execute(TABLES)
    pages = by_fields(sqlite_file, TWO).parameters
    connector = SqlConnector()
    assert [(each.dn, each.name) for each in connector.get_partitions(pages)] == [
        ("OBJECT=T", "T"),
        ("OBJECT=U", "U"),
    ]
    assert connector.get_capabilities_ex(pages).support_partitions
    hostile = {**FIXED, "Fixed value list/Table/View/SP": "[a,b+c]"}
    (partition,) = connector.get_partitions(by_fields(sqlite_file, hostile).parameters)
    assert (partition.dn, partition.name) == (r"OBJECT=a\,b\+c", "a,b+c")
    text = sqlite_file.host('[T]\ntable="t"').parameters
    assert connector.get_partitions(text) == [Partition.default()]
    assert not connector.get_capabilities_ex(text).support_partitions


def test_a_run_of_a_partition_has_its_type_alone(target: Target) -> None:
    """Imports and exports keep to the partition; without one, all types are served."""
    target.execute(TABLES)
    target.execute("INSERT INTO t VALUES (1, 'x', 1)")
    target.execute("INSERT INTO u VALUES (1, 'y')")
    host = by_fields(target, TWO)
    assert set(host.state()) == {"CN=1,OBJECT=T", "CN=1,OBJECT=U"}
    for partition, expected in (("OBJECT=U", ["U"]), ("default", ["T", "U"])):
        connector = SqlConnector()
        with host.importing(connector, partition=partition):
            page = host.next_page(connector)
        assert [each.object_type for each in page.cs_entries] == expected
    writer: Any = SqlConnector()
    changes = [CSEntryChange.add(name, {"id": 2}) for name in ("T", "U")]
    with host.exporting(writer, partition="OBJECT=U"):
        refused, fine = writer.put_export_entries(changes).cs_entry_change_results
    assert "there are U" in (refused.error_detail or "")
    assert not fine.error_detail


def test_a_partition_has_a_connection_of_its_own(postgresql_odbc: str, tmp_path: Any) -> None:
    """DSN file, user and password of the partition are used instead of the connector's."""
    target = postgresql_target(postgresql_odbc)
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    target.execute("INSERT INTO t VALUES (5)")
    elsewhere = sqlite_target(tmp_path)
    elsewhere.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    lines = str(target.parameters["Data source"]).split(";")
    own: dict[str, Any] = {
        "Partition DSN File": "\n".join(["[ODBC]", "; a comment = none", *lines]),
        "Partition User Name": target.parameters["User Name"],
        "Partition Password": target.parameters["Password"],
    }
    parameters = {**elsewhere.parameters, **ONE, "User Name": "nobody"}
    assert Host(ConfigParameters(parameters)).full() == []
    assert list(Host(ConfigParameters({**parameters, **own})).state()) == ["CN=5,OBJECT=T"]
    wrong = {**own, "Partition Password": SecureString("wrong")}
    with pytest.raises(ECMA2Error, match="refused"):
        Host(ConfigParameters({**parameters, **wrong})).full()


def test_one_place_says_where_the_database_is(sqlite_file: Target) -> None:
    """Neither place, or both, is told with the names of the fields."""
    connector = SqlConnector()
    both = {**sqlite_file.parameters, "DSN File": "[ODBC]\nDriver=x"}
    for given in ({}, both):
        page = ConfigParameterPage.CONNECTIVITY
        result = connector.validate_config_parameters(ConfigParameters(given), page)
        assert result.error_parameter == "Data source"
        assert "'DSN File'" in result.error_message


def test_partitions_override_what_is_global(sqlite_file: Target) -> None:
    """Zone, format, strategy and watermark query of the partition are taken where given."""
    sqlite_file.execute(TABLES)
    given = {
        **ONE,
        "Data Source Time Zone": "Romance Standard Time",
        "Delta Strategy": "None",
        "Water Mark Column Name": "changed",
    }
    own = {
        "Partition Data Source Time Zone": "Europe/Oslo",
        "Partition Date Time Format": "dd.MM.yyyy",
        "Delta Import Strategy": "WaterMark",
        "Partition Water Mark Query": "SELECT 7",
    }
    plain = clock_of(ConfigParameters(given))
    assert (str(plain.zone), plain.format.text) == ("Europe/Paris", "yyyy-MM-dd HH:mm:ssZ")
    assert (
        not SqlConnector()
        .get_capabilities_ex(by_fields(sqlite_file, given).parameters)
        .delta_import
    )
    host = by_fields(sqlite_file, {**given, **own})
    found = clock_of(host.parameters)
    assert (str(found.zone), found.format.text) == ("Europe/Oslo", "dd.MM.yyyy")
    assert SqlConnector().get_capabilities_ex(host.parameters).delta_import
    settings = DeltaSettings(strategy=Strategy.WATERMARK, source="changed", query="SELECT 7")
    assert one(host, IMPORT).delta == settings


def test_passwords_are_set_by_procedures(sqlite_file: Target) -> None:
    """Names and parameters of both procedures are read; a value may be a token for a password."""
    given = {
        "Operation Methods": "Stored Procedure",
        "Set Password SP Name": "set_it",
        "Set Password SP Parameters": "Id:Input:ID\nnewPassword:Input:newPassword",
        "Change Password SP Name": "change_it",
        "Change Password SP Parameters": "OldPassword:Input:oldPassword",
        "Use named parameters": "1",
    }
    sqlite_file.execute(TABLES)
    host = by_fields(sqlite_file, {**ONE, **given})
    assert one(host, None).password == PasswordSettings(
        set=Written(
            procedure="set_it",
            arguments=(
                Argument("Id", Direction.INPUT, "ID"),
                Argument("newPassword", Direction.INPUT, "newPassword"),
            ),
        ),
        change=Written(
            procedure="change_it",
            arguments=(Argument("OldPassword", Direction.INPUT, "oldPassword"),),
        ),
    )
    assert by_name(host.parameters)
    assert (
        one(by_fields(sqlite_file, {**ONE, **given, "Operation Methods": ""}), None).password
        is None
    )
    page = ConfigParameterPage.GLOBAL
    for name in ("Set Password SP Name", "Operation Methods"):
        said = {**ONE, **given, name: "" if "SP" in name else "Password Extension"}
        wrong = by_fields(sqlite_file, said).parameters
        assert SqlConnector().validate_config_parameters(wrong, page).error_parameter == name


def test_object_replace_is_a_capability(sqlite_file: Target) -> None:
    """The check box makes any change arrive as the whole object."""
    sqlite_file.execute(TABLES)
    given = by_fields(sqlite_file, ONE, **{"Export Type:Object Replace": "1"}).parameters
    export_type = SqlConnector().get_capabilities_ex(given).export_type
    assert export_type is MAExportType.OBJECT_REPLACE


def test_the_watermark_query_is_filled_in_for_the_database(target: Target) -> None:
    """Each database has its own words for now, and the one that is connected understands them."""
    target.execute(TABLES)
    page = ConfigParameterPage.GLOBAL
    found = SqlConnector().get_config_parameters(by_fields(target, ONE).parameters, page)
    query = next(each.default_value for each in found if each.name == "Water Mark Query")
    assert len(target.rows(query)) == 1
    without = {each.name for each in DIALECTS if not delta_page(each)[1].default_value}
    assert without == {"generic"}
    assert delta_page(SQL_SERVER)[1].default_value == "SELECT GETDATE();"


def test_a_run_reads_a_view_and_another_writes_the_table(target: Target) -> None:
    """Each run step has its own table, by the names it was given."""
    target.execute(TABLES)
    target.execute_exactly("CREATE VIEW [v.1] AS SELECT * FROM t".replace("[v.1]", '"v.1"'))
    target.execute("INSERT INTO t VALUES (1, 'x', 1)")
    given = {**ONE, "T:Table/View/SP": "[v.1]", "T:id": "1"}
    reading = by_fields(target, given, **{"Operation Method": "View", "Table/View/SP": "[v.1]"})
    writing = by_fields(target, given, **{"Operation Method": "Table", "Table/View/SP": "t"})
    assert reading.state()["CN=1,OBJECT=T"]["a"] == "x"
    (result,) = writing.export(CSEntryChange.add("T", {"id": 2}, attributes={"a": "y"}))
    assert not result.error_detail
    assert reading.state()["CN=2,OBJECT=T"]["a"] == "y"


def test_run_steps_say_how_rows_are_read(sqlite_file: Target) -> None:
    """Procedures and queries, with the names of the parameters for the first and last row."""
    sqlite_file.execute(TABLES)
    procedure = {
        "Operation Method": "Stored Procedure",
        "Table/View/SP": "[hr].[read]",
        "Stored Procedure Parameters": "@s:INPUT:0\n@e:INPUT:0\n@k:INPUT:a:b",
        "Start Index Parameter Name": "@s",
        "End Index Parameter Name": "@e",
    }
    assert one(by_fields(sqlite_file, ONE, **procedure), IMPORT).imports == Rows(
        Method.PROCEDURE,
        "hr.read",
        arguments=(
            Argument("@s", Direction.INPUT, "0"),
            Argument("@e", Direction.INPUT, "0"),
            Argument("@k", Direction.INPUT, "a:b"),
        ),
        start_index="@s",
        end_index="@e",
    )
    query = {"Operation Method": "Sql Query", "SQL Query": "SELECT @EndIndex, @StartIndex"}
    found = one(by_fields(sqlite_file, ONE, **query), IMPORT).imports
    assert (found.start_index, found.end_index) == ("@StartIndex", "@EndIndex")
    plain = {**query, "SQL Query": "SELECT 1"}
    assert not one(by_fields(sqlite_file, ONE, **plain), IMPORT).imports.is_paged_by_index


def test_run_steps_say_what_writes(sqlite_file: Target) -> None:
    """Three procedures, or three queries of one or more statements."""
    sqlite_file.execute(TABLES)
    calls = {"Operation Method": "Stored Procedure"}
    for each in ("Add", "Update", "Delete"):
        calls |= {f"{each} SP Name": f"{each}_t", f"{each} SP Parameters": "@A:input:a"}
    argument = Argument("@A", Direction.INPUT, "a")
    assert one(by_fields(sqlite_file, ONE, **calls), EXPORT).exports == ExportSettings(
        add=Written(procedure="Add_t", arguments=(argument,)),
        update=Written(procedure="Update_t", arguments=(argument,)),
        delete=Written(procedure="Delete_t", arguments=(argument,)),
    )
    queries = {
        "Operation Method": "Sql Query",
        "Insert Query": "INSERT INTO t (id) VALUES (@id)\r\nINSERT INTO u (id) VALUES (@id)",
        "Update Query": "UPDATE t\nSET a = @a\nWHERE id = @id;\n\nUPDATE u SET b = @a;",
        "Delete Query": "DELETE FROM t WHERE id = @id",
    }
    exports = one(by_fields(sqlite_file, ONE, **queries), EXPORT).exports
    assert exports.add.statements == tuple(queries["Insert Query"].split("\r\n"))
    assert exports.update.statements == (
        "UPDATE t\nSET a = @a\nWHERE id = @id;",
        "UPDATE u SET b = @a;",
    )
    assert split_statements("one;\ntwo\nthree") == ("one;", "two\nthree")
    for missing in ("Delete SP Name", "Update Query"):
        given = {**(calls if "SP" in missing else queries), missing: ""}
        with pytest.raises(InvalidParameterError) as caught:
            taken(by_fields(sqlite_file, ONE, **given), EXPORT)
        assert caught.value.parameter_name == missing


@pytest.mark.parametrize(
    ("strategy", "said", "expected"),
    [
        ("None", {}, None),
        (
            "Trigger",
            {
                "History Table or Snapshot database name": "[h,1]",
                "Join Condition with Parent Table": "t.id = [h,1].key",
                "Delta Operation Column Name": "[what]",
                "Water Mark Column Name": "nr",
                "Update": "Modify_Attribute",
            },
            DeltaSettings(
                strategy=Strategy.HISTORY,
                source="h,1",
                operation="what",
                order="nr",
                join={"key": "id"},
                words={"add": "Add", "update": "Modify_Attribute", "delete": "Delete"},
            ),
        ),
        (
            "WaterMark",
            {"Water Mark Column Name": "changed", "Water Mark Query": ""},
            DeltaSettings(strategy=Strategy.WATERMARK, source="changed"),
        ),
        (
            "Snapshot",
            {"History Table or Snapshot database name": "snap"},
            DeltaSettings(strategy=Strategy.SNAPSHOT_DATABASE, source="snap"),
        ),
        ("ChangeTracking", {}, DeltaSettings(strategy=Strategy.CHANGE_TRACKING)),
    ],
)
def test_every_delta_strategy_is_read(
    sqlite_file: Target, strategy: str, said: dict[str, str], expected: DeltaSettings | None
) -> None:
    """The strategy of the global page takes its names from the run step."""
    sqlite_file.execute(TABLES)
    host = by_fields(sqlite_file, ONE, **{"Delta Strategy": strategy, **said})
    assert one(host, IMPORT).delta == expected
    capabilities = SqlConnector().get_capabilities_ex(host.parameters)
    assert capabilities.delta_import is (expected is not None)


def test_a_query_has_a_watermark_too(sqlite_file: Target) -> None:
    """What the catalogue does not know cannot be looked up, and is taken at its word."""
    sqlite_file.execute(TABLES)
    said = {
        "T:Attribute Detection": "SQL Query",
        "T:Provide SQL query for detecting attributes": "SELECT 'id' UNION SELECT 'changed'",
        "T:id": "1",
        "Delta Strategy": "WaterMark",
        "Water Mark Column Name": "changed",
    }
    step = {"Operation Method": "Sql Query", "SQL Query": "SELECT id, changed FROM t"}
    config = one(by_fields(sqlite_file, ONE, **said, **step), IMPORT)
    assert (config.delta.source, config.imports.text) == ("changed", step["SQL Query"])


def test_a_watermark_covers_multi_valued_tables(sqlite_file: Target) -> None:
    """A child table with the watermark column is read by it, and the column is no attribute."""
    sqlite_file.execute(TABLES)
    said = {"T:Name of Multi-valued Table/Views": "m", "Delta Strategy": "WaterMark"}
    host = by_fields(sqlite_file, ONE, **said, **{"Water Mark Column Name": "changed"})
    (child,) = one(host, IMPORT).multivalued
    assert (child.attribute, child.watermark) == ("v", "changed")


def test_a_run_may_read_the_values_of_another_table(target: Target) -> None:
    """The tables a run step names stand for those of the schema page, in their order."""
    target.execute(TABLES)
    target.execute("CREATE TABLE other (t INTEGER, v VARCHAR(9), changed INTEGER)")
    target.execute("INSERT INTO t VALUES (1, 'x', 1)")
    target.execute("INSERT INTO other VALUES (1, 'elsewhere', 7)")
    said = {**ONE, "T:Name of Multi-valued Table/Views": "m", "Water Mark Column Name": "changed"}
    host = by_fields(target, said, **{"Name of Multi-valued Table/Views": "[other]"})
    assert host.state()["CN=1,OBJECT=T"]["v"] == {"elsewhere"}


RUN_STEP_ERRORS = [
    ({"Operation Method": "Sql Query"}, "SQL Query", "give it a value"),
    ({"Operation Method": "Query"}, "Operation Method", "Table, View, Stored Procedure, Sql"),
    ({"Table/View/SP": "u"}, "Operation Method", "choose one of Table"),
    ({"Operation Method": "Table", "Table/View/SP": "x"}, "Table/View/SP", "there is none"),
    (
        {
            "Operation Method": "Sql Query",
            "SQL Query": "SELECT 1",
            "Start Index Parameter Name": "@a",
        },
        "Start Index Parameter Name",
        "give both, or neither",
    ),
    (
        {"Name of Multi-valued Table/Views": "m"},
        "Name of Multi-valued Table/Views",
        "'T' has none",
    ),
    ({"Delta Strategy": "WaterMark"}, "Water Mark Column Name", "how far it has come"),
    (
        {"Delta Strategy": "WaterMark", "Water Mark Column Name": "c"},
        "Water Mark Column Name",
        "it has id, a, changed",
    ),
    ({"Delta Strategy": "Trigger"}, "History Table or Snapshot database name", "history table"),
    (
        {"Delta Strategy": "Trigger", "History Table or Snapshot database name": "h"},
        "Delta Operation Column Name",
        "what happened",
    ),
    (
        {
            "Delta Strategy": "Trigger",
            "History Table or Snapshot database name": "h",
            "Delta Operation Column Name": "o",
            "Join Condition with Parent Table": "h.k = t.a",
        },
        "Join Condition with Parent Table",
        "which is id",
    ),
    (
        {
            "Delta Strategy": "ChangeTracking",
            "Operation Method": "Sql Query",
            "SQL Query": "SELECT 1",
        },
        "Operation Method",
        "not a query",
    ),
]


@pytest.mark.parametrize(("said", "name", "words"), RUN_STEP_ERRORS)
def test_a_run_step_that_cannot_be_run_is_refused(
    sqlite_file: Target, said: dict[str, str], name: str, words: str
) -> None:
    """The run does not begin, and the administrator reads the field and what it must hold."""
    sqlite_file.execute(TABLES)
    with pytest.raises(InvalidParameterError, match=words) as caught:
        taken(by_fields(sqlite_file, ONE, **said), IMPORT)
    assert caught.value.parameter_name == name


def test_the_run_step_page_is_refused_if_no_run_can_do_it(sqlite_file: Target) -> None:
    """What neither an import nor an export can do is told before one begins."""
    sqlite_file.execute(TABLES)
    connector, page = SqlConnector(), ConfigParameterPage.RUN_STEP
    queries = {f"{each} Query": "SELECT 1" for each in ("Insert", "Update", "Delete")}
    for said, name in (({}, "SQL Query"), ({"SQL Query": "SELECT 1"}, ""), (queries, "")):
        host = by_fields(sqlite_file, ONE, **{"Operation Method": "Sql Query", **said})
        assert connector.validate_config_parameters(host.parameters, page).error_parameter == name
    several = by_fields(sqlite_file, TWO, **{"Operation Method": "Table", "Table/View/SP": "u"})
    assert connector.validate_config_parameters(several.parameters, page).is_success


def test_of_several_types_each_has_fields_of_its_own(sqlite_file: Target) -> None:
    """A plain field that only one type can have is refused, unless the run is of a partition."""
    sqlite_file.execute(TABLES)
    plain = by_fields(sqlite_file, TWO, **{"Operation Method": "Table", "Table/View/SP": "u"})
    with pytest.raises(InvalidParameterError, match="write it as 'Table/View/SP for T'"):
        taken(plain, IMPORT)
    found = taken(plain, IMPORT, "OBJECT=U")
    assert found.names == ("U",)
    assert [each.rows.text for each in found.configs] == ["t", "u"]
    own = {"Operation Method for T": "Sql Query", "SQL Query for T": "SELECT 1"}
    first, second = taken(by_fields(sqlite_file, TWO, **own), IMPORT).configs
    assert first.imports == Rows(Method.QUERY, "SELECT 1")
    assert second.imports is None


def test_a_host_fills_the_pages_in_and_serves_every_type(target: Target) -> None:
    """Page after page finds its values in a configuration, and the source describes all types."""
    target.execute(PEOPLE)
    settings = {**target.parameters, **MICROSOFT}
    asked = ConnectorSource(SqlConnector, ConfigParameters(settings), name="hr")
    with asked.instance() as instance:
        parameters, pages = fill_pages(instance, from_settings(settings))
    check_names(settings, parameters)
    assert [page.number for page in pages if page.page is ConfigParameterPage.SCHEMA] == [
        *range(1, 6)
    ]
    source = ConnectorSource(SqlConnector, parameters, name="hr")
    assert source.validate().error_message == ""
    description = source.describe()
    assert list(description.schema.types) == ["Person", "Team"]
    assert [each.dn for each in description.partitions] == ["OBJECT=Person", "OBJECT=Team"]
