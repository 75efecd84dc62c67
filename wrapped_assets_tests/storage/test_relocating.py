"""Moving a data root into a store: the same root afterwards, whoever is killed at whatever step, and nothing left in the folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import giving_up, object_files, registry, relocating
from wrapped_assets.storage.buckets import set_setting
from wrapped_assets.storage.giving_up import give_up
from wrapped_assets.storage.object_store import ObjectStore
from wrapped_assets.storage.relocating import relocate
from wrapped_assets.storage.responsible import Controller, responsible, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import copied, import_text, prepared, versions

ADDRESS, YEAR = "s3://bucket/moved", 2025
STAYS = {
    "root.json", "registry.sqlite", "registry.sqlite-shm", "registry.sqlite-wal", "locks", "cache", "landing", "first_month",
    "responsible.yaml", "tombstones.json", "tombstone_keys", "exports", "inbox",
}  # fmt: skip


@pytest.fixture(scope="module")
def _full(_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def prepare(root: Root) -> None:
        publish_edition(Project(root), YEAR)
        set_controller(root, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
        erase(Project(root), registry.find_listener(root, "bo"))

    return prepared(_small, tmp_path_factory.mktemp("full") / "root", prepare)


@pytest.fixture
def full(_full: Path, tmp_path: Path) -> Iterator[Root]:
    """A root with something of every kind: an edition, an erasure, somebody who is responsible."""
    yield from copied(_full, tmp_path / "small")


def steps(root: Root) -> list[str]:
    return [str(step.cell) for step in make_plan(Project(root).situation()).steps]


def is_whole(path: Path, before: dict[str, str], store: Store) -> None:
    """The root lies in the store, and is what it was."""
    root = Root.open(path)
    assert root.is_shared
    assert versions(root) == before
    assert steps(root) == []
    assert {found.relative_to(path).parts[0] for found in path.rglob("*") if found.is_file()} <= STAYS
    assert not [found for found in path.rglob("*.parquet") if found.relative_to(path).parts[0] not in ("cache", "landing")]
    found = responsible(root).controller
    assert found
    assert found.name == "Wrapped Ltd."
    run(path, "repair", "--check")
    assert len([key for key in store.objects if key.startswith("moved/lake/")]) > 20
    with pytest.raises(WrappedError, match="erased on request"):
        import_text(root, "bo", "2025-06-01 rain")
    root.engine.dispose()


def test_a_moved_root_is_the_same_root_and_its_folder_is_only_a_machines(full: Root, store: Store) -> None:
    before = versions(full)
    full.engine.dispose()
    told = run(full.path, "relocate", ADDRESS).stdout
    assert "every one compared" in told
    assert "; 0 files were there already" in told
    is_whole(full.path, before, store)
    root = Root.open(full.path)
    import_text(root, "ana", "2025-06-01 rain*4")
    assert build(Project(root)).recomputed
    with pytest.raises(InputError, match="lie in s3://bucket/moved"):
        relocate(root, "s3://bucket/again")


@pytest.mark.parametrize(
    "place",
    ["_send", "set_setting", *(pytest.param(place, marks=pytest.mark.slow)
                               for place in ("_send_documents", "after the switch", "_tidy", "in the midst of tidying up"))],
)  # fmt: skip
def test_a_move_that_is_killed_goes_on(full: Root, store: Store, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    before = versions(full)
    monkeypatch.setattr(relocating, "AT_ONCE", 10)
    named = {"after the switch": "write_whole", "in the midst of tidying up": "shutil.rmtree"}.get(place, place)
    calls = iter(range(1000))
    real = shutil.rmtree if named == "shutil.rmtree" else getattr(relocating, named)

    def killed(*given: object, **more: object) -> object:
        asked = {"_send": next(calls) == 3, "after the switch": str(given[0]).endswith("root.json"), "set_setting": "lake" in given}
        is_due = asked.get(place, True)
        if is_due:
            raise KeyboardInterrupt
        return real(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(f"wrapped_assets.storage.relocating.{named}", killed)
        with pytest.raises(KeyboardInterrupt):
            relocate(full, ADDRESS)
    full.engine.dispose()
    if place == "after the switch":
        assert "was moved into s3://bucket/moved" in run(full.path, "plan", code=1).stderr
    elif place in ("_send", "_send_documents", "set_setting"):
        assert versions(Root.open(full.path)) == before
        assert "lake" not in json.loads((full.path / "root.json").read_text()), "the folder is whole"
    sent = len(store.requests)
    done = relocate(Root.open(full.path), ADDRESS)
    assert done.resumed or done.is_tidied_only
    assert sent
    is_whole(full.path, before, store)


def test_a_process_that_began_before_records_nothing_after_the_move(full: Root, store: Store) -> None:
    import_text(full, "ana", "2025-06-01 rain*4")
    stale = Root.open(full.path)
    assert stale.engine
    relocate(Root.open(full.path), ADDRESS)
    before = versions(stale)
    with suppress(WrappedError):  # or it finds nothing to read, and so nothing to record
        build(Project(stale))
    with pytest.raises(WrappedError, match="moved into s3://bucket/moved meanwhile"):
        import_text(stale, "ana", "2025-07-01 rain*4")
    root = Root.open(full.path)
    assert versions(root) == before
    assert build(Project(root)).failed == []
    assert steps(root) == []


def test_a_damaged_file_stops_the_move_before_anything_is_changed(full: Root, store: Store) -> None:
    victim = next(path for path in sorted(full.path.glob("lake/insights/**/*.parquet")))
    victim.write_bytes(victim.read_bytes()[:-1])
    full.engine.dispose()
    assert "missing or damaged" in run(full.path, "relocate", ADDRESS, code=1).stderr
    assert "lake" not in json.loads((full.path / "root.json").read_text())
    run(full.path, "build")
    run(full.path, "relocate", ADDRESS)
    assert steps(Root.open(full.path)) == []


def test_a_move_that_was_begun_to_another_place_is_not_gone_on_with_here(full: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions(full)
    with monkeypatch.context() as patch:
        patch.setattr(relocating, "_send_documents", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            relocate(full, "s3://bucket/mistyped")
    full.engine.dispose()
    assert "was begun to s3://bucket/mistyped" in run(full.path, "relocate", ADDRESS, code=2).stderr
    assert not [key for key in store.objects if key.startswith("moved/lake")]
    assert versions(Root.open(full.path)) == before


def test_an_erasure_that_waited_for_a_move_leaves_nobody_in_the_store(full: Root, store: Store) -> None:
    waiting = Root.open(full.path)
    cy = registry.find_listener(waiting, "cy")
    relocate(Root.open(full.path), ADDRESS)
    with pytest.raises(WrappedError, match="moved into s3://bucket/moved"):
        erase(Project(waiting), cy)
    root = Root.open(full.path)
    assert registry.find_listener(root, "cy") == cy
    erase(Project(root), cy)
    assert not holding(store, cy.listener_id)


def test_an_erasure_while_a_move_is_begun_says_where_copies_may_be(full: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(relocating, "_send_documents", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            relocate(full, ADDRESS)
    cy = registry.find_listener(full, "cy")
    done = erase(Project(full), cy)
    assert holding(store, cy.listener_id)
    assert ADDRESS in {each.path for each in done.elsewhere}
    relocate(Root.open(full.path), ADDRESS)
    assert not holding(store, cy.listener_id)


def begun(root: Root, monkeypatch: pytest.MonkeyPatch, address: str = ADDRESS) -> None:
    """A move that was killed once files were sent and before the root changed places."""
    with monkeypatch.context() as patch:
        patch.setattr(relocating, "set_setting", lambda _root, name, value: (_ for _ in ()).throw(KeyboardInterrupt) if name == "lake"
                      else set_setting(_root, name, value))  # fmt: skip
        with pytest.raises(KeyboardInterrupt):
            relocate(root, address)
    root.engine.dispose()


def test_a_move_that_is_given_up_leaves_a_root_in_its_folder_and_nothing_in_the_store(
    full: Root, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = versions(full)
    assert "no move" in run(full.path, "relocate", "--give-up", code=2).stderr
    begun(full, monkeypatch, "s3://bucket/mistyped")
    assert "--give-up" in run(full.path, "relocate", ADDRESS, code=2).stderr
    assert len(store.objects) > 20
    assert "stay in the folder" in run(full.path, "relocate", "--give-up").stdout
    assert store.objects == {}
    assert (versions(Root.open(full.path)), steps(Root.open(full.path))) == (before, [])
    run(full.path, "repair", "--check")
    run(full.path, "relocate", ADDRESS)
    is_whole(full.path, before, store)
    assert "no way back" in run(full.path, "relocate", "--give-up", code=2).stderr


@pytest.mark.parametrize("step", ["rmtree", "delete", "abandon", "exclusive"])
@pytest.mark.parametrize("goes_on_with", ["--give-up", ADDRESS])
def test_giving_up_that_is_killed_goes_on_whatever_is_given_next(
    full: Root, store: Store, monkeypatch: pytest.MonkeyPatch, step: str, goes_on_with: str
) -> None:
    before = versions(full)
    begun(full, monkeypatch)
    place = {"rmtree": giving_up.shutil, "exclusive": giving_up}.get(step, ObjectStore)
    with monkeypatch.context() as patch:
        patch.setattr(place, step, lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            give_up(Root.open(full.path))
    object_files._opened.cache_clear()
    run(full.path, "relocate", goes_on_with)
    if goes_on_with == ADDRESS:
        is_whole(full.path, before, store)
    else:
        assert store.objects == {}
        assert versions(Root.open(full.path)) == before


def test_a_move_into_a_store_that_is_gone_or_silent_can_be_given_up(full: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(full, monkeypatch)
    object_files._opened.cache_clear()
    store.fault = lambda _method, _key: 403
    assert "refused the credentials" in run(full.path, "relocate", "--give-up", code=1).stderr
    assert "may be left in s3://bucket/moved" in run(full.path, "relocate", "--give-up", "--leave-files").stdout
    store.fault = lambda _method, _key: None
    begun(full, monkeypatch, "s3://bucket/again")
    object_files._opened.cache_clear()
    store.buckets = ("another",)
    run(full.path, "relocate", "--give-up")
    assert steps(Root.open(full.path)) == []


def test_a_root_of_which_an_older_program_put_only_a_part_into_a_store_is_completed(full: Root, store: Store) -> None:
    before = versions(full)
    objects = {path.relative_to(full.path).as_posix(): path for folder in ("lake", "landing") for path in (full.path / folder).rglob("*")}
    with full.engine.begin() as connection:
        for name, path in objects.items():
            if path.is_file() and not name.startswith("landing/links"):
                store.objects[f"moved/{name}"] = (path.read_bytes(), {})
                connection.exec_driver_sql("insert into objects (path, is_leaving) values (?, 0)", (name,))
                path.unlink()
    settings = json.loads((full.path / "root.json").read_text())
    (full.path / "root.json").write_text(json.dumps(settings | {"layout": 2, "lake": ADDRESS}))
    full.engine.dispose()
    half = Root.open(full.path)
    assert not half.is_shared
    assert (versions(half), steps(half)) == (before, [])
    run(full.path, "relocate", ADDRESS)
    is_whole(full.path, before, store)
    with pytest.raises(WrappedError, match="was moved into"):
        set_controller(half, Controller("Another Ltd.", "privacy@another.example"))


def holding(store: Store, listener_id: int) -> list[str]:
    frames = {key: pl.read_parquet(content) for key, (content, _) in store.objects.items() if key.endswith(".parquet")}
    numbers = {key: found.select(pl.col(pl.Int64)) for key, found in frames.items()}
    return [key for key, found in numbers.items() if any((each == listener_id).any() for each in found.iter_columns())]
