"""The store that is chosen for a data root: asked before anything says that the root lies there."""

from __future__ import annotations

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage.stores import checked_address


def chosen_store(address: str | None, key: bytes) -> str:
    """The address as a root with this key keeps it; "" where none is given.

    InputError for what is no address, or lies within another root's prefix; StoreUnavailable where the store does not answer, or where the
    prefix is another root's: a mistyped address or a wrong credential leaves no root behind.
    """
    if not address:
        return ""
    from wrapped_assets.storage.object_store import check_new, owner_of  # with what talks to stores, which most roots do without

    checked = checked_address(address)
    check_new(checked, owner_of(key))
    return checked


def check_taken(address: str, key: bytes) -> None:
    """Before the root with this key takes a store over, which changes its registry first and the store afterwards.

    InputError without a store; StoreUnavailable where it does not answer, or is another root's.
    """
    if not address:
        raise InputError("the files of this data root lie in its folder: there is no store to take over")
    from wrapped_assets.storage.object_store import check_owner, owner_of

    check_owner(address, owner_of(key))
