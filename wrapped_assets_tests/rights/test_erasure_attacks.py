"""Attacks on erasure: other buckets' rows, two at once, kills at every step, broken insights, restored registries, spellings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building import unit
from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.declaration import Declaration
from wrapped_assets.contracts.errors import InputError, RefusedError, WrappedError
from wrapped_assets.contracts.known import known_schema
from wrapped_assets.rights import erasing
from wrapped_assets.rights.cases import open_cases
from wrapped_assets.rights.erasing import erase, erase_all, replay, resume
from wrapped_assets.rights.own_data.delivery import own_data
from wrapped_assets.storage import manifest, publications, tables, tombstone_files
from wrapped_assets.storage.catalogues import add_version
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.categories import LISTENER_IDS
from wrapped_assets.vocabulary.columns import BY_NAME
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.privacy.exports.world import public
from wrapped_assets_tests.rights.worlds import FRIENDS, files_that_name, rows_about_others
from wrapped_assets_tests.small_roots import KEY, copy_root, import_text

World = Callable[[int], Root]


@pytest.mark.parametrize("buckets", [pytest.param(1, marks=pytest.mark.slow), 2, pytest.param(16, marks=pytest.mark.slow)])
def test_nothing_names_an_erased_listener_whatever_bucket_environment_or_publication_it_is_in(
    world: World, buckets: int, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    root = world(buckets)
    others = rows_about_others(root, {"bo"})
    own_data(root, Project(root).graph, find_listener(root, "bo"))
    assert any("similar_listeners" in path for path in files_that_name(root, "bo"))
    rounds: list[bool] = []
    real = erasing.purge_cells
    monkeypatch.setattr(erasing, "purge_cells", lambda *given, **named: rounds.append(named["in_every_column"]) or real(*given, **named))
    done = erase(Project(root), find_listener(root, "bo"))
    assert rounds == [False], "the dictionary's columns are enough: nothing was left for a second round in every number"
    assert files_that_name(root, "bo") == []
    assert done.published_files
    assert done.residue.hits == []
    assert not list((root.path / "erasures").iterdir())
    assert rows_about_others(root, {"bo"}) >= others > 0  # as many, and more where somebody moved up
    publications.rollback(root, 2025) if publications.live(root)[2025].number == 2 else None
    assert build(Project(root)).failed == []


def test_every_column_that_names_a_listener_is_one_that_an_erasure_can_look_into() -> None:
    assert {"listener_id", "similar_listener_id", "other_listener_id"} <= LISTENER_IDS
    assert {BY_NAME[name].dtype for name in LISTENER_IDS} == {pl.Int64()}
    assert {name for name in BY_NAME if name.endswith("listener_id")} <= LISTENER_IDS


def test_an_insight_that_fails_does_not_keep_anybody_from_being_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    root = world(2)
    real = unit.checked

    def broken(declaration: Declaration, *rest: object, **named: object) -> object:
        if declaration.key in ("insights/top_artists", "insights/similar_listeners"):
            raise ZeroDivisionError
        return real(declaration, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(unit, "checked", broken)
    done = erase(Project(root), find_listener(root, "bo"))
    assert done.unbuilt_cells
    assert files_that_name(root, "bo") == []


def test_a_stored_file_that_is_damaged_does_not_keep_anybody_from_being_forgotten(world: World) -> None:
    """It may be unreadable, or readable with another id where the listener's was."""
    root = world(2)
    live = publications.live_edition(root, 2025)
    assert live
    unreadable, changed = (root.path / path for cell, path in live.paths.items() if cell.asset == "insights/similar_listeners")
    unreadable.write_bytes(b"PAR1" + bytes(200))
    bo, metadata = root.surrogate("bo"), pl.read_parquet_metadata(changed)
    hidden = pl.read_parquet(changed).with_columns(pl.col(pl.Int64).replace(bo, bo ^ 1))
    hidden.write_parquet(changed, metadata={"wrapped_assets": metadata["wrapped_assets"]})
    done = erase(Project(root), find_listener(root, "bo"))
    assert done.residue.hits == []
    assert not unreadable.exists()
    assert not changed.exists()
    assert done.damaged_files == 2


def test_a_batch_restricts_and_records_everybody_or_nobody(world: World) -> None:
    """Whichever statement fails: the first, the second, and so on, until none does."""
    root = world(1)
    people = [find_listener(root, name) for name in ("bo", "cy")]
    written, fails_at = 0, 0

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal written
        if statement.startswith("INSERT"):
            written += 1
            if written == fails_at:
                raise ZeroDivisionError

    def recorded() -> list[int]:
        with root.engine.connect() as connection:
            counts = [sa.select(sa.func.count()).select_from(table) for table in (tables.restrictions, tables.erasure_cases)]
            return [connection.execute(count).scalar_one() for count in counts]

    sa.event.listen(root.engine, "before_cursor_execute", fail)
    while recorded() == [0, 0]:
        written, fails_at = 0, fails_at + 1
        with suppress(ZeroDivisionError):
            open_cases(root, people)
    assert recorded() == [2, 2]
    assert fails_at > 2


