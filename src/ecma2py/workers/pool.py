"""Where connectors in workers come from: warm ones are kept ready, and all end with the pool."""

import logging
import threading
import weakref
from collections import deque

from attrs import define, field

from ecma2py.connector.died import ConnectorDiedError
from ecma2py.workers.process import Worker
from ecma2py.workers.proxy import RemoteConnector, remote_connector
from ecma2py.workers.recipes import Recipe

logger = logging.getLogger("ecma2py.workers")


@define(eq=False)
class _Shelf:
    """The workers of a pool."""

    lock: threading.Lock = field(factory=threading.Lock)
    warm: deque[Worker] = field(factory=deque)
    busy: "weakref.WeakSet[Worker]" = field(factory=weakref.WeakSet)
    is_filling: bool = False
    is_closed: bool = False

    def close(self) -> None:
        """End every worker that does not end already."""
        with self.lock:
            self.is_closed = True
            workers = [each for each in (*self.warm, *self.busy) if not each.is_let_go]
            self.warm.clear()
        for each in workers:
            each.kill("was ended, since its connector is closed")


class WorkerPool:
    """Makes a connector, each time in a process of its own: a factory for a ``ConnectorSource``.

    *warm* workers have the connector's code loaded and wait for their run, so that it begins at
    once; the first of them is started when the first connector has been made. Thread-safe. All
    workers end when the pool is closed, or nobody has it any more.
    """

    def __init__(self, recipe: Recipe, *, warm: int = 1) -> None:
        self.recipe = recipe
        self._wanted = warm
        self._shelf = _Shelf()
        self._finalizer = weakref.finalize(self, self._shelf.close)

    def __call__(self) -> RemoteConnector:
        """A fresh connector; raises what loading or making it raises.

        ``ConnectorDiedError`` says how its worker ended, or that the pool is closed.
        """
        worker = self._warm_one()
        if worker is not None:
            try:
                return self._made(worker)
            except ConnectorDiedError as error:
                if self._shelf.is_closed:
                    raise
                logger.info("A waiting worker was of no use, a new one is started: %s", error)
        return self._made(self._loaded())

    def close(self) -> None:
        """End every worker, also one in the middle of a call; no more connectors are made."""
        self._finalizer()

    @property
    def running(self) -> int:
        """How many workers run, those included that wait for a run."""
        with self._shelf.lock:
            return sum(each.is_alive for each in (*self._shelf.warm, *self._shelf.busy))

    def _warm_one(self) -> Worker | None:
        with self._shelf.lock:
            while self._shelf.warm:
                worker = self._shelf.warm.popleft()
                if worker.is_alive:
                    return worker
        return None

    def _made(self, worker: Worker) -> RemoteConnector:
        try:
            self._keep(worker)
            with worker.within(self.recipe.start_seconds):
                interfaces = worker.ask("make", None, "making the connector")
        except BaseException:
            worker.kill("was ended, since its connector could not be made")
            worker.let_go()
            raise
        self._fill()
        return remote_connector(worker, interfaces)

    def _loaded(self) -> Worker:
        worker = Worker(self.recipe)
        try:
            self._keep(worker)
            with worker.within(self.recipe.start_seconds):
                worker.load()
        except BaseException:
            worker.kill("was ended, since its connector could not be loaded")
            worker.let_go()
            raise
        return worker

    def _keep(self, worker: Worker) -> None:
        """See to it that the worker ends with the pool."""
        with self._shelf.lock:
            if not self._shelf.is_closed:
                self._shelf.busy.add(worker)
                return
        raise ConnectorDiedError(f"Connector {self.recipe.name} is closed.")

    def _fill(self) -> None:
        """Start, in the background, the workers that are to wait."""
        shelf = self._shelf
        with shelf.lock:
            if shelf.is_filling or shelf.is_closed or len(shelf.warm) >= self._wanted:
                return
            shelf.is_filling = True
        name = f"connector {self.recipe.name} warm workers"
        threading.Thread(target=self._fill_now, name=name, daemon=True).start()

    def _fill_now(self) -> None:
        shelf = self._shelf
        try:
            while self._lacks_one():
                worker = self._loaded()
                with shelf.lock:
                    if not shelf.is_closed:
                        shelf.warm.append(worker)
                        shelf.busy.discard(worker)
                        continue
                worker.kill("was ended, since its connector is closed")
        except Exception as error:  # noqa: BLE001  who next makes a connector is told
            shelf.is_filling = False
            if not shelf.is_closed:
                logger.info("No worker waits for connector %s: %s", self.recipe.name, error)

    def _lacks_one(self) -> bool:
        """Whether one more is to wait; who takes one later starts to fill anew."""
        shelf = self._shelf
        with shelf.lock:
            shelf.is_filling = not shelf.is_closed and len(shelf.warm) < self._wanted
            return shelf.is_filling
