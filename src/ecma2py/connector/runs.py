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

    Call ``reading`` just before each query, if there is more than one.
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
    calls: int = field(default=0, init=False, repr=False)
    """How many pages the host has asked for."""
    read_in_call: int = field(default=0, init=False, repr=False)
    """In which of these calls ``reading`` was called last; 0 if it was not."""

    def reading(self) -> None:
        """From now on nothing is yielded that was read earlier.

        An import never undoes a younger export. So that a host knows which is younger, say when
        the target is about to be asked: before each query whose rows are yielded next. Without a
        word, all counts as read when the run was opened: what was exported since then stays, and
        what others have changed since then may show in the next full import only.
        """
        self.read_in_call = self.calls

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
