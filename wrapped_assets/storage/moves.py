"""What moving a data root into a store, and taking that back, have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.root import LAYOUT_VERSION, Root

NOTES = "relocating"  # the folder that says what was sent


@contextmanager
def moving(root: Root) -> Iterator[None]:
    """Keeps others from moving the root. WrappedError where another process does."""
    with root.lock("relocating", wait=False) as is_mine:
        if not is_mine:
            raise WrappedError("another process is moving this data root: wait for it")
        yield


def as_it_will_be(root: Root, address: str) -> Root:
    """The root as it is after a move to this address."""
    there = replace(root, lake=address, layout=LAYOUT_VERSION)
    vars(there)["engine"] = root.engine  # the same registry, which does not lie in the store yet
    return there
