"""The public interface as it is written down: help, exit codes, documents and columns."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import click
import polars as pl
import pytest

from wrapped_assets.cli import main
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.small_roots import versions

COLUMNS = {
    "listens/plays": "listener_id listened_at recording_id recording_name artist_name release_group_name ms_played local_date local_hour "
    "source outcome is_listen is_private is_skipped",
    "listens/listens": "listener_id listened_at recording_id recording_name artist_name release_group_name ms_played local_date local_hour "
    "source",
    "insights/listening_totals": "listener_id minutes listen_count play_count recording_count artist_count release_group_count "
    "active_day_count",
    "insights/top_recordings": "listener_id recording_rank recording_id recording_name artist_name listen_count ms_played "
    "first_listened_at",
    "insights/top_artists": "listener_id artist_rank artist_id artist_name listen_count ms_played",
    "insights/top_release_groups": "listener_id release_group_rank release_group_id release_group_name artist_name listen_count",
    "insights/listening_calendar": "listener_id local_date listen_count minutes",
    "insights/listening_clock": "listener_id local_weekday local_hour listen_count",
    "insights/listening_streak": "listener_id streak_day_count first_local_date last_local_date active_day_count",
    "insights/busiest_day": "listener_id local_date minutes listen_count recording_count",
    "insights/discoveries": "listener_id new_artist_count new_recording_count biggest_discovery_date",
    "insights/top_discoveries": "listener_id recording_rank recording_id recording_name artist_name listen_count first_listened_at",
    "insights/artist_race": "listener_id month artist_id artist_name listen_count cumulative_listen_count artist_rank",
}
# How many of the first columns are the grain; listens have none of their own, for two plays may start together.
GRAIN_LENGTHS = {
    "insights/listening_totals": 1, "insights/top_recordings": 2, "insights/top_artists": 2, "insights/top_release_groups": 2,
    "insights/listening_calendar": 2, "insights/listening_clock": 3, "insights/listening_streak": 1, "insights/busiest_day": 1,
    "insights/discoveries": 1, "insights/top_discoveries": 2, "insights/artist_race": 3,
}  # fmt: skip


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    found = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [leaf for name, each in found if each for leaf in leaves(each, (*path, name))]


@pytest.mark.parametrize(("path", "command"), leaves(main), ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_every_command_has_help_with_an_example(path: tuple[str, ...], command: click.Command) -> None:
    told = run(None, *path, "--help").stdout
    assert "Example" in told
    assert f"wrapped {' '.join(path)}" in " ".join(told.split())


def test_no_command_takes_an_empty_path_or_a_year_that_is_none() -> None:
    parameters = [parameter for _, command in leaves(main) for parameter in command.params]
    paths = [each for each in parameters if isinstance(each.type, click.Path)]
    years = [each for each in parameters if each.name in ("year", "years") and each.type is not click.STRING]
    assert (len(paths) > 40, len(years) > 15) == (True, True)
    for parameter, given in [*((each, "") for each in paths), *((each, "-1") for each in years)]:
        with pytest.raises(click.BadParameter):
            parameter.type.convert(given, parameter, None)


def test_a_file_that_another_command_removed_meanwhile_is_told_with_what_to_do(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "a_name")

    monkeypatch.setattr("wrapped_assets.storage.registry.find_listener", gone)
    told = run(small.path, "own-data", "ana", code=1).stderr
    assert "such as an erasure" in told
    assert "run it again" in told
    assert "a_name" not in told


def test_a_full_disk_is_told_in_the_systems_words_whichever_library_meets_it(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> bytes:
        raise pl.exceptions.ComputeError("cannot write /home/ana/plays: No space left on device (os error 28)")

    monkeypatch.setattr("wrapped_assets.serving.documents.as_json", full)
    assert run(small.path, "status", "--json", code=1).stderr == "wrapped: No space left on device; nothing was half-written\n"


def test_what_is_written_to_a_pipe_or_through_a_link_leaves_it_there(small: Root, tmp_path: Path) -> None:
    asked = ["show", "insights/top_artists", "--year", 2025, "--format", "csv"]
    wanted = run(small.path, *asked).stdout_bytes
    file, link, folder, pipe = (tmp_path / name for name in ("file", "link", "folder", "pipe"))
    file.write_text("before")
    link.symlink_to(file)
    os.mkfifo(pipe)
    run(small.path, *asked, "--out", link)
    assert (link.is_symlink(), file.read_bytes()) == (True, wanted)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run(small.path, *asked, "--out", pipe)
    assert (pipe.is_fifo(), os.read(reader, 1 << 20)) == (True, wanted)
    os.close(reader)
    folder.mkdir()
    for command in (asked, ["story", "--listener", "ana", "--year", 2025, "--format", "html"]):
        run(small.path, *command, "--out", folder, code=2)


@pytest.mark.parametrize("asset", COLUMNS)
def test_show_gives_the_contracts_columns_in_order(household_to_read: Path, asset: str) -> None:
    rows = document(household_to_read, "show", asset, "--year", 2025, "--listener", "mira")
    assert rows
    wanted = COLUMNS[asset].split()
    assert [name for name in rows[0] if name in wanted] == wanted
    assert all(set(row) == set(rows[0]) for row in rows)


@pytest.mark.parametrize("asset", GRAIN_LENGTHS)
def test_rows_come_in_grain_order_each_key_once(household_to_read: Path, asset: str) -> None:
    rows = document(household_to_read, "show", asset, "--year", 2025)
    keys = [tuple(row[name] for name in COLUMNS[asset].split()[: GRAIN_LENGTHS[asset]]) for row in rows]
    assert keys == sorted(set(keys))


def test_instants_and_days_are_iso_8601(household_to_read: Path) -> None:
    row = document(household_to_read, "show", "listens/listens", "--year", 2025, "--listener", "mira")[0]
    assert row["listened_at"].endswith("Z")
    datetime.fromisoformat(row["listened_at"])
    assert date.fromisoformat(row["local_date"]).year == 2025


def test_the_documents_have_the_contracts_keys(small: Root, tmp_path: Path) -> None:
    export = spotify_file(tmp_path, "2025-02-02 eple late")
    landed = document(small.path, "import", export, "--listener", "ana")
    assert {"files", "plays", "listener"} <= landed.keys()
    assert set(landed["plays"]) == {"accepted", "duplicate", "rejected"}
    planned = document(small.path, "plan")
    assert {"steps", "unchanged", "logic_fingerprints"} <= planned.keys()
    assert all({"asset", "partition", "reason", "because", "rows"} <= step.keys() for step in planned["steps"])
    assert {step["reason"] for step in planned["steps"]} <= {"logic", "rules", "column", "data", "missing", "damaged", "upstream"}
    assert planned["logic_fingerprints"].keys() >= {"insights/top_artists", "listens/listens"}
    built = document(small.path, "build")
    assert {"recomputed", "cut_off", "unchanged", "failed", "seconds"} <= built.keys()
    assert {"asset": "listens/listens", "partition": "2025-02|b000"} in built["recomputed"]
    told = document(small.path, "story", "--listener", "ana", "--year", 2025)
    assert {"listener", "year", "edition", "rules", "window", "time_zone", "insights"} <= told.keys()
    assert all({"headline", "rows", "counted"} <= each.keys() for each in told["insights"].values())
    assert {"listens", "excluded"} <= next(iter(told["insights"].values()))["counted"].keys()


COMMANDS = [
    ["plan"], ["build"], ["status"], ["edition", "show"], ["edition", "set", "2025", "--until", "2025-12-01"],
    ["explain", "insights/top_artists"],
    ["explain", "top_artists", "--listener", "ana", "--year", "2025"], ["show", "insights/top_artists"], ["publish", "2024"],
    ["story", "--listener", "ana", "--year", "2025"], ["exclude", "--listener", "ana", "--artist", "nobody"],
    ["playlist", "your_top_songs", "--listener", "ana", "--year", "2025", "--format", "jspf", "--out", "OUT"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_json_is_one_document_and_nothing_else(small: Root, tmp_path: Path, arguments: list[str]) -> None:
    document(small.path, *(tmp_path / "list" if each == "OUT" else each for each in arguments))


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (["show", "insights/top_artist"], "insights/top_artists"),
        (["explain", "nothing"], "insights/top_artists"),
        (["explain", "top_artists", "1999|b000"], "2023|b000"),
        (["plan", "--select", "nothing"], "listens/listens"),
        (["build", "--select", "layer/*"], "insights"),
        (["plan", "--from", "2025-13"], "YYYY-MM"),
        (["plan", "--from", "2025-05", "--to", "2025-01"], "after"),
        (["edition", "set", "2025", "--rules", "mine"], "spotify-compatible"),
        (["edition", "set", "2025", "--until", "2026-02-01"], "within 2025"),
        (["playlist", "nothing", "--listener", "ana", "--year", "2025", "--format", "jspf"], "your_top_songs"),
        (["playlist", "your_top_songs", "--listener", "ana", "--year", "2025", "--format", "mp3"], "xspf"),
        (["story", "--listener", "ana", "--year", "x"], "integer"),
        (["story", "--listener", "nobody", "--year", "2025"], "no listener of that name"),
        (["exclude", "--listener", "ana", "--hours", "noon"], "HH-HH"), (["exclude", "--listener", "ana", "--hours", "03-03"], "00-24"),
        (["exclude", "--listener", "ana", "--recording", "eple"], "ARTIST - NAME"),
        (["exclude", "--listener", "ana"], "--artist"),
        (["publish", "2031"], "no plays in 2031"),
        (["rollback", "2024"], "no earlier publication"),
        (["nothing"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_exits_with_2_and_says_what_is_known(small: Root, arguments: list[str], known: str) -> None:
    before = versions(small)
    found = run(small.path, *arguments, code=2)
    assert known in found.stderr
    assert found.stdout == ""
    assert versions(small) == before


def test_a_root_that_does_not_exist_exits_with_2_and_is_not_made(tmp_path: Path) -> None:
    for arguments in (["plan"], ["build"], ["status"], ["show", "top_artists"], ["story", "--listener", "a", "--year", "2025"]):
        assert "wrapped import" in run(tmp_path / "none", *arguments, code=2).stderr
    assert not (tmp_path / "none").exists()


def test_check_exits_with_3_where_there_is_work_and_0_where_there_is_none(small: Root) -> None:
    run(small.path, "plan", "--check", code=0)
    run(small.path, "edition", "set", 2025, "--rules", "listenbrainz-compatible")
    run(small.path, "plan", "--check", code=3)
    run(small.path, "plan", "--check", "--year", 2023, code=0)
    assert "rules" in run(small.path, "plan").stdout
    run(small.path, "build")
    run(small.path, "plan", "--check", code=0)


def test_a_failed_build_exits_with_1_and_prints_its_document(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Planted Person")

    monkeypatch.setattr("wrapped_assets.building.unit.checked", fail)
    found = document(small.path, "build", "--select", "insights/busiest_day", "--full", code=1)
    assert found["failed"]
    assert "Planted" not in str(found)


def test_a_stale_edition_is_not_published(small: Root) -> None:
    run(small.path, "publish", 2025)
    run(small.path, "edition", "set", 2025, "--until", "2025-03-05")
    assert "stale" in run(small.path, "publish", 2025, code=2).stderr
    run(small.path, "build")
    assert "moved on" in run(small.path, "status").stdout
    run(small.path, "publish", 2025)
    run(small.path, "rollback", 2025)
    assert document(small.path, "status")["editions"][-1]["published"] == 1


def test_a_reader_that_goes_away_is_no_error(household_to_read: Path) -> None:
    command = f"{Path(sys.executable).parent}/wrapped --data {household_to_read} show listens/listens --format csv | head -1"
    found = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert found.stderr == ""
    assert found.stdout.startswith("listener_id,")
