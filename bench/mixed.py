"""How long reads take while the same host imports: ``python -m bench.mixed``."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import Server, ecma2py_serve
from bench.report import Row, run, table
from bench.wrk import Client, Load, require_wrk

IDLE, UNCHANGED, CHANGED = "no import", "import, unchanged", "import, all changed"


def measure(quick: bool = False) -> list[Row]:
    """GETs of one connector's users while another connector imports again and again."""
    require_wrk()
    objects, rounds, seconds = (10_000, 1, 2.0) if quick else (200_000, 3, 8.0)
    connectors = {
        "Bench": {"People": 10_000},
        "Same": {"People": objects},
        "Other": {"People": objects + 1, "Churn": 1000},
    }
    loads: dict[str, list[Load]] = {}
    imports: dict[str, int] = {}
    with ecma2py_serve(connectors) as server:
        client = Client(server)
        client.run("get", 1.0)
        for _ in range(rounds):
            for name, connector in ((IDLE, ""), (UNCHANGED, "Same"), (CHANGED, "Other")):
                with _importing(server, connector) as done:
                    loads.setdefault(name, []).append(client.run("get", seconds))
                imports[name] = imports.get(name, 0) + sum(done)
    middle = {name: Load.middle(each) for name, each in loads.items()}
    idle = middle[IDLE]
    table(
        f"GET by id, 16 connections, beside a full import of {objects:,} objects in the same host",
        ("state", "req/s", "p50 ms", "p99 ms", "longest ms", "x p99", "objects/s"),
        [
            (
                name,
                each.rate,
                each.p50,
                each.p99,
                each.longest,
                each.p99 / idle.p99,
                imports[name] / (rounds * seconds),
            )
            for name, each in middle.items()
        ],
    )
    return [
        Row(f"p99 of GET, {name}", middle[name].p99 / idle.p99, 3.0, "<")
        for name in (UNCHANGED, CHANGED)
    ]


@contextmanager
def _importing(server: Server, connector: str) -> Iterator[list[int]]:
    """Imports of *connector* one after another while the block runs; the objects each read."""
    done: list[int] = []
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            answer = server.run_import(connector)
            if answer["result"] != "success":
                sys.exit(f"The import failed: {answer}")
            done.append(answer["counts"]["read"])

    thread = threading.Thread(target=work)
    if connector:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        if connector:
            thread.join()


if __name__ == "__main__":
    run(measure, sys.argv[1:])
