"""The list of erasures and its keys, as all machines of a data root in a store share them: a sealed object beside the registry.

It lies under names that no registry has to know, so that a restored registry does not undo erasures. What lies on this machine is a copy
of it, which each process compares when it opens the data root.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import orjson

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.object_files import ObjectFiles
from wrapped_assets.storage.root_of_a_store import RootOfAStore
from wrapped_assets.storage.sealing import seal, sealing_key, unseal
from wrapped_assets.storage.tombstone_files import FILE, folder_of, generations, key_path
from wrapped_assets.storage.whole_files import destroy, new_file, write_whole

# One after the other, the older one first: an object that arrives torn leaves the other one, and one may be damaged later.
SLOTS = ("tombstones/0", "tombstones/1")


def pull(root: RootOfAStore) -> None:
    """Makes this machine's list and keys those of the store. WrappedError where nothing whole is left, StoreUnavailable as ever."""
    if (found := _newest(root)) is None or found["list"] is None:
        return
    keys = {int(number): text for number, text in found["keys"].items()}
    for number, text in keys.items():  # before the list that needs them
        _write(key_path(root.path, number), text)
    _write(folder_of(root.path) / FILE, found["list"])
    for number in set(generations(root.path)) - set(keys):
        destroy(key_path(root.path, number))


def push(root: RootOfAStore) -> None:
    """Makes the store's list and keys those of this machine. The lock "tombstones" must be held since they were pulled."""
    if (before := _newest(root)) is None:
        before = {"number": 0, "list": None, "keys": {}}
        _send(root, before, SLOTS[0])  # so that there is one whole object when the first list is sent
    keys = {str(each): key_path(root.path, each).read_text() for each in generations(root.path)}
    document = {"number": before["number"] + 1, "list": (folder_of(root.path) / FILE).read_text(), "keys": keys}
    for turn in (0, 1):
        _send(root, document, SLOTS[(document["number"] + turn) % 2])


def _send(root: RootOfAStore, document: dict[str, Any], slot: str) -> None:
    files = ObjectFiles(root)
    place = files.cache.new_place()
    try:
        with new_file(place) as file:
            seal(sealing_key(root.key), slot, io.BytesIO(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)), file)
        files.send({slot: place})
    finally:
        place.unlink(missing_ok=True)


def _newest(root: RootOfAStore) -> dict[str, Any] | None:
    """The whole object with the highest number; None where there is none yet."""
    there = [(slot, content) for slot in SLOTS if (content := ObjectFiles(root).stored(slot)) is not None]
    whole = [found for slot, content in there if (found := _opened(root, slot, content)) is not None]
    if not whole and SLOTS[1] in dict(there):  # the first one is written before any list is
        raise WrappedError(
            "the list of erasures in the object store is damaged, so erased listeners could come back unseen: restore "
            f"{root.lake}/tombstones from a backup"
        )
    return max(whole, key=lambda found: found["number"], default=None)


def _opened(root: RootOfAStore, slot: str, content: bytes) -> dict[str, Any] | None:
    plain = io.BytesIO()
    try:
        unseal(sealing_key(root.key), slot, io.BytesIO(content), plain)
        return orjson.loads(plain.getvalue())
    except ValueError:
        return None


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        write_whole(path, text.encode())
