"""One playback that two services report under two spellings is one listen; another version of the song is another one."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import rehearse, source_like, surrogates_of
from wrapped_assets.contracts.source import Source
from wrapped_assets_tests.listens.plays import EXACT, MINUTES, at, frame, listens_in, play, scrobble, truncated

FIRST = source_like("first scrobbler", code=3, richness=30, resolution_seconds=60)
SECOND = source_like("second scrobbler", code=4, richness=70, resolution_seconds=60)
TITLE, ARTIST = "Third Rail", "Blanka Ferro"
Exports = list[tuple[Source, list[dict[str, Any]]]]

TITLES = [
    *(
        f"{TITLE} {words}"
        for words in (
            "(feat. Nadir Oz)", "[ft. Nadir Oz]", "{feat. Nadir Oz}", "<feat. Nadir Oz>", "（feat. Nadir Oz）", "【Feat. Nadir Oz】",
            "(feat: Nadir Oz)", "(f. Nadir Oz)", "(w/ Nadir Oz)", "(duet with Nadir Oz)", "featuring Nadir Oz", "- with Nadir Oz",
            "- feat. Nadir Oz", "- Remastered 2011", "(2011 Remaster)", "[Remastered]", "- Remasterizado en 2011",
            "(Remasterisé en 2011)", "- 30th Anniversary Remaster", "- Single Version", "(Album Version)", "- Mono",
            "(feat. Nadir Oz) - 2011 Remaster", "(Remastered) (feat. Nadir Oz)", "(Official Video)", "[Official Music Video]",
            "(Official Audio)", "(Lyrics)", "(HD)", '(From "Night Bus")', "- From Night Bus", "(prod. Nadir Oz)",
        )
    ),
    "THIRD RAIL", "  Third  Rail ", "Third\N{NO-BREAK SPACE}Rail", "ＴＨＩＲＤ　ＲＡＩＬ", "Third Rail!",
]  # fmt: skip
ARTISTS = [
    *(
        f"{ARTIST}{words}"
        for words in (
            " - Topic", "VEVO", " (Official)", " & Nadir Oz", ", Nadir Oz", " x Nadir Oz", " × Nadir Oz", " feat. Nadir Oz",
            " und Nadir Oz", " y Nadir Oz", " et Nadir Oz", "; Nadir Oz", " / Nadir Oz", "、Nadir Oz", " vs. Nadir Oz",
            " presents Nadir Oz",
        )
    ),
    "The Blanka Ferro", "BlankaFerroVEVO",
]  # fmt: skip
DECOMPOSED = ("Café", "Мой", "ガラス", "한국")
PAIRS = [
    *((name, unicodedata.normalize("NFD", name)) for name in DECOMPOSED),
    ("ｶﾅ", "カナ"), ("Don’t Go", "Dont Go"), ("Don&#39;t Go", "Don't Go"), ("Salt &amp; Pepper", "Salt and Pepper"), ("Straße", "STRASSE"),
    ("Bjørn", "Bjorn"), ("Łódź", "Lodz"), ("Ænima", "Aenima"), ("Ёлка", "Елка"), ("حـب", "حب"), ("Dawn, Pt. 2", "Dawn, Part 2"),
    ("Dawn, Pt. II", "Dawn (Part Two)"),
    ("Part Ⅱ", "Part II"), ("A–B", "A-B"), ("夜　道", "夜 道"), ("İstanbul", "Istanbul"), ("...", "…"),
    ("שָׁלוֹם", "שלום"), ("حَب", "حب"), ("1️⃣", "1"),
]  # fmt: skip
OTHERS = [
    *(
        f"{TITLE} {words}"
        for words in (
            "- Live", "(Live at Oslo)", "- Live from Oslo", "(Nadir Oz Remix)", "- Acoustic", "(Demo)", "(Instrumental)", "Pt. 2", "Pt. II",
            "(Karaoke Version)", "(Piano Version)", "(Live) - 2011 Remaster", "(Extended Mix)", "(Sped Up)", "(BBC Session)",
            "(Blanka's Version)", "(Live) (Official Video)",
        )
    ),
    "Night Bus",
]  # fmt: skip
OTHER_LETTERS = [("दिल", "दल"), ("ไม่", "ไม้"), ("ハハ", "パパ"), ("か", "が"), ("মন", "মান")]  # marks that are no accents


def _both(one: tuple[str, str], other: tuple[str, str]) -> Exports:
    (title, artist), (other_title, other_artist) = one, other
    streamed = play("2026-03-01 12:00", title, 200_000, artist_credit=artist)
    return [(EXACT, [streamed]), (FIRST, [scrobble("2026-03-01 12:00:01", other_title, artist_credit=other_artist)])]


SPELLINGS: dict[str, tuple[Exports, int]] = {
    **{f"= {title}": (_both((TITLE, ARTIST), (title, ARTIST)), 1) for title in TITLES},
    **{f"= {artist}": (_both((TITLE, ARTIST), (TITLE, artist)), 1) for artist in ARTISTS},
    **{f"= {one} {other}": (_both((one, ARTIST), (other, ARTIST)), 1) for one, other in PAIRS},
    **{f"≠ {one} {other}": (_both((one, ARTIST), (other, ARTIST)), 2) for one, other in OTHER_LETTERS},
    **{f"≠ {title}": (_both((TITLE, ARTIST), (title, ARTIST)), 2) for title in OTHERS},
}


def _loop(start: str, count: int, gap: int, length: int, late: int = 1) -> Exports:
    """One song again and again in four services, one of which counts its rows' starts a little late."""
    starts = [at(start) + timedelta(seconds=gap * number) for number in range(count)]
    streamed = [play(one, ms_played=length) for one in starts]
    scrobbled = [scrobble(one + timedelta(seconds=late)) for one in starts]
    return [(EXACT, streamed), (MINUTES, [truncated(one) for one in streamed]), (FIRST, scrobbled), (SECOND, scrobbled)]


