"""What the microsite is made from, read from a data root at one moment; equal states give equal pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.serving.microsite.released import EXPORT, charts_of, delivered
from wrapped_assets.storage import publications
from wrapped_assets.storage.launches import launches, site_url
from wrapped_assets.storage.responsible import responsible
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.microsite.data import Site, SiteYear
from wrapped_assets.vocabulary.rules import rules_as_published


@dataclass(frozen=True)
class Planned:
    """A year that is published, or will be launched: `page` is what is shown of it from its launch on; None while nothing is published."""

    year: int
    launch_at: datetime | None
    page: SiteYear | None


@dataclass(frozen=True)
class SiteState:
    """Everything that the microsite depends on, but the time."""

    years: tuple[Planned, ...]  # newest first
    controller: str
    contact: str
    url: str

    def site(self, now: datetime) -> Site:
        """The site as it is at `now`: years whose launch is over, and that are published."""
        shown = [each.page for each in self.years if each.page and (each.launch_at is None or each.launch_at <= now)]
        return Site(tuple(shown), self.controller, self.contact, self.url)

    def coming(self, now: datetime) -> Planned | None:
        """The launch that is next."""
        ahead = [(each.launch_at, each.year, each) for each in self.years if each.launch_at and now < each.launch_at]
        return min(ahead)[2] if ahead else None


def site_state(root: Root, *, is_strict: bool = False) -> SiteState:
    """The state of now. Damaged charts are left out; where `is_strict`, they are a RefusedError."""
    live = publications.live_rules(root)
    instants = launches(root)
    policy = policy_of(EXPORT).policy
    least = policy.disclosure.k_cell if policy.disclosure else 0
    age = policy.eligible.minimum_age if policy.eligible else 0
    planned = []
    for year in sorted({*live, *instants}, reverse=True):
        page = None
        if year in live:
            try:
                charts = charts_of(root, delivered(root, year))
            except WrappedError:
                if is_strict:
                    raise
                charts = None
            page = SiteYear(year, rules_as_published(live[year]), charts, least, age)
        planned.append(Planned(year, instants.get(year), page))
    controller = responsible(root).controller
    return SiteState(
        tuple(planned), controller.name if controller else "", controller.contact if controller else "", site_url(root)
    )
