"""One playback, one play: records of the same playback from two formats, or twice in one export."""

from __future__ import annotations

import polars as pl

SLOT_MS = 60_000  # no source's times are coarser

# Every order below is total: the best record of equals does not depend on the order of loading.
_BEST_FIRST = ["listener_id", "listened_at", "song_id", "richness", "ms_played", "source_code", "variant_id", "is_private"]
_DESCENDING = [False, False, False, True, True, False, False, False]


def mark_duplicates(plays: pl.DataFrame) -> pl.DataFrame:
    """The plays in a total order, with `_row` and `_kept`: the row that stands for the playback, itself where it is kept.

    Two records are one playback when listener and song agree and
    * they start at the same millisecond (a longer record of it is richer), or
    * they come from two formats and end, or for scrobbles start, within the coarser one's resolution. Each play then stands for
      at most one play of each poorer format, the nearest, so that two real plays in a row stay two.

    Needs listener_id, song_id, variant_id, listened_at, ms_played, duration_ms, is_scrobble, is_private, source_code, richness,
    resolution_ms.
    """
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in _BEST_FIRST[:3]).fill_null(value=False)
    ordered = plays.sort(_BEST_FIRST[:3])
    if ordered.select(same.any()).item():  # the other columns decide between equals only, and sorting by them is slow
        ordered = plays.sort(_BEST_FIRST, descending=_DESCENDING, nulls_last=True)
    ordered = ordered.with_row_index("_row").with_columns(_kept=pl.when(~same).then("_row").forward_fill())
    if ordered["source_code"].n_unique() < 2:
        return ordered
    return _match_formats(ordered)


def _match_formats(ordered: pl.DataFrame) -> pl.DataFrame:
    """Richest format first: what a poorer one adds is kept, what it repeats is marked."""
    length = pl.coalesce("ms_played", "duration_ms", pl.lit(0))
    kept = ordered.filter(pl.col("_kept") == pl.col("_row")).select(
        "listener_id", "song_id", "_row", "richness", "source_code", "resolution_ms", "is_scrobble",
        _length=length, _start=pl.col("listened_at").dt.epoch("ms"), _end=pl.col("listened_at").dt.epoch("ms") + length,
    )  # fmt: skip
    levels = kept.select("richness", "source_code").unique().sort(["richness", "source_code"], descending=[True, False])
    if levels.height < 2:  # every record of the other formats starts with one of this
        return ordered
    accepted, matches = None, []
    for code in levels["source_code"]:
        level = kept.filter(pl.col("source_code") == code)
        if accepted is not None:
            found = _one_to_one(_candidates(accepted, level))
            matches.append(found)
            level = level.join(found, left_on="_row", right_on="_poorer", how="anti")
        accepted = level if accepted is None else pl.concat([accepted, level])
    absorbed = pl.concat(matches)
    renamed = absorbed.select(_kept="_poorer", _absorber="_richer")
    return (
        ordered.join(renamed, on="_kept", how="left", maintain_order="left")
        .with_columns(_kept=pl.coalesce("_absorber", "_kept"))
        .drop("_absorber")
    )


def _candidates(richer: pl.DataFrame, poorer: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows that may be one playback, with their distance in ms."""
    pairs = []
    for time in ("_end", "_start"):
        slots = poorer.with_columns(_slot=pl.concat_list(pl.col(time) // SLOT_MS + shift for shift in (-1, 0, 1))).explode("_slot")
        pairs.append(
            richer.with_columns(_slot=pl.col(time) // SLOT_MS).join(slots, on=["listener_id", "song_id", "_slot"], suffix="_poorer")
        )
    tolerance = pl.max_horizontal("resolution_ms", "resolution_ms_poorer")
    ends, starts = ((pl.col(name) - pl.col(f"{name}_poorer")).abs() for name in ("_end", "_start"))
    scrobbled = pl.col("is_scrobble") | pl.col("is_scrobble_poorer")
    close = (ends <= tolerance) | (scrobbled & (starts <= tolerance))
    # A coarse clock must not merge two plays that cannot overlap, unless its own rounding explains the distance.
    rounded = (pl.col("_end") // tolerance) == (pl.col("_end_poorer") // tolerance)
    overlaps = starts < pl.max_horizontal("_length", "_length_poorer", 1)
    return (
        pl.concat(pairs)
        .filter(close & (rounded | overlaps | (scrobbled & (starts <= tolerance))))
        .select(
            _richer="_row", _poorer="_row_poorer",
            _distance=pl.min_horizontal(ends, starts) + pl.when(pl.col("_length") == pl.col("_length_poorer")).then(0).otherwise(SLOT_MS),
        )
        .unique()
    )  # fmt: skip


def _one_to_one(pairs: pl.DataFrame) -> pl.DataFrame:
    """A matching in which each row stands once: nearest pairs first. Columns _richer, _poorer."""
    chosen = []
    while pairs.height:
        order = ["_distance", "_richer", "_poorer"]
        best = pairs.sort(order)
        mutual = best.unique("_richer", keep="first", maintain_order=True).join(
            best.unique("_poorer", keep="first", maintain_order=True), on=["_richer", "_poorer"], how="semi"
        )
        chosen.append(mutual.select("_richer", "_poorer"))
        pairs = pairs.join(mutual, on="_richer", how="anti").join(mutual, on="_poorer", how="anti")
    return pl.concat(chosen) if chosen else pairs.select("_richer", "_poorer")
