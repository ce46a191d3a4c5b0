"""One member more in a small and in a huge group: ``python -m bench.groups``."""

import json
import sys
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter

from bench.processes import TOKEN, Server, ecma2py_serve
from bench.report import Row, run, table

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
_EXCLUDED = "?excludedAttributes=members"


def measure(quick: bool = False) -> list[Row]:
    """Add and remove the same person in turn, first in one group, then in the other."""
    small, large, rounds = (10, 5_000, 50) if quick else (10, 100_000, 500)
    sizes = (small, large)
    # The person added is in neither group: the last one.
    parameters = {"People": large + 10, "Groups": f"{small},{large}"}
    with ecma2py_serve({"Bench": parameters}) as server:
        groups = {size: _id_of(server, f"Group of {size}") for size in sizes}
        last = f"user{large + 10:07}@bench.example"
        person = server.get(f"/Users?filter=userName%20eq%20%22{last}%22")["Resources"][0]["id"]
        connection = HTTPConnection("127.0.0.1", server.port)
        taken: dict[tuple[str, int], list[float]] = {}
        for _ in range(rounds):
            for size in sizes:
                path = f"{server.base}/Groups/{groups[size]}{_EXCLUDED}"
                for what in ("add", "remove"):
                    seconds = _patch(connection, path, _body(what, person))
                    taken.setdefault((what, size), []).append(1000 * seconds)
        connection.close()
    lines = []
    for what in ("add", "remove"):
        for size in sizes:
            times = taken[what, size]
            ratio = median(times) / median(taken[what, small])
            p99 = quantiles(times, n=100)[98]
            lines.append((f"{what}, {size:,} members", median(times), p99, ratio))
    table(
        f"One member by PATCH, one client, {rounds} rounds in turn",
        ("change", "p50 ms", "p99 ms", "ratio"),
        lines,
    )
    ratio = median(taken["add", large]) / median(taken["add", small])
    return [Row(f"Member add, group of {large:,} beside {small}", ratio, 1.5, "<")]


def _id_of(server: Server, name: str) -> str:
    query = "/Groups?attributes=displayName"
    found = {each["displayName"]: each["id"] for each in server.get(query)["Resources"]}
    return str(found[name])


def _body(what: str, person: str) -> bytes:
    if what == "add":
        operation = {"op": "add", "path": "members", "value": [{"value": person}]}
    else:
        operation = {"op": "remove", "path": f'members[value eq "{person}"]'}
    return json.dumps({"schemas": [_PATCH], "Operations": [operation]}).encode()


def _patch(connection: HTTPConnection, path: str, body: bytes) -> float:
    began = perf_counter()
    connection.request("PATCH", path, body, _HEADERS)
    answer = connection.getresponse()
    said = answer.read()
    seconds = perf_counter() - began
    if answer.status not in (200, 204):
        sys.exit(f"PATCH was answered {answer.status}: {said.decode()}")
    return seconds


if __name__ == "__main__":
    run(measure, sys.argv[1:])
