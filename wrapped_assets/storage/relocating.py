"""Moves the files of a data root from its folder into an object store: `wrapped relocate`. `giving_up` takes a move back.

Files are sent while imports and builds go on, each compared with its recorded hash before and with what the store got after. What was sent
is noted beside the root, so that a command that was killed goes on. At the end everybody waits while the rest is sent and one transaction
of the registry says that the root lies in the store: before it the folder is whole, after it the store. Then the settings file repeats it,
and the files of the folder are removed. A root of an older program, which has only its lake and landing in a store, is completed in the
same way.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.storage import object_notes, shared_tombstones, tables
from wrapped_assets.storage.buckets import GIVING_UP_SETTING, LAKE_SETTING, MOVING_SETTING, set_setting, setting
from wrapped_assets.storage.chosen_store import chosen_store
from wrapped_assets.storage.documents import documents_in
from wrapped_assets.storage.file_locks import HELD_BY_MOVES
from wrapped_assets.storage.giving_up import withdraw
from wrapped_assets.storage.moves import NOTES, as_it_will_be, moving
from wrapped_assets.storage.object_files import ObjectFiles
from wrapped_assets.storage.records import record_paths
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.scrub import recorded_paths
from wrapped_assets.storage.stored_files import AT_ONCE, FOLDERS, OLD_FOLDERS
from wrapped_assets.storage.stores import checked_address
from wrapped_assets.storage.sweep import marked
from wrapped_assets.storage.tombstone_files import FILE, folder_of
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.verified import recorded_of
from wrapped_assets.storage.whole_files import file_hash, write_whole

Progress = Callable[[int, int], None]


@dataclass
class Relocated:
    """What was done. `resumed` files had been sent by an earlier process; `is_tidied_only`: it had done all but to tidy up."""

    address: str
    files: int = 0
    bytes: int = 0
    documents: int = 0
    resumed: int = 0
    seconds: float = 0.0
    is_tidied_only: bool = False


def relocate(root: Root, address: str, progress: Progress = lambda done, planned: None) -> Relocated:
    """Moves the root's files into the store, or finishes what a killed process began. Where a move was being given up, that ends first.

    InputError where the root lies in a store already, or another one was begun; WrappedError while another process does the same, or where
    a file is damaged.
    """
    started, done = time.monotonic(), Relocated(checked_address(address))
    is_half = bool(root.lake) and not root.is_shared and root.lake == done.address
    if root.lake and not is_half:
        if root.lake == done.address and (root.path / NOTES).exists():
            _tidy(root)
            return replace(done, is_tidied_only=True, seconds=time.monotonic() - started)
        raise InputError(f"the files of this data root lie in {root.lake}; only a root that lies in its folder can be moved into a store")
    root = root.unfinished()
    with moving(root):
        if given_up := setting(root, GIVING_UP_SETTING):
            withdraw(root, given_up)
        switched = setting(root, LAKE_SETTING)
        if (other := switched or setting(root, MOVING_SETTING)) not in (None, done.address):
            or_not = "" if switched else ", or take it back with `wrapped relocate --give-up`"
            raise InputError(f"a move was begun to {other}, and files were sent there: finish it with `wrapped relocate {other}`{or_not}")
        there = as_it_will_be(root, done.address)
        if switched is None:
            chosen_store(done.address, root.key)
            ObjectFiles(there).store.check()  # before anything is noted: an address that cannot be used is no move
            set_setting(root, MOVING_SETTING, done.address)
            _send_files(root, there, done, progress)
            with ExitStack() as held:
                for name in HELD_BY_MOVES:
                    held.enter_context(root.lock(name))
                held.enter_context(marked(root))
                held.enter_context(root.lock("build"))
                _send_files(root, there, done, progress)  # what was stored meanwhile
                _send_documents(root, there, done)
                set_setting(root, LAKE_SETTING, done.address)
        done.is_tidied_only = switched is not None
        _send_documents(root, there, done)  # what a process wrote that had begun before
        write_whole(root.path / "root.json", there.settings)
        _tidy(there)
    done.seconds = time.monotonic() - started
    return done


def _send_files(root: Root, there: Root, done: Relocated, progress: Progress) -> None:
    """Sends every file that a row names and that was not sent yet."""
    recorded = recorded_of(root, recorded_paths(root))
    sent = _sent(root)
    if root.lake:  # half of it lies there already
        recorded = {path: found for path, found in recorded.items() if path.partition("/")[0] not in OLD_FOLDERS}
    left = sorted(path for path, found in recorded.items() if sent.get(path, "") not in found.hashes)
    if not (done.files or done.resumed):  # the second look finds what the first one sent
        done.resumed = len(recorded) - len(left)
    for start in range(0, len(left), AT_ONCE):
        some = left[start : start + AT_ONCE]
        places = {path: root.files.intact(path, recorded[path].hashes) for path in some}
        if damaged := [path for path, place in places.items() if place is None]:
            raise WrappedError(
                f"a stored file is missing or damaged ({damaged[0]}), so nothing was moved yet: `wrapped repair --check` says what to do; "
                "then give this command again"
            )
        whole = {path: place for path, place in places.items() if place is not None}
        hashes = {path: file_hash(place) for path, place in whole.items()}
        _send(there, whole)
        done.files += len(some)
        done.bytes += sum(place.stat().st_size for place in whole.values())
        write_whole(root.path / NOTES / f"{len(sent):09}-{start:09}.json", json.dumps(hashes).encode())
        progress(start + len(some), len(left))


def _send(there: Root, places: dict[str, Path]) -> None:
    """Sends files under their own names."""
    files = ObjectFiles(there)
    with exclusive(there.engine) as connection:
        files.noted(connection, sorted(places))
    files.send(places)


def _sent(root: Root) -> dict[str, str]:
    found: dict[str, str] = {}
    for note in sorted((root.path / NOTES).glob("*.json")):
        found |= json.loads(note.read_bytes())
    return found


def _send_documents(root: Root, there: Root, done: Relocated) -> None:
    """Sends what is replaced under a name of its own: records, documents, the list of erasures."""
    for path in record_paths(root):
        if (content := root.files.bytes_at(path)) is not None:
            there.files.put(path, content)
    names = documents_in(root.path)
    with root.engine.connect() as connection:
        known = {row.name: row.file_hash for row in connection.execute(sa.select(tables.documents))}
    for name in sorted(known.keys() - set(names)):  # an earlier process sent it, and it is gone by now
        there.documents.forget(name)
    for name in names:
        if known.get(name) != file_hash(root.path / name):
            there.documents.keep(name)
            done.documents += 1
    if (folder_of(root.path) / FILE).exists():
        shared_tombstones.push(there)


def _tidy(root: Root) -> None:
    """Removes from the folder what lies in the store, and from the store what nothing names any more."""
    with root.lock("landing"), root.lock("catalogue"), root.lock("build"):
        named = {*recorded_paths(root), *record_paths(root)}
        for path in (path for folder in FOLDERS for path in _files_below(root.path / folder)):
            if not path.relative_to(root.path).as_posix().startswith("landing/links/"):  # which stay this machine's own
                path.unlink(missing_ok=True)
        with root.engine.connect() as connection:
            noted = {path for folder in FOLDERS for path in object_notes.noted_below(connection, folder)}
        root.files.remove(sorted(noted - named))
    root.documents.remove_unnamed()
    shutil.rmtree(root.path / NOTES, ignore_errors=True)


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
