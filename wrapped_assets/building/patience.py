"""Limits how often a build restarts when its inputs change or the registry is unavailable, and words the final error."""

from __future__ import annotations

import time
from dataclasses import dataclass

from wrapped_assets.contracts.errors import BuildError, RegistryUnavailable

MOST_MOVES = 10  # in a row, without a cell recorded between
PAUSES = (0.1, 0.5, 1, 2, 4, 8, 15)  # seconds between attempts to reach the registry: half a minute


@dataclass
class Patience:
    """Counts what went wrong in a row."""

    moves: int = 0
    losses: int = 0

    def world_moved(self, what: str, *, has_advanced: bool) -> None:
        """BuildError where inputs change faster than cells are computed."""
        self.moves = 1 if has_advanced else self.moves + 1
        if self.moves >= MOST_MOVES:
            raise BuildError(
                f"{what} changed {self.moves} times in a row while cells were computed from it, so no result was recorded: "
                "run the build again while fewer imports are running"
            )

    def registry_lost(self, error: RegistryUnavailable, *, has_advanced: bool) -> None:
        """Waits longer each time; raises the error where waiting does not help."""
        self.losses = 0 if has_advanced else self.losses
        if not error.may_pass or self.losses == len(PAUSES):
            raise error
        time.sleep(PAUSES[self.losses])
        self.losses += 1
