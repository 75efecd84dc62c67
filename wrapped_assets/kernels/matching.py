"""Matches heard music with rows of a catalogue, by ids first and by names only if they are unambiguous."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.engines import has_rows

_BY_MBID, _BY_NAME_WITH_MBID, _BY_NAME_WITHOUT = 0, 1, 2


def agreed(fact: str, *, first: pl.Expr) -> pl.Expr:
    """The value on which a group's rows agree, or null if they differ. Rows with `first` overrule the others."""
    trusted, others = pl.when(first).then(fact), pl.when(~first).then(fact)
    one_of_trusted, one_of_others = (pl.when(each.min() == each.max()).then(each.min()) for each in (trusted, others))
    return pl.when(trusted.min().is_not_null()).then(one_of_trusted).otherwise(one_of_others)


def matched_artists(tracks: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """Returns heard artists with the rows of `known` that certainly are the same artist: at most two each, `match_rank` 0 to 2.

    `tracks` may repeat a spelling (`variant_id`), as it stands in every month in which it was played.
    If one MBID was heard with the name, its row matches; if none was, the name's only row with an MBID matches. The name's only row
    without an MBID matches as well, or instead. Two MBIDs heard with one name, two rows with MBIDs, or two countries: no match.
    """
    music = _music(tracks, known).select("artist_ids", "artist_mbids")
    parallel = pl.col("artist_mbids").list.len() == pl.col("artist_ids").list.len()
    every = music.select(artist_id="artist_ids").explode("artist_id", empty_as_null=True).unique().drop_nulls()
    by_id = music.filter(parallel).explode("artist_ids", "artist_mbids", empty_as_null=True).drop_nulls().unique()
    by_id = by_id.select(artist_id="artist_ids", artist_mbid="artist_mbids")
    heard = every.join(by_id.group_by("artist_id").agg(_mbids=pl.len()), on="artist_id", how="left")
    named = known.join(every, on="artist_id", how="semi").with_columns(
        match_rank=pl.when(pl.col("artist_mbid").is_not_null()).then(_BY_NAME_WITH_MBID).otherwise(_BY_NAME_WITHOUT)
    )
    identified = by_id.join(known.drop("artist_id"), on="artist_mbid").with_columns(match_rank=pl.lit(_BY_MBID))
    rows = pl.concat([identified, named.select(identified.collect_schema().names())])
    rank, mbids = pl.col("match_rank"), pl.col("_mbids").fill_null(0)
    with_mbid, without = ((rank == one).sum() for one in (_BY_NAME_WITH_MBID, _BY_NAME_WITHOUT))
    countries = (
        rows.group_by("artist_id")
        .agg(_with_mbid=with_mbid, _without=without)
        .join(heard, on="artist_id", how="left")
        .join(rows, on="artist_id")
        .filter(
            pl.when(rank == _BY_MBID)
            .then(mbids == 1)
            .when(rank == _BY_NAME_WITH_MBID)
            .then((mbids == 0) & (pl.col("_with_mbid") == 1) & (pl.col("_without") <= 1))
            .otherwise((mbids <= 1) & (pl.col("_with_mbid") <= 1) & (pl.col("_without") == 1))
        )
    )
    told = countries.group_by("artist_id").agg(_told=pl.col("country").drop_nulls().n_unique())
    kept = countries.join(told, on="artist_id").filter((pl.col("_told") <= 1) | (rank == _BY_MBID))
    return kept.drop("_told", "_with_mbid", "_without", "_mbids")


def matched_recordings(tracks: pl.LazyFrame, known: pl.LazyFrame, facts: list[str]) -> pl.LazyFrame:
    """Returns recording_id, match_rank and `facts` of the rows of `known` that match each heard recording; a row once for each spelling.

    `tracks` may repeat a spelling (`variant_id`), as it stands in every month in which it was played.
    match_rank tells what matched: 0 the MBID, 1 the ISRC, 2 the Spotify URI, 3 the names.
    """
    music = _music(tracks, known)
    found = []
    for rank, key in enumerate(("recording_mbid", "isrc", "spotify_uri", "recording_id")):
        rows = known.select(*facts, _key=key).drop_nulls("_key")
        heard = music.select("recording_id", _key=key).drop_nulls()
        found.append(heard.join(rows, on="_key").with_columns(match_rank=pl.lit(rank)).drop("_key"))
    return pl.concat(found)


def _music(tracks: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """The heard music, each spelling once; none where no row could match it."""
    music = tracks.filter(pl.col("media") == "music").filter(pl.col("variant_id").is_first_distinct())
    return music if has_rows(known) else music.limit(0)
