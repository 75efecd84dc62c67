"""The one storage resource: everything in Parquet is read and written through the lake, atomically, lazily, never pickled.

What opens a data root is imported when one is opened: the code location loads without it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl
from pydantic import Field, PrivateAttr

from wrapped_assets.building.logics import parts_of
from wrapped_assets.contracts.graph import whole_graph
from wrapped_assets.orchestration.where import data_root
from wrapped_assets.planning.fingerprint import fingerprint_of

if TYPE_CHECKING:
    from wrapped_assets.building.build import BuildReport
    from wrapped_assets.building.build import Progress as Progressing
    from wrapped_assets.building.situate import Project
    from wrapped_assets.planning.situation import Situation
    from wrapped_assets.storage.manifest import StoredCell
    from wrapped_assets.vocabulary.periods import Cell


@cache
def _logic_parts() -> dict[str, dict[str, str]]:
    return parts_of(whole_graph().by_key.values())


@cache
def fingerprints() -> dict[str, str]:
    """The logic fingerprint of every asset: its code version."""
    return {key: fingerprint_of(parts) for key, parts in _logic_parts().items()}


def open_project(root: Path) -> "Project":
    """The project in a data root, with the fingerprints that this process knows already; InputError where nothing was imported yet."""
    from wrapped_assets.building.situate import Project
    from wrapped_assets.storage.root import Root

    project = Project(Root.open(root))
    project.logic_parts, project.logic = _logic_parts(), fingerprints()
    return project


class Recompute(Enum):
    """Which cells of the partitions asked for are computed: those that are stale, or all of them."""

    stale = "stale"
    all = "all"


@dataclass
class Progress:
    """What a run has built so far, by asset, and the assets whose contracts held."""

    run_id: str
    built: dict[str, Any] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)


class Lake(dg.ConfigurableResource):
    """The lake of one data root. Its settings, which a run may change, say how much of its partitions a run computes."""

    data: str = Field(default="", description="The data root; empty: WRAPPED_DATA, or data/home.")
    recompute: Recompute = Field(
        default=Recompute.stale, description="stale: only cells whose logic, rules or inputs changed; all: every cell asked for."
    )
    buckets: list[int] = Field(default=[], description="Buckets of listeners to compute; empty: all of them.")
    on: str = Field(default="local", description="Where cells are computed, as `wrapped build --on` takes it: local, auto or ray://HOST:PORT.")
    workers: int = Field(default=0, ge=0, description="How many processes compute; 0: one a processor, where that pays.")
    _project: Any = PrivateAttr(default=None)
    _progress: Any = PrivateAttr(default=None)

    @property
    def project(self) -> "Project":
        """The open project; opened once per run."""
        if self._project is None:
            self._project = open_project(Path(self.data) if self.data else data_root())
        return self._project

    def progress(self, run_id: str) -> "Progress":
        """What this run has done so far in this process."""
        if self._progress is None or self._progress.run_id != run_id:
            self._progress = Progress(run_id)
        return self._progress

    def build(
        self, wanted: "Callable[[Situation], Collection[Cell]]", *, full: bool = False, progress: "Progressing | None" = None
    ) -> "BuildReport":
        """Brings cells up to date where the settings say."""
        from wrapped_assets.building.build import build
        from wrapped_assets.building.placement import executor_at

        with executor_at(self.on, self.workers) as executor:
            return build(self.project, wanted, full=full, examples=True, progress=progress, workers=self.workers, executor=executor)

    def cells(self, asset: str, periods: Sequence[str]) -> "dict[str, list[StoredCell]]":
        """Period → stored cells of an asset, by bucket; a period of which nothing is stored has none."""
        from wrapped_assets.storage.manifest import load_cells

        found: dict[str, list[StoredCell]] = {period: [] for period in periods}
        wanted = periods if len(periods) < 500 else None  # databases limit how many values a query names
        for cell, stored in load_cells(self.project.root, [asset], wanted).items():
            if cell.period in found:
                found[cell.period].append(stored)
        return {period: sorted(cells, key=lambda stored: stored.cell.bucket or 0) for period, cells in found.items()}

    def all_cells(self, asset: str) -> "dict[str, list[StoredCell]]":
        """Period → stored cells of an asset, by bucket, for every period of which there is anything."""
        from wrapped_assets.storage.manifest import load_cells

        found: dict[str, list[StoredCell]] = {}
        for cell, stored in sorted(load_cells(self.project.root, [asset]).items(), key=lambda item: str(item[0])):
            found.setdefault(cell.period, []).append(stored)
        return found

    def row_count(self, asset: str) -> int:
        """Rows stored of an asset, over all periods."""
        import sqlalchemy as sa

        from wrapped_assets.storage.tables import cells

        query = sa.select(sa.func.coalesce(sa.func.sum(cells.c.row_count), 0)).where(cells.c.asset == asset)
        with self.project.root.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def scan(self, cells: "Sequence[StoredCell]", schema: pl.Schema) -> pl.LazyFrame:
        """The rows of stored cells, read when they are needed."""
        from wrapped_assets.storage.verified import intact

        paths = intact(self.project.root, [stored.path for stored in cells])
        return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=schema)


class NoIOManager(dg.IOManager):
    """Refuses: no value travels between steps, so that none is ever pickled."""

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        raise dg.DagsterInvariantViolationError("an asset returned a value: assets write through the lake and return nothing")

    def load_input(self, context: dg.InputContext) -> object:
        raise dg.DagsterInvariantViolationError("an asset asked for a value: assets read through the lake")
