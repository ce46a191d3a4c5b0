"""Where a run looks: bases, narrowed by partition and by chosen and excluded containers."""

from collections.abc import Iterable, Sequence
from typing import Self

from attrs import frozen

from ecma2py.connector import ImportRun
from ecma2py.errors import InvalidDNError, InvalidParameterError
from ecma2py_ldap.dn import Key, dn_key, format_dn, is_below, parse_dn

BASES = "Base DNs"


def parse_bases(text: str) -> list[str]:
    """The DNs in *text*, one a line; ``InvalidParameterError`` for a line that is none."""
    bases = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            bases.append(format_dn(parse_dn(line)))
        except InvalidDNError as error:
            raise InvalidParameterError(f"{BASES!r}: {error}", parameter_name=BASES) from error
    return bases


def is_within(dn: str, ancestor: str) -> bool:
    """True if *dn* is *ancestor* or lies below it."""
    return is_below(dn_key(dn), dn_key(ancestor))


def outermost(dns: Iterable[str]) -> tuple[str, ...]:
    """*dns* without those that lie below another, so that no object is found twice."""
    kept: list[tuple[Key, str]] = []
    for key, dn in sorted((dn_key(dn), dn) for dn in dns):
        if not kept or not is_below(key, kept[-1][0]):
            kept.append((key, dn))
    return tuple(dn for _, dn in kept)


@frozen
class Selection:
    """The subtrees to search, and which of their objects count."""

    bases: tuple[str, ...]
    marks: dict[Key, bool]
    """Containers that decide for what lies below: True in, False out; the nearest one counts."""

    @classmethod
    def of(cls, run: ImportRun, bases: Sequence[str], contexts: Sequence[str]) -> Self:
        """What *run* wants of *bases*, or of all naming contexts if there are none."""
        within = list(bases) or list(contexts)
        if run.partition is not None and run.partition.dn in contexts:
            within = _common(within, [run.partition.dn])
        if run.included:
            within = _common(within, [node.dn for node in run.included])
        if not within:
            raise InvalidParameterError(
                f"There is nothing to search: the server names no contexts, or none of {BASES!r} "
                "lies in the partition and the containers chosen.",
                parameter_name=BASES,
            )
        marks = {dn_key(node.dn): False for node in run.excluded}
        if marks:
            marks.update((dn_key(node.dn), True) for node in run.included)
        return cls(outermost(within), marks)

    def holds(self, dn: str) -> bool:
        """Whether the object of *dn*, found below a base, is wanted."""
        if not self.marks:
            return True
        key = dn_key(dn)
        lengths = range(len(key), 0, -1)
        return next((self.marks[key[:n]] for n in lengths if key[:n] in self.marks), True)


def _common(dns: Iterable[str], others: Sequence[str]) -> list[str]:
    """The subtrees that lie in one of *dns* and in one of *others*."""
    found = []
    for dn in dns:
        found += [dn for other in others if is_within(dn, other)]
        found += [other for other in others if is_within(other, dn)]
    return found
