"""Which months spans have: as far as plays are known, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from wrapped_assets.contracts.stored_cell import StoredCell
from wrapped_assets.planning.expected import Landed, months_landed
from wrapped_assets.vocabulary.periods import Cell
from wrapped_assets.vocabulary.spans import Span

PLAYS = "listens/plays"


def known_months(landed: Landed, stored: Mapping[Cell, StoredCell]) -> Span:
    """From the first month with plays to the last. ValueError where nothing was imported.

    A month counts if its plays are not computed yet, or are some: nobody's clock may reach into the months at both ends after all.
    """
    cells = [(month, Cell(PLAYS, str(month), bucket)) for bucket, found in months_landed(landed).items() for month in found]
    months = [month for month, cell in cells if cell not in stored or stored[cell].row_count]
    if not months:
        raise ValueError("nothing was imported yet, so there are no months to tell")
    return Span(min(months), max(months))


def spans_told(asked: Mapping[str, frozenset[int] | None], months_of: Callable[[str], Span]) -> dict[Span, frozenset[int] | None]:
    """The months of every span that was asked for, and in which buckets; those that have no plays any more are left out."""
    found: dict[Span, frozenset[int] | None] = {}
    for name, buckets in sorted(asked.items()):
        with suppress(ValueError):
            span = months_of(name)
            other = found.get(span, frozenset[int]())
            found[span] = None if buckets is None or other is None else buckets | other
    return found
