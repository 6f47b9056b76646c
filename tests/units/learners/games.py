"""A learner's game on texts in memory, and every coalition of so many players."""

import numpy as np

from evenhand.records import Dataset


def play(learner, datasets, validation, seed=None, rng=0):
    return learner.game(
        [Dataset.of(texts) for texts in datasets],
        validation=Dataset.of(validation),
        seed_text=None if seed is None else Dataset.of(seed),
        rng=np.random.default_rng(rng),
    )


def coalitions(players):
    return np.arange(2**players)[:, None] >> np.arange(players) & 1 == 1
