"""Synthetic situations: declarations that compute nothing, what is landed, and stored cells as a build would leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.graph import Graph, graph_of
from wrapped_assets.kernels.versions import SCHEME, combined
from wrapped_assets.planning.plan import decide, make_plan, written_inputs
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets.vocabulary.rules import rules_for

PLAYS = "sources/landed_plays"


@dataclass(frozen=True)
class Kept:
    """A stored cell."""

    input_version: str
    logic: str
    rules: str
    inputs: str
    column_hashes: dict[str, str]
    row_count: int = 1
    seconds: float = 0.1
    scheme: int = SCHEME


@dataclass
class World:
    """What a build would be given: change a field, then ask for the plan."""

    graph: Graph
    landed: dict[tuple[str, str, int], dict[str, str]]
    logic: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)  # (asset, column) → what its logic makes of its inputs
    stored: dict[Cell, Kept] = field(default_factory=dict)
    until: Mapping[int, object] = field(default_factory=dict)  # the cut-off of a year
    damaged: frozenset[Cell] = frozenset()
    frozen: frozenset[int] = frozenset()

    def situation(self) -> Situation:
        logic = {key: self.logic.get(key, "first") for key in self.graph.by_key}
        rules = {year: rules_for("default", year, None, self.until.get(year)) for year in range(2020, 2031)}  # type: ignore[arg-type]
        return Situation(self.graph, logic, rules, self.landed, self.stored, self.damaged, self.frozen)  # type: ignore[arg-type]

    def build(self, *, only: set[Cell] | None = None) -> list[Cell]:
        """Computes what the plan says, cell by cell, cutting off where an input came out the same; returns what was computed."""
        situation = self.situation()
        computed = []
        for step in make_plan(situation, only).steps:
            decision = decide(situation, step.cell)
            if decision.reason is None:
                continue
            declaration = self.graph.by_key[step.cell.asset]
            rules = situation.rules_version(declaration, step.cell.period)
            seen = [(key, partition, sorted(hashes.items())) for key, partition, _, hashes in situation.inputs_of(step.cell)]
            hashes = {
                name: combined(
                    name, self.values.get((step.cell.asset, name), f"{situation.logic[step.cell.asset]}{rules}{seen}{step.cell}")
                )
                for name in declaration.schema
            }
            self.stored[step.cell] = Kept(
                decision.input_version, situation.logic[step.cell.asset], rules, written_inputs(situation, step.cell), hashes
            )
            self.damaged -= {step.cell}
            computed.append(step.cell)
        for cell in make_plan(situation).gone:  # as a build forgets them
            del self.stored[cell]
        return computed

    def stale(self) -> dict[Cell, str]:
        """The reason of each cell that the plan names."""
        return {step.cell: step.reason for step in make_plan(self.situation()).steps}


def asset(name: str, *reads: Read, kind: str = "month_bucket", rules: tuple[str, ...] = ()) -> Declaration:
    """An asset of two columns beside its key that reads what is said."""
    layer = "insights" if kind == "year_bucket" else "population" if kind == "year" else "aggregates"
    return Declaration(
        name=name, layer=layer, kind=kind, function=lambda: None, grain=("listener_id",),  # type: ignore[arg-type, return-value]
        columns=(c.listener_id, c.listen_count, c.play_count), reads=reads, rules=frozenset(rules), freezes=kind == "year",
    )  # fmt: skip


def read(name: str, *columns: str, window: str = "period") -> Read:
    return Read(name, ("listener_id", *columns), window)  # type: ignore[arg-type]


def layered() -> Graph:
    """Plays → days → two insights, a history that reads itself, and a population figure."""
    return graph_of(
        [
            asset("plays", Read("landed_plays", ("listener_id",), "month_and_edges"), rules=("clock",)),
            asset("days", read("plays", "listen_count"), rules=("window_end",)),
            asset("totals", read("days", "listen_count"), kind="year_bucket"),
            asset("others", read("days", "play_count"), read("plays", "play_count"), kind="year_bucket"),
            asset("history", read("days", "play_count"), read("history", "play_count", window="latest_year_before"), kind="year_bucket"),
            asset("everyone", read("totals", "play_count"), kind="year"),
        ]
    )


def landed(*months: str, buckets: tuple[int, ...] = (0, 1)) -> dict[tuple[str, str, int], dict[str, str]]:
    """A hash of the whole, the first and the last hours of each month's plays."""
    return {
        (PLAYS, month, bucket): {part: f"{month}{bucket}{part}" for part in ("whole", "head", "tail")}
        for month in months
        for bucket in buckets
    }


def relogged(graph: Graph, key: str, **changes: object) -> Graph:
    """The graph with one declaration changed."""
    return graph_of([replace(found, **changes) if found.key == key else found for found in graph.by_key.values()])  # type: ignore[arg-type]
