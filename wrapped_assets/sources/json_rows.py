"""Streams the records of JSON files, also of broken ones: what can be read is read, what cannot is counted.

A record is an object that has certain keys, wherever it stands: in a list, below a key, on a page of a list of pages, on a line of its
own, or alone. What stands beside records in one list is a row too, and is refused if it is no record. `json_scan` reads what a parser
refuses: where a row is broken it looks for the next record, so that damage costs the rows that it touches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import orjson

from wrapped_assets.sources.json_elements import Broken, Having, found_in, likely_rows, parsed
from wrapped_assets.sources.json_scan import scanned
from wrapped_assets.sources.rows import Row

WHOLE_FILE_BYTES = 32 * 2**20  # up to here a file is parsed at once: about 6 times its size in memory
CHUNK_BYTES = 2**20
LONGEST_LINE_BYTES = 4 * 2**20
KEY = re.compile(rb'"([A-Za-z_]+)"\s*:')


Element = tuple[int, Any]


def keys_of(first_bytes: bytes) -> frozenset[str]:
    """The keys that stand in the first bytes of a JSON file, at any depth; none for what does not begin like JSON."""
    if first_bytes.lstrip()[:1] not in (b"{", b"["):
        return frozenset()
    return frozenset(key.decode("ascii") for key in KEY.findall(first_bytes))


def rows_of(elements: Iterator[Element], row_from: Callable[[int, dict[str, Any]], Row | None]) -> Iterator[Row]:
    """`row_from` over the records that are objects; a rejected row for the others. A None is a record that is no row at all."""
    for number, element in elements:
        if isinstance(element, dict):
            row = row_from(number, element)
            if row is not None:
                yield row
        else:
            yield beside_records(number, element)


def beside_records(number: int, element: Any) -> Row:
    """The rejected row of what is no record."""
    if isinstance(element, Broken):
        return Row(number, reason=str(element), unread_bytes=element.size)
    return Row(number, reason="not_an_object")


def records(stream: BinaryIO, is_record: Having) -> Iterator[Element]:
    """Every record and what stands beside records, numbered from 0, in constant memory for large files."""
    start = _read_up_to(stream, WHOLE_FILE_BYTES + 1)
    if len(start) <= WHOLE_FILE_BYTES:
        try:
            document = orjson.loads(start)
        except orjson.JSONDecodeError:  # cut, several documents, NaN, a lone surrogate: both ways below cope with each
            pass
        else:
            found = list(found_in(document, is_record))
            yield from enumerate(found or likely_rows(document))
            return
    first = start.lstrip()[:LONGEST_LINE_BYTES].partition(b"\n")[0]
    of_lines = parsed(first) if first.startswith(b"{") else None
    if isinstance(of_lines, dict) and is_record(of_lines):
        yield from enumerate(_by_line(start, stream, is_record))
    else:
        yield from enumerate(scanned(start, stream, is_record))


def lines(stream: BinaryIO, is_record: Having) -> Iterator[Element]:
    """One JSON document a line, numbered from 0; a line that is none is Broken, the last one without its end is truncated."""
    yield from enumerate(_by_line(b"", stream, is_record))


def _by_line(start: bytes, stream: BinaryIO, is_record: Having) -> Iterator[Any]:
    for line in _split(start, stream):
        if line.isspace():
            continue
        element = parsed(line)
        if isinstance(element, Broken):
            is_cut = not line.endswith(b"\n") and len(line) < LONGEST_LINE_BYTES
            found = list(scanned(line, None, is_record)) if is_record.keys else []
            broken = [Broken("truncated" if is_cut else str(element), len(line))]
            if is_cut or not any(isinstance(one, dict) for one in found):
                yield from [one for one in found if not isinstance(one, Broken)] + broken
            else:  # two records, of whose damage the line's end is a part
                yield from (Broken("unreadable_row", one.size) if isinstance(one, Broken) else one for one in found)
        elif isinstance(element, dict) or not is_record.keys:
            yield element
        else:
            yield from list(found_in(element, is_record)) or [element]


def _split(start: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The lines with their ends; a longer one than any record comes in pieces."""
    buffer = start
    while True:
        begin = 0
        while (end := buffer.find(b"\n", begin) + 1) > 0:
            yield buffer[begin:end]
            begin = end
        buffer = buffer[begin:]
        if len(buffer) >= LONGEST_LINE_BYTES:
            yield buffer
            buffer = b""
        more = stream.read(CHUNK_BYTES)
        if not more:
            if buffer:
                yield buffer
            return
        buffer += more


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
