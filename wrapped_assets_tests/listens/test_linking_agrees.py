"""Links between names agree with their slow twin, whatever the order, how often a file comes, and whoever else is there."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.rehearsal import rehearse, surrogates_of
from wrapped_assets_tests.listens.plays import EXACT, SCROBBLES, frame, listens_in, play
from wrapped_assets_tests.listens.slow_linking import Heard, linked_slowly

TITLES, ARTISTS = ("Eple", "EPLE", "Apple", "Walk"), ("bo", "Bo", "bo band", "cy", "Various Artists")
ALBUMS = (None, None, "Steps", "STEPS")
SOURCES = {source.code: source for source in (EXACT, SCROBBLES)}


def a_history(seed: int) -> list[Heard]:
    """Plays of a few days: spellings, ids that change their names, names that a client sent, one playback under two names."""
    chance = random.Random(seed)

    def an_id(text: str) -> str | None:
        return text.format(chance.randrange(2)) if chance.random() < 0.25 else None

    heard = []
    for number in range(chance.choice((2, 5, 9, 14))):
        at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(hours=5 * number)
        sent = (chance.choice(TITLES).casefold(), chance.choice(ARTISTS).casefold()) if chance.random() < 0.1 else None
        one = Heard(
            at, chance.choice(TITLES), chance.choice(ARTISTS), chance.choice((EXACT.code, SCROBBLES.code)), chance.choice(ALBUMS),
            an_id("spotify:track:000000000000000000000{}"), an_id("NOABC010000{}"), an_id("11111111-1111-4111-8111-00000000000{}"), sent,
        )  # fmt: skip
        heard.append(one)
        if chance.random() < 0.2:
            other = SCROBBLES.code if one.source == EXACT.code else EXACT.code
            later = at + timedelta(seconds=chance.choice((1, 40, 59)))
            heard.append(Heard(later, one.title, chance.choice(ARTISTS), other, one.album))
    return heard


def exports(heard: Iterable[Heard]) -> list[tuple[object, pl.DataFrame]]:
    plays: dict[int, list[dict[str, object]]] = {code: [] for code in SOURCES}
    for one in heard:
        sent = {"submitted_title": one.sent[0], "submitted_artist_credit": one.sent[1]} if one.sent else {}
        plays[one.source].append(
            play(
                one.at, one.title, 60_000 if one.source == EXACT.code else None, artist_credit=one.artist, release_group_name=one.album,
                spotify_uri=one.spotify, isrc=one.isrc, recording_mbid=one.mbid, is_scrobble=one.source == SCROBBLES.code, **sent,
            )
        )  # fmt: skip
    return [(source, frame(*plays[code])) for code, source in SOURCES.items() if plays[code]]


def as_groups(of: Iterable[tuple[Hashable, Hashable]]) -> set[frozenset[Hashable]]:
    """Which records are one, without the names of what they are."""
    groups: dict[Hashable, set[Hashable]] = {}
    for record, group in of:
        groups.setdefault(group, set()).add(record)
    return {frozenset(group) for group in groups.values()}


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_links_agree_with_their_slow_twin_for_each_of_several_listeners(seed: int, other_seed: int) -> None:
    heard, others = a_history(seed), a_history(other_seed)
    people = {"ana": exports(heard), "again": [*exports(heard[::-1])[::-1], *exports(heard)], "bo": exports(others)}
    rows = listens_in(rehearse(people, [2026], only=["plays"]))
    ids = surrogates_of(people)
    for name, records in (("ana", heard), ("bo", others)):
        expected = linked_slowly(records)
        own = rows.filter(pl.col("listener_id") == ids[name])
        own = own.select("listened_at", "source_code", "recording_id", "artist_credit_id").rows()
        assert as_groups(((at, source), recording) for at, source, recording, _ in own) == as_groups(
            ((at, source), expected[at, source][0]) for at, source, *_ in own
        )
        assert as_groups(((at, source), credit) for at, source, _, credit in own) == as_groups(
            ((at, source), expected[at, source][1]) for at, source, *_ in own
        )
    same = [rows.filter(pl.col("listener_id") == ids[name]).drop("listener_id", "duplicate_count") for name in ("ana", "again")]
    assert same[0].equals(same[1])
