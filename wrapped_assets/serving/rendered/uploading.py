"""Uploads the rendered pages of a live publication, compares what the target has, and then points readers at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import xxhash

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.serving.microsite.sending import SiteUpload
from wrapped_assets.serving.rendered.files import member_of, members_of, sent_as
from wrapped_assets.serving.rendered.packing import packed
from wrapped_assets.serving.rendered.refusals import has_launched, must_be_outside, must_have_launched
from wrapped_assets.serving.rendered.shelf import FACES, FOLDER, Shelf, shelves
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.target import FOREVER, PAGE, Target
from wrapped_assets.serving.rendered.uploads import ON_ITS_WAY, There, note, note_removed, note_sent, people_of, uploaded
from wrapped_assets.storage import publications
from wrapped_assets.storage.publications import Publication
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.beside import FACE, kind_of

_AT_ONCE = 16  # uploads wait for the network
_FILES_AT_ONCE = 8  # that one thread sends one after the other
_RECORDS = 10  # how often an upload notes what is there: each note says all of it. An interruption may send the rest twice


class Sent(NamedTuple):
    """One packed page, card or playlist: where it lies here and there, the hash of its file here, and its language.

    A card or a playlist is a `member` of its file.
    """

    key: str
    path: Path
    digest: str
    language: str
    people: tuple[int, ...]  # whose page it is, and whom it names
    member: str = ""

    def content(self) -> bytes | None:
        """What a target should have; None where the file is damaged. FileNotFoundError where it is gone."""
        found = self.path.read_bytes()
        if xxhash.xxh3_128_hexdigest(found) != self.digest:
            return None
        return member_of(found, self.member) if self.member else found

    @property
    def headers(self) -> dict[str, str]:
        """What the object says of itself."""
        own = sent_as(self.member) if self.member else {"Content-Type": "text/html; charset=utf-8", "Content-Language": self.language}
        return {**own, "Content-Encoding": "br" if self.key.endswith(".br") else "gzip", "Cache-Control": PAGE}


def _contents(path: Path, group: list[Sent]) -> dict[str, bytes] | None:
    """What a target should have of one file, by key; None where the file is damaged. FileNotFoundError where it is gone."""
    found = path.read_bytes()
    if xxhash.xxh3_128_hexdigest(found) != group[0].digest:
        return None
    members = members_of(found) if group[0].member else {}
    return {each.key: members[each.member] if each.member else found for each in group}


@dataclass
class Uploaded:
    """What an upload did: objects that are there, sent now, and removed because they may no longer be shown."""

    year: int
    number: int
    objects: int = 0
    sent: int = 0
    removed: int = 0
    site_files: int = 0  # of the microsite, sent now
    is_live: bool = False
    pointed_at: datetime | None = None  # when readers were pointed at it, by the target's clock


def upload(project: Project, year: int, address: str, *, flips: bool = True) -> Uploaded:
    """Sends what the target lacks, reads back every object that was sent, and makes the publication live there unless `flips` is off.

    The microsite goes with it: the countdown until the launch, and what follows it with the flip, never before. A target that readers were
    pointed at before the launch was moved counts down again. An upload that was
    interrupted goes on where it stopped. Pages that may no longer be shown are removed, of every publication.
    InputError where the live publication is not rendered or its launch is to come, StoreUnavailableError where the target fails, or its
    clock is another one than this machine's.
    """
    root = project.root
    must_be_outside(root, address)
    target = Target.open(address)
    with uploading(root, year), root.lock("uploading.site"):
        shelf, live = _rendered(root, year)
        before = target.pointer(year)
        target.tidy(year)
        _send_beside(root, target)
        done = Uploaded(year, shelf.number)
        _send(shelf, target, list(wanted(shelf, target, Standing.now(root))), done)
        standing = Standing.now(root)  # people may have said something meanwhile
        for each in shelves(root, year):
            done.removed += take_down(each, target, wanted(each, target, standing))
        if {sent.key for sent in wanted(shelf, target, standing)} - uploaded(shelf, target.address).keys():
            raise BuildError(f"{year} was rendered again while its pages were uploaded: upload it again")
        if flips:
            if publications.live(root).get(year) != live:
                raise BuildError(f"{year} was published again while its pages were uploaded: render and upload it again")
            must_have_launched(root, year, target)
        elif before and not has_launched(root, year):
            target.close(year)
        site = SiteUpload.at(root, target, datetime.now(UTC))
        site.send_pages()
        if flips:
            target.point(year, shelf.number, (shelf.about or {}).get("locales", []), before)
            done.is_live, done.pointed_at = True, target.pointed_at(year)
            for each in shelves(root, year):
                if not each.is_kept:  # too old to return to; until now readers may have been there
                    done.removed += take_down(each, target, ())
                    each.remove()
        site.send_front()
        done.site_files = site.sent
        return done


@contextmanager
def uploading(root: Root, year: int) -> Iterator[None]:
    """Keeps everybody else from changing what targets have of a year."""
    with root.lock(f"uploading.{year}"):
        yield


def take_down(shelf: Shelf, target: Target, kept: Iterable[Sent]) -> int:
    """Removes from a target what was uploaded of a publication and is not what is `kept`; returns how many objects that were."""
    now = {each.key: each.digest for each in kept}
    return _remove(shelf, target, [key for key, found in uploaded(shelf, target.address).items() if now.get(key) != found.digest])


def take_down_disowned(shelf: Shelf, target: Target) -> int:
    """Removes from a target what nobody may see any more, as `disown` noted it."""
    return _remove(shelf, target, [key for key, found in uploaded(shelf, target.address).items() if not found.people])


def _remove(shelf: Shelf, target: Target, gone: list[str]) -> int:
    if gone:
        target.delete(sorted(gone))
        note_removed(shelf, target.address, gone)
    return len(gone)


def _rendered(root: Root, year: int) -> tuple[Shelf, Publication]:
    live = publications.live(root).get(year)
    if live is None:
        raise InputError(f"nothing of {year} is published: run `wrapped publish {year}` first")
    shelf = Shelf(root, year, live.number)
    if not shelf.is_of(live):
        raise InputError(f"publication {live.number} of {year} is not rendered: run `wrapped render {year}` first")
    return shelf, live


def wanted(shelf: Shelf, target: Target, standing: Standing) -> Iterator[Sent]:
    """Every packed page of a publication that may be shown now, and what lies beside it."""
    for _, index in shelf.indexes():
        before = ""
        for row in standing.shown(shelf.year, index).iter_rows(named=True):
            token, locale = row["token"], row["locale"]
            people = people_of([row["listener_id"]], row["names"])
            folder = f"{shelf.year}/{shelf.number}/{token[:2]}/{token}"
            page = f"{folder}.{locale}.html"
            for packing in target.packings:
                path = shelf.place(token, locale, row["told"], packing)
                yield Sent(target.key(page, packing), path, row[f"{packing}_hash"], locale, people)
            if token != before and row["files"]:  # once a listener, whatever the languages
                archive = shelf.archive(token, row["files"])
                for name in row["file_names"]:
                    yield Sent(target.key(f"{folder}/{name}", "gz"), archive, row["files_hash"], "", people, name)
            before = token


def _send(shelf: Shelf, target: Target, wanted: list[Sent], done: Uploaded) -> None:
    there = uploaded(shelf, target.address)
    missing = [each for each in wanted if each.key not in there or there[each.key].digest != each.digest]
    known = {each.key: there[each.key].people if each.key in there else () for each in missing}
    note(shelf, target.address, {each.key: There(ON_ITS_WAY, people_of(each.people, known[each.key])) for each in missing})
    before, read_back = _before(shelf, target), dict[str, There]()

    def send(files: list[tuple[Path, list[Sent]]]) -> list[Sent]:
        return [each for path, group in files for each in _send_file(shelf, target, path, group, before)]

    files = [(path, list(group)) for path, group in groupby(missing, attrgetter("path"))]
    batches = [files[start : start + _FILES_AT_ONCE] for start in range(0, len(files), _FILES_AT_ONCE)]
    every = max(_AT_ONCE, -(-len(batches) // _RECORDS))
    with ThreadPoolExecutor(_AT_ONCE, "uploading") as sending:
        try:
            for start in range(0, len(batches), every):
                for batch in sending.map(send, batches[start : start + every]):
                    read_back.update((each.key, There(each.digest, each.people)) for each in batch)
                    done.sent += len(batch)
                note_sent(shelf, target.address, read_back)
                read_back.clear()
        finally:
            note_sent(shelf, target.address, read_back)
    done.objects = len(wanted)


def _before(shelf: Shelf, target: Target) -> tuple[str, dict[str, There]]:
    """Where the publication before lies at a folder, and what the folder has of it: most of it is the same, and is linked."""
    others = [each for each in shelves(shelf.root, shelf.year) if each.number != shelf.number] if target.folder else []
    return (f"{shelf.year}/{others[-1].number}/", uploaded(others[-1], target.address)) if others else ("", {})


def _send_file(shelf: Shelf, target: Target, path: Path, group: list[Sent], before: tuple[str, dict[str, There]]) -> list[Sent]:
    """Sends what a target should have of one file, and reads it back."""
    try:
        contents = _contents(path, group)
    except FileNotFoundError:
        raise BuildError(f"{shelf.year} was rendered again while its pages were uploaded: upload it again") from None
    if contents is None:
        raise BuildError(f"a rendered file of {shelf.year} is damaged: run `wrapped render {shelf.year}`, then upload again")
    folder, known = before
    for each in group:
        earlier = folder + each.key.removeprefix(f"{shelf.year}/{shelf.number}/")
        if earlier in known and known[earlier].digest == each.digest and target.name_again(earlier, each.key, contents[each.key]):
            continue
        target.put(each.key, contents[each.key], each.headers)
        found = target.get(each.key)
        if found is None or found[0] != contents[each.key]:
            raise StoreUnavailableError(f"{target.address} gives back something else than was sent: nothing was made live")
    return group


def _send_beside(root: Root, target: Target) -> None:
    """Sends what pages find beside them, of this program and of earlier ones; styles and script packed too."""
    for path in sorted((root.path / FOLDER / FACES).glob("[!.]*")):
        key, content, kind = f"{FACES}/{path.name}", path.read_bytes(), kind_of(path.name)
        small = packed(content, "gz") if kind != FACE else b""
        objects = {key: content, f"{key}.gz": small} if target.folder else {key: small or content}
        for name, sent in objects.items():
            found = target.get(name) if sent else None
            if sent and (found is None or found[0] != sent):
                packing = {"Content-Encoding": "gzip"} if sent == small else {}
                target.put(name, sent, {"Content-Type": kind, "Cache-Control": FOREVER, **packing})
