"""The planner's input: declarations, fingerprints, rules, landed data and stored cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wrapped_assets.contracts.lineage import EXTERNALS, WITHOUT_BUCKETS, YEARLY, Graph
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.kernels.versions import combined
from wrapped_assets.vocabulary.periods import Cell, Month, months_of, period_year
from wrapped_assets.vocabulary.rules import Rules, clamped

if TYPE_CHECKING:
    from wrapped_assets.contracts.asset import Declaration, Read

NO_BUCKET = -1


@dataclass
class Situation:
    """Everything that decides what is stale. Pure data: the loader in `building` fills it.

    `landed[asset, period, bucket]` maps the components of an outside input ("whole", "head", "tail", or a column) to a hash;
    the bucket of what has none is NO_BUCKET. The populations of `frozen` years stay as they were computed.
    """

    graph: Graph
    logic: Mapping[str, str]  # asset key → fingerprint
    rules: Mapping[int, Rules]
    landed: Mapping[tuple[str, str, int], Mapping[str, str]]
    stored: dict[Cell, StoredCell]
    damaged: frozenset[Cell] = frozenset()
    frozen: frozenset[int] = frozenset()
    catalogues: Mapping[int, str | None] = field(default_factory=dict)  # the version that each edition is told by
    _expected: dict[Cell, None] = field(default_factory=dict)
    _sources: dict[tuple[str, str, str, str, int | None], list[tuple[str, Cell]]] = field(default_factory=dict)
    _rules: dict[tuple[frozenset[str], str, str, Rules], str] = field(default_factory=dict)

    def expected(self) -> dict[Cell, None]:
        """Every cell that should exist, in an order in which inputs come first."""
        if not self._expected:
            self._expected = dict.fromkeys(expected_cells(self.graph, self.landed))
        return self._expected

    def is_frozen(self, cell: Cell) -> bool:
        """Whether a cell is a population's whose edition is frozen: new data does not restate it, new logic does."""
        return self.graph.by_key[cell.asset].freezes and period_year(cell.period) in self.frozen

    def rules_version(self, declaration: Declaration, period: str) -> str:
        """The part of the edition's rules that the asset depends on."""
        rules = self.rules[period_year(period)]
        slot = (declaration.rules, declaration.kind, period, rules)
        if slot not in self._rules:
            if declaration.kind == "month_bucket":
                month = Month.parse(period)
                rules = clamped(rules, month.first_day, month.last_day)
            self._rules[slot] = combined(*((name, getattr(rules, name)) for name in sorted(declaration.rules)))
        return self._rules[slot]

    def inputs_of(self, cell: Cell) -> list[tuple[str, str, Cell | None, Mapping[str, str]]]:
        """(input name, partition, cell or None for an outside input, column → hash) of everything that a cell reads and that exists."""
        declaration = self.graph.by_key[cell.asset]
        found = []
        for key, read in self.graph.inputs(declaration):
            if key in EXTERNALS.values():
                found.extend(self.outside(key, read, cell, self.landed))
            else:
                for partition, source in self._sources_read(declaration, key, read, cell):
                    stored = self.stored.get(source)
                    if stored is not None:
                        hashes = stored.column_hashes
                        found.append((key, partition, source, {name: hashes.get(name, "absent") for name in read.columns}))
                    else:
                        found.append((key, partition, source, {}))
        return found

    def _sources_read(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[tuple[str, Cell]]:
        """The cells of one input that a cell reads, named by partition; found once for all that read them alike."""
        slot = (key, read.window, declaration.kind, cell.period, cell.bucket)
        if slot not in self._sources:
            sources = [Cell(key, period, bucket) for period, bucket in self.partitions_read(declaration, key, read, cell)]
            self._sources[slot] = [(source.partition, source) for source in sources]
        return self._sources[slot]

    def outside(
        self, key: str, read: Read, cell: Cell, landed: Mapping[tuple[str, str, int], Mapping[str, str]]
    ) -> list[tuple[str, str, None, Mapping[str, str]]]:
        """What a cell reads of one outside input, in the form of `inputs_of`; `landed` is this situation's or a later one's."""
        if key in YEARLY:
            return self._outside_years(key, read, cell, landed)
        assert cell.bucket is not None
        wanted = [(cell.period, "whole")]
        if read.window == "month_and_edges":
            month = Month.parse(cell.period)
            wanted = [(str(month.shift(-1)), "tail"), *wanted, (str(month.shift(1)), "head")]
        found = []
        for period, component in wanted:
            hashes = landed.get((key, period, cell.bucket))
            if hashes and hashes.get(component):
                found.append((key, f"{period}|b{cell.bucket:03d}", None, {component: hashes[component]}))
        return found

    def _outside_years(
        self, key: str, read: Read, cell: Cell, landed: Mapping[tuple[str, str, int], Mapping[str, str]]
    ) -> list[tuple[str, str, None, Mapping[str, str]]]:
        buckets = [NO_BUCKET] if key in WITHOUT_BUCKETS else _buckets(landed) if cell.bucket is None else [cell.bucket]
        found = []
        for bucket in buckets:
            if hashes := landed.get((key, cell.period, bucket)):
                partition = cell.period if bucket == NO_BUCKET else f"{cell.period}|b{bucket:03d}"
                found.append((key, partition, None, {name: hashes.get(name, "absent") for name in read.columns}))
        return found

    def partitions_read(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[tuple[str, int | None]]:
        """The periods and buckets of one input that a cell reads: those that should exist, stored yet or not; never what is gone."""
        source = self.graph.by_key[key]
        if read.window == "previous_year":
            periods = [str(period_year(cell.period) - 1)]
        elif read.window == "month_and_edges":
            month = Month.parse(cell.period)
            periods = [str(month.shift(shift)) for shift in (-1, 0, 1)]
        elif source.kind == "month_bucket" and declaration.kind != "month_bucket":
            periods = [str(month) for month in months_of(period_year(cell.period))]
        else:
            periods = [cell.period]
        buckets: list[int | None]
        if source.kind == "year":
            buckets = [None]
        elif cell.bucket is None:
            buckets = list(self.buckets())
        else:
            buckets = [cell.bucket]
        expected = self.expected()
        return [(period, bucket) for period in periods for bucket in buckets if Cell(key, period, bucket) in expected]

    def buckets(self) -> list[int]:
        return _buckets(self.landed)


def _buckets(landed: Mapping[tuple[str, str, int], Mapping[str, str]]) -> list[int]:
    return sorted({bucket for _, _, bucket in landed} - {NO_BUCKET})


def expected_cells(graph: Graph, landed: Mapping[tuple[str, str, int], Mapping[str, str]]) -> list[Cell]:
    """Every cell for which something is landed: months by bucket, then years by stage and bucket; assets in graph order.

    A local month may hold plays of the UTC months beside it, so those count where a listener's clock may reach over. A year
    in which nothing was played between others has its histories alone: each builds on the year before. A year's figures over
    all listeners stand between the buckets' figures that they are made of and those that compare a listener with them.
    """
    months: dict[int, set[Month]] = {}
    for (asset, period, bucket), hashes in landed.items():
        if asset == EXTERNALS["landed_plays"] and hashes.get("whole"):
            month = Month.parse(period)
            near = {month} | ({month.shift(-1)} if hashes.get("early") else set()) | ({month.shift(1)} if hashes.get("late") else set())
            months.setdefault(bucket, set()).update(near)
    months_keys = [key for key, found in graph.by_key.items() if found.kind == "month_bucket"]
    stages: dict[int, list[str]] = {}
    for key, stage in graph.stages.items():
        if graph.by_key[key].kind != "month_bucket":
            stages.setdefault(stage, []).append(key)
    chained = {key for key in graph.by_key if any(source == key for source, _ in graph.inputs(graph.by_key[key]))}
    cells = [
        Cell(key, str(month), bucket)
        for month, bucket in sorted((month, bucket) for bucket, found in months.items() for month in found)
        for key in months_keys
    ]
    first, last = ({bucket: end(found).year for bucket, found in months.items()} for end in (min, max))
    played = {(month.year, bucket) for bucket, found in months.items() for month in found}
    for year in range(min(first.values(), default=0), max(last.values(), default=-1) + 1):
        buckets = sorted(bucket for bucket in months if first[bucket] <= year <= last[bucket])
        for stage, keys in sorted(stages.items()):
            for bucket in buckets if stage % 2 == 0 else [None]:
                is_played = (year, bucket) in played if bucket is not None else any((year, each) in played for each in buckets)
                cells.extend(Cell(key, str(year), bucket) for key in keys if is_played or key in chained)
    return cells


def cells_of(situation: Situation, keys: set[str] | None, periods: set[str] | None, buckets: set[int] | None = None) -> set[Cell]:
    """The expected cells of some assets, periods and buckets; None stands for all."""
    return {
        cell
        for cell in situation.expected()
        if (keys is None or cell.asset in keys)
        and (periods is None or cell.period in periods)
        and (buckets is None or cell.bucket is None or cell.bucket in buckets)
    }
