"""What artists learn of their listeners: totals, one breakdown at a time, and their top listeners as a group.

An artist below the threshold has no row: a public list of artists with few listeners would itself tell that somebody heard them, and
"not listed" says the same to the artist, who cannot tell nineteen listeners from none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.privacy.ages import age_band
from wrapped_assets.privacy.disclosure import OTHER, Cell, dominates, merged_into_other, rounded
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.untrusted import in_a_cell

if TYPE_CHECKING:
    from wrapped_assets.privacy.draws import Draws
    from wrapped_assets.privacy.policy import Disclosure, Policy
    from wrapped_assets.privacy.snapshot import Snapshot

TOTALS, BREAKDOWNS, FANS = "artist_totals.csv", "artist_breakdowns.csv", "artist_top_fans.csv"
AGES = (18, 25, 35, 50)
HOUR_MS = 3_600_000
SHARE_STEP = 5  # percent
_SCHEMAS = {
    TOTALS: {"artist_name": pl.String, "about_listeners": pl.Int64, "about_listens": pl.Int64, "about_hours": pl.Int64},
    BREAKDOWNS: {"artist_name": pl.String, "dimension": pl.String, "value": pl.String, "about_listeners": pl.Int64},
    FANS: {"artist_name": pl.String, "about_fans": pl.Int64, "about_hours_each": pl.Int64, "about_share_percent": pl.Int64},
}


def produce(snapshot: Snapshot, draws: Draws) -> Produced:
    """Three tables, ordered by name: an order by exact figures would tell more than the rounded ones do."""
    del draws  # thresholds, not noise; the report says so
    rule = snapshot.pinned.policy.disclosure
    assert rule is not None
    heard = snapshot.read("aggregates/artist_years", ["listener_id", "artist_id", "listen_count", "ms_played"])
    heard = heard.filter(pl.col("listen_count") > 0)
    artists = _audiences(heard).collect()
    hidden = {f"artists with fewer than {rule.k_cell} listeners: not listed": artists.filter(pl.col("listeners") < rule.k_cell).height}
    every = _named(artists, snapshot)
    artists = every.filter(pl.col("listeners") >= rule.k_cell)
    totals = [_total(row, rule) for row in artists.iter_rows(named=True)]
    hidden["artists whose listens or hours one listener dominates: neither is told"] = sum(row[2] is None for row in totals)
    open_to = artists.filter(pl.col("listeners") >= (rule.k_open or 0))
    sides = _sides(snapshot, heard, open_to["artist_id"].to_frame().lazy())
    parts = _parts(sides, open_to, rule)
    rows = [(name, *part) for artist, name in zip(open_to["artist_id"], open_to["name"], strict=True) for part in parts.get(artist, ())]
    fans = [row for each in artists.iter_rows(named=True) if (row := _fans(each, rule)) is not None]
    made = {TOTALS: totals, BREAKDOWNS: rows, FANS: fans}
    tables = {file: pl.DataFrame(made[file], schema=schema, orient="row") for file, schema in _SCHEMAS.items()}
    return Produced(tables, hidden, contributors=_contributors(heard, sides, every))


def _contributors(heard: pl.LazyFrame, sides: Mapping[str, pl.LazyFrame], artists: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    """Whose listening stands behind each figure, by file, of every artist whether listed or not."""
    names = artists.lazy().select("artist_id", artist_name="name")
    whole = heard.join(names, on="artist_id")
    of_fans = _ordered(heard).filter("_top").join(names, on="artist_id")
    dimensions = [rows.select("artist_id", "listener_id", "value", dimension=pl.lit(dimension)) for dimension, rows in sides.items()]
    return {
        TOTALS: whole.select("artist_name", "listener_id", about_listens="listen_count", about_hours="ms_played"),
        BREAKDOWNS: pl.concat(dimensions).join(names, on="artist_id").select("artist_name", "dimension", "value", "listener_id"),
        FANS: of_fans.select("artist_name", "listener_id", about_hours_each="ms_played"),
    }


def _ordered(heard: pl.LazyFrame) -> pl.LazyFrame:
    """Each artist's listeners by time, with `_top`: whether they are of the top hundredth. Of equals it does not matter who."""
    top = pl.int_range(pl.len()).over("artist_id") < pl.len().over("artist_id") // 100
    order = heard.sort("artist_id", "ms_played", "listen_count", "listener_id", descending=[False, True, True, False])
    return order.with_columns(_top=top)


