"""Two machines share one data root: a registry on PostgreSQL and a store that speaks S3; all that they have in common is the root's key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.cataloguing import import_catalogue
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, RefusedError, WrappedError, WriteError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.privacy import passage, remembered
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.pseudonyms import KEK_FILE, wrapping_key
from wrapped_assets.rights import cases
from wrapped_assets.rights.erasing import erase, resume
from wrapped_assets.serving.rendered import uploads
from wrapped_assets.serving.rendered.forgetting import forget_erased
from wrapped_assets.serving.rendered.shelf import INDEX, Shelf, shelves
from wrapped_assets.storage import object_files, registry, stores
from wrapped_assets.storage.documents import documents_in
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.object_documents import StoreDocuments
from wrapped_assets.storage.responsible import Controller, responsible, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stores import StoreUnavailable
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.serving.s3_server import SECRET, Store, s3_server
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text

YEAR, ADDRESS = 2025, "s3://bucket/shared"
# What a machine keeps for itself: its key and address, locks, copies, links between names, and a hint for the user interface.
OF_THE_MACHINE = {"root.json", "locks", "cache", "landing", "first_month", "export.kek", "tombstones.json", "tombstone_keys"}


@dataclass
class Machines:
    """`one` has imported and built, `other` has a copy of its root.json and nothing else."""

    one: Root
    other: Root
    store: Store

    def again(self, root: Root) -> Root:
        """The same machine, in a new process."""
        root.engine.dispose()
        return Root.open(root.path)


@pytest.fixture(scope="module")
def _server() -> Iterator[tuple[Store, dict[str, str]]]:
    with s3_server() as found:
        yield found


@pytest.fixture
def machines(_server: tuple[Store, dict[str, str]], postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    store, environment = _server
    fresh = Store()
    for name in ("objects", "fault", "garbles", "tears", "requests"):
        setattr(store, name, getattr(fresh, name))
    for name, value in {**environment, "WRAPPED_REGISTRY_URL": postgres}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(stores, "RETRIES", {"max_retries": 2, "retry_timeout": stores.RETRIES["retry_timeout"]})
    object_files._opened.cache_clear()
    one = Root.open_or_make(tmp_path / "one", 2, KEY, ADDRESS)
    import_small(one, SMALL_PLAYS)
    (tmp_path / "other").mkdir()
    shutil.copyfile(tmp_path / "one" / "root.json", tmp_path / "other" / "root.json")
    other = Root.open(tmp_path / "other")
    yield Machines(one, other, store)
    for root in (one, other):
        if "engine" in vars(root):
            root.engine.dispose()


def steps(root: Root) -> list[str]:
    return [str(step.cell) for step in make_plan(Project(root).situation()).steps]


def holding(folder: Path, listener_id: int, name: str) -> list[str]:
    """The files of a machine that hold a listener's id in a column, or their name."""
    found = []
    for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            is_there = any(bool((each == listener_id).any()) for each in frame.iter_columns() if each.dtype == pl.Int64)
        else:
            content = path.read_bytes()
            is_there = name.encode() in content or str(listener_id).encode() in content
        if is_there:
            found.append(path.relative_to(folder).as_posix())
    return found


def staged(root: Root, people: dict[int, str], content: bytes = b"pseudonym,genre\nab,folk\n") -> ExportRecord:
    record = ExportRecord(
        "ab" * 16, "partner_extract", YEAR, "candidate", None, policy_of("partner_extract").sha256, None, "acme", datetime.now(UTC)
    )  # fmt: skip

    def write(folder: Path) -> None:
        (folder / "deep").mkdir()
        (folder / "deep" / "rows.csv").write_bytes(content)

    return passage.stage(root, record, write, subjects=people, people=sorted(people))


