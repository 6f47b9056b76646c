"""Participation, horizons and values, one by one: what is refused, and what they are at their edges."""

import doctest
import io
import re
from pathlib import Path

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.simulation.bellman import Distribution, assumption_2, assumptions, value, value_of_path
from evenhand.simulation.discounting import balance, last_behind
from evenhand.simulation.horizon import (
    advantages,
    cumulative_net_utility,
    falls_with_discount,
    horizon,
    single_crossing,
)
from evenhand.simulation.participation import (
    EXPONENTIAL,
    GRIM_TRIGGER,
    LINEAR,
    PARTICIPATION,
    SQUARE_ROOT,
    assumption_1,
    exponential,
    own,
    ratio,
)
from evenhand.simulation.staying import loss_at_least, staying

EACH = pytest.mark.parametrize("function", PARTICIPATION.values(), ids=PARTICIPATION)


@pytest.mark.parametrize(
    ("work", "word"),
    [
        (lambda: exponential(0), "k: is 0"),
        (lambda: own("wild", lambda r: 2 * r), "wild(0.5001): is 1.0002"),
        (lambda: own("lost", lambda r: r / 2), "lost(1): is 0.5; a seller who is paid the ideal price stays"),
        (lambda: own("nan", lambda r: np.where(r < 0.5, np.nan, 1.0)), "nan(0): is nan"),
        (lambda: Distribution([1, 2], [1]), "budget: has shape (1,)"),
        (lambda: Distribution([], []), "utility: has shape (0,)"),
        (lambda: Distribution([-1], [1]), "utility[0]: is -1.0"),
        (lambda: Distribution([1], [float("inf")]), "budget[0]: is inf"),
        (lambda: Distribution([1], [1], [0.5]), "chances: sum to 0.5"),
        (lambda: Distribution([1, 1], [1, 1], [2.0, -1.0]), "chances[0]: is 2.0; each is a number from 0 to 1"),
        (lambda: value(Distribution([1], [1]), 1.0, LINEAR), "discount: is 1.0"),
        (lambda: value_of_path([1], [1], -0.1, LINEAR), "discount: is -0.1"),
        (lambda: horizon([1.0], 0), "discount: is 0"),
        (lambda: horizon([], 0.5), "advantage: has shape (0,)"),
        (lambda: horizon([float("nan")], 0.5), "advantage[0]: is nan"),
        (lambda: falls_with_discount([1.0], [0.5, 2]), "discount: is 2"),
        (lambda: advantages([3.0], [2.0], [2.5], LINEAR), "price[0]: is 2.5; the ideal price is 2.0"),
        (lambda: advantages([3.0], [2.0], [-1.0], LINEAR), "price[0]: is -1.0"),
    ],
)
def test_what_cannot_be_is_refused_with_its_bound_and_remedy(work, word):
    with pytest.raises(OfferError) as caught:
        work()
    assert word in str(caught.value), str(caught.value)


@EACH
def test_a_chance_is_one_at_the_ideal_price_and_above_and_never_falls(function):
    prices = np.linspace(0, 3, 301)
    chances = function(prices, 2.0)
    assert (chances[prices >= 2.0] == 1).all()
    assert (np.diff(chances) >= 0).all()
    assert (chances >= 0).all()


@EACH
def test_the_steepness_is_the_largest(function):
    ratios = np.linspace(0, 1, 4_001)[:-1]
    slopes = (1 - function.of_ratio(ratios)) / (1 - ratios)
    assert slopes.min() == pytest.approx(function.steepness, rel=1e-3)
    assert (slopes >= function.steepness * (1 - 1e-12)).all()


@EACH
def test_the_best_ratio_is_the_best_of_a_grid(function):
    ratios = np.linspace(0, 1, 4_001)
    for worth in [0.0, 0.3, 0.99, 1.0, 1.08, 1.1, 1.5, 2.0, 5.0, 1e300]:
        best = float(function.best_ratio(np.array(worth)))
        gained = worth * function.of_ratio(np.array(best)) - best
        assert gained >= (worth * function.of_ratio(ratios) - ratios).max() - 1e-12 * max(worth, 1)


@EACH
def test_your_own_function_is_searched_to_what_the_formula_gives(function):
    searched = own("own", function.of_ratio)
    assert searched.steepness == pytest.approx(function.steepness, rel=1e-3)
    worths = np.array([0.0, 0.4, 0.9, 1.2, 1.9, 2.5, np.inf])
    assert searched.best_ratio(worths) == pytest.approx(function.best_ratio(worths), abs=1e-6)
    distribution = Distribution([3.0, 2.0, 1.0], [2.0, 2.5, 0.4])
    for discount in (0.3, 0.8):
        exact = value(distribution, discount, function)
        assert value(distribution, discount, searched).best == pytest.approx(exact.best)


def test_where_nothing_is_due_nobody_leaves():
    assert ratio(0.0, 0.0) == 1
    found = value(Distribution([0.0, 3.0], [1.0, 0.0]), 0.9, GRIM_TRIGGER)
    assert found.best == found.ideal == pytest.approx(15.0)
    assert assumption_2(Distribution([3.0], [0.0]), 0.9, LINEAR).holds


def test_where_no_price_can_be_cut_the_second_assumption_says_so():
    found = assumption_2(Distribution([0.0], [2.0]), 0.9, LINEAR)
    assert (found.holds, found.statement) == (True, "no ideal price is above 0, so there is none to cut")


