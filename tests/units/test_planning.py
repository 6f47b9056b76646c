"""The frontier over liquidity, by hand and on drawn markets."""

import numpy as np
import pytest

import evenhand as eh
from evenhand.errors import OfferError
from evenhand.planning import best_liquidity, frontier


def test_it_is_reached_by_its_name_from_the_package():
    assert eh.planning.frontier is frontier
    assert "planning" in eh.__all__


def drawn(seed, sellers=12):
    rng = np.random.default_rng(seed)
    return rng.lognormal(size=sellers), rng.lognormal(size=sellers), *rng.uniform(2, 8, 2)


@pytest.mark.parametrize("seed", range(20))
def test_on_drawn_markets_a_split_buys_most_where_both_pots_run_out_together(seed):
    worth, costs, budget, pool = drawn(seed)
    best = best_liquidity(budget, pool)
    tried = frontier(worth, costs, budget, pool, liquidity=[*np.linspace(0, 1, 21), best])
    assert tried.value[-1] == tried.value.max()


def test_more_to_settle_with_can_buy_less_where_it_lets_in_an_offer_that_prices_others_out():
    worth, costs, budget, pool = [1, 10, 1, 1, 1, 1, 1], [1, 11, 1.2, 1.2, 1.2, 1.2, 1.2], 5, 6
    tried = frontier(worth, costs, budget, pool, liquidity=[0.4, best_liquidity(budget, pool), 0.5])
    assert tried.value.tolist() == [6, 1, 6], "with 10, 11 and 10 in all; the second asks 11"


@pytest.mark.parametrize("mechanism", ["mixed_split", "mixed_net_cost"])
def test_no_choice_overdraws_a_pot_or_leaves_a_seller_with_a_loss(mechanism):
    for seed in range(20):
        worth, costs, budget, pool = drawn(seed)
        tried = frontier(worth, costs, budget, pool, mechanism=mechanism)
        assert (tried.cash <= budget * (1 + 1e-12)).all()
        assert (tried.shares <= pool * (1 + 1e-12)).all()
        assert (tried.utility >= -1e-12).all()


def test_as_published_a_liquidity_may_be_worse_for_every_seller():
    tried = frontier(
        [3.0, 2.0, 1.0], [1.0, 1.0, 1.0], 3.0, 1_000.0, mechanism="mixed_as_published", liquidity=[0, 0.5, 1]
    )
    assert (np.diff(tried.utility, axis=0) < 0).all(), "the more is cash, the less everyone has"
    assert tried.dominated.tolist() == [False, True, True]


def test_the_best_row_weighs_value_against_what_cash_and_shares_are_to_the_buyer():
    tried = frontier([1.0, 1.0, 1.0], [3.0, 4.0, 9.0], 10.0, 30.0, liquidity=[0.1, 0.25, 0.5, 1.0])
    assert tried.best() == 0, "the first of equals"
    assert tried.best(share_price=1.0) == 3
    with pytest.raises(OfferError, match=r"cash_max: is 1; the least that is paid in cash is 3\.33333"):
        tried.best(cash_max=1.0)


def test_what_pays_in_cash_alone_or_has_no_budget_has_no_frontier():
    with pytest.raises(OfferError, match=r"pays in cash alone"):
        frontier([1.0], [1.0], 5.0, 5.0, mechanism="proportional_share")
    with pytest.raises(OfferError, match=r"budget: is 0\.0"):
        best_liquidity(0.0, 0.0)
