"""Reads the inputs of a unit's cells: stored cells and external inputs, each read once with all needed columns."""

from __future__ import annotations

import math

import polars as pl

from wrapped_assets.building.evaluate import ROWS_PER_RANGE
from wrapped_assets.building.linking import links_of, read_links
from wrapped_assets.building.recent_frames import RecentFrames
from wrapped_assets.building.situate import Project
from wrapped_assets.building.world import World
from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.graph import EXTERNALS, WITHOUT_BUCKETS
from wrapped_assets.contracts.known import known_schema
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.link import with_linked
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import landing
from wrapped_assets.storage.cell_notes import is_of
from wrapped_assets.storage.files import rows_of_files
from wrapped_assets.storage.whole_files import is_intact
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Cell, Month, period_year

_OUTSIDE = {key: name for name, key in EXTERNALS.items()}


class DamagedInput(Exception):  # noqa: N818 (a finding, raised to be handled)
    """A stored cell that was to be read does not have the bytes that were recorded."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(str(cell))
        self.cell = cell


class Inputs:
    """The inputs of the cells of one unit. `made` holds what the unit computed itself, whole."""

    def __init__(
        self, project: Project, situation: Situation, world: World, cells: list[Cell], recent: RecentFrames | None = None
    ) -> None:
        self._project, self._situation, self._world, self._cells = project, situation, world, cells
        self._recent = recent or RecentFrames()
        self.made: dict[str, pl.DataFrame] = {}
        self._read: dict[tuple[str, str], pl.DataFrame | pl.LazyFrame] = {}  # (input, window) → what anyone here reads of it

    def of(self, cell: Cell) -> dict[str, pl.DataFrame | pl.LazyFrame]:
        """Each input by name; frames, or scans where all buckets are read. DamagedInput where one has not its recorded bytes."""
        declaration = self._situation.graph.by_key[cell.asset]
        return {read.asset: self._input(cell, declaration, key, read) for key, read in self._situation.graph.inputs(declaration)}

    def ranges(self, cell: Cell) -> int:
        """Into how many ranges of its id an asset over all listeners is cut, so that each reads a bounded number of rows."""
        declaration = self._situation.graph.by_key[cell.asset]
        rows = sum(
            stored.row_count
            for key, read in self._situation.graph.inputs(declaration)
            if declaration.by in read.columns
            for stored, _ in self._stored(declaration, key, read, cell)
        )
        return max(1, math.ceil(rows / ROWS_PER_RANGE))

    def _input(self, cell: Cell, declaration: Declaration, key: str, read: Read) -> pl.DataFrame | pl.LazyFrame:
        if key in self.made and read.window == "period" and self._situation.graph.by_key[key].kind == declaration.kind:
            return self.made[key]
        slot = (key, read.window)
        if slot not in self._read or not set(read.columns) <= set(self._read[slot].collect_schema().names()):
            self._read[slot] = self._load(cell, declaration, key, read, self._columns_needed(key, read))
        return self._read[slot]

    def _columns_needed(self, key: str, read: Read) -> list[str]:
        graph = self._situation.graph
        reads = (found for cell in self._cells for found in graph.inputs(graph.by_key[cell.asset]))
        wanted = {name for source, other in reads if source == key and other.window == read.window for name in other.columns}
        return [name for name in c.BY_NAME if name in wanted | set(read.columns)]

    def _stored(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[tuple[StoredCell, Cell]]:
        if key in _OUTSIDE:
            return []
        sources = [Cell(key, period, bucket) for period, bucket in self._situation.partitions_read(declaration, key, read, cell)]
        return [(self._situation.stored[one], one) for one in sources if one in self._situation.stored]

    def _load(
        self, cell: Cell, declaration: Declaration, key: str, read: Read, columns: list[str]
    ) -> pl.DataFrame | pl.LazyFrame:  # fmt: skip
        if key in _OUTSIDE:
            return self.outside(cell, key, read, columns)
        schema = self._situation.graph.by_key[key].schema
        parts: list[pl.DataFrame | pl.LazyFrame] = []
        for stored, source in self._stored(declaration, key, read, cell):
            known = self._recent.get(stored.path)
            parts.append(self._scan(stored, source).select(columns) if known is None else known.select(columns))
        if not parts:
            return pl.DataFrame(schema={name: schema[name] for name in columns})
        known_parts = [part for part in parts if isinstance(part, pl.DataFrame)]
        if len(known_parts) == len(parts):
            return pl.concat(known_parts)
        scans = [part.lazy() for part in parts]
        return pl.concat(scans) if declaration.kind == "year" else rows_of_files(scans)

    def _scan(self, stored: StoredCell, source: Cell) -> pl.LazyFrame:
        path = self._project.root.path / stored.path
        if not is_intact(path, stored.file_hash) or not is_of(self._project.root, stored.path, source, stored.data_version):
            raise DamagedInput(source)
        return pl.scan_parquet(path)

    def outside(self, cell: Cell, key: str, read: Read, columns: list[str]) -> pl.DataFrame | pl.LazyFrame:
        """The rows that the cell's hash of this input is about, and no others."""
        world = self._world
        if key in world.people:
            return world.people[key].select(columns)
        if key == EXTERNALS["groups"]:
            assert world.members is not None
            return world.members.select(columns)
        if key in WITHOUT_BUCKETS:
            file = world.files.get(world.catalogues[period_year(cell.period)], {}).get(key)
            if file is None:
                return pl.LazyFrame(schema=known_schema(_OUTSIDE[key])).select(columns)
            return pl.scan_parquet(self._project.intact(key, file)).select(columns)
        assert cell.bucket is not None
        edge, month = EDGE if read.window == "month_and_edges" else None, Month.parse(cell.period)
        if key == landing.PLAYS:
            return landing.read_landed(self._project.root, world.chunks, key, month, cell.bucket, columns, edge)
        version = world.catalogues[month.year]
        found = world.links[cell.bucket, version] or links_of(self._project.root, world.chunks, cell.bucket, world.files[version])
        all_links, led_to = found
        links = read_links(all_links, month)
        if key == EXTERNALS["links"]:
            return links.select(columns)
        tracks = landing.read_landed(self._project.root, world.chunks, key, month, cell.bucket, columns, edge)
        return with_linked(tracks, links, led_to)
