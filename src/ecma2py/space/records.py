"""What goes into the connector space and what comes out of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from attrs import Factory, field, frozen

from ecma2py.entries import CSEntryChange
from ecma2py.schema import Value, Values
from ecma2py.space.documents import decode_anchor, typed_document


@frozen
class MatchRule:
    """Objects are looked up by this attribute: it gets an index when the space is opened."""

    object_type: str
    attribute: str
    case_exact: bool = field(default=False, kw_only=True)


@frozen(eq=False)
class SpaceObject:
    """One object as the space holds it; a later change makes another ``SpaceObject``."""

    id: str
    """The SCIM id; never changes, whatever happens to the anchor or the DN."""
    object_type: str
    row: int
    """The object's place in the stable order; never given to another object."""
    version: int
    """Grows with every change and never comes back, not even if the object is made anew."""
    created: str
    """ISO 8601 in UTC with milliseconds, as is ``modified``."""
    modified: str
    dn: str | None
    key: str = field(repr=False)
    """The object's type and anchor as the space compares them."""
    anchor_document: bytes = field(repr=False)
    document: bytes = field(repr=False)
    """JSON of every stored attribute but multi-valued references; Binary as base64 text."""

    @property
    def reference(self) -> str:
        """The text by which other objects refer to this one: its DN, without DNs its anchor."""
        return self.dn or self.key.partition(":")[2]

    @property
    def anchor(self) -> dict[str, Value]:
        """The anchor by component name; decoded anew at each access."""
        return decode_anchor(self.anchor_document)

    @property
    def attributes(self) -> dict[str, Any]:
        """The document decoded, Binary still as base64 text; decoded anew at each access."""
        decoded: dict[str, Any] = orjson.loads(self.document)
        return decoded

    def typed(self, binary: Collection[str]) -> dict[str, Values]:
        """The attributes as a connector knows them: those named in *binary* as bytes."""
        return typed_document(self.document, binary)


@frozen
class AuditRecord:
    """Who did what to which object, and what came of it; values are not in it."""

    actor: str
    operation: str
    object_type: str = field(default="", kw_only=True)
    object_id: str = field(default="", kw_only=True)
    target: str = field(default="", kw_only=True)
    """The object's reference text in the target."""
    outcome: str = field(default="success", kw_only=True)
    request_id: str = field(default="", kw_only=True)
    detail: str = field(default="", kw_only=True)
    at: str = field(default="", kw_only=True)
    """When it was written, ISO 8601 in UTC; set by the space."""
    number: int = field(default=0, kw_only=True)
    """Its place in the audit; set by the space."""


@frozen
class Write:
    """One change the connector has accepted, to be written through to the space.

    An Update is in AttributeUpdate form: values added and removed. ``new_anchor`` and ``new_dn``
    are what the target assigned beyond what the change says.
    """

    change: CSEntryChange
    id: str | None = field(default=None, kw_only=True)
    """The SCIM id: of the object to change, or to be given to a new one."""
    new_anchor: Mapping[str, Value] | None = field(default=None, kw_only=True)
    new_dn: str | None = field(default=None, kw_only=True)
    audit: AuditRecord | None = field(default=None, kw_only=True)


@frozen
class Refusal:
    """An entry that cannot be stored, and why."""

    entry: CSEntryChange
    reason: str


@frozen
class StageReport:
    """What became of one staged page."""

    staged: int = 0
    unchanged: int = 0
    unknown: Sequence[CSEntryChange] = ()
    """Updates of objects the space does not hold: their complete state is needed."""
    duplicates: Sequence[CSEntryChange] = ()
    """Entries whose anchor was in this full import before; the first one counts."""
    refused: Sequence[Refusal] = ()


@frozen(kw_only=True)
class CommitReport:
    """What an import did to the space."""

    added: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    held: bool = False
    """True if the run waits for an operator's word; then nothing has been changed."""
    would_delete: int = 0
    """How many objects were not seen and are or would be removed."""


@frozen(kw_only=True)
class HeldImport:
    """A full import that waits for an operator, since it would remove too many objects."""

    run_id: int
    kind: str
    would_delete: int
    objects: int
    """How many objects the space held when the import was committed."""
    share: float
    """The share of objects to remove above which it was held."""


@frozen(kw_only=True)
class RunRecord:
    """One run in the history."""

    id: int
    kind: str
    started: str
    finished: str | None = None
    result: str | None = None
    """MIM's word for the outcome; None while it runs, "interrupted" if the process died."""
    detail: str = ""
    counts: Mapping[str, int] = Factory(dict)
    errors: Sequence[Mapping[str, Any]] = ()
