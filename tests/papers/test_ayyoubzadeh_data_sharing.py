"""[Ayyoubzadeh25]: statements that fail, each shown by brute force on the rule as it is published.

The published rule is written out here again, in a few lines, so that no counterexample depends on Evenhand's own
code; the last test shows what Evenhand does on the same markets. The ids are those of docs/errata.md.
"""

from fractions import Fraction
from itertools import combinations, pairwise, permutations
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS

# -- Q-MIA as published: section 4.1, Algorithm 1 -------------------------------------------------------------------


def winners(costs, worth, budget):
    """Steps 3 and 4: by virtual cost c / w, a prefix, until the next offer no longer fits; ties to the lower index."""
    chosen, spent = set(), 0
    for i in sorted(range(len(costs)), key=lambda i: (Fraction(costs[i]) / worth[i], i)):
        if spent + costs[i] > budget:
            break
        chosen.add(i)
        spent += costs[i]
    return chosen


def winning_reports(seller, costs, worth, budget):
    """Every whole report at which this seller is selected, the others' reports fixed."""
    others = list(costs)
    found = []
    for report in range(budget + 2):
        others[seller] = report
        if seller in winners(others, worth, budget):
            found.append(report)
    return found


def critical_values(costs, worth, budget):
    """The largest winning report of each winner: Step 5 with the supremum in place of the infimum."""
    return {i: max(winning_reports(i, costs, worth, budget)) for i in winners(costs, worth, budget)}


instances = st.integers(1, 4).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 9), min_size=n, max_size=n),
        st.lists(st.integers(1, 5), min_size=n, max_size=n),
        st.integers(1, 12),
    )
)


@given(instances)
def test_e_002_01_the_infimum_of_the_winning_reports_is_always_zero(instance):
    costs, worth, budget = instance
    for seller in winners(costs, worth, budget):
        reports = winning_reports(seller, costs, worth, budget)
        assert min(reports) == 0
        assert reports == list(range(len(reports))), "the winning reports run from 0 up to the critical value"


def test_e_002_01_the_published_payment_leaves_a_winner_below_cost_and_better_off_outside():
    costs, worth, budget = [3], [1], 10
    payment = min(winning_reports(0, costs, worth, budget))
    assert winners(costs, worth, budget) == {0}
    assert payment - costs[0] == -3, "Lemma 2 says at least 0"
    assert winners([11], worth, budget) == set(), "a report of 11 loses and earns 0 > -3, so Lemma 1 fails too"
    assert max(winning_reports(0, costs, worth, budget)) == 10


@given(instances)
def test_e_002_01_the_supremum_pays_every_winner_at_least_the_report(instance):
    costs, worth, budget = instance
    assert all(payment >= costs[i] for i, payment in critical_values(costs, worth, budget).items())


def test_e_002_02_critical_payments_overrun_the_budget():
    assert critical_values([1, 1], [1, 1], 100) == {0: 99, 1: 99}


def test_e_002_02_the_overrun_grows_with_the_number_of_sellers():
    for n in (2, 5, 10):
        payments = critical_values([1] * n, [1] * n, 100)
        assert sum(payments.values()) == n * (100 - (n - 1))
    assert sum(payments.values()) == 910, "ten sellers: more than nine times the budget"


def test_e_002_03_one_unaffordable_offer_blocks_every_other():
    assert winners([101, 50], [1000, 100], 100) == set()
    assert winners([50], [100], 100) == {0}, "the same offer without the blocker"


def test_e_002_03_without_the_blocker_the_prefix_may_still_be_worth_a_vanishing_part():
    costs, worth, budget = [1, 1000], [2, 1000], 1000
    best = max(
        sum(worth[i] for i in chosen)
        for size in range(3)
        for chosen in combinations(range(2), size)
        if sum(costs[i] for i in chosen) <= budget
    )
    assert sum(worth[i] for i in winners(costs, worth, budget)) == 2
    assert best == 1000


def test_e_002_04_an_over_report_that_still_wins_is_paid_the_same():
    assert critical_values([1, 1], [1, 1], 100)[0] == 99
    assert critical_values([50, 1], [1, 1], 100)[0] == 99


def test_e_002_04_an_over_report_that_loses_costs_a_loser_nothing():
    assert winners([200], [1], 100) == winners([300], [1], 100) == set()


