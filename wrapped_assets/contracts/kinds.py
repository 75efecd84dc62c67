"""The kinds of asset that analysts write: `insight`, `playlist` and `population`, each a `declare` with its layer and grain filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from wrapped_assets.contracts.declaration import Declaration, Example, Window, declare
from wrapped_assets.vocabulary.columns import Column

Reads = Mapping[str, Sequence[Column] | tuple[Sequence[Column], Window]]
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
    """An ordered list of recordings of a listener's year, year × bucket. `title` may name {year} and {month}."""
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
) -> Decorator:
    """A figure over all listeners of an edition, one cell a year; groups smaller than `minimum_group` have no row."""
    return declare(
        layer="population", kind="year", grain=grain, columns=columns, reads=reads, rules=rules,
        minimum_group=minimum_group, examples=tuple(examples),
    )  # fmt: skip
