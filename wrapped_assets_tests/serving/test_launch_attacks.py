"""Attacks on a launch: addresses that are guessed, clocks that are wrong or set, editions that were taken back, launchers that race."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.launch import load
from wrapped_assets.serving.launch.carrying_out import approve, carry_out
from wrapped_assets.serving.launch.load import Load
from wrapped_assets.serving.launch.waiting import carry_on
from wrapped_assets.serving.rendered import snapshot
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.storage import publications, registry, restrictions
from wrapped_assets.storage.addresses import addresses, change_address, close_address
from wrapped_assets.storage.launches import LaunchPlan, instant_given, keep_plan, plans
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.browser import PHONE, bare_browser, needs_a_browser
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.serving.served import served
from wrapped_assets_tests.small_roots import copied, prepared

YEAR, ADDRESS = 2025, "s3://bucket/site"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def _prepared(_published_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(_published_small, tmp_path_factory.mktemp("rendered") / "root", lambda root: render(Project(root), YEAR))


@pytest.fixture
def project(_prepared: Path, tmp_path: Path) -> Iterator[Project]:
    for root in copied(_prepared, tmp_path / "small"):
        yield Project(root)


def token_of(root: Root, name: str, year: int = YEAR) -> str:
    listener_id = registry.find_listener(root, name).listener_id
    return addresses(root, year, [listener_id])[listener_id].token


def changed(project: Project) -> None:
    """Another edition, in which ana's page says something else."""
    registry.exclude(project.root, registry.find_listener(project.root, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(project)
    publish_edition(project, YEAR)
    render(project, YEAR)


def test_whoever_guesses_addresses_learns_nothing_from_status_headers_bytes_or_work(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project.root
    publish_edition(project, 2024)
    render(project, 2024)
    tag = {"If-None-Match": "*", "Accept-Encoding": "br"}
    tokens = {name: token_of(root, name) for name in ("ana", "bo", "cy")}
    with served(project, key=None) as get:
        tag["If-None-Match"] = get(f"/{YEAR}/{tokens['ana']}", {"Accept-Encoding": "br"}).headers["etag"]
        change_address(root, registry.find_listener(root, "ana"), YEAR)
        close_address(root, registry.find_listener(root, "bo"), YEAR)
        restrictions.restrict(root, registry.find_listener(root, "cy").listener_id, "disputed")
        last = "A" if tokens["ana"][-1] != "A" else "B"
        wrong = {
            "unknown": "x" * 24, "changed": tokens["ana"], "closed": tokens["bo"], "restricted": tokens["cy"],
            "of another year": token_of(root, "ana", 2024), "one letter off": tokens["ana"][:-1] + last,
            "erased": token_of(root, "bo", 2024),
        }  # fmt: skip
        erase(project, registry.find_listener(root, "bo"))
        monkeypatch.setattr(snapshot, "_PEOPLE_SECONDS", 3600)  # a slow machine does not look again in between
        asked: list[str] = []
        sa.event.listen(root.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        for path in ("", "/card.en.svg", "/your_top_songs.xspf", "?lang=de", "/", "/../" + tokens["ana"]):
            found = {}
            for what, token in wrong.items():
                get(f"/{YEAR}/{'y' * 24}")  # whatever was written before is known by now
                asked.clear()
                answer = get(f"/{YEAR}/{token}{path}", tag)
                headers = {name: value for name, value in answer.headers.items() if name != "date"}
                found[what] = (answer.status, answer.content, headers, tuple(asked))
            assert {each[0] for each in found.values()} == {404}
            assert len({repr(each) for each in found.values()}) == 1, f"{path}: {found}"


@pytest.mark.parametrize("header", ["bytes=0-9", "bytes=-5", "bytes=0-0,5-9", "bytes=9999999-", "bytes=a-b"])
def test_a_range_of_a_page_is_answered_with_all_of_it_and_before_the_launch_with_nothing_of_it(project: Project, header: str) -> None:
    root = project.root
    story = f"/{YEAR}/{token_of(root, 'ana')}"
    with served(project, key=None) as get:
        for path in (story, f"{story}/card.en.svg", f"{story}/your_top_songs.csv"):
            whole, part = get(path), get(path, {"Range": header, "If-Range": '"x"'})
            assert (part.status, part.content) == (200, whole.content)
            assert "content-range" not in part.headers
        registry.set_edition(root, YEAR, launch_at=datetime.now(UTC) + DAY)
        for path in (story, f"{story}/card.en.svg"):
            early = get(path, {"Range": header})
            assert "<bdi>ana</bdi>" not in early.text
            assert "It opens on" in early.text


def test_no_address_shows_an_edition_that_was_taken_back(project: Project) -> None:
    root = project.root
    story = f"/{YEAR}/{token_of(root, 'ana')}"
    with served(project, key=None) as get:
        first = {path: get(path).content for path in (story, f"{story}/your_top_songs.csv")}
        changed(project)
        bad = {path: get(path).content for path in first}
        assert first[story] != bad[story]
        publications.rollback(root, YEAR)
        assert {path: get(path).content for path in first} == first
        for number in ("2", "1", "live", "02"):
            for lies_at in (f"/{YEAR}/{number}{story}", f"/{YEAR}/{number}/{story[6:8]}/{story[6:]}.en.html", f"/site/{YEAR}/{number}"):
                for path in (lies_at, "/" + lies_at, f"{lies_at}.br", lies_at.replace("/2", "/./2"), f"/faces/..{lies_at}"):
                    assert get(path).status == 404, path


DOTS = (
    "/{year}/../registry.sqlite", "//registry.sqlite", "/..%2fregistry.sqlite", "/{year}/%2e%2e/%2e%2e/registry.sqlite", "/{year}/.",
    "/{year}/..\\registry.sqlite", "/{year}/%00", "/{year}/%c0%ae%c0%ae/registry.sqlite", "/faces/../../registry.sqlite",
    "/faces/%2e%2e%2f%2e%2e%2froot.json", "/{year}/....//registry.sqlite", "/{year}/{token}/../../root.json", "/{year}/{token}/..",
    "/{year}/{token}/../../{year}/{token}", "/{year}/{token}%00", "/{year}/{token}%0a", "/{year}//{token}", "/0{year}/{token}",
)  # fmt: skip


def test_a_path_with_dots_leads_nowhere(project: Project) -> None:
    with served(project, key=None) as get:
        for path in DOTS:
            answer = get(path.format(year=YEAR, token=token_of(project.root, "ana")))
            assert (path, answer.status) == (path, 404)
            assert answer.text in ("There is no story at this address.\n", "Not Found")


def test_a_clock_a_day_ahead_that_is_set_right_counts_down_again_and_one_a_day_late_only_opens_late(project: Project) -> None:
    launch = datetime(2025, 12, 3, 9, tzinfo=UTC)
    registry.set_edition(project.root, YEAR, launch_at=launch)
    now = [launch - DAY / 2 + DAY]
    story = f"/{YEAR}/{token_of(project.root, 'ana')}"
    with served(project, key=None, clock=lambda: now[0]) as get:
        assert "<bdi>ana</bdi>" in get(story).text, "who sets the clock opens the edition"
        now[0] = launch - DAY / 2
        assert "It opens on" in get(story).text
        now[0] = launch + timedelta(hours=1) - DAY
        assert "It opens on" in get(story).text
        now[0] = launch + timedelta(hours=1)
        assert "<bdi>ana</bdi>" in get(story).text


@pytest.mark.parametrize("off", [-DAY, DAY])
def test_a_store_whose_clock_is_a_day_off_is_not_pointed_in_either_direction(planned: Project, store: Store, off: timedelta) -> None:
    root = planned.root
    ready(planned, YEAR, timedelta(hours=-1))
    store.now = lambda: datetime.now(UTC) + off
    done = carry_out(planned, YEAR)
    assert not done.is_over
    assert "one of them is wrong" in done.reason
    assert "site/2025/live.json" not in store.objects
    assert plans(root)[YEAR].stopped is None, "it goes on by itself once the clock is right"
    store.now = lambda: datetime.now(UTC)
    assert carry_out(planned, YEAR).is_over


@pytest.mark.parametrize(
    "given", ["2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-03-29 02:30 Europe/Berlin", "2026-03-29", "soon", ""]
)
def test_an_instant_that_a_clock_change_makes_twice_or_never_is_given_with_its_offset_or_not_at_all(given: str) -> None:
    with pytest.raises(InputError, match="with its offset"):
        instant_given(given, "--launch-at")


@needs_a_browser
def test_each_of_the_two_instants_of_a_night_in_which_clocks_are_set_back_is_told_apart(project: Project) -> None:
    said = []
    with served(project, key=None, clock=lambda: datetime(2025, 11, 1, tzinfo=UTC)) as get, bare_browser() as browser:
        for offset in ("-04:00", "-05:00"):
            launch = instant_given(f"2025-11-02T01:30:00{offset}", "--launch-at")
            registry.set_edition(project.root, YEAR, launch_at=launch)
            assert launch is not None
            assert f"{launch:%H:%M} UTC" in get(f"/{YEAR}/").text
            with browser.new_context(viewport=PHONE, timezone_id="America/New_York") as context:
                page = context.new_page()
                page.goto(f"{get.address}/{YEAR}/")
                said.append(page.locator("time").text_content() or "")
                days, hours = (int(each or "") for each in page.locator(".left b").all_text_contents()[:2])
                assert days * 24 + hours == int((launch - datetime(2025, 11, 1, tzinfo=UTC)).total_seconds()) // 3600
    assert all("1:30" in each for each in said)
    assert said[0] != said[1]


@pytest.fixture
def planned(small: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Both years are built and will be launched at a store."""
    monkeypatch.setattr(load, "load_test", lambda *_: Load([0.001] * 100, took=1.0))
    set_controller(small, Controller("Example Radio", "privacy@example.org"))
    for year in (2024, YEAR):
        registry.set_edition(small, year, launch_at=datetime.now(UTC) + DAY)
        keep_plan(small, LaunchPlan(year, (ADDRESS,), ("en",), datetime.now(UTC) - DAY))
    return Project(small)


def ready(project: Project, year: int, left: timedelta) -> None:
    carry_out(project, year)
    approve(project, year, "Ada")
    registry.set_edition(project.root, year, launch_at=datetime.now(UTC) + left)


def at_once(root: Root, *years: int) -> list[str]:
    """Launches each year from a thread and a root of its own; the faults."""
    faults: list[str] = []

    def launch(year: int) -> None:
        try:
            done = carry_on(Project(Root.open(root.path)), year)
            faults.extend([] if done.is_over else [f"{year}: {done.step} {done.reason}"])
        except Exception as error:
            faults.append(f"{year}: {error!r}")

    threads = [threading.Thread(target=launch, args=[year]) for year in years]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert not any(each.is_alive() for each in threads)
    return faults


@pytest.mark.parametrize("years", [(2024, YEAR), (YEAR, YEAR)], ids=["of two years", "of one year"])
def test_two_launches_at_once_both_open_whole(planned: Project, store: Store, years: tuple[int, int]) -> None:
    for year in {*years}:
        ready(planned, year, timedelta(seconds=3))
    assert at_once(planned.root, *years) == []
    for year in {*years}:
        assert b'"number": 1' in store.objects[f"site/{year}/live.json"][0]
        assert f"site/{year}/countdown.html" not in store.objects
        flips = [key for method, key in store.requests if method == "PUT" and key.endswith(f"/{year}/live.json")]
        assert len(flips) == 1


def test_a_launch_in_the_past_opens_with_its_approval_and_not_before(planned: Project, store: Store) -> None:
    registry.set_edition(planned.root, YEAR, launch_at=datetime.now(UTC) - 400 * DAY)
    assert carry_out(planned, YEAR).step == "approved"
    assert "site/2025/live.json" not in store.objects
    approve(planned, YEAR, "Ada")
    assert carry_out(planned, YEAR).is_over
    assert b'"number": 1' in store.objects["site/2025/live.json"][0]
