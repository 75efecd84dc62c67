"""Consent: closed until a person opens it, the newest word counts, and the record is only ever added to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wrapped_assets.building.consenting import import_consents
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import consents, people, restrictions, tables
from wrapped_assets.storage.consents import Notice, history, record, standing
from wrapped_assets.storage.generations import generation
from wrapped_assets.storage.profiles import profiles_frame
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.purposes import PURPOSES, STATES
from wrapped_assets_tests.storage.registries import ANA, BO, CY, PEOPLE, emptied, made, registry

__all__ = ["made", "registry"]

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LATER = NOON + timedelta(days=400)
EVENTS = tables.consent_events


class Word(NamedTuple):
    """What somebody said: minutes after noon, until which minute, and where the clock stood that it was read from."""

    person: int
    purpose: str
    state: str
    begins: int
    length: int | None
    offset: int = 0


def say(root: Root, word: Word) -> None:
    begins = (NOON + word.begins * MINUTE).astimezone(timezone(timedelta(minutes=word.offset)))
    until = None if word.length is None else begins + word.length * MINUTE
    person = next(each for each in PEOPLE if each.listener_id == word.person)
    record(root, person, word.purpose, word.state, method="test", valid_from=begins, valid_until=until, now=LATER)


def slow_standing(words: list[Word], restricted: set[int], purpose: str, minute: int) -> list[int]:
    """Who stands open, plainly: what is last by its date says yes and goes on, and so does what was recorded last. A no always counts."""
    found = []
    for person in sorted({word.person for word in words} - restricted):
        about = [word for word in words if (word.person, word.purpose) == (person, purpose)]
        said = [word for word in about if word.begins <= minute or word.state != "given"]
        last = [word for word in said if word.begins == max(each.begins for each in said)] + said[-1:]
        if last and all(word.state == "given" and (word.length is None or minute < word.begins + word.length) for word in last):
            found.append(person)
    return found


WORDS = st.lists(
    st.builds(
        Word, st.sampled_from([each.listener_id for each in PEOPLE]), st.sampled_from(["be_found", "group", "partner:acme"]),
        st.sampled_from(["given", "given", *STATES]), st.integers(0, 3), st.none() | st.integers(1, 3), st.sampled_from([0, 330, -480]),
    ),
    max_size=14,
)  # fmt: skip


@given(words=WORDS, restricted=st.sets(st.sampled_from([3, 5]), max_size=1), minute=st.integers(0, 7), offset=st.sampled_from([0, 330]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slow_twin_agrees_on_who_stands_open(
    registry: Root, words: list[Word], restricted: set[int], minute: int, offset: int
) -> None:
    root = emptied(registry)
    for word in words:
        say(root, word)
    for person in restricted:
        restrictions.restrict(root, person, "case")
    for purpose in ("be_found", "group", "partner:acme"):
        at = (NOON + minute * MINUTE).astimezone(timezone(timedelta(minutes=offset)))
        assert standing(root, purpose, at) == slow_standing(words, restricted, purpose, minute)


@pytest.mark.parametrize("purpose", [*PURPOSES, "partner:acme"])
def test_who_was_never_asked_is_out_of_every_purpose(registry: Root, purpose: str) -> None:
    assert standing(registry, purpose, LATER) == []
    for person in (CY, ANA):
        record(registry, person, purpose, "given", method="test", now=NOON)
    assert standing(registry, purpose, LATER) == [ANA.listener_id, CY.listener_id]
    others = [other for other in [*PURPOSES, "partner:acme", "partner:other"] if other != purpose]
    assert [standing(registry, other, LATER) for other in others] == [[]] * len(others)


@pytest.mark.parametrize("no", [state for state in STATES if state != "given"])
def test_of_a_yes_and_a_no_of_one_instant_the_no_counts_whichever_came_first(registry: Root, no: str) -> None:
    for person, states in zip((ANA, BO), permutations(["given", no]), strict=True):
        for state in states:
            record(registry, person, "group", state, method="test", valid_from=NOON, now=NOON)
        assert [event.state for event in history(registry, person.listener_id)] == ["given", no]
    assert standing(registry, "group", NOON) == []


@pytest.mark.parametrize("no", [state for state in STATES if state != "given"])
def test_a_no_closes_even_where_the_clock_was_set_back_before_it(registry: Root, no: str) -> None:
    record(registry, ANA, "be_found", "given", method="test", now=NOON)
    record(registry, ANA, "be_found", no, method="test", now=NOON - 30 * SECOND)
    assert [standing(registry, "be_found", NOON + seconds * SECOND) for seconds in (-30, 0, 30, 90)] == [[]] * 4
    assert [event.state for event in history(registry, ANA.listener_id)] == ["given", no]


def test_a_yes_opens_again_once_the_clock_that_was_set_back_has_caught_up(registry: Root) -> None:
    for state, seconds in (("given", 0), ("withdrawn", -30), ("given", -20)):
        record(registry, ANA, "be_found", state, method="test", now=NOON + seconds * SECOND)
    assert standing(registry, "be_found", NOON - 20 * SECOND) == []
    assert standing(registry, "be_found", NOON + SECOND) == [ANA.listener_id]


@pytest.mark.parametrize("first", ["given", "withdrawn"])
def test_a_no_that_is_later_by_date_or_by_recording_closes(registry: Root, first: str) -> None:
    dates = {"given": NOON + MINUTE, "withdrawn": NOON} if first == "given" else {"withdrawn": NOON + MINUTE, "given": NOON}
    for state in dates:
        record(registry, ANA, "group", state, method="letter", valid_from=dates[state], now=LATER)
    assert standing(registry, "group", LATER) == []


def test_of_two_yeses_of_one_instant_the_shorter_counts(registry: Root) -> None:
    for length in (None, 5, 2):
        say(registry, Word(ANA.listener_id, "group", "given", 0, length))
    assert standing(registry, "group", NOON + 2 * MINUTE - timedelta(microseconds=1)) == [ANA.listener_id]
    assert standing(registry, "group", NOON + 2 * MINUTE) == []
    assert [event.valid_until for event in history(registry, ANA.listener_id)] == [None, NOON + 5 * MINUTE, NOON + 2 * MINUTE]


def test_an_older_yes_does_not_come_back_when_a_newer_one_runs_out(registry: Root) -> None:
    say(registry, Word(ANA.listener_id, "group", "given", 0, None))
    say(registry, Word(ANA.listener_id, "group", "given", 1, 1))
    assert [standing(registry, "group", NOON + minute * MINUTE) for minute in range(4)] == [[3], [3], [], []]


def test_a_restriction_closes_everything_at_once_and_what_was_agreed_stands_again_after_it(registry: Root) -> None:
    for person in (ANA, BO):
        record(registry, person, "be_found", "given", method="test", now=NOON)
    restrictions.restrict(registry, ANA.listener_id, "case", LATER)
    restrictions.restrict(registry, ANA.listener_id, "another")
    assert standing(registry, "be_found", NOON) == [BO.listener_id]  # also of an instant before it began: it is processed now
    assert restrictions.restriction_of(registry, ANA.listener_id) == LATER
    assert restrictions.restriction_of(registry, BO.listener_id) is None
    assert restrictions.lift(registry, ANA.listener_id)
    assert not restrictions.lift(registry, ANA.listener_id)
    assert standing(registry, "be_found", NOON) == [ANA.listener_id, BO.listener_id]


def test_who_stands_open_is_one_question_to_the_database(registry: Root) -> None:
    for minute in range(6):
        say(registry, Word(PEOPLE[minute % 3].listener_id, "group", "given", minute, None))
    asked: list[object] = []

    def note(*given: object) -> None:
        asked.extend({given[2]} - {"begin"})

    sa.event.listen(registry.engine, "before_cursor_execute", note)
    standing(registry, "group", LATER)
    sa.event.remove(registry.engine, "before_cursor_execute", note)
    assert len(asked) == 1


def test_an_event_comes_back_as_it_was_recorded(registry: Root) -> None:
    notice = Notice("2025-05", "Wir zeigen Ihr Jahr der Gruppe – höchstens.")
    event = record(
        registry, CY, "group", "given", method="web_form", notice=notice, valid_from=NOON.astimezone(timezone(timedelta(hours=9))),
        valid_until=LATER, now=NOON + MINUTE,
    )  # fmt: skip
    assert history(registry, CY.listener_id) == [event]
    assert (event.jurisdiction, event.lawful_basis, event.notice_version) == ("JP", "consent", "2025-05")
    assert event.notice_sha256 == notice.sha256 != Notice("2025-05", "Wir zeigen Ihr Jahr der Gruppe.").sha256
    assert (event.valid_from, event.recorded_at, event.valid_until) == (NOON, NOON + MINUTE, LATER)
    assert event.valid_from.utcoffset() == timedelta(0)


def test_a_notice_of_ones_own_words_is_the_purpose_in_plain_words(registry: Root) -> None:
    event = record(registry, ANA, "charts", "given", method="test", now=NOON)
    assert event.notice_sha256 == Notice("", PURPOSES["charts"].meaning).sha256
    assert event.lawful_basis == "legitimate_interest"


CHANGES = {
    "an update": "update consent_events set state = 'given'",
    "an update that changes nothing": "update consent_events set state = state",
    "a deletion": "delete from consent_events",
    "a replacement": "insert or replace into consent_events select * from consent_events",
    "an upsert": "insert into consent_events select * from consent_events where true on conflict (event_id) do update set state = 'given'",
    "emptying the table": "truncate consent_events",
}
ONLY = {"a replacement": "sqlite", "emptying the table": "postgresql"}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_to_change_the_record(registry: Root, change: str) -> None:
    if ONLY.get(change, registry.engine.dialect.name) != registry.engine.dialect.name:
        pytest.skip("the other database has no such statement")
    record(registry, ANA, "group", "withdrawn", method="test", now=NOON)
    before = history(registry, ANA.listener_id)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), registry.engine.begin() as connection:
        connection.execute(sa.text(CHANGES[change]))
    assert history(registry, ANA.listener_id) == before


def test_a_record_goes_with_its_listener_and_nobody_elses_does(registry: Root) -> None:
    for person in (ANA, BO):
        record(registry, person, "group", "given", method="test", now=NOON)
    restrictions.restrict(registry, ANA.listener_id, "case")
    with registry.engine.begin() as connection:
        connection.execute(sa.delete(tables.listeners).where(tables.listeners.c.name == "ana"))
    assert history(registry, ANA.listener_id) == []
    assert restrictions.restriction_of(registry, ANA.listener_id) is None
    assert standing(registry, "group", LATER) == [BO.listener_id]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a purpose that is none": ({"purpose": "everything"}, "be_found"),
    "a partner that is nobody": ({"purpose": "partner:"}, "partner:RECIPIENT"),
    "a partner with a space": ({"purpose": "partner:Acme Ltd"}, "partner:RECIPIENT"),
    "a state that is none": ({"state": "agreed"}, "given"),
    "a basis that is none": ({"lawful_basis": "curiosity"}, "lawful basis"),
    "another basis than the yes that the purpose needs": ({"lawful_basis": "legitimate_interest"}, "'consent'"),
    "a method in prose": ({"method": "Ana said so on the phone"}, "web_form"),
    "a notice without a version": ({"notice": Notice("", "words")}, "version"),
    "a yes dated ahead": ({"valid_from": LATER}, "future"),
    "an end before the beginning": ({"valid_until": NOON}, "after it starts"),
    "an instant without its offset": ({"valid_from": datetime(2025, 1, 1)}, "offset"),  # noqa: DTZ001
}


@pytest.mark.parametrize("what", WRONG)
def test_what_makes_no_sense_is_refused_and_not_recorded(registry: Root, what: str) -> None:
    changes, words = WRONG[what]
    given = {"purpose": "group", "state": "given", "method": "test", "now": NOON} | changes
    with pytest.raises(InputError, match=words) as caught:
        record(registry, ANA, **given)
    assert "ana" not in str(caught.value).lower().split()
    assert history(registry, ANA.listener_id) == []


def test_asking_for_an_unknown_purpose_or_a_vague_instant_is_an_error(registry: Root) -> None:
    with pytest.raises(InputError, match="be_found"):
        standing(registry, "be-found", NOON)
    with pytest.raises(InputError, match="offset"):
        standing(registry, "be_found", NOON.replace(tzinfo=None))
    assert consents.named("partner:acme").recipient == "acme"


def test_many_events_count_the_generation_up_a_few_times_on_a_server(registry: Root, tmp_path: Path) -> None:
    """Each time leaves a dead row, which the next one walks past: on PostgreSQL 100,000 events took a minute."""
    with registry.engine.begin() as connection:
        connection.execute(sa.insert(tables.generations).values(name="people", number=0))
    lines = [f"{BO.name},group,given,2024-05-01T00:{second // 60:02}:{second % 60:02}Z" for second in range(2_000)]
    (tmp_path / "consents.csv").write_text("\n".join(["listener,purpose,state,valid_from", *lines]) + "\n")
    assert import_consents(registry, tmp_path / "consents.csv").added == 2_000
    counted = generation(registry).number
    assert counted == 2_000 if registry.engine.dialect.name == "sqlite" else 0 < counted < 20


@pytest.mark.parametrize("at_once", [1, 2, 3, 50_000])
def test_profiles_are_the_same_however_many_listeners_are_read_at_once(
    registry: Root, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LISTENERS_AT_ONCE", at_once)
    record(registry, BO, "be_found", "given", method="test", now=NOON)
    record(registry, CY, "recommend", "given", method="test", now=NOON)
    ana, bo = (3, "PT", None, None, False, False, False), (5, None, None, None, True, False, False)
    cy = (8, "JP", None, None, False, True, False)
    assert profiles_frame(registry).rows() == [ana, bo, cy]
    assert profiles_frame(registry, [8, 3, 99]).rows() == [ana, cy]
    assert profiles_frame(registry, []).is_empty()
