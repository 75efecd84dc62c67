"""Finds the executor that `--on`, or a run's config, names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wrapped_assets.building.executor import Executor
from wrapped_assets.building.ray_cluster import JOINED, STARTED_HERE, is_address
from wrapped_assets.building.ray_executor import OnRay
from wrapped_assets.contracts.errors import InputError

HERE = "local"
PLACES = (
    f"{HERE} (processes of this machine), {STARTED_HERE} (a Ray cluster of this machine, for one build), {JOINED} (the Ray cluster that "
    "this machine belongs to) or ray://HOST:PORT"
)


@contextmanager
def executor_at(place: str, workers: int = 0) -> Iterator[Executor | None]:
    """What carries units out there; None for this machine's own processes. InputError for a place that is none.

    A cluster that is started for the build has a place for each of so many `workers`, and for one a processor. No cluster is started or
    joined before there is something to compute.
    """
    if place == HERE:
        yield None
        return
    if not is_address(place):
        raise InputError(f"expected a place where cells are computed: {PLACES}; got {place!r}")
    executor = OnRay(place, workers)
    try:
        yield executor
    finally:
        executor.close()