# -- quality: section 7.3 and appendix C ----------------------------------------------------------------------------


def gini_simpson(proportions):
    """Diversity by the formula of section 7.3."""
    return 1 - sum(p * p for p in proportions)


def entropy(proportions, clusters=50):
    """Diversity by appendix C: Shannon entropy over its largest value, log k."""
    return -sum(float(p) * log(p) for p in proportions if p) / log(clusters)


def test_e_002_05_the_two_formulas_for_diversity_rank_the_same_datasets_differently():
    two_halves = [Fraction(1, 2)] * 2
    one_and_many = [Fraction(3, 4), *[Fraction(1, 100)] * 25]
    assert sum(two_halves) == sum(one_and_many) == 1
    assert gini_simpson(two_halves) == Fraction(500, 1000) > gini_simpson(one_and_many) == Fraction(435, 1000)
    assert entropy(two_halves) < 0.18 < 0.34 < entropy(one_and_many)


def k_means(points, clusters):
    """The best of all ways to cut sorted numbers into runs: exact k-means on a line."""
    points = sorted(points)

    def cost(run):
        mean = Fraction(sum(run), len(run))
        return sum((point - mean) ** 2 for point in run)

    cuts = ((0, *inner, len(points)) for inner in combinations(range(1, len(points)), clusters - 1))
    return min(cuts, key=lambda cut: sum(cost(points[a:b]) for a, b in pairwise(cut)))


def test_e_002_06_clusters_found_inside_a_dataset_do_not_see_how_alike_its_documents_are():
    spread = [0, 1, 10, 11, 30, 33, 60, 61]
    nearly_one_text = [Fraction(point, 10**9) for point in spread]
    assert k_means(spread, 4) == k_means(nearly_one_text, 4) == (0, 2, 4, 6, 8)


def test_e_002_06_as_many_near_copies_as_clusters_get_full_marks():
    near_copies = [Fraction(1) + Fraction(i, 10**6) for i in range(6)]
    cut = k_means(near_copies, 6)
    proportions = [Fraction(b - a, 6) for a, b in pairwise(cut)]
    assert proportions == [Fraction(1, 6)] * 6
    assert abs(entropy(proportions, clusters=6) - 1) < 1e-12


def test_e_002_07_cleanliness_is_zero_from_one_error_in_fifty_tokens_on():
    def clean(errors, tokens):
        return 1 - min(1, 50 * Fraction(errors, tokens))

    assert clean(1, 50) == clean(25, 50) == clean(50, 50) == 0
    assert clean(1, 100) == Fraction(1, 2)


def test_e_002_07_without_the_clip_cleanliness_falls_below_zero():
    assert 1 - 50 * Fraction(3, 100) == Fraction(-1, 2)


def test_e_002_08_a_copy_of_the_reference_is_half_novel_or_not_novel_at_all():
    recency, similarity = 1, 1
    section_7_3 = Fraction(1, 2) * recency + Fraction(1, 2) * (1 - similarity)
    appendix_c = max(0, min(1, 1 - similarity))
    assert (section_7_3, appendix_c) == (Fraction(1, 2), 0)


def test_e_002_08_the_unclipped_form_exceeds_one():
    similarity = Fraction(-1, 5)
    assert 1 - similarity == Fraction(6, 5)


def test_e_002_08_a_date_is_better_hidden_than_old():
    recency = {"today": Fraction(1), "ten years ago": Fraction(0)}
    assert Fraction(sum(recency.values()), len(recency)) == Fraction(1, 2)
    del recency["ten years ago"]
    assert Fraction(sum(recency.values()), len(recency)) == 1


def test_e_002_08_random_letters_are_newer_than_any_text():
    like_nothing, new_text = Fraction(0), Fraction(1, 2)
    assert 1 - like_nothing == 1 > 1 - new_text


def test_e_002_26_one_letter_fills_a_field():
    required = ("licence", "language", "source", "version", "description", "date")

    def richness(metadata):
        return Fraction(sum(bool(metadata.get(name)) for name in required), len(required))

    honest = {"licence": "CC0-1.0", "language": "en", "source": "the keeper's own notebook"}
    assert richness(dict.fromkeys(required, "x")) == richness(dict.fromkeys(required, "Good data.")) == 1
    assert richness(honest) == Fraction(1, 2)


