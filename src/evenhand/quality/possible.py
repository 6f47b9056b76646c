"""Can these be the counts of any dataset? What they must have to do with each other, whoever counted them.

A record is accepted on its counts, before anybody has the data. So whatever follows from the way in which they are
counted is asked here: counts that fit no dataset were not counted. What fits may still be untrue, and only the data
tells.

Each rule is a row: whether it holds, and what must hold. None of them may refuse what was measured, so a bound stands
here only where it is proved, of any texts whatever, from how the counts come about; the comments say where that is not
plain.
"""

from collections.abc import Iterable, Iterator, Mapping

from evenhand.quality import metadata as fields
from evenhand.quality import novelty, volume
from evenhand.quality.cleanliness import KINDS
from evenhand.quality.embedding import COSINE_ONE
from evenhand.quality.metadata.checks import DATED_MIN
from evenhand.quality.novelty.duplication import COUNTS as DUPLICATION
from evenhand.quality.novelty.duplication import LIKENESS_SENTENCES_MIN
from evenhand.quality.profiles import DEFAULT, Profile, profile
from evenhand.records import RecordedOffer

Counts = Mapping[str, int]
Rules = Iterable[tuple[bool, str]]
"""(whether it holds, what must hold)."""


def possible(
    offer: RecordedOffer, by: str = DEFAULT, *, has_reference: bool, sellers: int
) -> Iterator[tuple[bool, str]]:
    """Check what the counts of one offer must have to do with each other: (whether it holds, what must hold).

    Args:
        offer: as a record has it; its counts are whole and under their own names (`recompute`).
        by: the profile.
        has_reference: whether the call names a reference.
        sellers: how many make an offer in the call.

    Raises:
        OfferError: no profile has the name.
    """
    chosen, evidence = profile(by), offer.scores.evidence
    yield from _documents(offer, chosen)
    yield from _copies(offer, chosen, alone=sellers == 1)
    yield from _dates(evidence["novelty"])
    yield from _sentences(evidence["novelty"], offer.copies.sentences)
    yield from _known(evidence["novelty"], has_reference=has_reference)
    yield from _diversity(evidence["diversity"], min(evidence["novelty"]["distinct"], chosen.documents_max))
    yield from _damage(evidence["cleanliness"])
    yield from _metadata(offer, chosen)
    whole = set(offer.volume) == set(volume.COUNTS) and min(offer.volume.values()) >= 0
    yield whole, "tokens are counted, and some repeated or damaged"
    yield from _tokens(offer) if whole else ()


def _documents(offer: RecordedOffer, chosen: Profile) -> Rules:
    known, manifest, copies = offer.scores.evidence["novelty"], offer.material.manifest, offer.copies
    counted = copies.standing if chosen.near_copies else copies.distinct
    return (
        (known["documents"] == manifest.documents, "every document is counted"),
        (0 < manifest.distinct <= manifest.documents, "a dataset has documents, each a text or a copy of one"),
        (copies.distinct == manifest.distinct, "every distinct text is too"),
        (known["distinct"] == counted, "copies count once"),
    )


def _copies(offer: RecordedOffer, chosen: Profile, *, alone: bool) -> Rules:
    copies, own = offer.copies, offer.copies.content == offer.material.manifest.content
    shared = copies.shared + copies.sentences_shared
    several = copies.standing < copies.distinct
    return (
        (0 < copies.standing <= copies.distinct and 0 <= copies.shared <= copies.distinct, "copies are documents"),
        (0 <= copies.sentences_shared <= copies.sentences, "sentences are counted once"),
        (not (alone and shared), "one seller alone shares nothing"),
        (chosen.near_copies or own, "each text stands for itself where near-copies do not count as one"),
        (not (alone and chosen.near_copies) or own is not several, "one seller's texts stand for near-copies only"),
    )


def _dates(known: Counts) -> Rules:
    fresh = known["distinct"] - known["undated"] - known["postdated"] - known["stale"]
    return (
        (fresh >= 0, "a text has one date"),
        (fresh <= known["fresh_days"] <= novelty.AGE_DAYS_MAX * fresh, "a fresh text has 1 to 3650 days left"),
        # of n texts with one of 3650 numbers of days at least n / 3650 have the same
        (known["one_day"] <= fresh <= novelty.AGE_DAYS_MAX * known["one_day"], "those of one day are fresh texts"),
    )


def _sentences(known: Counts, offered: int) -> Rules:
    drawn = min(offered, novelty.SENTENCES_MAX)
    return (
        (known["sentences_offered"] == offered, "sentences are counted once"),
        (known["sentences"] == drawn, f"all sentences are drawn, or {novelty.SENTENCES_MAX}"),
    )


