"""Moments as text in a .NET custom format, as ``Data Source Date Time Format`` gives one.

The names of days and months are English. A ``Z`` outside quotes says that the text is in UTC;
``zzz``, ``zz``, ``z`` and ``K`` write an offset; without any of them the text is in the time zone
of the data source.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from attrs import field, frozen

DEFAULT_FORMAT = "yyyy-MM-dd HH:mm:ssZ"

_STANDARD = {
    "s": "yyyy-MM-ddTHH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
}
"""A format of one letter is the name of another; the others depend on a culture."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_TOKEN = re.compile(
    r"""(?P<quoted>'[^']*'|"[^"]*")|\\(?P<escaped>.)|%?(?P<part>y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K|Z)"""
    r"""|(?P<wrong>['"\\%]|g+)|(?P<literal>.)""",
    re.DOTALL,
)
_MINUTE = timedelta(minutes=1)
_PIVOT = 2049
"""The last year that two digits can mean."""


@frozen
class _Part:
    pattern: str
    write: Callable[[datetime], str]


def _number(pattern: str, write: Callable[[datetime], int], width: int) -> _Part:
    return _Part(pattern, lambda moment: str(write(moment)).zfill(width))


def _fraction(digits: int) -> _Part:
    return _Part(rf"\d{{{digits}}}", lambda moment: f"{moment.microsecond:06}0"[:digits])


def _short_fraction(digits: int) -> _Part:
    return _Part(
        rf"\d{{0,{digits}}}", lambda moment: f"{moment.microsecond:06}"[:digits].rstrip("0")
    )


def _offset(moment: datetime) -> str:
    return moment.isoformat()[-6:]


def _kind(moment: datetime) -> str:
    return "Z" if moment.tzinfo is UTC else _offset(moment)


def _alternatives(names: tuple[str, ...]) -> str:
    return "|".join(names)


_SHORT_DAYS, _SHORT_MONTHS = (tuple(n[:3] for n in names) for names in (_DAYS, _MONTHS))
_PARTS: Mapping[str, _Part] = {
    "yyyy": _number(r"\d{4}", lambda m: m.year, 4),
    "yy": _number(r"\d{2}", lambda m: m.year % 100, 2),
    "MMMM": _Part(_alternatives(_MONTHS), lambda m: _MONTHS[m.month - 1]),
    "MMM": _Part(_alternatives(_SHORT_MONTHS), lambda m: _SHORT_MONTHS[m.month - 1]),
    "MM": _number(r"\d{2}", lambda m: m.month, 2),
    "M": _number(r"\d{1,2}", lambda m: m.month, 1),
    "dddd": _Part(_alternatives(_DAYS), lambda m: _DAYS[m.weekday()]),
    "ddd": _Part(_alternatives(_SHORT_DAYS), lambda m: _SHORT_DAYS[m.weekday()]),
    "dd": _number(r"\d{2}", lambda m: m.day, 2),
    "d": _number(r"\d{1,2}", lambda m: m.day, 1),
    "HH": _number(r"\d{2}", lambda m: m.hour, 2),
    "H": _number(r"\d{1,2}", lambda m: m.hour, 1),
    "hh": _number(r"\d{2}", lambda m: m.hour % 12 or 12, 2),
    "h": _number(r"\d{1,2}", lambda m: m.hour % 12 or 12, 1),
    "mm": _number(r"\d{2}", lambda m: m.minute, 2),
    "m": _number(r"\d{1,2}", lambda m: m.minute, 1),
    "ss": _number(r"\d{2}", lambda m: m.second, 2),
    "s": _number(r"\d{1,2}", lambda m: m.second, 1),
    "tt": _Part("AM|PM", lambda m: "PM" if m.hour >= 12 else "AM"),
    "t": _Part("A|P", lambda m: "P" if m.hour >= 12 else "A"),
    "zzz": _Part(r"[+-]\d{2}:\d{2}", _offset),
    "zz": _Part(r"[+-]\d{2}", lambda m: _offset(m)[:3]),
    "z": _Part(r"[+-]\d{1,2}", lambda m: f"{int(_offset(m)[:3]):+}"),
    "K": _Part(r"Z|[+-]\d{2}:\d{2}", _kind),
    "Z": _Part("Z", lambda _: "Z"),
    **{"f" * digits: _fraction(digits) for digits in range(1, 8)},
    **{"F" * digits: _short_fraction(digits) for digits in range(1, 8)},
}


