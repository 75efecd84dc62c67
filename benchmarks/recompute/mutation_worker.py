"""One process that runs a mutated copy: each asset's fingerprint, and its rows over inputs that never change."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from typing import Any

import polars as pl


def capture(root: Path, folder: Path) -> None:
    """Builds a root, and keeps what each asset's function was given in its largest cell."""
    from wrapped_assets.building import build, evaluate, unit
    from wrapped_assets.building.situate import Project
    from wrapped_assets.storage.root import Root

    largest: dict[str, int] = {}
    real = evaluate.lazy_result

    def keeping(declaration: Any, inputs: Any, rules: Any, period: str) -> pl.LazyFrame:
        frames = {name: frame.lazy().collect() for name, frame in inputs.items()}
        rows = sum(frame.height for frame in frames.values())
        if rows > largest.get(declaration.key, -1):
            largest[declaration.key] = rows
            (folder / f"{declaration.key.replace('/', '.')}.pickle").write_bytes(pickle.dumps((frames, rules, period)))
        return real(declaration, inputs, rules, period)

    evaluate.lazy_result = keeping
    unit.lazy_result = keeping
    report = build.build(Project(Root.open(root)), full=True)
    assert not report.failed, report.failed


def say(folder: Path, wanted: set[str] | None) -> dict[str, Any]:
    """Asset → fingerprint and rows (as a hash, or the name of the error); of all fingerprints, and the rows of `wanted`."""
    from wrapped_assets.building.evaluate import lazy_result
    from wrapped_assets.contracts.errors import DeclarationError
    from wrapped_assets.contracts.graph import project_graph
    from wrapped_assets.kernels.hashing import frame_hashes
    from wrapped_assets.planning.fingerprint import logic_fingerprint

    try:
        graph = project_graph()
        prints = {key: logic_fingerprint(found) for key, found in graph.by_key.items()}
    except DeclarationError as refused:
        return {"refused": str(refused)}
    rows = {}
    for key, found in graph.by_key.items():
        path = folder / f"{key.replace('/', '.')}.pickle"
        if path.exists() and (wanted is None or found.name in wanted):
            inputs, rules, period = pickle.loads(path.read_bytes())
            try:
                rows[key] = str(frame_hashes(lazy_result(found, inputs, rules, period).collect()))
            except Exception as error:  # noqa: BLE001 (a mutation may fail in any way)
                rows[key] = type(error).__name__
    return {"prints": prints, "rows": rows}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    if "capture" in job:
        capture(Path(job["capture"]), Path(job["folder"]))
    else:
        print(json.dumps(say(Path(job["folder"]), set(job["wanted"]) if job.get("wanted") is not None else None)))
