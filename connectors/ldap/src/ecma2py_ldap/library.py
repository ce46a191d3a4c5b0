"""ldap3, loaded when it is first needed, so that a missing one is answered by what to do."""

import warnings
from typing import Any

from ecma2py.errors import ExtensibleExtensionError


def load() -> Any:
    """The module ``ldap3``; ``ExtensibleExtensionError`` says how to install it."""
    try:
        with warnings.catch_warnings():
            # ldap3 reads names that its own dependency has renamed.
            warnings.simplefilter("ignore", DeprecationWarning)
            import ldap3
            import ldap3.core.exceptions
    except ImportError as error:
        raise ExtensibleExtensionError(
            f"LDAP directories are reached through ldap3: pip install 'ecma2py-ldap' ({error})."
        ) from error
    return ldap3
