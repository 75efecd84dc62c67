"""What starts runs: schedules and the inbox."""

import io
import os
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import orjson
import pytest

from wrapped_assets.contracts.errors import DeclarationError, RegistryUnavailable
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import automation, scrubbing
from wrapped_assets.orchestration import inbox as landing
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.planning import loaded
from wrapped_assets.storage import exports
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.orchestration.conftest import NAMES

START = int(datetime(2024, 5, 5, 5, tzinfo=UTC).timestamp())
RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def drop(root: Path, name: str, content: bytes) -> Path:
    """A file in the inbox that has settled."""
    path = root / "inbox" / name / "export.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - 60,) * 2)
    return path


def listens(count: int) -> bytes:
    track = {"track_name": "Anything", "artist_name": "Anyone", "additional_info": {"duration_ms": 200_000}}
    return b"\n".join(orjson.dumps({"listened_at": START + 300 * number, "track_metadata": track}) for number in range(count))


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("WRAPPED_DATA", str(tmp_path))
    return dg.DagsterInstance.ephemeral()


def tick(instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    return automation.inbox(dg.build_sensor_context(instance=instance, definitions=defs))


def reported(found: dg.SensorResult) -> dict[str, object]:
    """What a tick of the inbox says on the asset of landed plays."""
    (observed,) = found.asset_events
    assert observed.asset_key == dg.AssetKey(["sources", "landed_plays"])
    return {name: value.value for name, value in observed.metadata.items()}


def test_a_dropped_file_is_landed_and_counted_and_names_nobody(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    path = drop(tmp_path, NAMES[0], listens(12))
    found = tick(instance)
    assert not path.exists()
    assert (tmp_path / "inbox" / "done" / NAMES[0] / "export.jsonl").exists()
    assert not found.run_requests  # the planner's part
    assert reported(found).items() >= {"landed": 1, "partly": 0, "refused": 0, "plays": 12}.items()
    assert NAMES[0] not in str(found)
    assert isinstance(tick(instance), dg.SkipReason)


def test_a_truncated_upload_is_refused_or_landed_in_part_and_counted(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("listens.jsonl", listens(50))
    content, inbox = packed.getvalue(), tmp_path / "inbox"
    for name, size in (("half.zip", len(content) // 2), ("head.zip", 20)):
        drop(tmp_path, NAMES[0], content[:size]).rename(inbox / NAMES[0] / name)
    drop(tmp_path, NAMES[1], listens(12)[:-40])
    found = reported(tick(instance))
    assert (found["landed"], found["partly"], found["refused"], found["unread_rows"]) == (2, 2, 1, 2)
    assert 11 <= found["plays"] < 50 + 12
    assert (inbox / "refused" / NAMES[0] / "head.zip.reason.txt").read_text().endswith("\n")
    assert "1 rows" in (inbox / "done" / NAMES[0] / "half.zip.reason.txt").read_text()
    assert "1 rows" in (inbox / "done" / NAMES[1] / "export.jsonl.reason.txt").read_text()


def test_a_file_that_is_no_export_is_refused_with_a_reason(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    drop(tmp_path, NAMES[1], b"nothing known")
    assert reported(tick(instance))["refused"] == 1
    refused = tmp_path / "inbox" / "refused" / NAMES[1]
    assert sorted(path.name for path in refused.iterdir()) == ["export.jsonl", "export.jsonl.reason.txt"]
    assert "nothing to import" in (refused / "export.jsonl.reason.txt").read_text()


def test_a_good_file_is_not_refused_for_edited_code_or_a_database_that_is_away(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(tmp_path, NAMES[0], listens(12))
    with monkeypatch.context() as patch:
        patch.setitem(loaded._texts, loaded.path_of(automation.__name__), b"other")
        assert "Reload definitions" in (tick(instance).skip_message or "")

    for error in (DeclarationError("a reader is broken"), RegistryUnavailable("the database is away", may_pass=True)):

        def broken(*_: object, error: Exception = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(landing, "import_paths", broken)
            with pytest.raises(dg.Failure):
                tick(instance)
    assert path.exists()
    assert reported(tick(instance))["landed"] == 1


def test_a_file_on_its_way_is_left_alone(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    path = drop(tmp_path, NAMES[1], listens(3))
    os.utime(path)
    assert isinstance(tick(instance), dg.SkipReason)
    assert path.exists()


def test_the_nightly_schedule_asks_one_run_from_the_first_stale_month_to_the_running_one(root: Root) -> None:
    at = datetime(2024, 6, 1, 3, 30, tzinfo=UTC)
    with open_instance(root.path) as instance:
        months = automation.nightly_months(dg.build_schedule_context(instance, scheduled_execution_time=at))
    with dg.instance_for_test() as instance:  # which nobody asked for anything
        years = automation.weekly_years(dg.build_schedule_context(instance, scheduled_execution_time=at))
    assert months.tags[RANGE[0]] == "2024-03"
    assert months.tags[RANGE[1]] >= "2026-01"
    assert years.tags[RANGE[0]] == "2024"


def test_without_a_data_root_nothing_is_asked(instance: dg.DagsterInstance) -> None:
    context = dg.build_schedule_context(instance, scheduled_execution_time=datetime.now(UTC))
    assert isinstance(automation.nightly_months(context), dg.SkipReason)
    assert isinstance(automation.mirror(dg.build_sensor_context(instance=instance)), dg.SkipReason)


def test_the_nightly_retention_ends_what_is_too_old_and_names_nobody(root: Root) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    old = ExportRecord("a" * 32, "partner_extract", 2024, "staged", None, None, None, "somebody", long_ago)
    exports.add_export(root, old)
    with open_instance(root.path) as instance:
        at = datetime(2024, 6, 1, 2, 30, tzinfo=UTC)
        asked = automation.nightly_retention(dg.build_schedule_context(instance, scheduled_execution_time=at))
        assert asked.run_key == "retention 2024-06-01"
        done = automation.retention_job.execute_in_process(instance=instance)
        said = " ".join(record.user_message for record in instance.all_logs(done.run_id))
    assert exports.find_export(root, old.export_id).state == "withdrawn"
    assert "1 exports and 0 keys" in said
    assert "somebody" not in said


def test_the_nightly_retention_waits_for_a_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(tmp_path / "nowhere"))
    assert automation.retention_job.execute_in_process(instance=instance).success


@pytest.mark.slow
def test_the_nightly_scrub_finds_damage_in_a_week_and_tells_numbers_only(root: Root) -> None:
    path = next(iter(sorted((root.path / "landing" / "plays").rglob("*.parquet"))))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with dg.instance_for_test() as instance:
        at = datetime(2024, 6, 1, 1, 30, tzinfo=UTC)
        asked = automation.nightly_scrub(dg.build_schedule_context(instance, scheduled_execution_time=at))
        assert asked.run_key == "scrub 2024-06-01"
        nights = [scrubbing.scrub_job.execute_in_process(instance=instance, raise_on_error=False) for _ in range(7)]
    failed = [night for night in nights if not night.success]
    assert len(failed) == 1
    (event,) = [each for each in failed[0].all_events if each.is_step_failure]
    said = str(event.event_specific_data)
    assert "1 files are not as recorded" in said
    assert path.name not in said


def test_the_nightly_scrub_waits_for_a_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> None:
    monkeypatch.setenv("WRAPPED_DATA", str(tmp_path / "nothing"))
    assert scrubbing.scrub_job.execute_in_process(instance=instance).success
