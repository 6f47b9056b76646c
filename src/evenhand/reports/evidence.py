"""What do the counts behind a score say, and what do they leave open? In sentences, from whole numbers alone.

    words        the counts of one measure -> a sentence
    unchecked    what nobody looked at, and what the score then stands for
    usable       how much text there is, and what of it is lost
    copies       what is offered twice

They are the same in the terminal and on the page of a round. No seller's text stands in them.
"""

from collections.abc import Callable, Mapping
from itertools import chain

from evenhand.quality import cleanliness, novelty, volume
from evenhand.quality.cleanliness import noise, paper
from evenhand.quality.diversity import all_pairs, cells, kinds, papers
from evenhand.quality.metadata import FIELDS
from evenhand.quality.novelty.duplication import LIKENESS_SENTENCES_MIN, share_known
from evenhand.records import MILLION, Copies, Manifest, Scores, millionths
from evenhand.reports.notation import count, joined, ratio, score

Counts = Mapping[str, int]

KINDS = {
    "character": ("broken character", "broken characters"),
    "mojibake": ("wrongly decoded word", "wrongly decoded words"),
    "broken": ("word cut at the end of a line", "words cut at the end of a line"),
    "scan": ("slip of a scanner", "slips of a scanner"),
    "markup": ("piece of markup", "pieces of markup"),
    "misspelling": ("misspelt word", "misspelt words"),
    "boilerplate": ("word of boilerplate", "words of boilerplate"),
    "repetition": ("word said before", "words said before"),
}
"""kind of damage -> what one token and several tokens of it are called."""

DATES = {
    "undated": "without a readable date",
    "postdated": "dated after the day of the call",
    "stale": "ten years old or more",
}
"""what is wrong with a date -> in words."""


def words(measure: str, counts: Counts) -> str:
    """Say what the counts of a measure say; of counts that are not known, each with its number.

    Args:
        measure: one of `MEASURES`.
        counts: its counts in any profile.

    >>> words("metadata", {"licence": 1, "source": 0, "date": 0})
    '1 of 3 fields is valid; source and date are not'
    >>> words("diversity", {"documents": 4, "likeness": 2**22})
    '4 documents; two drawn at random have a likeness of 0.250000'
    """
    if measure == "metadata":  # its counts are the fields that a call names
        return _fields(counts)
    told = _TOLD.get(frozenset(counts), _listed)
    return told(counts)


def damage(kinds: Counts) -> str:
    """List damaged tokens by kind, the most frequent first.

    >>> damage({"scan": 1, "markup": 0, "misspelling": 2})
    '2 misspelt words, 1 slip of a scanner'
    """
    found = sorted((kind for kind in KINDS if kinds.get(kind)), key=lambda kind: -kinds[kind])
    return ", ".join(count(kinds[kind], *KINDS[kind]) for kind in found)


def unchecked(scores: Scores, *, crowded: int = 0, manifest: Manifest | None = None) -> list[str]:
    """Say what was not looked at, and what the score stands for then: for nothing is silently left out.

    Args:
        scores: with their counts, in any profile.
        crowded: documents in crowds too large for every pair to be compared (`near_duplicates.COUNTS`).
        manifest: of the dataset, for the rows that were passed over.
    """
    evidence = scores.evidence
    known, clean, spread = (evidence.get(name, {}) for name in ("novelty", "cleanliness", "diversity"))
    told = chain(_without_reference(known), _drawn_sentences(known), _drawn_documents(known, spread), _unread(clean))
    return [*passed_over(manifest), *told, *_crowded(crowded)]


def passed_over(manifest: Manifest | None) -> list[str]:
    """Say how many rows of a dataset have no text, and what that means for it; nothing where all have.

    >>> passed_over(Manifest("", "", documents=40, distinct=40, size_bytes=900, blank=3))
    ['rows without text: 3 of 43 were passed over, their text is null, empty or white space; they count for nothing']
    """
    if manifest is None or not manifest.blank:
        return []
    rows, were = manifest.documents + manifest.blank, "was" if manifest.blank == 1 else "were"
    why = "text is null, empty or white space; they count for nothing"
    return [f"rows without text: {manifest.blank:,} of {rows:,} {were} passed over, their {why}"]


