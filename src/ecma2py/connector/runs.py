"""What a run tells the author of a connector, and what the author tells the run."""

from attrs import define, field

from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.schema import Schema
from ecma2py.steps import OperationType


@define(kw_only=True)
class ImportRun:
    """One import: which objects are wanted, and the watermark of the last good one.

    Set ``next_watermark`` at any time before ``import_entries`` ends; it is stored only if the
    whole run is good, and comes back as ``watermark`` of the next.
    """

    types: Schema
    """The selected types and attributes; anything beyond them is dropped work."""
    import_type: OperationType = OperationType.FULL
    watermark: str | None = None
    page_size: int = 500
    """How many entries the host takes at once; a hint for how many to fetch at once."""
    partition: Partition | None = None
    included: list[HierarchyNode] = field(factory=list)
    excluded: list[HierarchyNode] = field(factory=list)
    next_watermark: str | None = None

    @property
    def is_delta(self) -> bool:
        """True if only what changed since ``watermark`` is wanted."""
        return self.import_type is OperationType.DELTA


@define(kw_only=True)
class ExportRun:
    """One export session, in which any number of batches is written."""

    types: Schema
    partition: Partition | None = None
    batch_size: int = 100
    is_full: bool = False
    """The whole connector space is sent, not only what changed."""
