"""What is told of artists, charts and groups once more, in plain Python from raw plays: slow and independent of the package."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wrapped_assets_tests.insights.slow_twins import Rows, Seen, by_listens
from wrapped_assets_tests.insights.worlds import Play

LEAST = 20


@dataclass(frozen=True)
class Everybody:
    """All listeners' plays of one year, by listener_id, with where they are at home and who belongs together."""

    seen: Mapping[int, Seen]
    country: Mapping[int, str | None]
    place: Mapping[int, str | None]
    groups: Mapping[int, list[int]]

    @property
    def listens(self) -> list[tuple[int, Play]]:
        return [(who, play) for who, seen in self.seen.items() for play in seen.listens]

    def day(self, who: int, play: Play) -> date:
        return self.seen[who].day(play)

    def artists(self) -> dict[int, list[tuple[int, Play]]]:
        """The listens of every artist that has an audience."""
        found = self.gathered(lambda who, play: [self.seen[who].artist(name) for name in play.song.artists])
        return {artist: heard for artist, heard in found.items() if audience(heard) >= LEAST}

    def recordings(self) -> dict[tuple[int, int], list[tuple[int, Play]]]:
        """(primary artist, recording) → listens, of those that have an audience."""
        found = self.gathered(lambda who, play: [(self.seen[who].artist(play.song.artists[0]), self.seen[who].recording(play.song))])
        return {key: heard for key, heard in found.items() if audience(heard) >= LEAST}

    def gathered(self, keys: Callable[[int, Play], Iterable[Any]]) -> dict[Any, list[tuple[int, Play]]]:
        groups: dict[Any, list[tuple[int, Play]]] = defaultdict(list)
        for who, play in self.listens:
            for key in keys(who, play):
                groups[key].append((who, play))
        return groups


def audience(heard: list[tuple[int, Play]]) -> int:
    return len({who for who, _ in heard})


def artist_totals(world: Everybody) -> Rows:
    return [
        {
            "artist_id": artist, "listener_count": audience(heard), "listen_count": len(heard),
            "hours": sum(play.ms_played for _, play in heard) / 3_600_000,
            "country_count": len({world.country[who] for who, _ in heard} - {None}),
        }
        for artist, heard in world.artists().items()
    ]  # fmt: skip


def artist_recordings(world: Everybody) -> Rows:
    rows: Rows = []
    found = world.recordings()
    for artist in {artist for artist, _ in found}:
        order = by_listens((recording, play) for (one, recording), heard in found.items() if one == artist for _, play in heard)
        for place, (recording, plays) in enumerate(order[:50], 1):
            rows.append({"artist_id": artist, "artist_recording_rank": place, "recording_id": recording, "listen_count": len(plays),
                         "listener_count": audience(found[artist, recording])})  # fmt: skip
    return rows


def audience_months(world: Everybody) -> Rows:
    found = world.gathered(lambda who, play: [(world.seen[who].artist(name), str(world.day(who, play))[:7]) for name in play.song.artists])
    return [
        {"artist_id": artist, "month": month, "listen_count": len(heard), "listener_count": audience(heard)}
        for (artist, month), heard in found.items()
        if audience(heard) >= LEAST
    ]


def _top(world: Everybody) -> dict[int, tuple[int, list[tuple[int, Play]]]]:
    found = world.recordings()
    best = {row["artist_id"]: row["recording_id"] for row in artist_recordings(world) if row["artist_recording_rank"] == 1}
    return {artist: (recording, found[artist, recording]) for artist, recording in best.items()}


def artist_journey(world: Everybody) -> Rows:
    rows: Rows = []
    for artist, (recording, heard) in _top(world).items():
        days = Counter(world.day(who, play) for who, play in heard)
        busiest = min(days, key=lambda day: (-days[day], day))
        rows.append({
            "artist_id": artist, "recording_id": recording, "listen_count": len(heard), "listener_count": audience(heard),
            "country_count": len({world.country[who] for who, _ in heard} - {None}), "busiest_local_date": busiest,
            "busiest_day_listen_count": days[busiest],
        })  # fmt: skip
    return rows


def journey_weeks(world: Everybody) -> Rows:
    window = next(iter(world.seen.values()))
    days = [window.first + timedelta(days=n) for n in range((window.last - window.first).days + 1)]
    mondays = sorted({day - timedelta(days=day.isoweekday() - 1) for day in days})
    rows: Rows = []
    for artist, (recording, heard) in _top(world).items():
        weeks = Counter(day - timedelta(days=day.isoweekday() - 1) for day in (world.day(who, play) for who, play in heard))
        rows += [{"artist_id": artist, "week_date": day, "recording_id": recording, "listen_count": weeks[day]} for day in mondays]
    return rows


def top_listeners(world: Everybody) -> Rows:
    favourite = Counter(
        by_listens((seen.artist(name), play) for play in seen.listens for name in play.song.artists)[0][0]
        for seen in world.seen.values() if seen.listens
    )  # fmt: skip
    rows: Rows = []
    for artist, heard in world.artists().items():
        each = sorted(Counter(who for who, _ in heard).values(), reverse=True)
        size = next(size for size in range(1, len(each) + 1) if 2 * sum(each[:size]) > len(heard))
        is_told = size >= LEAST
        rows.append({
            "artist_id": artist, "listener_count": len(each), "favourite_count": favourite[artist] if favourite[artist] >= LEAST else None,
            "super_listener_count": size if is_told else None, "super_listen_share": sum(each[:size]) / len(heard) if is_told else None,
        })  # fmt: skip
    return rows


