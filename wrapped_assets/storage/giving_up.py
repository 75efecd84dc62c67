"""Takes back a move into a store that was begun and not finished: `wrapped relocate --give-up`.

What was sent is removed, and the root stays in its folder, which was whole all the time. A setting of the registry says that this has
begun, and goes in the transaction that forgets the last of it: whoever is given next, this command or a move, begins with it again.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import sqlalchemy as sa

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import tables
from wrapped_assets.storage.buckets import GIVING_UP_SETTING, LAKE_SETTING, MOVING_SETTING, forget_settings, set_setting, setting
from wrapped_assets.storage.moves import NOTES, as_it_will_be, moving
from wrapped_assets.storage.object_files import ObjectFiles
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.shared_tombstones import SLOTS
from wrapped_assets.storage.stores import NoSuchBucketError
from wrapped_assets.storage.transactions import exclusive


@dataclass(frozen=True)
class GivenUp:
    """The store that the root was to move into, and how many objects were removed there, or left."""

    address: str
    removed: int
    left: int = 0


def give_up(root: Root, *, leaves_files: bool = False) -> GivenUp:
    """Gives up a move, whose objects are removed from the store, unless it `leaves_files`: for a store that does not answer any more.

    InputError where no move was begun, or where the root lies in the store already. StoreUnavailable where the store removes nothing.
    """
    if root.lake:
        raise InputError(f"the files of this data root lie in {root.lake}: there is no way back into a folder")
    root = root.unfinished()
    with moving(root):
        if switched := setting(root, LAKE_SETTING):
            raise InputError(f"the files of this data root lie in {switched} already: finish the move with `wrapped relocate {switched}`")
        if (address := setting(root, GIVING_UP_SETTING) or setting(root, MOVING_SETTING)) is None:
            raise InputError("no move of this data root was begun, so there is none to give up")
        return withdraw(root, address, leaves_files=leaves_files)


def withdraw(root: Root, address: str, *, leaves_files: bool = False) -> GivenUp:
    """Removes from a store what was sent to it for a move, and then all notes of it. The root must be kept from moving."""
    set_setting(root, GIVING_UP_SETTING, address)
    shutil.rmtree(root.path / NOTES, ignore_errors=True)  # from here on nothing counts as sent
    with root.engine.connect() as connection:
        sent = sorted(connection.execute(sa.select(tables.objects.c.path)).scalars())
    if not leaves_files:
        try:
            files = ObjectFiles(as_it_will_be(root, address))
            files.store.delete([*sent, *SLOTS])
            files.abandon()
        except NoSuchBucketError:  # and so none of it is there
            pass
    with exclusive(root.engine) as connection:
        for table in (tables.objects, tables.documents):
            connection.execute(sa.delete(table))
        forget_settings(connection, [MOVING_SETTING, GIVING_UP_SETTING])
    return GivenUp(address, 0, len(sent)) if leaves_files else GivenUp(address, len(sent))
