"""Posted shares and tokens by hand, beside the forms that were published, and where those fail."""

from fractions import Fraction

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.payments.shares import (
    additive_masses,
    data_share_tokens,
    data_share_tokens_as_published,
    marginal_utility_tokens,
    marginal_utility_tokens_as_published,
)

POOL, OTHER = 100, 2


def gain(registered, masses, cost, denominator=None):
    """What seller 0 is left with, whose data of mass 2 costs so much: the parts registered cost their part of it."""
    asked = [cost * Fraction(mass, 2) for mass in masses[:registered]] + [0] * (len(masses) - registered)
    issued = marginal_utility_tokens(masses, POOL, asked, denominator).issued
    return sum(share - ask for share, ask in zip(issued[:registered], asked[:registered], strict=True) if share)


# -- marginal utility tokens ------------------------------------------------------------------------------------------


def test_a_share_is_issued_exactly_where_it_covers_the_cost():
    tokens = marginal_utility_tokens([2, 1, 1], POOL, [50, 26, 0])
    assert tokens.issued.tolist() == [50, 0, 25]
    assert tokens.kept == 25


def test_who_stays_out_leaves_the_shares_of_the_others_as_they_were():
    all_join = marginal_utility_tokens([2, 1, 1], POOL, [0, 0, 0]).issued
    one_out = marginal_utility_tokens([2, 1, 1], POOL, [0, np.inf, 0]).issued
    assert one_out.tolist() == [all_join[0], 0, all_join[2]]


def test_who_adds_nothing_gets_nothing_and_a_pool_without_data_is_kept():
    assert marginal_utility_tokens([0, 1], POOL).issued.tolist() == [0, POOL]
    assert marginal_utility_tokens([0, 0], POOL).kept == POOL
    assert marginal_utility_tokens([0.0, 0.0], 1.0).kept == 1.0
    assert marginal_utility_tokens([], POOL).kept == POOL


def test_a_published_mass_keeps_what_nobody_registered_for():
    tokens = marginal_utility_tokens([2.0, 1.0], 100.0, denominator=4.0)
    assert tokens.issued.tolist() == [50.0, 25.0]
    assert tokens.kept == 25.0


def test_whole_tokens_are_rounded_down_and_the_supply_is_conserved():
    tokens = marginal_utility_tokens([0.1, 0.1, 0.1], 100_000, whole=True)
    assert tokens.issued.tolist() == [33_333] * 3
    assert tokens.kept == 1


def test_a_posted_share_of_a_published_mass_is_linear_so_parts_earn_their_part_of_the_whole():
    assert gain(1, [2, OTHER], cost=40, denominator=4) == gain(2, [1, 1, OTHER], cost=40, denominator=4) == 10
    assert gain(1, [1, OTHER], cost=40, denominator=4) == 5  # withholding half
    assert gain(1, [2, OTHER], cost=60, denominator=4) == gain(1, [1, OTHER], cost=60, denominator=4) == 0


