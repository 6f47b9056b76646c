"""Which formulas and constants make a score? One table: profile -> what is noted, counted and scored.

A score is worth something only with the name of its profile, which stands in every record. Any change to a formula, a
constant, a list of words or a model is another profile, or another version of it.

    evenhand/1          the default; embeddings of hashed words, so that nothing beyond this package is needed
    evenhand-minilm/1   the same by what texts mean; needs the extra [embed]
    paper_section7/1    the formulas of [Ayyoubzadeh25, section 7.3], with what they leave open filled in
    paper_appendix_c/1  those of its appendix C

The first two claim that their diversity orders texts by how many topics they are on (`Profile.orders_topics`). They
claim no more: how much higher ten topics score than one is not the same under both, and a table of short texts that
share few words, such as sums, is diverse by its words and not by what it means.

The last two are here to be compared with: docs/errata.md says what is wrong with them. Their formulas and constants
are the printed ones. They are taken of what is looked at for all profiles alike, once, so that scores differ by the
formulas alone; in this they are not as printed, or fill in what is left open:

    embeddings       appendix C: "a pretrained MiniLM". Both take hashed words, so that they need no extra
    copies           a text that is offered again, word for word, counts once before shares of clusters, errors and
                     dates are taken; the most damaged and the least recent copy decides (`tables`). Near-copies all
                     count
    sentences        the mean of sigma is over the distinct sentences, 1024 of them at most, drawn under the salt
    cosines          the one to the most similar sentence, which appendix C does not say; below 0 it counts as 0
    clusters         section 7.3 leaves k open: 50, as in appendix C; of 4096 documents at most, drawn under the salt
    recency          of documents with a date of their own, or else with the dataset's; MaxDateRange: 3650 days
    errors           section 7.3 leaves k open: 50; stop-word excess, which it does not define, is no error
    fields           neither names them, nor says when one is valid: those of `metadata.FIELDS`, as in evenhand/1
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evenhand.errors import OfferError, unknown
from evenhand.quality import metadata as fields
from evenhand.quality import novelty
from evenhand.quality.batch import Batch, Notes
from evenhand.quality.cleanliness import noise, paper
from evenhand.quality.codebooks import load_codebook
from evenhand.quality.diversity import all_pairs, kinds, papers
from evenhand.quality.embedding import Embedding
from evenhand.quality.looked import Looked

DEFAULT = "evenhand/1"

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Measure:
    """One of the four measures in one profile."""

    counts: tuple[str, ...]
    """the names of its counts; of metadata those of a call that names no fields of its own"""
    count: Callable[[Looked], dict[str, int]]
    score: Callable[[Counts], int]
    """counts -> millionths"""


@dataclass(frozen=True)
class Profile:
    """Four measures, and what has to be noted for them."""

    name: str
    embedding: str
    """a key of `EMBEDDINGS`"""
    measures: Mapping[str, Measure]
    notes: tuple[Callable[[Batch], Notes], ...]
    """of every document"""
    notes_drawn: Callable[[Batch, Embedding], Notes]
    """of those that diversity is measured on"""
    documents_max: int
    """on so many documents at most; of more, these many are drawn"""
    near_copies: bool
    """whether near-copies count as one, or exact copies only"""
    orders_topics: bool
    """whether its diversity claims to be lower for texts on one topic than on ten, and for ten than for a mixture of
    fields, from some thirty documents on and whichever offer has more of them (tests/laws/test_agreement.py)"""


def profile(name: str) -> Profile:
    """Give a profile by name; without a version the newest.

    Raises:
        OfferError: no profile has the name.

    >>> profile("paper_section7").name
    'paper_section7/1'
    """
    named = [key for key in PROFILES if name in (key, key.rpartition("/")[0])]
    if not named:
        raise OfferError(unknown("profile", name, PROFILES))
    return PROFILES[named[-1]]


# -- what is counted, from what was noted ----------------------------------------------------------------------------


def _noise(looked: Looked) -> dict[str, int]:
    return noise.count(looked.counted)


def _mismatches(looked: Looked) -> dict[str, int]:
    return paper.count_appendix_c(looked.counted)


def _pairs(looked: Looked) -> dict[str, int]:
    return all_pairs.count(looked.drawn["vector"])


def _kinds(looked: Looked) -> dict[str, int]:
    return kinds.count(looked.drawn)


def _clusters(looked: Looked) -> dict[str, int]:
    return papers.count(looked.drawn["vector"])


def _known(looked: Looked) -> dict[str, int]:
    drawn = looked.sentences.drawn()
    return novelty.count(
        looked.manifest.documents, looked.counted["days"], drawn, looked.reference, offered=len(looked.sentences.keys())
    )


def _valid(looked: Looked) -> dict[str, int]:
    return fields.count(looked.verdicts)


def _filled(looked: Looked) -> dict[str, int]:
    return fields.count_appendix_c(looked.metadata, dated=looked.dated, required=looked.required)


def _vectors(batch: Batch, embedding: Embedding) -> Notes:
    return {"vector": embedding.embed(batch.plain)}


def _topics_by(codebook: str) -> Callable[[Batch, Embedding], Notes]:
    return lambda batch, embedding: kinds.notes(batch, embedding, load_codebook(codebook))


_NOISE = Measure(noise.COUNTS, _noise, noise.score)
_METADATA = Measure(fields.COUNTS, _valid, fields.score)
_NOVELTY = Measure(novelty.COUNTS, _known, novelty.score)


# -- the table -------------------------------------------------------------------------------------------------------

_OURS = {"cleanliness": _NOISE, "novelty": _NOVELTY, "metadata": _METADATA}

PROFILES = {
    each.name: each
    for each in (
        Profile(
            "evenhand/1",
            embedding="hashed-words/1",
            measures={**_OURS, "diversity": Measure(all_pairs.COUNTS, _pairs, all_pairs.score)},
            notes=(noise.notes,),
            notes_drawn=_vectors,
            documents_max=4096,
            near_copies=True,
            orders_topics=True,
        ),
        Profile(
            "evenhand-minilm/1",
            embedding="minilm-l6-v2/1",
            measures={**_OURS, "diversity": Measure(kinds.COUNTS, _kinds, kinds.score)},
            notes=(noise.notes,),
            notes_drawn=_topics_by("wordnet-topics-minilm/1"),
            documents_max=1024,
            near_copies=True,
            orders_topics=True,
        ),
        Profile(
            "paper_section7/1",
            embedding="hashed-words/1",
            measures={
                "cleanliness": Measure(noise.COUNTS, _noise, paper.score_section7),
                "diversity": Measure(papers.COUNTS, _clusters, papers.score_section7),
                "novelty": Measure(novelty.COUNTS, _known, novelty.novelty_section7),
                "metadata": Measure(fields.COUNTS, _valid, fields.score_section7),
            },
            notes=(noise.notes,),
            notes_drawn=_vectors,
            documents_max=4096,
            near_copies=False,
            orders_topics=False,
        ),
        Profile(
            "paper_appendix_c/1",
            embedding="hashed-words/1",
            measures={
                "cleanliness": Measure(paper.COUNTS_APPENDIX_C, _mismatches, paper.score_appendix_c),
                "diversity": Measure(papers.COUNTS, _clusters, papers.score_appendix_c),
                "novelty": Measure(novelty.COUNTS, _known, novelty.novelty_appendix_c),
                "metadata": Measure(fields.COUNTS, _filled, fields.score_appendix_c),
            },
            notes=(noise.notes, paper.notes_appendix_c),
            notes_drawn=_vectors,
            documents_max=4096,
            near_copies=False,
            orders_topics=False,
        ),
    )
}
"""name -> profile; of several versions the newest last."""
