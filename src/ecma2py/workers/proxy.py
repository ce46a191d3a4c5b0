"""A connector that is elsewhere: it has the interfaces, and no others, of the one in the worker."""

from collections.abc import Iterable
from functools import lru_cache
from operator import is_
from typing import Any

from attrs import evolve

from ecma2py.connector.forwarding import Forwarding, having
from ecma2py.entries import EXPORT_PASSWORD, AttributeChange, CSEntryChange
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.steps import GetImportEntriesResults
from ecma2py.workers.process import Worker
from ecma2py.workers.wire import Encoded


class RemoteConnector(Forwarding):
    """Passes every call to its worker; ``release`` or ``abandon`` ends both."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._begun: tuple[Any, ...] = ()

    @property
    def is_gone(self) -> bool:
        """True once the worker has ended, or been told to."""
        return not self._worker.is_alive

    def begin(self, method: str, *arguments: Any) -> None:
        """The worker is at this call; made next with these very objects, it gets the answer."""
        self._begin(method, arguments)
        self._begun = (method, *arguments)

    def call_unread(self, method: str, *arguments: Any) -> Any:
        """What the method returns; ``read_entries`` gives the entries in it."""
        call = (method, *arguments)
        if len(call) != len(self._begun) or not all(map(is_, call, self._begun)):
            self._forget()
            self._begin(method, arguments)
        self._begun = ()
        return self._worker.answer(method)

    def read_entries(self, answer: Any) -> Any:
        """The same with its entries; ``ConnectorDiedError`` if the worker sent what is none."""
        if isinstance(answer, Encoded):
            return self._worker.read(answer)
        if isinstance(answer, GetImportEntriesResults) and isinstance(answer.cs_entries, Encoded):
            return evolve(answer, cs_entries=self._worker.read(answer.cs_entries))
        return answer

    def abandon(self) -> None:
        """A call was given up: the worker is killed, so that nothing hangs on."""
        self._worker.kill("did not come back from a call, and was ended")

    def release(self) -> None:
        """There will be no more calls: the worker ends."""
        self._worker.let_go()

    def _read(self, name: str) -> Any:
        self._forget()
        return self._worker.ask("read", name, name)

    def _call(self, method: str, *arguments: Any) -> Any:
        return self.read_entries(self.call_unread(method, *arguments))

    def _begin(self, method: str, arguments: tuple[Any, ...]) -> None:
        self._worker.hide(_secrets(arguments))
        self._worker.begin("call", [method, list(arguments)], method)

    def _forget(self) -> None:
        """Nobody will ask for what was begun: the worker answers in turn."""
        if self._begun:
            self._begun = ()
            self._worker.pass_over()


def remote_connector(worker: Worker, interfaces: Iterable[str]) -> RemoteConnector:
    """What satisfies the protocols with these names by asking *worker*."""
    return _class(frozenset(interfaces))(worker)


@lru_cache(maxsize=64)
def _class(interfaces: frozenset[str]) -> type[RemoteConnector]:
    return having(RemoteConnector, interfaces)


def _secrets(arguments: Iterable[Any]) -> Iterable[SecureString | str]:
    """All that a connector is given and must not print."""
    found: list[SecureString | str] = []
    for each in arguments:
        if isinstance(each, SecureString):
            found.append(each)
        elif isinstance(each, ConfigParameters):
            found += each.secrets
        elif isinstance(each, list):
            for entry in each:
                found += _initial_password(entry)
    return found


def _initial_password(entry: Any) -> list[str]:
    if not isinstance(entry, CSEntryChange):
        return []
    if not entry.changes:
        plain = entry.attributes.get(EXPORT_PASSWORD)
        return [plain] if isinstance(plain, str) else []
    change = entry.attribute_changes.get(EXPORT_PASSWORD)
    values = change.values if isinstance(change, AttributeChange) else ()
    return [each for each in values if isinstance(each, str)]
