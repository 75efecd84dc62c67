"""The measured steps, one a process: `python -m benchmarks.steps NAME ARGUMENTS`. Each loads what it needs itself, and nothing else."""

from __future__ import annotations

import atexit
import gc
import sys
from pathlib import Path

from wrapped_assets.storage.memory import use_again


def synth(listeners: str, listens: str, out: str) -> None:
    """A population of two years."""
    from wrapped_synthesis.population import synthesise

    synthesise(int(listeners), int(listens), 1, [2024, 2025], Path(out))


def land(source: str, root: str, buckets: str) -> None:
    """`wrapped import`."""
    from wrapped_assets.building.importing import import_paths
    from wrapped_assets.storage.root import Root

    import_paths(Root.open_or_make(Path(root), int(buckets)), [Path(source)], None)


def inform(source: str, root: str) -> None:
    """`wrapped catalogue import` and `wrapped consent import`."""
    from wrapped_assets.building.cataloguing import import_catalogue
    from wrapped_assets.building.consenting import import_consents
    from wrapped_assets.storage.root import Root

    import_catalogue(Root.open(Path(root)), [Path(source) / "catalogue"])
    import_consents(Root.open(Path(root)), Path(source) / "consents.parquet")


def profiles(root: str, out: str) -> None:
    """What the registry knows of listeners, as a file for DuckDB."""
    from wrapped_assets.storage.profiles import profiles_frame
    from wrapped_assets.storage.root import Root

    Path(out).mkdir(parents=True, exist_ok=True)
    profiles_frame(Root.open(Path(root))).write_parquet(Path(out) / "profiles.parquet")


def build(root: str, which: str, *flags: str) -> None:
    """`wrapped build` of the assets whose key begins with one of `which`, comma-separated; everything for nothing."""
    from wrapped_assets.building.build import build as carried_out
    from wrapped_assets.building.situate import Project
    from wrapped_assets.storage.root import Root

    prefixes = tuple(filter(None, which.split(",")))
    report = carried_out(
        Project(Root.open(Path(root))),
        (lambda situation: {cell for cell in situation.expected() if cell.asset.startswith(prefixes)}) if prefixes else None,
        full="full" in flags,
    )
    if report.failed:
        raise SystemExit(f"{len(report.failed)} cells failed, the first: {report.failed[0]}")


def duckdb(root: str, out: str, insights: str = "") -> None:
    """The insights by DuckDB, from the `listens` and `catalogue` cells."""
    from benchmarks import duckdb_twin

    duckdb_twin.run(Path(root).resolve(), Path(out), tuple(insights.split(",")) if insights else tuple(duckdb_twin.INSIGHTS))


def polars_top_artists(root: str, out: str) -> None:
    """One insight by plain Polars from the `listens` cells, without stored aggregates."""
    import polars as pl

    lake = Path(root) / "lake"
    plays = pl.scan_parquet(lake / "listens/plays/*/*.parquet").filter(pl.col("outcome_code") == 0)
    credits_ = pl.scan_parquet(lake / "catalogue/artist_credits/*/*.parquet").select("artist_credit_id", "artist_id").unique()
    counts = (
        plays.join(credits_, on="artist_credit_id")
        .group_by(pl.col("local_date").dt.year().alias("y"), "listener_id", "artist_id")
        .agg(listen_count=pl.len(), ms_played=pl.col("ms_played").sum(), first_listened_at=pl.col("listened_at").min())
    )
    order = ["y", "listener_id", "listen_count", "ms_played", "first_listened_at", "artist_id"]
    ranked = counts.sort(order, descending=[False, False, True, True, False, False]).with_columns(
        artist_rank=pl.int_range(1, pl.len() + 1).over("y", "listener_id")
    )
    Path(out).mkdir(parents=True, exist_ok=True)
    ranked.filter(pl.col("artist_rank") <= 50).collect(engine="streaming").write_parquet(Path(out) / "top_artists.parquet")


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    if name in ("land", "build"):  # as the commands do, before Polars is imported
        use_again()
        gc.set_threshold(50_000, 20, 100)
        atexit.register(gc.freeze)
    {function.__name__: function for function in (synth, land, inform, profiles, build, duckdb, polars_top_artists)}[name](*arguments)
