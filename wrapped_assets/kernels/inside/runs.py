"""Kernels for intervals that follow each other, and for days in a row."""

from __future__ import annotations

import numpy as np


def is_in_order(first: np.ndarray, second: np.ndarray) -> bool:
    """Returns whether the rows are sorted by two columns."""
    for row in range(1, len(first)):
        if first[row] < first[row - 1] or (first[row] == first[row - 1] and second[row] < second[row - 1]):
            return False
    return True


def joined(group: np.ndarray, start: np.ndarray, end: np.ndarray, gap: int, sums: np.ndarray) -> tuple[np.ndarray, ...]:
    """Returns the intervals of each group, joined where the next starts at most `gap` after all before it ended: group, start, end, sums.

    Rows are sorted by group, then by start. `sums` has a row per figure that is added up, and a column per interval.
    """
    figures, rows = sums.shape
    count = 0
    groups, starts, ends, totals = group.copy(), start.copy(), end.copy(), np.zeros((figures, rows), np.int64)
    for row in range(rows):
        if count == 0 or group[row] != groups[count - 1] or start[row] - ends[count - 1] > gap:
            groups[count], starts[count], ends[count] = group[row], start[row], end[row]
            count += 1
        ends[count - 1] = max(ends[count - 1], end[row])
        for figure in range(figures):
            totals[figure, count - 1] += sums[figure, row]
    return groups[:count], starts[:count], ends[:count], totals[:, :count]


def longest_runs(order: np.ndarray, starts: np.ndarray, month: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns, per group, the length of its longest run of days and the run's first day; of equals the earliest. 0 days where none is set.

    `month` is the day number of a month's first day, `mask` has a bit per day of it. Rows of a group have different months, in any order.
    """
    groups = len(starts) - 1
    longest, begins = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    for group in range(groups):
        size = starts[group + 1] - starts[group]
        rows = order[starts[group] : starts[group + 1]].copy()
        for at in range(1, size):  # few months, mostly in order
            row, place = rows[at], at - 1
            while place >= 0 and month[rows[place]] > month[row]:
                rows[place + 1] = rows[place]
                place -= 1
            rows[place + 1] = row
        last, length = np.int64(-2), np.int64(0)
        for row in rows:
            left, day = mask[row], month[row]
            while left:
                if left & 1:
                    length = length + 1 if day == last + 1 else 1
                    last = day
                    if length > longest[group]:
                        longest[group], begins[group] = length, day - length + 1
                left, day = left >> 1, day + 1
    return longest, begins
