"""A world in which everybody is written about in everybody else's rows: alike, found, in one group, published twice, rolled back."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from wrapped_assets.building.build import build
from wrapped_assets.building.publishing import publish_edition
from wrapped_assets.building.situate import Project
from wrapped_assets.storage import consents, groups, publications
from wrapped_assets.storage.registry import find_listener
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.categories import LISTENER_IDS
from wrapped_assets_tests.small_roots import KEY, import_text

FRIENDS = {
    "ana": "2025-03-01 eple*30 walk*40, 2025-04-02 secret_of_ana/only_her_band*2",
    "bo": "2025-03-01 eple*30 rain*40, 2025-05-01 secret_of_bo/only_his_band*3",
    "cy": "2025-03-02 eple*30 walk*30 rain*10",
    "dee": "2025-03-03 walk*40 rain*30",
    "em": "2024-12-30 eple*5, 2025-03-04 eple*60",
}


def friends(path: Path, bucket_count: int) -> Root:
    """The world, new: two publications of 2025, the first live again; an environment with every cell of its own."""
    root = Root.open_or_make(path, bucket_count, KEY)
    for name, plays in FRIENDS.items():
        import_text(root, name, plays)
        for purpose in ("be_found", "group"):
            consents.record(root, find_listener(root, name), purpose, "given", method="web_form")
    groups.set_group(root, "friends", list(FRIENDS))
    project = Project(root)
    assert build(project).failed == []
    publish_edition(project, 2025)
    import_text(root, "cy", "2025-06-01 moon*20")
    assert build(project).failed == []
    publish_edition(project, 2025)
    publications.rollback(root, 2025)
    assert build(Project(root.within("trial")), full=True).failed == []
    return root


def files_that_name(root: Root, name: str) -> list[str]:
    """Every Parquet file below the root with the listener's id in any number."""
    wanted = root.surrogate(name)
    found = []
    for path in sorted(root.path.rglob("*.parquet")):
        numbers = pl.read_parquet(path).select(pl.col(pl.Int64))
        if numbers.width and numbers.select(pl.any_horizontal(pl.all() == wanted).any()).item():
            found.append(path.relative_to(root.path).as_posix())
    return found


def rows_about_others(root: Root, names: set[str]) -> int:
    """How many stored rows are about two people, neither of whom has one of these names."""
    ids = [root.surrogate(name) for name in names]
    count = 0
    for path in (root.path / "lake").rglob("*.parquet"):
        people = [name for name in pl.read_parquet_schema(path) if name in LISTENER_IDS]
        if len(people) > 1:
            count += pl.read_parquet(path).filter(~pl.any_horizontal(pl.col(name).is_in(ids) for name in people)).height
    return count
