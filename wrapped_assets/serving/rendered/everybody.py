"""All listeners while a year is rendered: read once, and again only where somebody wrote to the registry meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wrapped_assets.serving.rendered.changes import Changes
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.storage import registry
from wrapped_assets.storage.cell_paths import CellPaths
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root


@dataclass
class Everybody:
    """Listeners, where their rows are, and who may be named. Reading them for each bucket would cost the square of their number."""

    root: Root
    paths: CellPaths
    people: Mapping[int, Listener] = field(init=False)
    by_bucket: Mapping[int, Sequence[int]] = field(init=False)
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        self._changes = Changes(self.root)

    def look(self) -> None:
        """Reads them if there may be something new."""
        if not self._changes.since_last():
            return
        self.people = {each.listener_id: each for each in registry.all_listeners(self.root)}
        self.standing = Standing.of(self.root, self.people.values())
        found = defaultdict[int, list[int]](list)
        for listener_id in self.people:
            found[self.paths.bucket_of(listener_id)].append(listener_id)
        self.by_bucket = found
