"""Cards and playlists lie beside a page at every place that sends it, and are withheld, taken down and destroyed with it."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import xxhash

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.playlists.formats.registry import all_formats
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.launch.verifying import verify
from wrapped_assets.serving.rendered.files import NAME
from wrapped_assets.serving.rendered.playlists import Playlists
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.shelf import Shelf, shelves
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.serving.telling import playlists_of, story_data
from wrapped_assets.storage import publications, registry, restrictions
from wrapped_assets.storage.addresses import change_address, close_address
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.card import story_svg_card
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.serving.served import served
from wrapped_assets_tests.serving.test_rendered import path_of
from wrapped_assets_tests.small_roots import copied, copy_root, prepared

YEAR = 2025


@pytest.fixture(scope="module")
def _prepared(_published_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(_published_small, tmp_path_factory.mktemp("rendered") / "root", lambda root: render(Project(root), YEAR, ["en", "de"]))


@pytest.fixture
def project(_prepared: Path, tmp_path: Path) -> Iterator[Project]:
    for root in copied(_prepared, tmp_path / "small"):
        yield Project(root)


def links_of(page: str) -> list[str]:
    """The addresses of files that a page at /2025/TOKEN links to, from the root of the site."""
    return [each.removeprefix("..") for each in re.findall(r'href="(\.\./[0-9]{4}/[^"]+)"', page)]


def test_the_playlists_of_a_bucket_are_those_of_each_listener_alone(household_to_read: Path, tmp_path: Path) -> None:
    copy_root(household_to_read, tmp_path / "root")
    root = Root.open(tmp_path / "root")
    project = Project(root)
    publish_edition(project, YEAR)
    live, people, found = publications.live_edition(root, YEAR), registry.all_listeners(root), 0
    assert live is not None
    for person in people:
        bucket = live.paths.bucket_of(person.listener_id)
        listed = Playlists.of(project, YEAR, bucket, live, person).of_listeners([person.listener_id])[person.listener_id]
        alone = {name: each for name, each in playlists_of(project, person, YEAR).items() if each.tracks}
        assert {name: each.playlist(person.name) for name, each in listed.items()} == alone
        found += len(alone)
    assert found > len(people)
    root.engine.dispose()


def test_a_page_leads_to_a_card_and_playlists_that_say_what_they_are(project: Project) -> None:
    root = project.root
    ana = registry.find_listener(root, "ana")
    alone = playlists_of(project, ana, YEAR)
    with served(project, key=None) as get:
        page = get(path_of(root, "ana"))
        links = links_of(page.text)
        answers = {link.rpartition("/")[2]: get(link) for link in links}
        small = get(links[0], {"Accept-Encoding": "br, gzip"})
        german = links_of(get(path_of(root, "ana"), {"Accept-Language": "de"}).text)
    assert (links[0].rpartition("/")[2], german[0].rpartition("/")[2]) == ("card.en.svg", "card.de.svg")
    card = story_svg_card(story_data(project, ana, YEAR, publications.live_edition(root, YEAR)), "../../faces")
    assert answers["card.en.svg"].text == card
    assert gzip.decompress(small.content).decode() == card
    assert len(answers) > 4
    for name, answer in answers.items():
        assert NAME.fullmatch(name)
        headers = answer.headers
        told = [headers[each] for each in ("cache-control", "x-robots-tag", "referrer-policy", "x-content-type-options")]
        assert told == ["private, no-store", "noindex", "no-referrer", "nosniff"]
        assert "default-src 'none'" in headers["content-security-policy"]
        stem, _, suffix = name.rpartition(".")
        if suffix == "svg":
            assert headers["content-type"] == "image/svg+xml"
            continue
        form = next(each for each in all_formats().values() if each.suffix == f".{suffix}")
        assert headers["content-type"] == form.media_type
        assert headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.text.encode() == form.render(alone[stem]).content, "as `wrapped playlist` writes it"


def test_a_card_is_a_picture_that_asks_its_own_site_for_faces_alone(project: Project) -> None:
    with served(project, key=None) as get:
        card = get(f"{path_of(project.root, 'ana')}/card.en.svg").text
        faces = re.findall(r"url\(\.\./\.\.(/faces/[^)]+)\)", card)
        assert {get(each).status for each in faces} == {200}
    assert ET.fromstring(card).tag.endswith("svg")
    assert "<script" not in card


def test_no_other_address_opens_a_file(project: Project) -> None:
    root = project.root
    path, bo = path_of(root, "ana"), path_of(root, "bo")
    with served(project, key=None) as get:
        wrong = (
            f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}/card.en.svg", f"{path.replace('2025', '2024')}/card.en.svg",
            f"{path}/card.ja.svg",
            f"{path}/../{bo[6:]}.zip", f"{path}/..%2f..%2froot.json", f"{path}/%2e%2e/registry.sqlite", f"{path}/card.en.svg/", f"{path}/",
            f"{path}/card.en.svg.gz", f"{path}/CARD.EN.SVG", f"{path}/.svg", f"{path}/a/b.csv", f"{path}/card.en.svg%00",
        )  # fmt: skip
        assert {address: get(address).status for address in wrong} == dict.fromkeys(wrong, 404)
        assert get(f"{path}/card.en.svg").status == 200


def test_files_wait_for_the_launch_and_go_with_the_address_the_right_and_the_publication(project: Project) -> None:
    root, ana = project.root, registry.find_listener(project.root, "ana")
    card = f"{path_of(root, 'ana')}/card.en.svg"
    with served(project, key=None) as get:
        registry.set_edition(root, YEAR, launch_at=datetime.now(UTC) + timedelta(hours=1))
        assert "<svg" not in get(card).text
        registry.set_edition(root, YEAR, launch_at=datetime.now(UTC) - timedelta(seconds=1))
        assert get(card).status == 200
        restrictions.restrict(root, ana.listener_id, "disputed")
        assert get(card).status == 404
        restrictions.lift(root, ana.listener_id)
        assert get(card).status == 200
        change_address(root, ana, YEAR)
        assert [get(card).status, get(f"{path_of(root, 'ana')}/card.en.svg").status] == [404, 404]
        render(project, YEAR, ["en", "de"])
        card = f"{path_of(root, 'ana')}/card.en.svg"
        assert get(card).status == 200
        publish_edition(project, YEAR)
        assert get(card).status == 404, "the files are of another publication"
        publications.rollback(root, YEAR)
        assert get(card).status == 200
        close_address(root, ana, YEAR)
        assert get(card).status == 404


def test_a_damaged_archive_is_not_sent_and_is_written_again(project: Project) -> None:
    root, path = project.root, path_of(project.root, "ana")
    (archive,) = Shelf(root, YEAR, 1).folder.rglob(f"{path.rpartition('/')[2]}.*.zip")
    archive.write_bytes(archive.read_bytes()[:-9])
    with served(project, key=None) as get:
        assert (get(f"{path}/card.en.svg").status, get(path).status) == (404, 200)
        assert render(project, YEAR, ["en", "de"]).written == 0
        assert get(f"{path}/card.en.svg").status == 200


def test_files_that_say_the_same_are_the_same_file_and_a_rendering_without_them_destroys_them(project: Project) -> None:
    root = project.root
    before = {path.name: path.stat().st_ino for path in (root.path / "site").rglob("*.zip")}
    publish_edition(project, YEAR)
    done = render(project, YEAR, ["en", "de"])
    assert done.files > 10
    assert {path.name: path.stat().st_ino for path in Shelf(root, YEAR, 2).folder.rglob("*.zip")} == before
    again = render(project, YEAR, ["en", "de"], files=False)
    assert (again.files, again.written) == (0, again.pages), "the pages link to none"
    assert not list(Shelf(root, YEAR, 2).folder.rglob("*.zip"))


def test_a_rendering_before_there_were_files_is_still_served(project: Project) -> None:
    (shelf,) = shelves(project.root)
    for path in (shelf.folder / "index").glob("*.json"):
        text = orjson.dumps([row[:9] for row in orjson.loads(path.read_bytes().partition(b"\n")[2])])
        path.write_bytes(xxhash.xxh3_128_hexdigest(text).encode() + b"\n" + text)
    path = path_of(project.root, "ana")
    with served(project, key=None) as get:
        assert (get(path).status, get(f"{path}/card.en.svg").status) == (200, 404)


@pytest.mark.parametrize("kind", ["store", "folder"])
def test_a_target_has_the_files_that_serve_sends_until_they_are_taken_back(
    project: Project, store: Store, tmp_path: Path, kind: str
) -> None:
    root, www = project.root, tmp_path / "www"
    address = "s3://bucket/site" if kind == "store" else str(www)

    def there(name: str) -> dict[str, bytes]:
        token = path_of(root, name).rpartition("/")[2]
        if kind == "store":
            return {key.rpartition("/")[2]: content for key, (content, _) in store.objects.items() if f"/{token}/" in key}
        return {path.name.removesuffix(".gz"): path.read_bytes() for path in www.rglob(f"{token}/*")}

    done = upload(project, YEAR, address)
    assert upload(project, YEAR, address).sent == 0
    assert verify(root, YEAR, address).objects == done.objects
    sent = there("ana")
    with served(project, key=None) as get:
        for link in links_of(get(path_of(root, "ana")).text):
            assert gzip.decompress(sent[link.rpartition("/")[2]]).decode() == get(link).text
    assert "card.de.svg" in sent
    if kind == "store":
        token = path_of(root, "ana").rpartition("/")[2]
        headers = {name.lower(): value for name, value in store.objects[f"site/2025/1/{token[:2]}/{token}/your_top_songs.xspf"][1].items()}
        assert headers["content-type"] == "application/xspf+xml"
        assert headers["content-encoding"] == "gzip"
        assert headers["content-disposition"] == 'attachment; filename="your_top_songs.xspf"'
        assert headers["cache-control"] == "private, no-cache"
        store.objects[f"site/2025/1/{token[:2]}/{token}/your_top_songs.xspf"] = (b"rot", {})
        with pytest.raises(StoreUnavailableError, match="something else"):
            verify(root, YEAR, address)
    restrictions.restrict(root, registry.find_listener(root, "ana").listener_id, "disputed")
    upload(project, YEAR, address)
    assert there("ana") == {}
    assert there("bo")
    erase(project, registry.find_listener(root, "bo"))
    assert len({path.name[:24] for path in (root.path / "site").rglob("*.zip")}) == 2, "of ana, whose data are kept, and of cy"
    names = store.objects if kind == "store" else [str(path) for path in www.rglob("*") if path.is_file()]
    assert {found[1] for name in names if (found := re.search(r"/([A-Za-z0-9_-]{24})/", name))} == {path_of(root, "cy").rpartition("/")[2]}


def test_somebody_erased_or_renamed_between_rendering_and_upload_leaves_no_file(project: Project, store: Store) -> None:
    root = project.root
    ana, token = registry.find_listener(root, "ana"), path_of(root, "ana").rpartition("/")[2]
    bo = path_of(root, "bo").rpartition("/")[2]
    said: list[str] = []

    def says(method: str, key: str) -> None:
        if method == "PUT" and f"/{bo}/" in key and not said:
            said.append(key)
            close_address(root, registry.find_listener(root, "bo"), YEAR)

    done = erase(project, ana)
    assert done.residue.hits == []
    assert "site/" not in " ".join(done.residue.opaque)
    store.fault = says
    upload(project, YEAR, "s3://bucket/site")
    assert said
    assert not [key for key in store.objects if token in key or bo in key]
