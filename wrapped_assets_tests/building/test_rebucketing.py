"""Dividing the buckets of a data root: nothing is lost, nothing else changes, and whoever is interrupted goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.listens.clocks import EDGE
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.rights.own_data.from_lake import landed_rows
from wrapped_assets.serving.rendered.gathering import stories_of
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage import manifest, publications, rebucketing, spans
from wrapped_assets.storage.buckets import bucket_count, bucket_of
from wrapped_assets.storage.landing_writer import LandingWriter
from wrapped_assets.storage.publications import live_edition
from wrapped_assets.storage.rebucketing import rebucket
from wrapped_assets.storage.records import rebuild_manifest
from wrapped_assets.storage.registry import all_listeners
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, copy_root, import_small, import_text, lake_files, versions

COUNT = 8  # of two: ana and bo, who were together, part


def everything(root: Root) -> dict[str, bytes]:
    landing = {path: content for path, content in lake_files(root, "landing").items() if "/links/" not in path}
    return {**lake_files(root), **landing, **dict.fromkeys(lake_files(root, "records"), b"")}


def inputs(root: Root) -> dict[str, str]:
    return {str(cell): stored.input_version for cell, stored in manifest.load_cells(root).items()}


def landed(root: Root) -> dict[str, pl.DataFrame]:
    """Every listener's landed plays with their tracks, however they are stored."""
    return {each.name: landed_rows(root, each) for each in all_listeners(root)}


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """A root that had so many buckets from the beginning."""
    root = Root.open_or_make(tmp_path_factory.mktemp("fresh") / "root", COUNT, KEY)
    import_small(root, SMALL_PLAYS)
    assert build(Project(root)).failed == []
    yield root
    root.engine.dispose()


def test_divided_and_built_a_root_is_one_that_had_so_many_buckets_from_the_beginning(small: Root, fresh: Root) -> None:
    before = landed(small)
    done = rebucket(small, COUNT, EDGE)
    assert (done.before, done.after, done.listeners, done.plays) == (2, COUNT, 3, sum(rows.height for rows in before.values()))
    assert same(landed(small), before)
    assert {cell.bucket for cell in manifest.load_cells(small)} == {1, None}  # of the second bucket nobody moves
    plan = make_plan(Project(small).situation())
    reasons = {step.reason for step in plan.steps if step.cell.bucket is not None and step.cell.bucket != 1}
    assert reasons == {"rebucketed"}
    assert {step.reason for step in plan.steps} == {"rebucketed", "upstream"}  # of others, what reads figures over all
    assert build(Project(small)).failed == []
    assert everything(small) == everything(fresh)
    assert (versions(small), inputs(small)) == (versions(fresh), inputs(fresh))
    assert (make_plan(Project(small).situation()).steps, make_plan(Project(small).situation()).gone) == ([], [])
    assert (small.path / "root.json").read_bytes() == (fresh.path / "root.json").read_bytes()


def test_a_cell_that_is_missing_later_is_not_said_to_be_of_a_divided_bucket(small: Root) -> None:
    rebucket(small, COUNT, EDGE)
    build(Project(small))
    import_text(small, "ana", "2025-06-01 rain")
    missing = [step for step in make_plan(Project(small).situation()).steps if step.cell.period == "2025-06"]
    assert {step.reason for step in missing} == {"missing"}


