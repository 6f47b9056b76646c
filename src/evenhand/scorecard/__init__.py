"""What can be said of one dataset before it is offered? Its quality, the reasons for it, and its value to a buyer.

    score          the four measures, with the counts that they follow from
    reasons.py     the documents and sentences that pull each of them down, for the owner's own eyes
    likeness.py    what the documents are like that diversity was measured on
    places.py      where a document that is named stands, and how it begins

Reasons quote the owner's text, so they stand in a `ScoreCard` alone and in nothing that a round publishes. The
documents that are named are read once more, and where texts are repeated all are, to find where; all else follows from
what was noted of them (`quality.Looked`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from evenhand import datasets, quality, valuation
from evenhand.errors import Problem, refuse
from evenhand.quality import licence, near_duplicates, novelty, volume
from evenhand.quality.embedding import open_embedding
from evenhand.quality.profiles import Profile
from evenhand.records import (
    MEASURES,
    MILLION,
    Call,
    Dataset,
    Manifest,
    ReferenceFolder,
    Scores,
    Watch,
    in_millionths,
    unwatched,
)
from evenhand.scorecard.reasons import Reasons as Reasons
from evenhand.scorecard.reasons import reasons_of

EVEN_WEIGHTS = dict.fromkeys(MEASURES, MILLION // len(MEASURES))


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """The measures of one dataset, in millionths, and the reasons."""

    manifest: Manifest
    profile: str
    scores: Scores
    quality: int
    weights: dict[str, int]
    as_of: str
    value: int | None
    """V of this dataset alone, in millionths of the buyer's bits; None without a call."""
    volume: dict[str, int]
    """tokens, and those of them that are repeated or damaged"""
    usable: int
    """the tokens that are left"""
    near: dict[str, int]
    """"distinct" documents, those that are left "standing" where near-copies count once, and those in crowds too large
    for every pair to be compared"""
    drawn: int
    """how many documents diversity was measured on"""
    licence: str
    """what is wrong with the licence that is stated, or why the call does not take it; "" where nothing is."""
    reasons: Reasons
    reference: novelty.Meta | None
    """what it was held against: the name, the digest and the counts; None where nothing was named"""


def score(
    dataset: Dataset,
    *,
    metadata: dict[str, str],
    as_of: date,
    call: Call | None = None,
    learner: Any = None,
    by: str = "",
    reference: Dataset | ReferenceFolder | None = None,
    watch: Watch = unwatched,
) -> ScoreCard:
    """Measure one dataset.

    Args:
        dataset: the documents.
        metadata: what is said of the dataset as a whole.
        as_of: the day on which recency is judged.
        call: a buyer's call, for its weights, its reference, its licences and fields, and the value to that buyer.
        learner: of the call; needed with one.
        by: the profile; that of the call, or the default.
        reference: public text to be held against, or the folder of a reference (`quality.find_reference`); that of the
            call, or none.
        watch: told of the progress.

    Raises:
        OfferError: no profile has the name, or what it needs is not installed; or the reference cannot be read, was
            changed, or is of another embedding than the profile.

    >>> card = score(Dataset.of(["We recieve it.", "Rain, again"]), metadata={}, as_of=date(2026, 1, 1))
    >>> card.reasons.damaged[0].document.number, card.reasons.damaged[0].examples
    (1, {'misspelling': ('recieve',)})
    """
    chosen = quality.profile(by or (call.profile if call else "") or quality.DEFAULT)
    known = _reference(reference or (call.reference if call else None), chosen, watch)
    looked = _look(dataset, metadata, as_of, known, chosen.name, call, watch)
    scores = quality.scores_of(looked, chosen.name)
    found = reasons_of(dataset, looked, chosen.name)
    watch("quality", looked.manifest.documents, looked.manifest.documents)
    weights = in_millionths(call.weights) if call else EVEN_WEIGHTS
    return ScoreCard(
        manifest=looked.manifest,
        profile=chosen.name,
        scores=scores,
        quality=quality.combine(scores, weights),
        weights=weights,
        as_of=as_of.isoformat(),
        value=_value(dataset, call, learner, watch) if call else None,
        volume=looked.volume,
        usable=volume.usable(looked.volume),
        near=near_duplicates.count(looked.near),
        drawn=len(looked.drawn["row"]),
        licence=_licence(metadata, call),
        reasons=found,
        reference=known.meta if known else None,
    )


def _reference(named: Dataset | ReferenceFolder | None, chosen: Profile, watch: Watch) -> novelty.Reference | None:
    """Open what the dataset is held against. What is not installed is refused before anything is read."""
    built = named.built if isinstance(named, ReferenceFolder) else None
    if built:
        refuse(novelty.misfits(built, chosen.name, chosen.embedding, "reference"))
    return novelty.reference_of(named, open_embedding(chosen.embedding), watch)


def _look(
    dataset: Dataset,
    metadata: dict[str, str],
    as_of: date,
    known: novelty.Reference | None,
    by: str,
    call: Call | None,
    watch: Watch,
) -> quality.Looked:
    """Look at every document; the work is done once the reasons are found, which is told by the caller."""
    watch("read", 0, 1)
    manifest = datasets.describe(dataset)
    watch("read", 1, 1)
    watch("quality", 0, manifest.documents)
    return quality.look_at(
        dataset,
        manifest,
        metadata,
        as_of=as_of,
        reference=known,
        by=by,
        salt=quality.salt(b"", manifest.content),
        required=call.required if call else (),
        licences=call.licences if call else (),
        tell=partial(_tell, watch, manifest.documents),
    )


def _tell(watch: Watch, documents: int, done: int) -> None:
    watch("quality", min(done, documents - 1), documents)  # what is drawn of them is still to be read again


def _value(dataset: Dataset, call: Call, learner: Any, watch: Watch) -> int:
    game = valuation.game_of(learner, [dataset], call, watch)
    alone = valuation.evaluate(game, ((0,),), method="leave_one_out", permutations=call.permutations, seed=call.seed)
    return alone.values[1]


def _licence(metadata: Mapping[str, str], call: Call | None) -> str:
    said = licence.stated(metadata)
    if call and call.licences:
        return "; ".join(map(str, licence.refusals(said, call.licences, "licence")))
    wrong = licence.fault(said)
    bound = "a licence is an SPDX expression of listed licences"
    return str(Problem("licence", wrong, bound, licence.remedy(said))) if wrong else ""
