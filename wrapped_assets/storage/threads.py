"""How many threads Polars computes with."""

from __future__ import annotations

import os

ROWS_FOR_THREADS = 300_000  # plays of a root, from which on a second thread pays


def one_thread() -> None:
    """Polars computes with one thread: handing tiny frames to another costs a fifth.

    It is too late once Polars is imported, and nothing is done where the user has said how many.
    """
    if "POLARS_MAX_THREADS" not in os.environ:
        os.putenv("POLARS_MAX_THREADS", "1")
