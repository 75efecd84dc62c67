"""`wrapped consent`: what a person said is recorded, shown and followed; what makes no sense changes nothing."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.storage import consents, profiles, registry, restrictions
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.purposes import PURPOSES
from wrapped_assets_tests.commands.running import document, run


def is_open(root: Root, purpose: str) -> bool:
    shown = document(root.path, "consent", "show", "ana")
    return {each["purpose"]: each["is_open"] for each in shown["purposes"]}[purpose]


def test_everything_is_closed_until_the_listener_says_otherwise(small: Root) -> None:
    shown = document(small.path, "consent", "show", "ana")
    assert [each["purpose"] for each in shown["purposes"]] == list(PURPOSES)
    assert not any(each["is_open"] for each in shown["purposes"])
    assert (shown["history"], shown["restricted_since"]) == ([], None)
    assert "open" not in run(small.path, "consent", "show", "ana").stdout


def test_a_yes_opens_one_purpose_for_one_listener_until_it_is_withdrawn(small: Root) -> None:
    assert document(small.path, "consent", "set", "ana", "be_found", "given") == {"purpose": "be_found", "state": "given", "is_open": True}
    assert (is_open(small, "be_found"), is_open(small, "group")) == (True, False)
    found = profiles.profiles_frame(small).filter(pl.col("is_findable"))["listener_id"].to_list()
    assert found == [registry.find_listener(small, "ana").listener_id]
    assert "be_found is now closed" in run(small.path, "consent", "set", "ana", "be_found", "withdrawn").stdout
    assert not profiles.profiles_frame(small)["is_findable"].any()
    states = [event["state"] for event in document(small.path, "consent", "show", "ana")["history"]]
    assert states == ["given", "withdrawn"]


def test_what_was_shown_and_how_it_was_said_is_on_record(small: Root, tmp_path: Path) -> None:
    notice = tmp_path / "notice-2025.txt"
    notice.write_text("May Acme have a row about you?")
    given = ["--notice", notice, "--method", "letter", "--from", "2025-03-01", "--until", "2999-01-01T02:00:00+02:00"]
    run(small.path, "consent", "set", "ana", "partner:acme", "given", *given)
    shown = document(small.path, "consent", "show", "ana")
    event = shown["history"][0]
    assert event["notice_sha256"] == sha256(notice.read_bytes()).hexdigest()
    assert (event["notice_version"], event["method"]) == ("notice-2025", "letter")
    assert (event["valid_from"], event["valid_until"]) == ("2025-03-01T00:00:00Z", "2999-01-01T00:00:00Z")
    assert shown["purposes"][-1]["purpose"] == "partner:acme"
    assert "partner:acme given until 2999" in run(small.path, "consent", "show", "ana").stdout


def test_a_yes_that_has_run_out_is_recorded_and_closed(small: Root) -> None:
    told = run(small.path, "consent", "set", "ana", "group", "given", "--from", "2024-01-01", "--until", "2025-01-01").stdout
    assert "group is now closed" in told


def test_a_restricted_listener_is_shown_as_closed_and_why(small: Root) -> None:
    run(small.path, "consent", "set", "ana", "group", "given")
    restrictions.restrict(small, registry.find_listener(small, "ana").listener_id, "case")
    assert not is_open(small, "group")
    assert "restricted since" in run(small.path, "consent", "show", "ana").stdout


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (["ana", "everything", "given"], "be_found"),
        (["ana", "group", "maybe"], "withdrawn"),
        (["nobody", "group", "given"], "no listener of that name"),
        (["ana", "group", "given", "--until", "soon"], "2025-12-03"),
        (["ana", "group", "given", "--from", "2025-01-01T00:00:00"], "2025-12-03"),
        (["ana", "group", "given", "--from", "2999-01-01"], "future"),
        (["ana", "group", "given", "--method", "by phone"], "web_form"),
        (["ana", "group", "given", "--notice", "none.txt"], "none.txt"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_exits_with_2_and_records_nothing(small: Root, arguments: list[str], known: str) -> None:
    found = run(small.path, "consent", "set", *arguments, code=2)
    assert known in found.stderr
    assert found.stdout == ""
    assert consents.history(small, registry.find_listener(small, "ana").listener_id) == []


def test_a_notice_that_is_no_text_is_refused(small: Root, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in run(small.path, "consent", "set", "ana", "group", "given", "--notice", tmp_path / "scan.pdf", code=2).stderr


def test_a_root_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    assert "wrapped import" in run(tmp_path / "none", "consent", "set", "ana", "group", "given", code=2).stderr
    assert not (tmp_path / "none").exists()
