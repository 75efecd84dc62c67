"""What each local day of a listener comes to, by the things that make a day stand out."""

from __future__ import annotations

import polars as pl

from wrapped_assets.kernels.divergence import divergence
from wrapped_assets.kernels.division import minutes_of
from wrapped_assets.kernels.grouping import grouped
from wrapped_assets.kernels.shares import numbered, parts_by_recording, whole

DAY = ("listener_id", "local_date")


def minutes(days: pl.LazyFrame) -> pl.LazyFrame:
    """Minutes of days with an `ms_played`; days without any are left out."""
    played = days.group_by(DAY).agg(pl.col("ms_played").sum())
    return played.filter(pl.col("ms_played") > 0).with_columns(day_figure=minutes_of("ms_played"))


def by_artist(listens: pl.LazyFrame, artist_credits: pl.LazyFrame) -> pl.LazyFrame:
    """Listens by listener, day and artist; each credited artist gets the full listen."""
    credited = listens.join(artist_credits.unique(), on="artist_credit_id")
    counted = grouped(credited, [*DAY, "artist_id"], count="listen_count")
    return counted.cache()  # a second reader would group again, because Polars cannot look into a map


def of_artist(heard: pl.LazyFrame, artists: pl.LazyFrame) -> pl.LazyFrame:
    """Listens of one artist of each listener: `heard` has them per day and artist, `artists` names the artist."""
    return heard.join(artists, on=["listener_id", "artist_id"]).rename({"listen_count": "day_figure"})


def first_heard(year: pl.LazyFrame, new: pl.LazyFrame) -> pl.LazyFrame:
    """Artists heard for the first time: `year` has the date of each of a listener's artists, `new` names those that are new."""
    first = year.join(new, on=["listener_id", "artist_id"], how="semi").rename({"first_heard_date": "local_date"})
    return first.group_by(DAY).agg(day_figure=pl.len())


def of_genre(listens: pl.LazyFrame, recording_genres: pl.LazyFrame, genres: pl.LazyFrame) -> pl.LazyFrame:
    """Listens of one genre of each listener, a recording's split evenly over its genres; `genres` names the genre."""
    numbers = numbered(genres, "genre_name")
    own = genres.join(numbers, on="genre_name").select("listener_id", "_number")
    songs = listens.select(*DAY, "recording_id").join(own, on="listener_id")
    of_own = songs.join(parts_by_recording(recording_genres, numbers), on=["recording_id", "_number"])
    parts = of_own.group_by(DAY).agg(pl.col("_parts").sum())
    return parts.with_columns(day_figure=whole("_parts"))


def mean_release_year(listens: pl.LazyFrame, recordings: pl.LazyFrame, least: int) -> pl.LazyFrame:
    """The mean release year of days with at least `least` listens of a known one."""
    dated = listens.join(recordings, on="recording_id").drop_nulls("release_year").group_by(DAY)
    return dated.agg(_listens=pl.len(), day_figure=pl.col("release_year").sum() / pl.len()).filter(pl.col("_listens") >= least)


def repeats(days: pl.LazyFrame) -> pl.LazyFrame:
    """Listens minus distinct recordings, where any was repeated."""
    repeated = pl.col("listen_count") - pl.col("recording_count")
    return days.with_columns(day_figure=repeated).filter(pl.col("day_figure") > 0)


def unlike_the_year(heard: pl.LazyFrame, year: pl.LazyFrame, days: pl.LazyFrame, least: int) -> pl.LazyFrame:
    """The divergence of a day's mix of artists from the year's, of days with at least `least` listens."""
    busy = heard.join(days.filter(pl.col("listen_count") >= least), on=DAY, how="semi")
    return divergence(busy, year.filter(pl.col("listen_count") > 0), DAY, ["listener_id"], "artist_id", "day_figure")


def new_years_day(days: pl.LazyFrame) -> pl.LazyFrame:
    """Listens of 1 January."""
    first = (pl.col("local_date").dt.month() == 1) & (pl.col("local_date").dt.day() == 1)
    return days.filter(first).with_columns(day_figure="listen_count")
