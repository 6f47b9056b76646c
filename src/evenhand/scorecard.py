"""What can be said of one dataset before it is offered? Its quality, and to a given buyer its value."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from evenhand import datasets, quality, valuation
from evenhand.records import MEASURES, MILLION, Call, Dataset, Manifest, Scores, Watch, in_millionths, unwatched

EVEN_WEIGHTS = dict.fromkeys(MEASURES, MILLION // len(MEASURES))


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """The measures of one dataset, in millionths."""

    manifest: Manifest
    scores: Scores
    quality: int
    weights: dict[str, int]
    as_of: str
    value: int | None
    """V of this dataset alone, in millionths of the buyer's bits; None without a call."""


def score(
    dataset: Dataset,
    *,
    metadata: dict[str, str],
    as_of: date,
    call: Call | None = None,
    learner: Any = None,
    watch: Watch = unwatched,
) -> ScoreCard:
    """Measure one dataset.

    Args:
        dataset: the documents.
        metadata: what is said of the dataset as a whole.
        as_of: the day on which recency is judged.
        call: a buyer's call, for its weights, its reference and the value to that buyer.
        learner: of the call; needed with one.
        watch: told of the progress.
    """
    watch("read", 0, 1)
    manifest = datasets.describe(dataset)
    watch("read", 1, 1)
    reference = quality.read_reference(call.reference) if call and call.reference else None
    watch("quality", 0, 1)
    scores = quality.measure(dataset, metadata, as_of=as_of, reference=reference, where="dataset")
    watch("quality", 1, 1)
    weights = in_millionths(call.weights) if call else EVEN_WEIGHTS
    value = _value(dataset, call, learner, watch) if call else None
    return ScoreCard(manifest, scores, quality.combine(scores, weights), weights, as_of.isoformat(), value)


def _value(dataset: Dataset, call: Call, learner: Any, watch: Watch) -> int:
    game = valuation.game_of(learner, [dataset], call, watch)
    alone = valuation.evaluate(game, ((0,),), method="leave_one_out", permutations=call.permutations, seed=call.seed)
    return alone.values[1]
