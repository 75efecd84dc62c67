"""Reports how ready each edition is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wrapped_assets.building.glance import Glance
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.verified import still_damaged
from wrapped_assets.vocabulary.periods import Cell, is_of_edition, period_year

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
    rolled_back: list[dict[str, int | str | None]] = field(default_factory=list)  # number and reason of publications that were taken back
    damaged: int = 0  # files of the published edition that are missing or known to be damaged
    is_frozen: bool = False  # late listeners are compared with its population and change nobody's figures


def readiness(glance: Glance) -> list[Readiness]:
    """Every year that has listens, in order."""
    situation = glance.situation()
    stale = {step.cell for step in glance.plan(situation).steps}
    years = played_years(situation)
    taken_back = publications.rolled_back(glance.root)
    shown, editions = publications.live(glance.root), registry.editions(glance.root, years)
    spoiled, found = still_damaged(glance.root), []
    for year in years:
        cells = {cell for cell in situation.expected() if is_of_edition(cell, year)}
        now = {cell: stored.path for cell, stored in published_of(situation.stored, year).items()}
        launch, live = editions[year].launch_at, publications.live_edition(glance.root, year)
        listed = set(live.paths.values()) if live else set()
        found.append(
            Readiness(
                year, len(cells), len(cells & stale), shown[year].number if year in shown else None,
                live is not None and live.paths != now, launch,
                [{"number": number, "reason": reason} for number, reason in taken_back.get(year, [])],
                len(listed & spoiled | listed - glance.root.files.held(listed)), editions[year].is_frozen,
            )
        )  # fmt: skip
    return found


def played_years(situation: Situation) -> list[int]:
    """The years that have an edition: something was played in them, or may have been where a month is not built yet."""
    months = [cell for cell in situation.expected() if cell.asset == "listens/plays"]
    rows = {cell: situation.stored[cell].row_count if cell in situation.stored else 1 for cell in months}
    return sorted({period_year(cell.period) for cell in months if rows[cell]})


def published_of(stored: dict[Cell, StoredCell], year: int) -> dict[Cell, StoredCell]:
    return {cell: found for cell, found in stored.items() if is_of_edition(cell, year) and cell.asset.startswith(PUBLISHED)}
