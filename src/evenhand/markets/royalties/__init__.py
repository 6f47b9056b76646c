"""Who sells, when buyers pay with a part of what their models earn? The royalty model [FairShare25, section 3].

A seller posts a rate, a buyer pays the sum of the rates of what they take, in parts of the value of the model, so there
is no budget to keep to and nothing to pay before something is earned. A buyer has a largest rate instead.

exactness.py     which numbers are exact, and how far floats are trusted
checks.py        what is a rate, an amount, a seller or a bundle, and what is refused
buyers.py        which bundle a buyer takes, and what it leaves them
envelope.py      up to which rate of one seller a buyer takes which bundle: the upper envelope, exactly
staircase.py     what a buyer takes at one rate, from the envelope
best_rate.py     the rate at which a seller earns most from all buyers, exactly
own_rate.py      the same under a rate function of your own, to a tolerance that is proved
as_published.py  the rates at which the paper looks for it, and misses it
arrival.py       sellers who arrive one after the other, each setting a rate once
division.py      what a use earned, divided among its datasets to the last minor unit
"""

from evenhand.markets.royalties.arrival import Again, SequentialRates, sequential_rates
from evenhand.markets.royalties.best_rate import BestRoyalty, best_royalty, royalty_revenue
from evenhand.markets.royalties.buyers import RoyaltyBuyer, tabulated
from evenhand.markets.royalties.division import Royalty, royalty
from evenhand.markets.royalties.own_rate import OwnRate, best_own_royalty

__all__ = [
    "Again",
    "BestRoyalty",
    "OwnRate",
    "Royalty",
    "RoyaltyBuyer",
    "SequentialRates",
    "best_own_royalty",
    "best_royalty",
    "royalty",
    "royalty_revenue",
    "sequential_rates",
    "tabulated",
]
