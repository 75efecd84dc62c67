"""Looks for what is left of erased listeners: every file below some folders, by what it is, and the files that were written elsewhere.

Parquet is read value by value, SQLite too, archives are unpacked, texts are searched for whole words, and anything else by its bytes.
What could not be looked into is listed, so that a report never claims more than was done.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

import orjson
import polars as pl

import wrapped_assets
from wrapped_assets.faces.embedding import face_files
from wrapped_assets.rights import databases
from wrapped_assets.rights.looking import PAGES, Seen, files_below, opened
from wrapped_assets.rights.needles import LONG, Search
from wrapped_assets.rights.sieve import LARGEST_SIFTED, Sieve
from wrapped_assets.rights.unpacking import Content, contents
from wrapped_assets.rights.words import stands_alone
from wrapped_assets.storage.lookups import LOOKUPS, is_whole
from wrapped_assets.storage.stored_files import FOLDERS
from wrapped_assets.vocabulary.columns import BY_NAME

CASES = "erasures"  # the case under way
_REGISTRY, _CATALOGUE = "registry.sqlite", "catalogue"
_UPLOADS = "uploads"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
# Each piece of a text is decoded alone, so none of these looks for a mark at its beginning.
_MARKS = ((b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ((1, "utf-16-le"), (0, "utf-16-be"))  # where the higher byte of a character stands: nought in half of them
_WORDS_FROM = {".html", ".css", ".js", ".po", ".yaml", ".json", ".mako", ".svg"}
_PIECE, _OVERLAP = 4 << 20, 8_000  # bytes; characters of up to four


@dataclass
class Residue:
    """What a search looked at, what it found, and what it could not look into; paths are below the searched folder."""

    files: int = 0
    bytes: int = 0
    hits: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)  # a name stands there that is also an ordinary word of the program or the machine
    opaque: dict[str, str] = field(default_factory=dict)  # path → why
    pictures: int = 0  # searched for bytes; what is drawn in them cannot be
    public_texts: int = 0  # titles and names of theirs that a public catalogue or chart has: not searched for

    @property
    def sha256(self) -> str:
        """Of the search's report."""
        found = [self.files, self.bytes, self.hits, self.doubtful, sorted(self.opaque.items()), self.pictures, self.public_texts]
        return sha256(orjson.dumps(found)).hexdigest()


def residue_of(search: Search, folders: Iterable[Path], beside: Iterable[tuple[str, Path]] = ()) -> Residue:
    """Searches every file below the folders, and its name; and files that lie elsewhere: by which name, and where to read each.

    Not the whole ones beside the catalogue's tables, by which rows are looked up: they say what the tables say, which are searched.
    """
    found, seen, names = Residue(), Seen(), list[str]()
    sieve = Sieve(found.hits.append, found.doubtful.append)
    for folder in folders:

        def skips(relative: str, folder: Path = folder) -> bool:
            return relative == CASES or (relative.startswith(f"{LOOKUPS}/") and is_whole(folder / relative))

        for path, relative in files_below(folder, skips, found.opaque, seen):
            names.append(relative)
            if path is not None:
                _look_into(path, relative, search, found, sieve)
    for name, path in beside:
        names.append(name)
        _look_into(path, name, search, found, sieve)
    sieve.empty()
    found.hits += [names[at] for at in search.holding(names)]
    found.hits, found.doubtful = sorted(set(found.hits)), sorted(set(found.doubtful))
    return found


def look_into(path: Path, search: Search) -> bool:
    """Whether one file, wherever it is, holds something."""
    found = Residue()
    sieve = Sieve(found.hits.append, found.doubtful.append)
    _look_into(path, path.name, search, found, sieve)
    sieve.empty()
    return bool(found.hits)


