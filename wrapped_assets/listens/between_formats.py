"""Matches records of one playback in two formats one to one, nearest first, so that two real plays in a row stay two."""

from __future__ import annotations

import polars as pl

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000  # no format's clock is coarser than a minute
PAUSE_MS = 4 * HOUR_MS  # the longest pause inside one playback

_COLUMNS = ("listener_id", "song_id", "_row", "source_code", "resolution_ms", "is_scrobble", "_start", "_end", "_length", "_played")


def matched_between_formats(kept: pl.DataFrame) -> pl.DataFrame:
    """Returns _row, _kept and _reason of the records that repeat one of a richer format.

    Starting from the richest format, records that a poorer format adds are kept and those that it repeats are absorbed. Each record
    absorbs at most one record of each poorer format.
    """
    code = pl.col("source_code")
    mixed = kept.group_by("listener_id").agg(_is_mixed=code.min() != code.max()).filter("_is_mixed")
    length = pl.coalesce("ms_played", "duration_ms", pl.lit(0)).cast(pl.Int64)
    rows = kept.join(mixed, on="listener_id", how="semi")
    rows = rows.with_columns(_length=length, _played="ms_played", _end=pl.col("_start") + length)
    levels = rows.select("richness", "source_code").unique().sort(["richness", "source_code"], descending=[True, False])
    rows = rows.select(_COLUMNS)
    row = rows.schema["_row"]
    accepted, matches = rows.clear(), [pl.DataFrame(schema={"_row": row, "_kept": row, "_reason": pl.String})]
    for level in levels["source_code"]:
        records = rows.filter(code == level)
        if accepted.height:
            found = one_to_one(_candidates(accepted, records))
            matches.append(found.select(_row="_poorer", _kept="_richer", _reason="_reason"))
            records = records.join(found, left_on="_row", right_on="_poorer", how="anti")
        accepted = pl.concat([accepted, records])
    return pl.concat(matches)


