"""The kinds of asset that analysts write: insights of listeners, artists and groups, playlists, populations.

Each is a `declare` with its layer, kind and subject filled in. `wrapped new` writes a file of each.

Arguments that they share:

    grain     the columns that tell rows apart, in the order of the rows; the subject's id first
    columns   the other columns of a row
    reads     the inputs, each with exactly the columns that the function uses
    rules     the counting rules that the function reads
    chapter   the part of the story, one of `vocabulary.chapters.CHAPTERS`
    headline  the sentence of the first row: `{listen_count}` is a column, `{recording}` or `{artist}` a displayed name
    examples  plays and the rows that follow from them
    nullable  the counts and ranks that may be null; a null in any other is an error
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from wrapped_assets.contracts.declaration import Declaration, Example, Window, declare
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import Column

Reads = Mapping[str, Sequence[Column] | tuple[Sequence[Column], Window]]
MINIMUM_LISTENERS = 20  # of an artist: below it nothing about the audience is shown

Decorator = Callable[[Callable[..., pl.LazyFrame]], Declaration]


def _name(column: Column | None) -> str:
    """A column's name; what is no column is left for the laws to refuse."""
    return getattr(column, "name", None) or str(column or "")


def _listed(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The examples of a list; what is no list is left for the laws to refuse."""
    return tuple(examples) if isinstance(examples, list | tuple) else examples  # type: ignore[return-value]


def insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (), nullable: Sequence[Column] = (), headline_in_listens: str = "",
) -> Decorator:  # fmt: skip
    """A listener's year in one respect: rows per listener, year × bucket.

    `headline_in_listens` is said instead of a headline over minutes where the listener's exports know no lengths.
    """
    return declare(
        layer="insights", kind="year_bucket", subject="listener", grain=grain, columns=columns, reads=reads, rules=rules,
        nullable=nullable, chapter=chapter, headline=headline, headline_in_listens=headline_in_listens, examples=_listed(examples),
    )  # fmt: skip


def playlist(
    *, title: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, examples: Sequence[Example], rules: Sequence[str] = ()
) -> Decorator:
    """An ordered list of recordings of a listener's year, year × bucket. `title` may name {year}, {month} and {span_number}."""
    return declare(
        layer="playlists", kind="year_bucket", subject="playlist", grain=grain, columns=columns, reads=reads, rules=rules,
        chapter="playlists", headline=title, examples=_listed(examples),
    )  # fmt: skip


def population(
    *,
    grain: Sequence[Column],
    columns: Sequence[Column],
    reads: Reads,
    minimum_group: int,
    examples: Sequence[Example],
    group_size: Column = c.listener_count,
    rules: Sequence[str] = (),
    nullable: Sequence[Column] = (),
    by: Column | None = None,
    freezes: bool = True,
) -> Decorator:
    """A figure over all listeners of an edition, one cell a year.

    `minimum_group` is the fewest listeners that a row may be about. The platform removes the rows of smaller groups, by the column
    `group_size` that the function returns; that column is stored only if it is one of `columns`. With 1 nothing is removed.
    `by` bounds memory: an id, first in the grain, such that the rows of one value follow from the inputs' rows of that value (and
    from inputs without it, whole). Once the edition is frozen late listeners restate nothing, unless `freezes` is False: for
    figures from which a listener may withdraw.
    """
    return declare(
        layer="population", kind="year", subject="population", grain=grain, columns=columns, reads=reads, rules=rules,
        nullable=nullable, minimum_group=minimum_group, group_size=_name(group_size), examples=_listed(examples),
        by=_name(by), freezes=freezes,
    )  # fmt: skip


def artist_insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (), group_size: Column = c.listener_count,
    nullable: Sequence[Column] = (), freezes: bool = True,
) -> Decorator:  # fmt: skip
    """An artist's year in one respect, over all listeners: one cell a year, computed by ranges of artists.

    The function returns the column `group_size`: how many distinct listeners the row is about, at most those of the artist. The
    platform removes rows about fewer than MINIMUM_LISTENERS; `group_size` is stored only if it is one of `columns`. A function
    that ranks removes small rows itself before it ranks, so that no place is left empty.
    """
    return declare(
        layer="insights", kind="year", subject="artist", grain=grain, columns=columns, reads=reads, rules=rules, nullable=nullable,
        chapter=chapter, headline=headline, examples=_listed(examples), minimum_group=MINIMUM_LISTENERS, group_size=_name(group_size),
        by="artist_id", freezes=freezes,
    )  # fmt: skip


def group_insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (), nullable: Sequence[Column] = (),
) -> Decorator:  # fmt: skip
    """What a group of consenting listeners is told together: one cell a year. Never frozen: a member may leave."""
    return declare(
        layer="insights", kind="year", subject="group", grain=grain, columns=columns, reads=reads, rules=rules, nullable=nullable,
        chapter=chapter, headline=headline, examples=_listed(examples),
    )  # fmt: skip
