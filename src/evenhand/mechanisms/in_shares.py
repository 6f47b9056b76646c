"""Which mechanisms settle in cash and in shares of what the data will earn, or in shares alone?"""

from fractions import Fraction

from evenhand import payments
from evenhand.markets import ExactProcurement
from evenhand.markets.procurement import hybrids
from evenhand.mechanisms.mechanism import KEPT_BY_GROUPS, Mechanism
from evenhand.payments import as_published

ROWS = (
    Mechanism(
        name="mixed_split",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="Ayyoubzadeh25",
        rule="proportional_share",
        adapted=hybrids.split,
        settle=payments.in_parts,
        unit_price=True,
        told=(
            "buys as proportional share does, with cash and shares together as its budget, and settles each "
            "payment in the same parts of cash and shares."
        ),
        guarantee="Proportional share with the purchasing power of cash and shares, taken at face value.",
    ),
    Mechanism(
        name="mixed_net_cost",
        version=1,
        claims=KEPT_BY_GROUPS,
        source="Ayyoubzadeh25",
        rule="proportional_share",
        adapted=hybrids.net_cost,
        settle=payments.in_parts,
        told=(
            "offers everyone a share of the pool by worth, and buys as proportional share does with the cash, from "
            "what each asks beyond the share offered."
        ),
        guarantee="Whom the shares offered cover is always bought; for the others it is proportional share.",
    ),
    Mechanism(
        name="mixed_as_published",
        version=1,
        claims=(),
        source="Ayyoubzadeh25",
        rule="q_mia",
        pay=as_published.mixed,
        adapted=hybrids.as_published,
        settle=as_published.mixed_in_parts,
        refuted={"truthful": "E-002-11", "rational": "E-002-12", "within_budget": "E-002-13"},
        counterexamples={
            "truthful": (ExactProcurement([1, 1], 10, pool=100, liquidity=Fraction(1, 2)), [1, 8]),
            "rational": (ExactProcurement([1, 1], 10, pool=1, liquidity=Fraction(1, 2)), [4, 5]),
            "within_budget": (ExactProcurement([1, 1], 100, liquidity=Fraction(1), whole=True), [1, 1]),
        },
        told=(
            "buys in the order of cost per worth while the costs fit in the budget, and pays a part of the highest "
            "report that would have sold, and of the pool by worth among those who sell."
        ),
    ),
    Mechanism(
        name="marginal_utility_tokens",
        version=1,
        claims=(*KEPT_BY_GROUPS, "sybil_proof"),
        source="Ayyoubzadeh25",
        rule="gifts",
        adapted=hybrids.share_offers,
        settle=payments.in_parts,
        told="offers everyone a share of the pool by worth, and buys from those who ask no more than that.",
        guarantee=(
            "It pays no cash, and buys what the shares offered cover. Other names gain nothing where the mass that "
            "the pool is divided over is published, and not exceeded."
        ),
    ),
    Mechanism(
        name="marginal_utility_tokens_as_published",
        version=1,
        claims=("within_budget",),
        source="Ayyoubzadeh25",
        rule="everyone",
        pay=as_published.pool_by_worth,
        adapted=hybrids.everyone,
        settle=payments.in_parts,
        refuted={"truthful": "E-002-16", "rational": "E-002-16", "sybil_proof": "E-002-15"},
        counterexamples=dict.fromkeys(
            ("truthful", "rational", "sybil_proof"), (ExactProcurement([1], 20, pool=1, whole=True), [10])
        ),
        told="takes all data of worth, and divides the pool by worth, whatever it costs.",
    ),
)