@frozen
class MomentFormat:
    """A .NET custom date and time format; ``ValueError`` if it is none, or names no day."""

    text: str = DEFAULT_FORMAT
    _parts: tuple[tuple[str, str], ...] = field(init=False, repr=False)
    """What stands there in order: the name of a part and nothing, or nothing and literal text."""
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    @_parts.default
    def _split(self) -> tuple[tuple[str, str], ...]:
        return tuple(_split(_STANDARD.get(self.text, self.text)))

    @_pattern.default
    def _compile(self) -> re.Pattern[str]:
        names = [name for name, _ in self._parts if name]
        kept = {name[0] for name in names if name not in ("ddd", "dddd")}
        if len(set(names)) < len(names) or not {"y", "M", "d"} <= kept:
            raise ValueError(f"{self.text!r} must name year, month and day, and nothing twice.")
        parts = (f"(?P<{n}>{_PARTS[n].pattern})" if n else re.escape(t) for n, t in self._parts)
        return re.compile("".join(parts), re.IGNORECASE | re.ASCII)

    def write(self, moment: datetime, zone: tzinfo) -> str:
        """*moment*, which has a zone, as text in *zone*, or in UTC if the format says so."""
        local = moment.astimezone(UTC if any(name == "Z" for name, _ in self._parts) else zone)
        offset = local.utcoffset() or timedelta()
        if offset % _MINUTE and any(name and name[0] in "zK" for name, _ in self._parts):
            # Before the time zones of today towns differed by seconds, and an offset has none.
            local = moment.astimezone(timezone(offset - offset % _MINUTE))
        return "".join(_PARTS[name].write(local) if name else text for name, text in self._parts)

    def read(self, text: str) -> datetime:
        """The moment *text* writes, without zone if it tells none; ``ValueError`` if it is none."""
        match = self._pattern.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no date and time of the format {self.text!r}.")
        parts = match.groupdict()
        found = datetime(
            _year(parts), _month(parts), int(_first(parts, "dd", "d")), _hour(parts),
            int(_first(parts, "mm", "m") or 0), int(_first(parts, "ss", "s") or 0),
            _microsecond(parts, text), _zone(parts),
        )  # fmt: skip
        day = _first(parts, "dddd", "ddd")
        if day and _DAYS[found.weekday()][: len(day)].lower() != day.lower():
            raise ValueError(f"{text!r} is no {day}.")
        return found


def _split(text: str) -> list[tuple[str, str]]:
    found = []
    for match in _TOKEN.finditer(text):
        part = match["part"]
        if match["wrong"] or (part and _name(part) not in _PARTS):
            raise ValueError(f"{text!r} is no .NET date and time format: look at {match[0]!r}.")
        literal = match["quoted"][1:-1] if match["quoted"] else match["escaped"] or match["literal"]
        found.append((_name(part), "") if part else ("", literal or ""))
    return found


def _name(part: str) -> str:
    """More letters than the longest form has mean that form; fractions have at most seven."""
    longest = {"y": 4, "M": 4, "d": 4, "H": 2, "h": 2, "m": 2, "s": 2, "t": 2, "z": 3}
    return part[: longest.get(part[0], len(part))]


def _first(parts: Mapping[str, str | None], *names: str) -> str:
    return next((value for name in names if (value := parts.get(name))), "")


def _year(parts: Mapping[str, str | None]) -> int:
    if year := parts.get("yyyy"):
        return int(year)
    last = int(parts["yy"] or 0)
    return _PIVOT - (_PIVOT - last) % 100


def _month(parts: Mapping[str, str | None]) -> int:
    if number := _first(parts, "MM", "M"):
        return int(number)
    return _SHORT_MONTHS.index(_first(parts, "MMMM", "MMM")[:3].title()) + 1


def _hour(parts: Mapping[str, str | None]) -> int:
    if hour := _first(parts, "HH", "H"):
        return int(hour)
    hour = _first(parts, "hh", "h") or "0"
    return int(hour) % 12 + (12 if _first(parts, "tt", "t").upper().startswith("P") else 0)


def _microsecond(parts: Mapping[str, str | None], text: str) -> int:
    digits = next((value for name, value in parts.items() if name[0] in "fF" and value), "")
    if digits[6:].strip("0"):
        raise ValueError(f"{text!r} has a fraction finer than a microsecond.")
    return int(digits[:6].ljust(6, "0"))


def _zone(parts: Mapping[str, str | None]) -> tzinfo | None:
    if text := _first(parts, "zzz", "zz", "z", "K"):
        if text in "Zz":
            return UTC
        hours, _, minutes = text[1:].partition(":")
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if text.startswith("-") else offset)
    return UTC if parts.get("Z") else None
