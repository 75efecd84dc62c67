"""Distributions as integer tables: a 16-bit draw is an index, and no floating-point unit decides a byte."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

from wrapped_synthesis.chance import DRAWS


def from_quantiles(quantile: Callable[[float], float], dtype: type[np.integer] = np.int32) -> np.ndarray:
    """The rounded quantile function at the middle of each draw."""
    return np.array([round(quantile((draw + 0.5) / DRAWS)) for draw in range(DRAWS)], dtype=dtype)


def from_weights(weights: Sequence[float], dtype: type[np.integer] = np.int32) -> np.ndarray:
    """Index of the weight that each draw falls on."""
    total = math.fsum(weights)
    ends, running = [], 0.0
    for weight in weights:
        running += weight
        ends.append(round(DRAWS * running / total))
    return np.searchsorted(np.array(ends), np.arange(DRAWS), side="right").clip(max=len(weights) - 1).astype(dtype)


def zipf_mandelbrot(count: int, exponent: float = 1.15, shift: float = 2.5) -> np.ndarray:
    """Rank, 0-based, of each draw where rank r weighs (r + 1 + shift) ** -exponent."""
    return from_weights([(rank + 1 + shift) ** -exponent for rank in range(count)])


def towards_start(exponent: float) -> np.ndarray:
    """A place in [0, 65536), denser near 0: the share of draws below x is x ** (1 / exponent)."""
    return from_quantiles(lambda share: min(DRAWS - 1, DRAWS * share**exponent), np.uint32)


def lognormal(median: float, sigma: float, low: float, high: float) -> np.ndarray:
    """Rounded lognormal values within [low, high]."""
    normal = NormalDist()
    return from_quantiles(lambda share: min(high, max(low, median * math.exp(sigma * normal.inv_cdf(share)))), np.int64)


def exponential(mean: float, low: float, high: float) -> np.ndarray:
    """Rounded exponential values within [low, high]."""
    return from_quantiles(lambda share: min(high, max(low, -mean * math.log1p(-share))))


def scaled(places: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Index in [0, count) at each place of [0, 65536); counts up to 65536."""
    return (places.astype(np.uint32) * counts.astype(np.uint32)) >> np.uint32(16)
