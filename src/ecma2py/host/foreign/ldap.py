"""The fields of Microsoft's Generic LDAP connector, and what they are called by ``ecma2py_ldap``.

What that connector asks on other pages, object types, anchor and containers, ``ecma2py_ldap`` asks
as parameters. Its object types are called as their structural classes.
"""

from collections.abc import Mapping

from attrs import evolve

from ecma2py.host.foreign.model import Connector, Parameter
from ecma2py.host.toml_text import toml_key, toml_text
from ecma2py.parameters import ConfigParameterPage, ConfigParameterType

LIBRARY = "Microsoft.IAM.Connector.GenericLdap"
OBJECT_TYPES, ANCHOR, BASES = "Object types", "Anchor", "Base DNs"
DERIVED = (OBJECT_TYPES, ANCHOR, BASES)
_DN = "dn"
DN_NAMES = ("-dn-", "_distinguishedName", _DN)
"""What the DN is called among the attributes of Microsoft's host."""

_Kind = ConfigParameterType
_OURS = {
    "Host": "Host",
    "Port": "Port",
    "Connection Timeout (seconds)": "Timeout",
    "Binding": "Security",
    "User Name": "Bind DN",
    "Password": "Bind password",
    "Strategy": "Delta import",
}
_THEIRS = {ours: theirs for theirs, ours in _OURS.items()}
_SAME = {"Connection Timeout": "Connection Timeout (seconds)"}
"""Labels of other versions."""
_WORDS = {
    "Binding": {"Basic": "none", "Anonymous": "none", "SSL": "ldaps", "TLS": "starttls"},
    "Strategy": {"TimeStamp": "modifyTimestamp"},
}
_KINDS = {
    "Password": _Kind.ENCRYPTED_STRING,
    "Binding": _Kind.DROP_DOWN,
    "Strategy": _Kind.DROP_DOWN,
}
_LACKS = "ecma2py's LDAP connector has no such parameter"
_REASONS = {
    "Realm/Domain": "Kerberos is not offered: bind with a DN and a password",
    "Use Client Certificate": "client certificates are not offered: bind with a DN and a password",
    "Include operational attributes in schema": "name them in 'Object types': attributes = [...]",
    "Change Log DN": "change logs are not read: full imports find every change",
    "Partition Names": "write what lies in no naming context into 'Base DNs'",
}


def take(parameter: Parameter) -> Parameter | str:
    """The parameter of ``ecma2py_ldap``; a reason if there is none, or not with that value."""
    theirs = _SAME.get(parameter.name, parameter.name)
    ours = _OURS.get(theirs)
    if ours is None:
        return _REASONS.get(theirs, _LACKS)
    value = parameter.value
    words = _WORDS.get(theirs)
    if words is not None:
        if value not in words:
            return f"{value!r} is not offered: choose {ours!r} of {', '.join(words.values())}"
        value = words[value]
    return evolve(parameter, name=ours, value=value)


def give(name: str, value: str) -> Parameter | str:
    """The parameter of Microsoft's connector; a reason if there is none, or not with that value."""
    theirs = _THEIRS.get(name)
    if theirs is None:
        return "Microsoft's Generic LDAP connector has no such field"
    if theirs in _WORDS:
        chosen = [word for word, ours in _WORDS[theirs].items() if ours == value]
        if not chosen:
            return f"Microsoft's Generic LDAP connector has no {theirs!r} for {value!r}"
        value = chosen[0]
    page = ConfigParameterPage.GLOBAL if theirs == "Strategy" else ConfigParameterPage.CONNECTIVITY
    kind = _KINDS.get(theirs, _Kind.STRING)
    is_encrypted = kind is _Kind.ENCRYPTED_STRING
    return Parameter(name=theirs, value=value, page=page, kind=kind, is_encrypted=is_encrypted)


def derive(connector: Connector) -> Mapping[str, str]:
    """Object types, anchor and base DNs, as far as the types and partitions tell them."""
    found = {}
    if connector.types:
        names = dict.fromkeys(each.name for each in connector.types)
        tables = (f"[{toml_key(name)}]\nclass = {toml_text(name)}\n" for name in names)
        found[OBJECT_TYPES] = "\n".join(tables)
    if anchor := anchor_of(connector):
        found[ANCHOR] = anchor
    searched = [
        dn
        for each in connector.partitions
        for dn in each.containers or ((each.dn,) if len(connector.partitions) > 1 else ())
    ]
    if searched:
        found[BASES] = "\n".join(dict.fromkeys(searched))
    return found


def anchor_of(connector: Connector) -> str:
    """The one attribute that is the anchor of every type; empty if there is none such."""
    anchors = {
        _DN if each.name in DN_NAMES else each.name
        for kind in connector.types
        for each in kind.attributes
        if each.is_anchor
    }
    return anchors.pop() if len(anchors) == 1 else ""
