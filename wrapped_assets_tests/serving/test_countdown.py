"""Before its launch an edition answers with the countdown alone; from the instant on with its stories."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.serving.pages import links
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.storage import registry
from wrapped_assets.storage.addresses import addresses
from wrapped_assets.storage.root import Root
from wrapped_assets.stories.countdown import countdown_html
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.serving.served import KEY, served

LAUNCH = datetime(2025, 12, 3, 9, tzinfo=UTC)


class Clock:
    """The server's clock, which a test sets."""

    def __init__(self) -> None:
        self.now = LAUNCH - timedelta(days=1, seconds=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def project(published_small: Root) -> Project:
    """Its 2025 edition is published and will be launched."""
    registry.set_edition(published_small, 2025, launch_at=LAUNCH)
    return Project(published_small)


def test_every_address_counts_down_until_the_instant_and_tells_its_story_from_then_on(project: Project, clock: Clock) -> None:
    addresses = [link.path for link in links(project, KEY) if link.year == 2025]
    with served(project, clock=clock) as get:
        for clock.now in (LAUNCH - timedelta(days=400), LAUNCH - timedelta(microseconds=1)):
            pages = [get(path) for path in [*addresses, "/2025/guessed"]]
            assert len({page.text for page in pages}) == 1  # nobody learns which addresses will open
            assert pages[0].status == 200
            assert "It opens on 3 December 2025 at 09:00 UTC." in pages[0].text
        for clock.now in (LAUNCH, LAUNCH + timedelta(days=400)):
            stories = [get(path) for path in addresses]
            assert all("It opens" not in page.text and page.status == 200 for page in stories)
            assert get("/2025/guessed").status == 404


def test_the_front_page_counts_down_to_the_next_launch_and_is_the_years_page_after_it(project: Project, clock: Clock) -> None:
    with served(project, clock=clock) as get:
        assert "It opens on 3 December 2025" in get("/").text
        clock.now = LAUNCH
        assert "The songs of the year" in get("/").text


@pytest.mark.parametrize("path", ["", "index.html", "charts.de.html", "artists/0123456789ab.html", "../2025/x", "a/b/c"])
def test_every_address_of_the_year_counts_down(project: Project, clock: Clock, path: str) -> None:
    with served(project, clock=clock) as get:
        assert "It opens on 3 December 2025" in get(f"/2025/{path}").text


def test_an_edition_without_a_launch_and_other_years_are_not_held_back(project: Project, clock: Clock) -> None:
    publish_edition(project, 2024)
    (address,) = [link.path for link in links(project, KEY) if link.year == 2024 and link.listener == "ana"]
    with served(project, clock=clock) as get:
        assert "ana" in get(address).text


def test_a_launch_given_with_an_offset_is_the_same_instant(project: Project, clock: Clock) -> None:
    registry.set_edition(project.root, 2025, launch_at=LAUNCH.astimezone(timezone(timedelta(hours=-8))))
    assert registry.editions(project.root, [2025])[2025].launch_at == LAUNCH


def test_a_launch_in_the_past_is_taken_and_said(small: Root) -> None:
    said = run(small.path, "edition", "set", "2025", "--launch-at", "2025-12-03T09:00:00Z").stderr
    assert "This launch is over" in said
    assert "over" not in run(small.path, "edition", "set", "2025", "--launch-at", "2999-12-03T09:00:00Z").stderr
    assert "over" not in run(small.path, "edition", "set", "2025", "--rules", "default").stderr


def test_only_who_has_the_rehearsals_token_sees_the_site_before_the_instant(project: Project, clock: Clock) -> None:
    address = next(link.path for link in links(project, KEY) if link.listener == "ana")
    with served(project, clock=clock, rehearsal="r" * 24) as get:
        opened = get("/rehearsal/" + "r" * 24, follows=False)
        cookie = opened.headers["set-cookie"]
        assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
        rehearsing = {"Cookie": "other=1; " + cookie.split(";")[0]}
        assert "ana" in get(address, rehearsing).text
        site = get("/2025/", rehearsing)
        assert "The songs of the year" in site.text
        assert site.headers["cache-control"] == "private, no-store"
        for other in ({}, {"Cookie": "rehearsal=" + "s" * 24}, {"Cookie": "rehearsal="}):
            assert {"It opens on" in get(path, other).text for path in (address, "/2025/", "/")} == {True}
        assert get("/rehearsal/" + "s" * 24).status == 404


def test_a_server_without_a_rehearsal_knows_no_token_for_it(project: Project, clock: Clock) -> None:
    with served(project, clock=clock) as get:
        assert get("/rehearsal/None").status == 404
        assert "It opens on" in get("/2025/", {"Cookie": "rehearsal=None"}).text
        assert "It opens on" in get("/2025/", {"Cookie": "rehearsal="}).text


def test_only_the_pages_own_script_may_run(project: Project, clock: Clock) -> None:
    with served(project, clock=clock) as get:
        page = get("/2025/any")
    (script,) = re.findall(r"(?s)<script>(.*?)</script>", page.text)
    assert f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(("left", "shown"), [(90061, "1 day,1 hour,1 minute,1 second"), (2 * 86400, "2 days,0 hours,0 minutes,0 seconds")])
def test_the_time_left_is_said_without_a_script(left: int, shown: str) -> None:
    page = countdown_html(2025, LAUNCH, LAUNCH - timedelta(seconds=left), "en")
    found = re.findall(r"<li><b>(\d+)</b> <span[^>]*>(\w+)</span></li>", page)
    assert ",".join(" ".join(pair) for pair in found) == shown


def test_a_launch_that_comes_while_a_request_is_answered_finds_nobody_between_countdown_and_story(project: Project, clock: Clock) -> None:
    render(project, 2025)
    ana = registry.find_listener(project.root, "ana").listener_id
    path = f"/2025/{addresses(project.root, 2025, [ana])[ana].token}"
    asked = [0]

    def passes() -> datetime:
        """A microsecond before the launch each first time, and the launch afterwards, as for whoever looks twice."""
        asked[0] += 1
        return LAUNCH - timedelta(microseconds=asked[0] == 1)

    with served(project, clock=passes) as get:
        for _ in range(3):
            for each in (path, "/"):
                asked[0] = 0
                assert get(each).status == 200


def test_a_clock_that_is_corrected_by_seconds_takes_no_launch_back_and_a_wrong_one_is_followed(project: Project, clock: Clock) -> None:
    path = next(link.path for link in links(project, KEY) if link.year == 2025)
    with served(project, clock=clock) as get:
        clock.now = LAUNCH
        assert "It opens on" not in get(path).text
        for clock.now in (LAUNCH - timedelta(seconds=1), LAUNCH - timedelta(seconds=59)):
            assert "It opens on" not in get(path).text
        clock.now = LAUNCH - timedelta(days=1)
        assert "It opens on" in get(path).text
