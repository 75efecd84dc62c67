"""A launch plan carries each step out once, in order, for one edition, and stops with a reason; nothing is flipped before its instant."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError
from wrapped_assets.rights.erasing import erase
from wrapped_assets.serving.launch import carrying_out, edition, load, steps
from wrapped_assets.serving.launch.carrying_out import Carried, approve, carry_out
from wrapped_assets.serving.launch.edition import look
from wrapped_assets.serving.launch.load import Load, load_test
from wrapped_assets.serving.launch.pointing import point_at_once, written
from wrapped_assets.serving.launch.reporting import report
from wrapped_assets.serving.launch.steps import STEPS, Facts
from wrapped_assets.serving.launch.waiting import carry_on
from wrapped_assets.storage import consents, publications, registry
from wrapped_assets.storage.addresses import change_address, close_address
from wrapped_assets.storage.launches import LaunchPlan, keep_plan, plans
from wrapped_assets.storage.responsible import Controller, set_controller
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import document, run
from wrapped_assets_tests.serving.s3_server import Store
from wrapped_assets_tests.serving.test_uploading import ADDRESS

YEAR = 2025
NAMES = [step.name for step in STEPS]


@pytest.fixture
def plan(small: Root, store: Store, monkeypatch: pytest.MonkeyPatch) -> Project:
    """2025 is built, and will be launched in an hour at a store."""
    monkeypatch.setattr(load, "load_test", lambda *_: Load([0.001] * 100, took=1.0))
    set_controller(small, Controller("Example Radio", "privacy@example.org"))
    _launch_in(small, timedelta(hours=1))
    return Project(small)


def _launch_in(root: Root, left: timedelta) -> None:
    launch_at = datetime.now(UTC) + left
    registry.set_edition(root, YEAR, launch_at=launch_at)
    keep_plan(root, LaunchPlan(YEAR, (ADDRESS,), ("en",), launch_at - timedelta(days=1)))


def open_steps(project: Project) -> list[str]:
    return [line.step for line in report(project, YEAR).lines if line.facts is None]


def launched(project: Project) -> Carried:
    """The plan carried out to its end, a second after the instant."""
    carry_out(project, YEAR)
    approve(project, YEAR, "Ada")
    registry.set_edition(project.root, YEAR, launch_at=datetime.now(UTC) - timedelta(seconds=1))
    return carry_out(project, YEAR)


def test_a_plan_carries_each_step_out_once_and_waits_for_somebody_and_for_the_instant(plan: Project, store: Store) -> None:
    first = carry_out(plan, YEAR)
    assert first.done == NAMES[1:7], "it was built already"
    assert "waits for somebody's approval" in first.reason
    assert first.is_waiting
    again = carry_out(plan, YEAR)
    assert (again.done, again.is_waiting) == ([], True)
    approve(plan, YEAR, "Ada")
    waits = carry_out(plan, YEAR)
    assert (waits.done, waits.is_waiting) == ([], True)
    assert "opens at" in waits.reason
    assert "site/2025/live.json" not in store.objects
    assert open_steps(plan) == ["flipped"]
    assert launched(plan).is_over
    assert b'"number": 1' in store.objects["site/2025/live.json"][0]
    assert open_steps(plan) == []
    assert carry_out(plan, YEAR).done == []


def facts_of(plan: Project, step: str) -> Facts:
    """What a step of the plan found."""
    facts = next(line.facts for line in report(plan, YEAR).lines if line.step == step)
    assert facts is not None
    return facts


def test_no_step_is_done_before_the_one_before_it_whatever_evidence_there_is(plan: Project) -> None:
    assert launched(plan).is_over
    assert report(plan, YEAR).next_step is None
    for place, step in enumerate(STEPS):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(steps.Step, "facts", lambda self, _, broken=step: None if self is broken else {"is": 1})
            assert open_steps(plan) == NAMES[place:]
            if place < NAMES.index("approved"):
                with pytest.raises(InputError, match=f"is not {step.name} yet"):
                    approve(plan, YEAR, "Ada")


def test_evidence_of_one_edition_says_nothing_of_the_next(plan: Project, store: Store) -> None:
    root = plan.root
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    registry.exclude(root, registry.find_listener(root, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(plan)
    assert open_steps(plan) == ["flipped"], "frozen: what is built later stays out"
    publish_edition(plan, YEAR)  # the change on launch eve is somebody's decision
    assert open_steps(plan) == NAMES[2:]
    done = carry_out(plan, YEAR)
    assert done.done == NAMES[2:7]
    assert "approval" in done.reason
    registry.set_edition(root, YEAR, launch_at=datetime.now(UTC) - timedelta(seconds=1))
    assert "approval" in carry_out(plan, YEAR).reason, "the instant alone opens nothing"
    assert "site/2025/live.json" not in store.objects


def test_a_rollback_needs_no_new_word_and_nothing_bad_is_published_again(plan: Project, store: Store) -> None:
    root = plan.root
    assert launched(plan).is_over
    assert facts_of(plan, "flipped").keys() == {"targets", "seconds_late"}
    registry.exclude(root, registry.find_listener(root, "ana"), "artist", target_of("artist", "bo"), "bo")
    build(plan)
    publish_edition(plan, YEAR)
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    assert carry_out(plan, YEAR).is_over
    assert b'"number": 2' in store.objects["site/2025/live.json"][0]
    assert facts_of(plan, "flipped").keys() == {"targets"}, "after the launch no edition is late"
    publications.rollback(root, YEAR, reason="bad")
    back = carry_out(plan, YEAR)
    assert back.is_over
    assert "approved" not in back.done
    assert publications.live(root)[YEAR].number == 1
    assert b'"number": 1' in store.objects["site/2025/live.json"][0]
    publications.rollback(root, YEAR, to=2)
    assert carry_out(plan, YEAR).is_over
    assert b'"number": 2' in store.objects["site/2025/live.json"][0]


def test_an_erasure_minutes_before_needs_no_new_word_and_reaches_the_store(plan: Project, store: Store) -> None:
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    erase(plan, registry.find_listener(plan.root, "bo"))
    assert open_steps(plan)[0] in ("rendered", "uploaded")
    assert "opens at" in carry_out(plan, YEAR).reason
    assert open_steps(plan) == ["flipped"]
    assert len([key for key in store.objects if "/2025/1/" in key and key.endswith(".html")]) == 2


def test_what_people_take_back_after_the_launch_is_carried_to_the_store(plan: Project, store: Store) -> None:
    root, ana = plan.root, registry.find_listener(plan.root, "ana")
    assert launched(plan).is_over
    before = {key for key in store.objects if "/2025/1/" in key and key.endswith(".html")}
    change_address(root, ana, YEAR)
    assert carry_out(plan, YEAR).is_over
    after = {key for key in store.objects if "/2025/1/" in key and key.endswith(".html")}
    assert (len(after), len(before - after)) == (3, 1)
    consents.record(root, ana, "be_found", "withdrawn", method="test")
    assert carry_out(plan, YEAR).is_over


def test_a_store_that_fails_is_tried_again_and_another_fault_stops_the_plan(plan: Project, store: Store) -> None:
    store.fault = lambda method, key: 503 if method == "PUT" and key.endswith(".html") else None
    failed = carry_out(plan, YEAR)
    assert failed.reason.startswith("uploaded: ")
    assert not failed.is_waiting
    assert plans(plan.root)[YEAR].stopped is None
    store.fault = lambda _method, _key: None
    assert carry_out(plan, YEAR).done == NAMES[4:7]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load_test", lambda *_: Load([0.001], wrong=1, took=1.0))
        publish_edition(plan, YEAR)
        assert "1 wrong pages" in carry_out(plan, YEAR).reason
        assert "1 wrong pages" in str(plans(plan.root)[YEAR].stopped)
        assert "1 wrong pages" in str(report(plan, YEAR).stopped)
    assert carry_out(plan, YEAR).is_waiting
    assert plans(plan.root)[YEAR].stopped is None


def test_pages_that_a_store_lost_or_changed_are_found_before_anybody_approves(plan: Project, store: Store) -> None:
    carry_out(plan, YEAR, until="uploaded")
    key = next(key for key in sorted(store.objects) if "/2025/1/" in key)
    store.objects[key] = (b"something else", store.objects[key][1])
    assert re.search("1 of [0-9]+ files", str(carry_out(plan, YEAR).reason))
    assert open_steps(plan)[0] == "verified"


def test_nothing_is_published_before_the_freeze(plan: Project) -> None:
    keep_plan(plan.root, LaunchPlan(YEAR, (ADDRESS,), ("en",), datetime.now(UTC) + timedelta(minutes=5)))
    waits = carry_out(plan, YEAR)
    assert (waits.done, waits.is_waiting) == ([], True)
    assert "freezes at" in waits.reason
    assert publications.live(plan.root) == {}


def test_what_is_stale_is_computed_at_the_freeze_and_what_is_late_is_said(plan: Project) -> None:
    root = plan.root
    carry_out(plan, YEAR)
    registry.exclude(root, registry.find_listener(root, "ana"), "artist", target_of("artist", "bo"), "bo")
    assert open_steps(plan) == ["approved", "flipped"]
    freeze = datetime.now(UTC) + timedelta(minutes=1)
    keep_plan(root, LaunchPlan(YEAR, (ADDRESS,), ("en",), freeze))
    assert "freezes at" in carry_out(plan, YEAR).reason, "and until then what is stale is nobody's concern"
    assert report(plan, YEAR).late == ()
    registry.set_edition(root, YEAR, launch_at=datetime.now(UTC) + timedelta(milliseconds=50))
    late = report(plan, YEAR, datetime.now(UTC) - timedelta(milliseconds=1)).late
    assert "computed" in late
    assert carry_out(plan, YEAR, clock=lambda: freeze).done == [NAMES[0], *NAMES[1:7]]
    assert publications.live(root)[YEAR].number == 2


def test_a_clock_that_is_ahead_flips_nothing(plan: Project, store: Store) -> None:
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    early = carry_out(plan, YEAR, clock=lambda: datetime.now(UTC) + timedelta(days=1))
    assert "launches at" in early.reason
    assert "site/2025/live.json" not in store.objects


def test_the_commands_plan_show_approve_and_run(plan: Project, tmp_path: Path) -> None:
    root, www = plan.root.path, tmp_path / "www"
    assert "nothing is planned" in run(root, "launch", "show", "2024", code=2).stderr
    assert "has no launch" in run(root, "launch", "plan", "2024", code=2).stderr
    assert "beside the data root" in run(root, "launch", "plan", "2025", "--to", str(root / "www"), code=2).stderr
    assert "before the launch" in run(root, "launch", "plan", "2025", "--freeze-at", "2999-01-01T00:00:00Z", code=2).stderr
    run(root, "launch", "plan", "2025", "--to", str(www), "--locale", "en", "--locale", "de")
    assert "is not published yet" in run(root, "launch", "approve", "2025", "--by", "Ada", code=2).stderr
    assert "waits for somebody's approval" in run(root, "launch", "run", "2025").stdout
    assert "number 1) is approved by Ada" in run(root, "launch", "approve", "2025", "--by", "Ada").stdout
    told = document(root, "launch", "show", "2025")
    assert (told["next_step"], told["late"], told["stopped"]) == ("flipped", [], None)
    assert [each["step"] for each in told["steps"] if not each["is_done"]] == ["flipped"]
    assert told["steps"][3]["evidence"] == {"pages": 6}
    assert "by Ada" in run(root, "launch", "show", "2025").stdout
    assert not (www / "2025" / "live").exists()
    registry.set_edition(plan.root, YEAR, launch_at=datetime.now(UTC))
    assert "nothing is left to do" in run(root, "launch", "run", "2025", "--wait").stdout
    assert (www / "2025" / "live").exists()


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201])
def test_an_approver_has_a_name(plan: Project, name: str) -> None:
    with pytest.raises(InputError, match="approver's name"):
        approve(plan, YEAR, name)


def test_a_load_test_reads_the_right_pages_and_finds_wrong_ones(plan: Project) -> None:
    carry_out(plan, YEAR, until="rendered")
    found = load_test(plan.root, YEAR, seconds=0.5, readers=2)
    assert found.requests > 10
    assert (found.errors, found.wrong) == (0, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "_pages", lambda shelf, standing: [("x" * 24, "en", "0" * 32)])
        assert load_test(plan.root, YEAR, seconds=0.2, readers=1).errors > 0


def test_a_look_without_a_plan_is_refused(small: Root) -> None:
    with pytest.raises(InputError, match="nothing is planned"):
        look(Project(small), YEAR)


def test_a_target_is_pointed_in_the_instant_and_gets_the_rest_afterwards(
    plan: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    pointed, looked = list[datetime](), list[datetime]()
    real = carrying_out.look

    def slowly(*given: object) -> object:
        looked.append(datetime.now(UTC))
        time.sleep(0.3)  # as a look at many pages is
        return real(*given)  # type: ignore[arg-type]

    def fault(method: str, key: str) -> None:
        if method == "PUT" and key.endswith("live.json"):
            pointed.append(datetime.now(UTC))

    store.fault = fault
    monkeypatch.setattr(carrying_out, "look", slowly)
    launch_at = datetime.now(UTC) + timedelta(seconds=2)
    registry.set_edition(plan.root, YEAR, launch_at=launch_at)
    assert carry_on(plan, YEAR).is_over
    assert len(pointed) == 1
    assert pointed[0] >= launch_at
    assert not [at for at in looked if launch_at <= at < pointed[0]], "no look at every page stands between the instant and the flip"
    late = (pointed[0] - launch_at).total_seconds()
    assert abs(float(facts_of(plan, "flipped")["seconds_late"]) - late) < 1.1, "a store says when it was pointed, in whole seconds"


@pytest.mark.parametrize("what", ["nothing", "an address is closed", "a consent is withdrawn", "another edition", "the launch is moved"])
def test_what_was_written_since_the_last_look_is_looked_at_before_anything_is_pointed(plan: Project, store: Store, what: str) -> None:
    root, ana = plan.root, registry.find_listener(plan.root, "ana")
    publish_edition(plan, YEAR)
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    _launch_in(root, timedelta(seconds=-1))
    before = written(root, YEAR)
    {
        "nothing": lambda: None,
        "an address is closed": lambda: close_address(root, ana, YEAR),
        "a consent is withdrawn": lambda: consents.record(root, ana, "be_found", "withdrawn", method="test"),
        "another edition": lambda: publish_edition(plan, YEAR),
        "the launch is moved": lambda: registry.set_edition(root, YEAR, launch_at=datetime.now(UTC) + timedelta(hours=1)),
    }[what]()
    point_at_once(root, YEAR, before)
    assert ("site/2025/live.json" in store.objects) == (what == "nothing")
    if what == "the launch is moved":
        point_at_once(root, YEAR, written(root, YEAR))
        assert "site/2025/live.json" not in store.objects, "nothing is pointed before its instant"


def test_a_launch_that_is_moved_after_it_closes_the_target_and_opens_it_again(plan: Project, store: Store) -> None:
    assert launched(plan).is_over
    registry.set_edition(plan.root, YEAR, launch_at=datetime.now(UTC) + timedelta(hours=1))
    assert "opens at" in carry_out(plan, YEAR).reason
    assert "site/2025/live.json" not in store.objects
    assert "site/2025/countdown.html" in store.objects
    registry.set_edition(plan.root, YEAR, launch_at=datetime.now(UTC) - timedelta(seconds=1))
    assert carry_out(plan, YEAR).is_over
    assert "site/2025/live.json" in store.objects


@pytest.mark.parametrize("is_taken", [False, True])
def test_a_store_that_fails_between_the_upload_and_the_pointer_is_pointed_once_it_answers(
    plan: Project, store: Store, *, is_taken: bool
) -> None:
    carry_out(plan, YEAR)
    approve(plan, YEAR, "Ada")
    _launch_in(plan.root, timedelta(seconds=-1))
    failed = list[str]()

    def fault(method: str, key: str) -> int | None:
        if method != "PUT" or not key.endswith("live.json") or len(failed) > 2:
            return None
        failed.append(key)
        if is_taken:  # and the answer is lost
            store.objects["site/2025/live.json"] = (b'{"year": 2025, "number": 1, "locales": ["en"]}', {})
        return 503

    store.fault = fault
    point_at_once(plan.root, YEAR, written(plan.root, YEAR))
    assert carry_out(plan, YEAR).is_over
    assert b'"number": 1' in store.objects["site/2025/live.json"][0]
    assert failed


def test_what_a_plan_looks_at_many_times_it_counts_once_until_something_is_written(plan: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    counts, shown = list[int](), edition._shown
    monkeypatch.setattr(edition, "_shown", lambda *given: counts.append(1) or shown(*given))
    carry_out(plan, YEAR)
    assert look(plan, YEAR).pages == 3
    assert len(counts) <= 2, "what was rendered, and what was noted of the target"
    close_address(plan.root, registry.find_listener(plan.root, "bo"), YEAR)
    assert look(plan, YEAR).pages == 2
