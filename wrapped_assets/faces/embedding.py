"""Faces inside of a page or picture, so that it looks the same on every device, offline, and without a request."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

# What every page of ours may load: its own styles and faces. No script, no picture, no address.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
EMBEDDED, BESIDE = "font-src data:", "font-src 'self'"  # where a page's faces are; in its policy
LAST_RESORT, BOLD_TEXT = "Wrapped Last Resort", "600 700"
_BASIC = "latin"
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Face:
    """One file of a face: the characters of one script in one weight."""

    file: str
    family: str
    weight: str  # one, or the lowest and the highest that it serves
    characters: str  # as a CSS unicode-range

    @property
    def is_basic(self) -> bool:
        """Whether every page embeds it: digits and the template's own signs are in it."""
        return self.file.endswith(f"-{_BASIC}.woff2")

    def has_any_of(self, characters: frozenset[str]) -> bool:
        """Whether it has a glyph for one of the characters."""
        return not _among(self.characters).isdisjoint(map(ord, characters))

    @property
    def address(self) -> str:
        """The file's name with a hash of its content, so that whoever keeps it never keeps another's."""
        return f"{self.file.removesuffix('.woff2')}.{_digest(self.file)}.woff2"

    def rule(self, folder: str = "") -> str:
        """The CSS rule that embeds it, or that names it in a folder."""
        source = f"{folder}/{self.address}" if folder else f"data:font/woff2;base64,{_encoded(self.file)}"
        return (
            f'@font-face{{font-family:"{self.family}";font-weight:{self.weight};unicode-range:{self.characters};'
            f'src:url({source}) format("woff2")}}'
        )


@cache
def faces() -> tuple[Face, ...]:
    """Every file of every face."""
    return tuple(Face(**each) for each in json.loads((_FOLDER / "faces.json").read_text(encoding="utf-8")))


@cache
def _among(characters: str) -> frozenset[int]:
    found: set[int] = set()
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", characters):
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


@cache
def _encoded(file: str) -> str:
    return b64encode((_FOLDER / file).read_bytes()).decode()


@cache
def _digest(file: str) -> str:
    return blake2b((_FOLDER / file).read_bytes(), digest_size=6).hexdigest()


def face_files() -> dict[str, bytes]:
    """The content of every file that a page may name, by its address."""
    return {each.address: (_FOLDER / each.file).read_bytes() for each in faces() if each.family != LAST_RESORT}


def rules_of_every_face(folder: str, *, with_bold_text: bool = True) -> str:
    """The rules of all faces but the last resort, named in a folder: a browser loads those that a page has characters of."""
    found = [each for each in faces() if each.family != LAST_RESORT and (with_bold_text or each.weight != BOLD_TEXT)]
    return "".join(each.rule(folder) for each in found)


def rules_for(text: str, *, with_last_resort: bool = False, with_bold_text: bool = True, folder: str = "") -> str:
    """The CSS rules of the faces that the text needs, embedded or named in a folder. The same text gives the same rules.

    A document that sets titles alone in bold goes without the bold text face: a third of a page's bytes are its faces.

    The last resort has nearly every character and weighs a megabyte: for a picture that is drawn once, not for a page that is sent.
    """
    # ASCII is in the basic faces and in the last resort, and most of a page is ASCII.
    characters = frozenset(text if with_last_resort else _BEYOND_ASCII.findall(text))
    families = [each for each in faces() if each.family != LAST_RESORT and (with_bold_text or each.weight != BOLD_TEXT)]
    basic = [each for each in families if each.is_basic or each.has_any_of(characters)]
    if not with_last_resort:
        return "".join(each.rule(folder) for each in basic)
    known = frozenset[int]().union(*(_among(each.characters) for each in families))
    others = frozenset(each for each in characters if ord(each) not in known and each.isprintable())
    last = [each for each in faces() if each.family == LAST_RESORT and each.has_any_of(others)]
    return "".join(each.rule(folder) for each in (*basic, *last))


def with_faces(document: str, *, with_last_resort: bool = False, with_bold_text: bool = True, folder: str = "") -> str:
    """An HTML page or SVG picture with the faces that it needs, at the start of its style element: embedded, or named in a folder.

    Raises ValueError for a document without a style element."""
    before, style, after = document.partition("<style>")
    if not style:
        raise ValueError("the document has no <style> element to embed its faces in")
    rules = rules_for(document, with_last_resort=with_last_resort, with_bold_text=with_bold_text, folder=folder)
    return f"{before}{style}{rules}{after}"
