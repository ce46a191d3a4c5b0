"""Fields that a configuration of Microsoft's has and that do nothing, and those that would clash."""

import pytest

from ecma2py import ConfigParameterPage
from ecma2py.errors import InvalidParameterError
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import PEOPLE, Target
from tests.connectors.sql.test_pages import FIXED, MICROSOFT, by_fields, configs, definition, fields

SCHEMA, GLOBAL = ConfigParameterPage.SCHEMA, ConfigParameterPage.GLOBAL
EXPORTED = {
    "Person:person DataType": "Reference",
    "Person:person Direction": "Import",
    "Person:Reference person": "Person",
    "Person: Object type column for person": "",
    "Team:team DataType": "String",
    "Team:team Direction": "ImportExport",
    "Extension Name": "PasswordExtension.dll",
}
"""Of the columns that hold the anchor in tables of values, and of a library."""


def test_fields_of_columns_that_are_no_attributes_are_taken(sqlite_file: Target) -> None:
    """An exported configuration has them, and they change nothing."""
    sqlite_file.execute(PEOPLE)
    plain = by_fields(sqlite_file)
    exported = by_fields(sqlite_file, {**MICROSOFT, **EXPORTED})
    assert configs(exported) == configs(plain)
    assert exported.schema() == plain.schema()
    pages = [(SCHEMA, number) for number in range(1, 6)] + [(GLOBAL, 1)]
    asked = [name for page in pages for name in fields(exported.parameters, *page)]
    assert set(EXPORTED) <= set(asked)
    assert len(asked) == len(set(asked))
    for name in list(EXPORTED)[:2]:
        assert "Without effect" in definition(exported.parameters, name, SCHEMA, 4).text
    connector = SqlConnector()
    for page, number in pages:
        result = connector.validate_config_parameters_ex(exported.parameters, page, number)
        assert result.is_success, result.error_message
    # A reference that is no attribute asks for nothing more, and makes no page of its own.
    assert "Team:Reference team" not in asked


def test_a_library_that_sets_passwords_is_refused_with_the_reason(sqlite_file: Target) -> None:
    """Without it, passwords would be taken and set nowhere."""
    sqlite_file.execute(PEOPLE)
    said = {**MICROSOFT, **EXPORTED, "Operation Methods": "Password Extension"}
    result = SqlConnector().validate_config_parameters(
        by_fields(sqlite_file, said).parameters, GLOBAL
    )
    assert result.error_parameter == "Operation Methods"
    assert "'PasswordExtension.dll' cannot be loaded here: choose 'Stored" in result.error_message


@pytest.mark.parametrize(
    ("columns", "number", "name"),
    [
        (("Attribute Detection",), 2, "T:Attribute Detection"),
        (("Table/View/SP",), 2, "T:Table/View/SP"),
        (("a", "a DataType"), 3, "T:a DataType"),
        (("a", "a Direction"), 3, "T:a Direction"),
    ],
)
def test_a_column_whose_field_is_another_field_is_named(
    sqlite_file: Target, columns: tuple[str, ...], number: int, name: str
) -> None:
    """An answer would be taken for that of another field: what to do about it is said."""
    declared = ", ".join(f'"{each}" VARCHAR(9)' for each in columns)
    sqlite_file.execute_exactly(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {declared})")
    said = {**FIXED, "Fixed value list/Table/View/SP": "T", "T:Table/View/SP": "t"}
    host = by_fields(sqlite_file, said)
    result = SqlConnector().validate_config_parameters_ex(host.parameters, SCHEMA, number)
    assert result.error_parameter == name
    assert "through a view that renames the column" in result.error_message
    with pytest.raises(InvalidParameterError, match=name):
        host.schema()
