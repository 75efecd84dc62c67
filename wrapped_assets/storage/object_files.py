"""The files of lake, landing and catalogue as objects of a store, with copies on this machine.

An object is written whole under a name that follows from its content, and never renamed. Before one is sent its name is noted in the
registry, and the note goes once the store has removed it: so whatever may lie in the store is known without listing it, also after a
crash. Objects are read whole: the hash that is compared is of all bytes, and most files are needed by several readers.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from wrapped_assets.storage import object_notes
from wrapped_assets.storage.documents import TOPS as DOCUMENTS
from wrapped_assets.storage.identity import check_number
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.object_cache import FOLDER, LIMIT, ObjectCache, limit_of
from wrapped_assets.storage.object_store import ObjectStore, all_at_once, owner_of
from wrapped_assets.storage.root_of_a_store import RootOfAStore
from wrapped_assets.storage.stored_files import FolderFiles, NewFile, Placed, Transaction
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import write_whole

_IDLE_SECONDS = 600.0  # more than any request takes
_EPOCH = "cache_epoch"  # the setting that changes when copies of what was removed must go from every machine


class ObjectFiles:
    """The files of a data root whose `lake` names a store; those of other folders lie in the root."""

    def __init__(self, root: RootOfAStore) -> None:
        self._root, self._beside = root, FolderFiles(root.path)
        self._owner = owner_of(root.key)

    @property
    def store(self) -> ObjectStore:
        return _opened(self._root.lake, self._owner, self._root.registry_mark, os.getpid(), takes_over=self._root.takes_store)

    def open(self) -> None:
        """Opens the store, and has the registry have a number: to be called before a transaction that needs one."""
        self.store  # noqa: B018

    def abandon(self) -> None:
        """Leaves the prefix to whoever comes; its objects must be removed before."""
        self.store.abandon()
        _opened.cache_clear()

    @property
    def cache(self) -> ObjectCache:
        beside = os.environ.get(FOLDER)
        folder = Path(beside).absolute() / self._owner[:16] if beside else self._root.path.absolute() / "cache"
        return _cache_in(folder, limit_of(os.environ.get(LIMIT)), os.getpid())

    def write(self, wanted: Sequence[NewFile], transaction: Transaction | None = None) -> list[Placed]:
        from wrapped_assets.storage.frame_files import FrameFile, write_frames  # with Polars, which those who only look do without

        if not wanted:
            return []
        self.open()
        with transaction() if transaction else exclusive(self._root.engine) as connection:
            names = self.noted(connection, [each.path for each in wanted])
        cache = self.cache
        places = [cache.new_place() for _ in wanted]
        try:
            pairs = zip(wanted, places, strict=True)
            made = write_frames([FrameFile(each.frame, place, each.metadata) for each, place in pairs])
            self.send(dict(zip(names, places, strict=True)))
            for name, place in zip(names, places, strict=True):
                cache.take(place, name)
        finally:
            for place in places:
                place.unlink(missing_ok=True)
        return [Placed(name, size, digest) for name, (size, digest) in zip(names, made, strict=True)]

    def take(self, place: Path, path: str) -> None:
        if not self._is_object(path):
            self._beside.take(place, path)
            return
        self.open()
        with exclusive(self._root.engine) as connection:
            self.noted(connection, [path])
        self.send({path: place})
        self.cache.take(place, path)

    def send(self, places: Mapping[str, Path]) -> None:
        """Sends files under names that are noted. Errors as of `write`: also where the store is another registry's by now."""
        store = self.store
        store.check()
        all_at_once(lambda one: store.put(*one), list(places.items()))

    def noted(self, connection: sa.Connection, paths: Sequence[str]) -> list[str]:
        """Notes the names of objects before they are sent; RegistryUnavailable where the store was taken over. See `object_notes`."""
        check_number(connection, self._root.registry_number)
        return object_notes.note(connection, paths)

    def may_name(self, connection: sa.Connection) -> None:
        """To be called in a transaction that makes the registry name objects: RegistryUnavailable where the store was taken over."""
        check_number(connection, self._root.registry_number)
        self.store.check()  # by a registry that is not this one

    def intact(self, path: str, digests: Collection[str]) -> Path | None:
        if not self._is_object(path):
            return self._beside.intact(path, digests)
        self.keep_to_epoch()
        return _copied(self.cache, self.store, path, digests)

    def found(self, path: str) -> Path | None:
        return self.intact(path, ())

    def bytes_at(self, path: str) -> bytes | None:
        if not self._is_object(path):
            return self._beside.bytes_at(path)
        return self.stored(path)

    def stored(self, key: str) -> bytes | None:
        """The bytes of a small object as they are in the store; None where there is none."""
        parts: list[bytes] = []
        return b"".join(map(bytes, parts)) if self.store.get(key, parts.append) is not None else None

    def put(self, path: str, content: bytes, *, syncs: bool = True) -> None:
        if not self._is_object(path):
            self._beside.put(path, content, syncs=syncs)
            return
        self.open()
        with self._root.engine.begin() as connection:
            self.noted(connection, [path])
        place = self.cache.new_place()
        write_whole(place, content, syncs=False)
        try:
            self.send({path: place})
        finally:
            place.unlink(missing_ok=True)

    def prepare(self, wanted: Mapping[str, Collection[str]]) -> None:
        objects = [(path, digests) for path, digests in wanted.items() if self._is_object(path)]
        if len(objects) > 1:
            self.keep_to_epoch()
            cache, store = self.cache, self.store
            all_at_once(lambda one: _copied(cache, store, *one), objects)

    def held(self, paths: Collection[str]) -> set[str]:
        with self._root.engine.connect() as connection:
            there = {path for path, is_leaving in object_notes.noted(connection, paths).items() if not is_leaving}
        return there | self._beside.held([path for path in paths if not self._is_object(path)])

    def looks_whole(self, path: str, byte_count: int) -> bool:
        return True  # what is stored is what the manifest says

    def unrecordable(self, connection: sa.Connection, found: Collection[tuple[str, int]]) -> list[str]:
        self.may_name(connection)
        is_leaving = object_notes.noted(connection, [path for path, _ in found])
        return [path for path, _ in found if is_leaving.get(path, True)]

    def leave(self, connection: sa.Connection, paths: Collection[str]) -> Collection[str]:
        check_number(connection, self._root.registry_number)
        object_notes.leave(connection, paths)
        return paths

    def remove(self, paths: Collection[str]) -> None:
        self._beside.remove([path for path in paths if not self._is_object(path)])
        self.remove_objects([path for path in paths if self._is_object(path)])

    def remove_objects(self, paths: Collection[str]) -> None:
        """Removes objects of any name, and then the notes of them."""
        if not paths:
            return
        with self._root.engine.begin() as connection:
            self.leave(connection, paths)
        self.store.delete(sorted(paths))
        self.cache.forget(paths)
        with self._root.engine.begin() as connection:
            object_notes.forget(connection, paths)

    def listed(self, folder: str) -> list[str]:
        if not self._is_object(f"{folder}/"):
            return self._beside.listed(folder)
        with self._root.engine.connect() as connection:
            return object_notes.noted_below(connection, folder)

    def renew(self, paths: Collection[str]) -> None:
        self.cache.forget([path for path in paths if self._is_object(path)])

    def release(self) -> None:
        self.cache.release()

    def serve(self) -> None:
        self.cache.idle_seconds = _IDLE_SECONDS

    def copies(self) -> list[Path]:
        folder = self.cache.folder
        return [] if folder.resolve().is_relative_to(self._root.path.resolve()) else [folder]

    def empty_caches(self) -> None:
        with exclusive(self._root.engine) as connection:
            table = tables.settings
            connection.execute(sa.delete(table).where(table.c.name == _EPOCH))
            connection.execute(sa.insert(table).values(name=_EPOCH, value=secrets.token_hex(8)))
        self.keep_to_epoch()

    def keep_to_epoch(self) -> None:
        epoch = self._epoch()
        if epoch and not self.cache.is_of(epoch):
            self.cache.keep_only(lambda: {path for folder in self._root.folders for path in self.listed(folder)}, epoch)
        if epoch:
            self._root.drop_outdated(epoch)

    def _epoch(self) -> str:
        table = tables.settings
        with self._root.engine.connect() as connection:
            return connection.execute(sa.select(table.c.value).where(table.c.name == _EPOCH)).scalar() or ""

    def note(self, connection: sa.Connection, paths: Collection[str]) -> None:
        self.noted(connection, sorted(paths))

    def find_unknown(self) -> int:
        # For a registry that was restored from a backup. It never makes anything count as stored.
        tops = (*(f"{folder}/" for folder in self._root.folders), *DOCUMENTS)
        there = {key for key in self.store.listed() if key.startswith(tops)}
        with self._root.engine.connect() as connection:
            unknown = sorted(there.difference(connection.execute(sa.select(tables.objects.c.path)).scalars()))
        with exclusive(self._root.engine) as connection:
            self.noted(connection, unknown)
        return len(unknown)

    def _is_object(self, path: str) -> bool:
        return path.startswith(tuple(f"{folder}/" for folder in self._root.folders))


@lru_cache(maxsize=8)
def _opened(address: str, owner: str, registry: str, process: int, *, takes_over: bool) -> ObjectStore:
    """Opened once in a process: the mark is read once, and before anything is removed."""
    return ObjectStore(address, owner, registry, takes_over=takes_over)


@lru_cache(maxsize=8)
def _cache_in(folder: Path, limit: int, process: int) -> ObjectCache:
    return ObjectCache(folder, limit)


def _copied(cached: ObjectCache, store: ObjectStore, path: str, digests: Collection[str]) -> Path | None:
    """The copy of an object on this machine, made where there is none; None where the object is missing or damaged."""
    return cached.get(path, digests) or cached.fill(path, lambda file: store.get(path, file.write), digests)
