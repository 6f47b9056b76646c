"""What does its owner read of a dataset before offering it? Each score, and the documents that explain it.

Sections hold the owner's own words, on one line and with nothing in them that a terminal obeys. They are for the owner
alone; what a round publishes is told by `evidence`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evenhand.quality.novelty.recency import FORMS as DATE_FORMS
from evenhand.records import MEASURES
from evenhand.reports.evidence import DATES, KINDS, passed_over, unchecked, usable, words
from evenhand.reports.notation import count, quoted, score, shortened
from evenhand.scorecard import ScoreCard
from evenhand.scorecard.places import Seen
from evenhand.scorecard.reasons import Damaged, Known, Pair, Reasons, Standing

SENTENCE_SHOWN = 120
"""So many characters are shown of a sentence."""

KNOWN = {"copied": "word for word in the reference", "unlike": "like nothing in the reference", "similar": "alike to"}


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines under a heading."""

    heading: str
    lines: tuple[str, ...]


def opening(card: ScoreCard) -> tuple[str, ...]:
    """Say how much there is, and by what it is measured."""
    manifest = card.manifest
    return (
        f"{count(manifest.documents, 'document')}, {manifest.distinct:,} distinct, "
        f"{count(manifest.size_bytes, 'byte')} of text; {usable(card.volume)}",
        f"measured by {card.profile}, as of {card.as_of}"
        + (f", against {card.reference.name} ({card.reference.digest})" if card.reference else ""),
    )


def rows(card: ScoreCard) -> Iterator[tuple[str, str, str]]:
    """Give each measure, its score, and what was counted."""
    for measure in MEASURES:
        told = words(measure, card.scores.evidence[measure])
        yield measure, score(getattr(card.scores, measure)), told
    weights = ", ".join(f"{name} {score(weight).rstrip('0').rstrip('.')}" for name, weight in card.weights.items())
    yield "quality", score(card.quality), f"their mean, weighted {weights}"
    if card.value is not None:
        yield "value", score(card.value), "of the buyer's bits saved by this dataset alone"


def not_checked(card: ScoreCard) -> list[str]:
    """Say what nobody looked at."""
    return unchecked(card.scores, crowded=card.near["crowded"], manifest=card.manifest)


def skipped(card: ScoreCard) -> tuple[str, ...]:
    """Say which documents count for nothing of their own, and why."""
    repeats, near = card.manifest.documents - card.manifest.distinct, card.near["distinct"] - card.near["standing"]
    told = []
    if repeats:
        told.append(f"{count(repeats, 'exact repeat')}: each text counts once, a repeat lowers novelty")
    if near and card.scores.evidence["novelty"]["distinct"] == card.near["standing"]:
        told.append(f"{count(near, 'near-copy', 'near-copies')}: each group counts as one, by the worst of it")
    elif near:
        told.append(
            f"{count(near, 'near-copy', 'near-copies')}: counted as new ones by this profile, but for the volume"
        )
    return (*told, *passed_over(card.manifest))


def sections(card: ScoreCard) -> Iterator[Section]:
    """Explain the scores: one section a reason, those that have nothing to say left out."""
    why = card.reasons
    told = (
        ("most damaged", [_damaged(each) for each in why.damaged]),
        ("most exact copies", [_standing(each, "stands for") for each in why.repeated]),
        ("most near-copies", [_standing(each, "counts for") for each in why.standing]),
        ("most alike", [_pair(each) for each in why.alike]),
        ("dates", _dates(why)),
        ("known already", [_known(each) for each in why.known]),
        ("topics", [f"{count(number, 'document')}: {topic}" for topic, number in why.topics.items()]),
        ("most typical", [_document(why.typical)] if why.typical else ["none: every document is damaged"]),
        ("metadata", [f"{name.replace('_', ' ')}: {verdict}" for name, verdict in why.metadata.items()]),
        ("skipped", skipped(card)),
    )
    return (Section(heading, tuple(lines)) for heading, lines in told if lines)


def licensed(card: ScoreCard) -> str:
    """Say whether the licence can be used, or what is wrong with it."""
    return card.licence or "the licence is valid"


def _document(seen: Seen) -> str:
    return f"document {seen.number:,} ({seen.identity}): {quoted(seen.opening)}"


def _listed(seen: Sequence[Seen]) -> str:
    return f"document{'s' * (len(seen) > 1)} " + ", ".join(f"{each.number:,}" for each in seen)


def _damaged(each: Damaged) -> str:
    kinds = sorted(each.kinds.items(), key=lambda item: -item[1])
    parts = [
        count(number, *KINDS[kind])
        + (f" ({', '.join(map(quoted, each.examples[kind]))})" if kind in each.examples else "")
        for kind, number in kinds
    ]
    return f"{_document(each.document)}; of {count(each.tokens, 'token')} {', '.join(parts)}"


def _standing(each: Standing, how: str) -> str:
    further = each.copies - len(each.behind)
    others = _listed(each.behind) + (f" and {further:,} more" if further else "")
    return f"{_document(each.document)}; {how} {others} too"


def _pair(each: Pair) -> str:
    return f"{score(each.likeness)} alike: {_document(each.one)}, and {_document(each.other)}"


def _dates(why: Reasons) -> list[str]:
    stated = [f"document {each.document.number:,} states {quoted(each.date)}" for each in why.unreadable]
    told = [f"{DATES[kind]}: {_listed(seen)}" for kind, seen in why.dates.items()]
    return told + ([f"cannot be read: {', '.join(stated)}; a date is written {DATE_FORMS}"] if stated else [])


def _known(each: Known) -> str:
    how = KNOWN[each.kind] + (f" {score(each.known)}" if each.kind == "similar" else "")
    return f'{how}: "{shortened(each.sentence, SENTENCE_SHOWN)}"'
