"""The kinds of asset that analysts write: insights of listeners, artists and groups, playlists, populations.

Each is a `declare` with its layer and kind filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from wrapped_assets.contracts.declaration import Declaration, Example, Window, declare
from wrapped_assets.vocabulary.columns import Column

Reads = Mapping[str, Sequence[Column] | tuple[Sequence[Column], Window]]
MINIMUM_LISTENERS = 20  # of an artist: below it nothing about the audience is shown

Decorator = Callable[[Callable[..., pl.LazyFrame]], Declaration]


def insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (),
) -> Decorator:  # fmt: skip
    """A listener's year in one respect: rows per listener, year × bucket.

    `headline` may name columns of the first row, `{listen_count}`, and `{recording}` or `{artist}` for a displayed name.
    """
    return declare(
        layer="insights", kind="year_bucket", grain=grain, columns=columns, reads=reads, rules=rules,
        chapter=chapter, headline=headline, examples=tuple(examples),
    )  # fmt: skip


def playlist(
    *, title: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, examples: Sequence[Example], rules: Sequence[str] = ()
) -> Decorator:
    """An ordered list of recordings of a listener's year, year × bucket. `title` may name {year}, {month} and {span_number}."""
    return declare(
        layer="playlists", kind="year_bucket", grain=grain, columns=columns, reads=reads, rules=rules,
        chapter="playlists", headline=title, examples=tuple(examples),
    )  # fmt: skip


def population(
    *,
    grain: Sequence[Column],
    columns: Sequence[Column],
    reads: Reads,
    minimum_group: int,
    examples: Sequence[Example],
    rules: Sequence[str] = (),
    by: Column | None = None,
    freezes: bool = True,
) -> Decorator:
    """A figure over all listeners of an edition, one cell a year; groups smaller than `minimum_group` have no row.

    `by` bounds memory: an id, first in the grain, such that the rows of one value follow from the inputs' rows of that value (and
    from inputs without it, whole). Once the edition is frozen late listeners restate nothing, unless `freezes` is False: for
    figures from which a listener may withdraw.
    """
    return declare(
        layer="population", kind="year", grain=grain, columns=columns, reads=reads, rules=rules,
        minimum_group=minimum_group, examples=tuple(examples), by=by.name if by else "", freezes=freezes,
    )  # fmt: skip


def artist_insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (), freezes: bool = True,
) -> Decorator:  # fmt: skip
    """An artist's year in one respect, over all listeners: one cell a year, computed by ranges of artists.

    Artists with fewer than MINIMUM_LISTENERS distinct listeners have no row: the function sees to it.
    """
    return declare(
        layer="insights", kind="year", grain=grain, columns=columns, reads=reads, rules=rules, chapter=chapter, headline=headline,
        examples=tuple(examples), minimum_group=MINIMUM_LISTENERS, by="artist_id", freezes=freezes,
    )  # fmt: skip


def group_insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (),
) -> Decorator:  # fmt: skip
    """What a group of consenting listeners is told together: one cell a year. Never frozen: a member may leave."""
    return declare(
        layer="insights", kind="year", grain=grain, columns=columns, reads=reads, rules=rules, chapter=chapter, headline=headline,
        examples=tuple(examples),
    )  # fmt: skip
