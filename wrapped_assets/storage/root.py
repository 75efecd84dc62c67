"""A data root: its folder, settings and locks."""

from __future__ import annotations

import json
import os
import re
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.storage.cell_paths import MOST_BUCKETS, is_bucket_count
from wrapped_assets.storage.chosen_store import check_taken, chosen_store
from wrapped_assets.storage.database import engine_for, migrate
from wrapped_assets.storage.documents import Documents, FolderDocuments
from wrapped_assets.storage.file_locks import held
from wrapped_assets.storage.identity import check_identity, check_place, mark_of, number_of
from wrapped_assets.storage.later import sa
from wrapped_assets.storage.private import keep_private, tighten
from wrapped_assets.storage.server_locks import ServerLocks
from wrapped_assets.storage.stored_files import FOLDERS, OLD_FOLDERS, FolderFiles, StoredFiles
from wrapped_assets.storage.stores import checked_address
from wrapped_assets.storage.unheard_erasures import check_erasures
from wrapped_assets.storage.whole_files import write_whole

SETTINGS_FILE = "root.json"
REGISTRY_FILE = "registry.sqlite"
LAKE = "WRAPPED_LAKE"  # names the object store of a root that is made
DEFAULT_BUCKET_COUNT = 1  # every further bucket multiplies a household's bookkeeping; a service asks for hundreds
LAYOUT_VERSION = 3
# Layouts: an older program must not look in the folder for what lies in a store. The second had lake and landing alone in it.
IN_THE_FOLDER, HALF_IN_A_STORE, IN_A_STORE = 1, 2, 3
MAIN = ""  # the environment that readers see; a named one lies over it and holds only what differs


