"""How a process that computes holds memory: what it frees, it uses again, rather than giving it back to the system and asking anew."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Polars asks jemalloc. One arena, because in several ones each thread keeps what it freed; and none for large tables that is emptied at
# once. Polars puts its own settings before these when it is imported; what a second and a half did not need goes back to the system.
POLARS = "narenas:1,oversize_threshold:0"
# NumPy and compiled kernels ask the C library, by glibc's numbers for mallopt(3): arrays up to 64 MB come from what was freed, not from
# new pages each; up to 128 MB stay; one arena.
GLIBC = ((-3, 64 << 20), (-1, 128 << 20), (-8, 1))


def use_again() -> None:
    """Sets this up, where the system has it, before Polars is imported. What the user has set stays.

    A build of three million listens takes a third less of the system's time.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", POLARS)
    if sys.platform == "linux" and not any(name.startswith("MALLOC_") for name in os.environ):
        with suppress(AttributeError, OSError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            for parameter, value in GLIBC:
                mallopt(parameter, value)


def give_back() -> None:
    """Gives what was freed between things that are still held back to the system, where the C library can: after large steps, whose
    holes the next one may not fit into."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def collected_by_hand() -> Iterator[None]:
    """Python looks for cycles only where the block calls `gc.collect`: for work that makes many objects which live long and have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
