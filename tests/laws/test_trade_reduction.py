"""What trade reduction promises, attacked at every report of all who report; what it loses, held to its bound."""

from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest

from evenhand.markets.trade_reduction import trade_reduction
from evenhand.properties.tracing import sweep

SMALL_MARKETS = [(1, 1, 7), (1, 2, 6), (2, 1, 6), (2, 2, 5), (2, 3, 3), (3, 2, 3), (3, 3, 3)]
"""(buyers, sellers, reports 0 .. this less 1)."""
BIG_MARKETS = [(2, 2, 8), (2, 3, 5), (3, 2, 5), (3, 3, 4), (4, 4, 3)]


def small_markets(buyers, sellers, reports):
    for reported in product(range(reports), repeat=buyers + sellers):
        yield list(reported[:buyers]), list(reported[buyers:])


def random_markets(count, seed, most=8):
    """Markets with many ties, with few, and with reports in fractions; some participants stay away."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        scale = int(rng.choice([3, 12, 1000]))
        unit = Fraction(1, int(rng.choice([1, 3, 7])))
        bids = [int(bid) * unit for bid in rng.integers(0, scale + 1, rng.integers(1, most))]
        asks = [int(ask) * unit for ask in rng.integers(0, scale + 1, rng.integers(1, most))]
        yield bids, [inf if rng.random() < 0.1 else ask for ask in asks]


def deals(rule, bids, asks):
    """For every participant the map report -> (quantity, payment), a buyer's sale being -1 and their payment negative.

    So a buyer, like a seller, is left with payment - true * quantity, and pays no more than what is gained.
    """

    def buyer(place):
        def deal(bid):
            trades = rule([*bids[:place], bid, *bids[place + 1 :]], asks)
            return (-1, -trades.charge) if place in trades.buyers else (0, 0)

        return deal

    def seller(place):
        def deal(ask):
            trades = rule(bids, [*asks[:place], ask, *asks[place + 1 :]])
            return (1, trades.payment) if place in trades.sellers else (0, 0)

        return deal

    return [buyer(place) for place in range(len(bids))] + [seller(place) for place in range(len(asks))]


def largest_gain_and_loss(deal, stop):
    """Over all true numbers and all reports from 0 to `stop`: what the best lie gains, what an honest report loses.

    Both are affine in the true number on each piece, so they are largest at its ends.
    """
    pieces = list(sweep(deal, stop=stop, whole=False))
    lies = {(piece.quantity, payment) for piece in pieces for _, payment in piece.ends}
    honest = [(true, payment - true * piece.quantity) for piece in pieces for true, payment in piece.ends]
    gain = max(paid - true * sold - left for true, left in honest for sold, paid in lies)
    return gain, max(-left for _, left in honest)


def past_all_changes(bids, asks):
    return 2 * max(report for report in [*bids, *asks, 1] if report < inf) + 1


def nobody_gains_or_loses(rule, bids, asks):
    for place, deal in enumerate(deals(rule, bids, asks)):
        gain, loss = largest_gain_and_loss(deal, past_all_changes(bids, asks))
        assert gain <= 0, f"participant {place} gains {gain} by a lie in {bids} and {asks}"
        assert loss <= 0, f"participant {place} loses {loss} by honesty in {bids} and {asks}"


def keeps_its_bounds(bids, asks):
    trades = trade_reduction(bids, asks)
    down, up = sorted(bids, reverse=True), sorted(asks)
    gains = [bid - ask for bid, ask in zip(down, up, strict=False) if bid > ask]
    assert trades.efficient_count == len(gains)
    assert trades.efficient_welfare == sum(gains)
    assert trades.surplus >= 0
    assert len(set(trades.buyers)) == len(set(trades.sellers)) == trades.count
    assert trades.count in (len(gains), len(gains) - 1)
    assert trades.welfare == sum(bids[i] for i in trades.buyers) - sum(asks[j] for j in trades.sellers)
    assert trades.welfare == sum(gains[: trades.count])
    assert len(gains) * trades.welfare >= (len(gains) - 1) * trades.efficient_welfare
    assert trades.count == len(gains) or trades.efficient_welfare - trades.welfare == min(gains)
    if trades.count:
        paid, got = trades.charge * trades.count, trades.payment * trades.count
        assert paid == got + trades.surplus
        assert all(bids[i] >= trades.charge for i in trades.buyers)
        assert all(asks[j] <= trades.payment for j in trades.sellers)


def thresholds(others, asks):
    """(threshold of a buyer among these other bids and asks), as the proof in the module's docstring states it."""
    bid = [inf, *sorted(others, reverse=True), 0, 0, 0]
    ask = [0, *sorted(asks), inf, inf, inf]
    k = sum(b > a for b, a in zip(bid[1:], ask[1:], strict=False))
    if bid[k] > ask[k + 1]:
        price = (bid[k + 1] + ask[k + 2]) / Fraction(2) if ask[k + 2] < inf else inf
        return price if ask[k + 1] <= price <= bid[k] else bid[k]
    if k == 0:
        return inf  # there is no seller
    price = (bid[k] + ask[k + 1]) / Fraction(2) if ask[k + 1] < inf else inf
    return min(price, bid[k - 1])


