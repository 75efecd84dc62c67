"""Points targets at an edition in the instant of its launch. All that takes long was done before, and must still be so."""

from __future__ import annotations

from contextlib import suppress

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.serving.rendered.refusals import must_have_launched
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.serving.rendered.uploading import uploading
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.addresses import changed
from wrapped_assets.storage.generations import generation
from wrapped_assets.storage.launches import evidence, plans
from wrapped_assets.storage.root import Root


def written(root: Root, year: int) -> str:
    """A text that is another one once something that a year's launch depends on was written. Costs the same for any number of pages."""
    live, launch_at = publications.live(root).get(year), registry.editions(root, [year])[year].launch_at
    finished_at = Shelf(root, year, live.number).finished_at if live else 0
    known = [(each.step, each.edition, each.found_at) for each in evidence(root, year)]
    return repr((plans(root).get(year), launch_at, live, finished_at, generation(root), changed(root, year), known))


def point_at_once(root: Root, year: int, before: str) -> None:
    """Points every target at the publication of which nothing but that was left when `before` was `written`.

    Does nothing for a target that fails, and nothing at all where something else was written since then: the step `flipped` follows, sends
    what is missing, and says why it cannot. Call it after the launch.
    """
    with root.lock(f"launch.{year}"), uploading(root, year):
        plan, live = plans(root).get(year), publications.live(root).get(year)
        for address in plan.targets if plan and live else ():
            with suppress(WrappedError):
                target = Target.open(address, makes=False)
                pointer = target.pointer(year)
                must_have_launched(root, year, target)
                shelf = Shelf(root, year, live.number) if live else None
                if live and shelf and shelf.is_of(live) and written(root, year) == before:
                    target.point(year, live.number, (shelf.about or {}).get("locales", []), pointer)
