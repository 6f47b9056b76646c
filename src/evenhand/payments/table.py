"""What would each rule pay? Several rules on one market, sharing their work."""

from collections.abc import Callable, Sequence
from typing import Any

from evenhand.errors import OfferError, unknown
from evenhand.market import Clearing, Market, clearing
from evenhand.payments.direct import reimbursed
from evenhand.payments.leave_one_out import lost_value
from evenhand.payments.shapley import average_contribution
from evenhand.payments.threshold import highest_asked
from evenhand.payments.vcg import added_to_others
from evenhand.records import Array

RULES: dict[str, Callable[[Clearing], Array]] = {
    "direct": reimbursed,
    "leave_one_out": lost_value,
    "shapley": average_contribution,
    "threshold": highest_asked,
    "vcg": added_to_others,
}
"""name -> payments on a market that is cleared already."""


def table(market: Market, costs: Any, rules: Sequence[str] = tuple(RULES)) -> dict[str, Array]:
    """Give what each of several rules would pay; the market is cleared once for all of them.

    Args:
        market: who sells how much at which reports.
        costs: (sellers,) reports, 0 or more; inf for a seller who stays away.
        rules: keys of `RULES`.

    Raises:
        OfferError: a rule is not known, a report is out of bounds, or a rule refuses the market.

    >>> from evenhand.markets import Procurement
    >>> table(Procurement([1.0, 1.0], 10.0), [3.0, 4.0], ["direct", "threshold"])
    {'direct': array([3., 4.]), 'threshold': array([5., 5.])}
    """
    strange = [unknown(f"rules[{i}]", rule, RULES) for i, rule in enumerate(rules) if rule not in RULES]
    if strange:
        raise OfferError(strange)
    cleared = clearing(market, costs)
    return {rule: RULES[rule](cleared) for rule in rules}