def test_staying_starts_at_one_and_takes_many_rows():
    assert staying(np.full((2, 3), 0.5)).tolist() == [[1, 0.5, 0.25, 0.125]] * 2
    assert (1 - staying([0.0])[-1], loss_at_least([0.0])) == (1.0, pytest.approx(1 - np.exp(-1)))


def test_a_constant_chance_does_not_meet_the_first_assumption():
    found = assumption_1(own("sure", np.ones_like))
    assert not found.holds
    assert "does not rise" in found.statement


def test_last_behind_tells_never_from_still():
    rows = [[1.0, 1.0], [-1.0, 3.0], [-1.0, 0.5], [0.0, 0.0]]
    assert last_behind(np.cumsum(rows, axis=1)).tolist() == [-1, 0, 1, 1]
    assert [horizon(row, 1.0).ahead for row in rows] == [True, True, False, False]


def test_a_tie_is_a_tie_though_floats_miss_it():
    """0.1 + 0.2 - 0.3 is above 0 in floats; by eq. 17 the ideal price has not paid off by then."""
    tie = [-0.3, 0.1, 0.2]
    assert np.cumsum(tie)[-1] > 0
    assert balance(tie, 1.0)[-1] == 0
    assert horizon(tie, 1.0).period == 2
    assert not horizon(tie, 1.0).ahead
    assert balance([-1.0, 1.0 + 1e-9], 1.0)[-1] > 0, "what is no rounding counts"


def test_discount_factors_are_tried_from_low_to_high_in_whatever_order_they_are_given():
    rising, falling = (falls_with_discount([-0.1, 1.0, -1.2], each) for each in ([0.5, 0.9], (0.9, 0.5)))
    assert rising == falling
    assert not falling.holds


def test_billions_of_periods_are_added_up_at_once():
    kept = cumulative_net_utility([1.0, 2.0], 3.0, 2.0, 10**9, LINEAR, discount=0.5)
    assert kept == pytest.approx([2 * 4 / 3, 2.0])
    assert cumulative_net_utility([2.0], 3.0, 2.0, 10**9, LINEAR) == pytest.approx(1e9)


def test_single_crossing_lets_zeros_stand_anywhere():
    assert single_crossing([0.0, -1.0, 0.0, 2.0, 0.0, 1.0])
    assert not single_crossing([0.0, 2.0, 0.0, -1e-9])


def test_a_search_that_finds_nothing_says_so():
    found = falls_with_discount([-1.0, 5.0, -0.1])
    assert (found.holds, found.evidence) == (True, "searched")
    assert falls_with_discount([-1.0, 5.0]).evidence == "proved"


def test_advantages_are_averaged_over_replications():
    one = advantages([3.0, 3.0], [2.0, 2.0], [1.0, 2.0], LINEAR)
    two = advantages([3.0, 3.0], [2.0, 2.0], [2.0, 2.0], LINEAR)
    both = advantages(np.full((2, 2), 3.0), np.full((2, 2), 2.0), [[1.0, 2.0], [2.0, 2.0]], LINEAR)
    assert both == pytest.approx((one + two) / 2)
    assert (two == 0).all()


def test_later_periods_count_less_where_they_are_discounted():
    kept = cumulative_net_utility([1.0, 2.0], 3.0, 2.0, 3, LINEAR, discount=0.5)
    assert kept == pytest.approx([(1 + 0.25 + 0.0625) * 2, (1 + 0.5 + 0.25) * 1])


@EACH
def test_a_known_end_unravels_to_nothing_paid_in_the_last_period(function):
    values, ratios = value_of_path([3.0] * 40, [2.0] * 40, 0.9, function)
    assert ratios[-1] == 0
    assert (np.diff(values) <= 1e-12).all()
    for_ever = value(Distribution([3.0], [2.0]), 0.9, function).best
    assert values[0] <= for_ever * 1.05 + 1  # an end costs what comes after it


def test_a_long_path_is_worth_what_goes_on_for_ever():
    rng = np.random.default_rng(0)
    for function in PARTICIPATION.values():
        u, b = rng.uniform(1, 3), rng.uniform(0.5, 2)
        values, _ = value_of_path([u] * 600, [b] * 600, 0.9, function)
        assert values[0] == pytest.approx(value(Distribution([u], [b]), 0.9, function).best)


def test_rare_draws_count_by_their_chance():
    often, rare = Distribution([3.0, 9.0], [2.0, 8.0], [1.0, 0.0]), Distribution([3.0], [2.0])
    for function in (EXPONENTIAL, SQUARE_ROOT):
        assert value(often, 0.7, function).best == pytest.approx(value(rare, 0.7, function).best)
        assert assumption_2(often, 0.7, function).gap == pytest.approx(assumption_2(rare, 0.7, function).gap)


def test_what_the_page_says_of_theory_is_what_is_found():
    page = (Path(__file__).parents[3] / "docs" / "markets.md").read_text()
    told = "".join(re.findall(r"^```python\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL))
    session = doctest.DocTestParser().get_doctest(told, {}, "docs/markets.md", None, None)
    assert len(session.examples) == 6
    out = io.StringIO()
    assert doctest.DocTestRunner().run(session, out=out.write).failed == 0, out.getvalue()


def test_findings_carry_numbers():
    found = {each.claim: each for each in assumptions(Distribution([3.0], [2.0]), 0.5, LINEAR)}
    assert found["assumption_2"].gap == pytest.approx(1.0)
    assert found["ideal_price_is_best"].gap == pytest.approx(1.0)
    assert "0.5 * 2 * 0.5 = 0.5" in found["assumption_2"].statement
