"""Tokens: the supply is conserved to the last one, for any scores, floors and caps that leave a way."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.numerics.water_filling import bounded_shares, round_tokens
from evenhand.payments.shares import data_share_tokens, marginal_utility_tokens

SCORES = st.one_of(st.integers(0, 5), st.fractions(0, 10, max_denominator=50), st.integers(0, 10**12))
SHARERS = st.lists(st.tuples(SCORES, st.integers(0, 9), st.integers(0, 20)), min_size=1, max_size=9)


def room(sharers):
    """Scores, floors and caps; the least that can be shared out, and the most."""
    scores, low, spare = (list(column) for column in zip(*sharers, strict=True))
    high = [least + more for least, more in zip(low, spare, strict=True)]
    most = sum(cap if score > 0 else least for score, least, cap in zip(scores, low, high, strict=True))
    return scores, low, high, sum(low), most


@given(SHARERS, st.data())
@settings(max_examples=80, deadline=None)
def test_shares_sum_to_the_total_within_floors_and_caps_at_one_level(sharers, data):
    scores, low, high, least, most = room(sharers)
    total = data.draw(st.integers(least, most))
    exact = bounded_shares(scores, low, high, total).tolist()
    assert sum(exact) == total
    rows = list(zip(scores, low, exact, high, strict=True))
    assert all(floor <= share <= cap for _, floor, share, cap in rows)
    assert len({Fraction(share) / score for score, floor, share, cap in rows if floor < share < cap}) <= 1
    between = [Fraction(share) / score for score, floor, share, cap in rows if score and floor < share < cap]
    for level in between[:1]:
        assert exact == [min(max(level * score, floor), cap) for score, floor, _, cap in rows]
    floats = bounded_shares([float(score) for score in scores], low, high, float(total))
    np.testing.assert_allclose(floats, np.array(exact, dtype=float), rtol=1e-9, atol=1e-9)


@given(SHARERS, st.data(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_whole_tokens_conserve_the_supply_and_are_within_one_of_the_shares(sharers, data, exact):
    scores, low, high, least, most = room(sharers)
    total = data.draw(st.integers(least, most))
    shares = bounded_shares(scores if exact else [float(score) for score in scores], low, high, total)
    tokens = round_tokens(shares, low, high, total).tolist()
    assert sum(tokens) == total
    assert all(floor <= token <= cap for floor, token, cap in zip(low, tokens, high, strict=True))
    assert all(abs(token - share) < 1 + 1e-9 for token, share in zip(tokens, shares.tolist(), strict=True))


@given(SHARERS, st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_a_total_beyond_floors_or_caps_is_refused(sharers, beyond):
    scores, low, high, least, most = room(sharers)
    with pytest.raises(OfferError, match=f"total: is {most + beyond}; .* sum to {most}"):
        bounded_shares(scores, low, high, most + beyond)
    if least >= beyond:
        with pytest.raises(OfferError, match=f"floors sum to {least}"):
            bounded_shares(scores, low, high, least - beyond)


def test_data_share_tokens_conserve_the_supply_for_any_gains_floors_and_caps():
    rng = np.random.default_rng(21)
    for _ in range(300):
        sellers = int(rng.integers(1, 12))
        volume = rng.integers(0, 1_000, sellers) + (np.arange(sellers) == 0)
        low = rng.integers(0, 50, sellers)
        high = np.where(np.arange(sellers) == 0, np.inf, low + rng.integers(0, 10**5, sellers))
        tokens = data_share_tokens(volume, rng.random(sellers), rng.normal(size=sellers), low=low, high=high)
        assert tokens.issued.sum() + tokens.kept == 100_000
        assert ((tokens.issued >= low) & (tokens.issued <= high)).all()


def test_posted_shares_and_the_treasury_are_the_pool():
    rng = np.random.default_rng(22)
    for _ in range(300):
        masses, costs = rng.integers(0, 9, 6).tolist(), rng.integers(0, 30, 6).tolist()
        for whole in (True, False):
            tokens = marginal_utility_tokens(masses, 100, costs, sum(masses) + 3, whole=whole)
            assert tokens.issued.sum() + tokens.kept == 100
            assert all(share == 0 or share >= cost for share, cost in zip(tokens.issued, costs, strict=True))


def test_parts_of_a_dataset_have_together_the_score_of_the_whole():
    """Whole tokens are rounded, so a second name moves at most one."""
    rng = np.random.default_rng(23)
    for _ in range(200):
        volume, gain = rng.integers(1, 100, 4).tolist(), rng.integers(0, 9, 4).tolist()
        cut = int(rng.integers(0, volume[0] + 1))
        whole = data_share_tokens(volume, [1, 2, 3, 4], gain, total=5_000).issued
        apart = data_share_tokens(
            [cut, volume[0] - cut, *volume[1:]], [1, 1, 2, 3, 4], [gain[0], 0, *gain[1:]], total=5_000
        ).issued
        assert abs(int(apart[:2].sum()) - int(whole[0])) <= 1
