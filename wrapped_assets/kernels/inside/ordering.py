"""Kernels that order rows by two ids, and reduce the groups that they make."""

from __future__ import annotations

import numpy as np

NEVER = 9223372036854775807
FEW = 24  # rows that are sorted faster one by one


def ordered_inside(listener: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns (order, starts): rows by listener and key, and where each group starts, then the number of rows.

    Both columns are int64 of one length; each listener's rows stand together. All tables have the size of one listener.
    """
    rows, groups, room, size = len(listener), 0, 0, 16
    order, starts, slots = np.zeros(rows, np.int64), np.zeros(rows + 1, np.int64), np.zeros(16, np.int32)
    keys, places, group_of = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32)
    ascending, begins = np.zeros(0, np.int64), np.zeros(1, np.int64)  # the groups by key; where those of about one size begin
    first = 0
    while first < rows:
        end = first + 1
        while end < rows and listener[end] == listener[first]:
            end += 1
        size = 16
        while size < 2 * (end - first):
            size *= 2
        if size > len(slots):
            slots = np.zeros(size, np.int32)
        slots[:size] = -1
        if end - first > room:
            room = 2 * (end - first)
            keys, places, group_of = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room, np.int32)
            ascending, begins = np.zeros(room, np.int64), np.zeros(room + 1, np.int64)
        distinct = 0
        for row in range(first, end):
            slot = ((key[row] * np.int64(-7046029254386353131)) >> np.int64(29)) & (size - 1)
            while slots[slot] >= 0 and keys[slots[slot]] != key[row]:
                slot = (slot + 1) & (size - 1)
            if slots[slot] < 0:
                slots[slot] = distinct
                keys[distinct], places[distinct] = key[row], 0
                distinct += 1
            group_of[row - first] = slots[slot]
            places[slots[slot]] += 1
        # Ids are hashes and spread evenly: what a key is between the least and the greatest is about its place.
        low, high, most = keys[:distinct].min(), keys[:distinct].max(), 0
        scale = (distinct - 1) / (np.float64(high) - np.float64(low) + 1)
        begins[: distinct + 1] = 0
        for group in range(distinct):
            begins[1 + int((np.float64(keys[group]) - np.float64(low)) * scale)] += 1
        for place in range(distinct):
            most = max(most, begins[place + 1])
            begins[place + 1] += begins[place]
        if most > FEW:  # not so here
            ascending[:distinct] = np.argsort(keys[:distinct])
        else:
            for group in range(distinct):
                place = int((np.float64(keys[group]) - np.float64(low)) * scale)
                ascending[begins[place]] = group
                begins[place] += 1
            for place in range(1, distinct):
                group, before = ascending[place], place - 1
                while before >= 0 and keys[ascending[before]] > keys[group]:
                    ascending[before + 1] = ascending[before]
                    before -= 1
                ascending[before + 1] = group
        begin = first
        for group in ascending[:distinct]:
            starts[groups] = begin
            groups += 1
            begin, places[group] = begin + places[group], begin  # from the group's size to where its next row goes
        for row in range(first, end):
            group = group_of[row - first]
            order[places[group]] = row
            places[group] += 1
        first = end
    starts[groups] = rows
    return order, starts[: groups + 1]


def split_inside(order: np.ndarray, starts: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns (order, starts) of groups that also have one `key`: the rows of each group by key, of equals in their order of before."""
    found, begins, groups = order.copy(), np.zeros(len(order) + 1, np.int64), 0
    for group in range(len(starts) - 1):
        first, end = starts[group], starts[group + 1]
        begins[groups] = first
        groups += 1
        place = first + 1
        while place < end and key[order[place]] == key[order[first]]:
            place += 1
        if place == end:
            continue
        if end - first <= FEW:
            for at in range(first + 1, end):
                row, before = found[at], at - 1
                while before >= first and key[found[before]] > key[row]:
                    found[before + 1] = found[before]
                    before -= 1
                found[before + 1] = row
        else:
            inside = order[first:end]
            found[first:end] = inside[np.argsort(key[inside], kind="mergesort")]
        for at in range(first + 1, end):
            if key[found[at]] != key[found[at - 1]]:
                begins[groups] = at
                groups += 1
    begins[groups] = len(order)
    return found, begins[: groups + 1]


def standing_together(listener: np.ndarray) -> np.ndarray:
    """Returns the rows ordered by listener, each one's in their order of before. Fast where long runs of rows have one listener."""
    rows, runs = len(listener), 0
    for row in range(rows):
        runs += row == 0 or listener[row] != listener[row - 1]
    begins, code_of = np.zeros(runs + 1, np.int64), np.zeros(runs, np.int64)  # of each run of rows
    listeners, sizes, distinct, size = np.zeros(runs, np.int64), np.zeros(runs, np.int64), 0, 16  # of each listener
    while size < 2 * runs:
        size *= 2
    slots, number = np.full(size, -1, np.int64), 0
    for row in range(rows):
        if row == 0 or listener[row] != listener[row - 1]:
            slot = ((listener[row] * np.int64(-7046029254386353131)) >> np.int64(29)) & (size - 1)
            while slots[slot] >= 0 and listeners[slots[slot]] != listener[row]:
                slot = (slot + 1) & (size - 1)
            if slots[slot] < 0:
                slots[slot], listeners[distinct] = distinct, listener[row]
                distinct += 1
            code_of[number], begins[number] = slots[slot], row
            number += 1
    begins[runs] = rows
    for number in range(runs):
        sizes[code_of[number]] += begins[number + 1] - begins[number]
    cursor, order, begin = np.zeros(distinct, np.int64), np.zeros(rows, np.int64), 0
    for code in np.argsort(listeners[:distinct]):
        cursor[code] = begin
        begin += sizes[code]
    for number in range(runs):
        at = cursor[code_of[number]]
        for row in range(begins[number], begins[number + 1]):
            order[at] = row
            at += 1
        cursor[code_of[number]] = at
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
