"""What would a buyer pay at most for one dataset, beside those on sale? [FairShare25, Lemma 2, Algorithm 1]

With g~ the best net utility without it, a buyer buys dataset e at price p when some bundle x of the others satisfies
u(x + e) - x.p' - p >= g~ and x.p' + p <= b. So there is a highest such price, the maximum willingness to pay,

    MWP = max over affordable x of min(u(x + e) - x.p' - g~, b - x.p'),

and the buyer buys at every price up to it. The maximum is over all affordable x, the empty one included, whether or not
x alone is worth its price: data may be useless alone and complete what is sold. The budget is that of x itself: for the
new dataset a buyer may drop an old one, which frees its price. At p = MWP the buyer is indifferent, and the tie goes to
the seller; with a strict inequality no highest price exists. A negative MWP means never.

The paper prints two other rules. Equations 36 and 37 take the budget that the old purchase leaves (E-001-02). Algorithm
1 has the budget right, but tries only bundles that were worth their price alone (E-001-10), and is strict (E-001-01).
"""

from math import inf
from typing import Any

import numpy as np

from evenhand.errors import Problem, refuse
from evenhand.markets.posted.bundles import Utility, subset_sums
from evenhand.markets.posted.buyers import demand, fitting
from evenhand.markets.posted.checks import amount, amounts, index
from evenhand.markets.posted.enumeration import Enumerated, within
from evenhand.markets.posted.exactness import Number
from evenhand.markets.posted.knapsack import Knapsack
from evenhand.markets.posted.sale import Demand, Sale, on_sale, whole_money


def maximum_willingness_to_pay(utility: Any, prices: Any, budget: Any, item: int) -> Number:
    """Give the highest price at which a buyer buys one dataset; below 0 if at none.

        MWP = max over affordable x of min(u(x + e) - x.p - g~, b - x.p)      [FairShare25, Lemma 2 and Algorithm 1]

    where e is the dataset, x any bundle of the others and g~ the best net utility without e.

    Args:
        utility: what a bundle is worth, money: a function of sorted tuples of dataset indices, a mapping from them,
            `Additive`, `Pairwise` or `OfMasks`.
        prices: (n - 1,) the prices of the datasets already on sale, 0 or more, in the order of their indices with
            `item` skipped; inf for one that is not on sale.
        budget: money, 0 or more; inf for no limit.
        item: the index of the dataset, 0 to n - 1.

    Returns:
        Money: an integer where utilities, prices and budget are, and then exact; else a float.

    Raises:
        OfferError: a price, the budget, the item or a utility is out of bounds, a bundle is missing in a mapping, or
            there are more than 20 datasets and the utility neither adds up nor interacts in pairs.

    The buyer has bought dataset 0 for 9 of a budget of 10, and would drop it for dataset 1 at a price up to 7:
        >>> maximum_willingness_to_pay({(0,): 10, (1,): 8, (0, 1): 10.5}, prices=[9], budget=10, item=1)
        7.0
    """
    decide, asked, place = _beside_others(utility, prices, budget, item)
    return decide.willingness(asked, place)


def every_willingness_to_pay(utility: Any, prices: Any, budget: Any) -> list[Number]:
    """Give the maximum willingness to pay for each dataset, the others on sale at their prices.

    For additive utilities and whole money all are worked out together: n log n passes over one row (knapsack.py).

    Args:
        utility, budget: as for `maximum_willingness_to_pay`.
        prices: (n,) money; inf for a dataset that is not on sale, which is asked about all the same.

    Returns:
        (n,) money; each does not depend on the dataset's own price.

    Raises:
        OfferError: as for `maximum_willingness_to_pay`.

    >>> from evenhand.markets.posted import Additive
    >>> every_willingness_to_pay(Additive([10, 8, 3]), prices=[9, 6, 1], budget=10)
    [8, 7, 3]
    """
    problems: list[Problem] = []
    asked, limit = amounts("prices", prices, problems), amount("budget", budget, problems)
    known = fitting(utility, len(asked), problems)
    refuse(problems)
    decide = _demand(known, asked, limit)
    items = range(len(asked))
    return decide.each(asked, items) if isinstance(decide, Knapsack) else [decide.willingness(asked, i) for i in items]


def maximum_willingness_to_pay_as_published(utility: Any, prices: Any, budget: Any, item: int) -> Number:
    """Give what the text of [FairShare25] says a buyer would pay at most: sometimes too little, sometimes too much.

        MWP = max over x in X of min(u(x + e) - x.p - g~, b - x~.p)      [FairShare25, Lemma 2, eqs. 36-37]

    with X the affordable bundles that are worth their price, and the budget that the OLD purchase x~ leaves. Dropping
    an old dataset frees no money here, and a dearer x than x~ costs none. Kept with its counterexamples in
    docs/errata.md. Enumerates: up to 20 datasets; arguments as for `maximum_willingness_to_pay`.

    >>> maximum_willingness_to_pay_as_published({(0,): 10, (1,): 8, (0, 1): 10.5}, prices=[9], budget=10, item=1)
    1.0
    """
    decide, asked, place = _beside_others(utility, prices, budget, item, enumerated=True)
    assert isinstance(decide, Enumerated)
    limit = decide.sale.budget
    here, others = on_sale(decide.sale.ids, asked, without=place)
    without, with_item = decide.pair(here, place)
    spent = subset_sums(others)
    net = without - spent
    allowed = within(spent, limit, others) & (net >= without[0])
    highest = (with_item - spent - net[allowed].max())[allowed]
    if limit < inf:
        alone = [inf if dataset == place else price for dataset, price in enumerate(asked)]
        highest = np.minimum(highest, limit - decide.purchase(alone).spent)
    best: Number = highest.max().item()
    return best


def _beside_others(
    utility: Any, prices: Any, budget: Any, item: Any, enumerated: bool = False
) -> tuple[Demand, list[Number], int]:
    """Check, and put the item among the others, at no price yet."""
    problems: list[Problem] = []
    others, limit = amounts("prices", prices, problems), amount("budget", budget, problems)
    place = index("item", item, len(others) + 1, problems)
    known = fitting(utility, len(others) + 1, problems)
    refuse(problems)
    asked = [*others[:place], inf, *others[place:]]
    return _demand(known, asked, limit, place, enumerated), asked, place


def _demand(
    utility: Utility, asked: list[Number], limit: Number, place: int | None = None, enumerated: bool = False
) -> Demand:
    """Prepare to decide about what is on sale and what is asked about."""
    n = len(asked)
    ids = [dataset for dataset in range(n) if place is None or dataset == place or asked[dataset] < inf]
    whole, spend_max = whole_money([limit, *asked]), sum(price for price in asked if price < inf)
    if not enumerated:
        return demand(utility, n, ids, limit, whole=whole, spend_max=spend_max)
    sale = Sale(utility, n, tuple(ids), limit, whole, spend_max)
    problem = Enumerated.unsuited(sale)
    refuse([problem] if problem else [])
    return Enumerated(sale)