def _audiences(heard: pl.LazyFrame) -> pl.LazyFrame:
    """Per artist: listeners, sums, the two largest contributions to each, and the same of the top hundredth of its listeners."""
    listens, played = pl.col("listen_count"), pl.col("ms_played")
    of_fans = {"fans": pl.col("_top").sum().cast(pl.Int64), "fan_ms": played.filter("_top").sum(), "fan_second": played.slice(1, 1).sum()}
    largest = {"most_listens": listens.max(), "most_ms": played.first(), "second_listens": listens.top_k(2).slice(1, 1).sum()}
    sums = {"listeners": pl.len().cast(pl.Int64), "listens": listens.sum(), "ms": played.sum()}
    return _ordered(heard).group_by("artist_id").agg(**sums, **largest, **of_fans)


def _named(artists: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """With `name`: the public catalogue's spelling, else the smallest in Unicode order of those that were heard. Ordered by it."""
    smallest = pl.col("artist_name").min()
    heard = snapshot.read("catalogue/artist_credits", ["artist_id", "artist_name"]).group_by("artist_id").agg(heard=smallest)
    named = artists.lazy().join(heard, on="artist_id")
    known = snapshot.known("known_artists")
    if known is None:
        named = named.with_columns(public=pl.lit(None, pl.String))
    else:
        named = named.join(known.group_by("artist_id").agg(public=smallest), on="artist_id", how="left")
    cells = pl.coalesce("public", "heard").map_elements(in_a_cell, return_dtype=pl.String)  # what is ordered is what is written
    return named.with_columns(name=cells).sort("name", "artist_id").collect()


def _total(row: Mapping[str, int], rule: Disclosure) -> tuple[object, ...]:
    """Name, listeners, listens, hours. One of the two sums would tell much of the other, so they go together."""
    is_hidden = _is_dominated(row["most_listens"], row["second_listens"], row["listens"], rule)
    is_hidden = is_hidden or _is_dominated(row["most_ms"], row["fan_second"], row["ms"], rule)
    sums = (None, None) if is_hidden else (rounded(row["listens"], rule.round), rounded(_hours(row["ms"]), rule.round))
    return row["name"], rounded(row["listeners"], rule.round), *sums


def _fans(row: Mapping[str, int], rule: Disclosure) -> tuple[object, ...] | None:
    """The top hundredth: about how many, hours each and their share of all hours; None where they are too few or one dominates."""
    if row["fans"] < rule.k_cell or not row["fan_ms"] or _is_dominated(row["most_ms"], row["fan_second"], row["fan_ms"], rule):
        return None
    share = rounded(100 * row["fan_ms"] // row["ms"], SHARE_STEP)
    return row["name"], rounded(row["fans"], rule.round), _hours(row["fan_ms"] // row["fans"]), share


def _is_dominated(first: int, second: int, total: int, rule: Disclosure) -> bool:
    return dominates(first, second, total, rule.p_percent or 0, rule.largest_share_percent or 100)


def _hours(ms: int) -> int:
    return rounded(ms, HOUR_MS) // HOUR_MS


def _sides(snapshot: Snapshot, heard: pl.LazyFrame, artists: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Dimension → artist_id, listener_id, value: one dimension at a time and never two crossed."""
    people = snapshot.profiles(["country", "birth_year"]).with_columns(band=age_band("birth_year", snapshot.year + 1, AGES)).lazy()
    ours = heard.join(artists, on="artist_id", how="semi").join(people, on="listener_id", how="left")
    months = snapshot.read("aggregates/artist_months", ["listener_id", "artist_id", "month", "listen_count"])
    monthly = months.filter(pl.col("listen_count") > 0).join(artists, on="artist_id", how="semi")
    return {
        dimension: rows.select("artist_id", "listener_id", value=pl.col(value).fill_null(OTHER))
        for dimension, rows, value in (("age band", ours, "band"), ("country", ours, "country"), ("month", monthly, "month"))
    }


def _parts(sides: Mapping[str, pl.LazyFrame], artists: pl.DataFrame, rule: Disclosure) -> dict[int, list[tuple[str, str, int]]]:
    """Artist → (dimension, value, listeners about), by dimension and value."""
    everybody = dict(artists.select("artist_id", "listeners").iter_rows())
    found: dict[int, list[tuple[str, str, int]]] = {}
    for dimension, rows in sides.items():
        counted = rows.group_by("artist_id", "value").agg(listeners=pl.len()).sort("artist_id", "value").collect()
        for (artist,), cells in counted.partition_by("artist_id", as_dict=True).items():
            here = [Cell(each, count) for each, count in cells.select("value", "listeners").iter_rows()]
            # Where listeners are in several months, no month follows from the others and the total: small ones just go.
            overlap = sum(cell.listeners for cell in here) > everybody[artist]
            shown = [cell for cell in here if cell.listeners >= rule.k_cell] if overlap else merged_into_other(here, rule.k_cell)
            by_value = sorted(shown, key=lambda cell: (cell.key == OTHER, cell.key))
            found.setdefault(int(artist), []).extend(  # type: ignore[call-overload]
                (dimension, cell.key, rounded(cell.listeners, rule.round)) for cell in by_value
            )
    return found


def faults(tables: Mapping[str, pl.DataFrame], policy: Policy) -> list[str]:
    """Figures of too few people, not rounded, or of artists who are not open to them."""
    return list(_faults(tables, policy.disclosure)) if policy.disclosure else ["the policy has no thresholds"]


def _faults(tables: Mapping[str, pl.DataFrame], rule: Disclosure) -> Iterator[str]:
    totals, parts, fans = tables[TOTALS], tables[BREAKDOWNS], tables[FANS]
    for file, table, column in ((TOTALS, totals, "about_listeners"), (BREAKDOWNS, parts, "about_listeners"), (FANS, fans, "about_fans")):
        if table.height and (table[column] < rule.k_cell).any():
            yield f"{file}: a figure stands for fewer than {rule.k_cell} people"
        if table.height and (table[column] % rule.round != 0).any():
            yield f"{file}: numbers must be rounded to {rule.round}"
    if not totals["artist_name"].equals(totals["artist_name"].sort()):
        yield f"{TOTALS}: artists must stand in the order of their names"
    opened = totals.filter(pl.col("about_listeners") >= (rule.k_open or 0))["artist_name"].implode()
    if parts.height and not parts["artist_name"].is_in(opened).all():
        yield f"{BREAKDOWNS}: an artist with fewer than {rule.k_open} listeners has breakdowns"
    if parts.height and not parts["dimension"].is_in(["age band", "country", "month"]).all():
        yield f"{BREAKDOWNS}: only countries, age bands and months, one at a time"


ARTIST_EDITIONS = Export(
    "artist_editions",
    reads={
        "aggregates/artist_years": ("listener_id", "artist_id", "listen_count", "ms_played"),
        "aggregates/artist_months": ("listener_id", "artist_id", "month", "listen_count"),
        "catalogue/artist_credits": ("artist_id", "artist_name"),
        "registry/profiles": ("country", "birth_year"),
        "sources/known_artists": ("artist_id", "artist_name"),
    },
    produce=produce,
    faults=faults,
)
