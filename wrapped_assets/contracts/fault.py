"""A law that a declaration breaks."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A broken law: the keyword of the declaration, the name inside it, and what is wrong, expected and to be done."""

    keyword: str
    item: str
    message: str
