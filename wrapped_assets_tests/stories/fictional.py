"""A fictional listener's year: nobody's data, the same every time."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.discovery import declared_in
from wrapped_assets.stories.data import Counted, StoryData, tellings_of

ARTISTS = ["Marrow & Pine", "Tidal Arcade", "Odile Vantage", "The Quiet Cartographers", "Kestrel Youth", "Sabine Ørsted", "Low Ceiling"]
SONGS = [
    "Lantern Season", "Night Bus to Ostrava", "Paper Harbour", "Everything We Left on Read", "Salt", "A Field Guide to Leaving", "Halogen",
    "Ten Thousand Small Birds", "Wednesday's Child", "Inventory", "Slow Signal", "Glass Orchard",
]  # fmt: skip
ALBUMS = ["Paper Harbour", "Arcade Weather", "Field Guides", "Maps for the Indoors", "Second Summer"]
TELLINGS = tellings_of(declared_in("wrapped_assets.insights.listener", Declaration))


def _calendar(year: int, chance: Random) -> list[dict[str, Any]]:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    rows = []
    for n, day in enumerate(days):
        wave = 70 + 45 * math.sin(n / 58) + (35 if day.weekday() >= 4 else 0)
        minutes = 0.0 if chance.random() < 0.08 and not 150 <= n <= 205 else max(3.0, chance.gauss(wave, 38))
        rows.append({"local_date": day.isoformat(), "listen_count": round(minutes / 3.4), "minutes": round(minutes, 2)})
    rows[318].update(minutes=702.5, listen_count=204)
    return rows


def _race(year: int, chance: Random) -> list[dict[str, Any]]:
    total = dict.fromkeys(range(5), 0)
    rows = []
    for month in range(1, 13):
        gained = {
            place: round(chance.uniform(12, 40) * (1.4 if (month + place * 2) % 7 < 3 else 0.7) * (1.25 - place * 0.1)) for place in total
        }
        total = {place: total[place] + gained[place] for place in total}
        order = sorted(total, key=lambda place: -total[place])
        rows += [
            {
                "month": f"{year}-{month:02d}", "artist_id": place + 1, "artist_name": ARTISTS[place], "listen_count": gained[place],
                "cumulative_listen_count": total[place], "artist_rank": order.index(place) + 1, "is_peak_month": month == 3 + place * 2,
            }
            for place in total
        ]  # fmt: skip
    return rows


def _insights(year: int) -> dict[str, list[dict[str, Any]]]:
    chance = Random(33)
    calendar = _calendar(year, chance)
    at = datetime(year, 1, 1, 0, 41, tzinfo=UTC)
    listens, minutes = sum(row["listen_count"] for row in calendar), sum(row["minutes"] for row in calendar)
    songs = [
        {"recording_rank": n, "recording_id": n, "recording_name": song, "artist_name": ARTISTS[n % 7 - 1], "listen_count": 187 - 13 * n,
         "ms_played": (187 - 13 * n) * 214_000, "first_listened_at": (at + timedelta(days=11 * n)).isoformat()}
        for n, song in enumerate(SONGS, 1)
    ]  # fmt: skip
    race = _race(year, chance)
    clock = [
        {"local_weekday": day, "local_hour": hour,
         "listen_count": max(0, round((14 * math.exp(-((hour - 18) ** 2) / 18) + 9 * math.exp(-((hour - 8) ** 2) / 3) * (day < 6)
                                        + (8 if day in (5, 6) and hour >= 21 else 0)) * chance.uniform(2, 4)))}
        for day in range(1, 8) for hour in range(24)
    ]  # fmt: skip
    return {
        "listening_totals": [{"minutes": minutes, "listen_count": listens, "play_count": listens + 1904, "recording_count": 2318,
                              "artist_count": 614, "release_group_count": 902,
                              "active_day_count": sum(r["listen_count"] > 0 for r in calendar),
                              "minutes_per_day": minutes / 365}],
        "top_recordings": songs,
        "top_artists": [{"artist_rank": n, "artist_id": n, "artist_name": name, "listen_count": 412 - n * 43, "ms_played": 60_000 * n}
                        for n, name in enumerate(ARTISTS, 1)],
        "top_release_groups": [{"release_group_rank": n, "release_group_id": n, "release_group_name": name, "artist_name": ARTISTS[n - 1],
                                "listen_count": 301 - n * 37} for n, name in enumerate(ALBUMS, 1)],
        "listening_calendar": calendar,
        "listening_clock": clock,
        "busiest_day": [{"local_date": f"{year}-11-15", "minutes": 702.5, "listen_count": 204, "recording_count": 131,
                         "top_recording_id": 5, "top_recording_name": "Halogen"}],
        "most_replayed_day": [{"recording_id": 5, "recording_name": "Salt", "artist_name": "Kestrel Youth", "local_date": f"{year}-06-21",
                               "listen_count": 43}],
        "listening_streak": [{"streak_day_count": 56, "first_local_date": f"{year}-05-31", "last_local_date": f"{year}-07-25",
                              "active_day_count": 337, "current_streak_day_count": 9}],
        "artist_streak": [{"artist_id": 2, "artist_name": "Tidal Arcade", "streak_day_count": 23, "first_local_date": f"{year}-02-02",
                           "last_local_date": f"{year}-02-24"}],
        "longest_session": [{"session_started_at": f"{year}-08-09T13:12:00Z", "session_ended_at": f"{year}-08-09T22:50:00Z",
                             "session_minutes": 571.4, "play_count": 171, "listen_count": 158}],
        "artist_race": race,
        "first_listen": [{"recording_id": 2, "recording_name": "Night Bus to Ostrava", "artist_name": "Tidal Arcade",
                          "listened_at": f"{year - 1}-12-31T23:07:41Z", "local_date": f"{year}-01-01"}],
        "discoveries": [{"new_artist_count": 231, "new_recording_count": 1204, "biggest_discovery_date": f"{year}-04-12",
                         "biggest_discovery_count": 48, "history_since": "2016-03-05T18:00:00Z"}],
        "discovery_months": [{"month": f"{year}-{m:02d}", "new_artist_count": 10 + m, "new_recording_count": chance.randint(40, 190)}
                             for m in range(1, 13)],
        "top_discoveries": [{**song, "recording_rank": n, "listen_count": 96 - 9 * n} for n, song in enumerate(songs[3:10], 1)],
        "night_owl": [{"night_share": 0.23, "morning_share": 0.31, "weekend_share": 0.36, "listen_count": listens}],
    }  # fmt: skip


def fictional(year: int = 2025) -> StoryData:
    """A full edition."""
    insights = _insights(year)
    return StoryData(
        listener="Ana", year=year, edition=str(year), rules="default", window=(date(year, 1, 1), date(year, 12, 31)),
        time_zone="Europe/Prague",
        counted=Counted(
            insights["listening_totals"][0]["listen_count"], insights["listening_totals"][0]["play_count"],
            {"too_short": 1822, "private": 82, "excluded": 140, "outside_window": 17, "not_music": 66, "duplicate": 311}, 4,
        ),
        insights=insights, tellings=TELLINGS, history_since="2016-03-05T18:00:00Z",
    )  # fmt: skip


def small(year: int = 2025) -> StoryData:
    """An edition below the threshold: twelve recordings of four artists."""
    data = fictional(year)
    totals = {**data.insights["listening_totals"][0], "recording_count": 12, "artist_count": 4, "listen_count": 31, "minutes": 104.2}
    return replace(data, insights={**data.insights, "listening_totals": [totals]})


def empty(year: int = 2025) -> StoryData:
    """A year without a listen."""
    return replace(fictional(year), counted=Counted(0), insights={name: [] for name in TELLINGS}, history_since=None)


def hostile(year: int = 2025) -> StoryData:
    """Names that are long, right to left, not Latin, or markup."""
    data = fictional(year)
    names = [
        "W" * 300,
        "أم كلثوم — إنت عمري",
        "東京事変、群青日和",
        "<script>alert(1)</script>",
        'a"><img src=x onerror=alert(1)>',
        "\u202egnp.exe\n\0",
        "{{7*7}}",
    ]
    insights = {
        insight: [
            {key: names[n % 7] if key.endswith("_name") else value for key, value in row.items()} for n, row in enumerate(rows)
        ]
        for insight, rows in data.insights.items()
    }  # fmt: skip
    return replace(data, listener="</title><script>alert(2)</script>" + "L" * 200, insights=insights)
