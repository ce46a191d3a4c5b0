"""Passwords: set, changed, refused in three ways, over a connection that stays open."""

import threading
import time

import pytest
from attrs import evolve

from ecma2py.entries import CSEntryChange
from ecma2py.errors import (
    ConfigurationError,
    ObjectNotFoundError,
    OldPasswordIncorrectError,
    PasswordExtensionError,
    PasswordIllFormedError,
    PasswordPolicyViolationError,
    ServerDownError,
)
from ecma2py.parameters import SecureString
from ecma2py.runs import CallTimeoutError, PasswordSession, SessionClosedError
from ecma2py.steps import ConnectionSecurityLevel
from tests.runs.zoo import NO_DN, Base, Target

ANN = CSEntryChange.update("person", {"id": "1"})
NEW, OLD = SecureString("N3w-secret"), SecureString("0ld-secret")


@pytest.fixture
def target():
    return Target()


@pytest.fixture
def session(target):
    made = PasswordSession(target.source(timeout=5), idle_seconds=60)
    yield made
    made.close()


def raising(error):
    def hook(*_):
        raise error

    return hook


def test_one_connection_serves_several_passwords(target, session):
    """Open once, set and change, Close once at the end."""
    session.set_password(ANN, NEW)
    session.change_password(ANN, OLD, NEW)
    session.close()
    session.close()
    assert target.names()[1:] == [
        "open_password_connection",
        "set_password",
        "change_password",
        "close_password_connection",
    ]
    assert target.calls[3][2:] == ("0ld-secret", "N3w-secret")
    with pytest.raises(SessionClosedError):
        session.set_password(ANN, NEW)


@pytest.mark.parametrize(
    "kind",
    [
        PasswordPolicyViolationError,
        PasswordIllFormedError,
        PasswordExtensionError,
        OldPasswordIncorrectError,
        ObjectNotFoundError,
    ],
)
def test_a_refusal_is_raised_as_it_is_and_leaves_the_connection_open(target, session, kind):
    """The kind of refusal reaches the caller, without the passwords; the next one goes on."""
    target.hooks["change_password"] = raising(kind("N3w-secret after 0ld-secret"))
    with pytest.raises(kind, match=r"\*\*\* after \*\*\*"):
        session.change_password(ANN, OLD, NEW)
    session.set_password(ANN, NEW)
    assert target.names().count("open_password_connection") == 1


def test_any_other_exception_is_an_extension_error_and_reopens(target, session):
    """A foreign exception is PasswordExtensionError; the connection is closed and opened anew."""
    target.hooks["set_password"] = raising(KeyError("N3w-secret"))
    with pytest.raises(PasswordExtensionError, match="KeyError") as caught:
        session.set_password(ANN, NEW)
    assert "N3w-secret" not in f"{caught.value!r}{caught.value.__cause__!r}"
    target.hooks.clear()
    session.set_password(ANN, NEW)
    assert target.names().count("open_password_connection") == 2
    assert target.names().count("close_password_connection") == 1


def test_a_server_that_is_down_is_told_as_such(target, session):
    """An ECMA2 error keeps its kind; Close is called although Open failed."""
    target.hooks["open_password_connection"] = raising(ServerDownError("gone"))
    target.hooks["close_password_connection"] = raising(ValueError("x"))
    with pytest.raises(ServerDownError):
        session.set_password(ANN, NEW)
    assert target.names().count("close_password_connection") == 1


def test_a_hanging_call_times_out(target):
    """SetPassword that does not come back is given up."""
    release = threading.Event()
    target.hooks["set_password"] = lambda *_: release.wait()
    session = PasswordSession(target.source(timeout=0.05))
    with pytest.raises(CallTimeoutError, match="set_password"):
        session.set_password(ANN, NEW)
    release.set()
    session.close()


def test_a_connection_that_is_not_secure_needs_to_be_allowed():
    """NotSecure is refused before any password is sent, unless the host allows it."""
    target = Target(security=ConnectionSecurityLevel.NOT_SECURE)
    session = PasswordSession(target.source())
    with pytest.raises(PasswordExtensionError, match="not secure"):
        session.set_password(ANN, NEW)
    assert target.passwords == {}
    assert target.names()[-1] == "close_password_connection"
    allowed = PasswordSession(target.source(), allow_not_secure=True)
    allowed.set_password(ANN, NEW)
    allowed.close()
    assert target.passwords == {"1": "N3w-secret"}


def test_an_idle_connection_closes_by_itself(target):
    """After idle_seconds Close is called; the next password opens anew."""
    session = PasswordSession(target.source(), idle_seconds=0.03)
    session.set_password(ANN, NEW)
    end = time.monotonic() + 5
    while "close_password_connection" not in target.names():
        assert time.monotonic() < end
        time.sleep(0.005)
    session.set_password(ANN, NEW)
    session.close()
    assert target.open_now == 0


def test_a_connector_without_passwords_refuses(target):
    """The interface or its capability is missing."""
    with pytest.raises(ConfigurationError, match="cannot set passwords"):
        PasswordSession(target.source(Base)).set_password(ANN, NEW)


def test_without_concurrency_others_get_in_between(target):
    """A password connection gives way as soon as somebody waits."""
    target.capabilities = evolve(NO_DN, concurrent_operation=False)
    source = target.source()
    one, two = PasswordSession(source), PasswordSession(source)
    one.set_password(ANN, NEW)
    two.set_password(ANN, NEW)
    started, release = threading.Event(), threading.Event()
    target.hooks["set_password"] = lambda *_: started.set() or release.wait(5)
    busy = threading.Thread(target=two.set_password, args=(ANN, NEW))
    busy.start()
    assert started.wait(5)
    waiting = threading.Thread(target=one.set_password, args=(ANN, NEW))
    waiting.start()
    while not source.gate._waiting:
        time.sleep(0.001)
    release.set()
    busy.join(5)
    waiting.join(5)
    one.close()
    two.close()
    assert target.most_open == 1
