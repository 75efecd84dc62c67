"""What Dagster is told of a partition: versions, provenance, and figures of the lake's cells, one event per partition."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration.facts import Fact, metadata
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import Cell

INITIAL = "INITIAL"  # Dagster's data version of an external asset that was never observed


@dataclass(frozen=True)
class Outcome:
    """Which cells of an asset a run computed, and what was stored of it before."""

    recomputed: Collection[Cell] = ()
    cut_off: Collection[Cell] = ()
    before: Mapping[Cell, StoredCell] = field(default_factory=dict)


def data_version(cells: Sequence[StoredCell]) -> str:
    """One version over the cells of a period, whoever computed them; `empty` where there is none."""
    return combined(*((stored.cell.bucket, stored.data_version) for stored in cells)) if cells else "empty"


def figures(cells: Sequence[StoredCell], outcome: Outcome | None) -> dict[str, Fact]:
    """Rows, bytes and seconds, how many cells a run computed and why, and whether that changed anything.

    Without an outcome the cells were computed elsewhere, such as by `wrapped build`, and say why themselves. The UI plots the numbers
    over the partitions.
    """
    facts: dict[str, Fact] = {
        "dagster/partition_row_count": sum(stored.row_count for stored in cells),
        "bytes": sum(stored.byte_count for stored in cells),
        "seconds": float(sum(stored.seconds for stored in cells)),
        "cells": len(cells),
    }
    if not cells:
        return facts | {"reasons": "nothing landed"}
    if outcome is None:
        return facts | {"reasons": _counted(cells)}
    ran = [stored for stored in cells if stored.cell in outcome.recomputed]
    return facts | {
        "cells_recomputed": len(ran),
        "cells_cut_off": sum(1 for stored in cells if stored.cell in outcome.cut_off),
        "cells_fresh": sum(1 for stored in cells if stored.cell not in outcome.cut_off) - len(ran),
        "reasons": _counted(ran) or "nothing stale",
        "columns_changed": _changed(ran, outcome.before),
    }


def _counted(cells: Sequence[StoredCell]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(Counter(stored.reason for stored in cells).items()))


def _changed(cells: Sequence[StoredCell], before: Mapping[Cell, StoredCell]) -> str:
    """The columns that came out other than they were, in at least one cell."""
    if any(stored.cell not in before for stored in cells):
        return "all"
    pairs = [(stored.column_hashes, before[stored.cell].column_hashes) for stored in cells]
    names = sorted({name for now, old in pairs for name in now.keys() | old.keys() if now.get(name) != old.get(name)})
    return ", ".join(names) or "none"


def versions(code: str, data: str, parents: Mapping[str, int | None]) -> dict[str, str]:
    """The tags by which Dagster knows what is unsynced. `parents`: each input and the newest event of it that was there to be read."""
    tags = {CODE_VERSION_TAG: code, DATA_VERSION_TAG: data, DATA_VERSION_IS_USER_PROVIDED_TAG: "true", "wrapped/fingerprint": code}
    for key, pointer in parents.items():
        parent = dg.AssetKey(key.split("/"))
        tags[get_input_data_version_tag(parent)] = INITIAL
        tags[get_input_event_pointer_tag(parent)] = str(pointer) if pointer else "NULL"
    return tags


def materialisation(
    declaration: Declaration, period: str, cells: Sequence[StoredCell], outcome: Outcome | None, code: str,
    parents: Mapping[str, int | None],
) -> dg.AssetMaterialization:  # fmt: skip
    """The event of one partition. Where columns come from is said once, by the asset: here it would be most of every event."""
    facts: dict[str, Fact] = {**figures(cells, outcome), "fingerprint": code}
    return dg.AssetMaterialization(
        asset_key=declaration.key.split("/"), partition=period, metadata=metadata(facts, declaration.schema.keys()),
        tags=versions(code, data_version(cells), parents),
    )  # fmt: skip


def newest(event: dg.AssetMaterialization, row_count: int) -> dg.AssetMaterialization:
    """The last event of several also says how many rows the asset has as a whole, which the UI reads off the latest event."""
    return event.with_metadata({**event.metadata, **metadata({"dagster/row_count": row_count})})


def known_versions(instance: dg.DagsterInstance, key: str) -> dict[str, str]:
    """Period → the data version that Dagster knows; one query for all of them."""
    found = instance.event_log_storage.get_latest_tags_by_partition(
        dg.AssetKey(key.split("/")), dg.DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION_TAG]
    )
    return {period: tags.get(DATA_VERSION_TAG, "") for period, tags in found.items()}


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
