"""What an asset is: what it makes, from which columns of what, by which rules; and what a worked example of it is.

Graph, column lineage, checks, docs, story and recompute are derived from a `Declaration`; nobody edits a list.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any, Literal

import polars as pl

from wrapped_assets.vocabulary.columns import Column
from wrapped_assets.vocabulary.periods import CellKind

# Which partitions of an input a cell reads: those of its own period (a year reads its twelve months), the same plus the
# edges of the months beside it, or those of the year before.
Window = Literal["period", "month_and_edges", "previous_year"]
Layer = Literal["catalogue", "listens", "aggregates", "insights", "population", "playlists"]
# What the rows of an asset that analysts write are about; empty for the assets that those are computed from.
Subject = Literal["listener", "artist", "group", "population", "playlist", ""]


@dataclass(frozen=True)
class Read:
    """Exactly these columns of one input; the function gets a lazy frame of them, and no other."""

    asset: str
    columns: tuple[str, ...]
    window: Window = "period"


@dataclass(frozen=True)
class Example:
    """A worked example: what each listener played, and the rows that follow. Runs as a test and stands in the docs.

    `given` maps a listener to days and recordings, "2026-03-01 eple so_here, 2026-03-02 eple"; see `contracts.examples`.
    `expect` names the columns that it speaks of, ids as names; `...` at its end stands for further rows.
    `catalogue` has rows of the tables of `contracts.known`, by names in place of ids: {"known_artists": [{"artist_name": "bo",
    "country": "NO"}]}; `people` what the registry says of listeners: {"ana": {"country": "PT", "is_findable": True}}; `groups` who
    belong together: {"home": ["ana", "bo"]}.
    """

    given: Mapping[str, str]
    expect: Sequence[Mapping[str, Any] | EllipsisType]
    year: int = 2026
    catalogue: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Declaration:
    """One asset. Calling it calls its function."""

    name: str
    layer: Layer
    kind: CellKind
    function: Callable[..., pl.LazyFrame] = field(compare=False)
    grain: tuple[str, ...]
    columns: tuple[Column, ...]  # the whole schema, grain first
    reads: tuple[Read, ...]
    rules: frozenset[str] = frozenset()
    sort: tuple[str, ...] = ()  # canonical row order; the grain unless said
    chapter: str = ""
    headline: str = ""
    headline_in_listens: str = ""  # instead of it where no length is known: the first row has listens and 0 minutes
    examples: tuple[Example, ...] = field(default=(), compare=False)
    row_key: str = ""  # each row follows from the input's rows with this key, which are alike: computed once, it may be used again
    minimum_group: int | None = None  # rows about fewer listeners are removed, by the column `group_size` that the function returns
    group_size: str = "listener_count"  # how many distinct listeners a row is about; stored only if it is one of `columns`
    nullable: frozenset[str] = frozenset()  # counts and ranks that may be null; the others never are
    subject: Subject = ""
    by: str = ""  # an id, first in the order: rows of one value follow from the inputs' rows of it, so ranges are computed apart
    freezes: bool = False  # once its edition is frozen, new data does not restate it

    def __call__(self, *args: Any, **kwargs: Any) -> pl.LazyFrame:
        return self.function(*args, **kwargs)

    @property
    def key(self) -> str:
        """`layer/name`, as commands and the UI spell it."""
        return f"{self.layer}/{self.name}"

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {column.name: column.dtype for column in self.columns}

    @property
    def order(self) -> tuple[str, ...]:
        return self.sort or self.grain

    @property
    def meaning(self) -> str:
        """The docstring's first line: what a row is."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        return inspect.getdoc(self.function) or ""

    @property
    def wants_period(self) -> bool:
        """Whether the function takes the cell's own month or year."""
        return list(inspect.signature(self.function).parameters)[-1] in ("month", "year")
