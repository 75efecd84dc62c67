"""Attacks on what a root in a store shares: processes of one machine, machines of one root, copies that outlive what they are of."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from wrapped_assets.storage import shared_tombstones
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstones import entomb, suppressed
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import KEY

ADDRESS = "s3://bucket/attacked"


@pytest.fixture
def root(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", f"sqlite:///{tmp_path / 'registry.sqlite'}")
    return Root.open_or_make(tmp_path / "one", 2, KEY, ADDRESS)


def another_machine(root: Root) -> Root:
    folder = root.path.with_name("other")
    folder.mkdir(mode=0o700)
    shutil.copyfile(root.path / "root.json", folder / "root.json")
    return Root.open(folder)


def test_a_process_that_learns_of_erasures_never_takes_back_one_that_is_being_sent(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    entomb(root, "ana", "case of ana")
    learning, send = [threading.Thread(target=lambda: Root.open(root.path).replaying().engine) for _ in range(2)], shared_tombstones.push

    def interrupted(given: Root) -> None:
        for thread in learning:
            thread.start()
        for thread in learning:
            thread.join(1)
        send(given)

    with monkeypatch.context() as patch:
        patch.setattr(shared_tombstones, "push", interrupted)
        entomb(root, "cy", "case of cy")
    for thread in learning:
        thread.join()
    for machine in (root, another_machine(root)):
        assert suppressed(machine.replaying(), ["ana", "bo", "cy"]) == {"ana", "cy"}
