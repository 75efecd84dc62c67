"""Whatever is known of recordings to find them elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from wrapped_assets.serving.names import HAS_NO_ID, TRACKS
from wrapped_assets.serving.released import RELEASED, RELEASES, filled_in, of_releases
from wrapped_assets.serving.rows import built_paths, chosen_cells
from wrapped_assets.storage.cell_paths import CellPaths
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact


def track_details(
    root: Root, ids: pl.Series, listener: Listener, years: Sequence[int], *, all_names: bool = False,
    stored: CellPaths | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Whatever helps to find recordings elsewhere: one row per recording_id, each field from the best spelling that has it.

    What no spelling has comes from the catalogue, where it knows the recording on a release of the years, heard or not. With `all_names`,
    also the other names under which the listener heard each. Read from the newest build, or from `stored`, a published edition's cells.
    Listeners of one bucket are told the same.
    """
    from wrapped_assets.vocabulary.columns import BY_NAME

    stored = stored if stored is not None else built_paths(root, [])
    fields = [
        "recording_name",
        "artist_name",
        "artist_names",
        "release_group_name",
        "duration_ms",
        "recording_mbid",
        "artist_mbids",
        "release_mbid",
        "spotify_uri",
        "isrc",
    ]
    found = pl.DataFrame(schema={"recording_id": pl.Int64, **{name: BY_NAME[name].dtype for name in fields}})
    for whose in (listener, None):  # in the listener's own catalogue; then, what only others heard, in everybody's
        missing = ids.filter(~ids.is_in(found["recording_id"].implode()))
        paths = [stored[cell] for cell in chosen_cells(stored, TRACKS, years, whose)]
        if missing.is_empty() or not paths:
            continue
        kept = pl.scan_parquet(intact(root, paths)).filter(pl.col("recording_id").is_in(missing.implode()))
        best_first = kept.sort(HAS_NO_ID, "recording_name", "artist_name", "release_group_name", "spotify_uri", nulls_last=True)
        found = pl.concat([found, best_first.group_by("recording_id").agg(pl.col(fields).drop_nulls().first()).collect()])
    known = (intact(root, [stored[cell] for cell in chosen_cells(stored, asset, years, listener)]) for asset in (RELEASED, RELEASES))
    details = filled_in(found, of_releases(*known, ids)).sort("recording_id")
    if all_names:
        from wrapped_assets.serving.other_names import other_names

        details = details.join(other_names(root, ids, listener, years), on="recording_id", how="left")
    return details
