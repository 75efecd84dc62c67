"""Rows of stored assets as people read them: display names beside ids, words for codes, grain order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.lineage import Graph
from wrapped_assets.kernels.engines import engine_for
from wrapped_assets.serving.names import NAMED_FROM, Names
from wrapped_assets.storage import manifest
from wrapped_assets.storage.cell_paths import CellPaths
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.outcomes import OUTCOMES
from wrapped_assets.vocabulary.periods import Cell, period_year, years_of
from wrapped_assets.vocabulary.spans import Span

if TYPE_CHECKING:
    from wrapped_assets.contracts.asset import Declaration

BYTES_A_ROW = 20  # of a stored file, about
SPANS_OF = "spans/{name} where there is one"


def displayed(
    root: Root,
    graph: Graph,
    asset: str,
    years: Sequence[int] = (),
    listener: Listener | None = None,
    paths: CellPaths | None = None,
    artist_id: int | None = None,
    span: Span | None = None,
) -> pl.DataFrame:
    """The rows of an asset with names, of some years (none given: all), of one listener and one artist (None: all), in grain order.

    Of a span's asset, the rows of `span`, which must be given.

    Read from the newest build, or from `paths`, a published edition's cells.

    InputError where the asset is unknown, was never built, or has no listeners or artists to choose from.
    """
    (frame,) = displayed_each(root, graph, [asset], years, listener, paths, artist_id, span).values()
    return frame


def displayed_each(
    root: Root,
    graph: Graph,
    assets: Sequence[str],
    years: Sequence[int] = (),
    listener: Listener | None = None,
    paths: CellPaths | None = None,
    artist_id: int | None = None,
    span: Span | None = None,
) -> dict[str, pl.DataFrame]:
    """The rows of several assets by asset, each as `displayed` gives them, with one look at the manifest and at the catalogue for all."""
    declared = {asset: graph.find(asset) for asset in assets}
    stored = paths if paths is not None else built_paths(root, [each.key for each in declared.values()])
    cells = {asset: _chosen(each, stored, years, listener, artist_id, span) for asset, each in declared.items()}
    wanted = {"listener_id": listener.listener_id if listener else None, "artist_id": artist_id}
    frames = _read(root, stored, {declared[asset].key: own for asset, own in cells.items()}, wanted)
    shown = {asset: _shown(own) for asset, own in cells.items()}
    rows = {asset: frames[each.key].sort(each.order) for asset, each in declared.items()}
    if any("similar_listener_id" in frame.columns for frame in rows.values()):
        from wrapped_assets.serving.like_minded import with_similar_names

        rows = {
            asset: with_similar_names(frame, root) if "similar_listener_id" in frame.columns else frame for asset, frame in rows.items()
        }
    names = {alike: Names(root, stored, alike, [rows[one] for one in rows if shown[one] == alike]) for alike in set(shown.values())}
    return {asset: _words(names[shown[asset]].beside(frame)) for asset, frame in rows.items()}


def _chosen(
    declaration: Declaration, stored: CellPaths, years: Sequence[int], listener: Listener | None,
    artist_id: int | None, span: Span | None,
) -> list[Cell]:  # fmt: skip
    """The cells to read of an asset. InputError as `displayed`."""
    key = declaration.key
    if listener and "listener_id" not in declaration.column_names:
        raise InputError(f"{key} has no listener_id: leave --listener out")
    if artist_id is not None and "artist_id" not in declaration.column_names:
        raise InputError(f"{key} has no artist_id: leave --artist out")
    if (declaration.kind == "span_bucket") != (span is not None):
        remedy = "give the months with --span" if span is None else f"leave --span out, or choose {SPANS_OF.format(name=declaration.name)}"
        raise InputError(f"{key} has {'a span' if span is None else 'years or months'} in its partitions: {remedy}")
    cells = [cell for cell in chosen_cells(stored, key, years, listener) if span is None or cell.period == str(span)]
    if span is None and not any(cell.asset == key for cell in stored):
        raise InputError(f"{key} was never built: run `wrapped build` first")
    return cells


def in_words(root: Root, frame: pl.DataFrame, stored: Mapping[Cell, str], cells: Iterable[Cell]) -> pl.DataFrame:
    """An asset's rows with names beside ids and words in the place of codes, as they stand; `cells` are where they come from."""
    return _words(Names(root, stored, _shown(cells), [frame]).beside(frame))


def _shown(cells: Iterable[Cell]) -> frozenset[tuple[int, int | None]]:
    """The years and buckets that cells are of."""
    return frozenset((year, cell.bucket) for cell in cells for year in range(years_of(cell.period)[0], period_year(cell.period) + 1))


def built_paths(root: Root, assets: Sequence[str]) -> CellPaths:
    """Where the newest build's cells of some assets lie, and those of the catalogue that names are from."""
    return manifest.stored_paths(root, [*assets, *NAMED_FROM])


def chosen_cells(stored: CellPaths, key: str, years: Sequence[int], listener: Listener | None) -> list[Cell]:
    """The stored cells of an asset in some years (none given: all), of one listener's bucket or all."""
    buckets = None if listener is None else (None, stored.bucket_of(listener.listener_id))
    return sorted(
        cell
        for cell in stored
        if cell.asset == key
        and (not years or period_year(cell.period) in years)
        and (buckets is None or cell.bucket in buckets)
    )


def _read(
    root: Root, stored: Mapping[Cell, str], cells: Mapping[str, list[Cell]], wanted: Mapping[str, int | None]
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """The wanted rows of each asset."""
    every = [cell for own in cells.values() for cell in own]
    places = dict(zip(every, intact(root, [stored[cell] for cell in every]), strict=True))
    chosen = [pl.col(name) == value for name, value in wanted.items() if value is not None]
    scans = {key: pl.scan_parquet([places[cell] for cell in own]) for key, own in cells.items() if own}
    queries = [scan.filter(*chosen) if chosen else scan for scan in scans.values()]
    rows = sum(place.stat().st_size for place in places.values()) // BYTES_A_ROW
    found = dict(zip(scans, pl.collect_all(queries, engine=engine_for(rows)), strict=True))
    if len(found) < len(cells):
        from wrapped_assets.contracts.graph import whole_graph  # an outline does not know the types

        declared = whole_graph().by_key
        found |= {key: pl.DataFrame(schema=declared[key].schema) for key in cells if key not in found}
    return found


def _words(frame: pl.DataFrame) -> pl.DataFrame:
    """Words instead of the lake's small codes."""
    for name, word in (("source_code", "source"), ("kept_source_code", "kept_source"), ("outcome_code", "outcome")):
        if name in frame.columns:
            meanings = dict(enumerate(OUTCOMES)) if word == "outcome" else _sources()
            text = pl.col(name).replace_strict(meanings, default=None, return_dtype=pl.String).alias(word)
            frame = frame.with_columns(text).select(word if column == name else column for column in frame.columns)
    return frame


def _sources() -> dict[int, str]:
    from wrapped_assets.contracts.discovery import all_sources  # loads every format

    return {source.code: source.name for source in all_sources()}
