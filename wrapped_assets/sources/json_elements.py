"""What one element of a JSON file is: a record, something beside records, or something broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

DEEPEST = 12  # brackets inside of brackets; the deepest record known, a track of Spotify's Web API, has six


class Having:
    """The test that an object is a record: it has all of `keys`."""

    def __init__(self, *keys: str) -> None:
        self.keys = frozenset(keys)
        self.quoted = tuple(f'"{key}"'.encode() for key in sorted(keys))

    def __call__(self, element: dict[str, Any]) -> bool:
        return self.keys <= element.keys()


class Broken(str):
    """Stands where a record should be; its text is one of REJECTION_REASONS, `size` the bytes that were passed over."""

    size: int
    value: Any  # of a text that is not UTF-8: what it says but for the characters that cannot be read

    def __new__(cls, reason: str, size: int = 0, value: Any = None) -> Broken:
        made = super().__new__(cls, reason)
        made.size, made.value = size, value
        return made


def parsed(document: bytes) -> Any:
    """The value of a JSON text, also with NaN or bare control characters in it; Broken where it is none, or is not UTF-8."""
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        try:
            text = document.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        try:
            value = json.loads(document.decode("utf-8", "replace") if text is None else text, strict=False)
        except (ValueError, RecursionError):
            return Broken("unreadable_row", len(document))
        return Broken("not_utf8", len(document), value) if text is None else value


def found_in(value: Any, is_record: Having, depth: int = DEEPEST) -> Iterator[Any]:
    """The records in a parsed document; of a list that has a record among its elements, every element."""
    if isinstance(value, dict) and is_record(value):
        yield value
    elif isinstance(value, list) and any(isinstance(element, dict) and is_record(element) for element in value):
        yield from value
    elif isinstance(value, (dict, list)) and depth:
        for below in value.values() if isinstance(value, dict) else value:
            yield from found_in(below, is_record, depth - 1)


def likely_rows(document: Any) -> list[Any]:
    """What would be the rows of a document without any record: the elements of its list, unless they are pages."""
    if not isinstance(document, list):
        return []
    return [row for row in document if not isinstance(row, list) and not (isinstance(row, dict) and any(map(_is_list, row.values())))]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
