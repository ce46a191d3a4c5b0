"""The connector as a host meets it: pages, validation, capabilities and its life cycle."""

from importlib.metadata import entry_points
from typing import Any

import pytest

from ecma2py import (
    CloseReason,
    ConfigParameterPage,
    ConfigParameters,
    MADistinguishedNameStyle,
    MAExportType,
    OpenExportConnectionRunStep,
    SecureString,
)
from ecma2py.errors import InvalidParameterError, ServerDownError, StopRun
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import PEOPLE, PEOPLE_TYPES, Target

NOWHERE = ConfigParameters({"Data source": "sqlite:///nowhere/at/all.db"})


def test_every_page_is_answered() -> None:
    """Without types by Microsoft's fields, nothing depends on a run step or a partition."""
    connector = SqlConnector()
    pages = {
        page: [d.name for d in connector.get_config_parameters(NOWHERE, page)]
        for page in ConfigParameterPage
    }
    assert pages.pop(ConfigParameterPage.CONNECTIVITY)[0] == "Data source"
    assert pages.pop(ConfigParameterPage.SCHEMA)[:2] == [
        "Object types",
        "Object type detection method",
    ]
    assert pages.pop(ConfigParameterPage.GLOBAL)[:2] == [
        "Data Source Time Zone",
        "Data Source Date Time Format",
    ]
    assert not any(pages.values())
    for number in (2, 3, 4, 5, 6):
        page = ConfigParameterPage.SCHEMA
        assert connector.get_config_parameters_ex(NOWHERE, page, number) == []


def test_a_database_that_cannot_be_reached_has_no_suggestion() -> None:
    """The schema page is answered all the same; the connectivity page says what is wrong."""
    connector = SqlConnector()
    for given in (NOWHERE, ConfigParameters()):
        page, *_ = connector.get_config_parameters(given, ConfigParameterPage.SCHEMA)
        assert page.default_value == ""
    result = connector.validate_config_parameters(NOWHERE, ConfigParameterPage.CONNECTIVITY)
    assert "There is no SQLite database" in result.error_message
    missing = connector.validate_config_parameters(
        ConfigParameters(), ConfigParameterPage.CONNECTIVITY
    )
    assert missing.error_parameter == "Data source"


def test_a_page_is_validated_against_the_database(target: Target) -> None:
    """The connection is tried on its page, tables and columns on theirs."""
    target.execute(PEOPLE)
    connector = SqlConnector()
    host = target.host(PEOPLE_TYPES)
    for page in ConfigParameterPage:
        assert connector.validate_config_parameters(host.parameters, page).is_success
    wrong = target.host('[P]\ntable="nobody"').parameters
    result = connector.validate_config_parameters(wrong, ConfigParameterPage.SCHEMA)
    assert (result.is_success, result.error_parameter) == (False, "Object types")
    assert "'nobody'" in result.error_message


def test_a_database_without_any_table_is_told(target: Target) -> None:
    """Nothing to suggest and nothing configured is no schema."""
    with pytest.raises(InvalidParameterError, match="no table with a primary key"):
        target.host("").schema()


def test_the_capabilities_are_those_of_tables(target: Target) -> None:
    """Generic DNs made of the key, so no rename; changes as deltas of values."""
    capabilities = SqlConnector().get_capabilities_ex(target.host(PEOPLE_TYPES).parameters)
    assert capabilities.distinguished_name_style is MADistinguishedNameStyle.GENERIC
    assert capabilities.export_type is MAExportType.ATTRIBUTE_UPDATE
    assert (capabilities.support_import, capabilities.support_export) == (True, True)
    assert not any(
        (
            capabilities.object_rename,
            capabilities.support_password,
            capabilities.support_partitions,
            capabilities.support_hierarchy,
        )
    )


def test_calls_out_of_order_fail_clearly_and_leave_the_connector_usable(target: Target) -> None:
    """Exporting before opening or after closing is told; closing twice is not an error."""
    target.execute(PEOPLE)
    host = target.host(PEOPLE_TYPES)
    connector: Any = SqlConnector()
    with pytest.raises(StopRun, match="open it before"):
        connector.export_entries(None, [])
    for _ in range(3):
        with host.exporting(connector):
            assert connector.put_export_entries([]).cs_entry_change_results == []
        connector.close(CloseReason.NORMAL)
        with pytest.raises(StopRun, match="open it before"):
            connector.export_entries(None, [])


def test_an_open_that_fails_can_be_closed() -> None:
    """The host closes after a failed open, too."""
    connector: Any = SqlConnector()
    with pytest.raises(ServerDownError):
        connector.open_export_connection(NOWHERE, None, OpenExportConnectionRunStep())
    connector.close(CloseReason.OPEN_CONNECTION_FAILURE)


def test_no_secret_shows(target: Target) -> None:
    """Neither connector nor parameters print a password."""
    connector = SqlConnector()
    connector.parameters = ConfigParameters(
        {**target.parameters, "Password": SecureString("s3cret")}
    )
    assert "s3cret" not in repr(connector) + repr(connector.parameters)


def test_the_distribution_announces_its_connector() -> None:
    """Hosts find it through the entry-point group."""
    found = entry_points(group="ecma2py.connectors", name="sql")
    if not found:
        pytest.skip("ecma2py-sql is not installed here: pip install ./connectors/sql")
    (entry_point,) = found
    assert entry_point.load() is SqlConnector
