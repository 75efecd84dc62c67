"""Erases a listener: from landed files, cells, published editions, exports and the registry, so that the lake is as if they had never come.

Every step can be done again. What a crash left open is finished by `resume`: the case's own file knows whom it is about, is readable by
its owner alone, and goes when the case is done.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.listens.localise import EDGE
from wrapped_assets.planning.situation import Situation
from wrapped_assets.privacy.recalling import Recall, recall_exports
from wrapped_assets.privacy.residue import Needles, Residue, residue_of
from wrapped_assets.storage import environments, manifest, records, republishing, restrictions, tables, tombstones
from wrapped_assets.storage.database import empty_journal
from wrapped_assets.storage.files import destroy, write_whole
from wrapped_assets.storage.inbox_folders import forget_drops
from wrapped_assets.storage.purging import purge_landing, texts_of_one
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell

CASES = "erasures"


@dataclass
class Erasure:
    """What an erasure did, without a word about whom."""

    case_id: str
    plays: int = 0
    landed_files: int = 0
    cells: int = 0
    published_files: int = 0
    recalls: list[Recall] = field(default_factory=list)
    residue: Residue = field(default_factory=Residue)


def erase(project: Project, listener: Listener) -> Erasure:
    """Opens a case and carries it out. BuildError where something of the person is left afterwards, with the files that hold it."""
    (done,) = erase_all(project, [listener])
    return done


def erase_all(project: Project, listeners: Iterable[Listener]) -> list[Erasure]:
    """The same for several at once, by bucket: a landed file is rewritten once and a cell computed once, however many were in it."""
    return _carry_out(project, [_opened(project.root, listener) for listener in listeners])


def resume(project: Project) -> list[Erasure]:
    """Finishes the cases that a crash left open."""
    return _carry_out(project, [path.stem for path in sorted((project.root.path / CASES).glob("*.case"))])


def _opened(root: Root, listener: Listener) -> str:
    needles = Needles(listener.listener_id, listener.name, _pseudonyms(root, listener), texts_of_one(root, listener.listener_id))
    case_id = secrets.token_hex(8)
    restrictions.restrict(root, listener.listener_id, case_id)  # out of every export from here on
    write_whole(_case_path(root, case_id), needles.as_json())
    with root.engine.begin() as connection:
        case = {"case_id": case_id, "state": "open", "opened_at": datetime.now(UTC), "counts": {}}
        connection.execute(sa.insert(tables.erasure_cases).values(**case))
    return case_id


def _carry_out(project: Project, case_ids: list[str]) -> list[Erasure]:
    root = project.root
    cases = [(Erasure(case_id), Needles.from_json(_case_path(root, case_id).read_bytes())) for case_id in case_ids]
    if not cases:
        return []
    people = {needles.listener_id for _, needles in cases}
    for done, needles in cases:
        tombstones.entomb(root, needles.name, done.case_id)
    with root.lock("landing"):  # no import is under way, and none begins
        purged = purge_landing(root, people, EDGE)
    with root.lock("inbox"):
        dropped = sum(forget_drops(root.path, needles.name) for _, needles in cases)
    cells = _compute_again(project, {root.bucket_of(listener_id) for listener_id in people})
    for done, needles in cases:
        done.plays, done.landed_files, done.cells = purged.plays[needles.listener_id], purged.files + dropped, cells
        _finish(project, done, needles)
    return [done for done, _ in cases]


def _finish(project: Project, done: Erasure, needles: Needles) -> None:
    """What is left of a case once cells are computed: published files, exports, the registry, and the search."""
    root, graph = project.root, project.graph
    done.published_files = republishing.purge_publications(
        root, needles.listener_id, manifest.load_cells(root), lambda asset: graph.by_key[asset].grain if asset in graph.by_key else ()
    )
    done.recalls = recall_exports(root, needles.listener_id, done.case_id)
    _forget_person(root, needles.listener_id)
    done.residue = residue_of(needles, _searched(root))
    if done.residue.hits:
        raise BuildError(
            f"the erasure {done.case_id} is not done: something of the person is left in {', '.join(done.residue.hits[:5])}; remove what "
            "made these files, then finish it with `wrapped erase --resume`"
        )
    _close(root, done)
    destroy(_case_path(root, done.case_id))


def _compute_again(project: Project, buckets: set[int]) -> int:
    """Brings the cells of these buckets, and of all listeners, up to date, and forgets those that nothing is left of."""
    root, touched = project.root, {*buckets, None}
    for name in environments.environments(root):
        inside = root.within(name)
        own = manifest.load_cells(inside, only_own=True)
        _forget_cells(inside, [cell for cell in own if cell.bucket in touched])
    stored = set(manifest.load_cells(root))

    def affected(situation: Situation) -> set[Cell]:
        stages = situation.graph.stages  # from the second on, everybody is compared with figures that the listener was part of
        return {cell for cell in situation.expected() if cell in stored and (cell.bucket in touched or stages[cell.asset] > 1)}

    report = build(project, affected)
    if report.failed:
        raise BuildError(f"{len(report.failed)} cells could not be computed again: {report.failed[0][1]}")
    expected = project.situation().expected()
    _forget_cells(root, [cell for cell in stored if cell not in expected and cell.bucket in touched])
    return len(report.recomputed)


def _forget_cells(root: Root, cells: Iterable[Cell]) -> None:
    gone = list(cells)
    manifest.remove_unnamed(root, manifest.forget_cells(root, gone))
    records.remove_records(root, gone)


def _forget_person(root: Root, listener_id: int) -> None:
    """Deletes the registry's row, and with it whatever hangs on it; SQLite's journal is emptied of what it held."""
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.listeners).where(tables.listeners.c.listener_id == listener_id))
    empty_journal(root.engine)


def _searched(root: Root) -> list[Path]:
    home = os.environ.get("DAGSTER_HOME")
    return [root.path, *([Path(home)] if home and not Path(home).resolve().is_relative_to(root.path.resolve()) else [])]


def _close(root: Root, done: Erasure) -> None:
    counts = {
        "plays": done.plays, "landed_files": done.landed_files, "cells": done.cells, "published_files": done.published_files,
        "recalls": len(done.recalls), "files_searched": done.residue.files, "bytes_searched": done.residue.bytes, "hits": 0,
        "search_sha256": done.residue.sha256,
    }  # fmt: skip
    table = tables.erasure_cases
    with root.engine.begin() as connection:
        closed = {"state": "verified", "finished_at": datetime.now(UTC), "counts": counts}
        connection.execute(sa.update(table).where(table.c.case_id == done.case_id).values(**closed))


def _pseudonyms(root: Root, listener: Listener) -> tuple[str, ...]:
    table = tables.export_subjects
    with root.engine.connect() as connection:
        mine = sa.select(table.c.pseudonym).where(table.c.listener_id == listener.listener_id).order_by(table.c.pseudonym)
        return tuple(connection.execute(mine).scalars())


def _case_path(root: Root, case_id: str) -> Path:
    return root.path / CASES / f"{case_id}.case"
