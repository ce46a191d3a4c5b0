"""Whether a connector takes a request: not before its first import, and no change if it reads."""

from attrs import frozen

from ecma2py.host.importing import Importer
from ecma2py.runs import Description
from ecma2py.scim.errors import ScimError, unavailable

IMPORT_RETRY_SECONDS = 30
"""What a client is told to wait during the first import."""


@frozen
class Readiness:
    """What one connector can be asked for now."""

    name: str
    _description: Description
    _importer: Importer

    @property
    def is_ready(self) -> bool:
        """True if requests are served from the space: a full import was done, or there is none."""
        return not self._description.can_import or self._importer.can_serve()

    def check_ready(self) -> None:
        """Return if requests can be served; 503 while the first import is under way."""
        if not self.is_ready:
            raise unavailable(
                "The ECMA host is currently importing data from the target application: "
                f"connector {self.name} serves requests once its first full import is done.",
                retry_after=IMPORT_RETRY_SECONDS,
            )

    def check_exports(self) -> None:
        """Return if the connector can write; 403 if it only reads."""
        if not self._description.can_export:
            raise ScimError(403, f"Connector {self.name} only imports: nothing can be changed.")
