"""Microsoft's connectors that have counterparts here, and the fields of both."""

import sqlite3
from pathlib import Path

import pytest

from ecma2py.host.binding import bind_connector
from ecma2py.host.config_connectors import ConnectorConfig
from ecma2py.host.foreign import ldap, sql
from ecma2py.host.foreign.model import Parameter
from ecma2py.host.foreign.products import dll_name, library_name, product_of_library
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType

OWN_OF_SQL = {"Data source", "Object types"}
OWN_OF_LDAP = {"Verify certificate", "CA file", "Page size", "Delta overlap", *ldap.DERIVED}


def test_every_field_of_our_sql_connector_is_known(tmp_path: Path) -> None:
    """What is on its pages goes to Microsoft's, on the same page; what is its own does not."""
    database = tmp_path / "hr.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table people (id integer primary key, boss integer)")
    connection.close()
    parameters = {
        "Data source": f"sqlite:///{database}",
        "Object type detection method": "Fixed Value",
        "Fixed value list/Table/View/SP": "Person",
        "Person:Table/View/SP": "people",
        "Person:boss DataType": "Reference",
    }
    bound = bind_connector("HR", ConnectorConfig(type="sql", parameters=parameters))
    fields = [(page, each) for page in bound.pages for each in page.definitions if each.name]

    assert len(fields) > 50
    for page, each in fields:
        theirs = sql.give(each.name, "x")
        if each.name in OWN_OF_SQL:
            assert isinstance(theirs, str)
            continue
        assert isinstance(theirs, Parameter), each.name
        assert (theirs.name, theirs.page) == (each.name, page.page)
        if page.page is ConfigParameterPage.SCHEMA:
            assert theirs.number == page.number, each.name
        is_secret = each.type is ConfigParameterType.ENCRYPTED_STRING
        is_box = each.type is ConfigParameterType.CHECK_BOX
        assert theirs.is_secret is is_secret
        assert (theirs.kind is ConfigParameterType.CHECK_BOX) is is_box
        assert isinstance(sql.take(theirs), Parameter)


def test_every_field_of_our_ldap_connector_is_known() -> None:
    """Under the name of Microsoft's; what is its own is told."""
    bound = bind_connector("D", ConnectorConfig(type="ldap", parameters={"Host": "x"}))
    fields = [each for page in bound.pages for each in page.definitions if each.name]

    assert len(fields) > 10
    for each in fields:
        value = {"Security": "ldaps", "Delta import": "modifyTimestamp"}.get(each.name, "1")
        theirs = ldap.give(each.name, value)
        assert isinstance(theirs, str) is (each.name in OWN_OF_LDAP), each.name
        if isinstance(theirs, Parameter):
            back = ldap.take(theirs)
            assert isinstance(back, Parameter)
            assert (back.name, back.value) == (each.name, value)
            is_secret = each.type is ConfigParameterType.ENCRYPTED_STRING
            assert theirs.is_secret is is_secret


@pytest.mark.parametrize(
    ("library", "kind"),
    [
        ("Microsoft.IAM.Connector.GenericSql", "sql"),
        ("Microsoft.IAM.Connector.GenericSql.dll", "sql"),
        ("microsoft.iam.connector.genericldap.DLL", "ldap"),
        (r"C:\ECMA\Microsoft.IAM.Connector.GenericLdap.dll", "ldap"),
        ("Microsoft.IAM.Connector.PowerShell", None),
        ("GenericSql", None),
    ],
)
def test_a_product_is_known_by_its_library(library: str, kind: str | None) -> None:
    """With and without ``.dll``, whatever its case: file names of Windows have none."""
    found = product_of_library(library)
    assert (found and found.type) == kind


@pytest.mark.parametrize("dll", ["A.dll", "A.DLL", "A.b.dll", "A.dll.dll", "A.DLL.dll"])
def test_the_name_of_a_dll_survives_being_shortened(dll: str) -> None:
    """The ECMA host writes it without ``.dll``."""
    assert dll_name(library_name(dll)) == dll
