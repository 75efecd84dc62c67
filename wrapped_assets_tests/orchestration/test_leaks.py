"""Dagster's whole storage is searched byte by byte after everything that it can go through, failures that quote data included."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import orjson
import polars as pl
import pytest
import yaml
from dagster._serdes import serialize_value
from dagster._utils.error import serializable_error_info_from_exc_info

from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.graph import project_graph, whole_graph
from wrapped_assets.definitions import defs
from wrapped_assets.orchestration import automation, check_results, staleness
from wrapped_assets.orchestration.backfill import backfill
from wrapped_assets.orchestration.instance import SETTINGS, open_instance
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.ui import refresh
from wrapped_assets.privacy import gate, retention
from wrapped_assets.storage.consents import record
from wrapped_assets.storage.registry import Listener, all_listeners, register
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.conftest import HOUSEHOLD
from wrapped_assets_tests.orchestration.conftest import KEY

NAMES = ("Wilhelmina Quux", "zacharias_0815", "Tove Ødegård")
FILE = "Streaming_History_Audio_of_Hildegunst.json"
TITLES = ("Unmistakable Title", "Zebra Crossing Blues")
PRIVATE = ("Secret Lullaby Nobody Knows", "The Hidden Artists", "Album Behind Doors")
JUNK = b'{"what": "Qwertz Lament of Hildegunst"}'


def needles(root: Root) -> list[bytes]:
    """Names, titles, file names, and each surrogate in decimal, hexadecimal and as eight bytes either way round."""
    found = [text.encode(form) for text in (*NAMES, *TITLES, *PRIVATE, "Hildegunst", "Qwertz") for form in ("utf-8", "utf-16-le")]
    found += [text.encode("unicode_escape") for text in NAMES] + [orjson.dumps(text).strip(b'"') for text in NAMES]
    for person in all_listeners(root):
        surrogate = person.listener_id
        found += [str(surrogate).encode(), f"{surrogate:x}".encode(), surrogate.to_bytes(8, "big"), surrogate.to_bytes(8, "little")]
    return found


def kept(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of a folder with its name, before and after databases wrote their logs into themselves."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, str(path.relative_to(folder)).encode() + path.read_bytes()
    for path in sorted(folder.rglob("*.db")):
        with sqlite3.connect(path) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
            yield path, "\n".join(connection.iterdump()).encode()
        yield path, path.read_bytes()


def drop(root: Path, name: str, file: str, content: bytes) -> None:
    path = root / "inbox" / name / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - 60,) * 2)


def plays(number: int) -> bytes:
    """A Spotify history of ten ordinary plays a month and one private session."""
    rows = []
    for month in (3, 4):
        for play in range(10):
            is_private = play == 9
            title, artist, album = PRIVATE if is_private else (TITLES[play % 2], f"Artist {play % 4}", "Some Release")
            rows.append({
                "ts": datetime(2024, month, 4, 10 + play, number, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "ms_played": 200_000,
                "conn_country": "NO", "ip_addr": "192.0.2.1", "master_metadata_track_name": title,
                "master_metadata_album_artist_name": artist, "master_metadata_album_album_name": album, "spotify_track_uri": None,
                "episode_name": None, "episode_show_name": None, "spotify_episode_uri": None, "reason_start": "trackdone",
                "reason_end": "trackdone", "shuffle": False, "skipped": False, "offline": False, "offline_timestamp": None,
                "incognito_mode": is_private,
            })  # fmt: skip
    return orjson.dumps(rows)


def said(work) -> bytes:
    """What the daemon would store of a tick: its result, or its error with traces and causes."""
    try:
        return repr(work()).encode()
    except Exception:
        return serialize_value(serializable_error_info_from_exc_info(sys.exc_info())).encode()


def failing(error: Exception) -> None:
    raise error


def casting(listens: pl.LazyFrame, *_: object) -> pl.LazyFrame:
    """A cast whose error lists the values that it could not cast."""
    return listens.with_columns(pl.lit(f"{NAMES[0]} {TITLES[0]} {PRIVATE[0]}").cast(pl.Int64))


def quoting(listens: pl.LazyFrame, *_: object) -> pl.LazyFrame:
    """An error with a row in it, from another with a row in it."""
    try:
        raise ValueError(str(listens.head(3).collect().rows()))
    except ValueError as error:
        raise KeyError(*PRIVATE, *NAMES) from error


def inside(listens: pl.LazyFrame, *_: object) -> pl.LazyFrame:
    """An error of Python inside the engine."""
    declared = project_graph().by_key["aggregates/listener_days"].schema
    return listens.map_batches(lambda frame: frame.select(pl.col(PRIVATE[0])), schema=pl.Schema(declared))


def panicking(listens: pl.LazyFrame, *_: object) -> pl.LazyFrame:
    """What Polars raises where it did not expect to fail, which is no Exception."""
    raise pl.exceptions.PanicException(f"{NAMES[0]} heard {PRIVATE[0]}")


def materialise(root: Root, names: list[str], year: str) -> dg.ExecuteInProcessResult:
    with open_instance(root.path) as instance:
        return defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(["exports", name]) for name in names], partition_key=year,
            run_config=dg.RunConfig(resources={"lake": Lake(data=str(root.path))}), raise_on_error=False,
        )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root without listeners whose Dagster captures whatever processes print, as an operator may have set it up."""
    path = tmp_path / "root"
    for name, value in {"WRAPPED_DATA": str(path), "DAGSTER_HOME": str(path / "dagster"), "DAGSTER_DISABLE_TELEMETRY": "yes"}.items():
        monkeypatch.setenv(name, value)
    (path / "dagster").mkdir(parents=True)
    captured = {"module": "dagster._core.storage.local_compute_log_manager", "class": "LocalComputeLogManager"}
    captured["config"] = {"base_dir": str(path / "dagster" / "compute_logs")}  # type: ignore[assignment]
    (path / "dagster" / "dagster.yaml").write_text(yaml.safe_dump({**SETTINGS, "compute_logs": captured}))
    return Root.open_or_make(path, 2, KEY)


