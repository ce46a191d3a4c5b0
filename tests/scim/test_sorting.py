"""Sorting, RFC 7644 section 3.4.2.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.scim.comparing import Characteristics
from ecma2py.scim.errors import ScimError
from ecma2py.scim.names import AttributePath
from ecma2py.scim.sorting import compile_sort

URN = "urn:x:User"
CORE = "urn:core:User"
KNOWN = {
    (None, "userName", None): Characteristics("string"),
    (None, "userName", "value"): Characteristics("string"),
    (None, "code", None): Characteristics("string", case_exact=True),
    (None, "active", None): Characteristics("boolean"),
    (None, "age", None): Characteristics("integer"),
    (None, "hired", None): Characteristics("dateTime"),
    (None, "photo", None): Characteristics("binary"),
    (None, "password", None): Characteristics("string", filterable=False),
    (None, "name", None): Characteristics("complex"),
    (None, "name", "familyName"): Characteristics("string"),
    (None, "emails", None): Characteristics("complex"),
    (None, "emails", "value"): Characteristics("string"),
    (None, "emails", "type"): Characteristics("string"),
    (URN, "Employee ID", None): Characteristics("integer"),
    (CORE, "userName", None): Characteristics("string"),
}


def _lookup(path: AttributePath) -> Characteristics | None:
    return KNOWN.get((path.schema, path.attribute, path.sub_attribute))


def _sorted(resources: list, attribute: str, sub: str | None = None, **options) -> list:
    path = AttributePath(options.pop("schema", None), attribute, sub)
    descending = options.pop("descending", False)
    key = compile_sort(path, lookup=_lookup, core=(CORE,), **options)
    return sorted(resources, key=key, reverse=descending)


resources = st.lists(
    st.fixed_dictionaries(
        {"id": st.uuids().map(str)}, optional={"userName": st.text("aAbB", max_size=3)}
    ),
    max_size=12,
)


@given(listed=resources)
def test_sorting_is_a_stable_permutation_by_folded_value(listed) -> None:
    """Every resource is kept, equals keep their order, and those without a value come last."""
    ordered = _sorted(listed, "userName")

    expected = sorted(
        listed, key=lambda one: (one.get("userName") is None, one.get("userName", "").casefold())
    )
    assert expected == ordered


@given(listed=resources)
def test_descending_puts_what_has_no_value_first(listed) -> None:
    """Descending order runs the other way, with resources without a value first."""
    ordered = _sorted(listed, "userName", descending=True)

    values = [one.get("userName") for one in ordered]
    bare = values.count(None)
    assert values[:bare] == [None] * bare
    folded = [value.casefold() for value in values[bare:]]
    assert folded == sorted(folded, reverse=True)


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        ("code", ["B", "a"]),
        ("userName", ["a", "B"]),
        ("age", [2, 10]),
        ("active", [False, True]),
        ("hired", ["2020-01-01T00:00:00+02:00", "2020-01-01T00:00:00Z"]),
    ],
)
def test_each_type_has_its_own_order(attribute: str, values: list[object]) -> None:
    """Numbers sort by size, dates by instant, case-exact strings by their characters."""
    listed = [{attribute: value} for value in values]

    assert listed == _sorted(listed[::-1], attribute)


def test_multi_valued_attributes_count_by_primary_or_first_value() -> None:
    """Emails sorts by the primary e-mail's value, else by the first one's."""
    first = {"emails": [{"value": "z"}, {"value": "a", "primary": True}]}
    second = {"emails": [{"value": "b"}, {"value": "0"}]}
    none = {"emails": []}

    assert [first, second, none] == _sorted([none, second, first], "emails")
    assert [none, first] == _sorted([none, first], "emails", "type")


def test_sub_attributes_and_extensions_are_found() -> None:
    """name.familyName and an extension's attribute order a list as top-level ones do."""
    named = [{"name": {"familyName": "a"}}, {"name": {"familyName": "b"}}, {"name": "odd"}]
    assert named == _sorted(named[::-1], "name", "familyName")

    extended = [{URN: {"Employee ID": 1}}, {URN: {"Employee ID": 2}}, {}]
    assert extended == _sorted(extended[::-1], "Employee ID", schema=URN)


def test_core_urns_and_value_stand_for_the_attribute_itself() -> None:
    """The core URN means the top level, and ``value`` of a simple attribute means the attribute."""
    listed = [{"userName": "a"}, {"userName": "b"}]

    assert listed == _sorted(listed[::-1], "userName", schema=CORE)
    assert listed == _sorted(listed[::-1], "userName", "value")


def test_common_attributes_order_every_type() -> None:
    """meta.created needs no schema to order a list, and the core URN may stand before it."""
    listed = [{"meta": {"created": f"20{year}-01-01T00:00:00Z"}} for year in (19, 20)]

    assert listed == _sorted(listed[::-1], "meta", "created")
    assert listed == _sorted(listed[::-1], "meta", "created", schema=CORE)


def test_unknown_attributes_order_nothing_or_are_refused() -> None:
    """An attribute no schema has leaves the order alone; a strict reader answers 400."""
    listed = [{"PLACEHOLDER": 2}, {"PLACEHOLDER": 1}]

    assert listed == _sorted(listed, "PLACEHOLDER")
    with pytest.raises(ScimError, match="PLACEHOLDER"):
        _sorted(listed, "PLACEHOLDER", strict=True)


@pytest.mark.parametrize("attribute", ["photo", "password", "name", "meta"])
def test_what_has_no_order_is_refused(attribute: str) -> None:
    """Binary, complex and never returned attributes are a 400 that names them."""
    with pytest.raises(ScimError, match=attribute) as raised:
        _sorted([], attribute)

    assert raised.value.status == 400
