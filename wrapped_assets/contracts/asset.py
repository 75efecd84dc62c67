"""The data classes of a declaration: an asset's columns, inputs, rules and worked examples.

The graph, column lineage, checks, docs, stories and recomputation are all derived from a `Declaration`, so nobody edits a list.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # the planner asks for names alone, and Polars takes a tenth of a second
    import polars as pl

    from wrapped_assets.vocabulary.columns import Column
    from wrapped_assets.vocabulary.periods import CellKind

# The partitions of an input that a cell reads: those of its own period (a year reads its twelve months), the same plus the
# edges of the adjacent months, those of the calendar year before, or those of the latest year before that has any. A year in
# which nothing was played has no cells, so what adds up over years reads the latest one.
Window = Literal["period", "month_and_edges", "previous_year", "latest_year_before"]
Layer = Literal["catalogue", "listens", "aggregates", "insights", "population", "playlists", "spans"]
# What the rows of an insight are about; empty for the assets that insights are computed from.
Subject = Literal["listener", "artist", "group", "population", "playlist", ""]


OF_SPAN = "_of_span"  # ends the names of spans' assets; their keys are those of the years', in the layer `spans`


@dataclass(frozen=True)
class Read:
    """The columns that an asset reads of one input; its function receives a lazy frame of exactly these."""

    asset: str
    columns: tuple[str, ...]
    window: Window = "period"


@dataclass(frozen=True)
class LookUp:
    """An asset needs the rows of a catalogue's table of which `column` has a value of another input's `source_column`."""

    table: str
    column: str
    source: str
    source_column: str


@dataclass(frozen=True)
class Example:
    """A worked example: what each listener played, and the expected rows. It runs as a test and is shown in the docs.

    `given` maps a listener to days and recordings, "2026-03-01 eple so_here, 2026-03-02 eple"; see `contracts.examples`.
    `expect` lists rows with the columns to check, and names in place of ids; a final `...` allows further rows.
    `catalogue` has rows of the tables of `contracts.known`, with names in place of ids: {"known_artists": [{"artist_name": "bo",
    "country": "NO"}]}. `people` has the registry's columns per listener: {"ana": {"country": "PT", "is_findable": True}}. `groups` has
    the members of each group: {"home": ["ana", "bo"]}.
    """

    given: Mapping[str, str]
    expect: Sequence[Mapping[str, Any] | EllipsisType]
    year: int = 2026
    catalogue: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Declaration:
    """The declaration of one asset. Calling it calls the asset's function."""

    name: str
    layer: Layer
    kind: CellKind
    function: Callable[..., pl.LazyFrame] = field(repr=False, compare=False)
    grain: tuple[str, ...]
    columns: tuple[Column, ...]  # the whole schema, grain first
    reads: tuple[Read, ...]
    rules: frozenset[str] = frozenset()
    lookups: tuple[LookUp, ...] = ()  # a row of a catalogue's table is needed where one of them finds it; all rows without any
    sort: tuple[str, ...] = ()  # canonical row order; defaults to the grain
    chapter: str = field(default="", repr=False, compare=False)  # prose, which no fingerprint counts
    headline: str = field(default="", repr=False, compare=False)
    headline_in_listens: str = ""  # replaces the headline if no length is known: the first row has listens and 0 minutes
    examples: tuple[Example, ...] = field(default=(), repr=False, compare=False)
    row_key: str = ""  # rows with the same key in the input give the same output, so results can be reused
    minimum_group: int | None = None  # rows with a smaller `group_size` are removed
    group_size: str = "listener_count"  # how many distinct listeners a row is about; stored only if it is one of `columns`
    nullable: frozenset[str] = frozenset()  # counts and ranks that may be null; all others must not be
    subject: Subject = ""
    by: str = ""  # an id, first in the order: rows depend on input rows of the same id only, so id ranges are computed separately
    within: str = ""  # an id, first in the order: the function takes `within`, ranges of it, and returns the rows of these alone
    freezes: bool = False  # new data does not change it once its edition is frozen
    year: str = ""  # of a span's asset: the key of the yearly asset whose function computes it (`contracts.spans`)

    def __call__(self, *args: Any, **kwargs: Any) -> pl.LazyFrame:
        return self.function(*args, **kwargs)

    @property
    def key(self) -> str:
        """The asset's key, `layer/name`, as commands and the UI spell it."""
        return f"{self.layer}/{self.name.removesuffix(OF_SPAN)}"

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {column.name: column.dtype for column in self.columns}

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def order(self) -> tuple[str, ...]:
        return self.sort or self.grain

    @property
    def meaning(self) -> str:
        """The docstring's first line, which says what a row is."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        return inspect.getdoc(self.function) or ""

    @property
    def divides_by(self) -> str:
        """The id by whose ranges the rows are computed, by several workers perhaps; empty where they are computed as a whole."""
        return self.by or self.within

    def read_of(self, name: str) -> Read:
        """The input of that name; StopIteration where the asset does not read it."""
        return next(read for read in self.reads if read.asset == name)

    @cached_property
    def wants_period(self) -> bool:
        """Whether the function takes the cell's month or year as a parameter."""
        return list(inspect.signature(self.function).parameters)[-1] in ("month", "year")
