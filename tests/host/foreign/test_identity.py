"""What is exported and imported again is what it was; what is not, the export says."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py.host.toml_text import toml_tables
from tests.host.foreign.carried import (
    differences,
    exported,
    imported,
    read,
    told,
)
from tests.host.foreign.configurations import configurations

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def toml(tables: dict[str, Any]) -> str:
    """Tables as a file has them."""
    return "\n".join(toml_tables(tables, comments={})) + "\n"


@SLOW
@given(configurations())
def test_the_import_of_an_export_is_the_identity(tables: dict[str, Any]) -> None:
    """Every setting that the XML has a place for comes back, and nothing is said to be left out."""
    before = read(toml(tables))
    found = exported(before)

    assert found.left_out == ()
    assert differences(before, read(imported(found.text).text)) == set()
