"""What sellers can do to one another: every group with every joint lie on small markets, by brute force.

Nothing of `properties` is used in the attacks: a mechanism is run at every profile of whole reports, and the claims are
read off the table. Then what `certify` searches for is held against it.
"""

from dataclasses import replace
from itertools import combinations, islice, product

import numpy as np
import pytest

from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.properties import certify
from evenhand.random_markets import drawn_for

GRIDS = [(2, (1, 2), (2, 5)), (3, (1, 2), (2,))]
BIG_GRIDS = [(2, range(5), range(1, 12)), (3, range(1, 4), range(1, 7)), (4, (1, 2), (3, 4))]


def claiming(claim):
    return pytest.mark.parametrize("name", [name for name, row in for_rounds().items() if claim in row.claims])


def markets(sellers, worths, budgets):
    for worth, budget in product(product(worths, repeat=sellers), budgets):
        yield worth, budget, {"pool": budget + 1, "mass": sum(worth) or 1}


def few(drawn):
    """Markets of at most five sellers."""
    return (market for market in drawn if len(market[1]) <= 5)


def tables(name, worth, budget, shares):
    """Quantities and payments at every profile of reports from 0 to where nobody sells: (reports, ..., sellers)."""
    for each in MECHANISMS[name].each:
        row = replace(each, name=name)
        market = row.market(ExactProcurement(worth, budget, whole=True, **shares))
        reports = range(market.report_max + 2)
        shape = (len(reports),) * len(worth) + (len(worth),)
        sold, paid = np.zeros(shape, dtype=int), np.zeros(shape)
        for profile in product(reports, repeat=len(worth)):
            outcome = row.run(market, profile)
            sold[profile], paid[profile] = outcome.quantity, [float(got) for got in outcome.cash + outcome.share]
        yield sold, paid


def a_group_that_gains(sold, paid):
    """The true costs and the members of a group of whom each gains by some lies; None where there is none."""
    sellers, reports = sold.shape[-1], sold.shape[0]
    for true in product(range(reports), repeat=sellers):
        left = paid - np.array(true) * sold
        for size in range(1, sellers + 1):
            for members in combinations(range(sellers), size):
                asked = tuple(slice(None) if seller in members else true[seller] for seller in range(sellers))
                gain = left[asked][..., list(members)] - left[true][list(members)]
                if gain.min(axis=-1).max() > 1e-9:
                    return true, members
    return None


def a_winner_who_bosses(sold):
    """The seller and the others' reports where two winning reports have other winners beside them; None if none."""
    for seller in range(sold.shape[-1]):
        lines = np.moveaxis(sold, seller, -2)  # (others' reports, own report, sellers)
        won = lines[..., seller] == 1
        most = np.where(won[..., None], lines, 0).max(axis=-2)
        least = np.where(won[..., None], lines, 1).min(axis=-2)
        bossed = (most > least).any(axis=-1) & won.any(axis=-1)
        if bossed.any():
            return seller, np.argwhere(bossed)[0].tolist()
    return None


@claiming("weakly_group_strategyproof")
@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_no_group_gains_by_any_lies_on_any_small_market(name, grid):
    for market in markets(*grid):
        for sold, paid in tables(name, *market):
            assert a_group_that_gains(sold, paid) is None, market


@claiming("winner_non_bossy")
@pytest.mark.parametrize("grid", GRIDS, ids=str)
def test_no_winner_changes_who_else_wins_on_any_small_market(name, grid):
    for market in markets(*grid):
        for sold, _ in tables(name, *market):
            assert a_winner_who_bosses(sold) is None, market


@pytest.mark.sweep
@claiming("weakly_group_strategyproof")
@pytest.mark.parametrize("grid", BIG_GRIDS, ids=str)
def test_no_group_gains_and_no_winner_bosses_on_any_bigger_market(name, grid):
    bossy = "winner_non_bossy" not in MECHANISMS[name].claims
    for market in markets(*grid):
        for sold, paid in tables(name, *market):
            assert a_group_that_gains(sold, paid) is None, market
            assert bossy or a_winner_who_bosses(sold) is None, market


def test_the_attack_finds_the_group_that_is_known_to_gain():
    (market,) = tables("q_mia", (1, 1), 4, {})
    assert a_group_that_gains(*market) is not None
    assert a_winner_who_bosses(market[0]) is not None


GAMED = ["q_mia", "q_mia_skip", "q_mia_as_published", "mixed_as_published", "marginal_utility_tokens_as_published"]


@pytest.mark.parametrize("name", GAMED)
def test_the_search_finds_a_group_wherever_a_pair_can_gain_on_small_markets(name):
    missed = seen = 0
    for worth, budget, shares in markets(2, (1, 2), (3,)):
        row = MECHANISMS[name]
        market = ExactProcurement(worth, budget, whole=True, **shares)
        ((sold, paid),) = tables(name, worth, budget, shares)
        for true in product(range(3), repeat=2):
            left = paid - np.array(true) * sold
            alone = [left[:, true[1], 0].max() - left[true][0], left[true[0], :, 1].max() - left[true][1]]
            most = max((left - left[true]).min(axis=-1).max(), *alone)
            (finding,) = certify(row, market, list(true), claims=["weakly_group_strategyproof"])
            assert finding.gap <= most + 1e-9
            seen += most > 1e-9
            missed += most > 1e-9 and finding.holds
    assert seen
    assert not missed


def test_the_deterministic_choice_is_gamed_by_two_who_move_it_to_shares():
    market = ExactProcurement([1, 1, 1, 1], 20, whole=True)
    (finding,) = certify(MECHANISMS["single_or_share"], market, [14, 9, 15, 8], claims=["weakly_group_strategyproof"])
    assert not finding.holds
    members = [finding.witness, *finding.witness.others]
    asked = [14, 9, 15, 8]
    for member in members:
        asked[int(member.seller)] = member.report
    outcome = MECHANISMS["single_or_share"].run(market, asked)
    honest = MECHANISMS["single_or_share"].run(market, [14, 9, 15, 8]).utility([14, 9, 15, 8])
    for member in members:
        seller = int(member.seller)
        assert outcome.utility([14, 9, 15, 8])[seller] - honest[seller] == member.gain > 0


OF_GROUPS = ("winner_non_bossy", "weakly_group_strategyproof")


@pytest.mark.parametrize("name", [name for name, row in for_rounds().items() if set(OF_GROUPS) & set(row.claims)])
def test_what_is_claimed_of_groups_and_winners_is_not_refuted_on_drawn_markets(name):
    row = MECHANISMS[name]
    asked = [claim for claim in OF_GROUPS if claim in row.claims]
    for market, costs in islice(few(drawn_for(row, 60, seed=9)), 8):
        found = certify(row, market, costs, claims=asked, tried_max=20)
        assert all(finding.holds for finding in found), (market, costs)
