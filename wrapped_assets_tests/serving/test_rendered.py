"""Rendered pages show what the server would tell, are written anew only where that changed, and are withheld when they may not be shown."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.planning import closure
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.rendered import rendering, waiting
from wrapped_assets.serving.rendered.everybody import Everybody
from wrapped_assets.serving.rendered.gathering import stories_of
from wrapped_assets.serving.rendered.renderer import renderer_hash
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.shelf import PACKINGS, Shelf, shelves
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage import consents, publications, registry, restrictions, tables
from wrapped_assets.storage.addresses import addresses, change_address, close_address
from wrapped_assets.storage.buckets import bucket_count
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.page import story_html
from wrapped_assets_tests.browser import bare_browser, needs_a_browser
from wrapped_assets_tests.serving.served import served
from wrapped_assets_tests.small_roots import copied, copy_root

YEAR = 2025


@pytest.fixture(scope="module")
def _alike(household_to_read: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The household whose members agreed to be found, built and published."""
    path = tmp_path_factory.mktemp("alike") / "root"
    copy_root(household_to_read, path)
    root = Root.open(path)
    for each in registry.all_listeners(root):
        consents.record(root, each, "be_found", "given", method="test")
    assert build(Project(root)).failed == []
    publish_edition(Project(root), YEAR)
    root.engine.dispose()
    return path


@pytest.fixture
def alike(_alike: Path, tmp_path: Path) -> Iterator[Root]:
    yield from copied(_alike, tmp_path / "alike")


@pytest.fixture
def small(published_small: Root) -> Root:
    """The edition of 2025 is published."""
    return published_small


def path_of(root: Root, name: str) -> str:
    listener_id = registry.find_listener(root, name).listener_id
    return f"/{YEAR}/{addresses(root, YEAR, [listener_id])[listener_id].token}"


def files_of(root: Root, name: str, number: int = 1) -> list[Path]:
    token = path_of(root, name).rpartition("/")[2]
    return sorted(Shelf(root, YEAR, number).folder.rglob(f"{token}.??.*"))


def without_what_is_beside(page: str) -> str:
    beside = r'<link rel="stylesheet"[^>]*>|(?s:<style>.*?</style>)|<script src[^>]*></script>|(?s:<script>.*?</script>)'
    return re.sub(rf"{beside}|<meta http-equiv=[^>]*>|(?s:<h3>Take it with you</h3>.*?</ul>\n)", "", page)


def test_the_stories_of_a_bucket_are_those_of_each_listener_alone(alike: Root) -> None:
    project = Project(alike)
    live = publications.live_edition(alike, YEAR)
    assert live is not None
    found = {told.listener_id: told for bucket in range(bucket_count(alike)) for told in stories_of(project, YEAR, bucket, live)}
    people = registry.all_listeners(alike)
    assert set(found) == {each.listener_id for each in people}
    for each in people:
        assert found[each.listener_id].data == story_data(project, each, YEAR, live)
    assert any(told.names for told in found.values())


def test_a_rendered_page_is_the_page_that_a_server_tells_with_its_faces_beside_it(small: Root) -> None:
    project = Project(small)
    render(project, YEAR, ["en", "de"])
    ana, live = registry.find_listener(small, "ana"), publications.live_edition(small, YEAR)
    told = story_html(story_data(project, ana, YEAR, live))
    with served(project, key=None) as get:
        page = get(path_of(small, "ana"))
        german = get(path_of(small, "ana"), {"Accept-Language": "de"})
        spanish = get(path_of(small, "ana"), {"Accept-Language": "es"})
        part = get(path_of(small, "ana"), {"Range": "bytes=0-9"})
        others = [get(path_of(small, "ana").replace("/2025/", other)).status for other in ("/2024/", "/2025/../2025/x/")]
        (styles,), (script,) = (re.findall(rf'{name}="\.\.(/faces/[^"]+)" integrity=', page.text) for name in ("href", "src"))
        faces = [f"/faces/{name}" for name in re.findall(r"url\(\./([^)]+)\)", get(styles).text)]
        kept = [get(path).headers["cache-control"] for path in (styles, script, *faces)]
        kinds = [get(path).headers["content-type"] for path in (styles, script)]
        small = get(styles, {"Accept-Encoding": "br"})
    assert without_what_is_beside(page.text) == without_what_is_beside(told)
    assert kinds == ["text/css; charset=utf-8", "text/javascript; charset=utf-8"]
    assert (small.headers["content-encoding"], b"--paper" in brotli.decompress(small.content)) == ("br", True)
    assert (part.status, part.text) == (200, page.text), "a page is sent whole or not at all"
    assert others == [404, 404], "a token is of one edition, and dots lead nowhere"
    assert '<meta property="og:title" content="A year in music">' in page.text, "a preview of the link names nobody"
    assert "font-src 'self'; base-uri 'none'" in page.headers["content-security-policy"]
    assert "script-src &#39;self&#39;" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert len(faces) > 5
    assert set(kept) == {"public, max-age=31536000, immutable"}
    assert german.headers["content-language"] == "de"
    assert spanish.headers["content-language"] == "en", "Spanish was not rendered, and an address opens whatever its reader speaks"


