"""Records the first month of a data root, at which the UI's partitions begin."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from wrapped_assets.storage.whole_files import write_whole
from wrapped_assets.vocabulary.periods import Month

FILE = "first_month"
DEFAULT = Month(2015, 1)


def first_month(root: Path) -> Month:
    """What was noted, or `DEFAULT` where nothing was, or nothing readable; WRAPPED_FIRST_MONTH=YYYY-MM overrides both.

    Never later than this month.
    """
    try:
        found = Month.parse(os.environ.get("WRAPPED_FIRST_MONTH") or (root / FILE).read_text().strip())
    except (OSError, ValueError):
        found = DEFAULT
    return min(found, Month.of(datetime.now(UTC).date()))


def note_first_month(root: Path, month: Month) -> None:
    """Notes the month, unless an earlier one is noted."""
    try:
        if Month.parse((root / FILE).read_text().strip()) <= month:
            return
    except (OSError, ValueError):
        pass
    write_whole(root / FILE, f"{month}\n".encode())
