"""``python -m ecma2py.cli`` is ``ecma2py``."""

from ecma2py.cli import main

if __name__ == "__main__":
    main()
