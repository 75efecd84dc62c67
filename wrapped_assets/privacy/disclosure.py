"""What keeps small groups out of published tables: thresholds, merging into Other, dominance, rounding.

None of this is differential privacy: it holds for one frozen release, and a second release of changed data breaks it
(privacy reports say so).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

OTHER = "Other"


@dataclass(frozen=True)
class Cell:
    """One value of a breakdown: how many listeners, and what they add up to."""

    key: str
    listeners: int
    amount: int = 0


def rounded(count: int, step: int = 10) -> int:
    """To the nearest multiple of `step`, halves up."""
    return (2 * count + step) // (2 * step) * step


def two_digits(count: int, least_step: int = 10) -> int:
    """To two significant digits, and at least to the nearest multiple of `least_step`: 1,234 is about 1,200, 67 about 70."""
    return rounded(count, max(least_step, 10 ** (len(str(abs(count))) - 2)))


def merged_into_other(cells: Iterable[Cell], k: int) -> list[Cell]:
    """Cells of at least k listeners, the most first, and one of all the others.

    What is shown never betrays a small cell by subtraction: Other has no listener or at least k, and stands for at least two
    cells, or it takes the smallest one that is shown. Where everything would be in Other, nothing is shown.
    """
    ordered = sorted(cells, key=lambda cell: (-cell.listeners, -cell.amount, cell.key))
    shown = [cell for cell in ordered if cell.listeners >= k and cell.key != OTHER]
    small = [cell for cell in ordered if cell.listeners and (cell.listeners < k or cell.key == OTHER)]
    while shown and small and (sum(cell.listeners for cell in small) < k or len(small) < 2):
        small.append(shown.pop())
    if not shown:
        return []
    if not small:
        return shown
    return [*shown, Cell(OTHER, sum(cell.listeners for cell in small), sum(cell.amount for cell in small))]


def is_dominated(contributions: Sequence[int], p_percent: int, largest_share_percent: int) -> bool:
    """Whether one person's amount could be estimated from the total.

    By the p% rule the second largest contributor must not learn the largest within p %; and the largest must not exceed
    its share of the total. Nobody at all is not dominated.
    """
    first, second = [*sorted(contributions, reverse=True), 0, 0][:2]
    return dominates(first, second, sum(contributions), p_percent, largest_share_percent)


def dominates(first: int, second: int, total: int, p_percent: int, largest_share_percent: int) -> bool:
    """As `is_dominated`, where the two largest contributions and the total are known."""
    return 100 * (total - first - second) < p_percent * first or 100 * first > largest_share_percent * total


def smallest_class(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> int:
    """How many rows the rarest combination of all these columns has; 0 without rows."""
    sizes: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in columns)
        sizes[key] = sizes.get(key, 0) + 1
    return min(sizes.values(), default=0)


def banded(count: int) -> str:
    """A number of people as a band, for reports: nobody learns from two of them who came or went."""
    for least, below in ((1_000_000, None), (100_000, 1_000_000), (10_000, 100_000), (1_000, 10_000), (100, 1_000), (20, 100)):
        if count >= least:
            return f"{least:,} or more" if below is None else f"{least:,} to {below - 1:,}"
    return "fewer than 20"
