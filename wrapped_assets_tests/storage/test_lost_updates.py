"""Documents that two machines, or two processes of one, change at once: no change is lost."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from wrapped_assets.serving.rendered import uploads
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.serving.rendered.uploads import ON_ITS_WAY, There
from wrapped_assets.storage.object_documents import StoreDocuments
from wrapped_assets.storage.responsible import Controller, Signer, add_signer, responsible, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import KEY

TARGET = "s3://pages/of-all"


@pytest.fixture(params=["a folder", "a store"])
def root(request: pytest.FixtureRequest, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", f"sqlite:///{tmp_path / 'registry.sqlite'}")
    return Root.open_or_make(tmp_path / "one", 2, KEY, "s3://bucket/changed" if request.param == "a store" else None)


def another(root: Root) -> Root:
    """Another machine, or where the files lie in a folder another process."""
    if not root.lake:
        return Root.open(root.path)
    folder = root.path.with_name("other")
    folder.mkdir(mode=0o700)
    shutil.copyfile(root.path / "root.json", folder / "root.json")
    return Root.open(folder)


def at_once(*changes: Callable[[], object]) -> None:
    threads = [threading.Thread(target=change) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def signers(root: Root, of: str, count: int) -> None:
    for number in range(count):
        add_signer(root, Signer(f"{of} {number}", "privacy officer", "ab" * 32))


def test_signers_that_two_machines_name_at_once_are_all_known(root: Root) -> None:
    other = another(root)
    named = Controller("Wrapped Ltd.", "privacy@wrapped.example")
    at_once(lambda: signers(root, "ana", 6), lambda: signers(other, "bo", 6), lambda: set_controller(root, named))
    found = responsible(another(root) if not root.lake else other)
    assert {each.name for each in found.signers} == {f"{name} {number}" for name in ("ana", "bo") for number in range(6)}
    assert found.controller


def test_a_change_that_another_machine_comes_before_is_made_to_what_is_there_now(root: Root, store: Store) -> None:
    other, seen = another(root), list[bytes | None]()

    def late(content: bytes | None) -> bytes:
        if not seen and root.lake:  # in a folder the other process waits
            other.documents.write("responsible.yaml", b"first")
        seen.append(content)
        return (content or b"") + b" second"

    root.documents.change("responsible.yaml", late)
    assert root.documents.brought("responsible.yaml").read_bytes() == (b"first second" if root.lake else b" second")
    assert seen == ([None, b"first"] if root.lake else [None])
    assert len([key for key in store.objects if "responsible.yaml~" in key]) == bool(root.lake), "what was sent in vain is gone"
    root.documents.change("responsible.yaml", lambda _: None)
    assert not other.documents.brought("responsible.yaml").exists()


def test_what_an_erasure_disowns_while_pages_are_uploaded_stays_disowned(root: Root) -> None:
    shelf, seen = Shelf(root, 2025, 1), Shelf(another(root), 2025, 1)
    pages = {"2025/1/a": (7,), "2025/1/b": (8, 7), "2025/1/c": (8,)}
    uploads.note(shelf, TARGET, {key: There(ON_ITS_WAY, people) for key, people in pages.items()})
    uploads.disown(seen, TARGET, [7])
    uploads.note_sent(shelf, TARGET, {key: There("hash", people) for key, people in pages.items()})
    gone = There(ON_ITS_WAY, ())
    assert uploads.uploaded(seen, TARGET) == {"2025/1/a": gone, "2025/1/b": gone, "2025/1/c": There("hash", (8,))}
    uploads.note_removed(seen, TARGET, list(pages))
    assert uploads.uploaded(shelf, TARGET) == {}


def test_a_version_that_is_gone_while_it_is_changed_is_no_version(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    if not root.lake:
        pytest.skip("in a folder a lock is held")
    root.documents.write("responsible.yaml", b"before")
    other, brought, is_first = another(root), StoreDocuments.brought, iter([True])

    def late(self: StoreDocuments, name: str) -> Path:
        if self._root is root and next(is_first, False):
            other.documents.forget(name)
        return brought(self, name)

    monkeypatch.setattr(StoreDocuments, "brought", late)
    root.documents.change("responsible.yaml", lambda content: (content or b"nothing") + b" after")
    assert root.documents.brought("responsible.yaml").read_bytes() == b"nothing after"
