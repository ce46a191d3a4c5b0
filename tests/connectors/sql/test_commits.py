"""How often an export commits: each commit waits for a disk."""

from typing import Any

import pytest
from attrs import evolve

from ecma2py import CSEntryChange
from ecma2py_sql import SqlConnector
from tests.connectors.sql.targets import Target, codes

DUPLICATE = "ExportErrorDuplicateAnchor"


@pytest.mark.parametrize("savepoints", [True, False])
def test_a_batch_is_one_commit_where_there_are_savepoints(
    target: Target, *, savepoints: bool
) -> None:
    """Also if an entry fails among them; else each that is written has a commit of its own."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    host = target.host('[T]\ntable="t"')
    connector: Any = SqlConnector()
    with host.exporting(connector):
        session, commits = connector._session, 0
        commit = session.commit
        if not savepoints:
            session.dialect = evolve(session.dialect, savepoint=None)

        def counted() -> None:
            nonlocal commits
            commits += 1
            commit()

        session.commit = counted
        adds = [CSEntryChange.add("T", {"id": number}) for number in (1, 2, 2, 3)]
        results = connector.put_export_entries(adds).cs_entry_change_results
    assert codes(results) == ["Success", "Success", DUPLICATE, "Success"]
    assert commits == (1 if savepoints else 3)
    assert target.rows("SELECT id FROM t ORDER BY id") == [(1,), (2,), (3,)]