def usable(counts: Counts) -> str:
    """Say how much text can be used.

    >>> usable({"tokens": 1200, "repeated": 150, "damaged": 50})
    '1,000 usable tokens of 1,200 in the distinct documents: 150 in near-copies, 50 damaged'
    """
    lost = [f"{counts[name]:,} {where}" for name, where in _LOST.items() if counts[name]]
    told = f"{count(volume.usable(counts), 'usable token')} of {counts['tokens']:,} in the distinct documents"
    return told + (f": {', '.join(lost)}" if lost else "")


_LOST = {"repeated": "in near-copies", "damaged": "damaged"}
"""count of tokens that cannot be used -> where they are."""


def copies(documents: int, found: Copies) -> str:
    """Say how much of a dataset is offered twice, by its own seller or by others.

    Args:
        documents: how many were offered, repeats included.
        found: as a round records it.

    >>> copies(12, Copies(distinct=10, standing=7, shared=4, sentences=90, sentences_shared=31, content=""))
    '2 exact repeats; 3 near-copies within the dataset; 4 documents with another seller too, 31 of 90 sentences'
    """
    exact, near = documents - found.distinct, found.distinct - found.standing
    own = [count(exact, "exact repeat")] if exact else []
    own += [f"{count(near, 'near-copy', 'near-copies')} within the dataset"] if near else []
    shared = []
    if found.shared or found.sentences_shared:
        sentences = f"{found.sentences_shared:,} of {count(found.sentences, 'sentence')}"
        shared = [f"{count(found.shared, 'document')} with another seller too, {sentences}"]
    return "; ".join([*own, *shared]) or "none found"


# -- the counts of one measure ---------------------------------------------------------------------------------------


def _that_count(tokens: int, noun: str = "token") -> str:
    """Name the tokens of a score: those of the documents that count, without copies (nor near-copies, as one)."""
    return f"{count(tokens, noun)} that {'counts' if tokens == 1 else 'count'}"


def _noise(counts: Counts) -> str:
    tokens, errors = counts["tokens"], sum(counts[kind] for kind in cleanliness.KINDS)
    found = f"of {_that_count(tokens)} {errors:,} {'is' if errors == 1 else 'are'} damaged: {damage(counts)}"
    told = [found if errors else f"no damage found in {_that_count(tokens)}"]
    told += [f"{counts['unlisted']:,} in no dictionary"] if counts["unlisted"] else []
    judged = round(noise.errors(counts))
    told += [f"{judged:,} are taken to be damaged, counting what was not read"] if judged > errors else []
    return "; ".join(told)


def _mismatches(counts: Counts) -> str:
    tokens = _that_count(counts["tokens"])
    return f"of {tokens} {counts['corrupt']:,} corrupt and {counts['unlisted']:,} in no dictionary"


def _pairs(counts: Counts) -> str:
    # what the score is taken from 1, so that the two sum to 1 as they are shown
    alike = MILLION - all_pairs.score(counts)
    return f"{count(counts['documents'], 'document')}; two drawn at random have a likeness of {score(alike)}"


def _kinds(counts: Counts) -> str:
    sizes = [counts[name] for name in cells.COUNTS if name != "none"]
    held = sum(size > 0 for size in sizes)
    told = f"{count(sum(sizes) + counts['none'], 'document')} in {held} of {count(len(sizes), 'topic')}"
    fullest = f", {max(sizes):,} in the fullest" if held else ""
    without = f"; {counts['none']:,} without a topic" if counts["none"] else ""
    return f"{told}{fullest}{without}; worth {float(kinds.number(counts)):.1f} that have nothing in common"


def _clusters(counts: Counts) -> str:
    held = sum(size > 0 for size in counts.values())
    documents = count(sum(counts.values()), "document")
    return f"{documents} in {count(held, 'cluster')} fitted to them, {max(counts.values()):,} in the fullest"