def test_a_second_machine_builds_plans_shows_exports_and_erases(machines: Machines, tmp_path: Path) -> None:
    one, other, store = machines.one, machines.other, machines.store
    known = import_catalogue(one, [Path(__file__).parents[2] / "data" / "household" / "catalogue"]).version
    assert known
    assert build(Project(other)).failed == [], "the other machine reads what the first one has landed, and its catalogue"
    assert steps(one) == steps(other) == []
    assert build(Project(one)).recomputed == []
    publish_edition(Project(one), YEAR)
    shown = [run(root.path, "show", "insights/top_artists", "--year", YEAR, "--format", "json").stdout for root in (one, other)]
    assert shown[0] == shown[1] != "[]"
    assert document(other.path, "plan")["steps"] == []
    run(other.path, "own-data", "ana", "--out", tmp_path / "own")
    assert any((tmp_path / "own").rglob("*.json"))
    kept = {path.relative_to(root.path).parts[0] for root in (one, other) for path in root.path.rglob("*") if path.is_file()}
    assert kept <= OF_THE_MACHINE | {"exports"}, "nothing else lies on a machine"
    cy = registry.find_listener(one, "cy")
    staged(one, {cy.listener_id: "cd" * 16})
    assert (passage.folder_of(other, "ab" * 16) / "deep" / "rows.csv").read_bytes() == b"pseudonym,genre\nab,folk\n"
    assert holding(one.path, cy.listener_id, "none of this name")
    run(other.path, "erase", "cy", "--yes")
    again = machines.again(one)
    assert again.engine is not None
    for root in (again, other):
        root.files.release()
        assert holding(root.path, cy.listener_id, "cd" * 16) == []
    frames = [pl.read_parquet(content) for key, (content, _) in store.objects.items() if key.endswith(".parquet")]
    assert not any(bool((each == cy.listener_id).any()) for frame in frames for each in frame.iter_columns() if each.dtype == pl.Int64)
    assert not [key for key in store.objects if "/exports/staged/" in key or "/erasures/" in key]
    with pytest.raises(RefusedError, match="erased on request"):
        import_text(again, "cy", SMALL_PLAYS["cy"])
    assert steps(again) == []


