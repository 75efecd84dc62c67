"""What targets have of a publication's pages, as the data root knows it: kept until it is removed there, even if the pages here are gone.

An object is noted before it is sent, so an interrupted upload leaves nothing at a target that nobody knows of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
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
        return _parsed(shelf.root.documents.brought(name).read_bytes(), name)
    except FileNotFoundError:
        return {}


def note(shelf: Shelf, address: str, objects: Mapping[str, There]) -> None:
    """Notes objects that are about to be sent, beside what other machines note meanwhile."""
    _change(shelf, address, lambda there: there | objects)


def note_sent(shelf: Shelf, address: str, objects: Mapping[str, There]) -> None:
    """Notes objects that were sent and read back. What an erasure has disowned meanwhile stays so: it has to go."""
    kept = {key: There(ON_ITS_WAY, ()) for key in objects}
    _change(shelf, address, lambda there: there | {key: kept[key] if there.get(key) == kept[key] else objects[key] for key in objects})


def note_removed(shelf: Shelf, address: str, keys: Collection[str]) -> None:
    """Notes that the target has these objects no more; a record without objects goes."""
    _change(shelf, address, lambda there: {key: found for key, found in there.items() if key not in set(keys)})


def disown(shelf: Shelf, address: str, people: Collection[int]) -> None:
    """Notes of every object of these people that it must go, and no longer whose it is."""
    theirs = set(people)
    gone = There(ON_ITS_WAY, ())
    _change(shelf, address, lambda there: {key: found if theirs.isdisjoint(found.people) else gone for key, found in there.items()})


def _change(shelf: Shelf, address: str, change: Callable[[dict[str, There]], dict[str, There]]) -> None:
    name = _record_of(shelf, address)

    def changed(content: bytes | None) -> bytes | None:
        rows = {key: [there.digest, *there.people] for key, there in change(_parsed(content, name)).items()}
        return orjson.dumps({"address": address, "objects": rows}, option=orjson.OPT_SORT_KEYS) if rows else None

    shelf.root.documents.change(name, changed)


def _parsed(content: bytes | None, name: str) -> dict[str, There]:
    if content is None:
        return {}
    try:
        return {key: There(row[0], tuple(row[1:])) for key, row in orjson.loads(content)["objects"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _damaged(name) from None


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
