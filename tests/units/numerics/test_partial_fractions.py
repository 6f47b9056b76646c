import numpy as np
import pytest

from evenhand.numerics.partial_fractions import PartialFractions


def drawn(seed, terms):
    rng = np.random.default_rng(seed)
    return PartialFractions(rng.lognormal(0, 1, terms), rng.normal(size=terms), rng.normal(size=terms))


@pytest.mark.parametrize("seed", range(30))
def test_no_place_of_an_interval_is_above_its_ceiling(seed):
    rng = np.random.default_rng(seed)
    sums = drawn(seed, 1 + seed % 7)
    scale = float(sums.distance.min())
    for left, width in zip(rng.random(20), rng.random(20), strict=True):
        right = min(left + width, 1.0)
        places = np.linspace(left, right, 500)
        assert sums.heights(places, scale).max() <= sums.ceiling(np.array([left]), np.array([right]), scale)[0]


def test_ceilings_close_in_with_the_square_of_the_width():
    for seed in range(30):
        sums = drawn(seed, 5)
        scale = float(sums.distance.min())
        left = np.linspace(0, 0.9, 50)
        excess = []
        rounding = 1e-13 * float((np.abs(sums.first) + np.abs(sums.second)).sum())
        for width in (1e-2, 1e-3, 1e-4):
            inside = np.stack([sums.heights(left + part * width, scale) for part in np.linspace(0, 1, 41)]).max(axis=0)
            excess.append(float((sums.ceiling(left, left + width, scale) - inside).max()))
        assert excess[1] <= excess[0] / 50 + rounding, seed
        assert excess[2] <= excess[1] / 50 + rounding, seed


def test_heights_are_the_sums_at_the_reports_of_the_places():
    sums = drawn(1, 4)
    reports = np.array([0.0, 0.3, 7.0, np.inf])
    scale = 2.5
    assert np.allclose(sums.heights(scale / (reports + scale), scale), sums(reports), rtol=1e-13, atol=0)


@pytest.mark.parametrize(
    ("first", "second", "report"),
    [
        (2.0, -3.0, 2.0),  # y = 1/3 = 1 / (2 + 1)
        (2.0, -0.5, 0.0),  # y = 2 is past the report of 0, y = 1
        (-1.0, -3.0, np.inf),
        (0.0, -3.0, np.inf),
        (2.0, 0.0, 0.0),
    ],
)
def test_one_term_is_highest_at(first, second, report):
    sums = PartialFractions(np.array([1.0]), np.array([first]), np.array([second]))
    assert sums.best_report() == report
    assert sums(np.array([report]))[0] >= sums(np.geomspace(1e-9, 1e9, 1001)).max() - 1e-15


def test_a_small_rise_keeps_its_digits():
    sums = PartialFractions(np.array([1.0]), np.array([2.0]), np.array([-3.0]))
    step = 2.0**-30  # around the peak at 2 the sum falls by 3 (dy)^2
    fall = -3 * (step / (3 * (3 + step))) ** 2
    assert sums.rise(2.0, 2.0 + step) == pytest.approx(fall, rel=1e-6)
    assert sums.rise(2.0, np.inf) == pytest.approx(-1 / 3)
