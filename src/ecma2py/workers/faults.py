"""What a connector raises, from the worker to the host: the same class, text and details there."""

import builtins
from functools import lru_cache
from typing import Any

from ecma2py import errors
from ecma2py.errors import ECMA2Error
from ecma2py.workers.wire import packed

_DETAILS = (
    "dn",
    "object_type",
    "attribute_name",
    "error_code",
    "error_name",
    "parameter_name",
    "retry_after",
    "run_result",
)
_ENDING = ("SystemExit", "KeyboardInterrupt", "GeneratorExit")
_LONGEST_TEXT = 100_000


class ForeignError(Exception):
    """Stands for an exception that is none of ECMA2's; its class has the name of that one's."""


class ForeignBaseError(BaseException):
    """The same for what is no ``Exception``."""


def fault(error: BaseException) -> dict[str, Any]:
    """*error* as plain data.

    ``name`` of its class, ``known`` the nearest class of ECMA2 or none, its ``text``, ``notes`` and
    ``details``, and whether it ``ends`` more than the call.
    """
    family = (each for each in type(error).__mro__ if each.__module__ == errors.__name__)
    known = next(family, None)
    found = {
        "name": type(error).__name__,
        "known": known.__name__ if known is not None else None,
        "text": packed(_text(error)),
        "notes": [packed(str(each)) for each in getattr(error, "__notes__", ())],
        "details": {},
        "ends": not isinstance(error, Exception),
    }
    if known is not None:
        given = {name: getattr(error, name) for name in _DETAILS if hasattr(error, name)}
        found["details"] = {name: packed(value) for name, value in given.items()}
    return found


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST_TEXT]
    except Exception:  # noqa: BLE001  whatever its own method raises
        return f"{type(error).__name__}, whose text cannot be read."


def rebuilt(found: dict[str, Any]) -> BaseException:
    """The exception that *found* tells of, to be raised by the host."""
    cls = _class(found["name"], found["known"], found["ends"])
    text = found["text"]
    error: BaseException = cls.__new__(cls, text)
    error.args = (text,)
    if isinstance(error, ECMA2Error):
        error.message = text
        for name, value in found["details"].items():
            if getattr(cls, name, None) != value or name not in vars(cls):
                setattr(error, name, value)
    for note in found["notes"]:
        error.add_note(note)
    return error


@lru_cache(maxsize=256)
def _class(name: str, known: str | None, ends: bool) -> type[BaseException]:
    base: type[BaseException]
    if known is not None:
        base = getattr(errors, known)
    elif ends and name in _ENDING:
        return getattr(builtins, name)  # type: ignore[no-any-return]
    else:
        base = ForeignBaseError if ends else ForeignError
    if base.__name__ == name:
        return base
    return type(name.replace("\0", ""), (base,), {})