ERASE = """
import os, signal, sys
from pathlib import Path
from wrapped_assets.building.situate import Project
from wrapped_assets.rights import cases, erasing
from wrapped_assets.storage import purging_cells
from wrapped_assets.storage.documents import FolderDocuments
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root

path, step, names = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
places = {"write": FolderDocuments, "record_cases": cases, "entomb_all": erasing.tombstones, "_replace": purging_cells}
place = places.get(step, erasing)
if step != "none":
    real = getattr(place, step)
    def dying(*arguments, **named):
        real(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(place, step, dying)
print("ready", flush=True)
sys.stdin.readline()
root = Root.open(path)
erasing.erase_all(Project(root), [find_listener(root, name) for name in names])
"""
STEPS = [
    "write", "record_cases", "entomb_all", "purge_landing", "compute_again", "_replace", "purge_cells", "recall_exports",
    "remove_outputs", "_forget_people", "residue_of", "close_case",
]  # fmt: skip


def started(root: Root, step: str, *names: str) -> subprocess.Popen[str]:
    """An erasure in a process of its own, which waits for a line on its input and kills itself after a step."""
    command = [sys.executable, "-c", ERASE, str(root.path), step, *names]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=() if step in ("_replace",) else pytest.mark.slow) for step in STEPS]
)
def test_killed_after_any_step_every_person_of_the_batch_is_erased_by_resuming(world: World, step: str) -> None:
    root = world(2)
    killed = started(root, step, "bo", "cy")
    killed.communicate("go\n")
    assert killed.returncode == -9
    done = resume(Project(root))
    assert len(done) == 2
    for name in ("bo", "cy"):
        assert files_that_name(root, name) == []
        with pytest.raises(InputError):
            find_listener(root, name)
        with pytest.raises(RefusedError):
            import_text(root, name, FRIENDS[name])
    assert resume(Project(root)) == []
    assert not list((root.path / "erasures").iterdir())


def test_a_batch_that_is_killed_before_it_is_written_down_has_touched_nobody(world: World) -> None:
    root = world(1)
    people = [find_listener(root, name) for name in ("bo", "cy")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wrapped_assets.storage.documents.write_whole", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erase_all(Project(root), people)
    assert resume(Project(root)) == []
    assert len(erase_all(Project(root), people)) == 2


@pytest.mark.slow
def test_two_erasures_at_once_both_finish(world: World) -> None:
    root = world(2)
    processes = [started(root, "none", name) for name in ("bo", "cy")]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=300)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    assert files_that_name(root, "bo") == files_that_name(root, "cy") == []
@pytest.mark.slow
def test_a_restored_registry_does_not_open_before_it_has_forgotten_again(world: World, tmp_path: Path) -> None:
    root = world(2)
    root.engine.dispose()
    backup = copy_root(root.path, tmp_path / "backup")
    started(root, "none", "bo").communicate("go\n")  # a process of its own, that no connection of it is left
    for path in root.path.glob("registry.sqlite*"):
        path.unlink()
    for name in ("registry.sqlite", "landing", "lake", "records"):
        source = backup / name
        shutil.copytree(source, root.path / name, dirs_exist_ok=True) if source.is_dir() else shutil.copy(source, root.path / name)
    restored = Root.open(root.path)
    with pytest.raises(WrappedError, match="wrapped erase --replay"):
        find_listener(restored, "bo")
    assert "wrapped erase --replay" in run(root.path, "status", code=1).stderr
    (done,) = document(root.path, "erase", "--replay")
    assert done["plays"] > 0
    opened = Root.open(root.path)
    assert files_that_name(opened, "bo") == []
    with pytest.raises(InputError):
        find_listener(opened, "bo")
    run(root.path, "status")
    assert document(root.path, "erase", "--replay") == []


@pytest.mark.slow
def test_a_registry_from_before_erasures_that_nobody_knows_any_more_stays_shut(world: World, tmp_path: Path) -> None:
    root = world(1)
    root.engine.dispose()
    backup = copy_root(root.path, tmp_path / "backup")
    started(root, "none", "bo").communicate("go\n")
    (stone,) = tombstone_files.read_tombstones(root.path)
    tombstone_files.write_tombstones(root.path, [stone.expired()])
    for path in root.path.glob("registry.sqlite*"):
        path.unlink()
    shutil.copy(backup / "registry.sqlite", root.path)
    with pytest.raises(WrappedError, match="Restore a backup from after"):
        replay(Project(Root.open(root.path).replaying()))
    with pytest.raises(WrappedError, match="older than 1 erasure"):
        find_listener(Root.open(root.path), "ana")


