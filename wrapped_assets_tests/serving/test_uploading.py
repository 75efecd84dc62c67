"""Rendered pages in a folder and in a store: sent once, read back, pointed at in one step, and taken down with what they may not show."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, InputError
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.rendered import target as targets
from wrapped_assets.serving.rendered import uploading
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import registry, restrictions
from wrapped_assets.storage.addresses import addresses, close_address
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.small_roots import copied, prepared

YEAR, ADDRESS = 2025, "s3://bucket/site"


@pytest.fixture(scope="module")
def _prepared(_published_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(_published_small, tmp_path_factory.mktemp("rendered") / "root", lambda root: render(Project(root), YEAR, files=False))


@pytest.fixture
def project(_prepared: Path, tmp_path: Path) -> Iterator[Project]:
    for root in copied(_prepared, tmp_path / "small"):
        yield Project(root)


def token_of(root: Root, name: str) -> str:
    listener_id = registry.find_listener(root, name).listener_id
    return addresses(root, YEAR, [listener_id])[listener_id].token


def pages_in(store: Store) -> list[str]:
    """Of stories; the microsite's lie elsewhere."""
    return sorted(key for key in store.objects if re.fullmatch(r".*/[0-9]{4}/[0-9]+/../[^/]+\.html", key))


def test_a_store_has_each_page_packed_with_the_headers_that_it_is_sent_with(project: Project, store: Store) -> None:
    done = upload(project, YEAR, ADDRESS)
    assert (done.objects, done.sent, done.is_live) == (3, 3, True)
    token = token_of(project.root, "ana")
    content, headers = store.objects[f"site/2025/1/{token[:2]}/{token}.en.html"]
    assert "<bdi>ana</bdi>" in gzip.decompress(content).decode()
    assert {name.lower(): value for name, value in headers.items()} == {
        "content-type": "text/html; charset=utf-8",
        "content-encoding": "gzip",
        "content-language": "en",
        "cache-control": "private, no-cache",
    }
    assert b'"number": 1' in store.objects["site/2025/live.json"][0]
    (of_2025,) = [each for each in document(project.root.path, "status")["editions"] if each["year"] == YEAR]
    assert (of_2025["rendered_pages"], of_2025["uploaded_to"]) == (3, [ADDRESS])
    assert f"3 pages rendered, uploaded to {ADDRESS}" in run(project.root.path, "status").stdout
    assert token.encode() not in store.objects["site/2025/live.json"][0]
    faces = [headers for key, (_, headers) in store.objects.items() if key.startswith("site/faces/")]
    kept = {value for each in faces for name, value in each.items() if name.lower() == "cache-control"}
    assert kept == {"public, max-age=31536000, immutable"}


def test_only_what_is_not_there_is_sent(project: Project, store: Store) -> None:
    upload(project, YEAR, ADDRESS)
    before = len(store.requests)
    assert upload(project, YEAR, ADDRESS).sent == 0
    assert not [key for method, key in store.requests[before:] if method == "PUT" and key.endswith(".html")]


