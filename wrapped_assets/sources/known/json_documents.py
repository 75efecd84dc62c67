"""The objects in a JSON file of a catalogue: one a line, in a list, on a page, or alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import orjson

from wrapped_assets.sources.json_rows import LONGEST_LINE_BYTES, WHOLE_FILE_BYTES, Broken, Element, Having, lines, parsed, records

ANY = Having()


class _Rejoined:
    """A stream whose beginning was read already."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        part, self._start = self._start[:size], self._start[size:]
        return part or self._rest.read(size)

    def readline(self, size: int) -> bytes:
        end = self._start.find(b"\n") + 1 or len(self._start)
        part, self._start = self._start[: min(end, size)], self._start[min(end, size) :]
        return part if part.endswith(b"\n") or len(part) == size else part + self._rest.readline(size - len(part))


def objects(stream: BinaryIO, is_one: Callable[[dict[str, Any]], bool]) -> Iterator[Element]:
    """Every object, numbered; Broken where one cannot be read. `is_one` tells an object from a page that holds some."""
    first = stream.readline(LONGEST_LINE_BYTES)
    while first.isspace():
        first = stream.readline(LONGEST_LINE_BYTES)
    number = 0
    for value in _documents(first, stream):
        for found in _on_page(value, is_one):
            yield number, found
            number += 1


def _documents(first: bytes, stream: BinaryIO) -> Iterator[Any]:
    if not isinstance(parsed(first), Broken):  # a document is a line long, so others are too
        yield from (element for _, element in lines(_Rejoined(first, stream), ANY))  # type: ignore[arg-type]
    elif first.lstrip().startswith(b"["):
        yield from (element for _, element in records(_Rejoined(first, stream), ANY))  # type: ignore[arg-type]
    else:
        start = first + stream.read(WHOLE_FILE_BYTES)
        try:
            yield orjson.loads(start)
        except orjson.JSONDecodeError:
            yield from (element for _, element in lines(_Rejoined(start, stream), ANY))  # type: ignore[arg-type]


def _on_page(value: Any, is_one: Callable[[dict[str, Any]], bool]) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif not isinstance(value, dict) or is_one(value):
        yield value
    else:
        lists = [below for below in value.values() if isinstance(below, list)]
        lists += [below["items"] for below in value.values() if isinstance(below, dict) and isinstance(below.get("items"), list)]
        for found in lists or [[value]]:
            yield from found
