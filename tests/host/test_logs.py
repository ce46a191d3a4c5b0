"""Logs are one event a line, belong to a request, and never hold a secret."""

import contextvars
import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st

from ecma2py.host import logs
from ecma2py.host.config import parse
from ecma2py.host.hosting import configure_logs
from ecma2py.host.secrets import Redactor
from ecma2py.parameters import SecureString
from ecma2py.redaction import MASK


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was before the test, and no secret left registered."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    logs._handler = None
    logs._audit = None
    logs._redactor = Redactor()


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    """The events written so far."""
    return [json.loads(line) for line in stream.getvalue().split("\n")[:-1]]


def configured(level: str = "info", style: str = "json") -> io.StringIO:
    """A stream that gets all events."""
    stream = io.StringIO()
    logs.configure(level, style, stream=stream)
    return stream


def test_an_event_is_one_json_object() -> None:
    """Level, time and the request it belongs to are in every event."""
    stream = configured()
    mark = logs.request_id.set("abc123")
    structlog.get_logger().info("import ended", connector="HR", objects=3, share=0.5, big=2**80)
    logs.request_id.reset(mark)
    (event,) = logged(stream)
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "level": "info",
        "event": "import ended",
        "request_id": "abc123",
        "connector": "HR",
        "objects": 3,
        "share": 0.5,
        "big": 2**80,
    }


def test_library_logs_come_out_the_same_way() -> None:
    """What uvicorn or a connector logs is an event too, with the logger's name."""
    stream = configured()
    logging.getLogger("some.library").warning("lost %s", "connection")
    logging.getLogger("some.library").debug("noise")
    (event,) = logged(stream)
    assert event["event"] == "lost connection"
    assert (event["logger"], event["level"]) == ("some.library", "warning")
    assert "request_id" not in event


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_events_below_the_level_are_not_written(level: str) -> None:
    """Only events as severe as the level come out, from structlog and logging alike."""
    stream = configured(level)
    names = ["debug", "info", "warning", "error"]
    for name in names:
        getattr(structlog.get_logger(), name)("x")
        getattr(logging.getLogger("a"), name)("x")
    expected = [each for name in names[names.index(level) :] for each in (name, name)]
    assert [event["level"] for event in logged(stream)] == expected


def test_configuring_again_replaces_the_first() -> None:
    """A reload changes where, what and how is logged, and nothing is logged twice."""
    first = configured()
    logger = structlog.get_logger()
    second = configured("warning")
    logger.info("quiet")
    logger.warning("loud")
    logging.getLogger("a").warning("library")
    assert first.getvalue() == ""
    assert [event["event"] for event in logged(second)] == ["loud", "library"]


def test_secret_keys_never_show_their_value() -> None:
    """A key that names a secret is enough, registered or not."""
    stream = configured()
    structlog.get_logger().info(
        "x",
        password="a",
        nested={"Authorization": "Bearer b"},
        api_key=b"c",
        held=SecureString("d"),
    )
    (event,) = logged(stream)
    assert event["password"] == event["api_key"] == event["held"] == MASK
    assert event["nested"] == {"Authorization": MASK}


def test_an_exception_is_written_without_secrets() -> None:
    """A traceback is kept, the secret in its message or its cause is not."""
    stream = configured()
    logs.register_secrets([SecureString("s3cret-value")])
    try:
        try:
            raise KeyError("s3cret-value")
        except KeyError as error:
            raise RuntimeError("cannot connect with PWD=other;") from error
    except RuntimeError:
        structlog.get_logger().exception("failed")
        logging.getLogger("a").exception("failed")
    for event in logged(stream):
        assert "RuntimeError" in event["exception"]
        assert "s3cret" not in event["exception"]
        assert f"PWD={MASK};" in event["exception"]


