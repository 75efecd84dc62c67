"""Describes a law that a declaration breaks."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A broken law: the keyword of the declaration, the name inside it, and a message that says what is wrong and what to do."""

    keyword: str
    item: str
    message: str
