"""The law of other people's rows: without one listener they stay as they were, but for figures about many that keep their minimum."""

from __future__ import annotations

import polars as pl
import pytest

from wrapped_assets.building.rehearsal import Found, rehearse, surrogates_of
from wrapped_assets.contracts.examples import plays_of
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.vocabulary.sharing import RECOMMENDING_LISTENERS

YEAR = 2026
GRAPH = project_graph()
VICTIM = "victim"
# The victim is of everybody's taste, and alone plays `secret`; four others and the victim play `fifth`, as many as a title needs.
# The victim and p0 have an id whose artist a catalogue renames, and one of the victim's own ids has the titles of two songs of `bo`.
# What the victim shouts, others spell in another way.
GIVEN = {
    VICTIM: "2025-05-01 eple, 2026-03-01 eple*60 secret/somebody*90 fifth/five*30 sixth/six*9 RAIN/BO*2 snow/bo*3 moon/mia",
    **{f"p{n}": "2026-03-01 eple*60 sixth/six*8 moon/mia" + " fifth/five*20 tide/new" * (n < 4) for n in range(5)},
    "ana": "2025-01-01 old, 2026-03-01 eple*55",
    "bo": "2026-03-01 rain/bo*60 snow/bo*5",
}
URIS = {"moon": "spotify:track:0000000000000000000001", **dict.fromkeys(("RAIN", "snow"), "spotify:track:0000000000000000000002")}
CATALOGUE = {"known_recordings": [{"recording_name": "Moon", "artist_names": ["new"], "spotify_uri": URIS["moon"]}]}
AGREED = {name: {"is_recommending": True, "country": "PT", "birth_year": 1990} for name in GIVEN}


def exported(name: str) -> pl.DataFrame:
    plays, uri = plays_of(GIVEN[name]), pl.col("title").replace_strict(URIS, default=None, return_dtype=pl.String)
    return plays.with_columns(spotify_uri=uri) if name in (VICTIM, "p0") else plays


def computed(names: list[str]) -> Found:
    plays = {name: exported(name) for name in names}
    return rehearse(plays, [YEAR], people=AGREED, surrogates=surrogates_of(GIVEN), catalogue=CATALOGUE)


@pytest.fixture(scope="module")
def worlds() -> tuple[Found, Found]:
    """With the victim, and without."""
    return computed(list(GIVEN)), computed([name for name in GIVEN if name != VICTIM])


def ids_of(found: Found, recording: str) -> set[int]:
    named = [rows for rows in found.values() if {"recording_id", "recording_name"} <= set(rows.columns)]
    return {one for rows in named for one in rows.filter(rows["recording_name"] == recording)["recording_id"]}


def about_many() -> set[str]:
    """Assets with a figure over all listeners somewhere behind them."""
    many: set[str] = set()
    for key, asset in GRAPH.by_key.items():
        if asset.layer == "population" or any(read in many for read, _ in GRAPH.inputs(asset)):
            many.add(key)
    return many


def test_nothing_of_another_listener_changes_that_no_figure_about_many_is_behind(worlds: tuple[Found, Found]) -> None:
    before, after = worlds
    victim, many = surrogates_of(GIVEN)[VICTIM], about_many()
    compared = 0
    for (key, period), rows in before.items():
        asset = GRAPH.by_key.get(key)
        if asset is None or key in many or "listener_id" not in asset.grain:
            continue
        others = rows.filter(rows["listener_id"] != victim)
        assert others.equals(after[key, period]), key
        compared += others.height
    assert compared > 100


def test_the_world_has_ids_that_rename_and_join_songs(worlds: tuple[Found, Found]) -> None:
    """Without these the law above would say nothing of them."""
    plays = pl.concat(rows for (key, _), rows in worlds[0].items() if key == "listens/plays")
    ids = surrogates_of(GIVEN)
    heard = {name: set(plays.filter(pl.col("listener_id") == ids[name])["recording_id"]) for name in ("bo", "p0", "p4", VICTIM)}
    assert len(heard["bo"]) == 2
    assert len(heard[VICTIM] & heard["bo"]) == 1
    assert len(heard[VICTIM] & heard["p0"]) > len(heard[VICTIM] & heard["p4"])


def test_what_one_listener_alone_played_is_in_nobody_elses_rows(worlds: tuple[Found, Found]) -> None:
    found, victim = worlds[0], surrogates_of(GIVEN)[VICTIM]
    secret = ids_of(found, "secret")
    assert secret
    for (key, _), rows in found.items():
        asset = GRAPH.by_key.get(key)
        if asset is not None and "listener_id" in asset.grain and asset.kind != "year" and "recording_id" in rows.columns:
            others = rows.filter(rows["listener_id"] != victim)
            assert not secret & set(others["recording_id"]), key
    missed = found["population/neighbour_recordings", str(YEAR)]
    assert not secret & set(missed["recording_id"])


def test_a_recommendation_goes_below_its_minimum_and_stays_above_it(worlds: tuple[Found, Found]) -> None:
    """Five heard `fifth`, and six `sixth`: without the victim the first is one too few."""
    ana = surrogates_of(GIVEN)["ana"]
    told = []
    for found in worlds:
        rows = found["insights/missed_recordings", str(YEAR)]
        told.append(set(rows.filter(rows["listener_id"] == ana)["recording_id"]))
        assert set(rows.columns) == {"listener_id", "missed_rank", "recording_id"}  # neither how many played it nor how often
    fifth, sixth = (ids_of(worlds[0], name) for name in ("fifth", "sixth"))
    assert RECOMMENDING_LISTENERS == 5
    assert told == [fifth | sixth, sixth]
