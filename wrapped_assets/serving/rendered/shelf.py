"""Where rendered pages lie in a data root, and what is known of each.

    site/2025/3/                    the third publication of 2025
        pages/Ab/AbCd….en.1f….br    one listener's page in one language, named by what it shows, packed twice: `.br` and `.gz`
        pages/Ab/AbCd….3c….zip      their cards and playlists, named in the same way
        index/0.json                what bucket 0's pages are of: whose, and whom they name
        edition.json                written last: without it the rendering is not complete
        uploads/….json              what a target has of it

A page's file is never changed. A rendering that is repeated writes others and then the index, so a server finds one or the other whole, and
a file that no index names is nobody's.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import xxhash

from wrapped_assets.storage.publications import Publication
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import PART, destroy, write_whole

FOLDER = "site"
FACES = "faces"  # with styles and script, beside the years: a page at /2025/TOKEN reaches it as ../faces
PACKINGS = ("br", "gz")  # the smaller one first
# `told` is a hash of all that the page shows, `said` of the names in it; `names` are the other listeners whom it names. `files` is a hash
# of what the listener's files say, or null where they have none; the same stands in the row of each language.
INDEX = {
    "listener_id": pl.Int64, "locale": pl.String, "token": pl.String, "told": pl.String, "said": pl.String, "names": pl.List(pl.Int64),
    "byte_count": pl.Int64, "br_hash": pl.String, "gz_hash": pl.String, "files": pl.String, "files_hash": pl.String,
    "file_names": pl.List(pl.String),
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_LOCALE = re.compile(r"[a-z]{2,3}")
_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Shelf:
    """The rendered pages of one publication."""

    root: Root
    year: int
    number: int

    @property
    def name(self) -> str:
        return f"{FOLDER}/{self.year}/{self.number}"

    @property
    def folder(self) -> Path:
        return self.root.path / self.name

    @property
    def records_of_uploads(self) -> list[str]:
        """The documents that say what targets have of these pages."""
        return self.root.documents.names(f"{self.name}/uploads/*.json")

    @property
    def about(self) -> dict[str, Any] | None:
        """What `finish` wrote; None where the rendering is not complete, or the file is damaged."""
        try:
            found = json.loads((self.folder / "edition.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def is_of(self, publication: Publication) -> bool:
        """Whether this publication's rendering is complete. A restored registry may give its number to another one."""
        about = self.about
        return about is not None and about.get("published_at") == publication.published_at.isoformat()

    @property
    def is_kept(self) -> bool:
        """Whether pages are there, and not only what is known of uploaded ones."""
        return (self.folder / "edition.json").exists() or (self.folder / "pages").exists()

    @property
    def finished_at(self) -> int:
        """When the rendering was completed, in nanoseconds of the file system's clock; 0 where it is not."""
        try:
            return (self.folder / "edition.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    @property
    def mark(self) -> tuple[tuple[str, int, int, int], ...]:
        """Another one when something else is rendered, or noted of what targets have: each file that says so, as the file system has it."""
        found = []
        for path in sorted([*(self.folder / "index").glob("*.json"), *map(self.root.documents.brought, self.records_of_uploads)]):
            with suppress(FileNotFoundError):
                status = path.stat()
                found.append((f"{path.parent.name}/{path.name}", status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(found)

    def finish(self, about: dict[str, Any]) -> None:
        """Says that every page is there."""
        write_whole(self.folder / "edition.json", json.dumps(about, indent=1).encode())

    def place(self, token: str, locale: str, told: str, packing: str) -> Path:
        """A page's file. ValueError for what is no token, language or hash, so that no address leads out of the folder."""
        if not (_TOKEN.fullmatch(token) and _LOCALE.fullmatch(locale) and _HASH.fullmatch(told) and packing in PACKINGS):
            raise ValueError("expected a token of 24 characters, a language and a hash")
        return self.folder / "pages" / token[:2] / f"{token}.{locale}.{told[:16]}.{packing}"

    def archive(self, token: str, files: str) -> Path:
        """Where a listener's files lie. ValueError as of `place`."""
        if not (_TOKEN.fullmatch(token) and _HASH.fullmatch(files)):
            raise ValueError("expected a token of 24 characters and a hash")
        return self.folder / "pages" / token[:2] / f"{token}.{files[:16]}.zip"

    def index(self, bucket: int) -> pl.DataFrame:
        """What is known of a bucket's pages; no row where they are not rendered, or the file is damaged."""
        try:
            digest, _, text = self._index_of(bucket).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return pl.DataFrame(schema=INDEX)
        is_whole = digest == xxhash.xxh3_128_hexdigest(text).encode()
        rows = orjson.loads(text) if is_whole else []
        return pl.DataFrame([(*row, *[None] * (len(INDEX) - len(row))) for row in rows], schema=INDEX, orient="row")  # older: without files

    def write_index(self, bucket: int, rows: pl.DataFrame) -> None:
        """Says which pages of a bucket are there; their files must be."""
        text = orjson.dumps(rows.select(*INDEX).sort("listener_id", "locale").rows())
        write_whole(self._index_of(bucket), xxhash.xxh3_128_hexdigest(text).encode() + b"\n" + text)

    def indexes(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Each bucket's index."""
        for bucket in sorted(int(path.stem) for path in (self.folder / "index").glob("*.json")):
            yield bucket, self.index(bucket)

    def sweep(self) -> int:
        """Destroys files that no index names, and damaged indexes; returns how many. Nobody may be rendering meanwhile.

        A file that another rendering shows too loses its name here alone.
        """
        kept, removed = set[str](), 0
        for bucket, index in self.indexes():
            if index.is_empty():
                self._index_of(bucket).unlink()
            for token, locale, told, files in index.select("token", "locale", "told", "files").iter_rows():
                kept |= {self.place(token, locale, told, packing).name for packing in PACKINGS}
                kept |= {self.archive(token, files).name} if files else set()
        for folder, _, names in os.walk(self.folder / "pages"):
            for name in sorted(names):
                if name not in kept or name[:2] != os.path.basename(folder):  # noqa: PTH119 (of every page)
                    path = Path(folder, name)
                    path.unlink() if path.stat().st_nlink > 1 else destroy(path)
                    removed += 1
        return removed

    def tidy(self) -> None:
        """Destroys what a killed rendering or upload left half-written. Nobody may be doing either meanwhile."""
        for path in self.folder.rglob(f".*{PART}"):
            path.unlink() if path.stat().st_nlink > 1 else destroy(path)

    def remove(self) -> None:
        """Removes the pages; of pages that were uploaded, it stays known where they are and whom they name."""
        (self.folder / "edition.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "pages" if self.records_of_uploads else self.folder, ignore_errors=True)

    def _index_of(self, bucket: int) -> Path:
        return self.folder / "index" / f"{bucket}.json"


def shelves(root: Root, year: int | None = None) -> list[Shelf]:
    """Every publication that something was rendered of on this machine, or uploaded from any, by year and number."""
    folders = (path for path in (root.path / FOLDER).glob("[0-9]*/[0-9]*") if f"{path.parent.name}{path.name}".isdecimal())
    found = {(int(path.parent.name), int(path.name)) for path in folders}
    found |= {(int(each.split("/")[1]), int(each.split("/")[2])) for each in root.documents.names(f"{FOLDER}/*/*/uploads/*.json")}
    return [Shelf(root, of, number) for of, number in sorted(found) if year in (None, of)]
