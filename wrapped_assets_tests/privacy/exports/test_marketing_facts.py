"""Attacks on figures for posters, and what stops each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.exports.marketing_facts import FACTS, MARKETING_FACTS, at_most, campaign_of, heard_by
from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.figures import figure_faults
from wrapped_assets.privacy.noise import Laplace
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.staged_files import as_csv
from wrapped_assets_tests.privacy.exports.world import YEAR, Life, World, on, public

POLICY = policy_of("marketing_facts").policy
CATALOGUE = public(
    {"Bonobo": ["downtempo"], "Gloria": ["gospel"], "Children of Bodom": ["metal"], "abba": ["pop"], "=1+1": []},
    [("Kerala", "Bonobo"), ("Lullaby", "Bonobo")],
    {"London": 9_000_000, "Porto": 230_000},
)
VALENTINE = {"id": "valentine", "template": "artist_on_day", "artist": "bonobo", "day": date(YEAR, 2, 14)}
OF_YEAR = {"id": "year", "template": "artist_in_year", "artist": "Bonobo"}


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise of nought, so that thresholds can be seen."""
    monkeypatch.setattr(Laplace, "draw", lambda self, counts: list(counts))


def fans(count: int, *days: str, artist: str = "Bonobo", **life: object) -> dict[str, Life]:
    return {f"{artist} {number}": Life(artists={artist: on(*(days or ("03-01",)))}, **life) for number in range(count)}  # type: ignore[arg-type]


def world_of(path: Path, lives: Mapping[str, Life], facts: Sequence[Mapping[str, object]] | None = None) -> World:
    world = World(path / "root", lives, CATALOGUE)
    if facts is not None:
        (world.root.path / "campaigns").mkdir()
        (world.root.path / "campaigns" / f"{YEAR}.yaml").write_text(yaml.safe_dump({"facts": [dict(fact) for fact in facts]}))
    return world


def told(path: Path, lives: Mapping[str, Life], *facts: Mapping[str, object]) -> list[str]:
    tables = world_of(path, lives, facts).produce(MARKETING_FACTS).tables
    assert MARKETING_FACTS.faults(tables, POLICY) == []
    return tables[FACTS]["phrase"].to_list()


@pytest.mark.usefixtures("exact")
def test_a_fact_is_told_roundly_and_of_many(tmp_path: Path) -> None:
    lives = fans(234, "02-14") | {f"ana {number}": Life(artists={"Bonobo": on("02-13", "03-14")}) for number in range(1_000)}
    assert told(tmp_path, lives, VALENTINE, OF_YEAR) == [
        "About 230 people listened to Bonobo on 14 February 2025",
        "About 1,200 people listened to Bonobo in 2025",
    ]


@pytest.mark.usefixtures("exact")
def test_ids_names_and_years_may_read_as_numbers_and_nothing_else_may(tmp_path: Path) -> None:
    """A campaign of year facts alone, about one artist who is called 1975."""
    world = World(tmp_path / "root", fans(200, artist="1975"), public({"1975": ["pop"]}, [("song", "1975")]))
    (world.root.path / "campaigns").mkdir()
    (world.root.path / "campaigns" / f"{YEAR}.yaml").write_text('facts: [{id: "7", template: artist_in_year, artist: "1975"}]')
    snapshot = world.snapshot(MARKETING_FACTS)
    table = MARKETING_FACTS.produce(snapshot, Draws(snapshot)).tables[FACTS]

    def faults(**texts: str) -> list[str]:
        changed = table.with_columns(**{name: pl.lit(text) for name, text in texts.items()})
        return figure_faults({FACTS: changed}, {}, POLICY, snapshot.people.listener_ids, snapshot.public_among)

    assert faults() == []
    for name, text in (("fact_id", "200"), ("entity", "200"), ("period", "200"), ("template", "200"), ("entity", "7"), ("period", "1975")):
        assert any(f"{name} holds numbers" in fault for fault in faults(**{name: text})), (name, text)


