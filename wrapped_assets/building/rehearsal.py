"""Computes in memory what a build would store, for examples, laws and trying out insights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

import polars as pl

from wrapped_assets.building.evaluate import checked, hears_nothing, lazy_result
from wrapped_assets.building.rehearsed_inputs import Rows, yearly_frames
from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.graph import EXTERNALS, Graph, project_graph
from wrapped_assets.contracts.source import PLAY_SCHEMA, REJECTED_SCHEMA, Batch, Head, Source
from wrapped_assets.kernels.identity import stable_ids
from wrapped_assets.kernels.rows_by_id import Scanned
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.code import LANDED_PLAYS, LANDED_TRACKS, coded
from wrapped_assets.listens.known_names import Catalogue
from wrapped_assets.listens.link import PLAYS_READ, linked, with_linked
from wrapped_assets.listens.spellings import identified, names_of
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Month, months_of
from wrapped_assets.vocabulary.rules import Rules, rules_for

Found = dict[tuple[str, str], pl.DataFrame]
Plays = Mapping[str, pl.DataFrame | Sequence[tuple[Source, pl.DataFrame]]]
_EXCLUSIONS = {column.name: column.dtype for column in (c.listener_id, c.exclusion_kind, c.target_id)}
_LISTENERS = {column.name: column.dtype for column in (c.listener_id, c.time_zone)}


def _nothing(_: BinaryIO, __: Head) -> Iterator[Batch]:
    return iter(())


REHEARSED = Source(
    name="rehearsal", code=0, title="Plays given in memory", richness=100, resolution_seconds=1, recognises=lambda _: False,
    read=_nothing,
)  # fmt: skip


def surrogates_of(names: Iterable[str]) -> dict[str, int]:
    """A listener_id per name; not the registry's, which are keyed."""
    listed = list(names)
    return dict(zip(listed, stable_ids(pl.Series(listed, dtype=pl.String)).to_list(), strict=True))