def test_without_a_published_mass_a_part_at_its_part_of_the_cost_may_earn_more_than_nothing():
    assert gain(1, [2, OTHER], cost=60) == 0  # half of 100 does not cover 60
    assert gain(1, [1, OTHER], cost=60) == Fraction(100, 3) - 30  # half the data has a third, and costs half


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"masses": [-1, 2]}, r"masses\[0\]: is -1"),
        ({"masses": [np.nan, 2.0]}, r"masses\[0\]: is nan"),
        ({"total": -1}, "total: is -1"),
        ({"total": 0.5, "whole": True}, "total: is 0.5; tokens are whole"),
        ({"denominator": 2}, "denominator: is 2; masses sum to 3, and more than the pool would be promised"),
        ({"costs": [1]}, r"costs: have shape \(1,\); there are 2 masses"),
        ({"costs": [1, -3]}, r"costs\[1\]: is -3"),
        ({"costs": ["a", 1]}, r"costs: is \['a', 1\]; it is made of real numbers"),
        ({"masses": ["a"], "whole": True}, r"masses: is \['a'\]"),
        ({"masses": [[1.0, 2.0]]}, r"masses: has shape \(1, 2\)"),
        ({"masses": [1e308, 1e308]}, "masses: sum to inf; .* larger unit"),
        ({"total": None}, "total: is None; it is a number"),
        ({"total": np.nan, "whole": True}, "total: is nan; it is finite"),
        ({"denominator": "all"}, 'denominator: is "all"'),
        ({"total": 10**5000}, "total: is a number of over 30 digits; it is a number that a float can hold"),
        ({"masses": [10**5000]}, "masses: is a list with a number of over 30 digits"),
        ({"costs": [10**5000, 1]}, "costs: is a list with a number of over 30 digits"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_the_numbers(arguments, where):
    with pytest.raises(OfferError, match=where):
        marginal_utility_tokens(**{"masses": [1, 2], "total": POOL, **arguments})


def test_masses_add_up_over_documents_and_harm_counts_as_none():
    whole = additive_masses([[1, Fraction(1, 2)]], [[3, -2]])
    parts = additive_masses([[1], [Fraction(1, 2)]], [[3], [-2]])
    assert whole.sum() == parts.sum() == 3


def test_documents_with_a_quality_and_no_value_are_refused():
    with pytest.raises(OfferError, match=r"value\[1\]: has 1 numbers; 2 documents have a quality"):
        additive_masses([[1], [1, 1]], [[3], [1]])


@pytest.mark.parametrize(
    ("quality", "value", "wheres"),
    [
        ([[np.nan, 1.0]], [[1.0, np.inf]], ["quality[0][0]", "value[0][1]"]),
        ([[1.5], ["a"]], [[1.0], [None]], ["quality[0][0]", "quality[1][0]", "value[1][0]"]),
        ([[1.0]], [[1.0], [2.0]], ["quality[1]"]),
        ([1.0], None, ["quality[0]", "value"]),
        ("ab", [["a"]], ["quality"]),
    ],
)
def test_masses_of_what_is_no_number_are_refused_document_by_document(quality, value, wheres):
    with pytest.raises(OfferError) as refused:
        additive_masses(quality, value)
    assert [problem.where for problem in refused.value.problems] == wheres


def test_posted_shares_sum_to_no_more_than_the_pool():
    rng = np.random.default_rng(3)
    for _ in range(300):
        tokens = marginal_utility_tokens(rng.random(rng.integers(2, 40)), pool := float(rng.lognormal()))
        assert tokens.issued.sum() <= pool
        assert 0 <= tokens.kept < 1e-14 * pool


def test_as_published_leaving_out_junk_adds_and_so_does_a_second_name():
    others_too = [0.5, 1.0]  # quality, value: q phi = 1/2
    honest = marginal_utility_tokens_as_published([0.5, others_too[0]], [1.0, others_too[1]], 1.0).issued[0]
    withheld = marginal_utility_tokens_as_published([1.0, others_too[0]], [0.9, others_too[1]], 1.0).issued[0]
    split = marginal_utility_tokens_as_published([1.0, 0.0, others_too[0]], [1.0, 0.0, others_too[1]], 1.0).issued[:2]
    assert (honest, withheld.round(3), split.sum().round(3)) == (0.5, 0.643, 0.667)


def test_as_published_a_share_may_be_worth_less_than_the_cost():
    cost = 10.0
    assert marginal_utility_tokens_as_published([1.0], [1.0], 1.0).issued[0] < cost
    assert marginal_utility_tokens([1.0], 1.0, [cost]).issued.tolist() == [0.0]


# -- data share tokens ------------------------------------------------------------------------------------------------


def test_tokens_follow_volume_quality_by_volume_and_gain():
    tokens = data_share_tokens([6, 2, 2], [1, 2, 1], [4, 0, -3], (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)), 1000)
    # volume 6 2 2 of 10, quality by volume 6 4 2 of 12, gain 4 0 0 of 4
    assert tokens.issued.tolist() == [300 + 125 + 250, 100 + 83, 100 + 42]
    assert tokens.kept == 0


def test_a_part_that_nobody_has_is_left_to_the_others():
    nobody_helps = data_share_tokens([3, 1], [1, 1], [0, -5], total=100)
    assert nobody_helps.issued.tolist() == [75, 25]


def test_who_has_nothing_gets_the_minimum_and_a_cap_goes_to_the_others():
    tokens = data_share_tokens([8, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0], total=100, low=5, high=50)
    assert tokens.issued.tolist() == [50, 23, 22, 5]


