"""What a person's own data consists of: every table once, described, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from wrapped_assets.privacy.policy import Policy
from wrapped_assets.rights.own_data import from_registry
from wrapped_assets.rights.own_data.fields import Field, fields_of
from wrapped_assets.rights.own_data.from_lake import Lake, landed_rows, rows_of
from wrapped_assets.rights.own_data.from_others import shown_to
from wrapped_assets.storage.registry import Listener
from wrapped_assets.storage.root import Root

# What the registry's tables are, for the list of files; the lake's say it themselves in their docstrings.
MEANINGS = {
    "profile": "Who you are here.",
    "purposes": "What your data may be used for beyond your own year, and what not.",
    "consent_history": "Everything that you said about the use of your data.",
    "left_out": "What you asked to leave out of your figures.",
    "memberships": "The groups that you are in.",
    "shared_pages": "Addresses of your pages that are open for others.",
    "page_addresses": "Years in which the address of your page was changed or closed.",
    "written_files": "Files about you that somebody wrote outside of this system, such as your story.",
    "exports": "Exports that have a row about you, or figures in which you may be counted.",
    "shown_to": "Listeners who may have seen your name, because their taste is close to yours and you agreed to be found.",
    "sources": "Where your plays came from.",
    "landed_plays": "One play as it was handed over, whatever became of it: private sessions, short ones and copies included.",
    "rejected_rows": "Rows of your files that could not be used, and why.",
    "dropped_files": "Files of yours that still lie in the inbox.",
}


@dataclass(frozen=True)
class Table:
    """One table: `section` is the lake's layer or `registry`, `meaning` what a row is."""

    name: str
    section: str
    meaning: str
    fields: tuple[Field, ...]
    frame: pl.DataFrame


def names_of(lake: Lake) -> list[str]:
    """The tables that a listener's own data has."""
    return [*MEANINGS, *(found.name for found in lake.assets)]


def tables_of(root: Root, listener: Listener, lake: Lake, policy: Policy, *, besides: str = "") -> Iterator[Table]:
    """Every table, one after the other, so that only one is held at a time; `besides` is the export that they go into."""

    def registered(name: str, frame: pl.DataFrame) -> Table:
        return Table(name, "registry", MEANINGS[name], fields_of(frame, policy.files[f"{name}.csv"]), frame)

    for name, read in from_registry.REGISTRY.items():
        yield registered(name, read(root, listener))
    yield registered("exports", from_registry.exports_with(root, listener, besides=besides))
    yield registered("shown_to", shown_to(root, listener))
    landed = landed_rows(root, listener)
    yield registered("sources", from_registry.sources_of(landed, listener))
    yield Table("landed_plays", "sources", MEANINGS["landed_plays"], fields_of(landed), landed)
    del landed
    for declaration in lake.assets:
        frame = rows_of(lake, declaration)
        yield Table(declaration.name, declaration.layer, declaration.meaning, fields_of(frame), frame)
