"""Rendered pages in the UI: an asset by year, and a job that uploads them. Both do what `wrapped render` and `wrapped upload` do."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_IS_USER_PROVIDED_TAG, DATA_VERSION_TAG
from pydantic import Field

from wrapped_assets.orchestration import editions, facts
from wrapped_assets.orchestration.groups import numbered
from wrapped_assets.orchestration.lake import Lake
from wrapped_assets.orchestration.partitions import Periods
from wrapped_assets.orchestration.source_links import source_file
from wrapped_assets.orchestration.withdrawing import CHECK, PAGES, check_result

KEY = PAGES
MEANING = (
    "Every listener's story page of the year's live publication, as packed files. Materializing writes the pages that show something "
    "else than before and says how many; it fails where nothing of the year is published.\n\nNo ties: a listener has one page in each "
    "language. Example: `pages` 4, `written_pages` 1: one of four pages showed something else than before.\n\nThe job `upload` sends "
    "them to a folder or a store."
)


class Languages(dg.Config):
    """The languages of the pages."""

    locales: list[str] = Field(default_factory=lambda: ["en"])
    full: bool = False


class Where(dg.Config):
    """Which edition is uploaded, and where to: a folder, or s3://bucket/prefix. Credentials come from the environment, never from here."""

    year: int
    to: str
    flip: bool = True


def pages_asset(periods: Periods) -> dg.AssetsDefinition:
    """The asset, by year."""
    spec = dg.AssetSpec(
        KEY, deps=[editions.KEY], partitions_def=periods.years, group_name=numbered("editions"), owners=["team:insights"], kinds={"html"},
        description=MEANING, tags={"privacy": "personal", "layer": "editions"},
        metadata={"dagster/code_references": source_file("serving/rendered/rendering.py")},
    )  # fmt: skip

    @dg.multi_asset(
        name="editions__pages", specs=[spec], check_specs=[CHECK], can_subset=True, backfill_policy=dg.BackfillPolicy.multi_run(1)
    )
    def pages(context: dg.AssetExecutionContext, config: Languages, lake: Lake) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        from wrapped_assets.serving.rendered.rendering import render
        from wrapped_assets.serving.rendered.waiting import waiting

        if not context.selected_asset_keys:  # the check alone, by its button
            yield check_result(facts.discreetly("pages", lambda: waiting(lake.project.root)))
            return
        year = int(context.partition_key)
        done = facts.discreetly("pages", lambda: render(lake.project, year, config.locales, full=config.full))
        told: dict[str, facts.Fact] = {
            "publication": done.number, "pages": done.pages, "written_pages": done.written, "reused_pages": done.reused,
            "bytes": done.byte_count, "seconds": done.seconds, "output_changed": int(done.written > 0),
        }  # fmt: skip
        tags = {DATA_VERSION_TAG: done.data_version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
        yield dg.MaterializeResult(KEY, metadata=facts.metadata(told), tags=tags)
        if context.selected_asset_check_keys:
            yield check_result(facts.discreetly("pages", lambda: waiting(lake.project.root)))

    return pages


@dg.op
def upload_the_pages(context: dg.OpExecutionContext, config: Where, lake: Lake) -> None:
    """Sends what the target lacks, reads it back, and points readers at it."""
    from wrapped_assets.serving.rendered.uploading import upload
    from wrapped_assets.storage.responsible import must_have_controller

    facts.discreetly("upload", lambda: must_have_controller(lake.project.root))
    done = facts.discreetly("upload", lambda: upload(lake.project, config.year, config.to, flips=config.flip))
    said = facts.told(
        "{objects} files of {year} (number {number}) are there: {sent} sent, {removed} removed.",
        year=config.year, number=done.number, objects=done.objects, sent=done.sent, removed=done.removed,
    )  # fmt: skip
    context.log.info(said)


@dg.job(name="upload", description="`wrapped upload`: refused before the launch unless `flip` is off, and where nothing is rendered.")
def upload_job() -> None:
    """Uploads rendered pages."""
    upload_the_pages()
