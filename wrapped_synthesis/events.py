"""One block of listeners as plays: sessions in time, recordings, how long each was heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from wrapped_synthesis import tables, taste
from wrapped_synthesis.chance import Purpose, fields
from wrapped_synthesis.clocks import Clocks, session_starts_ms
from wrapped_synthesis.places import DAY_MS
from wrapped_synthesis.repertoire import Repertoire
from wrapped_synthesis.who import Who

_SKIPPED, _PARTIAL = 12_900, 14_900  # below the first a play is skipped, up to the second it just ends early
_PRIVATE = 983  # 1.5 % of sessions
_LANE = np.int64(2**37)  # wider than a year in milliseconds


@dataclass(frozen=True)
class World:
    """What all blocks share."""

    seed: int
    who: Who
    music: Repertoire
    choices: taste.Menu
    clock: Clocks
    skip_ms: np.ndarray
    gap_ms: np.ndarray


def world(seed: int, who: Who, music: Repertoire, clock: Clocks) -> World:
    """The tables of one population."""
    pauses = [min(2_500, draw // 18) if draw < 46_000 else 2_500 + (draw - 46_000) * 2 for draw in range(63_000)]
    pauses += [60_000 + (draw - 63_000) * 280 for draw in range(63_000, 65_536)]  # up to 12 minutes
    return World(seed, who, music, taste.menu(music), clock, tables.exponential(24_000, 900, 170_000), np.array(pauses, dtype=np.int32))


def block_of_plays(all_of: World, block: int, start: int, end: int) -> pl.DataFrame:
    """The plays of the listeners from `start` to `end`, in the order in which a service receives them."""
    listens = all_of.who.listens[start:end]
    years = listens.shape[1]
    # A lane is one listener's one year. A session never leaves its lane.
    lane_size = listens.reshape(-1)
    plays = int(lane_size.sum())
    drawn = fields(all_of.seed, Purpose.PLAYS, block, 7, plays)
    lane_end = np.cumsum(lane_size)
    opens = drawn[0] < np.repeat(np.repeat(all_of.who.new_session_below[start:end], years), lane_size)
    opens[(lane_end - lane_size)[lane_size > 0]] = True
    first_play = np.flatnonzero(opens)
    length = np.diff(first_play, append=plays)
    lane = np.searchsorted(lane_end, first_play, side="right")
    person, year = lane // years, lane % years
    about = fields(all_of.seed, Purpose.SESSIONS, block, 5, len(lane))
    starts = session_starts_ms(
        all_of.clock,
        year,
        person + start,
        all_of.who.place[person + start],
        all_of.who.clock[person + start],
        all_of.who.is_southern[person + start],
        about,
    )
    # Sorting whole sessions by time within their lane; what is played is chosen afterwards, for the time it falls on.
    starts = pl.Series((lane << 36) | starts).sort().to_numpy() & (2**36 - 1)
    month = year * 12 + all_of.clock.month[year, starts // DAY_MS]
    sessions = taste.Sessions(person, month, years * 12, first_play, length, all_of.choices.kind[about[3]])
    shelf = taste.libraries(listens.sum(axis=1), all_of.who.genres[:, start:end], all_of.music, all_of.choices, all_of.seed, block)
    recording = taste.picks(sessions, shelf, all_of.who, start, all_of.music, all_of.choices, all_of.seed, drawn[1:5])
    ms_played, is_skipped = _heard(all_of, recording, drawn[5], drawn[6])
    listened = _starts_of_plays(all_of, ms_played, drawn[6], lane, year, starts, first_play, length)
    is_private = np.repeat(about[4] < _PRIVATE, length)
    return _frame(all_of, np.repeat(person + start, length), listened, recording, ms_played, is_private, is_skipped)


def _heard(all_of: World, recording: np.ndarray, draw: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds played, and whether the play was skipped."""
    ms_played = all_of.music.duration_ms[recording]
    is_skipped = draw < _SKIPPED
    skips = np.flatnonzero(is_skipped)
    ms_played[skips] = np.minimum(ms_played[skips], all_of.skip_ms[other[skips]])
    partial = np.flatnonzero((draw >= _SKIPPED) & (draw < _PARTIAL))
    ms_played[partial] = np.maximum(200, ms_played[partial] * other[partial].astype(np.int64) >> 16)
    return ms_played, is_skipped


def _starts_of_plays(
    all_of: World,
    ms_played: np.ndarray,
    draw: np.ndarray,
    lane: np.ndarray,
    year: np.ndarray,
    starts: np.ndarray,
    first_play: np.ndarray,
    length: np.ndarray,
) -> np.ndarray:
    """Starts in milliseconds since 1970, such that no two plays of a listener overlap and each lies in its year.

    A session that would begin before the one before it has ended begins at that end; where a year's last sessions would run
    over its end, they begin earlier.
    """
    before = np.cumsum(ms_played + all_of.gap_ms[draw], dtype=np.int64)
    total = int(before[-1])
    before = np.roll(before, 1)
    before[0] = 0
    taken = before[first_play]  # time played and paused before each session, over all lanes
    opens_lane = np.flatnonzero(np.diff(lane, prepend=-1))
    sessions_of_lane = np.diff(opens_lane, append=len(lane))
    at_lane = np.repeat(taken[opens_lane], sessions_of_lane)
    lane_total = np.repeat(np.append(taken[opens_lane][1:], total), sessions_of_lane)
    number = np.repeat(np.arange(len(opens_lane)) * _LANE, sessions_of_lane)
    earliest = np.maximum.accumulate(starts - (taken - at_lane) + number) - number + (taken - at_lane)
    latest = all_of.clock.length_days[year] * DAY_MS - (lane_total - taken)
    start = np.minimum(earliest, latest) + all_of.clock.first_ms[year]
    return np.repeat(start - taken, length) + before


def _frame(
    all_of: World,
    person: np.ndarray,
    listened: np.ndarray,
    recording: np.ndarray,
    ms_played: np.ndarray,
    is_private: np.ndarray,
    is_skipped: np.ndarray,
) -> pl.DataFrame:
    first = int(all_of.clock.first_ms[0])
    # Time and row number in one word: Polars sorts whole numbers several times faster than rows.
    bits = len(listened).bit_length()
    order = pl.Series(((listened - first) << bits) | np.arange(len(listened))).sort().to_numpy()
    row = order & ((1 << bits) - 1)
    return pl.DataFrame(
        {
            "listener": all_of.who.names.gather(pl.Series(person[row].astype(np.uint32))),
            "listened_at": pl.Series((order >> bits) + first).cast(pl.Datetime("ms", "UTC")),
            "recording": pl.Series(recording[row].astype(np.int64)),
            "ms_played": pl.Series(ms_played[row].astype(np.int64)),
            "is_private": pl.Series(is_private[row]),
            "is_skipped": pl.Series(is_skipped[row]),
        }
    )
