"""Who sells how much?

mean_estimation/        buyers estimate their means from sellers' estimates
  overlap.py            its matrix inverted: how much of each seller the others hold already
  coalitions.py         what its coalitions are worth, many at a time
  own_report.py         what moves in it with one seller's report: quantities, values and costs as fractions
mixture/                shares of a training mixture, by its effect on a loss
  line.py               who sells in it and how much: the sellers in line by their effects, and the optimum
  tasks.py              the same for several validation tasks of one buyer
convex.py               your own concave values and convex quantities, written in cvxpy (extra `convex`)
retrieval/              a query buys the documents that add most beyond their cost; many queries at once
  exact.py              the same for one query, on exact numbers: the definition
  source_limits.py      the documents that are left, where each source may contribute only so many
subsets/                a query buys the best set of documents whose values interact; exact twin
  values.py             what each set is worth, asked once
  branch_and_bound.py   its search where there are too many sets to try, with diminishing returns
  distorted_greedy.py   its fast way, truthful with thresholds
procurement/            buying whole datasets under a budget: the market, on floats and exact, and its rules
  policy/               what a buyer adds to a rule: a cap, pools of near-duplicates, a reserve for tagged sellers
posted/                 one price a dataset for all buyers, who buy or do not: what they would pay, what sellers ask
royalties/              buyers pay with a part of what their models earn: the best rate, and a use's revenue divided
trade_reduction.py      buyers and sellers who both report: at most one efficient trade is lost, and no lie pays
"""

from evenhand.markets.convex import Convex
from evenhand.markets.mean_estimation import MeanEstimation
from evenhand.markets.mixture import Mixture
from evenhand.markets.posted import (
    Additive,
    Buyer,
    OfMasks,
    Pairwise,
    PostedPrice,
    PostedPrices,
    Purchase,
    Repricing,
    SequentialPrices,
    every_willingness_to_pay,
    maximum_willingness_to_pay,
    maximum_willingness_to_pay_as_published,
    net_utility,
    posted_price,
    posted_prices,
    purchase,
    reprice,
    sequential_prices,
)
from evenhand.markets.procurement import ExactProcurement, Procurement
from evenhand.markets.procurement.policy import Policy
from evenhand.markets.retrieval import Retrieval
from evenhand.markets.retrieval.exact import ExactRetrieval
from evenhand.markets.royalties import RoyaltyBuyer, best_rate, royalty, sequential_rates
from evenhand.markets.subsets import ExactSubsets, Subsets
from evenhand.markets.trade_reduction import Trades, trade_reduction

__all__ = [
    "Additive",
    "Buyer",
    "Convex",
    "ExactProcurement",
    "ExactRetrieval",
    "ExactSubsets",
    "MeanEstimation",
    "Mixture",
    "OfMasks",
    "Pairwise",
    "Policy",
    "PostedPrice",
    "PostedPrices",
    "Procurement",
    "Purchase",
    "Repricing",
    "Retrieval",
    "RoyaltyBuyer",
    "SequentialPrices",
    "Subsets",
    "Trades",
    "best_rate",
    "every_willingness_to_pay",
    "maximum_willingness_to_pay",
    "maximum_willingness_to_pay_as_published",
    "net_utility",
    "posted_price",
    "posted_prices",
    "purchase",
    "reprice",
    "royalty",
    "sequential_prices",
    "sequential_rates",
    "trade_reduction",
]
