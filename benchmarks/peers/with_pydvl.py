"""Estimate the game's Shapley values with pyDVL; run by ../how_fast_is_shapley.py in an environment of its own."""

import logging
import sys

import numpy as np
from game import Game, by_plain_numpy, measure
from pydvl.valuation import (
    AntitheticPermutationSampler,
    MaxSamples,
    PermutationSampler,
    RelativeTruncation,
    ShapleyValuation,
)
from pydvl.valuation.games import DummyGameDataset
from pydvl.valuation.utility.base import UtilityBase

logging.disable(logging.WARNING)


class Worth(UtilityBase):
    """The game as pyDVL asks for it: one coalition at a time."""

    def __init__(self, game):
        self.game = game

    def __call__(self, sample):
        if sample is None or not len(sample.subset):
            return 0.0
        inside = np.zeros(self.game.sellers, dtype=bool)
        inside[sample.subset] = True
        return float(self.game(inside)[0])


def by(kind, truncation=None):
    def estimate(game, budget, seed):
        sampler = kind(seed=seed, truncation=truncation and truncation())
        stop = MaxSamples(sampler, max(2, budget // game.sellers))
        valuation = ShapleyValuation(Worth(game), sampler, stop, progress=False)
        valuation.fit(DummyGameDataset(game.sellers))
        return valuation.result.values[np.argsort(valuation.result.indices)]

    return estimate


measure(
    Game(sys.argv[1]),
    {
        "plain NumPy, orders": by_plain_numpy,
        "PermutationSampler": by(PermutationSampler),
        "AntitheticPermutationSampler": by(AntitheticPermutationSampler),
        "PermutationSampler, truncated at 1 %": by(PermutationSampler, lambda: RelativeTruncation(rtol=0.01)),
    },
)
