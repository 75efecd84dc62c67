"""Distinguishes unrecorded files that are still being written from files that were left behind.

Whoever writes cells does so `in_flight`. An erasure that has changed the landing waits until what was in flight before has `settled`:
from then on nothing that was computed from the old plays is written any more, and what no row names is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from wrapped_assets.storage.root import Root

_DOOR, _INSIDE = "in_flight_door", "in_flight"


@contextmanager
def in_flight(root: Root) -> Iterator[None]:
    """Held from before the inputs are read until the files are recorded or removed. Not twice at once by one process."""
    with ExitStack() as held:
        with root.lock(_DOOR, shared=True):  # closed while somebody waits for the others, who would otherwise never all be out
            held.enter_context(root.lock(_INSIDE, shared=True))
        yield


def check_in_flight(root: Root) -> None:
    """RegistryUnavailable where whoever is in flight has lost the lock that says so: an erasure may have begun meanwhile."""
    if root.server_locks is not None:
        root.server_locks.check(_INSIDE)


@contextmanager
def settled(root: Root, *, wait: bool = True) -> Iterator[bool]:
    """Held while nothing is in flight; yields False where `wait` is off and something is."""
    with root.lock(_DOOR, wait=wait) as is_closed:
        if not is_closed:
            yield False
            return
        with root.lock(_INSIDE, wait=wait) as is_empty:
            yield is_empty
