"""What is exported and imported again is what it was; what is not, the export says."""

from typing import Any

from hypothesis import HealthCheck, given, reject, settings

from ecma2py.host.config_reader import ConfigFileError
from ecma2py.host.toml_text import toml_tables
from tests.host.foreign.carried import (
    differences,
    exported,
    imported,
    lost_untold,
    read,
)
from tests.host.foreign.configurations import any_configurations, configurations

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def toml(tables: dict[str, Any]) -> str:
    """Tables as a file has them."""
    return "\n".join(toml_tables(tables, comments={})) + "\n"


@SLOW
@given(configurations())
def test_the_import_of_an_export_is_the_identity(tables: dict[str, Any]) -> None:
    """Every setting that the XML has a place for comes back, none is said to be left out.

    What came back gives the same XML again.
    """
    before = read(toml(tables))
    found = exported(before)

    after = read(imported(found.text).text)

    assert found.left_out == ()
    assert differences(before, after) == set()
    assert exported(after).text == found.text


@SLOW
@given(any_configurations())
def test_what_does_not_come_back_was_told(tables: dict[str, Any]) -> None:
    """Of any configuration that the host takes: each setting that is lost or changed is named."""
    try:
        before = read(toml(tables))
    except ConfigFileError:
        reject()
    lost = lost_untold(before)
    if "base_url" not in tables["host"]:
        lost.discard("host.base_url")  # it follows from others
    assert lost == set()
