"""ECMA2 connectors in Python: everything an author needs, with attrs alone."""