def test_e_002_27_a_text_offered_a_hundred_times_with_a_word_exchanged_is_as_new_as_once_and_diverse():
    similarity = Fraction(1, 5)  # of every sentence to the reference, which holds none of them

    def novelty(documents):
        return 1 - Fraction(sum(similarity for _ in range(documents)), documents)

    assert novelty(1) == novelty(100)
    assert gini_simpson([Fraction(2, 100)] * 50) == Fraction(98, 100)
    text = ["a", "hive", "in", "spring", "needs", "room", "and", "stores"]
    offered = {" ".join([*text[: i % 8], str(i), *text[i % 8 + 1 :]]) for i in range(100)}
    assert len(offered) == 100  # no two are the same byte by byte


# -- impact: sections 4.1 and 7.4, appendix D -----------------------------------------------------------------------


def marginal_gains(accuracy):
    """MarginalGain_i = Acc(D) - Acc(D without D_i) for two datasets."""
    return accuracy["both"] - accuracy["second"], accuracy["both"] - accuracy["first"]


def test_e_002_09_impact_shares_may_be_negative_above_one_or_undefined():
    percent = {"first": 61, "second": 58, "both": 60}
    gains = marginal_gains(percent)
    assert [Fraction(gain, sum(gains)) for gain in gains] == [2, -1]
    assert sum(marginal_gains({"first": 60, "second": 60, "both": 60})) == 0, "two copies: 0 / 0"


def test_e_002_09_a_harmful_dataset_is_ranked_before_every_helpful_one():
    assert winners([1, 1], [Fraction(1, 2), Fraction(-1, 2)], 1) == {1}


def test_e_002_09_rescaling_gives_a_useless_dataset_half_marks_beside_a_harmful_one():
    gains = [1, 0, -1]
    low, high = min(gains), max(gains)
    rescaled = [max(Fraction(1, 1000), Fraction(gain - low, high - low)) for gain in gains]
    assert rescaled == [1, Fraction(1, 2), Fraction(1, 1000)]


# -- copies: sections 6.1 and 6.3 -----------------------------------------------------------------------------------


def shapley(value, players):
    """The average marginal contribution of each player over all orders."""
    total = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order in orders:
        for place, player in enumerate(order):
            total[player] += value({*order[: place + 1]}) - value({*order[:place]})
    return {player: share / len(orders) for player, share in total.items()}


def enough_to_have_one(players):
    """Two texts that teach the same: either one, or a copy of it, is worth as much as all together."""
    return 1 if players else 0


def test_e_002_10_a_second_copy_takes_shares_from_the_others():
    assert shapley(enough_to_have_one, ["ada", "bo"]) == {"ada": Fraction(1, 2), "bo": Fraction(1, 2)}
    with_copy = shapley(enough_to_have_one, ["ada", "ada's copy", "bo"])
    assert with_copy["ada"] + with_copy["ada's copy"] == Fraction(2, 3)


def test_e_002_10_a_copy_makes_the_original_worthless_where_gains_are_left_one_out():
    def gains(players):
        return [value_of(players) - value_of([*players[:i], *players[i + 1 :]]) for i in range(len(players))]

    def value_of(players):
        return len(set(players))

    assert gains(["a", "b"]) == [1, 1]
    assert gains(["a", "a", "b"]) == [0, 0, 1]


# -- what Evenhand does on the same markets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("costs", "worth", "budget", "payments"),
    [
        pytest.param([3], [1], 10, [10], id="e_002_01"),
        pytest.param([1, 1], [1, 1], 100, [50, 50], id="e_002_02"),
        pytest.param([101, 50], [1000, 100], 100, [0, 100], id="e_002_03"),
        pytest.param([50, 1], [1, 1], 100, [50, 50], id="e_002_04"),
        pytest.param([1, 1], [1, 0], 1, [1, 0], id="e_002_09"),
    ],
)
def test_the_corrected_rule_pays_at_least_the_cost_and_at_most_the_budget(costs, worth, budget, payments):
    outcome = MECHANISMS["proportional_share"].run(ExactProcurement(worth, budget, whole=True), costs)
    assert outcome.cash.tolist() == payments
    assert (outcome.utility(costs) >= 0).all()
    assert outcome.cash.sum() <= budget