@pytest.mark.usefixtures("exact")
def test_37_people_on_valentines_day_are_refused_and_the_reason_does_not_say_37(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="fewer than the 74 that the policy asks for") as refusal:
        told(tmp_path, fans(37, "02-14"), VALENTINE)
    assert "37" not in str(refusal.value)


@pytest.mark.usefixtures("exact")
def test_a_fact_that_is_required_and_too_small_refuses_the_whole_campaign(tmp_path: Path) -> None:
    lives = fans(37, "02-14") | fans(100, artist="abba")
    asked = {"id": "abba", "template": "artist_in_year", "artist": "ABBA"}
    assert told(tmp_path, lives, VALENTINE, asked) == ["About 100 people listened to abba in 2025"]
    with pytest.raises(RefusedError, match=r"valentine may not be told.*74"):
        told(tmp_path / "required", lives, VALENTINE | {"required": True}, asked)


@pytest.mark.usefixtures("exact")
def test_the_floor_stands_where_the_policy_says(tmp_path: Path) -> None:
    assert told(tmp_path / "74", fans(74), OF_YEAR) == ["About 70 people listened to Bonobo in 2025"]
    with pytest.raises(RefusedError):
        told(tmp_path / "73", fans(73), OF_YEAR)


@pytest.mark.usefixtures("exact")
def test_who_did_not_agree_or_may_be_a_child_is_not_counted(tmp_path: Path) -> None:
    lives = fans(73) | {"objected": Life(artists={"Bonobo": on("03-01")}, purposes=["charts"])}
    lives |= {"child": Life(artists={"Bonobo": on("03-01")}, birth_year=2012)}
    with pytest.raises(RefusedError):
        told(tmp_path, lives, OF_YEAR)


