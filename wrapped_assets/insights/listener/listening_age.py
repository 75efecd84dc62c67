"""Estimates an age from the release years of a listener's music."""

import polars as pl

from wrapped_assets.contracts.declaration import Example
from wrapped_assets.contracts.kinds import insight
from wrapped_assets.kernels.division import divided
from wrapped_assets.kernels.ranking import first_per
from wrapped_assets.kernels.release_windows import BILLION, YEARS, birth_bands, per_window, shares_of_years
from wrapped_assets.vocabulary import columns as c

KNOWN = [{"recording_name": name, "artist_names": [f"artist of {name}"], "release_year": year} for name, year in (("a", 1999), ("b", 2020))]


@insight(
    chapter="community",
    grain=[c.listener_id],
    columns=[
        c.listening_age, c.first_release_year, c.last_release_year, c.window_share, c.population_window_share, c.birth_band,
        c.listener_count, c.release_year_known_share,
    ],
    reads={
        "release_years": [c.listener_id, c.release_year, c.listen_count, c.release_year_known_share],
        "profiles": [c.listener_id, c.birth_year],
        "release_year_shares": [c.birth_band, c.release_year, c.share_sum, c.listener_count],
    },
    headline="Your music is {listening_age} years old.",
    examples=[
        Example(
            given={f"one {n:02}": "2026-03-01 a*15 b*15" for n in range(19)} | {"ana": "2026-03-01 a*30 b*10 c*10"},
            people={"ana": {"birth_year": 1991}},
            catalogue={"known_recordings": KNOWN},
            expect=[{"listener_id": "ana", "listening_age": 43, "first_release_year": 1999, "last_release_year": 2003, "window_share": 0.75,
                     "population_window_share": 0.5125, "birth_band": 0, "listener_count": 20, "release_year_known_share": 0.8}, ...],
        ),
    ],
)  # fmt: skip
def listening_age(release_years: pl.LazyFrame, profiles: pl.LazyFrame, release_year_shares: pl.LazyFrame, year: int) -> pl.LazyFrame:
    """The age today of people who were 16 to 21 during the five release years that a listener plays most above the others' mean share.

    The others are listeners born in the same five years if 20 are known, otherwise all listeners (band 0) if there are 20. A listener
    needs 30 listens with a known year. A tie goes to the larger share, then to the later years.
    """
    own = shares_of_years(release_years, year)
    people = release_year_shares.select("birth_band", "listener_count").unique()
    banded = birth_bands(profiles).join(people, on="birth_band", how="semi")
    compared = own.join(banded, on="listener_id", how="left").with_columns(pl.col("birth_band").fill_null(0))
    by = ["listener_id", "birth_band", "_known", "release_year_known_share"]
    theirs = per_window(release_year_shares, ["birth_band"], ["share_sum"], year).rename({"share_sum": "_theirs"})
    spans = per_window(compared, by, ["listen_count", "share_sum"], year).join(people, on="birth_band")
    beside = spans.join(theirs, on=["birth_band", "first_release_year"], how="left").with_columns(pl.col("_theirs").fill_null(0))
    above = beside.with_columns(_above=pl.col("share_sum") * pl.col("listener_count") - pl.col("_theirs")).filter(pl.col("_above") > 0)
    most = first_per(above, "listener_id", order=["-_above", "-share_sum", "-first_release_year"])
    return most.with_columns(
        listening_age=year - (pl.col("first_release_year") + YEARS // 2) + 18, last_release_year=pl.col("first_release_year") + YEARS - 1,
        window_share=divided(pl.col("listen_count"), pl.col("_known")),
        population_window_share=divided(divided(pl.col("_theirs"), float(BILLION)), pl.col("listener_count")),
    )  # fmt: skip
