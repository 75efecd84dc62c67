"""Google Takeout's `watch-history` of YouTube Music, as JSON or as HTML, in every language.

The file holds all that was watched on YouTube. Music is what was played in YouTube Music, or on a channel that YouTube made for an
artist ("… - Topic"); other videos and advertisements are counted apart, and their titles are not kept.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.source import Batch, Head, Source
from wrapped_assets.sources import richness
from wrapped_assets.sources.batches import batches_of
from wrapped_assets.sources.json_rows import Broken, Having, keys_of, records, rows_of
from wrapped_assets.sources.rows import Row, children, text, time_text
from wrapped_assets.sources.spelled_times import order_of, readable
from wrapped_assets.sources.times import any_spelling
from wrapped_assets.sources.watched_titles import Affixes, affixes_of

IS_RECORD = Having("title", "time")
HEADER, MUSIC_PAGE, TOPIC = (
    "YouTube Music",
    "music.youtube.com",
    re.compile(r"\s+-\s+(?:Topic|Thema|Sujet|Tema|Tópico|トピック|主题|主題|주제)\Z"),
)
CELL = b'<div class="outer-cell'
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
CONTENT = re.compile(r'<div class="content-cell[^"]*mdl-typography--body-1">(.*?)</div>', re.DOTALL)
TITLE_CELL = re.compile(r'<p class="mdl-typography--title">(.*?)<', re.DOTALL)
BREAK = re.compile(r"<br\s*/?>")
TAG = re.compile(r"<[^>]*>")
CHUNK_BYTES, LONGEST_CELL = 2**20, 2**16


def recognises(head: Head) -> bool:
    """Records with Takeout's header and title, or Takeout's page of them."""
    start = head.first_bytes
    is_list = keys_of(start) >= {"header", "title", "time"} and b"youtube" in start.lower()
    return is_list or (start.lstrip()[:1] == b"<" and _is_page(head))


def _is_page(head: Head) -> bool:
    """Takeout's pages begin with about 150 kB of styles: the first cell stands behind them."""
    if CELL in head.first_bytes:
        return True
    if b"mdl-" not in head.first_bytes and b"outer-cell" not in head.first_bytes:
        return False
    return head.again is not None and _has_cell(head.again)


def _has_cell(opener: Any) -> bool:
    with opener() as stream:
        start = stream.read(CHUNK_BYTES)
    return CELL in start and b"youtube" in start.lower()


def read(stream: BinaryIO, head: Head) -> Iterator[Batch]:
    """Plays in the order of the file, newest first; the time is the start. How long was played is not said: each is like a scrobble."""
    if keys_of(head.first_bytes):
        affixes = affixes_of(_titles(head))
        rows = rows_of(records(stream, IS_RECORD), lambda number, record: row_from(number, record, affixes))
    else:
        rows = _of_page(stream)
    return batches_of(rows, any_spelling)


def _titles(head: Head) -> list[str]:
    """The first titles that are not addresses, to see what they have in common."""
    found = re.findall(rb'"title"\s*:\s*("(?:[^"\\]|\\.)*")', head.first_bytes)
    titles = []
    for raw in found:
        try:
            titles.append(json.loads(raw))
        except ValueError:
            continue
    return titles


def row_from(number: int, record: dict[str, Any], affixes: Affixes) -> Row:
    """One record; a video that was removed has no channel."""
    channel = next((text(subtitle.get("name")) for subtitle in children(record, "subtitles")), None)
    url = record.get("titleUrl") if isinstance(record.get("titleUrl"), str) else ""
    is_advertisement = any("Google" in str(detail.get("name")) for detail in children(record, "details"))
    is_music = record.get("header") == HEADER or MUSIC_PAGE in (url or "") or bool(channel and TOPIC.search(channel))
    return _row(number, time_text(record.get("time")), text(record.get("title")), channel, affixes, is_music, is_advertisement)