def _look_into(path: Path, relative: str, search: Search, found: Residue, sieve: Sieve) -> None:
    found.files += 1
    try:
        with opened(path) as data:
            found.bytes += len(data)
            if bytes(data[:16]) == databases.MAGIC:
                asked = search.with_registry if path.name.startswith(_REGISTRY) else search
                if place := databases.in_database(path, asked):
                    found.hits.append(f"{relative} ({place})")
                return
            if path.suffix == ".woff2" and face_files().get(path.name) == data:  # a typeface of the program, as it came
                return
            asked = search.in_pages if relative.startswith(f"{PAGES}/") else search
            if relative.startswith(f"{PAGES}/") and path.parent.name == _UPLOADS:  # says what a target that did not answer has to lose
                asked = asked.with_registry
            for content in contents(data, name=path.name):
                _look_at(content, relative, asked, found, sieve)
    except FileNotFoundError:  # gone meanwhile
        return
    except OSError as error:
        found.opaque[relative] = error.strerror or "unreadable"


def _look_at(content: Content, relative: str, search: Search, found: Residue, sieve: Sieve) -> None:
    place = f"{relative}!{content.inside}" if content.inside else relative
    if content.why_opaque:
        found.opaque[place] = content.why_opaque
    elif _holds(content, place, relative, search, found, sieve):
        found.hits.append(place)


def _holds(content: Content, place: str, relative: str, search: Search, found: Residue, sieve: Sieve) -> bool:
    """Whether the content holds something; what is short is left to the sieve."""
    data = content.data
    start = bytes(data[:16])
    if start[:4] == b"PAR1":
        return _in_parquet(data, place, search, found, within=relative.partition("/")[0])
    if start == databases.MAGIC:  # in an archive
        place_of = databases.in_values(bytes(data), search)
        if place_of == "unreadable":
            found.opaque[place] = "damaged database"
        return place_of not in (None, "unreadable") or search.in_bytes(data)
    is_picture = start.startswith(_PICTURES)
    found.pictures += is_picture
    encoding = None if is_picture else _encoding(data)
    if not (encoding or is_picture or content.is_packed) and any(len(name) < LONG for name in search.names):
        found.opaque[place] = "not a text: names shorter than six letters were not looked for"
    if len(data) < LARGEST_SIFTED:
        sieve.add(search, place, bytes(data), encoding)
        return False
    if encoding is None:
        return search.in_bytes(data)
    doubtful = search.doubtful
    for start_at in range(0, len(data), _PIECE):
        text = bytes(data[max(0, start_at - _OVERLAP) : start_at + _PIECE]).decode(encoding, "replace")
        if search.in_text(text):
            return True
        if doubtful and doubtful.in_text(text):
            found.doubtful.append(place)
    return search.in_bytes(data)


def _in_parquet(data: bytes | memoryview, place: str, search: Search, found: Residue, *, within: str) -> bool:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except pl.exceptions.PolarsError:
        found.opaque[place] = "damaged Parquet file"
        return search.in_bytes(data)
    if within not in FOLDERS and search.in_text("\n".join(frame.columns)):  # somebody's table of people may have a column for each
        return True
    return search.in_frame(frame, is_public=within == _CATALOGUE) is not None


def _encoding(data: bytes | memoryview) -> str | None:
    """How a text is encoded; None for what is no text."""
    start = bytes(data[:8192])
    if marked := next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None):
        return marked
    if b"\0" not in start:
        return "utf-8"
    for high, encoding in _UNMARKED:
        if 0 not in start[1 - high :: 2] and 4 * start[high::2].count(0) > len(start):
            return encoding
    return None


def ordinary(words: Iterable[str], machine: Path, officers: Iterable[str] = ()) -> frozenset[str]:
    """Those of the words that the program itself says, that stand in the path of the data root, or in the names of officers.

    Found, they prove nothing.
    """
    corpus = f"{_program()} {machine.resolve()} {' '.join(sorted(officers))}"
    return frozenset(word for word in words if stands_alone(corpus, word))


@cache
def _program() -> str:
    """What the program writes into files on its own account: its pages' words, its dictionary, and what its modules are called."""
    paths = sorted(Path(wrapped_assets.__file__).parent.rglob("*"))
    texts = [path.read_text(encoding="utf-8") for path in paths if path.suffix in _WORDS_FROM]
    return "\n".join([*texts, *(path.stem for path in paths), *(f"{column.name} {column.meaning}" for column in BY_NAME.values())])
