"""Reads the inputs of a unit's cells: stored cells and external inputs, each read once with all needed columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial

import polars as pl

from wrapped_assets.building.evaluate import ROWS_IN_MEMORY
from wrapped_assets.building.identifying import taken_rows
from wrapped_assets.building.linking import Linked, links_of, read_links, tracks_named, tracks_of
from wrapped_assets.building.looked_up import ids_wanted
from wrapped_assets.building.reuse import row_logic
from wrapped_assets.building.situate import Project
from wrapped_assets.building.world import World
from wrapped_assets.contracts.asset import LookUp, Window
from wrapped_assets.contracts.declaration import Declaration, Read
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.contracts.graph import EXTERNALS, WITHOUT_BUCKETS
from wrapped_assets.contracts.known import known_schema
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.link import with_linked
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import landing
from wrapped_assets.storage.cell_notes import is_of
from wrapped_assets.storage.chunks import TRACKS
from wrapped_assets.storage.files import rows_of_files
from wrapped_assets.storage.lookups import rows_by_id
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.periods import Cell, Month, period_year

ROWS_AHEAD, MOST_ROWS_AHEAD = 50_000, 1_000_000  # of later months' tracks: beyond the first, each is read once
MOST_READ_WHOLE = 2_000  # tracks of a month, which take less to read than to ask whether they are known
_OUTSIDE = {key: name for name, key in EXTERNALS.items()}
_PLACES = {name: place for place, name in enumerate(c.BY_NAME)}


@dataclass(frozen=True)
class Slot:
    """An input in a window, and how its rows are looked up: by which columns of which inputs, for these say which rows are there."""

    key: str
    window: Window
    lookups: tuple[tuple[LookUp, Slot], ...] = ()


class DamagedInput(Exception):  # noqa: N818 (a finding, raised to be handled)
    """A stored cell that was to be read does not have the bytes that were recorded."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(str(cell))
        self.cell = cell


