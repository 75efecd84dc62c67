"""Links of a bucket's listeners, kept beside the landing: computed once for what is landed, and by month as `plays` reads them.

The files (`link_marks.py` says how they are named) can always be made anew, and are where they are damaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from wrapped_assets.building.identifying import identified_once
from wrapped_assets.building.link_marks import (
    NAMED,
    Known,
    Marks,
    folder_of,
    intact,
    keep_marks,
    kept_marks,
    named,
    stem_of,
)
from wrapped_assets.building.logics import stage
from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.contracts.known import known_schema
from wrapped_assets.kernels.engines import FEW_ROWS, engine_for
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.rows_by_id import RowsById, Scanned
from wrapped_assets.kernels.time_order import is_among
from wrapped_assets.kernels.versions import combined
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.listens.code import LANDED_TRACKS
from wrapped_assets.listens.known_names import Catalogue
from wrapped_assets.listens.link import LINKS, PLAYS_READ, linked
from wrapped_assets.listens.spellings import names_of
from wrapped_assets.planning.engine import LINKING
from wrapped_assets.storage import catalogues, landing, registry
from wrapped_assets.storage.chunks import PLAYS, TRACKS, Chunk
from wrapped_assets.storage.files import rows_of_files, write_parquet
from wrapped_assets.storage.landing import intact_path
from wrapped_assets.storage.lookups import rows_by_id
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month

Chunks = Mapping[tuple[str, str, int], list[Chunk]]
Linked = tuple[pl.DataFrame, pl.DataFrame]
MONTHLY: dict[str, pl.DataType] = {"month": pl.String(), **LINKS, "is_head": pl.Boolean(), "is_tail": pl.Boolean()}
MOST_TRACKS_KEPT = 200_000  # about 50 MB
_LAST_TRACKS: dict[tuple[Root, tuple[Chunk, ...]], pl.DataFrame] = {}  # one at most
_PARTS = {"whole": pl.lit(value=True), "head": pl.col("is_head"), "tail": pl.col("is_tail")}


def known_in(root: Root, years: Iterable[int]) -> dict[int, Known]:
    """The files of the catalogue by which each year is told: its edition's, or the newest."""
    newest = catalogues.newest(root)
    told_by = {year: edition.catalogue or newest for year, edition in registry.editions(root, years).items()}
    files = {version: catalogues.files_of(root, version) for version in set(told_by.values())}
    return {year: files[version] for year, version in told_by.items()}


def links_of(root: Root, chunks: Chunks, bucket: int, known: Known) -> Linked:
    """The bucket's links by month (MONTHLY) under a catalogue's names, and the tracks that they lead to (LANDED_TRACKS)."""
    name = named(chunks, bucket, linking_logic(), known)
    if name is None:
        return pl.DataFrame(schema=MONTHLY), pl.DataFrame(schema=LANDED_TRACKS)
    folder = folder_of(root)
    with suppress(FileNotFoundError):  # another process, which knows of other plays, may remove them
        kept = [intact(folder, stem_of(bucket, part, name)) for part in ("links", "tracks")]
        if all(kept):
            found = _read(*kept)
            with suppress(OSError):
                if kept_marks(folder, bucket, name) is None:
                    keep_marks(folder, bucket, name, _marks(_Same(found[0])))
            return found
    links, tracks = _computed(root, chunks, bucket, known)
    with suppress(BuildError, OSError):  # where nothing can be written, they are computed each time
        for part, rows in (("tracks", tracks), ("links", links)):
            _written(rows, folder, stem_of(bucket, part, name))
        keep_marks(folder, bucket, name, _marks(_Same(links)))
        for old in folder.glob(f"b{bucket:03d}-*"):
            if f"-{name.partition('-')[0]}-" not in old.name:
                old.unlink(missing_ok=True)
    return links, tracks


def _written(rows: pl.DataFrame, folder: Path, stem: str) -> Path:
    unnamed = folder / f"{stem}-.parquet"
    _, digest = write_parquet(rows, unnamed)
    return unnamed.replace(folder / f"{stem}-{digest}.parquet")


@lru_cache(maxsize=4)
def _read(links: Path, tracks: Path) -> Linked:
    return pl.read_parquet(links), pl.read_parquet(tracks)


def read_links(links: pl.DataFrame, month: Month) -> pl.DataFrame:
    """LINKS of a month and of the edges of the months beside it."""
    beside = pl.col("month") == str(month)
    for shift, flag in ((-1, "is_tail"), (1, "is_head")):
        beside |= (pl.col("month") == str(month.shift(shift))) & pl.col(flag)
    of_month = links.lazy().filter(beside).select(list(LINKS)).unique().sort("listener_id", "variant_id")
    return of_month.collect(engine=engine_for(links.height))


def marks_of(root: Root, chunks: Chunks, bucket: int, known: Known) -> Marks:
    """The hashes of a bucket's links by month, without a look at links that are kept."""
    name = named(chunks, bucket, linking_logic(), known)
    kept = {} if name is None else kept_marks(folder_of(root), bucket, name)
    return _marks(_Same(links_of(root, chunks, bucket, known)[0])) if kept is None else kept


