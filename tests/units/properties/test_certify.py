"""What certify refuses to vouch for, and how it tells how far it is."""

import numpy as np
import pytest

from evenhand import OfferError
from evenhand.markets import Procurement
from evenhand.mechanisms import MECHANISMS
from evenhand.properties import CLAIMS, certify, gap_told

MARKET, COSTS = Procurement([2.0, 1.0, 3.0], 10.0), [3.0, 4.0, 2.0]
GROUPS = ["weakly_group_strategyproof", "sybil_proof"]


@pytest.mark.parametrize("tried_max", [0, -1])
def test_a_search_that_may_try_nothing_is_refused(tried_max):
    with pytest.raises(OfferError, match=r"tried_max: is .*; what nobody tried is not known to hold"):
        certify(MECHANISMS["proportional_share"], MARKET, COSTS, claims=GROUPS, tried_max=tried_max)


def test_a_search_that_may_try_one_thing_tries_of_every_way():
    for finding in certify(MECHANISMS["proportional_share"], MARKET, COSTS, claims=GROUPS, tried_max=1):
        assert finding.tried >= 4, finding
    assert "looked at 0" not in finding.statement


@pytest.mark.parametrize("name", ["proportional_share", "single_or_share_by_lot"])
@pytest.mark.parametrize("costs", [COSTS, [3.0, np.inf, 2.0]], ids=str)
def test_the_search_tells_every_seller_of_every_claim_and_never_goes_back(name, costs):
    told = []
    row = MECHANISMS[name]
    certify(row, MARKET, costs, claims=list(CLAIMS), tried_max=200, watch=lambda *at: told.append(at))
    total = len(CLAIMS) * len(row.each) * len(costs)
    assert {(stage, most) for stage, _, most in told} == {("certify", total)}
    done = [done for _, done, _ in told]
    assert done == sorted(done)
    assert (done[0], done[-1], done.count(total)) == (0, total, 1)
    assert done.count(1) == 1  # the second seller, of the first claim


def test_who_wins_is_missed_by_sellers_and_all_else_by_money():
    assert {claim: gap_told(claim, 2, "{} EUR".format) for claim in CLAIMS} == {
        claim: "2 sellers" if claim == "winner_non_bossy" else "2 EUR" for claim in CLAIMS
    }
