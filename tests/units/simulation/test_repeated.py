"""The repeated market piece by piece: what is refused, what a band is, and the measures that the paper lacks."""

from dataclasses import replace

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.markets.procurement import Procurement
from evenhand.simulation import (
    MARKETS,
    PARTICIPATION,
    REGIMES,
    History,
    RepeatedMarket,
    auction,
    by_budget,
    compare,
    current,
    division_of_surplus,
    fairness_table,
    posted,
    reduced,
    simulate,
    summarise,
    threshold,
    threshold_map,
    thresholds,
    total,
)
from evenhand.simulation.auctions import proportional_share
from evenhand.simulation.buying import Final, Reconsidered
from evenhand.simulation.horizon import advantages, horizon
from evenhand.simulation.periods import Period, each_their_own
from evenhand.simulation.regimes import Terms
from evenhand.simulation.summary import band

SMALL = RepeatedMarket(sellers=3, periods=4)


def private_costs(highest):
    return lambda rng, periods, buyers, sellers: highest * rng.random((periods, buyers, sellers))


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: RepeatedMarket(sellers=0, periods=2.5), ["sellers: is 0", "periods: is 2.5"]),
        (lambda: RepeatedMarket(away=0), ["away: is 0"]),
        (lambda: RepeatedMarket(away=float("nan")), ["away: is nan"]),
        (lambda: RepeatedMarket(budgets=()), ["budgets: is empty"]),
        (lambda: RepeatedMarket(budgets=((0.9, 1.0), (1.0, 0.9))), ["budgets[1]: is (1.0, 0.9)"]),
        (lambda: RepeatedMarket(budgets=((0.9, float("inf")),)), ["budgets[0]: is (0.9, inf)"]),
        (lambda: RepeatedMarket(budgets=(0.9,)), ["budgets[0]: is 0.9"]),
        (lambda: RepeatedMarket(buying="finall"), ['buying: "finall" is not known', 'Did you mean "final"']),
        (lambda: RepeatedMarket(buying="reconsidered", sellers=13), ["sellers: are 13", "up to 12"]),
        (lambda: simulate(replace(SMALL, utilities=[1.0, 2.0])), ["utilities: have shape (2,)", "(4, 1, 3)"]),
        (lambda: simulate(replace(SMALL, utilities=[1, -2, 3])), ["utilities[1]: is -2.0"]),
        (lambda: simulate(replace(SMALL, utilities="many")), ['utilities: is "many"']),
        (lambda: simulate(replace(SMALL, costs=float("nan"))), ["costs: is nan"]),
        (lambda: simulate(SMALL, "fair"), ['regime: "fair" is not known', "fairshare, reduced"]),
        (lambda: simulate(SMALL, replications=0, seed=-1), ["replications: is 0", "seed: is -1"]),
        (lambda: compare(SMALL, batch=0), ["batch: is 0"]),
        (lambda: compare(SMALL, ["reduced", reduced(0.3)]), ['regimes: hold "reduced" twice']),
        (lambda: compare(SMALL, [auction(name="fairshare")]), ['regimes: hold another "fairshare"']),
        (lambda: threshold_map(SMALL, regime="fairshare"), ['regime: is "fairshare"', 'Use "reduced".']),
        (lambda: reduced(1.5), ["part: is 1.5"]),
        (lambda: current(-0.1), ["part: is -0.1"]),
        (lambda: band([1.0]), ["replications: are 1"]),
        (lambda: summarise(simulate(SMALL, replications=3), 1.5), ["discount: is 1.5"]),
        (lambda: thresholds(compare(SMALL, ["reduced"], replications=2), 0.9), ["regimes: hold reduced"]),
        (
            lambda: threshold(simulate(SMALL, replications=2), simulate(SMALL, replications=3), 0.9, buyer=1),
            ["histories: have shapes (2, 4, 1) and (3, 4, 1)", "buyer: is 1"],
        ),
        (lambda: auction("q_mia", "envy"), ['rule: "q_mia" is not known', 'compared_with: "envy" is not known']),
        (lambda: auction(name=""), ['name: is ""']),
        (lambda: simulate(replace(SMALL, budgets=((1, 1),) * 2), auction()), ["budgets: are 2"]),
        (
            lambda: fairness_table([1.0, 2.0], [0.1], 0, orders=0),
            ["costs: has shape (1,)", "Give 2 numbers", "budget: is 0", "orders: is 0"],
        ),
        (lambda: fairness_table([0.0], [0.1], 1.0), ["utility: sums to 0"]),
        (lambda: fairness_table([1.0], [0.1], 1.0, mechanisms=["vgc"]), ['mechanisms: "vgc"', "vcg"]),
    ],
)
def test_what_cannot_be_is_refused_by_name(work, words):
    with pytest.raises(OfferError) as refusal:
        work()
    for word in words:
        assert word in str(refusal.value)


