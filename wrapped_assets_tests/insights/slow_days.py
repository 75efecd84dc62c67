"""What is said of days and sittings once more, in plain Python from raw plays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from wrapped_assets_tests.insights.slow_twins import (
    Rows,
    Seen,
    artist_pairs,
    artist_race,
    by_listens,
    top_artists,
    top_discoveries,
    top_recordings,
    top_release_groups,
    your_top_songs,
)  # fmt: skip
from wrapped_assets_tests.insights.worlds import Play


def most_replayed_day(seen: Seen) -> Rows:
    groups: dict[tuple[date, int], list[Play]] = defaultdict(list)
    for play in seen.listens:
        groups[seen.day(play), seen.recording(play.song)].append(play)
    ranking = sorted(groups, key=lambda key: (-len(groups[key]), key[0], min(play.start for play in groups[key]), key[1]))
    return [{"recording_id": key[1], "local_date": key[0], "listen_count": len(groups[key])} for key in ranking[:1]]


def _longest_run(days: set[date]) -> tuple[int, date]:
    """Length, and first day, of the longest run; the earliest of equals."""
    runs = []
    for day in days:
        length = 1
        while day + timedelta(days=length) in days:
            length += 1
        runs.append((-length, day))
    length, day = min(runs)
    return -length, day


def _run(days: set[date]) -> dict[str, Any]:
    length, day = _longest_run(days)
    return {"streak_day_count": length, "first_local_date": day, "last_local_date": day + timedelta(days=length - 1)}


def listening_streak(seen: Seen) -> Rows:
    days = {seen.day(play) for play in seen.listens}
    current = 0
    while seen.last - timedelta(days=current) in days:
        current += 1
    return [{**_run(days), "active_day_count": len(days), "current_streak_day_count": current}] if days else []


def artist_streak(seen: Seen) -> Rows:
    pairs = artist_pairs(seen, seen.listens)
    runs = []
    for artist in {key for key, _ in pairs}:
        theirs = [play for key, play in pairs if key == artist]
        run = _run({seen.day(play) for play in theirs})
        runs.append(((-run["streak_day_count"], run["first_local_date"], -len(theirs), artist), {"artist_id": artist, **run}))
    return [min(runs, key=lambda run: run[0])[1]] if runs else []


def longest_session(seen: Seen) -> Rows:
    sittings: list[tuple[datetime, datetime, int]] = []
    for play in sorted((play for play in seen.plays if not play.is_private and seen.in_window(play)), key=lambda play: play.start):
        end, counts = play.start + timedelta(milliseconds=play.ms_played), play.ms_played >= 30_000
        if sittings and play.start - sittings[-1][1] <= timedelta(minutes=20):
            first, last, listens = sittings.pop()
            sittings.append((first, max(last, end), listens + counts))
        else:
            sittings.append((play.start, end, int(counts)))
    listened = sorted((first - last, first, last, listens) for first, last, listens in sittings if listens)
    return [{"session_started_at": first, "session_ended_at": last, "listen_count": listens} for _, first, last, listens in listened[:1]]


def busiest_day(seen: Seen) -> Rows:
    days: dict[date, list[Play]] = defaultdict(list)
    for play in seen.plays:
        if seen.in_window(play):
            days[seen.day(play)].append(play)
    counted = {day: [play for play in seen.listens if seen.day(play) == day] for day in days}
    ranking = sorted((-sum(play.ms_played for play in plays), -len(counted[day]), day) for day, plays in days.items() if counted[day])
    return [
        {
            "local_date": day,
            "listen_count": len(counted[day]),
            "recording_count": len({play.song for play in counted[day]}),
            "minutes": -ms / 60_000,
            "top_recording_id": by_listens((seen.recording(play.song), play) for play in counted[day])[0][0],
        }
        for ms, _, day in ranking[:1]
    ]


TWINS: dict[str, Callable[[Seen], Rows]] = {
    twin.__name__: twin
    for twin in (top_recordings, top_artists, top_release_groups, top_discoveries, artist_race, most_replayed_day, listening_streak,
                 artist_streak, longest_session, busiest_day, your_top_songs)
}  # fmt: skip
