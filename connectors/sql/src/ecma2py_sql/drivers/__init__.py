"""The databases and the two ways to them: ODBC and SQLite's own."""
