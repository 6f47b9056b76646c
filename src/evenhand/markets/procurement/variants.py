"""What is a market under another rule, or with another budget? A copy, on floats or exact as it is."""

from copy import copy
from typing import Any, Protocol, TypeVar

from evenhand.errors import refuse
from evenhand.markets.procurement import checks
from evenhand.numerics import Number

ADDITIVE, REDUNDANT = "proportional_share", "clock"
"""The rules that are taken where none is named: for worth that adds up, and for values of sets."""


class _Procurement(Protocol):
    worth: Any
    budget: Number
    rule: str


M = TypeVar("M", bound=_Procurement)


def under(market: M, rule: str) -> M:
    """Give the market under another rule.

    Raises:
        OfferError: there is no such rule, or it does not go with these goods.
    """
    if rule == market.rule:
        return market
    problems = checks.rule(rule, redundant=market.worth is None)
    refuse(problems)
    other = copy(market)
    other.rule = rule
    other.__dict__.pop("_goods", None)  # they were worked out for the rule before
    return other


def spending(market: M, budget: Number) -> M:
    """Give the market with another budget; there is no rule for one of 0, so gifts are taken then."""
    other = copy(market if budget else under(market, "gifts"))
    other.budget = budget
    return other
