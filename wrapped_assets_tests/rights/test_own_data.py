"""Own data: everything of one person, nothing of anybody else, in forms that other programs read; recorded, and gone when it must be."""

from __future__ import annotations

import csv
import json
import re
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.privacy import passage, retention
from wrapped_assets.privacy.passage import folder_of
from wrapped_assets.privacy.restating import keep_people
from wrapped_assets.privacy.staged_files import hash_of_folder
from wrapped_assets.rights.erasing import erase
from wrapped_assets.rights.own_data import clearance, delivery, from_lake
from wrapped_assets.rights.own_data.contents import MEANINGS
from wrapped_assets.rights.own_data.delivery import own_data
from wrapped_assets.rights.own_data.fields import is_of_somebody_else
from wrapped_assets.storage import consents, exports, groups, landing, manifest, registry, restrictions, tables
from wrapped_assets.storage.addresses import change_address, close_address
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.outputs import note_output
from wrapped_assets.storage.registry import Listener, find_listener
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.exports import spotify_file, spotify_rows
from wrapped_assets_tests.small_roots import KEY, copied, import_text

SHARED = "2025-01-03 eple*29 so_here*15 walk*14, 2025-03-05 night*6 rain*3, 2024-02-01 eple*3"


def delivered(root: Root, name: str = "ana", **how: object) -> Path:
    return own_data(root, Project(root).graph, find_listener(root, name), **how).folder  # type: ignore[arg-type]


def rows_of(folder: Path, name: str) -> list[dict]:
    return json.loads((folder / "data" / f"{name}.json").read_text())


def bytes_of(folder: Path) -> bytes:
    return b"\0".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def in_the_lake(root: Root, key: str, listener_id: int) -> pl.DataFrame:
    paths = [root.path / found.path for cell, found in manifest.load_cells(root, [key]).items()]
    return pl.concat([pl.read_parquet(path) for path in paths], how="diagonal_relaxed").filter(pl.col("listener_id") == listener_id)


@pytest.fixture(scope="module")
def _alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Root.open_or_make(tmp_path_factory.mktemp("alike") / "root", 2, KEY)
    names = [f"canary{secrets.token_hex(8)}" for _ in range(5)]
    for number, name in enumerate(names):
        import_text(root, name, f"{SHARED}, 2025-06-{number + 1:02} own_{number}*2")
        person = find_listener(root, name)
        consents.record(root, person, "be_found", "given", method="test")
        consents.record(root, person, "group", "given", method="test")
    groups.set_group(root, "the kitchen", names)
    assert build(Project(root)).failed == []
    root.engine.dispose()
    return root.path


@pytest.fixture
def alike(_alike: Path, tmp_path: Path) -> Iterator[Root]:
    """Five people who are all alike, agree to everything, and are in a group; their names are like nothing else."""
    yield from copied(_alike, tmp_path / "alike")


def test_every_row_of_every_asset_with_listeners_is_in_it(small: Root) -> None:
    """The law: derived from the graph, so a new insight cannot be forgotten."""
    run(small.path, "build", "--span", "2025-02..2025-11")  # and so that the assets of spans have rows, too
    for name in ("ana", "bo", "cy"):
        folder, listener_id = delivered(small, name), small.surrogate(name)
        for found in from_lake.assets_about_people(Project(small).graph):
            stored, told = in_the_lake(small, found.key, listener_id), rows_of(folder, found.name)
            assert len(told) == stored.height, found.key
            for column in {"listen_count", "ms_played", "recording_id", "artist_id"} & set(found.schema):
                assert sorted(map(str, (row[column] for row in told))) == sorted(map(str, stored[column])), (found.key, column)


def test_every_landed_play_is_in_it_with_what_became_of_it(small: Root) -> None:
    import_text(small, "ana", "2025-03-05 eple so_here*2, 2025-04-01 hidden! short~9s")  # half of it a second time
    build(Project(small))
    folder, mine = delivered(small), small.surrogate("ana")
    chunks = [chunk for (asset, _, _), found in landing.load_chunks(small).items() if asset == landing.PLAYS for chunk in found]
    landed = pl.concat([pl.read_parquet(small.path / chunk.path) for chunk in chunks]).filter(pl.col("listener_id") == mine)
    told = rows_of(folder, "landed_plays")
    assert len(told) == landed.height
    assert landed.height == len(rows_of(folder, "plays")) + len(rows_of(folder, "duplicates"))
    assert {row["outcome"] for row in rows_of(folder, "plays")} >= {"counted", "too_short", "private"}
    assert {"hidden", "short"} <= {row["recording_name"] for row in told}
    assert rows_of(folder, "duplicates")