def landed(plays: Plays, surrogates: Mapping[str, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What importing the plays would land: LANDED_PLAYS, and LANDED_TRACKS once each."""
    parts = []
    for listener, given in plays.items():
        for source, frame in [(REHEARSED, given)] if isinstance(given, pl.DataFrame) else given:
            named = frame.select(pl.lit(listener, pl.String).alias("listener"), *(name for name in PLAY_SCHEMA if name != "listener"))
            batch = Batch(named.cast(pl.Schema(PLAY_SCHEMA)), pl.DataFrame(schema=REJECTED_SCHEMA))
            parts.append(coded(batch, source, {listener: surrogates[listener]}))
    landed_plays = pl.concat([pl.DataFrame(schema=LANDED_PLAYS), *(played for played, _ in parts)], how="diagonal")
    landed_tracks = pl.concat([pl.DataFrame(schema=LANDED_TRACKS), *(tracks for _, tracks in parts)])
    return landed_plays, landed_tracks.unique("variant_id", keep="first", maintain_order=True)


def rehearse(
    plays: Plays,
    years: Iterable[int],
    *,
    time_zones: Mapping[str, str] | None = None,
    rules: Mapping[int, Rules] | None = None,
    exclusions: Iterable[tuple[str, str, int]] = (),
    only: Collection[str] | None = None,
    surrogates: Mapping[str, int] | None = None,
    catalogue: Mapping[str, Rows] | None = None,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    graph: Graph | None = None,
) -> Found:
    """Every asset's rows by (key, period), in one bucket: months and years of `years`, or `only` these and what they read.

    `catalogue`, `people` and `groups` are as in `contracts.declaration.Example`; what they give stands in the result, too.
    `time_zones` are UTC, and `rules` the default ones, where not given. `exclusions` are (listener, kind, target id). Years are
    computed in order; what reads an earlier year finds nothing there unless that year is among them.
    """
    graph = graph or project_graph()
    ids = surrogates or surrogates_of(plays)
    zones = time_zones or {}
    landed_plays, landed_tracks = landed(plays, ids)
    externals = {
        "registry/listeners": pl.DataFrame([(ids[name], zones.get(name, "UTC")) for name in plays], schema=_LISTENERS, orient="row"),
        "registry/exclusions": pl.DataFrame(
            [(ids[name], kind, target) for name, kind, target in exclusions if name in ids], schema=_EXCLUSIONS, orient="row"
        ),
    }
    wanted = _wanted(graph, only)
    yearly = yearly_frames(ids, catalogue or {}, people or {}, groups or {})
    known = Catalogue(*(Scanned(yearly[EXTERNALS[name]].lazy()) for name in ("known_recordings", "known_artists")))
    linked_plays = _linked(landed_plays, landed_tracks, known)
    found: Found = {}
    for year in sorted(years):
        found.update({(key, str(year)): frame for key, frame in yearly.items()})
        by_rules = (rules or {}).get(year) or rules_for("default", year)
        for month in months_of(year):
            seen = {**externals, **_landed_around(landed_plays, landed_tracks, linked_plays, month)}
            for declaration in (one for one in wanted if one.kind == "month_bucket"):
                found[declaration.key, str(month)] = _computed(graph, declaration, str(month), found, seen, by_rules)
        for declaration in (one for one in wanted if one.kind != "month_bucket"):
            found[declaration.key, str(year)] = _computed(graph, declaration, str(year), found, externals, by_rules)
    return found


def inputs_of(
    graph: Graph, declaration: Declaration, period: str, found: Found, externals: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The frames that an asset reads for one period, by input name and with exactly the declared columns."""
    return {
        read.asset: _outside(key, period, found, externals).select(read.columns)
        if key in EXTERNALS.values()
        else _read(graph.by_key[key], read, period, found)
        for key, read in graph.inputs(declaration)
    }


def _outside(key: str, period: str, found: Found, externals: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return externals[key] if key in externals else found[key, period]


def _computed(
    graph: Graph, declaration: Declaration, period: str, found: Found, externals: Mapping[str, pl.DataFrame], rules: Rules
) -> pl.DataFrame:
    inputs = inputs_of(graph, declaration, period, found, externals)
    if hears_nothing(declaration, inputs):  # most months of an example are empty
        return pl.DataFrame(schema=declaration.schema)
    return checked(declaration, lazy_result(declaration, inputs, rules, period).collect())


def _read(source: Declaration, read: Read, period: str, found: Found) -> pl.DataFrame:
    year = int(period[:4]) - (read.window == "previous_year")
    if read.window == "latest_year_before":
        year = max((int(one) for key, one in found if key == source.key and one < period[:4]), default=0)
    if source.kind != "month_bucket":
        periods = [str(year)]
    else:
        periods = [period] if len(period) > len("YYYY") else [str(month) for month in months_of(year)]
    empty = pl.DataFrame(schema={name: source.schema[name] for name in read.columns})
    return pl.concat([empty, *(found[source.key, one].select(read.columns) for one in periods if (source.key, one) in found)])


def _linked(landed_plays: pl.DataFrame, landed_tracks: pl.DataFrame, known: Catalogue) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = names_of(identified(landed_tracks), known)
    return linked(landed_plays.select(PLAYS_READ).filter(pl.col("variant_id").is_in(names.candidates().implode())), names)


def _landed_around(
    landed_plays: pl.DataFrame, landed_tracks: pl.DataFrame, linked_plays: tuple[pl.DataFrame, pl.DataFrame], month: Month
) -> dict[str, pl.DataFrame]:
    """The month's landed plays by UTC start and those just beside it, as a build reads them."""
    first, after = (datetime.combine(one.first_day, datetime.min.time()) for one in (month, month.shift(1)))
    start, end = (pl.lit(instant).dt.replace_time_zone("UTC") for instant in (first - EDGE, after + EDGE))
    around = landed_plays.filter(pl.col("listened_at").is_between(start, end, closed="left"))
    links = linked_plays[0].join(around, on=["listener_id", "variant_id"], how="semi", maintain_order="left")
    played = landed_tracks.join(around, on="variant_id", how="semi", maintain_order="left")
    return {
        "sources/landed_plays": around,
        "sources/landed_tracks": with_linked(played, links, linked_plays[1]).unique("variant_id", keep="first", maintain_order=True),
        "sources/links": links,
    }


def _wanted(graph: Graph, only: Collection[str] | None) -> list[Declaration]:
    """The assets to compute, inputs first."""
    if only is None:
        return list(graph.by_key.values())
    keys = {graph.find(name).key for name in only}
    keys |= {source for key in keys for source in graph.upstream(key)}
    return [declaration for key, declaration in graph.by_key.items() if key in keys]


def source_like(name: str, code: int, richness: int, resolution_seconds: int) -> Source:
    """An input format of which only what deduplication looks at is set."""
    return Source(name, code, name, richness, resolution_seconds, lambda _: False, _nothing)
