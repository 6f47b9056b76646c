"""What comes of many rounds, in which a seller who is paid too little may leave? [FairShare25, repeated markets]

In theory, for one buyer and one seller:

participation.py  how likely a seller is to stay, by what is paid of the ideal price; your own functions too
staying.py        how likely a seller is to be still there after some periods
discounting.py    what comes later, added up; t*, the last period by whose end a sum is not above 0
horizon.py        after how many periods the ideal price has paid off, against a given way to pay less
bellman.py        what a market that goes on for ever is worth to a buyer, and whether the ideal price is best in it

Simulated, for any number of both, in many replications at once:

setting.py        who trades, for how long, and who stays; the paper's markets as we read them
memory.py         how much memory that takes, and what is too large
periods.py        what each period brings, drawn from streams that do not depend on each other
buying.py         how buyers decide as sellers arrive
regimes.py        at what prices: fairshare, reduced, random, current, or your own
repeated.py       READ FIRST: the market, period after period
summary.py        means with bands, totals, and t*: until when paying less has paid off

And what the paper does not ask:

threshold_map.py  t* over participation functions and discount factors
surplus.py        who gets what data is worth, by regime and number of buyers
fairness.py       order dependence, envy, truthfulness and budget of posted prices, beside auctions
measures.py       how each of these is measured
auctions.py       the same repeated market, buying by a truthful auction at private costs
by_budget.py      who is better off under which regime, and at which budget

checks.py         what is refused, everywhere in this folder
"""

from evenhand.simulation.auctions import auction
from evenhand.simulation.bellman import (
    Distribution,
    Value,
    assumption_2,
    assumptions,
    ideal_price_is_best,
    value,
    value_of_path,
)
from evenhand.simulation.by_budget import AtBudget, by_budget
from evenhand.simulation.fairness import fairness_table
from evenhand.simulation.horizon import (
    Horizon,
    advantages,
    cumulative_net_utility,
    falls_with_discount,
    horizon,
    single_crossing,
)
from evenhand.simulation.measures import Fairness
from evenhand.simulation.participation import PARTICIPATION, Participation, assumption_1, exponential, own
from evenhand.simulation.periods import UTILITIES
from evenhand.simulation.regimes import REGIMES, Regime, current, posted, reduced
from evenhand.simulation.repeated import History, compare, simulate
from evenhand.simulation.setting import MARKETS, RepeatedMarket
from evenhand.simulation.summary import Band, Summary, Threshold, Total, summarise, threshold, thresholds, total
from evenhand.simulation.surplus import Division, division_of_surplus
from evenhand.simulation.threshold_map import ThresholdMap, threshold_map

__all__ = [
    "MARKETS",
    "PARTICIPATION",
    "REGIMES",
    "UTILITIES",
    "AtBudget",
    "Band",
    "Distribution",
    "Division",
    "Fairness",
    "History",
    "Horizon",
    "Participation",
    "Regime",
    "RepeatedMarket",
    "Summary",
    "Threshold",
    "ThresholdMap",
    "Total",
    "Value",
    "advantages",
    "assumption_1",
    "assumption_2",
    "assumptions",
    "auction",
    "by_budget",
    "compare",
    "cumulative_net_utility",
    "current",
    "division_of_surplus",
    "exponential",
    "fairness_table",
    "falls_with_discount",
    "horizon",
    "ideal_price_is_best",
    "own",
    "posted",
    "reduced",
    "simulate",
    "single_crossing",
    "summarise",
    "threshold",
    "threshold_map",
    "thresholds",
    "total",
    "value",
    "value_of_path",
]
