"""Reads the records of CSV files with any separator, also of broken ones: a quote that does not close costs its own line.

The `csv` module alone would take everything up to the next quote, or its limit, for one field.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import BinaryIO, NamedTuple

from wrapped_assets.contracts.source import Head
from wrapped_assets.sources.rows import Row

SEPARATORS = ",;\t|"
LINES_AT_ONCE = 500
BLANK_BYTES = 64  # a longer line of blanks is a record of empty fields
FEWEST_FIELDS = 2  # a record may have fewer fields than the header
LONGEST_LINE = 100_000
MOST_LINES_OF_A_FIELD = 30
LINES_BEFORE_HEADER = 50  # Libre.fm writes comments first
STATED_SEPARATOR = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\"?sep=(.)\"?\s*\Z", re.IGNORECASE)


class Record(NamedTuple):
    """One record: its fields, or why it has none, and how many bytes it takes."""

    fields: list[str]
    reason: str | None = None
    size: int = 0


@dataclass(frozen=True)
class Layout:
    """How a file is written: its separator, its header's names as compared, and how many lines come before the first record.

    A file without a header has no names; its `first` record is one like the others.
    """

    separator: str
    names: tuple[str, ...]
    first: tuple[str, ...]
    skipped_lines: int
    is_utf7: bool = False

    def place(self, *spellings: str) -> int:
        """The column of the first spelling that the header has; -1 where it has none."""
        return next((self.names.index(name) for name in spellings if name in self.names), -1)


IsLine = Callable[[Sequence[str]], bool]


def layout_of(head: Head, is_header: IsLine, is_record: IsLine | None = None) -> Layout | None:
    """The layout in which `is_header` accepts a line's names, or `is_record` the first line's fields; None for another format."""
    start = head.first_bytes
    is_binary = start[:1000].count(b"\0") > 9  # a stray NUL costs its row, and only that
    if is_binary or start.lstrip()[:1] in (b"{", b"[", b"<", b"%"):
        return None
    lines = _decoded(start).splitlines(keepends=True)[: LINES_BEFORE_HEADER + 1]
    stated = STATED_SEPARATOR.match(lines[0].encode().strip(b"\r\n")) if lines else None
    for separator in stated[1].decode("utf-8", "replace") if stated else SEPARATORS:
        for number, line in enumerate(lines):
            fields = _parsed(line, separator)
            if isinstance(fields, str) or number < (stated is not None):
                continue
            names = tuple(compared(name) for name in fields)
            if is_header(names):
                return Layout(separator, names, (), number + 1, is_utf7(start))
            is_remark = not line.strip() or line.startswith("#") or number < (stated is not None)
            if is_record and not is_remark:
                if is_record(fields):
                    return Layout(separator, (), tuple(fields), number, is_utf7(start))
                break
    return None


def compared(name: str) -> str:
    """A column's name as it is compared: "Track Name (UTC)" and "track_name_utc" are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip("\ufeff \t\"'"))
    return re.sub(r"\W+", "_", spaced.lower()).strip("_")


def compared_alike(field: str, name: str) -> bool:
    """Whether a field may be a column's name: quick, because every record is asked."""
    return field[:1].lower() == name[:1] and len(field) <= len(name) + 8


def records(stream: BinaryIO, layout: Layout) -> Iterator[tuple[int, Record]]:
    """The records behind the header, numbered from 0; blank lines are none, and neither is a header that is repeated."""
    source = io.BytesIO(_decoded(stream.read()).encode()) if layout.is_utf7 else stream
    number = 0
    first_name = layout.names[0] if layout.names else None
    for record in _records(source, layout):
        if (
            first_name
            and record.fields
            and compared_alike(record.fields[0], first_name)
            and tuple(map(compared, record.fields)) == layout.names
        ):
            continue
        yield number, record
        number += 1


Named = dict[str, str]


def rows_by_name(stream: BinaryIO, head: Head, is_header: IsLine, row_from: Callable[[int, Named], Row]) -> Iterator[Row]:
    """`row_from` over the records by their columns' names as compared; a rejected row for each that is broken or too short."""
    for number, named in named_records(stream, head, is_header):
        yield named if isinstance(named, Row) else row_from(number, named)


