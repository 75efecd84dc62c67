"""Removes a listener from the landed data by rewriting every file that holds their plays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import polars as pl
import sqlalchemy as sa

from wrapped_assets.storage import tables
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.chunks import PLAYS, TRACKS, Chunk, load_chunks
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.in_flight import settled
from wrapped_assets.storage.landed_pairs import read_chunk, tracks_by_variants, variants_of
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import FolderFiles
from wrapped_assets.storage.sweep import sweep

_REJECTED = "landing/rejected"


@dataclass(frozen=True)
class Purged:
    """What was rewritten or removed."""

    files: int
    plays: dict[int, int]  # of each listener


def purge_landing(root: Root, listener_ids: Collection[int], edge: object) -> Purged:
    """Rewrites the landed files of some listeners' months, each file once, and removes what only an unfinished import left behind.

    Rows and files change in one transaction and then on the disk; done twice, the second time finds nothing. Afterwards no build is
    computing from what was there before: what such a build was writing is waited for, and removed. `edge` is how far a month's neighbours
    read into it. The landing's lock must be held. DamagedFileError for a damaged file: once it is restored or removed, do it again.
    """
    everything = load_chunks(root)
    writer = LandingWriter(root, edge)  # type: ignore[arg-type]
    gone: list[Chunk] = []
    lost: list[Chunk] = []
    plays, buckets = dict.fromkeys(listener_ids, 0), {bucket_of(root, each) for each in listener_ids}
    for (asset, month, bucket), chunks in everything.items():
        if asset != PLAYS or bucket not in buckets:
            continue
        if not (theirs := [chunk for chunk in chunks if _holds(chunk, listener_ids)]):
            continue
        named = [chunk for chunk in everything.get((TRACKS, month, bucket), []) if root.files.found(chunk.path)]
        missing = [chunk for chunk in everything.get((TRACKS, month, bucket), []) if chunk not in named]
        tracks = tracks_by_variants(root, named)
        shared = _variants_of_others(root, [chunk for chunk in chunks if chunk not in theirs])
        for chunk in theirs:
            if root.files.found(chunk.path) is None:
                lost.append(chunk)
                continue
            rows = read_chunk(root, chunk)
            is_theirs = pl.col("listener_id").is_in(list(listener_ids))
            kept = rows.filter(~is_theirs)
            for each, count in rows.filter(is_theirs).group_by("listener_id").len().iter_rows():
                plays[each] += count
            beside = tracks.get(variants := variants_of(rows), [])
            if not beside and missing:  # they may be those of the others in this file
                read_chunk(root, missing[0])
            gone += [chunk] if variants in shared else [chunk, *beside]
            if kept.height and beside:
                writer.add(kept, read_chunk(root, beside[0]).drop("is_head", "is_tail"))
                writer.flush()
            root.files.release()
    _replace(root, list({chunk.path: chunk for chunk in gone}.values()), writer.chunks)
    _forget_in_lost(root, lost, listener_ids)
    with settled(root):
        sweep(root)
    return Purged(len({chunk.path for chunk in gone}) + _remove_rejected(root, listener_ids) + remove_unrecorded(root), plays)


def texts_of(root: Root, listener_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Titles and names that stand in the tracks of each of these listeners, and in those of nobody besides them."""
    found = {each: set[str]() for each in listener_ids}
    others = set[str]()
    for is_theirs, rows in _texts(root, listener_ids):
        if not is_theirs:
            others.update(rows["text"])
        else:
            for (listener_id,), texts in rows.group_by("listener_id"):
                found[listener_id].update(texts["text"])  # type: ignore[index]
    return {each: frozenset(texts - others) for each, texts in found.items()}


def within_others(root: Root, listener_ids: Collection[int], texts: Collection[str]) -> set[str]:
    """Those of the texts that stand inside of a text of somebody besides these listeners."""
    found = set[str]()
    wanted = sorted(texts)
    for is_theirs, rows in _texts(root, listener_ids) if wanted else ():
        if not is_theirs:
            found.update(rows["text"].str.extract_many(wanted, overlapping=True).explode().drop_nulls())
    return found


