"""Every export through its gates: whose names, ids and other secrets must be in no byte that leaves."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from wrapped_assets.cli import main
from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.all_exports import all_exports, export_named
from wrapped_assets.privacy import gate, policy
from wrapped_assets.privacy.checks import texts_for_numbers
from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.noise import GaussianThreshold, Laplace, TopK
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.recalling import recall_exports
from wrapped_assets.privacy.report import figures_of
from wrapped_assets.privacy.staged_files import as_csv, hash_of_folder, read_table
from wrapped_assets.storage import approvals, budget, consents, exports, registry
from wrapped_assets_tests.privacy.exports.world import YEAR, Life, World, on, public
from wrapped_assets_tests.privacy.toy import CONTROLLER, signed


def recipient_of(name: str) -> str | None:
    """For whom an export is asked here: a partner, where its people agree to one partner at a time."""
    rule = policy_of(name).policy.eligible
    return "acme" if rule and rule.consent.startswith("partner:") else None


MADE = {name: recipient_of(name) for name in all_exports()}
SONGS = [(f"song {number}", "bo") for number in range(12)]
CATALOGUE = public({"royksopp": [], "bo": []}, SONGS, {"London": 9_000_000})
DAY = date(YEAR, 2, 14)
LATER = datetime.now(UTC) + timedelta(days=91)


def lives(names: Iterator[str]) -> Mapping[str, Life]:
    return {
        next(names): Life(
            country="PT" if number % 3 else "NO",
            birth_year=1960 + number % 40,
            artists={"royksopp": on("02-14", f"{1 + number % 12:02}-20"), "bo": on("05-01")},
            recordings=dict.fromkeys(SONGS, 1 + number % 4),
            genres=["rock", "jazz"] if number % 2 else ["jazz", "rock"],
        )
        for number in range(240)
    }


def canaries() -> Iterator[str]:
    while True:
        yield f"canary {secrets.token_hex(8)}"


def campaign(world: World, **changes: object) -> None:
    fact = {"id": "valentine", "template": "artist_on_day", "artist": "royksopp", "day": DAY, "required": True} | changes
    path = world.root.path / "campaigns" / f"{YEAR}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump({"facts": [fact]}))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "root", lives(canaries()), CATALOGUE)
    campaign(made)
    return made


def wrapped(world: World, *arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["--data", str(world.root.path), *arguments])
    return found.exit_code, found.output


def delivered(world: World, name: str, out: Path, now: datetime | None = None) -> str:
    """Through stage, check, approvals and delivery; the export's id."""
    record = gate.stage(world.root, export_named(name), YEAR, recipient=MADE[name], now=now)
    gate.clear(world.root, export_named(name), record.export_id)
    for role in policy_of(name).policy.approvals:
        signed(world.root, record.export_id, role, f"somebody of {role}")
    again = gate.stage(world.root, export_named(name), YEAR, recipient=MADE[name], now=now)
    assert again.export_id == record.export_id, "what waits for approval is what was approved"
    gate.deliver(world.root, record.export_id, out, now)
    return record.export_id


FEW = {"nobody": 0, "one listener": 1, "a household": 4, "twenty": 20}


@pytest.mark.parametrize("people", FEW.values(), ids=FEW)
def test_an_edition_of_few_or_no_listeners_is_exported_or_refused_and_never_an_error(tmp_path: Path, people: int) -> None:
    small = World(tmp_path / "root", dict(islice(lives(canaries()).items(), people)), CATALOGUE)
    campaign(small)
    for name, recipient in MADE.items():
        asked = ["--recipient", recipient] if recipient else []
        code, said = wrapped(small, "export", name, "--year", str(YEAR), *asked)
        assert (name, code in (0, 4), "unexpectedly" in said) == (name, True, False), said


