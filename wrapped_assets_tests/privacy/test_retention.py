"""What may be kept no longer is destroyed, and not a moment before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.privacy import gate, retention
from wrapped_assets.privacy.restating import people_of
from wrapped_assets.storage import exports, registry
from wrapped_assets.storage.exports import ExportRecord
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.privacy.toy import TOY, YEAR, approved_and_cleared, write_policy

DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)  # the toy is kept for a day


def delivered(root: Root, staged: ExportRecord) -> tuple[Path, datetime]:
    approved_and_cleared(root, staged)
    folder = root.path / "exports" / "delivered" / f"toy-{YEAR}"
    gate.deliver(root, staged.export_id, folder)
    at = exports.find_export(root, staged.export_id).delivered_at
    assert at
    return folder, at


def test_our_copies_go_when_their_time_is_over(root: Root, staged: ExportRecord) -> None:
    folder, at = delivered(root, staged)
    assert retention.expire(root, at + DAY - MOMENT) == 0
    assert folder.exists()
    assert retention.expire(root, at + DAY) == 1
    assert not folder.exists()
    assert not gate.folder_of(root, staged.export_id).exists()
    assert exports.find_export(root, staged.export_id).expired_at == at + DAY
    assert retention.expire(root, at + 2 * DAY) == 0


def test_a_later_export_in_the_same_folder_stays(root: Root, staged: ExportRecord, tmp_path: Path) -> None:
    folder, at = delivered(root, staged)
    report = folder / "privacy_report.json"
    report.write_bytes(report.read_bytes().replace(staged.export_id.encode(), b"another"))
    assert retention.expire(root, at + DAY) == 1
    assert folder.exists()


def test_what_was_told_once_is_not_told_anew_because_it_was_destroyed(root: Root, staged: ExportRecord, tmp_path: Path) -> None:
    _, at = delivered(root, staged)
    retention.expire(root, at + DAY)
    with pytest.raises(RefusedError, match="destroyed when its time was over"):
        gate.export_through_the_gate(root, TOY, YEAR, tmp_path / "again")
    with pytest.raises(RefusedError, match="not known any more"):  # and so nothing can be compared with it
        gate.stage(root, TOY, YEAR, restate="lost", now=at + DAY)
    assert not (tmp_path / "again").exists()


def test_who_was_in_it_is_forgotten_with_the_release(root: Root, staged: ExportRecord) -> None:
    _, at = delivered(root, staged)
    assert people_of(root, staged.export_id)
    retention.expire(root, at + DAY)
    assert not people_of(root, staged.export_id)


def test_pseudonyms_lose_their_meaning_and_who_got_the_row_is_still_known(root: Root, staged: ExportRecord) -> None:
    (ana, bo) = (registry.find_listener(root, name).listener_id for name in ("ana", "bo"))
    exports.record_subjects(root, staged.export_id, {ana: "a" * 32, bo: "b" * 32})
    exports.keep_key(root, staged.export_id, b"wrapped")
    retention.expire(root, datetime.now(UTC) + 7 * DAY)
    assert exports.wrapped_key_of(root, staged.export_id) is None
    assert exports.subjects_of(root, staged.export_id) == {ana, bo}
    files = [path.read_bytes() for path in root.path.glob("registry*") if path.is_file()]
    assert files
    assert not any(b"a" * 32 in content or b"b" * 32 in content for content in files)


@pytest.mark.parametrize(("age", "ended"), [(7 * DAY - MOMENT, 0), (7 * DAY, 1)])
def test_what_never_left_goes_after_a_week(root: Root, staged: ExportRecord, age: timedelta, ended: int) -> None:
    assert retention.expire(root, staged.created_at + age) == ended
    assert gate.folder_of(root, staged.export_id).exists() == (not ended)
    assert exports.find_export(root, staged.export_id).state == ("withdrawn" if ended else "staged")


def test_a_policy_that_nobody_reviewed_ends_nothing(root: Root, staged: ExportRecord, tmp_path: Path) -> None:
    folder, at = delivered(root, staged)
    write_policy(tmp_path / "policies", retention_days=0)
    (tmp_path / "policies" / "toy.yaml").write_text("retention_days: 0")
    with pytest.raises(RefusedError, match="reviewed"):
        retention.expire(root, at + DAY)
    assert folder.exists()
