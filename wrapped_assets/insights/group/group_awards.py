"""Ranks the members of a group for its awards."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import group_insight
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.vocabulary import columns as c

EARLY = pl.col("listen_count").filter(pl.col("local_hour").is_between(5, 8))
AWARDS = pl.Enum(["early_bird", "most_discoveries", "most_loyal", "most_minutes", "picky_listener", "rarest_listen"])


@group_insight(
    chapter="community",
    grain=[c.group_id, c.award, c.award_rank],
    columns=[c.listener_id, c.award_figure, c.recording_id],
    reads={
        "groups": [c.group_id, c.listener_id], "listening_totals": [c.listener_id, c.minutes, c.listen_count],
        "discoveries": [c.listener_id, c.new_artist_count, c.is_first_year],
        "variety": [c.listener_id, c.skip_share], "loyalty": [c.listener_id, c.loyalty_rank],
        "listening_clock": [c.listener_id, c.local_hour, c.listen_count],
        "rarest_listens": [c.group_id, c.listener_id, c.recording_id, c.listener_count],
    },
    headline="{award}: {award_figure}.",
    examples=[
        Example(
            given={"ana": "2026-05-01 eple@07:00*3 rare@07:20*3", "bo": "2026-05-01 eple*3", "cy": "2026-05-01 eple*9"},
            groups={"home": ["ana", "bo"], "alone": ["cy"]},
            expect=[
                {"group_id": "home", "award": "most_minutes", "award_rank": 1, "listener_id": "ana", "award_figure": 18.0},
                {"group_id": "home", "award": "rarest_listen", "award_rank": 1, "award_figure": 1.0, "recording_id": "rare"}, ...,
            ],
        )
    ],
)  # fmt: skip
def group_awards(
    groups: pl.LazyFrame, listening_totals: pl.LazyFrame, discoveries: pl.LazyFrame, variety: pl.LazyFrame, loyalty: pl.LazyFrame,
    listening_clock: pl.LazyFrame, rarest_listens: pl.LazyFrame,
) -> pl.LazyFrame:  # fmt: skip
    """A member's place in an award: minutes, new artists, artists of every month, rarest song, share of listens from 5 to 9, of skips.

    A group needs two consenting members; nobody discovers in a first year, when everything is new. The rarest song has the fewest
    listeners. A tie goes to more listens, then the smaller id.
    """
    known, members = discoveries.filter(~pl.col("is_first_year")), groups.filter(pl.len().over("group_id") >= 2)
    figures = {
        "most_minutes": listening_totals.select("listener_id", award_figure="minutes"),
        "most_discoveries": known.select("listener_id", award_figure=pl.col("new_artist_count").cast(pl.Float64)),
        "most_loyal": loyalty.group_by("listener_id").agg(award_figure=pl.len().cast(pl.Float64)),
        "early_bird": listening_clock.group_by("listener_id").agg(award_figure=EARLY.sum() / pl.col("listen_count").sum()),
        "picky_listener": variety.select("listener_id", award_figure="skip_share"),
    }
    each = [frame.join(members, on="listener_id").with_columns(award=pl.lit(name)) for name, frame in figures.items()]
    rarest = rarest_listens.join(members, on=["group_id", "listener_id"], how="semi").with_columns(pl.lit("rarest_listen").alias("award"))
    places = pl.concat([*each, rarest.with_columns(award_figure=pl.col("listener_count").cast(pl.Float64))], how="diagonal")
    better = pl.when(pl.col("award") == "rarest_listen").then(-pl.col("award_figure")).otherwise("award_figure")
    told = places.filter(pl.col("award_figure") > 0).join(listening_totals.select("listener_id", "listen_count"), on="listener_id")
    places = told.with_columns(pl.col("award").cast(AWARDS), _better=better)
    return ranked(places, ["group_id", "award"], order=["-_better", "-listen_count", "listener_id"], rank="award_rank")
