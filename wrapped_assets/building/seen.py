"""Remembers the world that a situation was made of, for as long as nothing but the build's own records has changed the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from wrapped_assets.building.world import World
from wrapped_assets.planning.situation import Situation
from wrapped_assets.storage.transactions import state_of

SECONDS = 60.0  # a consent may run out by the clock alone


@dataclass
class Seen:
    """A whole world, the situation that it gave, and the state of the database in which both hold."""

    world: World
    situation: Situation
    state: object
    since: float = field(default_factory=time.monotonic)

    def holds(self, situation: Situation, connection: sa.Connection) -> bool:
        """Whether this is the situation's world, and what the connection would read of it is the same."""
        is_young = time.monotonic() - self.since < SECONDS
        return self.situation is situation and is_young and self.state is not None and state_of(connection) == self.state

    @contextmanager
    def carried(self, connection: sa.Connection) -> Iterator[None]:
        """What an exclusive transaction writes inside of the block, of the build's own, is no change of the world."""
        is_same = self.state is not None and state_of(connection) == self.state
        yield
        if is_same:
            self.state = state_of(connection)
