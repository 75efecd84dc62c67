"""Erases listeners: from landed files, cells, published editions, exports and the registry, so that the lake is as if they had never come.

Every step can be done again, and none depends on what somebody else's code does: a cell that cannot be computed without them is taken
out. What a crash left open is finished by `resume`; what a restored registry brought back is erased by `replay`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, WrappedError
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.privacy.recalling import Recall, recall_exports
from wrapped_assets.rights.cases import (
    Batch,
    Case,
    close_case,
    forget_batch,
    is_open,
    open_batches,
    open_cases,
    record_cases,
    record_replayed,
    restricted_by,
)
from wrapped_assets.rights.elsewhere import outputs_that_name, remove_outputs
from wrapped_assets.rights.needles import Search
from wrapped_assets.rights.public_texts import names_of_music, without_public_texts
from wrapped_assets.rights.recomputing import compute_again
from wrapped_assets.rights.residue import Residue, ordinary, residue_of
from wrapped_assets.serving.rendered.forgetting import forget_pages
from wrapped_assets.storage import tables, tombstones
from wrapped_assets.storage.buckets import MOVING_SETTING, setting
from wrapped_assets.storage.database import empty_journal
from wrapped_assets.storage.inbox_folders import forget_drops
from wrapped_assets.storage.outputs import Output
from wrapped_assets.storage.purging import purge_landing
from wrapped_assets.storage.purging_cells import Gone, PurgedCells, purge_cells
from wrapped_assets.storage.registry import Listener, all_listeners
from wrapped_assets.storage.responsible import said_of_officers
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import walked
from wrapped_assets.storage.unheard_erasures import unheard_erasures
from wrapped_assets.storage.whole_files import destroy_parts


@dataclass
class Erasure:
    """What an erasure did, without a word about whom.

    `unbuilt_cells` could not be computed without them and are gone, as are `damaged_files`, which may have held them. `elsewhere` is what
    was written about them outside of the data root, `named_elsewhere` what was written about others and names them, or may.
    """

    case_id: str
    plays: int = 0
    landed_files: int = 0
    cells: int = 0
    unbuilt_cells: int = 0
    published_files: int = 0
    damaged_files: int = 0
    recalls: list[Recall] = field(default_factory=list)
    elsewhere: list[Output] = field(default_factory=list)
    named_elsewhere: list[Output] = field(default_factory=list)
    residue: Residue = field(default_factory=Residue)


def erase(project: Project, listener: Listener) -> Erasure:
    """Opens a case and carries it out. BuildError where something of the listener is left afterwards, with the files that hold it."""
    (done,) = erase_all(project, [listener])
    return done


def erase_all(project: Project, listeners: Iterable[Listener]) -> list[Erasure]:
    """The same for several at once: a landed file is rewritten once and a cell computed once, however many were in it."""
    return _carry_out(project, [open_cases(project.root, listeners)])


def resume(project: Project) -> list[Erasure]:
    """Finishes the cases that a crash left open."""
    project.root.engine  # noqa: B018 (opened first: a registry that brought people back has other cases than documents say)
    return _carry_out(project, open_batches(project.root))


def replay(project: Project) -> list[Erasure]:
    """Erases again whom a restored registry brought back, and tells it of the erasures that it has not heard of.

    The project's root must be open for replaying. WrappedError where an erasure is so old that nobody knows any more whose it was.
    """
    root = project.root
    unheard = unheard_erasures(root)
    restricted = restricted_by(root, [each.case_id for each in unheard])
    names = {listener.name: listener for listener in all_listeners(root)}
    erased = tombstones.erased_exactly(root, names) | {name for name, found in names.items() if found.listener_id in restricted}
    back = [names[name] for name in sorted(erased)]
    done = [*resume(project), *(erase_all(project, back) if back else [])]
    now = datetime.now(UTC)
    if lost := [each for each in unheard if not each.is_live(now) and each.case_id not in restricted.values()]:
        raise WrappedError(
            f"this registry is older than {len(lost):,} erasures whose names are not known any more, the last of "
            f"{lost[-1].erased_at:%Y-%m-%d}: nobody can tell whether these people are in it. Restore a backup from after that day, or "
            "import again into a new data root"
        )
    record_replayed(root, unheard)
    return done


def _carry_out(project: Project, batches: list[Batch]) -> list[Erasure]:
    root = project.root
    with root.lock("erasing"):  # one after the other: each rewrites files that the other reads
        open_now = [batch for batch in batches if is_open(root, batch)]  # or another process has finished it meanwhile
        cases = [case for batch in open_now for case in batch.cases]
        if not cases:
            return []
        for batch in open_now:
            record_cases(root, batch)
        done = _erase(project, cases)
        for batch in open_now:
            forget_batch(root, batch)
        root.files.empty_caches()  # of machines that have read whom the cases are about since
    return done


def _erase(project: Project, cases: list[Case]) -> list[Erasure]:
    root = project.root
    people = {case.needles.listener_id for case in cases}
    tombstones.entomb_all(root, {case.case_id: case.needles.name for case in cases})
    with root.lock("landing"):  # no import is under way, and none begins
        landed = purge_landing(root, people, EDGE)
    with root.lock("inbox"):
        dropped = sum(forget_drops(root.path, case.needles.name) for case in cases)
    with root.lock("publishing"):  # no edition is published from what is computed anew here
        computed, unbuilt = compute_again(project, people)
        gone = Gone(people, frozenset().union(*(case.needles.texts for case in cases)), unbuilt)
        purged = _purge(project, gone)
        pages = forget_pages(root, people, [each for case in cases for each in case.needles.pseudonyms])
    root.files.empty_caches()
    recalls = {case.case_id: recall_exports(root, case.needles.listener_id, case.case_id) for case in cases}
    elsewhere = {case.case_id: remove_outputs(root, case.needles.listener_id, case.outputs) for case in cases}
    _forget_people(root, people)
    root.documents.remove_unnamed()
    destroy_parts(root.path, but="cache")
    root.files.empty_caches()
    named, residue = _search(project, cases, gone)
    removed_later = "rendered pages, removed by the next `wrapped upload`"
    not_listed = "the store refused to list what it has: what was uploaded of theirs is removed, and nothing else was looked for"
    begun = None if root.lake else setting(root, MOVING_SETTING)
    sent = [(begun, "files of a move that is not finished, removed once `wrapped relocate` has finished it")] if begun else []
    told = [*sent, *((each, removed_later) for each in pages.unreached), *((each, not_listed) for each in pages.unlisted)]
    unreached = [Output(address, what, datetime.now(UTC)) for address, what in told]
    done = [
        Erasure(
            case.case_id, landed.plays[case.needles.listener_id], landed.files + dropped, computed, len(unbuilt),
            purged.rewritten + pages.files, len(purged.unreadable), recalls[case.case_id], [*elsewhere[case.case_id], *unreached], named,
            residue,
        )
        for case in cases
    ]  # fmt: skip
    for case, erasure in zip(cases, done, strict=True):
        close_case(root, case, _counts(erasure))
    return done


def _purge(project: Project, gone: Gone, *, in_every_column: bool = False) -> PurgedCells:
    graph = project.graph
    grain = {key: declaration.grain for key, declaration in graph.by_key.items()}
    return purge_cells(project.root, gone, lambda asset: grain.get(asset, ()), in_every_column=in_every_column)


def _forget_people(root: Root, listener_ids: Iterable[int]) -> None:
    """Deletes the registry's rows, and with them whatever hangs on them; SQLite's journal is emptied of what it held."""
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.listeners).where(tables.listeners.c.listener_id.in_(list(listener_ids))))
    empty_journal(root.engine)


def _search(project: Project, cases: list[Case], gone: Gone) -> tuple[list[Output], Residue]:
    """Searches everything once; returns the files elsewhere that may name somebody, and what was searched.

    BuildError where something is left, with the files that hold it.
    """
    root = project.root
    needles = [case.needles for case in cases]
    people = tuple(without_public_texts(root, needles))
    words = {each.name for each in people}.union(*(each.phrases for each in people))
    music = names_of_music(root, {each.name for each in people})
    search = Search(people, ordinary(words, root.path, said_of_officers(root)), music=music)
    named = outputs_that_name(root, search)
    found = residue_of(search, _searched(root), _stored_elsewhere(root))
    if any(hit.startswith("lake/") for hit in found.hits):  # a column that the dictionary calls something else than a listener
        _purge(project, gone, in_every_column=True)
        root.files.empty_caches()
        found = residue_of(search, _searched(root), _stored_elsewhere(root))
    found.public_texts = len(frozenset().union(*(each.texts for each in needles)) - frozenset().union(*(each.texts for each in people)))
    if root.engine.dialect.name != "sqlite":
        found.opaque["(registry)"] = "on a database server, whose own files, log and replicas are not here"
    if found.hits:
        raise BuildError(
            f"the erasure is incomplete: traces of the listener are left in {', '.join(found.hits[:5])}; stop whatever writes these files, "
            "then finish it with `wrapped erase --resume`"
        )
    return named, found


def _searched(root: Root) -> list[Path]:
    home = os.environ.get("DAGSTER_HOME")
    folders = [root.path, *root.files.copies()]
    is_beside = home is not None and not Path(home).resolve().is_relative_to(root.path.resolve())
    return [*folders, Path(home)] if home and is_beside else folders


def _stored_elsewhere(root: Root) -> Iterator[tuple[str, Path]]:
    """Every file that lies in a store as it is: its path, and a copy to read until the next one is asked for."""
    paths = [path for folder in root.folders for path in root.files.listed(folder)] if root.lake else []
    root.files.renew([path for path in paths if path.startswith("records/")])
    for path in walked(root.files, dict.fromkeys(paths, ())):
        if place := root.files.found(path):
            yield path, place


def _counts(done: Erasure) -> dict[str, object]:
    found = done.residue
    return {
        "plays": done.plays, "landed_files": done.landed_files, "cells": done.cells, "unbuilt_cells": done.unbuilt_cells,
        "published_files": done.published_files, "damaged_files": done.damaged_files, "recalls": len(done.recalls),
        "files_elsewhere": len(done.elsewhere) + len(done.named_elsewhere),
        "files_searched": found.files, "bytes_searched": found.bytes, "hits": 0, "doubtful": len(found.doubtful),
        "opaque": len(found.opaque), "pictures": found.pictures, "public_texts": found.public_texts,
        "search_sha256": found.sha256,
    }  # fmt: skip
