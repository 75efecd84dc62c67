"""Carries a plan out by the clock: when there is something to do, and how it waits for the instants of a launch."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from wrapped_assets.building.situate import Project
from wrapped_assets.serving.launch.carrying_out import Carried, carry_out
from wrapped_assets.serving.launch.pointing import point_at_once, written
from wrapped_assets.serving.launch.reporting import report
from wrapped_assets.serving.launch.steps import FLIPPED, Facts
from wrapped_assets.storage import registry
from wrapped_assets.storage.launches import plans
from wrapped_assets.storage.root import Root

_LOOKS_AGAIN = 30.0  # seconds: a clock that is set, or a launch that is moved, is noticed


def carry_on(
    project: Project, year: int, patience: timedelta | None = None, tell: Callable[[Carried], None] = lambda _: None,
    progress: Callable[[str, Facts], None] = lambda _step, _facts: None,
) -> Carried:  # fmt: skip
    """Carries a plan out, and waits for the freeze and the launch where they are at most `patience` away; None: however far.

    Where only the flip is left, targets are pointed at the edition in the instant of the launch, and compared afterwards. `tell` hears of
    each turn, `progress` of each step.
    """
    until = None if patience is None else datetime.now(UTC) + patience
    while True:
        before = written(project.root, year)
        done = carry_out(project, year, progress=progress)
        tell(done)
        at = _next_instant(project, year)
        if not done.is_waiting or at is None or (until and at > until):
            return done
        if done.done:
            continue  # what was done was written, too: what is left is known once nothing was
        if _comes(at, project.root, year, before) and done.step == FLIPPED:
            point_at_once(project.root, year, before)


def _comes(at: datetime, root: Root, year: int, before: str) -> bool:
    """Waits for an instant; False as soon as something else is `written` than before."""
    while (left := (at - datetime.now(UTC)).total_seconds()) > 0:
        time.sleep(min(_LOOKS_AGAIN, left))
        if left > _LOOKS_AGAIN and written(root, year) != before:
            return False
    return True


def _next_instant(project: Project, year: int) -> datetime | None:
    """The freeze or the launch, whichever is next; None where both are over."""
    plan, launch_at = plans(project.root)[year], registry.editions(project.root, [year])[year].launch_at
    return min((at for at in (plan.freeze_at, launch_at) if at and at > datetime.now(UTC)), default=None)


def due(project: Project, ahead: timedelta, now: datetime | None = None) -> list[int]:
    """The years whose plan has something to do now, or within `ahead` where it waits for an instant. Stopped plans have not."""
    at = now or datetime.now(UTC)
    found = []
    for year, plan in plans(project.root).items():
        if plan.stopped or at < plan.freeze_at - ahead:
            continue
        step, launch_at = report(project, year, at).next_step, registry.editions(project.root, [year])[year].launch_at
        if step not in (None, "approved") and (step != "flipped" or launch_at is None or launch_at - ahead <= at):
            found.append(year)
    return found


def opening(root: Root, ahead: timedelta, now: datetime | None = None) -> set[int]:
    """The planned years whose launch is over, or within `ahead`."""
    at, editions = now or datetime.now(UTC), registry.editions(root, plans(root))
    return {year for year in plans(root) if (launch_at := editions[year].launch_at) and launch_at - ahead <= at}


def state(root: Root, ahead: timedelta, now: datetime | None = None) -> str:
    """A text that is another one when something that a launch depends on was written, or an instant is near. Cheap to ask for."""
    at, editions = now or datetime.now(UTC), registry.editions(root, plans(root))
    parts: list[object] = []
    for year, plan in plans(root).items():
        launch_at = editions[year].launch_at
        parts.append((at >= plan.freeze_at - ahead, launch_at is not None and at >= launch_at - ahead, written(root, year)))
    return repr(parts)