def _known(known: Counts, *, has_reference: bool) -> Rules:
    sentences, copied, unlike = (known[name] for name in ("sentences", "copied", "unlike"))
    similarity, squares, there = (known[name] for name in ("similarity", "squares", "reference_sentences"))
    whole = (copied + unlike) * COSINE_ONE
    found = any(known[name] for name in DUPLICATION[2:])  # all but how many were offered, and how many drawn
    return (
        ((there > 0) == has_reference, "duplication is measured where a reference is named"),
        (there > 0 or not found, "nothing is known where no reference is named"),
        (copied + unlike <= sentences and copied <= there, "sentences are drawn, and some known"),
        (not unlike or there >= LIKENESS_SENTENCES_MIN, f"fewer than {LIKENESS_SENTENCES_MIN} know no text as unlike"),
        (whole <= similarity <= sentences * COSINE_ONE, "a sentence is known once, and whole where it is copied"),
        (whole <= squares <= similarity, "a square is no more than what is squared"),
        # Cauchy and Schwarz; each square is rounded down
        ((squares + sentences) * sentences * COSINE_ONE >= similarity**2, "squares are no less than those of the mean"),
        (known["unlike_similarity"] <= unlike * COSINE_ONE, "a sentence that is unlike is similar once"),
    )


def _diversity(spread: Counts, measured: int) -> Rules:
    """Of pairs, of kinds or of clusters, by the names of the counts."""
    told = "diversity is measured on all documents that count, or as many as the profile draws"
    if "likeness" in spread:
        likeness, documents = spread["likeness"], spread["documents"]
        return (
            (documents == measured, told),
            (likeness <= documents * COSINE_ONE, "a document is no more than wholly like any"),
            (documents != 1 or likeness == COSINE_ONE, "a document is wholly like itself"),
        )
    alike, topical = spread.get("alike", 0), measured - spread.get("none", 0)
    least = COSINE_ONE if topical and "alike" in spread else 0
    return (
        (sum(spread.values()) - alike == measured, told),
        (least <= alike <= topical * COSINE_ONE, "a document is wholly like itself, and no more so like any"),
    )


def _tokens(offer: RecordedOffer) -> Rules:
    clean, counts, copies = offer.scores.evidence["cleanliness"], offer.volume, offer.copies
    tokens, repeated, damaged = (counts[name] for name in volume.COUNTS)
    counted, manifest = offer.scores.evidence["novelty"]["distinct"], offer.material.manifest
    once = counted == copies.distinct
    # a text has a token, but for the blank one, which nobody can see, and of which there is one; and not alone
    seen = max(copies.distinct - 1, 1)
    # of near-copies the worst is counted; "..." and a blank text are near-copies, and the blank one may be counted
    least = seen if once else counted - 1
    kinds = sum(clean.get(kind, 0) for kind in KINDS)
    return (
        (seen <= tokens <= manifest.size_bytes, "a text has a token, and a token a byte"),
        (repeated + damaged <= tokens, "tokens are repeated, damaged or neither"),
        (not repeated or copies.standing < copies.distinct, "tokens are repeated in near-copies"),
        (least <= clean["tokens"] <= tokens, "tokens that count are tokens of the dataset"),
        (not once or clean["tokens"] == tokens, "all tokens count where no texts are put together"),
        (not once or "scan" not in clean or damaged <= kinds, "damaged tokens are damaged in some way"),
    )


def _damage(clean: Counts) -> Rules:
    """Of tokens that are told apart: whole and listed, damaged, in no dictionary, or not read."""
    tokens = clean["tokens"]
    if "corrupt" in clean:
        return ((clean["corrupt"] + clean["unlisted"] <= tokens, "a token is corrupt, in no dictionary, or neither"),)
    damaged = sum(clean[kind] for kind in KINDS)
    return (
        (damaged + clean["unlisted"] <= tokens, "a token is damaged in one way, or in no dictionary, or neither"),
        (clean["unread"] + clean["unlisted"] <= tokens, "a token is not read, or in no dictionary, or neither"),
        (clean["names"] <= clean["unread"], "names are not read"),
        (clean["disguised"] <= clean["names"], "what is disguised is a name"),
    )


def _metadata(offer: RecordedOffer, chosen: Profile) -> Rules:
    valid, known = offer.scores.evidence["metadata"], offer.scores.evidence["novelty"]
    dated, stated = known["distinct"] - known["undated"] - known["postdated"], fields.stated(offer.metadata)
    if chosen.measures["metadata"].score is fields.score_appendix_c:
        filled = fields.count_appendix_c(offer.metadata, dated=dated, required=tuple(valid))
        return ((valid == filled, "a field is filled where it is stated"),)
    said = [stated.get(name) for name, field in fields.FIELDS.items() if field.is_stated and valid.get(name)]
    all_dated = dated >= DATED_MIN * known["distinct"]
    return (
        (all(each in (0, 1) for each in valid.values()), "a field of metadata is valid or not"),
        (all(said), "a field of metadata that is valid is stated"),
        (all_dated or not valid.get("date"), "dates are valid where nearly all documents have one"),
    )
