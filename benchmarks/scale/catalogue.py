"""What a build costs beside large catalogues: `python -m benchmarks.scale.catalogue --recordings 1000000 35000000 [--against COMMIT]`.

One imported population is built beside its own catalogue, to which rows of music that nobody hears are added until it has so many
recordings. The added rows say as much as MusicBrainz says of a recording: an MBID, a title, an artist, an album, a year.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import HEADER, measured, worktree

WORK = Path(__file__).parents[1] / "work" / "catalogue"
STEPS = "benchmarks.steps"
ROWS_AT_ONCE = 500_000
TABLE = "sources/known_recordings"


def main() -> None:
    """Prints a row for each size, at the commit and now, from nothing and after a change of one asset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=int, nargs="+", default=[1_000_000, 35_000_000])
    parser.add_argument("--listens", type=int, default=300_000)
    parser.add_argument("--listeners", type=int, default=120)
    parser.add_argument("--buckets", type=int, default=2)
    parser.add_argument("--against", metavar="COMMIT", help="build with this commit's code as well")
    given = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    source, plain = WORK / "population", WORK / "plain"
    measured(STEPS, "synth", given.listeners, given.listens, source)
    measured(STEPS, "land", source, plain, given.buckets)
    measured(STEPS, "inform", source, plain)
    print(f"{given.listens:,} listens of {given.listeners:,} listeners, {given.buckets} buckets; catalogue and listens.\n\n{HEADER}")
    with ExitStack() as stack:
        trees = {"now": None} | ({given.against: stack.enter_context(worktree(given.against))} if given.against else {})
        for recordings in given.recordings:
            large, root = WORK / "large", WORK / "root"
            shutil.rmtree(large, ignore_errors=True)
            shutil.copytree(plain, large)
            enlarge(large, recordings)
            for name, tree in trees.items():
                shutil.rmtree(root, ignore_errors=True)
                shutil.copytree(large, root)
                for what, flags in (("from nothing", ()), ("again", ("full",))):
                    cost = measured(STEPS, "build", root, "catalogue/,listens/", *flags, tree=tree)
                    print(cost.row(f"{recordings:,} recordings, {what}, {name}", given.listens), flush=True)


def enlarge(path: Path, recordings: int) -> None:
    """Adds a version of the catalogue whose recordings are those of the newest one and others, so many in all."""
    from wrapped_assets.contracts.known import known_schema
    from wrapped_assets.storage import catalogues
    from wrapped_assets.storage.files import write_in_parts
    from wrapped_assets.storage.root import Root

    root = Root.open(path)
    files = catalogues.files_of(root, catalogues.newest(root))
    known = pl.read_parquet(catalogues.intact(root, TABLE, files[TABLE]))
    made = path / "enlarged.parquet"
    write_in_parts(_with_others(known, recordings), known_schema("known_recordings"), made)
    catalogues.add_version(root, {TABLE: made}, {asset: file for asset, file in files.items() if asset != TABLE})


def _with_others(known: pl.DataFrame, recordings: int) -> Iterator[pl.DataFrame]:
    """The rows by `known_key`, which is spread evenly over the numbers below 2^63."""
    ranges = max(1, recordings // ROWS_AT_ONCE)
    for number in range(ranges):
        low, high = (2**63 * step // ranges for step in (number, number + 1))
        mine = known.filter(pl.col("known_key").is_between(low, high - 1))
        count = max(0, recordings // ranges - mine.height)
        drawn = np.random.default_rng(number)
        keys = np.sort(drawn.integers(low, high, count))
        names = ("a", "b", "recording_id", "artist_id", "release_group_id")
        random = pl.DataFrame({name: drawn.integers(0, 2**63, count) for name in names})
        title, mbid = pl.col("a").cast(pl.String), pl.concat_str(pl.col("a", "b").cast(pl.String).str.zfill(19))
        others = random.select(
            "recording_id", "artist_id", "release_group_id",
            known_key=pl.lit(pl.Series(keys)),
            recording_mbid=pl.concat_str(mbid.str.slice(0, 8), mbid.str.slice(8, 24).str.replace_all(r"(.{6})", "-$1")),
            recording_name=pl.concat_str(pl.lit("Song "), title.str.head(9)),
            artist_names=pl.concat_list(pl.concat_str(pl.lit("Artist "), pl.col("artist_id").cast(pl.String).str.head(6))),
            release_year=pl.col("b") % 60 + 1965,
        )  # fmt: skip
        blank = others.with_columns(pl.lit(None).alias(name) for name in known.columns if name not in others.columns)
        cast = blank.select(pl.col(name).cast(dtype) for name, dtype in known.schema.items())
        yield pl.concat([mine, cast]).sort("known_key")


if __name__ == "__main__":
    main()
