"""A tree of genres in YAML: lists of names, those with kinds of their own as a key over a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.known_source import KnownBatch, KnownSource
from wrapped_assets.contracts.source import Head
from wrapped_assets.kernels.genres import DEEPEST
from wrapped_assets.sources.known.checked import batches_of

_LARGEST = 16 * 2**20
Rows = Iterator[tuple[str, dict[str, Any]]]


def recognises(head: Head) -> bool:
    """The first line that says anything begins a list."""
    lines = (line.strip() for line in head.first_bytes.splitlines())
    first = next((line for line in lines if line and not line.startswith(b"#") and line != b"---"), b"")
    return not head.column_names and first.startswith(b"- ")


def read(stream: BinaryIO, _head: Head) -> Iterator[KnownBatch]:
    """Genres and what each is a kind of; InputError where it is no such tree."""
    import yaml

    try:
        document = yaml.load(stream.read(_LARGEST), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (a safe one)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise InputError("the genre tree cannot be read: expected YAML lists of names; nothing was changed") from None
    yield from batches_of(_below(document, None, set(), 0))


def _below(found: Any, parent: str | None, seen: set[str], depth: int) -> Rows:
    if depth > DEEPEST:
        raise InputError(f"the genre tree has more than {DEEPEST} levels: make it flatter; nothing was changed")
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict):
            for name, below in item.items():
                yield from _genre(name, parent, seen)
                if below is not None:
                    yield from _below(below, str(name), seen, depth + 1)
        elif item is not None:
            yield from _genre(item, parent, seen)


def _genre(name: Any, parent: str | None, seen: set[str]) -> Rows:
    is_name = isinstance(name, str | int | float)
    row = {"row_number": len(seen), "genre_name": str(name), "parent_genre_name": parent}
    if not is_name:
        row = {"row_number": len(seen), "reason": "not_an_object"}
    elif str(name).lower() in seen:
        row["reason"] = "second_place"
    seen.add(str(name).lower())
    yield "known_genres", row


source = KnownSource("genre_tree", "a tree of genres (YAML)", recognises, read)
