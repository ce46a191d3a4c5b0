"""The command line: one thin command for each verb of the library."""

import sys


def main() -> None:
    """Run the command in ``sys.argv`` and end the process with its exit code.

    Without the libraries of the extra ``host`` this says what to install, and exits with 2.
    """
    try:
        from ecma2py.cli.app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "ecma2py":
            raise
        sys.stderr.write(
            f"The ecma2py command needs {error.name}, which is not installed: "
            "pip install 'ecma2py[host]'\n"
        )
        sys.exit(2)
    sys.exit(run(sys.argv[1:]))
