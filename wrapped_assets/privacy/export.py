"""What an export must be to be one: a function from a snapshot to tables, and a function that finds fault with the staged tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:  # a code location that loads exports needs none of what carries them out
    from wrapped_assets.privacy.draws import Draws
    from wrapped_assets.privacy.policy import Policy
    from wrapped_assets.privacy.snapshot import Snapshot


@dataclass(frozen=True)
class Produced:
    """What an export is to hold: tables by file name, figures for the report, and whose rows they are where they are of people.

    `contributors` are, by file, the people and their amounts behind its figures, also behind those that are too small to be shown
    (`privacy/contributions.py`): the gate verifies the tables by them. A file whose figures all have noise needs none.
    `hidden` counts what thresholds took away, by what it is: {"artists below 20 listeners": 12}. Reports give it as bands only: one more
    small artist would tell that somebody came.
    """

    tables: Mapping[str, pl.DataFrame]
    hidden: Mapping[str, int] = field(default_factory=dict)
    subjects: Mapping[int, str] = field(default_factory=dict)  # listener → pseudonym, by the snapshot's key
    contributors: Mapping[str, pl.LazyFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Export:
    """One export: the same name as its policy. `faults` reads staged tables only, never what produced them."""

    name: str
    reads: Mapping[str, Sequence[str]]  # asset → columns: a snapshot gives these and no others
    produce: Callable[[Snapshot, Draws], Produced]
    faults: Callable[[Mapping[str, pl.DataFrame], Policy], list[str]]
    operator_files: Sequence[str] = ()  # in the data root, {year} filled in; what an operator may ask for. The snapshot holds them
