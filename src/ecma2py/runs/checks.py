"""Answers of a connector are of the type the contract says, or the run ends with a clear error."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from attrs import evolve

from ecma2py.entries import AttributeChange, CSEntryChangeResult, ValueChange
from ecma2py.errors import UnexpectedDataError

T = TypeVar("T")


def expect(value: object, wanted: type[T], what: str) -> T:
    """*value*, if it is of the type *what* must give; ``UnexpectedDataError`` if not."""
    if isinstance(value, wanted):
        return value
    raise UnexpectedDataError(
        f"{what} gave {type(value).__name__} where {wanted.__name__} is due: mend the connector."
    )


def expect_list(value: object, wanted: type[T], what: str) -> list[T]:
    """*value* as a list of *wanted*; nothing counts as an empty one."""
    return [expect(each, wanted, what) for each in expect_sequence(value, what)]


def expect_or_none(value: object, wanted: type[T], what: str) -> T | None:
    """None, or *value* if it is of the type *what* may give."""
    return None if value is None else expect(value, wanted, what)


def expect_sequence(value: object, what: str) -> Sequence[Any]:
    """*value* as a sequence whose items are checked elsewhere; nothing counts as an empty one."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return list(value)
    raise UnexpectedDataError(
        f"{what} gave {type(value).__name__} where a list is due: mend the connector."
    )


def with_texts(result: CSEntryChangeResult) -> CSEntryChangeResult:
    """*result*, its name and detail as texts: null as none, an exception as what it says."""
    name: object = result.error_name
    detail: object = result.error_detail
    if type(name) is str and type(detail) is str:
        return result
    given = ("" if each is None else str(each) for each in (name, detail))
    return evolve(result, error_name=next(given), error_detail=next(given))


def result_problem(result: CSEntryChangeResult) -> str:
    """What cannot be understood of an entry's result; empty for a sound one."""
    code: object = result.error_code
    if code is not None and not isinstance(code, (int, str)):
        return f"its error code is {type(code).__name__}, not MAExportError"
    for change in result.anchor_attributes:
        if not isinstance(change, AttributeChange) or type(change.name) is not str:
            return f"its anchor attributes hold {type(change).__name__}, not AttributeChange"
        if not all(isinstance(each, ValueChange) for each in change.value_changes):
            return f"its anchor attribute {change.name!r} holds what is no ValueChange"
    return ""


def bounded(wanted: int | None, default: object, largest: object, bound: int) -> int:
    """*wanted*, or else *default*, within the connector's limit and *bound*; at least 1."""
    size = wanted if wanted is not None else default
    limit = largest if isinstance(largest, int) and largest > 0 else bound
    if not isinstance(size, int) or size < 1:
        size = limit
    return min(size, limit, bound)
