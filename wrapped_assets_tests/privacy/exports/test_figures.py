"""The gate verifies figures itself: an export that forgets a threshold, or tells of other people than it names, delivers nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import RefusedError
from wrapped_assets.exports.artist_editions import ARTIST_EDITIONS, BREAKDOWNS, TOTALS
from wrapped_assets.privacy import contributions, gate, remembered
from wrapped_assets.privacy.draws import Draws
from wrapped_assets.privacy.export import Export, Produced
from wrapped_assets.privacy.figures import figure_faults
from wrapped_assets.privacy.policy import policy_of
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.rights.erasing import erase
from wrapped_assets.storage import consents, registry
from wrapped_assets.storage.files import write_in_parts
from wrapped_assets_tests.privacy.exports.world import YEAR, Life, World, on

POLICY = policy_of("artist_editions").policy
Change = Callable[[dict[str, pl.DataFrame]], dict[str, pl.DataFrame]]


def lives() -> dict[str, Life]:
    """Sixty hear royksopp, twenty-three of them in Norway; two hear rock."""
    crowd = {
        f"fan {n}": Life(country="NO" if n < 23 else "PT", artists={"royksopp": on(f"05-01*{1 + n % 4}", "06-01")}) for n in range(60)
    }
    return crowd | {f"few {n}": Life(country="IS", artists={"rock": on("05-01"), "royksopp": on("05-01", "06-01")}) for n in range(2)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Produced]:
    snapshot = World(tmp_path_factory.mktemp("figures") / "root", lives()).snapshot(ARTIST_EDITIONS)
    return snapshot, ARTIST_EDITIONS.produce(snapshot, Draws(snapshot))


def faults(made: tuple[Snapshot, Produced], **tables: pl.DataFrame) -> list[str]:
    snapshot, produced = made
    return figure_faults({**produced.tables, **tables}, produced.contributors, POLICY, snapshot.people.listener_ids, snapshot.public_among)


def with_row(table: pl.DataFrame, *row: object) -> pl.DataFrame:
    return pl.concat([table, pl.DataFrame([row], schema=table.schema, orient="row")])


def test_what_the_export_makes_passes(made: tuple[Snapshot, Produced]) -> None:
    assert made[1].tables[BREAKDOWNS].height > 3
    assert faults(made) == []


FORGOTTEN: dict[str, tuple[str, Change, str]] = {
    "a threshold": (TOTALS, lambda t: with_row(t, "rock", 2, 2, 0), "fewer than 20 people"),
    "a threshold, told as if it was reached": (TOTALS, lambda t: with_row(t, "rock", 20, 20, 0), "fewer than 20 people"),
    "an artist nobody heard": (TOTALS, lambda t: with_row(t, "nobody", 20, 20, 0), "fewer than 20 people"),
    "rounding": (TOTALS, lambda t: t.with_columns(about_listeners=pl.lit(62, pl.Int64)), "rounded to 10"),
    "a figure that is not what people did": (TOTALS, lambda t: t.with_columns(about_listens=pl.col("about_listens") + 10), "not what its"),
    "merging": (BREAKDOWNS, lambda t: with_row(t, "royksopp", "country", "IS", 20), "fewer than 20 people"),
    "that what is hidden follows": (
        BREAKDOWNS, lambda t: t.filter(pl.col("dimension") != "country").vstack(
            pl.DataFrame([("royksopp", "country", "NO", 20), ("royksopp", "country", "PT", 40)], schema=t.schema, orient="row")
        ), "follows by subtraction",
    ),
    "a row of its own for each cell": (TOTALS, lambda t: t.vstack(t), "two rows are about the same"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGOTTEN)
def test_an_export_that_forgets_it_has_a_fault_by_the_gate_alone(made: tuple[Snapshot, Produced], what: str) -> None:
    file, change, message = FORGOTTEN[what]
    assert any(message in fault for fault in faults(made, **{file: change(made[1].tables[file])}))


def test_dominance_is_verified_by_the_gate(tmp_path: Path) -> None:
    world = World(tmp_path / "root", lives() | {"heavy": Life(artists={"royksopp": on("05-01*900")})})
    snapshot = world.snapshot(ARTIST_EDITIONS)
    produced = ARTIST_EDITIONS.produce(snapshot, Draws(snapshot))
    told = produced.tables[TOTALS].with_columns(about_listens=pl.lit(1120, pl.Int64))
    tables, people = {**produced.tables, TOTALS: told}, snapshot.people.listener_ids
    found = figure_faults(tables, produced.contributors, POLICY, people, snapshot.public_among)
    assert any("one person stands out" in fault for fault in found)


def test_who_may_not_be_in_it_is_counted_by_no_export(made: tuple[Snapshot, Produced]) -> None:
    snapshot, produced = made
    found = figure_faults(produced.tables, produced.contributors, POLICY, snapshot.people.listener_ids[1:], snapshot.public_among)
    assert any("who may not be in it" in fault for fault in found)


def test_numbers_that_the_policy_calls_public_are_a_fault(made: tuple[Snapshot, Produced]) -> None:
    snapshot, produced = made
    rules = {name: rule.model_copy(update={"privacy": "public", "figure": None}) for name, rule in POLICY.files[TOTALS].items()}
    policy = POLICY.model_copy(update={"files": {**POLICY.files, TOTALS: rules}})
    found = figure_faults(produced.tables, produced.contributors, policy, snapshot.people.listener_ids, snapshot.public_among)
    assert sum("holds numbers and its class is public" in fault for fault in found) == 3


NUMBERS_AS_TEXT: dict[str, Change] = {
    "all of them": lambda t: t.with_columns(artist_name=pl.Series(["62"])),
    "one among words": lambda t: with_row(t.with_columns(artist_name=pl.lit("royksopp")), "62", 60, 60, 0),
    "with spaces or signs": lambda t: t.with_columns(artist_name=pl.Series([" 6.2e1"])),
}


@pytest.mark.parametrize("how", NUMBERS_AS_TEXT)
def test_numbers_passed_as_texts_of_a_public_column_are_a_fault(made: tuple[Snapshot, Produced], how: str) -> None:
    table = NUMBERS_AS_TEXT[how](made[1].tables[TOTALS])
    assert any("artist_name holds numbers" in fault for fault in faults(made, **{TOTALS: table}))


def test_an_artist_whose_name_is_a_number_may_be_the_only_one(tmp_path: Path) -> None:
    world = World(tmp_path / "root", {f"fan {n}": Life(artists={"1975": on("05-01")}) for n in range(60)})
    delivered(world, tmp_path / "out")
    assert "1975,60,60" in (tmp_path / "out" / TOTALS).read_text()


def forgetful(change: Change, *, says_who: bool = True) -> Export:
    """The artist editions without any check of their own, and with a fault in what they make."""

    def produce(snapshot: Snapshot, draws: Draws) -> Produced:
        found = ARTIST_EDITIONS.produce(snapshot, draws)
        return replace(found, tables=change(dict(found.tables)), contributors=found.contributors if says_who else {})

    return replace(ARTIST_EDITIONS, produce=produce, faults=lambda tables, policy: [])


def test_an_export_without_checks_of_its_own_is_refused_at_the_gate(tmp_path: Path) -> None:
    """`rock,2` under a report that says that no figure stands for fewer than twenty."""
    world = World(tmp_path / "root", lives())
    export = forgetful(lambda tables: {**tables, TOTALS: with_row(tables[TOTALS], "rock", 2, 2, 0)})
    record = gate.stage(world.root, export, YEAR)
    with pytest.raises(RefusedError, match="fewer than 20 people"):
        gate.clear(world.root, export, record.export_id)
    with pytest.raises(RefusedError, match="does not say whose listening"):
        gate.stage(world.root, forgetful(lambda tables: tables, says_who=False), YEAR)


def delivered(world: World, out: Path, restate: str | None = None) -> str:
    record = gate.stage(world.root, ARTIST_EDITIONS, YEAR, restate=restate)
    gate.clear(world.root, ARTIST_EDITIONS, record.export_id)
    gate.deliver(world.root, record.export_id, out)
    return record.export_id


def say(world: World, name: str, state: str) -> None:
    consents.record(world.root, registry.find_listener(world.root, name), "artist_statistics", state, method="letter")


def test_no_restatement_differs_from_any_earlier_release_by_a_few_people_in_some_figure(tmp_path: Path) -> None:
    """Each time more than fifty people come or go, all but one of them in another artist's figures."""
    apart = {f"old {n}": Life(artists={"abba": on("05-01")}) for n in range(80)}
    world = World(tmp_path / "root", apart | {f"bo {n}": Life(artists={"bo": on("05-01")}) for n in range(30)})
    first = delivered(world, tmp_path / "1")
    for n in range(55):
        say(world, f"old {n}", "objected")
    second = delivered(world, tmp_path / "2", restate="they objected")  # abba differs by fifty-five, bo by nobody
    assert first != second
    say(world, "bo 0", "objected")
    for n in range(30):
        say(world, f"old {n}", "given")
    for n in range(55, 80):
        say(world, f"old {n}", "objected")
    with pytest.raises(RefusedError, match="fewer than 50 people changed in some figure"):
        gate.stage(world.root, ARTIST_EDITIONS, YEAR, restate="again")


