"""Publishes editions."""

from __future__ import annotations

import sqlalchemy as sa

from wrapped_assets.building.readiness import published_of
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import catalogues, publications, registry
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import Cell, is_of_edition
from wrapped_assets.vocabulary.rules import as_published

_MOST_TRIES = 3


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
    wanted = {cell for cell in situation.expected() if is_of_edition(cell, year)}
    if not wanted:
        raise InputError(f"no plays in {year}, so there is no edition to publish")
    if steps := make_plan(situation, wanted).steps:
        raise InputError(f"{len(steps):,} cells behind the {year} edition are stale: run `wrapped build --year {year}` first")
    return situation, published_of(situation.stored, year)
