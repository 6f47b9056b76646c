"""Masses, means and spreads against the plain sums, and against exact fractions where floats would cancel."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.numerics.moments import Moments, Ranges, merged, prefixes, running


def plainly(mass, points):
    """Sum in exact fractions."""
    masses, at = [Fraction(float(a)) for a in mass], [Fraction(float(t)) for t in points]
    total = sum(masses, Fraction(0))
    if not total:
        return 0.0, 0.0, 0.0
    mean = sum((a * t for a, t in zip(masses, at, strict=True)), Fraction(0)) / total
    spread = sum((a * (t - mean) ** 2 for a, t in zip(masses, at, strict=True)), Fraction(0))
    return float(total), float(mean), float(spread)


def points(rng, count):
    return 10 ** rng.uniform(-3, 3, count), np.sort(rng.normal(size=count))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 9, 17])
def test_every_range_has_the_moments_of_its_points(count):
    mass, at = points(np.random.default_rng(count), count)
    ends = [(start, end) for start in range(count + 1) for end in range(start, count + 1)]
    starts, stops = np.array(ends).T
    found = Ranges(mass, at).between(starts, stops)
    for row, (start, end) in enumerate(ends):
        here = [field[row] for field in found]
        np.testing.assert_allclose(here, plainly(mass[start:end], at[start:end]), rtol=1e-12, atol=1e-12)


def test_a_range_that_ends_before_it_starts_is_empty():
    found = Ranges(np.ones(4), np.arange(4.0)).between(np.array([3, 4]), np.array([1, 4]))
    np.testing.assert_array_equal(np.array(found), np.zeros((3, 2)))


def test_prefixes_begin_with_nothing_and_skip_what_has_no_mass():
    found = prefixes(np.array([[0.0, 2.0, 0.0, 2.0]]), np.array([7.0, 1.0, 5.0, 3.0]))
    np.testing.assert_array_equal(found.mass[0], [0, 0, 2, 2, 4])
    np.testing.assert_array_equal(found.mean[0], [0, 0, 1, 1, 2])
    np.testing.assert_array_equal(found.spread[0], [0, 0, 0, 0, 4])


def test_equal_points_have_no_spread_however_far_from_zero():
    rng = np.random.default_rng(1)
    mass, at = rng.uniform(size=99), np.full(99, 1e8 / 3)
    assert not running(mass, at).spread.any()
    found = Ranges(mass, at).between(np.arange(50), np.arange(50) + 49)
    assert not found.spread.any()
    assert (found.mean == at[0]).all()


def test_what_is_left_beside_a_mass_a_trillion_times_larger_keeps_its_digits():
    mass, at = np.array([1.0, 1e12, 2.0, 3.0]), np.array([0.0, 1.0, 2.0, 4.0])
    first, ranges = prefixes(mass, at), Ranges(mass, at)
    rest = merged(first.take(np.array([1])), ranges.between(np.array([2]), np.array([4])))
    others = np.array([0, 2, 3])
    np.testing.assert_allclose([field[0] for field in rest], plainly(mass[others], at[others]), rtol=1e-15)


def test_merging_with_nothing_changes_nothing():
    some = Moments(np.array([2.0]), np.array([1 / 3]), np.array([5.0]))
    nothing = Moments(*np.zeros((3, 1)))
    assert merged(some, nothing) == some
    assert merged(nothing, some) == some
