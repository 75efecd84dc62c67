"""Computes the rows of cells over all listeners: a share at a time, by this process or by others ahead of it."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from wrapped_assets.building.evaluate import hears_nothing
from wrapped_assets.building.inputs import DamagedInput, Inputs
from wrapped_assets.building.pin import Moved, Pin
from wrapped_assets.building.ranges import result_by_ranges, result_of_share
from wrapped_assets.building.shares import Part, Share, ranges_of, read_parts, write_part
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import RegistryUnavailable, WriteError
from wrapped_assets.planning.plan import decide
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.recent_frames import RecentFrames
from wrapped_assets.vocabulary.periods import Cell


def rows_over_all(
    project: Project, situation: Situation, given: Inputs, cell: Cell, input_version: str, parts: Collection[Part]
) -> pl.DataFrame:
    """All rows of a cell: those of `parts` that hold for its inputs, and whatever is missing."""
    declaration, rules = situation.graph.by_key[cell.asset], situation.rules_of(cell.period)
    inputs = given.of(cell)
    if hears_nothing(declaration, inputs):
        return pl.DataFrame(schema=declaration.schema)
    mine = [part for part in parts if part.share.cell == cell]
    like = mine[0].share if mine else Share(cell, 0, 1, ranges_of(situation, cell))
    known = read_parts(project.root.path, mine, input_version)
    return result_by_ranges(declaration, inputs, rules, cell.period, like.ranges, known, like.count, project.root.path)


def part_of(
    project: Project, situation: Situation, share: Share, folder: str, asked: Collection[Cell], failed: Collection[Cell],
    recent: RecentFrames,
) -> Part | None:  # fmt: skip
    """Computes a share of a cell and writes its rows. Moved where its inputs are no longer those of the situation.

    None where the cell is fresh by now; and where its unit has to see what is wrong, which computes the share itself then.
    """
    cell, graph = share.cell, situation.graph
    decision = decide(situation, cell)
    if decision.reason is None and cell not in asked:
        return None
    if any(source in failed for _, _, source, _ in situation.inputs_of(cell)):
        return None
    pin = Pin(project, situation, [cell])
    try:
        inputs = Inputs(project, situation, pin.worlds[cell.period], [cell], recent).of(cell)
        rules = situation.rules_of(cell.period)
        declaration, place = graph.by_key[cell.asset], project.root.path
        rows = result_of_share(declaration, inputs, rules, cell.period, share.number, share.count, share.ranges, place)
    except (Moved, RegistryUnavailable, WriteError):
        raise
    except (DamagedInput, Exception):  # noqa: BLE001 (an analyst's function may raise anything)
        return None
    pin.check_now([cell])
    return write_part(project.root.path, folder, share, decision.input_version, rows)
