"""What is data sold for when every seller posts one price, and every buyer takes it or leaves it? [FairShare25]

Read in this order:

bundles.py        what a bundle is worth to a buyer: additive, or in pairs
set_functions.py  the same for any set function
exactness.py      which sums are exact, and which amounts are equal
value_maps.py     from a valuation's score to money: linear, tiers, zero-one, several tasks
sale.py           what is on sale, how ties are decided, which method suits
  knapsack.py       additive utilities, whole money: dynamic programming
  enumeration.py    any utility, up to 20 datasets
  partial_bundles.py  additive and pairwise utilities, whole, each dataset interacting with few
    growth.py         how bundles are grown, and which are dropped on the way
  programme.py      additive and pairwise utilities, any number
    certain.py        which bundle is certainly the best
      dense.py          how bundles are grown where any two datasets may interact
      shares.py         what bounds best what is still to come
    solved.py         what HiGHS finds, and when it may be taken at its word
      solver.py         how a choice is put to it
  greedy.py         any utility, any number: a bound
buyers.py         what a buyer buys
willingness.py    what a buyer would pay at most for one dataset
prices.py         what a seller asks
mindful.py        what a buyer need not be asked again
arrival.py        sellers who arrive one after another and price once
repricing.py      sellers who price again: fixed points and cycles
checks.py         what is an amount of money, a dataset or a utility, and what is refused
"""

from evenhand.markets.posted.arrival import SequentialPrices, sequential_prices
from evenhand.markets.posted.bundles import Additive, Pairwise
from evenhand.markets.posted.buyers import Buyer, net_utility, purchase
from evenhand.markets.posted.prices import (
    PAPER_GRID,
    PostedPrice,
    PostedPrices,
    posted_price,
    posted_prices,
    prior_prices,
)
from evenhand.markets.posted.repricing import Repricing, reprice
from evenhand.markets.posted.sale import Purchase
from evenhand.markets.posted.set_functions import OfMasks
from evenhand.markets.posted.value_maps import linear, tasks, tiers, zero_one
from evenhand.markets.posted.willingness import (
    every_willingness_to_pay,
    maximum_willingness_to_pay,
    maximum_willingness_to_pay_as_published,
)

__all__ = [
    "PAPER_GRID",
    "Additive",
    "Buyer",
    "OfMasks",
    "Pairwise",
    "PostedPrice",
    "PostedPrices",
    "Purchase",
    "Repricing",
    "SequentialPrices",
    "every_willingness_to_pay",
    "linear",
    "maximum_willingness_to_pay",
    "maximum_willingness_to_pay_as_published",
    "net_utility",
    "posted_price",
    "posted_prices",
    "prior_prices",
    "purchase",
    "reprice",
    "sequential_prices",
    "tasks",
    "tiers",
    "zero_one",
]
