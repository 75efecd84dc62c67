"""Pins a unit's inputs to one state and refuses to publish if they have changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from wrapped_assets.building.outside import outside_hashes
from wrapped_assets.building.situate import Project
from wrapped_assets.building.world import Scope, World, narrowed, take_world
from wrapped_assets.contracts.declaration import Read
from wrapped_assets.contracts.graph import EXTERNALS
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import manifest
from wrapped_assets.storage.transactions import snapshot, state_of
from wrapped_assets.vocabulary.periods import Cell, years_of

_OUTSIDE = frozenset(EXTERNALS.values())


class Moved(Exception):  # noqa: N818 (a finding, raised to be handled)
    """An input is no longer what the situation says: what was computed from it must not be recorded."""


def by_period(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    """The cells of each period."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.period, []).append(cell)
    return found


class Pin:
    """The world as the cells of one unit read it, by period. Moved where the situation that decided about them is outdated already."""

    def __init__(self, project: Project, situation: Situation, cells: Collection[Cell]) -> None:
        self._project, self._situation = project, situation
        self.unrecorded: set[Cell] = set()  # computed by the unit itself and in no manifest yet
        with snapshot(self._project.root.engine) as connection:
            if project.seen is not None and project.seen.holds(situation, connection):
                whole = project.seen.world
                self.worlds = {period: narrowed(whole, self._scope(own)) for period, own in by_period(cells).items()}
                self._holds_in = state_of(connection)
            else:
                self.worlds = self._taken(connection, cells)
                self._holds_in = state_of(connection) if self._have_same_paths(connection, cells) else None

    def check(self, connection: sa.Connection, cells: Collection[Cell]) -> None:
        """Moved unless everything that these cells read is, as the connection sees it, what it was when they were computed.

        In an exclusive transaction that goes on to record the cells, nothing can come between. Where the database says that nothing
        in it has changed since the unit began, nothing is read again.
        """
        if self._holds_in is not None and state_of(connection) == self._holds_in:
            return
        self._holds_in = None  # from here on each check reads what its own cells read
        self._taken(connection, cells)
        if not self._have_same_paths(connection, cells):
            raise Moved("cells of another build")

    def recorded(self, connection: sa.Connection) -> None:
        """To be called in the transaction that recorded cells after a check: the unit's own cells are no change of the world."""
        if self._holds_in is not None:
            self._holds_in = state_of(connection)

    def check_now(self, cells: Collection[Cell]) -> None:
        """The same, for cells that are not recorded: whether what went wrong with them is theirs to answer for."""
        with snapshot(self._project.root.engine) as connection:
            self.check(connection, cells)

    def _have_same_paths(self, connection: sa.Connection, cells: Collection[Cell]) -> bool:
        """Whether the cells that these read are still those of the situation; paths name contents."""
        stored = self._situation.stored
        found = (source for cell in cells for _, _, source, _ in self._situation.inputs_of(cell))
        sources = {source for source in found if source is not None and source not in self.unrecorded}
        before = {cell: stored[cell].path for cell in sources if cell in stored}
        return not sources or manifest.paths_of(connection, self._project.root, sources) == before

    def _taken(self, connection: sa.Connection, cells: Collection[Cell]) -> dict[str, World]:
        return {period: self._taken_of_period(connection, own) for period, own in by_period(cells).items()}

    def _taken_of_period(self, connection: sa.Connection, cells: Collection[Cell]) -> World:
        situation, one = self._situation, next(iter(cells))
        reads = self._outside_reads(cells)
        world = take_world(self._project.root, connection, self._scope(cells))
        landed = outside_hashes(world)
        for key, read in reads:
            if situation.outside(key, read, one, landed) != situation.outside(key, read, one, situation.landed):
                raise Moved(key)
        for year in years_of(one.period):
            edition = world.editions[year]
            if (edition.rules, edition.is_frozen) != (situation.rules[year], year in situation.frozen):
                raise Moved(f"the edition of {year}")
        return world

    def _scope(self, cells: Collection[Cell]) -> Scope:
        one = next(iter(cells))
        return Scope(frozenset(key for key, _ in self._outside_reads(cells)), one.period, one.bucket)

    def _outside_reads(self, cells: Iterable[Cell]) -> list[tuple[str, Read]]:
        graph = self._situation.graph
        every = (found for cell in cells for found in graph.inputs(graph.by_key[cell.asset]))
        return list(dict.fromkeys((key, read) for key, read in every if key in _OUTSIDE))
