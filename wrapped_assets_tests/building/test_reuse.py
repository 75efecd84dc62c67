"""Rows that may be used again are the same whatever was computed before."""

import polars as pl

from wrapped_assets.building.excluding import APART
from wrapped_assets.building.rehearsal import landed, surrogates_of
from wrapped_assets.building.reuse import KnownRows
from wrapped_assets.contracts.examples import example_plays
from wrapped_assets.contracts.graph import project_graph

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
