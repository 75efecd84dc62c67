"""Publishes editions and reports how ready they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import catalogues, publications, registry
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.verified import intact, still_damaged
from wrapped_assets.vocabulary.periods import Cell, period_year
from wrapped_assets.vocabulary.rules import as_published

# What a reader of an edition needs: its figures, its counts in and out, and what ids are called; and what exports are made of.
PUBLISHED = (
    "insights/", "playlists/", "population/", "aggregates/outcomes", "catalogue/", "aggregates/recording_years", "aggregates/artist_years",
    "aggregates/artist_months",
)  # fmt: skip
_MOST_TRIES = 3


@dataclass(frozen=True)
class Readiness:
    """One edition's state."""

    year: int
    cells: int
    stale: int
    published: int | None
    is_behind: bool
    launch_at: datetime | None
    damaged: int = 0  # files of the published edition that are missing or known to be damaged


def publish_edition(project: Project, year: int) -> publications.Publication:
    """Publishes the year as built, after every byte of it was compared with what was recorded, in the transaction that finds it fresh.

    InputError where it has no listens, or where any of its cells is stale: never a stale number. DamagedFileError where a file is damaged.

    From then on its catalogue and its population stay as they are: one late listener must not restate everybody.
    """
    with project.root.lock("publishing"):  # not while an erasure rewrites what would be published
        for _ in range(_MOST_TRIES):
            situation, found = _ready(project, year)
            tables = catalogues.files_of(project.root, situation.catalogues.get(year)).values()
            intact(project.root, [*(stored.path for stored in found.values()), *(table.path for table in tables)])
            with exclusive(project.root.engine) as connection:
                now, still = _ready(project, year, connection)
                if (still, now.catalogues.get(year), now.rules[year]) == (found, situation.catalogues.get(year), situation.rules[year]):
                    registry.set_edition(project.root, year, catalogue=now.catalogues.get(year), is_frozen=True, connection=connection)
                    return publications.publish(project.root, year, found.values(), as_published(now.rules[year]), connection)
    raise BuildError(f"the {year} edition changed {_MOST_TRIES} times while its files were compared: publish again while no build runs")


def _ready(project: Project, year: int, connection: sa.Connection | None = None) -> tuple[Situation, dict[Cell, StoredCell]]:
    """The situation, and the cells of the edition, all of them fresh; InputError otherwise."""
    situation = project.situation(connection)
    wanted = {cell for cell in situation.expected() if period_year(cell.period) == year}
    if not wanted:
        raise InputError(f"no plays in {year}, so there is no edition to publish")
    if steps := make_plan(situation, wanted).steps:
        raise InputError(f"{len(steps):,} cells behind the {year} edition are stale: run `wrapped build --year {year}` first")
    return situation, _published(situation.stored, year)


def readiness(project: Project) -> list[Readiness]:
    """Every year that has listens, in order."""
    situation = project.situation()
    stale = {step.cell for step in make_plan(situation).steps}
    years = played_years(situation)
    shown, editions = publications.live(project.root), registry.editions(project.root, years)
    spoiled, found = still_damaged(project.root), []
    for year in years:
        cells = {cell for cell in situation.expected() if period_year(cell.period) == year}
        now = {cell: stored.path for cell, stored in _published(situation.stored, year).items()}
        launch, live = editions[year].launch_at, publications.live_edition(project.root, year)
        listed = set(live.paths.values()) if live else set()
        found.append(
            Readiness(
                year, len(cells), len(cells & stale), shown[year].number if year in shown else None,
                live is not None and live.paths != now, launch.replace(tzinfo=launch.tzinfo or UTC) if launch else None,
                sum(path in spoiled or not (project.root.path / path).is_file() for path in listed),
            )
        )  # fmt: skip
    return found


def played_years(situation: Situation) -> list[int]:
    """The years that have an edition: something was played in them, or may have been where a month is not built yet."""
    months = [cell for cell in situation.expected() if cell.asset == "listens/plays"]
    rows = {cell: situation.stored[cell].row_count if cell in situation.stored else 1 for cell in months}
    return sorted({period_year(cell.period) for cell in months if rows[cell]})


def _published(stored: dict[Cell, StoredCell], year: int) -> dict[Cell, StoredCell]:
    return {cell: found for cell, found in stored.items() if period_year(cell.period) == year and cell.asset.startswith(PUBLISHED)}
