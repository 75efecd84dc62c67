"""What an upload refuses: a target that would serve the data, and readers before the launch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.serving.rendered.store_errors import StoreUnavailableError
from wrapped_assets.serving.rendered.target import Target
from wrapped_assets.storage import registry
from wrapped_assets.storage.root import Root

_MOST_APART = timedelta(minutes=5)  # between this machine's clock and a store's


def must_be_outside(root: Root, address: str) -> None:
    """InputError for a folder that the data root is in, or that is in it: a web server that serves it would serve the data root."""
    if "://" in address:
        return
    folder, own = Path(address).resolve(), root.path.resolve()
    if folder.is_relative_to(own) or own.is_relative_to(folder):
        raise InputError("expected a folder beside the data root, got one inside or around it: whoever serves it would serve the data")


def has_launched(root: Root, year: int) -> bool:
    """Whether the year's launch is over, by this machine's clock."""
    launch_at = registry.editions(root, [year])[year].launch_at
    return launch_at is None or launch_at <= datetime.now(UTC)


def must_have_launched(root: Root, year: int, target: Target) -> None:
    """InputError before the year's launch; StoreUnavailableError where the store's clock is another one than this machine's."""
    edition, now = registry.editions(root, [year])[year], datetime.now(UTC)
    there = target.clock() if edition.launch_at else None
    if there and abs(there - now) > _MOST_APART:
        raise StoreUnavailableError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC and {target.address}'s {there:%Y-%m-%d %H:%M} UTC: one of them is wrong, "
            "and nothing was made live"
        )
    if edition.launch_at and edition.launch_at > now:
        raise InputError(
            f"{year} launches at {edition.launch_at:%Y-%m-%d %H:%M} UTC: its pages are uploaded, and no reader is pointed at them. Upload "
            "again then; --no-flip uploads without this message"
        )
