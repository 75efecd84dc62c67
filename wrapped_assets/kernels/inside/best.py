"""Kernels that number equal keys, and find and rank the best rows of each group."""

from __future__ import annotations

import numpy as np

from wrapped_assets.kernels.inside.ordering import FEW


def dense_codes(keys: np.ndarray) -> np.ndarray:
    """Returns a number per row, from 0 on in the order in which the keys come; equal keys have the same."""
    rows, distinct, size = len(keys), 0, 16
    slots, seen, codes = np.full(16, -1, np.int64), np.zeros(16, np.int64), np.zeros(rows, np.int64)
    for row in range(rows):
        if row > 0 and keys[row] == keys[row - 1]:
            codes[row] = codes[row - 1]
            continue
        slot = ((keys[row] * np.int64(-7046029254386353131)) >> np.int64(29)) & (size - 1)
        while slots[slot] >= 0 and seen[slots[slot]] != keys[row]:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot], seen[distinct] = distinct, keys[row]
            codes[row] = distinct
            distinct += 1
            if 2 * distinct >= size:  # the table stays at most half full, and as small as the number of keys allows
                size, known = 4 * size, seen
                slots, seen = np.full(size, -1, np.int64), np.zeros(size, np.int64)
                seen[:distinct] = known[:distinct]
                for code in range(distinct):
                    slot = ((seen[code] * np.int64(-7046029254386353131)) >> np.int64(29)) & (size - 1)
                    while slots[slot] >= 0:
                        slot = (slot + 1) & (size - 1)
                    slots[slot] = code
        else:
            codes[row] = slots[slot]
    return codes


def marked_smallest(groups: np.ndarray, values: np.ndarray, limit: int) -> np.ndarray:
    """Marks the `limit` smallest values of each group, and all that equal the largest of these. Groups are numbers from 0 on.

    A group keeps its smallest values in a heap whose first is their largest: most rows are compared with that one and are done.
    """
    count = 0
    for group in groups:
        count = max(count, group + 1)
    heaps, sizes = np.zeros((count, limit), values.dtype), np.zeros(count, np.int64)
    for row in range(len(groups)):
        heap, value = heaps[groups[row]], values[row]
        if sizes[groups[row]] < limit:  # at the end, then up
            at = sizes[groups[row]]
            sizes[groups[row]] += 1
            while at > 0 and heap[(at - 1) // 2] < value:
                heap[at] = heap[(at - 1) // 2]
                at = (at - 1) // 2
            heap[at] = value
        elif value < heap[0]:  # at the start, then down
            at = 0
            while 2 * at + 1 < limit:
                below = 2 * at + 1
                if below + 1 < limit and heap[below + 1] > heap[below]:
                    below += 1
                if heap[below] <= value:
                    break
                heap[at] = heap[below]
                at = below
            heap[at] = value
    marked = np.zeros(len(groups), np.bool_)
    for row in range(len(groups)):
        marked[row] = sizes[groups[row]] < limit or values[row] <= heaps[groups[row], 0]
    return marked


def first_of_groups(groups: np.ndarray, terms: np.ndarray, limit: int) -> np.ndarray:
    """Returns the first `limit` rows of each group and their ranks from 1, as two rows of numbers: by group, then by the terms.

    Groups are numbers from 0 on; `terms` has a row per term of the order, the first one first. Rows are sorted by one term, and only where
    some tie by the next: runs of ties that begin after the limit stay as they are.
    """
    rows, count = len(groups), 0
    for group in groups:
        count = max(count, group + 1)
    begins, order, ties, found = np.zeros(count + 1, np.int64), np.zeros(rows, np.int64), np.ones(rows, np.bool_), 0
    for group in groups:
        begins[group + 1] += 1
    for group in range(count):
        begins[group + 1] += begins[group]
    cursor, chosen = begins.copy(), np.zeros((2, rows), np.int64)
    for row in range(rows):
        order[cursor[groups[row]]] = row
        cursor[groups[row]] += 1
    for group in range(count):
        first, end = begins[group], begins[group + 1]
        last, tied = min(end, first + limit), True
        for term in terms:
            if not tied:
                break
            tied, begin = False, first
            while begin < last:
                stop = begin + 1
                while stop < end and ties[stop]:  # with the row before it, by the terms so far
                    stop += 1
                if stop - begin > 1:
                    tied = True
                    if stop - begin <= FEW:
                        for at in range(begin + 1, stop):
                            row, before = order[at], at - 1
                            while before >= begin and term[order[before]] > term[row]:
                                order[before + 1] = order[before]
                                before -= 1
                            order[before + 1] = row
                    else:
                        inside = order[begin:stop].copy()
                        order[begin:stop] = inside[np.argsort(term[inside])]
                    for at in range(begin + 1, stop):
                        ties[at] = term[order[at]] == term[order[at - 1]]
                begin = stop
        for at in range(first, last):
            chosen[0, found], chosen[1, found] = order[at], at - first + 1
            found += 1
    return chosen[:, :found]