def test_utilities_may_be_a_row_a_matrix_or_a_sampler():
    row = replace(SMALL, utilities=[1.0, 2.0, 3.0], budgets=((1, 1), (1, 1)))
    assert row.draws(seed=0, replications=range(2)).budget.tolist() == [[[6.0, 6.0]] * 4] * 2
    matrix = replace(row, utilities=[[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]])
    assert matrix.draws(seed=0, replications=range(1)).budget.tolist() == [[[6.0, 5.0]] * 4]
    drawn = replace(row, utilities=each_their_own).draws(seed=0, replications=range(1)).utility
    assert len({*drawn.ravel().tolist()}) == drawn.size


def test_a_band_holds_the_mean_in_about_95_of_100_samples():
    rng = np.random.default_rng(0)
    found = band(rng.exponential(size=(200, 4000)))
    held = ((found.low <= 1.0) & (found.high >= 1.0)).mean()
    assert 0.93 < held < 0.96


def test_summaries_add_up_what_happened():
    history = simulate(replace(MARKETS["both"], periods=5), "current", replications=30)
    found = summarise(history, 0.5)
    weights = 0.5 ** np.arange(5)
    by_hand = (history.net_utility[:, :, 1] @ weights).mean()
    assert found.buyer_utility.mean[-1, 1] == pytest.approx(by_hand, rel=1e-12)
    assert found.buyer_utility.mean.shape == found.bought.mean.shape == (5, 2)
    assert found.seller_profit.mean[0] == pytest.approx(history.profit[:, 0].sum() / 300, rel=1e-12)
    assert found.present.mean[0] == 10
    assert (found.seller_profit.low <= found.seller_profit.mean).all()
    assert (np.diff(found.buyer_utility.mean, axis=0) >= 0).all()


def test_what_is_paid_is_what_sellers_earn_and_what_is_bought_is_what_buyers_have():
    history = simulate(MARKETS["both"], "random", replications=20)
    assert history.profit.sum() == pytest.approx(history.spent.sum(), rel=1e-12), "costs are 0 here"


def test_half_of_the_price_leaves_buyer_and_sellers_equal_parts():
    """Where no budget binds, half of the worth is paid, so what the buyer keeps is what the sellers earn."""
    history = simulate(MARKETS["high_budget"], "reduced", replications=50)
    assert history.net_utility.sum() == pytest.approx(history.profit.sum(), rel=1e-12)


def test_final_purchases_leave_no_room_that_reconsidering_does():
    for make, most in ((Final, 1.0), (Reconsidered, 8.0)):
        buyer = make(np.array([[10.0]]))
        buyer.offer(np.array([[9.0]]), np.array([9.0]))
        assert buyer.willingness(np.array([[8.0]])).tolist() == [[most]]


def test_the_map_holds_the_thresholds_of_each_market():
    market = replace(MARKETS["low_budget"], periods=60)
    found = threshold_map(market, discounts=[0.9, 0.99], regime="random", replications=40, seed=2)
    assert found.functions == tuple(each.formula for each in PARTICIPATION.values())
    for row, function in enumerate(PARTICIPATION.values()):
        both = compare(replace(market, participation=function), ["fairshare", "random"], replications=40, seed=2)
        one = threshold(both["fairshare"], both["random"], 0.9)
        assert (found.period[row, 0], found.low[row, 0], found.high[row, 0]) == (one.period, one.low, one.high)
    assert (found.period[:, 0] >= found.period[:, 1]).all()


