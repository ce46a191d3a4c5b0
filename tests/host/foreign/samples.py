"""Files as Microsoft's hosts write them, made up after what is published of their form."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "files"
ECMA2HOST_POWERSHELL = FOLDER / "ecma2host-powershell.xml"
ECMA2HOST_SQL = FOLDER / "ecma2host-sql.xml"
ECMA2HOST_LDAP = FOLDER / "ecma2host-ldap.xml"
MIM_SQL = FOLDER / "mim-sql.xml"
ALL = sorted(FOLDER.glob("*.xml"))