def _candidates(richer: pl.DataFrame, poorer: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows that may be one playback: _richer, _poorer, _distance (ms) and _reason. A pair may come several times."""
    return pl.concat(
        [
            _ending_together(richer, poorer), *_starting_near(richer, poorer), _of_the_same_length(richer, poorer), _paused(richer, poorer),
        ]
    )  # fmt: skip


def _near(richer: pl.DataFrame, poorer: pl.DataFrame, time: str, slot_ms: int, on: tuple[str, ...] = ()) -> pl.DataFrame:
    """Pairs of one song whose `time` is in the same or adjacent slots."""
    slots = poorer.with_columns(_slot=pl.concat_list(pl.col(time) // slot_ms + shift for shift in (-1, 0, 1))).explode("_slot")
    keys = ["listener_id", "song_id", "_slot", *on]
    return richer.with_columns(pl.col(time).floordiv(slot_ms).alias("_slot")).join(slots, on=keys, suffix="_poorer", coalesce=False)


def _pairs(pairs: pl.DataFrame, distance: pl.Expr, reason: str) -> pl.DataFrame:
    """Pairs with their distance. Equal starts are nearest, since nobody starts a song twice at once; unequal lengths add a minute."""
    unlike = pl.when(pl.col("_length") == pl.col("_length_poorer")).then(0).otherwise(MINUTE_MS)
    near = pl.when(_STARTS == 0).then(-1).otherwise(distance + unlike)
    return pairs.select(_richer="_row", _poorer="_row_poorer", _distance=near.cast(pl.Int64), _reason=pl.lit(reason))


_TOLERANCE = pl.max_horizontal("resolution_ms", "resolution_ms_poorer")  # the coarser clock's
_ENDS, _STARTS = ((pl.col(name) - pl.col(f"{name}_poorer")).abs() for name in ("_end", "_start"))


def _ending_together(richer: pl.DataFrame, poorer: pl.DataFrame) -> pl.DataFrame:
    """Pairs whose ends agree within the coarser clock."""
    # Do not merge two plays that cannot overlap, unless the coarse clock's rounding explains the distance.
    rounded = (pl.col("_end") // _TOLERANCE) == (pl.col("_end_poorer") // _TOLERANCE)
    overlaps = pl.max_horizontal("_length", "_length_poorer", 1) > _STARTS
    agreeing = _near(richer, poorer, "_end", MINUTE_MS).filter((_ENDS <= _TOLERANCE) & (rounded | overlaps))
    return _pairs(agreeing, pl.min_horizontal(_ENDS, _STARTS), "times_agree")


def _starting_near(richer: pl.DataFrame, poorer: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs with the same start (for scrobbles, within the coarser clock), or where one starts before the other's end."""
    near = _near(richer, poorer, "_start", HOUR_MS)
    agreeing = near.filter(_STARTS.eq(0) | ((pl.col("is_scrobble") | pl.col("is_scrobble_poorer")) & (_STARTS <= _TOLERANCE)))
    end, end_poorer = pl.col("_start") + pl.col("_played").fill_null(0), pl.col("_start_poorer") + pl.col("_played_poorer").fill_null(0)
    earlier_ends = pl.when(pl.col("_start") <= pl.col("_start_poorer")).then(end).otherwise(end_poorer)
    overlapping = near.filter(pl.max_horizontal("_start", "_start_poorer") < earlier_ends - _TOLERANCE)
    return _pairs(agreeing, pl.min_horizontal(_ENDS, _STARTS), "times_agree"), _pairs(overlapping, _STARTS, "overlap")


def _of_the_same_length(richer: pl.DataFrame, poorer: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the same played time to the millisecond; a service's two formats may have ends up to a day apart."""
    timed = ~pl.col("is_scrobble") & (pl.col("_played") > 0)
    near = _near(richer.filter(timed), poorer.filter(timed), "_end", DAY_MS, ("_played",))
    return _pairs(near.filter(_ENDS <= DAY_MS), _ENDS, "same_length")


def _paused(richer: pl.DataFrame, poorer: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a scrobble at the start and a play whose end less its played time is later by a pause, with nothing played in between."""
    facts = ["listener_id", "song_id", "_row", "is_scrobble", "_start"]
    both = pl.concat([richer.select(*facts, _is_poorer=pl.lit(value=False)), poorer.select(*facts, _is_poorer=pl.lit(value=True))])
    both = both.sort("listener_id", "_start", "_row")
    place = pl.struct("listener_id", "_start")
    pairs = both.with_columns(
        *(pl.col(name).shift(1).alias(f"{name}_before") for name in (*facts, "_is_poorer")),
        _is_alone=pl.all_horizontal((place.shift(n) != place.shift(n + 1)).fill_null(value=True) for n in (1, 0, -1)),
    ).filter(
        "_is_alone", "is_scrobble_before", ~pl.col("is_scrobble"), pl.col("_is_poorer") != pl.col("_is_poorer_before"),
        pl.col("listener_id") == pl.col("listener_id_before"), pl.col("song_id") == pl.col("song_id_before"),
        pl.col("_start") - pl.col("_start_before") <= PAUSE_MS,
    )  # fmt: skip
    first, second = pl.col("_row_before"), pl.col("_row")
    return pairs.select(
        _richer=pl.when("_is_poorer").then(first).otherwise(second),
        _poorer=pl.when("_is_poorer").then(second).otherwise(first),
        _distance=(pl.col("_start") - pl.col("_start_before") + MINUTE_MS).cast(pl.Int64),
        _reason=pl.lit("pause"),
    )


def one_to_one(pairs: pl.DataFrame) -> pl.DataFrame:
    """A matching that uses each row once, nearest pairs first, as _richer, _poorer, _reason."""
    chosen = [pairs.clear()]
    pairs = pairs.sort("_distance", "_richer", "_poorer", "_reason", descending=[False, False, False, True])  # prefer times_agree
    while pairs.height:
        mutual = pairs.unique("_richer", keep="first", maintain_order=True).join(
            pairs.unique("_poorer", keep="first", maintain_order=True), on=["_richer", "_poorer"], how="semi", maintain_order="left"
        )
        chosen.append(mutual)
        pairs = pairs.join(mutual, on="_richer", how="anti", maintain_order="left").join(
            mutual, on="_poorer", how="anti", maintain_order="left"
        )
    return pl.concat(chosen).select("_richer", "_poorer", "_reason")
