"""How many buckets the listeners of a data root are divided into, as the registry says.

The number stands in the registry, because `wrapped rebucket` changes it in the transaction that replaces the landed files. The settings
file of the root has the number that it was made with until then, and repeats the registry's afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from wrapped_assets.contracts.division import Division
from wrapped_assets.storage.cell_paths import bucket_in
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import Reader, reading

if TYPE_CHECKING:
    from wrapped_assets.storage.root import Root

COUNT, DIVIDED = "bucket_count", "divided_buckets"  # among the settings


def bucket_count(root: Root, within: sa.Connection | Reader | None = None) -> int:
    """How many buckets the landing and the newest build have, as of now or as `within` sees it: nobody keeps it for later."""
    found = setting(root, COUNT, within)
    return root.settings_count if found is None else int(found)


def bucket_of(root: Root, listener_id: int) -> int:
    """The bucket of a listener in the landing and the newest build. A published edition has its own: `CellPaths.bucket_of`."""
    return bucket_in(bucket_count(root), listener_id)


def divisions(root: Root, within: sa.Connection | Reader | None = None) -> tuple[Division, ...]:
    """The buckets that were divided since a build had nothing left to do."""
    found = setting(root, DIVIDED, within)
    return tuple(Division(count, frozenset(buckets), frozenset(periods)) for count, buckets, periods in json.loads(found or "[]"))


def divisions_text(divided: tuple[Division, ...]) -> str:
    """The setting that `divisions` reads."""
    return json.dumps([[each.bucket_count, sorted(each.buckets), sorted(each.periods)] for each in divided])


def forget_divisions(root: Root) -> None:
    """To be called when everything was computed: a cell that is missing from now on is missing for another reason."""
    from wrapped_assets.storage.writing import writing

    with writing(root) as writer:
        writer.run("delete from settings where name = :name", name=DIVIDED)


LAKE_SETTING = "lake"  # the store into which the root was moved: `root.json` repeats it
MOVING_SETTING = "moving"  # the store to which files were sent so that the root may be moved there

GIVING_UP_SETTING = "giving_up"  # the store from which what was sent is being removed again


def setting(root: Root, name: str, within: sa.Connection | Reader | None = None) -> str | None:
    """One of the registry's settings; None where it has none of that name."""
    with reading(root, within) as reader:
        found = reader.rows("select value from settings where name = :name", name=name)
    return found[0][0] if found else None


def set_setting(root: Root, name: str, value: str) -> None:
    """Keeps one of the registry's settings, in place of what it was."""
    table = tables.settings
    with root.engine.begin() as connection:
        connection.execute(sa.delete(table).where(table.c.name == name))
        connection.execute(sa.insert(table).values(name=name, value=value))


def forget_settings(connection: sa.Connection, names: Collection[str]) -> None:
    """Removes some of the registry's settings."""
    connection.execute(sa.delete(tables.settings).where(tables.settings.c.name.in_(names)))
