"""The microsite shows what left through the gate and nothing else, from the instant on, the same at a server and at a target."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy.passage import folder_of
from wrapped_assets.serving.microsite.files import file_of, keys_of
from wrapped_assets.serving.microsite.state import site_state
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.uploading import upload
from wrapped_assets.storage import exports, registry
from wrapped_assets.storage.launches import set_site_url
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.catalogue import LANGUAGES
from wrapped_assets_tests.browser import PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.serving.releases import deliver_charts
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.serving.served import served
from wrapped_assets_tests.serving.test_uploading import ADDRESS
from wrapped_assets_tests.small_roots import copied, prepared

LAUNCH = datetime(2025, 12, 3, 9, tzinfo=UTC)
BEFORE = LAUNCH - timedelta(microseconds=1)
PEOPLE = ("ana", "bo", "cy")


@pytest.fixture(scope="module")
def _prepared(_published_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def prepare(root: Root) -> None:
        publish_edition(Project(root), 2024)
        registry.set_edition(root, 2025, launch_at=LAUNCH)
        set_controller(root, Controller("Example Radio", "privacy@example.org"))
        deliver_charts(root)

    return prepared(_published_small, tmp_path_factory.mktemp("both") / "root", prepare)


@pytest.fixture
def project(_prepared: Path, tmp_path: Path) -> Iterator[Project]:
    for root in copied(_prepared, tmp_path / "small"):
        yield Project(root)


def texts(root: Root, now: datetime) -> dict[str, str]:
    """Every page by its address."""
    state = site_state(root)
    files = {key: file_of(state, now, key) for key in keys_of(state, now)}
    assert None not in files.values()
    return {key: file.content.decode() for key, file in files.items() if file and file.kind.startswith("text/html")}


def test_a_delivered_chart_is_shown_and_its_names_are_no_markup(project: Project) -> None:
    found = texts(project.root, LAUNCH)
    assert "Eple" in found["index.html"]
    assert "&lt;b&gt;Moon&lt;/b&gt;" in found["2025/charts.html"]
    assert not [key for key, text in found.items() if "<b>Moon" in text]
    assert "180" in found["2025/charts.de.html"]
    assert "Norwegen" in found["2025/charts.de.html"]
    assert "Example Radio" in found["2025/counted.html"]
    artists = re.findall(r"artists/([0-9a-f]{12})\.en\.html", found["2025/artists.en.html"])
    pages = [found[f"2025/artists/{each}.html"] for each in artists]
    assert [re.findall(r"<h1><bdi>(.*?)</bdi>", page)[0] for page in pages] == ["Bo &amp; Ana", "Cy", "Röyksopp"]
    assert "Eple" in pages[2]
    assert "Walk" not in pages[2]


@pytest.mark.parametrize("change", ["staged", "cleared", "expired", "damaged", "missing"])
def test_what_did_not_leave_or_is_not_what_left_is_not_shown(project: Project, change: str) -> None:
    root, export_id = project.root, f"{2025:032x}"
    if change == "expired":
        exports.change_export(root, export_id, expired_at=datetime.now(UTC))
    elif change in ("staged", "cleared"):
        exports.change_export(root, export_id, state=change)
    else:
        path = folder_of(root, export_id) / "chart_ranks.csv"
        path.unlink()
        if change == "damaged":
            path.write_text("chart_rank,recording_name,artist_name\n1,ana,ana\n")
    found = texts(root, LAUNCH)
    assert "No charts of this year are public." in found["2025/charts.html"]
    assert "Eple" not in "".join(found.values())
    if change in ("damaged", "missing"):
        with pytest.raises(RefusedError, match="gone or damaged"):
            site_state(root, is_strict=True)


def test_no_page_names_a_listener_and_none_runs_a_script(project: Project) -> None:
    for text in texts(project.root, LAUNCH).values():
        words = set(re.findall(r"\w+", re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", text)))
        assert not words & set(PEOPLE)
        assert "<script" not in text
        assert not re.findall(r"(?:src|href|url)[=(]\"?(?:https?:)?//", text)


def test_every_link_of_every_page_leads_to_a_page_in_the_same_language_or_the_one_it_names(project: Project) -> None:
    found = texts(project.root, LAUNCH)
    for key, text in found.items():
        folder = Path("/") / key
        for link in re.findall(r'<a [^>]*?href="([^"#][^"]*)"', text):
            target = re.sub(r"[^/]+/\.\./", "", str(folder.parent / link))
            while "/../" in target:
                target = re.sub(r"/[^/]+/\.\./", "/", target, count=1)
            assert target.lstrip("/") in found, (key, link)


def test_until_the_instant_nothing_of_the_year_has_an_address_but_its_countdown(project: Project) -> None:
    before, after = texts(project.root, BEFORE), texts(project.root, LAUNCH)
    named = {f"2025/countdown.{each}.html" for each in LANGUAGES}
    assert {key for key in before if key.startswith("2025/")} == {"2025/countdown.html", *named}
    assert "2025-12-03T09:00:00Z" in before["index.html"]
    assert "data-left" not in before["index.html"], "a file cannot know how long it is"
    assert 'href="2024/index.en.html"' in before["index.html"]
    assert "2024/index.de.html" in before
    assert "Eple" not in "".join(before.values())
    assert not [key for key in after if "countdown" in key]
    state = site_state(project.root)
    assert {file_of(state, BEFORE, key) for key in after.keys() - before.keys()} == {None}


@pytest.mark.parametrize("path", ["../registry.sqlite", "2025/../../x.html", "2025/artists/../index.html", "index.xx.html", "2025/x.html",
                                  "9999/index.html", "2025/artists/000000000000.html", "charts.html", "faces/../index.html"])  # fmt: skip
def test_an_address_that_is_none_has_no_file(project: Project, path: str) -> None:
    assert file_of(site_state(project.root), LAUNCH, path) is None


def test_a_server_sends_each_file_as_a_target_gets_it(project: Project, tmp_path: Path, store: Store) -> None:
    root, www = project.root, tmp_path / "www"
    render(project, 2025)
    upload(project, 2025, str(www))
    upload(project, 2025, ADDRESS)
    with served(project, key=None) as get:
        for key, text in texts(root, LAUNCH).items():
            page = get(f"/{key}")
            assert page.content == text.encode() == (www / key).read_bytes() == gzip.decompress(store.objects[f"site/{key}"][0])
            assert page.headers["cache-control"] == "public, max-age=60"
            assert "script-src" not in page.headers["content-security-policy"]
        assert get("/og.jpg").content == (www / "og.jpg").read_bytes()
        short = get("/2025", follows=False)
        assert (short.status, short.headers["location"]) == (308, "/2025/")
        assert get("/2025/", {"Accept-Language": "de-AT"}).content == (www / "2025" / "index.de.html").read_bytes()
        assert get("/", {"Accept-Language": "ja"}).headers["content-language"] == "ja"
        tagged = get("/2025/charts.html")
        assert get("/2025/charts.html", {"If-None-Match": tagged.headers["etag"]}).status == 304
        part = get("/2025/charts.html", {"Range": "bytes=0-10"})
        assert (part.status, part.content) == (200, tagged.content)


def test_a_target_has_the_countdown_until_the_flip_and_then_the_site(project: Project, store: Store) -> None:
    root = project.root
    render(project, 2025)
    registry.set_edition(root, 2025, launch_at=datetime.now(UTC) + timedelta(days=1))
    upload(project, 2025, ADDRESS, flips=False)
    there = {key.removeprefix("site/") for key in store.objects if not key.startswith(("site/faces", "site/2025/1/"))}
    assert there == {"og.jpg", "robots.txt", *(key for key in texts(root, datetime.now(UTC)))}
    content, headers = store.objects["site/index.de.html"]
    assert "Es öffnet" in gzip.decompress(content).decode() or "2025" in gzip.decompress(content).decode()
    assert {name.lower(): value for name, value in headers.items()}["cache-control"] == "no-cache, max-age=5"
    registry.set_edition(root, 2025, launch_at=datetime.now(UTC) - timedelta(seconds=1))
    done = upload(project, 2025, ADDRESS)
    assert (done.sent, done.is_live) == (0, True)
    assert not [key for key in store.objects if "countdown" in key]
    assert "Eple" in gzip.decompress(store.objects["site/index.html"][0]).decode()
    assert upload(project, 2025, ADDRESS).site_files == 0


def test_the_pages_are_there_before_readers_are_pointed_at_them_and_the_front_last(project: Project, store: Store) -> None:
    render(project, 2025)
    upload(project, 2025, ADDRESS)
    sent = [key for method, key in store.requests if method == "PUT"]
    first = {name: min(place for place, key in enumerate(sent) if key.endswith(name)) for name in ("2025/charts.ja.html", "live.json")}
    assert first["2025/charts.ja.html"] < first["live.json"] < sent.index("site/index.html")


def test_a_store_with_another_clock_is_not_flipped(project: Project, store: Store) -> None:
    render(project, 2025)
    store.now = lambda: datetime.now(UTC) - timedelta(days=1)
    with pytest.raises(StoreUnavailableError, match="one of them is wrong"):
        upload(project, 2025, ADDRESS)
    assert "site/2025/live.json" not in store.objects
    assert "site/2025/charts.html" not in store.objects


def test_a_preview_has_a_picture_where_the_sites_address_is_known(project: Project) -> None:
    assert "og:image" not in texts(project.root, LAUNCH)["index.html"]
    set_site_url(project.root, "https://wrapped.example.org/")
    assert 'content="https://wrapped.example.org/og.jpg"' in texts(project.root, LAUNCH)["index.html"]
    assert 'content="https://wrapped.example.org/og.jpg"' in texts(project.root, BEFORE)["index.html"]


@needs_a_browser
def test_a_kept_countdown_goes_by_the_clock_of_its_site_and_says_the_instant_in_the_readers_zone(project: Project) -> None:
    now = datetime.now(UTC)
    launch = now + timedelta(days=2, hours=1)
    registry.set_edition(project.root, 2025, launch_at=launch)
    with served(project, key=None) as get, bare_browser() as browser:
        context = browser.new_context(viewport=PHONE, timezone_id="Asia/Tokyo")
        page, said = context.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.clock.install(time=now - timedelta(days=1))  # the device's clock is a day late
        page.goto(get.address + "/2025/countdown.html")
        page.wait_for_function("!document.querySelector('.left').hidden")
        assert page.locator(".left b").first.text_content() == "2"
        assert f"{(launch + timedelta(hours=9)):%H:%M}" in (page.locator("time").text_content() or "")
        assert said == []
        with browser.new_context(viewport=PHONE, java_script_enabled=False) as plain:
            bare = plain.new_page()
            bare.goto(get.address + "/2025/countdown.html")
            assert not bare.locator(".left").is_visible()
            assert f"{launch:%H:%M} UTC" in (bare.locator("time").text_content() or "")
