"""Where pages are published for others to serve: a folder, or a bucket of any store that speaks S3, Google's or Azure's protocol.

A folder gets each page packed twice (`.gz`, `.br`), as nginx and Caddy look for it. An object of a store is the page packed with gzip, and
says so in its headers. Neither lists anything to readers, and the pointer that says which publication is live has no address in it.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PermissionDeniedError, PreconditionError, UnauthenticatedError
from obstore.store import LocalStore, ObjectStore, from_url

from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.serving.rendered.shelf import FACES
from wrapped_assets.storage.whole_files import swap_link

# A page is about a person: what a shared cache keeps of it could not be taken back. Faces are the same for everybody and never change.
PAGE, FOREVER, POINTER = "private, no-cache", "public, max-age=31536000, immutable", "no-cache, max-age=5"
_REMOTE = ("s3://", "gs://", "az://", "https://")
_LEFTOVER = "#"  # of a file that an upload was writing when it was killed: its name goes on with this
_CLOCK = "clock.txt"  # an object that is there for a moment
_RETRIES: Any = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}


class StoreUnavailableError(BuildError):
    """A store did not take, or did not give back, what was asked for."""


@dataclass(frozen=True)
class Target:
    """An opened folder or store. `address` is as it was given, without anything secret."""

    address: str
    store: ObjectStore
    folder: Path | None  # where it is one of this machine
    _passable: set[str] = field(default_factory=set, compare=False)  # folders that a web server can pass, as far as they were looked at

    @classmethod
    def open(cls, address: str, *, makes: bool = True) -> Target:
        """A folder's path, or `s3://bucket/prefix` with the credentials of the environment. InputError for anything else.

        StoreUnavailableError where a folder cannot be made; unless `makes`, where nothing was uploaded to it, as on a disk that is away.
        """
        if not address.startswith(_REMOTE):
            if "://" in address or not address:
                raise InputError(f"expected a folder, or an address that begins with one of {', '.join(_REMOTE)}")
            folder = Path(address).absolute()
            if not makes and not (folder / FACES).is_dir():
                raise StoreUnavailableError(f"{folder} holds no uploaded pages: if its disk is away, bring it back")
            with _told(str(folder)):
                folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            return cls(str(folder), LocalStore(folder), folder)
        try:
            return cls(address, from_url(address, retry_config=_RETRIES), None)
        except (BaseError, ValueError):
            raise InputError("the address of the store is not understood; expected for example s3://bucket/prefix") from None

    @property
    def packings(self) -> tuple[str, ...]:
        return ("br", "gz") if self.folder else ("gz",)

    def key(self, page: str, packing: str) -> str:
        """Where a packed page lies."""
        return f"{page}.{packing}" if self.folder else page

    def put(self, key: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Stores an object whole, in a store with its headers. StoreUnavailableError where the store refuses, fails, or has no room."""
        with _told(self.address):
            obstore.put(self.store, key, content, attributes=None if self.folder else dict(headers), use_multipart=False)
        if self.folder:
            self._open_to_readers(key)

    def link(self, source: str, key: str, content: bytes) -> bool:
        """Gives an object of a folder one more key, if it is this content; False where it is not, or the target is no folder."""
        if not self.folder:
            return False
        try:
            if (self.folder / source).read_bytes() != content:
                return False
            (self.folder / key).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.folder / source, self.folder / key)
        except OSError:  # gone, something is there already, or a disk that knows no links
            return False
        self._open_to_readers(key)
        return True

    def get(self, key: str) -> tuple[bytes, str | None] | None:
        """An object's bytes and its tag; None where there is none."""
        with _told(self.address):
            try:
                found = obstore.get(self.store, key)
            except (NotFoundError, FileNotFoundError):
                return None
            return bytes(found.bytes()), found.meta["e_tag"]

    def delete(self, keys: list[str]) -> None:
        """Removes objects; those that are gone already are no error. In a folder also what a killed upload left of them half-written."""
        if self.folder:
            with _told(self.address):
                self._unlink(keys)
            return
        with _told(self.address):
            for start in range(0, len(keys), 1000):
                batch = keys[start : start + 1000]
                try:
                    obstore.delete(self.store, batch)
                except (NotFoundError, FileNotFoundError):  # and perhaps nothing else of the batch was removed
                    for key in batch:
                        with suppress(NotFoundError, FileNotFoundError):
                            obstore.delete(self.store, key)

    def clock(self) -> datetime | None:
        """The store's clock; None for a folder, whose clock is this machine's."""
        if self.folder:
            return None
        with _told(self.address):
            obstore.put(self.store, _CLOCK, b"what time is it?", use_multipart=False)
            found = obstore.head(self.store, _CLOCK)["last_modified"]
            obstore.delete(self.store, _CLOCK)
        return found

    def tidy(self, year: int) -> None:
        """Removes from a folder what a killed upload left half-written. Nobody may be uploading to it meanwhile."""
        for folder, _, names in os.walk(self.folder / str(year)) if self.folder else ():
            for name in names:
                if _LEFTOVER in name:
                    Path(folder, name).unlink(missing_ok=True)

    def listed(self, year: int) -> Iterator[str]:
        """The key of everything that is there of a year, whether an upload knows of it or not."""
        with _told(self.address):
            if self.folder:
                for folder, _, names in os.walk(self.folder / str(year)):
                    yield from (f"{Path(folder).relative_to(self.folder).as_posix()}/{name}" for name in ["", *names])
                return
            for part in obstore.list(self.store, f"{year}/"):
                yield from (each["path"] for each in part)

    def pointer(self, year: int) -> str | None:
        """The tag of what says which publication of a year is live there; None where none is."""
        found = self.get(f"{year}/live.json")
        return found[1] if found else None

    def number(self, year: int) -> int | None:
        """The publication of a year that readers see there; None where they see none, or what is there says nothing."""
        found = self.get(f"{year}/live.json")
        try:
            return int(json.loads(found[0])["number"]) if found else None
        except (ValueError, KeyError, TypeError):
            return None

    def pointed_at(self, year: int) -> datetime | None:
        """When readers were pointed at what they see of a year; None where they see nothing."""
        with _told(self.address):
            try:
                return obstore.head(self.store, f"{year}/live.json")["last_modified"]
            except (NotFoundError, FileNotFoundError):
                return None

    def point(self, year: int, number: int, locales: list[str], before: str | None) -> None:
        """Makes a publication live, in one step, if it is not. StoreUnavailableError where the pointer has no longer the tag `before`."""
        content = json.dumps({"year": year, "number": number, "locales": locales}).encode()
        if (found := self.get(f"{year}/live.json")) and found == (content, before) and self._leads_to(year, number):
            return
        if self.folder:
            swap_link(self.folder / str(year) / "live", str(number))
            self.put(f"{year}/live.json", content, {})
            return
        with _told(self.address):
            about = {"Content-Type": "application/json", "Cache-Control": POINTER}
            try:
                obstore.put(
                    self.store, f"{year}/live.json", content, attributes=about, mode={"e_tag": before} if before else "create",
                    use_multipart=False,
                )  # fmt: skip
            except (PreconditionError, AlreadyExistsError):
                if (there := self.get(f"{year}/live.json")) and there[0] == content:
                    return  # the store took it, its answer was lost, and it was asked once more
                raise StoreUnavailableError(
                    f"somebody else published {year} there meanwhile: look which publication should be live, then upload again"
                ) from None


    def close(self, year: int) -> None:
        """Points readers at nothing of a year: its launch was moved, and is to come again."""
        if self.folder:
            (self.folder / str(year) / "live").unlink(missing_ok=True)
        self.delete([f"{year}/live.json"])

    def _unlink(self, keys: list[str]) -> None:
        """Removes files, what was left half-written of them, and the folders that this leaves empty: their names are addresses."""
        assert self.folder
        gone: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            within, _, name = key.rpartition("/")
            gone[within].add(name)
        for within, names in sorted(gone.items(), reverse=True):  # inner folders first
            with suppress(FileNotFoundError):
                for path in (self.folder / within).iterdir():
                    if path.name.partition(_LEFTOVER)[0] in names:
                        path.unlink(missing_ok=True)
            self._remove_empty(within)

    def _remove_empty(self, within: str) -> None:
        """Removes a folder of the target if it is empty, and the folders around it that this leaves empty."""
        assert self.folder
        with suppress(OSError):  # not empty
            while within:
                (self.folder / within).rmdir()
                self._passable.discard(within)
                within = within.rpartition("/")[0]

    def _open_to_readers(self, key: str) -> None:
        """Lets a web server read a file that it knows the name of, and list no folder: names of pages are secret."""
        assert self.folder
        (self.folder / key).chmod(0o644)
        within = key.rpartition("/")[0]
        while within not in self._passable:
            # the folder itself is perhaps somebody else's: no page's name is in it
            (self.folder / within).chmod(0o711 if within else self.folder.stat().st_mode | 0o111)
            self._passable.add(within)
            within = within.rpartition("/")[0]

    def _leads_to(self, year: int, number: int) -> bool:
        """Whether a folder's link is the publication's; a store has none."""
        link = self.folder / str(year) / "live" if self.folder else None
        return link is None or (link.is_symlink() and str(link.readlink()) == str(number))


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Errors of stores in words: never with a key, a token or an address of a page."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError):
        raise StoreUnavailableError(
            f"{address} refused the credentials: check those in the environment (for S3 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), and "
            "what they may do"
        ) from None
    except (BaseError, OSError) as error:
        if isinstance(error, (NotFoundError, FileNotFoundError, PreconditionError, AlreadyExistsError)):
            raise
        kind = "is full" if "No space left" in str(error) else f"failed ({type(error).__name__})"
        raise StoreUnavailableError(f"{address} {kind}; what was uploaded stays, and the same command goes on where it stopped") from None
