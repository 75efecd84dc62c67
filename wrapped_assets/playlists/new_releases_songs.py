"""What a listener's artists released this year, as a playlist."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import playlist
from wrapped_assets.kernels.ranking import first_per, ranked
from wrapped_assets.vocabulary import columns as c

PER_ARTIST = 2


@playlist(
    title="New from your artists {year}",
    grain=[c.listener_id, c.playlist_position],
    columns=[c.recording_id, c.release_group_id, c.listen_count, c.playlist_score],
    reads={
        "new_releases": [c.listener_id, c.new_release_rank, c.artist_id, c.release_group_id],
        "release_recordings": [c.release_group_id, c.recording_id, c.track_position],
        "recording_years": [c.listener_id, c.recording_id, c.listen_count],
    },
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/bo/steps*3 walk/cy"},
            catalogue={
                "known_release_groups": [
                    {"artist_name": artist, "release_group_name": name, "track_count": 9, "release_year": 2026}
                    for artist, name in (("bo", "long way"), ("cy", "home"))
                ],
                "known_recordings": [
                    {"recording_name": song, "artist_names": [artist], "release_group_name": name, "track_position": place}
                    for song, artist, name, place in (("third", "bo", "long way", 3), ("first", "bo", "long way", 1),
                                                      ("eple", "bo", "long way", 2), ("walk", "cy", "home", None))
                ],
            },
            expect=[
                {"playlist_position": 1, "recording_id": "first", "release_group_id": "long way", "listen_count": 0, "playlist_score": 1.0},
                {"playlist_position": 2, "recording_id": "eple", "listen_count": 3, "playlist_score": 1.0},
                {"playlist_position": 3, "recording_id": "walk", "listen_count": 1, "playlist_score": 2.0},
            ],
        ),
    ],
)  # fmt: skip
def new_releases_songs(new_releases: pl.LazyFrame, release_recordings: pl.LazyFrame, recording_years: pl.LazyFrame) -> pl.LazyFrame:
    """The releases of the insight `new_releases` in its order, of each artist the first two recordings that are known, heard or not.

    The score is the release's place in the insight, the first is best. On a release the order is that of its tracks; a tie, or tracks
    without a place, which come last, go by the smaller id. A recording on two of the releases stands where it comes first.
    """
    place = pl.col("track_position").fill_null(1 << 32)
    score = pl.col("new_release_rank").cast(pl.Float64)
    songs = new_releases.join(release_recordings, on="release_group_id").with_columns(track_position=place, playlist_score=score)
    order = ["new_release_rank", "track_position", "recording_id"]
    once = first_per(songs, ["listener_id", "recording_id"], order=order)
    few = ranked(once, ["listener_id", "artist_id"], order=order, rank="_of_artist", limit=PER_ARTIST)
    placed = ranked(few, "listener_id", order=order, rank="playlist_position")
    heard = placed.join(recording_years, on=["listener_id", "recording_id"], how="left")
    return heard.with_columns(pl.col("listen_count").fill_null(0))
