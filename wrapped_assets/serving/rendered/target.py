"""Where pages are published for others to serve: a folder, or a bucket of any store that speaks S3, Google's or Azure's protocol.

A folder gets each page packed twice (`.gz`, `.br`), as nginx and Caddy look for it. An object of a store is the page packed with gzip, and
says so in its headers. Neither lists anything to readers, and the pointer that says which publication is live has no address in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PreconditionError
from obstore.store import LocalStore, ObjectStore, from_url

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.rendered.open_folder import OpenFolder
from wrapped_assets.serving.rendered.shelf import FACES
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError, told
from wrapped_assets.storage.whole_files import swap_link

# A page is about a person: what a shared cache keeps of it could not be taken back. Faces are the same for everybody and never change.
PAGE, FOREVER, POINTER = "private, no-cache", "public, max-age=31536000, immutable", "no-cache, max-age=5"
_REMOTE = ("s3://", "gs://", "az://", "https://")
_CLOCK = "clock.txt"  # an object that is there for a moment
_RETRIES: Any = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}


@dataclass(frozen=True)
class Target:
    """An opened folder or store. `address` is as it was given, without anything secret."""

    address: str
    store: ObjectStore
    folder: Path | None  # where it is one of this machine

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
            with told(str(folder)):
                folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            return cls(str(folder), LocalStore(folder), folder)
        try:
            return cls(address, from_url(address, retry_config=_RETRIES), None)
        except (BaseError, ValueError):
            raise InputError("the address of the store is not understood; expected for example s3://bucket/prefix") from None

    @cached_property
    def _open(self) -> OpenFolder:
        assert self.folder
        return OpenFolder(self.folder)

    @property
    def packings(self) -> tuple[str, ...]:
        return ("br", "gz") if self.folder else ("gz",)

    def key(self, page: str, packing: str) -> str:
        """Where a packed page lies."""
        return f"{page}.{packing}" if self.folder else page

    def put(self, key: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Stores an object whole, in a store with its headers. StoreUnavailableError where the store refuses, fails, or has no room."""
        with told(self.address):
            obstore.put(self.store, key, content, attributes=None if self.folder else dict(headers), use_multipart=False)
        if self.folder:
            self._open.to_readers(key)

    def name_again(self, earlier: str, key: str, content: bytes) -> bool:
        """Gives an object of a folder one more key, if it is this content; False where it is not, or the target is no folder."""
        return self.folder is not None and self._open.name_again(earlier, key, content)

    def get(self, key: str) -> tuple[bytes, str | None] | None:
        """An object's bytes and its tag; None where there is none."""
        with told(self.address):
            try:
                found = obstore.get(self.store, key)
            except (NotFoundError, FileNotFoundError):
                return None
            return bytes(found.bytes()), found.meta["e_tag"]

    def delete(self, keys: list[str]) -> None:
        """Removes objects; those that are gone already are no error. In a folder also what a killed upload left of them half-written."""
        if self.folder:
            with told(self.address):
                self._open.unlink(keys)
            return
        with told(self.address):
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
        with told(self.address):
            obstore.put(self.store, _CLOCK, b"what time is it?", use_multipart=False)
            found = obstore.head(self.store, _CLOCK)["last_modified"]
            obstore.delete(self.store, _CLOCK)
        return found

    def tidy(self, year: int) -> None:
        """Removes from a folder what a killed upload left half-written. Nobody may be uploading to it meanwhile."""
        if self.folder:
            self._open.tidy(str(year))

    def listed(self, year: int) -> Iterator[str]:
        """The key of everything that is there of a year, whether an upload knows of it or not."""
        with told(self.address):
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
        with told(self.address):
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
        with told(self.address):
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

    def _leads_to(self, year: int, number: int) -> bool:
        """Whether a folder's link is the publication's; a store has none."""
        link = self.folder / str(year) / "live" if self.folder else None
        return link is None or (link.is_symlink() and str(link.readlink()) == str(number))
