"""Declarative automation requests what the planner calls stale, and nothing else."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.orchestration import conditions
from wrapped_assets.orchestration.location import definitions
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root


def requested(instance: dg.DagsterInstance, cursor: object = None) -> tuple[dict[str, set[str]], object]:
    """The partitions that one evaluation requests, by asset; and the cursor for the next one."""
    conditions._answer = (float("-inf"), "", {})  # as if the last answer were old
    result = dg.evaluate_automation_conditions(definitions(), instance, cursor=cursor)
    found: dict[str, set[str]] = {}
    for each in result.results:
        if keys := set(each.true_subset.expensively_compute_partition_keys()):
            found["/".join(each.key.path)] = keys
    return found, result.cursor


@pytest.fixture
def instance(small: Root, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    monkeypatch.setenv("WRAPPED_FIRST_MONTH", "2023-01")
    return dg.DagsterInstance.ephemeral()


def test_nothing_is_requested_of_a_fresh_project(instance: dg.DagsterInstance) -> None:
    assert requested(instance)[0] == {}


def test_what_was_stale_before_the_daemon_started_is_requested_too(small: Root, instance: dg.DagsterInstance) -> None:
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    assert requested(instance)[0]["listens/plays"] == {"2025-11"}


def test_a_moved_cut_off_requests_its_months_and_then_its_year_once(small: Root, instance: dg.DagsterInstance) -> None:
    _, cursor = requested(instance)
    registry.set_edition(small, 2025, window_end=date(2025, 11, 10))
    first, cursor = requested(instance, cursor)
    assert first["listens/plays"] == {"2025-11"}
    assert all(period.startswith("2025") for periods in first.values() for period in periods)
    assert not {"listens/listens", "insights/top_artists", "aggregates/artist_months"} & set(first)  # their inputs come first
    again, cursor = requested(instance, cursor)
    assert "listens/plays" not in again  # asked for once
    build(Project(small))
    assert requested(instance, cursor)[0] == {}