def test_rows_that_could_not_be_used_are_in_it_with_the_reason(small: Root, tmp_path: Path) -> None:
    rows = spotify_rows("2025-05-01 eple")
    import_paths(small, [spotify_file(tmp_path / "bad", [*rows, {**rows[0], "ts": "no time at all"}])], Person("ana"))
    (found,) = rows_of(delivered(small), "rejected_rows")
    assert (found["reason"], found["time_text"], found["source"]) == ("invalid_time", "no time at all", "spotify_extended")
    assert rows_of(delivered(small, "bo"), "rejected_rows") == []


def test_choices_consents_groups_and_exports_are_in_it(small: Root) -> None:
    ana = find_listener(small, "ana")
    consents.record(small, ana, "marketing", "given", method="web_form")
    consents.record(small, ana, "marketing", "withdrawn", method="letter")
    registry.exclude(small, ana, "artist", 7, "=cmd|' /C calc'!A0")
    groups.set_group(small, "home", ["ana", "bo"])
    at = datetime(2025, 12, 1, tzinfo=UTC)
    for name, recipient in (("partner_extract", "acme"), ("charts", None)):
        exports.add_export(small, ExportRecord(f"id-{name}", name, 2025, "delivered", "0", "0", "0", recipient, at, at, at))
    exports.record_subjects(small, "id-partner_extract", {ana.listener_id: "pseudo"})
    keep_people(small, "id-charts", [ana.listener_id, 5])
    restrictions.restrict(small, ana.listener_id, "case")  # a right holds also then
    folder = delivered(small)
    said = [(row["purpose"], row["state"]) for row in rows_of(folder, "consent_history")]
    assert said == [("marketing", "given"), ("marketing", "withdrawn")]
    assert [(row["kind"], row["label"]) for row in rows_of(folder, "left_out")] == [("artist", "=cmd|' /C calc'!A0")]
    assert [(row["group_name"], row["is_told_with_it"]) for row in rows_of(folder, "memberships")] == [("home", False)]
    told = {row["export"]: (row["how"], row["recipient"], row["pseudonym"]) for row in rows_of(folder, "exports")}
    assert told == {"partner_extract": ("row", "acme", "pseudo"), "charts": ("counted", None, None)}
    assert rows_of(folder, "profile")[0]["restricted_since"]
    page = (folder / "index.html").read_text()
    assert "acme" in page
    assert "home" in page
    assert "bo" not in [row["group_name"] for row in rows_of(folder, "memberships")]


def test_nobody_else_is_in_any_byte_however_alike_they_are(alike: Root) -> None:
    people = registry.all_listeners(alike)
    me = people[0]
    listener_rows = in_the_lake(alike, "insights/similar_listeners", me.listener_id)
    assert listener_rows.height
    assert in_the_lake(alike, "insights/group_overlaps", me.listener_id).height
    folder = delivered(alike, me.name)
    assert len(rows_of(folder, "similar_listeners")) == listener_rows.height
    content = bytes_of(folder)
    assert str(me.listener_id).encode() in content
    for other in people[1:]:
        number = other.listener_id
        texts = (str(number), f"{number:x}")
        needles = (*(text.encode() for text in texts), number.to_bytes(8, "little"), number.to_bytes(8, "big"))
        assert not any(needle in content for needle in needles)
        named = {path.name for path in folder.rglob("*") if path.is_file() and other.name.encode() in path.read_bytes()}
        assert named == {"shown_to.json", "shown_to.csv", "index.html"}, "who agreed to be found, where it says who saw the listener"


def test_own_data_says_who_may_have_seen_the_listeners_name_and_names_who_still_agrees(alike: Root) -> None:
    """Whatever shows the name counts: the newest build, the live edition, and one that was rolled back from."""
    me, withdrawn, *others = registry.all_listeners(alike)
    set_controller(alike, Controller("Radio Example", "privacy@radio.example"))
    publish_edition(Project(alike), 2025)
    consents.record(alike, withdrawn, "be_found", "withdrawn", method="test")
    assert build(Project(alike)).failed == []
    publish_edition(Project(alike), 2025)
    folder = delivered(alike, me.name)
    told = [row for row in rows_of(folder, "shown_to") if row["year"] == 2025]
    assert sorted(row["seen_by_name"] for row in told if row["seen_by_name"]) == sorted(each.name for each in others)
    assert [row["seen_by_name"] for row in told].count(None) == 1
    assert all(row["is_published"] and row["first_published_at"] for row in told)
    page = (folder / "index.html").read_text()
    assert all(each.name in page for each in others)
    assert withdrawn.name.encode() not in bytes_of(folder)
    assert "<bdi>Radio Example</bdi>, <bdi>privacy@radio.example</bdi>" in page
    assert json.loads((folder / "data" / "about.json").read_text())["controller"]["contact"] == "privacy@radio.example"
    consents.record(alike, me, "be_found", "withdrawn", method="test")
    assert {row["seen_by_name"] for row in rows_of(delivered(alike, me.name), "shown_to")} == {None}


