"""The documents of a data root whose files lie in a store: sealed objects that the registry names, with copies on each machine.

Each version of a document is an object of its own, written whole. One transaction makes the registry name it instead of the version before,
which is removed afterwards. Whoever reads a document asks the registry which version there is, and compares its copy by hash.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import xxhash

from wrapped_assets.contracts.errors import BuildError, WriteError
from wrapped_assets.storage import object_notes
from wrapped_assets.storage.database import insert_new
from wrapped_assets.storage.documents import destroy_below, documents_in, fits, parts_in
from wrapped_assets.storage.files import system_error
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.object_files import ObjectFiles
from wrapped_assets.storage.root_of_a_store import RootOfAStore
from wrapped_assets.storage.sealing import BrokenSealError, seal, sealing_key, unseal
from wrapped_assets.storage.transactions import exclusive
from wrapped_assets.storage.whole_files import file_hash, is_intact, new_file, open_whole, write_whole

_VERSION = "~"  # between a document's name and what tells its versions apart
_LOCK = "documents"  # held while an object is sent that no document names yet


class _ChangedMeanwhileError(Exception):
    """Another process has replaced a document that was to be changed."""


class LockedRoot(RootOfAStore, Protocol):
    """What is asked of a data root whose documents lie in a store."""

    def lock(self, name: str, *, shared: bool = False, wait: bool = True) -> AbstractContextManager[bool]: ...


class StoreDocuments:
    """The documents of a data root whose `lake` names a store."""

    def __init__(self, root: LockedRoot) -> None:
        self._root, self._files, self._key = root, ObjectFiles(root), sealing_key(root.key)

    def names(self, pattern: str) -> list[str]:
        top = pattern.partition("/")[0]
        return sorted(name for name in self._recorded(top) if fits(name, pattern))

    def brought(self, name: str) -> Path:
        recorded = self._recorded(name)
        while missing := self._fetch_all(recorded):
            if (now := self._recorded(name)) == recorded:
                raise BuildError(f"{missing} is missing in the object store: restore it from a backup")
            recorded = now  # another process has replaced it meanwhile
        here = self._root.path / name
        below = here.rglob("*") if recorded else [here]  # of a folder that is not stored, all files are this process's own
        there = {path.relative_to(self._root.path).as_posix() for path in below if path.is_file()} - recorded.keys()
        for each in there - self._being_filled(there):  # another machine has forgotten it
            destroy_below(self._root.path / each)
        return here

    def _fetch_all(self, recorded: Mapping[str, tuple[str, str]]) -> str | None:
        """Makes this machine's copies those of the store; returns a document whose object is not there."""
        missing = (
            name
            for name, (path, digest) in sorted(recorded.items())
            if not is_intact(self._root.path / name, digest) and not self._fetch(name, path, digest)
        )
        return next(missing, None)

    def _being_filled(self, names: Collection[str]) -> set[str]:
        """Those of the names that are of an export which is just being staged, on this machine or another one."""
        if not any(name.startswith("exports/") for name in names):
            return set()
        table = tables.exports
        with self._root.engine.connect() as connection:
            ids = connection.execute(sa.select(table.c.export_id).where(table.c.state == "candidate")).scalars().all()
        return {name for name in names if name.startswith("exports/") and any(each in name for each in ids)}

    def write(self, name: str, content: bytes) -> None:
        self._send({name: content}, [name])
        with _told():
            write_whole(self._root.path / name, content)

    def change(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        while True:
            version = self._recorded(name).get(name, ("", ""))[0]
            try:
                before = self.brought(name).read_bytes() if version else None
            except FileNotFoundError:  # another process has just removed it
                continue
            if (after := change(before)) == before:
                return
            try:
                if after is None:
                    self._replace([], [name], instead_of={name: version})
                else:
                    self._send({name: after}, [name], instead_of={name: version})
            except _ChangedMeanwhileError:
                continue
            with _told():
                destroy_below(self._root.path / name) if after is None else write_whole(self._root.path / name, after)
            return

    def fill(self, name: str) -> Path:
        return self._root.path / name

    def keep(self, name: str) -> None:
        here = self._root.path / name
        files = [here] if here.is_file() else [path for path in sorted(here.rglob("*")) if path.is_file()]
        now = {path.relative_to(self._root.path).as_posix(): path for path in files}
        if not now:
            raise WriteError(f"what was written as {name} was removed meanwhile; nothing was changed: run the command again")
        self._send(now, sorted({*now, *self._recorded(name)}))

    def forget(self, name: str) -> None:
        self._replace([], sorted(self._recorded(name)))
        destroy_below(self._root.path / name)

    def purge(self) -> None:
        there = [*documents_in(self._root.path), *parts_in(self._root.path)]
        filled, recorded = self._being_filled(there), self._recorded("")
        for name in set(there) - filled:
            if name not in recorded or not is_intact(self._root.path / name, recorded[name][1]):
                destroy_below(self._root.path / name)

    def take_found(self) -> None:
        there, recorded = set(self._files.store.listed()), self._recorded("")
        for name, (path, _) in sorted(recorded.items()):
            if path in there:
                continue
            found = sorted(key for key in there if key.rpartition(_VERSION)[0] == name)
            opened = self._opened(name, found[0]) if len(found) == 1 else None  # of several nobody knows which is the newest
            rows = [] if opened is None else [{"name": name, "path": found[0], "file_hash": _hash_of(opened)}]
            self._replace(rows, [name])

    def _opened(self, name: str, path: str) -> bytes | None:
        """What an object holds as a document of this name; None where it is another's, or damaged."""
        content = io.BytesIO()
        with suppress(BrokenSealError):
            unseal(self._key, name, io.BytesIO(self._files.stored(path) or b""), content)
            return content.getvalue()
        return None

    def remove_unnamed(self) -> None:
        with self._root.lock(_LOCK), self._root.engine.connect() as connection:
            noted = set(connection.execute(sa.select(tables.objects.c.path).where(tables.objects.c.path.contains(_VERSION))).scalars())
            named = set(connection.execute(sa.select(tables.documents.c.path)).scalars())
        self._files.remove_objects(sorted(noted - named))

    def _recorded(self, name: str) -> dict[str, tuple[str, str]]:
        """Name → object and hash, of a document, or of all below a folder."""
        table = tables.documents
        query = sa.select(table.c.name, table.c.path, table.c.file_hash)
        if name:
            query = query.where((table.c.name == name) | table.c.name.startswith(f"{name}/", autoescape=True))
        with self._root.engine.connect() as connection:
            return {row.name: (row.path, row.file_hash) for row in connection.execute(query)}

    def _send(self, files: Mapping[str, bytes | Path], instead: Sequence[str], instead_of: Mapping[str, str] | None = None) -> None:
        """Sends documents, and has the registry name them once all are there, instead of the others of these names."""
        self._files.open()
        with self._root.lock(_LOCK, shared=True):
            paths = {name: f"{name}{_VERSION}{secrets.token_hex(8)}" for name in files}
            with exclusive(self._root.engine) as connection:
                self._files.noted(connection, list(paths.values()))
            rows = []
            for name, content in files.items():
                place = self._files.cache.new_place()
                try:
                    with _told(), new_file(place) as target, _read(content) as source:
                        seal(self._key, name, source, target)
                    self._files.send({paths[name]: place})
                finally:
                    place.unlink(missing_ok=True)
                rows.append({"name": name, "path": paths[name], "file_hash": _hash_of(content)})
            try:
                self._replace(rows, instead, instead_of)
            except _ChangedMeanwhileError:
                self._files.remove_objects(list(paths.values()))
                raise

    def _replace(self, rows: Sequence[dict[str, str]], names: Sequence[str], instead_of: Mapping[str, str] | None = None) -> None:
        """Has the registry name these versions, and no others of these names; then removes what it named before.

        `instead_of` says which versions that must be, by name: "" where there must be none. _ChangedMeanwhileError where others are there.
        """
        table, before = tables.documents, list[str]()
        with exclusive(self._root.engine) as connection:
            self._files.may_name(connection)
            for name, version in (instead_of or {}).items():
                if (connection.execute(sa.select(table.c.path).where(table.c.name == name)).scalar() or "") != version:
                    raise _ChangedMeanwhileError
            for some in _batches(names):
                before += connection.execute(sa.select(table.c.path).where(table.c.name.in_(some))).scalars()
                connection.execute(sa.delete(table).where(table.c.name.in_(some)))
            insert_new(connection, table, list(rows))
            object_notes.leave(connection, before)
        self._files.remove_objects(before)

    def _fetch(self, name: str, path: str, digest: str) -> bool:
        """Whether there is such an object; BuildError where it is damaged."""
        sealed = self._files.cache.new_place()
        try:
            with _told(), new_file(sealed) as file:
                found = self._files.store.get(path, file.write)
            if found is None:
                return False
            with _told(), open_whole(self._root.path / name) as target:
                with suppress(BrokenSealError), sealed.open("rb") as source:
                    unseal(self._key, name, source, target)
                target.flush()
                if not is_intact(Path(target.name), digest):
                    raise BuildError(f"{name} is damaged in the object store: restore it from a backup")
            return True
        finally:
            sealed.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(f"a document could not be written ({system_error(error)}); nothing was changed") from None


def _read(content: bytes | Path) -> io.BufferedReader | io.BytesIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _hash_of(content: bytes | Path) -> str:
    return xxhash.xxh3_128_hexdigest(content) if isinstance(content, bytes) else file_hash(content)


def _batches(names: Collection[str]) -> Iterator[list[str]]:
    listed = list(names)
    return (listed[start : start + 500] for start in range(0, len(listed), 500))
