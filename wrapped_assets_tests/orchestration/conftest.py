"""A data root with three listeners' plays in two months of 2024 and one of 2025, and what Dagster made of it."""

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import orjson
import pytest
from dagster._core.storage.defs_state.base import set_defs_state_storage

from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.orchestration import mirror as mirroring
from wrapped_assets.orchestration.instance import open_instance
from wrapped_assets.orchestration.partitions import Periods
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import Month

os.environ["WRAPPED_FIRST_MONTH"] = "2023-01"  # whatever is in the developer's own data root
KEY = bytes(range(32))
NAMES = ("Wilhelmina Quux", "zacharias_0815", "Tove Ødegård")
TITLES = ("Unmistakable Title", "Zebra Crossing Blues", "Qwertz Lament")
STARTS = (datetime(2024, 3, 4, 20, tzinfo=UTC), datetime(2024, 4, 9, 7, tzinfo=UTC), datetime(2025, 1, 2, 23, tzinfo=UTC))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Each test begins as a new process does. Dagster keeps a store of the instance that was entered last, even if that one is gone."""
    with set_defs_state_storage(None):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """And so after its fixtures, which may have entered an instance twice: Dagster leaves one only once then."""
    with set_defs_state_storage(None):
        return (yield)


def land(path: Path, starts: tuple[datetime, ...] = STARTS) -> Root:
    """Imports ListenBrainz-like listens, ten an occasion and listener, through the importer; always the same bytes."""
    root = Root.open_or_make(path, 2, KEY)
    for number, name in enumerate(NAMES):
        rows = [
            {
                "listened_at": int((start + timedelta(minutes=4 * play + number)).timestamp()),
                "track_metadata": {
                    "track_name": TITLES[(play + number) % 3], "artist_name": f"Artist {play % 4}", "release_name": "Some Release",
                    "additional_info": {"duration_ms": 200_000},
                },
            }
            for start in starts for play in range(10)
        ]  # fmt: skip
        file = path.parent / f"export-{number}-{len(starts)}.jsonl"
        file.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
        import_paths(root, [file], Person(name, "Europe/Berlin"))
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """An imported, unbuilt data root that the environment names."""
    path = tmp_path_factory.mktemp("orchestrated") / "root"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WRAPPED_DATA", str(path))
        patch.setenv("DAGSTER_HOME", str(path / "dagster"))
        patch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")
        patch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
        yield land(path)


@pytest.fixture
def instance(small: Root, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Dagster's storage over a copy of the small root, whose partitions begin with its first year."""
    monkeypatch.setenv("WRAPPED_DATA", str(small.path))
    periods = Periods(Month(2023, 1))
    monkeypatch.setattr(mirroring, "loaded_periods", lambda: periods)  # the fewer months without plays, the sooner they are reported
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def stored_bytes(root: Root) -> dict[str, bytes]:
    """Every file of the lake by its path."""
    return {str(path.relative_to(root.path)): path.read_bytes() for path in sorted((root.path / "lake").rglob("*.parquet"))}


def data_versions(root: Root, asset: str) -> dict[str, str]:
    """Period → the data version that Dagster knows of an asset."""
    with open_instance(root.path) as instance:
        found = instance.event_log_storage.get_latest_tags_by_partition(
            dg.AssetKey(asset.split("/")), dg.DagsterEventType.ASSET_MATERIALIZATION, ["dagster/data_version"]
        )
    return {period: tags["dagster/data_version"] for period, tags in found.items()}
