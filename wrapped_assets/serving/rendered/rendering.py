"""Renders the published edition of a year: every listener's page, of which only those are written that show something else than before."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from xxhash import xxh3_128_hexdigest

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.kernels.versions import combined
from wrapped_assets.serving.rendered.everybody import Everybody
from wrapped_assets.serving.rendered.files import archive_of, files_of, offered
from wrapped_assets.serving.rendered.forgetting import forget_erased, forget_renderings
from wrapped_assets.serving.rendered.gathering import Told, stories_of
from wrapped_assets.serving.rendered.packing import packed
from wrapped_assets.serving.rendered.renderer import renderer_hash
from wrapped_assets.serving.rendered.shelf import FACES, FOLDER, INDEX, PACKINGS, Shelf, shelves
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.storage import publications
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.memory import collected_by_hand
from wrapped_assets.storage.publications import LiveEdition
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import file_hash, link_whole, write_whole
from wrapped_assets.stories.beside import files_beside
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.page import Offered, story_html
from wrapped_assets.stories.rows import Rows

Progress = Callable[[int, int], None]
Row = dict[str, Any]


@dataclass
class Rendered:
    """What a rendering did: pages in all, those written now, those taken over from before, and bytes of all as they are sent at least."""

    year: int
    number: int
    pages: int = 0
    written: int = 0
    byte_count: int = 0
    files: int = 0  # cards and playlists
    seconds: float = 0.0
    data_version: str = ""  # of all that the pages show

    @property
    def reused(self) -> int:
        return self.pages - self.written


def render(
    project: Project, year: int, locales: Collection[str] = ("en",), *, full: bool = False, files: bool = True,
    progress: Progress | None = None,
) -> Rendered:  # fmt: skip
    """Writes the pages of the publication that is live, in each of some languages, and each listener's `files`: cards and playlists.

    A page whose story, names and address are as in an earlier rendering of the year is linked and not written, unless `full`. A
    rendering that was interrupted goes on with the bucket it was at. InputError where nothing of the year is published.
    """
    root = project.root
    with root.lock(f"rendering.{year}"), root.lock("publishing"):  # not while an erasure takes people out, nor another rendering
        live = publications.live_edition(root, year)
        if live is None:
            raise InputError(f"nothing of {year} is published: run `wrapped publish {year}` first")
        started, shelf, done = time.monotonic(), Shelf(root, year, live.number), Rendered(year, live.number)
        forget_erased(root)
        _write_beside(root)
        earlier = [each for each in reversed(shelves(root, year)) if not full]
        bucket_count, everybody = live.paths.bucket_count, Everybody(root, live.paths)
        with collected_by_hand():
            for bucket in range(bucket_count):
                _render_bucket(project, live, shelf, earlier, bucket, sorted(locales), done, everybody, files=files)
                gc.collect(1)  # without looking again at what lives since before
                if progress:
                    progress(bucket + 1, bucket_count)
        done.seconds = time.monotonic() - started
        done.data_version = combined(*(tuple(index.select("token", "locale", "told", "files").rows()) for _, index in shelf.indexes()))
        about = {"year": year, "number": live.number, "locales": sorted(locales), "renderer": renderer_hash()}
        shelf.finish(about | {"pages": done.pages, "byte_count": done.byte_count, "published_at": live.published_at.isoformat()})
        shelf.sweep()  # a server knows by now that readers get other files
        forget_renderings(root, shelf)
        return done


def _render_bucket(
    project: Project, live: LiveEdition, shelf: Shelf, earlier: list[Shelf], bucket: int, locales: list[str], done: Rendered,
    everybody: Everybody, *, files: bool,
) -> None:  # fmt: skip
    root = project.root
    everybody.look()
    now = everybody.standing
    known = {
        (row["listener_id"], row["locale"]): (each, row) for each in reversed(earlier) for row in each.index(bucket).iter_rows(named=True)
    }
    where = addresses(root, shelf.year, everybody.by_bucket.get(bucket, ()))
    closed = {listener_id for listener_id, address in where.items() if not address.is_open} | now.restricted
    rows: list[Row] = []
    for told in stories_of(project, shelf.year, bucket, live, without=closed, with_playlists=files, people=everybody.people):
        own = [_row_of(told, locale, where[told.listener_id].token, now, files=files) for locale in locales]
        befores = [known.get((told.listener_id, locale)) for locale in locales]
        stale = [row for row, before in zip(own, befores, strict=True) if before is None or not _taken_over(row, *before, shelf)]
        if files:
            before = next((each for each in befores if each), None)
            if before is None or not _files_taken_over(own, *before, shelf):
                _write_files(own, told, shelf)
        for row in stale:
            done.written += 1
            offers = offered(row["file_names"], told.playlists, row["locale"], f"../{shelf.year}/{row['token']}") if files else Offered()
            page = story_html(replace(told.data, locale=row["locale"]), f"../{FACES}", offered=offers)
            _write_page(row, shelf, page.encode())
        rows += own
    os.sync()  # once a bucket, and before the index says that the pages are there
    shelf.write_index(bucket, pl.DataFrame(rows, schema=INDEX))
    done.pages += len(rows)
    done.byte_count += sum(row["byte_count"] for row in rows)
    done.files += sum(len(row["file_names"]) for row in {row["listener_id"]: row for row in rows}.values() if row["file_names"])


def _row_of(told: Told, locale: str, token: str, now: Standing, *, files: bool) -> Row:
    return {
        "listener_id": told.listener_id, "locale": locale, "token": token, "told": _hash_of(told, locale, files=files),
        "said": now.said(told.listener_id, told.names), "names": list(told.names), "files": None, "files_hash": None, "file_names": None,
    }  # fmt: skip


def _hash_of(told: Told, locale: str, *, files: bool) -> str:
    """Of everything that the page shows, and of the files that it offers."""
    shown = {field.name: getattr(told.data, field.name) for field in fields(StoryData)} | {"locale": locale, "_renderer": renderer_hash()}
    shown |= {"_playlists": told.playlists} if files else {}
    return blake2b(orjson.dumps(shown, _as_json, orjson.OPT_NON_STR_KEYS), digest_size=16).hexdigest()


def _as_json(found: object) -> object:
    if isinstance(found, Rows):
        return found.columns, found.values
    raise TypeError(f"expected what JSON can hold, got {type(found).__name__}")


def _files_of(rows: list[Row]) -> str:
    """A hash of what a listener's files say: they are made of what the pages are made of."""
    return blake2b("".join(row["told"] + row["said"] for row in rows).encode(), digest_size=16).hexdigest()


