"""Small rounds in memory for the tests: real text, a learner that counts, the round itself."""

from datetime import date

import numpy as np

from evenhand.money import Money
from evenhand.records import Call, Dataset, Offer

AS_OF = date(2026, 1, 1)
VALIDATION = ["A hive in spring needs room and stores.", "Bees fly when the willow blooms."]
TEXTS = {
    "ada": ["Check the hive for stores in early spring.", "Give the bees room before the willow blooms."],
    "bea": ["A swarm leaves the hive in May.", "Smoke calms the bees for a while.", "Wax builders need warmth."],
    "cyd": ["The train to the coast leaves at nine."],
}
COSTS = {"ada": 3_000, "bea": 4_500, "cyd": 2_500}


class Vocabulary:
    """A learner for tests: the fraction of the validation's words that a coalition has seen."""

    def settings(self):
        return {"name": "vocabulary", "version": 1}

    def game(self, datasets, *, validation, seed_text, rng, watch=None):
        wanted = words(validation)
        known = [wanted & words(dataset) for dataset in datasets]

        def value(masks):
            seen = [set().union(*(known[i] for i in np.flatnonzero(mask))) for mask in masks]
            return np.array([len(s) / len(wanted) for s in seen])

        return value


def words(dataset):
    return {word.strip(".").lower() for document in dataset for word in document.text.split()}


def a_call(**changes):
    terms = {"name": "test", "budget": Money(10_000, "EUR"), "validation": Dataset.of(VALIDATION), "as_of": AS_OF}
    return Call(**{**terms, **changes})


def offers(texts=TEXTS, costs=COSTS):
    return [Offer(name, Dataset.of(texts[name]), Money(costs[name], "EUR"), {"licence": "MIT"}) for name in texts]
