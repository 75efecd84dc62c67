"""`python -m benchmarks.recompute.constructs`: each construct in both versions, each in its own process; writes the README's table."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.recompute.constructs import Construct, constructs
from benchmarks.recompute.table import write_between

FRAME = {"listener_id": [1, 2, 3], "listen_count": [10, 20, 30]}
VERDICTS = ("followed", "refused", "stale", "no effect", "broken")
MUST_BE_REFUSED = frozenset({"order", "process", "chance"})  # another process computes another value from the same text


def outcome(modules: dict[str, str], folder: Path) -> dict[str, Any]:
    """What the process that loads these modules says: `refused` or `fingerprint`, and the `value` that it computes."""
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        return json.loads(text or '{"broken": "the process ended"}')
    with os.fdopen(writing, "w") as pipe, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        pipe.write(json.dumps(_loaded(modules, folder)))
        pipe.flush()
        os._exit(0)


def _loaded(modules: dict[str, str], folder: Path) -> dict[str, Any]:
    import importlib

    from wrapped_assets.contracts.errors import DeclarationError
    from wrapped_assets.planning import loaded
    from wrapped_assets.planning.fingerprint import logic_fingerprint

    package = folder / "laboratory"
    for name, text in {"__init__": "", **modules}.items():
        (package / f"{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    loaded.PACKAGES.add("laboratory")
    sys.path.insert(0, str(folder))
    found: dict[str, Any] = {}
    try:
        asset = importlib.import_module("laboratory.asset").totals
        try:
            found["fingerprint"] = logic_fingerprint(asset)
        except DeclarationError as refused:
            found["refused"] = str(refused)
        found["value"] = str(asset.function(pl.LazyFrame(FRAME)).collect().rows())
    except Exception as error:  # noqa: BLE001 (a construct may fail in any way)
        found.setdefault("broken", f"{type(error).__name__}: {error}")
    return found


def verdict(construct: Construct, folder: Path) -> tuple[str, str]:
    """One of VERDICTS, and what was said."""
    one, other = (outcome(modules, folder / str(number)) for number, modules in enumerate(construct.versions))
    if "refused" in one or "refused" in other:
        return "refused", one.get("refused") or other["refused"]
    if "broken" in one or "broken" in other:
        return "broken", one.get("broken") or other["broken"]
    if construct.kind in MUST_BE_REFUSED:
        return "stale", "accepted, and depends on the process"
    if one["value"] == other["value"]:
        return ("followed" if construct.kind == "prose" else "no effect"), one["value"]  # prose that reaches no number
    return ("stale", "") if one["fingerprint"] == other["fingerprint"] else ("followed", "")


def main() -> int:
    """Exit code 1 where a construct changed a value and not the fingerprint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="leave the README alone")
    parser.add_argument("--only", default="", help="constructs whose name has this in it")
    parser.add_argument("--every", type=int, default=1, help="only one construct in so many")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    import wrapped_assets.planning.fingerprint  # noqa: F401 (once, for all children)

    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as work:
        for number, construct in enumerate(constructs()):
            if given.only not in f"{construct.kind}: {construct.what}" or number % given.every:
                continue
            found, said = verdict(construct, Path(work) / str(number))
            counts.setdefault(construct.kind, Counter())[found] += 1
            if given.verbose or found in ("stale", "broken", "no effect"):
                print(f"{found:9} {construct.kind}: {construct.what}  {said}", file=sys.stderr)
    rows = [f"| {kind} | {found.total()} | {found['followed']} | {found['refused']} | {found['stale']} |" for kind, found in counts.items()]
    total = sum(counts.values(), Counter())
    rows.append(f"| **all** | {total.total()} | {total['followed']} | {total['refused']} | {total['stale']} |")
    text = "\n".join(["| Kind | Constructs | Followed | Refused at load | Stale |", "|---|---|---|---|---|", *rows])
    print(text)
    if not given.dry:
        write_between("constructs", text)
    return int(bool(total["stale"]))


if __name__ == "__main__":
    raise SystemExit(main())