def test_an_upload_that_breaks_leaves_readers_where_they_were_and_goes_on_where_it_stopped(project: Project, store: Store) -> None:
    root = project.root
    upload(project, YEAR, ADDRESS)
    registry.exclude(root, registry.find_listener(root, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(project)
    publish_edition(project, YEAR)
    render(project, YEAR, files=False)
    dead = f"{token_of(root, 'cy')}.en.html"
    store.fault = lambda method, key: 503 if method == "PUT" and key.endswith(dead) else None
    with pytest.raises(StoreUnavailableError, match="goes on where it stopped") as refused:
        upload(project, YEAR, ADDRESS)
    assert token_of(root, "cy") not in str(refused.value), "an address is a key"
    assert b'"number": 1' in store.objects["site/2025/live.json"][0]
    store.fault = lambda _method, _key: None
    assert 1 <= upload(project, YEAR, ADDRESS).sent <= 3
    assert b'"number": 2' in store.objects["site/2025/live.json"][0]


def test_a_store_that_keeps_something_else_is_noticed(project: Project, store: Store) -> None:
    store.garbles = True
    with pytest.raises(StoreUnavailableError, match="something else"):
        upload(project, YEAR, ADDRESS)
    assert "site/2025/live.json" not in store.objects


def test_wrong_credentials_are_said_without_the_secret(project: Project, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    with pytest.raises(StoreUnavailableError, match="refused the credentials") as refused:
        upload(project, YEAR, ADDRESS)
    assert "not-the-secret" not in str(refused.value)
    assert not store.objects


def test_of_two_publishers_at_once_the_second_is_told(project: Project, store: Store) -> None:
    upload(project, YEAR, ADDRESS)
    target = Target.open(ADDRESS)
    before = target.pointer(YEAR)
    target.point(YEAR, 7, ["en"], before)
    with pytest.raises(StoreUnavailableError, match="meanwhile"):
        target.point(YEAR, 8, ["en"], before)
    assert b'"number": 7' in store.objects["site/2025/live.json"][0]


def test_a_closed_address_and_an_erased_listener_are_taken_down(project: Project, store: Store) -> None:
    root = project.root
    upload(project, YEAR, ADDRESS)
    close_address(root, registry.find_listener(root, "ana"), YEAR)
    assert upload(project, YEAR, ADDRESS).removed == 1
    token = token_of(root, "bo")
    assert any(token in key for key in pages_in(store))
    assert erase(project, registry.find_listener(root, "bo")).elsewhere == []
    assert not any(token in key for key in pages_in(store))


def test_an_erasure_ends_although_a_store_does_not_answer_and_says_so(project: Project, store: Store) -> None:
    root = project.root
    upload(project, YEAR, ADDRESS)
    store.fault = lambda method, _key: 503 if method in ("POST", "DELETE") else None
    done = erase(project, registry.find_listener(root, "bo"))
    assert [each.path for each in done.elsewhere] == [ADDRESS]
    store.fault = lambda _method, _key: None
    assert upload(project, YEAR, ADDRESS).removed == 1
    assert len(pages_in(store)) == 2


def test_readers_are_not_pointed_at_an_edition_before_its_launch(project: Project, store: Store) -> None:
    registry.set_edition(project.root, YEAR, launch_at=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(InputError, match="launches at"):
        upload(project, YEAR, ADDRESS)
    assert upload(project, YEAR, ADDRESS, flips=False).sent == 0, "everything is there, and waits"
    assert "site/2025/live.json" not in store.objects


def test_a_folder_has_what_a_web_server_sends_and_lists_nothing(project: Project, tmp_path: Path) -> None:
    www = tmp_path / "www"
    assert upload(project, YEAR, str(www)).objects == 6
    token = token_of(project.root, "ana")
    page = www / "2025" / "live" / token[:2] / f"{token}.en.html.gz"
    assert "<bdi>ana</bdi>" in gzip.decompress(page.read_bytes()).decode()
    assert os.readlink(www / "2025" / "live") == "1"
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert {stat.S_IMODE(path.stat().st_mode) for path in (www, *www.rglob("*")) if path.is_dir() and not path.is_symlink()} == {0o711}


@pytest.mark.parametrize("address", ["ftp://somewhere", "s3://", ""])
def test_an_address_that_is_none_is_refused(project: Project, address: str) -> None:
    with pytest.raises(InputError, match="expected"):
        upload(project, YEAR, address)


def test_what_a_folder_has_lost_keeps_nothing_else_there(project: Project, tmp_path: Path) -> None:
    www, root = tmp_path / "www", project.root
    upload(project, YEAR, str(www))
    for token in (token_of(root, "ana"), token_of(root, "bo")):
        (www / "2025" / "1" / token[:2] / f"{token}.en.html.br").unlink()
    (www / "2025" / "1" / "xy.en.html.gz#1").write_bytes(b"half of a page that a killed upload was writing")
    assert erase(project, registry.find_listener(root, "bo")).elsewhere == []
    close_address(root, registry.find_listener(root, "ana"), YEAR)
    upload(project, YEAR, str(www))
    assert {path.name[:24] for path in (www / "2025" / "1").rglob("*") if path.is_file()} == {token_of(root, "cy")}


@pytest.mark.slow
def test_pages_of_publications_that_are_kept_no_longer_here_are_taken_down_too(project: Project, store: Store) -> None:
    root = project.root
    upload(project, YEAR, ADDRESS)
    token = token_of(root, "bo")
    for _ in range(3):
        publish_edition(project, YEAR)
        render(project, YEAR, files=False)
    assert len(pages_in(store)) == 3, "readers may still be there"
    erase(project, registry.find_listener(root, "bo"))
    assert len(pages_in(store)) == 2
    assert not any(token in key for key in pages_in(store))
    upload(project, YEAR, ADDRESS)
    assert {key.split("/")[2] for key in pages_in(store)} == {"4"}
    assert not (root.path / "site" / "2025" / "1").exists()


def test_an_object_is_known_before_it_is_sent(project: Project, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    root, token = project.root, token_of(project.root, "bo")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:  # nothing that is noted at the end is noted
        dying.setattr(Target, "get", lambda self, key: None if key.startswith("faces") or "live" in key else killed())
        first, noted = list[int](), uploading.note
        dying.setattr(uploading, "note", lambda *given: first.append(1) or noted(*given) if not first else killed())
        with pytest.raises(KeyboardInterrupt):
            upload(project, YEAR, ADDRESS)
    assert any(token in key for key in pages_in(store))
    erase(project, registry.find_listener(root, "bo"))
    assert not any(token in key for key in pages_in(store))


def test_what_people_say_while_pages_are_sent_counts(project: Project, store: Store) -> None:
    root, ana = project.root, registry.find_listener(project.root, "ana")
    token, said = token_of(root, "ana"), list[str]()

    def says(method: str, key: str) -> None:
        if method == "PUT" and token in key and not said:
            said.append(key)
            restrictions.restrict(root, ana.listener_id, "disputed")

    store.fault = says
    assert upload(project, YEAR, ADDRESS).removed == 1
    assert not any(token in key for key in pages_in(store))


@pytest.mark.slow
def test_a_damaged_record_or_a_lost_folder_ends_no_erasure(project: Project, tmp_path: Path) -> None:
    root, www = project.root, tmp_path / "www"
    upload(project, YEAR, str(www))
    shutil.rmtree(www)
    www.write_text("now a file")
    (tmp_path / "other").mkdir()
    upload(project, YEAR, str(tmp_path / "other"))
    (record,) = (path for path in (root.path / "site").rglob("uploads/*.json") if "other" in path.read_text())
    record.write_bytes(b"rot")
    done = erase(project, registry.find_listener(root, "bo"))
    assert [each.path for each in done.elsewhere] == [str(www), f"the target that {record.relative_to(root.path)} was of, which is damaged"]
    with pytest.raises(BuildError, match="is damaged"):
        upload(project, YEAR, str(tmp_path / "other"))
    with pytest.raises(StoreUnavailableError, match="failed"):
        upload(project, YEAR, str(www))


def test_a_target_within_or_around_the_data_root_is_refused(project: Project, tmp_path: Path) -> None:
    root = project.root
    (tmp_path / "way").symlink_to(root.path)
    for address in (root.path / "site", tmp_path / "way" / "www", tmp_path):
        with pytest.raises(InputError, match="beside the data root"):
            upload(project, YEAR, str(address))


def test_a_folder_that_was_there_keeps_its_mode_and_can_be_passed(project: Project, tmp_path: Path) -> None:
    www = tmp_path / "www"
    www.mkdir()
    www.chmod(0o1770)
    upload(project, YEAR, str(www))
    assert stat.S_IMODE(www.stat().st_mode) == 0o1771


def test_a_store_that_answers_nonsense_for_its_pointer_is_overwritten_in_one_step(project: Project, store: Store) -> None:
    store.objects["site/2025/live.json"] = (b"<html>", {})
    upload(project, YEAR, ADDRESS)
    assert json.loads(store.objects["site/2025/live.json"][0])["number"] == 1


def test_a_full_store_says_so_and_readers_stay_where_they_were(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    www, put = tmp_path / "www", targets.obstore.put

    def full(store: object, key: str, *given: object, **more: object) -> object:
        if key.endswith(".html.gz"):
            raise OSError(28, "No space left on device")
        return put(store, key, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(targets.obstore, "put", full)
        with pytest.raises(StoreUnavailableError, match="is full; what was uploaded stays"):
            upload(project, YEAR, str(www))
    assert not (www / "2025" / "live").exists()
    assert upload(project, YEAR, str(www)).is_live


def test_nothing_of_an_erased_listeners_address_is_left_at_a_target_whoever_put_it_there(
    project: Project, store: Store, tmp_path: Path
) -> None:
    root, www = project.root, tmp_path / "www"
    render(project, YEAR)
    for address in (ADDRESS, str(www)):
        upload(project, YEAR, address)
    token = token_of(root, "bo")
    assert any(token in key for key in store.objects)
    folder = www / "2025" / "1" / token[:2]
    (folder / f"{token}.en.html.br#3").write_bytes(b"half of a page")  # an upload was killed
    hidden = folder / ".0123456789abcdef.part"
    os.link(folder / f"{token}.en.html.br", hidden)  # another one, which was naming a page again
    (www / "2025" / "9" / "xy" / token).mkdir(parents=True)  # nobody knows of it
    (www / "2025" / "9" / "xy" / token / "card.en.svg.gz").write_bytes(b"a card")
    store.objects[f"site/2025/9/{token[:2]}/{token}.en.html"] = (b"a page", {})
    assert erase(project, registry.find_listener(root, "bo")).elsewhere == []
    assert not [path for path in www.rglob("*") if token in str(path)], "no file, and no empty folder"
    assert not hidden.exists()
    assert not [key for key in store.objects if token in key]
    others = token_of(root, "ana")
    assert (www / "2025" / "live" / others[:2] / f"{others}.en.html.br").is_file()


def test_what_a_killed_rendering_or_upload_left_half_written_stops_no_erasure(project: Project, tmp_path: Path) -> None:
    root = project.root
    render(project, YEAR)
    upload(project, YEAR, str(tmp_path / "www"))
    written = [path for path in (root.path / "site" / "2025" / "1").rglob("*") if path.is_file()]
    left = [path.with_name(f".{number:016x}.part") for number, path in enumerate(written)]
    for path, part in zip(written, left, strict=True):
        part.write_bytes(path.read_bytes())
    assert erase(project, registry.find_listener(root, "bo")).residue.hits == []
    assert not any(part.exists() for part in left)


def test_an_erasure_says_that_a_store_does_not_list_what_it_has(project: Project, store: Store) -> None:
    root, token = project.root, token_of(project.root, "bo")
    upload(project, YEAR, ADDRESS)
    store.fault = lambda method, key: 403 if method == "GET" and not key else None
    (said,) = erase(project, registry.find_listener(root, "bo")).elsewhere
    assert "refused to list" in said.what
    assert not any(token in key for key in pages_in(store))


def test_an_erasure_finds_an_address_of_theirs_wherever_it_is_written_down(project: Project) -> None:
    root, token = project.root, token_of(project.root, "bo")
    (root.path / "note.txt").write_text(f"see /2025/{token} for more")
    with pytest.raises(BuildError, match=r"note\.txt"):
        erase(project, registry.find_listener(root, "bo"))


def test_what_an_upload_does_for_a_file_it_does_once_and_what_it_notes_it_notes_a_few_times(
    project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    render(project, YEAR)
    opened, notes = list[int](), list[int]()
    members, note = uploading.members_of, uploading.note
    monkeypatch.setattr(uploading, "members_of", lambda archive: opened.append(1) or members(archive))
    monkeypatch.setattr(uploading, "note", lambda *given: notes.append(1) or note(*given))
    monkeypatch.setattr(uploading, "_FILES_AT_ONCE", 1)
    monkeypatch.setattr(uploading, "_AT_ONCE", 1)
    done = upload(project, YEAR, ADDRESS)
    assert len(opened) == 3, "once a listener, however many cards and playlists they have"
    assert done.objects > 3 * 10
    assert len(notes) <= uploading._RECORDS + 2


def test_a_folder_keeps_a_page_that_two_publications_show_once_and_trusts_no_damaged_one(project: Project, tmp_path: Path) -> None:
    root, www = project.root, tmp_path / "www"
    upload(project, YEAR, str(www))
    registry.exclude(root, registry.find_listener(root, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(project)
    publish_edition(project, YEAR)
    render(project, YEAR, files=False)

    def page(number: int, name: str) -> Path:
        token = token_of(root, name)
        return www / "2025" / str(number) / token[:2] / f"{token}.en.html.gz"

    page(1, "cy").write_bytes(b"rot")
    upload(project, YEAR, str(www))
    assert page(1, "bo").samefile(page(2, "bo"))
    assert not page(1, "ana").samefile(page(2, "ana"))
    assert b"<bdi>cy</bdi>" in gzip.decompress(page(2, "cy").read_bytes())
    theirs = [page(1, "bo"), page(2, "bo")]
    erase(project, registry.find_listener(root, "bo"))
    assert not any(each.exists() for each in theirs)
