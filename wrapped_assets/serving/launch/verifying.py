"""Reads pages back from a target long after they were sent, and compares them with what was rendered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.rendered.shelf import Shelf
from wrapped_assets.serving.rendered.standing import Standing
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.serving.rendered.uploading import Sent, wanted
from wrapped_assets.serving.rendered.uploads import uploaded
from wrapped_assets.storage import publications
from wrapped_assets.storage.root import Root

_MOST_READ = 2_000  # objects of a target; evenly spread where there are more: each was read back once when it was sent
_AT_ONCE = 16


@dataclass(frozen=True)
class Verified:
    """How many objects a target should have, all of which its record has, and how many were read."""

    objects: int
    read: int


def verify(root: Root, year: int, address: str) -> Verified:
    """Compares a target with the live publication. StoreUnavailableError where something is missing there or is something else."""
    live = publications.live(root).get(year)
    if live is None:
        raise InputError(f"nothing of {year} is published: run `wrapped publish {year}` first")
    target, shelf = Target.open(address, makes=False), Shelf(root, year, live.number)
    expected = sorted(wanted(shelf, target, Standing.now(root)), key=lambda each: each.key)
    known = uploaded(shelf, target.address)
    if any(each.key not in known or known[each.key].digest != each.digest for each in expected):
        raise StoreUnavailableError(f"{target.address} lacks pages of {year}: run `wrapped upload {year} --to {address} --no-flip`")
    step = -(-len(expected) // _MOST_READ) or 1

    def is_same(sent: Sent) -> bool:
        found = target.get(sent.key)
        return found is not None and found[0] == sent.content()

    with ThreadPoolExecutor(_AT_ONCE, "verifying") as reading:
        same = list(reading.map(is_same, expected[::step]))
    if wrong := same.count(False):
        raise StoreUnavailableError(
            f"{wrong:,} of {len(same):,} files that were read back from {target.address} are missing or something else: remove "
            f"{shelf.folder.relative_to(root.path)}/uploads, then upload again"
        )
    return Verified(len(expected), len(same))
