"""One prefix of an object store: sends files whole, compares what arrived, gives objects back and removes them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import xxhash

from wrapped_assets.contracts.errors import InputError, WriteError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.stores import StoreUnavailable, checked_address, in_words, is_without_bucket, open_store
from wrapped_assets.storage.whole_files import file_hash

REQUESTS_AT_ONCE = 8  # of one process
PART_BYTES = 16 << 20  # what is larger is sent in parts of this size
_TRIES = 3  # of an object that arrives as another one
_MARK = "wrapped-root"  # the object that says whose prefix this is


class ObjectStore:
    """A prefix of a store, opened for one data root and its registry. StoreUnavailable where the prefix is another's, see `check`.

    With `takes_over` it is made this registry's first.
    """

    def __init__(self, address: str, owner: str, registry: str, *, takes_over: bool = False) -> None:
        self.address, self._owner, self._registry = checked_address(address), owner, registry
        self._store: Any = open_store(self.address)
        if takes_over:
            self.take_over()
        self._claim()
        self.check()

    def put(self, key: str, place: Path) -> None:
        """Sends a file and compares what the store says of it. WriteError where another one arrives each time.

        Whose the prefix is by now was asked before: see `ObjectFiles.send`.
        """
        import obstore

        wanted = _tag_of(place)
        for _ in range(_TRIES):
            with in_words(self.address):
                in_parts = place.stat().st_size > PART_BYTES
                told = obstore.put(
                    self._store, key, place, use_multipart=in_parts, chunk_size=PART_BYTES, max_concurrency=REQUESTS_AT_ONCE // 2
                )
            if (told.get("e_tag") or "").strip('"') == wanted:
                return
            if self.get(key, len) == file_hash(place):  # a store that encrypts has tags of another kind: it is read back
                return
        raise WriteError(f"{self.address} keeps other bytes than it was sent, {_TRIES} times in a row; nothing was changed")

    def get(self, key: str, write: Callable[[Any], object]) -> str | None:
        """Hands an object's bytes to `write`, and returns their hash; None where there is no such object."""
        import obstore

        state = xxhash.xxh3_128()
        with in_words(self.address):
            try:
                found = obstore.get(self._store, key)
                for part in found.stream(min_chunk_size=1 << 20):
                    state.update(part)
                    write(part)
            except (FileNotFoundError, _not_found()) as error:
                if is_without_bucket(error):
                    raise
                return None
        return state.hexdigest()

    def delete(self, keys: Sequence[str]) -> None:
        """Removes objects; those that are gone already are no error. Whose the prefix is by now is asked first."""
        import obstore

        self.check()
        with in_words(self.address):
            for start in range(0, len(keys), 1000):
                try:
                    obstore.delete(self._store, list(keys[start : start + 1000]))
                except (FileNotFoundError, _not_found()):  # and perhaps others of the batch were not removed
                    for key in keys[start : start + 1000]:
                        try:
                            obstore.delete(self._store, key)
                        except (FileNotFoundError, _not_found()):
                            continue

    def listed(self) -> list[str]:
        """What the store lists of the prefix: to find what nobody knows of any more, see `ObjectFiles.find_unknown`.

        What lies below another root's mark is that root's.
        """
        import obstore

        with in_words(self.address):
            found = sorted(each["path"] for batch in obstore.list(self._store) for each in batch)
        others = tuple(path.removesuffix(_MARK) for path in found if path.endswith(f"/{_MARK}"))
        return [path for path in found if not path.startswith(others)]

    def take_over(self) -> None:
        """Makes the prefix this registry's, whichever had it before; another root's stays that root's."""
        import obstore

        with in_words(self.address):
            if (there := _mark_of(self._store)) is not None and there.partition("\n")[0] != self._owner:
                raise _of_another_root(self.address)
            obstore.put(self._store, _MARK, self._wanted.encode(), use_multipart=False)

    def abandon(self) -> None:
        """Takes the mark away: the prefix is nobody's then."""
        import obstore

        self.delete([])  # asks whose it is by now
        with in_words(self.address):
            obstore.delete(self._store, [_MARK])

    def check(self) -> None:
        """StoreUnavailable where the prefix is another root's, or in use by another registry: a copy's, or the original's."""
        with in_words(self.address):
            there = _mark_of(self._store)
        if (there or "").partition("\n")[0] != self._owner:
            raise _of_another_root(self.address)
        if there != self._wanted:
            raise StoreUnavailable(
                f"{self.address} is in use by another registry of this data root, of which this one is a copy or was restored from a "
                "backup: two that change one store destroy each other's files. Use the other one; or, once it is gone for good, run "
                "`wrapped repair --take-store` here",
                may_pass=False,
            )

    @property
    def _wanted(self) -> str:
        return f"{self._owner}\n{self._registry}"

    def _claim(self) -> None:
        """Leaves the mark of this root and its registry in a new prefix, or where a program that knew of no registries has left its own."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, NotSupportedError, PreconditionError

        with in_words(self.address):
            there = _mark_of(self._store)
            if there is None:
                try:
                    obstore.put(self._store, _MARK, self._wanted.encode(), mode="create", use_multipart=False)
                except (AlreadyExistsError, PreconditionError):
                    pass
                except (NotSupportedError, NotImplementedError):  # without conditions the last of two writers wins: both read it back
                    obstore.put(self._store, _MARK, self._wanted.encode(), use_multipart=False)
            elif there == self._owner:
                obstore.put(self._store, _MARK, self._wanted.encode(), use_multipart=False)


def owner_of(key: bytes) -> str:
    """What a store's mark says of the data root with this key."""
    return combined("objects of a root", key)


