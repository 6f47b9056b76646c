from hypothesis import given, settings

from evenhand.markets.procurement import proportional_share
from evenhand.reports.places import best_place
from evenhand.reports.rows import rows
from tests.units.reports.outcomes import ROUNDS, cleared


def losers(outcome):
    return [row for row in rows(outcome) if row.decision.worth and not row.decision.selected]


@settings(max_examples=500, deadline=None)
@given(ROUNDS)
def test_the_best_place_gives_the_highest_winning_report_of_every_loser(drawn):
    costs, worth, budget = drawn
    outcome = cleared(costs, worth, budget)
    by_rule = [limit and limit.whole for limit in proportional_share.limits(costs, worth, budget)]
    for row in losers(outcome):
        found = best_place(rows(outcome), row, budget).report
        assert found == row.decision.highest_winning_minor == by_rule[row.index]


def test_behind_all_winners_the_next_is_the_first_other_loser():
    outcome = cleared([3, 4, 9], [1, 1, 1], 10)
    (last,) = losers(outcome)
    place = best_place(rows(outcome), last, 10)
    assert (place.ahead, place.room, place.next.offer.seller, place.before_next) == (1, 5, "s01", 3)
    two = cleared([3, 6, 9], [1, 1, 1], 10)
    place = best_place(rows(two), losers(two)[0], 10)
    assert (place.ahead, place.room, place.next.offer.seller, place.before_next) == (1, 5, "s02", 9)


def test_a_tie_goes_to_the_earlier_seller():
    found = {}
    for costs in ([4, 5, 5], [5, 4, 5]):
        outcome = cleared(costs, [1, 1, 1], 8)
        for row in losers(outcome):
            place = best_place(rows(outcome), row, 8)
            found[tuple(costs), row.index] = (place.next.index, place.before_next, place.tie_lost, place.report)
    assert found == {
        ((4, 5, 5), 1): (2, 5, False, 4),
        ((4, 5, 5), 2): (1, 4, True, 4),
        ((5, 4, 5), 0): (1, 4, False, 4),
        ((5, 4, 5), 2): (0, 4, True, 4),
    }


def test_a_place_ahead_of_winners_can_be_the_best():
    outcome = cleared([1, 4, 9], [1, 1, 2], 10)
    (row,) = losers(outcome)
    place = best_place(rows(outcome), row, 10)
    assert (place.ahead, place.room, place.before_next, place.report) == (1, 6, 7, 6)
