"""What is said of a listener's past, variety and shows once more, in plain Python from raw plays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from math import log
from typing import Any

import pytest

from wrapped_assets.vocabulary.identities import AGAINST_YEAR_BEFORE, BY_HALVES, NAMES
from wrapped_assets_tests.insights.slow_twins import Rows, Seen, artist_pairs, by_listens, top_artists, top_recordings
from wrapped_assets_tests.insights.worlds import Play


@dataclass(frozen=True)
class Episode(Play):
    """One play of a show's episode; the show stands in the artist's place."""


@dataclass(frozen=True)
class Life(Seen):
    """A listener's plays of several years; `plays` is the music."""

    episodes: tuple[Play, ...]
    windows: Mapping[int, tuple[date, date]]
    skipped: Callable[[Play], bool | None]

    def months_of(self, year: int) -> range:
        return range(self.windows[year][0].month, self.windows[year][1].month + 1)

    @property
    def since(self) -> Any:
        return min(play.start for play in self.heard)


def _returns(life: Life) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Each artist's longest silence that ended in the window, with its place in the order."""
    found = []
    pairs = artist_pairs(life, life.heard)
    for artist in {key for key, _ in pairs}:
        theirs = sorted((play for key, play in pairs if key == artist), key=lambda play: play.start)
        listens = [play for play in theirs if life.in_window(play)]
        silences = [
            (-(life.day(after) - life.day(before)).days, life.day(after), life.day(before))
            for before, after in pairwise(theirs)
            if (life.day(after) - life.day(before)).days >= 365 and life.in_window(after)
        ]
        if silences:
            days, back, gone = min(silences)
            dates = {"comeback_date": back, "silent_since_date": gone}
            row = {"artist_id": artist, "silence_day_count": -days, "listen_count": len(listens), **dates}
            found.append(((days, -len(listens), -sum(p.ms_played for p in listens), min(p.start for p in listens), artist), row))
    return sorted(found, key=lambda item: item[0])[:50]


def comebacks(life: Life) -> Rows:
    return [{"comeback_rank": place, **row} for place, (_, row) in enumerate(_returns(life), start=1)]


def comebacks_songs(life: Life) -> Rows:
    rows: Rows = []
    for _, row in _returns(life):
        theirs = [(life.recording(p.song), p) for p in life.listens if life.artist(p.song.artists[0]) == row["artist_id"]]
        for key, plays in by_listens(theirs)[:2]:
            rows.append({"recording_id": key, "listen_count": len(plays), "playlist_score": row["silence_day_count"]})
    return [{"playlist_position": place, **row} for place, row in enumerate(rows, start=1)]


def loyalty(life: Life) -> Rows:
    def is_loyal(artist: int, year: int) -> bool:
        first, last = life.windows[year]
        days = [life.day(play) for key, play in artist_pairs(life, life.heard) if key == artist]
        return {day.month for day in days if first <= day <= last} == set(life.months_of(year))

    kept = []
    for key, plays in by_listens(artist_pairs(life, life.listens)):
        years = 0
        while life.first.year - years in life.windows and is_loyal(key, life.first.year - years):
            years += 1
        if years:
            kept.append({"artist_id": key, "loyal_year_count": years, "listen_count": len(plays), "history_since": life.since})
    kept.sort(key=lambda row: -row["loyal_year_count"])  # stable: the rest of the order is that of the ranking
    return [{"loyalty_rank": place, **row} for place, row in enumerate(kept[:50], start=1)]


def recording_story(life: Life) -> Rows:
    for key, plays in by_listens((life.recording(play.song), play) for play in life.listens)[:1]:
        days = Counter(life.day(play) for play in plays)
        best = min(days, key=lambda day: (-days[day], day))
        first = min(play.start for play in life.heard if life.recording(play.song) == key)
        return [{"recording_id": key, "listen_count": len(plays), "active_day_count": len(days), "first_heard_at": first,
                 "best_local_date": best, "best_day_listen_count": days[best], "history_since": life.since}]  # fmt: skip
    return []


