"""What is handed out to the workers of a build: its units, and before a unit over all listeners the shares of its cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wrapped_assets.building.schedule import Piece, Schedule
from wrapped_assets.building.shares import Part, Share, first_of, is_large, shares_of
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell


class Handout:
    """The pieces of a plan. A unit over all listeners is divided once its inputs are done, for only then it is known how large they are."""

    def __init__(self, situation: Situation, units: Sequence[list[Cell]], asked: Collection[Cell], *, workers: int) -> None:
        """`workers`: how many carry the plan out. Dividing pays for several."""
        self._situation, self._asked, self._workers = situation, asked, workers
        self._schedule = Schedule(situation, units)
        self._pieces: dict[int, Piece] = dict(enumerate(units))
        self._looked_at: set[int] = set()
        self._parts: dict[Cell, list[Part]] = {}

    @property
    def is_done(self) -> bool:
        return self._schedule.is_done

    def next(self, near: int | None) -> int | None:
        """The number of the first piece that waits for nothing, rather of the bucket `near`."""
        while chosen := self._schedule.next(near):
            number, piece = chosen
            if self._workers == 1 or isinstance(piece, Share) or piece[0].bucket is not None or number in self._looked_at:
                return number
            self._divide(number, piece)
        return None

    def _divide(self, number: int, cells: list[Cell]) -> None:
        """Puts the shares of a unit's cells before it. Cells that read others of the unit, and much besides, become a unit of their own."""
        first = first_of(self._situation, cells)
        rest = [cell for cell in cells if cell not in first]
        if not any(is_large(self._situation, cell) for cell in rest):
            first, rest = cells, []
        before = number
        if rest:
            self._pieces[number] = rest
            (before,) = self._add(number, [first])
        self._looked_at.add(before)
        own = first_of(self._situation, first)
        shares = [share for cell in own for share in shares_of(self._situation, cell, self._asked, self._workers)]
        if len(shares) > 1:
            self._add(before, shares)
        self._schedule.give_back(number, self._pieces[number])

    def _add(self, number: int, pieces: Sequence[Piece]) -> list[int]:
        added = self._schedule.put_before(number, pieces)
        self._pieces.update(zip(added, pieces, strict=True))
        return added

    def share(self, number: int) -> Share | None:
        """The share that a piece is; None of a unit."""
        piece = self._pieces[number]
        return piece if isinstance(piece, Share) else None

    def cells(self, number: int) -> list[Cell]:
        """The cells of a unit, or the one of a share."""
        piece = self._pieces[number]
        return [piece.cell] if isinstance(piece, Share) else piece

    def parts(self, number: int) -> list[Part]:
        """What the workers have computed of a unit's cells."""
        return [part for cell in self.cells(number) for part in self._parts.get(cell, ())]

    def take(self, part: Part) -> None:
        self._parts.setdefault(part.share.cell, []).append(part)

    def give_back(self, number: int) -> None:
        """Takes back a piece that was handed out and not carried out."""
        self._schedule.give_back(number, self._pieces[number])

    def finish(self, number: int) -> int:
        """Notes that a piece is carried out; returns how many cells are through with it."""
        self._schedule.finish(number)
        if self.share(number):
            return 0
        for cell in self.cells(number):
            self._parts.pop(cell, None)
        return len(self.cells(number))


def most_at_once(situation: Situation, units: Sequence[list[Cell]], asked: Collection[Cell]) -> int:
    """How many workers may have something to do at the same time, by what is stored now."""
    shares = (sum(len(shares_of(situation, cell, asked)) for cell in unit) if unit[0].bucket is None else 0 for unit in units)
    return sum(max(1, count) for count in shares)
