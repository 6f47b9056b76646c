"""Integrals of falling curves against antiderivatives: smooth, kinked, jumping, slow, tiny, huge and noisy ones."""

import numpy as np
import pytest

from evenhand.errors import OfferError, Problem
from evenhand.numerics.tail import tail_integral


def counted(curve):
    """The curve, and a list that grows by what it is asked."""
    asked = []

    def ask(reports):
        asked.extend(reports.tolist())
        with np.errstate(over="ignore", divide="ignore"):
            return np.asarray(curve(reports))

    return ask, asked


@pytest.mark.parametrize("distance", 10.0 ** np.arange(-12, 13, 3))
@pytest.mark.parametrize("start", [0.0, 1e-12, 1.0, 1e12])
def test_a_square_law_is_integrated_at_any_scale_with_few_points(start, distance):
    curve, asked = counted(lambda u: (distance / (distance + u)) ** 2)
    value, error = tail_integral(curve, start)
    exact = distance**2 / (distance + start)
    assert abs(value - exact) <= min(error, 1e-14 * exact)
    assert len(asked) < 1_000


@pytest.mark.parametrize("scale", [1e-290, 1e-200, 1e200, 1e290])
def test_the_scale_may_be_any_that_floats_have(scale):
    value, error = tail_integral(counted(lambda u: (1 / (1 + u / scale)) ** 2)[0], 0.0)
    assert abs(value - scale) <= min(error, 1e-11 * scale)


CURVES = {
    "exponential": (lambda u: np.exp(-u), 0.0, 1.0),
    "a kink at 3": (lambda u: np.maximum(0, 3 - u), 1.0, 2.0),
    "a jump to 0 at pi": (lambda u: (u < np.pi) * 1.0, 1.0, np.pi - 1),
    "a plateau and a jump": (lambda u: (u < 1e15) * 1.0, 1.0, 1e15),
    "a plateau and a smooth fall": (lambda u: (1e40 / (1e40 + u)) ** 2, 1.0, 1e40),
    "0 after 1": (lambda u: np.maximum(0, 1 - u) ** 2, 0.0, 1 / 3),
    "a low plateau far out": (lambda u: (u < 1) + 1e-6 * (u < 1e8), 0.0, 101.0),
    "a lower plateau farther out": (lambda u: (u < 1) + 1e-12 * (u < 1e15), 0.0, 1001.0),
    "a spike before a tail": (lambda u: 1e6 / (1 + 1e12 * u) ** 2 + 1 / (1 + u) ** 2, 0.0, 1 + 1e-6),
    "two tails far apart": (lambda u: 1 / (1 + u) ** 2 + 1e-12 / (1 + u / 1e12) ** 2, 0.0, 2.0),
    "a staircase": (lambda u: np.maximum(0, 10 - np.floor(u)), 0.5, 50.0),
    "kinks one after another": (lambda u: sum(np.maximum(0, k - u) for k in (1, 2, 5, 9)), 0.0, 111 / 2),
    "a tail as slow as u^-1.2": (lambda u: (1 + u) ** -1.2, 0.0, 5.0),
}


@pytest.mark.parametrize("name", CURVES)
def test_what_is_not_smooth_is_integrated_to_eleven_digits(name):
    curve, start, exact = CURVES[name]
    value, error = tail_integral(counted(curve)[0], start)
    assert abs(value - exact) <= 1e-11 * exact
    assert error <= 1e-10 * exact


@pytest.mark.parametrize("seed", range(20))
def test_no_kink_hides_near_the_edge_of_a_piece(seed):
    # f = 1 / u^2 up to k, and 1 / (2 u^2 - u k) beyond: the slope breaks at k, wherever pieces end
    rng = np.random.default_rng(seed)
    kinks = 1 + np.ldexp(1.0, rng.integers(-8, 12, 20)) * (1 + rng.uniform(-0.01, 0.01, 20))
    for kink in kinks:
        value, error = tail_integral(lambda u, k=kink: 1 / (u * np.maximum(u, 2 * u - k)), 1.0)
        exact = 1 - 1 / kink + np.log(2) / kink
        assert abs(value - exact) <= 1e-10 * exact, kink
        assert error <= 1e-10 * exact


def test_nothing_is_under_a_curve_that_starts_at_0_and_only_its_ends_are_asked():
    curve, asked = counted(np.zeros_like)
    assert tail_integral(curve, 3.0) == (0.0, 0.0)
    assert asked == [3.0, np.inf]


def test_a_market_that_needs_the_seller_says_so_first():
    def curve(reports):
        if np.isinf(reports).any():
            raise OfferError(Problem("seller 0", "is alone", "there are two or more", "Invite another."))
        return 1 + 0 * reports

    with pytest.raises(OfferError, match="seller 0: is alone"):
        tail_integral(curve, 1.0)
    assert tail_integral(curve, 1.0, until=3.0)[0] == pytest.approx(2.0)


@pytest.mark.parametrize("until", [1.0, 1.5, 2.0, 20.0, 100.0, 1e6])
def test_an_integral_that_is_cut_ends_where_it_is_cut(until):
    curve, asked = counted(lambda u: 1 / u**2)
    value, error = tail_integral(curve, 1.0, until)
    assert abs(value - (1 - 1 / until)) <= 1e-12
    assert len(asked) < 1_500, "no piece has the end within it"
    assert error <= 1e-11
    assert tail_integral(lambda u: 1 + 0 * u, 1.0, until)[0] == pytest.approx(until - 1, rel=1e-14, abs=0)


def test_a_curve_that_never_falls_has_no_integral_to_infinity():
    with pytest.raises(OfferError, match="never falls to a quarter"):
        tail_integral(np.ones_like, 1.0)


def noisy(u):
    """A square law whose values are off by up to a millionth, as a solver's are, the same at each asking."""
    return 1 / (1 + u) ** 2 * (1 + 1e-6 * np.sin(np.minimum(1e9 * u, 1e300)))


def test_a_noisy_curve_is_asked_little_where_the_noise_is_named():
    curve, asked = counted(noisy)
    value, error = tail_integral(curve, 0.0, relative=1e-5)
    assert abs(value - 1) <= min(error, 1e-5)
    assert len(asked) < 1_000


def test_a_noisy_curve_says_so_in_the_error_where_it_is_not_named(monkeypatch):
    monkeypatch.setattr("evenhand.numerics.tail.HALVINGS_MAX", 100)
    value, error = tail_integral(noisy, 0.0)
    assert abs(value - 1) <= error
    assert error > 1e-9


def test_an_absolute_error_is_enough():
    curve, asked = counted(lambda u: 1e-9 * noisy(u))
    value, error = tail_integral(curve, 0.0, absolute=1e-13)
    assert abs(value - 1e-9) <= max(error, 1e-13)
    assert error <= 1e-12
    assert len(asked) < 2_000


def test_no_report_is_asked_twice():
    curve, asked = counted(lambda u: np.maximum(0, 3 - u))
    tail_integral(curve, 1.0)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("power", [0.5, 1.0])
def test_a_curve_that_falls_too_slowly_has_no_integral(power):
    with pytest.raises(OfferError, match="as slowly as 1/u"):
        tail_integral(lambda u: (1 + u) ** -power, 1.0)


@pytest.mark.parametrize("power", [1.2, 4 / 3, 2.0, 9.0])
def test_a_curve_that_falls_faster_has_one(power):
    value, error = tail_integral(lambda u: (1 + u) ** -power, 1.0)
    assert abs(value - 2 ** (1 - power) / (power - 1)) <= max(error, 1e-9 * value)
