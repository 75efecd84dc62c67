"""Computes one unit of work: the stale cells of one period and bucket, together, so that inputs are read once."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import partial

import polars as pl

from wrapped_assets.building.evaluate import checked, engine_of, hears_nothing, lawful_cells, lazy_result
from wrapped_assets.building.failures import described
from wrapped_assets.building.frozen import refuse_restatement
from wrapped_assets.building.inputs import DamagedInput, Inputs
from wrapped_assets.building.months_at_once import Given, can_join, rows_at_once
from wrapped_assets.building.over_all import rows_over_all
from wrapped_assets.building.pin import Moved, Pin, by_period
from wrapped_assets.building.recording import Computed, Work, record
from wrapped_assets.building.reuse import row_logic
from wrapped_assets.building.shares import Part
from wrapped_assets.building.situate import Project
from wrapped_assets.building.unit_result import UnitResult
from wrapped_assets.contracts.errors import RegistryUnavailable, WriteError
from wrapped_assets.kernels.engines import Query, collected, engine_for
from wrapped_assets.planning.plan import decide
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.memory import give_back
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.vocabulary.periods import Cell

PENDING_BYTES = 64 << 20  # of rows that wait to be recorded: what an interruption may cost
PENDING_SECONDS = 2.0
LARGE_BYTES = 16 << 20  # of rows that a level leaves: small ones reuse what was freed
Rows = pl.DataFrame | Query | Given


class Unit:
    """Computes the cells given, in their order, and publishes those that succeed. Moved where the situation is outdated."""

    def __init__(
        self, project: Project, situation: Situation, cells: list[Cell], asked: set[Cell], failed: set[Cell], recent: RecentFrames,
        planned: Collection[Cell] = (), parts: Collection[Part] = (),
    ) -> None:  # fmt: skip
        self.project, self.situation, self.cells, self.asked, self._planned = project, situation, cells, asked, planned
        self._parts = parts
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
            left = by_period(waiting)
            for period, inputs in self._inputs.items():
                inputs.keep_for(left.get(period, []))

    def _waits_for(self, cell: Cell, unfinished: set[str]) -> bool:
        declaration = self.situation.graph.by_key[cell.asset]
        return any(key in unfinished and key != cell.asset for key, _ in self.situation.graph.inputs(declaration))

    def _run_level(self, cells: Iterable[Cell]) -> None:
        level: list[tuple[Work, Rows]] = []
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
                    level.append((work, self._given(cell)))
            except (DamagedInput, Moved, RegistryUnavailable, WriteError):
                raise
            except Exception as error:  # noqa: BLE001 (an analyst's function may raise anything)
                self._fail_by(cell, error)
        self._take(self._computed(level))

    def _blocker(self, cell: Cell) -> str | None:
        read = self.situation.inputs_of(cell) if self.blocked else ()
        return next((str(source) for _, _, source, _ in read if source in self.blocked), None)

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
        given = self._inputs[work.cell.period]
        frame = rows_over_all(self.project, self.situation, given, work.cell, work.input_version, self._parts)
        return Computed.of(self.situation, work, self._accepted(work, frame), time.monotonic() - started)

    def _given(self, cell: Cell) -> Rows:
        """The rows of a cell of a bucket, where they are known; the query for them; or its inputs, which may join those of other months."""
        declaration = self.situation.graph.by_key[cell.asset]
        inputs = self._inputs[cell.period].of(cell)
        if hears_nothing(declaration, inputs):
            return pl.DataFrame(schema=declaration.schema)
        if not declaration.row_key:
            return inputs if can_join(self.situation.graph, declaration) else self._query(cell, inputs)
        (read,), rules = declaration.reads, self.situation.rules_of(cell.period)

        def compute(rows: pl.DataFrame) -> pl.DataFrame:
            return lazy_result(declaration, {read.asset: rows}, rules, cell.period).collect(engine=engine_for(rows.height))

        logic = row_logic(self.situation, cell)
        ahead = partial(self._inputs[cell.period].ahead, cell, read, self._planned)
        return self.project.rows.result(declaration, logic, inputs[read.asset], compute, ahead)

    def _query(self, cell: Cell, inputs: Given) -> Query:
        rules = self.situation.rules_of(cell.period)
        return lazy_result(self.situation.graph.by_key[cell.asset], inputs, rules, cell.period), engine_of(inputs)

    def _computed(self, level: list[tuple[Work, Rows]]) -> list[Computed]:
        """All at once, so that common parts run once; one by one where that fails, to tell which."""
        started = time.monotonic()
        given = {work.cell: rows for work, rows in level}
        found = {cell: rows for cell, rows in given.items() if isinstance(rows, pl.DataFrame)}
        waiting = {cell: rows for cell, rows in given.items() if not isinstance(rows, pl.DataFrame)}
        with suppress(Exception):
            found |= rows_at_once(self.situation.graph, waiting, self.situation.rules_of, self._alone)
        share = (time.monotonic() - started) / max(1, len(level))
        declared, is_frozen = self.situation.graph.by_key, self.situation.is_frozen
        lawful = lawful_cells(declared, {cell: frame for cell, frame in found.items() if not is_frozen(cell)})
        done = []
        for work, _ in level:
            try:
                frame = found[work.cell] if work.cell in found else collected([self._alone(work.cell, waiting[work.cell])])[0]
                whole = frame if work.cell in lawful else self._accepted(work, frame)
                done.append(Computed.of(self.situation, work, whole, share))
            except Exception as error:  # noqa: BLE001
                self._fail_by(work.cell, error)
        return done

    def _alone(self, cell: Cell, rows: Query | Given) -> Query:
        return self._query(cell, rows) if isinstance(rows, dict) else rows

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
        if size > LARGE_BYTES:
            give_back()

    def _record(self) -> None:
        done, self._pending = self._pending, []
        for stored, each in zip(record(self.project, self._pin, done), done, strict=True):
            self.situation.stored[stored.cell] = stored
            self.situation.damaged -= {stored.cell}
            self.result.recomputed.append(stored.cell)
            self._pin.unrecorded.discard(stored.cell)
            self._recent.keep(stored.path, each.rows.frame)
            if stored.cell.bucket is None:  # its file says the same, and it may be large
                self._inputs[stored.cell.period].made.pop(stored.cell.asset, None)
        self._recorded_at = time.monotonic()
