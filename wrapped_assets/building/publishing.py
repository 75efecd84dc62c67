"""Publishes editions, and says how ready they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import catalogues, publications, registry
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.storage.verified import intact, still_damaged
from wrapped_assets.vocabulary.periods import Cell, period_year
from wrapped_assets.vocabulary.rules import as_published

# What a reader of an edition needs: its figures, its counts in and out, and what ids are called; and what exports are made of.
PUBLISHED = (
    "insights/", "playlists/", "population/", "aggregates/outcomes", "catalogue/", "aggregates/recording_years", "aggregates/artist_years",
    "aggregates/artist_months",
)  # fmt: skip


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
    """Publishes the year as built, after every byte of it was compared with what was recorded.

    InputError where it has no listens, or where any of its cells is stale: never a stale number. DamagedFileError where a file is damaged.

    From then on its catalogue and its population stay as they are: one late listener must not restate everybody.
    """
    with project.root.lock("publishing"):  # not while an erasure rewrites what would be published
        situation = project.situation()
        wanted = {cell for cell in situation.expected() if period_year(cell.period) == year}
        if not wanted:
            raise InputError(f"nothing was played in {year}: there is no edition to publish")
        plan = make_plan(situation, wanted)
        if plan.steps:
            raise InputError(f"{len(plan.steps):,} cells behind the {year} edition are stale: run `wrapped build --year {year}` first")
        found = _published(situation.stored, year)  # type: ignore[arg-type]
        tables = catalogues.files_of(project.root, situation.catalogues.get(year)).values()
        intact(project.root, [*(stored.path for stored in found.values()), *(table.path for table in tables)])
        rules = as_published(situation.rules[year])
        registry.set_edition(project.root, year, catalogue=situation.catalogues.get(year), is_frozen=True)
        return publications.publish(project.root, year, found.values(), rules)


def readiness(project: Project) -> list[Readiness]:
    """Every year that has listens, in order."""
    situation = project.situation()
    stale = {step.cell for step in make_plan(situation).steps}
    years = played_years(situation)
    shown, editions = publications.live(project.root), registry.editions(project.root, years)
    spoiled, found = still_damaged(project.root), []
    for year in years:
        cells = {cell for cell in situation.expected() if period_year(cell.period) == year}
        now = {cell: stored.path for cell, stored in _published(situation.stored, year).items()}  # type: ignore[arg-type]
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
