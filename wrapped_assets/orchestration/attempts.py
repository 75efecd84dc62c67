"""Which cells failed, and from what they would have been computed: they are not tried again before that changed.

Kept among the cursors of Dagster's daemon: cells and digests, nothing of what is in them.
"""

from collections.abc import Collection, Mapping

import dagster as dg
import orjson

from wrapped_assets.building.situate import Project
from wrapped_assets.planning.plan import Plan, decide
from wrapped_assets.planning.situation import Situation
from wrapped_assets.vocabulary.periods import Cell

FAILED = "wrapped/failed"


def note_failures(project: Project, instance: dg.DagsterInstance, failed: Collection[Cell]) -> None:
    """Notes cells that a run could not compute."""
    situation = project.situation()
    there = [cell for cell in failed if cell in situation.expected()]
    _write(instance, _read(instance) | {str(cell): decide(situation, cell).input_version for cell in there})


def still_failing(situation: Situation, plan: Plan, instance: dg.DagsterInstance) -> set[Cell]:
    """The stale cells that failed from exactly what they would be computed from now, none of which is about to change; forgets others."""
    noted = _read(instance)
    if not noted:
        return set()
    found: set[Cell] = set()
    changing: set[Cell] = set()
    kept = {}
    for step in plan.steps:
        cell = step.cell
        if noted.get(str(cell)) == decide(situation, cell).input_version:
            kept[str(cell)] = noted[str(cell)]
            if changing.isdisjoint(source for _, _, source, _ in situation.inputs_of(cell) if source):
                found.add(cell)
                continue
        changing.add(cell)
    if len(kept) < len(noted):
        _write(instance, kept)
    return found


def _read(instance: dg.DagsterInstance) -> dict[str, str]:
    return orjson.loads(instance.daemon_cursor_storage.get_cursor_values({FAILED}).get(FAILED) or "{}")


def _write(instance: dg.DagsterInstance, noted: Mapping[str, str]) -> None:
    instance.daemon_cursor_storage.set_cursor_values({FAILED: orjson.dumps(noted).decode()})
