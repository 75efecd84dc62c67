"""Whatever changes while a build runs, no cell is recorded as made from something that it did not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.patience import MOST_MOVES
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import catalogues, consents, registry, tables
from wrapped_assets.storage.groups import set_group
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.building.stoppable import Worker, few, noted_waiting, worker
from wrapped_assets_tests.small_roots import KEY, copy_root, import_text, versions

__all__ = ["noted_waiting", "worker"]

PLAYS = {
    "ana": "2024-12-31 walk@23:50*2, 2025-01-03 eple*4 moon/bo+ana/dusk, 2025-02-01 eple so_here*2",
    "bo": "2025-01-03 walk*2, 2025-02-01 night@00:10 eple",
    "cy": "2025-01-31 night@22:00*5, 2025-02-20 moon*2 eple",
}
PLACES = "place_name,country,inhabitants\nOslo,NO,700000\nPorto,PT,230000\nNara,JP,360000\n"
Move = Callable[[Root, Path], object]


def person(root: Root, name: str, **changed: str) -> None:
    """Changes what the registry says of a listener."""
    registry.register(root, [registry.Listener(**{**vars(registry.find_listener(root, name)), **changed})])


def agree(root: Root, purpose: str, state: str, *names: str) -> None:
    for name in names:
        consents.record(root, registry.find_listener(root, name), purpose, state, method="test")


def include_all(root: Root) -> None:
    with root.engine.begin() as connection:
        connection.execute(sa.delete(tables.exclusions))


def catalogue(root: Root, folder: Path, text: str) -> None:
    (folder / "places.csv").write_text(text)
    import_catalogue(root, [folder / "places.csv"])


@pytest.fixture(scope="module")
def _still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("still")
    root = Root.open_or_make(folder / "root", 2, KEY)
    for name, text in PLAYS.items():
        import_text(root, name, text)
        person(root, name, country="PT", place="Porto")
    agree(root, "group", "given", *PLAYS)
    set_group(root, "home", ["ana", "bo"])
    catalogue(root, folder, PLACES)
    assert build(few(root)).failed == []
    root.engine.dispose()
    return root.path


@pytest.fixture
def still(_still: Path, tmp_path: Path) -> Iterator[Root]:
    """A built root, and a late export of bo that makes both months stale."""
    copy_root(_still, tmp_path / "root")
    root = Root.open(tmp_path / "root")
    import_text(root, "bo", "2025-01-03 rain, 2025-02-02 rain")
    yield root
    root.engine.dispose()


def wrong_cells(root: Root) -> set[str]:
    """The cells that the planner calls fresh and that a rebuild of everything makes differently."""
    project = few(root)
    stale = {str(step.cell) for step in make_plan(project.situation()).steps}
    before = versions(root)
    assert build(project, full=True).failed == []
    after = versions(root)
    return {cell for cell, version in before.items() if cell not in stale and after.get(cell) != version}


MOVES: dict[str, Move] = {
    "an import": lambda root, _: import_text(root, "bo", "2025-01-04 moon*3, 2025-02-03 eple"),
    "an import of a newcomer": lambda root, _: import_text(root, "di", "2025-01-04 moon*3, 2025-02-03 eple", "Asia/Tokyo"),
    "a time zone": lambda root, _: person(root, "ana", time_zone="Pacific/Auckland"),
    "a home": lambda root, _: person(root, "cy", place="Nara", country="JP"),
    "a consent": lambda root, _: agree(root, "group", "withdrawn", "bo"),
    "an exclusion": lambda root, _: registry.exclude(root, registry.find_listener(root, "bo"), "hours", 20, "00-20"),
    "a group": lambda root, _: set_group(root, "home", ["bo", "cy"]),
    "a catalogue": lambda root, folder: catalogue(root, folder, PLACES.replace("230000", "240000") + "Lagos,NG,9000000\n"),
    "an edition": lambda root, _: registry.set_edition(root, 2025, window_end=date(2025, 2, 1)),
    "an erasure": lambda root, _: erase(few(root), registry.find_listener(root, "ana")),
}
# What makes the world as it was before the move: cells that were recorded under its old hashes would count as fresh again.
BACK: dict[str, Move] = {
    "an import of a newcomer": lambda root, _: erase(few(root), registry.find_listener(root, "di")),
    "a time zone": lambda root, _: person(root, "ana", time_zone="Europe/Lisbon"),
    "a home": lambda root, _: person(root, "cy", place="Porto", country="PT"),
    "a consent": lambda root, _: agree(root, "group", "given", "bo"),
    "an exclusion": lambda root, _: include_all(root),
    "a group": lambda root, _: set_group(root, "home", ["ana", "bo"]),
    "a catalogue": lambda root, folder: registry.set_edition(root, 2025, catalogue=catalogues.versions(root)[0].name),
    "an edition": lambda root, _: registry.set_edition(root, 2025, window_end=date(2025, 12, 31)),
}
POINTS = ("situation", "pinned", "read listens/plays 2025-01|b000", "written insights/minutes_rank 2025|b000")


@pytest.mark.parametrize(
    ("name", "point"),
    [
        pytest.param(name, point, marks=[] if point == "situation" or name == "an erasure" else pytest.mark.slow)
        for name in MOVES
        for point in POINTS
    ],
)
def test_no_cell_is_recorded_as_made_from_what_it_did_not_read(still: Root, tmp_path: Path, worker: Worker, name: str, point: str) -> None:
    ana = registry.find_listener(still, "ana").listener_id
    report = worker.build(still, [(point, lambda: MOVES[name](still, tmp_path))])
    assert (report["failed"], report["left"]) == ([], [])
    if name == "an erasure":
        assert make_plan(few(still).situation()).steps == []
        assert not any(holds(path, ana) for path in still.path.rglob("*.parquet"))
    BACK.get(name, lambda *_: None)(still, tmp_path)
    assert wrong_cells(still) == set()


def holds(path: Path, listener_id: int) -> bool:
    frame = pl.read_parquet(path)
    return any((frame[name] == listener_id).any() for name in frame.columns if name.endswith("listener_id"))


@pytest.mark.parametrize("what", ["time_zone", "place"])
def test_what_is_changed_and_put_back_while_a_build_runs_leaves_nothing_stale(still: Root, worker: Worker, what: str) -> None:
    there, back, point = {
        "time_zone": ("Pacific/Auckland", "UTC", "read listens/plays 2025-02|b000"),
        "place": ("Nara", "Porto", "read catalogue/places 2025|b000"),
    }[what]
    moves = [
        ("situation", lambda: person(still, "bo", **{what: there})),
        (point, lambda: person(still, "bo", **{what: back})),
    ]
    assert worker.build(still, moves)["failed"] == []
    assert make_plan(few(still).situation()).steps == []
    assert wrong_cells(still) == set()


def test_a_unit_that_the_world_moved_under_is_computed_again_in_the_same_build(still: Root, tmp_path: Path, worker: Worker) -> None:
    report = worker.build(still, [("read listens/plays 2025-01|b000", lambda: MOVES["an import"](still, tmp_path))])
    assert report["failed"] == []
    assert make_plan(few(still).situation()).steps == []


def test_what_no_unit_reads_any_more_is_left_to_the_next_build(still: Root, tmp_path: Path, worker: Worker) -> None:
    worker.build(still, [("written insights/minutes_rank 2025|b000", lambda: MOVES["an import"](still, tmp_path))])
    assert {step.reason for step in make_plan(few(still).situation()).steps} == {"data", "upstream"}
    assert wrong_cells(still) == set()


def test_a_world_that_never_rests_ends_the_build_with_what_to_do(still: Root, worker: Worker) -> None:
    zones = ["Asia/Tokyo", "Pacific/Auckland"] * MOST_MOVES
    moves = [("read listens/plays 2025-01|b000", partial(person, still, "bo", time_zone=zone)) for zone in zones[:MOST_MOVES]]
    (failed,) = worker.build(still, moves)["failed"]
    assert f"registry/listeners changed {MOST_MOVES} times in a row" in failed
    assert "run the build again" in failed
    assert wrong_cells(still) == set()
