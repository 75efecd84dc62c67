"""Uploads the rendered pages of a live publication, compares what the target has, and then points readers at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import xxhash

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.faces.embedding import face_files
from wrapped_assets.serving.rendered.shelf import FACES, Shelf, shelves
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.serving.rendered.target import FACE, PAGE, StoreUnavailableError, Target
from wrapped_assets.storage import publications, registry
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

_AT_ONCE = 16  # uploads wait for the network
_RECORD_EVERY = 2_000  # uploads: what an interruption may send twice


@dataclass(frozen=True)
class Sent:
    """One packed page: where it lies here and there, its hash and its language."""

    key: str
    path: Path
    digest: str
    language: str


@dataclass
class Uploaded:
    """What an upload did: objects that are there, sent now, and removed because they may no longer be shown."""

    year: int
    number: int
    objects: int = 0
    sent: int = 0
    removed: int = 0
    is_live: bool = False


def upload(project: Project, year: int, address: str, *, flips: bool = True) -> Uploaded:
    """Sends what the target lacks, reads back every object that was sent, and makes the publication live there unless `flips` is off.

    An upload that was interrupted goes on where it stopped. Pages that may no longer be shown are removed, of every publication.
    InputError where the live publication is not rendered, StoreUnavailableError where the target fails.
    """
    root, target = project.root, Target.open(address)
    with root.lock(f"uploading.{year}"):
        shelf = _rendered(root, year)
        _, before = target.pointer(year)
        _send_faces(target)
        done, standing = Uploaded(year, shelf.number), Standing.now(root)
        _send(shelf, target, list(wanted(shelf, target, standing)), done)
        for each in shelves(root, year):
            done.removed += take_down(each, target, {sent.key for sent in wanted(each, target, standing)})
        if flips:
            if (live := publications.live(root).get(year)) is None or live.number != shelf.number:
                raise BuildError(f"{year} was published again while its pages were uploaded: render and upload it again")
            _must_have_launched(root, year)
            target.point(year, shelf.number, (shelf.about or {})["locales"], before)
            done.is_live = True
        return done


def take_down(shelf: Shelf, target: Target, kept: set[str]) -> int:
    """Removes from a target what was uploaded of a publication and is not among `kept`; returns how many objects that were."""
    there = _recorded(shelf, target)
    gone = sorted(there.keys() - kept)
    if gone:
        target.delete(gone)
        _write_record(shelf, target, {key: digest for key, digest in there.items() if key in kept})
    return len(gone)


def targets_of(root: Root) -> list[str]:
    """Every target that pages were uploaded to."""
    return sorted({address for shelf in shelves(root) for address in shelf.targets})


def _rendered(root: Root, year: int) -> Shelf:
    live = publications.live(root).get(year)
    if live is None:
        raise InputError(f"nothing of {year} is published: run `wrapped publish {year}` first")
    shelf = Shelf(root, year, live.number)
    if not shelf.finished_at:
        raise InputError(f"publication {live.number} of {year} is not rendered: run `wrapped render {year}` first")
    return shelf


def _must_have_launched(root: Root, year: int) -> None:
    edition = registry.editions(root, [year])[year]
    if edition.launch_at and edition.launch_at > datetime.now(UTC):
        raise InputError(
            f"{year} launches at {edition.launch_at:%Y-%m-%d %H:%M} UTC: its pages are uploaded, and no reader is pointed at them. Upload "
            "again then; --no-flip uploads without this message"
        )


def wanted(shelf: Shelf, target: Target, standing: Standing) -> Iterator[Sent]:
    """Every packed page of a publication that may be shown now."""
    for _, index in shelf.indexes():
        for row in standing.shown(shelf.year, index).iter_rows(named=True):
            token, locale = row["token"], row["locale"]
            page = f"{shelf.year}/{shelf.number}/{token[:2]}/{token}.{locale}.html"
            for packing in target.packings:
                yield Sent(target.key(page, packing), shelf.place(token, locale, row["told"], packing), row[f"{packing}_hash"], locale)


def _send(shelf: Shelf, target: Target, wanted: list[Sent], done: Uploaded) -> None:
    there = _recorded(shelf, target)
    missing = [each for each in wanted if there.get(each.key) != each.digest]

    def send(each: Sent) -> Sent:
        content = each.path.read_bytes()
        if xxhash.xxh3_128_hexdigest(content) != each.digest:
            raise BuildError(f"a rendered page of {shelf.year} is damaged: run `wrapped render {shelf.year}`, then upload again")
        target.put(each.key, content, "text/html; charset=utf-8", PAGE, packed=True, language=each.language)
        found = target.get(each.key)
        if found is None or found[0] != content:
            raise StoreUnavailableError(f"{target.address} gives back something else than was sent: nothing was made live")
        return each

    with ThreadPoolExecutor(_AT_ONCE, "uploading") as sending:
        try:
            for start in range(0, len(missing), _RECORD_EVERY):
                for each in sending.map(send, missing[start : start + _RECORD_EVERY]):
                    there[each.key] = each.digest
                    done.sent += 1
                _write_record(shelf, target, there)
        finally:
            _write_record(shelf, target, there)
    done.objects = len(wanted)


def _send_faces(target: Target) -> None:
    for name, content in face_files().items():
        key = f"{FACES}/{name}"
        found = target.get(key)
        if found is None or found[0] != content:
            target.put(key, content, "font/woff2", FACE)


def _record_of(shelf: Shelf, target: Target) -> Path:
    return shelf.folder / "uploads" / f"{blake2b(target.address.encode(), digest_size=8).hexdigest()}.json"


def _recorded(shelf: Shelf, target: Target) -> dict[str, str]:
    """What was uploaded before, by key: hashes of what the target then gave back."""
    try:
        return json.loads(_record_of(shelf, target).read_bytes())["objects"]
    except FileNotFoundError:
        return {}


def _write_record(shelf: Shelf, target: Target, objects: dict[str, str]) -> None:
    text = json.dumps({"address": target.address, "objects": dict(sorted(objects.items()))})
    write_whole(_record_of(shelf, target), text.encode())
