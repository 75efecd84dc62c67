"""Streams the records of JSON files, also of broken ones: what can be read is read, what cannot is said.

A file's records stand in a list; where that list stands is told by a *shape*: "[" is a list at the top, "{[" a list below a
key of an object, "[{[" the same in each page of a list of pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import orjson

from wrapped_assets.sources.rows import Row

WHOLE_FILE_BYTES = 32 * 2**20  # up to here a file is parsed at once: about 6 times its size in memory
CHUNK_BYTES = 2**20
LONGEST_RECORD_BYTES = 4 * 2**20  # a longer "record" is a file whose brackets or quotes do not close
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]|"', re.DOTALL)
FLAT_RECORD = re.compile(rb'[\s,]*+\{[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+\}', re.DOTALL)
OPENING = {b"}": b"{", b"]": b"["}
KEY = re.compile(rb'"([A-Za-z_]+)"\s*:')


def keys_of(first_bytes: bytes) -> frozenset[str]:
    """The keys that stand in the first bytes of a JSON file, at any depth; none for what does not begin like JSON."""
    if first_bytes.lstrip()[:1] not in (b"{", b"["):
        return frozenset()
    return frozenset(key.decode("ascii") for key in KEY.findall(first_bytes))


class Broken(str):
    """Stands where a record should be; its text is one of REJECTION_REASONS."""


Element = tuple[int, Any]


def rows_of(elements: Iterator[Element], row_from: Callable[[int, dict[str, Any]], Row | None]) -> Iterator[Row]:
    """`row_from` over the records that are objects; a rejected row for the others. A None is a record that is no row at all."""
    for number, element in elements:
        if isinstance(element, dict):
            row = row_from(number, element)
            if row is not None:
                yield row
        else:
            yield Row(number, reason=str(element) if isinstance(element, Broken) else "not_an_object")


def records(stream: BinaryIO, shapes: tuple[str, ...]) -> Iterator[Element]:
    """Every element of the lists that stand in one of `shapes`, numbered from 0, in constant memory for large files."""
    start = _read_up_to(stream, WHOLE_FILE_BYTES + 1)
    if len(start) <= WHOLE_FILE_BYTES:
        try:
            document = orjson.loads(start)
        except orjson.JSONDecodeError:  # cut, several documents, NaN, a lone surrogate: the scanner copes with each
            pass
        else:
            yield from enumerate(element for shape in shapes for element in _inside(document, shape))
            return
    number = -1
    for number, element in enumerate(_scan(start, stream, {shape.encode() for shape in shapes})):
        yield number, element
    if number < 0 and start.strip():  # neither JSON nor any record in it: not the format that was asked for
        yield 0, Broken("unreadable_row")


def lines(stream: BinaryIO) -> Iterator[Element]:
    """One JSON document a line; a line that is none is Broken, the last one without its end is truncated."""
    number = 0
    while line := stream.readline(LONGEST_RECORD_BYTES):
        if not line.isspace():
            element = parsed(line)
            is_cut = isinstance(element, Broken) and not line.endswith(b"\n")
            yield number, Broken("truncated") if is_cut else element
        number += 1


def parsed(document: bytes) -> Any:
    """The value of a JSON text, also with NaN or broken characters in it; Broken where it is none."""
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        try:
            return json.loads(document.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return Broken("unreadable_row")


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _inside(value: Any, shape: str) -> Iterator[Any]:
    if not shape:
        yield value
    elif shape[0] == "[" and isinstance(value, list):
        for item in value:
            yield from _inside(item, shape[1:])
    elif shape[0] == "{" and isinstance(value, dict):
        for item in value.values():
            yield from _inside(item, shape[1:])


def _scan(buffer: bytes, stream: BinaryIO, shapes: set[bytes]) -> Iterator[Any]:
    """Finds the brackets of each element and parses it alone, so that one broken element costs only itself.

    ijson is not used: it stops for good at the first NaN or broken character, and the rows after it would be lost.
    """
    stack = b""
    start = position = 0  # of the element that is being read; of the scan
    while True:
        if stack in shapes and (flat := FLAT_RECORD.match(buffer, position)):  # most records, ten times faster than by bracket
            yield from _element(buffer[start:position] + flat.group().lstrip(b" \t\r\n,"))
            start = position = flat.end()
            continue
        token = TOKEN.search(buffer, position)
        text = token.group() if token else b""
        if token is None or text == b'"':  # nothing more, or a text whose end is not here yet
            consumed = start if stack and _is_inside(stack, shapes) else (token.start() if token else len(buffer))
            resume = token.start() if token else len(buffer)
            more = stream.read(CHUNK_BYTES)
            if not more or len(buffer) - consumed > LONGEST_RECORD_BYTES:
                if stack or buffer[resume:].strip():
                    yield Broken("truncated")
                return
            buffer = buffer[consumed:] + more
            start, position = start - consumed if start >= consumed else 0, resume - consumed
            continue
        position = token.end()
        in_list = stack in shapes  # directly inside one of the lists
        if text in b"[{":
            stack += text
            if stack in shapes:
                start = position
        elif text in b"]}":
            if not stack.endswith(OPENING[text]):
                yield Broken("unreadable_row")
                return
            if in_list:
                yield from _element(buffer[start : token.start()])
            stack = stack[:-1]
            if stack in shapes:  # a complete record: it counts even if the file ends right behind it
                yield from _element(buffer[start:position])
                start = position
        elif text == b"," and in_list:
            yield from _element(buffer[start : token.start()])
            start = position


def _element(raw: bytes) -> Iterator[Any]:
    document = raw.strip()
    if document and document != b",":
        yield parsed(document)


def _is_inside(stack: bytes, shapes: set[bytes]) -> bool:
    return any(stack.startswith(shape) for shape in shapes)
