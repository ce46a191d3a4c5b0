"""Setting and changing passwords over a connection that stays open for several of them."""

import logging
import threading
from collections.abc import Callable

from ecma2py.entries import CSEntryChange
from ecma2py.errors import (
    ConfigurationError,
    ECMA2Error,
    EntryError,
    PasswordError,
    PasswordExtensionError,
)
from ecma2py.parameters import SecureString
from ecma2py.partitions import Partition
from ecma2py.runs.errors import SessionClosedError
from ecma2py.runs.gate import RunGate
from ecma2py.runs.instance import ConnectorInstance
from ecma2py.runs.source import ConnectorSource
from ecma2py.steps import ConnectionSecurityLevel, PasswordOptions

logger = logging.getLogger("ecma2py.runs")


class PasswordSession:
    """One password at a time; the connection closes when idle and opens anew after a failure.

    A refusal of the target is raised: ``PasswordPolicyViolationError``, ``PasswordIllFormedError``,
    ``OldPasswordIncorrectError``, an ``EntryError`` such as ``ObjectNotFoundError``, or
    ``PasswordExtensionError`` for all else that is no ECMA2 error. No error text holds a password.

    A connection that is not secure is refused unless *allow_not_secure*.
    """

    def __init__(
        self,
        source: ConnectorSource,
        *,
        partition: Partition | None = None,
        idle_seconds: float = 30.0,
        allow_not_secure: bool = False,
    ) -> None:
        self._source = source
        self._partition = partition
        self._idle_seconds = idle_seconds
        self._allow_not_secure = allow_not_secure
        self._lock = threading.Lock()
        self._instance: ConnectorInstance | None = None
        self._gate: RunGate | None = None
        self._timer: threading.Timer | None = None
        self._is_wanted = False
        self._is_closed = False

    def set_password(
        self,
        entry: CSEntryChange,
        new_password: SecureString,
        options: PasswordOptions = PasswordOptions.NONE,
    ) -> None:
        """Give the object a password without knowing the old one; return only if it has it."""
        self._do(
            lambda instance: instance.call("set_password", entry, new_password, options),
            new_password,
        )

    def change_password(
        self, entry: CSEntryChange, old_password: SecureString, new_password: SecureString
    ) -> None:
        """Change the password of an object whose old one is known."""
        self._do(
            lambda instance: instance.call("change_password", entry, old_password, new_password),
            old_password,
            new_password,
        )

    def close(self) -> None:
        """Close the connection; no password can be set any more."""
        with self._lock:
            self._is_closed = True
            self._disconnect()

    def _do(self, work: Callable[[ConnectorInstance], object], *secrets: SecureString) -> None:
        with self._lock:
            if self._is_closed:
                raise SessionClosedError("The password session is closed.")
            if self._timer is not None:
                self._timer.cancel()
            try:
                work(self._connected())
            except Exception as error:  # noqa: BLE001  told anew, without secrets
                if not isinstance(error, (PasswordError, EntryError)):
                    self._disconnect()
                raise self._told(error, secrets) from None
            finally:
                self._rest()

    def _told(self, error: Exception, secrets: tuple[SecureString, ...]) -> Exception:
        """What the caller learns of *error*; a foreign exception becomes a password error."""
        clean = self._source.redactor.also(*secrets)
        mended = clean.clean_error(error)
        if isinstance(error, ECMA2Error):
            return mended
        text = f"{type(error).__name__}: {mended}" if mended is error else str(mended)
        told = PasswordExtensionError(text)
        told.__cause__ = mended
        return told

    def _connected(self) -> ConnectorInstance:
        """The open connector; one that is not open yet is opened."""
        if self._instance is not None:
            return self._instance
        if not self._source.describe().can_set_password:
            raise ConfigurationError(f"Connector {self._source.name} cannot set passwords.")
        gate = self._source.gate
        if gate is not None:
            gate.acquire(wanted=self._wanted)
            self._gate = gate
        try:
            self._instance = self._source.start()
            self._open(self._instance)
        except BaseException:
            self._disconnect()
            raise
        return self._instance

    def _open(self, instance: ConnectorInstance) -> None:
        instance.call("open_password_connection", self._source.parameters, self._partition)
        level = instance.call("get_connection_security_level")
        if level != ConnectionSecurityLevel.SECURE and not self._allow_not_secure:
            raise PasswordExtensionError(
                "The connection to the target is not secure: protect it, or allow passwords over "
                "connections that are not."
            )

    def _disconnect(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        instance, self._instance = self._instance, None
        try:
            if instance is not None:
                instance.close("close_password_connection")
        except Exception as error:  # noqa: BLE001  the passwords are set; the next one opens anew
            logger.warning("Closing the password connection failed: %s", error)
        finally:
            if instance is not None:
                instance.end()
            self._is_wanted = False
            gate, self._gate = self._gate, None
            if gate is not None:
                gate.release()

    def _rest(self) -> None:
        """Leave the connection open for a while, or close it at once if a run waits for it."""
        if self._is_wanted or self._instance is None:
            self._disconnect()
            return
        self._timer = threading.Timer(self._idle_seconds, self._on_idle)
        self._timer.daemon = True
        self._timer.start()

    def _on_idle(self) -> None:
        with self._lock:
            if self._timer is threading.current_thread():
                self._disconnect()

    def _wanted(self) -> None:
        self._is_wanted = True
        if self._lock.acquire(blocking=False):
            try:
                if self._is_wanted:
                    self._disconnect()
            finally:
                self._lock.release()
