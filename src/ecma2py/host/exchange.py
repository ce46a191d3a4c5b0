"""A request and its answer past ASGI, where nothing has to be waited for.

A message of ASGI costs as much as a look-up in the space, and an answer that is written in two
parts wakes its client twice. uvicorn's ``send`` and ``receive`` are methods of its cycle of
request and response, which knows both; with another server all goes through ASGI.
"""

from collections.abc import Iterable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle


def received_body(receive: object) -> bytes | None:
    """The body of the request; None while not all of it is there."""
    cycle = getattr(receive, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or cycle.more_body or cycle.disconnected:
        return None
    return bytes(cycle.body)


def answered(
    send: object, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes
) -> bool:
    """True if the answer is written; False if ``send`` has to wait until the client takes it.

    *headers* name the length of the body.
    """
    cycle = getattr(send, "__self__", None)
    if (
        not isinstance(cycle, RequestResponseCycle)
        or cycle.flow.write_paused
        or cycle.disconnected
        or cycle.response_started
    ):
        return False
    parts = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        parts += (name, b": ", value, b"\r\n")
    if not cycle.keep_alive:
        parts.append(b"connection: close\r\n")
    parts += (b"\r\n", body)
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(b"".join(parts))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True