def check_owner(address: str, owner: str) -> None:
    """StoreUnavailable where the store does not answer, or the prefix is another root's."""
    with in_words(address):
        found = _mark_of(open_store(address))
    if found is not None and found.partition("\n")[0] != owner:
        raise _of_another_root(address)


def check_new(address: str, owner: str) -> None:
    """Before a root is put there: StoreUnavailable where the store does not answer, or the prefix is, or lies within, another root's."""
    check_owner(address, owner)
    within, slash, _ = address.rstrip("/").rpartition("/")
    while slash and not within.endswith(("/", ":")):
        with suppress(StoreUnavailable), in_words(within):  # the credentials may be for the inner prefix alone
            if _mark_of(open_store(within)) is not None:
                raise InputError(f"{address} lies within {within}, which is a data root's: choose a prefix beside it")
        within, slash, _ = within.rpartition("/")


def _mark_of(store: Any) -> str | None:
    import obstore

    try:
        return bytes(obstore.get(store, _MARK).bytes()).decode(errors="replace")
    except (FileNotFoundError, _not_found()) as error:
        if is_without_bucket(error):
            raise
        return None


@cache
def _requests(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(REQUESTS_AT_ONCE, "store")


def all_at_once(do: Callable[[Any], object], ones: Sequence[Any]) -> None:
    """Does it for each, a bounded number at a time; the first error is raised once all have ended."""
    waiting = [_requests(os.getpid()).submit(do, one) for one in ones]
    if errors := [error for each in waiting if (error := each.exception())]:
        raise errors[0]


def _of_another_root(address: str) -> StoreUnavailable:
    return StoreUnavailable(f"{address} is another data root's: each needs a prefix of its own", may_pass=False)


def _not_found() -> type[Exception]:
    from obstore.exceptions import NotFoundError

    return NotFoundError


def _tag_of(place: Path) -> str:
    """What most stores answer once they have taken a file: the MD5 of its bytes, or of the MD5s of its parts and their number."""
    with place.open("rb") as file:
        parts = [hashlib.md5(part, usedforsecurity=False) for part in iter(lambda: file.read(PART_BYTES), b"")]
    if place.stat().st_size <= PART_BYTES:
        return parts[0].hexdigest() if parts else ""
    whole = hashlib.md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
    return f"{whole.hexdigest()}-{len(parts)}"
