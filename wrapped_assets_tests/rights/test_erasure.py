"""An erasure leaves a lake that never saw the listener, nothing of theirs anywhere, and everybody else as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from wrapped_assets.building.build import build
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.rights import erasing
from wrapped_assets.rights.erasing import erase, erase_all, resume
from wrapped_assets.storage import consents, exports, manifest, tables
from wrapped_assets.storage.buckets import bucket_of
from wrapped_assets.storage.publications import live_edition
from wrapped_assets.storage.registry import Listener, find_listener, register
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.small_roots import KEY, SMALL_PLAYS, import_small, import_text, lake_files, versions

ERASED = "bo"


def never_saw(path: Path, name: str = ERASED) -> Root:
    root = Root.open_or_make(path, 2, KEY)
    import_small(root, {listener: text for listener, text in SMALL_PLAYS.items() if listener != name})
    build(Project(root))
    return root


def everything(root: Root) -> dict[str, bytes]:
    return {**lake_files(root), **lake_files(root, "landing"), **dict.fromkeys(lake_files(root, "records"), b"")}


@pytest.mark.parametrize("name", sorted(SMALL_PLAYS))
def test_afterwards_the_lake_is_one_that_never_saw_the_listener(small: Root, tmp_path: Path, name: str) -> None:
    erase(Project(small), find_listener(small, name))
    other = never_saw(tmp_path / "other", name)
    assert everything(small) == everything(other)
    assert versions(small) == versions(other)
    assert build(Project(small)).recomputed == []


def test_what_others_could_not_import_is_no_trace_and_a_damaged_file_of_it_goes(small: Root, tmp_path: Path) -> None:
    (tmp_path / "late.csv").write_text("artist,track,time\nNadir Oz,A song of one alone,2999-01-01 12:00\n")
    (tmp_path / "plays.csv").write_text("artist,track,time\nNadir Oz,A song of one alone,2025-01-01 12:00\n")
    import_paths(small, [tmp_path / "late.csv"], Person("ana"))
    (kept,) = (small.path / "landing" / "rejected").glob("*.parquet")
    import_paths(small, [tmp_path / "late.csv"], Person("cy"))
    (other,) = {*(small.path / "landing" / "rejected").glob("*.parquet")} - {kept}
    import_paths(small, [tmp_path / "plays.csv"], Person(ERASED))
    other.write_bytes(b"rot")
    erase(Project(small), find_listener(small, ERASED))
    assert (kept.exists(), other.exists()) == (True, False)


def test_several_at_once_leave_a_lake_that_saw_none_of_them(small: Root, tmp_path: Path) -> None:
    done = erase_all(Project(small), [find_listener(small, name) for name in ("ana", "bo")])
    other = Root.open_or_make(tmp_path / "other", 2, KEY)
    import_small(other, {"cy": SMALL_PLAYS["cy"]})
    build(Project(other))
    assert everything(small) == everything(other)
    assert all(case.plays and not case.residue.hits for case in done)


def test_of_a_log_that_many_listeners_share_every_other_row_stays(tmp_path: Path) -> None:
    rows = [
        (f"person {n % 5}", datetime(2025, 1 + n % 3, 10 + n % 7, n % 24, tzinfo=UTC), f"song {n % 9}", f"artist {n % 4}", 180_000)
        for n in range(120)
    ]
    frame = pl.DataFrame(rows, schema=["listener", "listened_at", "recording_name", "artist_name", "ms_played"], orient="row")
    roots = []
    for label, log in (("all", frame), ("others", frame.filter(pl.col("listener") != "person 3"))):
        folder = tmp_path / label
        folder.mkdir()
        log.write_parquet(folder / "log.parquet")
        root = Root.open_or_make(tmp_path / f"{label} root", 1, KEY)
        import_paths(root, [folder], None)
        build(Project(root))
        roots.append(root)
    erase(Project(roots[0]), find_listener(roots[0], "person 3"))
    assert everything(roots[0]) == everything(roots[1])


def test_cells_of_other_buckets_that_compare_with_nobody_are_not_computed_again(small: Root) -> None:
    other, stages = 1 - bucket_of(small, small.surrogate(ERASED)), project_graph().stages
    before = {cell: stored for cell, stored in manifest.load_cells(small).items() if cell.bucket == other and not stages[cell.asset]}
    erase(Project(small), find_listener(small, ERASED))
    after = manifest.load_cells(small)
    assert before
    assert {cell: after[cell].written_at for cell in before} == {cell: stored.written_at for cell, stored in before.items()}


def test_published_editions_lose_the_listeners_rows_and_keep_all_others(small: Root) -> None:
    publish_edition(Project(small), 2025)
    mine = small.surrogate(ERASED)

    def published() -> dict[str, pl.DataFrame]:
        edition = live_edition(small, 2025)
        assert edition
        return {str(cell): pl.read_parquet(small.path / path) for cell, path in edition.paths.items()}

    before = published()
    erase(Project(small), find_listener(small, ERASED))
    after = published()
    assert after.keys() == before.keys()
    for name, frame in before.items():
        if "listener_id" in frame.columns:
            assert after[name].equals(frame.filter(pl.col("listener_id") != mine)), name
        elif name.startswith("population/"):
            assert after[name].equals(frame), "a published aggregate stays as it is"


def test_older_publications_and_environments_lose_them_too(small: Root) -> None:
    publish_edition(Project(small), 2025)
    import_text(small, "ana", "2025-04-04 eple*7")
    build(Project(small))
    publish_edition(Project(small), 2025)
    build(Project(small.within("trial")), full=True)
    erase(Project(small), find_listener(small, ERASED))
    mine = small.surrogate(ERASED)
    for path in (small.path / "lake").rglob("*.parquet"):
        frame = pl.read_parquet(path)
        people = [name for name in frame.columns if name.endswith("listener_id")]
        assert not frame.select(pl.any_horizontal(pl.lit(value=False), *(pl.col(name) == mine for name in people)).any()).item()


def test_registry_consents_and_wishes_go_and_a_record_without_a_person_stays(small: Root) -> None:
    listener = find_listener(small, ERASED)
    consents.record(small, listener, "charts", "given", method="web_form")
    done = erase(Project(small), listener)
    with pytest.raises(InputError):
        find_listener(small, ERASED)
    with small.engine.connect() as connection:
        for table in (tables.consent_events, tables.exclusions, tables.restrictions):
            rows = sa.select(sa.func.count()).select_from(table).where(table.c.listener_id == listener.listener_id)
            assert connection.execute(rows).scalar() == 0
        case = connection.execute(sa.select(tables.erasure_cases)).one()
    assert (case.case_id, case.state, case.counts["hits"]) == (done.case_id, "verified", 0)
    assert case.counts["plays"] == done.plays > 0
    assert not list((small.path / "erasures").iterdir())


def test_rows_that_went_out_are_recalled_by_their_pseudonym(small: Root) -> None:
    listener, now = find_listener(small, ERASED), datetime.now(UTC)
    exports.add_export(small, exports.ExportRecord("e" * 32, "partner_extract", 2025, "delivered", "s", "p", "i", "acme", now))
    exports.record_subjects(small, "e" * 32, {listener.listener_id: "0123456789abcdef" * 2})
    done = erase(Project(small), listener)
    assert [(recall.recipient, recall.pseudonym) for recall in done.recalls] == [("acme", "0123456789abcdef" * 2)]
    assert done.residue.hits == []


def test_nothing_of_an_unusual_name_is_left_in_any_file(small: Root) -> None:
    name = "Zoë-Ångström 42"
    import_text(small, name, "2025-06-01 only_theirs/nobody_else*3")
    listener = find_listener(small, name)
    register(small, [Listener(listener.listener_id, name, "UTC", "SE", 1980, "Ängelholm")])
    build(Project(small))
    erase(Project(small), find_listener(small, name))
    needles = [name.encode(), b"only_theirs", str(listener.listener_id).encode(), "Ängelholm".encode()]
    for path in (each for each in small.path.rglob("*") if each.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = str(pl.read_parquet(path).to_dicts()).encode()
        assert not any(needle in content for needle in needles), path.relative_to(small.path)


STEPS: list[tuple[object, str]] = [
    (erasing.tombstones, "entomb_all"), (erasing, "purge_landing"), (erasing, "compute_again"), (erasing, "purge_cells"),
    (erasing, "recall_exports"), (erasing, "_forget_people"), (erasing, "residue_of"), (erasing, "close_case"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "step"), [pytest.param(*each, marks=() if each[1] == "_forget_people" else pytest.mark.slow, id=each[1]) for each in STEPS]
)
@pytest.mark.parametrize("is_after", [pytest.param(False, marks=pytest.mark.slow), True], ids=["before", "after"])
def test_what_a_crash_left_open_is_finished(
    small: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: object, step: str, is_after: bool
) -> None:
    real: Callable[..., object] = getattr(place, step)

    def crashes(*arguments: object, **named: object) -> object:
        if is_after:
            real(*arguments, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(place, step, crashes)
        with pytest.raises(KeyboardInterrupt):
            erase(Project(small), find_listener(small, ERASED))
    (done,) = resume(Project(small))
    assert done.residue.hits == []
    assert everything(small) == everything(never_saw(tmp_path / "other"))
    assert resume(Project(small)) == []


def test_while_a_case_is_open_the_listener_is_in_nothing(small: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = find_listener(small, ERASED)
    consents.record(small, listener, "charts", "given", method="web_form")
    monkeypatch.setattr(erasing, "_carry_out", lambda project, batches: [None])
    erase(Project(small), listener)
    assert listener.listener_id not in consents.standing(small, "charts", datetime.now(UTC))


def test_an_erased_listener_does_not_come_back_by_an_import(small: Root, tmp_path: Path) -> None:
    erase(Project(small), find_listener(small, ERASED))
    with pytest.raises(RefusedError, match="erased on request"):
        import_text(small, ERASED, "2025-01-01 eple")
    log = pl.DataFrame({"listener": [ERASED, "new"], "recording_name": ["a", "b"], "artist_name": ["x", "y"]})
    played = log.with_columns(listened_at=pl.lit(datetime(2025, 1, 1, 10, tzinfo=UTC)), ms_played=pl.lit(180_000))
    played.write_parquet(tmp_path / "log.parquet")
    report = import_paths(small, [tmp_path / "log.parquet"], None)
    assert (report.accepted, dict(report.rejected)) == (1, {"erased": 1})


def test_what_is_left_somewhere_fails_the_case_and_says_where(small: Root) -> None:
    (small.path / "notes").mkdir()
    (small.path / "notes" / "copy.txt").write_text(f"listener {small.surrogate(ERASED)}")
    with pytest.raises(erasing.BuildError, match=r"notes/copy\.txt"):
        erase(Project(small), find_listener(small, ERASED))
    (small.path / "notes" / "copy.txt").unlink()
    (done,) = resume(Project(small))
    assert done.residue.hits == []
