"""Differential privacy's two currencies: rho of zCDP, in which budgets are added, and epsilon, in which people are told."""

from __future__ import annotations

import math

DELTA = 1e-6
_STEPS = 200  # of a search that narrows by a third each: beyond what a float can tell apart


def epsilon_of(rho: float, delta: float = DELTA) -> float:
    """The smallest epsilon known to follow from `rho` at `delta`; for display, never for accounting.

    Proposition 12 of Canonne, Kamath and Steinke, The Discrete Gaussian for Differential Privacy (2020), at its best order.
    """
    if rho <= 0:
        return 0.0
    low, high = math.log(1e-4), math.log(1e7)  # of the order less one; its bound falls, then rises
    for _ in range(_STEPS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _bound(math.exp(left), rho, delta) < _bound(math.exp(right), rho, delta):
            high = right
        else:
            low = left
    return max(0.0, _bound(math.exp(low), rho, delta))


def _bound(excess: float, rho: float, delta: float) -> float:
    """The epsilon that the order 1 + `excess` gives."""
    order = 1 + excess
    return order * rho + (-math.log(delta) - math.log(order)) / excess + math.log1p(-1 / order)
