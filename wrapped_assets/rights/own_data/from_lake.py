"""A person's rows of every asset that has listeners, found in the graph: a new insight is in here without anybody's doing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.discovery import all_sources
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.listens.code import LANDED_PLAYS, LANDED_TRACKS
from wrapped_assets.rights.own_data.fields import OWNER, is_of_somebody_else
from wrapped_assets.serving.rows import in_words
from wrapped_assets.storage import landing, manifest
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.devices import CODES
from wrapped_assets.vocabulary.periods import Cell, period_year

_NAMES = ("catalogue/artist_credits", "catalogue/tracks")


@dataclass(frozen=True)
class Lake:
    """The newest build as far as it may hold something of one listener: cells of their bucket, and of all buckets at once."""

    root: Root
    graph: Graph
    listener: Listener
    cells: Mapping[Cell, StoredCell]

    @property
    def built_at(self) -> datetime | None:
        """When the newest of the cells that the listener may be in was written; None where nothing was built."""
        mine = (None, bucket_of(self.root, self.listener.listener_id))
        return max((found.written_at for cell, found in self.cells.items() if cell.bucket in mine), default=None)

    @cached_property
    def names(self) -> dict[Cell, str]:
        """Where the cells lie that say what ids are called."""
        return {cell: found.path for cell, found in self.cells.items() if cell.asset in _NAMES}

    @cached_property
    def by_asset(self) -> dict[str, list[Cell]]:
        """Each asset's cells that may hold a row of the listener, in the order of their periods."""
        mine, found = (None, bucket_of(self.root, self.listener.listener_id)), {key: [] for key in self.graph.by_key}
        for cell in sorted((cell for cell in self.cells if cell.bucket in mine), key=lambda cell: cell.period):
            found.setdefault(cell.asset, []).append(cell)
        return found

    @cached_property
    def assets(self) -> list[Declaration]:
        """Every asset with a row of somebody; those of spans only where somebody asked for one in the listener's bucket."""
        return [found for found in assets_about_people(self.graph) if found.kind != "span_bucket" or self.by_asset[found.key]]


def assets_about_people(graph: Graph) -> list[Declaration]:
    """Every asset with a row of somebody, in the order in which they are computed."""
    return [found for found in graph.by_key.values() if OWNER in found.schema]


def lake_of(root: Root, graph: Graph, listener: Listener) -> Lake:
    """The lake as the newest build left it."""
    keys = [*(found.key for found in assets_about_people(graph)), *_NAMES]
    return Lake(root, graph, listener, manifest.load_cells(root, assets=keys))


def rows_of(lake: Lake, declaration: Declaration) -> pl.DataFrame:
    """The listener's rows of an asset, years and names beside them, in grain order; without columns that say who somebody else is.

    Their number is that of the listener's rows in the lake: also a row that is about two people stays, and says nothing of the other.
    """
    cells = lake.by_asset[declaration.key]
    parts = [_with_period(pl.LazyFrame(schema=declaration.schema), declaration, None)]
    for cell, file in zip(cells, intact(lake.root, [lake.cells[cell].path for cell in cells]), strict=True):
        scanned = pl.scan_parquet(file).filter(pl.col(OWNER) == lake.listener.listener_id)
        parts.append(_with_period(scanned, declaration, cell.period))
    found = pl.concat(parts, how="diagonal_relaxed").collect()
    order = [name for name in ("year", "first_month", "last_month", *declaration.order) if name in found.columns]
    kept = found.sort(order, nulls_last=True, maintain_order=True)
    kept = kept.select(name for name in kept.columns if not is_of_somebody_else(name))
    told = in_words(lake.root, kept, lake.names, cells)  # in the same order, without an id that serves joins only
    return told.with_columns(kept[name] for name in kept.columns if name.endswith("_id") and name not in told.columns)


def _with_period(rows: pl.LazyFrame, declaration: Declaration, period: str | None) -> pl.LazyFrame:
    """The rows with their year, or with the first and last month of their span, where they do not say it themselves."""
    if declaration.kind == "span_bucket":
        ends = [pl.lit(text or None, pl.String) for text in (period or "").split("..")] if period else [pl.lit(None, pl.String)] * 2
        return rows.select(OWNER, ends[0].alias("first_month"), ends[-1].alias("last_month"), pl.exclude(OWNER))
    year = None if period is None else period_year(period)
    if declaration.kind == "month_bucket" or "year" in declaration.schema:
        return rows
    return rows.select(OWNER, pl.lit(year, c.year.dtype).alias("year"), pl.exclude(OWNER))


def landed_rows(root: Root, listener: Listener) -> pl.DataFrame:
    """Every play that was ever landed for the listener, with all that its source said of the track."""
    chunks = landing.load_chunks(root)
    parts = list(_landed(root, chunks, listener.listener_id))
    schema = {**LANDED_PLAYS, **{name: dtype for name, dtype in LANDED_TRACKS.items() if name not in LANDED_PLAYS}}
    found = pl.concat([pl.DataFrame(schema=schema), *parts], how="diagonal_relaxed").sort("listened_at", "source_code", "variant_id")
    formats = {source.code: source.name for source in all_sources()}
    source = pl.col("source_code").replace_strict(formats, default=None, return_dtype=pl.String)
    device = pl.col("device_code").replace_strict({code: name for name, code in CODES.items()}, default=None, return_dtype=pl.String)
    told = found.with_columns(source_code=source, device_code=device)
    return told.rename({"source_code": "source", "device_code": "device"})


def _landed(root: Root, chunks: Mapping[tuple[str, str, int], list[landing.Chunk]], listener_id: int) -> Iterator[pl.DataFrame]:
    own = bucket_of(root, listener_id)
    for (asset, month, bucket), found in sorted(chunks.items()):
        if (asset, bucket) != (landing.PLAYS, own):
            continue
        mine = [chunk for chunk in found if listener_id in landing.people_of([chunk])]
        if not mine:
            continue
        files = intact(root, [chunk.path for chunk in mine])
        plays = pl.concat([pl.scan_parquet(file).filter(pl.col(OWNER) == listener_id) for file in files], how="diagonal").collect()
        beside = pl.scan_parquet(intact(root, [chunk.path for chunk in chunks.get((landing.TRACKS, month, bucket), [])]))
        tracks = beside.select(list(LANDED_TRACKS)).join(plays.lazy().select("variant_id").unique(), on="variant_id", how="semi")
        yield plays.join(tracks.unique("variant_id").collect(), on="variant_id", how="left")
