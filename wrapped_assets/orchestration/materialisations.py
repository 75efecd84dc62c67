"""What Dagster is told of a partition: versions, provenance, and figures of the lake's cells, one event per partition."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.events import DagsterEvent, DagsterEventBatchMetadata, generate_event_batch_id
from dagster._core.storage.tags import BACKFILL_ID_TAG

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.graph import Graph
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration.facts import Fact, metadata
from wrapped_assets.orchestration.portrait import lineage
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import Cell

INITIAL = "INITIAL"  # Dagster's data version of an external asset that was never observed


@dataclass(frozen=True)
class Outcome:
    """Which cells of an asset a run computed; nothing of it where the cells were computed elsewhere."""

    recomputed: Collection[Cell] = ()
    cut_off: Collection[Cell] = ()


def data_version(cells: Sequence[StoredCell]) -> str:
    """One version over the cells of a period, whoever computed them; `empty` where there is none."""
    return combined(*((stored.cell.bucket, stored.data_version) for stored in cells)) if cells else "empty"


def figures(cells: Sequence[StoredCell], outcome: Outcome) -> dict[str, Fact]:
    """Rows, bytes, seconds, and how many cells were computed and why. Plotted over the partitions by the UI."""
    ran = [stored for stored in cells if stored.cell in outcome.recomputed]
    reasons = Counter(stored.reason for stored in (ran or cells))
    return {
        "dagster/partition_row_count": sum(stored.row_count for stored in cells),
        "bytes": sum(stored.byte_count for stored in cells),
        "seconds": float(sum(stored.seconds for stored in cells)),
        "cells": len(cells),
        "cells_recomputed": len(ran),
        "cells_cut_off": sum(1 for stored in cells if stored.cell in outcome.cut_off),
        "cells_fresh": sum(1 for stored in cells if stored.cell not in outcome.cut_off) - len(ran),
        "reasons": ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or "nothing landed",
    }


def versions(code: str, data: str, parents: Mapping[str, int | None]) -> dict[str, str]:
    """The tags by which Dagster knows what is unsynced. `parents`: each input and the newest event of it that was there to be read."""
    tags = {CODE_VERSION_TAG: code, DATA_VERSION_TAG: data, DATA_VERSION_IS_USER_PROVIDED_TAG: "true", "wrapped/fingerprint": code}
    for key, pointer in parents.items():
        parent = dg.AssetKey(key.split("/"))
        tags[get_input_data_version_tag(parent)] = INITIAL
        tags[get_input_event_pointer_tag(parent)] = str(pointer) if pointer else "NULL"
    return tags


def materialisation(
    asset: str, period: str, cells: Sequence[StoredCell], outcome: Outcome, code: str, parents: Mapping[str, int | None]
) -> dg.AssetMaterialization:
    """The event of one partition."""
    facts: dict[str, Fact] = {**figures(cells, outcome), "fingerprint": code}
    return dg.AssetMaterialization(
        asset_key=asset.split("/"), partition=period, metadata=metadata(facts), tags=versions(code, data_version(cells), parents)
    )


def newest(event: dg.AssetMaterialization, declaration: Declaration, graph: Graph, row_count: int) -> dg.AssetMaterialization:
    """The last event of several also says what holds for the asset as a whole: its rows, and where its columns come from.

    The UI reads both off the latest event.
    """
    whole = {**metadata({"dagster/row_count": row_count}), "dagster/column_lineage": lineage(graph, declaration)}
    return event.with_metadata({**event.metadata, **whole})


def newest_event(instance: dg.DagsterInstance) -> int | None:
    """The newest event there is: whatever of an input comes later was not read."""
    return instance.event_log_storage.get_maximum_record_id()


def logged(context: dg.AssetExecutionContext, events: Sequence[dg.AssetMaterialization]) -> Iterator[DagsterEvent]:
    """Records the events of a run's partitions as one batch.

    Dagster itself copies one data version to all partitions of a run; so its own event is left out (see `runs.silent_result`).
    """
    step, batch = context.op_execution_context.get_step_execution_context(), generate_event_batch_id()
    backfill = context.run.tags.get(BACKFILL_ID_TAG)
    for number, event in enumerate(events, 1):
        said = event._replace(tags={**event.tags, BACKFILL_ID_TAG: backfill}) if backfill and event.tags is not None else event
        yield DagsterEvent.asset_materialization(step, said, DagsterEventBatchMetadata(batch, number == len(events)))