def named_records(stream: BinaryIO, head: Head, is_header: IsLine) -> Iterator[tuple[int, Named | Row]]:
    """The records, numbered, by their columns' names; the rejected row for one that is broken or too short."""
    layout = layout_of(head, is_header)
    if layout is None:
        yield 0, Row(0, reason="unreadable_row", unread_bytes=len(stream.read()))
        return
    for number, record in records(stream, layout):
        if record.reason or len(record.fields) < min(len(layout.names), FEWEST_FIELDS):
            yield number, Row(number, reason=record.reason or "unreadable_row", unread_bytes=record.size)
        else:
            yield number, dict(zip(layout.names, record.fields, strict=False))


def is_utf7(first_bytes: bytes) -> bool:
    """Whether the escapes of UTF-7 stand for the marks of CSV: one Libre.fm export is written so."""
    return re.search(rb"\+AC[IM]-", first_bytes) is not None


def _decoded(raw: bytes) -> str:
    return raw.removeprefix(codecs.BOM_UTF8).decode("utf-7" if is_utf7(raw) else "utf-8", "replace")


def _parsed(line: str, separator: str) -> list[str] | str:
    """The fields of a line; "open" where a quote does not close in it, "broken" where quotes stand wrong."""
    if '"' not in line:
        return line.rstrip("\r\n").split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        if separator == "\t":  # written without quoting: a quote is a letter
            return line.rstrip("\r\n").split(separator)
        return "open" if "unexpected end" in str(error) else "broken"


def _records(source: BinaryIO, layout: Layout) -> Iterator[Record]:
    waiting: deque[bytes] = deque()
    for _skipped in range(layout.skipped_lines):
        source.readline(LONGEST_LINE)
    width = len(layout.names) or len(layout.first)
    separator, readline = layout.separator, source.readline
    while True:
        if not waiting:
            waiting.extend(islice(iter(partial(readline, LONGEST_LINE), b""), LINES_AT_ONCE))
            whole = _sound(waiting, separator, width)
            if whole:
                yield from whole
                waiting.clear()
                continue
        if not waiting:
            return
        line = waiting.popleft()
        size = len(line)
        if size < BLANK_BYTES and line.isspace():
            continue
        piece = line
        while len(piece) == LONGEST_LINE and not piece.endswith(b"\n"):
            piece = waiting.popleft() if waiting else readline(LONGEST_LINE)
            size += len(piece)
        if size >= LONGEST_LINE:
            yield Record([], "unreadable_row", size)
            continue
        try:
            fields = _parsed(line.decode("utf-8"), separator)
        except UnicodeDecodeError:
            yield Record([], "not_utf8", size)
            continue
        if fields == "open":
            lines = _lines_of_one_record(line, source, waiting, separator, width)
            if lines:
                size = sum(map(len, lines))
                text = b"".join(lines).decode("utf-8", "surrogateescape")
                if not text.isascii() and any("\udc80" <= char <= "\udcff" for char in text):
                    yield Record([], "not_utf8", size)
                    continue
                fields = _parsed(text, separator)
        if isinstance(fields, str):
            is_end = not line.endswith(b"\n") and not waiting
            yield Record([], "truncated" if is_end and fields == "open" else "unreadable_row", size)
        elif width and len(fields) > width and any(map(str.strip, fields[width:])):
            yield Record(fields, "unreadable_row", size)  # a separator too many: which field it stands in cannot be told
        else:
            yield Record(fields, None, size)


def _sound(lines: Sequence[bytes], separator: str, width: int) -> list[Record]:
    """The records of lines that are one each, parsed at once; none where a line needs a closer look."""
    try:
        texts = b"".join(lines).decode("utf-8").splitlines(keepends=True)
        parsed = list(csv.reader(texts, delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return []
    if not len(parsed) == len(texts) == len(lines) or max(map(len, lines), default=LONGEST_LINE) >= LONGEST_LINE:
        return []
    if width and max(map(len, parsed)) > width:
        return []
    return [Record(fields, None, len(line)) for fields, line in zip(parsed, lines, strict=True) if fields]


def _lines_of_one_record(first: bytes, source: BinaryIO, waiting: deque[bytes], separator: str, width: int) -> list[bytes]:
    """The lines over which a quoted field extends; none, and all put back, where they do not make one record of the right width."""
    lines = [first]
    while len(lines) < MOST_LINES_OF_A_FIELD and sum(map(len, lines)) < LONGEST_LINE:
        line = waiting.popleft() if waiting else source.readline(LONGEST_LINE)
        if not line:
            break
        lines.append(line)
        if b'"' in line:
            fields = _parsed(b"".join(lines).decode("utf-8", "replace"), separator)
            if isinstance(fields, list) and len(fields) == width:
                return lines
            if fields == "broken":
                break
    waiting.extendleft(reversed(lines[1:]))
    return []