@pytest.mark.slow
def test_a_whole_life_of_dagsters_storage_holds_nothing_of_anybody(
    root: Root, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ticks = []
    # The inbox: what is landed, what is refused, and a system that will not let it be read.
    for number, name in enumerate(NAMES):
        drop(root.path, name, FILE, plays(number))
    drop(root.path, NAMES[0], "Hildegunst.json", JUNK)
    with open_instance(root.path) as instance:
        context = dg.build_sensor_context(instance=instance, definitions=defs)
        ticks.append(said(lambda: automation.inbox(context)))
        assert b"3 drops landed" in ticks[-1]
        assert len(all_listeners(root)) == 3
        with monkeypatch.context() as patch:
            patch.setattr(Path, "iterdir", lambda path: failing(PermissionError(13, "Permission denied", str(path / NAMES[0]))))
            ticks.append(said(lambda: automation.inbox(context)))
            assert b"PermissionError" in ticks[-1]
        with monkeypatch.context() as patch:
            patch.setattr(staleness, "make_plan", lambda situation: failing(ValueError(f"{NAMES} {PRIVATE}")))
            schedule = dg.build_schedule_context(instance, scheduled_execution_time=datetime(2024, 6, 1, 3, 30, tzinfo=UTC))
            ticks.append(said(lambda: automation.nightly_months(schedule)))
            assert b"ValueError" in ticks[-1]
        with monkeypatch.context() as patch:
            patch.setattr(retention, "expire", lambda root: failing(ValueError(f"{NAMES} {PRIVATE}")))
            assert not automation.retention_job.execute_in_process(instance=instance, raise_on_error=False).success
        ticks.append(said(lambda: automation.planner(context)))
        assert b"months" in ticks[-1]
    # Runs: a backfill over months and years; then failures that quote what they failed over.
    aggregates = ["listens", "tracks", "recordings", "recording_months", "recording_years", "listening_totals", "edition_totals"]
    assert all(run.success for run in backfill(root.path, aggregates, "2024-03", "2024-04"))
    days = project_graph().by_key["aggregates/listener_days"]
    for broken in (casting, quoting, inside, panicking):
        with monkeypatch.context() as patch:
            patch.setitem(whole_graph().by_key, days.key, replace(days, function=broken))  # type: ignore[arg-type]
            assert not backfill(root.path, ["listener_days"], "2024-03", "2024-03", recompute="all")[-1].success
    with monkeypatch.context() as patch:
        patch.setitem(check_results.CHECKS, "grain", lambda stored: stored.frames()[0].select(pl.len()).collect().item())
        assert not backfill(root.path, ["recording_months"], "2024-03", "2024-03")[0].success
    with monkeypatch.context() as patch:
        patch.setitem(check_results.CHECKS, "schema", lambda stored: failing(ValueError(NAMES[1])))
        assert not backfill(root.path, ["recording_months"], "2024-03", "2024-03")[0].success
    # Exports: refused without an edition, staged, refused by a check that names somebody, refused by a gate.
    assert not materialise(root, ["charts_staged"], "2024").success
    set_controller(root, Controller("Radio Example", "privacy@radio.example"))
    import_catalogue(root, [HOUSEHOLD / "catalogue"])
    for person in all_listeners(root):
        register(root, [Listener(person.listener_id, person.name, "UTC", "NO", 1980)])
        record(root, person, "charts", "given", method="web_form")
    from wrapped_assets.building.build import build

    assert not build(Project(root)).failed
    publish_edition(Project(root), 2024)
    with monkeypatch.context() as patch:
        patch.setattr(gate, "faults_of", lambda *_: [f"{PRIVATE[0]} was heard by {NAMES[0]}"])
        assert not materialise(root, ["charts_staged", "charts_delivered"], "2024").success
    with monkeypatch.context() as patch:
        patch.setattr(gate, "take_snapshot", lambda *_: failing(OSError(2, "No such file", f"/home/{NAMES[0]}/{FILE}")))
        assert not materialise(root, ["charts_staged"], "2024").success
    assert materialise(root, ["charts_staged", "charts_delivered"], "2024").success
    assert not materialise(root, ["charts_delivered"], "2023").success
    with open_instance(root.path) as instance:
        ticks.append(said(lambda: automation.mirror(dg.build_sensor_context(instance=instance, definitions=defs))))
    refresh(root.path)

    # Everything that is there, and everything that was printed.
    secrets, printed = needles(root), capfd.readouterr()
    found = [*kept(root.path / "dagster"), *((Path("tick"), tick) for tick in ticks)]
    found.append((Path("printed"), (printed.out + printed.err).encode()))
    whole = b"".join(content for _, content in found)
    errors = (b"InvalidOperationError", b"KeyError", b"not declared", b"PanicException", b"FileNotFoundError")
    assert not [text for text in (*errors, b"listens/listens", b"charts_delivered", b"may_leave", b"grain") if text not in whole]
    assert [path for path in (root.path / "dagster").rglob("*") if path.suffix in (".out", ".err")], "nothing was captured to search"
    assert not {(path.name, secret) for path, content in found for secret in secrets if secret in content}
    assert not [path for path in (root.path / "dagster").rglob("*") for secret in secrets if secret in str(path).encode()]


def test_the_search_finds_what_is_planted(root: Root) -> None:
    register(root, [Listener(root.surrogate(NAMES[0]), NAMES[0])])
    folder = root.path / "dagster" / "planted"
    folder.mkdir()
    with sqlite3.connect(folder / "some.db") as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("create table t (x)")
        connection.execute("insert into t values (?)", [str(root.surrogate(NAMES[0]))])
        connection.commit()
        content = b"".join(found for _, found in kept(folder))
    assert any(secret in content for secret in needles(root))
