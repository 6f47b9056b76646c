"""What must hold in every market that repeats, whatever its numbers; tried on random settings.

And its closed forms, which decide many replications at once, are held against the posted-price market, which decides
one at a time, exactly.
"""

import numpy as np
import pytest

from evenhand.markets.posted import Additive, Buyer, maximum_willingness_to_pay_as_published, sequential_prices
from evenhand.simulation.buying import BUYING, Final
from evenhand.simulation.participation import PARTICIPATION
from evenhand.simulation.periods import UTILITIES, Period
from evenhand.simulation.regimes import FAIRSHARE, REGIMES, Terms, clear_posted, posted
from evenhand.simulation.repeated import compare, repeat, simulate
from evenhand.simulation.setting import RepeatedMarket
from evenhand.simulation.summary import threshold

MISS = 1e-9
"""Sums of floats may miss by so much."""
GREEDY = posted("greedy", "more than the ideal price, which is cut", lambda moment: 3 * moment.ideal + 1)
WILD = [*REGIMES.values(), GREEDY]


def drawn_market(rng, buying="final"):
    buyers = int(rng.integers(1, 5))
    low = rng.random(buyers) * 1.2
    costs = [0.0, 0.3 * rng.random(), lambda r, periods, _, sellers: 0.5 * r.random((periods, 1, sellers))]
    return RepeatedMarket(
        utilities=UTILITIES[rng.choice([*UTILITIES])],
        budgets=[(each, each + 0.2 * rng.random()) for each in low.tolist()],
        sellers=int(rng.integers(1, 9)),
        periods=int(rng.integers(1, 12)),
        costs=costs[rng.integers(3)],
        participation=PARTICIPATION[rng.choice([*PARTICIPATION])],
        away=[np.inf, 1, 3][rng.integers(3)],
        buying=buying,
        given_away=bool(rng.integers(2)),
    )


def whole_period(rng, buyers, sellers, replications):
    """Whole numbers, in which ties abound."""
    return Period(
        utility=rng.integers(0, 9, (replications, buyers, sellers)).astype(float),
        budget=rng.integers(0, 20, (replications, buyers)).astype(float),
        cost=rng.integers(0, 4, (replications, sellers)).astype(float),
        order=rng.random((replications, sellers)).argsort(axis=1),
        stays=rng.random((replications, sellers)),
        price=rng.random((replications, sellers)),
    )


def nothing_impossible_happens(seed):
    rng = np.random.default_rng(seed)
    market = drawn_market(rng)
    for regime in WILD:
        history = simulate(market, regime, replications=8, seed=seed)
        assert all(np.isfinite(array).all() for array in vars(history).values())
        assert (history.spent >= 0).all(), "a price is below 0"
        assert (history.spent <= history.budget * (1 + MISS)).all(), "a budget is exceeded"
        assert (history.net_utility >= -MISS).all(), "a buyer loses"
        assert (history.profit >= -MISS).all(), "a seller sells at a loss"
        assert (history.bought <= history.present[:, :, None]).all(), "bought from a seller who is away"
        assert (history.present[:, 0] == market.sellers).all()
        if market.away == np.inf:
            assert (np.diff(history.present) <= 0).all(), "somebody returned who left for good"


@pytest.mark.parametrize("seed", range(40))
def test_nothing_impossible_happens(seed):
    nothing_impossible_happens(seed)


@pytest.mark.sweep
def test_nothing_impossible_happens_in_thousands_of_markets():
    for seed in range(40, 1500):
        nothing_impossible_happens(seed)


@pytest.mark.parametrize("seed", range(10))
def test_buyers_who_reconsider_keep_their_budgets_and_never_lose(seed):
    rng = np.random.default_rng(seed)
    history = simulate(drawn_market(rng, "reconsidered"), "fairshare", replications=6, seed=seed)
    assert all(np.isfinite(array).all() for array in vars(history).values())
    assert (history.spent <= history.budget * (1 + MISS)).all()
    assert (history.net_utility >= -MISS).all()


def test_where_buyers_reconsider_a_seller_can_end_below_cost():
    period = Period(
        utility=np.array([[[4.0, 5.0], [4.0, 0.0]]]),
        budget=np.array([[5.0, 4.0]]),
        cost=np.array([[6.0, 0.0]]),
        order=np.array([[0, 1]]),
        stays=np.zeros((1, 2)),
        price=np.zeros((1, 2)),
    )
    terms = {name: clear_posted(period, np.ones((1, 2), bool), Terms(name), lambda m: m.ideal) for name in BUYING}
    # both buy the first for 4; one who reconsiders drops it for the second, and one sale does not cover the cost of 6
    assert terms["final"].bought[0].tolist() == [[True, True], [True, False]]
    assert terms["reconsidered"].bought[0].tolist() == [[False, True], [True, False]]
    assert terms["reconsidered"].price.tolist() == [[4.0, 5.0]]


