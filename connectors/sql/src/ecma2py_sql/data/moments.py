"""Moments: ISO 8601 in UTC in the connector space, the data source's own time beyond it.

Where the clocks of the data source are set back, a local time happens twice and is read as the
first; where they are set forward, a time that never was is read as if they had not been. A moment
whose local time would be read as another one is refused: the hour that is repeated once a year
has no place in a column without a zone.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from attrs import field, frozen

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.data.formats import DEFAULT_FORMAT, MomentFormat
from ecma2py_sql.data.zones import find_zone

TIME_ZONE = "Data Source Time Zone"
TIME_FORMAT = "Data Source Date Time Format"
_NOTHING = timedelta()
_END_OF_DAY = re.compile(r"[\dW-]+[Tt ]24")
_TOO_FINE = re.compile(r"[.,]\d{6}\d*[1-9]")


def timestamp_text(moment: datetime) -> str:
    """*moment* as ISO 8601 in UTC; one without a zone is taken as UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}Z"


def read_iso(text: str) -> datetime:
    """What *text* writes in ISO 8601, with the zone it tells; ``ValueError`` if it is no moment."""
    if text.isdigit():
        # Python would take some numbers for days.
        raise ValueError(f"{text!r} is no date and time.")
    if _END_OF_DAY.match(text):
        # Python 3.14 takes it for the beginning of the next day.
        raise ValueError(f"{text!r} is the end of a day: write the beginning of the next.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not in ISO 8601: write 2026-03-04 or 2026-03-04T05:06:07Z."
        ) from None
    # Python cuts what is finer than a microsecond.
    if len(text) > len("2026-03-04T05:06:07.123456") and _TOO_FINE.search(text):
        raise ValueError(f"{text!r} is finer than a microsecond.")
    return moment


def parse_timestamp(text: str) -> datetime:
    """The moment *text* means in ISO 8601, in UTC and without zone; ``ValueError`` if none."""
    moment = read_iso(text)
    return moment if moment.tzinfo is None else _in(UTC, moment)


def _in(zone: tzinfo, moment: datetime) -> datetime:
    """*moment*, which has a zone, as the clocks of *zone* show it."""
    try:
        if zone is UTC:
            # Much faster than through astimezone.
            return moment.replace(tzinfo=None) - (moment.utcoffset() or _NOTHING)
        return moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is outside the years 1 to 9999.") from None


@frozen
class Clock:
    """The time zone of a data source, and how it writes moments into columns of text."""

    zone: tzinfo = UTC
    format: MomentFormat = field(factory=MomentFormat)

    def read(self, moment: datetime) -> str:
        """The moment that a column without a zone holds, as text in UTC."""
        if moment.tzinfo is not None:
            moment = _in(UTC, moment)
        elif self.zone is not UTC:
            moment = _in(UTC, moment.replace(tzinfo=self.zone))
        return f"{moment.isoformat()}Z"

    def read_stored(self, text: str) -> str:
        """As ``read_iso``; other text as it is."""
        try:
            return self.read(read_iso(text))
        except ValueError:
            return text

    def read_iso(self, text: str) -> str:
        """As ``read``, of a moment in ISO 8601, which may tell its zone."""
        return self.read(read_iso(text))

    def read_text(self, text: str) -> str:
        """As ``read``, of text in the format of the data source."""
        return self.read(self.format.read(text))

    def local(self, moment: datetime) -> datetime:
        """What clocks of the data source show at *moment*, in UTC; ``ValueError`` if twice."""
        if self.zone is UTC:
            return moment
        local = _in(self.zone, moment.replace(tzinfo=UTC))
        if self.read(local) != timestamp_text(moment):
            raise ValueError(
                f"{timestamp_text(moment)} is the second {local.isoformat(' ')} of its day in "
                f"{self.zone}, and a column without a time zone can mean the first only."
            )
        return local

    def text(self, moment: datetime) -> str:
        """*moment*, in UTC, in the data source's format; ``ValueError`` if that loses any of it."""
        text = self.format.write(moment.replace(tzinfo=UTC), self.zone)
        if self.read_text(text) != timestamp_text(moment):
            raise ValueError(
                f"{timestamp_text(moment)} is more than {text!r} says, its form in the format "
                f"{self.format.text!r}: choose a 'Data Source Date Time Format' that keeps it."
            )
        return text


def parse_clock(zone: str, form: str, names: tuple[str, str] = (TIME_ZONE, TIME_FORMAT)) -> Clock:
    """The clock of two parameters, called *names*; ``InvalidParameterError`` for what is none."""
    name = names[0]
    try:
        found = find_zone(zone)
        name = names[1]
        kept = MomentFormat(form.strip() or DEFAULT_FORMAT)
    except ValueError as error:
        raise InvalidParameterError(f"{name!r}: {error}", parameter_name=name) from error
    return Clock(found, kept)