@pytest.mark.parametrize("size", SMALL_MARKETS, ids=str)
def test_no_lie_gains_and_no_honesty_loses_on_any_small_market(size):
    for bids, asks in small_markets(*size):
        nobody_gains_or_loses(trade_reduction, bids, asks)


def test_no_lie_gains_and_no_honesty_loses_on_random_markets():
    for bids, asks in random_markets(150, seed=1):
        nobody_gains_or_loses(trade_reduction, bids, asks)


@pytest.mark.parametrize("size", SMALL_MARKETS, ids=str)
def test_money_suffices_and_one_trade_is_lost_at_most_on_any_small_market(size):
    for bids, asks in small_markets(*size):
        keeps_its_bounds(bids, asks)


def test_money_suffices_and_one_trade_is_lost_at_most_on_random_markets():
    for bids, asks in random_markets(2_000, seed=2, most=30):
        keeps_its_bounds(bids, asks)


@pytest.mark.parametrize("size", SMALL_MARKETS, ids=str)
def test_whole_reports_tell_the_same_without_tracing(size):
    """The definition itself: every true number and every report in half units."""
    reports = [Fraction(half, 2) for half in range(2 * size[2] + 2)]
    for bids, asks in small_markets(*size):
        for deal in deals(trade_reduction, bids, asks):
            outcomes = {deal(report) for report in reports}
            for true in reports:
                sold, paid = deal(true)
                assert paid - true * sold == max(paid - true * sold for sold, paid in outcomes), (bids, asks, true)


def test_who_trades_is_who_reaches_the_threshold_and_it_is_what_they_pay():
    for bids, asks in random_markets(2_000, seed=3):
        trades = trade_reduction(bids, asks)
        for i, bid in enumerate(bids):
            threshold = thresholds([*bids[:i], *bids[i + 1 :]], asks)
            if i in trades.buyers:
                assert bid >= threshold == trades.charge, (bids, asks, i)
            else:
                assert bid <= threshold, (bids, asks, i)


def test_the_loss_bound_is_met():
    # each efficient trade gains the same, and the price behind them is out of reach
    for count in range(1, 6):
        trades = trade_reduction([7] * count, [5] * count)
        assert count * trades.welfare == (count - 1) * trades.efficient_welfare


def test_floats_keep_the_bounds_to_rounding():
    rng = np.random.default_rng(4)
    for scale in (1e-300, 1e-3, 1.0, 1e300):
        bids, asks = rng.lognormal(size=400) * scale, rng.lognormal(size=500) * scale
        trades = trade_reduction(bids, asks)
        assert trades.efficient_count - trades.count <= 1
        assert trades.surplus >= 0
        bound = (1 - 1 / trades.efficient_count) * trades.efficient_welfare
        assert trades.welfare >= bound * (1 - 1e-12)
        assert bids[list(trades.buyers)].min() >= trades.charge >= trades.payment >= asks[list(trades.sellers)].max()


# -- the attack finds what there is to find --------------------------------------------------------------------------


def all_efficient_pairs_at_the_last_bid_and_ask(bids, asks):
    """Drop nobody and let the last efficient pair set the prices: what trade reduction is for."""
    trades = trade_reduction([*bids, 0], [*asks, inf])
    buyers = sorted(range(len(bids)), key=bids.__getitem__, reverse=True)[: trades.efficient_count]
    sellers = sorted(range(len(asks)), key=asks.__getitem__)[: trades.efficient_count]
    if not buyers:
        return trades
    charge, payment = bids[buyers[-1]], asks[sellers[-1]]
    return type(trades)(tuple(buyers), tuple(sellers), charge, payment, 0, len(buyers), 0)


def test_the_attack_refutes_the_prices_of_the_last_pair_when_nobody_is_dropped():
    with pytest.raises(AssertionError, match="participant 0 gains 3 by a lie"):
        nobody_gains_or_loses(all_efficient_pairs_at_the_last_bid_and_ask, [9, 8], [2, 5])


@pytest.mark.sweep
@pytest.mark.parametrize("size", BIG_MARKETS, ids=str)
def test_no_lie_gains_on_any_market_of_a_larger_grid(size):
    for bids, asks in small_markets(*size):
        nobody_gains_or_loses(trade_reduction, bids, asks)
        keeps_its_bounds(bids, asks)


@pytest.mark.sweep
def test_no_lie_gains_on_many_random_markets():
    for bids, asks in random_markets(1_000, seed=5, most=10):
        nobody_gains_or_loses(trade_reduction, bids, asks)