def test_the_surplus_is_divided_without_rest_and_grows_for_buyers_whose_tastes_differ():
    alike = division_of_surplus(replace(MARKETS["high_budget"], periods=20), replications=30)
    for each in alike:
        parts = [each.to_buyers, each.to_sellers, each.lost]
        assert sum(part.mean for part in parts) == pytest.approx(1, abs=1e-12)
        assert all(part.low <= part.mean <= part.high for part in parts)
        assert min(part.mean for part in parts) > -1e-12
    unbound = replace(MARKETS["high_budget"], periods=20, budgets=((1, 1),))
    for each in division_of_surplus(unbound, ["fairshare"], [1, 2, 5], replications=30):
        assert abs(each.to_buyers.mean) < 1e-12, "buyers who are alike keep nothing, however many"
    own = replace(unbound, utilities=each_their_own)
    kept = [each.to_buyers.mean for each in division_of_surplus(own, ["fairshare"], [1, 2, 5], replications=30)]
    assert kept[0] < 1e-12
    assert kept[1] > 0.05
    assert kept[2] > 1.5 * kept[1]


def test_a_surplus_of_nothing_is_divided_into_nothing():
    nothing = replace(SMALL, utilities=[0.0, 0.0, 0.0])
    [found] = division_of_surplus(nothing, ["fairshare"], [1], replications=3)
    assert found.to_buyers.mean == found.to_sellers.mean == found.lost.mean == 0


def of_gains(*rows):
    """A history of one buyer who gains so much."""
    gains = np.array(rows)[:, :, None]
    nothing = np.zeros_like(gains)
    return History(gains, nothing, nothing, nothing, nothing, nothing[:, :, 0])


def test_the_threshold_of_histories_is_the_horizon_of_their_means_at_every_tie():
    rng, ties = np.random.default_rng(0), 0
    for _ in range(300):
        gains = rng.integers(-3, 4, (2, 6)) / 10
        ideal, other = of_gains(*gains), of_gains(*np.zeros((2, 6)))
        for discount in (0.5, 0.9, 1.0):
            found, alone = threshold(ideal, other, discount), horizon(gains.mean(axis=0), discount)
            assert (found.period, found.ahead) == (alone.period, alone.ahead)
            assert found.low <= found.period <= found.high
        ties += (np.abs(np.cumsum(gains.mean(axis=0))) < 1e-12).any()
    assert ties > 50


def test_where_the_sum_is_exactly_0_paying_less_has_paid_off_until_then():
    """The ideal price of 0.2 leaves 0.1 in each of three periods, and paying nothing leaves 0.3 in the first."""
    market = RepeatedMarket(
        utilities=0.3,
        budgets=((2 / 3, 2 / 3),),
        sellers=1,
        periods=5,
        participation=PARTICIPATION["grim_trigger"],
        given_away=True,
    )
    both = compare(market, ["fairshare", reduced(0.0)], replications=2)
    found = threshold(both["fairshare"], both["reduced"], 1.0)
    assert (found.period, found.low, found.high, found.ahead) == (2, 2, 2, True)
    periods = np.full(5, 0.3), np.full(5, 0.2), np.zeros(5)
    assert horizon(advantages(*periods, PARTICIPATION["grim_trigger"]), 1.0).period == 2


def test_a_regime_that_differs_by_rounding_makes_no_difference():
    nearly = posted("nearly", "the ideal price, but for its last bit", lambda moment: np.nextafter(moment.ideal, 0))
    market = RepeatedMarket(periods=8, budgets=((0.5, 0.5),))
    both = compare(market, ["fairshare", nearly], replications=5)
    assert (both["fairshare"].spent != both["nearly"].spent).any()
    assert threshold(both["fairshare"], both["nearly"], 0.9).same


def test_every_regime_meets_the_same_budgets_and_sellers_who_are_away_sell_nothing():
    histories = compare(RepeatedMarket(periods=9, away=2), [*REGIMES], replications=20)
    budgets = [history.budget for history in histories.values()]
    assert all((each == budgets[0]).all() for each in budgets)
    for history in histories.values():
        sellers = (history.profit > 0).sum(axis=2)
        assert (sellers <= history.present).all()


def test_a_market_that_is_worth_nothing_divides_nothing():
    nothing = RepeatedMarket(utilities=0.0, periods=2)
    [one] = division_of_surplus(nothing, ["fairshare"], [1], replications=3)
    assert one.to_buyers.mean == one.to_sellers.mean == one.lost.mean == 0


def test_put_into_one_market_the_high_budget_gains_and_the_low_one_loses():
    def kept(name):
        return simulate(MARKETS[name], "fairshare", replications=50, seed=0).net_utility.mean(axis=(0, 1))

    high, low = kept("both")
    assert high > 1.5 * kept("high_budget")[0]
    assert low < 0.7 * kept("low_budget")[0]


