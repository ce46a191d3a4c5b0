"""Hypothesis strategies for SCIM filters, shared by the tests of parsing and of evaluation."""

from hypothesis import strategies as st

from ecma2py.scim.filters import And, Comparison, Filter, Not, Operator, Or, Present, ValueFilter
from ecma2py.scim.names import AttributePath, Names

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
HOST = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User"
ODD_NAMES = (
    "Employee ID",
    "Employee",
    "-dn-",
    "2fa",
    "address.city",
    "sn;lang-fr",
    "$amount",
    "Straße",
    "a [b] (c) eq",
    "not (x",
    "x:y",
    "tab\there",
)
NAMES = Names(
    {
        CORE: {
            "userName": (),
            "active": (),
            "name": ("familyName", "givenName"),
            "emails": ("value", "type", "primary", "display"),
        },
        ENTERPRISE: {"employeeNumber": (), "manager": ("value", "$ref", "displayName")},
        HOST: dict.fromkeys(ODD_NAMES, ()),
    },
    core=(CORE,),
)

paths = st.one_of(
    st.builds(
        AttributePath,
        st.sampled_from([None, "urn:example:other:1.0:Thing", "https://example.com/schemas/x"]),
        st.sampled_from(["foo", "x-y", "_z", "and", "or", "not", "eq", "pr", "7up", "$ref"]),
        st.sampled_from([None, "part", "$ref", "not", "0"]),
    ),
    st.sampled_from(
        [
            AttributePath(None, "userName"),
            AttributePath(None, "name", "familyName"),
            AttributePath(None, "meta", "lastModified"),
            AttributePath(ENTERPRISE, "manager", "$ref"),
            AttributePath(ENTERPRISE, "unheard-of"),
            AttributePath(ENTERPRISE, ""),
        ]
    ),
    st.builds(AttributePath, st.just(HOST), st.sampled_from(ODD_NAMES)),
)
inner_paths = st.builds(
    AttributePath, st.none(), st.sampled_from(["value", "type", "primary", "$ref", "not", "0"])
)
literals = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**50), 10**50),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)


def combined(leaves: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    """Filters made of the leaves with ``and``, ``or`` and ``not``."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=8,
    )


def leaves_over(
    over: st.SearchStrategy[AttributePath], values: st.SearchStrategy[object]
) -> st.SearchStrategy[Filter]:
    """Comparisons and presence tests of the given paths."""
    return st.builds(Comparison, over, st.sampled_from(Operator), values) | st.builds(Present, over)


filters = combined(
    leaves_over(paths, literals)
    | st.builds(
        ValueFilter,
        paths.filter(lambda path: path.attribute and path.sub_attribute is None),
        combined(leaves_over(inner_paths, literals)),
    )
)
