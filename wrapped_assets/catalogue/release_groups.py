"""Looks up the number of tracks and first release date of the heard release groups."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.declaration import declare
from wrapped_assets.kernels.matching import agreed
from wrapped_assets.vocabulary import columns as c


@declare(
    layer="catalogue",
    kind="year_bucket",
    grain=[c.release_group_id],
    columns=[c.track_count, c.release_year],
    reads={
        "tracks": [c.release_group_id, c.media],
        "known_release_groups": [c.release_group_id, c.release_group_mbid, c.track_count, c.release_year],
    },
    lookups={"known_release_groups": {"release_group_id": "tracks.release_group_id"}},
)
def release_groups(tracks: pl.LazyFrame, known_release_groups: pl.LazyFrame) -> pl.LazyFrame:
    """One release group that the year's listeners heard and a catalogue knows, matched by name and primary artist.

    A fact is null if rows of one name contradict each other. MusicBrainz rows overrule the others, which often have a reissue's date.
    Coverage is the share of listens whose release group has a row with the fact in a left join.

    No ties: nothing is ranked.

    Example: `track_count` 10, `release_year` 2001: the album first came out in 2001 with ten tracks.
    """
    heard = tracks.filter(pl.col("media") == "music").select("release_group_id").drop_nulls().unique()
    has_mbid = pl.col("release_group_mbid").is_not_null()
    facts = {name: agreed(name, first=has_mbid) for name in ("track_count", "release_year")}
    found = known_release_groups.join(heard, on="release_group_id", how="semi").group_by("release_group_id").agg(**facts)
    return found.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in facts))
