"""What happens on the operator's day, step by step, each with its pictures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tools.dagster_ui import Ui, wait
from tools.operators_day import Day, day_of, write_log

INSIGHT = "insights/top_artists"


def drop(day: Day) -> None:
    """A file is dropped: imported, planned, and computed in a run of months and a run of years."""
    before = len(day.ui.runs())
    day.type("08:10")
    day.note("a file is in the inbox")
    wait(lambda: any((day.home / "data/home/inbox/done").glob("*/*.zip")))
    day.note("inbox: landed")
    day.runs_since(before)
    day.ui.open(day.ui.observed("sources/landed_plays", landed=1), "unread_rows")
    day.ui.picture("drop.png", 620)
    day.ui.open("runs")
    day.ui.picture("runs.png", 420)


def truncated(day: Day) -> None:
    """A truncated upload is read as far as it goes, and what is no export is refused, each with a sentence beside it."""
    before = len(day.ui.runs())
    day.type("08:30")
    for folder in ("done", "refused"):
        reason = wait(lambda folder=folder: next((day.home / "data/home/inbox" / folder).glob("*/*.reason.txt"), None))
        day.note(f"inbox: {folder} ({reason.read_text().strip().partition('. ')[0]})")
    day.ui.open(day.ui.observed("sources/landed_plays", refused=1), "unread_rows")
    day.ui.picture("refused.png", 620)
    day.runs_since(before)


def edits(day: Day) -> None:
    """A comment changes nothing, a refactoring is computed and changes nothing after it, a change of logic is amber, computed, and done."""
    comment, refactoring, logic = day.said["09:00"].edits
    before = len(day.ui.runs())
    day.change(comment, "a comment")
    day.note(f"planner: {day.ui.says('planner', 'up to date')}")
    day.change(refactoring, "a refactoring")
    day.runs_since(before)
    before = len(day.ui.runs())
    with day.ui.without("planner"):  # it would begin before the pictures are taken
        day.change(logic, "a change of logic")
        day.ui.until_check(INSIGHT, "up_to_date", passed=False)
        day.note("amber: up_to_date warns")
        amber(day.ui)
    day.note("the planner, stopped for the pictures of amber, is started again")
    day.runs_since(before)
    day.ui.until_check(INSIGHT, "up_to_date", passed=True)
    day.note("green")
    day.ui.open(f"assets/{INSIGHT}?view=events&partition=2025", "columns_changed")
    day.ui.picture("done.png")


def amber(ui: Ui) -> None:
    """A stale asset in the graph, and what its check says."""
    ui.draw_graph('group:"08_music_1"', "amber.png")
    ui.open(f"assets/{INSIGHT}?view=checks&checkDetail=up_to_date", "stale_partitions")
    ui.picture("up_to_date.png", 700)


def failing(day: Day) -> None:
    """An insight fails and says where; what reads it waits; mended, it is computed."""
    before = len(day.ui.runs())
    mistake, mended = day.said["10:00"].edits
    day.change(mistake, "a mistake")
    day.runs_since(before)
    day.note(f"planner: {day.ui.says('planner', 'failed')}")
    failed = next(run for run in day.ui.runs() if run["status"] == "FAILURE")
    page = day.ui.open(f"runs/{failed['runId']}", "RUN_FAILURE")
    said = page.get_by_text("RUN_FAILURE").last.bounding_box()
    day.ui.picture("failure.png", int(said["y"]) + 78)  # without the trace below, which has this machine's paths
    before = len(day.ui.runs())
    day.change(mended, "the mistake mended")
    day.runs_since(before)


def months_again(day: Day) -> None:
    """A backfill of four months, from the dialog."""
    page = day.ui.open("assets/aggregates/listener_days?view=overview", "Materialize")
    page.get_by_role("button", name="Materialize").first.click()
    box = page.get_by_role("dialog").locator("input[type=text]").first
    box.wait_for()
    box.fill("[2024-06...2024-09]")
    box.press("Enter")
    page.wait_for_timeout(2000)
    day.ui.picture("backfill.png")
    before = len(day.ui.runs())
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Launch|Materialize")).last.click()
    day.note("backfill of 2024-06 to 2024-09: launched")
    day.runs_since(before)


def edition(day: Day) -> None:
    """The live edition is not what is stored any more; it is published again."""
    day.ui.until_check("editions/editions", "live_is_stored", passed=False)
    day.ui.open("assets/editions/editions?view=partitions&partition=2025", "is_outdated")
    day.ui.picture("edition.png")
    page = day.ui.open("locations/wrapped_assets/jobs/publish/playground", "Launch")
    page.locator(".CodeMirror").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("ops:\n  publish_the_year:\n    config:\n      year: 2025\n")
    page.wait_for_timeout(2000)
    day.ui.picture("publish.png")
    day.ui.launch("publish", {"ops": {"publish_the_year": {"config": {"year": 2025}}}})
    day.note("publish: 2025 is published again")
    day.ui.until_check("editions/editions", "live_is_stored", passed=True)
    day.note("editions: the live edition is what is stored")


def disk(day: Day) -> None:
    """History is removed."""
    storage = day.home / "data/home/dagster"

    def size() -> str:
        return f"{sum(file.stat().st_size for file in storage.rglob('*') if file.is_file()) / 1e6:.1f} MB"

    day.note(f"Dagster's storage after {len(day.ui.runs())} runs: {size()}")
    run_id = day.ui.launch("prune", {"ops": {"remove_old_history": {"config": {"days": 0, "runs": 3}}}})
    day.note(f"Dagster's storage after prune: {size()}")
    day.ui.open(f"runs/{run_id}", "RUN_SUCCESS")
    day.ui.picture("prune.png", 620)


def pages(ui: Ui) -> None:
    """What an operator sees on any day."""
    ui.draw_graph(f'+key:"{INSIGHT}"', "asset-graph.png")
    ui.open(f"assets/{INSIGHT}?view=overview", "Description")
    ui.picture("asset.png")
    ui.open("automation", "planner")
    ui.picture("automation.png", 800)
    page = ui.open("assets/aggregates/listener_days?view=overview", "Description")
    page.get_by_text("Plots", exact=True).last.click()
    page.wait_for_timeout(2000)
    page.mouse.move(500, 600)
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(1000)
    ui.picture("plots.png")


STEPS = (drop, truncated, edits, failing, months_again, edition, disk)


def carry_out(home: Path, browser: Any, folder: Path) -> None:
    """The whole day; writes its pictures and its log."""
    with day_of(home, browser, folder) as day:
        pages(day.ui)
        for step in STEPS:
            step(day)
    write_log(day.log)
