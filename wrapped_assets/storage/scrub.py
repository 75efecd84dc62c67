"""Compares stored files with their recorded hashes: all of them, or a nightly share that covers everything in a week."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import xxhash

from wrapped_assets.storage import tables
from wrapped_assets.storage.damage import note_damage
from wrapped_assets.storage.database import is_sound
from wrapped_assets.storage.record_files import DamagedRecordError, records_in
from wrapped_assets.storage.records import record_paths
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.stored_files import walked
from wrapped_assets.storage.verified import damaged_file, looked_at, recorded_of, settle_damage
from wrapped_assets.storage.whole_files import file_hash

SHARES = 7  # one a night
_MOST_SHARES = 2  # in one night, where nights were missed
_DUE = timedelta(days=6, hours=12)
_SETTING = "scrubbed"  # share → when it was compared last
_REGISTRY = "registry"


@dataclass
class Scrubbed:
    """What a scrub compared, and each path that is not as recorded, with what is wrong and what to do."""

    files: int = 0
    bytes: int = 0
    shares: list[int] = field(default_factory=list)
    oldest_days: int = 0  # since the share that was compared longest ago
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def by_kind(self) -> dict[str, int]:
        """How many faults by where they lie: lake, landing, catalogue, records, registry."""
        return dict(sorted(Counter(path.partition("/")[0] for path in self.faults).items()))

    @property
    def is_sound(self) -> bool:
        return not self.faults


def scrub(root: Root) -> Scrubbed:
    """Compares everything, and notes what is damaged, so that the next build computes it again."""
    done = _compared(root, set(range(SHARES)))
    _keep(root, dict.fromkeys(range(SHARES), datetime.now(UTC)))
    return done


def scrub_share(root: Root, now: datetime | None = None) -> Scrubbed:
    """Compares the share that was compared longest ago, and one more where nights were missed."""
    now = now or datetime.now(UTC)
    last = _last(root)
    never = datetime.min.replace(tzinfo=UTC)
    order = sorted(range(SHARES), key=lambda share: (last.get(share, never), share))
    due = [share for share in order[1:_MOST_SHARES] if now - last.get(share, now) > _DUE]
    done = _compared(root, {order[0], *due})
    _keep(root, last | dict.fromkeys(done.shares, now))
    done.oldest_days = max((now - at).days for at in _last(root).values())
    return done


def share_of(path: str) -> int:
    """In which night a file's turn is."""
    return xxhash.xxh3_64_intdigest(path.encode()) % SHARES


def _compared(root: Root, shares: set[int]) -> Scrubbed:
    done = Scrubbed(shares=sorted(shares))
    settle_damage(root)
    recorded = recorded_of(root, {path for path in recorded_paths(root) if share_of(path) in shares})
    damaged = []
    root.files.renew(recorded)
    for path in walked(root.files, {path: found.hashes for path, found in recorded.items()}):
        found = recorded[path]
        done.files += 1
        place = looked_at(root, path, found)
        if isinstance(place, str):
            damaged.append(path)
            done.faults[path] = str(damaged_file(root, path, found))
            continue
        done.bytes += place.stat().st_size
        if not found.hashes:
            _adopt(root, path, file_hash(place))
    note_damage(root, damaged)
    for path in record_paths(root):
        if share_of(path) in shares and (content := root.files.bytes_at(path)) is not None:
            done.files += 1
            done.bytes += len(content)
            try:
                records_in(content, path)
            except DamagedRecordError as error:
                done.faults[path] = f"{error}; or run `wrapped repair` now"
    if not is_sound(root.engine):
        done.faults[_REGISTRY] = "the database says that it is damaged: restore it from a backup, then run `wrapped repair`"
    return done


def recorded_paths(root: Root) -> set[str]:
    """Every file that a row names."""
    named: set[str] = set()
    with root.engine.connect() as connection:
        for table in (tables.cells, tables.publication_cells, tables.chunks, tables.catalogue_files):
            named.update(connection.execute(sa.select(table.c.path)).scalars())
        named.update(connection.execute(sa.select(tables.imports.c.rejected_path)).scalars())
    return named - {None}


def _adopt(root: Root, path: str, digest: str) -> None:
    """Records the hash of a file that an older program wrote without recording it; from now on its bytes are compared."""
    published, imports = tables.publication_cells, tables.imports
    with root.engine.begin() as connection:
        unknown = (published.c.path == path) & published.c.file_hash.is_(None)
        connection.execute(sa.update(published).where(unknown).values(file_hash=digest))
        unknown = (imports.c.rejected_path == path) & imports.c.rejected_hash.is_(None)
        connection.execute(sa.update(imports).where(unknown).values(rejected_hash=digest))


def _last(root: Root) -> dict[int, datetime]:
    with root.engine.connect() as connection:
        text = connection.execute(sa.select(tables.settings.c.value).where(tables.settings.c.name == _SETTING)).scalar()
    return {int(share): datetime.fromisoformat(at) for share, at in json.loads(text or "{}").items()}


def _keep(root: Root, last: dict[int, datetime]) -> None:
    table = tables.settings
    value = json.dumps({str(share): at.isoformat() for share, at in sorted(last.items())})
    with root.engine.begin() as connection:
        connection.execute(sa.delete(table).where(table.c.name == _SETTING))
        connection.execute(sa.insert(table).values(name=_SETTING, value=value))
