"""Carries a launch plan out: one step after the other, until one has to wait or fails; and approves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, RegistryUnavailable, WrappedError
from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.serving.launch.edition import Look, look
from wrapped_assets.serving.launch.steps import STEPS, Facts, Step, WaitingError
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.storage.launches import Evidence, keep_evidence, stop_plan

_LONGEST = 200  # characters of an approver's name
_MOST = 3 * len(STEPS)  # steps of one call: a world that changes all the time is looked at again in the next

_APPROVED = next(each for each in STEPS if each.name == "approved")

Clock = Callable[[], datetime]


@dataclass
class Carried:
    """What a call did: the steps that it carried out, and why it ended; `is_over` where nothing is left to do."""

    year: int
    done: list[str] = field(default_factory=list)
    reason: str = ""
    step: str = ""  # at which it ended; "" where nothing is left
    is_waiting: bool = False  # for an instant or for somebody: nothing is wrong
    is_over: bool = False


def carry_out(
    project: Project, year: int, *, clock: Clock = lambda: datetime.now(UTC), until: str | None = None,
    progress: Callable[[str, Facts], None] = lambda _step, _facts: None,
) -> Carried:  # fmt: skip
    """Carries out what can be, in order. Each step runs only where every step before it is evidenced for the same edition.

    `progress` hears of each step that was carried out and of what it found; `until` names the last one.

    A step that fails stops the plan with its reason; where trying again may help, such as with a store that does not answer, the plan
    goes on by itself. InputError without a plan.
    """
    root, done = project.root, Carried(year)
    with root.lock(f"launch.{year}"):
        for _ in range(_MOST):
            now = look(project, year, clock())
            step = next((each for each in STEPS if each.facts(now) is None), None)
            done.step = step.name if step else ""
            if step is None or (done.done and done.done[-1] == until):
                done.is_over = step is None
                break
            began = time.monotonic()
            try:
                facts = step.work(now)
            except WaitingError as waits:
                done.reason, done.is_waiting = str(waits), True
                break
            except WrappedError as error:
                done.reason = f"{step.name}: {error}"
                passes = isinstance(error, StoreUnavailableError) or (isinstance(error, RegistryUnavailable) and error.may_pass)
                if not passes:
                    stop_plan(root, year, done.reason)
                return done
            _keep(project, now, step, facts, time.monotonic() - began, clock())
            done.done.append(step.name)
            progress(step.name, facts)
        stop_plan(root, year, None)
        return done


def _keep(project: Project, before: Look, step: Step, facts: Facts, seconds: float, at: datetime) -> None:
    """Keeps what was found, for the edition that it was found of. Where that changed meanwhile nobody can say, and it is found anew."""
    edition = step.edition(look(project, before.year, at))
    if edition and (step.state is not None or edition == step.edition(before)):
        keep_evidence(project.root, before.year, Evidence(step.name, edition, at, round(seconds, 3), facts))


def approve(project: Project, year: int, name: str, *, clock: Clock = lambda: datetime.now(UTC)) -> Evidence:
    """Somebody's word that the edition may go public: of exactly the publication that is live, after every step before it.

    InputError where a step before it is not done, or the name is no line of text.
    """
    if not 0 < len(name) <= _LONGEST or one_line(name) != name:
        raise InputError(f"expected the approver's name as one line of at most {_LONGEST} characters")
    with project.root.lock(f"launch.{year}"):
        now = look(project, year, clock())
        for step in STEPS[: STEPS.index(_APPROVED)]:
            if step.facts(now) is None:
                raise InputError(f"{year} is not {step.name} yet, so nothing can be approved: `wrapped launch run {year}` carries it out")
        found = Evidence(_APPROVED.name, now.published, now.now, 0.0, {"by": name, "number": now.live.number if now.live else 0})
        keep_evidence(project.root, year, found)
        stop_plan(project.root, year, None)
        return found
