"""What cannot be carried from one side to the other, and what is to be done about it."""

from collections.abc import Iterable

from attrs import define, field, frozen

from ecma2py.host.config_reader import join_key


@frozen
class Remark:
    """One thing to know about one connector, or about the host if ``connector`` is empty."""

    connector: str
    about: str
    """A key of the configuration file, or the name of something in the foreign one."""
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.connector, self.about, self.text) if part)


@define
class Remarks:
    """What is to be told of one connector while it is carried over."""

    connector: str = ""
    left_out: list[Remark] = field(factory=list)
    """What has no place on the other side."""
    hints: list[Remark] = field(factory=list)
    """What was carried over, and is to be looked at or entered."""

    def leave(self, about: str | Iterable[str], text: str) -> None:
        """*about*, a word or the names of a key, is left out."""
        self.left_out.append(Remark(self.connector, _place(about), text))

    def hint(self, about: str | Iterable[str], text: str) -> None:
        """*about* needs somebody's eye."""
        self.hints.append(Remark(self.connector, _place(about), text))


def _place(about: str | Iterable[str]) -> str:
    return about if isinstance(about, str) else join_key(*about)
