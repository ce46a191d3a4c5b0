"""What one PATCH may ask for is bounded."""

import pytest

from ecma2py.scim.errors import ScimError
from ecma2py.scim.intents import is_same
from ecma2py.scim.operations import PatchLimits
from tests.scim.people import EXT, USER_TYPE
from tests.scim.test_patch import op, patch


def test_operations_are_bounded() -> None:
    """More operations than the limit are refused before the first is read."""
    operations = [op("nonsense", "x")] * 11
    with pytest.raises(ScimError) as caught:
        patch(*operations, limits=PatchLimits(operations=10))
    assert caught.value.status == 413


def test_comparisons_are_bounded() -> None:
    """Filters that would look at too much are refused; long values count more, and all are told."""
    told: list[int] = []
    held = {"entitlement": ["a", "b", "c" * 1024]}
    asked = [op("remove", 'entitlements[value co "x" or value sw "y"]', None)] * 2
    most = 2 * 2 * (3 + 4)

    def spent(comparisons: int) -> None:
        patch(
            *asked,
            current=lambda: held,
            limits=PatchLimits(comparisons=comparisons),
            pace=told.append,
        )

    spent(most)
    assert told == [0, 14, 14, 28]
    with pytest.raises(ScimError) as caught:
        spent(most - 1)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")


def test_what_cannot_change_is_compared_no_further_than_needed() -> None:
    """Many values of a read-only attribute are not all looked at for each that differs."""

    class Counted(str):
        __slots__ = ()
        compared = 0

        def casefold(self) -> str:
            Counted.compared += 1
            return super().casefold()

    held = {"groups": [Counted(f"g{n}") for n in range(1000)]}
    binding = next(each for each in USER_TYPE.bindings if not each.case_exact)
    assert not is_same(binding, ["x"], held["groups"])
    assert is_same(binding, [each.upper() for each in held["groups"]], held["groups"])
    assert Counted.compared == 1 + 1000


@pytest.mark.parametrize("path", [f"{EXT}:manager", "manager", f"{EXT}:-dn-"])
def test_the_name_of_an_object_is_bounded(path: str) -> None:
    """A reference or DN of more than 4,096 characters is refused before any system reads it."""
    with pytest.raises(ScimError, match="has 4097 characters: it takes 4096 at most"):
        patch(op("replace", path, "x" * 4097))
