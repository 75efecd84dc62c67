"""Sends the microsite to a target: what changed, read back and compared, and what is no longer there removed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from wrapped_assets.serving.microsite.files import HTML, File, file_of, keys_of
from wrapped_assets.serving.microsite.state import site_state
from wrapped_assets.serving.rendered.packing import packed
from wrapped_assets.serving.rendered.shelf import FOLDER
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.target import POINTER, Target
from wrapped_assets.storage.root import Root

CACHING = "public, max-age=60"
_AT_ONCE = 16  # uploads wait for the network


@dataclass
class SiteUpload:
    """The microsite as it is at one moment, on its way to one target. Nobody else may be sending it there meanwhile."""

    root: Root
    target: Target
    files: dict[str, File]
    there: dict[str, str] = field(default_factory=dict)  # what the target has: hashes by address
    sent: int = 0
    removed: int = 0

    @classmethod
    def at(cls, root: Root, target: Target, now: datetime) -> SiteUpload:
        """What there is at `now`: until a launch the countdown to it, and nothing else of its year."""
        state = site_state(root, is_strict=True)
        files = {key: file for key in keys_of(state, now) if (file := file_of(state, now, key))}
        return cls(root, target, files, _read(root.documents.brought(_record_of(target))))

    def send_pages(self) -> None:
        """Sends every page but the front, which leads to them."""
        self._send(key for key in self.files if not _is_front(key))

    def send_front(self) -> None:
        """Sends the front pages, then removes what is no longer of the site, such as a countdown that is over."""
        self._send(key for key in self.files if _is_front(key))
        gone = sorted(self.there.keys() - self.files.keys())
        if gone:
            self.target.delete([each for key in gone for each in self._names(key)])
            self.removed += len(gone)
            self._note({key: self.there[key] for key in self.there.keys() & self.files.keys()})

    def _send(self, keys: Iterable[str]) -> None:
        changed = [key for key in keys if self.there.get(key) != _digest(self.files[key])]
        self._note(self.there | dict.fromkeys(changed, ""))  # before they are sent, so that nothing there is unknown
        with ThreadPoolExecutor(_AT_ONCE, "uploading") as sending:
            for _ in sending.map(self._send_one, changed):
                pass
        self._note(self.there | {key: _digest(self.files[key]) for key in changed})
        self.sent += len(changed)

    def _send_one(self, key: str) -> None:
        file = self.files[key]
        for name, content, packing in self._forms(key, file):
            headers = {"Content-Type": file.kind, "Cache-Control": POINTER if file.is_countdown else CACHING}
            headers |= {"Content-Encoding": "gzip"} if packing else {}
            headers |= {"Content-Language": file.language} if file.language else {}
            self.target.put(name, content, headers)
            found = self.target.get(name)
            if found is None or found[0] != content:
                raise StoreUnavailableError(f"{self.target.address} gives back something else than was sent: nothing was made live")

    def _forms(self, key: str, file: File) -> list[tuple[str, bytes, str]]:
        """Name, bytes and packing of each object: a folder gets a page plain and packed, a store one that says how it is packed."""
        if file.kind != HTML:
            return [(key, file.content, "")]
        if self.target.folder is None:
            return [(key, packed(file.content, "gz"), "gz")]
        return [(key, file.content, ""), *((f"{key}.{each}", packed(file.content, each), each) for each in self.target.packings)]

    def _names(self, key: str) -> list[str]:
        return [key, *(f"{key}.{each}" for each in self.target.packings if self.target.folder)]

    def _note(self, there: dict[str, str]) -> None:
        self.there = there
        self.root.documents.write(_record_of(self.target), json.dumps(dict(sorted(there.items()))).encode())


def _is_front(key: str) -> bool:
    return key.startswith("index.")


def _digest(file: File) -> str:
    return blake2b(f"{file.kind}|{file.language}|{file.is_countdown}|".encode() + file.content, digest_size=16).hexdigest()


def _record_of(target: Target) -> str:
    return f"{FOLDER}/microsite/{blake2b(target.address.encode(), digest_size=8).hexdigest()}.json"


def _read(path: Path) -> dict[str, str]:
    """What is known of a target; of a damaged record nothing, so that everything is sent again."""
    try:
        found = json.loads(path.read_bytes())
        return {str(key): str(digest) for key, digest in found.items()}
    except (FileNotFoundError, ValueError, AttributeError):
        return {}
