"""What an edition covers: its listeners and listens, and the share of the listens with a known genre, release year, country and album."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import polars as pl

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.manifest import StoredCell, load_cells
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell

SUFFIX = "_known_share"  # an insight that rests on an attribute says in such a column which share of a listener's listens have it
TOTALS = "insights/listening_totals"


def coverage(root: Root, graph: Graph, years: Sequence[int]) -> dict[int, dict[str, int | float]]:
    """Year → `listeners`, `listens`, and for each attribute the share of the listens that have it (0 to 1), all as stored.

    A listener without a row of an insight has no listen that it could be told from, and counts with 0. A year of which nothing is stored,
    or a file is damaged, has no figures.
    """
    makers = dict(_makers(graph))
    stored = load_cells(root, [TOTALS, *makers.values()], [str(year) for year in years])
    found: dict[int, dict[str, int | float]] = {}
    for year in years:
        found[year] = {}
        with suppress(DamagedFileError):  # noted by now, and told as such
            found[year] = _of_year(root, makers, _by_asset(stored, year))
    return found


def _of_year(root: Root, makers: Mapping[str, str], paths: Mapping[str, list[str]]) -> dict[str, int | float]:
    if TOTALS not in paths:
        return {}
    rows = {asset: pl.scan_parquet(intact(root, found)) for asset, found in paths.items()}
    totals, listens = rows[TOTALS].select("listener_id", "listen_count"), pl.col("listen_count")
    known = [
        totals.join(rows[asset].select("listener_id", column).unique(), on="listener_id", how="left").select(
            (pl.col(column).fill_null(0) * listens).sum() / listens.sum()
        )
        for column, asset in makers.items()
        if asset in paths
    ]
    counts, *shares = pl.collect_all([totals.select(listeners=pl.len(), listens=listens.sum()), *known])
    told: dict[str, int | float] = {"listeners": counts["listeners"].item(), "listens": counts["listens"].item()}
    if not told["listens"]:
        return told
    return told | {f"{share.columns[0].removesuffix(SUFFIX)}_coverage": share.item() for share in shares}


def _by_asset(stored: Mapping[Cell, StoredCell], year: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cell, at in sorted(stored.items(), key=lambda item: str(item[0])):
        if cell.period == str(year):
            found.setdefault(cell.asset, []).append(at.path)
    return found


def _makers(graph: Graph) -> Iterator[tuple[str, str]]:
    """Each share, and the listener insight that computes it; others read it from there."""
    for key, declaration in graph.by_key.items():
        if declaration.subject == "listener":
            yield from ((name, key) for name in declaration.schema if name.endswith(SUFFIX) and name not in _read(declaration))


def _read(declaration: Declaration) -> set[str]:
    return {name for read in declaration.reads for name in read.columns}
