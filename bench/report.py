"""What a measurement found: tables for people, and a row for each target it answers."""

from collections.abc import Callable, Sequence
from typing import Literal

from attrs import frozen

Cell = str | float | int


@frozen
class Row:
    """One target and what was measured."""

    target: str
    measured: float
    bound: float
    sense: Literal[">=", "<"]
    unit: str = "x"

    @property
    def met(self) -> bool:
        """True if the target is met."""
        return self.measured >= self.bound if self.sense == ">=" else self.measured < self.bound


def table(title: str, head: Sequence[str], lines: Sequence[Sequence[Cell]]) -> None:
    """Print aligned columns; the first to the left, figures to the right."""
    texts = [list(head), *([_text(cell) for cell in line] for line in lines)]
    widths = [max(len(line[at]) for line in texts) for at in range(len(head))]
    print(f"\n{title}")
    for number, line in enumerate(texts):
        first, *rest = zip(line, widths, strict=True)
        shown = "  ".join([first[0].ljust(first[1]), *(cell.rjust(w) for cell, w in rest)])
        print(shown.rstrip())
        if not number:
            print("  ".join("-" * width for width in widths), flush=True)


def summary(rows: Sequence[Row]) -> None:
    """Print every target, what was measured, and whether it is met."""
    lines = [
        (row.target, f"{row.sense} {_text(row.bound)}{_suffix(row)}", _measured(row), _verdict(row))
        for row in rows
    ]
    table("Targets", ("target", "wanted", "measured", ""), lines)


def run(measure: Callable[[bool], list[Row]], arguments: Sequence[str]) -> None:
    """One measurement by itself, from the command line."""
    summary(measure("--quick" in arguments))


def _measured(row: Row) -> str:
    return f"{_text(row.measured)}{_suffix(row)}"


def _suffix(row: Row) -> str:
    return row.unit if row.unit in ("x", "%") else f" {row.unit}"


def _verdict(row: Row) -> str:
    return "met" if row.met else "NOT MET"


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 1000:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"
