"""Float sums that stay within their bound, and a pool that is divided by mass."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.numerics.rounding import UNITS_MAX, posted, within


def test_a_sum_that_rounding_carries_beyond_its_bound_is_brought_within_by_last_digits():
    rng = np.random.default_rng(1)
    carried = 0
    for sellers in (1, 3, 9, 200, 5_000):
        for _ in range(60):
            parts, most = rng.random(sellers), float(rng.lognormal(0, 9))
            amounts = parts * (most / parts.sum())
            carried += amounts.sum() > most
            kept = within(amounts, most)
            assert kept.sum() <= most
            np.testing.assert_allclose(kept, amounts, rtol=1e-14)
    assert carried > 30, "else nothing was tried"


def test_what_is_within_the_bound_stays_as_it_is():
    amounts = np.array([1.0, 2.0])
    assert within(amounts, 3.0) is amounts
    assert within(np.zeros(0), 0.0).tolist() == []


def test_an_excess_that_is_no_rounding_is_not_hidden():
    amounts = np.array([1.0, 2.0])
    assert within(amounts, 3.0 * (1 - 2 * UNITS_MAX * 2.0**-53)) is amounts
    assert within(amounts, 0.0) is amounts
    exact = np.array([Fraction(1), Fraction(2)], dtype=object)
    assert within(exact, 2) is exact


def test_nobody_is_rounded_below_the_least_who_is_not_below_already():
    amounts = np.full(3, 0.1 * 3)
    kept = within(amounts, 0.9, least=np.array([amounts[0], 0.0, np.inf]))
    assert kept.sum() <= 0.9
    assert (kept == amounts).tolist() == [True, False, False]
    assert within(amounts, 0.9, least=amounts) is amounts, "there is no way to keep both"


@pytest.mark.parametrize("masses", [[0.1] * 3, [0.1] * 7, [0.3, 0.3, 0.1]])
def test_shares_of_all_there_is_sum_to_no_more_than_the_pool(masses):
    masses = np.array(masses)
    for pool in np.random.default_rng(2).random(200):
        assert posted(float(pool), masses, masses.sum(), whole=False).sum() <= pool


def test_a_pool_is_divided_exactly_in_whole_units_and_not_at_all_where_there_is_no_mass():
    masses = np.array([Fraction(2), Fraction(1)], dtype=object)
    assert posted(10, masses, 3, whole=False).tolist() == [Fraction(20, 3), Fraction(10, 3)]
    assert posted(10, masses, 3, whole=True).tolist() == [6, 3]
    assert posted(10.0, np.zeros(2), 0.0, whole=False).tolist() == [0.0, 0.0]
    assert posted(1e300, np.array([1e300, 1.0]), 2e300, whole=False)[0] == 5e299
