"""Compares the insights of a data root with those that another engine computed, row for row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from wrapped_assets.contracts.graph import project_graph


def keys_of(names: Iterable[str]) -> list[str]:
    """The keys of assets, layer and name."""
    return [f"{layer}/{name}" for name in names for layer in ("insights", "population") if f"{layer}/{name}" in project_graph().by_key]


def compared(root: Path, others: Path, insights: tuple[str, ...]) -> dict[str, int]:
    """Rows of each insight over all years and buckets; AssertionError where a declared column of any row differs."""
    graph = project_graph()
    rows = {}
    for name in insights:
        declaration = next(graph.by_key[key] for key in keys_of([name]))
        cells = [
            pl.scan_parquet(path).with_columns(y=pl.lit(int(path.parent.name), pl.Int32))
            for path in sorted((root / "lake" / declaration.key).glob("*/*.parquet"))
        ]
        order = ["y", *declaration.grain]
        ours = pl.concat(cells).select("y", *declaration.schema).sort(order).collect()
        theirs = pl.read_parquet(others / f"{name}.parquet").select("y", *declaration.schema).cast(declaration.schema).sort(order)  # type: ignore[arg-type]
        assert_frame_equal(ours, theirs, check_exact=False, rel_tol=1e-12, abs_tol=1e-12)
        rows[name] = ours.height
    return rows
