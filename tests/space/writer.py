"""A process that writes to a space until it is killed, and says what has been acknowledged.

Arguments: the file, and the number of the first object to write. Each line it prints is one
acknowledged write, "key title", or "import N" for the Nth committed import.
"""

import itertools
import sys
import threading
from pathlib import Path

from ecma2py.entries import AttributeChange
from ecma2py.space import SqliteSpace
from tests.space.spaces import changed, dn_of, gone, group, open_space, run, user, write

IMPORTED = 200


def say(*words: object) -> None:
    """One line, in the pipe before the next write begins."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def export(space: SqliteSpace, first: int) -> None:
    """Write objects through for ever: made, then changed and put into a group; some removed."""
    for number in itertools.count(first):
        key = f"X{number}"
        write(space, user(key, title="new", mail=f"{key}@test"))
        say(key, "new")
        member = AttributeChange.update("member", [dn_of(key)])
        write(
            space,
            changed("user", key, AttributeChange.replace("title", "changed")),
            changed("group", "all", member),
        )
        say(key, "changed")
        if number % 5 == 0:
            write(space, gone("user", key))
            say(key, "gone")


def import_for_ever(space: SqliteSpace) -> None:
    """Import one generation of objects after the other, the generation as their title."""
    for turn in itertools.count(int(space.watermark() or 0) + 1):
        entries = [user(f"I{n}", title=str(turn)) for n in range(IMPORTED)]
        run(space, entries, full=False, watermark=str(turn))
        say("import", turn)


def main() -> None:
    """Export and import at once."""
    space = open_space(Path(sys.argv[1]))
    if space.by_dn(dn_of("all")) is None:
        write(space, group("all"))
    say("ready")
    threading.Thread(target=import_for_ever, args=(space,), daemon=True).start()
    export(space, int(sys.argv[2]))


if __name__ == "__main__":
    main()
