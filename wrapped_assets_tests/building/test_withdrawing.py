"""Who agreed is named to people of like taste, or drawn on for what they missed; who takes it back is gone with the next build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.building.importing import import_paths
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.examples import plays_of
from wrapped_assets.serving.rows import displayed
from wrapped_assets.serving.telling import story_data
from wrapped_assets.storage import consents, manifest, registry, restrictions
from wrapped_assets.storage.groups import set_group
from wrapped_assets.storage.publications import live_edition
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.commands.running import run
from wrapped_assets_tests.small_roots import KEY, copied

YEAR = 2025
ALIKE = {
    "ana": "2025-03-01 old/cy eple*50 walk*5",
    "bo": "2025-03-01 eple*50 walk*4 night/di*3 old/cy*9",
    "cy": "2025-03-01 eple*50 rain/ed/storms*8 night/di*2",
    "shy": "2025-03-01 eple*50 walk*5 secret*9",
}
HOME = ("ana", "bo", "cy")  # who show each other what they play
MBID_ENDS = {title: f"{number:012d}" for number, title in enumerate(("old", "eple", "walk", "night", "rain", "secret"))}
ABOUT_PEOPLE = ("population/listener_similarities", "insights/similar_listeners")


@pytest.fixture(scope="module")
def _alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alike") / "root"
    root = Root.open_or_make(path, 2, KEY)
    log = pl.concat(plays_of(text).with_columns(listener=pl.lit(name)) for name, text in ALIKE.items()).select(
        "listener", "listened_at", "ms_played", "artist_names", "release_group_name", recording_name="title", artist_name="artist_credit",
        spotify_uri=pl.format("spotify:track:{}", pl.col("title").str.pad_end(22, "0")),
        recording_mbid=pl.format("00000000-0000-4000-8000-{}", pl.col("title").replace_strict(MBID_ENDS)),
    )  # fmt: skip
    log.write_parquet(path.parent / "log.parquet")
    import_paths(root, [path.parent / "log.parquet"], None)
    for name in ("ana", "bo", "cy"):
        for purpose in ("be_found", "group", "share_plays"):
            consents.record(root, registry.find_listener(root, name), purpose, "given", method="letter")
    set_group(root, "home", [*HOME, "shy"])
    assert build(Project(root)).failed == []
    root.engine.dispose()
    return path


@pytest.fixture
def root(_alike: Path, tmp_path: Path) -> Iterator[Root]:
    """Four listeners of one taste in two buckets, built; three agreed to be found."""
    yield from copied(_alike, tmp_path / "root")


def pairs(root: Root, stored: str = "insights/similar_listeners") -> set[tuple[str, str]]:
    """Who stands beside whom in what is stored."""
    names = {each.listener_id: each.name for each in registry.all_listeners(root)}
    cells = [found for cell, found in manifest.load_cells(root).items() if cell.asset == stored]
    rows = pl.concat(pl.read_parquet(root.path / found.path) for found in cells).select("listener_id", "similar_listener_id").rows()
    return {(names[one], names[other]) for one, other in rows}


def shown(root: Root, listener: str, asset: str, column: str, paths: dict | None = None) -> list[str]:
    person = registry.find_listener(root, listener)
    return displayed(root, Project(root).graph, asset, [YEAR], person, paths)[column].to_list()


def everyone_but(*names: str) -> set[tuple[str, str]]:
    left = {"ana", "bo", "cy"} - set(names)
    return {(one, other) for one in left for other in left if one != other}


def test_only_who_agreed_has_rows_and_stands_in_others(root: Root) -> None:
    assert pairs(root) == everyone_but()
    assert shown(root, "shy", "similar_listeners", "similar_listener_name") == []
    assert shown(root, "shy", "missed_recordings", "recording_name") == []


@pytest.mark.parametrize("is_published", [False, True])
def test_who_withdraws_is_gone_from_everybodys_rows_with_the_next_build(root: Root, is_published: bool) -> None:
    bo = registry.find_listener(root, "bo")
    if is_published:
        publish_edition(Project(root), YEAR)
    assert "walk" in shown(root, "cy", "missed_recordings", "recording_name")
    for purpose in ("be_found", "share_plays"):
        consents.record(root, bo, purpose, "withdrawn", method="letter")
    computed = {cell.asset for cell in build(Project(root)).recomputed}
    assert pairs(root) == everyone_but("bo")
    assert pairs(root, "population/listener_similarities") == everyone_but("bo")
    assert shown(root, "cy", "missed_recordings", "recording_name") == ["walk", "old"]  # ana's alone
    assert shown(root, "bo", "missed_recordings", "recording_name") == []
    assert {*ABOUT_PEOPLE, "population/neighbours", "population/neighbour_recordings"} <= computed
    assert not [asset for asset in computed if asset.startswith(("aggregates/", "listens/", "catalogue/"))]


def test_a_restricted_listener_is_gone_as_well(root: Root) -> None:
    restrictions.restrict(root, registry.find_listener(root, "cy").listener_id, "case-1")
    build(Project(root))
    assert pairs(root) == everyone_but("cy")
    assert shown(root, "ana", "missed_recordings", "recording_name") == ["night"]


def test_before_the_next_build_and_in_a_published_edition_nobody_is_shown_who_took_it_back(root: Root) -> None:
    publish_edition(Project(root), YEAR)
    live = live_edition(root, YEAR)
    assert live
    asked = ("ana", "similar_listeners", "similar_listener_name")
    assert sorted(shown(root, *asked)) == sorted(shown(root, *asked, live.paths)) == ["bo", "cy"]
    consents.record(root, registry.find_listener(root, "bo"), "be_found", "withdrawn", method="letter")
    assert shown(root, *asked) == shown(root, *asked, live.paths) == ["cy"]
    assert shown(root, "bo", *asked[1:]) == []


def test_a_story_names_people_and_has_no_surrogates(root: Root) -> None:
    rows = story_data(Project(root), registry.find_listener(root, "ana"), YEAR).insights["similar_listeners"]
    assert sorted(row["similar_listener_name"] for row in rows) == ["bo", "cy"]
    assert not [name for row in rows for name in row if name.endswith("listener_id")]


def test_a_song_that_only_others_heard_has_a_name_also_in_a_published_edition(root: Root) -> None:
    """`rain` was heard in the other bucket alone."""
    assert shown(root, "ana", "missed_recordings", "recording_name") == ["rain", "night"]
    publish_edition(Project(root), YEAR)
    live = live_edition(root, YEAR)
    assert live
    assert shown(root, "ana", "missed_recordings", "recording_name", live.paths) == ["rain", "night"]
    assert shown(root, "ana", "missed_recordings", "artist_name", live.paths) == ["ed", "di"]


@pytest.mark.parametrize(("kind", "name", "left"), [("artist", "ed", ["night"]), ("recording", "di - night", ["rain"])])
def test_nobody_is_told_to_have_missed_what_they_left_out(root: Root, kind: str, name: str, left: list[str]) -> None:
    """Nor what they left out without having played it."""
    registry.exclude(root, registry.find_listener(root, "ana"), kind, target_of(kind, name), name)
    build(Project(root))
    assert shown(root, "ana", "missed_recordings", "recording_name") == left


@pytest.mark.parametrize("format_", ["jspf", "xspf", "m3u8", "csv", "spotify"])
def test_what_was_missed_is_a_playlist_in_every_format(root: Root, tmp_path: Path, format_: str) -> None:
    out = tmp_path / f"list.{format_}"
    run(root.path, "playlist", "missed_recordings", "--listener", "ana", "--year", YEAR, "--format", format_, "--out", out)
    text = out.read_text()
    assert "rain" in text
    assert "night" in text
    assert "secret" not in text
    assert "old" not in text