class _Same:
    """A frame as a key: the very same one."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __hash__(self) -> int:
        return id(self.frame)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.frame is self.frame


@lru_cache(maxsize=4)
def _marks(links: _Same) -> Marks:
    """Of a bucket's links; every unit of the bucket asks for them."""
    months = links.frame.partition_by("month", as_dict=True)
    return {
        str(month): {part: _hash(rows.filter(rule).select(list(LINKS))) for part, rule in _PARTS.items()}
        for (month,), rows in months.items()
    }


def _hash(rows: pl.DataFrame) -> str:
    return combined(*frame_hashes(rows).values()) if rows.height else ""


def _computed(root: Root, chunks: Chunks, bucket: int, known: Known) -> Linked:
    tracks = tracks_of(root, chunks, bucket)
    if tracks.is_empty():  # an erasure may leave plays without tracks
        return pl.DataFrame(schema=MONTHLY), pl.DataFrame(schema=LANDED_TRACKS)
    whole = identified_once(tracks, tracks_named(root, chunks, bucket)).drop("release_group_id")
    names = names_of(whole, _catalogue(root, known))
    wanted = pl.LazyFrame({"variant_id": names.candidates()})
    if wanted.collect().is_empty():
        return pl.DataFrame(schema=MONTHLY), pl.DataFrame(schema=LANDED_TRACKS)
    landing.prepare(root, _of(chunks, PLAYS, bucket))
    scans = [
        pl.scan_parquet(intact_path(root, chunk)).select(PLAYS_READ).join(wanted, on="variant_id", how="semi").with_columns(
            month=pl.lit(chunk.month), is_head=head, is_tail=tail
        )
        for chunk in _of(chunks, PLAYS, bucket)
        for head, tail in [landing.in_edges(Month.parse(chunk.month), EDGE)]
    ]  # fmt: skip
    plays = rows_of_files(scans)
    links, led_to = linked(plays.select(PLAYS_READ), names)
    if links.is_empty():
        return pl.DataFrame(schema=MONTHLY), led_to
    who = ["month", "listener_id", "variant_id"]
    present = plays.group_by(who).agg(pl.col("is_head", "is_tail").any())
    monthly = present.join(links, on=["listener_id", "variant_id"]).select(list(MONTHLY)).sort(who)
    return monthly, led_to


def tracks_of(root: Root, chunks: Chunks, bucket: int) -> pl.DataFrame:
    """The landed tracks of a bucket (LANDED_TRACKS), each variant once, by variant; a track stands in every month in which it was played.

    Those of the last bucket are kept where they are few: what links them and what identifies them ask in turn.
    """
    _, files = of = tracks_named(root, chunks, bucket)
    if of in _LAST_TRACKS:
        return _LAST_TRACKS[of]
    landing.prepare(root, files)
    if 0 < sum(chunk.row_count for chunk in files) <= FEW_ROWS:
        scans = [pl.scan_parquet(intact_path(root, chunk)).select(list(LANDED_TRACKS)) for chunk in files]
        found = rows_of_files(scans).unique("variant_id", keep="any").sort("variant_id")
    else:
        found = _each_once(root, files)
    _LAST_TRACKS.clear()
    if found.height <= MOST_TRACKS_KEPT:
        _LAST_TRACKS[of] = found
    return found


def tracks_named(root: Root, chunks: Chunks, bucket: int) -> tuple[Root, tuple[Chunk, ...]]:
    """What the landed tracks of a bucket are: their files."""
    return root, tuple(_of(chunks, TRACKS, bucket))


def _each_once(root: Root, files: Iterable[Chunk]) -> pl.DataFrame:
    """The tracks of many files, of which most stand in several: the texts of each are read once."""
    parts, known = [pl.DataFrame(schema=LANDED_TRACKS)], np.empty(0, dtype=np.int64)
    for chunk in files:
        path = intact_path(root, chunk)
        ids = pl.read_parquet(path, columns=["variant_id"])["variant_id"].to_numpy()
        is_new = ~is_among(ids, known)
        if is_new.any():
            wanted = pl.col("variant_id").is_in(pl.Series(ids[is_new]).implode())
            parts.append(pl.scan_parquet(path).select(list(LANDED_TRACKS)).filter(wanted).collect())
            known = np.sort(np.concatenate([known, ids[is_new]]), kind="stable")
    return pl.concat(parts).sort("variant_id")


def _catalogue(root: Root, known: Known) -> Catalogue | None:
    if not any(asset in known for asset in NAMED):
        return None
    tables: list[RowsById] = []
    for asset in NAMED:
        file, schema = known.get(asset), known_schema(asset.removeprefix("sources/"))
        place = catalogues.intact(root, asset, file) if file else None
        tables.append(rows_by_id(root, file, place, schema) if file and place else Scanned(pl.LazyFrame(schema=schema)))
    return Catalogue(*tables)


def _of(chunks: Chunks, asset: str, bucket: int) -> Iterator[Chunk]:
    listed: Iterable[tuple[tuple[str, str, int], list[Chunk]]] = sorted(chunks.items())
    return (chunk for (kind, _, of), found in listed if (kind, of) == (asset, bucket) for chunk in found)


@cache
def linking_logic() -> str:
    """The code that links, as this process runs it, with all that it reaches."""
    return combined(pl.__version__, stage(LINKING))