def _novel(counts: Counts) -> str:
    distinct = counts["distinct"]
    told = [f"{count(counts['documents'], 'document')}, of which {distinct:,} {'counts' if distinct == 1 else 'count'}"]
    told += [f"{counts[kind]:,} {DATES[kind]}" for kind in DATES if counts[kind]]
    days = counts["fresh_days"] // max(distinct, 1)
    told.append(f"on average {days:,} of {novelty.AGE_DAYS_MAX:,} days left before they are old")
    if counts["one_day"] > 1 and 2 * counts["one_day"] > distinct:
        told.append(f"{counts['one_day']:,} state one and the same day")
    return "; ".join([*told, *_compared(counts)])


def _compared(counts: Counts) -> list[str]:
    if not (counts["reference_sentences"] and counts["sentences"]):
        return []
    alike = score(millionths(share_known(counts)))
    error = score(novelty.standard_error(counts))
    told = (
        f"{count(counts['sentences'], 'sentence')} compared with {counts['reference_sentences']:,}: "
        f"{alike} of what they say is known"
    )
    parts = [f"give or take {error}"] if counts["sentences"] < counts["sentences_offered"] else []
    parts += [f"{counts['copied']:,} word for word"] if counts["copied"] else []
    parts += [f"{counts['unlike']:,} like nothing there"] if counts["unlike"] else []
    return [", ".join([told, *parts])]


def _fields(counts: Counts) -> str:
    # by the table, not by the record, in which names stand by the alphabet once it was written and read again
    named = [name for name in FIELDS if name in counts]
    valid, wanting = sum(counts.values()), [name.replace("_", " ") for name in named if not counts[name]]
    told = f"{valid} of {count(len(counts), 'field')} {'is' if valid == 1 else 'are'} valid"
    return told + (f"; {joined(wanting)} {'is' if len(wanting) == 1 else 'are'} not" if wanting else "")


def _listed(counts: Counts) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {counts[name]:,}" for name in sorted(counts)) or "no counts"


_TOLD: dict[frozenset[str], Callable[[Counts], str]] = {
    frozenset(cleanliness.COUNTS): _noise,
    frozenset(paper.COUNTS_APPENDIX_C): _mismatches,
    frozenset(all_pairs.COUNTS): _pairs,
    frozenset(kinds.COUNTS): _kinds,
    frozenset(papers.COUNTS): _clusters,
    frozenset(novelty.COUNTS): _novel,
}
"""names of counts -> how they are told."""


# -- what was not looked at ------------------------------------------------------------------------------------------


def _without_reference(known: Counts) -> list[str]:
    if "reference_sentences" not in known:
        return []
    if not known["reference_sentences"]:
        return [
            "duplication: no reference is named, so nothing was compared with text that is known; all counts as new"
        ]
    if known["reference_sentences"] < LIKENESS_SENTENCES_MIN:
        few = f"{known['reference_sentences']:,} sentences of reference are fewer than {LIKENESS_SENTENCES_MIN:,}"
        return [f"nonsense: {few}, too few to tell text that is like nothing"]
    return []


def _drawn_sentences(known: Counts) -> list[str]:
    some, of = known.get("sentences", 0), known.get("sentences_offered", 0)
    if not known.get("reference_sentences") or some == of:
        return []
    return [f"duplication: {some:,} of {of:,} sentences were drawn and compared, the others were not"]


def _drawn_documents(known: Counts, spread: Counts) -> list[str]:
    some, of = spread.get("documents", sum(spread.values())), known.get("distinct", 0)
    if not some or some >= of:
        return []
    return [f"diversity: {some:,} of {of:,} documents were drawn and measured, the others were not"]


def _unread(clean: Counts) -> list[str]:
    unread = clean.get("unread", 0)
    if not unread:
        return []
    part = f"{unread:,} of {_that_count(clean['tokens'])} ({ratio(unread, clean['tokens'])})"
    return [f"spelling: {part} were not read: another language, a name or a program; no slip in them is found"]


def _crowded(crowded: int) -> list[str]:
    return [f"near-copies: {crowded:,} documents stand in crowds too large to compare every pair"] if crowded else []
