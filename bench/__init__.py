"""What ecma2py costs, as ratios measured in one run: ``make bench``, or ``python -m bench.NAME``.

Each module measures one thing beside its peers or beside itself, and prints a table. Absolute
figures belong to the machine they were measured on; the targets are ratios wherever they can be.
"""
