"""Loads the situation of a data root, which is all that the planner needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.building.glancing import looks_whole
from wrapped_assets.building.logics import parts_of
from wrapped_assets.building.outside import outside_hashes
from wrapped_assets.building.reaching import mark_reach
from wrapped_assets.building.reuse import KnownRows
from wrapped_assets.building.seen import Seen
from wrapped_assets.building.world import take_world
from wrapped_assets.contracts.graph import EXTERNALS, Graph, whole_graph
from wrapped_assets.planning.fingerprint import fingerprint_of
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import catalogues, manifest
from wrapped_assets.storage.buckets import divisions
from wrapped_assets.storage.catalogues import CatalogueFile
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spans import asked_spans
from wrapped_assets.storage.transactions import exclusive, snapshot, state_of
from wrapped_assets.storage.verified import still_damaged
from wrapped_assets.storage.whole_files import traces
from wrapped_assets.vocabulary.periods import period_year


@dataclass
class Project:
    """A data root and the declarations that are built in it."""

    root: Root
    graph: Graph = field(default_factory=whole_graph)
    rows: KnownRows = field(default_factory=KnownRows)
    seen: Seen | None = None  # of the last situation
    spans: dict[str, frozenset[int] | None] = field(default_factory=dict)  # asked for by this process alone
    _intact: dict[str, tuple[Path, list[int]]] = field(default_factory=dict)

    @cached_property
    def logic_parts(self) -> dict[str, dict[str, str]]:
        """What the logic fingerprint of every asset is made of."""
        return parts_of(self.graph.by_key.values())

    @cached_property
    def logic(self) -> dict[str, str]:
        """The logic fingerprint of every asset."""
        return {key: fingerprint_of(parts) for key, parts in self.logic_parts.items()}

    def situation(self, connection: sa.Connection | None = None) -> Situation:
        """The situation as it is now, of one instant; of the connection's where one is given."""
        with snapshot(self.root.engine, connection) as reader:
            stored = manifest.load_cells(self.root, connection=reader)
            world = take_world(self.root, reader, years={period_year(cell.period) for cell in stored})
            asked, divided = asked_spans(self.root, reader), divisions(self.root, reader)
            state = state_of(reader)
        landed = outside_hashes(world)
        people = world.people[EXTERNALS["listeners"]]
        mark_reach(landed, world.chunks, dict(zip(people["listener_id"], people["time_zone"], strict=True)))
        spoiled = still_damaged(self.root)
        damaged = frozenset(cell for cell, found in stored.items() if found.path in spoiled or not self.looks_whole(found))
        rules = {year: edition.rules for year, edition in world.editions.items()}
        frozen = frozenset(year for year, edition in world.editions.items() if edition.is_frozen)
        spans = {**asked, **self.spans}
        situation = Situation(self.graph, self.logic, rules, landed, stored, damaged, frozen, world.catalogues, spans, divided)
        self.seen = Seen(world, situation, state)
        return situation

    @contextmanager
    def own_records(self) -> Iterator[sa.Connection]:
        """An exclusive transaction that writes what the build records of itself, which is no change of the world that it has seen."""
        with exclusive(self.root.engine) as connection, self.seen.carried(connection) if self.seen else nullcontext():
            yield connection

    def intact(self, asset: str, file: CatalogueFile) -> Path:
        """Where a table of the catalogue lies; BuildError where it is damaged. Its bytes are read once in a process, unless they change."""
        place, seen = self._intact.get(file.path, (Path(), []))
        if not seen or traces(place) != seen:
            place = catalogues.intact(self.root, asset, file)
            self._intact[file.path] = place, traces(place)
        return place

    def looks_whole(self, stored: manifest.StoredCell) -> bool:
        """`glancing.looks_whole`, of this root."""
        return looks_whole(self.root, stored)
