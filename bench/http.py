"""Requests a second beside scim2-server and beside uvicorn alone: ``python -m bench.http``."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from bench.processes import ecma2py_serve, floor, scim2_server
from bench.report import Row, run, table
from bench.wrk import Client, Load, require_wrk

KINDS = {"get": "GET by id", "filter": "filter userName eq", "patch": "PATCH 3 ops", "post": "POST"}
PEER_TARGETS = {"get": 5.0, "filter": 5.0, "patch": 5.0, "post": 3.0}
FLOOR_TARGETS = {"get": 40.0, "filter": 40.0}


def measure(quick: bool = False) -> list[Row]:
    """Every kind of request on the three servers in turn, round after round.

    What is compared are the rates of one round, a few seconds apart, since the machine itself is
    not always equally fast; the median of the rounds counts.
    """
    require_wrk()
    people, rounds, seconds = (2_000, 1, 1.0) if quick else (10_000, 9, 2.0)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(each)
            for each in (
                floor(),
                scim2_server(people),
                ecma2py_serve({"Bench": {"People": people}}),
            )
        ]
        clients = [Client(each) for each in servers]
        found = {kind: _measured(kind, clients, rounds, seconds) for kind in KINDS}
        memory = {each.name: each.rss_mb() for each in servers}
    lines = []
    rows = []
    for kind, loads in found.items():
        bare, peer, ours = (loads[each.name] for each in servers)
        for server in servers:
            load = Load.middle(loads[server.name])
            beside_peer = _ratio(loads[server.name], peer)
            share = 100 * _ratio(loads[server.name], bare)
            name = f"{KINDS[kind]}, {server.name}"
            lines.append((name, load.rate, load.p50, load.p99, beside_peer, share))
        target = f"{KINDS[kind]} beside"
        wanted = PEER_TARGETS[kind]
        rows.append(Row(f"{target} scim2-server", _ratio(ours, peer), wanted, ">="))
        if kind in FLOOR_TARGETS:
            share = 100 * _ratio(ours, bare)
            rows.append(Row(f"{target} the floor", share, FLOOR_TARGETS[kind], ">=", "%"))
    table(
        f"HTTP: {people:,} users, 16 connections, {rounds} rounds of {seconds:g} s in turn",
        ("request, server", "req/s", "p50 ms", "p99 ms", "x scim2-server", "% of floor"),
        lines,
    )
    sizes = ", ".join(f"{name} {size:.0f} MB" for name, size in memory.items())
    print(f"Resident memory afterwards: {sizes}", flush=True)
    return rows


def _ratio(loads: Sequence[Load], others: Sequence[Load]) -> float:
    """How many times the rate of *others* that of *loads* is, in the middle one of the rounds."""
    return median(one.rate / other.rate for one, other in zip(loads, others, strict=True))


def _measured(
    kind: str, clients: list[Client], rounds: int, seconds: float
) -> dict[str, list[Load]]:
    loads: dict[str, list[Load]] = {each.server.name: [] for each in clients}
    for client in clients:
        client.run(kind, min(1.0, seconds))
    for _ in range(rounds):
        for client in clients:
            loads[client.server.name].append(client.run(kind, seconds))
    return loads


if __name__ == "__main__":
    run(measure, sys.argv[1:])
