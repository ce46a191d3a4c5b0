"""One worker process, as its host sees it: asked, let go, or killed; its end is told in words."""

import logging
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from ecma2py.connector.died import ConnectorDiedError
from ecma2py.errors import UnexpectedDataError
from ecma2py.parameters import SecureString
from ecma2py.workers.channel import BrokenChannelError, FrameTooLongError
from ecma2py.workers.codec import Codec
from ecma2py.workers.faults import rebuilt
from ecma2py.workers.job import Job
from ecma2py.workers.output import Output, Secrets
from ecma2py.workers.recipes import Recipe
from ecma2py.workers.starting import started
from ecma2py.workers.wire import Encoded

KILL_SECONDS = 8.0
"""How long the guard of a worker may take to end it; then the guard is killed itself."""
_END_SECONDS = 10.0


class Worker:
    """A process that runs one connector; it ends with this object, and with this process.

    ``ask`` is for one thread at a time, ``kill`` for any.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._secrets = Secrets()
        self._codec = Codec()
        self._codec.keeps_buffers = True
        self._why_killed = ""
        self.is_let_go = False
        """True once it was told to end in its own time."""
        self._channel, self._process, self._job = started(recipe)
        weakref.finalize(self, self._channel.close)
        logger = logging.getLogger(f"ecma2py.connector.{recipe.name}")
        out, err = self._process.stdout, self._process.stderr
        assert out is not None
        assert err is not None
        self._out = Output(out, logger, self._secrets, level=logging.INFO)
        self._err = Output(
            err,
            logger,
            self._secrets,
            level=logging.WARNING,
            ended=partial(_reap, self._process, self._job),
        )

    @property
    def pid(self) -> int:
        """The process to end if all is to end: the guard's, or the worker's own on Windows."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """True until the process has ended, or been told to."""
        return not self._why_killed and self._process.poll() is None

    def hide(self, secrets: Iterable[SecureString | str]) -> None:
        """None of these is in what the connector prints."""
        self._secrets.add(secrets)

    def load(self) -> None:
        """The connector's code is loaded; ``ConfigurationError`` says why it cannot be."""
        recipe = self.recipe
        told = {
            "kind": recipe.kind,
            "settings": recipe.settings,
            "memory_limit_mb": recipe.memory_limit_mb,
            "log_level": logging.getLogger().getEffectiveLevel(),
            "sys_path": sys.path,
        }
        self.ask("load", told, "loading the connector")

    def ask(self, kind: str, argument: Any, what: str) -> Any:
        """The worker's answer; *what* names the request in errors.

        Raises what the connector raised. ``ConnectorDiedError`` says how the process ended instead,
        ``UnexpectedDataError`` that a request is too large to be passed.
        """
        self.begin(kind, argument, what)
        return self.answer(what)

    def begin(self, kind: str, argument: Any, what: str) -> None:
        """Send a request without waiting for its answer; raises what ``ask`` raises for it."""
        request = self._codec.encode(kind, argument)
        try:
            self._channel.send(request)
        except FrameTooLongError as error:
            self._codec.tell_anew()
            raise UnexpectedDataError(
                f"{what} takes {error}: send fewer changes at a time."
            ) from None
        except BrokenChannelError as error:
            self.kill(f"broke the connection ({error})")
            raise self._death(what) from None
        except ValueError:  # the channel is closed
            raise self._death(what) from None

    def answer(self, what: str) -> Any:
        """That to the request begun last, once it is here; raises what ``ask`` raises for it.

        Entries in it are left for ``read``, so that the next request can be sent before.
        """
        body = self._received()
        if body is None:
            raise self._death(what)
        outcome, value = self._decoded(body, what)
        if outcome == "ok":
            return value
        if value["name"] == "MemoryError" and self.recipe.memory_limit_mb is not None:
            self.kill("it reached its memory limit")
            raise ConnectorDiedError(
                f"Connector {self.recipe.name} reached its memory limit of "
                f"{self.recipe.memory_limit_mb} MB in {what}."
            )
        raise rebuilt(value)

    def read(self, entries: Encoded) -> list[Any]:
        """The entries that an answer left; ``ConnectorDiedError`` if they are none."""
        try:
            return self._codec.entries(entries)
        except UnexpectedDataError as error:
            self.kill(f"sent what is no page, and was ended ({error})")
            raise self._death("get_import_entries") from error

    def pass_over(self) -> None:
        """Wait for the answer to the request begun last, and forget it."""
        self._received()  # its end, if it came to that, is told by the next request

    def let_go(self) -> None:
        """End the connection: the worker ends by itself, or is ended two seconds later.

        Only for the thread that asks.
        """
        self.is_let_go = True
        self._channel.close()

    def kill(self, why: str) -> None:
        """End the process and all it started, now; *why* goes on: The worker of X ..."""
        if not self.is_alive:
            return
        self._why_killed = why
        if self._job is not None:
            self._job.end()
            return
        self._process.terminate()
        timer = threading.Timer(KILL_SECONDS, self._process.kill)
        timer.daemon = True
        # At the end of Python no thread can begin, nor would it be there when the time is up.
        with suppress(RuntimeError):
            timer.start()

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """A ``with`` block that the worker does not outlive if it takes longer than *seconds*."""
        if seconds is None:
            yield
            return
        why = f"did not start within {seconds:g} seconds, and was ended"
        timer = threading.Timer(seconds, self.kill, [why])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _received(self) -> memoryview | None:
        """The next answer; None if there will be none."""
        try:
            return self._channel.receive()
        except BrokenChannelError as error:
            self.kill(f"broke the connection ({error})")
        except ValueError:  # the channel is closed
            pass
        return None

    def _decoded(self, body: memoryview, what: str) -> tuple[str, Any]:
        try:
            outcome, value = self._codec.decode(body)
        except (UnexpectedDataError, ValueError) as error:
            self.kill(f"sent what is no answer, and was ended ({error})")
            raise self._death(what) from error
        return outcome, value

    def _death(self, what: str) -> ConnectorDiedError:
        """The error that says how the process ended, once it has."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill("closed the connection, and was ended")
            code = None
        for each in (self._out, self._err):
            each.join(1.0)
        told = f"The worker of connector {self.recipe.name} {self._how(code)} (in {what})."
        limit = self.recipe.memory_limit_mb
        if limit is not None and not self._why_killed and code != 0:
            told += f" Its memory limit is {limit} MB."
        if words := self._err.last_words():
            told += f" Its last words: {words}"
        return ConnectorDiedError(told)

    def _how(self, code: int | None) -> str:
        if self._why_killed or code is None:
            return self._why_killed or "closed the connection"
        if code >= 0:
            return f"ended itself with exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        told = f"was ended by {name}"
        if name == "SIGKILL":
            told += ", which the system sends when memory is short, or somebody did"
        return told


def _reap(process: "subprocess.Popen[bytes]", job: Job | None) -> None:
    """Take note of the end, so that no trace of the process is left."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if job is not None:
        job.close()
