"""Editions in the UI: how ready each year is, whether the live edition is what is stored, and jobs that publish, roll back and approve.

The jobs call what the commands call, so the same gates refuse. Erasure and consent stay out of the UI: they name people, and a run's config
is kept for good.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_IS_USER_PROVIDED_TAG, DATA_VERSION_TAG

from wrapped_assets.contracts.graph import Graph
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration import facts
from wrapped_assets.orchestration.groups import numbered
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.partitions import Periods
from wrapped_assets.orchestration.source_links import source_file

if TYPE_CHECKING:
    from wrapped_assets.building.readiness import Readiness
    from wrapped_assets.building.situate import Project
    from wrapped_assets.storage.root import Root

KEY = dg.AssetKey(["editions", "editions"])
READ = ("insights", "playlists", "population")  # layers
LIVE_IS_STORED = "live_is_stored"
MEANING = (
    "A year as readers see it. Materializing looks how ready it is: stale cells, the publication that is live, whether the lake has "
    "moved on since, whether its population is frozen, damaged files, and days to launch; and what it covers: listeners, listens, and "
    "the share of the listens with a known genre, release year, country and album.\n\nNo ties: nothing is ranked. Example: "
    "`publication` 2, `is_outdated` 1, `stale_cells` 14: readers see the second publication, and 14 cells would come out otherwise "
    "now.\n\nThe jobs `publish` and `rollback` change which edition is live; both refuse what `wrapped publish` and `wrapped rollback` "
    "refuse."
)
SAME = "Warns where the live edition of a year is not what is stored now, or files of it are damaged: publish it again, or repair it."


def editions_asset(graph: Graph, periods: Periods) -> dg.AssetsDefinition:
    """The asset, by year, with its check."""
    sources = [dg.AssetKey(key.split("/")) for key, found in graph.by_key.items() if found.layer in READ]
    spec = dg.AssetSpec(
        KEY, deps=sources, partitions_def=periods.years, group_name=numbered("editions"), owners=["team:insights"], kinds={"edition"},
        description=MEANING, tags={"privacy": "aggregate", "layer": "editions"},
        metadata={"dagster/code_references": source_file("orchestration/editions.py")},
    )  # fmt: skip

    @dg.multi_asset(
        name="editions__editions", specs=[spec], can_subset=True, backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[dg.AssetCheckSpec(LIVE_IS_STORED, asset=KEY, description=SAME)],
    )  # fmt: skip
    def editions(context: dg.AssetExecutionContext, lake: Lake) -> Iterator[object]:
        from wrapped_assets.orchestration.materialisations import logged
        from wrapped_assets.orchestration.runs import silent_result

        found = facts.discreetly("editions", lambda: states(lake.project.root))
        if context.selected_asset_keys:
            years = [int(period) for period in context.partition_keys]
            events = facts.discreetly("editions", lambda: events_of(lake.project, found, years))
            yield from logged(context, events)
            yield silent_result()
        if context.selected_asset_check_keys:
            yield check_result(found)

    return editions


def states(root: "Root") -> "dict[int, Readiness]":
    """Year → how ready its edition is."""
    from wrapped_assets.building.glance import Glance
    from wrapped_assets.building.readiness import readiness

    return {each.year: each for each in readiness(Glance(root))}


def events_of(project: "Project", found: "Mapping[int, Readiness]", years: Sequence[int]) -> list[dg.AssetMaterialization]:
    """What is told of some years; of one in which nothing was played, that."""
    from wrapped_assets.building.coverage import coverage

    covered = coverage(project.root, project.graph, [year for year in years if year in found])
    return [_event(year, figures(found[year], covered[year]) if year in found else {"cells": 0}) for year in years]


def _event(year: int, told: "dict[str, facts.Fact]") -> dg.AssetMaterialization:
    shown = facts.metadata(told)
    tags = {DATA_VERSION_TAG: combined(*map(str, sorted(told.items()))), DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
    return dg.AssetMaterialization(KEY, partition=str(year), metadata=shown, tags=tags)


def figures(state: "Readiness", covered: "Mapping[str, facts.Fact]") -> dict[str, facts.Fact]:
    """Numbers only: 1 stands for yes, and a share is between 0 and 1."""
    from datetime import UTC, datetime

    told: dict[str, facts.Fact] = {
        "cells": state.cells, "stale_cells": state.stale, "is_ready": int(not state.stale), "is_live": int(state.published is not None),
        "publication": state.published or 0, "is_outdated": int(state.is_behind), "is_frozen": int(state.is_frozen),
        "damaged_files": state.damaged, "rolled_back_publications": len(state.rolled_back), **covered,
    }  # fmt: skip
    return told if state.launch_at is None else told | {"days_to_launch": (state.launch_at - datetime.now(UTC)).days}


def check_result(found: "dict[int, Readiness]") -> dg.AssetCheckResult:
    """Over all years with a live edition."""
    live = [state for state in found.values() if state.published is not None]
    outdated, damaged = sum(state.is_behind for state in live), sum(state.damaged for state in live)
    shown = facts.metadata({"live_editions": len(live), "outdated_editions": outdated, "damaged_files": damaged})
    return dg.AssetCheckResult(
        passed=not (outdated or damaged), asset_key=KEY, check_name=LIVE_IS_STORED, severity=dg.AssetCheckSeverity.WARN, metadata=shown
    )


class Year(dg.Config):
    """Which edition."""

    year: int


class Return(dg.Config):
    """Which edition goes back, and to which publication: 0 is the last that was not itself rolled back from."""

    year: int
    to: int = 0


class Signature(dg.Config):
    """Who approves which staged bytes; `key` is the path of a private key on this machine, where two roles sign."""

    export_id: str
    role: str
    approver: str
    key: str = ""


def _log_state(context: dg.OpExecutionContext, lake: Lake, job: str, year: int) -> None:
    """Records how a year is after a job changed it."""
    for told in facts.discreetly(job, lambda: events_of(lake.project, states(lake.project.root), [year])):
        context.log_event(told)


@dg.op
def publish_the_year(context: dg.OpExecutionContext, config: Year, lake: Lake) -> None:
    """Shows readers what is built now."""
    from wrapped_assets.building.publishing import publish_edition

    number = facts.discreetly("publish", lambda: publish_edition(lake.project, config.year).number)
    said = facts.told("{year} is published (number {number}).", year=config.year, number=number)
    context.log.info(said)
    _log_state(context, lake, "publish", config.year)


@dg.op
def return_the_year(context: dg.OpExecutionContext, config: Return, lake: Lake) -> None:
    """Shows readers an earlier publication again."""
    from wrapped_assets.storage.publications import rollback

    number = facts.discreetly("rollback", lambda: rollback(lake.project.root, config.year, config.to or None).number)
    said = facts.told("{year} is back at publication {number}.", year=config.year, number=number)
    context.log.info(said)
    _log_state(context, lake, "rollback", config.year)


@dg.op
def approve_the_export(context: dg.OpExecutionContext, config: Signature, lake: Lake) -> None:
    """Approves exactly the bytes that are staged."""
    from wrapped_assets.privacy import signing

    key = Path(config.key) if config.key else None
    facts.discreetly("approve", lambda: signing.approve(lake.project.root, config.export_id, config.role, config.approver, key))
    said = facts.told("The staged bytes are approved.")
    context.log.info(said)


@dg.job(name="publish", description="`wrapped publish`: refused while any cell of the year is stale.")
def publish_job() -> None:
    """Publishes what is built."""
    publish_the_year()


@dg.job(name="rollback", description="`wrapped rollback`: refused where there is no earlier publication, or its files are damaged.")
def rollback_job() -> None:
    """Returns to an earlier publication."""
    return_the_year()


@dg.job(name="approve", description="`wrapped approve`: one role of a staged export. The config keeps the approver's name.")
def approve_job() -> None:
    """Approves a staged export."""
    approve_the_export()


JOBS = [publish_job, rollback_job, approve_job]
