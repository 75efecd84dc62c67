"""What targets have of a publication's pages, as the data root knows it: kept until it is removed there, even if the pages here are gone.

An object is noted before it is sent, so an interrupted upload leaves nothing at a target that nobody knows of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import orjson

from wrapped_assets.contracts.errors import BuildError
from wrapped_assets.serving.rendered.shelf import Shelf

ON_ITS_WAY = ""  # the hash of what was sent and not read back yet


class There(NamedTuple):
    """One object at a target: the hash of what it gave back, and the listeners whose page it is or whom it names.

    It is of nobody if it was disowned and has to go.
    """

    digest: str
    people: tuple[int, ...]


def uploaded(shelf: Shelf, address: str) -> dict[str, There]:
    """The objects of a publication at a target, by key. BuildError where the record is damaged."""
    name = _record_of(shelf, address)
    try:
        found = orjson.loads(shelf.root.documents.brought(name).read_bytes())["objects"]
        return {key: There(row[0], tuple(row[1:])) for key, row in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _damaged(name) from None


def note(shelf: Shelf, address: str, objects: Mapping[str, There]) -> None:
    """Replaces the record; one without objects goes."""
    name = _record_of(shelf, address)
    if not objects:
        shelf.root.documents.forget(name)
        return
    rows = {key: [there.digest, *there.people] for key, there in objects.items()}
    shelf.root.documents.write(name, orjson.dumps({"address": address, "objects": rows}, option=orjson.OPT_SORT_KEYS))


def disown(shelf: Shelf, address: str, people: Collection[int]) -> None:
    """Notes of every object of these people that it must go, and no longer whose it is."""
    there = uploaded(shelf, address)
    gone = [key for key, found in there.items() if not set(people).isdisjoint(found.people)]
    if gone:
        note(shelf, address, there | dict.fromkeys(gone, There(ON_ITS_WAY, ())))


def targets_of(shelves: Iterable[Shelf]) -> tuple[list[str], list[str]]:
    """The address of every target that has pages of these publications, and the records that are damaged."""
    addresses, damaged = set[str](), list[str]()
    for documents, name in ((shelf.root.documents, name) for shelf in shelves for name in shelf.records_of_uploads):
        try:
            addresses.add(str(orjson.loads(documents.brought(name).read_bytes())["address"]))
        except (ValueError, KeyError, TypeError):
            damaged.append(name)
    return sorted(addresses), damaged


def people_of(*groups: Iterable[int]) -> tuple[int, ...]:
    """Everybody of several groups, each once."""
    return tuple(sorted(set[int]().union(*groups)))


def _record_of(shelf: Shelf, address: str) -> str:
    return f"{shelf.name}/uploads/{blake2b(address.encode(), digest_size=8).hexdigest()}.json"


def _damaged(name: str) -> BuildError:
    return BuildError(
        f"{name} is damaged, so nobody knows what was uploaded: remove this publication's pages from the target, "
        "then this file, and upload again"
    )
