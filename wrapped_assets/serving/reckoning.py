"""Why a listener's figure is what it is: rules, window, clock, counts in and out, lineage."""

from __future__ import annotations

from typing import Any

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.registry import Listener
from wrapped_assets.vocabulary.periods import Cell


def explain_figure(project: Project, insight: str, listener: Listener, year: int) -> dict[str, Any]:
    """Rule set, window, clock, counts in and out by reason, lineage and version behind one listener's insight."""
    declaration = project.graph.find(insight)
    if declaration.layer != "insights":
        raise InputError(f"{declaration.key} is no insight: leave --listener and --year out to see why its partitions are stale or fresh")
    told = story_data(project, listener, year)
    stored = project.situation().stored.get(Cell(declaration.key, str(year), bucket_of(project.root, listener.listener_id)))
    return {
        "insight": declaration.name, "year": year, "meaning": declaration.meaning, "rules": told.rules,
        "window": [day.isoformat() for day in told.window], "time_zone": told.time_zone,
        "counted": {"listens": told.counted.listens, "excluded": dict(told.counted.excluded)},
        "lineage": {key: list(read.columns) for key, read in project.graph.inputs(declaration)},
        "row_count": len(told.rows(declaration.name)), "data_version": stored.data_version if stored else None,  # type: ignore[attr-defined]
    }  # fmt: skip
