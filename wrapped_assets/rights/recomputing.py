"""Computes the cells that listeners were in again, and forgets those that cannot be computed or that nothing is left of."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import environments, manifest, publications, records
from wrapped_assets.storage.buckets import bucket_count, bucket_of
from wrapped_assets.storage.cell_paths import bucket_in
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell


def compute_again(project: Project, listener_ids: Collection[int]) -> tuple[int, frozenset[Cell]]:
    """Brings the cells of these listeners' buckets, and of all listeners, up to date; returns how many, and those that failed.

    The latter, and cells that nothing is left of, are forgotten. Where an edition was published before the buckets were divided, the
    cells of all parts of a bucket are brought up to date: they say what of the edition's tables others heard.
    """
    root = project.root
    touched = {*(bucket_of(root, each) for each in listener_ids), None}
    beside = touched | _divided_with(root, listener_ids)
    for name in environments.environments(root):
        inside = root.within(name)
        _forget_cells(inside, [cell for cell in manifest.load_cells(inside, only_own=True) if cell.bucket in touched])
    stored = set(manifest.load_cells(root))

    def affected(situation: Situation) -> set[Cell]:
        stages = situation.graph.stages  # from the second on, everybody is compared with figures that the listener was part of
        known = {cell for cell in situation.expected() if cell in stored or situation.is_divided(cell)}
        return {cell for cell in known if cell.bucket in beside or stages[cell.asset] > 1}

    report = build(project, affected)
    failed = frozenset(cell for cell, _ in report.failed)
    expected = project.situation().expected()
    is_gone = {cell for cell in stored if cell not in expected or (cell in failed and cell.bucket is not None)}
    _forget_cells(root, [cell for cell in stored if cell in is_gone and cell.bucket in touched])
    return len(report.recomputed), failed


def _divided_with(root: Root, listener_ids: Collection[int]) -> set[int]:
    """The buckets that were parts of a listener's bucket when an edition was published."""
    now = bucket_count(root)
    counts = {count for count in publications.bucket_counts(root) if count < now}
    return {part for count in counts for each in listener_ids for part in range(bucket_in(count, each), now, count)}


def _forget_cells(root: Root, cells: Iterable[Cell]) -> None:
    gone = list(cells)
    manifest.remove_unnamed(root, manifest.forget_cells(root, gone))
    records.remove_records(root, gone)
