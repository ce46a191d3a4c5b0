"""One connector object at work: all calls go through a thread of its own, no error has a secret."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from ecma2py.connector.protocols import INTERFACES
from ecma2py.runs.calls import ConnectorThread
from ecma2py.runs.elsewhere import Elsewhere
from ecma2py.runs.errors import CallCancelledError, CallTimeoutError
from ecma2py.runs.redaction import Redactor

logger = logging.getLogger("ecma2py.runs")


class ConnectorInstance:
    """One connector object in its own thread; all calls go through it, one after another.

    Once *cancel* is set, no call is waited for long. Errors come out as the connector raised them,
    freed of secrets. A connector that is ``Elsewhere`` is abandoned with a call that is given up.
    """

    def __init__(
        self,
        factory: Callable[[], object],
        thread: ConnectorThread,
        *,
        redactor: Redactor,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._timeout = timeout
        self._cancel = cancel
        self.redactor = redactor
        self.thread = thread
        self.connector: object = None
        self._elsewhere: Elsewhere | None = None  # asked once: a look at a protocol takes long
        self.interfaces: frozenset[type]
        try:
            self.connector, self.interfaces = self._run(
                lambda: _made(factory, thread), what="making the connector"
            )
            if isinstance(self.connector, Elsewhere):
                self._elsewhere = self.connector
        except BaseException:
            thread.end()
            raise

    def call(self, method: str, *args: Any) -> Any:
        """What the connector's *method* returns, or raises; see ``ConnectorThread.call``."""
        connector = self.connector
        return self._run(lambda: getattr(connector, method)(*args), what=method)

    @property
    def is_elsewhere(self) -> bool:
        """True if the connector is not in this process, so that a call can be begun."""
        return self._elsewhere is not None

    def begin(self, method: str, *args: Any) -> None:
        """Begin a call of a connector that is elsewhere; the same call then gets its answer."""
        elsewhere = self._elsewhere
        assert elsewhere is not None
        self._run(lambda: elsewhere.begin(method, *args), what=method)

    def call_unread(self, method: str, *args: Any) -> Any:
        """As ``call``, but entries that came from elsewhere are still to be read."""
        elsewhere = self._elsewhere
        if elsewhere is None:
            return self.call(method, *args)
        return self._run(lambda: elsewhere.call_unread(method, *args), what=method)

    def read_entries(self, answer: Any) -> Any:
        """What ``call_unread`` gave, with its entries."""
        return self.call("read_entries", answer) if self.is_elsewhere else answer

    def read(self, attribute: str) -> Any:
        """The value of a property of the connector."""
        connector = self.connector
        return self._run(lambda: getattr(connector, attribute), what=attribute)

    def close(self, method: str, *args: Any) -> Any:
        """Call the closing *method*: now, or, if a call hangs, as soon as that one ends.

        Returns None in the second case; what then goes wrong is only logged. A connector that is
        gone is not called.
        """
        if self._elsewhere is not None and self._elsewhere.is_gone:
            return None
        if not self.thread.is_given_up:
            return self.call(method, *args)
        connector, redactor = self.connector, self.redactor

        def late() -> None:
            try:
                getattr(connector, method)(*args)
            except Exception as error:  # noqa: BLE001  nobody waits for it any more
                logger.warning("%s after a time-out failed: %s", method, redactor.clean(str(error)))

        self.thread.owe(late)
        return None

    def end(self) -> None:
        """No more calls: the thread ends after those already taken."""
        if self._elsewhere is not None:
            self.thread.owe(self._elsewhere.release)
        self.thread.end()

    def _run(self, function: Callable[[], Any], *, what: str) -> Any:
        try:
            return self.thread.call(function, what=what, timeout=self._timeout, cancel=self._cancel)
        except Exception as error:
            is_given_up = isinstance(error, (CallTimeoutError, CallCancelledError))
            if is_given_up and self._elsewhere is not None:
                self._elsewhere.abandon()
            mended = self.redactor.clean_error(error)
            if mended is error:
                raise
            raise mended from None


def _made(factory: Callable[[], object], thread: ConnectorThread) -> tuple[object, frozenset[type]]:
    connector = factory()
    if thread.is_given_up and isinstance(connector, Elsewhere):
        connector.release()  # too late: nobody waits for it any more
    return connector, frozenset(each for each in INTERFACES if isinstance(connector, each))