def test_reconsidered_sellers_may_end_below_cost_and_final_ones_do_not():
    market = RepeatedMarket(
        utilities=np.array([[4.0, 2.0], [4.0, 6.0]]),
        budgets=((1, 1), (0.6, 0.6)),
        sellers=2,
        periods=1,
        costs=[5.0, 0.0],
    )
    lowest = {
        buying: simulate(replace(market, buying=buying), "fairshare", replications=50, seed=0).profit.min()
        for buying in ("final", "reconsidered")
    }
    assert lowest["final"] >= 0 > lowest["reconsidered"]


# -- auctions ---------------------------------------------------------------------------------------------------------


def test_many_auctions_at_once_are_those_of_the_procurement_market():
    rng = np.random.default_rng(0)
    costs, worth = 0.6 * rng.random((300, 6)), rng.random((300, 6))
    budget = worth.sum(axis=1) * rng.random(300)
    costs[rng.random(costs.shape) < 0.2] = np.inf
    worth[rng.random(worth.shape) < 0.1] = 0
    paid, sold = proportional_share(costs, worth, budget)
    for row in range(300):
        cleared = Procurement(worth[row], float(budget[row])).clear(costs[row])
        assert (cleared.allocation.quantity == sold[row]).all()
        assert paid[row] == pytest.approx(np.where(sold[row], cleared.highest_asked, 0.0), rel=1e-9)
    assert 0.2 < sold.mean() < 0.8


@pytest.mark.parametrize("rule", ["proportional_share", "prune_and_pack"])
def test_no_seller_gains_by_a_lie_in_an_auction_with_reserve_prices(rule):
    rng = np.random.default_rng(1)
    clear, count, gained = auction(rule).clear, 60, 0
    for seller in range(3):
        worth, budget = rng.random((40, 3)), rng.uniform(0.1, 1.5, (40, 1))
        true = 0.9 * rng.random((40, 3))

        def utility(report, worth=worth, budget=budget, true=true, seller=seller):
            costs = true.copy()
            costs[:, seller] = report
            period = Period(worth[:, None], budget, costs, np.zeros((40, 3), int), costs, costs)
            cleared = clear(period, np.ones((40, 3), bool), Terms())
            sold = cleared.bought[:, 0, seller]
            return np.where(sold, cleared.price[:, seller] - true[:, seller], 0.0)

        honest = utility(true[:, seller])
        assert (honest >= -1e-12).all(), "a seller who tells the truth loses"
        gained += (honest > 0).sum()
        for report in np.linspace(0, 1.2, count):
            assert (utility(np.full(40, report)) <= honest + 1e-9).all()
    assert gained > 20


@pytest.mark.parametrize("rule", ["proportional_share", "prune_and_pack", "single_or_share", "best_single"])
@pytest.mark.parametrize("compared_with", ["cost", "ideal_price"])
def test_an_auction_leaves_nobody_worse_off_and_keeps_the_budget(rule, compared_with):
    market = RepeatedMarket(costs=private_costs(0.7), periods=5, budgets=((0.2, 1.3),))
    history = simulate(market, auction(rule, compared_with), replications=6)
    assert (history.spent <= history.budget * (1 + 1e-9)).all()
    assert (history.profit >= -1e-12).all()
    assert (history.net_utility >= -1e-12).all()
    assert history.spent.sum() > 0
    assert (history.present == 10).all() or compared_with == "ideal_price"


def test_an_auction_leaves_the_buyer_more_and_who_stays_decides_whether_it_lasts():
    """With half of the worth for a budget; sellers who expect their worth leave, and then posted prices are better."""
    market = RepeatedMarket(costs=private_costs(0.1))
    fair, patient = by_budget(market, ["fairshare", auction()], [0.5], replications=40)
    [leaving] = by_budget(market, [auction(compared_with="ideal_price")], [0.5], replications=40)
    assert patient.total.buyer_utility.low > 5 * fair.total.buyer_utility.high
    assert patient.total.seller_profit.mean > 0.9 * fair.total.seller_profit.mean
    assert leaving.total.buyer_utility.high < 0.5 * fair.total.buyer_utility.low
    assert leaving.total.present.mean < 5 < patient.total.present.mean


