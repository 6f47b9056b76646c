"""What is a dataset worth to this buyer?

players.py  who plays: whole datasets, copies as one, or the documents they are made of
shelf.py    their texts, put aside to be read again
values.py   V(S) of the coalitions a method asks for, from any learner; leave-one-out and Shapley values from them
worth.py    worth = quality^eta (value + kappa)^gamma, exact to the millionth; its regimes by name
"""

from evenhand.valuation.players import UNITS_MAX, pools
from evenhand.valuation.values import (
    METHODS,
    PERMUTATIONS_MAX,
    PERMUTATIONS_MIN,
    VALUE_MAX,
    Learner,
    drawn,
    estimates,
    evaluate,
    expected,
    game_of,
    players_of,
)
from evenhand.valuation.worth import CONCAVE, REGIMES, TERMS_MAX, Regime, worth, worths

__all__ = [
    "CONCAVE",
    "METHODS",
    "PERMUTATIONS_MAX",
    "PERMUTATIONS_MIN",
    "REGIMES",
    "TERMS_MAX",
    "UNITS_MAX",
    "VALUE_MAX",
    "Learner",
    "Regime",
    "drawn",
    "estimates",
    "evaluate",
    "expected",
    "game_of",
    "players_of",
    "pools",
    "worth",
    "worths",
]
