"""What is installed, and what a connector says about itself."""

from collections.abc import Iterable, Iterator
from typing import Any

import click
from attrs import asdict

from ecma2py.cli.options import command, connector_options
from ecma2py.cli.output import Output
from ecma2py.cli.target import open_target
from ecma2py.connector.loading import installed
from ecma2py.host.binding import BoundConnector
from ecma2py.parameters import ConfigParameter, ConfigParameterPage, ConfigParameters
from ecma2py.runs.pages import ParameterPage
from ecma2py.schema import SchemaAttribute, SchemaType


@command("connectors")
@click.pass_obj
def connectors(output: Output, /) -> None:
    """List the connectors that are installed.

    Their names are what `type` in a configuration and --type may name.
    """
    rows = [asdict(each) for each in installed()]
    output.table(rows, empty="No connector is installed; a class of your own is module:Class.")


@command("parameters")
@connector_options
@click.pass_obj
def parameters(output: Output, /, **options: Any) -> None:
    """List the parameters a connector asks for.

    They come page by page, with the values they have; those of a partition or of a kind of run
    alone follow their page. A secret is never shown, only whether it is set.
    """
    connector = open_target(output, options).connector
    rows = [row for page in connector.pages for row in _rows(connector, page)]
    output.table(rows, empty="The connector asks for no parameters.")


def _rows(connector: BoundConnector, page: ParameterPage) -> Iterator[dict[str, Any]]:
    name = page.page.name.lower()
    title = f"{name} {page.number}" if page.number > 1 else name
    yield from _fields(title, page, connector.source.parameters)
    for part, values in _overlays(connector, page.page):
        yield from _fields(f"{name} {part}", page, values)


def _overlays(
    connector: BoundConnector, page: ConfigParameterPage
) -> Iterable[tuple[str, ConfigParameters]]:
    """What a page is filled in with beside its usual values, and for what."""
    if page is ConfigParameterPage.PARTITION:
        return connector.partitions.items()
    return connector.run_steps.items() if page is ConfigParameterPage.RUN_STEP else ()


def _fields(title: str, page: ParameterPage, values: ConfigParameters) -> list[dict[str, Any]]:
    return [
        {
            "page": title,
            "name": each.name,
            "type": each.type.name.lower(),
            "value": _value(values[each.name]),
            "default": each.default_value,
            "required": each.required,
            "choices": list(each.values),
            "help": each.text,
        }
        for each in page.definitions
        if each.type.holds_value and each.name in values
    ]


def _value(parameter: ConfigParameter) -> str:
    if parameter.is_encrypted:
        return "***" if parameter.secure_value else ""
    return parameter.value


@command("capabilities")
@connector_options
@click.pass_obj
def capabilities(output: Output, /, **options: Any) -> None:
    """Show what a connector can do.

    That is its capabilities, the ECMA2 interfaces it has, and its partitions.
    """
    description = open_target(output, options).describe()
    able = description.capabilities
    data: dict[str, Any] = {
        name: getattr(value, "name", value) for name, value in asdict(able).items()
    }
    data["normalizations"] = str(able.normalizations.name)
    data["interfaces"] = sorted(each.__name__ for each in description.interfaces)
    data["partitions"] = [each.dn for each in description.partitions]
    output.result(data)


@command("schema")
@click.option("--all", "everything", is_flag=True, help="Also types that are not selected.")
@connector_options
@click.pass_obj
def schema(output: Output, /, *, everything: bool, **options: Any) -> None:
    """Show the object types of a connector and their attributes."""
    target = open_target(output, options)
    shown = target.describe().schema if everything else target.types()
    if output.as_json:
        output.document({"types": [_type(each) for each in shown.types.values()]})
        return
    rows = [
        {"object_type": each.name, **_attribute(attribute)}
        for each in shown.types.values()
        for attribute in each.attributes.values()
    ]
    output.table(rows, empty="The connector has no object types.")


def _type(schema_type: SchemaType) -> dict[str, Any]:
    attributes = [_attribute(each) for each in schema_type.attributes.values()]
    return {"name": schema_type.name, "attributes": attributes}


def _attribute(attribute: SchemaAttribute) -> dict[str, Any]:
    return {
        "name": attribute.name,
        "type": attribute.data_type.name.lower(),
        "multi_valued": attribute.is_multi_valued,
        "anchor": attribute.is_anchor,
        "operation": attribute.allowed_attribute_operation.name.lower(),
        "required": attribute.is_required,
        "max_length": attribute.max_length,
        "description": attribute.description,
    }
