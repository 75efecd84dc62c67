"""Public charts: the order of the most heard recordings, and numbers by country, both differentially private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.kernels.ranking import ranked
from wrapped_assets.privacy.disclosure import rounded
from wrapped_assets.privacy.export import Export, Produced

if TYPE_CHECKING:
    from wrapped_assets.privacy.draws import Draws
    from wrapped_assets.privacy.policy import Policy
    from wrapped_assets.privacy.snapshot import Snapshot

RANKS, NUMBERS = "chart_ranks.csv", "chart_numbers.csv"
LEAST_KEYS = 10  # of a country: with fewer its chart would be mostly noise
_BETWEEN = "\x1f"


def produce(snapshot: Snapshot, draws: Draws) -> Produced:
    """Ranks of everybody's recordings, one vote a listener and recording; numbers of listeners by country, own top thirty each."""
    catalogue = _catalogue(snapshot)
    heard = snapshot.read("aggregates/recording_years", ["listener_id", "recording_id", "listen_count", "ms_played"])
    heard = heard.filter(pl.col("listen_count") > 0)
    numbers, hidden = _numbers(snapshot, draws, heard, catalogue)
    return Produced({RANKS: _ranks(draws, heard, catalogue), NUMBERS: numbers}, hidden)


def _catalogue(snapshot: Snapshot) -> pl.DataFrame:
    """recording_id, recording_name, artist_name of every recording that the public could know of, whoever heard it, by id."""
    known = snapshot.known("known_recordings")
    if known is None:
        raise RefusedError(
            "a chart's candidates are a public catalogue's recordings, never those that were played, and the edition has no catalogue: "
            "`wrapped catalogue import`, build and publish again"
        )
    named = known.select("recording_id", "recording_name", artist_name=pl.col("artist_names").list.join(", "))
    return named.sort("recording_id", "recording_name", "artist_name").unique("recording_id", keep="first", maintain_order=True).collect()


def _ranks(draws: Draws, heard: pl.LazyFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    counted = heard.group_by("recording_id").agg(listeners=pl.len()).collect()
    votes = catalogue.join(counted, on="recording_id", how="left", maintain_order="left")["listeners"].fill_null(0)
    places = draws.top_k("ranks", votes.to_list())
    chart = catalogue[places].select("recording_name", "artist_name")
    return chart.with_row_index("chart_rank", 1).cast({"chart_rank": pl.Int64})


def _numbers(
    snapshot: Snapshot, draws: Draws, heard: pl.LazyFrame, catalogue: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, int]]:  # fmt: skip
    policy = snapshot.pinned.policy
    noise, disclosure = policy.noise["numbers"], policy.disclosure
    assert disclosure is not None
    order = ["-listen_count", "-ms_played", "recording_id"]
    own = ranked(heard, "listener_id", order=order, rank="chart_rank", limit=noise.keys_per_person or 1)
    at_home = own.join(snapshot.countries().drop_nulls("country").lazy(), on="listener_id")
    votes = at_home.group_by("country", "recording_id").agg(listeners=pl.len()).sort("country", "recording_id").collect()
    keys = {f"{country}{_BETWEEN}{recording}": count for country, recording, count in votes.iter_rows()}
    drawn = draws.counts("numbers", keys)
    rows = [(*key.split(_BETWEEN), rounded(count, disclosure.round)) for key, count in drawn.items() if count >= (noise.release_from or 0)]
    schema = {"country": pl.String, "recording_id": pl.String, "about_listeners": pl.Int64}
    noisy = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("recording_id").cast(pl.Int64))
    named = noisy.join(catalogue, on="recording_id").filter(pl.len().over("country") >= LEAST_KEYS).lazy()
    order = ["-about_listeners", "recording_name", "artist_name", "recording_id"]
    chart = ranked(named, "country", order=order, rank="chart_rank").sort("country", "chart_rank").collect()
    shown = chart.select("country", "chart_rank", "recording_name", "artist_name", "about_listeners")
    small = noisy["country"].n_unique() - chart["country"].n_unique()
    return shown, {f"countries with fewer than {LEAST_KEYS} recordings that pass": small}


def faults(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    """Places that are not 1, 2, 3 …; numbers below the floor or not rounded; countries with too few rows."""
    found = []
    ranks, numbers = tables[RANKS], tables[NUMBERS]
    if ranks["chart_rank"].to_list() != list(range(1, ranks.height + 1)):
        found.append(f"{RANKS}: places must be 1, 2, 3 …")
    if numbers.height and policy.disclosure:
        counts = numbers["about_listeners"]
        if (counts < policy.disclosure.k_cell).any():
            found.append(f"{NUMBERS}: a number stands for fewer than {policy.disclosure.k_cell} people")
        if (counts % policy.disclosure.round != 0).any():
            found.append(f"{NUMBERS}: numbers must be rounded to {policy.disclosure.round}")
        if numbers.group_by("country").len()["len"].min() < LEAST_KEYS:  # type: ignore[operator]
            found.append(f"{NUMBERS}: a country has fewer than {LEAST_KEYS} recordings")
    return found


CHARTS = Export(
    "charts",
    reads={
        "aggregates/recording_years": ("listener_id", "recording_id", "listen_count", "ms_played"),
        "registry/profiles": ("country",),
        "sources/known_recordings": ("recording_id", "recording_name", "artist_names"),
    },
    produce=produce,
    faults=faults,
)