def artist_moments(world: Everybody) -> Rows:
    def moment(who: int, play: Play) -> tuple[bool, int]:
        local = play.start.astimezone(ZoneInfo(world.seen[who].zone))
        return local.isoweekday() > 5, local.hour

    usual = Counter(moment(who, play) for who, play in world.listens)
    rows: Rows = []
    for artist, heard in world.artists().items():
        theirs = Counter(moment(who, play) for who, play in heard)
        share = {one: count / len(heard) for one, count in theirs.items() if count >= 20}
        lift = {one: part / (usual[one] / usual.total()) for one, part in share.items()}
        order = sorted((one for one in lift if lift[one] > 1), key=lambda one: (-lift[one], -theirs[one], one))
        rows += [{"artist_id": artist, "moment_rank": place, "is_weekend": one[0], "local_hour": one[1], "listen_count": theirs[one],
                  "listen_share": share[one], "lift": lift[one]} for place, one in enumerate(order[:10], 1)]  # fmt: skip
    return rows


def artist_places(world: Everybody) -> Rows:
    listening = {who for who, _ in world.listens}
    home: dict[str, Callable[[int], Hashable | None]] = {
        "country": lambda who: (world.country[who], None) if world.country[who] else None,
        "place": lambda who: (world.country[who], world.place[who]) if world.place[who] else None,
    }
    rows: Rows = []
    for artist, heard in world.artists().items():
        for kind, area_of in home.items():
            everybody = Counter(area for who in listening if (area := area_of(who)))
            theirs = Counter(area for who in {who for who, _ in heard} if (area := area_of(who)))
            found = [(area, count, (count / theirs.total()) / (everybody[area] / everybody.total()))
                     for area, count in theirs.items() if count >= LEAST]  # fmt: skip
            found.sort(key=lambda each: (-each[1], -each[2], str(each[0])))
            rest = theirs.total() - sum(count for _, count, _ in found)
            told = [*found, ((None, None), rest, None)] if rest >= LEAST else found
            rows += [{"artist_id": artist, "area_kind": kind, "area_rank": place, "country": area[0], "place_name": area[1],
                      "listener_count": count, "listener_share": count / theirs.total(), "lift": lift}
                     for place, (area, count, lift) in enumerate(told, 1)]  # fmt: skip
    return rows


def _chart(name: str, keys: Callable[[Everybody, int, Play], list[int]]) -> Callable[[Everybody], Rows]:
    def chart(world: Everybody) -> Rows:
        found = world.gathered(
            lambda who, play: [(country, key) for key in keys(world, who, play) for country in {"", world.country[who] or ""}]
        )
        rows: Rows = []
        for country in {country for country, _ in found}:
            order = sorted((-audience(heard), -len(heard), key) for (one, key), heard in found.items() if one == country)
            rows += [{"chart_country": country, "chart_rank": place, name: key, "listener_count": -people, "listen_count": -count}
                     for place, (people, count, key) in enumerate(order[:100], 1)]  # fmt: skip
        return rows

    return chart


def _albums(world: Everybody, who: int, play: Play) -> list[int]:
    song = play.song
    return [world.seen[who].ids["release_group_id"][f"{song.release_group}/{song.artists[0]}"]] if song.release_group else []


def group_overlaps(world: Everybody) -> Rows:
    rows: Rows = []
    for group, members in world.groups.items():
        for one, other in permutations(members, 2):
            a, b = (Counter(play.song for play in world.seen[who].listens) for who in (one, other))
            if not a or not b:
                continue
            products: Counter[int] = Counter()
            for song in a.keys() & b.keys():
                products[world.seen[one].artist(song.artists[0])] += a[song] * b[song]
            common = min(products, key=lambda artist: (-products[artist], artist), default=None)
            alike = products.total() / sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
            rows.append({"group_id": group, "listener_id": one, "other_listener_id": other,
                         "overlap_share": pytest.approx(alike, abs=1e-8), "common_artist_id": common})  # fmt: skip
    return rows


def rarest_listens(world: Everybody) -> Rows:
    known = world.gathered(lambda who, play: [world.seen[who].recording(play.song)])
    rows: Rows = []
    for group, members in world.groups.items():
        for who in members:
            own = Counter(world.seen[who].recording(play.song) for play in world.seen[who].listens)
            usual = sorted((audience(known[key]), -count, key) for key, count in own.items() if count >= 3)
            rows += [{"group_id": group, "listener_id": who, "recording_id": key, "listen_count": -count, "listener_count": people}
                     for people, count, key in usual[:1]]  # fmt: skip
    return rows


TWINS: dict[str, Callable[[Everybody], Rows]] = {
    "artist_totals": artist_totals, "artist_recordings": artist_recordings, "audience_months": audience_months,
    "artist_journey": artist_journey, "journey_weeks": journey_weeks, "top_listeners": top_listeners, "artist_moments": artist_moments,
    "artist_places": artist_places, "group_overlaps": group_overlaps, "rarest_listens": rarest_listens,
    "artist_chart": _chart("artist_id", lambda world, who, play: [world.seen[who].artist(name) for name in play.song.artists]),
    "recording_chart": _chart("recording_id", lambda world, who, play: [world.seen[who].recording(play.song)]),
    "release_group_chart": _chart("release_group_id", _albums),
}  # fmt: skip