def test_at_each_budget_stands_the_total_of_the_market_with_that_budget():
    market = replace(MARKETS["both"], periods=6)
    found = by_budget(market, ["fairshare"], [0.4, 0.8], discount=0.5, replications=20)
    assert [(each.regime, each.budget) for each in found] == [("fairshare", 0.4), ("fairshare", 0.8)]
    alone = total(simulate(replace(market, budgets=((0.8, 0.8),) * 2), "fairshare", replications=20), 0.5)
    for field, band_of in vars(alone).items():
        assert (getattr(found[1].total, field).mean == band_of.mean).all(), field


def test_a_total_is_of_each_buyer_and_of_a_seller_on_average():
    market = replace(MARKETS["both"], periods=6)
    history = simulate(market, "fairshare", replications=20)
    found, weights = total(history, 0.5), 0.5 ** np.arange(6)
    assert found.seller_profit.mean == pytest.approx((history.profit.sum(axis=2) @ weights).mean() / 10, rel=1e-12)
    for buyer in range(2):
        kept = (history.net_utility[:, :, buyer] @ weights).mean()
        assert found.buyer_utility.of(buyer).mean == pytest.approx(kept, rel=1e-12)
        assert found.bought.of(buyer).mean == history.bought[:, :, buyer].sum(axis=1).mean()
    assert found.present.mean == history.present[:, -1].mean()
    by_period = summarise(history, 0.5)
    assert (found.buyer_utility.mean == by_period.buyer_utility.mean[-1]).all()


def test_two_auctions_stand_side_by_side_under_names_of_their_own():
    market = replace(SMALL, costs=0.3)
    with pytest.raises(OfferError, match='hold "auction" twice'):
        compare(market, [auction(), auction(compared_with="ideal_price")], replications=2)
    wary = auction(compared_with="ideal_price", name="wary")
    assert [*compare(market, [auction(), wary], replications=2)] == ["auction", "wary"]


def test_what_rounding_alone_leaves_is_nothing():
    bound_never = compare(RepeatedMarket(budgets=[(1, 1)], sellers=3, periods=8), replications=20)["fairshare"]
    assert (bound_never.net_utility == 0).all()
    at_cost = RepeatedMarket(utilities=0.1, costs=0.3, sellers=2, periods=2, budgets=[(9, 9)] * 3)
    sold = simulate(at_cost, replications=3)
    assert (sold.bought == 2).all()
    assert (sold.profit == 0).all(), "three pay 0.1, which floats sum to a little more than 0.3"


def test_of_a_spent_budget_rounding_leaves_nothing_to_buy_with():
    """Nine datasets of 0.1 take all of 0.9, though 0.1 taken away nine times leaves 3e-17."""
    history = simulate(RepeatedMarket(utilities=[0.1] * 10, budgets=[(0.9, 0.9)], periods=3), replications=3)
    assert (history.bought == 9).all()
    assert (history.net_utility == 0).all()


def history_of(gains):
    """Give a history of one buyer of which only what was gained is looked at: (replications, periods)."""
    kept = np.asarray(gains, float)[:, :, None]
    nothing = np.zeros_like(kept)
    return History(kept, nothing, nothing, nothing, nothing, nothing[:, :, 0])


def test_replications_that_outweigh_each_other_are_a_tie():
    differences = np.array([[0.1], [0.2], [-0.3], [0.0]])
    assert differences.mean() > 0, "by rounding"
    found = threshold(history_of(differences), history_of(0 * differences), 1.0)
    assert (found.period, found.ahead, found.nearing) == (0, False, False)
    behind_by_rounding = np.hstack([np.ones((4, 1)), -differences])
    assert threshold(history_of(behind_by_rounding), history_of(0 * behind_by_rounding), 1.0).single_crossing


def test_a_market_that_need_not_run_longer_is_told_from_one_that_may():
    """What is gained on the other regime in the last period tells, whatever the sum."""
    other = history_of(np.zeros((3, 3)))
    for gains, nearing in (([-9, 1, 1], True), ([-9, 1, 0], False), ([-9, 1, -1], False)):
        found = threshold(history_of([gains] * 3), other, 1.0)
        assert (found.ahead, found.nearing) == (False, nearing)
    fair, less = compare(RepeatedMarket(budgets=[(1, 1)], periods=9), ["fairshare", "reduced"], replications=9).values()
    assert not threshold(fair, less, 0.99).nearing, "where no budget binds the ideal price leaves nothing, ever"