def _times(start: str) -> dict[str, tuple[Exports, int]]:
    """Playbacks over a moment at which a year, a month or the clock's offset changes."""
    one, later = play(start, ms_played=210_000), lambda seconds: at(start) + timedelta(seconds=seconds)
    offline = play(start, ms_played=71_237)
    return {
        f"{start} three services": ([(EXACT, [one]), (MINUTES, [truncated(one)]), (FIRST, [scrobble(later(2))])], 1),
        f"{start} two scrobblers": ([(FIRST, [scrobble(start)]), (SECOND, [scrobble(later(40))])], 1),
        f"{start} scrobbled at the end": ([(EXACT, [one]), (FIRST, [scrobble(later(209))])], 1),
        f"{start} looped": (_loop(start, 20, 210, 210_000), 20),
        f"{start} paused": ([(EXACT, [play(later(7_200), ms_played=210_000)]), (FIRST, [scrobble(start)])], 1),
        f"{start} offline": ([(EXACT, [{**offline, "listened_at": later(72_000)}]), (MINUTES, [truncated(offline)])], 1),
    }


NEW_YEAR, SPRING, AUTUMN, LEAP = "2027-12-31 22:58:30", "2028-03-26 00:58:30", "2028-10-29 00:58:30", "2028-02-29 22:58:30"
MOMENTS: dict[str, tuple[Exports, int]] = {
    **{name: found for start in (NEW_YEAR, SPRING, AUTUMN, LEAP) for name, found in _times(start).items()},
    "a short song looped": (_loop("2028-05-01 12:00", 50, 31, 31_000, late=2), 50),
    "half of a loop in the richer one": ([
        (EXACT, [play(at("2028-05-01 12:00") + timedelta(seconds=420 * number), ms_played=210_000) for number in range(20)]),
        (FIRST, [scrobble(at("2028-05-01 12:00") + timedelta(seconds=210 * number)) for number in range(40)]),
    ], 40),
}  # fmt: skip


@cache
def heard(is_reversed: bool = False) -> pl.DataFrame:
    """All cases in one world, one listener each."""
    cases = {**SPELLINGS, **MOMENTS}
    order = -1 if is_reversed else 1
    people = {name: [(source, frame(*plays[::order])) for source, plays in exports[::order]] for name, (exports, _) in cases.items()}
    found = rehearse(people, [2026, 2027, 2028], only=["plays"], time_zones=dict.fromkeys(people, "Europe/Berlin"))
    return listens_in(found)


@pytest.mark.parametrize("cases", [SPELLINGS, MOMENTS], ids=["spellings", "moments"])
def test_one_playback_is_one_listen(cases: dict[str, tuple[Exports, int]]) -> None:
    ids = surrogates_of(cases)
    counts = dict(heard().group_by("listener_id").len().iter_rows())
    wrong = {name: counts[ids[name]] for name, (_, expected) in cases.items() if counts[ids[name]] != expected}
    assert wrong == {}


def test_the_order_of_the_exports_and_of_their_rows_changes_nothing() -> None:
    order = ["listener_id", "listened_at", "recording_id"]
    assert heard(is_reversed=True).sort(order).equals(heard().sort(order))


def test_two_names_of_one_playback_are_one_recording_also_where_only_one_service_reports() -> None:
    guest = {"artist_credit": ARTIST}
    streamed = [play(f"2026-0{month}-01 12:00", TITLE, **guest) for month in (1, 2)]
    scrobbled = [scrobble(f"2026-0{month}-01 12:00:02", f"{TITLE} (feat. Nadir Oz)", **guest) for month in (2, 3)]
    rows = listens_in(rehearse({"ana": [(EXACT, frame(*streamed)), (FIRST, frame(*scrobbled))]}, [2026], only=["plays"]))
    assert (rows.height, rows["recording_id"].n_unique()) == (3, 1)


@pytest.mark.parametrize("other", [f"{TITLE} (feat. Nadir Oz)", f"{TITLE} - Radio Edit", f'{TITLE} (From "Night Bus")'])
def test_two_versions_in_a_row_that_two_services_report_are_two_recordings(other: str) -> None:
    starts = {"2026-03-01 12:00": TITLE, "2026-03-01 12:03:20": other}
    streamed = [play(start, title, 200_000, artist_credit=ARTIST) for start, title in starts.items()]
    scrobbled = [scrobble(start, title, artist_credit=ARTIST) for start, title in starts.items()]
    rows = listens_in(rehearse({"ana": [(EXACT, frame(*streamed)), (FIRST, frame(*scrobbled))]}, [2026], only=["plays"]))
    assert (rows.height, rows["recording_id"].n_unique()) == (2, 2)
