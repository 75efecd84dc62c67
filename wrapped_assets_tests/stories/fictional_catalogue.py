"""The fictional year with what a catalogue and other people say about it: a row or more of every insight that has a card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wrapped_assets.stories.cards.genres import DAYPARTS
from wrapped_assets.stories.data import StoryData, Telling
from wrapped_assets.vocabulary.identities import AGAINST_YEAR_BEFORE, NAMES
from wrapped_assets.vocabulary.personalities import PERSONALITIES
from wrapped_assets_tests.stories.fictional import ARTISTS, SONGS, TELLINGS, fictional

GENRES = ("indie rock", "dream pop", "techno", "jazz", "folk", "ambient")
SPANS = ((1, 3), (4, 8), (9, 12))
HEADLINE = "Something new about you."  # of insights that no helper of this test has declared


def _rows(year: int) -> dict[str, list[dict[str, Any]]]:
    return {
        "top_genres": [
            {"genre_name": name, "genre_listens": 2000.5 - 300 * n, "genre_listen_share": 0.24 - 0.03 * n, "genre_known_share": 0.83}
            for n, name in enumerate(GENRES)
        ],
        "genre_clock": [
            {"genre_name": name, "day_part": part, "genre_listens": (n * 7 + m * 5) % 11 * 30.5,
             "genre_known_share": 0.83}
            for n, name in enumerate(GENRES) for m, part in enumerate(DAYPARTS)
        ],
        "music_evolution": [
            {"first_month": f"{year}-{first:02d}", "last_month": f"{year}-{last:02d}", "genre_name": GENRES[n + k],
             "artist_name": ARTISTS[n + k]}
            for n, (first, last) in enumerate(SPANS) for k in range(3)
        ],
        "release_years": [
            {"release_year": released, "listen_count": released * 7 % 50 * (1 if released < 1990 else 5), "median_release_year": 2016,
             "oldest_recording_name": "Salt", "release_year_known_share": 0.7}
            for released in range(1964, year + 1)
        ],
        "listening_age": [{"listening_age": 44, "first_release_year": 1997, "last_release_year": 2001, "window_share": 0.31,
                           "population_window_share": 0.12, "birth_band": 1990, "listener_count": 214, "release_year_known_share": 0.7}],
        "remarkable_days": [
            {"day_kind": kind, "local_date": f"{year}-0{n + 1}-11", "day_figure": figure, "listen_count": 40}
            for n, (kind, figure) in enumerate((("most_minutes", 840.5), ("most_new_artists", 12.0), ("most_of_top_artist", 31.0),
                                                ("oldest_music", 1974.25), ("unlike_the_year", 0.91)))
        ],
        "hours_of_days": [
            {"local_hour": hour, "local_date": f"{year}-0{n + 1}-11", "listen_count": 3 + (hour * 7 + n) % 11,
             "repeat_count": (hour + n) % 3, "artist_id": 1 + hour % 5, "artist_name": ARTISTS[hour % 5]}
            for n in range(5)
            for hour in range(8 + n, 22 - n, 2)
        ],
        "artist_map": [
            {"country": code, "artist_count": 120 - 14 * n, "listen_count": 900 - n * 100, "country_known_share": 0.77}
            for n, code in enumerate(("GB", "US", "DE", "JP", "PT", "NO", "IS", "ZA"))
        ],
        "sound_town": [
            {"place_name": "Porto", "chart_country": "PT", "artist_name": name, "artist_rank": n + 1, "lift": 4.2 - n * 0.7,
             "town_lift": 2.8}
            for n, name in enumerate(ARTISTS[:5])
        ],
        "fan_rank": [
            {"artist_name": name, "fan_rank": 12 + n * 31, "listener_count": 3400, "fan_share": (12 + n * 31) / 3400,
             "minutes_fan_rank": 9 + n * 30, "minutes_fan_share": (9 + n * 30) / 3400}
            for n, name in enumerate(ARTISTS[:4])
        ],
        "minutes_rank": [
            {"minutes": 41_208.5, "minutes_rank": 1234, "minutes_rank_share": 0.02468, "listener_count": 50_000,
             "country_minutes_rank": 12, "country_listener_count": 402, "country": "PT"}
        ],
        "listening_personality": [
            {"personality_name": PERSONALITIES["EVNL"][0], "personality_meaning": PERSONALITIES["EVNL"][1], "explorer_share": 0.8,
             "variety_share": 0.6, "newness_share": 0.91, "mainstream_share": 0.4, "listener_count": 48_112}
        ],
        "early_listener": [
            {"recording_name": song, "artist_name": ARTISTS[n], "first_heard_date": f"{year - 1}-0{n + 1}-10",
             "passed_date": f"{year}-09-0{n + 1}", "early_day_count": 599 - 30 * n, "listen_count": 20 - n}
            for n, song in enumerate(SONGS[:7])
        ],
        "quiz": [
            *({"quiz_question": "minutes", "option_position": n, "option_value": 9941 * n, "option_recording_name": None,
               "is_true_option": n == 3} for n in range(1, 5)),
            *({"quiz_question": "top_recording", "option_position": n, "option_value": None, "option_recording_name": SONGS[n - 1],
               "is_true_option": n == 1} for n in range(1, 5)),
        ],
        "own_identity": [{"identity_name": NAMES["NV"], "identity_meaning": AGAINST_YEAR_BEFORE["NV"], "is_against_year_before": True,
                      "new_artist_listen_share": 0.337, "before_new_artist_listen_share": 0.285, "repeat_share": 0.64,
                      "before_repeat_share": 0.71, "median_release_year": 2016, "before_median_release_year": 2013}],
        "totals_before": [{"minutes": 41_208.5, "listen_count": 11_000, "recording_count": 2318, "artist_count": 614,
                           "active_day_count": 337, "before_minutes": 36_793.0, "before_listen_count": 9911, "before_recording_count": 2407,
                           "before_artist_count": 448, "before_active_day_count": 341}],
        "artists_before": [{"artist_rank": n, "artist_id": n, "artist_name": name, "listen_count": 412 - n * 43,
                            "before_listen_count": (298, 77, 0, 251, 199, 12, 0)[n - 1], "before_artist_rank": None}
                           for n, name in enumerate(ARTISTS, 1)],
        "genres_before": [{"genre_rank": n + 1, "genre_name": name, "genre_listens": 2000.5 - 300 * n,
                           "before_genre_listens": (1786.0, 410.5, None, 1100.0, 800.5, None)[n], "before_genre_rank": None}
                          for n, name in enumerate(GENRES)],
        "clubs": [{"club_name": "Slow Orbit", "club_share": 0.41, "club_listen_count": 1630, "club_role": "founder", "listener_count": 2204,
                   "genre_known_share": 0.83}],
        "similar_listeners": [{"similar_listener_name": name, "similarity_share": share} for name, share in (("Bo", 0.8), ("Cy", 0.5))],
        "missed_recordings": [
            {"recording_name": song, "artist_name": ARTISTS[n % 7]}
            for n, song in enumerate(SONGS[:7])
        ],
        "new_releases": [{"release_group_name": s, "artist_name": ARTISTS[n % 7], "listen_count": max(0, 90 - 25 * n), "track_count": 9}
                         for n, s in enumerate(SONGS[:7])],
        "top_shows": [{"show_name": name, "media": "podcast", "minutes": 900.0 - 200 * n, "episode_count": 9, "show_day_count": 7}
                      for n, name in enumerate(("Salt and Air", "The Long Read Aloud"))],
        "recording_story": [{"recording_name": "Lantern Season", "artist_name": "Marrow & Pine",
                             "first_heard_at": f"{year - 3}-04-01T10:00:00Z",
                             "best_local_date": f"{year}-03-02", "best_day_listen_count": 17, "active_day_count": 88, "listen_count": 174,
                             "history_since": "2016-03-05T18:00:00Z"}],
        "recording_story_months": [{"recording_name": "Lantern Season", "month": f"{year}-{m:02d}", "listen_count": m * 5 % 13 + 3}
                                   for m in range(1, 13)],
        "loyalty": [{"artist_name": name, "listen_count": 300 - n * 40, "loyal_year_count": 4 - n, "history_since": "2016-03-05T18:00:00Z"}
                    for n, name in enumerate(ARTISTS[:3])],
        "comebacks": [{"artist_name": name, "silence_day_count": 1400 - n * 300, "comeback_date": f"{year}-05-0{n + 1}", "listen_count": 9,
                       "silent_since_date": "2021-01-01"} for n, name in enumerate(ARTISTS[:3])],
        "variety": [{"artist_name": "Marrow & Pine", "top_artist_share": 0.21, "artist_evenness_share": 0.7, "repeat_share": 0.64,
                     "skip_share": 0.12}],
    }  # fmt: skip


def fuller(year: int = 2025) -> StoryData:
    """A full edition with every card."""
    data, rows = fictional(year), _rows(year)
    tellings = {name: TELLINGS.get(name, Telling(HEADLINE)) for name in {*data.insights, *rows}}
    return replace(data, insights={**data.insights, **rows}, tellings=tellings)