def test_what_a_staged_table_is_read_as_does_not_depend_on_its_rows() -> None:
    table = read_table(b"artist_name,about_listeners\n1975,20\n311,\n", ["about_listeners"])
    assert table.to_dict(as_series=False) == {"artist_name": ["1975", "311"], "about_listeners": [20, None]}
    assert read_table(b"artist_name,about_listeners\n", ["about_listeners"]).schema == table.schema
    spoiled = {"artist_totals.csv": read_table(b"artist_name,about_listeners\nx,2e1\n", ["about_listeners"])}
    rules = policy_of("artist_editions").policy
    assert texts_for_numbers(spoiled, rules.model_copy(update={"files": {"artist_totals.csv": rules.files["artist_totals.csv"]}}))


@pytest.mark.parametrize("name", MADE)
def test_no_name_and_no_id_of_a_listener_is_in_any_byte_that_leaves(world: World, tmp_path: Path, name: str) -> None:
    delivered(world, name, tmp_path / "out")
    content = b"\n".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    ids = [world.root.surrogate(each) for each in world.lives]
    secret = (
        [each.encode() for each in world.lives]
        + [b"canary"]
        + [str(each).encode() for each in ids]
        + [f"{each:x}".encode() for each in ids]
    )
    assert not [each for each in secret if each in content]
    assert world.root.key.hex().encode() not in content


