"""What is gained under other names: nothing where `sybil_proof` is claimed, and as much as is said where it is not."""

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from evenhand import OfferError
from evenhand.markets import ExactProcurement, MeanEstimation, Policy, Procurement
from evenhand.mechanisms import MECHANISMS, for_rounds
from evenhand.properties import best_entries, certify
from evenhand.properties.sybil import WAYS
from evenhand.random_markets import drawn_for

PROOF = [name for name, row in for_rounds().items() if "sybil_proof" in row.claims]


def few(drawn):
    """Markets of at most three sellers."""
    return (market for market in drawn if len(market[1]) <= 3)


def best(name, market, costs):
    """way -> the most that is gained."""
    return {entrance.way: entrance for entrance in best_entries(MECHANISMS[name], market, costs)}


@pytest.mark.parametrize("name", PROOF)
def test_no_other_name_gains_where_it_is_claimed(name):
    for market, costs in islice(few(drawn_for(MECHANISMS[name], 60, seed=3)), 8):
        (finding,) = certify(MECHANISMS[name], market, costs, claims=["sybil_proof"], tried_max=100)
        assert finding.holds, (market.worth, costs, finding)


@pytest.mark.sweep
@pytest.mark.parametrize("name", PROOF)
def test_no_other_name_gains_where_it_is_claimed_on_many_markets(name):
    for market, costs in islice(few(drawn_for(MECHANISMS[name], 2_000, seed=4)), 300):
        found = best(name, market, costs)
        assert all(found[way].gain == 0 for way in WAYS), (market.worth, costs, found)


@pytest.mark.parametrize("name", PROOF)
def test_parts_and_copies_of_any_size_gain_nothing_by_any_reports(name):
    rng, row = np.random.default_rng(5), MECHANISMS[name]
    for _ in range(100):
        worth = [Fraction(int(w)) for w in rng.integers(1, 9, 3)]
        costs = [Fraction(int(c)) for c in rng.integers(0, 9, 3)]
        market = ExactProcurement(worth, 10, pool=int(rng.integers(1, 30)), mass=sum(worth))
        honest = row.run(market, costs).utility(costs)[0]
        part = Fraction(int(rng.integers(0, 9)), 8)
        parts = market.entered([part * worth[0], *worth[1:], (1 - part) * worth[0]], [0, 1, 2, 0])
        reports = [Fraction(int(r), 3) for r in rng.integers(0, 60, 2)]
        outcome = row.run(parts, [reports[0], *costs[1:], reports[1]])
        got = outcome.cash + outcome.share
        sold = outcome.quantity[0] * part + outcome.quantity[3] * (1 - part)
        assert got[0] + got[3] - costs[0] * sold <= honest


def test_where_no_mass_is_published_who_withholds_gains():
    market = ExactProcurement([1, 1], 10, pool=2)
    published = ExactProcurement([1, 1], 10, pool=2, mass=2)
    costs = [Fraction(6, 5), 0]
    assert best("marginal_utility_tokens", published, costs)["withholding"].gain == 0
    found = best("marginal_utility_tokens", market, costs)["withholding"]
    kept = found.worth[0]
    assert found.gain == 2 * kept / (1 + kept) - kept * costs[0] > 0
    (finding,) = certify(MECHANISMS["marginal_utility_tokens"], market, costs, claims=["sybil_proof"])
    assert (finding.holds, finding.gap) == (False, found.gain)


@pytest.mark.parametrize("name", ["proportional_share", "q_mia", "mixed_split", "prune_and_pack"])
def test_what_is_said_to_be_gained_is_gained(name):
    row, seen = MECHANISMS[name], 0
    for costs, worth, budget in [([3, 4], [1, 1], 10), ([7, 1], [2, 1], 12), ([2, 5, 9], [2, 3, 3], 9)]:
        market = ExactProcurement(worth, budget, pool=4, mass=sum(worth))
        for way, found in best(name, market, costs).items():
            if not found.gain or way == "merging":
                continue
            seen += 1
            worth = [Fraction(w) for w in market.worth]
            honest = row.run(market.entered(worth, range(len(worth))), costs).utility(costs)[found.seller]
            owners = [*range(len(worth)), *[found.seller] * (len(found.worth) - 1)]
            names = [found.seller, *range(len(worth), len(owners))]
            entered, asked = [*worth, *worth[: len(owners) - len(worth)]], [*costs, *costs[: len(owners) - len(worth)]]
            for place, part, report in zip(names, found.worth, found.reports, strict=True):
                entered[place], asked[place] = part, report
            outcome = row.run(market.entered(entered, owners), asked)
            got = outcome.cash + outcome.share
            sold = [name for name in names if outcome.quantity[name]]
            cost = (
                found.costs[0] * bool(sold)
                if way.startswith("copying")
                else sum(found.costs[names.index(name)] for name in sold)
            )
            gain = sum(got[name] for name in names) - cost - honest
            assert gain == found.reached, (market.worth, costs, found)
            assert found.gain * Fraction(99, 100) <= gain <= found.gain, (market.worth, costs, found)
    assert seen


