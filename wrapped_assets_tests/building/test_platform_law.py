"""The platform law: after any sequence of edits, plan and build give what a rebuild from nothing gives, byte for byte."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from wrapped_assets.building.build import build
from wrapped_assets.building.excluding import target_of
from wrapped_assets.contracts.graph import Graph, graph_of, project_graph
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root
from wrapped_assets_tests.other_logic import project_of
from wrapped_assets_tests.small_roots import KEY, import_text, lake_files, versions

KEPT = ("catalogue/tracks", "aggregates/listener_days", "insights/busiest_day", "insights/listening_totals", "insights/discoveries")
ZONES = ("UTC", "Asia/Tokyo", "Pacific/Honolulu", "Europe/Lisbon")
NAMES = ("ana", "bo", "cy", "di")


def first_day(listener_days: pl.LazyFrame) -> pl.LazyFrame:
    """The earliest day."""
    days = listener_days.filter(pl.col("listen_count") > 0).sort("listener_id", "local_date")
    return days.unique("listener_id", keep="first", maintain_order=True).with_columns(minutes=pl.lit(1.0))


def part_of_the_graph(*, is_changed: bool) -> Graph:
    """A few assets and what they read, one of them with one logic or another."""
    graph = project_graph()
    keys = {*KEPT, *(source for key in KEPT for source in graph.upstream(key))}
    found = [declaration for key, declaration in graph.by_key.items() if key in keys]
    return graph_of([replace(each, function=first_day) if is_changed and each.name == "busiest_day" else each for each in found])


Edit = Callable[[Root], object]


def _days(chance: random.Random, year: int) -> str:
    """Plays on days and at hours that are often near a month's end by some clock."""
    songs = chance.sample(("eple", "walk", "rain"), 2)
    plays = [f"{song}@{chance.choice(('00', '12', '23'))}:10*{chance.randint(1, 3)}" for song in songs]
    return ", ".join(f"{year}-{chance.randint(1, 12):02d}-{chance.choice((1, 15, 28)):02d} {play}" for play in plays)


def edit(chance: random.Random) -> Edit:
    """One change of data, rules or of what a listener wants."""
    name, year = chance.choice(NAMES), chance.choice((2024, 2025))
    match chance.choice(("import", "import", "window", "rules", "exclude", "zone")):
        case "import":
            days = _days(chance, year)
            return lambda root: import_text(root, name, days)
        case "window":
            until = date(year, chance.randint(1, 12), 15)
            return lambda root: registry.set_edition(root, year, window_end=until)
        case "rules":
            rules = chance.choice(("default", "spotify-compatible", "listenbrainz-compatible"))
            return lambda root: registry.set_edition(root, year, rules=rules)
        case "exclude":
            song = chance.choice(("eple", "walk"))
            text = f"artist of {song}"
            return lambda root: (
                import_text(root, name, "2024-05-05 walk"),
                registry.exclude(root, registry.find_listener(root, name), "artist", target_of("artist", text), text),
            )
        case _:
            zone = chance.choice(ZONES)
            return lambda root: import_text(root, name, "2025-01-01 eple@00:10", zone)


def law_holds(folder: Path, seed: int, rounds: int) -> None:
    chance = random.Random(seed)
    root = Root.open_or_make(folder / "root", 2, KEY)
    edits: list[Edit] = []
    is_changed = False
    for _ in range(rounds):
        for _ in range(chance.randint(1, 3)):
            edits.append(edit(chance))
            edits[-1](root)
        is_changed ^= chance.random() < 0.3
        assert build(project_of(root, part_of_the_graph(is_changed=is_changed))).failed == []
    afresh = Root.open_or_make(folder / "afresh", 2, KEY)
    for each in edits:
        each(afresh)
    assert build(project_of(afresh, part_of_the_graph(is_changed=is_changed))).failed == []
    assert versions(root) == versions(afresh)
    assert lake_files(root) == lake_files(afresh)
    assert build(project_of(root, part_of_the_graph(is_changed=is_changed))).recomputed == []


@pytest.mark.parametrize("seed", [1, 2])
def test_edits_and_builds_give_what_a_rebuild_gives(tmp_path: Path, seed: int) -> None:
    law_holds(tmp_path, seed, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 30))
def test_many_edits_and_builds_give_what_a_rebuild_gives(tmp_path: Path, seed: int) -> None:
    law_holds(tmp_path, seed, 8)