@pytest.mark.usefixtures("exact")
def test_recordings_and_cities_are_told_of_too(tmp_path: Path) -> None:
    lives = {f"fan {n}": Life(artists={"Bonobo": on("03-01")}, recordings={("Kerala", "Bonobo"): 2}, place="London") for n in range(80)}
    lives |= fans(30, place="Porto")
    city = {"id": "city", "template": "artist_in_city", "artist": "Bonobo", "city": "london"}
    recording = {"id": "song", "template": "recording_in_year", "artist": "Bonobo", "recording": "kerala"}
    assert told(tmp_path, lives, city, recording) == [
        "About 80 people in London listened to Bonobo in 2025",
        "About 80 people played “Kerala” by Bonobo in 2025",
    ]


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "a small city": ({"template": "artist_in_city", "artist": "Bonobo", "city": "Porto"}, "at least 1,000,000 inhabitants"),
    "an unknown city": ({"template": "artist_in_city", "artist": "Bonobo", "city": "Atlantis"}, "at least 1,000,000 inhabitants"),
    "faith, by genre": ({"template": "artist_in_year", "artist": "Gloria"}, "deny list"),
    "children, by name": ({"template": "artist_in_year", "artist": "Children of Bodom"}, "deny list"),
    "children, by title": ({"template": "recording_in_year", "artist": "Bonobo", "recording": "Lullaby"}, "deny list"),
    "Christmas": ({"template": "artist_on_day", "artist": "Bonobo", "day": date(YEAR, 12, 25)}, "deny list"),
    "who is in no catalogue": ({"template": "artist_in_year", "artist": "my neighbour"}, "not in the public catalogue"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_nothing_is_said_about(tmp_path: Path, what: str) -> None:
    fact, message = REFUSED[what]
    with pytest.raises(RefusedError, match=message):
        told(tmp_path, fans(1), fact | {"id": "asked"})


BAD: dict[str, tuple[object, str]] = {
    "no list": ("facts", "the file"),
    "no facts": ({"facts": []}, "facts: List should have at least 1 item"),
    "an unknown template": ({"facts": [{"id": "a", "template": "best_fan", "artist": "Bonobo"}]}, "facts.0.template"),
    "another key": ({"facts": [OF_YEAR | {"listener": "ana"}]}, "facts.0.listener"),
    "too little": ({"facts": [{"id": "a", "template": "artist_on_day", "artist": "Bonobo"}]}, "takes artist, day and nothing else"),
    "too much": ({"facts": [OF_YEAR | {"city": "London"}]}, "takes artist and nothing else"),
    "another year": ({"facts": [VALENTINE | {"day": date(2024, 2, 14)}]}, "the day is not in 2025"),
    "one id twice": ({"facts": [OF_YEAR, OF_YEAR]}, "an id of its own"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_campaign_that_cannot_be_understood_is_an_input_error_with(tmp_path: Path, what: str) -> None:
    content, message = BAD[what]
    world = world_of(tmp_path, fans(1), [])
    (world.root.path / "campaigns" / f"{YEAR}.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(InputError, match=message):
        campaign_of(world.snapshot(MARKETING_FACTS))


def many_facts(count: int) -> list[dict[str, object]]:
    return [
        {"id": f"day-{day:02}", "template": "artist_on_day", "artist": "Bonobo", "day": date(YEAR, 4, day)} for day in range(1, count + 1)
    ]


def test_nobody_is_in_more_than_three_facts_however_much_they_heard(tmp_path: Path) -> None:
    every_day = {"heavy": Life(artists={"Bonobo": on(*(f"04-{day:02}" for day in range(1, 21)))})}
    world = world_of(tmp_path, fans(5, "04-01") | every_day, many_facts(20))
    rows = heard_by(world.snapshot(MARKETING_FACTS), campaign_of(world.snapshot(MARKETING_FACTS)))
    assert rows.height == 25
    kept = at_most(rows, 3, salt="campaign")
    assert kept.group_by("listener_id").len()["len"].max() == 3
    assert kept.height == 8


def test_one_listener_moves_the_counts_by_three_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []
    monkeypatch.setattr(Draws, "facts", lambda self, name, counts: seen.append(list(counts)) or [100] * len(counts))
    heavy = {"heavy": Life(artists={"Bonobo": on(*(f"04-{day:02}" for day in range(1, 21)))})}
    for number, lives in enumerate((fans(30, "04-02", "04-05"), fans(30, "04-02", "04-05") | heavy)):
        world_of(tmp_path / str(number), lives, many_facts(20)).produce(MARKETING_FACTS)
    assert sum(abs(a - b) for a, b in zip(*seen, strict=True)) == 3


def test_the_choice_of_three_is_each_listeners_own_and_stays_for_a_campaign(tmp_path: Path) -> None:
    rows = pl.DataFrame([(listener, fact) for listener in range(300) for fact in range(10)], schema=["listener_id", "fact"], orient="row")
    kept = at_most(rows, 3, "one")
    assert kept.equals(at_most(rows.reverse(), 3, "one").sort("listener_id", maintain_order=True))
    assert not kept.sort("listener_id", "fact").equals(at_most(rows, 3, "two").sort("listener_id", "fact"))
    chosen = kept.group_by("fact").len()["len"]
    assert chosen.min() > 55
    assert chosen.max() < 130  # 90 each, give or take


def test_another_campaign_is_another_snapshot_and_draws_its_own_noise(tmp_path: Path) -> None:
    world = world_of(tmp_path, fans(1), [OF_YEAR])
    before = world.snapshot(MARKETING_FACTS).snapshot_id
    assert world.snapshot(MARKETING_FACTS).snapshot_id == before
    (world.root.path / "campaigns" / f"{YEAR}.yaml").write_text(yaml.safe_dump({"facts": [VALENTINE]}))
    assert world.snapshot(MARKETING_FACTS).snapshot_id != before


def test_the_policy_costs_what_it_says() -> None:
    noise = POLICY.noise["facts"]
    made = Laplace(noise.facts_per_person or 0, noise.nano_rho)
    assert 7.9 < made.scale() < 7.91
    assert made.epsilon < 0.38
    assert noise.release_from == 50 + 24
    assert 1 - 2.718281828 ** (-24 / made.scale()) > 0.95


@pytest.mark.usefixtures("exact")
def test_renaming_everybody_changes_no_byte(tmp_path: Path) -> None:
    lives = fans(90, "02-14", "03-01") | fans(80, artist="abba")
    facts = [VALENTINE, OF_YEAR, {"id": "abba", "template": "artist_in_year", "artist": "abba"}]
    world, other = (
        world_of(tmp_path / "one", lives, facts),
        world_of(tmp_path / "two", {f"x{n[::-1]}": lives[n] for n in reversed(lives)}, facts),
    )
    here, there = world.produce(MARKETING_FACTS).tables[FACTS], other.produce(MARKETING_FACTS).tables[FACTS]
    assert as_csv(here) == as_csv(there)
    assert here.height == 3


@pytest.mark.usefixtures("exact")
def test_a_name_that_is_a_formula_is_told_as_text(tmp_path: Path) -> None:
    tables = world_of(tmp_path, fans(80, artist="=1+1"), [{"id": "a", "template": "artist_in_year", "artist": "=1+1"}]).produce(
        MARKETING_FACTS
    )
    text = as_csv(tables.tables[FACTS]).decode()
    assert ",'=1+1," in text
    assert ",=1+1" not in text


def test_without_a_campaign_or_charts_nothing_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="deliver the charts of 2025 into their own folder"):
        campaign_of(world_of(tmp_path, fans(1)).snapshot(MARKETING_FACTS))


def test_the_default_campaign_speaks_of_the_public_charts_and_leaves_denied_topics_out(tmp_path: Path) -> None:
    world = world_of(tmp_path, fans(1))
    chart = world.root.path / "exports" / "delivered" / f"charts-{YEAR}" / "chart_ranks.csv"
    chart.parent.mkdir(parents=True)
    chart.write_text("chart_rank,recording_name,artist_name\n1,Lullaby,Bonobo\n2,Kerala,Bonobo\n3,Gone,Nobody\n")
    facts = campaign_of(world.snapshot(MARKETING_FACTS))
    assert [(fact.template, fact.entity, str(fact.day)) for fact in facts] == [
        ("recording_in_year", "“Kerala” by Bonobo", "None"),
        ("artist_in_year", "Bonobo", "None"),
        ("artist_on_day", "Bonobo", "2025-01-01"),
        ("artist_on_day", "Bonobo", "2025-06-21"),
        ("artist_on_day", "Bonobo", "2025-10-01"),
    ]


ROW = {
    "fact_id": "a", "template": "artist_in_year", "entity": "Bonobo", "period": "2025", "about_count": 120,
    "phrase": "About 120 people listened to Bonobo in 2025",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"about_count": 60, "phrase": "About 60 people listened to Bonobo in 2025"}, "below the floor"),
        ({"about_count": 123, "phrase": "About 123 people listened to Bonobo in 2025"}, "two significant digits"),
        ({"phrase": "About 130 people listened to Bonobo in 2025"}, "another number"),
        ({"phrase": "About 120 people listened to Bonobo in 2025, and one person did 900 times"}, "none of the templates"),
        ({"phrase": "The person who listened to Bonobo most in 2025"}, "none of the templates"),
        ({"template": "top_fan"}, "known template"),
        ({"entity": "Gospel Choir", "phrase": "About 120 people listened to Gospel Choir in 2025"}, "deny list"),
        ({"period": "2025-12-25", "phrase": "About 120 people listened to Bonobo on 25 December 2025"}, "deny list"),
    ],
)
def test_the_check_reads_the_facts_and_trusts_nobody(change: dict[str, object], message: str) -> None:
    assert MARKETING_FACTS.faults({FACTS: pl.DataFrame([ROW])}, POLICY) == []
    assert any(message in fault for fault in MARKETING_FACTS.faults({FACTS: pl.DataFrame([ROW | change])}, POLICY))
