"""Lake and landing in an object store: the same results as in a folder, nothing lost and nothing left, whatever the store does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, WrappedError, WriteError
from wrapped_assets.planning.plan import make_plan
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import manifest, object_files, object_store, records, registry, stores, tables
from wrapped_assets.storage.cell_files import CellRows, write_cells
from wrapped_assets.storage.chunks import load_chunks
from wrapped_assets.storage.damage import DamagedFileError
from wrapped_assets.storage.object_cache import ObjectCache, limit_of
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.shared_tombstones import SLOTS
from wrapped_assets.storage.stored_files import NewFile
from wrapped_assets.storage.stores import StoreUnavailable
from wrapped_assets.storage.sweep import sweep
from wrapped_assets.storage.verified import intact
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.exports import spotify_file
from wrapped_assets_tests.serving.s3_server import SECRET, Store
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, copy_root, import_small, import_text
from wrapped_assets_tests.storage.stored import ADDRESS, World, _stored_world, store, stored, stored_world

__all__ = ["_stored_world", "store", "stored", "stored_world"]
YEAR = 2025
UNNAMED = {"wrapped-root", "tombstones/0", "tombstones/1"}  # what a store keeps beside what the registry names


def objects_of(store: Store) -> set[str]:
    return {key.removeprefix("lake/") for key in store.objects} - UNNAMED


def noted(root: Root) -> set[str]:
    with root.engine.connect() as connection:
        return set(connection.execute(sa.select(tables.objects.c.path)).scalars())


def named(root: Root) -> set[str]:
    """What the registry says is stored."""
    columns = (
        tables.cells.c.path, tables.publication_cells.c.path, tables.chunks.c.path, tables.imports.c.rejected_path,
        tables.catalogue_files.c.path, tables.documents.c.path,
    )  # fmt: skip
    with root.engine.connect() as connection:
        files = {path for column in columns for path in connection.execute(sa.select(column)).scalars() if path}
    return files | ({records._place(root, cell) for cell in manifest.load_cells(root)} if root.is_shared else set())


def steps(root: Root) -> list[str]:
    return [str(step.cell) for step in make_plan(Project(root).situation()).steps]


def some_cell(root: Root) -> manifest.StoredCell:
    cells = sorted(manifest.load_cells(root).items())
    return next(found for cell, found in cells if cell.asset == "insights/top_artists" and found.row_count)


def test_a_store_gets_the_same_files_as_a_folder(small: Root, stored: Root, store: Store) -> None:
    def told(root: Root) -> dict[str, tuple[object, ...]]:
        cells = {str(cell): (one.path, one.data_version, one.file_hash, one.byte_count) for cell, one in manifest.load_cells(root).items()}
        return cells | {chunk.path: (chunk.file_hash, chunk.whole) for some in load_chunks(root).values() for chunk in some}

    assert told(stored) == told(small)
    assert {path: (small.path / path).read_bytes() for path in named(small)} == {
        key.removeprefix("lake/"): content for key, (content, _) in store.objects.items() if key.startswith(("lake/lake/", "lake/landing/"))
    }
    assert not [path for path in stored.path.rglob("*.parquet") if "links" not in path.parts]


def test_each_file_is_sent_by_one_request_and_nothing_is_listed(stored_world: World, stored: Root) -> None:
    files = {key.removeprefix("lake/"): number for (method, key), number in Counter(stored_world.requests).items() if method == "PUT"}
    assert {path: number for path, number in files.items() if path.startswith(("lake/", "landing/"))} == dict.fromkeys(
        (path for path in named(stored) if not path.startswith("records/")), 1
    )
    around = {"wrapped-root"}  # whose that prefix is was asked when the root was made
    assert {key for method, key in stored_world.requests if method == "GET"} <= {f"lake/{key}" for key in UNNAMED} | around
    assert noted(stored) == named(stored) == objects_of(stored_world.store)


def test_nothing_is_to_do_afterwards_and_that_is_known_without_a_request(stored: Root, store: Store) -> None:
    assert document(stored.path, "plan")["steps"] == []
    assert steps(stored) == []
    assert build(Project(stored)).recomputed == []
    assert {key for _, key in store.requests} <= {f"lake/{key}" for key in UNNAMED}


def test_a_machine_reads_an_object_once(stored: Root, store: Store) -> None:
    first = run(stored.path, "show", "insights/top_artists", "--year", YEAR).stdout
    read = [key for method, key in store.requests if method == "GET" and key.endswith(".parquet")]
    assert read
    assert len(read) == len(set(read))
    store.requests.clear()
    assert run(stored.path, "show", "insights/top_artists", "--year", YEAR).stdout == first
    assert {key for _, key in store.requests} <= {f"lake/{key}" for key in UNNAMED}, "erasures are asked after each time"


def test_everything_that_reads_a_lake_reads_one_in_a_store(small: Root, stored: Root) -> None:
    for root in (small, stored):
        publish_edition(Project(root), YEAR)
    for command in (
        ("story", "--listener", "ana", "--year", YEAR, "--format", "text"), ("show", "listens/listens", "--year", YEAR, "--format", "json"),
        ("playlist", "your_top_songs", "--listener", "ana", "--year", YEAR, "--format", "jspf"),
        ("explain", "--listener", "ana", "--year", YEAR, "top_artists"), ("repair", "--check"),
    ):
        one, other = (run(root.path, *command).stdout for root in (small, stored))
        assert other.replace(str(stored.path), "ROOT") == one.replace(str(small.path), "ROOT") or command[0] == "repair"
    run(stored.path, "own-data", "ana", "--out", stored.path.parent / "own")
    assert any((stored.path.parent / "own").rglob("*"))
    run(stored.path, "render", YEAR)


def test_late_plays_change_the_same_cells(small: Root, stored: Root, store: Store) -> None:
    done = []
    for root in (small, stored):
        import_text(root, "ana", "2025-06-01 rain*4 eple")
        report = build(Project(root))
        assert report.failed == []
        done.append((sorted(map(str, report.recomputed)), {str(cell): one.file_hash for cell, one in manifest.load_cells(root).items()}))
    assert done[0] == done[1]
    assert objects_of(store) == named(stored) == noted(stored), "what was replaced is removed"


@pytest.mark.slow
def test_two_builds_at_once_on_machines_of_their_own_compute_each_cell_once(stored: Root, store: Store, tmp_path: Path) -> None:
    import_text(stored, "ana", "2025-06-01 rain*4 eple")
    stored.engine.dispose()
    builds = [
        subprocess.Popen(
            [Path(sys.executable).parent / "wrapped", "--data", stored.path, "build", "--json", "--workers", str(workers)],
            env={**os.environ, "WRAPPED_CACHE": str(tmp_path / f"machine{workers}")}, stdout=subprocess.PIPE,
        )
        for workers in (1, 2)
    ]  # fmt: skip
    done = [json.loads(each.communicate(timeout=300)[0]) for each in builds]
    computed = [f"{one['asset']} {one['partition']}" for report in done for one in report["recomputed"]]
    assert [report["failed"] for report in done] == [[], []]
    assert computed
    assert len(computed) == len(set(computed))
    assert steps(stored) == []
    assert objects_of(store) == named(stored) == noted(stored)


def test_the_commands_of_the_document_work_on_a_store(
    stored_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    text = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    block = re.search(r"## 4\..*?```text\n(.*?)```", text, re.DOTALL)
    assert block is not None
    stated = [line.split() for line in block[1].splitlines() if line.startswith("wrapped ")]
    assert [words[1] for words in stated] == ["import", "build", "plan", "repair"]
    monkeypatch.chdir(tmp_path)
    spotify_file(tmp_path, "2025-01-03 eple*3 walk, 2025-02-01 rain").rename(tmp_path / "my_spotify_data.zip")
    for words in stated:
        said = run(tmp_path / "root", *words[1:]).stdout
        assert words[1] != "plan" or "up to date" in said.lower() or "nothing" in said.lower()
    assert json.loads((tmp_path / "root" / "root.json").read_text())["lake"] == "s3://bucket/prefix"
    assert [key for key in stored_world.store.objects if key.startswith("prefix/lake/")]


# What goes wrong


def test_wrong_credentials_and_a_missing_bucket_are_said_without_the_secret(
    stored: Root, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    said = run(stored.path, "show", "insights/top_artists", code=1).stderr
    assert "refused the credentials" in said
    assert "AWS_SECRET_ACCESS_KEY" in said
    assert "not-the-secret" not in said
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    store.buckets = ("another",)
    object_files._opened.cache_clear()
    assert "there is no such bucket: s3://bucket/lake" in run(stored.path, "show", "insights/top_artists", code=1).stderr


def test_missing_credentials_are_named(stored: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")  # no machine's role here
    with pytest.raises(StoreUnavailable, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        intact(stored, [some_cell(stored).path])


@pytest.mark.parametrize(
    "address", ["s3:/bucket", "ftp://bucket/x", "s3://", "s3://key:secret@bucket/x", "s3://bucket/x?versionId=1", "s3://bucket/a b"]
)
def test_an_address_that_is_none_makes_no_root(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match="expected the address of an object store"):
        Root.open_or_make(tmp_path / "root", 2, KEY, address)
    assert not (tmp_path / "root" / "root.json").exists()


def test_a_root_stays_where_it_was_made(small: Root, stored: Root) -> None:
    with pytest.raises(InputError, match="lie in its folder"):
        Root.open_or_make(small.path, lake=ADDRESS)
    with pytest.raises(InputError, match="lie in s3://bucket/lake"):
        Root.open_or_make(stored.path, lake="s3://bucket/elsewhere")


def test_the_prefix_of_another_root_is_refused(stored_world: World, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="another data root's"):
        Root.open_or_make(tmp_path / "other", 2, bytes(32), ADDRESS)
    other = Root(tmp_path / "other", 2, bytes(32), lake=ADDRESS)
    with pytest.raises(StoreUnavailable, match="another data root's"):
        import_text(other, "ana", "2025-01-01 eple")


def test_a_copy_of_the_folder_cannot_use_the_store_of_the_original(stored: Root, store: Store, tmp_path: Path) -> None:
    before = dict(store.objects)
    stored.engine.dispose()
    copy_root(stored.path, tmp_path / "copy")
    export = spotify_file(tmp_path, "2025-06-01 rain")
    for words in (("build",), ("erase", "cy", "--yes"), ("repair",), ("import", export, "--listener", "bo")):
        assert "in use by another registry of this data root" in run(tmp_path / "copy", *words, code=1).stderr
    with pytest.MonkeyPatch.context() as patch:  # nor a copy of the settings with a registry of its own
        patch.setenv("WRAPPED_REGISTRY_URL", f"sqlite:///{tmp_path / 'another.sqlite'}")
        (tmp_path / "third").mkdir()
        shutil.copyfile(stored.path / "root.json", tmp_path / "third" / "root.json")
        assert "in use by another registry of this data root" in run(tmp_path / "third", "build", code=1).stderr
    assert store.objects == before
    assert build(Project(Root.open(stored.path))).failed == []


def test_whoever_takes_the_store_over_shuts_the_other_registry_out_at_once(stored: Root, store: Store, tmp_path: Path) -> None:
    assert stored.files.store, "this process has opened it by now"
    copy_root(stored.path, tmp_path / "copy")
    run(tmp_path / "copy", "repair", "--take-store")
    before = dict(store.objects)
    for change in (lambda: import_text(stored, "bo", "2025-06-01 rain*4"), lambda: stored.files.remove([some_cell(stored).path])):
        with pytest.raises(StoreUnavailable, match="in use by another registry"):
            change()
    assert store.objects == before
    object_files._opened.cache_clear()
    assert "in use by another registry" in run(stored.path, "show", "insights/top_artists", code=1).stderr
    run(tmp_path / "copy", "repair", "--check")


def test_the_mark_of_an_older_program_becomes_this_registrys(stored: Root, store: Store) -> None:
    owner = store.objects["lake/wrapped-root"][0].partition(b"\n")[0]
    store.objects["lake/wrapped-root"] = (owner, {})
    object_files._opened.cache_clear()
    assert build(Project(stored)).failed == []
    assert store.objects["lake/wrapped-root"][0].startswith(owner + b"\n")


@pytest.mark.slow
def test_errors_that_pass_are_tried_again(stored: Root, store: Store) -> None:
    failing: Counter[str] = Counter()

    def fault(method: str, key: str) -> int | None:
        failing[f"{method} {key}"] += 1
        return 503 if failing[f"{method} {key}"] <= 2 else None

    store.fault = fault
    import_text(stored, "bo", "2025-06-01 rain*4")
    assert build(Project(stored)).failed == []
    assert steps(stored) == []


def test_a_store_that_stays_away_ends_the_build_and_the_next_one_goes_on(
    stored: Root, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    from wrapped_assets.building import patience

    monkeypatch.setattr(patience, "PAUSES", (0.0,))
    import_text(stored, "bo", "2025-06-01 rain*4")
    store.fault = lambda method, key: 503 if method == "PUT" and "insights" in key else None
    with pytest.raises(WrappedError, match="did not answer as it should"):
        build(Project(stored))
    store.fault = lambda _method, _key: None
    assert build(Project(stored)).failed == []
    assert steps(stored) == []
    assert objects_of(store) == named(stored) == noted(stored)


def test_a_store_that_does_not_answer_in_time_is_given_up(stored: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_TIMEOUTS", {"connect_timeout": "1s", "timeout": "300ms"})
    monkeypatch.setattr(stores, "RETRIES", {"max_retries": 1, "retry_timeout": stores.RETRIES["retry_timeout"]})
    path = some_cell(stored).path

    def slow(_method: str, key: str) -> None:
        if key.endswith(".parquet"):
            time.sleep(1)

    store.fault = slow
    with pytest.raises(StoreUnavailable, match="did not answer"):
        intact(stored, [path])


def test_an_object_that_was_torn_is_sent_again_and_then_refused(stored: Root, store: Store) -> None:
    torn: Counter[str] = Counter()

    def once(key: str) -> bool:
        torn[key] += 1
        return torn[key] == 1

    store.tears = once
    frame = pl.DataFrame({"minutes": [1.0] * 100})
    (placed,) = stored.files.write([NewFile(frame, "lake/insights/torn/2025/b000-1.parquet")])
    assert len(store.objects[f"lake/{placed.path}"][0]) == placed.byte_count
    store.tears = lambda _key: True
    with pytest.raises(WriteError, match="other bytes than it was sent"):
        stored.files.write([NewFile(frame, "lake/insights/torn/2025/b000-2.parquet")])


def test_a_store_whose_tags_say_nothing_is_read_back(stored: Root, store: Store) -> None:
    store.has_md5_tags = False
    frame = pl.DataFrame({"minutes": [1.0] * 100})
    (placed,) = stored.files.write([NewFile(frame, "lake/insights/x/2025/b000-1.parquet")])
    assert [method for method, key in store.requests if key.endswith(placed.path)] == ["PUT", "GET"]
    store.garbles = True
    with pytest.raises(WriteError):
        stored.files.write([NewFile(frame, "lake/insights/x/2025/b000-2.parquet")])


def test_a_large_file_is_sent_in_parts(stored: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_store, "PART_BYTES", 10_000)
    frame = pl.DataFrame({"minutes": pl.Series(range(40_000)).hash(1)})
    (placed,) = stored.files.write([NewFile(frame, "lake/insights/large/2025/b000-1.parquet")])
    mine = [method for method, key in store.requests if key.endswith(placed.path)]
    assert mine.count("PUT") > 10
    assert mine.count("GET") == 0, "the tag of the parts was compared"
    assert store.uploads == {}
    stored.files.renew([placed.path])
    place = stored.files.intact(placed.path, {placed.file_hash})
    assert place is not None
    assert pl.read_parquet(place).equals(frame)


def test_a_store_without_conditional_writes_will_do(tmp_path: Path, stored_world: World) -> None:
    stored_world.store.has_conditions = False
    root = Root.open_or_make(tmp_path / "root", 2, KEY, "s3://bucket/second")
    import_small(root, {"ana": "2025-01-01 eple*3"})
    assert build(Project(root)).failed == []
    assert steps(root) == []


@pytest.mark.slow
def test_nothing_depends_on_what_a_store_lists(stored: Root, store: Store) -> None:
    store.lists = lambda _key: False
    import_text(stored, "bo", "2025-06-01 rain*4")
    assert build(Project(stored)).failed == []
    erase(Project(stored), registry.find_listener(stored, "bo"))
    assert objects_of(store) == named(stored) == noted(stored)
    by_their_name = (".parquet", ".json", "wrapped-root", *SLOTS)  # what the registry names, or always has that name
    assert not [key for method, key in store.requests if method == "GET" and not key.endswith(by_their_name)]


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_a_damaged_object_is_noticed_and_built_again(stored: Root, store: Store, how: str) -> None:
    one = some_cell(stored)
    content, about = store.objects.pop(f"lake/{one.path}")
    if how == "changed":
        store.objects[f"lake/{one.path}"] = (content[:-9] + b"#" + content[-8:], about)
    with pytest.raises(DamagedFileError, match="`wrapped build` computes it again"):
        intact(stored, [one.path])
    reasons = {step["asset"]: step["reason"] for step in document(stored.path, "plan")["steps"]}
    assert {asset for asset, reason in reasons.items() if reason == "damaged"} == {one.cell.asset}
    assert [str(cell) for cell in build(Project(stored)).recomputed] == [str(one.cell)]
    assert store.objects[f"lake/{one.path}"][0] == content
    assert steps(stored) == []


def test_a_build_that_reads_a_damaged_object_makes_it_first(stored: Root, store: Store) -> None:
    import_text(stored, "ana", "2025-06-01 rain*4")
    gone = [key for key in store.objects if "/aggregates/" in key and "/2025-03/" in key]
    before = {key: store.objects.pop(key) for key in gone}
    assert before
    assert build(Project(stored)).failed == []
    assert {key: store.objects[key] for key in gone} == before
    assert steps(stored) == []


def test_a_scrub_looks_at_the_store_and_not_at_its_copies(stored: Root, store: Store) -> None:
    one = some_cell(stored)
    intact(stored, [one.path])
    content, about = store.objects[f"lake/{one.path}"]
    store.objects[f"lake/{one.path}"] = (content[::-1], about)
    assert [each["path"] for each in document(stored.path, "repair", "--check", code=3)["damaged"]] == [one.path]
    assert [str(cell) for cell in build(Project(stored)).recomputed] == [str(one.cell)]
    assert document(stored.path, "repair", "--check")["damaged"] == []


def test_landed_plays_that_are_gone_are_landed_by_the_same_import(stored: Root, store: Store) -> None:
    gone = {key: store.objects.pop(key) for key in list(store.objects) if key.startswith("lake/landing/plays") and "/b001/" in key}
    import_text(stored, "cy", SMALL_PLAYS["cy"])
    assert {key: store.objects[key] for key in gone} == gone


# What must not stay


def test_an_erasure_leaves_nothing_in_the_store_nor_in_the_copies_of_any_machine(
    stored: Root, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    listener = registry.find_listener(stored, "cy")
    publish_edition(Project(stored), YEAR)
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "elsewhere"))  # another machine, which has read everything
    intact(stored, [path for path in named(stored) if not path.startswith("records/")])
    far = stored.files.cache._files
    monkeypatch.delenv("WRAPPED_CACHE")
    erase(Project(stored), listener)
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "elsewhere"))
    assert holding(far, listener.listener_id), "this machine has heard of nothing yet"
    intact(stored, [some_cell(stored).path])
    assert not holding(far, listener.listener_id)
    assert not holding(stored.path, listener.listener_id)
    left = [pl.read_parquet(content) for key, (content, _) in store.objects.items() if key.endswith(".parquet")]
    assert not any(holds(frame, listener.listener_id) for frame in left)
    assert objects_of(store) == named(stored) == noted(stored)


def holding(folder: Path, listener_id: int) -> list[Path]:
    return [path for path in folder.rglob("*.parquet") if holds(pl.read_parquet(path), listener_id)]


def holds(frame: pl.DataFrame, listener_id: int) -> bool:
    return any(bool((series == listener_id).any()) for series in frame.iter_columns() if series.dtype == pl.Int64)


def test_what_a_killed_build_sent_is_removed_without_a_listing(stored: Root, store: Store) -> None:
    store.lists = lambda _key: False
    stored.files.write([NewFile(pl.DataFrame({"minutes": [1.0]}), "lake/insights/x/2025/b000-1.parquet")])  # and was killed
    assert sweep(stored) == 1
    assert objects_of(store) == named(stored) == noted(stored)


def test_what_could_not_be_removed_is_removed_later(stored: Root, store: Store) -> None:
    import_text(stored, "bo", "2025-06-01 rain*4")
    store.fault = lambda method, _key: 403 if method in ("DELETE", "POST") else None
    with pytest.raises(WrappedError):
        build(Project(stored))
    assert objects_of(store) > named(stored)
    store.fault = lambda _method, _key: None
    assert build(Project(stored)).failed == []
    assert objects_of(store) == named(stored) == noted(stored)


def test_a_name_that_is_about_to_be_removed_is_not_written_to(stored: Root, store: Store) -> None:
    one = some_cell(stored)
    rows = pl.read_parquet(intact(stored, [one.path])[0])
    with stored.engine.begin() as connection:
        connection.execute(sa.delete(tables.cells).where(tables.cells.c.path == one.path))
        stored.files.leave(connection, [one.path])
    (written,) = write_cells(stored, [CellRows.of(one.cell, rows)])
    assert written.path != one.path
    assert (written.data_version, written.file_hash) == (one.data_version, one.file_hash)
    stored.files.remove([one.path])
    assert f"lake/{written.path}" in store.objects


def test_a_file_that_somebody_removed_meanwhile_is_not_recorded(stored: Root) -> None:
    one = some_cell(stored)
    with stored.engine.begin() as connection:
        assert stored.files.unrecordable(connection, [(one.path, one.byte_count)]) == []
        stored.files.leave(connection, [one.path])
        assert stored.files.unrecordable(connection, [(one.path, one.byte_count)]) == [one.path]


def test_a_repair_finds_what_a_restored_registry_does_not_know(stored: Root, store: Store, tmp_path: Path) -> None:
    shutil.copy(stored.path / "registry.sqlite", tmp_path / "backup")
    import_text(stored, "bo", "2025-06-01 rain*4")
    build(Project(stored))
    stored.engine.dispose()
    for beside in stored.path.glob("registry.sqlite-*"):
        beside.unlink()
    shutil.copyfile(tmp_path / "backup", stored.path / "registry.sqlite")  # into the file that is there: another one would be refused
    restored = Root.open(stored.path)
    assert objects_of(store) - named(restored)
    run(stored.path, "repair")
    build(Project(restored))
    of_lake = {path for path in objects_of(store) if path.startswith("lake/")}
    assert of_lake == {path for path in named(restored) if path.startswith("lake/")}


# Copies on this machine


def test_copies_stay_below_the_limit_and_the_one_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path / "cache", 10_000)
    for number in range(30):
        fill(cache, f"lake/{number}", bytes([number]) * 1000)
        assert cache.get("lake/0", ()) is not None, "it is used all the time"
        assert cache.byte_count() <= 10_000
    assert cache.get("lake/1", ()) is None


def test_a_copy_that_was_handed_out_stays_readable(tmp_path: Path) -> None:
    mine, other = ObjectCache(tmp_path / "cache", 3000), ObjectCache(tmp_path / "cache", 3000)
    place = fill(mine, "lake/a", b"a" * 1000)
    for number in range(10):
        fill(other, f"lake/{number}", b"b" * 1000)
    other.keep_only(set, "epoch")
    assert place.read_bytes() == b"a" * 1000
    mine.release()
    assert not place.exists()


def test_a_server_gives_back_what_it_has_not_used_for_a_while(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path / "cache", 10_000)
    cache.idle_seconds = 0.05
    place = fill(cache, "lake/a", b"a")
    assert cache.get("lake/a", ()) == place, "one name however often it is asked for"
    time.sleep(0.1)
    assert fill(cache, "lake/b", b"b").exists()
    assert not place.exists()
    again = cache.get("lake/a", ())
    assert again is not None
    assert again.read_bytes() == b"a"


def test_what_a_killed_process_had_is_removed_by_the_next_one(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from wrapped_assets.storage.object_cache import ObjectCache\n"
        "cache = ObjectCache(Path(sys.argv[1]), 1000); cache.new_place().write_bytes(b'plays'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "cache")], check=False)
    assert list((tmp_path / "cache" / "in_use").rglob("*.new"))
    alive = ObjectCache(tmp_path / "cache", 1000)
    assert not list((tmp_path / "cache" / "in_use").rglob("*.new"))
    ObjectCache(tmp_path / "cache", 1000)
    fill(alive, "lake/a", b"a")


def test_a_changed_copy_is_fetched_again(stored: Root, store: Store) -> None:
    one = some_cell(stored)
    intact(stored, [one.path])
    (stored.files.cache._files / one.path).write_bytes(b"rot")
    store.requests.clear()
    assert pl.read_parquet(intact(stored, [one.path])[0]).height == one.row_count
    assert [method for method, _ in store.requests] == ["GET"]


def test_a_cache_that_cannot_be_written_is_said(stored: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WRAPPED_CACHE", str(tmp_path / "file"))
    with pytest.raises(WriteError, match=r"cache of the object store cannot be written .*WRAPPED_CACHE"):
        intact(stored, [some_cell(stored).path])


def test_a_full_disk_costs_the_copies_first(tmp_path: Path) -> None:
    cache = ObjectCache(tmp_path / "cache", 10_000)
    fill(cache, "lake/old", b"a" * 1000)

    def write(file: object) -> str:
        if cache.byte_count():
            raise OSError(28, "No space left on device")
        return ""

    assert cache.fill("lake/new", write, ()) is not None

    def never(file: object) -> str:
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="No space left on device"):
        cache.fill("lake/newer", never, ())


@pytest.mark.parametrize(("text", "size"), [(None, 20 << 30), ("500", 500), ("1K", 1024), ("20G", 20 << 30), ("2 MB", None), ("-1", None)])
def test_the_limit_is_a_number_of_bytes(text: str | None, size: int | None) -> None:
    if size is None:
        with pytest.raises(InputError, match="WRAPPED_CACHE_BYTES"):
            limit_of(text)
    else:
        assert limit_of(text) == size


def fill(cache: ObjectCache, path: str, content: bytes) -> Path:
    place = cache.fill(path, lambda file: str(file.write(content)), ())
    assert place is not None
    return place


@pytest.mark.slow
def test_buckets_are_divided_in_a_store(stored: Root, store: Store) -> None:
    run(stored.path, "rebucket")
    again = Root.open(stored.path)
    assert again.lake == ADDRESS
    assert build(Project(again)).failed == []
    assert steps(again) == []
    assert objects_of(store) == named(again) == noted(again)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_store_and_a_registry_on_a_server_go_together(
    stored_world: World, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("WRAPPED_REGISTRY_URL", postgres)
    root = Root.open_or_make(tmp_path / "root", 2, KEY, "s3://bucket/third")
    import_small(root, {name: SMALL_PLAYS[name] for name in ("ana", "cy")})
    assert build(Project(root)).failed == []
    assert steps(root) == []
    erase(Project(root), registry.find_listener(root, "cy"))
    there = {key.removeprefix("third/") for key in stored_world.store.objects if key.startswith("third/")} - {"wrapped-root", *SLOTS}
    assert there == named(root) == noted(root)
    root.engine.dispose()
