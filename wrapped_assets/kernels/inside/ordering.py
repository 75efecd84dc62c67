"""Kernels that order rows by two ids, and reduce the groups that they make."""

from __future__ import annotations

import numpy as np

NEVER = 9223372036854775807


def ordered_inside(listener: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns (order, starts): rows by listener and key, and where each group starts, then the number of rows.

    Both columns are int64 of one length; each listener's rows stand together.
    """
    rows = len(listener)
    order, starts, groups = np.zeros(rows, np.int64), np.zeros(rows + 1, np.int64), 0
    slots, group_of = np.full(256, -1, np.int64), np.zeros(rows, np.int64)
    first = 0
    while first < rows:
        end = first + 1
        while end < rows and listener[end] == listener[first]:
            end += 1
        size = 16
        while size < 2 * (end - first):
            size *= 2
        if size > len(slots):
            slots = np.full(size, -1, np.int64)
        slots[:size] = -1
        keys, sizes = np.zeros(end - first, np.int64), np.zeros(end - first, np.int64)
        distinct = 0
        for row in range(first, end):
            slot = ((key[row] * np.int64(-7046029254386353131)) >> np.int64(29)) & (size - 1)
            while slots[slot] >= 0 and keys[slots[slot]] != key[row]:
                slot = (slot + 1) & (size - 1)
            if slots[slot] < 0:
                slots[slot] = distinct
                keys[distinct] = key[row]
                distinct += 1
            group_of[row] = slots[slot]
            sizes[slots[slot]] += 1
        cursor, begin = np.zeros(distinct, np.int64), first
        for group in np.argsort(keys[:distinct]):
            starts[groups] = begin
            cursor[group] = begin
            begin += sizes[group]
            groups += 1
        for row in range(first, end):
            order[cursor[group_of[row]]] = row
            cursor[group_of[row]] += 1
        first = end
    starts[groups] = rows
    return order, starts[: groups + 1]


def standing_together(listener: np.ndarray) -> np.ndarray:
    """Returns the rows ordered by listener, each one's in their order of before. Fast where long runs of rows have one listener."""
    rows, distinct, size = len(listener), 0, 16
    while size < 2 * rows:
        size *= 2
    slots, code_of, sizes = np.full(size, -1, np.int64), np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    listeners = np.zeros(rows, np.int64)
    for row in range(rows):
        if row > 0 and listener[row] == listener[row - 1]:
            code_of[row] = code_of[row - 1]
        else:
            slot = ((listener[row] * np.int64(-7046029254386353131)) >> np.int64(29)) & (size - 1)
            while slots[slot] >= 0 and listeners[slots[slot]] != listener[row]:
                slot = (slot + 1) & (size - 1)
            if slots[slot] < 0:
                slots[slot], listeners[distinct] = distinct, listener[row]
                distinct += 1
            code_of[row] = slots[slot]
        sizes[code_of[row]] += 1
    cursor, order, begin = np.zeros(distinct, np.int64), np.zeros(rows, np.int64), 0
    for code in np.argsort(listeners[:distinct]):
        cursor[code] = begin
        begin += sizes[code]
    for row in range(rows):
        order[cursor[code_of[row]]] = row
        cursor[code_of[row]] += 1
    return order


def sums_of_groups(order: np.ndarray, starts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns each group's sum."""
    found = np.zeros(len(starts) - 1, np.int64)
    for group in range(len(starts) - 1):
        for place in range(starts[group], starts[group + 1]):
            found[group] += values[order[place]]
    return found


def least_of_groups(order: np.ndarray, starts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns each group's least value."""
    found = np.full(len(starts) - 1, NEVER, np.int64)
    for group in range(len(starts) - 1):
        for place in range(starts[group], starts[group + 1]):
            found[group] = min(found[group], values[order[place]])
    return found