def test_a_supply_for_which_nobody_has_a_score_is_refused():
    with pytest.raises(OfferError, match=r"total: is 100; .* sum to 0"):
        data_share_tokens([0, 0], [1, 1], [0, 0], total=100)


def test_a_second_name_has_no_tokens_more():
    whole = data_share_tokens([4, 4], [1, 1], [2, 2], total=1000).issued
    parts = data_share_tokens([2, 2, 4], [1, 1, 1], [1, 1, 2], total=1000).issued
    assert whole[0] == parts[:2].sum()


def test_a_minimum_for_every_name_pays_for_names():
    without_data = 1000
    tokens = data_share_tokens([1] + [0] * without_data, [1] * 1001, [1] + [0] * without_data, total=2000, low=1)
    assert tokens.issued[1:].sum() == 1000  # half of the supply


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"volume": [-1, 2]}, r"volume\[0\]: is -1"),
        ({"quality": [1]}, r"quality: has shape \(1,\)"),
        ({"impact": [np.nan, 2.0]}, r"impact\[0\]: is nan"),
        ({"weights": (1, 1, 1)}, "weights: are .*together"),
        ({"weights": (2, -1, 0)}, "weights: are"),
        ({"low": 60}, "2 floors sum to 120"),
        ({"high": 40}, "total: is 100; .* sum to 80"),
        ({"high": 70.5}, "high: is 141/2; tokens are whole"),
        ({"low": "a"}, 'low: is "a"'),
        ({"low": 10**5000}, "low: is a number of over 30 digits"),
        ({"volume": [10**5000, 1]}, "volume: is a list with a number of over 30 digits"),
        ({"weights": (10**5000, 1, 1)}, "weights: are a tuple with a number of over 30 digits"),
        ({"high": None}, "high: is None"),
        ({"weights": None}, "weights: are None"),
        ({"weights": ("a", 1, 1)}, r"weights: are \('a', 1, 1\)"),
        ({"volume": 3, "quality": None, "total": "x"}, r"(?s)volume: has shape \(\).*quality: has.*total: is \"x\""),
        ({"volume": [1e308, 1e308]}, "volume: sum to inf"),
    ],
)
def test_scores_and_bounds_that_cannot_be_are_refused_with_the_numbers(arguments, where):
    with pytest.raises(OfferError, match=where):
        data_share_tokens(**{"volume": [1, 2], "quality": [1, 1], "impact": [1, 1], "total": 100, **arguments})


def test_volume_and_quality_of_any_size_are_weighed_against_one_another():
    usual = data_share_tokens([2.0, 1.0], [1.0, 2.0], [1.0, 1.0], total=600).issued.tolist()
    assert data_share_tokens([2e200, 1e200], [1e200, 2e200], [1.0, 1.0], total=600).issued.tolist() == usual


def test_as_published_what_is_no_number_is_refused():
    with pytest.raises(OfferError, match=r"(?s)volume: is \['a'\].*total: is None.*weights: are \(1, 2\)"):
        data_share_tokens_as_published(["a"], [1], [1], (1, 2), None)
    with pytest.raises(OfferError, match=r"value: has shape \(2,\); quality has \(1,\)"):
        marginal_utility_tokens_as_published([1.0], [1.0, 2.0], 1.0)


def test_as_published_a_second_name_has_a_share_of_quality_more():
    whole = data_share_tokens_as_published([2, 2], [1, 1], [0, 1], (0, 1, 0), 60).issued[0]
    parts = data_share_tokens_as_published([1, 1, 2], [1, 1, 1], [0, 0, 1], (0, 1, 0), 60).issued[:2].sum()
    assert (whole, parts) == (30, 40)


def test_as_published_harm_owes_tokens_and_gains_that_sum_to_nothing_are_no_number():
    assert data_share_tokens_as_published([1, 1], [1, 1], [-1, 2], (0, 0, 1), 60).issued.tolist() == [-60, 120]
    assert np.isnan(data_share_tokens_as_published([1, 1], [1, 1], [0, 0]).issued).all()


def test_as_published_whole_tokens_do_not_sum_to_the_supply():
    printed = data_share_tokens_as_published([1, 1, 1], [1, 1, 1], [1, 1, 1]).issued
    assert printed.round().sum() == 99_999
    assert data_share_tokens([1, 1, 1], [1, 1, 1], [1, 1, 1]).issued.sum() == 100_000