@needs_a_browser
def test_a_browser_runs_a_rendered_page_and_shows_its_faces(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    with served(project, key=None) as get, bare_browser() as browser:
        page, said = browser.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.goto(get.address + path_of(small, "ana"))
        page.wait_for_function("[...document.fonts].some(face => face.status == 'loaded')")
        colours = page.evaluate("getComputedStyle(document.querySelector('#opening')).getPropertyValue('--paper')")
        page.wait_for_selector("#opening button.share:not([hidden])", state="attached")
    assert colours, "the styles are applied"
    assert said == [], "the policy allows what the page loads and runs"


@pytest.mark.parametrize(
    ("taken", "sent"), [("br, gzip", "br"), ("gzip;q=0.5", "gzip"), ("br;q=0, *", "gzip"), ("identity", None), ("", None)]
)
def test_a_page_is_sent_packed_as_its_reader_takes_it(small: Root, taken: str, sent: str | None) -> None:
    project = Project(small)
    render(project, YEAR)
    with served(project, key=None) as get:
        page = get(path_of(small, "ana"), {"Accept-Encoding": taken})
        again = get(path_of(small, "ana"), {"Accept-Encoding": taken, "If-None-Match": page.headers["etag"]})
    assert page.headers.get("content-encoding") == sent
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[sent]
    assert b"<!doctype html>" in unpack(page.content)[:20]
    assert (again.status, again.content) == (304, b"")


def test_only_pages_that_show_something_else_are_written_again(small: Root) -> None:
    project = Project(small)
    first = render(project, YEAR)
    assert (first.pages, first.written) == (3, 3)
    assert (render(project, YEAR).written, render(project, YEAR, full=True).written) == (0, 3)
    before = {name: [path.stat().st_ino for path in files_of(small, name)] for name in ("ana", "bo", "cy")}
    registry.exclude(small, registry.find_listener(small, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(project)
    publish_edition(project, YEAR)
    second = render(project, YEAR)
    assert (second.number, second.pages, second.written) == (2, 3, 1)
    after = {name: [path.stat().st_ino for path in files_of(small, name, 2)] for name in ("ana", "bo", "cy")}
    assert (after["bo"], after["cy"]) == (before["bo"], before["cy"]), "an unchanged page is the same file"
    assert after["ana"] != before["ana"]


def test_a_page_that_is_damaged_is_not_taken_over(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    files_of(small, "bo")[0].write_bytes(b"rot")
    assert render(project, YEAR).written == 1
    with served(project, key=None) as get:
        assert get(path_of(small, "bo"), {"Accept-Encoding": "br"}).status == 200


def test_a_damaged_file_is_not_sent_while_another_is_whole(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    for path in files_of(small, "bo"):
        path.write_bytes(path.read_bytes()[:-40]) if path.suffix == ".br" else None
    for path in files_of(small, "cy"):
        path.write_bytes(b"rot")
    (small.path / "site" / "2025" / "1.bak").mkdir()
    with served(project, key=None) as get:
        found = [get(path_of(small, "bo"), {"Accept-Encoding": taken}) for taken in ("br", "gzip", "identity")]
        assert [(page.status, page.headers.get("content-encoding")) for page in found] == [(200, None), (200, "gzip"), (200, None)]
        assert len({page.headers["etag"] for page in found}) == 2
        assert get(path_of(small, "cy")).status == 404
        assert render(project, YEAR).written == 2
        assert get(path_of(small, "cy"), {"Accept-Encoding": "br"}).headers["content-encoding"] == "br"


def test_a_page_that_leaves_one_rendering_stays_whole_in_another(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    publish_edition(project, YEAR)
    assert render(project, YEAR).written == 0
    ana = registry.find_listener(small, "ana")
    restrictions.restrict(small, ana.listener_id, "disputed")
    assert render(project, YEAR).pages == 2
    restrictions.lift(small, ana.listener_id)
    publications.rollback(small, YEAR)
    with served(project, key=None) as get:
        assert "<bdi>ana</bdi>" in get(path_of(small, "ana")).text


def test_readers_always_find_a_page_while_it_is_rendered_again(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    project, found, real, swept = Project(small), list[tuple[int, bool]](), rendering.write_whole, Shelf.sweep
    render(project, YEAR)
    path = path_of(small, "ana")
    with served(project, key=None) as get:

        def looks() -> None:
            page = get(path, {"Accept-Encoding": "br"})
            found.append((page.status, page.content != b"" and b"<bdi>ana</bdi>" in brotli.decompress(page.content)))

        def writes(place: Path, content: bytes, **options: bool) -> None:
            looks()
            real(place, content, **options)

        def sweeps(shelf: Shelf) -> int:
            removed = swept(shelf)
            looks()
            return removed

        monkeypatch.setattr(rendering, "write_whole", writes)
        monkeypatch.setattr(Shelf, "sweep", sweeps)
        monkeypatch.setattr(rendering, "renderer_hash", lambda: "another")
        render(project, YEAR, full=True)
    assert len(found) > 3
    assert set(found) == {(200, True)}


@pytest.mark.parametrize("code", ["stories/parts.py", "playlists/formats/xspf.py", "rendered/files.py", "rendered/packing.py"])
def test_pages_and_files_are_written_again_after_a_change_to_the_code_that_writes_them(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, text, content = renderer_hash(), closure.text_at, Path.read_bytes
    monkeypatch.setattr(closure, "text_at", lambda path: text(path) + b"#" * Path(path).as_posix().endswith(code))
    monkeypatch.setattr(Path, "read_bytes", lambda path: content(path) + b"#" * path.as_posix().endswith(code))
    assert renderer_hash.__wrapped__() != before


def test_another_publication_of_the_same_number_is_not_what_was_rendered(small: Root) -> None:
    project = Project(small)
    shelf = Shelf(small, YEAR, render(project, YEAR).number)
    restored = publications.live(small)[YEAR]
    assert shelf.is_of(restored)
    assert not shelf.is_of(replace(restored, published_at=restored.published_at + timedelta(seconds=1)))
    with small.engine.begin() as connection:
        connection.execute(sa.update(tables.publications).values(published_at=restored.published_at + timedelta(seconds=1)))
    with served(project, key=None) as get:
        assert get(path_of(small, "ana")).status == 404
        render(project, YEAR)
        assert get(path_of(small, "ana")).status == 200


def test_an_interrupted_rendering_is_not_served_and_goes_on_where_it_was(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(small)
    real = rendering.stories_of

    def dies_at_the_second_bucket(project: Project, year: int, bucket: int, *rest: object, **more: object) -> object:
        if bucket == 1:
            raise KeyboardInterrupt
        return real(project, year, bucket, *rest, **more)

    monkeypatch.setattr(rendering, "stories_of", dies_at_the_second_bucket)
    with pytest.raises(KeyboardInterrupt):
        render(project, YEAR)
    monkeypatch.undo()
    with served(project, key=None) as get:
        assert get(path_of(small, "ana")).status == 404
        assert render(project, YEAR).written == 1
        assert get(path_of(small, "ana")).status == 200


def test_listeners_are_read_again_only_where_somebody_wrote_meanwhile(alike: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    live = publications.live_edition(alike, YEAR)
    assert live is not None
    reads, real = [], registry.all_listeners
    monkeypatch.setattr(registry, "all_listeners", lambda root: reads.append(root) or real(root))
    everybody = Everybody(alike, live.paths)
    for _ in range(3):
        everybody.look()
    assert len(reads) == 1
    assert sorted(each for mine in everybody.by_bucket.values() for each in mine) == sorted(everybody.people)
    assert all(live.paths.bucket_of(each) == bucket for bucket, mine in everybody.by_bucket.items() for each in mine)
    someone = min(everybody.people)
    restrictions.restrict(alike, someone, "disputed")
    everybody.look()
    assert (len(reads), someone in everybody.standing.restricted) == (2, True)


def test_a_page_goes_with_the_word_that_takes_a_name_back(alike: Root) -> None:
    project = Project(alike)
    render(project, YEAR)
    (shelf,) = shelves(alike)
    names = {each.listener_id: each.name for each in registry.all_listeners(alike)}
    index = pl.concat(found for _, found in shelf.indexes())
    reader, other = next((names[row["listener_id"]], names[row["names"][0]]) for row in index.iter_rows(named=True) if row["names"])
    with served(project) as get:
        assert other in get(path_of(alike, reader)).text
        consents.record(alike, registry.find_listener(alike, other), "be_found", "refused", method="test")
        assert get(path_of(alike, reader)).status == 404, "the file names somebody who took that back; nobody shared a page"
        again = render(project, YEAR)
        page = get(path_of(alike, reader))
    assert page.status == 200
    assert other not in page.text
    assert 0 < again.written < again.pages


def test_an_address_that_is_changed_or_closed_opens_nothing(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    ana, before = registry.find_listener(small, "ana"), path_of(small, "ana")
    with served(project, key=None) as get:
        assert get(before).status == 200
        change_address(small, ana, YEAR)
        assert path_of(small, "ana") != before
        assert [get(before).status, get(path_of(small, "ana")).status] == [404, 404]
        assert render(project, YEAR).written == 1
        assert [get(before).status, get(path_of(small, "ana")).status] == [404, 200]
        close_address(small, ana, YEAR)
        assert get(path_of(small, "ana")).status == 404
    assert render(project, YEAR).pages == 2
    assert not any(before.rpartition("/")[2] in str(path) for path in (small.path / "site").rglob("*"))


def test_an_erased_listener_is_in_no_rendered_file(alike: Root) -> None:
    project = Project(alike)
    render(project, YEAR)
    whom = next(each for each in registry.all_listeners(alike) if each.name == "kaede")
    path = path_of(alike, "kaede")
    with served(project, key=None) as get:
        assert get(path).status == 200
        done = erase(project, whom)
        assert get(path).status == 404
    assert done.residue.hits == []
    for page in (alike.path / "site").rglob("*.br"):
        assert b"kaede" not in brotli.decompress(page.read_bytes())
    assert "site/" not in " ".join(done.residue.opaque), "packed pages are searched too"


def test_a_rendered_page_waits_for_the_launch(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    registry.set_edition(small, YEAR, launch_at=datetime.now(UTC) + timedelta(hours=1))
    with served(project, key=None) as get:
        early = get(path_of(small, "ana"))
        registry.set_edition(small, YEAR, launch_at=datetime.now(UTC) - timedelta(seconds=1))
        late = get(path_of(small, "ana"))
    assert "<bdi>ana</bdi>" not in early.text
    assert "<bdi>ana</bdi>" in late.text


def test_readers_see_the_pages_of_the_live_publication_alone(small: Root) -> None:
    project = Project(small)
    render(project, YEAR)
    registry.exclude(small, registry.find_listener(small, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(project)
    with served(project, key=None) as get:
        first = get(path_of(small, "ana")).text
        publish_edition(project, YEAR)
        assert get(path_of(small, "ana")).status == 404, "not rendered yet, and nobody shared it"
        render(project, YEAR)
        second = get(path_of(small, "ana")).text
        publications.rollback(small, YEAR)
        assert get(path_of(small, "ana")).text == first
    assert second != first


def test_no_address_leads_out_of_the_folder(small: Root) -> None:
    project = Project(small)
    shelf = Shelf(small, YEAR, render(project, YEAR).number)
    for token, locale in (("../../../registry.sqlite", "en"), ("a" * 23, "en"), ("a" * 24, "../x"), ("a" * 24 + "\n", "en")):
        with pytest.raises(ValueError, match="token"):
            shelf.place(token, locale, "0" * 32, PACKINGS[0])
    with served(project, key=None) as get:
        wrong = ("/faces/../../registry.sqlite", "/faces/%2e%2e/root.json", "/2025/..%2f..%2froot.json", "/faces/", f"/2025/{'a' * 24}/")
        assert [get(path).status for path in wrong] == [404] * len(wrong)


def test_nothing_is_rendered_of_what_is_not_published(small: Root) -> None:
    with pytest.raises(InputError, match="wrapped publish 2024"):
        render(Project(small), 2024)


def test_what_waits_at_targets_is_looked_for_once_and_again_after_whatever_may_change_it(
    alike: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, root = Project(alike), alike
    render(project, YEAR, files=False)
    upload(project, YEAR, str(tmp_path / "www"))
    looks, wanted = list[int](), waiting.wanted
    monkeypatch.setattr(waiting, "wanted", lambda *given: looks.append(1) or wanted(*given))
    people = {each.listener_id: each for each in registry.all_listeners(root)}
    index = pl.concat(found for _, found in shelves(root)[0].indexes())
    other = next(people[row["names"][0]] for row in index.iter_rows(named=True) if row["names"])
    closed, restricted = [each for each in people.values() if each != other][:2]

    def counted() -> int:
        return sum(each.objects for each in waiting.waiting(root))

    def anew() -> int:
        (root.path / "site" / "waiting.json").unlink(missing_ok=True)
        return counted()

    assert counted() == 0
    looks.clear()
    assert counted() == 0
    assert not looks, "nothing was written since"
    changes: list[Callable[[], object]] = [
        lambda: close_address(root, closed, YEAR),
        lambda: restrictions.restrict(root, restricted.listener_id, "disputed"),
        lambda: consents.record(root, other, "be_found", "refused", method="test"),
        lambda: render(project, YEAR, files=False),
        lambda: waiting.withdraw(project),
    ]
    found = []
    for change in changes:
        change()
        kept = counted()
        assert kept == anew()
        found.append(kept)
    assert 0 < found[0] < found[1] < found[2]
    assert found[-1] == 0
