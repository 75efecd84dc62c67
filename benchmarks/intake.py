"""From an export to listens and catalogue, beside an older commit: `python -m benchmarks.intake --against 40c3e81 --listens 3000000`.

Both trees run the same steps in turn, each in a process of its own with one Polars thread, the same interpreter and the same libraries.
What a step costs with one play, start-up and an empty data root for the most part, is measured too and taken off.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from benchmarks.household import HERE, worktree
from benchmarks.measure import Cost, cost_of, measured

SPOTIFY_PLAYS = 30_000
IMPORT_OF_A_PERSON = """
import sys
from pathlib import Path
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.storage.root import Root
import_paths(Root.open_or_make(Path(sys.argv[1]), 1), [Path(sys.argv[2])], Person("ana"))
"""
BUILT = "catalogue/,listens/"
MEASURED = (
    ("Import of the event log", "import", "log"), ("Landed plays → listens and catalogue", "build", "log"),
)  # fmt: skip


def main() -> None:
    """Prints a row for each step: µs of processor time a listen of both trees, their ratio, and the peak memory of this one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="COMMIT", default="40c3e81", help="compare with this commit")
    parser.add_argument("--listens", type=int, default=3_000_000)
    parser.add_argument("--listeners", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=1, help="how often each step is measured; the least counts (1)")
    chosen = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"
    with worktree(chosen.against) as old, tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        sources = _sources(Path(folder), chosen.listens, chosen.listeners)
        found: dict[tuple[str, str], Cost] = {}
        for number in range(chosen.rounds + 1):  # the first fills the caches of both, and does not count
            for name, tree in (("old", old), ("new", HERE)):
                for step, cost in _steps(
                    tree, Path(folder) / f"{name}-{number}", sources if number else {name: sources[name] for name in ("one", "spotify")}
                ):
                    if number and cost.cpu <= found.get((step, name), cost).cpu:
                        found[step, name] = cost
    print(f"| Step | {chosen.against[:7]}, µs | this tree, µs | times faster | peak MiB |\n|---|---:|---:|---:|---:|")
    for what, step, source in MEASURED:
        more = {name: found[f"{step} {source}", name].cpu - found[f"{step} one", name].cpu for name in ("old", "new")}
        before, now = (seconds / chosen.listens * 1e6 for seconds in more.values())
        peak = found[f"{step} {source}", "new"].peak / 2**20
        print(f"| {what}, a listen | {before:.2f} | {now:.2f} | {before / now:.1f} | {peak:,.0f} |")
    before, now = (found["import spotify", name].cpu for name in ("old", "new"))
    print(f"\nThe Spotify export of {SPOTIFY_PLAYS:,} plays with start-up and a new data root: {before:.2f} s, now {now:.2f} s.")


def _sources(folder: Path, listens: int, listeners: int) -> dict[str, Path]:
    """A log, a log of one play, and one listener's Spotify export."""
    places = {name: folder / name for name in ("one", "log", "spotify")}
    measured("benchmarks.steps", "synth", 1, 1, places["one"])
    measured("benchmarks.steps", "synth", listeners, listens, places["log"])
    measured("benchmarks.steps", "synth", 1, SPOTIFY_PLAYS, folder / "listener")
    named = pl.read_parquet(folder / "listener" / "recordings.parquet")
    some = pl.concat([pl.read_parquet(file) for file in sorted((folder / "listener" / "events").glob("*.parquet"))]).join(
        named, on="recording"
    )
    end = pl.col("listened_at") + pl.duration(milliseconds="ms_played")
    rows = some.select(
        "ms_played", "spotify_uri", ts=end.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), master_metadata_track_name="recording_name",
        master_metadata_album_artist_name=pl.col("artist_names").list.first(), master_metadata_album_album_name="release_group_name",
        spotify_track_uri="spotify_uri", incognito_mode="is_private", skipped="is_skipped",
    )  # fmt: skip
    places["spotify"].mkdir()
    (places["spotify"] / "Streaming_History_Audio_2024.json").write_bytes(orjson.dumps(rows.drop("spotify_uri").to_dicts()))
    return places


def _steps(tree: Path, root: Path, sources: dict[str, Path]) -> Iterator[tuple[str, Cost]]:
    for name, source in sources.items():
        place = str(root / name)
        if name == "spotify":
            yield f"import {name}", cost_of([sys.executable, "-c", IMPORT_OF_A_PERSON, place, str(source)], tree)
        else:
            yield f"import {name}", cost_of([sys.executable, "-m", "benchmarks.steps", "land", str(source), place, "1"], tree)
            yield f"build {name}", cost_of([sys.executable, "-m", "benchmarks.steps", "build", place, BUILT], tree)


if __name__ == "__main__":
    main()
