"""Several rules on one market."""

import numpy as np
import pytest

from evenhand import payments
from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets import MeanEstimation
from evenhand.payments.table import RULES


def market():
    rng = np.random.default_rng(1)
    return MeanEstimation(rng.normal(size=(2, 3)), rng.normal(size=(4, 3)), rng.uniform(0.1, 1, 4)), np.arange(1.0, 5.0)


def test_the_table_says_what_each_rule_says_alone():
    table = payments.table(*market())
    assert list(table) == ["direct", "leave_one_out", "shapley", "threshold", "vcg"]
    for rule, paid in table.items():
        np.testing.assert_array_equal(paid, getattr(payments, rule)(*market()))


def test_only_the_rules_that_are_asked_for_are_worked_out():
    data = MeanEstimation(np.ones((1, 2)), np.ones((30, 2)), np.ones(30))  # 30 sellers are too many for Shapley
    assert list(payments.table(data, np.ones(30), ["vcg", "direct"])) == ["vcg", "direct"]


def test_the_market_is_solved_once_for_all_rules(monkeypatch):
    class Counted:
        asked = 0

        def allocate(self, costs):
            Counted.asked += 1
            return market()[0].allocate(costs)

    payments.table(Counted(), market()[1], ["direct", "vcg", "leave_one_out"])
    assert Counted.asked == 1 + 4
    assert SolvedAgain(Counted(), market()[1]).allocation.whole is False


def test_every_unknown_rule_is_named():
    with pytest.raises(OfferError) as refused:
        payments.table(*market(), ["vgc", "direct", "shaply"])
    assert [problem.where for problem in refused.value.problems] == ["rules[0]", "rules[2]"]
    assert 'Did you mean "shapley"?' in str(refused.value)
    assert set(RULES) >= {"direct", "vcg"}