def test_a_restatement_that_would_show_who_was_erased_is_refused_although_nobody_remembers_them(tmp_path: Path) -> None:
    world = World(tmp_path / "root", {f"fan {n}": Life(artists={"bo": on("05-01")}) for n in range(40)})
    delivered(world, tmp_path / "1")
    erase(Project(world.root), registry.find_listener(world.root, "fan 3"))
    with pytest.raises(RefusedError, match="would betray them"):
        gate.stage(world.root, ARTIST_EDITIONS, YEAR, restate="a bug")


def test_nothing_is_compared_with_a_damaged_record_of_a_release_and_an_erasure_removes_it(tmp_path: Path) -> None:
    """Else a changed byte could make two releases seem further apart than they are, or hide who is to be forgotten."""
    world = World(tmp_path / "root", {f"fan {n}": Life(artists={"bo": on("05-01")}) for n in range(120)})
    first, folder = delivered(world, tmp_path / "1"), world.root.path / "exports" / "people"
    for n in range(60):
        say(world, f"fan {n}", "objected")
    for kept in sorted(folder.glob(f"{first}*")):
        whole = kept.read_bytes()
        for damaged in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-3]):
            kept.write_bytes(damaged)
            with pytest.raises(RefusedError, match="damaged"):
                gate.stage(world.root, ARTIST_EDITIONS, YEAR, restate="they objected")
        kept.write_bytes(whole)
    (parquet,) = folder.glob(f"{first}*.parquet")
    aside = parquet.rename(tmp_path / "aside")
    with pytest.raises(RefusedError, match="not known any more"):
        gate.stage(world.root, ARTIST_EDITIONS, YEAR, restate="they objected")
    aside.rename(parquet)
    second = gate.stage(world.root, ARTIST_EDITIONS, YEAR, restate="they objected")
    gate.clear(world.root, ARTIST_EDITIONS, second.export_id)
    remembered.forget(world.root, second.export_id, contributions.ENDING)
    with pytest.raises(RefusedError, match="not known any more"):
        gate.deliver(world.root, second.export_id, tmp_path / "2")
    for kept in folder.glob(f"{first}*"):
        kept.write_bytes(kept.read_bytes()[:-3])
    erase(Project(world.root), registry.find_listener(world.root, "fan 100"))
    assert not list(folder.glob(f"{first}*"))


