"""`wrapped repair --take-store` shuts out whoever had the store, also commands that are running: they record and remove nothing more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import RegistryUnavailable
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.storage import object_files
from wrapped_assets.storage.object_store import ObjectStore
from wrapped_assets.storage.responsible import Controller, responsible, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstones import entomb
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, copy_root, import_small, versions

ADDRESS = "s3://bucket/fenced"
Machines = tuple[Root, Path]  # a root that was imported; the folder of the machine that will take its store over


@pytest.fixture(params=["the same registry", "a copy of the registry"])
def machines(request: pytest.FixtureRequest, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    if request.param == "the same registry":
        monkeypatch.setenv("WRAPPED_REGISTRY_URL", f"sqlite:///{tmp_path / 'registry.sqlite'}")
    root = Root.open_or_make(tmp_path / "one", 2, KEY, ADDRESS)
    import_small(root, SMALL_PLAYS)
    root.engine.dispose()
    copy_root(root.path, tmp_path / "other")
    shutil.rmtree(tmp_path / "other" / "cache")
    return Root.open(tmp_path / "one"), tmp_path / "other"


def taking(folder: Path, at: int, real: Callable[..., object]) -> Callable[..., object]:
    """A method of a store, whose call of this number comes only after another machine has taken the store over."""
    calls = iter(range(at + 1))

    def called(self: ObjectStore, *given: object) -> object:
        if next(calls, None) == at:
            run(folder, "repair", "--take-store")
        return real(self, *given)

    return called


def stored(store: Store) -> set[str]:
    return {key.removeprefix("fenced/") for key in store.objects} - {"wrapped-root", "tombstones/0", "tombstones/1"}


@pytest.mark.parametrize("at", [0, 7])
def test_a_build_whose_store_is_taken_over_records_nothing_more(
    machines: Machines, store: Store, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    one, other = machines
    before: dict[str, str] = {}
    assert one.engine
    with monkeypatch.context() as patch:
        real = taking(other, at, ObjectStore.put)

        def put(self: ObjectStore, key: str, place: Path) -> object:
            before.update(versions(one))
            return real(self, key, place)

        patch.setattr(ObjectStore, "put", put)
        with pytest.raises(RegistryUnavailable, match="take-store"):
            build(Project(one))
    assert versions(one).items() <= before.items()
    now = Root.open(other)
    run(other, "build")
    assert make_plan(Project(now).situation()).steps == []
    run(other, "repair")
    run(other, "repair", "--check")
    with now.engine.connect() as connection:
        known = set(connection.exec_driver_sql("select path from objects").scalars())
    assert stored(store) == known, "what the build had sent meanwhile is swept"


def test_documents_erasures_and_removals_of_who_had_the_store_change_nothing(machines: Machines, store: Store) -> None:
    one, other = machines
    set_controller(one, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    paths = one.files.listed("landing")
    if one.registry_file and one.registry_file.is_relative_to(one.path):  # the copy is to know of what was written since
        one.engine.dispose()
        shutil.copyfile(one.path / "registry.sqlite", other / "registry.sqlite")
        for ending in ("-wal", "-shm"):
            (other / f"registry.sqlite{ending}").unlink(missing_ok=True)
    run(other, "repair", "--take-store")
    objects = dict(store.objects)
    for change in (
        lambda: set_controller(one, Controller("Another Ltd.", "privacy@another.example")),
        lambda: one.documents.forget("responsible.yaml"),
        lambda: one.files.remove(paths),
        lambda: one.files.put("records/main/2025.all.json", b"{}"),
        lambda: entomb(one, "ana", "a case"),
        lambda: build(Project(one)),
    ):
        with pytest.raises(RegistryUnavailable, match="take-store"):
            change()
        assert store.objects == objects
    found = responsible(Root.open(other)).controller
    assert found
    assert found.name == "Wrapped Ltd."


def test_a_take_over_that_was_killed_shuts_everybody_out_until_it_is_given_again(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines
    assert one.engine
    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "take_over", lambda _self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Root.open(other).taking_store().engine  # noqa: B018
    object_files._opened.cache_clear()
    assert "wrapped repair --take-store" in run(other, "status", code=1).stderr
    run(other, "repair", "--take-store")
    run(other, "status")
    with pytest.raises(RegistryUnavailable):
        build(Project(one))
