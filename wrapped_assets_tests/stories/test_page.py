"""The page stands alone, escapes names, and is told whatever the rows hold."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrapped_assets.stories.data import StoryData, Telling
from wrapped_assets.stories.document import story_json
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.terminal import story_text
from wrapped_assets_tests.stories.fictional import empty, fictional, hostile, small

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Every element with its attributes; complains where a tag is closed that is not open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def ids(self, tag: str) -> list[str | None]:
        return [attributes.get("id") for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("data", [fictional(), small(), empty(), hostile()], ids=["full", "small", "empty", "hostile"])
def test_the_page_asks_for_nothing_and_runs_its_own_script_alone(data: StoryData) -> None:
    page = story_html(data)
    elements = Outline(page).elements
    assert [attributes for tag, attributes in elements if tag == "script"] == [{}]
    assert not {tag for tag, _ in elements} & {"img", "link", "iframe", "object", "base", "form", "image", "use"}
    assert not any(key.startswith("on") or key in ("src", "srcset", "action") for _, attributes in elements for key in attributes)
    assert all(attributes["href"].startswith("#") for _, attributes in elements if "href" in attributes)
    assert not re.search(r"@import|url\((?!data:font/woff2;base64,[\w+/=]+\))", page)
    (script,) = re.findall(r"(?s)<script>(.*?)</script>", page)
    allowed = f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; {allowed}"
    assert f'content="{policy}"' in page.replace("&#39;", "'")
    assert story_html(data) == page


@pytest.mark.parametrize("data", [fictional(), hostile()], ids=["full", "hostile"])
def test_links_lead_to_cards_and_every_card_and_figure_has_a_name(data: StoryData) -> None:
    elements = Outline(story_html(data)).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for _, attributes in elements if "href" in attributes} <= set(ids)
    assert all(attributes["aria-labelledby"] in ids for tag, attributes in elements if tag == "section")
    assert all(attributes.get("aria-label") for tag, attributes in elements if tag == "svg")
    assert [tag for tag, _ in elements if tag == "h1"] == ["h1"]


def test_every_card_carries_rules_window_and_zone() -> None:
    page = story_html(fictional())
    small_print = "default rules · 1 January – 31 December 2025 · Europe/Prague"
    plain = page.replace("\N{NO-BREAK SPACE}", " ")
    assert plain.count(f">{small_print}</p>") == page.count("<section") - 1


def test_a_small_edition_shows_totals_songs_and_calendar_and_says_why() -> None:
    page = story_html(small())
    assert Outline(page).ids("section") == ["opening", "listening_totals", "top_song", "first_listen", "listening_calendar", "counted"]
    assert "rankings begin at 30 songs and 5 artists" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_an_empty_year_is_told() -> None:
    assert Outline(story_html(empty())).ids("section") == ["opening", "counted"]
    assert "No listens in this window" in story_text(empty())


def test_an_insight_unknown_to_the_story_gets_a_card() -> None:
    data = fictional()
    rows = [{"listener_id": 7, "artist_id": n, "artist_name": f"Band {n}", "listen_count": 9 - n} for n in range(3)]
    months = [{"listener_id": 7, "month": f"2025-0{n}", "gap_count": n} for n in range(1, 4)]
    data = replace(
        data, insights={**data.insights, "echoes": rows, "gaps": months, "hues": [{"listener_id": 7, "entropy_share": 0.5}]},
        tellings={**data.tellings, "echoes": Telling("Welcome back, {artist}.", "discovery"),
                  "gaps": Telling("Gaps.", "no such chapter")},
    )  # fmt: skip
    page = story_html(data)
    assert 'Welcome back, <bdi class="name">Band 0</bdi>.' in page
    assert {"echoes", "gaps", "hues"} <= set(Outline(page).ids("section"))
    assert "Welcome back, Band 0." in story_text(data)
    assert story_json(data)["insights"]["echoes"]["rows"] == rows


cells = (
    st.none()
    | st.integers(-5, 10**12)
    | st.floats()
    | st.text(max_size=8)
    | st.booleans()
    | st.sampled_from(["2025-02-30", "2025-03", "2025-13"])
)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), odd=st.lists(cells, min_size=5, max_size=5))
def test_missing_columns_and_odd_values_leave_a_chart_out_but_never_fail(seed: int, odd: list) -> None:
    data, chance = fictional(), Random(seed)
    insights = {}
    for name, rows in data.insights.items():
        hidden = {column for column in rows[0] if chance.random() < 0.3}
        insights[name] = [
            {column: chance.choice(odd) if chance.random() < 0.1 else value for column, value in row.items() if column not in hidden}
            for row in rows[: chance.choice([1, 5, 400])]
        ]  # fmt: skip
    broken = replace(data, insights=insights)
    Outline(story_html(broken))
    assert story_text(broken)
    assert story_json(broken)
