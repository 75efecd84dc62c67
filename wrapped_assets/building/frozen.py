"""Keeps a frozen edition's population unchanged, even if one of its files is lost."""

from __future__ import annotations

import polars as pl

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.kernels.hashing import frame_hashes
from wrapped_assets.kernels.versions import rows_version
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.cell_paths import is_path_of
from wrapped_assets.storage.publications import live_edition
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell, period_year


def refuse_restatement(root: Root, situation: Situation, cell: Cell, frame: pl.DataFrame) -> None:
    """BuildError where a cell of a frozen edition has lost its file and comes out with other rows than it was told with.

    The same rows may be recorded again, and new logic restates the population on purpose.
    """
    year, old = period_year(cell.period), situation.stored.get(cell)
    if old is not None:
        rules = situation.rules_version(situation.graph.by_key[cell.asset], cell.period)
        if (old.logic, old.rules) != (situation.logic[cell.asset], rules):
            return
        path, since = old.path, old.written_at
    elif (live := live_edition(root, year)) is not None and cell in live.paths:
        path, since = live.paths[cell], live.published_at
    else:
        return
    if not is_path_of(path, cell, rows_version(frame.height, frame_hashes(frame))):
        raise BuildError(
            f"its file is lost ({path}), its edition is frozen, and recomputing it gives different rows: restore the file "
            f"from a backup of {since:%Y-%m-%d} or later, or recompute the edition on purpose: `wrapped edition set {year} --thawed`, "
            f"`wrapped build --year {year}`, `wrapped publish {year}`"
        )
