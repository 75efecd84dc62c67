"""What lies beside a listener's page: a card to share in each language, and their playlists in every format.

All files of a listener are members of one archive, each packed with gzip as it is sent. One archive costs a disk, an erasure and a
comparison of hashes as much as one file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from wrapped_assets.playlists.formats.contract import PlaylistFormat
from wrapped_assets.playlists.formats.registry import all_formats
from wrapped_assets.serving.rendered.packing import packed
from wrapped_assets.serving.rendered.playlists import Listed
from wrapped_assets.stories.card import story_svg_card
from wrapped_assets.stories.data import StoryData
from wrapped_assets.stories.page import Offered

NAME = re.compile(r"[a-z0-9_]+(?:\.[a-z]{2,3})?\.[a-z0-9]{3,5}")  # of a member: neither a person nor a path is in it
CARD_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; base-uri 'none'; form-action 'none'"
_SVG = ".svg"
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive


@cache
def _formats() -> tuple[PlaylistFormat, ...]:
    """Every format, without those that write the bytes of another under another name."""
    return tuple({form.render: form for form in all_formats().values()}.values())


def files_of(stories: Sequence[StoryData], playlists: Mapping[str, Listed], faces_in: str) -> dict[str, bytes]:
    """A listener's files by name: a card of each language's story, and each playlist in the formats that hold a track of it."""
    found = {f"card.{data.locale}{_SVG}": story_svg_card(data, faces_in).encode() for data in stories}
    for name, listed in sorted(playlists.items()):
        playlist = listed.playlist(stories[0].listener)
        for form in _formats():
            written = form.render(playlist)
            if len(written.left_out) < len(playlist.tracks):
                found[f"{name}{form.suffix}"] = written.content
    return found


def offered(files: Iterable[str], playlists: Mapping[str, Listed], locale: str, folder: str) -> Offered:
    """What the page in one language links to; `folder` is where its files are."""
    names, card = set(files), f"card.{locale}{_SVG}"
    lists = []
    for name, playlist in sorted(playlists.items()):
        written = [(_called(form), f"{folder}/{name}{form.suffix}") for form in _formats() if f"{name}{form.suffix}" in names]
        if written:
            lists.append((playlist.title, tuple(written)))
    return Offered(f"{folder}/{card}" if card in names else "", tuple(lists))


def _called(form: PlaylistFormat) -> str:
    """A format's name as people write it: XSPF, Spotify."""
    return form.name.upper() if len(form.name) <= 4 else form.name.capitalize()


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """The archive of some files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, file in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.gz", _NO_TIME), packed(file, "gz"))
    return content.getvalue()


def member_of(archive: bytes, name: str) -> bytes:
    """A file of an archive as it is sent, packed with gzip. KeyError where there is none of the name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(f"{name}.gz")


def members_of(archive: bytes) -> dict[str, bytes]:
    """Every file of an archive as it is sent, packed with gzip."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name.removesuffix(".gz"): opened.read(name) for name in opened.namelist()}


@cache
def sent_as(name: str) -> dict[str, str]:
    """The headers of a file that say what it is: a playlist is kept by its reader's device, a card is shown."""
    kinds = {form.suffix: form.media_type for form in all_formats().values()}
    stem, _, suffix = name.rpartition(".")
    if f".{suffix}" == _SVG:
        return {"Content-Type": "image/svg+xml", "Content-Disposition": "inline", "Content-Language": stem.rpartition(".")[2]}
    return {"Content-Type": kinds[f".{suffix}"], "Content-Disposition": f'attachment; filename="{name}"'}