def test_every_export_is_attacked_by_tests_of_its_own() -> None:
    """A new export comes with a module of attacks that imports it; this fails until it does."""
    from wrapped_assets.exports.all_exports import all_exports

    modules = {path.name: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")}
    for name, export in all_exports().items():
        own = modules.get(f"test_{name}.py", "")
        assert f"from wrapped_assets.exports.{name} import" in own, f"write attacks on {name} in test_{name}.py"
        assert own.count("def test_") >= 3, f"attack {name} in more than {own.count('def test_')} ways"
        assert export.name == name



def test_contributions_are_kept_some_people_at_a_time_and_are_the_same(
    made: tuple[Snapshot, Produced], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Whatever the number of people, few rows are held at once; an erasure puts a stand-in into the file as it lies."""
    snapshot, produced = made
    held: list[int] = []

    def kept(export_id: str) -> pl.DataFrame:
        contributions.keep(snapshot.root, export_id, POLICY, produced.tables, produced.contributors)
        return stored(export_id)

    def stored(export_id: str) -> pl.DataFrame:
        path = remembered.intact_path(snapshot.root, export_id, contributions.ENDING)
        assert path
        return pl.read_parquet(path).sort(pl.all())

    def watched(parts: Iterable[pl.DataFrame], *where: object) -> None:
        found = list(parts)
        held.extend(part.height for part in found)
        write_in_parts(iter(found), *where)  # type: ignore[arg-type]

    at_once = kept("whole")
    monkeypatch.setattr(contributions, "ROWS_AT_ONCE", 40)
    monkeypatch.setattr(contributions, "write_in_parts", watched)
    assert kept("parts").equals(at_once)
    assert sum(held) == at_once.height
    assert len(held) > 5
    assert max(held) < 3 * 40
    monkeypatch.setattr(contributions, "ROW_GROUP_ROWS", 25)
    erased = int(at_once["listener_id"][0])
    contributions.forget(snapshot.root, "parts", erased)
    after = stored("parts")
    assert erased not in after["listener_id"]
    assert after["listener_id"].n_unique() == at_once["listener_id"].n_unique()
    assert contributions.fewest_changed(snapshot.root, "whole", "parts") == 2
