"""Merges records of one song within one format that overlap in time, because nobody hears a song twice at once."""

from __future__ import annotations

import polars as pl

LEAST_SCROBBLED_MS = 30_000  # a scrobble means at least this much playing, so the song cannot start again sooner


def reach() -> pl.Expr:
    """The instant (ms) before which the same song cannot start again: the play's end less the resolution of the format's clock."""
    exact = pl.col("_start") + pl.col("ms_played").fill_null(0) - pl.col("resolution_ms")
    scrobbled = pl.when("is_scrobble").then(pl.col("_start") + LEAST_SCROBBLED_MS)
    return pl.max_horizontal(exact, scrobbled, pl.col("_start") + 1)


def absorbed_within_format(ordered: pl.DataFrame) -> pl.DataFrame:
    """Returns _row, _kept and _reason of the records that another one absorbs.

    `ordered` is sorted by listener, song, format and start, and `_conflicts` marks a record that starts before the reach of the one
    before it. Of overlapping records the longest is kept (a tie goes to the earliest), then the longest of those that do not overlap it.
    """
    group = ["listener_id", "song_id", "source_code"]
    rows = ordered.select(*group, "_row", "_start", "_conflicts", "is_scrobble", _length=pl.col("ms_played").fill_null(0), _reach=reach())
    rows = rows.join(rows.filter("_conflicts").select(group).unique(), on=group, how="semi", maintain_order="left")
    reached = pl.col("_reach").cum_max().shift(1).over(group)
    rows = rows.with_columns(_cluster=(reached.is_null() | (pl.col("_start") >= reached)).cum_sum())
    rows = rows.filter(pl.len().over("_cluster") > 1)
    found = []
    while rows.height:
        longest_first = rows.sort("_cluster", "_length", "_row", descending=[False, True, False])
        best = longest_first.unique("_cluster", keep="first", maintain_order=True).select(
            "_cluster", _kept="_row", _kept_start="_start", _kept_reach="_reach", _kept_scrobble="is_scrobble"
        )
        others = rows.join(best, on="_cluster").filter(pl.col("_row") != pl.col("_kept"))
        start, kept_start = pl.col("_start"), pl.col("_kept_start")
        overlaps = pl.when(start < kept_start).then(kept_start < pl.col("_reach")).otherwise(start < pl.col("_kept_reach"))
        reason = (
            pl.when(start == kept_start).then(pl.lit("same_start"))
            .when(pl.col("is_scrobble") & pl.col("_kept_scrobble")).then(pl.lit("scrobbled_again"))
            .otherwise(pl.lit("overlap"))
        )  # fmt: skip
        found.append(others.filter(overlaps).select("_row", "_kept", _reason=reason))
        rows = others.filter(~overlaps).select(rows.columns)
    return pl.concat(found)
