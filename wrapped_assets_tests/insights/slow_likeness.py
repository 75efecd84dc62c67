"""What is told of a listener beside others once more, in plain Python from raw plays: slow and independent of the package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

from wrapped_assets_tests.insights.slow_twins import Rows, Seen
from wrapped_assets_tests.insights.worlds import Song

LEAST = 20
HALVES = {  # by explorer, variety, newness and mainstream
    (0, 0, 0, 0): "The Keeper", (0, 0, 0, 1): "The Evergreen", (0, 0, 1, 0): "The Confidant", (0, 0, 1, 1): "The Front Row",
    (0, 1, 0, 0): "The Archivist", (0, 1, 0, 1): "The Jukebox", (0, 1, 1, 0): "The Gardener", (0, 1, 1, 1): "The Host",
    (1, 0, 0, 0): "The Treasure Hunter", (1, 0, 0, 1): "The Time Traveller", (1, 0, 1, 0): "The First Believer",
    (1, 0, 1, 1): "The Enthusiast", (1, 1, 0, 0): "The Cartographer", (1, 1, 0, 1): "The Collector", (1, 1, 1, 0): "The Scout",
    (1, 1, 1, 1): "The Wave Rider",
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """All listeners of one year, what is known of music, and what they said of themselves."""

    seen: Mapping[int, Seen]
    findable: frozenset[int]
    recommending: frozenset[int]
    sharing: tuple[frozenset[int], ...]  # of each group those who show each other what they play
    born: Mapping[int, int | None]
    released: Mapping[Song, int | None]
    clubs: Mapping[Song, tuple[str | None, ...]]  # one for each genre
    popular: int

    @property
    def year(self) -> int:
        return next(iter(self.seen.values())).first.year

    def counts(self, who: int) -> Counter[Song]:
        return Counter(play.song for play in self.seen[who].listens)

    def id(self, song: Song) -> int:
        return next(iter(self.seen.values())).recording(song)


def _similar(world: Company, people: frozenset[int]) -> dict[int, list[tuple[int, float]]]:
    able = {who: counts for who in sorted(people) if (counts := world.counts(who)).total() >= 50}
    found = {}
    for who, own in able.items():
        others = []
        for other, theirs in able.items():
            dot = sum(own[song] * theirs[song] for song in own)
            if other != who and dot:
                lengths = [sqrt(sum(count * count for count in counts.values())) for counts in (own, theirs)]
                others.append((-round(dot / (lengths[0] * lengths[1]) * 1e9) / 1e9, other))
        found[who] = [(other, -value) for value, other in sorted(others)[:25]]
    return found


def similar_listeners(world: Company) -> Rows:
    return [
        {"listener_id": who, "similar_rank": place, "similar_listener_id": other, "similarity_share": value}
        for who, others in _similar(world, world.findable).items()
        for place, (other, value) in enumerate(others, 1)
    ]


def missed_recordings(world: Company) -> Rows:
    """What five of the ten of like taste heard, or one who shares with the listener; of fewer, what those who share heard alone."""
    rows: Rows = []
    alike, counts = _similar(world, world.recommending), {who: world.counts(who) for who in world.seen}
    for who in world.seen:
        near = {other for other, _ in alike.get(who, [])[:10]}
        shown = {other for members in world.sharing for other in members if who in members} - {who}
        found: dict[Song, set[int]] = {}
        for song in {song for other in near | shown for song in counts[other]} - {play.song for play in world.seen[who].heard}:
            those = {other for other in near if counts[other][song]}
            of_group = {other for other in shown if counts[other][song]}
            if people := (those if len(those) >= 5 else set()) | of_group:
                found[song] = people
        order = sorted((-sum(counts[each][song] for each in people), -len(people), world.id(song), song.artists[0])
                       for song, people in found.items())  # fmt: skip
        used: Counter[str] = Counter()
        place = 0
        for *_, recording, artist in order:
            used[artist] += 1
            if used[artist] <= 2 and place < 50:
                place += 1
                rows.append({"listener_id": who, "missed_rank": place, "recording_id": recording})
    return sorted(rows, key=lambda row: (row["listener_id"], row["missed_rank"]))


def _years(world: Company, who: int) -> Counter[int]:
    return Counter(year for play in world.seen[who].listens if (year := world.released[play.song]) is not None)


def listening_age(world: Company) -> Rows:
    shares: dict[int, dict[int, int]] = {}
    for who in world.seen:
        dated = {year: count for year, count in _years(world, who).items() if year <= world.year}
        if (known := sum(dated.values())) >= 30:
            shares[who] = {year: count * 10**9 // known for year, count in dated.items()}
    bands: dict[int, list[int]] = {0: list(shares)}
    for who in shares:
        if (born := world.born[who]) is not None:
            bands.setdefault(born - born % 5, []).append(who)
    rows: Rows = []
    for who, own in shares.items():
        born = world.born[who]
        band = 0 if born is None or len(bands[born - born % 5]) < LEAST else born - born % 5
        others = bands[band]
        if len(others) < LEAST:
            continue

        def within(one: int, first: int) -> int:
            return sum(share for year, share in shares[one].items() if first <= year <= first + 4)

        spans = [
            (within(who, first) * len(others) - sum(within(one, first) for one in others), within(who, first), first)
            for first in range(min(own) - 4, min(max(own), world.year - 4) + 1)
        ]
        above, _, first = max((span for span in spans if span[1]), default=(0, 0, 0))
        if above > 0:
            years = _years(world, who)
            dated = sum(count for year, count in years.items() if year <= world.year)
            rows.append({
                "listener_id": who, "listening_age": world.year - first - 2 + 18, "first_release_year": first,
                "last_release_year": first + 4,
                "window_share": sum(count for year, count in years.items() if first <= year <= first + 4) / dated,
                "population_window_share": sum(within(one, first) for one in others) / 1e9 / len(others), "birth_band": band,
                "listener_count": len(others), "release_year_known_share": years.total() / len(world.seen[who].listens),
            })  # fmt: skip
    return rows


def _axes(world: Company) -> dict[str, dict[int, int]]:
    counts = {who: world.counts(who) for who in world.seen}
    able = {who: own for who, own in counts.items() if own.total() >= 30}
    songs = {song for own in counts.values() for song in own}
    popular = set(sorted(songs, key=lambda song: (-sum(song in own for own in counts.values()), -sum(own[song] for own in counts.values()),
                                                  world.id(song)))[: world.popular])  # fmt: skip
    axes: dict[str, dict[int, int]] = {"explorer": {}, "variety": {}, "newness": {}, "mainstream": {}}
    for who, own in able.items():
        seen, total = world.seen[who], own.total()
        past = {name for play in seen.heard if seen.day(play).year < world.year for name in play.song.artists}
        if past:
            axes["explorer"][who] = 1000 * sum(count for song, count in own.items() if song.artists[0] not in past) // total
        axes["variety"][who] = 1000 * len(own) // total
        axes["mainstream"][who] = 1000 * sum(count for song, count in own.items() if song in popular) // total
        if (years := _years(world, who)).total() >= 30:
            axes["newness"][who] = sorted(years.elements())[(years.total() - 1) // 2]
    return {axis: values for axis, values in axes.items() if len(values) >= LEAST}


def listening_personality(world: Company) -> Rows:
    axes = _axes(world)
    rows: Rows = []
    for who in {who for values in axes.values() for who in values}:
        places: dict[str, float | None] = {}
        for axis in ("explorer", "variety", "newness", "mainstream"):
            values = axes.get(axis, {})
            below = 2 * sum(value < values[who] for value in values.values()) if who in values else 0
            same = sum(value == values[who] for value in values.values()) if who in values else 0
            places[axis] = (below + same) / (2 * len(values)) if who in values else None
        halves = tuple(int(place >= 0.5) for place in places.values() if place is not None)
        shares = {f"{axis}_share": place for axis, place in places.items()}
        rows.append({"listener_id": who, "personality_name": HALVES.get(halves), **shares,
                     "listener_count": max(len(values) for values in axes.values() if who in values)})  # fmt: skip
    return rows


def clubs(world: Company) -> Rows:
    members: dict[str, dict[int, int]] = {}
    told: dict[int, dict[str, Any]] = {}
    for who in world.seen:
        own = world.counts(who)
        known = sum(count for song, count in own.items() if world.clubs[song])
        sums: Counter[str] = Counter()
        for song, count in own.items():
            for club in world.clubs[song]:
                if club:
                    sums[club] += Fraction(count, len(world.clubs[song]))  # type: ignore[assignment]
        if known >= 30 and sums:
            club = min(sums, key=lambda name: (-sums[name], name))
            listens, total = int(sums[club]), own.total()
            members.setdefault(club, {})[who] = listens * 10_000 // total
            told[who] = {"club_name": club, "club_share": listens / total, "club_listen_count": listens, "genre_known_share": known / total}
    rows: Rows = []
    for who, row in told.items():
        values = members[row["club_name"]]
        before = 100 * sum(value > values[who] for value in values.values()) / len(values)
        role = "founder" if before < 5 else "host" if before < 25 else "regular" if before < 75 else "guest"
        place = {"club_role": role, "listener_count": len(values)} if len(values) >= LEAST else {"club_role": None, "listener_count": None}
        rows.append({"listener_id": who, **row, **place})
    return rows


TWINS: dict[str, Callable[[Company], Rows]] = {
    "similar_listeners": similar_listeners, "missed_recordings": missed_recordings, "listening_age": listening_age,
    "listening_personality": listening_personality, "clubs": clubs,
}  # fmt: skip
