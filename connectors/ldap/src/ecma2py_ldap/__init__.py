"""An ECMA2 connector for LDAP directories."""

from ecma2py_ldap.connector import LdapConnector

__all__ = ["LdapConnector"]
