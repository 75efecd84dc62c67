"""Loads the situation of a data root: what the planner must know, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
import xxhash

from wrapped_assets.building.reuse import KnownRows
from wrapped_assets.building.yearly_inputs import given_by_the_year
from wrapped_assets.contracts.graph import EXTERNALS, Graph, project_graph
from wrapped_assets.kernels.hashing import combined, digests
from wrapped_assets.listens.localise import reach
from wrapped_assets.planning.fingerprint import fingerprint_of, logic_parts
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage import catalogues, manifest, registry
from wrapped_assets.storage.landing import NO_ROWS, PLAYS, Chunk, load_chunks, people_of
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell, Month, period_year

_LISTENERS, _EXCLUSIONS = EXTERNALS["listeners"], EXTERNALS["exclusions"]


@dataclass
class Project:
    """A data root and the declarations that are built in it."""

    root: Root
    graph: Graph = field(default_factory=project_graph)
    rows: KnownRows = field(default_factory=KnownRows)

    @cached_property
    def logic_parts(self) -> dict[str, dict[str, str]]:
        """What the logic fingerprint of every asset is made of."""
        return {key: logic_parts(found) for key, found in self.graph.by_key.items()}

    @cached_property
    def logic(self) -> dict[str, str]:
        """The logic fingerprint of every asset."""
        return {key: fingerprint_of(parts) for key, parts in self.logic_parts.items()}

    def situation(self) -> Situation:
        """The situation as it is now."""
        chunks = load_chunks(self.root)
        people = registry.listeners_frame(self.root)
        excluded = registry.exclusions_frame(self.root)
        landed: dict[tuple[str, str, int], dict[str, str]] = {}
        for (asset, month, bucket), found in chunks.items():
            landed[asset, month, bucket] = {
                part: _combined([getattr(chunk, part) for chunk in found]) for part in ("whole", "head", "tail")
            }
        _mark_reach(landed, chunks, people)
        landed.update(_people_hashes(chunks, people, excluded))
        stored, newest = manifest.load_cells(self.root), catalogues.newest(self.root)
        seen = {period_year(month) for _, month, _ in chunks} | {period_year(cell.period) for cell in stored}
        years = range(min(seen) - 1, max(seen) + 2) if seen else ()  # a year without plays between others has its histories
        editions = registry.editions(self.root, years)
        told_by = {year: edition.catalogue or newest for year, edition in editions.items()}
        landed.update(given_by_the_year(self.root, chunks, told_by))
        damaged = frozenset(cell for cell, found in stored.items() if not self._looks_whole(found))
        rules = {year: edition.rules for year, edition in editions.items()}
        frozen = frozenset(year for year, edition in editions.items() if edition.is_frozen)
        return Situation(self.graph, self.logic, rules, landed, stored, damaged, frozen, told_by)  # type: ignore[arg-type]

    def _looks_whole(self, stored: manifest.StoredCell) -> bool:
        """A quick look; the bytes themselves are compared whenever they are read."""
        try:
            return (self.root.path / stored.path).stat().st_size == stored.byte_count
        except OSError:
            return False


def _combined(hashes: list[str]) -> str:
    """One hash over the chunks of a cell; empty where none of them has a row there."""
    real = sorted(digest for digest in hashes if digest != NO_ROWS)
    return combined(*real) if real else ""


def _mark_reach(
    landed: dict[tuple[str, str, int], dict[str, str]], chunks: dict[tuple[str, str, int], list[Chunk]], people: pl.DataFrame
) -> None:
    """Says of landed months whether a listener's clock may put some of their plays into the month before ("early") or after ("late")."""
    ids, zones = people["listener_id"].to_numpy(), people["time_zone"].to_list()
    for key, found in chunks.items():
        for chunk in found:
            if chunk.is_early or chunk.is_late:
                present = {zones[place] for place in np.searchsorted(ids, people_of([chunk]))}
                reached = [reach(zone, Month.parse(chunk.month)) for zone in present]
                if chunk.is_early and any(behind for behind, _ in reached):
                    landed[key]["early"] = "yes"
                if chunk.is_late and any(ahead for _, ahead in reached):
                    landed[key]["late"] = "yes"


def _people_hashes(
    chunks: dict[tuple[str, str, int], list[Chunk]], people: pl.DataFrame, excluded: pl.DataFrame
) -> dict[tuple[str, str, int], dict[str, str]]:
    """What the registry says of the listeners of each month and bucket, and of no others: a newcomer changes no old month."""
    ids = people["listener_id"].to_numpy()
    zones = digests(people["time_zone"])
    wished: dict[int, list[tuple[str, int]]] = {}
    for listener_id, kind, target in excluded.iter_rows():
        wished.setdefault(listener_id, []).append((kind, target))
    wishes = digests(tuple(wished.get(listener_id, ())) for listener_id in ids.tolist())
    near: dict[tuple[str, int], list[Chunk]] = {}
    for (asset, month, bucket), found in chunks.items():
        if asset == PLAYS:
            for shift in (-1, 0, 1):
                near.setdefault((str(Month.parse(month).shift(shift)), bucket), []).extend(found)
    hashes: dict[tuple[str, str, int], dict[str, str]] = {}
    for (month, bucket), found in near.items():
        present = people_of(found)
        places = np.searchsorted(ids, present)
        for key, values in ((_LISTENERS, zones), (_EXCLUSIONS, wishes)):
            hashes[key, month, bucket] = {"whole": xxhash.xxh3_128(present.tobytes() + values[places].tobytes()).hexdigest()}
    return hashes


def cells_of(situation: Situation, keys: set[str] | None, periods: set[str] | None, buckets: set[int] | None = None) -> set[Cell]:
    """The expected cells of some assets, periods and buckets; None stands for all."""
    return {
        cell
        for cell in situation.expected()
        if (keys is None or cell.asset in keys)
        and (periods is None or cell.period in periods)
        and (buckets is None or cell.bucket is None or cell.bucket in buckets)
    }
