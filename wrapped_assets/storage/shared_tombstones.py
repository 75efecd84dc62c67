"""The list of erasures and its keys, as all machines of a data root in a store share them: one sealed object beside the registry.

It lies under one name that no registry has to know, so that a restored registry does not undo erasures. What lies on this machine is a copy
of it, which each process compares when it opens the data root.
"""

from __future__ import annotations

import io
from pathlib import Path

import orjson

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.object_files import ObjectFiles, RootOfAStore
from wrapped_assets.storage.sealing import BrokenSealError, seal, sealing_key, unseal
from wrapped_assets.storage.tombstone_files import FILE, folder_of, generations, key_path
from wrapped_assets.storage.whole_files import destroy, new_file, write_whole

OBJECT = "tombstones"


def pull(root: RootOfAStore) -> None:
    """Makes this machine's list and keys those of the store. WrappedError where the object is damaged, StoreUnavailable as ever."""
    files = ObjectFiles(root)
    sealed, plain = files.cache.new_place(), io.BytesIO()
    try:
        with new_file(sealed) as file:
            if files.store.get(OBJECT, file.write) is None:
                return
        unseal(sealing_key(root.key), OBJECT, sealed, plain)
        found = orjson.loads(plain.getvalue())
    except (BrokenSealError, ValueError):
        raise WrappedError("the list of erasures in the object store is damaged, so erased listeners could come back unseen: restore it "
                           f"from a backup ({root.lake}/{OBJECT})") from None  # fmt: skip
    finally:
        sealed.unlink(missing_ok=True)
    keys = {int(number): text for number, text in found["keys"].items()}
    for number, text in keys.items():  # before the list that needs them
        _write(key_path(root.path, number), text)
    _write(folder_of(root.path) / FILE, found["list"])
    for number in set(generations(root.path)) - set(keys):
        destroy(key_path(root.path, number))


def push(root: RootOfAStore) -> None:
    """Makes the store's list and keys those of this machine. The lock "tombstones" must be held since they were pulled."""
    files = ObjectFiles(root)
    keys = {str(number): key_path(root.path, number).read_text() for number in generations(root.path)}
    document = orjson.dumps({"list": (folder_of(root.path) / FILE).read_text(), "keys": keys}, option=orjson.OPT_SORT_KEYS)
    place = files.cache.new_place()
    try:
        with new_file(place) as file:
            seal(sealing_key(root.key), OBJECT, io.BytesIO(document), file)
        files.store.put(OBJECT, place)
    finally:
        place.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        write_whole(path, text.encode())
