"""Lists what a listener's top artists released this year."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.ranking import first_per, ranked
from wrapped_assets.vocabulary import columns as c

PER_ARTIST = 5


@insight(
    chapter="discovery",
    grain=[c.listener_id, c.new_release_rank],
    columns=[c.release_group_id, c.release_group_name, c.artist_name, c.artist_id, c.listen_count, c.track_count],
    reads={
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id],
        "release_group_months": [c.listener_id, c.release_group_id, c.listen_count],
        "year_releases": [c.known_key, c.artist_id, c.artist_name, c.release_group_id, c.release_group_name, c.track_count],
    },
    headline="New this year: {release_group_name} by {artist_name}.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/bo/steps*3 walk/cy"},
            catalogue={
                "known_release_groups": [
                    {"artist_name": artist, "release_group_name": name, "track_count": tracks, "release_year": 2026}
                    for artist, name, tracks in (("bo", "Steps", 1), ("bo", "Long Way", 12), ("cy", "Home", None), ("di", "Not Heard", 9))
                ]
            },
            expect=[
                {"new_release_rank": 1, "release_group_name": "Long Way", "artist_name": "bo", "listen_count": 0, "track_count": 12},
                {"new_release_rank": 2, "release_group_name": "Home", "artist_name": "cy", "track_count": None},
                {"new_release_rank": 3, "release_group_name": "Steps", "artist_name": "bo", "listen_count": 3},
            ],
        ),
    ],
)
def new_releases(top_artists: pl.LazyFrame, release_group_months: pl.LazyFrame, year_releases: pl.LazyFrame) -> pl.LazyFrame:
    """A release group of the year by one of a listener's top fifty artists, heard or not, at most five per artist.

    An artist's releases are ordered by number of tracks; a tie goes to more listens, then to the smaller id. The list has each artist's
    first release before all second ones, with artists in rank order. Only catalogued releases are listed, by the catalogue's names. Of
    two catalogue rows of one release group the one with more known tracks is used, then the one with the smaller key.
    """
    known = year_releases.with_columns(pl.col("track_count").fill_null(0))
    releases = first_per(known, "release_group_id", order=["-track_count", "known_key"])
    released = release_group_months.join(releases, on="release_group_id", how="semi")
    heard = released.group_by("listener_id", "release_group_id").agg(pl.col("listen_count").sum())
    theirs = (
        top_artists.join(releases, on="artist_id")
        .join(heard, on=["listener_id", "release_group_id"], how="left")
        .with_columns(pl.col("listen_count").fill_null(0))
    )
    order = ["-track_count", "-listen_count", "release_group_id"]
    few = ranked(theirs, ["listener_id", "artist_rank"], order=order, rank="_of_artist", limit=PER_ARTIST)
    placed = ranked(few, "listener_id", order=["_of_artist", "artist_rank"], rank="new_release_rank")
    return placed.with_columns(track_count=pl.when(pl.col("track_count") > 0).then("track_count"))