def test_the_dictionary_describes_every_column_of_every_file(small: Root) -> None:
    folder = delivered(small)
    described: dict[str, list[str]] = {}
    for row in rows_of(folder, "dictionary"):
        described.setdefault(row["file"], []).append(row["column"])
        assert row["meaning"]
        assert row["type"]
        assert row["privacy_class"]
    files = {path.stem for path in (folder / "data").iterdir()} - {"about"}
    assert described.keys() == files
    for name in files:
        with (folder / "data" / f"{name}.csv").open(newline="") as file:
            assert next(csv.reader(file)) == described[name]
        for row in rows_of(folder, name):
            assert list(row) == described[name]
@pytest.mark.slow
def test_other_programs_read_the_files_and_find_the_same_in_both(small: Root) -> None:
    folder = delivered(small)
    for path in sorted((folder / "data").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            by_csv = list(csv.DictReader(file))
        by_json = rows_of(folder, path.stem)
        assert len(by_csv) == len(by_json)
        assert pl.read_csv(path, infer_schema_length=None).height == len(by_json)
        assert pl.read_json(path.with_suffix(".json"), infer_schema_length=None).height == len(by_json)
        for one, other in zip(by_csv, by_json, strict=True):
            filled = [key for key, value in other.items() if value not in (None, "", [])]
            assert [key for key, value in one.items() if value != ""] == filled


def test_no_file_is_named_by_the_person_and_only_the_owner_may_read(small: Root) -> None:
    import_text(small, "Zoë-Ångström", "2025-06-01 eple*3")
    build(Project(small))
    folder = delivered(small, "Zoë-Ångström", zipped=True)
    names = [str(path.relative_to(small.path)) for path in [folder, *folder.rglob("*")]]
    assert not any("Zo" in name or str(small.surrogate("Zoë-Ångström")) in name for name in names)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [folder, folder / "data"]} == {0o700}
    with zipfile.ZipFile(folder / f"{folder.name}.zip") as archive:
        packed = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    loose = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".zip"]
    assert packed == {path.relative_to(folder).as_posix(): path.read_bytes() for path in loose}


HOSTILE = ["=1+1", "+cmd", "-2", "@SUM(A1)", "<script>alert(1)</script>", "a\u202eb", "two\nlines", 'quo"te,comma', "nul\x00", "; =1"]


