"""What a page has a fast way for is, letter by letter, what the plain way gives."""

from __future__ import annotations

import gc
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from wrapped_assets.stories import phrases
from wrapped_assets.stories.cards.card import Card, Fact, Ranked, Table
from wrapped_assets.stories.columns import columns_of
from wrapped_assets.stories.figures import record, svg
from wrapped_assets.stories.headlines import Part, plain
from wrapped_assets.stories.page import story_html
from wrapped_assets.stories.parts import facts, heading, ranked, shown_parts, table
from wrapped_assets.stories.rows import Rows, values_of
from wrapped_assets.stories.sizes import fact_size, headline_size
from wrapped_assets_tests.stories.fictional import fictional

_PLAIN = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<h2 id="{{ card.name }}-title"{% if card.lang %} lang="{{ card.lang }}"{% endif %} class="{{ headline_size(plain(card.headline), """
    """bare) }}">{% for part in shown_parts(card) %}{% if part.kind == 'text' %}{{ part.text }}{% else %}<bdi class="{{ part.kind }}\""""
    """{% if part.kind == 'number' %} data-length="{{ columns_of(part.text) }}"{% endif %}>{{ part.text }}</bdi>{% endif %}{% endfor %}</h2>
<ol role="list" class="ranked n{{ card.ranked|length }}">
{% for each in card.ranked %}
<li style="--share:{{ '%.3f'|format(each.share) }}"><b class="place" aria-hidden="true">{{ each.place }}</b><span class="who"><bdi>"""
    """{{ each.name }}</bdi>{% if each.credit %}<small><bdi>{{ each.credit }}</bdi></small>{% endif %}</span>{% if each.count %}"""
    """<span class="count">{{ each.count }}</span>{% endif %}</li>
{% endfor %}
</ol>
<dl class="facts n{{ card.facts|length }}">
{% for fact in card.facts %}
<div{% if fact.reads_on %} class="on"{% endif %}><dt>{{ fact.label }}</dt>{% set size = fact_size(fact.value) %}<dd{% if size %} """
    """class="{{ size }}"{% endif %}><bdi>{{ fact.value }}</bdi></dd></div>
{% endfor %}
</dl>"""
)
texts = st.text(st.sampled_from("ab 12<>&\"'é日🎵"), max_size=20)
parts = st.builds(Part, texts, st.sampled_from(("text", "name", "value", "number", "title")), st.sampled_from(("", "en")))
places = st.builds(Ranked, st.integers(1, 9), texts, texts, texts, st.floats(0, 1))
cards = st.builds(
    lambda headline, number, places, found: Card("name", "music", "", (Part("a "), *headline), number, tuple(places), tuple(found)),
    st.lists(parts, max_size=4), texts, st.lists(places, max_size=3),
    st.lists(st.builds(Fact, texts, texts, reads_on=st.booleans()), max_size=3),
)  # fmt: skip


@settings(max_examples=60)
@given(card=cards, bare=st.booleans())
def test_a_card_is_written_as_a_template_writes_it(card: Card, bare: bool) -> None:
    said = {"headline_size": headline_size, "plain": plain, "shown_parts": shown_parts, "columns_of": columns_of, "fact_size": fact_size}
    assert f"{heading(card, bare)}\n{ranked(card)}\n{facts(card.facts)}" == _PLAIN.render(card=card, bare=bare, **said)


@given(rows=st.lists(st.tuples(*[st.text("a<&\x1c\x1d\x1e\x1f\0", max_size=4)] * 3), max_size=3))
def test_no_character_of_a_name_makes_a_cell_or_a_row(rows: list[tuple[str, str, str]]) -> None:
    found = table(Table("caption", ("one", "two", "three"), tuple(rows)))
    assert (found.count("<td>"), found.count('<th scope="row">')) == (2 * len(rows), len(rows))
    assert found.count("<tr>") == 1 + len(rows)
    assert not any(each in found for each in "\x1d\x1e\x1f")


@settings(max_examples=200)
@given(value=st.floats(-1e6, 1e6) | st.integers(-9, 9) | st.sampled_from([-0.0, 0.04, -0.04, 9.95, 99.95]))
def test_a_coordinate_has_no_nought_at_its_end(value: float) -> None:
    assert svg.written(value) == svg.fixed(value) == (f"{value:.1f}".rstrip("0").rstrip(".") if value else "0")


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 89).map(lambda day: date(2025, 1, 1) + timedelta(days=day)), st.floats(0, 1440), max_size=40))
def test_a_day_has_a_spoke_if_it_had_music(days: dict[date, float]) -> None:
    drawn = record.spokes(days, date(2025, 1, 1), date(2025, 3, 31))
    assert drawn.count("M") == drawn.count("l") == sum(value > 0 for value in days.values()) * bool(phrases.high_mark(list(days.values())))


@given(values=st.lists(st.tuples(st.integers(), texts), max_size=4))
def test_rows_are_those_that_they_were_made_of(values: list[tuple[int, str]]) -> None:
    found = [{"number": number, "name": name} for number, name in values]
    rows = Rows(("number", "name"), values)
    assert rows == found
    assert rows != [*found, {}]
    assert list(Rows(("number", "name"), values)) == found == [Rows(("number", "name"), values)[at] for at in range(len(values))]
    assert (len(rows), bool(rows), rows[:1]) == (len(found), bool(found), found[:1])
    assert list(values_of(rows, "name", "none")) == list(values_of(found, "name", "none")) == [(name, None) for _, name in values]


def test_a_page_leaves_nothing_that_only_the_collector_would_find() -> None:
    story_html(fictional())  # what is made once
    gc.disable()
    gc.freeze()  # what was there before is not looked at
    try:
        story_html(fictional(), "../faces")
        assert gc.collect() < 100  # a page has thousands of parts
    finally:
        gc.unfreeze()
        gc.enable()
