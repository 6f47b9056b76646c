"""Risk-averse sellers: certainty equivalents by hand, and the least total as a dominant report on drawn markets."""

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets import Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.payments.risk import Lottery, certainty_equivalent, least_total

FAIR = Lottery([0.0, 2.0], [0.5, 0.5])


@pytest.mark.parametrize("aversion", [0.0, 0.3, 0.999999, 1.0, 1.000001, 2.5, 40.0])
def test_a_certainty_equivalent_is_no_more_than_the_mean_and_scales_with_what_is_paid(aversion):
    rng = np.random.default_rng(1)
    for _ in range(50):
        lottery = Lottery(rng.uniform(0, 3, 4), rng.dirichlet(np.ones(4)))
        cash, share = rng.uniform(0.01, 5, 2)
        found = certainty_equivalent(cash, share, lottery, aversion)
        assert cash * (1 - 1e-12) <= found <= cash + share * lottery.mean + 1e-12
        np.testing.assert_allclose(certainty_equivalent(7 * cash, 7 * share, lottery, aversion), 7 * found)


def test_more_aversion_takes_less_and_log_utility_lies_between_its_neighbours():
    found = [certainty_equivalent(1.0, 1.0, FAIR, aversion) for aversion in (0, 0.5, 0.999, 1, 1.001, 3)]
    assert found == sorted(found, reverse=True)
    assert found[3] == pytest.approx(3**0.5)


@pytest.mark.parametrize(
    ("cash", "share", "aversion", "wanted"),
    [
        (1.0, 1.0, 650.0, 1.0010685),  # (1/2)^(1/(1-a)) = 2^(1/649)
        (0.01, 1000.0, 60.0, 0.01 * 2 ** (1 / 59)),
        (1.0, 1.0, 1 + 1e-14, 3**0.5),
        (1.0, 1.0, 1 - 1e-12, 3**0.5),
    ],
)
def test_a_certainty_equivalent_keeps_its_digits_at_great_aversion_and_near_one(cash, share, aversion, wanted):
    assert certainty_equivalent(cash, share, FAIR, aversion) == pytest.approx(wanted, rel=1e-6)


def test_what_comes_to_no_number_is_refused():
    with pytest.raises(OfferError, match=r"come to inf at best"):
        certainty_equivalent(1e308, 1e308, FAIR, 3.0)


def test_a_share_that_may_come_to_nothing_is_worth_nothing_to_who_cannot_bear_that():
    assert certainty_equivalent(0.0, 5.0, FAIR, 1.0) == 0.0
    assert certainty_equivalent(0.0, 5.0, FAIR, 0.5) == pytest.approx(2.5)
    assert least_total(1.0, FAIR, 1.0, liquidity=0.0) == np.inf


def reward(outcome, seller, true_cost, lottery, aversion):
    """What a seller is left with, in certainty equivalents."""
    if not outcome.quantity[seller]:
        return 0.0
    return certainty_equivalent(outcome.cash[seller], outcome.share[seller], lottery, aversion) - true_cost


@pytest.mark.parametrize(("name", "settled"), [("mixed_split", "liquidity"), ("mixed_net_cost", "offer")])
def test_the_least_total_is_a_dominant_report_and_nobody_who_makes_it_loses(name, settled):
    rng = np.random.default_rng(2)
    gained = 0
    for _ in range(60):
        sellers = int(rng.integers(1, 5))
        worth, costs = rng.lognormal(size=sellers), rng.lognormal(size=sellers)
        budget, pool = rng.uniform(1, 6, 2)
        market = Procurement(worth, budget, pool=pool)
        lottery, aversion = Lottery(rng.uniform(0.1, 2, 3), rng.dirichlet(np.ones(3))), float(rng.uniform(0, 3))
        seller, true = int(rng.integers(sellers)), float(rng.lognormal())
        terms = {"liquidity": budget / (budget + pool)} if settled == "liquidity" else {}
        terms |= {"offer": pool * worth[seller] / worth.sum()} if settled == "offer" else {}
        best = least_total(true, lottery, aversion, **terms)

        def left(report):
            reports = [*costs[:seller], report, *costs[seller + 1 :]]  # noqa: B023
            return reward(MECHANISMS[name].run(market, reports), seller, true, lottery, aversion)  # noqa: B023

        honest = left(best)
        assert honest >= -1e-9
        for report in [0.0, true, *rng.uniform(0, 2 * best, 8), best * 0.999, best * 1.001]:
            assert left(report) <= honest + 1e-9
        gained += honest > left(true) + 1e-6
    assert gained, "somewhere the cost itself must be a worse report than the least total"


def test_arguments_out_of_bounds_are_refused_with_every_reason():
    with pytest.raises(OfferError) as refused:
        Lottery([-1.0, 2.0], [0.5, 0.4])
    assert [problem.where for problem in refused.value.problems] == ["outcomes", "chances"]
    with pytest.raises(OfferError, match="aversion: is -1"):
        certainty_equivalent(1.0, 1.0, FAIR, -1.0)
    with pytest.raises(OfferError, match="liquidity: is 2"):
        least_total(1.0, FAIR, 1.0, liquidity=2.0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Lottery("ab", [[1.0], [0.5, 0.5]]), r'(?s)outcomes: is "ab".*chances: is \[\['),
        (lambda: Lottery(None, None), "outcomes: have shapes"),
        (lambda: certainty_equivalent("a", None, [1.0], 1.0), '(?s)cash: is "a".*share: is None.*lottery: is '),
        (lambda: least_total("a", FAIR, 1.0, liquidity=None), '(?s)cost: is "a".*liquidity: is None'),
        (lambda: certainty_equivalent(10**5000, True, FAIR, 1.0), "(?s)cash: is a number of over 30.*share: is True"),
        (lambda: least_total(1.0, FAIR, 1.0, liquidity=10**5000), "liquidity: is a number of over 30 digits"),
        (lambda: Lottery([10**5000], [1.0]), "outcomes: is a list with a number of over 30 digits"),
    ],
)
def test_what_is_no_number_and_no_lottery_is_refused_all_at_once(ask, message):
    with pytest.raises(OfferError, match=message):
        ask()
