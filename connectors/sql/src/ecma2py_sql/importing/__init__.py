"""Objects out of rows."""
