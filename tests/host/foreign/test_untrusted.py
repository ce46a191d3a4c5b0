"""Whatever a foreign file says: a configuration that the host reads, or an error of ours."""

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.errors import ConfigurationError
from ecma2py.host.foreign.tree import Element, parse_tree
from ecma2py.host.foreign.xml_text import xml_text
from tests.host.foreign.carried import exported, imported, read
from tests.host.foreign.configurations import TEXT
from tests.host.foreign.samples import ALL, MIM_SQL

ROOTS = [parse_tree(path.read_bytes(), path.name) for path in ALL]
WORDS = st.one_of(
    TEXT,
    st.sampled_from(
        [
            "",
            " ",
            "true",
            "0",
            "-1",
            "99999",
            "999999999",
            "default",
            "User",
            "-dn-",
            "a\nb",
            "../x",
        ]
    ),
)
NAMES = sorted(
    {each.name for root in ROOTS for each in [root, *root.children]}
    | {"Parameter", "Value", "partition", "class", "EntrySchema", "Partition", "RunStep"}
)


def every(element: Element) -> list[Element]:
    """An element and all that are in it."""
    return [element, *(one for each in element.children for one in every(each))]


def spoil(data: st.DataObject, element: Element) -> None:
    """Change one thing about an element."""
    kind = data.draw(st.sampled_from(["text", "name", "drop", "double", "attribute", "move"]))
    if kind == "text" and not element.children:
        element.text = data.draw(WORDS)
    elif kind == "name":
        element.name = data.draw(st.sampled_from(NAMES))
    elif kind == "drop" and element.children:
        element.children.pop(data.draw(st.integers(0, len(element.children) - 1)))
    elif kind == "double" and element.children:
        element.children.append(copy.deepcopy(data.draw(st.sampled_from(element.children))))
    elif kind == "attribute" and element.attributes:
        element.attributes[data.draw(st.sampled_from(list(element.attributes)))] = data.draw(WORDS)
    elif kind == "move" and element.children:
        element.children.reverse()


@given(st.sampled_from(ROOTS), st.data())
def test_a_spoilt_file_is_taken_or_refused(root: Element, data: st.DataObject) -> None:
    """Nothing but ConfigurationError comes out, and what is taken can be read and given back."""
    root = copy.deepcopy(root)
    for _ in range(data.draw(st.integers(1, 6))):
        spoil(data, data.draw(st.sampled_from(every(root))))
    try:
        found = imported(xml_text(root))
    except ConfigurationError:
        return
    config = read(found.text)
    again: Any = imported(exported(config).text)
    assert again.connectors == found.connectors


@given(st.binary(max_size=200) | TEXT.map(str.encode))
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    """Any bytes at all end in an error of ours, never in a traceback."""
    try:
        imported(content)
    except ConfigurationError as error:
        assert str(error).startswith("a.xml")
    else:
        raise AssertionError("taken")


MANY = 25_000


def repeated(text: str) -> str:
    """A piece of a file many times over, each with another number in place of ``#``."""
    return "".join(text.replace("#", str(number)) for number in range(MANY))


@pytest.mark.timeout(100)
def test_a_file_of_very_many_things_takes_no_time() -> None:
    """Time grows with the size of a file: partitions, their runs, secrets of nearly one name."""
    text = MIM_SQL.read_text(encoding="utf-8")
    parts = "<partition><id>{#}</id><name>P#</name><selected>1</selected></partition>"
    text = re.sub(
        "<ma-partition-data>.*</ma-partition-data>",
        f"<ma-partition-data>{repeated(parts)}</ma-partition-data>",
        text,
        flags=re.DOTALL,
    )
    step = '<step><step-type type="export" /><partition>{#}</partition></step>'
    text = re.sub(
        "<ma-run-data>.*</ma-run-data>",
        f"<ma-run-data><run-configuration><configuration>{repeated(step)}</configuration>"
        "</run-configuration></ma-run-data>",
        text,
        flags=re.DOTALL,
    )
    assert imported(text).connectors

    secrets = (
        f'<parameter name="User:K{"-" * (number % 199)}{"+" * (number // 199)}" '
        'use="schema" type="encrypted-string" />'
        for number in range(MANY)
    )
    text = MIM_SQL.read_text(encoding="utf-8").replace(
        "<parameter-values>", f"<parameter-values>{''.join(secrets)}", 1
    )
    found = imported(text.replace("GenericSql", "Own"))
    assert len(set(found.variables)) == MANY + 1
