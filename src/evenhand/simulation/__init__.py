"""What comes of many rounds, in which a seller who is paid too little may leave? [FairShare25, repeated markets]

In theory, for one buyer and one seller:

participation.py  how likely a seller is to stay, by what is paid of the ideal price; your own functions too
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
summary.py        means with bands, and t*: until when paying less has paid off

And what the paper does not ask:

threshold_map.py  t* over participation functions and discount factors
surplus.py        who gets what data is worth, by regime and number of buyers
fairness.py       order dependence, envy, truthfulness and budget of posted prices, beside auctions
measures.py       how each of these is measured
procured.py       the same repeated market, buying by a truthful auction at private costs
standing.py       who is better off under which regime, and at which budget

checks.py         what is refused, everywhere in this folder
"""

from evenhand.simulation.fairness import fairness_table
from evenhand.simulation.measures import Fairness
from evenhand.simulation.participation import PARTICIPATION, Participation
from evenhand.simulation.periods import UTILITIES
from evenhand.simulation.procured import procured
from evenhand.simulation.regimes import REGIMES, Regime, current, posted, reduced
from evenhand.simulation.repeated import History, compare, simulate
from evenhand.simulation.setting import MARKETS, RepeatedMarket
from evenhand.simulation.standing import Standing, standings
from evenhand.simulation.summary import Band, Summary, Threshold, summarise, threshold, thresholds
from evenhand.simulation.surplus import Division, division_of_surplus
from evenhand.simulation.threshold_map import ThresholdMap, threshold_map

__all__ = [
    "MARKETS",
    "PARTICIPATION",
    "REGIMES",
    "UTILITIES",
    "Band",
    "Division",
    "Fairness",
    "History",
    "Participation",
    "Regime",
    "RepeatedMarket",
    "Standing",
    "Summary",
    "Threshold",
    "ThresholdMap",
    "compare",
    "current",
    "division_of_surplus",
    "fairness_table",
    "posted",
    "procured",
    "reduced",
    "simulate",
    "standings",
    "summarise",
    "threshold",
    "threshold_map",
    "thresholds",
]
