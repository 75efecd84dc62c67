"""What evidence is about: an edition as it was published, and as it was rendered. Evidence of another one counts for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from wrapped_assets.building.glance import Glance
from wrapped_assets.building.readiness import Readiness, readiness
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.launches import Evidence, LaunchPlan, evidence, plans
from wrapped_assets.storage.publications import Publication

_FOUND: dict[tuple[Path, int, int], tuple[str, tuple[str, int, int]]] = {}  # of each publication's pages: of what, and what
BEFORE = timedelta(days=1)  # how long before the launch an edition freezes where the plan does not say


@dataclass(frozen=True)
class Look:
    """A year's launch as it is at one moment.

    `published` names the publication that is live, and `rendered` its pages that may be shown, in their languages and for their targets;
    "" where there is none. `withheld` pages may not be shown and wait to be written anew.
    """

    project: Project
    plan: LaunchPlan
    now: datetime
    launch_at: datetime | None
    live: Publication | None
    published: str
    rendered: str
    pages: int
    withheld: int
    known: Sequence[Evidence]  # the oldest first

    @property
    def year(self) -> int:
        return self.plan.year

    @property
    def has_launched(self) -> bool:
        return self.launch_at is None or self.launch_at <= self.now

    @cached_property
    def readiness(self) -> Readiness | None:
        """How ready the year is; None where nothing was played in it."""
        return next((each for each in readiness(Glance(self.project.root)) if each.year == self.year), None)

    @property
    def stale(self) -> int:
        """Cells of the year that are stale."""
        return self.readiness.stale if self.readiness else 0

    @cached_property
    def is_published(self) -> bool:
        """Whether what is live is the edition. Once something was published after the freeze, what is built later changes nothing."""
        if self.live is None:
            return False
        newest = publications.newest_at(self.project.root, self.year)
        is_frozen = newest is not None and newest >= self.plan.freeze_at
        return is_frozen or not (self.readiness and (self.readiness.is_behind or self.readiness.stale))

    def found(self, step: str, edition: str) -> Evidence | None:
        """The evidence of a step for this edition and no other."""
        return next((each for each in self.known if each.step == step and edition and each.edition == edition), None)


def look(project: Project, year: int, now: datetime | None = None) -> Look:
    """A year's launch as of now. InputError without a plan."""
    root, at = project.root, now or datetime.now(UTC)
    plan = plans(root).get(year)
    if plan is None:
        raise InputError(f"nothing is planned for the launch of {year}: `wrapped launch plan {year} --to ADDRESS` does")
    launch_at, live = registry.editions(root, [year])[year].launch_at, publications.live(root).get(year)
    published = f"{live.number} {live.published_at.isoformat()}" if live else ""
    rendered, pages, withheld = "", 0, 0
    if live:
        shelf = Shelf(root, year, live.number)
        if shelf.is_of(live) and set(plan.locales) <= set((shelf.about or {}).get("locales", [])):
            shown, pages, withheld = _shown_now(shelf)
            rendered = combined(published, shown, plan.locales, plan.targets)
    return Look(project, plan, at, launch_at, live, published, rendered, pages, withheld, evidence(root, year))


def _shown_now(shelf: Shelf) -> tuple[str, int, int]:
    """What `_shown` finds now; found once as long as nothing was rendered and nobody said anything, for each step looks twice."""
    standing = Standing.now(shelf.root)
    key, mark = (shelf.root.path, shelf.year, shelf.number), combined(shelf.mark, standing.mark(shelf.year))
    if _FOUND.get(key, ("",))[0] != mark:
        _FOUND[key] = mark, _shown(shelf, standing)
    return _FOUND[key][1]


def _shown(shelf: Shelf, standing: Standing) -> tuple[str, int, int]:
    """A hash of the pages that may be shown, how many they are, and how many are withheld although their listener has an open address."""
    hashes, pages, withheld = [], 0, 0
    for bucket, index in shelf.indexes():
        shown = standing.shown(shelf.year, index)
        hashes.append(combined(bucket, *shown.select("token", "locale", "told", "br_hash").rows()))
        pages += shown.height
        others = index.filter(~index["token"].is_in(shown["token"].implode())) if shown.height < index.height else index.clear()
        where = addresses(standing.root, shelf.year, others["listener_id"].unique())
        here = [each for each, address in where.items() if address.is_open and each in standing.names and each not in standing.restricted]
        withheld += others.filter(others["listener_id"].is_in(here)).height
    return combined(*hashes), pages, withheld
