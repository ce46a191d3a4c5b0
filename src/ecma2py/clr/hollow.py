"""Types that a runtime has by name alone: the first real use of one fails.

Nothing in the files tells these from others; each was seen to fail.
"""

import sys

from ecma2py.clr.runtimes import RuntimeKind

_HOLLOW = {
    RuntimeKind.MONO: frozenset(
        {
            "System.Data.OleDb.OleDbConnection",
            "System.DirectoryServices.Protocols.LdapConnection",
            "System.Management.ManagementObjectSearcher",
            "System.ServiceProcess.ServiceController",
        }
    ),
    RuntimeKind.CORECLR: frozenset(
        {
            "Microsoft.Win32.Registry",
            "System.Security.Cryptography.CspParameters",
            "System.Security.Principal.WindowsIdentity",
        }
    ),
}


def hollow_types(kind: RuntimeKind, uses: frozenset[str]) -> tuple[str, ...]:
    """Those of the types used that do no work on a runtime of this machine."""
    if sys.platform == "win32":
        return ()
    return tuple(sorted(uses & _HOLLOW.get(kind, frozenset())))
