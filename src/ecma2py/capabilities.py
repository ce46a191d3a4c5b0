"""What a connector can do, and how it wants its changes (ECMA2 ``MACapabilities``)."""

from enum import IntEnum, IntFlag
from unicodedata import combining, normalize

from attrs import define, field


class MADistinguishedNameStyle(IntEnum):
    """Whether objects have a DN, and of which form."""

    NONE = 0
    GENERIC = 1
    LDAP = 2


class MAExportType(IntEnum):
    """The form in which a changed object reaches the connector."""

    ATTRIBUTE_UPDATE = 1
    ATTRIBUTE_REPLACE = 2
    OBJECT_REPLACE = 3
    MULTIVALUED_REFERENCE_ATTRIBUTE_UPDATE = 5


class MANormalizations(IntFlag):
    """How the engine rewrites anchor values before the connector sees them."""

    NONE = 0
    UPPERCASE = 1
    REMOVE_ACCENTS = 2

    def applied(self, text: str) -> str:
        """*text* as these rules have it."""
        if MANormalizations.REMOVE_ACCENTS in self:
            text = "".join(each for each in normalize("NFD", text) if not combining(each))
            text = normalize("NFC", text)
        return text.upper() if MANormalizations.UPPERCASE in self else text


class MAObjectConfirmation(IntEnum):
    """Which exports need no confirming import; a bit combination, hence no 2."""

    NORMAL = 0
    NO_DELETE_CONFIRMATION = 1
    NO_ADD_AND_DELETE_CONFIRMATION = 3


@define(kw_only=True)
class MACapabilities:
    """The switches of a connector; the defaults are those of ``new MACapabilities()``."""

    distinguished_name_style: MADistinguishedNameStyle = MADistinguishedNameStyle.GENERIC
    object_rename: bool = True
    no_reference_values_in_first_export: bool = False
    delta_import: bool = True
    concurrent_operation: bool = True
    delete_add_as_replace: bool = True
    export_password_in_first_pass: bool = False
    full_export: bool = False
    object_confirmation: MAObjectConfirmation = MAObjectConfirmation.NORMAL
    export_type: MAExportType = MAExportType.OBJECT_REPLACE
    normalizations: MANormalizations = field(default=MANormalizations.NONE)
    is_dn_as_anchor: bool = False
    support_import: bool = True
    support_export: bool = True
    support_partitions: bool = True
    support_password: bool = True
    support_hierarchy: bool = True