@dataclass(frozen=True)
class Root:
    """An opened data root. `key` was fixed when it was made.

    `settings_count` is the number of buckets that its settings file said when it was opened: `buckets.bucket_count` knows it as of now.
    """

    path: Path
    settings_count: int
    key: bytes = field(repr=False)
    environment: str = MAIN
    registry_url: str = field(default="", repr=False)  # rather than the one that WRAPPED_REGISTRY_URL names, or the file in the root
    is_replaying: bool = False  # opened to carry out again the erasures that a restored registry has not heard of
    lake: str = ""  # the address of the object store that holds the files; none: they lie in the folder
    layout: int = LAYOUT_VERSION
    is_unfinished: bool = False  # opened to finish its move into a store
    takes_store: bool = False  # opened to make the store this registry's, see `ObjectStore.check`

    @classmethod
    def exists(cls, path: Path) -> bool:
        return (path / SETTINGS_FILE).exists()

    @classmethod
    def open(cls, path: Path) -> Root:
        """The root at `path`; InputError where there is none, WrappedError where a later program made it."""
        keep_private()
        if not cls.exists(path):
            how = "import an export first (`wrapped import PATH --listener NAME`), or choose one with --data"
            raise InputError(f"no data root at {path}: {how}")
        try:
            settings = json.loads((path / SETTINGS_FILE).read_text())
            layout, bucket_count, key = int(settings["layout"]), int(settings["bucket_count"]), bytes.fromhex(settings["key"])
            lake = str(settings.get("lake", ""))
        except (ValueError, KeyError, TypeError):
            raise WrappedError(f"the data root's {SETTINGS_FILE} is damaged: restore it from a backup; it holds the lake's key") from None
        if not is_bucket_count(bucket_count):  # a listener's bucket is the last bits of an id
            raise WrappedError(
                f"the data root's {SETTINGS_FILE} says {bucket_count} buckets, which is no power of two from 1 to {MOST_BUCKETS}: "
                "restore it from a backup; `wrapped rebucket` changes the number"
            )
        if layout > LAYOUT_VERSION:
            raise WrappedError(f"the data root has layout {layout}, this program knows {LAYOUT_VERSION}: update this program")
        tighten(path)
        return cls(path, bucket_count, key, lake=lake, layout=layout if lake else LAYOUT_VERSION)

    @classmethod
    def open_or_make(cls, path: Path, bucket_count: int | None = None, key: bytes | None = None, lake: str | None = None) -> Root:
        """The root at `path`, made where there is none. `key` names listeners in the lake: random unless a rebuild must agree.

        `lake` is the address of the object store for the files of lake and landing; without one they lie in the folder. InputError where
        the number of buckets is no power of two, or where it or the store differs from what the root was made with.
        """
        wanted = DEFAULT_BUCKET_COUNT if bucket_count is None else bucket_count
        if not is_bucket_count(wanted):
            raise InputError(f"the number of buckets must be a power of two from 1 to {MOST_BUCKETS}, got {wanted}")
        keep_private()
        if not cls.exists(path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
            key = key or secrets.token_bytes(32)
            made = cls(path, wanted, key, lake=chosen_store(lake or os.environ.get(LAKE), key))
            write_whole(path / SETTINGS_FILE, made.settings, replaces=False)
        root = cls.open(path)
        if lake and checked_address(lake) != root.lake:
            where = root.lake or "its folder"
            raise InputError(f"the files of this data root lie in {where}; that is fixed. Use a new root for another place")
        if bucket_count and bucket_count != (now := root.settings_count):
            raise InputError(f"this data root has {now} buckets, not {bucket_count}: leave --buckets out; `wrapped rebucket` divides them")
        return root

    @property
    def address(self) -> str:
        """Where the registry is, as a database URL; it may hold a password."""
        return self.registry_url or os.environ.get("WRAPPED_REGISTRY_URL") or f"sqlite:///{self.path / REGISTRY_FILE}"

    @property
    def registry_file(self) -> Path | None:
        """The registry where it is a SQLite file, made yet or not; None where it is on a server."""
        if not (self.registry_url or os.environ.get("WRAPPED_REGISTRY_URL")):
            return self.path / REGISTRY_FILE
        file = self.address.removeprefix("sqlite:///")
        return None if file == self.address or "?" in file else Path(file)

    @cached_property
    def engine(self) -> sa.Engine:
        """The registry and manifest: SQLite in the root, or the server that WRAPPED_REGISTRY_URL names. WrappedError for another root's."""
        url = self.address
        engine = engine_for(url)
        migrate(engine)
        check_identity(engine, url, self.path, self.key, SETTINGS_FILE, is_shared=self.is_shared)
        vars(self)["engine"] = engine  # what follows asks for it
        try:
            self._check_erasures()
        except BaseException:
            del vars(self)["engine"]
            raise
        return engine

    def _check_erasures(self) -> None:
        """Learns of the erasures that other machines carried out. WrappedError where the registry is older than one."""
        self._check_place()
        self.pull_tombstones()
        if not self.is_replaying:
            check_erasures(self)
        if self.is_shared:
            self.files.keep_to_epoch()

    def _check_place(self) -> None:
        if not (self.is_shared or self.is_unfinished):
            check_place(self.registry_file, lambda: self.engine)

    @cached_property
    def registry_mark(self) -> str:
        """What tells this registry from all others, and from its copies."""
        return mark_of(self.engine, self.registry_file, self.registry_number)

    @cached_property
    def registry_number(self) -> str:
        """The number that the registry had when this process began. Whoever takes the store over gives it another one."""
        return number_of(self.engine, is_new=self.takes_store)

    def drop_outdated(self, epoch: str) -> None:
        """Removes what this machine keeps beside its cache of people whom another machine has erased."""
        from wrapped_assets.storage import machine_copies

        if self.is_shared and not self.is_unfinished:
            machine_copies.keep_to(self, epoch)

    def pull_tombstones(self) -> None:
        """Learns of the erasures that other machines carried out."""
        if self.is_shared:
            from wrapped_assets.storage import shared_tombstones

            with self.lock("tombstones", shared=True):  # whoever changes the list here must not get back the one before
                shared_tombstones.pull(self)

    def replaying(self) -> Root:
        """The same root, open although its registry is older than an erasure: to replay that, or to take its store first."""
        return replace(self, is_replaying=True)

    def taking_store(self) -> Root:
        """The same root, which takes its store from another registry. Errors as of `check_taken`."""
        check_taken(self.lake, self.key)
        return replace(self, takes_store=True)

    def unfinished(self) -> Root:
        """The same root, open although a move into a store is not finished: for `wrapped relocate` alone."""
        return replace(self, is_unfinished=True)

    def within(self, environment: str) -> Root:
        """The same root, seen from a named environment; InputError for a name that no environment can have."""
        if not re.fullmatch(r"[a-z0-9~][a-z0-9_-]{0,62}", environment):
            raise InputError("expected an environment's name of at most 63 lower-case letters, digits, - and _")
        return replace(self, environment=environment)

    def surrogate(self, name: str) -> int:
        """The lake's id of a listener: 63 bits of a keyed hash, the same whatever else was imported before."""
        return int.from_bytes(blake2b(name.encode(), key=self.key, digest_size=8).digest(), "big") >> 1

    def note_bucket_count(self, count: int) -> None:
        """Repeats in the settings file what the registry says, for a registry that is lost."""
        write_whole(self.path / SETTINGS_FILE, replace(self, settings_count=count).settings)

    @property
    def settings(self) -> bytes:
        """What the root's settings file says."""
        where: dict[str, object] = {"layout": self.layout, "lake": self.lake} if self.lake else {"layout": IN_THE_FOLDER}
        return json.dumps({**where, "bucket_count": self.settings_count, "key": self.key.hex()}, indent=1).encode()

    @property
    def is_shared(self) -> bool:
        """Whether all that must outlive this machine lies in a store: other machines need nothing of this folder but its key."""
        return bool(self.lake) and self.layout >= IN_A_STORE

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders whose files `files` keeps in the store."""
        return FOLDERS if self.is_shared else OLD_FOLDERS

    @cached_property
    def files(self) -> StoredFiles:
        """The files of lake and landing, wherever they lie."""
        if not self.lake:
            return FolderFiles(self.path)
        from wrapped_assets.storage.object_files import ObjectFiles  # with what talks to stores, which most roots do without

        return ObjectFiles(self)

    @cached_property
    def documents(self) -> Documents:
        """The documents of this root, wherever they lie."""
        if not self.is_shared:
            return FolderDocuments(self.path, self._check_place, lambda: self.lock("documents"))
        from wrapped_assets.storage.object_documents import StoreDocuments

        return StoreDocuments(self)

    @cached_property
    def server_locks(self) -> ServerLocks | None:
        """The locks that machines share; None where the registry is a file, which serves one machine."""
        is_local = self.registry_file is not None or self.engine.dialect.name == "sqlite"
        return None if is_local else ServerLocks(self.engine)

    def lock(self, name: str, *, shared: bool = False, wait: bool = True) -> AbstractContextManager[bool]:
        """Holds a lock between processes; yields False where `wait` is off and another process has it. Freed by a crash.

        With a registry on a server these may be on several machines. RegistryUnavailable where it cannot be asked; WrappedError where the
        root was moved while a lock that moves hold was waited for.
        """
        return held(self.path / "locks", name, lambda: self.server_locks, self._check_place, shared=shared, wait=wait)
