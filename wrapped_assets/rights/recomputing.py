"""Computes the cells that listeners were in again, and forgets those that cannot be computed or that nothing is left of."""

from __future__ import annotations

from collections.abc import Iterable

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import environments, manifest, records
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell


def compute_again(project: Project, buckets: set[int]) -> tuple[int, frozenset[Cell]]:
    """Brings the cells of these buckets, and of all listeners, up to date; returns how many, and those that could not be computed.

    The latter, and cells that nothing is left of, are forgotten.
    """
    root, touched = project.root, {*buckets, None}
    for name in environments.environments(root):
        inside = root.within(name)
        _forget_cells(inside, [cell for cell in manifest.load_cells(inside, only_own=True) if cell.bucket in touched])
    stored = set(manifest.load_cells(root))

    def affected(situation: Situation) -> set[Cell]:
        stages = situation.graph.stages  # from the second on, everybody is compared with figures that the listener was part of
        return {cell for cell in situation.expected() if cell in stored and (cell.bucket in touched or stages[cell.asset] > 1)}

    report = build(project, affected)
    failed = frozenset(cell for cell, _ in report.failed)
    expected = project.situation().expected()
    is_gone = {cell for cell in stored if cell not in expected or (cell in failed and cell.bucket is not None)}
    _forget_cells(root, [cell for cell in stored if cell in is_gone and cell.bucket in touched])
    return len(report.recomputed), failed


def _forget_cells(root: Root, cells: Iterable[Cell]) -> None:
    gone = list(cells)
    manifest.remove_unnamed(root, manifest.forget_cells(root, gone))
    records.remove_records(root, gone)
