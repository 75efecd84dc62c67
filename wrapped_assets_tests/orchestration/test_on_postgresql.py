"""One variable puts the registry and Dagster's storage on a PostgreSQL server: imported, built, planned, pruned there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import automation
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.postgres_storage import SCHEMA, RisingEventLogStorage
from wrapped_assets.orchestration.pruning import Kept, prune
from wrapped_assets_tests.orchestration.conftest import land

PLAYS = dg.AssetKey(["listens", "plays"])


@pytest.mark.slow
@pytest.mark.postgres
def test_registry_and_dagster_share_a_server(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    monkeypatch.setenv("WRAPPED_DATA", str(tmp_path / "root"))
    root = land(tmp_path / "root")
    runs = backfill(root.path, ["catalogue/tracks", "plays"], "2024-03", "2024-04")
    assert all(run.success for run in runs)
    with open_instance(root.path) as instance:
        assert isinstance(instance.event_log_storage, RisingEventLogStorage)
        times = [round(1000 * entry.timestamp) for entry in instance.all_logs(runs[0].run_id)]
        assert len(times) > 20
        assert times == sorted(set(times))
        requests = automation.planner(dg.build_sensor_context(instance=instance, definitions=defs)).run_requests
        assert [request.job_name for request in requests] == ["months"]
        newest = instance.get_latest_materialization_event(PLAYS)
        done = prune(instance, Kept(runs=0), datetime.now(UTC) + timedelta(days=31))
        assert done.runs == len(runs)
        assert done.events > len(times) / 2
        assert instance.get_latest_materialization_event(PLAYS) == newest
    root.engine.dispose()
    assert not list((root.path / "dagster").rglob("*.db"))
    assert not list(root.path.glob("*.sqlite"))
    with psycopg.connect(postgres) as connection:
        rows = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
    assert {(SCHEMA, "event_logs"), (SCHEMA, "runs"), ("public", "cells"), ("public", "listeners")} <= set(rows)
