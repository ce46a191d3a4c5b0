"""Changes and passwords into rows, procedures and queries."""
