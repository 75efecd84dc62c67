"""Names that must not come back after an erasure: kept as keyed hashes for ninety days, then as nothing.

A generation of key takes new tombstones for thirty days and is destroyed when its last one has expired; from then on nobody, we
included, can tell whose they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from wrapped_assets.kernels.texts import compared
from wrapped_assets.storage.reading import reading, utc_moment
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.tombstone_files import (
    FILE,
    Generation,
    Tombstone,
    folder_of,
    generations,
    key_path,
    make_generation,
    read_generation,
    read_tombstones,
    write_tombstones,
)
from wrapped_assets.storage.whole_files import destroy

LASTS = timedelta(days=90)
ROTATES = timedelta(days=30)
_ALIKE = "alike\x1f"  # before a name as it is compared: no such text is anybody's name as given


def entomb(root: Root, name: str, case_id: str, now: datetime | None = None) -> datetime:
    """Suppresses one listener's name; see `entomb_all`."""
    return entomb_all(root, {case_id: name}, now)


def entomb_all(root: Root, names: Mapping[str, str], now: datetime | None = None) -> datetime:
    """Suppresses names, given by case, before their listeners are deleted; returns until when. Again for a name: from now on."""
    now = now or datetime.now(UTC)
    expires_at = now + LASTS
    keys = compared(names.values())
    with _changed(root):
        listed = read_all(root)
        key = _newest(root, listed, now)
        made = [
            Tombstone(case_id, now, expires_at, key.number, key.token(_ALIKE + keys[name]), key.token(name))
            for case_id, name in names.items()
        ]
        again = {each.exact for each in made}
        kept = [each.expired() if each.exact in again else each for each in listed if each.case_id not in names or each.exact not in again]
        write_tombstones(root.path, [*kept, *made])
    return expires_at


def suppressed(root: Root, names: Iterable[str], now: datetime | None = None) -> set[str]:
    """Those of the names that must not come back, in whatever case, spacing or Unicode form they are written.

    A registered listener whose name only looks like an erased one is another person, and not suppressed. WrappedError where the key
    of a tombstone is lost: then nobody can tell, so none may.
    """
    if not (given := set(names)):
        return set()
    exactly, alike = _erased(root, given, now or datetime.now(UTC))
    return exactly | (alike - exactly - _registered(root, alike))


def erased_exactly(root: Root, names: Iterable[str], now: datetime | None = None) -> set[str]:
    """Those of the names that are, to the letter, an erased listener's."""
    return _erased(root, set(names), now or datetime.now(UTC))[0]


def _erased(root: Root, names: set[str], at: datetime) -> tuple[set[str], set[str]]:
    """The names that are erased ones to the letter, and those that are the same as names are compared."""
    root.pull_tombstones()
    alive = [each for each in read_all(root) if each.is_live(at)]
    exact, alike = {each.exact for each in alive}, {each.token for each in alive}
    known = [read_generation(root.path, number) for number in sorted({each.generation or 0 for each in alive})]
    keys = compared(names) if alive else {}
    return (
        {name for name in names if any(key.token(name) in exact for key in known)},
        {name for name in names if any(key.token(_ALIKE + keys[name]) in alike for key in known)},
    )


def _registered(root: Root, names: Collection[str]) -> set[str]:
    if not names:
        return set()
    with reading(root) as reader:
        return {name for (name,) in reader.rows("select name from listeners where name in :names", names=sorted(names))}


@contextmanager
def _changed(root: Root) -> Iterator[None]:
    """Held while the list is changed, by one process on one machine."""
    if root.is_shared:
        root.engine  # noqa: B018 (opening such a root takes the same lock)
    with root.lock("tombstones"):
        if not root.is_shared:
            yield
            return
        from wrapped_assets.storage import shared_tombstones

        shared_tombstones.pull(root)
        yield
        if (folder_of(root.path) / FILE).exists():
            shared_tombstones.push(root)


def read_all(root: Root) -> list[Tombstone]:
    """Every tombstone; where there is no list yet, those that an older program kept in the registry."""
    if (folder_of(root.path) / FILE).exists():
        return read_tombstones(root.path)
    with reading(root) as reader:
        rows = reader.rows("select case_id, erased_at, expires_at, key_generation, token from tombstones order by erased_at")
    return [Tombstone(case, utc_moment(at), until and utc_moment(until), number, None, token) for case, at, until, number, token in rows]


def expire(root: Root, now: datetime | None = None) -> int:
    """Takes the tokens from expired tombstones, and destroys the keys that none needs any more; returns how many keys."""
    now = now or datetime.now(UTC)
    with _changed(root):
        listed = read_all(root)
        left = [each if each.is_live(now) else each.expired() for each in listed]
        if left != listed:
            write_tombstones(root.path, left)
        needed = {each.generation for each in left}
        idle = [number for number in generations(root.path) if number not in needed and _is_old(root, number, now)]
        for number in idle:
            destroy(key_path(root.path, number))
    return len(idle)


def _is_old(root: Root, number: int, now: datetime) -> bool:
    return read_generation(root.path, number).made_at + ROTATES <= now


def _newest(root: Root, listed: Iterable[Tombstone], now: datetime) -> Generation:
    """The generation that takes new tombstones; a new one where it is too old, or there is none."""
    numbers = generations(root.path)
    if numbers and (found := read_generation(root.path, numbers[-1])).made_at + ROTATES > now:
        return found
    used = max((each.generation or 0 for each in listed), default=0)  # a number is never used again while a tombstone bears it
    return make_generation(root.path, max([used, *numbers]) + 1, now)
