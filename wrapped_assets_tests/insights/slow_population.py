"""Ranks among all listeners once more, in plain Python from raw plays: slow and independent of the package."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from wrapped_assets_tests.insights.slow_artists import Everybody
from wrapped_assets_tests.insights.slow_twins import Rows, by_listens

LEAST_FANS, LEAST_LISTENERS, LISTENS = 100, 20, 1_000


def _of_artists(world: Everybody) -> dict[int, dict[int, tuple[int, int]]]:
    """artist → listener → (listens, time)."""
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for who, seen in world.seen.items():
        for play in seen.listens:
            for name in play.song.artists:
                count, ms = found[seen.artist(name)].get(who, (0, 0))
                found[seen.artist(name)][who] = (count + 1, ms + play.ms_played)
    return found


def _top_artists(world: Everybody, who: int, places: int) -> list[int]:
    seen = world.seen[who]
    pairs = ((seen.artist(name), play) for play in seen.listens for name in play.song.artists)
    return [artist for artist, _ in by_listens(pairs)[:places]]


def fan_rank(world: Everybody) -> Rows:
    audiences, rows = _of_artists(world), []
    for who in world.seen:
        for place, artist in enumerate(_top_artists(world, who, 50), 1):
            fans = audiences[artist]
            if len(fans) >= LEAST_FANS:
                ranks = [1 + sum(other[which] > fans[who][which] for other in fans.values()) for which in (0, 1)]
                rows.append({
                    "listener_id": who, "artist_rank": place, "artist_id": artist, "listen_count": fans[who][0], "fan_rank": ranks[0],
                    "fan_share": ranks[0] / len(fans), "minutes_fan_rank": ranks[1], "minutes_fan_share": ranks[1] / len(fans),
                    "listener_count": len(fans),
                })  # fmt: skip
    return rows


def minutes_rank(world: Everybody) -> Rows:
    ms = {who: sum(play.ms_played for play in seen.plays if seen.in_window(play)) for who, seen in world.seen.items() if seen.listens}
    if len(ms) < LEAST_LISTENERS:
        return []
    rows = []
    for who, mine in ms.items():
        country = world.country[who]
        at_home = [other for other in ms if country is not None and world.country[other] == country]
        is_large = len(at_home) >= LEAST_LISTENERS
        rank = 1 + sum(other > mine for other in ms.values())
        rows.append({
            "listener_id": who, "minutes": mine / 60_000, "minutes_rank": rank, "minutes_rank_share": rank / len(ms),
            "listener_count": len(ms), "country": country,
            "country_minutes_rank": 1 + sum(ms[other] > mine for other in at_home) if is_large else None,
            "country_listener_count": len(at_home) if is_large else None,
        })  # fmt: skip
    return rows


def early_listener(world: Everybody) -> Rows:
    days: dict[int, Counter[date]] = defaultdict(Counter)
    for seen in world.seen.values():
        for play in seen.heard:
            if seen.day(play).year < seen.first.year or seen.in_window(play):
                days[seen.recording(play.song)][seen.day(play)] += 1
    passed: dict[int, date] = {}
    for recording, counts in days.items():
        so_far = 0
        for day in sorted(counts):
            so_far += counts[day]
            if so_far >= LISTENS:
                passed[recording] = day
                break
    rows = []
    for who, seen in world.seen.items():
        found = []
        for recording, plays in by_listens((seen.recording(play.song), play) for play in seen.listens):
            first = min(play.start for play in seen.heard if seen.recording(play.song) == recording)
            early = (passed[recording] - first.date()).days if recording in passed else 0
            if early > 0:
                found.append((-early, -len(plays), first, recording))
        for place, (early, count, first, recording) in enumerate(sorted(found)[:50], 1):
            rows.append({
                "listener_id": who, "early_rank": place, "recording_id": recording, "first_heard_at": first,
                "first_heard_date": first.date(), "passed_date": passed[recording], "early_day_count": -early,
                "cumulative_listen_count": sum(days[recording].values()), "listen_count": -count,
            })  # fmt: skip
    return rows


def sound_town(world: Everybody) -> Rows:
    """Which place and which artists; the lifts themselves are compared by the worked example."""
    audiences = _of_artists(world)
    total = sum(count for fans in audiences.values() for count, _ in fans.values())
    homes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for who, place in world.place.items():
        if place is not None and world.seen[who].listens:
            homes[place, world.country[who] or ""].append(who)
    rows = []
    for who in world.seen:
        scores = []
        for (place, country), people in homes.items():
            if len(people) < LEAST_LISTENERS:
                continue
            here = sum(audiences[artist][each][0] for artist in audiences for each in people if each in audiences[artist])
            lifts = {}
            for artist in _top_artists(world, who, 10):
                fans = audiences[artist]
                in_place = sum(fans[each][0] for each in people if each in fans)
                lift = (in_place / here) / (sum(count for count, _ in fans.values()) / total) if here else 0
                if in_place and lift > 1:
                    lifts[artist] = lift
            if len(lifts) >= 3:
                mean = sum(round(lift * 1_000_000) for lift in lifts.values()) // len(lifts)
                scores.append((-mean, -len(lifts), place, country, lifts))
        if scores:
            _, _, place, country, lifts = min(scores, key=lambda score: score[:4])
            for rank, artist in enumerate(_top_artists(world, who, 10), 1):
                if artist in lifts:
                    town = {"place_name": place, "chart_country": country}
                    rows.append({"listener_id": who, "artist_rank": rank, "artist_id": artist, **town})
    return rows


TWINS = {"fan_rank": fan_rank, "minutes_rank": minutes_rank, "early_listener": early_listener, "sound_town": sound_town}
