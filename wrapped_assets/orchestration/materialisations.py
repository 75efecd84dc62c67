"""What Dagster is told of a partition: versions, provenance, and figures of the lake's cells, one event per partition."""

from base64 import urlsafe_b64encode
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
from dagster._core.event_api import EventRecordsFilter
from dagster._core.events import DagsterEvent, DagsterEventBatchMetadata, generate_event_batch_id
from dagster._core.storage.tags import BACKFILL_ID_TAG

from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration.facts import Fact, metadata
from wrapped_assets.storage.manifest import StoredCell
from wrapped_assets.vocabulary.periods import Cell

Columns = Mapping[str, str]
ALL, NONE = "all", "none"  # what may be said of the columns that came out changed, besides their names
COLUMNS, NAME_CHARACTERS, HASH_CHARACTERS = "wrapped/columns_", 3, 6
TAG_COLUMNS = 63 // (NAME_CHARACTERS + HASH_CHARACTERS)  # a tag holds 63 characters
EMPTY = "empty"  # the data version of a period of which nothing is stored
INITIAL = "INITIAL"  # Dagster's data version of an external asset that was never observed


@dataclass(frozen=True)
class Outcome:
    """Which cells of an asset a run computed, and what was stored of it before."""

    recomputed: Collection[Cell] = ()
    cut_off: Collection[Cell] = ()
    before: Mapping[Cell, StoredCell] = field(default_factory=dict)


def data_version(cells: Sequence[StoredCell]) -> str:
    """One version over the cells of a period, whoever computed them; `empty` where there is none."""
    return combined(*((stored.cell.bucket, stored.data_version) for stored in cells)) if cells else EMPTY


def figures(declaration: Declaration, cells: Sequence[StoredCell], outcome: Outcome | None, known: Columns | None) -> dict[str, Fact]:
    """Rows, bytes and seconds, how many cells a run computed and why, and whether that changed the output, and which columns.

    Without an outcome the cells were computed elsewhere, such as by `wrapped build`: they say why themselves, and are compared with the
    columns that Dagster knows of the partition (None: it knows none). The UI plots the numbers over the partitions.
    """
    facts: dict[str, Fact] = {
        "dagster/partition_row_count": sum(stored.row_count for stored in cells),
        "bytes": sum(stored.byte_count for stored in cells),
        "seconds": float(sum(stored.seconds for stored in cells)),
        "cells": len(cells),
    }
    ran = [stored for stored in cells if outcome and stored.cell in outcome.recomputed]
    if outcome and cells:
        facts |= {
            "cells_recomputed": len(ran),
            "cells_cut_off": sum(1 for stored in cells if stored.cell in outcome.cut_off),
            "cells_fresh": sum(1 for stored in cells if stored.cell not in outcome.cut_off) - len(ran),
        }
        changed = _changed(declaration, ran, outcome.before)
    else:
        changed = _differing(declaration, known, columns_of(cells))
    reasons = _counted(ran if outcome else cells) or ("nothing stale" if cells else "nothing landed")
    return facts | {"reasons": reasons, "output_changed": int(changed != NONE), "columns_changed": changed}


def _counted(cells: Sequence[StoredCell]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(Counter(stored.reason for stored in cells).items()))


def _changed(declaration: Declaration, cells: Sequence[StoredCell], before: Mapping[Cell, StoredCell]) -> str:
    """The columns that came out other than they were, in at least one cell."""
    if any(stored.cell not in before for stored in cells):
        return ALL
    pairs = [(stored.column_hashes, before[stored.cell].column_hashes) for stored in cells]
    return _named(declaration, {name for now, old in pairs for name in now.keys() | old.keys() if now.get(name) != old.get(name)})


def _differing(declaration: Declaration, known: Columns | None, now: Columns) -> str:
    if known is None or bool(known) != bool(now):
        return ALL if known or now else NONE
    differing = {name for name in known.keys() | now.keys() if known.get(name) != now.get(name)}
    names = {_short(name, NAME_CHARACTERS): name for name in declaration.schema}
    return _named(declaration, {names.get(short, short) for short in differing})


def _named(declaration: Declaration, names: Collection[str]) -> str:
    """As columns are declared now; `all` where the only ones that differ are gone."""
    return ", ".join(sorted(name for name in names if name in declaration.schema)) or (ALL if names else NONE)


def columns_of(cells: Sequence[StoredCell]) -> Columns:
    """Column → a short hash over the cells of a period; both are short, because an event's tags hold few characters."""
    names = sorted({name for stored in cells for name in stored.column_hashes})
    return {
        _short(name, NAME_CHARACTERS): _short(
            combined(*((each.cell.bucket, each.column_hashes.get(name)) for each in cells)), HASH_CHARACTERS
        )
        for name in names
    }


def _short(text: str, characters: int) -> str:
    return urlsafe_b64encode(bytes.fromhex(combined(text))).decode()[:characters]


def column_tags(cells: Sequence[StoredCell]) -> dict[str, str]:
    """The tags that keep the columns of a partition, by which the next event says which came out changed."""
    words = [name + version for name, version in columns_of(cells).items()]
    parts = ["".join(words[start : start + TAG_COLUMNS]) for start in range(0, len(words), TAG_COLUMNS)]
    return {f"{COLUMNS}{number}": part for number, part in enumerate(parts)}


def known_columns(instance: dg.DagsterInstance, key: str, periods: Collection[str]) -> dict[str, Columns]:
    """Period → the columns of its newest event, of some periods; those are missing of which Dagster knows nothing, or an older version."""
    asset, kind = dg.AssetKey(key.split("/")), dg.DagsterEventType.ASSET_MATERIALIZATION
    ids = instance.get_latest_storage_id_by_partition(asset, kind, set(periods))
    if not ids:
        return {}
    found = {}
    for record in instance.event_log_storage.get_event_records(EventRecordsFilter(kind, asset, storage_ids=list(ids.values()))):
        event = record.asset_materialization
        tags = event.tags or {} if event else {}
        text = "".join(text for name, text in sorted(tags.items()) if name.startswith(COLUMNS))
        if text or tags.get(DATA_VERSION_TAG) == EMPTY:
            words = [text[at : at + NAME_CHARACTERS + HASH_CHARACTERS] for at in range(0, len(text), NAME_CHARACTERS + HASH_CHARACTERS)]
            found[record.partition_key or ""] = {word[:NAME_CHARACTERS]: word[NAME_CHARACTERS:] for word in words}
    return found


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
    parents: Mapping[str, int | None], known: Columns | None = None,
) -> dg.AssetMaterialization:  # fmt: skip
    """The event of one partition. Where columns come from is said once, by the asset: here it would be most of every event."""
    facts: dict[str, Fact] = {**figures(declaration, cells, outcome, known), "fingerprint": code}
    return dg.AssetMaterialization(
        asset_key=declaration.key.split("/"), partition=period, metadata=metadata(facts, declaration.schema.keys()),
        tags=versions(code, data_version(cells), parents) | column_tags(cells),
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