def test_what_only_folders_had_is_everybodys(machines: Machines) -> None:
    one, other = machines.one, machines.other
    set_controller(one, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    assert responsible(other) == responsible(one) != responsible(Root(one.path / "none", 1, b""))
    shelf = Shelf(one, YEAR, 1)
    uploads.note(shelf, "s3://pages/of-all", {"2025/x": uploads.There("aa", (7,))})
    (seen,) = shelves(other)
    assert uploads.uploaded(seen, "s3://pages/of-all") == {"2025/x": uploads.There("aa", (7,))}
    uploads.note_removed(seen, "s3://pages/of-all", ["2025/x"])
    assert uploads.uploaded(shelf, "s3://pages/of-all") == {}
    remembered.keep(one, "cd" * 16, "json", lambda path: _new(path, b"[1, 2]"))
    place = remembered.intact_path(other, "cd" * 16, "json")
    assert place is not None
    assert place.read_bytes() == b"[1, 2]"
    remembered.forget(other, "cd" * 16)
    assert remembered.intact_path(one, "cd" * 16, "json") is None


def _new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_pages_that_one_machine_rendered_go_when_the_other_erases(machines: Machines) -> None:
    one, other = machines.one, machines.other
    people = {name: registry.find_listener(one, name).listener_id for name in ("ana", "cy")}
    shelf = Shelf(one, YEAR, 1)
    row = dict.fromkeys(INDEX) | {"locale": "en", "told": "a" * 32, "names": []}
    rows = [{**row, "listener_id": each, "token": letter * 24} for letter, each in zip("ac", people.values(), strict=True)]
    shelf.write_index(0, pl.DataFrame(rows, schema=INDEX))
    for each in rows:
        _new(shelf.place(each["token"], "en", "a" * 32, "br"), b"a page")
    erase(Project(other), registry.find_listener(other, "cy"))
    forget_erased(machines.again(one))
    assert shelf.index(0)["listener_id"].to_list() == [people["ana"]]
    assert [path.name[:1] for path in (shelf.folder / "pages").rglob("*.br")] == ["a"]


def test_an_erasure_that_one_machine_began_is_finished_by_the_other(machines: Machines) -> None:
    one, other = machines.one, machines.other
    assert build(Project(one)).failed == []
    cases.open_cases(one, [registry.find_listener(one, "cy")])  # and was killed, with its machine
    assert [each.residue.hits for each in resume(Project(other))] == [[]]
    assert resume(Project(machines.again(one))) == []
    assert not [name for name in documents_in(one.path) if name.startswith("erasures/")]


def test_the_store_never_reads_whom_a_document_is_about(machines: Machines) -> None:
    one, store = machines.one, machines.store
    staged(one, {}, b"name\nana of Lisbon\n")
    cases.open_cases(one, [registry.find_listener(one, "cy")])
    erase(Project(one), registry.find_listener(one, "bo"))
    sealed = {key: content for key, (content, _) in store.objects.items() if "~" in key or "/tombstones/" in key}
    assert len(sealed) >= 3
    assert not [key for key, content in sealed.items() if b"Lisbon" in content or b'"cy"' in content or b"erasures" in content]


def test_a_key_is_made_by_one_machine_and_copied_by_hand(machines: Machines) -> None:
    key = wrapping_key(machines.one)
    with pytest.raises(WrappedError, match=r"copy its export\.kek"):
        wrapping_key(machines.other)
    shutil.copyfile(machines.one.path / KEK_FILE, machines.other.path / KEK_FILE)
    assert wrapping_key(machines.other) == key
    assert not any(key in content for content, _ in machines.store.objects.values())


# What goes wrong


@pytest.mark.parametrize("name", ["responsible.yaml", "records", "tombstones"])
def test_what_a_store_refuses_for_a_while_is_tried_again_and_then_said(machines: Machines, name: str) -> None:
    one, store = machines.one, machines.store
    failing = iter([503, 503])
    store.fault = lambda method, key: next(failing, None) if method == "PUT" and f"/{name}" in key else None
    _store_one(one, name, "Wrapped Ltd.")
    assert next(failing, None) is None, "both were refused"
    store.fault = lambda method, key: 503 if method == "PUT" and f"/{name}" in key else None
    with pytest.raises(StoreUnavailable, match="did not answer"):
        _store_one(one, name, "Another Ltd.")
    store.fault = lambda _method, _key: None
    if name == "responsible.yaml":
        found = responsible(machines.other).controller
        assert found
        assert found.name == "Wrapped Ltd.", "the one before is whole"
    _store_one(one, name, "Another Ltd.")


def _store_one(root: Root, name: str, said: str) -> None:
    from wrapped_assets.storage.tombstones import entomb

    if name == "responsible.yaml":
        set_controller(root, Controller(said, "privacy@wrapped.example"))
    elif name == "tombstones":
        entomb(root, said, "case")
    else:
        root.files.put("records/main/2025.all.json", said.encode())


@pytest.mark.parametrize("name", ["responsible.yaml", "records", "tombstones"])
def test_a_torn_object_is_never_taken_for_whole(machines: Machines, name: str) -> None:
    machines.store.tears = lambda key: f"/{name}" in key
    with pytest.raises(WriteError, match="other bytes than it was sent"):
        _store_one(machines.one, name, "Wrapped Ltd.")
    machines.store.tears = lambda _key: False
    assert responsible(machines.one).controller is None
    _store_one(machines.one, name, "Wrapped Ltd.")


def test_a_document_that_was_changed_in_the_store_is_refused(machines: Machines) -> None:
    set_controller(machines.one, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    (key,) = (key for key in machines.store.objects if "responsible.yaml~" in key)
    content, headers = machines.store.objects[key]
    machines.store.objects[key] = (content[:-1] + bytes([content[-1] ^ 1]), headers)
    with pytest.raises(BuildError, match="damaged in the object store"):
        responsible(machines.other)
    del machines.store.objects[key]
    with pytest.raises(BuildError, match="missing in the object store"):
        responsible(machines.other)


def test_a_wrong_credential_is_said_before_anything_is_done(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    object_files._opened.cache_clear()
    with pytest.raises(StoreUnavailable, match="refused the credentials"):
        machines.other.engine  # noqa: B018
    with pytest.raises(StoreUnavailable, match="refused the credentials"):
        set_controller(machines.one, Controller("Wrapped Ltd.", "privacy@wrapped.example"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    object_files._opened.cache_clear()
    assert responsible(machines.other).controller is None


def test_what_a_killed_process_sent_and_no_document_names_is_removed(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    one, store = machines.one, machines.store
    with monkeypatch.context() as patch:
        patch.setattr(StoreDocuments, "_replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            one.documents.write("responsible.yaml", b"controller: null")
    assert [key for key in store.objects if "responsible.yaml~" in key]
    assert responsible(machines.other).controller is None
    one.documents.remove_unnamed()
    assert not [key for key in store.objects if "responsible.yaml~" in key]
@pytest.mark.slow
def test_a_lost_registry_is_rebuilt_from_the_records_in_the_store(machines: Machines) -> None:
    one, other = machines.one, machines.other
    assert build(Project(one)).failed == []
    before = document(one.path, "plan")["unchanged"]
    with one.engine.begin() as connection:
        for table in ("cells", "objects"):
            connection.exec_driver_sql(f"delete from {table}")
    run(other.path, "repair")
    assert document(one.path, "plan")["unchanged"] == before
