"""Attacks on what a root in a store shares: processes of one machine, machines of one root, copies that outlive what they are of."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.privacy import passage, remembered
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.rights import cases, erasing
from wrapped_assets.rights.erasing import erase, resume
from wrapped_assets.storage import registry, shared_tombstones
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.object_documents import StoreDocuments
from wrapped_assets.storage.responsible import Controller, responsible, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstones import entomb, suppressed
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small

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


def test_a_document_that_is_replaced_while_it_is_read_is_read_as_it_is_now(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    other, fetch = another_machine(root), StoreDocuments._fetch
    set_controller(root, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    newer = iter([Controller("Another Ltd.", "privacy@another.example")])

    def replaced(self: StoreDocuments, *given: str) -> bool:
        if each := next(newer, None):
            set_controller(root, each)
        return fetch(self, *given)

    monkeypatch.setattr(StoreDocuments, "_fetch", replaced)
    found = responsible(other).controller
    assert found
    assert found.name == "Another Ltd."


def test_a_case_that_another_machine_finishes_meanwhile_is_nobodys_to_finish(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    import_small(root, SMALL_PLAYS)
    cases.open_cases(root, [registry.find_listener(root, "cy")])
    other, brought = another_machine(root), StoreDocuments.brought

    def late(self: StoreDocuments, name: str) -> Path:
        if self._root is other and name.endswith(".case"):
            with monkeypatch.context() as patch:
                patch.setattr(StoreDocuments, "brought", brought)
                assert len(resume(Project(root))) == 1
        return brought(self, name)

    monkeypatch.setattr(StoreDocuments, "brought", late)
    assert resume(Project(other)) == []


def test_who_reads_a_case_that_is_just_being_closed_keeps_no_copy(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    import_small(root, SMALL_PLAYS)
    other, forget = another_machine(root), erasing.forget_batch

    def late(given: Root, batch: cases.Batch) -> None:
        assert Root.open(other.path).engine  # a process that knows of all that was emptied
        assert cases.open_batches(other)
        forget(given, batch)

    monkeypatch.setattr(erasing, "forget_batch", late)
    erase(Project(root), registry.find_listener(root, "cy"))
    assert list(other.path.glob("erasures/*.case"))
    assert Root.open(other.path).engine
    assert not list(other.path.glob("erasures/*.case"))


def staged(root: Root, name: str, write: Callable[[Path], object]) -> ExportRecord:
    policy = policy_of("partner_extract").sha256
    record = ExportRecord(name, "partner_extract", 2025, "candidate", None, policy, None, "acme", datetime.now(UTC))
    return passage.stage(root, record, lambda folder: (write(folder), None)[1], subjects={})


def test_an_export_is_staged_whole_while_another_process_removes_what_was_erased(root: Root) -> None:
    def write(folder: Path) -> None:
        (folder / "rows.csv").write_bytes(b"pseudonym")
        remembered.keep(root, "ab" * 16, "json", written)
        (folder / "more.csv").write_bytes(b"genre")
        Root.open(root.path).documents.purge()

    def written(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"[1]")
        Root.open(root.path).documents.purge()

    staged(root, "ab" * 16, write)
    other = another_machine(root)
    assert sorted(path.name for path in passage.folder_of(other, "ab" * 16).iterdir()) == ["more.csv", "rows.csv"]
    assert remembered.intact_path(other, "ab" * 16, "json")


def test_what_a_killed_process_wrote_of_a_release_goes_with_the_next_erasure(root: Root) -> None:
    def killed(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(str(root.surrogate("cy")).encode())
        raise KeyboardInterrupt

    import_small(root, SMALL_PLAYS)
    with pytest.raises(KeyboardInterrupt):
        remembered.keep(root, "cd" * 16, "json", killed)
    assert erase(Project(root), registry.find_listener(root, "cy")).residue.hits == []
    assert not [path for path in root.path.glob("exports/people/*") if path.is_file()]


def test_a_machine_reads_no_file_of_an_export_that_another_one_has_taken_away(root: Root) -> None:
    staged(root, "ab" * 16, lambda folder: [(folder / name).write_bytes(b"x") for name in ("one.csv", "two.csv")])
    other = another_machine(root)
    assert len(list(passage.folder_of(other, "ab" * 16).iterdir())) == 2
    root.documents.forget(f"exports/staged/{'ab' * 16}/two.csv")
    assert [path.name for path in passage.folder_of(other, "ab" * 16).iterdir()] == ["one.csv"]


def test_what_a_person_dropped_on_one_machine_goes_when_another_erases_them(root: Root) -> None:
    import_small(root, SMALL_PLAYS)
    other = another_machine(root)
    for name in ("ana", "cy", "done/cy", "refused/cy"):
        (other.path / "inbox" / name).mkdir(parents=True)
        (other.path / "inbox" / name / "export.json").write_bytes(b"[]")
    erase(Project(root), registry.find_listener(root, "cy"))
    assert Root.open(other.path).engine
    assert [path.relative_to(other.path).as_posix() for path in other.path.rglob("export.json")] == ["inbox/ana/export.json"]


def test_files_that_an_unfinished_move_left_in_a_folder_go_with_the_next_erasure(root: Root) -> None:
    import_small(root, SMALL_PLAYS)
    other = another_machine(root)
    left = [other.path / name for name in ("lake/insights/old.parquet", "landing/plays/2025-01/b000-ab.parquet")]
    for path in left:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"plays of cy")
    erase(Project(root), registry.find_listener(root, "cy"))
    assert Root.open(other.path).engine
    assert not [path for path in left if path.exists()]


def test_an_erasure_list_of_which_one_object_is_damaged_is_the_newest_one(root: Root, store: Store) -> None:
    for name in ("ana", "bo", "cy"):
        entomb(root, name, f"case of {name}")
    for slot in shared_tombstones.SLOTS:
        key = f"attacked/{slot}"
        whole = store.objects[key]
        store.objects[key] = (b"rot", {})
        assert suppressed(another_machine(root).replaying(), ["ana", "bo", "cy"]) == {"ana", "bo", "cy"}
        shutil.rmtree(root.path.with_name("other"))
        store.objects[key] = whole


def test_a_registry_of_a_backup_opens_with_the_documents_that_there_are(root: Root, store: Store, tmp_path: Path) -> None:
    import_small(root, SMALL_PLAYS)
    set_controller(root, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    cases.open_cases(root, [registry.find_listener(root, "bo")])
    root.engine.dispose()
    backup = {path.name: path.read_bytes() for path in tmp_path.glob("registry.sqlite*")}
    root = Root.open(root.path)
    set_controller(root, Controller("Another Ltd.", "privacy@another.example"))
    assert len(resume(Project(root))) == 1
    root.engine.dispose()
    for path in tmp_path.glob("registry.sqlite*"):
        path.unlink()
    for name, content in backup.items():
        (tmp_path / name).write_bytes(content)
    assert "`wrapped repair --take-store`" in run(root.path, "status", code=1).stderr  # its inode may be that of before
    assert "wrapped erase --replay" in run(root.path, "repair", "--take-store", code=None).stdout
    assert "wrapped erase --replay" in run(root.path, "status", code=1).stderr
    root = Root.open(root.path).replaying()
    found = responsible(root).controller
    assert found
    assert found.name == "Another Ltd."
    assert cases.open_batches(root) == []
    assert len([key for key in store.objects if "responsible.yaml~" in key]) == 1
    run(root.path, "erase", "--replay", "--yes")
    assert [each.name for each in registry.all_listeners(root)] == ["ana", "cy"]
