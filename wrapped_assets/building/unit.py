"""Computes one unit of work: the stale cells of one period and bucket, together, so that inputs are read once."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial

import polars as pl

from wrapped_assets.building.evaluate import checked, engine_of, hears_nothing, keep_all_laws, lazy_result, result_by_ranges
from wrapped_assets.building.failures import described
from wrapped_assets.building.frozen import refuse_restatement
from wrapped_assets.building.inputs import DamagedInput, Inputs
from wrapped_assets.building.pin import Moved, Pin, by_period
from wrapped_assets.building.recording import Computed, Work, record
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.kernels.engines import Engine, collected, engine_for
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.plan import decide
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.vocabulary.periods import Cell

PENDING_BYTES = 64 << 20  # of rows that wait to be recorded: what an interruption may cost
PENDING_SECONDS = 2.0
Query = tuple[pl.LazyFrame, Engine]


class Unit:
    """Computes the cells given, in their order, and publishes those that succeed. Moved where the situation is outdated."""

    def __init__(
        self, project: Project, situation: Situation, cells: list[Cell], asked: set[Cell], failed: set[Cell], recent: RecentFrames,
        planned: Collection[Cell] = (),
    ) -> None:  # fmt: skip
        self.project, self.situation, self.cells, self.asked, self._planned = project, situation, cells, asked, planned
        self.blocked = set(failed)
        self.result = UnitResult()
        self._pin = Pin(project, situation, cells)
        self._recent = recent
        worlds = self._pin.worlds
        self._inputs = {period: Inputs(project, situation, worlds[period], own, recent) for period, own in by_period(cells).items()}
        self._pending: list[Computed] = []
        self._recorded_at = time.monotonic()

    def run(self) -> UnitResult:
        """Computes all cells, and records them at the end, or sooner where that would be long or large."""
        try:
            self._compute()
        except DamagedInput:  # it is made again first; what is done needs it no more
            self._record()
            raise
        self._record()
        return self.result

    def _compute(self) -> None:
        """Level by level: cells whose inputs are done are computed together and share what they have in common."""
        waiting = list(self.cells)
        while waiting:
            unfinished = {cell.asset for cell in waiting}
            ready = [cell for cell in waiting if not self._waits_for(cell, unfinished)]
            self._run_level(ready)
            waiting = [cell for cell in waiting if cell not in set(ready)]

    def _waits_for(self, cell: Cell, unfinished: set[str]) -> bool:
        declaration = self.situation.graph.by_key[cell.asset]
        return any(key in unfinished and key != cell.asset for key, _ in self.situation.graph.inputs(declaration))

    def _run_level(self, cells: Iterable[Cell]) -> None:
        level: list[tuple[Work, Query | pl.DataFrame]] = []
        for cell in cells:
            if blocker := self._blocker(cell):
                self._fail(cell, f"not computed: {blocker} failed")
                continue
            decision = decide(self.situation, cell)
            if decision.reason is None and cell not in self.asked:
                self.result.cut_off.append(cell)
                continue
            work = Work(cell, decision.reason or "asked", decision.input_version)
            try:
                if cell.bucket is None:  # one after the other, for each may be as large as memory allows
                    self._take([self._computed_over_all(work)])
                else:
                    level.append((work, self._lazy(cell)))
            except (DamagedInput, Moved, RegistryUnavailable):
                raise
            except Exception as error:  # noqa: BLE001 (an analyst's function may raise anything)
                self._fail_by(cell, error)
        self._take(self._computed(level))

    def _blocker(self, cell: Cell) -> str | None:
        return next((str(source) for _, _, source, _ in self.situation.inputs_of(cell) if source in self.blocked), None)

    def _fail(self, cell: Cell, message: str) -> None:
        self.blocked.add(cell)
        self.result.failed.append((cell, message))

    def _fail_by(self, cell: Cell, error: Exception) -> None:
        self._pin.check_now([cell])  # a file that another process replaced meanwhile is no failure
        if os.environ.get("WRAPPED_SHOW_ERRORS"):  # on an analyst's own machine: the message may quote data
            raise error
        self._fail(cell, described(error, self.situation.graph.by_key[cell.asset]))

    def _computed_over_all(self, work: Work) -> Computed:
        started = time.monotonic()
        cell = work.cell
        declaration, rules = self.situation.graph.by_key[cell.asset], self.situation.rules_of(cell.period)
        given = self._inputs[cell.period]
        inputs = given.of(cell)
        nothing = pl.DataFrame(schema=declaration.schema) if hears_nothing(declaration, inputs) else None
        frame = result_by_ranges(declaration, inputs, rules, cell.period, given.ranges(cell)) if nothing is None else nothing
        return Computed.of(self.situation, work, self._accepted(work, frame), time.monotonic() - started)

    def _lazy(self, cell: Cell) -> Query | pl.DataFrame:
        """The rows of a cell of a bucket, where they are known, or the query for them."""
        declaration = self.situation.graph.by_key[cell.asset]
        inputs = self._inputs[cell.period].of(cell)
        if hears_nothing(declaration, inputs):
            return pl.DataFrame(schema=declaration.schema)
        rules = self.situation.rules_of(cell.period)
        if declaration.row_key:
            (read,) = declaration.reads

            def compute(rows: pl.DataFrame) -> pl.DataFrame:
                return lazy_result(declaration, {read.asset: rows}, rules, cell.period).collect(engine=engine_for(rows.height))

            logic = combined(self.situation.logic[cell.asset], self.situation.rules_version(declaration, cell.period))
            ahead = partial(self._inputs[cell.period].ahead, cell, read, self._planned)
            return self.project.rows.result(declaration, logic, inputs[read.asset], compute, ahead)
        return lazy_result(declaration, inputs, rules, cell.period), engine_of(inputs)

    def _computed(self, level: list[tuple[Work, Query | pl.DataFrame]]) -> list[Computed]:
        """All at once, so that common parts run once; one by one where that fails, to tell which."""
        started = time.monotonic()
        found = {work.cell: rows for work, rows in level if isinstance(rows, pl.DataFrame)}
        queries = {work.cell: rows for work, rows in level if not isinstance(rows, pl.DataFrame)}
        with suppress(Exception):
            found |= zip(queries, collected(list(queries.values())), strict=True)
        share = (time.monotonic() - started) / max(1, len(level))
        lawful = self._lawful(found)
        done = []
        for work, _ in level:
            try:
                frame = found[work.cell] if work.cell in found else collected([queries[work.cell]])[0]
                whole = frame if work.cell in lawful else self._accepted(work, frame)
                done.append(Computed.of(self.situation, work, whole, share))
            except Exception as error:  # noqa: BLE001
                self._fail_by(work.cell, error)
        return done

    def _lawful(self, found: Mapping[Cell, pl.DataFrame]) -> set[Cell]:
        """The cells of assets that have several here, whose rows all keep their laws: seen by one look at all months of an asset."""
        months: dict[str, list[Cell]] = {}
        for cell in found:
            if not self.situation.is_frozen(cell):
                months.setdefault(cell.asset, []).append(cell)
        several = {asset: cells for asset, cells in months.items() if len(cells) > 1}
        declared = self.situation.graph.by_key
        return {
            cell for asset, cells in several.items() if keep_all_laws(declared[asset], [found[cell] for cell in cells]) for cell in cells
        }

    def _accepted(self, work: Work, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame, if it keeps its declaration, and restates no frozen figure whose file is lost; BuildError otherwise."""
        whole = checked(self.situation.graph.by_key[work.cell.asset], frame)
        if work.reason in ("missing", "damaged") and self.situation.is_frozen(work.cell):
            refuse_restatement(self.project.root, self.situation, work.cell, whole)
        return whole

    def _take(self, done: list[Computed]) -> None:
        """Holds cells until they are recorded together; what reads them in this unit is decided and computed from what they are now."""
        for each in done:
            cell = each.work.cell
            self.situation.stored[cell] = each.stored
            self._inputs[cell.period].made[cell.asset] = each.rows.frame
            self._pin.unrecorded.add(cell)
        self._pending += done
        size = sum(each.rows.frame.estimated_size() for each in self._pending)
        if size > PENDING_BYTES or time.monotonic() - self._recorded_at > PENDING_SECONDS:
            self._record()

    def _record(self) -> None:
        done, self._pending = self._pending, []
        for stored, each in zip(record(self.project, self._pin, done), done, strict=True):
            self.situation.stored[stored.cell] = stored
            self.situation.damaged -= {stored.cell}
            self.result.recomputed.append(stored.cell)
            self._pin.unrecorded.discard(stored.cell)
            self._recent.keep(stored.path, each.rows.frame)
            if stored.cell.bucket is None:  # its file says the same, and it may be large
                del self._inputs[stored.cell.period].made[stored.cell.asset]
        self._recorded_at = time.monotonic()
