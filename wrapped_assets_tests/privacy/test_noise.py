"""Noise by its distribution: it cannot be seeded, so what is drawn many times is compared with what is promised, generously."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from scipy import stats

from wrapped_assets.privacy.noise import GaussianThreshold, Laplace, TopK
from wrapped_assets.privacy.policy import policy_of

DRAWS = 20_000
LUCK = 1e-6  # how often a test of right noise may fail


def laplace() -> Laplace:
    noise = policy_of("marketing_facts").policy.noise["facts"]
    return Laplace(noise.facts_per_person or 0, noise.nano_rho)


def test_facts_have_the_discrete_laplace_noise_that_is_paid_for() -> None:
    made = laplace()
    drawn = np.array(made.draw([100] * DRAWS)) - 100
    alpha = math.exp(-1 / made.scale())
    edges = np.arange(-30, 31)
    inside = (1 - alpha) / (1 + alpha) * alpha ** np.abs(edges)
    tail = (1 - inside.sum()) / 2
    expected = np.array([tail, *inside, tail]) * DRAWS
    counts = Counter(int(np.clip(each, -31, 31)) for each in drawn)
    seen = np.array([counts[each] for each in range(-31, 32)])
    assert stats.chisquare(seen, expected).pvalue > LUCK
    wrong = np.random.default_rng(1).laplace(0, made.scale() / 2, DRAWS).round()
    counts = Counter(int(np.clip(each, -31, 31)) for each in wrong)
    assert stats.chisquare([counts[each] for each in range(-31, 32)], expected).pvalue < LUCK  # half the noise would be noticed


def test_each_fact_has_noise_of_its_own() -> None:
    drawn = np.array(laplace().draw([0] * DRAWS)).reshape(-1, 2)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 6 / math.sqrt(len(drawn))


def test_ninety_five_of_a_hundred_facts_are_within_twenty_four() -> None:
    drawn = np.abs(np.array(laplace().draw([0] * DRAWS)))
    assert 0.94 < (drawn <= 24).mean() < 0.965


def test_numbers_of_charts_have_the_gaussian_noise_that_is_paid_for() -> None:
    noise = policy_of("charts").policy.noise["numbers"]
    made = GaussianThreshold(noise.keys_per_person or 0, noise.nano_rho, noise.delta)
    _, scale, threshold = made.measurement()
    drawn = made.draw({f"key {number}": 10_000 for number in range(4_000)})
    assert len(drawn) == 4_000
    assert stats.kstest(np.array(list(drawn.values())) - 10_000, "norm", args=(0, scale)).pvalue > LUCK
    assert 20 < scale < 30
    assert 100 < threshold < 200


def test_ten_thousand_keys_that_one_person_each_chose_are_never_published() -> None:
    noise = policy_of("charts").policy.noise["numbers"]
    made = GaussianThreshold(noise.keys_per_person or 0, noise.nano_rho, noise.delta)
    assert made.draw({f"lone {number}": 1 for number in range(10_000)}) == {}


def test_top_k_finds_the_head_and_its_cost_is_what_was_charged() -> None:
    noise = policy_of("charts").policy.noise["ranks"]
    made = TopK(noise.k or 0, noise.nano_rho)
    counts = [4_000 - 20 * number for number in range(150)] + [0] * 2_000
    found = made.draw(counts)
    assert len(set(found)) == 100
    assert len(set(found) & set(range(100))) >= 90
    assert set(found[:10]) <= set(range(30))
    assert 1 / (8 * made.scale() ** 2) * (noise.k or 0) <= noise.nano_rho / 1e9 * (1 + 1e-9)


def test_the_drawing_of_places_says_nothing_of_counts_below_the_noise() -> None:
    made = TopK(1, 23_800_000)
    firsts = Counter(made.draw([0] * 20)[0] for _ in range(400))
    assert stats.chisquare([firsts[each] for each in range(20)]).pvalue > LUCK


def test_twin_releases_of_neighbouring_worlds_are_no_easier_to_tell_apart_than_promised() -> None:
    """One person moves a fact by one: by any sign, the odds of one world over the other stay within the fact's share of epsilon."""
    made = laplace()
    here, there = (np.array(made.draw([count] * DRAWS)) for count in (90, 91))
    allowed = made.epsilon / made.facts_per_person
    for sign in range(70, 112, 3):
        odds = math.log(((there >= sign).mean() + 1e-4) / ((here >= sign).mean() + 1e-4))
        seen = min((there >= sign).sum(), (here >= sign).sum())
        assert odds < allowed + 6 * math.sqrt(2 / (seen + 1)), sign
    assert (there >= 91).mean() - (here >= 91).mean() > 0.02  # and they do differ
