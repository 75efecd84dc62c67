"""What targets have of a publication's pages, as the data root knows it: kept until it is removed there, even if the pages here are gone.

An object is noted before it is sent, so an interrupted upload leaves nothing at a target that nobody knows of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import orjson

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

ON_ITS_WAY = ""  # the hash of what was sent and not read back yet


class There(NamedTuple):
    """One object at a target: the hash of what it gave back, and the listeners whose page it is or whom it names.

    It is of nobody if it was disowned and has to go.
    """

    digest: str
    people: tuple[int, ...]


def uploaded(shelf: Shelf, address: str) -> dict[str, There]:
    """The objects of a publication at a target, by key. BuildError where the record is damaged."""
    path = _record_of(shelf, address)
    try:
        found = orjson.loads(path.read_bytes())["objects"]
        return {key: There(row[0], tuple(row[1:])) for key, row in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _damaged(path, shelf.root) from None


def note(shelf: Shelf, address: str, objects: Mapping[str, There]) -> None:
    """Replaces the record; one without objects goes."""
    path = _record_of(shelf, address)
    if not objects:
        path.unlink(missing_ok=True)
        return
    rows = {key: [there.digest, *there.people] for key, there in objects.items()}
    write_whole(path, orjson.dumps({"address": address, "objects": rows}, option=orjson.OPT_SORT_KEYS))


def disown(shelf: Shelf, address: str, people: Collection[int]) -> None:
    """Notes of every object of these people that it must go, and no longer whose it is."""
    there = uploaded(shelf, address)
    gone = [key for key, found in there.items() if not set(people).isdisjoint(found.people)]
    if gone:
        note(shelf, address, there | dict.fromkeys(gone, There(ON_ITS_WAY, ())))


def targets_of(shelves: Iterable[Shelf]) -> tuple[list[str], list[Path]]:
    """The address of every target that has pages of these publications, and the records that are damaged."""
    addresses, damaged = set[str](), list[Path]()
    for path in (path for shelf in shelves for path in sorted((shelf.folder / "uploads").glob("*.json"))):
        try:
            addresses.add(str(orjson.loads(path.read_bytes())["address"]))
        except (ValueError, KeyError, TypeError):
            damaged.append(path)
    return sorted(addresses), damaged


def people_of(*groups: Iterable[int]) -> tuple[int, ...]:
    """Everybody of several groups, each once."""
    return tuple(sorted(set[int]().union(*groups)))


def _record_of(shelf: Shelf, address: str) -> Path:
    return shelf.folder / "uploads" / f"{blake2b(address.encode(), digest_size=8).hexdigest()}.json"


def _damaged(path: Path, root: Root) -> BuildError:
    return BuildError(
        f"{path.relative_to(root.path)} is damaged, so nobody knows what was uploaded: remove this publication's pages from the target, "
        "then this file, and upload again"
    )
