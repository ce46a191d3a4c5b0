"""What the grammar of LDAP says about a DN, as far as an import must know it."""

import re

_VALUE = r'(?:[^"+,;<>\\\x00]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])*+'
_QUOTED = r'[ ]*"(?:[^"\\\x00]|\\.)*+"[ ]*'
_ASSERTION = rf"[A-Za-z0-9][A-Za-z0-9.\-]*[ ]*=(?:{_QUOTED}|{_VALUE})"
_COMPONENT = rf"[ ]*{_ASSERTION}(?:\+[ ]*{_ASSERTION})*"
_DN = re.compile(rf"{_COMPONENT}(?:[,;]{_COMPONENT})*", re.DOTALL)
_SPACES = re.compile(r"[ ]*(?<!\\)([,=+])[ ]*")

is_ldap_dn = _DN.fullmatch
"""Truthy for text that is a DN by RFC 4514, or by RFC 2253 with its quotes and semicolons."""


def comparable(dn: str) -> str:
    """*dn* in a form in which two spellings of one DN are mostly equal (case, spaces)."""
    return _SPACES.sub(r"\1", dn.strip()).casefold()


def is_below(dn: str, ancestor: str) -> bool:
    """True if *dn* is *ancestor*, in its ``comparable`` form, or lies below it."""
    if not ancestor:
        return True
    folded = dn.casefold()
    if folded.endswith(ancestor) and (
        len(folded) == len(ancestor) or folded[-len(ancestor) - 1] == ","
    ):
        return True
    folded = comparable(dn)
    return folded == ancestor or folded.endswith("," + ancestor)
