"""The same situation that a build would load (`situate.py`), without Polars and without assets. A law compares both.

The registry is read by `reading`, the code is known by `known_code`, and what the registry says of a few listeners is hashed row by row.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

import xxhash

from wrapped_assets.building.known_code import KnownCode
from wrapped_assets.building.link_marks import add_marks, folder_of, kept_marks, named
from wrapped_assets.building.reaching import mark_reach
from wrapped_assets.contracts.lineage import EXTERNALS, YEARLY
from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.kernels.plain_columns import whole_numbers_hash
from wrapped_assets.kernels.versions import combined
from wrapped_assets.planning.situation import NO_BUCKET, Situation
from wrapped_assets.storage import catalogues, people, registry
from wrapped_assets.storage.buckets import divisions
from wrapped_assets.storage.cell_paths import is_path_of
from wrapped_assets.storage.chunks import NO_ROWS, PLAYS, Chunk, load_chunks
from wrapped_assets.storage.damage import noted_damage
from wrapped_assets.storage.manifest import load_cells
from wrapped_assets.storage.reading import Reader
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.spans import asked_spans
from wrapped_assets.vocabulary.periods import Month, period_year

_MOST_LISTENERS = 2_000  # beyond, NumPy is faster than its import is slow
_PROFILE = ("listener_id", "country", "birth_year", "place_name", "is_findable", "is_recommending", "is_sharing")
Chunks = Mapping[tuple[str, str, int], list[Chunk]]
Hashes = dict[tuple[str, str, int], dict[str, str]]


def glanced(root: Root, known: KnownCode, reader: Reader) -> Situation | None:
    """The situation as the reader sees it; None where it cannot be told without more."""
    stored, chunks = load_cells(root, connection=reader), load_chunks(root, connection=reader)
    listeners = people.listener_rows(reader)
    if len(listeners) > _MOST_LISTENERS or noted_damage(root, reader):
        return None
    seen = {period_year(month) for _, month, _ in chunks} | {period_year(cell.period) for cell in stored}
    editions = registry.editions(root, range(min(seen) - 1, max(seen) + 2) if seen else (), reader)
    newest = catalogues.newest(root, reader)
    told_by = {year: edition.catalogue or newest for year, edition in editions.items()}
    files = {version: catalogues.files_of(root, version, reader) for version in set(told_by.values())}
    landed: Hashes = {slot: _parts(found) for slot, found in chunks.items()}
    for bucket in sorted({bucket for _, _, bucket in chunks}):
        for version, tables in files.items():
            name = named(chunks, bucket, known.linking, tables)
            marks = {} if name is None else kept_marks(folder_of(root), bucket, name)
            if marks is None:
                return None
            add_marks(bucket, version, marks, told_by, landed)
    _add_people(landed, chunks, reader, listeners)
    members = people.member_rows(reader)
    for year, version in told_by.items():
        if members:
            columns = zip(("group_id", "listener_id"), zip(*members, strict=True), strict=True)
            landed[EXTERNALS["groups"], str(year), NO_BUCKET] = {name: whole_numbers_hash(values) for name, values in columns}
        for asset, file in files[version].items():
            landed[asset, str(year), NO_BUCKET] = file.column_hashes
    mark_reach(landed, chunks, dict(listeners))
    damaged = frozenset(cell for cell, found in stored.items() if not looks_whole(root, found))
    frozen = frozenset(year for year, edition in editions.items() if edition.is_frozen)
    rules = {year: edition.rules for year, edition in editions.items()}
    spans, divided = asked_spans(root, reader), divisions(root, reader)
    return Situation(known.graph, known.logic, rules, landed, stored, damaged, frozen, told_by, spans, divided)


def looks_whole(root: Root, stored: StoredCell) -> bool:
    """A quick look: the row names the cell's own file, and its size is right. Whoever reads the file compares its bytes."""
    return is_path_of(stored.path, stored.cell, stored.data_version) and root.files.looks_whole(stored.path, stored.byte_count)


def _parts(found: Iterable[Chunk]) -> dict[str, str]:
    """One hash over the chunks of a cell, whole and of its ends; empty where none of them has a row there."""
    hashes = {}
    for part in ("whole", "head", "tail"):
        real = sorted(digest for digest in (getattr(chunk, part) for chunk in found) if digest != NO_ROWS)
        hashes[part] = combined(*real) if real else ""
    return hashes


def _add_people(landed: Hashes, chunks: Chunks, reader: Reader, listeners: Iterable[people.Row]) -> None:
    """Adds what the registry says of the listeners of each period and bucket, and of no others."""
    said: dict[str, dict[str, dict[int, bytes]]] = {  # input → part or column → listener → digest of what is said
        EXTERNALS["listeners"]: {"whole": _of_each(listeners)},
        EXTERNALS["exclusions"]: {"whole": _of_each(people.exclusion_rows(reader))},
        EXTERNALS["profiles"]: _by_column([row for some in people.profile_rows(reader) for row in some]),
    }
    nothing = _digest(None)
    for (period, bucket), present in _listeners_by_period(chunks).items():
        numbers = array("q", sorted(present))
        for key, parts in said.items():
            if (key in YEARLY) == ("-" not in period):
                landed[key, period, bucket] = {
                    name: xxhash.xxh3_128_hexdigest(numbers.tobytes() + b"".join([found.get(each, nothing) for each in numbers]))
                    for name, found in parts.items()
                }


def _of_each(rows: Iterable[people.Row]) -> dict[int, bytes]:
    """A digest of all rows of each listener at once."""
    found: dict[int, list[people.Row]] = {}
    for listener_id, *said in rows:
        found.setdefault(listener_id, []).append(tuple(said))  # type: ignore[arg-type]
    return {listener_id: _digest(tuple(said)) for listener_id, said in found.items()}


def _by_column(rows: Iterable[people.Row]) -> dict[str, dict[int, bytes]]:
    """A digest of each column of each listener's row."""
    return {name: {row[0]: _digest(row[place]) for row in rows} for place, name in enumerate(_PROFILE)}  # type: ignore[misc]


def _digest(value: object) -> bytes:
    return bytes.fromhex(combined(value))  # type: ignore[arg-type]


def _listeners_by_period(chunks: Chunks) -> dict[tuple[str, int], set[int]]:
    """(month or year, bucket) → whose landed plays may belong to it."""
    found: dict[tuple[str, int], set[int]] = {}
    for (asset, month, bucket), listed in chunks.items():
        if asset == PLAYS:
            months = [Month.parse(month).shift(shift) for shift in (-1, 0, 1)]
            present = {listener_id for chunk in listed for listener_id in chunk.listener_ids()}
            for period in {*map(str, months), *(str(each.year) for each in months)}:
                found.setdefault((period, bucket), set()).update(present)
    return found

