"""What the registry says of listeners, as rows. `registry`, `profiles` and `groups` make frames of them for what computes figures."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wrapped_assets.storage.reading import Reader, batched
from wrapped_assets.storage.standing import standing

Whom = Collection[int] | None  # some listeners, or all
_PURPOSES = ("be_found", "recommend", "share_plays")  # as is_findable, is_recommending and is_sharing
LISTENERS_AT_ONCE = 50_000  # whose rows are objects of Python, some 400 bytes each
Row = tuple[int | str | bool | None, ...]


def listener_rows(reader: Reader, whom: Whom = None) -> list[Row]:
    """(listener_id, time_zone), ordered by surrogate."""
    return reader.rows_of("select listener_id, time_zone from listeners", "listener_id", whom)


def exclusion_rows(reader: Reader, whom: Whom = None) -> list[Row]:
    """(listener_id, kind, target_id): what listeners asked to leave out, ordered."""
    return reader.rows_of("select listener_id, kind, target_id from exclusions", "listener_id, kind, target_id", whom)


def profile_rows(reader: Reader, whom: Whom = None) -> Iterator[list[Row]]:
    """(listener_id, country, birth_year, place, is_findable, is_recommending, is_sharing), ordered by surrogate, some at a time.

    None where the registry does not know. Findable, recommending and sharing is who agreed to it and is not restricted.
    """
    now = reader.now()
    for rows, some in _listeners(reader, whom):
        agreed = [set(standing(reader, purpose, now, some)) for purpose in _PURPOSES]
        yield [(*row, *(row[0] in who for who in agreed)) for row in rows]


def _listeners(reader: Reader, whom: Whom) -> Iterator[tuple[list[Row], Whom]]:
    """Rows of so many listeners at once, and whose they are: None where these are all."""
    query = "select listener_id, country, birth_year, place from listeners"
    if whom is not None:
        for some in batched(sorted(whom), LISTENERS_AT_ONCE):
            yield reader.rows_of(query, "listener_id", some), some
        return
    rows = reader.rows(f"{query} order by listener_id limit {LISTENERS_AT_ONCE}")
    if len(rows) < LISTENERS_AT_ONCE:
        yield rows, None
        return
    while rows:
        yield rows, [row[0] for row in rows]
        rows = reader.rows(f"{query} where listener_id > :last order by listener_id limit {LISTENERS_AT_ONCE}", last=rows[-1][0])


def member_rows(reader: Reader) -> list[Row]:
    """(group_id, listener_id) of every group's members who agreed to be told with it, ordered."""
    rows = reader.rows("select group_id, listener_id from group_members order by group_id, listener_id")
    agreed = set(standing(reader, "group", reader.now())) if rows else set()
    return [row for row in rows if row[1] in agreed]
