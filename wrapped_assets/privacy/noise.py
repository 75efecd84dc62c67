"""What is differentially private: OpenDP's mechanisms, each with the privacy loss that it costs.

Noise cannot be seeded, on purpose: a release is drawn once, charged to the ledger before, and stored. OpenDP calls these
mechanisms "contrib": their proofs are published, their vetting is not complete; privacy reports say so.
Losses of zero-concentrated differential privacy are whole billionths of rho.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

NANO = 1_000_000_000
_LARGEST_SCALE = 2.0**40


@cache
def _dp() -> Any:
    import opendp.prelude as dp  # 0.3 s, and only what draws noise needs it

    dp.enable_features("contrib")
    return dp


def _least(loss: Any, most: float, low: float = 1e-3) -> float:
    """The least scale whose loss is at most `most`; found by halving, for OpenDP's own search does not know every measure."""
    high = low
    while loss(high) > most:
        low, high = high, high * 2
        if high > _LARGEST_SCALE:
            raise ValueError(f"no scale has a loss of at most {most}")
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if loss(middle) > most else (low, middle)
    return high


@dataclass(frozen=True)
class TopK:
    """The places of the k highest counts, most first, and no counts. One person changes each count by at most one."""

    k: int
    nano_rho: int

    def scale(self) -> float:
        """Of the noise: counts of listeners."""
        return math.nextafter(math.sqrt(self.k * NANO / (8 * self.nano_rho)), math.inf)

    def draw(self, counts: Sequence[int]) -> list[int]:
        """Places in `counts`, whose candidates must be known whoever listened; fewer than k candidates give as many places."""
        dp = _dp()
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.linf_distance(T=int, monotonic=True)
        chosen = dp.m.make_noisy_top_k(*space, dp.zero_concentrated_divergence(), k=min(self.k, len(counts)), scale=self.scale())
        _within(chosen.map(1), self.nano_rho / NANO)
        return list(chosen(list(counts))) if counts else []


@dataclass(frozen=True)
class GaussianThreshold:
    """Noisy counts of the keys that pass a threshold, which hides whether anybody chose a rare key.

    A person contributes at most one to each of at most `keys_per_person` keys.
    """

    keys_per_person: int
    nano_rho: int
    delta: float = 1e-6

    def measurement(self) -> tuple[Any, float, int]:
        """OpenDP's measurement, the noise's scale, and the threshold."""
        dp = _dp()
        space = (
            dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T=int)),
            dp.l02inf_distance(dp.absolute_distance(T=int)),
        )
        reach = (self.keys_per_person, math.ceil(math.sqrt(self.keys_per_person)), 1)  # keys, L2 distance, most in one key
        scale = _least(lambda candidate: dp.m.make_gaussian_threshold(*space, candidate, 2**30).map(reach)[0], self.nano_rho / NANO)
        low, high = 1, 2**30
        while low < high:
            middle = (low + high) // 2
            try:
                is_enough = dp.m.make_gaussian_threshold(*space, scale, middle).map(reach)[1] <= self.delta
            except dp.OpenDPException:  # a threshold so low that no delta holds
                is_enough = False
            low, high = (low, middle) if is_enough else (middle + 1, high)
        made = dp.m.make_gaussian_threshold(*space, scale, low)
        _within(made.map(reach)[0], self.nano_rho / NANO)
        return made, scale, low

    def draw(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Key → noisy count, of the keys that passed; ordered by key."""
        made, _, _ = self.measurement()
        return dict(sorted(made(dict(counts)).items()))


@dataclass(frozen=True)
class Laplace:
    """Noisy counts of facts fixed before counting. A person contributes at most one to each of at most `facts_per_person` facts."""

    facts_per_person: int
    nano_rho: int

    def scale(self) -> float:
        """Of the noise: counts of listeners. Each fact costs half of its own epsilon squared, and the costs add up."""
        return math.nextafter(math.sqrt(self.facts_per_person * NANO / (2 * self.nano_rho)), math.inf)

    @property
    def epsilon(self) -> float:
        """What it is worth without a delta."""
        return self.facts_per_person / self.scale()

    def draw(self, counts: Sequence[int]) -> list[int]:
        """One noisy count for each count, in order."""
        dp = _dp()
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
        made = dp.m.make_laplace(*space, self.scale())
        _within(made.map(self.facts_per_person), self.epsilon)
        return list(made(list(counts))) if counts else []


def _within(loss: float, most: float) -> None:
    if loss > most * (1 + 1e-9):
        raise ValueError(f"the mechanism costs {loss}, more than the {most} that was charged for it")
