"""The one error that tells of a connector's end rather than of its work."""

from ecma2py.errors import StopRun


class ConnectorDiedError(StopRun):
    """The connector is gone: its thread or its process ended, or too many calls never came back."""
