"""Keys, values and tables as TOML writes them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def toml_key(text: str) -> str:
    """*text* as a key of TOML."""
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def toml_text(text: str) -> str:
    """*text* as a string of TOML; on lines of its own if it has several."""
    if "\n" not in text:
        return _quoted(text)
    is_plain = all(each.isprintable() or each in "\n\t" for each in text)
    if is_plain and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    lines = "\n".join(_quoted(line)[1:-1] for line in text.split("\n"))
    return f'"""\n{lines}"""'


def toml_value(value: str | bool | float | Iterable[str]) -> str:
    """*value* as TOML: a string, a boolean, a number or a list of strings."""
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return f"[{', '.join(map(_quoted, value))}]"


def toml_tables(
    tables: Mapping[str, Any], *names: str, comments: Mapping[tuple[str, ...], Iterable[str]]
) -> Iterator[str]:
    """The lines of *tables*, a table in a table under a heading of its own; *names* lead there.

    *comments* are the lines above a key or a heading, by the names that lead to it.
    """
    plain = {key: value for key, value in tables.items() if not isinstance(value, Mapping)}
    if names and (plain or not tables or names in comments):
        yield ""
        yield from _comments(comments.get(names, ()))
        yield f"[{'.'.join(map(toml_key, names))}]"
    for key, value in plain.items():
        yield from _comments(comments.get((*names, key), ()))
        yield f"{toml_key(key)} = {toml_value(value)}"
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from toml_tables(value, *names, key, comments=comments)


def _comments(lines: Iterable[str]) -> Iterator[str]:
    for each in lines:
        yield f"# {each}"


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    shown = (
        escapes.get(each) or (each if each.isprintable() else f"\\U{ord(each):08X}")
        for each in text
    )
    return f'"{"".join(shown)}"'
