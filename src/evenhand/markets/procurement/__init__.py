"""Who sells, when a buyer with a fixed budget buys datasets whole?

Each dataset has a public worth to the buyer and a private cost to its seller; or, where data is redundant, each set of
datasets has a value. A rule of `RULES` selects; with it come the thresholds, from which truthful payments follow. The
same market exists twice: `Procurement` on float arrays, for millions of offers, and `ExactProcurement` on integers or
fractions, which runs rounds and is what is proved about.

floats.py              the market on float arrays
exact.py               the same on integers and fractions
variants.py            a market under another rule, or with another budget
checks.py              what no such market can be made of
rules.py               the table: name -> selection rule
limits.py              up to which report a seller is bought
order.py               offers in the order of cost per worth
prefix.py              offers that come first in that order and fit together, found without sorting all
proportional_share.py  the default: buy while everyone's share of the budget covers the cost
best_single.py         the one affordable dataset of largest worth, for the whole budget
single_or_share.py     one of these two, whichever suits the market: good in the worst case
handicaps.py           worth weighed by lot beforehand: more in the worst case, where no offer matters much
prune_and_pack.py      drop what is dear for its worth, then pack by worth alone: good in the worst case
knapsack.py            the most that the budget could buy, against which rules are measured
q_mia.py               the published auction: buy while the reported costs fit into the budget
q_mia_affordable.py    the same, with offers above the budget left out first
q_mia_skip.py          the same, with offers that do not fit passed over
clock.py               the default for values of sets: prices that only fall, until they fit into the budget
distorted_greedy.py    values of sets in money, bought while they are worth their cost; no budget is kept
marginals.py           what each dataset adds to others
gifts.py               what is asked nothing for: the cash side of a mechanism that pays in shares alone
everyone.py            all that is offered, whatever it costs
hybrids.py             how a market is settled in cash and shares: one threshold in two parts, or a share and cash
settled.py             a market that is settled so, on floats and exact
policy/                what a buyer adds to a rule: a cap, near-duplicates sold as one, a reserve for tagged sellers
"""

from evenhand.markets.procurement.exact import ExactProcurement
from evenhand.markets.procurement.floats import Procurement
from evenhand.markets.procurement.policy import Policy
from evenhand.markets.procurement.rules import RULES, Rule
from evenhand.markets.procurement.variants import ADDITIVE, REDUNDANT

__all__ = ["ADDITIVE", "REDUNDANT", "RULES", "ExactProcurement", "Policy", "Procurement", "Rule"]
