"""How long it takes to plan many cells: `python -m benchmarks.planner --buckets 64 --years 9`. Pure Python, nothing is stored."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.kernels.versions import SCHEME, combined
from wrapped_assets.planning.plan import decide, make_plan
from wrapped_assets.planning.sameness import situation_hash
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Month, months_between, period_year
from wrapped_assets.vocabulary.rules import rules_for


@dataclass
class Stored:
    """What the planner looks at of a stored cell."""

    input_version: str
    logic: str
    rules: str
    column_hashes: dict[str, str]
    data_version: str
    scheme: int = SCHEME
    inputs: str = ""
    row_count: int = 1
    seconds: float = 0.01


def situation_of(buckets: int, years: int) -> Situation:
    """A project in which every month of every bucket has plays and nothing is stored."""
    graph = project_graph()
    landed = {
        (asset, str(month), bucket): {"whole": combined(asset, str(month), str(bucket)), "head": "h", "tail": "t"}
        for asset in ("sources/landed_plays", "sources/landed_tracks", "registry/listeners", "registry/exclusions")
        for month in months_between(Month(2010, 1), Month(2009 + years, 12))
        for bucket in range(buckets)
    }
    rules = {year: rules_for("default", year) for year in range(2008, 2012 + years)}
    return Situation(graph, {key: combined(key) for key in graph.by_key}, rules, landed, {})


def store(situation: Situation) -> None:
    """Stores every cell as computed from what it reads."""
    for cell in situation.expected():
        declaration = situation.graph.by_key[cell.asset]
        hashes = {name: combined(str(cell), name) for name in declaration.schema}
        rules = situation.rules_version(declaration, cell.period)
        version, logic = decide(situation, cell).input_version, situation.logic[cell.asset]
        situation.stored[cell] = Stored(version, logic, rules, hashes, combined(*hashes.items()))


def main() -> None:
    """Prints the seconds of a plan from nothing, of one that finds nothing to do, and of one after a change of one aggregate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buckets", type=int, default=64)
    parser.add_argument("--years", type=int, default=9)
    given = parser.parse_args()
    situation = situation_of(given.buckets, given.years)
    cells = len(situation.expected())
    print(f"| {cells:,} cells | CPU s | steps |\n|---|---:|---:|")
    _timed("from nothing", situation)
    store(situation)
    _timed("nothing to do", _again(situation))
    again = _again(situation)
    started = time.process_time()
    situation_hash(again, "code")
    print(f"| nothing to do, as at the plan before | {time.process_time() - started:.2f} | 0 |")
    changed = _again(situation)
    changed.logic = {**situation.logic, "aggregates/artist_months": "changed"}
    _timed("one aggregate's code changed", changed)
    last = f"{max(period_year(cell.period) for cell in situation.expected())}"
    recent = _again(situation)
    _timed("one year of it asked for", recent, {cell for cell in recent.expected() if cell.period.startswith(last)})


def _again(situation: Situation) -> Situation:
    """The same, with nothing remembered from planning."""
    return Situation(situation.graph, situation.logic, situation.rules, situation.landed, situation.stored)


def _timed(what: str, situation: Situation, wanted: set | None = None) -> None:
    started = time.process_time()
    plan = make_plan(situation, wanted)
    print(f"| {what} | {time.process_time() - started:.2f} | {len(plan.steps):,} |")


if __name__ == "__main__":
    main()
