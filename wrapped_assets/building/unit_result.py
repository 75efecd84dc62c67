"""What became of the cells of a unit."""

from __future__ import annotations

from dataclasses import dataclass, field

from wrapped_assets.vocabulary.periods import Cell


@dataclass
class UnitResult:
    """What became of a unit's cells."""

    recomputed: list[Cell] = field(default_factory=list)
    cut_off: list[Cell] = field(default_factory=list)
    failed: list[tuple[Cell, str]] = field(default_factory=list)

    @property
    def failed_cells(self) -> set[Cell]:
        return {cell for cell, _ in self.failed}

    def take(self, other: UnitResult) -> None:
        """Adds what became of other cells."""
        self.recomputed.extend(other.recomputed)
        self.cut_off.extend(other.cut_off)
        self.failed.extend(other.failed)
