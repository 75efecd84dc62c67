"""Dagster's partitions, which are periods only, and how the periods of one asset map to those that it reads."""

import warnings
from functools import cache

import dagster as dg

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import EXTERNALS, Graph
from wrapped_assets.orchestration.where import data_root
from wrapped_assets.storage.first_month import first_month
from wrapped_assets.vocabulary.periods import Month

# Which periods around its own an asset reads, by the window of the read. Dagster has a partition for a year without plays, too, which
# holds nothing: what reads the latest year before follows it in the order of years, and reaches the year that it reads through it.
OFFSETS = {"period": (0, 0), "month_and_edges": (-1, 1), "previous_year": (-1, -1), "latest_year_before": (-1, -1)}
WITHOUT_PERIODS = frozenset(EXTERNALS.values()) - {EXTERNALS["landed_plays"], EXTERNALS["landed_tracks"]}  # as they are now


@cache
def loaded_periods() -> "Periods":
    """The periods of this process: they stay as they were when the definitions were loaded."""
    return Periods(first_month(data_root()))


class Periods:
    """The months and years of a project, from the January of its first month to the running month and year."""

    def __init__(self, first: Month) -> None:
        # A time window exists once it has ended; end_offset=1 adds the one that is running.
        self.months = dg.TimeWindowPartitionsDefinition(start=f"{first.year}-01", fmt="%Y-%m", cron_schedule="0 0 1 * *", end_offset=1)
        self.years = dg.TimeWindowPartitionsDefinition(start=f"{first.year}", fmt="%Y", cron_schedule="0 0 1 1 *", end_offset=1)

    def of(self, declaration: Declaration) -> dg.TimeWindowPartitionsDefinition:
        return self.months if declaration.kind == "month_bucket" else self.years

    def of_external(self, key: str) -> dg.TimeWindowPartitionsDefinition | None:
        """Months for what is landed; what the registry and a catalogue say has no period."""
        return None if key in WITHOUT_PERIODS else self.months


def periods_read(key: str, window: str, *, is_year: bool) -> dg.AssetDep:
    """What a month reads of one input: the months or years around its own that the window names, as many of them as exist."""
    mapping = None
    if key not in WITHOUT_PERIODS:
        start, end = OFFSETS[window] if is_year else (0, 0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.BetaWarning)
            mapping = dg.TimeWindowPartitionMapping(start, end, allow_nonexistent_upstream_partitions=True)
    return dg.AssetDep(dg.AssetKey(key.split("/")), partition_mapping=mapping)


def dependencies(graph: Graph, declaration: Declaration) -> list[dg.AssetDep]:
    """What an asset reads, each input once, with the mapping of periods.

    A year reads its months, as many of them as exist; a read of neighbours reaches past the first and last month and year.
    """
    reach: dict[str, list[tuple[int, int]]] = {}
    for key, read in graph.inputs(declaration):
        reach.setdefault(key, []).append(OFFSETS[read.window])
    deps = []
    for key, offsets in reach.items():
        start, end = min(first for first, _ in offsets), max(last for _, last in offsets)
        mapping = None
        if key not in WITHOUT_PERIODS:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", dg.BetaWarning)  # that months to come may not exist yet
                mapping = dg.TimeWindowPartitionMapping(start, end, allow_nonexistent_upstream_partitions=True)
        deps.append(dg.AssetDep(dg.AssetKey(key.split("/")), partition_mapping=mapping))
    return deps


def ranges(first: str, last: str) -> list[tuple[bool, str, str]]:
    """(whether of months, first partition, last partition) of the months and of the years in a range."""
    try:
        start, end = (Month.parse(text if "-" in text else f"{text}-{number:02d}") for text, number in ((first, 1), (last, 12)))
    except ValueError:
        raise InputError(f"expected months as YYYY-MM or years as YYYY, got {first!r} to {last!r}") from None
    if end < start:
        raise InputError(f"the range ends before it starts: {first} to {last}")
    return [(True, str(start), str(end)), (False, str(start.year), str(end.year))]
