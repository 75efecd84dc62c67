"""The days of a listener's year that were unlike the others."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.divergence import divergence
from wrapped_assets.kernels.division import minutes_of
from wrapped_assets.kernels.standouts import one_day_each
from wrapped_assets.vocabulary import columns as c

LEAST = 10  # listens that a day needs before its mix, or the mean of its release years, means something
_DAY = ("listener_id", "local_date")


@insight(
    chapter="habits",
    grain=[c.listener_id, c.day_kind],
    columns=[c.local_date, c.day_figure, c.listen_count],
    reads={
        "listens": [c.listener_id, c.recording_id, c.artist_credit_id, c.local_date],
        "artist_credits": [c.artist_credit_id, c.artist_id],
        "listener_days": [c.listener_id, c.local_date, c.ms_played, c.listen_count],
        "top_artists": [c.listener_id, c.artist_rank, c.artist_id],
        "artist_years": [c.listener_id, c.artist_id, c.listen_count, c.first_heard_date],
        "new_artists": [c.listener_id, c.artist_id],
        "recordings": [c.recording_id, c.release_year],
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
    listens: pl.LazyFrame, artist_credits: pl.LazyFrame, listener_days: pl.LazyFrame, top_artists: pl.LazyFrame,
    artist_years: pl.LazyFrame, new_artists: pl.LazyFrame, recordings: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    """The local day that stands out by most minutes, most of the top artist, most new artists, oldest music, or being unlike the year.

    In this order each takes its best day that is left. Oldest by mean release year and unlike by the Jensen–Shannon divergence of its
    artists' mix from the year's, both from ten listens up. A tie goes to the day with more listens, then to the earlier one.
    """
    days = listener_days.filter(pl.col("listen_count") > 0)
    artists = listens.join(artist_credits.unique(), on="artist_credit_id").group_by(*_DAY, "artist_id").agg(listen_count=pl.len())
    first = top_artists.filter(pl.col("artist_rank") == 1).select("listener_id", "artist_id")
    top = artists.join(first, on=["listener_id", "artist_id"]).rename({"listen_count": "day_figure"})
    new = artist_years.join(new_artists, on=["listener_id", "artist_id"], how="semi").rename({"first_heard_date": "local_date"})
    dated = listens.join(recordings, on="recording_id").drop_nulls("release_year").group_by(_DAY)
    means = dated.agg(_listens=pl.len(), day_figure=pl.col("release_year").sum() / pl.len()).filter(pl.col("_listens") >= LEAST)
    busy = artists.join(days.filter(pl.col("listen_count") >= LEAST), on=_DAY, how="semi")
    unlike = divergence(busy, artist_years.filter(pl.col("listen_count") > 0), _DAY, ["listener_id"], "artist_id", "day_figure")
    kinds = ("most_minutes", "most_of_top_artist", "most_new_artists", "oldest_music", "unlike_the_year")
    figures = (days.with_columns(day_figure=minutes_of("ms_played")), top, new.group_by(_DAY).agg(day_figure=pl.len()), means, unlike)
    return one_day_each(dict(zip(kinds, figures, strict=True)), days.select(*_DAY, "listen_count"), least=["oldest_music"])
