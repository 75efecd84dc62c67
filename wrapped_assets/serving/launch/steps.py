"""The steps of a launch, in order: when each is done, by evidence for the edition at hand, and what carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.serving.launch.edition import Look
from wrapped_assets.serving.launch.verifying import verify
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import publications
from wrapped_assets.storage.responsible import must_have_controller
from wrapped_assets.storage.verified import intact
from wrapped_assets.vocabulary.periods import is_of_edition

Facts = Mapping[str, str | int | float]
FLIPPED = "flipped"


class WaitingError(InputError):
    """A step cannot run yet, and nothing is wrong: the instant is to come, or somebody has to approve."""


@dataclass(frozen=True)
class Step:
    """One step. `work` carries it out and returns what it found, which is kept as evidence for `edition`.

    Where there is a `state`, the step is done whenever that finds something, however it came about.
    """

    name: str
    meaning: str
    edition: Callable[[Look], str]
    work: Callable[[Look], Facts]
    state: Callable[[Look], Facts | None] | None = None

    def facts(self, look: Look) -> Facts | None:
        """By what the step is done for this edition; None where it is not."""
        if self.state is not None:
            return self.state(look)
        known = look.found(self.name, self.edition(look))
        return known.facts if known else None


def _computed(look: Look) -> Facts | None:
    return {"stale_cells": 0} if look.is_published or not look.stale else None


def _compute(look: Look) -> Facts:
    _must_be_frozen(look)
    if look.readiness is None:
        raise InputError(f"nothing was played in {look.year}: `wrapped import` first")
    done = build(look.project, lambda situation: {cell for cell in situation.expected() if is_of_edition(cell, look.year)})
    if done.failed:
        raise BuildError(f"{len(done.failed):,} cells behind the {look.year} edition failed: `wrapped build --year {look.year}` says why")
    return {"stale_cells": 0, "computed_cells": look.stale}


def _must_be_frozen(look: Look) -> None:
    if look.now < look.plan.freeze_at:
        raise WaitingError(f"the edition freezes at {look.plan.freeze_at:%Y-%m-%d %H:%M} UTC; `wrapped publish {look.year}` freezes it now")


def _published_state(look: Look) -> Facts | None:
    return {"number": look.live.number} if look.live and look.is_published else None


def _publish(look: Look) -> Facts:
    _must_be_frozen(look)
    return {"number": publish_edition(look.project, look.year).number}


def _check(look: Look) -> Facts:
    live = publications.live_edition(look.project.root, look.year)
    return {"files": len(intact(look.project.root, sorted(live.paths.values())) if live else [])}


def _rendered_state(look: Look) -> Facts | None:
    return {"pages": look.pages} if look.rendered and not look.withheld else None


def _render(look: Look) -> Facts:
    done = render(look.project, look.year, look.plan.locales)
    return {"pages": done.pages, "written": done.written, "bytes": done.byte_count}


def _upload(look: Look) -> Facts:
    must_have_controller(look.project.root)
    done = [upload(look.project, look.year, target, flips=False) for target in look.plan.targets]
    return {"targets": len(done), "objects": sum(each.objects for each in done), "sent": sum(each.sent for each in done)}


def _verify(look: Look) -> Facts:
    read = [verify(look.project.root, look.year, target) for target in look.plan.targets]
    return {"targets": len(read), "objects": sum(each.objects for each in read), "read": sum(each.read for each in read)}


def _load(look: Look) -> Facts:
    from wrapped_assets.serving.launch.load import load_test

    found = load_test(look.project.root, look.year)
    if found.errors or found.wrong or not found.requests:
        raise BuildError(f"under load {found.requests:,} requests met {found.errors:,} errors and {found.wrong:,} wrong pages")
    return {"requests": found.requests, "a_second": round(found.a_second), "late_ms": round(found.late_ms, 1)}


def _approve(look: Look) -> Facts:
    raise WaitingError(f"{look.year} waits for somebody's approval: look at it with `wrapped serve --rehearse`, then "
                       f"`wrapped launch approve {look.year} --by NAME`")  # fmt: skip


def _flip(look: Look) -> Facts:
    if not look.has_launched:
        for target in look.plan.targets:
            if Target.open(target, makes=False).number(look.year) is not None:  # the launch was moved after it
                upload(look.project, look.year, target, flips=False)
        raise WaitingError(f"{look.year} opens at {look.launch_at:%Y-%m-%d %H:%M:%S} UTC")
    done = [upload(look.project, look.year, target) for target in look.plan.targets]
    if any(each.step == FLIPPED for each in look.known):  # what replaces another edition after the launch has no instant to be late for
        return {"targets": len(done)}
    last = max((each.pointed_at for each in done if each.pointed_at), default=datetime.now(UTC))
    late = (last - look.launch_at).total_seconds() if look.launch_at else 0.0
    return {"targets": len(done), "seconds_late": round(max(late, 0.0), 2)}


def _flipped(look: Look) -> Facts | None:
    """Whether every target points at what is live; where there is none, whether the instant is over."""
    known = look.found(FLIPPED, look.rendered)
    if known is None or look.live is None or not look.has_launched:
        return None
    numbers = {Target.open(each, makes=False).number(look.year) for each in look.plan.targets}
    return known.facts if numbers <= {look.live.number} else None


def _published(look: Look) -> str:
    return look.published


def _rendered(look: Look) -> str:
    return look.rendered


STEPS = (
    Step("computed", "no cell behind the edition is stale", _published, _compute, _computed),
    Step("published", "its cells are frozen and live, behind the countdown", _published, _publish, _published_state),
    Step("checked", "every byte of it is what was recorded", _published, _check),
    Step("rendered", "each listener's page is written", _rendered, _render, _rendered_state),
    Step("uploaded", "every target has every page", _rendered, _upload),
    Step("verified", "targets give back what was sent", _rendered, _verify),
    Step("load_tested", "a server sent right pages under load", _published, _load),
    Step("approved", "somebody saw it and said yes", _published, _approve),
    Step(FLIPPED, "readers see it", _rendered, _flip, _flipped),
)
