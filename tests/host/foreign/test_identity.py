"""What is exported and imported again is what it was; what is not, the export says."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, given, reject, settings

from ecma2py.host.config import Config
from ecma2py.host.config_reader import ConfigFileError, join_key
from ecma2py.host.foreign.exporting import Exported
from ecma2py.host.toml_text import toml_tables
from tests.host.foreign.carried import (
    differences,
    exported,
    imported,
    read,
    told,
)
from tests.host.foreign.configurations import any_configurations, configurations

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


@SLOW
@given(any_configurations())
def test_what_does_not_come_back_was_told(tables: dict[str, Any]) -> None:
    """Of any configuration that the host takes: each setting that is lost or changed is named."""
    try:
        before = read(toml(tables))
    except ConfigFileError:
        reject()
    found = exported(before)
    after = read(imported(found.text).text)
    moved = (*_entered(found), *_of_partitions(before))
    named = told(found) | {join_key("connectors", *each) for each in moved}

    lost = differences(_explicit(before), after)
    if "base_url" not in tables["host"]:
        lost.discard("host.base_url")  # it follows from others
    assert {key for key in lost if not any(key.startswith(each) for each in named)} == set()


def _entered(found: Exported) -> Iterator[tuple[str, str, str]]:
    """The secrets that are to be entered there: they come back as variables."""
    for name, parameter in found.secrets:
        yield name, "parameters", {"Password": "Bind password"}.get(parameter, parameter)
        yield name, "parameters", parameter


def _of_partitions(config: Config) -> Iterator[tuple[str, str, str]]:
    """What is said of a partition becomes a parameter: it is told under its old name."""
    for name, each in config.connectors.items():
        for parameter in each.partitions.get(each.partition or "default", ()):
            yield name, "parameters", parameter


def _explicit(config: Config) -> Config:
    """The configuration with what holds where it says nothing of the types served."""
    return evolve(
        config,
        connectors={
            name: evolve(
                each,
                person=each.person_type(each.types),
                group=each.group_type(each.types),
                partitions={dn: table for dn, table in each.partitions.items() if table},
            )
            if each.types
            else each
            for name, each in config.connectors.items()
        },
    )