def test_a_bucket_whose_listeners_all_stay_keeps_its_cells(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    import_small(root, {"ana": "2025-01-03 eple*4", "bo": "2025-01-03 walk*2", "cy": "2025-01-03 rain"})
    build(Project(root))
    staying = bucket_of(root, root.surrogate("cy"))
    assert root.surrogate("cy") % 4 == staying  # so of four buckets it has the same one
    kept = {cell: stored for cell, stored in manifest.load_cells(root).items() if cell.bucket == staying}
    rebucket(root, None, EDGE)
    assert {cell: stored for cell, stored in manifest.load_cells(root).items() if cell.bucket is not None} == kept != {}
    assert not {cell for cell in build(Project(root)).recomputed if cell in kept and cell.asset.startswith(("listens/", "aggregates/"))}
@pytest.mark.slow
def test_a_published_edition_is_read_as_before_also_after_another_one_and_a_rollback(small: Root) -> None:
    publish_edition(Project(small), 2025)

    def told() -> list[object]:
        live = live_edition(small, 2025)
        assert live
        alone = [story_data(Project(small), each, 2025, live) for each in all_listeners(small)]
        every = [one for bucket in range(live.paths.bucket_count) for one in stories_of(Project(small), 2025, bucket, live)]
        return [alone, sorted(every, key=lambda one: one.listener_id), dict(live.paths)]

    before = told()
    rebucket(small, COUNT, EDGE)
    assert told() == before
    assert build(Project(small)).failed == []
    assert told() == before
    publish_edition(Project(small), 2025)
    assert [live.paths.bucket_count for live in [live_edition(small, 2025)] if live] == [COUNT]
    assert told()[:2] == before[:2]
    publications.rollback(small, 2025)
    assert told() == before


class Killed(BaseException):
    """In the place of a signal that nothing can catch."""


STEPS = [  # whose function, its name, at which call, and whether it is carried out before
    (rebucketing, "_note", 0, False), (rebucketing, "_note", 0, True), (rebucketing, "divided", 0, True),
    (rebucketing, "divided", 2, False),
    (rebucketing, "_check_people", 1, False), (rebucketing, "_switch", 0, False), (rebucketing, "_switch", 0, True),
    (rebucketing, "renew_records", 0, True), (Root, "note_bucket_count", 0, True), (rebucketing, "remove_unrecorded", 0, True),
    (rebucketing, "swept", 0, True),
]  # fmt: skip


def test_killed_at_any_step_the_root_is_whole_and_the_next_command_goes_on(small: Root, fresh: Root, tmp_path: Path) -> None:
    old, new = landed(small), everything(fresh)
    expected = {path for path in new if path.startswith("landing/")}
    before = {path for path in everything(small) if path.startswith("landing/")}
    for number, (owner, name, call, is_after) in enumerate(STEPS):
        root, calls, real = Root.open(copy_root(small.path, tmp_path / str(number))), 0, getattr(owner, name)

        def stop(*args: object, real=real, call=call, is_after=is_after, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls - 1 == call and not is_after:
                raise Killed
            found = real(*args, **options)
            if calls - 1 == call:
                raise Killed
            return found

        with patch.object(owner, name, stop), pytest.raises(Killed):
            rebucket(root, COUNT, EDGE)
        again = Root.open(root.path)
        is_new = bucket_count(again) == COUNT
        assert is_new or bucket_count(again) == 2, (name, call, is_after)
        assert same(landed(again), old)
        assert ({path for path in everything(again) if path.startswith("landing/")} >= (expected if is_new else before)) is True
        wanted = COUNT if number == 0 else None  # nothing was noted yet; afterwards it is what was begun, not twice as many again
        done = rebucket(again, wanted, EDGE)
        assert (bucket_count(again), done.is_tidied_only) == (COUNT, is_new), (name, call, is_after)
        assert {path for path in everything(again) if path.startswith("landing/")} == expected
        assert {path.split(".")[-2] for path in everything(again) if path.startswith("records/")} == {"all", "b001"}
        assert not list((again.path / "landing").rglob("rebucketing/*"))
        assert same(landed(again), old)
        again.engine.dispose()


def test_a_part_that_was_divided_is_not_divided_again_and_one_that_changed_meanwhile_is(small: Root) -> None:
    with patch.object(rebucketing, "_switch", side_effect=Killed), pytest.raises(Killed):
        rebucket(small, COUNT, EDGE)
    import_text(small, "ana", "2025-07-01 rain*3")  # after it, the part of ana's bucket and year is another one
    done = rebucket(small, None, EDGE)
    assert (done.parts, done.resumed) == (3, 2)
    assert "2025-07-01" in str(landed(small)["ana"]["listened_at"].to_list()[-1])


def test_a_build_tidies_up_what_a_killed_process_left(small: Root, fresh: Root) -> None:
    with patch.object(rebucketing, "_tidy", side_effect=Killed), pytest.raises(Killed):
        rebucket(small, COUNT, EDGE)
    assert build(Project(Root.open(small.path))).failed == []
    assert everything(small) == everything(fresh)
    assert (small.path / "root.json").read_bytes() == (fresh.path / "root.json").read_bytes()
    rebuild_manifest(small)  # the records of before would bring cells of two buckets back
    assert versions(small) == versions(fresh)


def test_an_import_that_began_before_lands_nothing_in_the_old_buckets(small: Root) -> None:
    writer = LandingWriter(small, EDGE)
    rebucket(small, COUNT, EDGE)
    before = landed(small)
    with pytest.raises(WrappedError, match="import it again"):
        writer.commit()
    assert same(landed(small), before)


def test_a_long_lived_process_finds_listeners_in_the_new_buckets(small: Root, fresh: Root) -> None:
    other = Root.open(small.path)
    rebucket(small, COUNT, EDGE)
    import_text(other, "ana", "2025-06-01 rain")
    assert {chunk.rsplit("/", 2)[-2] for chunk in everything(other) if "plays/2025-06" in chunk} == {f"b{fresh.surrogate('ana') % 8:03d}"}


def test_a_span_that_a_listener_asked_for_is_kept_in_every_part_of_the_bucket(small: Root) -> None:
    spans.ask_span(small, "2025-01", 0)
    spans.ask_span(small, "all")
    rebucket(small, COUNT, EDGE)
    assert spans.asked_spans(small) == {"2025-01": frozenset({0, 2, 4, 6}), "all": None}


def test_two_at_once_and_numbers_that_cannot_be_are_refused(small: Root) -> None:
    before = everything(small)
    for wanted in (3, 2, 1, 0, -4, 8192):
        with pytest.raises(InputError, match="power of two above 2 and at most 4096"):
            rebucket(small, wanted, EDGE)
    with small.lock("rebucketing"), pytest.raises(WrappedError, match="another process"):
        rebucket(Root.open(small.path), None, EDGE)
    assert (bucket_count(small), everything(small)) == (2, before)


def test_damage_changes_nothing(small: Root) -> None:
    (path, *_) = sorted((small.path / "landing" / "plays").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-9] + bytes(9))
    with pytest.raises(WrappedError, match="damaged"):
        rebucket(small, COUNT, EDGE)
    assert bucket_count(small) == 2
    assert live_edition(small, 2025) is None


def test_the_command_says_what_it_did_and_what_comes_next(small: Root) -> None:
    said = run(small.path, "rebucket")
    assert "2 buckets are 4 now" in said.output
    assert "Next: wrapped build" in said.output
    told = document(small.path, "rebucket", "--buckets", 16)
    assert (told["before"], told["after"], told["is_tidied_only"]) == (4, 16, False)
    run(small.path, "rebucket", "--buckets", 12, code=2)
    refused = run(small.path, "import", small.path, "--listener", "x", "--buckets", 4, code=2)
    assert "has 16 buckets, not 4" in refused.stderr


@pytest.mark.postgres
def test_on_postgresql_the_same_comes_out(postgres: str, fresh: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    root = Root.open_or_make(tmp_path / "root", 2, KEY)
    import_small(root, SMALL_PLAYS)
    build(Project(root))
    rebucket(root, COUNT, EDGE)
    assert build(Project(root)).failed == []
    assert everything(root) == everything(fresh)
    assert inputs(root) == inputs(fresh)
    root.engine.dispose()


@pytest.mark.slow
def test_a_household_divided_and_built_is_one_that_had_so_many_buckets(household: Root, tmp_path: Path) -> None:
    from wrapped_assets.building.importing import Person, import_paths
    from wrapped_assets_tests.conftest import HOUSEHOLD, json

    before = landed(household)
    rebucket(household, 16, EDGE)
    assert same(landed(household), before)
    assert build(Project(household)).failed == []
    other = Root.open_or_make(tmp_path / "other", 16, KEY)
    for member in json.loads((HOUSEHOLD / "household.json").read_text())["listeners"]:
        person = Person(member["name"], member["time_zone"], member["country"], member["birth_year"])
        import_paths(other, [HOUSEHOLD / name for name in member["files"]], person)
    assert build(Project(other)).failed == []
    assert everything(household) == everything(other)
    assert inputs(household) == inputs(other)


@pytest.mark.slow
def test_killed_by_a_signal_at_many_moments_it_ends_as_if_it_had_not_been(small: Root, fresh: Root, tmp_path: Path) -> None:
    for number in range(12):
        root = Root.open(copy_root(small.path, tmp_path / str(number)))
        command = "from wrapped_assets.cli import main; main()"
        child = subprocess.Popen([sys.executable, "-c", command, "rebucket", "--data", str(root.path), "--buckets", str(COUNT)])
        while child.poll() is None and not (root.path / "landing" / "rebucketing").exists():
            time.sleep(0.005)  # until it has something to lose
        with suppress(subprocess.TimeoutExpired):
            child.wait(number * 0.1)
        child.kill()
        child.wait()
        if bucket_count(root) == 2:
            rebucket(root, COUNT, EDGE)
        assert build(Project(root)).failed == []
        assert everything(root) == everything(fresh)
        root.engine.dispose()
