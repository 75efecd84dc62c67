"""Texts that prove nothing where an erasure finds them: those of a public catalogue, and those of releases about many people.

A chart's songs are a catalogue's, drawn with noise, and others' lists of new releases are the catalogue's too: they may be the very songs
that only the erased person played.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace

import polars as pl

from wrapped_assets.privacy.passage import folder_of
from wrapped_assets.rights.needles import Needles
from wrapped_assets.storage import catalogues, exports, manifest
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.verified import intact

_TRACKS, _SPELLED = "catalogue/tracks", ("recording_name", "artist_name", "release_group_name")


def without_public_texts(root: Root, people: Collection[Needles]) -> list[Needles]:
    """The needles of some people without texts that are public as a whole, and without phrases that stand inside of a public text."""
    texts = _public(root, frozenset().union(*(each.texts for each in people)))
    phrases = _public(root, frozenset().union(*(each.phrases for each in people)) - texts, inside=True)
    return [replace(each, texts=each.texts - texts, phrases=each.phrases - texts - phrases) for each in people]


def _public(root: Root, texts: Collection[str], *, inside: bool = False) -> set[str]:
    wanted, found = sorted(texts), set[str]()
    for values in _values(root) if wanted else ():
        seen = values.drop_nulls()
        picked = seen.str.extract_many(wanted, overlapping=True).explode() if inside else seen.filter(seen.is_in(wanted))
        found.update(picked.drop_nulls().unique())
    return found


def _values(root: Root) -> Iterator[pl.Series]:
    """Every column of texts, a part at a time. A file that is damaged has none: an erasure does not wait for it."""
    for path in sorted({file.path for version in catalogues.versions(root) for file in version.files.values()}):
        with suppress(pl.exceptions.PolarsError, OSError):
            rows = pl.scan_parquet(root.files.found(path) or path)
            for name, dtype in rows.collect_schema().items():
                if dtype in (pl.String, pl.List(pl.String)):
                    column = pl.col(name) if dtype == pl.String else pl.col(name).explode(empty_as_null=True)
                    for part in rows.select(column.alias("text")).collect_batches():
                        yield part["text"]
    for record in exports.all_exports(root):
        if record.year is not None and not exports.subjects_of(root, record.export_id):
            for path in sorted(folder_of(root, record.export_id).glob("*.csv")):
                with suppress(pl.exceptions.PolarsError, OSError):
                    yield from pl.read_csv(io.BytesIO(path.read_bytes()), infer_schema=False).iter_columns()


def names_of_music(root: Root, names: Collection[str]) -> frozenset[str]:
    """Those of some listeners' names that stand in a song, an artist or an album which somebody heard, as the newest build has it."""
    wanted, found = sorted(name for name in names if name), set[str]()
    for path in manifest.stored_paths(root, [_TRACKS]).values() if wanted else ():
        with suppress(DamagedFileError):  # an erasure does not wait for it
            tracks = pl.read_parquet(intact(root, [path]), columns=list(_SPELLED))
            for values in tracks.iter_columns():
                picked = values.drop_nulls().unique().str.extract_many(wanted, overlapping=True).explode()
                found.update(picked.drop_nulls().unique())
        root.files.release()
    return frozenset(found)