def recording_story_months(life: Life) -> Rows:
    for key, plays in by_listens((life.recording(play.song), play) for play in life.listens)[:1]:
        months = Counter(life.day(play).month for play in plays)
        year = life.first.year
        return [{"month": f"{year}-{one:02d}", "recording_id": key, "listen_count": months[one]} for one in life.months_of(year)]
    return []


def variety(life: Life) -> Rows:
    if not life.listens:
        return []
    artists = Counter(key for key, _ in artist_pairs(life, life.listens))
    shares = [count / artists.total() for count in artists.values()]
    top = top_artists(life)[0]
    said = [life.skipped(play) for play in life.plays if life.in_window(play) and not play.is_private and life.skipped(play) is not None]
    songs = {life.recording(play.song) for play in life.listens}
    return [{
        "artist_id": top["artist_id"],
        "top_artist_share": pytest.approx(top["listen_count"] / len(life.listens)),
        "artist_evenness_share": pytest.approx(-sum(p * log(p) for p in shares) / log(len(shares)) if len(shares) > 1 else 0, abs=1e-6),
        "repeat_share": pytest.approx(1 - len(songs) / len(life.listens)),
        "skip_share": pytest.approx(sum(map(bool, said)) / len(said)) if said else None,
        "skip_known_count": len(said),
    }]  # fmt: skip


def top_shows(life: Life) -> Rows:
    shows: dict[int, list[Play]] = defaultdict(list)
    for play in life.episodes:
        if life.in_window(play) and not play.is_private:
            shows[life.ids["show_id"][play.song.artists[0]]].append(play)
    found = []
    for show, plays in shows.items():
        played: Counter[tuple[str, date]] = Counter()
        for play in plays:
            played[play.song.title, life.day(play)] += play.ms_played
        long = [key for key, ms in played.items() if ms >= 60_000]
        episodes, days = ({key[part] for key in long} for part in (0, 1))
        if len(episodes) >= 2 and len(days) >= 2:
            ms = sum(play.ms_played for play in plays)
            row = {"show_id": show, "minutes": pytest.approx(ms / 60_000), "episode_count": len(episodes), "show_day_count": len(days)}
            found.append(((-ms, -len(episodes), min(play.start for play in plays), show), row))
    return [{"show_rank": place, **row} for place, (_, row) in enumerate(sorted(found, key=lambda item: item[0]), start=1)]


def _hash(*parts: object) -> int:
    return int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest(), "big") >> 1


