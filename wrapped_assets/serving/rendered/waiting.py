"""What targets have that may not be shown there any more, and its removal.

What people take back is withheld here at once. A folder or store from which others serve knows of it once somebody tells it: `wrapped
upload`, or `withdraw` below, which Dagster asks for by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wrapped_assets.building.situate import Project
from wrapped_assets.contracts.errors import BuildError, WrappedError
from wrapped_assets.kernels.versions import combined
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
    return bool(root.documents.names(f"{FOLDER}/*/*/uploads/*.json"))


def waiting(root: Root) -> list[Waiting]:
    """What waits at each target, by address and year. BuildError where a record of uploads is damaged."""
    if not has_uploads(root):
        return _kept(root, "", {})
    standing, every = Standing.now(root), shelves(root)
    mark = combined(*((each.year, each.number, each.mark, standing.mark(each.year)) for each in every))
    known = _known(root)
    if known and known[0] == mark:  # a sensor looks each minute, and hardly ever is there something new
        return known[1]
    counts: dict[tuple[str, int], int] = {}
    for shelf in every:
        for address in targets_of([shelf])[0]:
            if count := _outdated(shelf, address, standing):
                counts[address, shelf.year] = counts.get((address, shelf.year), 0) + count
    return _kept(root, mark, counts)


def _outdated(shelf: Shelf, address: str, standing: Standing) -> int:
    unopened: Any = None  # a look asks no target
    target = Target(address, unopened, None if "://" in address else Path(address))
    now = {each.key: each.digest for each in wanted(shelf, target, standing)}
    return sum(_is_outdated(there, now.get(key)) for key, there in uploaded(shelf, address).items())


def _is_outdated(there: There, now: str | None) -> bool:
    if now is None or not there.people:
        return True
    return there.digest not in (now, ON_ITS_WAY)  # an upload that was interrupted is sent again


def _kept(root: Root, mark: str, counts: Mapping[tuple[str, int], int]) -> list[Waiting]:
    """What waits, and since when that is known; kept beside the pages with what it was found of, unless the data root is read-only."""
    known = _known(root)
    before = {(each.address, each.year): each.since for each in known[1]} if known else {}
    now = datetime.now(UTC)
    found = [Waiting(address, year, count, before.get((address, year), now)) for (address, year), count in sorted(counts.items())]
    if known != (mark, found) and (mark or found or known):
        rows = [vars(each) | {"since": each.since.isoformat()} for each in found]
        with suppress(OSError):
            write_whole(root.path / FOLDER / "waiting.json", json.dumps({"mark": mark, "waiting": rows}).encode())
    return found


def _known(root: Root) -> tuple[str, list[Waiting]] | None:
    """What was kept last; None where nothing was, or the file is damaged or of an earlier program."""
    try:
        found = json.loads((root.path / FOLDER / "waiting.json").read_bytes())
        rows = found["waiting"]
        return str(found["mark"]), [Waiting(**{**row, "since": datetime.fromisoformat(row["since"])}) for row in rows]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


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
