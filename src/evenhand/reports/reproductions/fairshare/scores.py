"""What is one text worth to a model? What it saves of the bits of texts that are not on sale, by the n-gram learner.

The paper's scores are dot products of the gradients of language models; here a model is an n-gram model that has read
nothing before, and a text's score is V({text}), the part of the bits of the validation texts that it saves
(learners/ngram). As in the paper scores are brought to [0, 1]: divided by the highest, and 0 where a text misleads.
"""

import numpy as np

from evenhand.learners.ngram import NGram
from evenhand.records import Array, Dataset
from evenhand.reports.notation import points
from evenhand.reports.reproductions.fairshare.questions import questions

MODELS = {"trigrams": 3, "bigrams": 2, "words": 1}
"""what stands for the paper's three language models -> the longest n-gram, in words."""


def scores(task: str, model: str, *, on_sale: int, validation: int, seed: int) -> Array:
    """Value texts one by one.

    Args:
        task: a key of `TASKS`.
        model: a key of `MODELS`.
        on_sale, validation: how many texts each.
        seed: of the texts.

    Returns:
        (on_sale,) from 0 to 1, to ten digits.

    >>> scores("housekeeping", "trigrams", on_sale=4, validation=20, seed=0).round(2)
    array([0.61, 0.87, 1.  , 0.98])
    """
    texts = questions(task, on_sale + validation, seed=seed)
    game = NGram(order=MODELS[model], seen_min=1).game(
        [Dataset.of([text]) for text in texts[:on_sale]],
        validation=Dataset.of(texts[on_sale:]),
        seed_text=None,
        rng=np.random.default_rng(seed),
    )
    alone = np.maximum(game(np.eye(on_sale, dtype=np.bool_)), 0.0)
    return np.array(points(alone / alone.max()))