def quiz(life: Life) -> Rows:
    if not life.listens:
        return []
    ms_played = sum(play.ms_played for play in life.plays if life.in_window(play))
    seed = f"{len(life.listens)}|{ms_played}"
    rows: Rows = []
    for question, ranking, key in (("top_artist", top_artists(life), "artist_id"), ("top_recording", top_recordings(life), "recording_id")):
        options = [ranking[0], *(row for row in ranking[1:] if row["listen_count"] < ranking[0]["listen_count"])][:4]
        if len(options) > 1:
            for place, row in enumerate(sorted(options, key=lambda row: _hash(question, seed, row[key])), start=1):
                rows.append({
                    "quiz_question": question, "option_position": place, "artist_id": row.get("artist_id"),
                    "option_recording_id": row.get("recording_id"), "option_value": None, "is_true_option": row is options[0],
                })  # fmt: skip
    known = {play.song.title for play in life.heard if not life.in_window(play) and life.day(play) < life.first}
    new = {play.song.title for play in life.listens} - known
    has_past = any(life.day(play) < life.first for play in life.heard)
    for question, value in (("minutes", ms_played // 60_000), ("new_recordings", len(new) if has_past else 0)):
        if value:
            step = max(1, (value + 2) // 5)
            below = _hash(question, seed) % (min(3, (value - 1) // step) + 1)
            rows += [
                {"quiz_question": question, "option_position": place + 1, "artist_id": None, "option_recording_id": None,
                 "option_value": value + (place - below) * step, "is_true_option": place == below} for place in range(4)
            ]  # fmt: skip
    return rows


def _of_year(life: Life, year: int) -> Life:
    """The same life as it was told at the end of an earlier year."""
    first, last = life.windows[year]
    return replace(life, first=first, last=last)


def _heard_months(life: Life) -> tuple[int, int] | None:
    months = [life.day(play).month for play in life.listens]
    return (min(months), max(months)) if months else None


def _year_before(life: Life) -> Life | None:
    """The year before, where both were heard from the same month to the same month."""
    before = _of_year(life, life.first.year - 1)
    return before if _heard_months(life) and _heard_months(life) == _heard_months(before) else None


def _totals(life: Life) -> dict[str, Any]:
    return {
        "minutes": pytest.approx(sum(play.ms_played for play in life.plays if life.in_window(play)) / 60_000),
        "listen_count": len(life.listens),
        "recording_count": len({life.recording(play.song) for play in life.listens}),
        "artist_count": len({key for key, _ in artist_pairs(life, life.listens)}),
        "active_day_count": len({life.day(play) for play in life.listens}),
    }


def totals_before(life: Life) -> Rows:
    if not life.listens:
        return []
    before = _year_before(life)
    found = _totals(before) if before else {}
    first, last = _heard_months(life) or (0, 0)
    months = {"heard_from_month": f"{life.first.year}-{first:02d}", "heard_until_month": f"{life.first.year}-{last:02d}"}
    return [{**_totals(life), **months, **{f"before_{name}": found.get(name) for name in _totals(life)}}]


def artists_before(life: Life) -> Rows:
    if (before := _year_before(life)) is None:
        return []
    then = {row["artist_id"]: row for row in top_artists(before)}
    return [
        {
            "artist_rank": row["artist_rank"], "artist_id": row["artist_id"], "listen_count": row["listen_count"],
            "before_listen_count": then.get(row["artist_id"], {}).get("listen_count", 0),
            "before_artist_rank": then.get(row["artist_id"], {}).get("artist_rank"),
        }
        for row in top_artists(life)
    ]  # fmt: skip


def _shares(life: Life) -> tuple[float | None, float] | None:
    """The shares of listens to artists never heard before the year, and of repeats; None below 30 listens."""
    if len(life.listens) < 30:
        return None
    known = {life.artist(name) for play in life.heard if life.day(play).year < life.first.year for name in play.song.artists}
    new = sum(life.artist(play.song.artists[0]) not in known for play in life.listens)
    songs = {life.recording(play.song) for play in life.listens}
    is_known = known and new < len(life.listens)  # with none of the year's artists, the past says nothing
    return (new * 1000 // len(life.listens) / 1000 if is_known else None), 1 - len(songs) / len(life.listens)


def own_identity(life: Life) -> Rows:
    if (now := _shares(life)) is None:
        return []
    then = _shares(_of_year(life, life.first.year - 1)) or (None, None)
    new, repeats = now
    is_against = then[1] not in (None, repeats) and (new is None or then[0] not in (None, new))
    halves = then if is_against else (0.5, 0.5)
    letters = ("-" if new is None else "N" if new > halves[0] else "K") + ("R" if repeats > halves[1] else "V")
    return [{
        "identity_name": NAMES[letters], "identity_meaning": (AGAINST_YEAR_BEFORE if is_against else BY_HALVES)[letters],
        "is_against_year_before": is_against, "new_artist_listen_share": new, "repeat_share": pytest.approx(repeats),
        "before_new_artist_listen_share": then[0], "before_repeat_share": then[1] if then[1] is None else pytest.approx(then[1]),
    }]  # fmt: skip


TWINS: dict[str, Callable[[Life], Rows]] = {
    twin.__name__: twin for twin in (
        comebacks, comebacks_songs, loyalty, recording_story, recording_story_months, variety, top_shows, quiz, totals_before,
        artists_before, own_identity,
    )
}
