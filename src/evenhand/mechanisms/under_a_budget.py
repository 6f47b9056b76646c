"""Which mechanisms buy whole datasets under a budget, for cash?"""

from evenhand.markets import ExactProcurement
from evenhand.mechanisms.mechanism import KEPT, KEPT_BY_GROUPS, Mechanism
from evenhand.payments import as_published

NO_VALUE = (
    "No part of the best value is promised: a small offer that comes first can leave too little for a large one "
    "(E-002-03)."
)

TOLD_Q_MIA = (
    "buys in the order of cost per worth for as long as the reported costs fit into the budget; the first offer that "
    "does not fit ends it."
)

TWO_EQUALS = ExactProcurement([1, 1], 100, whole=True), [1, 1]
"""A counterexample that is small enough to check by hand: a market, and the true costs."""


def _published_auction(name: str, told: str, guarantee: str) -> Mechanism:
    """Make a row for a form of the published auction, with the payments that make truth the best report."""
    refuted = {"within_budget": "E-002-02", "weakly_group_strategyproof": "E-002-19"}
    return Mechanism(
        name=name,
        version=1,
        claims=("truthful", "rational"),
        source="Ayyoubzadeh25",
        rule=name,
        refuted=refuted,
        counterexamples=dict.fromkeys(refuted, TWO_EQUALS),
        told=told,
        guarantee=guarantee,
    )


ROWS = (
    Mechanism(
        name="proportional_share",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="Singer10",
        rule="proportional_share",
        unit_price=True,
        told="buys in order of cost per worth while each offer's part of the budget, by worth, covers its cost.",
        guarantee=(
            "Alone it promises no share of the best value: one dataset that dwarfs the rest can be priced out. "
            "In large markets, where no offer matters much, it keeps a constant fraction [Singer10]."
        ),
    ),
    Mechanism(
        name="best_single",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="ChenGravinLu11",
        rule="best_single",
        told="buys the one dataset of largest worth among those whose cost is within the budget, for the budget.",
        guarantee="None where worth is spread over many datasets; rules with a worst case are made of it.",
    ),
    Mechanism(
        name="single_or_share",
        version=1,
        claims=KEPT,
        source="ChenGravinLu11",
        rule="single_or_share",
        told=(
            "buys the dataset of largest worth alone, for the budget, unless all others could be worth 2.414 times "
            "as much; then it buys in the order of cost per worth while each offer's part of the budget, by worth, "
            "covers its cost."
        ),
        guarantee=(
            "At least 1 / (2 + sqrt 2) = 0.29 of the fractional optimum of any market, proved in "
            "markets/procurement/single_or_share.py [ChenGravinLu11]. A group can gain by lies."
        ),
    ),
    Mechanism(
        name="single_or_share_by_lot",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="ChenGravinLu11",
        lots={"best_single": 1, "proportional_share": 2},
        told=(
            "draws a lot before it looks at costs: once in three it buys the dataset of largest worth alone, for "
            "the budget; else it buys in the order of cost per worth while each offer's part of the budget, by "
            "worth, covers its cost."
        ),
        guarantee=(
            "In expectation at least 1/3 of the fractional optimum of any market, proved in "
            "markets/procurement/single_or_share.py [ChenGravinLu11]. No lie gains, whichever way the lot falls."
        ),
    ),
    Mechanism(
        name="prune_and_pack",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="Gravin19",
        rule="prune_and_pack",
        told=(
            "drops the offers that cost most for their worth until what is left, but for its largest, can be paid "
            "at one price per unit of worth, and buys of these by worth alone, largest first, what that price "
            "lets it pay."
        ),
        guarantee=(
            "At least 1/4 of the fractional optimum of any market, proved in "
            "markets/procurement/prune_and_pack.py; a variant of [Gravin19]."
        ),
    ),
    Mechanism(
        name="clock",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="Balkanski22",
        rule="clock",
        told=(
            "offers everyone the budget and lowers the offers in rounds, those least who add most to the others; "
            "who is offered less than their cost leaves; when the offers that are left fit into the budget they "
            "are paid."
        ),
        guarantee=(
            "For any value of sets that never falls. Of worth that adds up, at least 1/8 of the best affordable "
            "set, proved in markets/procurement/clock.py. Of overlapping data no part is promised."
        ),
    ),
    Mechanism(
        name="distorted_greedy",
        version=1,
        claims=("truthful", "rational"),
        source="Harshaw19",
        rule="distorted_greedy",
        refuted={"within_budget": "E-002-02"},
        counterexamples={"within_budget": (ExactProcurement([100, 100], 100, whole=True), [1, 1])},
        told=(
            "goes in as many steps as there are offers within the budget, and in each buys what adds most beyond "
            "its cost, a millionth of worth taken for the smallest unit of money, and all of it at a factor that grows "
            "to 1."
        ),
        guarantee=(
            "For worth in the money of the costs, with diminishing returns: worth less costs is at least "
            "(1 - 1/e) of the value, less the costs, of any set of offers that are each within the budget "
            "[Harshaw19]. The budget is only the highest report that is bought: payments together can exceed it."
        ),
    ),
    _published_auction(
        "q_mia",
        told=TOLD_Q_MIA,
        guarantee=f"{NO_VALUE} One offer above the budget can keep everyone else from selling (E-002-03).",
    ),
    _published_auction(
        "q_mia_affordable",
        told=(
            "leaves out offers above the budget, and buys the others in the order of cost per worth for as long as "
            "the reported costs fit into it; the first that does not fit ends it."
        ),
        guarantee=NO_VALUE,
    ),
    _published_auction(
        "q_mia_skip",
        told="goes through the offers in the order of cost per worth, and buys each that fits into what is left.",
        guarantee=NO_VALUE,
    ),
    Mechanism(
        name="q_mia_as_published",
        version=1,
        claims=("within_budget",),
        source="Ayyoubzadeh25",
        pay=as_published.least_winning_report,
        rule="q_mia",
        refuted={"truthful": "E-002-01", "rational": "E-002-01"},
        counterexamples={"truthful": TWO_EQUALS, "rational": TWO_EQUALS},
        told=TOLD_Q_MIA,
        guarantee="Whoever sells is paid the least report that would have sold, which is 0.",
    ),
)
