"""The measures that set posted prices beside auctions: what each says, and that none hangs on rounding or units."""

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.simulation import fairness, fairness_table
from evenhand.simulation.measures import OnePeriod, gini, measured

MARKET = OnePeriod(np.ones(2), np.zeros(2), 1.0)


def rows_of(*args, **more):
    return {row.name: row for row in fairness_table(*args, **more)}


def test_posted_prices_depend_on_the_order_and_auctions_do_not():
    rows = rows_of([1.0, 1.0, 2.0], [0.1, 0.1, 0.3], 3.0, orders=200)
    assert rows["fairshare"].spread > 0.1
    assert rows["fairshare"].envy > 0.1
    for name in ("proportional_share", "vcg", "shapley"):
        assert rows[name].spread == 0
        assert rows[name].envy < 1e-12
    assert rows["proportional_share"].shapley_distance < 1e-12, "one price per unit of worth is the Shapley value here"


def test_two_identical_datasets_are_paid_by_who_comes_first():
    """A budget for one and a half: who comes first is paid 1, the other one half, in either order."""
    row = rows_of([1.0, 1.0], [0.0, 0.0], 1.5, regimes=["fairshare"], mechanisms=[], orders=2000)["fairshare"]
    assert row.envy == 0.5
    assert row.spread == pytest.approx(1 / 3, rel=1e-12), "both orders are tried, equally often"
    assert row.gini == pytest.approx(1 / 6)
    assert row.shapley_distance == pytest.approx(1 / 6)
    assert row.bought == 1
    assert row.kept == 0.25
    assert row.seller_gain is None


def test_the_fair_share_price_pays_a_buyer_to_lie_and_proportional_share_does_not():
    """Who says that all is worth a twentieth of what it is pays a twentieth."""
    rows = rows_of([1.0, 2.0, 0.5], [0.0] * 3, 3.5, regimes=["fairshare"], mechanisms=["proportional_share"])
    assert rows["fairshare"].buyer_gain == pytest.approx(0.95)
    assert rows["proportional_share"].buyer_gain < 1e-12
    assert rows["proportional_share"].seller_gain == 0


def test_untruthful_and_overspending_rules_are_told_as_such():
    rows = rows_of([1.0, 2.0, 0.5], [0.1, 0.3, 0.2], 2.0, regimes=[])
    assert rows["direct"].seller_gain > 0.1
    assert rows["q_mia"].seller_gain == 0
    assert rows["q_mia"].overspent > 0.5
    assert rows["proportional_share"].overspent < 1e-12


def test_gini_is_that_of_all_pairs():
    amounts = np.random.default_rng(0).random((20, 7))
    pairs = np.abs(amounts[:, :, None] - amounts[:, None]).mean(axis=(1, 2)) / (2 * amounts.mean(axis=1))
    assert gini(amounts) == pytest.approx(pairs)


def test_a_truth_value_is_no_number_of_orders():
    with pytest.raises(OfferError, match="orders: is True"):
        fairness_table([1.0], [0.1], 1.0, orders=True)


def test_where_a_tie_hangs_on_rounding_a_gain_is_that_of_the_exact_fractions():
    """0.1 is a little above a tenth, so the first is too dear beside the second; in sixteenths nothing is rounded."""
    rounded = rows_of([0.5, 2.0, 1.0], [0.1, 0.6, 0.6], 0.5, regimes=[], mechanisms=["vcg", "shapley"])
    assert [rounded[name].seller_gain for name in ("vcg", "shapley")] == [1.2 / 3.5, 1.25 / 3.5]


def test_counting_in_cents_changes_no_measure():
    euros = fairness_table([1.0, 1.0, 2.0], [0.1, 0.1, 0.3], 2.5, orders=50)
    cents = fairness_table([100.0, 100.0, 200.0], [10.0, 10.0, 30.0], 250.0, orders=50)
    for one, other in zip(euros, cents, strict=True):
        for field, number in vars(one).items():
            assert getattr(other, field) == (pytest.approx(number) if isinstance(number, float) else number), field
    assert {row.seller_gain for row in euros if row.seller_gain} != set(), "no lie paid at all"


def test_few_sellers_arrive_in_every_order_equally_often_and_many_in_drawn_ones():
    def row(sellers, orders):
        market = np.ones(sellers), np.zeros(sellers), 2.5
        return fairness_table(*market, regimes=["fairshare"], mechanisms=[], orders=orders)[0]

    assert [row(3, 10).orders, row(3, 5).orders, row(7, 10).orders] == [12, 5, 10]
    # two are paid 1 and the last 1/2, each seller in a third of the orders
    assert row(3, 6).spread == pytest.approx(3 * 0.5 * np.sqrt(2) / 3 / 2.5, rel=1e-12)
    assert row(3, 6).spread == pytest.approx(row(3, 600).spread, rel=1e-12)
    assert fairness_table([1.0], [0.0], 1.0, regimes=[])[0].orders is None


def test_what_does_not_differ_has_no_spread_and_no_gain():
    rows = rows_of([1.0, 1.0, 2.0], [0.1, 0.1, 0.3], 3.0)
    assert rows["current"].spread == 0
    assert rows["proportional_share"].buyer_gain == 0


def test_where_somebody_is_charged_or_nothing_is_paid_parts_of_the_payment_are_not_told():
    charged = measured("", lambda part: (np.array([[0.0, -1.0]]), np.array([[True, True]])), MARKET)
    assert (charged.gini, charged.shapley_distance) == (None, None)
    unpaid = measured("", lambda part: (np.zeros((2, 2)), np.zeros((2, 2), bool)), MARKET)
    assert (unpaid.gini, unpaid.shapley_distance) == (0, None)
    once = measured("", lambda part: (np.array([[0.0, 0.0], [2.0, 0.0]]), np.zeros((2, 2), bool)), MARKET)
    assert once.shapley_distance == 0.5, "of the order that pays"


def test_of_few_sellers_every_order_is_tried_only_where_orders_allows_it():
    [drawn] = fairness_table([1.0] * 4, [0.1] * 4, 2.0, regimes=["fairshare"], mechanisms=[], orders=10)
    [every] = fairness_table([1.0] * 4, [0.1] * 4, 2.0, regimes=["fairshare"], mechanisms=[], orders=24)
    assert (drawn.orders, every.orders) == (10, 24)


def test_a_shapley_value_of_too_many_sellers_is_refused_before_anything_is_measured(monkeypatch):
    monkeypatch.setattr(fairness, "measured", None)
    with pytest.raises(OfferError, match=r'is of 25 sellers; "shapley" looks at every coalition, of at most 20'):
        fairness_table([1.0] * 25, [0.1] * 25, 5.0)