class Inputs:
    """The inputs of the cells of one unit. `made` holds what the unit computed itself, whole."""

    def __init__(self, project: Project, situation: Situation, world: World, cells: list[Cell], recent: RecentFrames | None = None) -> None:
        self._project, self._situation, self._world, self._cells = project, situation, world, cells
        self._recent = RecentFrames() if recent is None else recent
        self._links: pl.DataFrame | None = None
        self.made: dict[str, pl.DataFrame] = {}
        self._read: dict[Slot, pl.DataFrame | pl.LazyFrame] = {}  # what anyone here reads of it

    def of(self, cell: Cell) -> dict[str, pl.DataFrame | pl.LazyFrame]:
        """Each input by name; frames, or scans where all buckets are read. DamagedInput where one has not its recorded bytes."""
        declaration = self._situation.graph.by_key[cell.asset]
        return {read.asset: self._input(cell, declaration, key, read) for key, read in self._situation.graph.inputs(declaration)}

    def keep_for(self, cells: Iterable[Cell]) -> None:
        """Lets go of what none of the cells reads, so that the memory of a year holds what is still needed and no more."""
        by_key = self._situation.graph.by_key
        declared = {cell.asset: by_key[cell.asset] for cell in cells}.values()
        slots = {self._slot(one, key, read) for one in declared for key, read in self._situation.graph.inputs(one)}
        keys = {slot.key for slot in slots}
        self._read = {slot: rows for slot, rows in self._read.items() if slot in slots}
        self.made = {key: rows for key, rows in self.made.items() if key in keys}

    def _input(self, cell: Cell, declaration: Declaration, key: str, read: Read) -> pl.DataFrame | pl.LazyFrame:
        if key in self.made and read.window == "period" and self._situation.graph.by_key[key].kind == declaration.kind:
            return self.made[key]
        slot = self._slot(declaration, key, read)
        if slot not in self._read or not set(read.columns) <= set(self._read[slot].collect_schema().names()):
            self._read[slot] = self._load(cell, declaration, key, read, self._columns_needed(slot, read))
        return self._read[slot]

    def _input_named(self, cell: Cell, name: str) -> pl.DataFrame | pl.LazyFrame:
        declaration = self._situation.graph.by_key[cell.asset]
        return self._input(cell, declaration, self._situation.graph.keys[name], declaration.read_of(name))

    def _slot(self, declaration: Declaration, key: str, read: Read) -> Slot:
        keys = self._situation.graph.keys
        sources = [(one, declaration.read_of(one.source)) for one in _lookups(declaration, read)]
        return Slot(key, read.window, tuple((one, self._slot(declaration, keys[one.source], source)) for one, source in sources))

    @cached_property
    def _wanted(self) -> dict[Slot, set[str]]:
        """The columns that anyone here reads of an input in a window."""
        found: dict[Slot, set[str]] = {}
        for asset in dict.fromkeys(cell.asset for cell in self._cells):
            declaration = self._situation.graph.by_key[asset]
            for key, read in self._situation.graph.inputs(declaration):
                found.setdefault(self._slot(declaration, key, read), set()).update(read.columns)
        return found

    def _columns_needed(self, slot: Slot, read: Read) -> list[str]:
        wanted = self._wanted.get(slot, set()).union(read.columns)
        return sorted(wanted, key=_PLACES.__getitem__)

    def _stored(self, declaration: Declaration, key: str, read: Read, cell: Cell) -> list[tuple[StoredCell, Cell]]:
        if key in _OUTSIDE:
            return []
        sources = self._situation.cells_read(declaration, key, read, cell)
        return [(self._situation.stored[one], one) for one in sources if one in self._situation.stored]

    def _load(
        self, cell: Cell, declaration: Declaration, key: str, read: Read, columns: list[str]
    ) -> pl.DataFrame | pl.LazyFrame:  # fmt: skip
        if key == TRACKS and (keys := self._known_keys(cell, read)) is not None:
            return keys
        if key in _OUTSIDE:
            return self.outside(cell, key, read, columns)
        schema = self._situation.graph.by_key[key].schema
        stored = self._stored(declaration, key, read, cell)
        if not stored:
            return pl.DataFrame(schema={name: schema[name] for name in columns})
        # What is a frame and what a scan follows from the contents alone: the engines may add floats in another order.
        is_scan = declaration.kind == "year" and sum(one.row_count for one, _ in stored) > ROWS_IN_MEMORY
        known = [frame for one, _ in stored if (frame := self._recent.get(one.path)) is not None]
        row_key = self._situation.graph.by_key[key].row_key  # of months, each row is wanted once
        if len(known) == len(stored):
            whole = pl.concat(known)  # with columns that nobody reads: choosing would take longer
            whole = whole.filter(pl.col(row_key).is_first_distinct()) if row_key and len(known) > 1 else whole
            return whole.lazy() if is_scan else whole
        self._project.root.files.prepare({one.path: {one.file_hash} for one, _ in stored if self._recent.get(one.path) is None})
        scans = [self._scan(one, source) if (frame := self._recent.get(one.path)) is None else frame.lazy() for one, source in stored]
        wanted = [scan.select(columns) for scan in scans]
        if is_scan:
            return pl.concat(wanted)
        whole = rows_of_files(wanted)
        return whole.filter(pl.col(row_key).is_first_distinct()) if row_key in columns and len(wanted) > 1 else whole

    def _scan(self, stored: StoredCell, source: Cell) -> pl.LazyFrame:
        root = self._project.root
        place = root.files.intact(stored.path, {stored.file_hash})
        if place is None or not is_of(place, stored.path, source, stored.data_version):
            raise DamagedInput(source)
        return pl.scan_parquet(place)

    def ahead(self, cell: Cell, read: Read, planned: Collection[Cell]) -> pl.DataFrame | None:
        """The landed tracks that later months of the plan will read; None where these are no tracks, or many, or damaged."""
        later = sorted(one.period for one in planned if (one.asset, one.bucket) == (cell.asset, cell.bucket) and one.period > cell.period)
        slots = [(TRACKS, month, cell.bucket) for month in later]
        rows = sum(chunk.row_count for slot in slots for chunk in self._world.chunks.get(slot, []))
        if EXTERNALS.get(read.asset) != TRACKS or not 0 < rows <= MOST_ROWS_AHEAD:
            return None
        with suppress(BuildError):  # the month that reads it will say so
            if rows > ROWS_AHEAD:  # then of all months, each once, as what links them has read them
                _, led_to = self._all_links(cell)
                every = [tracks_of(self._project.root, self._world.chunks, cell.bucket or 0), led_to]
                return pl.concat(frame.select(read.columns) for frame in every)
            frames = [self._landed(TRACKS, Month.parse(month), cell.bucket, list(read.columns)) for month in later]
            return pl.concat(frames).unique("variant_id", keep="first", maintain_order=True)
        return None

    def _all_links(self, cell: Cell) -> Linked:
        """The links of the cell's bucket under the names of its year's catalogue, and the tracks that they lead to."""
        assert cell.bucket is not None
        version = self._world.catalogues[period_year(cell.period)]
        kept = self._world.links[cell.bucket, version]
        return kept or links_of(self._project.root, self._world.chunks, cell.bucket, self._world.files[version])

    def _landed(self, key: str, month: Month, bucket: int | None, columns: list[str], edge: timedelta | None = None) -> pl.DataFrame:
        assert bucket is not None
        return landing.read_landed(self._project.root, self._world.chunks, key, month, bucket, columns, edge, self._recent)

    def _links_of_month(self, links: pl.DataFrame, month: Month) -> pl.DataFrame:
        if self._links is None:  # a unit has one month
            self._links = read_links(links, month)
        return self._links

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
                return pl.DataFrame(schema=known_schema(_OUTSIDE[key])).select(columns)
            place = self._project.intact(key, file)
            scan = pl.scan_parquet(place).select(columns)
            if file.row_count > ROWS_IN_MEMORY:
                lookups = _lookups(self._situation.graph.by_key[cell.asset], read)
                wanted = ids_wanted(lookups, partial(self._input_named, cell))
                table = rows_by_id(self._project.root, file, place, known_schema(_OUTSIDE[key]))
                return table.rows(wanted, columns) if lookups else scan
            name = " ".join((file.path, *columns))  # read once for all that ask here, and for the next year
            if (rows := self._recent.get(name)) is None:
                rows = scan.collect()
                self._recent.keep(name, rows)
            return rows
        assert cell.bucket is not None
        edge, month = EDGE if read.window == "month_and_edges" else None, Month.parse(cell.period)
        if key == landing.PLAYS:
            return self._landed(key, month, cell.bucket, columns, edge)
        all_links, led_to = self._all_links(cell)
        links = self._links_of_month(all_links, month)
        if key == EXTERNALS["links"]:
            return links.select(columns)
        tracks = self._landed(key, month, cell.bucket, columns, edge)
        return with_linked(tracks, links, led_to)

    def _known_keys(self, cell: Cell, read: Read) -> pl.DataFrame | None:
        """The keys of a month's tracks, where this process made the asset's rows of all of them, so that their texts need no reading.

        None where that is not so, or the tracks are few.
        """
        declaration, chunks = self._situation.graph.by_key[cell.asset], self._world.chunks
        if not declaration.row_key or cell.bucket is None:
            return None
        root, rows, logic = self._project.root, self._project.rows, row_logic(self._situation, cell)
        versions = self._situation.rules_of(cell.period).versions
        made = taken_rows(declaration, versions, tracks_named(root, chunks, cell.bucket))
        if made is not None:
            rows.take(declaration, logic, made)
        if sum(chunk.row_count for chunk in chunks.get((TRACKS, cell.period, cell.bucket), ())) < MOST_READ_WHOLE:
            return None
        month, edge = Month.parse(cell.period), EDGE if read.window == "month_and_edges" else None
        all_links, led_to = self._all_links(cell)
        key = declaration.row_key
        ids = landing.read_landed(
            root, chunks, TRACKS, month, cell.bucket, [key], edge, self._recent, only=(key, "is_head", "is_tail")
        )  # fmt: skip
        keys = with_linked(ids, self._links_of_month(all_links, month), led_to)
        return keys if rows.has(declaration, logic, keys[key]) else None


def _lookups(declaration: Declaration, read: Read) -> tuple[LookUp, ...]:
    """How rows of an input are looked up."""
    return tuple(one for one in declaration.lookups if one.table == read.asset)
