"""Kernels for the figures of one month."""

from __future__ import annotations

import numpy as np

from wrapped_assets.kernels.inside.ordering import NEVER

DAYS = 31  # of a month at most


def figures_of_months(
    order: np.ndarray, starts: np.ndarray, day: np.ndarray, at: np.ndarray, ms: np.ndarray, counted: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Returns, per group: listens, ms, first listened and first heard at; first and last day heard; number and mask of days listened on;
    best day, its listens and its first.

    `day` is 0 to 30 of the month. The best day has most listens, of equals the earliest counts. NEVER where there is none.
    """
    groups = len(starts) - 1
    listens, played = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    first, heard = np.full(groups, NEVER, np.int64), np.full(groups, NEVER, np.int64)
    heard_first, heard_last = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    days, listened_on = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    best, best_listens, best_first = np.zeros(groups, np.int64), np.zeros(groups, np.int64), np.full(groups, NEVER, np.int64)
    of_day, first_of_day = np.zeros(DAYS, np.int64), np.full(DAYS, NEVER, np.int64)
    for group in range(groups):
        heard_on, earliest, heard_last[group] = np.int64(0), DAYS, -1
        for place in range(starts[group], starts[group + 1]):
            row = order[place]
            when = day[row]
            heard_on |= np.int64(1) << when
            earliest = min(earliest, when)
            heard[group] = min(heard[group], at[row])
            if counted[row]:
                listened_on[group] |= np.int64(1) << when
                listens[group] += 1
                played[group] += ms[row]
                first[group] = min(first[group], at[row])
                of_day[when] += 1
                first_of_day[when] = min(first_of_day[when], at[row])
        left, when, best[group] = heard_on >> earliest, earliest, -1
        while left:
            if left & 1:
                heard_first[group] = when if heard_last[group] < 0 else heard_first[group]
                heard_last[group] = when
                days[group] += of_day[when] > 0
                if best[group] < 0 or of_day[when] > best_listens[group]:
                    best[group], best_listens[group], best_first[group] = when, of_day[when], first_of_day[when]
                of_day[when], first_of_day[when] = 0, NEVER
            left, when = left >> 1, when + 1
    return (listens, played, first, heard), (heard_first, heard_last), (days, listened_on), (best, best_listens, best_first)


def counts_of_days(order: np.ndarray, starts: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Returns, per group and day with a row: the group's number, the day, and the number of rows; a row of numbers each."""
    found, days, of_day = np.zeros((3, len(order)), np.int64), 0, np.zeros(DAYS, np.int64)
    for group in range(len(starts) - 1):
        left, when = np.int64(0), DAYS
        for place in range(starts[group], starts[group + 1]):
            left |= np.int64(1) << day[order[place]]
            when = min(when, day[order[place]])
            of_day[day[order[place]]] += 1
        left >>= when
        while left:
            if left & 1:
                found[0, days], found[1, days], found[2, days] = group, when, of_day[when]
                of_day[when] = 0
                days += 1
            left, when = left >> 1, when + 1
    return found[:, :days]


def figures_of_days(
    listener: np.ndarray, key: np.ndarray, order: np.ndarray, starts: np.ndarray, day: np.ndarray, at: np.ndarray, ms: np.ndarray
) -> np.ndarray:
    """Returns, per listener and day with a row: listener, day, rows, first at, first key, distinct keys, top key; a row of numbers each.

    The first key is the earliest, of equals the smallest. The top key has most rows, then most ms, then began first, then is smallest.
    """
    groups, days = len(starts) - 1, 0
    found = np.zeros((7, len(listener)), np.int64)
    count, played, begun = np.zeros(DAYS, np.int64), np.zeros(DAYS, np.int64), np.full(DAYS, NEVER, np.int64)  # of one key
    rows, first, first_key = np.zeros(DAYS, np.int64), np.full(DAYS, NEVER, np.int64), np.zeros(DAYS, np.int64)  # of one listener
    distinct, top, most = np.zeros(DAYS, np.int64), np.zeros(DAYS, np.int64), np.zeros((DAYS, 3), np.int64)
    group = 0
    while group < groups:
        one = listener[order[starts[group]]]
        while group < groups and listener[order[starts[group]]] == one:
            song, left, when = key[order[starts[group]]], np.int64(0), DAYS
            for place in range(starts[group], starts[group + 1]):
                row = order[place]
                left |= np.int64(1) << day[row]
                when = min(when, day[row])
                count[day[row]] += 1
                played[day[row]] += ms[row]
                begun[day[row]] = min(begun[day[row]], at[row])
            left >>= when
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
                found[0, days], found[1, days], found[2, days], found[3, days] = one, when, rows[when], first[when]
                found[4, days], found[5, days], found[6, days] = first_key[when], distinct[when], top[when]
                rows[when], first[when], distinct[when] = 0, NEVER, 0
                days += 1
    return found[:, :days]