@pytest.mark.parametrize("buying", BUYING)
def test_no_price_is_below_0_or_above_the_ideal_one(buying):
    rng = np.random.default_rng(0)
    for _ in range(20):
        period = whole_period(rng, int(rng.integers(1, 4)), 6, replications=20)
        present = rng.random((20, 6)) < 0.8
        for regime in WILD:
            cleared = regime.clear(period, present, Terms(buying))
            assert (cleared.price >= 0).all()
            assert (cleared.price <= cleared.ideal).all()
            assert not cleared.bought.any(axis=1)[~present].any()


def test_buyers_who_reconsider_are_those_of_the_posted_price_market():
    rng = np.random.default_rng(1)
    count = 0
    for _ in range(30):
        buyers, sellers = int(rng.integers(1, 4)), int(rng.integers(1, 6))
        period = whole_period(rng, buyers, sellers, replications=8)
        terms = Terms("reconsidered", given_away=True)
        cleared = clear_posted(period, np.ones((8, sellers), bool), terms, lambda moment: moment.ideal)
        for row in range(8):
            whole = [
                Buyer(Additive(u.astype(int).tolist()), int(b))
                for u, b in zip(period.utility[row], period.budget[row], strict=True)
            ]
            one = sequential_prices(whole, period.cost[row].astype(int), order=period.order[row].tolist())
            asked = [0 if price == np.inf else price for price in one.prices]
            assert cleared.price[row].tolist() == asked
            for buyer, purchase in enumerate(one.purchases):
                assert tuple(np.flatnonzero(cleared.bought[row, buyer])) == purchase.bundle
            count += any(price == np.inf for price in one.prices)
    assert count, "no market tried what happens to a seller who does not sell"


def test_final_purchases_follow_the_willingness_to_pay_as_it_is_printed():
    rng = np.random.default_rng(2)
    for _ in range(60):
        worth, budget = rng.integers(0, 9, 6).tolist(), int(rng.integers(0, 20))
        buyer, prices = Final(np.array([[float(budget)]])), []
        for item, utility in enumerate(worth):
            most = buyer.willingness(np.array([[float(utility)]]))
            seen = Additive(worth[: item + 1])
            assert most == maximum_willingness_to_pay_as_published(seen, prices, budget, item), (worth, budget, prices)
            prices.append(float(most[0, 0] * rng.choice([0.5, 1.0])))
            buyer.offer(np.array([[float(utility)]]), np.array(prices[-1:]))


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_results_do_not_depend_on_how_many_replications_are_worked_on_together(batch):
    market = RepeatedMarket(periods=8, sellers=4, budgets=((0.9, 1.0), (0.3, 0.6)))
    once, split = compare(market, replications=20, seed=5), compare(market, replications=20, seed=5, batch=batch)
    for name in REGIMES:
        for field, array in vars(once[name]).items():
            assert (array == getattr(split[name], field)).all(), (name, field)


def test_a_longer_market_begins_as_the_shorter_one_and_another_seed_does_not():
    short, long = (simulate(RepeatedMarket(periods=t), "random", replications=5, seed=3) for t in (6, 9))
    assert (long.net_utility[:, :6] == short.net_utility).all()
    other = simulate(RepeatedMarket(periods=6), "random", replications=5, seed=4)
    assert not (other.net_utility[:, 0] == short.net_utility[:, 0]).any()
    assert len({*short.net_utility[:, 0, 0].tolist()}) == 5, "two replications met the same draws"


def test_nobody_leaves_who_is_paid_the_ideal_price():
    for participation in PARTICIPATION.values():
        history = simulate(RepeatedMarket(periods=20, participation=participation), replications=20)
        assert (history.present == 10).all()


def test_who_leaves_for_some_periods_returns_after_them():
    market = RepeatedMarket(periods=9, participation=PARTICIPATION["grim_trigger"], away=3)
    history = simulate(market, "reduced", replications=5)
    assert (history.present == [10, 0, 0, 0, 10, 0, 0, 0, 10]).all()


def test_under_the_ideal_price_one_buyer_keeps_what_all_is_worth_beyond_the_budget():
    """Nothing more, if a dataset for which nothing is left is given away."""
    market = RepeatedMarket(periods=20, given_away=True)
    drawn = market.draws(seed=0, replications=range(50))
    history = repeat(market, FAIRSHARE, drawn)
    beyond = drawn.utility[:, :, 0].sum(axis=2) - drawn.budget[:, :, 0]
    assert np.abs(history.net_utility[:, :, 0] - beyond).max() < MISS


@pytest.mark.parametrize("seed", range(6))
def test_the_threshold_falls_as_the_discount_rises_wherever_it_is_single_crossing(seed):
    rng = np.random.default_rng(seed)
    market = RepeatedMarket(
        budgets=((0.8 * rng.random() + 0.1,) * 2,),
        sellers=int(rng.integers(2, 8)),
        periods=40,
        participation=PARTICIPATION[rng.choice([*PARTICIPATION])],
    )
    histories, tried = compare(market, replications=60, seed=seed), 0
    for name in ("reduced", "random", "current"):
        found = [threshold(histories["fairshare"], histories[name], d) for d in (0.5, 0.8, 0.9, 0.95, 0.99, 1.0)]
        if found[0].single_crossing:
            periods = [each.period for each in found]
            assert periods == sorted(periods, reverse=True), (name, periods)
            tried += len(set(periods)) > 1
    assert tried, "no threshold moved at all"
