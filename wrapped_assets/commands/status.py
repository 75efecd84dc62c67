"""`wrapped status`: shows how ready each edition is."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import click

from wrapped_assets.commands.options import data_option, emit_json, json_option, open_glance, say_damage


@click.command("status", epilog="Example: wrapped status")
@data_option
@json_option
def command(data, as_json) -> None:
    """Show every edition's fresh and stale cells, its publication, and the time left to launch."""
    from wrapped_assets.building.readiness import readiness
    from wrapped_assets.kernels.one_line import one_line

    glance = open_glance(data)
    found = readiness(glance)
    waiting = _waiting(glance.root)
    pages = {each.year: _pages(glance.root, each.year, each.published) | {"waiting": waiting.get(each.year, [])} for each in found}
    launches = _launches(glance.root)
    if as_json:
        documents = [
            {
                **vars(each), **pages[each.year], "launch_at": each.launch_at and each.launch_at.isoformat(),
                "launch": launches.get(each.year),
            }
            for each in found
        ]  # fmt: skip
        emit_json({"editions": documents})
        return
    for each in found:
        state = "ready" if not each.stale else f"{each.stale:,} of {each.cells:,} cells stale"
        shown = f"publication {each.published} live" if each.published else "not published"
        frozen = ", its population frozen" if each.is_frozen else ""
        behind = ", but the build has moved on since" if each.published and each.is_behind else ""
        damaged = f", and {each.damaged:,} of its files are damaged (`wrapped repair --check` says what to do)" if each.damaged else ""
        back = ", ".join(f"{one['number']} ({one_line(one['reason'] or 'no reason given')})" for one in each.rolled_back)
        taken_back = f"; rolled back from {back}" if back else ""
        plan = _planned(launches[each.year]) if each.year in launches else ""
        ready = f"{state}; {shown}{frozen}{behind}{damaged}{_told(pages[each.year])}{taken_back}"
        click.echo(f"{each.year}: {ready}{_left(each.launch_at)}{plan}")
    say_damage(glance.root)
    if not found:
        click.echo("No listening history yet. Run `wrapped import PATH`.")


def _pages(root, year: int, number: int | None) -> dict:
    """How many pages of the live publication are rendered, and where they are uploaded; None where none is."""
    if number is None or not _is_shelved(root, f"site/{year}/{number}"):  # without loading what renders
        return {"rendered_pages": None, "uploaded_to": []}
    from wrapped_assets.serving.rendered.shelf import Shelf
    from wrapped_assets.serving.rendered.uploads import targets_of

    shelf = Shelf(root, year, number)
    about = shelf.about
    return {"rendered_pages": about["pages"] if about else None, "uploaded_to": targets_of([shelf])[0]}


def _is_shelved(root, folder: str) -> bool:
    return (root.path / folder).is_dir() or bool(root.documents.names(f"{folder}/uploads/*.json"))


def _waiting(root) -> dict[int, list[dict]]:
    """Year → what targets have that may not be shown any more, and since when."""
    from wrapped_assets.contracts.errors import BuildError

    if not root.documents.names("site/*/*/uploads/*.json"):  # without loading what renders
        return {}
    from wrapped_assets.serving.rendered.waiting import waiting

    found: dict[int, list[dict]] = {}
    with suppress(BuildError):  # a damaged record of uploads, of which the next upload tells
        for each in waiting(root):
            row = {"address": each.address, "objects": each.objects, "since": each.since.isoformat(timespec="seconds")}
            found.setdefault(each.year, []).append(row)
    return found


def _launches(root) -> dict[int, dict]:
    """How far each planned launch is, by year; without loading what carries it out where none is planned."""
    from wrapped_assets.storage.launches import plans

    planned = plans(root)
    if not planned:
        return {}
    from wrapped_assets.building.situate import Project
    from wrapped_assets.serving.launch.reporting import document, report

    return {year: document(report(Project(root), year)) for year in planned}


def _planned(launch: dict) -> str:
    """What is next in a launch plan, what would be late, and why it stopped."""
    following = f"; next of the launch: {launch['next_step']}" if launch["next_step"] else "; nothing is left of the launch"
    late = f"; late at the measured speed: {', '.join(launch['late'])}" if launch["late"] else ""
    return following + late + (f"; the plan stopped: {launch['stopped']}" if launch["stopped"] else "")


def _told(pages: dict) -> str:
    if pages["rendered_pages"] is None:
        return _said(pages["waiting"])
    where = f", uploaded to {', '.join(pages['uploaded_to'])}" if pages["uploaded_to"] else ""
    return f", {pages['rendered_pages']:,} pages rendered{where}{_said(pages['waiting'])}"


def _said(waiting: list[dict]) -> str:
    """A withdrawal that waits for an upload."""
    return "".join(
        f"; {each['objects']:,} files at {each['address']} may not be shown any more, which is known since {each['since']}: run "
        "`wrapped render` and `wrapped upload`, or leave it to `wrapped ui`"
        for each in waiting
    )


def _left(launch_at: datetime | None) -> str:
    if launch_at is None:
        return ""
    seconds = (launch_at - datetime.now(UTC)).total_seconds()
    if seconds < 0:
        return "; launched"
    return f"; {int(seconds // 86400)} days {int(seconds % 86400 // 3600)} h to launch"
