"""The planner's input: declarations, fingerprints, rules, landed data and stored cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wrapped_assets.contracts.asset import OF_SPAN
from wrapped_assets.contracts.division import Division
from wrapped_assets.contracts.lineage import EXTERNALS, WITHOUT_BUCKETS, YEARLY, Graph
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.expected import cells_of_spans, expected_cells, months_landed
from wrapped_assets.planning.spans import known_months, spans_told
from wrapped_assets.vocabulary.periods import FIRST_YEAR, Cell, Month, is_span, months_of, period_year
from wrapped_assets.vocabulary.rules import Rules, clamped
from wrapped_assets.vocabulary.spans import Span, span_named

if TYPE_CHECKING:
    from wrapped_assets.contracts.asset import Declaration, Read

NO_BUCKET = -1
_OUTSIDE = frozenset(EXTERNALS.values())


@dataclass
class Situation:
    """Everything that decides what is stale. Pure data: the loader in `building` fills it.

    `landed[asset, period, bucket]` maps the components of an outside input ("whole", "head", "tail", or a column) to a hash;
    the bucket of what has none is NO_BUCKET. The populations of `frozen` years stay as they were computed. `spans` are the names of
    those that were asked for, and in which buckets (None: all). `divided` says which buckets were divided since their cells were computed.
    """

    graph: Graph
    logic: Mapping[str, str]  # asset key → fingerprint
    rules: Mapping[int, Rules]
    landed: Mapping[tuple[str, str, int], Mapping[str, str]]
    stored: dict[Cell, StoredCell]
    damaged: frozenset[Cell] = frozenset()
    frozen: frozenset[int] = frozenset()
    catalogues: Mapping[int, str | None] = field(default_factory=dict)  # the version that each edition is told by
    spans: Mapping[str, frozenset[int] | None] = field(default_factory=dict)
    divided: tuple[Division, ...] = ()
    _expected: dict[Cell, None] = field(default_factory=dict)
    _sources: dict[tuple[str, str, str, str, int | None], list[tuple[str, Cell]]] = field(default_factory=dict)
    _inputs: dict[str, list[tuple[str, Read]]] = field(default_factory=dict)
    _texts: dict[int, tuple[StoredCell, dict[str, str]]] = field(default_factory=dict)
    _rules: dict[tuple[str, str], tuple[Rules, str]] = field(default_factory=dict)

    def expected(self) -> dict[Cell, None]:
        """Every cell that should exist, in an order in which inputs come first."""
        if not self._expected:
            cells = expected_cells(self.graph, self.landed)
            of_spans = cells_of_spans(self.graph, months_landed(self.landed), spans_told(self.spans, self.span))
            self._expected = dict.fromkeys([*cells, *of_spans])
        return self._expected

    def span(self, name: str) -> Span:
        """The months of a span by its name. ValueError if none of its months has plays or lies in the window of an edition."""
        span = span_named(name, known_months(self.landed, self.stored))
        window = self.rules_of(str(span))
        if window.window_end < window.window_start:
            raise ValueError(f"{name} lies outside the window of its edition; `wrapped edition show` prints the windows")
        return span

    def rules_of(self, period: str) -> Rules:
        """The rules of a period's edition. A span has those of its last month's, and the part of their windows that lies in it."""
        rules = self.rules[period_year(period)]
        if not is_span(period):
            return rules
        span = Span.parse(period)
        start, end = self.rules[span.first.year].window_start, rules.window_end
        return replace(rules, window_start=max(start, span.first.first_day), window_end=min(end, span.last.last_day))

    def is_frozen(self, cell: Cell) -> bool:
        """Whether a cell is a population's whose edition is frozen: new data does not restate it, new logic does."""
        return self.graph.by_key[cell.asset].freezes and period_year(cell.period) in self.frozen

    def is_divided(self, cell: Cell) -> bool:
        """Whether a cell is missing because its bucket was divided."""
        return cell not in self.stored and any(each.has(cell) for each in self.divided)

    def rules_version(self, declaration: Declaration, period: str) -> str:
        """The part of the edition's rules that the asset depends on."""
        rules = self.rules[period_year(period)]
        slot = (declaration.key, period)
        known = self._rules.get(slot)
        if known is not None and known[0] is rules and not is_span(period):  # a span's rules are of two editions
            return known[1]
        seen = self.rules_of(period)
        if declaration.kind == "month_bucket":
            month = Month.parse(period)
            seen = clamped(rules, month.first_day, month.last_day)
        version = combined(*((name, getattr(seen, name)) for name in sorted(declaration.rules)))
        self._rules[slot] = rules, version
        return version

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

    def texts_of(self, cell: Cell) -> list[tuple[str, str, Cell | None, str]]:
        """The same as `inputs_of`, with the hashes as `versions.written` would write them; a column's is made once for all who read it."""
        declaration = self.graph.by_key[cell.asset]
        inputs = self._inputs.get(cell.asset)
        if inputs is None:
            inputs = self._inputs[cell.asset] = self.graph.inputs(declaration)
        found: list[tuple[str, str, Cell | None, str]] = []
        for key, read in inputs:
            if key in _OUTSIDE:
                outside = self.outside(key, read, cell, self.landed)
                found.extend((key, partition, None, _text(key, partition, hashes)) for _, partition, _, hashes in outside)
                continue
            for partition, source in self._sources_read(declaration, key, read, cell):
                stored = self.stored.get(source)
                if stored is None:
                    found.append((key, partition, source, _text(key, partition, {})))
                    continue
                known = self._texts.get(id(stored))
                if known is None or known[0] is not stored:
                    known = self._texts[id(stored)] = (stored, {name: _column(name, one) for name, one in stored.column_hashes.items()})
                columns = known[1]
                texts = [columns[name] if name in columns else _column(name, "absent") for name in read.columns]
                found.append((key, partition, source, _head(key, partition, len(texts)) + "".join(texts)))
        return found

    def _sources_read(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[tuple[str, Cell]]:
        """The cells of one input that a cell reads, named by partition; found once for all that read them alike."""
        slot = (key, read.window, declaration.kind, cell.period, cell.bucket)
        if slot not in self._sources:
            self._sources[slot] = [(source.partition, source) for source in self.cells_read(declaration, key, read, cell)]
        return self._sources[slot]

    def cells_read(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[Cell]:
        """The cells of one input that a cell reads: those that should exist, stored yet or not; never what is gone."""
        if not is_span(cell.period):
            return [Cell(key, period, bucket) for period, bucket in self._partitions_read(declaration, key, read, cell)]
        span, expected = Span.parse(cell.period), self.expected()
        if read.window == "latest_year_before":  # the history of the months before it in its first year, or of the year before that
            earlier = Cell(self.graph.keys[f"{read.asset}{OF_SPAN}"], str(span.before), cell.bucket)
            years = (Cell(key, str(year), cell.bucket) for year in range(span.first.year - 1, FIRST_YEAR - 2, -1))
            return next(([one] for one in (earlier, *years) if one in expected), [])
        periods = map(str, span.months()) if self.graph.by_key[key].kind == "month_bucket" else [cell.period]
        return [one for period in periods if (one := Cell(key, period, cell.bucket)) in expected]

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
            year = str(period_year(cell.period))
            if hashes := landed.get((key, year, bucket)):
                partition = year if bucket == NO_BUCKET else f"{year}|b{bucket:03d}"
                found.append((key, partition, None, {name: hashes.get(name, "absent") for name in read.columns}))
        return found

    def _partitions_read(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[tuple[str, int | None]]:
        """The periods and buckets of one input that a cell reads: those that should exist, stored yet or not; never what is gone."""
        source = self.graph.by_key[key]
        if read.window == "previous_year":
            periods = [str(period_year(cell.period) - 1)]
        elif read.window == "latest_year_before":  # which may be another one for each bucket
            periods = [str(year) for year in range(period_year(cell.period) - 1, FIRST_YEAR - 2, -1)]  # a local year may begin before
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
        found = [(period, bucket) for period in periods for bucket in buckets if Cell(key, period, bucket) in expected]
        if read.window == "latest_year_before":
            return list({bucket: (period, bucket) for period, bucket in reversed(found)}.values())
        return found

    def buckets(self) -> list[int]:
        return _buckets(self.landed)


def _text(key: str, partition: str, hashes: Mapping[str, str]) -> str:
    """`versions.written` of an input, the number of its columns, and each with its hash."""
    return _head(key, partition, len(hashes)) + "".join([_column(name, digest) for name, digest in hashes.items()])


def _head(key: str, partition: str, count: int) -> str:
    return f"s{len(key)}:{key}s{len(partition)}:{partition}is{len(str(count))}:{count}"


def _column(name: str, digest: str) -> str:
    return f"s{len(name)}:{name}s{len(digest)}:{digest}"


def _buckets(landed: Mapping[tuple[str, str, int], Mapping[str, str]]) -> list[int]:
    return sorted({bucket for _, _, bucket in landed} - {NO_BUCKET})


def cells_of(situation: Situation, keys: set[str] | None, periods: set[str] | None, buckets: set[int] | None = None) -> set[Cell]:
    """The expected cells of some assets, periods and buckets; None stands for all."""
    return {
        cell
        for cell in situation.expected()
        if (keys is None or cell.asset in keys)
        and (periods is None or cell.period in periods)
        and (buckets is None or cell.bucket is None or cell.bucket in buckets)
    }