def timeless(stream: io.StringIO) -> str:
    """What was logged without its time stamps, whose digits a drawn secret may equal."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", stream.getvalue())


@pytest.mark.parametrize("style", ["json", "text"])
@given(
    secret=st.text(min_size=4, max_size=30), before=st.text(max_size=5), after=st.text(max_size=5)
)
def test_no_registered_secret_is_ever_in_a_line(
    style: str, secret: str, before: str, after: str
) -> None:
    """Whatever the secret and wherever it turns up, the rendered line does not hold it."""
    logs._redactor = Redactor()
    plain = configured("debug", style)
    text = f"{before}{secret}{after}"

    def write(content: str) -> None:
        logger = structlog.get_logger()
        logger.info(content, value=content, nested=[{"k": (content,)}], **{f"k{content}": 1})
        logger.warning("bytes", value=content.encode("utf-8", "surrogatepass"))
        logging.getLogger("library").warning("%s", content)
        try:
            raise KeyError(content)
        except KeyError:
            logger.exception("failed")

    write(before + after)
    # A secret that the frame of a line holds anyway, as "info", says nothing.
    frame = timeless(plain)
    assume(secret not in frame)
    assume(json.dumps(secret)[1:-1] not in frame)
    logs.register_secrets([secret])
    stream = configured("debug", style)
    write(text)
    lines = timeless(stream)
    assert secret not in lines
    if style == "json":
        assert json.dumps(secret)[1:-1] not in lines
        events = [json.loads(line) for line in lines.split("\n")[:-1]]
        assert secret not in str([list(event.values()) for event in events])


@given(text=st.text() | st.text("\n\r\u2028\x1b\x85a"), style=st.sampled_from(["json", "text"]))
def test_an_event_never_spans_two_lines(text: str, style: str) -> None:
    """What a client sent cannot forge a line of its own."""
    stream = configured("info", style)
    structlog.get_logger().info("request", path=text)
    structlog.get_logger().info(text)
    lines = stream.getvalue()
    assert lines.count("\n") == 2
    assert "\r" not in lines
    assert style == "json" or len(lines.splitlines()) == 2
    assert "\x1b" not in stream.getvalue()


def test_text_is_for_people() -> None:
    """The text format shows event, values and tracebacks in lines."""
    stream = configured("info", "text")
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger().exception("import failed", connector="HR")
    assert "import failed" in stream.getvalue()
    assert "connector=HR" in stream.getvalue()
    assert "\nValueError: broken" in stream.getvalue()


@pytest.mark.parametrize("level", ["info", "error"])
def test_a_write_leaves_an_audit_line_at_every_level(level: str) -> None:
    """Who, what and how it ended, and attributes by name alone."""
    stream = configured(level)
    written: dict[str, Any] = {"connector": "HR", "object_type": "user", "object_id": "42"}
    logs.audit(
        **written, operation="update", attributes={"mail", "export_password"}, duration=0.0123
    )
    logs.audit(
        **written,
        operation="create",
        outcome="failure",
        error_name="ExportErrorDuplicateAnchor",
        duration=1,
    )
    updated, created = logged(stream)
    assert updated["event"] == "audit"
    assert updated["attributes"] == ["export_password", "mail"]
    assert (updated["outcome"], updated["duration_ms"]) == ("success", 12.3)
    assert created["error_name"] == "ExportErrorDuplicateAnchor"
    assert created["attributes"] == []


def test_an_audit_line_needs_no_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    """A script that never configured logs still leaves its audit on standard error."""
    logs.audit(connector="A", object_type="user", object_id="1", operation="delete", duration=0)
    assert json.loads(capsys.readouterr().err)["operation"] == "delete"


def test_every_event_of_a_request_carries_its_id() -> None:
    """From the moment a request begins, all it causes can be found by its id."""
    stream = configured()

    def serve() -> str:
        begun = logs.new_request_id()
        logs.request_logger().info("request")
        logs.get_logger("ecma2py.schedule").info("import asked for")
        return begun

    begun = contextvars.copy_context().run(serve)
    assert [(event["logger"], event["request_id"]) for event in logged(stream)] == [
        ("ecma2py.request", begun),
        ("ecma2py.schedule", begun),
    ]


def test_secrets_of_the_configuration_are_registered() -> None:
    """What the configuration read from files and environment is known to the redactor."""
    stream = io.StringIO()
    logs.configure("info", "json", [SecureString("hunter22")], stream=stream)
    logs.get_logger("a").info("tried hunter22")
    assert logged(stream)[0]["event"] == f"tried {MASK}"


def test_request_ids_are_taken_over_only_if_harmless() -> None:
    """A client's id is kept when it is short and plain; any other is replaced."""
    assert logs.new_request_id(b"4f6c-88:a/b") == "4f6c-88:a/b"
    for sent in (b"a b", b"x" * 65, b"\n", b"\xff", b"", None):
        made = logs.new_request_id(sent)
        assert len(made) == 16
        assert made != logs.new_request_id(sent)
    logs.request_id.set("")


@pytest.mark.parametrize(
    ("given", "is_terminal", "style"),
    [
        ("", False, "json"),
        ("", True, "text"),
        ("log_format = 'auto'", True, "text"),
        ("log_format = 'json'", True, "json"),
        ("log_format = 'text'", False, "text"),
    ],
)
def test_the_style_follows_the_reader_unless_it_is_given(
    monkeypatch: pytest.MonkeyPatch, given: str, is_terminal: bool, style: str
) -> None:
    """People at a terminal get text, programs get JSON."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs(parse(f"[host]\n{given}\n", Path("ecma2py.toml"), {}))
    structlog.get_logger().info("import", objects=3)
    assert stream.getvalue().startswith("{") is (style == "json")