def _texts(root: Root, listener_ids: Collection[int]) -> Iterator[tuple[bool, pl.DataFrame]]:
    """The texts of landed tracks, bucket by bucket: those of the listeners (listener_id, text), then those of everybody else (text).

    Rows that an import of somebody else could not use are kept as that person's, so their texts are everybody else's too.
    """
    everything = load_chunks(root)
    theirs = {bucket_of(root, each) for each in listener_ids}
    for bucket in sorted({bucket for _, _, bucket in everything}):
        plays, tracks = (
            [
                place
                for (asset, _, own), chunks in everything.items()
                for chunk in chunks
                if (asset, own) == (kind, bucket) and (place := root.files.intact(chunk.path, {chunk.file_hash}))
            ]
            for kind in (PLAYS, TRACKS)
        )
        if not plays or not tracks:
            continue
        played = pl.concat(pl.scan_parquet(path).select("listener_id", "variant_id") for path in plays).unique()
        named = pl.scan_parquet(tracks).select("variant_id", "recording_name", "artist_name", "release_group_name").unique("variant_id")
        texts = named.unpivot(index="variant_id", value_name="text").drop_nulls("text").select("variant_id", "text")
        is_theirs = pl.col("listener_id").is_in(list(listener_ids))
        if bucket in theirs:
            yield True, played.filter(is_theirs).join(texts, on="variant_id").select("listener_id", "text").unique().collect()
        yield False, texts.join(played.filter(~is_theirs), on="variant_id", how="semi").select("text").unique().collect()
        root.files.release()
    for path in root.files.listed(_REJECTED):
        with suppress(pl.exceptions.PolarsError, OSError):  # a damaged one goes with the erasure
            rows = _read(root, path).filter(~pl.col("listener_id").is_in(list(listener_ids)))
            yield False, rows.select(text=pl.concat_list("title", "artist_credit")).explode("text").drop_nulls().unique()


def _holds(chunk: Chunk, listener_ids: Collection[int]) -> bool:
    return bool(np.isin(list(listener_ids), np.frombuffer(chunk.people or b"", dtype="<i8")).any())


def _variants_of_others(root: Root, others: list[Chunk]) -> set[bytes]:
    """The variants of each of some chunks of plays: the file of tracks with the same ones is theirs too."""
    found = set()
    for chunk in others:
        with suppress(DamagedFileError):
            found.add(variants_of(read_chunk(root, chunk, "variant_id")))
    return found


def _replace(root: Root, gone: list[Chunk], fresh: list[Chunk]) -> None:
    new = {chunk.path: chunk for chunk in fresh}
    old = {chunk.path for chunk in gone} - new.keys()
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.chunks).where(tables.chunks.c.path.in_([chunk.path for chunk in gone])))
        known = set(connection.execute(sa.select(tables.chunks.c.path)).scalars())
        rows = [{name: getattr(chunk, name) for name in Chunk.__slots__} for path, chunk in new.items() if path not in known]
        if rows:
            connection.execute(sa.insert(tables.chunks), rows)
    root.files.remove(old)


def _forget_in_lost(root: Root, lost: list[Chunk], listener_ids: Collection[int]) -> None:
    """Takes the listeners from the lists of whom missing files were about; that they are missing stays known."""
    table = tables.chunks
    with root.engine.begin() as connection:
        for chunk in lost:
            left = np.setdiff1d(np.frombuffer(chunk.people or b"", dtype="<i8"), list(listener_ids)).astype("<i8")
            connection.execute(sa.update(table).where(table.c.path == chunk.path).values(people=left.tobytes()))


def _read(root: Root, path: str) -> pl.DataFrame:
    """A file whose bytes nobody compares: what it may hold counts."""
    place = root.files.found(path)
    if place is None:
        raise FileNotFoundError(path)
    return pl.read_parquet(place)


def _remove_rejected(root: Root, listener_ids: Collection[int]) -> int:
    """Removes the rows that an import of theirs could not use, with the note of that import; also a damaged file, which may be theirs."""
    removed = 0
    for path in root.files.listed(_REJECTED):
        try:
            is_theirs = _read(root, path)["listener_id"].is_in(list(listener_ids)).any()
        except (pl.exceptions.PolarsError, OSError):
            is_theirs = True
        if is_theirs:
            with root.engine.begin() as connection:
                connection.execute(sa.delete(tables.imports).where(tables.imports.c.rejected_path == path))
            root.files.remove([path])
            removed += 1
    return removed


def remove_unrecorded(root: Root) -> int:
    """Removes files of the landing that no row names: of an import that was killed and never repeated; links, which can be made anew.

    The landing's lock must be held.
    """
    with root.engine.connect() as connection:
        named = set(connection.execute(sa.select(tables.chunks.c.path)).scalars())
        named |= {path for path in connection.execute(sa.select(tables.imports.c.rejected_path)).scalars() if path}
    root.files.remove(orphans := [path for path in root.files.listed("landing") if path not in named])
    beside = FolderFiles(root.path)  # links lie there, wherever the landed files do
    beside.remove(left := [path for path in beside.listed("landing") if path not in named])
    return len(orphans) + len(left)
