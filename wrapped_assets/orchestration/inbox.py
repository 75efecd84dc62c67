"""Lands what is dropped into `<data root>/inbox/<listener>/`: an export file, a zip, or a folder of them.

What was landed moves to `inbox/done`, what could not be to `inbox/refused`, with the reason in a file beside it. A file that says
what could not be read lies beside a landed drop, too.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from wrapped_assets.building.failures import described
from wrapped_assets.building.importing import Person, import_paths
from wrapped_assets.contracts.errors import DeclarationError, RegistryUnavailable, WrappedError
from wrapped_assets.contracts.source import REJECTION_REASONS
from wrapped_assets.storage.inbox_folders import DONE, REFUSED
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

SETTLED_SECONDS = 3.0  # a file that changed since may still be on its way


@dataclass
class Emptied:
    """What became of the inbox: drops landed, those of them that could be read in part only, drops refused; and what was in them."""

    landed: int = 0
    partly: int = 0
    refused: int = 0
    plays: int = 0  # accepted
    duplicate: int = 0
    rejected: int = 0  # for a reason that `wrapped import` names
    unread_rows: int = 0
    unread_bytes: int = 0


def waiting(root: Path) -> list[Path]:
    """The drops that have settled, in a fixed order."""
    inbox = root / "inbox"
    if not inbox.is_dir():
        return []
    people = sorted(each for each in inbox.iterdir() if each.is_dir() and not each.is_symlink() and each.name not in (DONE, REFUSED))
    return [drop for person in people for drop in sorted(person.iterdir()) if not drop.name.startswith(".") and _has_settled(drop)]


def _has_settled(drop: Path) -> bool:
    return max(file.lstat().st_mtime for file in _files(drop)) < time.time() - SETTLED_SECONDS


def _files(drop: Path) -> list[Path]:
    """The drop and everything in it; of a link, the link alone."""
    return [drop, *drop.rglob("*")] if drop.is_dir() and not drop.is_symlink() else [drop]


def empty(path: Path) -> Emptied:
    """Lands every drop that waits, in a data root that is made where there is none. One process at a time; another finds it empty."""
    done = Emptied()
    drops = waiting(path)
    if not drops:
        return done
    root = Root.open_or_make(path)
    with root.lock("inbox", wait=False) as ours:
        if ours:
            for drop in drops:
                _land(root, drop, done)
    return done


def _land(root: Root, drop: Path, done: Emptied) -> None:
    if any(file.is_symlink() for file in _files(drop)):  # it may lead to another listener's files, which this process can read
        _refuse(drop, "it is a link, or has one in it: drop the file itself", done)
        return
    try:
        report = import_paths(root, [drop], Person(drop.parent.name))
    except (DeclarationError, RegistryUnavailable):
        raise  # not the file's fault, but that of code that was edited and not reloaded, or of the database: the drop waits
    except WrappedError as error:
        _refuse(drop, str(error), done)
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 (one bad drop must not hold up the others)
        _refuse(drop, described(error), done)
    else:
        if report.is_nothing:
            reasons = "; ".join([*report.problems, *(REJECTION_REASONS[reason] for reason in sorted(report.rejected))])
            _refuse(drop, f"nothing was accepted: {reasons or 'the files hold no plays'}", done)
            return
        done.landed += 1
        done.plays += report.accepted
        done.duplicate += report.duplicate
        done.rejected += sum(report.rejected.values())
        done.unread_rows += report.unread_rows
        done.unread_bytes += report.unread_bytes
        moved = _move(drop, DONE)
        if not report.is_everything_read:
            done.partly += 1
            _beside(moved, f"not everything could be read: {report.unread_rows:,} rows, {report.unread_bytes:,} bytes; the rest is kept")


def _refuse(drop: Path, reason: str, done: Emptied) -> None:
    done.refused += 1
    _beside(_move(drop, REFUSED), reason)


def _beside(drop: Path, reason: str) -> None:
    write_whole(drop.with_name(f"{drop.name}.reason.txt"), f"{reason}\n".encode())


def _move(drop: Path, where: str) -> Path:
    """Moves a drop, under another name where one of its name is there already."""
    folder = drop.parent.parent / where / drop.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    target = next(name for name in _names(folder, drop) if not name.exists())
    return drop.rename(target)


def _names(folder: Path, drop: Path) -> Iterator[Path]:
    yield folder / drop.name
    number = 2
    while True:
        yield folder / f"{drop.stem}-{number}{drop.suffix}"
        number += 1
