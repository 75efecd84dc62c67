"""How far a launch is: each step with its evidence, what is left at the speed that was measured, and what would be late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wrapped_assets.building.situate import Project
from wrapped_assets.serving.launch.edition import Look, look
from wrapped_assets.serving.launch.steps import STEPS, Facts
from wrapped_assets.storage import manifest
from wrapped_assets.storage.launches import Evidence
from wrapped_assets.vocabulary.periods import is_of_edition

_BY_PAGE = {"rendered": "pages", "uploaded": "objects", "verified": "read"}  # steps that take longer for more, and what they count
_LOAD_SECONDS = 10.0  # of a load test that was never made: it ends by the clock


@dataclass(frozen=True)
class Line:
    """One step: by what it is done and since when, or how long it is likely to take; None where nobody has measured it."""

    step: str
    meaning: str
    facts: Facts | None
    found_at: datetime | None
    expected_seconds: float | None


@dataclass(frozen=True)
class Report:
    """A launch at one moment. `seconds_left` are those until the instant; `late` names the steps that would end after it."""

    year: int
    launch_at: datetime | None
    freeze_at: datetime
    seconds_left: float | None
    lines: tuple[Line, ...]
    stopped: str | None
    late: tuple[str, ...]

    @property
    def next_step(self) -> str | None:
        """What is carried out next; None where everything is done."""
        return next((line.step for line in self.lines if line.facts is None), None)


def report(project: Project, year: int, now: datetime | None = None) -> Report:
    """A year's launch as of now. A step counts as done only if every step before it is. InputError without a plan."""
    found = look(project, year, now)
    lines, is_open, spent, late = list[Line](), True, 0.0, list[str]()
    left = (found.launch_at - found.now).total_seconds() if found.launch_at else None
    for step in STEPS:
        own = step.facts(found)
        facts = own if is_open else None
        is_open = facts is not None
        known = found.found(step.name, step.edition(found)) if facts is not None else None
        expected = None if own is not None else _expected(found, step.name)  # what has its evidence takes no time again
        spent += expected or 0.0
        if own is None and left is not None and left > 0 and spent > left and step.name not in ("approved", "flipped"):
            late.append(step.name)
        lines.append(Line(step.name, step.meaning, facts, known.found_at if known else None, expected))
    return Report(year, found.launch_at, found.plan.freeze_at, left, tuple(lines), found.plan.stopped, tuple(late))


def _expected(found: Look, step: str) -> float | None:
    """Seconds that a step is likely to take: as long as it took last, by page where it goes by pages; None where it never ran."""
    if step == "computed":
        return _computing(found) if found.stale else 0.0
    runs = [each for each in found.known if each.step == step and each.seconds]
    if not runs:
        return _LOAD_SECONDS if step == "load_tested" else None
    return max(_scaled(each, found.pages) for each in runs[-3:])


def _scaled(run: Evidence, pages: int) -> float:
    counted = run.facts.get(_BY_PAGE.get(run.step, ""), 0)
    return run.seconds * max(pages, 1) / counted if pages and isinstance(counted, int) and counted > pages else run.seconds


def _computing(found: Look) -> float:
    """What the stale cells of the year took when they were last computed; a cell that never was, as long as the others on average."""
    root, year = found.project.root, found.year
    seconds = [stored.seconds for cell, stored in manifest.load_cells(root).items() if is_of_edition(cell, year)]
    return sum(seconds) / len(seconds) * found.stale if seconds else 0.0


def time_left(seconds: float) -> str:
    """"2 days 3 h", "4 h 5 min", "6 min 7 s"."""
    rest = timedelta(seconds=max(0, int(seconds)))
    hours, minutes = rest.seconds // 3600, rest.seconds // 60 % 60
    if rest.days:
        return f"{rest.days} days {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest.seconds % 60} s"


def document(found: Report) -> dict[str, object]:
    """The report as JSON: instants in ISO 8601, seconds as they are."""

    def said(at: datetime | None) -> str | None:
        return at and at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    steps = [
        {"step": each.step, "is_done": each.facts is not None, "evidence": each.facts and dict(each.facts),
         "found_at": said(each.found_at), "expected_seconds": each.expected_seconds}
        for each in found.lines
    ]  # fmt: skip
    return {
        "year": found.year, "launch_at": said(found.launch_at), "freeze_at": said(found.freeze_at), "seconds_left": found.seconds_left,
        "steps": steps, "next_step": found.next_step, "late": list(found.late), "stopped": found.stopped,
    }  # fmt: skip
