"""An object, or a change of one, on its way between connector and host (ECMA2 ``CSEntryChange``).

An imported object is plain: ``attributes`` maps a name to a value, or to a list for a
multi-valued attribute. ``AttributeChange`` and ``ValueChange`` objects are made when somebody
asks for them, because a page of thousands of them costs more than reading the objects did.
"""

from ecma2py.entries.changes import (
    DN_ATTRIBUTE,
    EXPORT_PASSWORD,
    LEGAL_ATTRIBUTE_CHANGES,
    AnchorAttribute,
    AttributeChange,
    AttributeModificationType,
    ObjectModificationType,
    ValueChange,
    ValueModificationType,
)
from ecma2py.entries.dn import generated_dn, generated_dns, split_dn
from ecma2py.entries.entry import AnchorAttributes, AttributeChanges, CSEntryChange
from ecma2py.entries.results import CSEntryChangeResult, apply_change

__all__ = [
    "DN_ATTRIBUTE",
    "EXPORT_PASSWORD",
    "LEGAL_ATTRIBUTE_CHANGES",
    "AnchorAttribute",
    "AnchorAttributes",
    "AttributeChange",
    "AttributeChanges",
    "AttributeModificationType",
    "CSEntryChange",
    "CSEntryChangeResult",
    "ObjectModificationType",
    "ValueChange",
    "ValueModificationType",
    "apply_change",
    "generated_dn",
    "generated_dns",
    "split_dn",
]
