"""The list of erasures and the keys of their tombstones: files beside the registry, so that a restored registry does not undo them.

`tombstones.json` holds one entry for each erasure, `tombstone_keys/` one key for each generation. They lie in the data root, or in the
folder that WRAPPED_TOMBSTONES names. They are part of every backup, and a restore never replaces them by older ones.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.whole_files import write_whole

FILE, KEYS = "tombstones.json", "tombstone_keys"


@dataclass(frozen=True)
class Tombstone:
    """One erasure. The tokens are keyed hashes of the name, `exact` as it was given and `token` as names are compared.

    Once it has expired only the case and its day are left, so that a registry from before the erasure is still known as such.
    """

    case_id: str
    erased_at: datetime
    expires_at: datetime | None = None
    generation: int | None = None
    token: str | None = None
    exact: str | None = None

    def is_live(self, at: datetime) -> bool:
        """Whether the name must not come back."""
        return self.expires_at is not None and self.expires_at > at

    def expired(self) -> Tombstone:
        """What is left of it: that there was a case, and when."""
        return Tombstone(self.case_id, self.erased_at)


@dataclass(frozen=True)
class Generation:
    """A key that takes tombstones for some time, and is destroyed when its last one has expired."""

    number: int
    made_at: datetime
    key: bytes = field(repr=False)

    def token(self, text: str) -> str:
        """What stands for a name in the list."""
        return hmac.digest(self.key, text.encode(errors="surrogatepass"), "sha256").hex()


def folder_of(root: Path) -> Path:
    """Where the list and the keys of a data root lie."""
    return Path(os.environ.get("WRAPPED_TOMBSTONES") or root)


def read_tombstones(root: Path) -> list[Tombstone]:
    """Every erasure that the list has, in the order in which they were made; none where there is no list."""
    path = folder_of(root) / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    try:
        rows = orjson.loads(content)["erasures"]
        return [
            Tombstone(**{**row, **{name: datetime.fromisoformat(row[name]) for name in ("erased_at", "expires_at") if row.get(name)}})
            for row in rows
        ]
    except (ValueError, KeyError, TypeError):
        raise WrappedError(f"{FILE} is damaged, so erased listeners could come back unseen: restore it from the newest backup") from None


def write_tombstones(root: Path, tombstones: Iterable[Tombstone]) -> None:
    """Replaces the list. The lock "tombstones" must be held."""
    rows = [{name: value for name, value in asdict(each).items() if value is not None} for each in tombstones]
    write_whole(folder_of(root) / FILE, orjson.dumps({"erasures": rows}, option=orjson.OPT_INDENT_2))


def unknown_erasures(root: Path, engine: sa.Engine) -> list[Tombstone]:
    """Erasures that this registry has never heard of: it is older than they are."""
    if not (listed := read_tombstones(root)):
        return []
    with engine.connect() as connection:
        known = set(connection.execute(sa.select(tables.erasure_cases.c.case_id)).scalars())
    return [each for each in listed if each.case_id not in known]


def make_generation(root: Path, number: int, now: datetime) -> Generation:
    """A new key, written to the disk before anything relies on it."""
    made = Generation(number, now.astimezone(UTC), secrets.token_bytes(32))
    write_whole(key_path(root, number), orjson.dumps({"made_at": made.made_at.isoformat(), "key": made.key.hex()}))
    return made


def generations(root: Path) -> list[int]:
    """The numbers of the keys that there are, ascending."""
    return sorted(int(path.stem) for path in (folder_of(root) / KEYS).glob("*.json"))


def key_path(root: Path, number: int) -> Path:
    """Where a generation's key lies."""
    return folder_of(root) / KEYS / f"{number:06}.json"


def read_generation(root: Path, number: int) -> Generation:
    """A key. WrappedError where it is lost: then nobody can tell who was erased."""
    try:
        found = orjson.loads(key_path(root, number).read_bytes())
        return Generation(number, datetime.fromisoformat(found["made_at"]), bytes.fromhex(found["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise WrappedError(
            f"the key of tombstones {number} is lost or damaged, so erased listeners could come back unseen: restore {KEYS} from a backup"
        ) from None


def names_erased(root: Path, names: Iterable[str], at: datetime) -> set[str]:
    """Those of the names that are, to the letter, an erased listener's. WrappedError as of `read_generation`."""
    alive = [each for each in read_tombstones(root) if each.is_live(at)]
    exact, keys = {each.exact for each in alive}, [read_generation(root, each) for each in sorted({each.generation or 0 for each in alive})]
    return {name for name in names if any(key.token(name) in exact for key in keys)}
