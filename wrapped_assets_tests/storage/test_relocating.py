"""Moving a data root into a store: the same root afterwards, whoever is killed at whatever step, and nothing left in the folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import object_files, registry, relocating
from wrapped_assets.storage.relocating import relocate
from wrapped_assets.storage.responsible import Controller, responsible, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.s3_server import Store, s3_server
from wrapped_assets_tests.small_roots import import_text, versions

ADDRESS, YEAR = "s3://bucket/moved", 2025
STAYS = {
    "root.json", "registry.sqlite", "registry.sqlite-shm", "registry.sqlite-wal", "locks", "cache", "landing", "first_month",
    "responsible.yaml", "tombstones.json", "tombstone_keys", "exports", "inbox",
}  # fmt: skip


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    with s3_server() as (found, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        object_files._opened.cache_clear()
        yield found
        object_files._opened.cache_clear()


@pytest.fixture
def full(small: Root) -> Root:
    """A root with something of every kind: an edition, an erasure, somebody who is responsible."""
    publish_edition(Project(small), YEAR)
    set_controller(small, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    erase(Project(small), registry.find_listener(small, "bo"))
    return small


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
    assert "every one compared" in run(full.path, "relocate", ADDRESS).stdout
    is_whole(full.path, before, store)
    root = Root.open(full.path)
    import_text(root, "ana", "2025-06-01 rain*4")
    assert build(Project(root)).recomputed
    with pytest.raises(InputError, match="lie in s3://bucket/moved"):
        relocate(root, "s3://bucket/again")


@pytest.mark.parametrize(
    "place", ["_send", "_send_documents", "set_setting", "after the switch", "_tidy", "in the midst of tidying up"]
)
def test_a_move_that_is_killed_goes_on(full: Root, store: Store, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    before = versions(full)
    monkeypatch.setattr(relocating, "AT_ONCE", 10)
    named = {"after the switch": "write_whole", "in the midst of tidying up": "shutil.rmtree"}.get(place, place)
    calls = iter(range(1000))
    real = shutil.rmtree if named == "shutil.rmtree" else getattr(relocating, named)

    def killed(*given: object, **more: object) -> object:
        is_due = {"_send": next(calls) == 3, "after the switch": str(given[0]).endswith("root.json")}.get(place, True)
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
    with pytest.raises(WrappedError, match="moved into a store during this import"):
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
