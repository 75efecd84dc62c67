"""Attacks on the way out, and what each meets: a refusal, and an untouched folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.privacy import gate, passage, policy, signing
from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.pseudonyms import pseudonyms
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.privacy.staged_files import hash_of_folder
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import approvals, budget, consents, exports, tables
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.registry import Listener, find_listener, register
from wrapped_assets.storage.responsible import FILE, Signer, add_signer, responsible
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.privacy.toy import TOY, YEAR, agree, approved_and_cleared, produce, signed, write_policy


def test_what_is_cleared_and_approved_is_delivered_with_its_report(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    assert gate.deliver(root, staged.export_id, out) == ["privacy_report.html", "privacy_report.json", "toy.csv"]
    table = pl.read_csv(out / "toy.csv")
    assert table.columns == ["figure", "count"]
    assert exports.find_export(root, staged.export_id).state == "delivered"


def test_nobody_is_in_who_did_not_agree_or_may_be_a_child(root: Root) -> None:
    agree(root, "cy", birth_year=None)
    agree(root, "bo", birth_year=datetime.now(UTC).year - 18)
    record = gate.stage(root, TOY, YEAR)
    csv = (gate.folder_of(root, record.export_id) / "toy.csv").read_text()
    (plays,) = [int(line.split(",")[1]) for line in csv.splitlines() if line.startswith("plays")]
    only_ana = pl.read_parquet(root.path / "lake/insights/listening_totals/2025" / "*.parquet").filter(
        pl.col("listener_id") == root.surrogate("ana")
    )
    assert plays == only_ana["play_count"].sum()


def edit_staged(root: Root, record: ExportRecord) -> None:
    file = gate.folder_of(root, record.export_id) / "toy.csv"
    file.write_text(file.read_text().replace("plays", "players"))


def edit_policy(root: Root, record: ExportRecord) -> None:
    file = policy.POLICIES / "toy.yaml"
    file.write_text(file.read_text().replace("k_cell: 1", "k_cell: 0"))


def repin_policy(root: Root, record: ExportRecord) -> None:
    write_policy(policy.POLICIES, retention_days=2)


def add_file(root: Root, record: ExportRecord) -> None:
    (gate.folder_of(root, record.export_id) / "more.csv").write_text("name\n")


ATTACKS: dict[str, tuple[Callable[[Root, ExportRecord], None], str]] = {
    "editing staged bytes": (edit_staged, "not those that were staged"),
    "adding a file": (add_file, "not those that were staged"),
    "editing the policy": (edit_policy, "not the one that was reviewed"),
    "pinning another policy": (repin_policy, "the policy changed since"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_after_clearing_nothing_can_be_slipped_in(root: Root, staged: ExportRecord, out: Path, attack: str) -> None:
    approved_and_cleared(root, staged)
    change, message = ATTACKS[attack]
    change(root, staged)
    with pytest.raises(RefusedError, match=message):
        gate.deliver(root, staged.export_id, out)
    assert not out.exists()


@pytest.mark.parametrize("attack", ATTACKS)
def test_between_staging_and_clearing_nothing_can_be_slipped_in(root: Root, staged: ExportRecord, attack: str) -> None:
    change, message = ATTACKS[attack]
    change(root, staged)
    with pytest.raises(RefusedError, match=message):
        gate.clear(root, TOY, staged.export_id)


def test_delivery_alone_delivers_nothing(root: Root, staged: ExportRecord, out: Path) -> None:
    with pytest.raises(RefusedError, match="not cleared: its checks must pass"):
        gate.deliver(root, staged.export_id, out)
    assert not out.exists()


def test_clearing_without_the_approvals_delivers_nothing(root: Root, staged: ExportRecord, out: Path) -> None:
    gate.clear(root, TOY, staged.export_id)
    with pytest.raises(RefusedError, match="waits for approval by privacy"):
        gate.deliver(root, staged.export_id, out)
    assert not out.exists()


def test_an_approval_records_the_user_of_the_system_whatever_name_was_typed(
    root: Root, staged: ExportRecord, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    approved_and_cleared(root, staged)
    (approval,) = approvals.approvals_of(root, staged.export_id, staged.sha256 or "")
    assert approval.account == approvals.account_now() != "somebody-else"
    gate.deliver(root, staged.export_id, out)
    assert f"as user {approval.account}" in (out / "privacy_report.html").read_text()


def test_an_approval_of_other_bytes_is_none(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    exports.change_export(root, staged.export_id, state="refused")
    agree(root, "cy")
    other = gate.stage(root, TOY, YEAR, redraw=True)
    assert other.sha256 != staged.sha256
    gate.clear(root, TOY, other.export_id)
    with pytest.raises(RefusedError, match="waits for approval"):
        gate.deliver(root, other.export_id, out)


def test_one_person_cannot_approve_in_two_roles(root: Root, staged: ExportRecord) -> None:
    approvals.approve(root, staged.export_id, "privacy", "Ada")
    with pytest.raises(InputError, match="needs another person"):
        approvals.approve(root, staged.export_id, "marketing", "Ada")


def test_two_roles_need_two_keys_whatever_names_are_typed_or_stored(root: Root, staged: ExportRecord, out: Path, tmp_path: Path) -> None:
    """One person at the machine types two names, signs twice with one key, writes into the database, or brings a key of their own."""
    write_policy(tmp_path / "policies", approvals=["privacy", "marketing"])
    exports.change_export(root, staged.export_id, state="refused")
    record = gate.stage(root, TOY, YEAR, redraw=True)
    gate.clear(root, TOY, record.export_id)
    with pytest.raises(InputError, match="a typed name is nobody"):
        signing.approve(root, record.export_id, "privacy", "Ada")
    for role, name in (("privacy", "Ada"), ("marketing", "Bo")):
        approvals.approve(root, record.export_id, role, name)
    with pytest.raises(RefusedError, match="a typed name without a signature"):
        gate.deliver(root, record.export_id, out)
    signed(root, record.export_id, "privacy", "Ada")
    add_signer(root, Signer("Bo", "marketing", next(each.public_key for each in responsible(root).signers)))
    with pytest.raises(InputError, match="the same person"):
        signing.approve(root, record.export_id, "marketing", "Bo", tmp_path / "Ada-privacy.key")
    (ada,) = [each for each in approvals.approvals_of(root, record.export_id, record.sha256 or "") if each.role == "privacy"]
    with root.engine.begin() as connection:
        connection.execute(sa.update(tables.approvals).where(tables.approvals.c.role == "marketing").values(
            public_key=ada.public_key, signature=ada.signature))  # fmt: skip
    with pytest.raises(RefusedError, match="not valid"):
        gate.deliver(root, record.export_id, out)
    with pytest.raises(InputError, match="not listed for that name"):
        signed(root, record.export_id, "marketing", "Cy", lists="privacy")
    assert not out.exists()
    signed(root, record.export_id, "marketing", "Bo")
    gate.deliver(root, record.export_id, out)
    assert "signed with the key" in (out / "privacy_report.html").read_text()


def test_nothing_is_made_for_others_where_nobody_is_responsible(root: Root, out: Path) -> None:
    damaged = (b"controller: {name: A}", b"[1]", b"signers: [{name: 1, role: r, public_key: k}]", b"controller: {name: !!python/x y}")
    for content in (b"", *damaged):
        (root.path / FILE).write_bytes(content)
        with pytest.raises(InputError, match="wrapped privacy controller"):
            gate.stage(root, TOY, YEAR)
    assert budget.balance(root, f"{YEAR}/all") is None, "nothing was paid for"


def test_consents_that_were_looked_up_yesterday_deliver_nothing(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    with pytest.raises(RefusedError, match="more than 24 hours ago"):
        gate.deliver(root, staged.export_id, out, now=datetime.now(UTC) + timedelta(hours=25))
    assert not out.exists()


def test_bytes_that_their_snapshot_does_not_give_are_refused_even_where_every_hash_was_forged(root: Root, staged: ExportRecord) -> None:
    edit_staged(root, staged)
    exports.change_export(root, staged.export_id, sha256=hash_of_folder(gate.folder_of(root, staged.export_id)))
    with pytest.raises(RefusedError, match=r"toy.csv is not what its snapshot gives"):
        gate.clear(root, TOY, staged.export_id)
    assert exports.find_export(root, staged.export_id).state == "refused"


def leaking(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Export:
    """The toy export with a fault in what it makes."""

    def faulty(*arguments: object) -> Produced:
        return Produced({name: change(table) for name, table in produce(*arguments).tables.items()})  # type: ignore[arg-type]

    return replace(TOY, produce=faulty)


LEAKS: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "a column more": (lambda table: table.with_columns(country=pl.lit("PT")), "the policy allows exactly figure, count"),
    "a column less": (lambda table: table.select("count"), "the policy allows exactly figure, count"),
    "columns in another order": (lambda table: table.select("count", "figure"), "the policy allows exactly"),
    "what its own check forbids": (lambda table: table.with_columns(count=pl.lit(-1)), "plays are below 0"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_an_export_that_makes_what_it_may_not_is_refused(root: Root, leak: str) -> None:
    change, message = LEAKS[leak]
    export = leaking(change)
    record = gate.stage(root, export, YEAR)
    with pytest.raises(RefusedError, match=message):
        gate.clear(root, export, record.export_id)


def test_an_id_of_the_lake_in_any_column_is_refused(root: Root) -> None:
    export = leaking(lambda table: table.with_columns(count=pl.lit(root.surrogate("ana"))))
    record = gate.stage(root, export, YEAR)
    with pytest.raises(RefusedError, match="ids of listeners in count"):
        gate.clear(root, export, record.export_id)


def test_a_year_that_is_not_published_has_no_exports(root: Root) -> None:
    with pytest.raises(RefusedError, match="not published"):
        gate.stage(root, TOY, 2024)


def test_a_delivered_release_stays_as_it_is_whoever_changes_their_mind(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    gate.deliver(root, staged.export_id, out)
    agree(root, "bo", state="withdrawn")
    build(Project(root))
    again = gate.stage(root, TOY, YEAR)
    assert (again.export_id, again.sha256) == (staged.export_id, staged.sha256)
    gate.deliver(root, again.export_id, out.with_name("again"))
    assert (out.with_name("again") / "toy.csv").read_bytes() == (out / "toy.csv").read_bytes()


def test_a_restatement_of_nearly_the_same_people_is_refused(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    gate.deliver(root, staged.export_id, out)
    agree(root, "bo", state="withdrawn")
    with pytest.raises(RefusedError, match="the difference of the two would betray them"):
        gate.stage(root, TOY, YEAR, restate="a bug")


def test_a_delivery_that_fails_leaves_nothing_cleared_and_no_second_release(root: Root, staged: ExportRecord, out: Path) -> None:
    """Withdraw, deliver, consent again: the first bytes wait from before, and must not leave as a second release."""
    approved_and_cleared(root, staged)
    (out.parent / "file").write_text("in the way")
    with pytest.raises(InputError, match="which is a file"):
        gate.deliver(root, staged.export_id, out.parent / "file" / "below")
    assert exports.find_export(root, staged.export_id).state == "staged"
    agree(root, "bo", state="withdrawn")
    second = gate.stage(root, TOY, YEAR)
    assert second.export_id != staged.export_id
    approved_and_cleared(root, second)
    gate.deliver(root, second.export_id, out)
    assert exports.find_export(root, staged.export_id).state == "withdrawn"
    assert not gate.folder_of(root, staged.export_id).exists()
    agree(root, "bo")
    assert gate.stage(root, TOY, YEAR).export_id == second.export_id
    with pytest.raises(RefusedError, match="withdrawn, not cleared"):
        gate.deliver(root, staged.export_id, out.with_name("again"))
    assert not out.with_name("again").exists()


def test_what_was_left_cleared_beside_a_delivered_release_does_not_leave_after_it(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    agree(root, "bo", state="withdrawn")
    second = gate.stage(root, TOY, YEAR)
    approved_and_cleared(root, second)
    gate.deliver(root, second.export_id, out)
    exports.change_export(root, staged.export_id, state="cleared")  # as a kill, or an earlier version, may have left it
    gate.folder_of(root, staged.export_id).mkdir()
    for path in gate.folder_of(root, second.export_id).iterdir():
        (gate.folder_of(root, staged.export_id) / path.name).write_bytes(path.read_bytes())
    exports.change_export(root, staged.export_id, sha256=hash_of_folder(gate.folder_of(root, staged.export_id)))
    approvals.approve(root, staged.export_id, "privacy", "Ada")
    with pytest.raises(RefusedError, match="another release left after this one was staged"):
        gate.deliver(root, staged.export_id, out.with_name("again"))


def test_time_and_accounts_without_a_play_make_no_restatement(root: Root, staged: ExportRecord, out: Path) -> None:
    """The policy asks for two people: one withdraws, sixty accounts join that never played, and a year goes by."""
    approved_and_cleared(root, staged)
    gate.deliver(root, staged.export_id, out)
    agree(root, "bo", state="withdrawn")
    idle = [Listener(root.surrogate(f"idle {n}"), f"idle {n}", "UTC", "PT", 1980) for n in range(60)]
    register(root, idle)
    for person in idle:
        consents.record(root, person, "charts", "given", method="web_form")
    for days in (1, 400):
        with pytest.raises(RefusedError, match="would betray them"):
            gate.stage(root, TOY, YEAR, restate="a bug", now=datetime.now(UTC) + timedelta(days=days))


def test_noise_is_paid_for_once_and_never_drawn_again(root: Root, staged: ExportRecord) -> None:
    spent = budget.balance(root, f"{YEAR}/all")
    again = gate.stage(root, TOY, YEAR)
    assert again.sha256 == staged.sha256
    gate.clear(root, TOY, staged.export_id)
    assert budget.balance(root, f"{YEAR}/all") == spent
    assert spent is not None
    assert spent.spent == 24_000_000


def test_a_draw_that_failed_keeps_its_charge_and_is_not_repeated_unasked(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr("wrapped_assets.privacy.draws.Laplace.draw", fails)
        with pytest.raises(MemoryError):
            gate.stage(root, TOY, YEAR)
    with pytest.raises(RefusedError, match="its charge stays"):
        gate.stage(root, TOY, YEAR)
    gate.stage(root, TOY, YEAR, redraw=True)
    spent = budget.balance(root, f"{YEAR}/all")
    assert spent is not None
    assert spent.spent == 2 * 24_000_000


def test_a_budget_that_is_spent_refuses_before_any_noise_is_drawn(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    budget.charge(root, f"{YEAR}/all", "other", 90_000_000, purpose="charts")
    monkeypatch.setattr("wrapped_assets.privacy.draws.Laplace.draw", lambda *_: pytest.fail("drawn"))
    with pytest.raises(RefusedError, match="budget"):
        gate.stage(root, TOY, YEAR)


def test_a_folder_that_holds_something_is_left_as_it_is(root: Root, staged: ExportRecord, out: Path) -> None:
    approved_and_cleared(root, staged)
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        gate.deliver(root, staged.export_id, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_what_a_kill_leaves_of_an_export_with_rows_of_people_is_found_by_their_erasure(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_rows(snapshot: Snapshot, draws: Draws) -> Produced:
        made = produce(snapshot, draws)
        return replace(made, subjects=pseudonyms(snapshot.key, snapshot.people.listener_ids))

    def killed(_folder: Path) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(passage, "hash_of_folder", killed)
        broken.setattr(passage.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            gate.stage(root, replace(TOY, produce=with_rows), YEAR)
    (left,) = (root.path / "exports" / "staged").iterdir()
    erase(Project(root), find_listener(root, "ana"))
    assert not left.exists()
