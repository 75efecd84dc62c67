"""What targets have that may not be shown there any more, and its removal.

What people take back is withheld here at once. A folder or store from which others serve knows of it once somebody tells it: `wrapped
upload`, or `withdraw` below, which Dagster asks for by itself.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, WrappedError
from wrapped_assets.serving.rendered.rendering import render
from wrapped_assets.serving.rendered.shelf import FOLDER, Shelf, shelves
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.serving.rendered.uploading import take_down, upload, uploading, wanted
from wrapped_assets.serving.rendered.uploads import ON_ITS_WAY, There, targets_of, uploaded
from wrapped_assets.storage import publications
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole


@dataclass(frozen=True)
class Waiting:
    """Objects of a year at a target that may not be shown as they are, and since when that is known."""

    address: str
    year: int
    objects: int
    since: datetime


@dataclass
class Withdrawn:
    """What `withdraw` did: objects removed and sent, and the targets that did not answer."""

    removed: int = 0
    sent: int = 0
    unreached: list[str] = field(default_factory=list)


def has_uploads(root: Root) -> bool:
    """Whether anything was ever uploaded, asked without reading a file."""
    return any((root.path / FOLDER).glob("*/*/uploads/*.json"))


def waiting(root: Root) -> list[Waiting]:
    """What waits at each target, by address and year. BuildError where a record of uploads is damaged."""
    counts: dict[tuple[str, int], int] = {}
    if has_uploads(root):
        standing = Standing.now(root)
        for shelf in shelves(root):
            for address in targets_of([shelf])[0]:
                if count := _outdated(shelf, address, standing):
                    counts[address, shelf.year] = counts.get((address, shelf.year), 0) + count
    seen = _first_seen(root, counts)
    return [Waiting(address, year, count, seen[address, year]) for (address, year), count in sorted(counts.items())]


def _outdated(shelf: Shelf, address: str, standing: Standing) -> int:
    unopened: Any = None  # a look asks no target
    target = Target(address, unopened, None if "://" in address else Path(address))
    now = {each.key: each.digest for each in wanted(shelf, target, standing)}
    return sum(_is_outdated(there, now.get(key)) for key, there in uploaded(shelf, address).items())


def _is_outdated(there: There, now: str | None) -> bool:
    if now is None or not there.people:
        return True
    return there.digest not in (now, ON_ITS_WAY)  # an upload that was interrupted is sent again


def _first_seen(root: Root, found: dict[tuple[str, int], int]) -> dict[tuple[str, int], datetime]:
    """When each was first seen to wait; kept beside the pages, unless the data root is read-only."""
    file, before = root.path / FOLDER / "waiting.json", dict[tuple[str, int], datetime]()
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        before = {(row["address"], row["year"]): datetime.fromisoformat(row["since"]) for row in json.loads(file.read_bytes())}
    seen = {pair: before.get(pair, datetime.now(UTC)) for pair in sorted(found)}
    if seen != before:
        rows = [{"address": address, "year": year, "since": since.isoformat()} for (address, year), since in seen.items()]
        with suppress(OSError):
            write_whole(file, json.dumps(rows).encode())
    return seen


def withdraw(project: Project) -> Withdrawn:
    """Removes from every target what may not be shown there, then renders and uploads anew what of the live publications had to go.

    Readers are not pointed anywhere else. BuildError where a target does not answer, after the others were done.
    """
    root, done = project.root, Withdrawn()
    for address, year in [(each.address, each.year) for each in waiting(root)]:
        try:
            _withdraw(project, address, year, done)
        except WrappedError:
            done.unreached.append(address)
    if done.unreached:
        raise BuildError(f"{len(set(done.unreached))} target(s) did not answer, and still show what was taken back: run `wrapped upload`")
    return done


def _withdraw(project: Project, address: str, year: int, done: Withdrawn) -> None:
    root, target = project.root, Target.open(address, makes=False)
    with uploading(root, year):
        for shelf in shelves(root, year):
            done.removed += take_down(shelf, target, wanted(shelf, target, Standing.now(root)))
    live = publications.live(root).get(year)
    shelf = Shelf(root, year, live.number) if live else None
    if live and shelf and shelf.is_of(live) and address in targets_of([shelf])[0]:
        render(project, year, (shelf.about or {})["locales"])
        again = upload(project, year, address, flips=False)
        done.sent += again.sent
        done.removed += again.removed