def test_hostile_texts_are_exact_in_json_and_harmless_in_cells_and_on_the_page(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    (plain,) = spotify_rows("2025-05-01 eple")
    rows = [
        {**plain, "ts": f"2025-05-{day:02}T10:0{minute}:00Z", "master_metadata_track_name": text, "master_metadata_album_artist_name": text}
        for day, text in enumerate(HOSTILE, 1)
        for minute in range(3)
    ]
    name = "<img src=x onerror=alert(2)>"
    import_paths(root, [spotify_file(tmp_path / "in", rows)], Person(name))
    registry.exclude(root, find_listener(root, name), "artist", 1, "<b>=HYPERLINK(1)</b>")
    build(Project(root))
    folder = delivered(root, name)
    for path in (folder / "data").glob("*.csv"):
        with path.open(newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not any(cell[:1] in "=+@" for cell in cells if cell)
        assert not any(cell.startswith("-") and not cell[1:].replace(".", "").isdigit() for cell in cells)
        assert not any(character in cell for cell in cells for character in "\n\r\0\u202e")
    page = (folder / "index.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "default-src &#39;none&#39;" in page
    assert rows_of(folder, "left_out")[0]["label"] == "<b>=HYPERLINK(1)</b>"
    assert {"=1+1", "@SUM(A1)"} <= {row["recording_name"] for row in rows_of(folder, "landed_plays")}


def test_an_erasure_removes_it_and_asks_nobody_for_it_back(small: Root) -> None:
    folder = delivered(small, "bo")
    assert folder.exists()
    done = erase(Project(small), find_listener(small, "bo"))
    assert not folder.exists()
    assert done.recalls == []
    assert exports.find_export(small, folder.name).state == "withdrawn"
@pytest.mark.slow
def test_an_erasure_finds_also_what_a_crash_left_staged(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage.shutil, "rmtree", lambda *_, **__: None)
    monkeypatch.setattr(passage, "hash_of_folder", lambda folder: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        delivered(small, "bo")
    monkeypatch.undo()
    assert list((small.path / "exports" / "staged").iterdir())
    erase(Project(small), find_listener(small, "bo"))
    assert not list((small.path / "exports" / "staged").iterdir())


def test_after_thirty_days_it_is_destroyed_and_not_a_day_before(small: Root) -> None:
    folder = delivered(small)
    made = exports.find_export(small, folder.name).delivered_at
    assert made
    assert retention.expire(small, made + timedelta(days=29, hours=23)) == 0
    assert folder.exists()
    assert retention.expire(small, made + timedelta(days=30)) == 1
    assert not folder.exists()
    assert exports.find_export(small, folder.name).expired_at == made + timedelta(days=30)
    assert retention.expire(small, made + timedelta(days=60)) == 0


def test_it_is_recorded_and_the_next_one_says_so(small: Root) -> None:
    first = delivered(small)
    record = exports.find_export(small, first.name)
    assert (record.name, record.state, record.recipient) == ("own_data", "delivered", None)
    assert exports.subjects_of(small, first.name) == {small.surrogate("ana")}
    assert [row["export_id"] for row in rows_of(delivered(small), "exports")] == [first.name]
    report = json.loads((first / "privacy_report.json").read_text())
    assert report["staged_sha256"] == record.sha256
    assert report["files"]["data/listens.csv"]["rows"] == len(rows_of(first, "listens"))
    told = (first / "privacy_report.html").read_text()
    assert "private sessions included" in told
    assert "sessions are in no figure" not in told
    assert not (folder_of(small, first.name)).exists()


def _foreign(folder: Path) -> None:
    path = folder / "data" / "top_artists.json"
    path.write_text(path.read_text().replace(str(KEY_OF["ana"]), str(KEY_OF["bo"])))


def _lost(folder: Path) -> None:
    for path in ((folder / "data" / "listens.json"), (folder / "data" / "listens.csv")):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:-2] + lines[-1:]) if path.suffix == ".json" else "".join(lines[:-1]))


def _more(folder: Path) -> None:
    (folder / "data" / "more.csv").write_text("x\n")


def _formula(folder: Path) -> None:
    path = folder / "data" / "top_artists.csv"
    path.write_text(re.sub(r"[a-z]+(?=,[0-9]+,[0-9]+,)", "=1+1", path.read_text()))


def _column(folder: Path) -> None:
    path = folder / "data" / "top_artists.csv"
    path.write_text(path.read_text().replace("artist_rank", "rank", 1))


def _named(folder: Path) -> None:
    path = folder / "index.html"
    path.write_text(path.read_text() + f"<!-- {KEY_OF['bo']} -->")


KEY_OF: dict[str, int] = {}


def test_what_is_not_whole_or_is_of_others_is_not_cleared(small: Root, tmp_path: Path) -> None:
    KEY_OF.update({name: small.surrogate(name) for name in ("ana", "bo")})
    ana, graph = find_listener(small, "ana"), Project(small).graph
    record, _ = delivery.stage(small, graph, ana)
    folder, lake = folder_of(small, record.export_id), from_lake.lake_of(small, graph, ana)
    assert clearance.faults_of(lake, folder) == []
    for damage in (_foreign, _lost, _more, _formula, _column, _named):
        copy = shutil.copytree(folder, tmp_path / damage.__name__)
        damage(copy)
        assert clearance.faults_of(lake, copy), damage.__name__
    _named(folder)
    with pytest.raises(RefusedError, match="not those that were staged"):
        delivery.clear(small, graph, ana, record.export_id)
    exports.change_export(small, record.export_id, sha256=hash_of_folder(folder))
    with pytest.raises(RefusedError, match="holds the number of somebody else"):
        delivery.clear(small, graph, ana, record.export_id)
    with pytest.raises(RefusedError, match="not cleared"):
        delivery.deliver(small, record.export_id, None)


def test_what_changes_between_clearance_and_delivery_does_not_leave(small: Root, tmp_path: Path) -> None:
    ana, graph = find_listener(small, "ana"), Project(small).graph
    record, _ = delivery.stage(small, graph, ana)
    delivery.clear(small, graph, ana, record.export_id)
    (folder_of(small, record.export_id) / "index.html").write_text("other")
    with pytest.raises(RefusedError, match="not those that were staged"):
        delivery.deliver(small, record.export_id, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_every_table_of_the_registry_that_names_a_listener_is_told() -> None:
    """A table that is added is told too, or stands here with the reason."""
    told_by = {
        "listeners": "profile", "restrictions": "profile", "addresses": "page_addresses", "consent_events": "consent_history",
        "exclusions": "left_out", "export_subjects": "exports", "group_members": "memberships", "outputs": "written_files",
        "shares": "shared_pages",
    }  # fmt: skip
    assert {table.name for table in tables.metadata.sorted_tables if "listener_id" in table.columns} == set(told_by)
    assert set(told_by.values()) <= set(MEANINGS)


def test_a_changed_address_and_a_file_written_elsewhere_are_told_without_the_files_place(small: Root, tmp_path: Path) -> None:
    ana = find_listener(small, "ana")
    change_address(small, ana, 2025)
    close_address(small, ana, 2025)
    note_output(small, tmp_path / "bo_and_ana.html", "story", [ana.listener_id])
    folder = delivered(small)
    assert [(row["year"], row["change_count"], row["is_closed"]) for row in rows_of(folder, "page_addresses")] == [(2025, 2, True)]
    assert [row["what"] for row in rows_of(folder, "written_files")] == ["story"]
    assert not [path for path in folder.rglob("*") if path.is_file() and b"bo_and_ana" in path.read_bytes()]


def test_no_table_of_the_registry_is_called_as_an_asset_and_no_foreign_column_slips_through(small: Root) -> None:
    graph = Project(small).graph
    assert not MEANINGS.keys() & {found.name for found in graph.by_key.values()}
    foreign = {name for found in graph.by_key.values() for name in found.schema if name.endswith("listener_id")} - {"listener_id"}
    assert foreign == {"similar_listener_id", "other_listener_id"}  # another one: look whether what it stands beside is still one's own
    assert all(is_of_somebody_else(name) for name in foreign)
@pytest.mark.slow
def test_the_command_and_the_export_go_the_same_way(small: Root, tmp_path: Path) -> None:
    small.engine.dispose()
    own = document(small.path, "own-data", "ana", "--out", tmp_path / "one", "--locale", "de")
    other = document(small.path, "export", "own_data", "--year", 2025, "--listener", "ana", "--out", tmp_path / "two")
    assert own.keys() == other.keys() >= {"export", "id", "sha256", "folder", "files"}
    assert own["files"] == other["files"]
    assert '<html lang="de"' in (tmp_path / "one" / "index.html").read_text()
    assert document(small.path, "own-data", "--expire") == {"destroyed": 0}


@pytest.mark.parametrize(
    "arguments",
    [("nobody",), (), ("ana", "--expire"), ("ana", "--locale", "tlh"), ("ana", "--out", "full")],
    ids=["unknown", "nobody named", "both", "no such language", "folder not empty"],
)
def test_wrong_usage_is_exit_two_and_leaves_nothing(small: Root, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "there").touch()
    small.engine.dispose()
    given = [tmp_path / each if each == "full" else each for each in arguments]
    told = run(small.path, "own-data", *given, code=2)
    assert "ana" not in told.stderr
    assert not any(path.is_file() for path in (small.path / "exports").rglob("*"))


def test_the_export_needs_a_known_listener(small: Root) -> None:
    run(small.path, "export", "own_data", "--year", 2025, "--listener", "nobody", code=2)
    run(small.path, "export", "own_data", "--year", 2025, code=2)


def test_a_listener_without_a_build_or_without_plays_gets_what_there_is(tmp_path: Path) -> None:
    root = Root.open_or_make(tmp_path / "root", 1, KEY)
    registry.register(root, [Listener(root.surrogate("new"), "new", "UTC")])
    folder = delivered(root, "new")
    assert rows_of(folder, "profile")[0]["name"] == "new"
    assert rows_of(folder, "landed_plays") == []
    import_text(root, "new", "2025-01-01 eple*2")
    folder = delivered(root, "new")
    assert len(rows_of(folder, "landed_plays")) == 2
    assert rows_of(folder, "listens") == []


def test_nothing_is_left_of_one_that_was_refused(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "faults_of", lambda lake, folder: ["a fault"])
    with pytest.raises(RefusedError, match="a fault"):
        delivered(small)
    assert not any(path.is_file() for path in (small.path / "exports").rglob("*"))
    with small.engine.connect() as connection:
        assert connection.execute(sa.select(tables.exports.c.state)).scalars().all() == ["refused"]


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_made(small: Root, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(InputError):
        delivered(small, out=tmp_path)
    with small.engine.connect() as connection:
        assert connection.execute(sa.select(tables.exports)).all() == []
