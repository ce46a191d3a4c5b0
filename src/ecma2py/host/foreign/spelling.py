"""How Microsoft's files spell the pages and the kinds of parameters.

The ECMA host writes ``RunStep`` and ``EncryptedString``, MIM ``run-step`` and ``encrypted-string``;
``checkbox`` is one word in the latter. Hence capitals and hyphens do not count.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from ecma2py.host.foreign.tree import Element
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType

E = TypeVar("E", bound=IntEnum)


def _spelled(members: type[E]) -> dict[E, str]:
    return {each: "".join(map(str.capitalize, each.name.split("_"))) for each in members}


PAGES = _spelled(ConfigParameterPage)
"""As the ECMA host writes them, here and below."""
KINDS = _spelled(ConfigParameterType)


def word_of(element: Element, words: Mapping[E, str], attribute: str = "") -> E:
    """The member that the element, or its *attribute*, names; ForeignFileError if it is none."""
    text = element.attributes.get(attribute, "") if attribute else element.text.strip()
    folded = re.sub(r"[^a-z]", "", text.lower())
    for member, word in words.items():
        if word.lower() == folded:
            return member
    place = f"its {attribute} " if attribute else ""
    return element.refuse(f"{place}{text[:40]!r} is none of {', '.join(words.values())}")
