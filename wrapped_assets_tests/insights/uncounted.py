"""The same few listeners twice under each rule set: once as they are, once with plays added that do not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from wrapped_assets.building.rehearsal import Found, rehearse
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.kernels.identity import stable_ids
from wrapped_assets.vocabulary.rules import Rules, rules_for
from wrapped_assets_tests.insights.worlds import SONGS, STREAMS, SURROUNDINGS, YEAR, ZONES, Song, everyone, frame_of, row

LISTENERS = ("ana", "bo", "cy", "hal")
WINDOW_END = date(YEAR, 12, 20)
UNWANTED = Song("unwanted song", ("unwanted artist",), "unwanted album")
NEVER_HEARD = Song("never heard before", ("unheard artist",), "unheard album")
# Counts that speak of plays, skips and records, and so rightly include plays that do not count.
OF_PLAYS = {"play_count", "skip_count", "skip_known_count", "unknown_length_count", "duplicate_count", "episode_count", "show_day_count"}
TIMES = {"ms_played", "minutes"}


def rules_of(name: str) -> Rules:
    """The rule set with a window that ends before the year does."""
    return rules_for(name, YEAR, window_end=WINDOW_END)


def uncounted(rules: Rules) -> list[dict[str, Any]]:
    """Plays that do not count by these rules: of music heard otherwise and never, on days with listens and without."""
    plays = []
    for start in (datetime(YEAR, 1, 30, 3, tzinfo=UTC), datetime(YEAR, 5, 11, 15, tzinfo=UTC), datetime(YEAR, 12, 14, 22, tzinfo=UTC)):
        for n, song in enumerate((SONGS[0], SONGS[9], NEVER_HEARD)):
            at = start + timedelta(hours=n)
            plays += [row(UNWANTED, at, 180_000), row(song, at + timedelta(minutes=7), 180_000, media="podcast")]
            if rules.minimum_ms_played:
                plays += [row(song, at + timedelta(minutes=14, seconds=30 * times), 20_000, is_skipped=True) for times in range(9)]
            if rules.private_sessions == "minutes_only":
                plays.append(row(song, at + timedelta(minutes=40), 900_000, is_private=True))
    after = datetime(YEAR, 12, 25, 12, tzinfo=UTC)
    return plays + [row(song, after + timedelta(hours=n), 180_000) for n, song in enumerate((SONGS[0], SONGS[9], NEVER_HEARD))]


@cache
def both_worlds(rule_set: str) -> tuple[Found, Found]:
    """Everything computed without and with the plays that do not count."""
    rules = rules_of(rule_set)
    known = {name: everyone()[name] for name in LISTENERS}
    added = {name: [*parts, (STREAMS, frame_of(uncounted(rules)))] for name, parts in known.items()}
    unwanted = stable_ids(pl.Series(["artist\x1funwanted artist"])).item()
    around = {**SURROUNDINGS, "exclusions": [(name, "artist", unwanted) for name in LISTENERS]}
    how = {"time_zones": ZONES, "rules": {YEAR - 1: rules_for(rule_set, YEAR - 1), YEAR: rules}, **around}
    return rehearse(known, [YEAR - 1, YEAR], **how), rehearse(added, [YEAR - 1, YEAR], **how)


def count_columns(asset: Declaration) -> list[str]:
    """The columns that count listens, or what was listened to."""
    endings = ("_count", "_listens")
    return [name for name in asset.schema if name.endswith(endings) and name not in OF_PLAYS and name not in asset.grain]


def counts_by_key(asset: Declaration, frame: pl.DataFrame) -> pl.DataFrame:
    """The counts above zero, summed by the columns of the grain that are not instants: a session may begin with a skip."""
    counts = count_columns(asset)
    by = [name for name in asset.grain if not isinstance(asset.schema[name], pl.Datetime)]
    summed = frame.group_by(by).agg(pl.col(counts).sum()) if by else frame.select(pl.col(counts).sum())
    return summed.filter(pl.any_horizontal(pl.col(name) > 0 for name in counts)).sort(summed.columns)


def chooses_by_minutes(graph: Graph, asset: Declaration) -> bool:
    """Whether the asset reads minutes, which include plays that do not count, or the days that such an insight chose."""
    sources = [(graph.by_key[key], read) for key, read in graph.inputs(asset) if key in graph.by_key and key != asset.key]
    of_minutes = any(TIMES & set(read.columns) and "play_count" in source.schema for source, read in sources)
    chosen = [source for source, read in sources if source.layer == "insights" and "local_date" in read.columns]
    return of_minutes or any(chooses_by_minutes(graph, source) for source in chosen)


def without_play_figures(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that plays which do not count may not change."""
    return frame.drop(OF_PLAYS | TIMES, strict=False)
