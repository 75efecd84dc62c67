"""Rendered pages in a folder and in a store: sent once, read back, pointed at in one step, and taken down with what they may not show."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.rendered import target as targets
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.target import StoreUnavailableError, Target
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import registry
from wrapped_assets.storage.addresses import addresses, close_address
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.serving.s3_server import Store, s3_server

YEAR, ADDRESS = 2025, "s3://bucket/site"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(targets, "_RETRIES", {"max_retries": 2, "retry_timeout": timedelta(seconds=2)})
    with s3_server() as (found, environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def project(small: Root) -> Project:
    found = Project(small)
    publish_edition(found, YEAR)
    render(found, YEAR)
    return found


def token_of(root: Root, name: str) -> str:
    listener_id = registry.find_listener(root, name).listener_id
    return addresses(root, YEAR, [listener_id])[listener_id].token


def pages_in(store: Store) -> list[str]:
    return sorted(key for key in store.objects if key.endswith(".html"))


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
    render(project, YEAR)
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
    _, before = target.pointer(YEAR)
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
