"""Kernels over one listener at a time: ordering, the figures of a month, and those of its days. Written for machine code.

Cells are sorted by listener, so each table here has the size of one listener's month and stays in the processor's fastest memory.
One ordering serves every figure of a key:

    listener   a a a a a b b        the rows as they come
    key        7 3 7 7 3 9 3
    order      1 4 │ 0 2 3 │ 6 │ 5  rows by listener and key, in their order of before inside a group
    starts     0     2       5   6  7

`acceleration.run` compiles them. Their references are the Polars expressions of `months` and `runs`, which call them.
"""

from __future__ import annotations

import numpy as np

DAYS = 31  # of a month at most
NEVER = 9223372036854775807


def ordered_inside(listener: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns (order, starts): rows by listener and key, and where each group starts, then the number of rows.

    Both columns are int64 of one length; listeners stand together, in any order.
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


def figures_of_months(
    order: np.ndarray, starts: np.ndarray, day: np.ndarray, at: np.ndarray, ms: np.ndarray, counted: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Returns, per group: listens, ms of them, first listened at, first heard at, days heard, days listened, best day, its listens and first.

    `day` is 0 to 30 of the month; days are bits. The best day has most listens, of equals the earliest counts. NEVER where there is none.
    """
    groups = len(starts) - 1
    listens, played = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    first, heard = np.full(groups, NEVER, np.int64), np.full(groups, NEVER, np.int64)
    heard_on, listened_on = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    best, best_listens, best_first = np.zeros(groups, np.int64), np.zeros(groups, np.int64), np.full(groups, NEVER, np.int64)
    of_day, first_of_day = np.zeros(DAYS, np.int64), np.full(DAYS, NEVER, np.int64)
    for group in range(groups):
        for place in range(starts[group], starts[group + 1]):
            row = order[place]
            when = day[row]
            heard_on[group] |= np.int64(1) << when
            heard[group] = min(heard[group], at[row])
            if counted[row]:
                listened_on[group] |= np.int64(1) << when
                listens[group] += 1
                played[group] += ms[row]
                first[group] = min(first[group], at[row])
                of_day[when] += 1
                first_of_day[when] = min(first_of_day[when], at[row])
        left, when, best[group] = heard_on[group], 0, -1
        while left:
            if left & 1:
                if best[group] < 0 or of_day[when] > best_listens[group]:
                    best[group], best_listens[group], best_first[group] = when, of_day[when], first_of_day[when]
                of_day[when], first_of_day[when] = 0, NEVER
            left, when = left >> 1, when + 1
    return listens, played, first, heard, heard_on, listened_on, best, best_listens, best_first


def figures_of_days(
    listener: np.ndarray, key: np.ndarray, order: np.ndarray, starts: np.ndarray, day: np.ndarray, at: np.ndarray, ms: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Returns, per listener and day with a row: listener, day, rows, first at, first key, distinct keys, top key.

    The first key is the earliest, of equals the smallest. The top key has most rows, then most ms, then began first, then is smallest.
    """
    groups, days = len(starts) - 1, 0
    whose, when_of = np.zeros(len(listener), np.int64), np.zeros(len(listener), np.int64)
    rows_of, first_of, first_key_of = np.zeros(len(listener), np.int64), np.zeros(len(listener), np.int64), np.zeros(len(listener), np.int64)
    distinct_of, top_of = np.zeros(len(listener), np.int64), np.zeros(len(listener), np.int64)
    count, played, begun = np.zeros(DAYS, np.int64), np.zeros(DAYS, np.int64), np.full(DAYS, NEVER, np.int64)  # of one key
    rows, first, first_key = np.zeros(DAYS, np.int64), np.full(DAYS, NEVER, np.int64), np.zeros(DAYS, np.int64)  # of one listener
    distinct, top, most = np.zeros(DAYS, np.int64), np.zeros(DAYS, np.int64), np.zeros((DAYS, 3), np.int64)
    group = 0
    while group < groups:
        one = listener[order[starts[group]]]
        while group < groups and listener[order[starts[group]]] == one:
            song, left, when = key[order[starts[group]]], np.int64(0), 0
            for place in range(starts[group], starts[group + 1]):
                row = order[place]
                left |= np.int64(1) << day[row]
                count[day[row]] += 1
                played[day[row]] += ms[row]
                begun[day[row]] = min(begun[day[row]], at[row])
            while left:  # keys ascend, so that of equals the smallest was there first
                if left & 1:
                    rows[when] += count[when]
                    if begun[when] < first[when]:
                        first[when], first_key[when] = begun[when], song
                    figures = (count[when], played[when], -begun[when])
                    if distinct[when] == 0 or figures > (most[when, 0], most[when, 1], most[when, 2]):
                        top[when] = song
                        most[when, 0], most[when, 1], most[when, 2] = figures
                    distinct[when] += 1
                    count[when], played[when], begun[when] = 0, 0, NEVER
                left, when = left >> 1, when + 1
            group += 1
        for when in range(DAYS):
            if rows[when]:
                whose[days], when_of[days], rows_of[days], first_of[days] = one, when, rows[when], first[when]
                first_key_of[days], distinct_of[days], top_of[days] = first_key[when], distinct[when], top[when]
                rows[when], first[when], distinct[when] = 0, NEVER, 0
                days += 1
    return whose[:days], when_of[:days], rows_of[:days], first_of[:days], first_key_of[:days], distinct_of[:days], top_of[:days]


def joined(group: np.ndarray, start: np.ndarray, end: np.ndarray, gap: int, sums: np.ndarray) -> tuple[np.ndarray, ...]:
    """Returns the intervals of each group, joined where the next starts at most `gap` after all before it ended: group, start, end, sums.

    Rows are sorted by group, then by start. `sums` has a row per interval and a column per figure that is added up.
    """
    rows, figures = sums.shape
    count = 0
    groups, starts, ends, totals = group.copy(), start.copy(), end.copy(), np.zeros((rows, figures), np.int64)
    for row in range(rows):
        if count == 0 or group[row] != groups[count - 1] or start[row] - ends[count - 1] > gap:
            groups[count], starts[count], ends[count] = group[row], start[row], end[row]
            count += 1
        ends[count - 1] = max(ends[count - 1], end[row])
        for figure in range(figures):
            totals[count - 1, figure] += sums[row, figure]
    return groups[:count], starts[:count], ends[:count], totals[:count]


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