def _files_taken_over(rows: list[Row], shelf_before: Shelf, before: Row, shelf: Shelf) -> bool:
    """Whether the files of an earlier rendering are the same and whole; then they are linked, and the rows completed."""
    files, token = _files_of(rows), rows[0]["token"]
    if (before["files"], before["token"]) != (files, token):
        return False
    source, target = (each.archive(token, files) for each in (shelf_before, shelf))
    if not _linked(source, before["files_hash"], target):
        return False
    for row in rows:
        row |= {name: before[name] for name in ("files", "files_hash", "file_names")}
    return True


def _write_files(rows: list[Row], told: Told, shelf: Shelf) -> None:
    stories = [replace(told.data, locale=row["locale"]) for row in rows]
    made = files_of(stories, told.playlists, f"../../{FACES}")
    archive, files = archive_of(made), _files_of(rows)
    write_whole(shelf.archive(rows[0]["token"], files), archive, syncs=False)
    for row in rows:
        row |= {"files": files, "files_hash": xxh3_128_hexdigest(archive), "file_names": list(made)}


def _taken_over(row: Row, shelf_before: Shelf, before: Row, shelf: Shelf) -> bool:
    """Whether the page of an earlier rendering is the same and whole; then it is linked, and the row completed."""
    if any(row[name] != before[name] for name in ("told", "said", "token")):
        return False
    for packing in PACKINGS:
        source, target = (each.place(row["token"], row["locale"], row["told"], packing) for each in (shelf_before, shelf))
        if not _linked(source, before[f"{packing}_hash"], target):
            return False
    row |= {name: before[name] for name in ("byte_count", "br_hash", "gz_hash")}
    return True


def _linked(source: Path, digest: str, target: Path) -> bool:
    """Gives a file of an earlier rendering its place in this one; False where it is not whole."""
    try:
        if file_hash(source) != digest:
            return False
        if source != target:
            link_whole(source, target)
    except OSError:
        return False
    return True


def _write_page(row: Row, shelf: Shelf, content: bytes) -> None:
    for packing in PACKINGS:
        path, small = shelf.place(row["token"], row["locale"], row["told"], packing), packed(content, packing)
        write_whole(path, small, syncs=False)  # a reader may be reading the one before
        row[f"{packing}_hash"] = xxh3_128_hexdigest(small)
        row["byte_count"] = min(row.get("byte_count", len(small)), len(small))


def _write_beside(root: Root) -> None:
    """Files of an earlier program stay, for the pages that it rendered."""
    folder = root.path / FOLDER / FACES
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files_beside().items():
        if not (folder / name).exists():
            write_whole(folder / name, content)
