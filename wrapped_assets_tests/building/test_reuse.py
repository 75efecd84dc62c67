"""Rows that may be used again are the same whatever was computed before."""

import polars as pl
import pytest

from wrapped_assets.building import identifying
from wrapped_assets.building.excluding import APART
from wrapped_assets.building.identifying import identified_once, taken_rows
from wrapped_assets.building.inputs import Inputs
from wrapped_assets.building.pin import Pin
from wrapped_assets.building.rehearsal import landed, surrogates_of
from wrapped_assets.building.reuse import KnownRows
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.examples import example_plays
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.storage.root import Root

GIVEN = {"ana": "2026-03-01 eple/royksopp night/bo+cy/album, 2026-03-02 Eple/Royksopp walk/bo"}


def test_rows_computed_in_any_two_parts_are_those_computed_at_once() -> None:
    for declaration in (one for one in project_graph().by_key.values() if one.row_key):
        _, tracks = landed(example_plays(GIVEN), surrogates_of(GIVEN))
        tracks = tracks.select(declaration.reads[0].columns)

        def compute(rows: pl.DataFrame, asset=declaration) -> pl.DataFrame:
            found = asset(rows.lazy(), APART).select(pl.col(name).cast(dtype) for name, dtype in asset.schema.items())
            return found.sort(asset.order).collect()

        whole = compute(tracks)
        for cut in range(tracks.height + 1):
            known = KnownRows()
            known.result(declaration, "logic", tracks.head(cut), compute)
            assert known.result(declaration, "logic", tracks, compute).equals(whole)
            assert known.result(declaration, "logic", tracks.tail(2), compute).equals(compute(tracks.tail(2)))


def test_what_links_identified_needs_no_computing_again_and_is_what_the_asset_makes() -> None:
    declaration = project_graph().by_key["catalogue/tracks"]
    _, tracks = landed(example_plays(GIVEN), surrogates_of(GIVEN))
    of_asset = declaration(tracks.lazy(), APART).select(pl.col(name).cast(dtype) for name, dtype in declaration.schema.items())
    expected = of_asset.sort("variant_id").collect()
    identified_once(tracks, "these")
    assert taken_rows(declaration, "joined", "these") is None
    assert taken_rows(declaration, "apart", "others") is None
    made = taken_rows(declaration, "apart", "these")
    assert made is not None
    assert made.equals(expected)
    assert taken_rows(declaration, "apart", "these") is None
    known, keys = KnownRows(), tracks.select("variant_id")
    assert not known.has(declaration, "logic", keys["variant_id"])
    known.take(declaration, "logic", made)
    assert known.has(declaration, "logic", keys["variant_id"])
    assert not known.has(declaration, "other logic", keys["variant_id"])
    assert known.result(declaration, "logic", keys, pytest.fail).equals(expected)


def test_a_year_is_given_each_spelling_of_its_months_once(small: Root) -> None:
    project = Project(small)
    situation = project.situation()
    counts = []
    for cell in (one for one in situation.stored if one.asset == "catalogue/artists"):
        months = [
            pl.read_parquet(small.path / stored.path)
            for one, stored in situation.stored.items()
            if (one.asset, one.bucket, one.period[:4]) == ("catalogue/tracks", cell.bucket, cell.period)
        ]
        given = Inputs(project, situation, Pin(project, situation, [cell]).worlds[cell.period], [cell]).of(cell)["tracks"].lazy().collect()
        every = pl.concat(months)["variant_id"]
        assert sorted(given["variant_id"]) == sorted(set(every))
        counts.append((given.height, len(every)))
    assert any(once < repeated for once, repeated in counts)


@pytest.mark.parametrize("most_in_memory", [0, 1_000])
def test_all_buckets_are_identified_once_up_to_what_the_disk_may_hold(monkeypatch: pytest.MonkeyPatch, most_in_memory: int) -> None:
    declaration = project_graph().by_key["catalogue/tracks"]
    _, tracks = landed(example_plays(GIVEN), surrogates_of(GIVEN))
    buckets = [tracks[:1], tracks[1:], tracks]
    expected = [declaration(one.lazy(), APART).select(declaration.column_names).sort("variant_id").collect() for one in buckets]
    monkeypatch.setattr(identifying, "MOST_KEPT", most_in_memory)
    for number, one in enumerate(buckets):
        identified_once(one, number)
    for number, right in enumerate(expected):
        made = taken_rows(declaration, "apart", number)
        assert made is not None
        assert made.equals(right.cast(pl.Schema(declaration.schema)))
    monkeypatch.setattr(identifying, "MOST_ON_DISK", tracks.height)
    for number, one in enumerate(buckets):
        identified_once(one, number)
    assert [taken_rows(declaration, "apart", number) is not None for number in range(3)] == [False, False, True]
