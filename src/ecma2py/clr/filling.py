"""Every parameter that a connector defines is in what it is given.

Connectors look parameters up without asking whether they are there, and a secret only through
``SecureValue``: MIM gives all of them, empty where nobody filled them in.
"""

import logging
from collections.abc import Callable, Iterable, Iterator

from ecma2py.clr.errors import DotNetException
from ecma2py.errors import ECMA2Error
from ecma2py.parameters import (
    ConfigParameter,
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ConfigParameterType,
    SecureString,
)

logger = logging.getLogger("ecma2py.clr")

Ask = Callable[[ConfigParameters, ConfigParameterPage, int], list[ConfigParameterDefinition]]
"""Asks the connector for the fields of a page; only schema pages have a number."""

_PAGES = (
    ConfigParameterPage.CONNECTIVITY,
    ConfigParameterPage.CAPABILITIES,
    ConfigParameterPage.SCHEMA,
    ConfigParameterPage.GLOBAL,
    ConfigParameterPage.PARTITION,
    ConfigParameterPage.RUN_STEP,
)
_MOST_SCHEMA_PAGES = 100


class Filling:
    """Completes the parameters of one connector object, which is asked once for its pages."""

    def __init__(self, ask: Ask | None, *, has_numbers: bool) -> None:
        self._ask = ask
        self._has_numbers = has_numbers
        self._known: dict[str, ConfigParameterDefinition] | None = None

    def completed(self, given: ConfigParameters) -> ConfigParameters:
        """*given*, and the default of everything else that is defined, each of its kind."""
        if self._ask is None:
            return given
        if self._known is None:
            self._known = {}
            for each in self._defined(self._ask, given):
                self._known.setdefault(each.name, each)
        return _complete(given, self._known.values())

    def _defined(self, ask: Ask, given: ConfigParameters) -> Iterator[ConfigParameterDefinition]:
        so_far: list[ConfigParameterDefinition] = []
        for page in _PAGES:
            numbered = self._has_numbers and page is ConfigParameterPage.SCHEMA
            for number in range(1, _MOST_SCHEMA_PAGES + 1) if numbered else (0,):
                try:
                    found = ask(_complete(given, so_far), page, number)
                except (ECMA2Error, DotNetException) as error:
                    # The call to come says better what is wrong, if it needs the page at all.
                    logger.info("The page %s could not be asked for: %s", page.name, error)
                    break
                so_far += [each for each in found if each.type.holds_value]
                if not found:
                    break
        yield from so_far


def _complete(
    given: ConfigParameters, defined: Iterable[ConfigParameterDefinition]
) -> ConfigParameters:
    found = dict(given)
    for each in defined:
        is_secret = each.type is ConfigParameterType.ENCRYPTED_STRING
        old = found.get(each.name)
        if old is not None and old.is_encrypted is is_secret:
            continue
        if old is None:
            text = each.default_value
        else:
            text = old.secure_value.reveal() if old.is_encrypted else old.value
        found[each.name] = ConfigParameter(each.name, SecureString(text) if is_secret else text)
    return ConfigParameters(found.values())
