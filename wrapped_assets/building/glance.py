"""A data root as commands see it that change nothing: `plan`, `status` and `show` begin here, and load no more than they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wrapped_assets.building.kept import keep, taken
from wrapped_assets.building.known_code import KnownCode, known_code
from wrapped_assets.contracts.lineage import Graph
from wrapped_assets.kernels.versions import combined
from wrapped_assets.storage.reading import reading
from wrapped_assets.storage.root import Root

if TYPE_CHECKING:
    from wrapped_assets.planning.plan import Plan
    from wrapped_assets.planning.situation import Situation


@dataclass
class Glance:
    """A data root and what is known of the project's code."""

    root: Root

    @cached_property
    def known(self) -> KnownCode:
        """What is known of the code."""
        return known_code()

    @property
    def graph(self) -> Graph:
        return self.known.graph

    @property
    def logic(self) -> Mapping[str, str]:
        """The logic fingerprint of every asset."""
        return self.known.logic

    def situation(self) -> Situation:
        """The situation as it is now, of one instant.

        Where a glance is not enough (links that no build has kept, files noted as damaged, very many listeners) it is loaded as a build
        loads it.
        """
        from wrapped_assets.building.glancing import glanced

        with reading(self.root) as reader:
            found = glanced(self.root, self.known, reader)
        if found is not None:
            return found
        from wrapped_assets.building.situate import Project

        return Project(self.root).situation()

    def plan(self, situation: Situation) -> Plan:
        """The plan for all cells. That nothing is to be done is remembered with a hash of all that it follows from."""
        from wrapped_assets.planning.plan import Plan, make_plan
        from wrapped_assets.planning.sameness import situation_hash

        if not self.known.name:
            return make_plan(situation)
        place, now = f"{combined('root', self.root.key)}.fresh", situation_hash(situation, self.known.name)
        remembered = taken(place)
        if remembered is not None and remembered["situation"] == now:
            return Plan(unchanged=remembered["cells"])
        plan = make_plan(situation)
        if not plan.steps and not plan.gone:
            keep(place, {"situation": now, "cells": plan.unchanged})
        return plan