@pytest.mark.parametrize("name", MADE)
def test_a_folder_holds_what_the_policy_lists_and_the_report(world: World, tmp_path: Path, name: str) -> None:
    delivered(world, name, tmp_path / "out")
    rule = policy_of(name).policy
    expected = {*rule.files, *rule.static_files, "privacy_report.html", "privacy_report.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == expected
    for file, columns in rule.files.items():
        assert (tmp_path / "out" / file).read_text().splitlines()[0] == ",".join(columns)
    report = json.loads((tmp_path / "out" / "privacy_report.json").read_text())
    assert [each["role"] for each in report["approvals"]] == sorted(rule.approvals)
    assert report["controller"] == vars(CONTROLLER)
    assert CONTROLLER.contact in (tmp_path / "out" / "privacy_report.html").read_text()


@pytest.mark.parametrize("name", [name for name, recipient in MADE.items() if recipient is None])
def test_renaming_everybody_changes_no_byte_of_an_aggregate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(Laplace, "draw", lambda self, counts: list(counts))
    monkeypatch.setattr(GaussianThreshold, "draw", lambda self, counts: dict(sorted(counts.items())))
    monkeypatch.setattr(TopK, "draw", lambda self, counts: sorted(range(len(counts)), key=lambda place: (-counts[place], place))[: self.k])
    one = World(tmp_path / "one", lives(canaries()), CATALOGUE)
    other = one.renamed(tmp_path / "other", lambda _: secrets.token_hex(6), CATALOGUE)
    found = []
    for each in (one, other):
        campaign(each)
        found.append({file: as_csv(table) for file, table in each.produce(export_named(name)).tables.items()})
    assert found[0] == found[1]
    assert any(content.count(b"\n") > 1 for content in found[0].values())


@pytest.mark.parametrize("name", MADE)
def test_one_more_hidden_person_changes_nothing_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A lone listener of an artist of their own, of a country and a genre that nobody else has: how much is hidden stays a band."""
    monkeypatch.setattr(Laplace, "draw", lambda self, counts: list(counts))
    monkeypatch.setattr(GaussianThreshold, "draw", lambda self, counts: dict(sorted(counts.items())))
    monkeypatch.setattr(TopK, "draw", lambda self, counts: sorted(range(len(counts)), key=lambda place: (-counts[place], place))[: self.k])
    alone = Life(country="IS", artists={"heard once": on("03-03")}, genres=("yodel",))
    told = []
    for place, added in (("without", {}), ("with", {"lone": alone})):
        made = World(tmp_path / place, lives(canaries()) | added, CATALOGUE)
        campaign(made)
        snapshot = made.snapshot(export_named(name), MADE[name])
        produced = export_named(name).produce(snapshot, Draws(snapshot))
        figures = figures_of(snapshot, produced, None)
        told.append((figures["hidden"], figures["people"]))
        assert all(isinstance(count, str) for count in figures["hidden"].values())
        assert figures["hidden"]
    assert told[0] == told[1]


@pytest.mark.parametrize("name", MADE)
def test_an_edition_of_few_people_is_refused_or_tells_nothing_and_never_fails(tmp_path: Path, name: str) -> None:
    made = World(tmp_path / "root", dict(list(lives(canaries()).items())[:4]), CATALOGUE)
    asked = ("export", name, "--year", str(YEAR), "--out", str(tmp_path / "out"))
    code, said = wrapped(made, *asked, *(("--recipient", MADE[name]) if MADE[name] else ()))
    assert code in (0, 4), said
    for file in (tmp_path / "out").glob("*.csv"):
        assert file.name == "chart_ranks.csv" or file.read_text().count("\n") == 1, "nothing but the header"


def test_marketing_through_the_command_waits_for_two_people_and_then_leaves(world: World, tmp_path: Path) -> None:
    ask = ("export", "marketing_facts", "--year", str(YEAR), "--out", str(tmp_path / "out"))
    code, said = wrapped(world, *ask)
    assert code == 4
    assert "waits for approval by marketing and privacy" in said
    (record,) = exports.exports_named(world.root, "marketing_facts", YEAR)

    def approve(role: str, name: str, key: str | None = None) -> int:
        with_key = ("--key", str(tmp_path / f"{key}.key")) if key else ()
        return wrapped(world, "approve", record.export_id, "--role", role, "--by", name, *with_key)[0]

    for name, role in (("Ada", "privacy"), ("Bo", "marketing")):
        code, said = wrapped(world, "privacy", "key", str(tmp_path / f"{name}.key"))
        assert (code, oct((tmp_path / f"{name}.key").stat().st_mode)) == (0, "0o100600")
        assert wrapped(world, "privacy", "signer", name, "--role", role, "--public-key", said.split()[-1])[0] == 0
    assert approve("privacy", "Ada") == approve("marketing", "Bo") == 2, "typed names are nobody"
    assert approve("privacy", "Bo", "Bo") == approve("marketing", "Bo", "Ada") == approve("sales", "Ada", "Ada") == 2
    assert approve("privacy", "ada ", "Ada") == 0
    assert wrapped(world, *ask)[0] == 4
    assert not (tmp_path / "out").exists()
    assert approve("marketing", "Bo", "Bo") == 0
    assert wrapped(world, *ask)[0] == 0
    assert "people listened to royksopp on 14 February 2025" in (tmp_path / "out" / "marketing_facts.csv").read_text()
    spent = budget.balance(world.root, f"{YEAR}/all")
    assert spent is not None
    assert spent.spent == 24_000_000


def test_a_small_fact_is_refused_by_the_command_with_exit_4_and_nothing_written(world: World, tmp_path: Path) -> None:
    campaign(world, day=date(YEAR, 2, 13))
    for place in (tmp_path / "new", tmp_path / "empty"):
        if place.name == "empty":
            place.mkdir()
        before = sorted(tmp_path.iterdir())
        code, said = wrapped(world, "export", "marketing_facts", "--year", str(YEAR), "--out", str(place))
        assert code == 4
        assert "valentine may not be told" in said
        assert "74" in said
        assert sorted(tmp_path.iterdir()) == before
        assert not place.exists() or not any(place.iterdir())
    assert exports.exports_named(world.root, "marketing_facts", YEAR) == []


def test_asking_again_after_a_refusal_pays_nothing_more(world: World) -> None:
    campaign(world, day=date(YEAR, 2, 13))
    for _ in range(3):
        with pytest.raises(RefusedError):
            gate.stage(world.root, export_named("marketing_facts"), YEAR)
    spent = budget.balance(world.root, f"{YEAR}/all")
    assert spent is not None
    assert spent.spent == 24_000_000


def test_a_campaign_that_changes_after_staging_is_not_what_was_asked_for(world: World) -> None:
    record = gate.stage(world.root, export_named("marketing_facts"), YEAR)
    campaign(world, artist="bo")
    with pytest.raises(RefusedError, match="changed since it was staged"):
        gate.clear(world.root, export_named("marketing_facts"), record.export_id)


def test_a_file_that_goes_along_must_be_the_reviewed_one(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in policy.POLICIES.rglob("*"):
        if path.is_file():
            copy = tmp_path / "policies" / path.relative_to(policy.POLICIES)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(policy, "POLICIES", tmp_path / "policies")
    record = gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="acme")
    terms = tmp_path / "policies" / "static" / "policy.odrl.json"
    terms.write_text(terms.read_text().replace('"distribute"', '"inform"'))
    with pytest.raises(RefusedError, match=r"policy.odrl.json that goes along with partner_extract is not the one that was reviewed"):
        gate.clear(world.root, export_named("partner_extract"), record.export_id)
    with pytest.raises(RefusedError, match="not the one that was reviewed"):
        gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="other")


def test_staged_terms_that_were_softened_are_refused_even_where_every_hash_was_forged(world: World) -> None:
    record = gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="acme")
    terms = gate.folder_of(world.root, record.export_id) / "policy.odrl.json"
    terms.write_text("{}")
    exports.change_export(world.root, record.export_id, sha256=hash_of_folder(terms.parent))
    with pytest.raises(RefusedError, match=r"policy\.odrl\.json is not the one that was reviewed"):
        gate.clear(world.root, export_named("partner_extract"), record.export_id)


def test_the_terms_forbid_finding_out_who_it_is_and_passing_it_on(world: World, tmp_path: Path) -> None:
    delivered(world, "partner_extract", tmp_path / "out")
    terms = json.loads((tmp_path / "out" / "policy.odrl.json").read_text())
    forbidden = {each["action"] for each in terms["prohibition"]}
    assert {"wrapped:reidentify", "distribute", "sell", "transfer"} <= forbidden
    assert {each["action"] for each in terms["obligation"]} == {"delete"}


def test_a_second_extract_for_the_same_partner_is_a_new_one_under_another_key(world: World, tmp_path: Path) -> None:
    first, second = delivered(world, "partner_extract", tmp_path / "1"), delivered(world, "partner_extract", tmp_path / "2", LATER)
    assert first != second
    one, two = (set(pl.read_csv(tmp_path / name / "partner_extract.csv")["pseudonym"]) for name in "12")
    assert len(one) == len(two)
    assert not one & two


def test_two_extracts_for_one_recipient_never_tell_who_took_their_consent_back(tmp_path: Path) -> None:
    """Eleven and ten people in two groups: without one of the ten all ten rows would go, and point at them."""
    people = {f"p{n}": Life(genres=["rock"] if n < 10 else ["jazz"]) for n in range(21)}
    world = World(tmp_path / "root", people, CATALOGUE)
    delivered(world, "partner_extract", tmp_path / "1")
    ask = ("export", "partner_extract", "--year", str(YEAR), "--recipient", "acme", "--out", str(tmp_path / "2"))
    code, said = wrapped(world, *ask)
    assert code == 4
    assert "less than 90 days ago" in said
    for name in ("p0", "p15"):  # one whose group would be dropped, and one whose group would be smaller
        consents.record(world.root, registry.find_listener(world.root, name), "partner:acme", "withdrawn", method="letter")
        with pytest.raises(RefusedError, match="fewer than 10 people changed in some figure"):
            gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="acme", now=LATER)
    report = json.loads((tmp_path / "1" / "privacy_report.json").read_text())
    assert (report["release"]["least_days"], report["release"]["restate_people"]) == (90, 10)
    assert "after 90 days at the earliest" in (tmp_path / "1" / "privacy_report.html").read_text()


def test_a_report_adds_up_what_a_year_may_cost_a_person(world: World, tmp_path: Path) -> None:
    """Of the two draws of the charts, the marketing facts before them, and the delta of thresholds and conversion."""
    delivered(world, "marketing_facts", tmp_path / "facts")
    delivered(world, "charts", tmp_path / "charts")
    report = json.loads((tmp_path / "charts" / "privacy_report.json").read_text())
    release, year = report["losses"]["release"], report["losses"]["year"]
    assert (release["rho"], release["delta"]) == (pytest.approx(0.0476), pytest.approx(2e-6))
    assert 1.42 < release["epsilon"] < 1.45
    assert (year["rho"], year["delta"]) == (pytest.approx(0.0716), pytest.approx(2e-6))
    assert year["epsilon"] > release["epsilon"]
    assert [(each["release"], each["draw"]) for each in report["losses"]["draws"]] == [
        ("marketing_facts", "facts"), ("charts", "numbers"), ("charts", "ranks")
    ]  # fmt: skip
    page = (tmp_path / "charts" / "privacy_report.html").read_text()
    assert f"ε {release['epsilon']}" in page
    assert "The year together" in page


def test_an_approval_of_one_extract_lets_no_other_out(world: World, tmp_path: Path) -> None:
    delivered(world, "partner_extract", tmp_path / "1")
    gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="acme", now=LATER)
    record = exports.exports_named(world.root, "partner_extract", YEAR, "acme")[0]
    gate.clear(world.root, export_named("partner_extract"), record.export_id)
    with pytest.raises(RefusedError, match="waits for approval by privacy"):
        gate.deliver(world.root, record.export_id, tmp_path / "2", LATER)


def test_consent_taken_back_before_the_check_stops_an_extract(world: World) -> None:
    record = gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="acme")
    person = registry.all_listeners(world.root)[0]
    consents.record(world.root, person, "partner:acme", "withdrawn", method="letter", valid_from=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(RefusedError, match="its people or the policy changed"):
        gate.clear(world.root, export_named("partner_extract"), record.export_id)


@pytest.mark.parametrize("is_delivered", [False, True])
def test_consent_taken_back_after_the_check_stops_it_too_even_where_it_left_before(
    world: World, tmp_path: Path, is_delivered: bool
) -> None:
    if is_delivered:
        export_id = delivered(world, "partner_extract", tmp_path / "1")
    else:
        record = gate.stage(world.root, export_named("partner_extract"), YEAR, recipient="acme")
        export_id = gate.clear(world.root, export_named("partner_extract"), record.export_id).export_id
        approvals.approve(world.root, export_id, "privacy", "Ada")
    person = registry.all_listeners(world.root)[0]
    consents.record(world.root, person, "partner:acme", "withdrawn", method="letter")
    with pytest.raises(RefusedError, match="took their consent back"):
        gate.deliver(world.root, export_id, tmp_path / "2")
    assert not (tmp_path / "2").exists()


def test_an_erasure_recalls_the_row_that_went_out_and_no_aggregate(world: World, tmp_path: Path) -> None:
    delivered(world, "partner_extract", tmp_path / "rows")
    delivered(world, "artist_editions", tmp_path / "figures")
    rows = set(pl.read_csv(tmp_path / "rows" / "partner_extract.csv")["pseudonym"])
    somebody = registry.all_listeners(world.root)[0]
    (recall,) = recall_exports(world.root, somebody.listener_id, "case")
    assert (recall.name, recall.recipient) == ("partner_extract", "acme")
    assert recall.pseudonym in rows


@pytest.mark.parametrize("name", MADE)
def test_a_report_says_whether_it_is_about_rows_of_people_or_about_groups(world: World, tmp_path: Path, name: str) -> None:
    delivered(world, name, tmp_path / "out")
    page = (tmp_path / "out" / "privacy_report.html").read_text()
    assert ("Each row is about one person" in page) == (name == "partner_extract")
    assert ("No figure stands for fewer than" in page) == (name != "partner_extract")
    assert all(fault in page.replace("&#39;", "'") for fault in policy_of(name).policy.not_guaranteed)
