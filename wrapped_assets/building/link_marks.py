"""The hashes of a bucket's links by month, kept as text beside the tables of links, so that a plan opens no table.

All files of links are named by what they follow from, the landed files of the bucket and the code that links, and the catalogue's names,
and by a hash of their bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path

import orjson
import xxhash

from wrapped_assets.contracts.lineage import EXTERNALS
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.catalogues import CatalogueFile
from wrapped_assets.storage.chunks import PLAYS, TRACKS, Chunk
from wrapped_assets.storage.machine_copies import LINKS
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import is_intact, write_whole
from wrapped_assets.vocabulary.periods import Month

Chunks = Mapping[tuple[str, str, int], Iterable[Chunk]]
Known = Mapping[str, CatalogueFile]  # a catalogue's files by asset
Marks = dict[str, dict[str, str]]  # month → whole, head or tail → hash; empty where no link is in that part
NAMED = tuple(EXTERNALS[name] for name in ("known_recordings", "known_artists"))
READ_LATER = {"whole": 0, "head": -1, "tail": 1}  # part of a month → how many months later the month is that reads it


def folder_of(root: Root) -> Path:
    return root.path / LINKS


def named(chunks: Chunks, bucket: int, logic: str, known: Known) -> str | None:
    """What the links of a bucket follow from, as two hashes; None where no play is landed, so that there are none."""
    paths = sorted(chunk.path for (asset, _, of), found in chunks.items() if asset == PLAYS and of == bucket for chunk in found)
    names = [known[asset].file_hash for asset in NAMED if asset in known]
    return f"{combined(logic, *paths)}-{combined(*names)}" if paths else None


def intact(folder: Path, stem: str, suffix: str = ".parquet") -> Path | None:
    """The file of that stem whose bytes are those that its name says."""
    return next((path for path in sorted(folder.glob(f"{stem}-*{suffix}")) if is_intact(path, path.stem.rpartition("-")[2])), None)


def stem_of(bucket: int, part: str, name: str) -> str:
    """How the names of a bucket's links, tracks or marks begin."""
    return f"b{bucket:03d}-{part}-{name}"


def keep_marks(folder: Path, bucket: int, name: str, marks: Marks) -> Path:
    """Writes the marks; returns where."""
    text = orjson.dumps(marks, option=orjson.OPT_SORT_KEYS)
    path = folder / f"{stem_of(bucket, 'marks', name)}-{xxhash.xxh3_128_hexdigest(text)}.json"
    write_whole(path, text)
    return path


def kept_marks(folder: Path, bucket: int, name: str) -> Marks | None:
    """The marks, where the tables that they are of are there too; None where anything is missing or damaged."""
    with suppress(OSError):
        path = intact(folder, stem_of(bucket, "marks", name), ".json")
        if path and all(any(folder.glob(f"{stem_of(bucket, part, name)}-*.parquet")) for part in ("links", "tracks")):
            return orjson.loads(path.read_bytes())
    return None


def add_marks(
    bucket: int, version: str | None, marks: Marks, told_by: Mapping[int, str | None],
    landed: MutableMapping[tuple[str, str, int], dict[str, str]],
) -> None:  # fmt: skip
    """Adds each month's links to the hashes of what was landed, and to those of its tracks the ones that they lead to.

    `version` is of the catalogue; a month reads the links of its year's version (`told_by`), also of the months beside it.
    """
    for month, found in marks.items():
        readers = {part: Month.parse(month).shift(later).year for part, later in READ_LATER.items()}
        hashes = {part: found[part] for part, year in readers.items() if year in told_by and told_by[year] == version}
        landed.setdefault((EXTERNALS["links"], month, bucket), {}).update(hashes)
        of_tracks = landed.setdefault((TRACKS, month, bucket), {})
        for part, digest in hashes.items():
            if digest:
                of_tracks[part] = combined(of_tracks.get(part, ""), digest)
