"""The parameter pages of Microsoft's Generic SQL connector, under the names of its fields.

A configuration exported from MIM or Microsoft's ECMA host maps onto them name by name. What the
pages say becomes the settings of ``ecma2py_sql.mapping.settings``, as the text of 'Object types'
does.

Each module is one page: what it asks, and what its answers mean. A page is made from what the
pages before it say, and from what the catalogue tells.
"""
