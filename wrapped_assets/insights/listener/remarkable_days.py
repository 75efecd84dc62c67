"""The days of a listener's year that were unlike the others."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels import day_figures as figures
from wrapped_assets.kernels.standouts import one_day_each
from wrapped_assets.vocabulary import columns as c

LEAST, PLACES = 10, 5  # listens that a day needs before a mean or a mix says something; days that a listener is told of


@insight(
    chapter="habits",
    grain=[c.listener_id, c.day_kind],
    columns=[c.local_date, c.day_figure, c.listen_count],
    reads={
        "listens": [c.listener_id, c.recording_id, c.artist_credit_id, c.local_date], "artist_credits": [c.artist_credit_id, c.artist_id],
        "listener_days": [c.listener_id, c.local_date, c.ms_played, c.listen_count, c.recording_count],
        "show_days": [c.listener_id, c.local_date, c.media, c.ms_played],
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id], "top_genres": [c.listener_id, c.genre_rank, c.genre_name],
        "recording_genres": [c.recording_id, c.genre_name, c.genre_share],
        "artist_years": [c.listener_id, c.artist_id, c.listen_count, c.first_heard_date],
        "new_artists": [c.listener_id, c.artist_id], "recordings": [c.recording_id, c.release_year],
    },
    headline="Some days stood out.",
    examples=[
        Example(
            given={"ana": "2026-03-01 eple/bo*9 night/cy, 2026-03-02 walk/di home/ed eple/bo, 2026-03-03 eple/bo*12"},
            expect=[{"day_kind": "most_minutes", "local_date": "2026-03-03", "day_figure": 36.0, "listen_count": 12},
                    {"day_kind": "most_new_artists", "local_date": "2026-03-02", "day_figure": 2.0},
                    {"day_kind": "most_of_top_artist", "local_date": "2026-03-01", "day_figure": 9.0}],
        ),
    ],
)  # fmt: skip
def remarkable_days(
    listens: pl.LazyFrame, artist_credits: pl.LazyFrame, listener_days: pl.LazyFrame, show_days: pl.LazyFrame, top_artists: pl.LazyFrame,
    top_genres: pl.LazyFrame, recording_genres: pl.LazyFrame, artist_years: pl.LazyFrame, new_artists: pl.LazyFrame,
    recordings: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    """Up to five local days: most minutes, podcasts, top artist, top genre, new artists, oldest mean year, repeats, unlike, New Year's Day.

    In this order each kind takes its best day that is left. `unlike_the_year` is the Jensen–Shannon divergence of a day's artists from
    the year's; it and the mean year need ten listens. A tie goes to the day with more listens, then to the earlier one.
    """
    days = listener_days.filter(pl.col("listen_count") > 0)
    heard = figures.by_artist(listens, artist_credits)
    kinds = {
        "most_minutes": figures.minutes(days),
        "most_podcasts": figures.minutes(show_days.filter(pl.col("media") == "podcast")),
        "most_of_top_artist": figures.of_artist(heard, top_artists.filter(pl.col("artist_rank") == 1)),
        "most_of_top_genre": figures.of_genre(listens, recording_genres, top_genres.filter(pl.col("genre_rank") == 1)),
        "most_new_artists": figures.first_heard(artist_years, new_artists),
        "oldest_music": figures.mean_release_year(listens, recordings, LEAST),
        "most_repeats": figures.repeats(days),
        "unlike_the_year": figures.unlike_the_year(heard, artist_years, days, LEAST),
        "new_years_day": figures.new_years_day(days),
    }
    return one_day_each(kinds, days.select(*figures.DAY, "listen_count"), least=["oldest_music"], limit=PLACES)
