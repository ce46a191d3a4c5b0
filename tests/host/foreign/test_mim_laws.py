"""Any agent of MIM: whatever its names and values, what it says is in the configuration."""

from typing import Any

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecma2py.host.foreign.making import leaf, node
from ecma2py.host.foreign.tree import Element
from ecma2py.host.foreign.xml_text import xml_text
from ecma2py.parameters import SecureString
from tests.host.foreign.carried import imported, lost_untold, read
from tests.host.foreign.configurations import NAMES, VALUES

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
WORDS = NAMES.map(str.strip).filter(bool)
"""Of elements in which space around a name is none of it."""
USES = ("connectivity", "capabilities", "schema", "global")
TYPES = ("string", "text", "checkbox", "drop-down", "encrypted-string", "file")
STEPS = {"full_import": "full-import", "delta_import": "delta-import", "export": "export"}


def element(name: str, text: str = "", /, *children: Element, **attributes: str) -> Element:
    """One element with attributes, whose names have hyphens for underscores."""
    found = leaf(name, text) if not children else node(name, *children)
    found.attributes = {key.replace("_", "-"): value for key, value in attributes.items()}
    return found


@frozen
class Agent:
    """What an agent says, and the XML that says it."""

    root: Element
    parameters: dict[str, str | None]
    """Values by name; None for a secret."""
    steps: dict[str, dict[str, str | None]]
    types: dict[str, tuple[list[str], list[str]]]
    """Selected attributes and anchors of each class."""
    selected: list[str]
    deletes: str


@st.composite
def parameter_values(
    draw: st.DrawFn, kinds: dict[str, tuple[str, bool]], uses: tuple[str, ...]
) -> tuple[Element, dict[str, Any]]:
    """Some of the parameters, each with a value of any text."""
    elements, told = [], {}
    for name, (kind, is_secret) in kinds.items():
        if draw(st.booleans()):
            continue
        value = draw(st.sampled_from("01") if kind == "checkbox" else VALUES | st.just(""))
        given = {"name": name, "use": draw(st.sampled_from(uses)), "type": kind}
        if is_secret:
            given["encrypted"] = "1"
        elements.append(element("parameter", "" if is_secret else value, **given))
        told[name] = None if is_secret else value
    return node("parameter-values", *elements), told


DEFINITIONS = st.dictionaries(
    NAMES,
    st.sampled_from(TYPES).flatmap(
        lambda kind: st.tuples(st.just(kind), st.just(True) if "encr" in kind else st.booleans())
    ),
    max_size=6,
)
"""The kind of each parameter, which is the same in every table, and whether it is a secret."""


@st.composite
def schemas(draw: st.DrawFn) -> tuple[Element, Element, dict[str, Any], list[str]]:
    """Classes that share attributes, of which some are selected."""
    names = draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
    ids = {name: f"a{number}" for number, name in enumerate(names)}
    selected = [name for name in names if draw(st.booleans())] or names[:1]
    classes, settings_of_classes, told = [], [], {}
    for number, kind in enumerate(draw(st.lists(WORDS, max_size=3, unique=True))):
        own = [name for name in names if draw(st.booleans())]
        anchors = [name for name in own if name in selected and draw(st.booleans())]
        attributes = [element("attribute", ref=f"#{ids[name]}") for name in own]
        classes.append(element("class", "", leaf("name", kind), *attributes, id=f"c{number}"))
        listed = node("anchor", *(leaf("attribute", each) for each in anchors))
        settings_of_classes.append(node("class", leaf("name", kind), listed))
        told[kind] = ([name for name in own if name in selected], anchors)
    definitions = (
        element("attribute-type", "", leaf("name", name), id=ids[name]) for name in names
    )
    schema = node("schema", node("dsml", node("directory-schema", *classes, *definitions)))
    return schema, node("per-class-settings", *settings_of_classes), told, selected


@st.composite
def agents(draw: st.DrawFn) -> Agent:
    """An agent for one partition with any run profiles, each step of a kind once."""
    kinds = draw(DEFINITIONS)
    values, parameters = draw(parameter_values(kinds, USES))
    schema, anchors, types, selected = draw(schemas())
    profiles, steps = [], {}
    for name in draw(st.lists(st.sampled_from(list(STEPS)), unique=True)):
        own, told = draw(parameter_values(kinds, ("run-step",)))
        size = leaf("batch-size", str(draw(st.integers(1, 10_000))))
        custom = node("custom-data", node("extensible2-step-data", size), own)
        kind = element("step-type", type=STEPS[name])
        step = node("step", kind, leaf("partition", ""), custom)
        title = leaf("name", draw(WORDS))
        profiles.append(node("run-configuration", title, node("configuration", step)))
        steps[name] = told
    action = draw(st.sampled_from(["delete-object", "make-normal-disconnector"]))
    data = node(
        "ma-data",
        leaf("name", draw(st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True))),
        leaf("category", "Extensible2"),
        schema,
        node("attribute-inclusion", *(leaf("attribute", each) for each in selected)),
        element("provisioning-cleanup", "", leaf("action", action), type="declared"),
        node(
            "private-configuration",
            node("MAConfig", node("extension-config", leaf("filename", "C.dll")), values, anchors),
        ),
        node("ma-run-data", *profiles),
    )
    deletes = "delete" if action == "delete-object" else "none"
    return Agent(node("export-ma", data), parameters, steps, types, selected, deletes)


def plain(values: Any) -> dict[str, Any]:
    """Values as the connector gets them; None for each secret, whatever it is."""
    return {name: None if isinstance(each, SecureString) else each for name, each in values.items()}


@SLOW
@given(agents())
def test_what_an_agent_says_is_in_the_configuration(agent: Agent) -> None:
    """Every parameter by name and value, every run's own, types, attributes, anchors, deletion."""
    found = imported(xml_text(agent.root))
    (table,) = read(found.text).connectors.values()

    assert plain(table.parameters) == agent.parameters
    for name in STEPS:
        expected = {
            key: value
            for key, value in agent.steps.get(name, {}).items()
            if not (key in agent.parameters and agent.parameters[key] == value)
        }
        assert plain(getattr(table.run_steps, name)) == expected
    assert set(table.types) == set(agent.types)
    for kind, (attributes, anchors) in agent.types.items():
        assert list(table.attributes.get(kind, ())) == attributes
        assert list(table.anchors.get(kind, ())) == anchors
    assert table.deprovisioning.delete == (agent.deletes if agent.types else "delete")
    secrets = [
        name
        for told in (agent.parameters, *agent.steps.values())
        for name, value in told.items()
        if value is None
    ]
    assert bool(found.variables) is bool(secrets)


@SLOW
@given(agents())
def test_an_agent_comes_back_from_microsofts_host(agent: Agent) -> None:
    """Exported and imported again, its configuration is the same, but for what was told."""
    assert lost_untold(read(imported(xml_text(agent.root)).text)) == set()
