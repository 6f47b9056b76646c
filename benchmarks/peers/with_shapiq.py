"""Estimate the game's Shapley values with shapiq; run by ../how_fast_is_shapley.py in an environment of its own."""

import sys

from game import Game, by_plain_numpy, measure
from shapiq import ExactComputer
from shapiq.approximator import SVARM, KernelSHAP, PermutationSamplingSV, UnbiasedKernelSHAP


def by(approximator, **options):
    def estimate(game, budget, seed):
        found = approximator(n=game.sellers, random_state=seed).approximate(budget, game, **options)
        return found.get_n_order_values(1)

    return estimate


def exactly(game, budget, seed):
    return ExactComputer(game, n_players=game.sellers)("SV").get_n_order_values(1)


measure(
    Game(sys.argv[1]),
    {
        "plain NumPy, orders": by_plain_numpy,
        "PermutationSamplingSV": by(PermutationSamplingSV, batch_size=64),
        "KernelSHAP": by(KernelSHAP),
        "UnbiasedKernelSHAP": by(UnbiasedKernelSHAP),
        "SVARM": by(SVARM),
        "ExactComputer, all coalitions": exactly,
    },
)
