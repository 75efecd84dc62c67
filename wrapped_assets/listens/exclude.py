"""Expresses listeners' exclusions as frames to join with plays."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from wrapped_assets.kernels.engines import has_rows

_BY_KIND = MappingProxyType({"recording": "exact_recording_id", "release_group": "release_group_id", "artist": "artist_ids"})


def with_exclusions(plays: pl.LazyFrame, exclusions: pl.LazyFrame, tracks: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `_is_excluded` to identified plays, in their order: by name or the name as exported, local hour, and device."""
    if not has_rows(exclusions):
        return plays.with_columns(_is_excluded=pl.lit(value=False))
    unwanted = excluded_variants(exclusions, tracks)
    as_exported = unwanted.rename({"variant_id": "_exported", "_is_excluded": "_was_excluded"})
    rows = plays.join(unwanted, on=["listener_id", "variant_id"], how="left", maintain_order="left")
    rows = rows.join(as_exported, on=["listener_id", "_exported"], how="left", maintain_order="left")  # a name may since have changed
    for excluded in (excluded_hours(exclusions), excluded_devices(exclusions)):
        rows = rows.join(excluded, on="listener_id", how="left", maintain_order="left")
    return rows.with_columns(
        _is_excluded=pl.any_horizontal(
            pl.col("_is_excluded", "_was_excluded").fill_null(False),
            has_bit(pl.col("_hours"), pl.col("local_hour")), has_bit(pl.col("_devices"), pl.col("device_code")),
        )
    )  # fmt: skip


def excluded_variants(exclusions: pl.LazyFrame, tracks: pl.LazyFrame) -> pl.LazyFrame:
    """Returns listener_id, variant_id, `_is_excluded`: the tracks of each excluded artist, recording and release group."""
    parts = []
    for kind, column in _BY_KIND.items():
        targets = tracks.select("variant_id", target_id=column)
        if kind == "artist":
            targets = targets.explode("target_id", empty_as_null=True)
        wanted = exclusions.filter(pl.col("exclusion_kind") == kind)
        parts.append(wanted.join(targets, on="target_id").select("listener_id", "variant_id"))
    return pl.concat(parts).unique().with_columns(_is_excluded=pl.lit(True))


def excluded_devices(exclusions: pl.LazyFrame) -> pl.LazyFrame:
    """Returns listener_id, `_devices`: bit n is set if the kind of device with the code n is excluded."""
    kinds = exclusions.filter(pl.col("exclusion_kind") == "device").group_by("listener_id")
    return kinds.agg(_devices=pl.lit(2, pl.Int64).pow(pl.col("target_id")).sum())


def has_bit(bits: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Whether the bit of a number is set; false where either is null."""
    return (bits // pl.lit(2, pl.Int64).pow(number.cast(pl.Int64)) % 2 == 1).fill_null(False)


def excluded_hours(exclusions: pl.LazyFrame) -> pl.LazyFrame:
    """Returns listener_id, `_hours`: bit h is set if local hour h is excluded. Ranges may pass midnight (22 to 5); the end is exclusive."""
    first, until = pl.col("target_id") // 100, pl.col("target_id") % 100
    inside = (
        pl.when(first < until)
        .then(pl.col("_hour").is_between(first, until, closed="left"))
        .otherwise((pl.col("_hour") >= first) | (pl.col("_hour") < until))
    )
    return (
        exclusions.filter(pl.col("exclusion_kind") == "hours")
        .with_columns(_hour=pl.lit(list(range(24)), dtype=pl.List(pl.Int64)))
        .explode("_hour")
        .filter(inside)
        .select("listener_id", _hours=pl.lit(2, pl.Int64).pow(pl.col("_hour")))
        .unique()
        .group_by("listener_id")
        .agg(pl.col("_hours").sum())
    )