def test_merging_counts_what_both_had():
    found = best("best_single", ExactProcurement([2, 3], 10), [1, 1])["merging"]
    assert (found.gain, found.worth, found.costs) == (0, (), ())
    found = best("best_single", ExactProcurement([2, 2, 3], 10), [1, 1, 1])["merging"]
    assert (found.gain, found.worth, found.costs) == (8, (4,), (2,))


def test_what_a_witness_tells_of_its_names_makes_up_the_gain():
    market = ExactProcurement([2, 1], 12)
    (finding,) = certify(
        MECHANISMS["proportional_share"], market, [7, 1], claims=["sybil_proof"], sellers=["ada", "bo"]
    )
    told = finding.witness.entered
    assert (told.way, [name.seller for name in told.own]) == ("splitting", ["ada"])
    names = (finding.witness, *finding.witness.others)
    assert [name.entered.worth for name in names] == [1, 1]
    after = sum(name.entered.paid - name.true * name.entered.sold for name in names)
    before = sum(name.entered.paid - name.true * name.entered.sold for name in told.own)
    assert after - before == finding.witness.gain == finding.gap == Fraction(3, 2)


def test_a_copy_that_nobody_sees_gains_nothing_in_the_pool_of_its_seller():
    alone = best("proportional_share", ExactProcurement([2, 1], 12), [7, 1])["copying unseen"]
    pools = Policy(pools=[[0], [1]])
    pooled = best("proportional_share", ExactProcurement([2, 1], 12, policy=pools), [7, 1])["copying unseen"]
    assert (alone.gain, pooled.gain) == (3, 0)


def test_every_name_has_the_tag_of_its_seller():
    halves, reports, row = [2, 4, 2], [3, 6, 3], MECHANISMS["proportional_share"]

    def bought(tagged):
        policy = Policy(reserve=Fraction(1, 2), tagged=tagged)
        return row.run(ExactProcurement(halves, 12, policy=policy), reports).quantity.tolist()

    whole = ExactProcurement([4, 4], 12, policy=Policy(reserve=Fraction(1, 2), tagged=[0]))
    entered = row.run(whole.entered(halves, [0, 1, 0]), reports).quantity.tolist()
    assert entered == bought([0, 2]) != bought([0])


def test_who_stays_away_has_no_names():
    market = Procurement([2.0, 1.0, 4.0], 12.0)
    here = best("proportional_share", market, [7.0, 1.0, np.inf])
    assert {way: found.gain for way, found in here.items()} == {
        way: found.gain for way, found in best("proportional_share", Procurement([2.0, 1.0], 12.0), [7.0, 1.0]).items()
    }


def test_markets_that_do_not_know_worth_are_refused():
    sets = ExactProcurement(None, 10, value=lambda masks: np.asarray(masks).sum(axis=1), n=2)
    with pytest.raises(OfferError, match=r"has sybil_proof.*Procurement of worth"):
        certify(MECHANISMS["clock"], sets, [1, 2], claims=["sybil_proof"])
    parts = MeanEstimation([[1.0]], [[1.0]], [1.0])
    for claim in ("winner_non_bossy", "weakly_group_strategyproof", "sybil_proof"):
        with pytest.raises(OfferError, match="markets that buy whole datasets"):
            certify(MECHANISMS["direct"], parts, [1.0], claims=[claim])
    with pytest.raises(OfferError, match='Did you mean "truthful"'):
        certify(MECHANISMS["direct"], parts, [1.0], claims=["truthfull"])
