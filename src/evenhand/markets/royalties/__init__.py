"""Who sells, when buyers pay with a part of what their models earn? The royalty model [FairShare25, section 3].

A seller posts a rate, a buyer pays the sum of the rates of what they take, in parts of the value of the model, so there
is no budget to keep to and nothing to pay before something is earned. A buyer has a largest rate instead.

exactness.py     which numbers are exact, and how far floats are trusted
checks.py        what is a rate, an amount, a seller or a bundle, and what is refused
buyers.py        which bundle a buyer takes, and what it leaves them
envelope.py      up to which rate of one seller a buyer takes which bundle: the upper envelope, exactly
staircase.py     what a buyer takes at one rate, from the envelope
rate.py          the rate at which a seller earns most from all buyers, exactly
own_rate.py      a rate function of your own, and what a buyer takes under it at one rate
halving.py       the best rate under it, to a tolerance that is proved
as_published.py  the rates at which the paper looks for it, and misses it
arrival.py       sellers who arrive one after the other, each setting a rate once
division.py      what a use earned, divided among its datasets to the last minor unit
"""

from evenhand.markets.royalties.arrival import Again, SequentialRates, sequential_rates
from evenhand.markets.royalties.buyers import RoyaltyBuyer, tabulated
from evenhand.markets.royalties.division import Royalty, royalty
from evenhand.markets.royalties.halving import best_own_rate
from evenhand.markets.royalties.own_rate import OwnRate
from evenhand.markets.royalties.rate import BestRate, best_rate, royalty_revenue

__all__ = [
    "Again",
    "BestRate",
    "OwnRate",
    "Royalty",
    "RoyaltyBuyer",
    "SequentialRates",
    "best_own_rate",
    "best_rate",
    "royalty",
    "royalty_revenue",
    "sequential_rates",
    "tabulated",
]
