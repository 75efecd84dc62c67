"""Writes the files of many small frames together: encoded by one query, synced beside one another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

import polars as pl
import xxhash

from wrapped_assets.contracts.errors import WriteError
from wrapped_assets.storage.files import PACKED, ROW_GROUP_ROWS, system_error, write_parquet
from wrapped_assets.storage.whole_files import make_folders, new_file, sync

SMALL_BYTES = 4 << 20  # a frame up to this size is encoded in memory, beside others
BATCH_BYTES = 32 << 20  # of frames encoded together
_SYNCS_AT_ONCE = 8  # the file system commits waiting ones together


@dataclass(frozen=True)
class FrameFile:
    """A frame, where it is to be stored, and the metadata of its file."""

    frame: pl.DataFrame
    path: Path
    metadata: dict[str, str] = field(default_factory=dict)


def write_frames(wanted: Sequence[FrameFile]) -> list[tuple[int, str]]:
    """Writes frames as `write_parquet` does, with the same bytes and results; small ones are encoded and synced together.

    Where one fails, the files that are complete by then may stay: a caller that publishes by name removes them.
    """
    done: dict[Path, tuple[int, str]] = {}
    batch, size = list[FrameFile](), 0
    for each in wanted:
        own = int(each.frame.estimated_size())
        if own > SMALL_BYTES:
            done[each.path] = write_parquet(each.frame, each.path, each.metadata)
            continue
        if size + own > BATCH_BYTES:
            done |= _write_small(batch)
            batch, size = [], 0
        batch, size = [*batch, each], size + own
    done |= _write_small(batch)
    return [done[each.path] for each in wanted]


def _write_small(wanted: Sequence[FrameFile]) -> dict[Path, tuple[int, str]]:
    if not wanted:
        return {}
    try:
        contents = dict(zip([each.path for each in wanted], _encoded(wanted), strict=True))
        _place_all(contents)
    except (OSError, pl.exceptions.ComputeError) as error:
        raise WriteError(f"could not write under {wanted[0].path.parent.name}: {system_error(error)}; nothing was changed") from None
    return {path: (len(content), xxhash.xxh3_128_hexdigest(content)) for path, content in contents.items()}


def _encoded(wanted: Sequence[FrameFile]) -> list[memoryview]:
    """The bytes of each frame's file. One query for all: starting one costs more than encoding a small frame."""
    targets = [BytesIO() for _ in wanted]
    pl.collect_all(
        [
            each.frame.lazy().sink_parquet(
                target, row_group_size=ROW_GROUP_ROWS, metadata=each.metadata or None, statistics=False, lazy=True, **PACKED
            )
            for each, target in zip(wanted, targets, strict=True)
        ],
        optimizations=pl.QueryOptFlags.none(),  # there is nothing to do better
    )  # fmt: skip
    return [target.getbuffer() for target in targets]


def _sync_each(paths: Sequence[Path]) -> None:
    for path in paths:
        sync(path)


@cache
def _syncing() -> ThreadPoolExecutor:
    """Threads that wait for the disk; starting some for every unit would take longer than most units wait."""
    return ThreadPoolExecutor(_SYNCS_AT_ONCE, "syncing")


def _sync_all(paths: Sequence[Path]) -> None:
    """Returns when the disk has every file."""
    shares = [paths[start::_SYNCS_AT_ONCE] for start in range(_SYNCS_AT_ONCE)]
    try:
        waiting = [_syncing().submit(_sync_each, share) for share in shares if share]
    except RuntimeError:  # the system starts no more threads
        _sync_each(paths)
        return
    for done in waiting:
        done.result()


def _place_all(contents: Mapping[Path, memoryview]) -> None:
    """Writes every file beside its place, waits until the disk has all of them, then gives each its name."""
    run = secrets.token_hex(8)
    parts = {path: path.with_name(f".{run}-{number}.part") for number, path in enumerate(contents)}
    written: list[Path] = []
    make_folders(path.parent for path in contents)
    try:
        for path, part in parts.items():
            with new_file(part) as file:
                written.append(part)
                file.write(contents[path])
        _sync_all(written)
        for path, part in parts.items():
            part.replace(path)
    except BaseException:
        for part in written:
            part.unlink(missing_ok=True)
        raise
