"""A function is handed exactly the rows that its hash is about: rows outside of the hash do not exist for it.

The law over every asset with outside inputs: of any two states of the world, frames with equal hashes are equal. What changes outside of a
cell's rows changes neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.inputs import Inputs
from wrapped_assets.building.pin import Pin
from wrapped_assets.building.situate import Project
from wrapped_assets.building.world import Scope, narrowed, take_world
from wrapped_assets.contracts.graph import EXTERNALS, WITHOUT_BUCKETS
from wrapped_assets.storage import consents, registry, tables
from wrapped_assets.storage.groups import set_group
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import snapshot
from wrapped_assets_tests.building.stoppable import few
from wrapped_assets_tests.small_roots import KEY, copied, import_text, lake_files

PLAYS = {"ana": "2023-06-01 eple, 2025-01-03 eple*4 moon/bo", "bo": "2025-01-03 walk", "cy": "2025-01-31 night@22:00*5"}
PLACES = "place_name,country,inhabitants\nOslo,NO,700000\nPorto,PT,230000\n"


class Handed(NamedTuple):
    """What a cell gets of one outside input."""

    hashes: tuple[object, ...]
    rows: pl.DataFrame


def handed(root: Root) -> dict[tuple[str, str], Handed]:
    """(cell, input) → hashes and rows, of every cell of the whole project that reads an outside input."""
    project = Project(root)
    situation = project.situation()
    outside = set(EXTERNALS.values())
    found = {}
    for cell in situation.expected():
        declaration = situation.graph.by_key[cell.asset]
        reads = [(key, read) for key, read in situation.graph.inputs(declaration) if key in outside]
        if reads:
            inputs = Inputs(project, situation, Pin(project, situation, [cell]).worlds[cell.period], [cell])
        for key, read in reads:
            hashes = tuple((partition, *parts.items()) for _, partition, _, parts in situation.outside(key, read, cell, situation.landed))
            found[str(cell), key] = Handed(hashes, inputs.outside(cell, key, read, list(read.columns)).lazy().collect())
    return found


@pytest.fixture(scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Root.open_or_make(tmp_path_factory.mktemp("law") / "root", 2, KEY)
    for name, text in PLAYS.items():
        import_text(root, name, text)
        change(root, name, place="Porto", country="PT")
    for name in PLAYS:
        consents.record(root, registry.find_listener(root, name), "group", "given", method="test")
    set_group(root, "home", ["ana", "bo"])
    catalogue(root, PLACES)
    root.engine.dispose()
    return root.path


@pytest.fixture
def world(_world: Path, tmp_path: Path) -> Iterator[Root]:
    yield from copied(_world, tmp_path / "root")


def change(root: Root, name: str, **changed: object) -> None:
    registry.register(root, [registry.Listener(**{**vars(registry.find_listener(root, name)), **changed})])


def say(root: Root, name: str, purpose: str, state: str) -> None:
    consents.record(root, registry.find_listener(root, name), purpose, state, method="test")


def catalogue(root: Root, text: str) -> None:
    path = root.path / "places.csv"
    path.write_text(text)
    import_catalogue(root, [path])
    path.unlink()


def exclude(root: Root, name: str) -> None:
    registry.exclude(root, registry.find_listener(root, name), "hours", 20, "00-20")


# What changes, and a condition on the (period, input) that it must not touch.
CHANGES: dict[str, tuple[Callable[[Root], object], Callable[[str, str], bool]]] = {
    "somebody comes who plays in no such year": (
        lambda root: import_text(root, "di", "2021-05-01 eple"), lambda period, key: period[:4] >= "2023" and key not in WITHOUT_BUCKETS,
    ),
    "the home of somebody who plays in another year": (
        lambda root: change(root, "bo", place="Oslo"), lambda period, key: period[:4] == "2023",
    ),
    "a home": (lambda root: change(root, "ana", place="Oslo"), lambda period, key: key != EXTERNALS["profiles"]),
    "a time zone": (lambda root: change(root, "bo", time_zone="Asia/Tokyo"), lambda period, key: key != EXTERNALS["listeners"]),
    "an exclusion": (lambda root: exclude(root, "bo"), lambda period, key: period[:4] == "2023" or key != EXTERNALS["exclusions"]),
    "a consent to be found": (lambda root: say(root, "cy", "be_found", "given"), lambda period, key: key != EXTERNALS["profiles"]),
    "a group": (lambda root: set_group(root, "home", ["bo", "cy"]), lambda period, key: key != EXTERNALS["groups"]),
    "a catalogue": (lambda root: catalogue(root, PLACES + "Nara,JP,360000\n"), lambda period, key: key != EXTERNALS["known_places"]),
    "plays in the middle of the month before": (
        lambda root: import_text(root, "ana", "2024-12-15 rain"), lambda period, key: period == "2025-01" and key in LANDED,
    ),
    "plays at the end of the month before": (
        lambda root: import_text(root, "ana", "2024-12-31 rain"), lambda period, key: period[:4] == "2023",
    ),
    "an edition": (lambda root: registry.set_edition(root, 2025, window_end=date(2025, 1, 2)), lambda period, key: True),
}  # fmt: skip
QUIET = {"somebody comes who plays in no such year", "plays in the middle of the month before", "an edition"}
LANDED = {EXTERNALS["landed_plays"], EXTERNALS["landed_tracks"]}


@pytest.mark.parametrize("name", CHANGES)
def test_rows_outside_of_the_hash_do_not_exist(world: Root, name: str) -> None:
    move, is_outside = CHANGES[name]
    before = handed(world)
    move(world)
    after = handed(world)
    changed = set()
    for slot in before.keys() & after.keys():
        old, new = before[slot], after[slot]
        if old.hashes == new.hashes:
            assert old.rows.equals(new.rows), f"{slot}: other rows under the same hash"
        else:
            changed.add(slot)
    for cell, key in changed:
        period = cell.partition(" ")[2].partition("|")[0]
        assert not is_outside(period, key), f"{cell} has another hash of {key}, though its rows did not change"
    assert bool(changed) == (name not in QUIET)


def test_a_move_and_an_erasure_leave_no_home_behind(world: Root) -> None:
    project = few(world)
    build(project)
    change(world, "bo", place="Oslo")
    build(project)
    incremental = lake_files(world)
    build(project, full=True)
    assert lake_files(world) == incremental


def test_the_part_of_a_world_that_was_read_whole_is_the_part_that_would_be_read(world: Root) -> None:
    exclude(world, "bo")
    project = Project(world)
    situation = project.situation()
    assert project.seen is not None
    whole = project.seen.world
    scopes = {
        Scope(frozenset({key for key, _ in situation.graph.inputs(situation.graph.by_key[cell.asset])} & {*EXTERNALS.values()}), *slot)
        for cell in situation.expected()
        for slot in [(cell.period, cell.bucket)]
    }
    scopes |= {Scope(period=cell.period, bucket=cell.bucket) for cell in situation.expected()}  # everything of a unit
    with snapshot(world.engine) as connection:
        for scope in scopes:
            kept, read = narrowed(whole, scope), take_world(world, connection, scope)
            for name in ("chunks", "editions", "catalogues", "files"):
                assert getattr(kept, name) == getattr(read, name), (scope, name)
            assert {slot: found.tolist() for slot, found in kept.listeners.items()} == {
                slot: found.tolist() for slot, found in read.listeners.items()
            }
            assert kept.people.keys() == read.people.keys()
            assert all(kept.people[key].equals(read.people[key]) for key in read.people), scope
            assert (kept.members is None) == (read.members is None)
            assert kept.links.keys() == read.links.keys()
            assert all(kept.links[slot][0].equals(read.links[slot][0]) for slot in read.links)


def test_a_world_that_was_seen_holds_until_anybody_else_writes(world: Root) -> None:
    project, other = Project(world), Root.open(world.path)
    situation = project.situation()
    assert project.seen is not None
    with project.own_records() as connection:
        connection.execute(sa.delete(tables.cells))
    with snapshot(world.engine) as connection:
        assert project.seen.holds(situation, connection)
        assert not project.seen.holds(Project(world).situation(connection), connection)
    for root in (other, world):  # another process, and this one outside of what a build records
        situation = project.situation()
        change(root, "ana", place="Oslo" if root is other else "Porto")
        with project.own_records() as connection:
            connection.execute(sa.delete(tables.cells))
        with snapshot(world.engine) as connection:
            assert not project.seen.holds(situation, connection)
    other.engine.dispose()
