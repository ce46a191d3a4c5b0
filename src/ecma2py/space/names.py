"""A DN belongs to one object: to the one that was said last to have it.

Two objects swap names, or one leaves a name that another takes, and the space may hear of it in
any order. The older holder then has no DN until something says what it is called now; its digest
changes with it, so that the next import does.
"""

import sqlite3

from ecma2py.space.documents import document_hash, redone


def take_name(connection: sqlite3.Connection, row: int, ref_key: str, clock: int) -> bool:
    """Leave the name to the object in *row* alone; True if it was taken from another."""
    others = connection.execute(
        "SELECT row, digest, dn, document FROM objects WHERE ref_key = ? AND row <> ?",
        (ref_key, row),
    ).fetchall()
    for other, digest, dn, document in others:
        changed = redone(digest, document_hash(document, dn), document_hash(document, None))
        connection.execute(
            "UPDATE objects SET dn = NULL, ref_key = NULL, digest = ?, version = ? WHERE row = ?",
            (changed, clock, other),
        )
    return bool(others)


def settle_names(connection: sqlite3.Connection, clock: int) -> None:
    """As ``take_name`` for all objects an import has staged; of several, the last one keeps it."""
    shared = connection.execute(
        "SELECT s.ref_key FROM staged s JOIN objects o ON o.ref_key = s.ref_key "
        "GROUP BY s.ref_key HAVING count(*) > 1"
    ).fetchall()
    for (ref_key,) in shared:
        (row,) = connection.execute(
            "SELECT row FROM objects WHERE ref_key = ? ORDER BY version DESC, row DESC LIMIT 1",
            (ref_key,),
        ).fetchone()
        take_name(connection, row, ref_key, clock)