def _row(
    number: int, time: str | None, title: str | None, channel: str | None, affixes: Affixes, is_music: bool, is_advertisement: bool
) -> Row:  # fmt: skip
    if is_advertisement or not is_music:
        return Row(number, reason="not_a_play" if is_advertisement else "not_music", time_text=time)
    watched = affixes.without(title) if title else None
    return Row(
        number,
        time_text=readable(time) or time,
        title=None if watched and re.match(r"https?://", watched) else watched,
        artist_credit=TOPIC.sub("", channel) if channel else None,
    )


def _of_page(stream: BinaryIO) -> Iterator[Row]:
    cells = [] if stream is None else _cells(stream)
    first: list[tuple[int, str | Broken]] = []
    iterator = iter(enumerate(cells))
    for pair in iterator:  # some rows tell how the page writes titles and days
        first.append(pair)
        if len(first) == 200:
            break
    parsed = [(number, cell if isinstance(cell, Broken) else _entry(cell)) for number, cell in first]
    entries = [entry for _, entry in parsed if isinstance(entry, tuple)]
    affixes, order = affixes_of([entry[0] for entry in entries]), order_of(entry[3] for entry in entries)
    for number, cell in [*first, *iterator]:
        entry = cell if isinstance(cell, Broken) else _entry(cell)
        if isinstance(entry, tuple):
            title, channel, is_music, time, is_advertisement = entry
            row = _row(number, time, title, channel, affixes, is_music, is_advertisement)
            yield row if row.reason else row._replace(time_text=readable(time, order) or time)
        else:
            size = entry.size if isinstance(entry, Broken) else len(str(cell))
            yield Row(number, reason=str(entry) if isinstance(entry, Broken) else "unreadable_row", unread_bytes=size)


def _cells(stream: BinaryIO) -> Iterator[str | Broken]:
    """The text of each cell; what lies before the first and behind the last is the page's frame."""
    buffer, is_inside = b"", False
    while True:
        more = stream.read(CHUNK_BYTES)
        pieces = (buffer + more).split(CELL)
        complete, buffer = (pieces[:-1], pieces[-1]) if more else (pieces, b"")
        for piece in complete:
            if is_inside:
                yield _decoded(piece)
            is_inside = True
        if not more:
            return
        if len(buffer) > LONGEST_CELL and is_inside:
            yield Broken("unreadable_row", len(buffer))
            buffer, is_inside = buffer[-len(CELL) :], False
        elif not is_inside:
            buffer = buffer[-len(CELL) :]


def _decoded(piece: bytes) -> str | Broken:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return Broken("not_utf8", len(piece))


def _entry(cell: str) -> tuple[str, str | None, bool, str, bool] | None:
    """Title as displayed, channel, whether it is music, time, whether it is an advertisement; None for a cell that has no time."""
    content = CONTENT.search(cell)
    if content is None:
        return None
    lines = [line for line in BREAK.split(content[1]) if line.strip()]
    if len(lines) < 2:
        return None
    links = LINK.findall(content[1])
    url = html.unescape(links[0][0]) if links else ""
    channel = _plain(links[1][1]) if len(links) > 1 else None
    service = TITLE_CELL.search(cell)
    is_music = (service is not None and _plain(service[1]) == HEADER) or MUSIC_PAGE in url or bool(channel and TOPIC.search(channel))
    is_advertisement = "Google Ads" in cell or "Google-Anzeigen" in cell
    return _plain(lines[0]), channel, is_music, _plain(lines[-1]), is_advertisement


def _plain(markup: str) -> str:
    return " ".join(html.unescape(TAG.sub("", markup)).split())


YOUTUBE_MUSIC = Source(
    name="youtube_music",
    code=18,
    title="YouTube Music watch history from Google Takeout (JSON or HTML)",
    richness=richness.YOUTUBE_MUSIC,
    resolution_seconds=60,
    recognises=recognises,
    read=read,
)
