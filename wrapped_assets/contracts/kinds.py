"""The decorators for assets that analysts write: insights of listeners, artists and groups, playlists, populations.

Each is `declare` with its layer, kind and subject filled in. `wrapped new` writes a first file of each.

Arguments that they share:

    grain     the columns that identify a row, in sort order; the subject's id comes first
    columns   the other columns of a row
    reads     the inputs, each with the columns that the function uses
    rules     the counting rules that the function reads
    chapter   the part of the story, one of `vocabulary.chapters.CHAPTERS`
    headline  a sentence about the first row: `{listen_count}` is a column, `{recording}` or `{artist}` a displayed name
    examples  plays and the rows that they must give
    nullable  the counts and ranks that may be null; a null in any other count or rank is an error
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from wrapped_assets.contracts.declaration import Declaration, Example, Window, declare
from wrapped_assets.vocabulary import columns as c
from wrapped_assets.vocabulary.columns import Column

Reads = Mapping[str, Sequence[Column] | tuple[Sequence[Column], Window]]
MINIMUM_LISTENERS = 20  # with fewer, nothing about an artist's audience is shown

Decorator = Callable[[Callable[..., pl.LazyFrame]], Declaration]


def _name(column: Column | None) -> str:
    """A column's name. Anything that is not a column is returned as it is, for the laws to refuse."""
    return getattr(column, "name", None) or str(column or "")


def _listed(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The examples as a tuple. Anything that is not a list is returned as it is, for the laws to refuse."""
    return tuple(examples) if isinstance(examples, list | tuple) else examples  # type: ignore[return-value]


def insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (), nullable: Sequence[Column] = (), headline_in_listens: str = "",
) -> Decorator:  # fmt: skip
    """Declares an insight about each listener's year: one cell per year and bucket.

    `headline_in_listens` replaces a headline about minutes if the listener's exports have no lengths.
    """
    return declare(
        layer="insights", kind="year_bucket", subject="listener", grain=grain, columns=columns, reads=reads, rules=rules,
        nullable=nullable, chapter=chapter, headline=headline, headline_in_listens=headline_in_listens, examples=_listed(examples),
    )  # fmt: skip


def playlist(
    *, title: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, examples: Sequence[Example], rules: Sequence[str] = ()
) -> Decorator:
    """Declares a playlist of each listener's year: one cell per year and bucket. `title` may use {year}, {month} and {span_number}."""
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
    within: Column | None = None,
    freezes: bool = True,
) -> Decorator:
    """Declares a figure over all listeners of an edition: one cell per year.

    `minimum_group` is the smallest number of listeners that a row may be about. The platform removes rows of smaller groups by the
    column `group_size` that the function returns; that column is stored only if it is in `columns`. With 1 nothing is removed.
    `by` bounds memory: it is an id, first in the grain, and rows with one id depend only on input rows with the same id (and on
    inputs without the id, read whole). `within` lets several workers compute what `by` cannot divide, because a row depends on rows of
    other ids: it is an id, first in the grain, and the function takes `within` (`kernels.ranges.Ranges`) and returns the rows of those
    ids alone. Once the edition is frozen, late data changes nothing. Set `freezes` to False for figures from which a listener may
    withdraw.
    """
    return declare(
        layer="population", kind="year", subject="population", grain=grain, columns=columns, reads=reads, rules=rules,
        nullable=nullable, minimum_group=minimum_group, group_size=_name(group_size), examples=_listed(examples),
        by=_name(by), within=_name(within), freezes=freezes,
    )  # fmt: skip


def artist_insight(
    *, chapter: str, grain: Sequence[Column], columns: Sequence[Column], reads: Reads, headline: str,
    examples: Sequence[Example], rules: Sequence[str] = (), group_size: Column = c.listener_count,
    nullable: Sequence[Column] = (), freezes: bool = True,
) -> Decorator:  # fmt: skip
    """Declares an insight about each artist's year, over all listeners: one cell per year, computed by ranges of artists.

    The function returns the column `group_size`: how many distinct listeners the row is about, at most those of the artist. The
    platform removes rows about fewer than MINIMUM_LISTENERS; `group_size` is stored only if it is in `columns`. A function that
    ranks must remove small rows before it ranks, so that ranks have no gaps.
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
    """Declares an insight about each group of consenting listeners: one cell per year, never frozen because members may leave."""
    return declare(
        layer="insights", kind="year", subject="group", grain=grain, columns=columns, reads=reads, rules=rules, nullable=nullable,
        chapter=chapter, headline=headline, examples=_listed(examples),
    )  # fmt: skip
