"""Delta imports: every strategy of finding what has changed in the objects of one type.

Each is a ``Tracker``. A full import tells it what it has read, so that nothing is told again that
has not changed; a delta import asks it for what has changed. What it has to know the next time is
kept by the host, in the watermark: set with the objects in one transaction, and only after a run
without an error, so that a run that broke off is simply run again.

| strategy | needs | finds deletes |
|---|---|---|
| ``watermark`` | a column that grows with every change | of a row that is marked as deleted |
| ``history`` | a table that triggers fill | yes |
| ``change_tracking`` | SQL Server | yes |
| ``snapshot_database`` | SQL Server | yes |
| ``row_hashes`` | nothing: it reads every row | yes |
| ``transaction_id`` | PostgreSQL | of a row that is marked as deleted |
"""
