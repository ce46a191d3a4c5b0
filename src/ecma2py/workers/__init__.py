"""Connectors in processes of their own: what goes wrong in one ends its run, never the host.

``WorkerPool(Recipe(...))`` makes connectors for a ``ConnectorSource``. A worker is told
by its first message what to load (``recipes``); what is passed is specified in ``wire`` and
``pages``, for bridges to other languages as well.
"""

try:
    import msgspec as _msgspec  # noqa: F401
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        "Connectors in processes of their own need msgspec: pip install 'ecma2py[host]'",
        name="msgspec",
    ) from _error

from ecma2py.workers.limits import memory_limit_problem
from ecma2py.workers.pool import WorkerPool
from ecma2py.workers.proxy import RemoteConnector
from ecma2py.workers.recipes import Recipe
from ecma2py.workers.wire import Encoded

__all__ = ["Encoded", "Recipe", "RemoteConnector", "WorkerPool", "memory_limit_problem"]
