"""A figure does not depend on which of Polars' engines computes it, to the last bit."""

from __future__ import annotations

import pytest

from wrapped_assets.building.evaluate import lazy_result
from wrapped_assets.building.inputs import Inputs
from wrapped_assets.building.pin import Pin
from wrapped_assets.building.situate import Project
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Cell, period_year


@pytest.mark.slow
def test_every_figure_of_a_household_is_the_same_by_either_engine(household: Root) -> None:
    project = Project(household)
    situation = project.situation()
    # A row of `tracks` follows from that row alone, and links are looked up month by month: neither divides.
    cells = sorted((cell for cell in situation.stored if not cell.asset.startswith(("listens/", "catalogue/tracks"))), key=str)
    differing = [str(cell) for cell in cells if not _agree(project, situation, cell)]
    assert len(cells) > 500
    assert differing == []


def _agree(project: Project, situation: Situation, cell: Cell) -> bool:
    inputs = Inputs(project, situation, Pin(project, situation, [cell]).worlds[cell.period], [cell]).of(cell)
    declaration, rules = situation.graph.by_key[cell.asset], situation.rules[period_year(cell.period)]
    one, other = (lazy_result(declaration, inputs, rules, cell.period).collect(engine=engine) for engine in ("in-memory", "streaming"))
    return one.equals(other)
