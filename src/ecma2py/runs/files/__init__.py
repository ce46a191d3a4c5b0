"""File-based connectors: the host reads what they import and writes what they export.

ECMA2 leaves the format to the host. Two are read here, both in UTF-8:

* LDIF (RFC 2849): content and change records; a record without ``dn`` is an attribute-value pair
  file. The object type is the value of the schema's ``object_type_attribute_name``, else of
  ``objectClass``, else the only type there is. Anchors that are not among the attributes are
  taken from the first component of the DN.
* DELIMITED (RFC 4180): a header line with the names of attributes, ``DN``, the object type
  attribute (``objectType`` if the schema names none) and the change type attribute
  (``changeType``). Values of a multi-valued attribute are separated by ``;``, which a backslash
  escapes. An empty cell is no value. A row marked as modified holds the whole object.

Binary values are Base64, Booleans ``true`` and ``false`` (or ``1`` and ``0``). A record that
cannot be understood becomes an import error of its own.
"""

from ecma2py.runs.files.formats import FileFormat
from ecma2py.runs.files.handing import read_entries, write_changes

__all__ = ["FileFormat", "read_entries", "write_changes"]
