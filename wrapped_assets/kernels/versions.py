"""Computes versions: hashes over plain values with their types and lengths, equal on every run and machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeAlias

SCHEME = 2  # version of the hash format; recorded with each cell, so that cells of another scheme are recomputed

Part: TypeAlias = "bool | int | float | str | bytes | date | datetime | tuple[Part, ...] | frozenset[Part] | None"


def combined(*parts: Part) -> str:
    """Hashes ordered values with their types, so None is not a text and ("a,b", "c") is not ("a", "b,c"); 32 hex digits."""
    return hashed(written(*parts))


def hashed(text: str) -> str:
    """The hash of what `written` wrote."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def rows_version(row_count: int, hashes: dict[str, str]) -> str:
    """Hashes a frame: the number of rows, and the name and hash of each column in order."""
    return combined(row_count, tuple(hashes.items()))


def written(*parts: Part) -> str:
    """Encodes values unambiguously as one text: for each its type as a letter, its length and its content."""
    return "".join([f"s{len(part)}:{part}" if type(part) is str else _other(part) for part in parts])


def _other(part: Part) -> str:
    if part is None:
        return "n"
    kind = type(part)
    if kind is tuple:
        content = written(*part)  # type: ignore[misc]
        return f"({len(content)}:{content}"
    if kind is frozenset:
        return "{" + written("".join(sorted(map(written, part))))  # type: ignore[arg-type]
    if kind in _AS_TEXT:
        letter, text = _AS_TEXT[kind]
        return letter + written(text(part))
    raise TypeError(f"a version cannot be made of {kind.__name__}: use None, bool, int, float, str, bytes, a date, or tuples of these")


_AS_TEXT: dict[type, tuple[str, Callable[[Any], str]]] = {
    bool: ("t", str), int: ("i", str), float: ("r", float.hex), bytes: ("b", bytes.hex), date: ("d", date.isoformat),
    datetime: ("D", datetime.isoformat),
}  # fmt: skip
