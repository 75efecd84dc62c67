"""The Dagster UI on a data root: started, asked through its API, and photographed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

SCREEN, WIDE = {"width": 1280, "height": 860}, {"width": 1600, "height": 1000}
WRAPPED = (sys.executable, "-c", "from wrapped_assets.cli import main; main()")
PATIENCE_SECONDS = 1800
RUNS = "{runsOrError(limit: 100) {... on Runs {results {runId jobName status startTime endTime assetSelection {path} tags {key value}}}}}"
CHECK = """query($path: [String!]!) {assetNodeOrError(assetKey: {path: $path}) {... on AssetNode {assetChecksOrError {... on AssetChecks {
    checks {name executionForLatestMaterialization {evaluation {success}}}}}}}}"""
RELOAD = 'mutation {reloadRepositoryLocation(repositoryLocationName: "wrapped_assets") {__typename}}'
SENSOR = '{repositoryName: "__repository__", repositoryLocationName: "wrapped_assets", sensorName: $name}'
STARTED = f"mutation($name: String!) {{startSensor(sensorSelector: {SENSOR}) {{__typename}}}}"
STOPPED = "mutation($id: String!) {stopSensor(id: $id) {__typename}}"
SENSOR_ID = f"query($name: String!) {{sensorOrError(sensorSelector: {SENSOR}) {{... on Sensor {{id}}}}}}"
TICK = f"""query($name: String!) {{sensorOrError(sensorSelector: {SENSOR}) {{... on Sensor {{sensorState {{ticks(limit: 1) {{
    timestamp skipReason}}}}}}}}}}"""
LAUNCH = """mutation($job: String!, $config: RunConfigData!) {launchRun(executionParams: {selector: {repositoryName: "__repository__",
    repositoryLocationName: "wrapped_assets", jobName: $job}, runConfigData: $config}) {... on LaunchRunSuccess {run {runId}}}}"""
OBSERVED = """query($path: [String!]!) {assetOrError(assetKey: {path: $path}) {... on Asset {assetObservations(limit: 1) {timestamp
    metadataEntries {label ... on IntMetadataEntry {intValue}}}}}}"""


@dataclass
class Ui:
    """A running UI."""

    address: str
    page: Any  # of Playwright
    folder: Path
    began: float = field(default_factory=time.time)

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """What the API answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            found = json.load(answer)
        if found.get("errors"):
            raise SystemExit(f"the UI refused a question: {found['errors'][0]['message']}")
        return found["data"]

    def runs(self) -> list[dict[str, Any]]:
        """All runs, the newest first."""
        return self.ask(RUNS)["runsOrError"]["results"]

    def ended(self, before: int) -> list[dict[str, Any]]:
        """The runs beyond the first `before` ones, once each ended and the planner has nothing more to ask for; the oldest first."""

        def quiet() -> list[dict[str, Any]]:
            runs = self.runs()[:-before] if before else self.runs()
            return runs if runs and not any(run["status"] in ("QUEUED", "STARTING", "STARTED", "NOT_STARTED") for run in runs) else []

        wait(quiet)
        self.says("planner", "Everything is up to date.", "cells failed")
        return wait(quiet)[::-1]

    def says(self, sensor: str, *parts: str) -> str:
        """What a sensor says, once a tick from now on says one of these parts."""
        since = time.time()

        def said() -> str:
            state = self.ask(TICK, name=sensor)["sensorOrError"].get("sensorState")  # there is none while definitions are reloaded
            ticks = state["ticks"] if state else []
            text = ticks[0]["skipReason"] or "" if ticks and ticks[0]["timestamp"] > since else ""
            return text if any(part in text for part in parts) else ""

        return wait(said)

    @contextmanager
    def without(self, sensor: str) -> Iterator[None]:
        """Stops a sensor for a while."""
        self.ask(STOPPED, id=self.ask(SENSOR_ID, name=sensor)["sensorOrError"]["id"])
        yield
        self.ask(STARTED, name=sensor)

    def until_check(self, asset: str, check: str, *, passed: bool) -> None:
        """Waits until a check of an asset passes, or does not."""

        def is_so() -> bool:
            found = self.ask(CHECK, path=asset.split("/"))["assetNodeOrError"].get("assetChecksOrError", {}).get("checks", [])
            last = next((each["executionForLatestMaterialization"] for each in found if each["name"] == check), None)
            return bool(last and last["evaluation"] and last["evaluation"]["success"] == passed)

        wait(is_so)

    def launch(self, job: str, config: dict[str, object]) -> str:
        """Starts a job; returns its run once that ended."""
        run_id = self.ask(LAUNCH, job=job, config=config)["launchRun"]["run"]["runId"]
        wait(lambda: next(run["endTime"] for run in self.runs() if run["runId"] == run_id))
        return run_id

    def open(self, path: str, shown: str = "") -> Any:
        """The page at a path, drawn; `shown` is a text to wait for."""
        self.page.goto(f"{self.address}/{path}", wait_until="domcontentloaded")
        if shown:
            self.page.get_by_text(shown).first.wait_for()
        self.page.wait_for_timeout(4000)  # the UI goes on drawing after its last answer
        return self.page

    def draw_graph(self, selection: str, name: str) -> None:
        """Keeps the lineage of a selection, with all groups open."""
        is_open = selection.startswith("group:")  # a single group is drawn open
        self.page.set_viewport_size(WIDE)
        self.open(f"asset-groups~{quote(selection, safe='')}/", "Passed" if is_open else "Materialize")
        if not is_open:
            self.page.keyboard.press("Alt+e")
            self.page.wait_for_timeout(3000)
        self.page.screenshot(path=str(self.folder / name))
        self.page.set_viewport_size(SCREEN)

    def observed(self, asset: str, **figures: int) -> str:
        """The path of the newest observation of an asset, once it has these figures."""

        def found() -> str:
            seen = self.ask(OBSERVED, path=asset.split("/"))["assetOrError"]["assetObservations"]
            shown = {entry["label"]: entry.get("intValue") for entry in seen[0]["metadataEntries"]} if seen else {}
            return seen[0]["timestamp"] if figures.items() <= shown.items() and shown else ""

        return f"assets/{asset}?view=events&time={wait(found)}"

    def picture(self, name: str, height: int = SCREEN["height"]) -> None:
        """Keeps what is on the screen."""
        self.page.screenshot(path=str(self.folder / name), clip={"x": 0, "y": 0, "width": SCREEN["width"], "height": height})


def wait(until: Callable[[], Any]) -> Any:
    """What `until` returns, once that is true; SystemExit after half an hour."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := until()):
        if time.monotonic() > end:
            raise SystemExit("the UI did not come to what was waited for within half an hour")
        time.sleep(0.5)
    return found


@contextmanager
def running(data: Path, browser: Any, folder: Path, code: Path) -> Iterator[Ui]:
    """The UI on a data root, with the code in a folder; pictures go to another."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*WRAPPED, "ui", "--port", str(port), "--data", str(data)]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    process = subprocess.Popen(command, env=environment, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ui = Ui(f"http://127.0.0.1:{port}", browser.new_page(viewport=SCREEN), folder)
    ui.page.set_default_timeout(120_000)
    try:
        wait(lambda: _answers(ui.address))
        ui.began = time.time()
        ui.open("runs").get_by_text("Hide navigation").click()  # for all pages from here on
        yield ui
    finally:
        process.terminate()
        process.wait(120)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/server_info", timeout=2).close()
    except OSError:
        return False
    return True
