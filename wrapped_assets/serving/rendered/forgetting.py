"""Takes rendered pages away: of people who are erased, of those whom they name, and of publications that nobody returns to."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field

import polars as pl

from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.serving.rendered.shelf import Shelf, shelves
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.serving.rendered.uploading import take_down_disowned, uploading
from wrapped_assets.serving.rendered.uploads import disown, targets_of
from wrapped_assets.storage.registry import all_listeners
from wrapped_assets.storage.root import Root

KEPT = 3  # renderings of a year: the live one, and those that a rollback is likely to return to


@dataclass
class Forgotten:
    """Files that were destroyed here, and the targets where uploaded ones could not be removed."""

    files: int = 0
    unreached: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)


def forget_pages(root: Root, people: Collection[int], tokens: Collection[str] = ()) -> Forgotten:
    """Destroys every page of these listeners, and every page that names one of them, here and wherever they were uploaded.

    A page of somebody else is missing until the next rendering. What a target that does not answer has is removed with the
    next upload to it. Whatever has one of their `tokens` in its key is removed from targets too, also if no upload noted it. Nobody may
    be rendering meanwhile.
    """
    done = Forgotten()
    with ExitStack() as waiting:
        for year in sorted({shelf.year for shelf in shelves(root)}):
            waiting.enter_context(uploading(root, year))  # what is on its way to a target arrives first
        for shelf in shelves(root):
            shelf.tidy()
        _forget_here(root, people, done)
        _forget_there(root, people, tokens, done)
    return done


def forget_erased(root: Root) -> None:
    """Destroys the pages on this machine of everybody whom another machine has erased, and those that name one of them."""
    if root.is_shared:
        _forget_here(root, (), Forgotten())


def _forget_here(root: Root, people: Collection[int], done: Forgotten) -> None:
    known = {each.listener_id for each in all_listeners(root)} - set(people) if root.is_shared else set()
    for shelf in shelves(root):
        for bucket, index in shelf.indexes():
            if root.is_shared:  # another machine may have erased somebody since this one rendered
                is_gone = ~pl.element().is_in(list(known))
                of_them = ~pl.col("listener_id").is_in(list(known)) | pl.col("names").list.eval(is_gone).list.any()
            else:
                of_them = pl.col("listener_id").is_in(list(people)) | pl.col("names").list.eval(pl.element().is_in(list(people))).list.any()
            kept = index.filter(~of_them)
            if kept.height < index.height:
                shelf.write_index(bucket, kept)
        done.files += shelf.sweep()


def _forget_there(root: Root, people: Collection[int], tokens: Collection[str], done: Forgotten) -> None:
    addresses, damaged = targets_of(shelves(root))
    for address in addresses:
        try:
            for shelf in shelves(root):
                disown(shelf, address, people)
            target = Target.open(address, makes=False)
            for shelf in shelves(root):
                target.tidy(shelf.year)  # what an upload was writing when it was killed has a name that says nothing
                take_down_disowned(shelf, target)
        except WrappedError:
            done.unreached.append(address)
            continue
        try:
            for year in sorted({shelf.year for shelf in shelves(root)}):
                if left := [key for key in target.listed(year) if any(token in key for token in tokens)]:
                    target.delete(left)
        except WrappedError:  # the credentials may not list
            done.unlisted.append(address)
    done.unreached.extend(f"the target that {name} was of, which is damaged" for name in damaged)


def forget_renderings(root: Root, live: Shelf) -> None:
    """Removes the oldest renderings of a year beyond KEPT; never the live one."""
    others = [each for each in shelves(root, live.year) if each != live and each.is_kept]
    for shelf in others[: max(0, len(others) - (KEPT - 1))]:
        shelf.remove()