def test_an_erased_listener_does_not_come_back_in_another_spelling(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    import_text(root, "Zoë", "2025-01-01 eple")
    import_text(root, "bo", "2025-01-01 eple")
    build(Project(root))
    erase(Project(root), find_listener(root, "Zoë"))
    for spelling in ("ZOË", "zoë ", "Zoe\u0308", " Zoë"):
        with pytest.raises(RefusedError, match="erased on request"):
            import_text(root, spelling, "2025-01-01 eple")
    import_text(root, "bo", "2025-01-02 eple")


@pytest.mark.slow
def test_a_column_that_the_dictionary_takes_for_something_else_is_searched_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    root = world(2)
    monkeypatch.setattr("wrapped_assets.storage.purging_cells.LISTENER_IDS", LISTENER_IDS - {"similar_listener_id", "other_listener_id"})
    assert erase(Project(root), find_listener(root, "bo")).residue.hits == []
    assert files_that_name(root, "bo") == []


def test_the_erased_are_in_no_manifest_that_a_repair_would_rebuild(world: World) -> None:
    root = world(2)
    erase(Project(root), find_listener(root, "bo"))
    run(root.path, "repair")
    assert build(Project(root)).failed == []
    assert all((root.path / stored.path).exists() for stored in manifest.load_cells(root).values())
    assert files_that_name(root, "bo") == []


@pytest.mark.slow
def test_nobody_is_asked_for_twice_by_two_processes(world: World) -> None:
    root = world(1)
    batch = erasing.open_cases(root, [find_listener(root, "bo")])
    again = erasing.open_cases(root, [find_listener(root, "bo")])
    assert len(erasing._carry_out(Project(root), [batch])) == 1
    assert len(erasing._carry_out(Project(root), [again])) == 1
    assert files_that_name(root, "bo") == []


@pytest.mark.slow
def test_files_that_were_written_elsewhere_are_listed_and_those_below_the_root_are_gone(world: World, tmp_path: Path) -> None:
    root = world(1)
    inside, outside = root.path / "stories", tmp_path / "outside"
    for folder in (inside, outside):
        run(root.path, "story", "--listener", "bo", "--year", 2025, "--format", "html", "--out", folder / "bo.html")
        run(root.path, "show", "similar_listeners", "--listener", "cy", "--format", "csv", "--out", folder / "cy.csv")
        run(root.path, "show", "listening_totals", "--listener", "cy", "--format", "csv", "--out", folder / "innocent.csv")
    run(root.path, "story", "--group", "friends", "--year", 2025, "--out", inside / "together.txt")
    run(root.path, "playlist", "your_top_songs", "--listener", "bo", "--year", 2025, "--format", "m3u8", "--out", inside / "top.m3u8")
    run(root.path, "own-data", "bo", "--out", outside / "data")
    run(root.path, "show", "similar_listeners", "--year", 2025, "--format", "csv", "--out", outside / "all.csv")
    run(root.path, "show", "listening_totals", "--format", "csv", "--out", outside / "moved.csv")
    (outside / "moved.csv").rename(outside / "taken.csv")
    (case,) = document(root.path, "erase", "bo", "--yes")
    assert {Path(each["path"]).name for each in case["elsewhere"]} == {"bo.html", "data"}
    named = {Path(each["path"]).name for each in case["named_elsewhere"]}
    assert named == {"all.csv", "moved.csv", "cy.csv"}
    assert [path.name for path in inside.iterdir()] == ["innocent.csv"]
    assert (outside / "bo.html").exists()


@pytest.mark.slow
def test_a_short_name_below_the_root_is_said_and_nothing_is_claimed(world: World) -> None:
    root = world(1)
    (root.path / "pages").mkdir()
    (root.path / "pages" / "top.m3u8").write_text("#EXTINF:1,for bo\n")
    found = run(root.path, "erase", "bo", "--yes", code=1)
    assert "pages/top.m3u8" in found.stderr
    assert "nothing is left" not in found.stdout
    (root.path / "pages" / "top.m3u8").unlink()
    assert "nothing is left" in run(root.path, "erase", "--resume").stdout


@pytest.mark.slow
def test_what_is_public_or_of_an_office_keeps_nobody_from_being_forgotten(world: World) -> None:
    """A chart's songs are drawn from the catalogue and may be the songs of one person alone; a listener may be the controller."""
    root = world(2)
    set_controller(root, Controller("bo", "bo@example.org"))
    known = root.path.with_name("recordings.parquet")
    named = public(recordings=[("secret_of_bo", "only_his_band")])["known_recordings"]
    pl.concat([pl.DataFrame(schema=known_schema("known_recordings")), named], how="diagonal_relaxed").write_parquet(known)
    add_version(root, {"sources/known_recordings": known}, {})
    chart = root.path / "exports" / "delivered" / "charts-2025" / "chart_ranks.csv"
    chart.parent.mkdir(parents=True)
    chart.write_text("chart_rank,recording_name,artist_name\n1,secret_of_bo,only_his_band\n")
    done = erase(Project(root), find_listener(root, "bo"))
    assert done.residue.hits == []
    assert done.residue.public_texts == 2, "the report says what it did not search for"
    assert "responsible.yaml" in done.residue.doubtful
    texts = {path: pl.read_parquet(path).select(pl.col(pl.String)) for path in (root.path / "lake").rglob("*.parquet")}
    named = [path for path, frame in texts.items() if any("secret_of_bo" in column for column in frame)]
    assert named == [], "the lake forgets public titles too: a bucket's names tell that somebody of it played them"
    assert chart.exists(), "figures about many stay as they were told"
