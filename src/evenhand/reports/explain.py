"""Why was I bought, or not, and why this much? One seller's decision in sentences, with the steps behind it.

The steps (arithmetic.py) lead from the measures to quality, from the coalitions to value, from both to worth, from
worth and report to the cost per worth, from that to the decision, and from the highest winning report to the payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from evenhand import canonical
from evenhand.errors import OfferError, Problem
from evenhand.quality import licence
from evenhand.records import AS_ONE, MEASURES, Outcome
from evenhand.reports.arithmetic import steps
from evenhand.reports.cases import Case, cases
from evenhand.reports.notation import count, quoted, score, weight
from evenhand.reports.reasons import REASONS
from evenhand.reports.rows import Row, recorded

LICENCES_SHOWN = 8

_LICENCE = {
    "missing": "It states no licence for the whole dataset",
    "unreadable": "Its licence {stated} is no SPDX expression of listed licences",
    "not_allowed": "Its licence is {stated}",
}
"""What was found of a licence, one of `quality.licence.FAULTS` -> how that is told."""

TO_THE_SELLER, TO_EVERYONE = "you would have been selected", "it would have been bought"
"""How a loser's other fate is told."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one seller was bought or not."""

    seller: str
    reason: str
    """a key of `reports.reasons.REASONS`."""
    sentences: tuple[str, ...]
    """for people, the reason first."""
    steps: tuple[str, ...]
    """one line of arithmetic each, "name: computation = result"."""
    numbers: dict[str, int | str | None]
    """for programs: money in minor units, scores in millionths, exact fractions as "numerator/denominator"."""


def explain(outcome: Outcome, seller: str) -> Explanation:
    """Tell a seller why the dataset was bought or not, and what decided the payment.

    Args:
        outcome: of a round.
        seller: the name as it stands in the offer.

    Raises:
        OfferError: nobody of that name made an offer; close names are suggested.
    """
    case = next((case for case in cases(outcome) if case.row.offer.seller == seller), None)
    if case is None:
        raise OfferError(_unknown(seller, [offer.seller for offer in recorded(outcome).offers]))
    sentences = (_reason(case, TO_THE_SELLER), *_held(case), *_consequence(case), *_notes(case))
    return Explanation(seller, case.row.decision.reason, sentences, steps(case), _numbers(case))


def reasons(outcome: Outcome) -> tuple[tuple[Row, str], ...]:
    """Give for every offer, in the order of the rule, its row and why it was bought or not, as everyone may read it."""
    return tuple((case.row, " ".join([_reason(case, TO_EVERYONE), *_held(case)])) for case in cases(outcome))


def _unknown(seller: str, known: list[str]) -> Problem:
    close = get_close_matches(seller, known, n=3, cutoff=0.6)
    meant = " or ".join(quoted(name) for name in close)
    remedy = f"Did you mean {meant}?" if close else "The offers are listed in report.html and payments.csv."
    return Problem("seller", f"{quoted(seller)} made no offer", f"this round has {count(len(known), 'offer')}", remedy)


# -- in sentences ---------------------------------------------------------------------------------------------------


def _reason(case: Case, fate: str) -> str:
    decision, offer, terms = case.row.decision, case.row.offer, case.record.terms
    highest = decision.highest_winning_minor
    price = case.cut.unit_price
    copy = case.preferred_copy
    numbers = {
        "cost": case.money(case.row.offer.cost_minor),
        "most": f"all that anyone can be paid here, {case.money(case.market.report_max)}"
        if case.totals.pool
        else f"the whole budget of {case.money(terms.budget_minor)}",
        "cap": case.money(terms.cap_minor),
        "quality": score(decision.quality),
        "floor": weight(terms.quality_min),
        "copy": "" if copy is None else quoted(copy.offer.seller),
        "same": "near-copies of the same texts"
        if copy is not None and not _exact(case, [copy.offer.seller])
        else "the same texts",
        "licence": _LICENCE.get(offer.unlicensed, "").format(stated=quoted(licence.stated(offer.metadata))),
        "licences": _listed(terms.licences),
        "value": score(decision.value_millionths),
        "kappa": terms.kappa,
        "worth": score(decision.worth),
        "cost_per_worth": case.per_worth(case.row.cost_per_worth),
        "within": "and the rule buys that" if price is None else f"within the unit price of {case.money(price)}",
        "paid": _paid(case),
        "reserve": _reserve(case, "it"),
        "rivals": _rivals(case),
        "otherwise": "no report would have changed that"
        if highest is None
        else f"at {case.money(highest)} or less {fate}",
    }
    return REASONS[decision.reason].sentence(numbers)


def _listed(licences: Sequence[str]) -> str:
    """List what a call allows, as far as that is short."""
    shown, more = licences[:LICENCES_SHOWN], len(licences) - LICENCES_SHOWN
    if more > 0:
        return f"{', '.join(shown)} or one of {more} more"
    return " or ".join([part for part in (", ".join(shown[:-1]), shown[-1] if shown else "") if part])


def _exact(case: Case, sellers: Sequence[str]) -> bool:
    """Say whether other offers of the pool are copies word for word; else some are near-copies."""
    contents = {row.offer.material.manifest.content for row in case.ordered if row.offer.seller in sellers}
    return contents == {case.row.offer.material.manifest.content}


def _paid(case: Case) -> str:
    """Say up to where the report could have gone, and what is paid, now and later."""
    decision = case.row.decision
    highest, received = decision.highest_winning_minor, case.money(decision.received_minor)
    parts = ""
    if decision.share_minor:
        cash = "nothing" if not decision.payment_minor else case.money(decision.payment_minor)
        parts = f", {cash} in cash and {case.money(decision.share_minor)} in shares"
    if highest is None:
        return f"It would have been bought at any report, and {received} is paid{parts}"
    bought = f"Any report up to {case.money(highest)} would have been bought"
    if highest == decision.received_minor:
        return f"{bought}, and that is what is paid{parts}"
    return f"{bought}, but {received} is paid{parts}"


def _rivals(case: Case) -> str:
    if case.row.decision.reason != "outpriced":
        return ""
    purse = case.purse
    if case.row.offer.cost_minor > purse.budget:
        return f"The report is above {purse.name}, {case.money(purse.budget)}"
    return (
        "Offers that cost no more for a unit come first, and spread over their worth and its own "
        f"{purse.name} comes to only {case.money(case.reach)} a unit"
    )


def _held(case: Case) -> list[str]:
    held, manifest = case.row.offer.held_by_buyer, case.row.offer.material.manifest
    if not held:
        return []
    noun = "document" if manifest.documents == manifest.distinct else "distinct document"
    verbs = "is the buyer's own and adds" if held == 1 else "are the buyer's own and add"
    return [f"{held:,} of its {count(manifest.distinct, noun)} {verbs} nothing."]


def _consequence(case: Case) -> list[str]:
    """Say what the reason leaves unsaid: how far the report is from the highest that would have won."""
    decision, cost = case.row.decision, case.row.offer.cost_minor
    highest = decision.highest_winning_minor
    if decision.selected:
        above = decision.received_minor - cost
        return [f"The payment is {case.money(abs(above))} {'above' if above >= 0 else 'below'} your report."]
    if highest is None or not case.mechanism.pays_highest:
        return []
    return [f"You would then have been paid {case.money(highest)}: {case.money(cost - highest)} below your report."]


def _notes(case: Case) -> list[str]:
    decision, row, terms = case.row.decision, case.row, case.record.terms
    notes = [] if case.cut.one_price else [f"The rule {case.mechanism.told}"]
    if terms.reserve and decision.reason != "behind_reserve":
        notes.append(f"{_reserve(case, 'yours')}.")
    if row.copies:
        others = ", ".join(quoted(name) for name in row.copies[:3]) + (" and others" if len(row.copies) > 3 else "")
        worth = "so is the worth that each would have alone, rounded down"
        if terms.copies == AS_ONE:
            worth = "only the one that asks least for its worth takes part, for the worth that it has alone"
        notes.append(
            f"Your {count(row.offer.copies.distinct, 'distinct document')} are the same as those of {others}"
            f"{'' if _exact(case, row.copies) else ', or near-copies of them'}. The {count(row.pool_size, 'offer')} "
            f"count as one dataset: its value is divided equally, and {worth}."
        )
    notes += _overlap(case)
    if decision.value <= 0 < decision.worth:
        notes.append(
            f"The data does not help to predict the buyer's validation text: its value is "
            f"{score(decision.value_millionths)}. It has worth only by the buyer's gamma {terms.gamma} and kappa "
            f"{terms.kappa}."
        )
    if case.drawn_by_lot:
        notes.append(
            f"The lot, drawn from the seed of the call before any report was looked at, fell on {case.mechanism.rule}."
        )
    if case.record.coalitions.permutations:
        notes.append(
            f"The value was sampled: with about 95 % confidence it lies from {score(decision.value_low)} to "
            f"{score(decision.value_high)}. The round decides by {score(decision.value_millionths)}."
        )
    return notes


def _overlap(case: Case) -> list[str]:
    """Say how much of an offer stands elsewhere too, in numbers."""
    copies = case.row.offer.copies
    if not copies.shared or case.row.copies:  # of a copy of the whole that is told already
        return []
    return [
        f"{copies.shared:,} of your {count(copies.distinct, 'distinct document')} "
        f"{'is' if copies.shared == 1 else 'are'} offered by other sellers too, in the same words or nearly, and "
        f"{copies.sentences_shared:,} of your {count(copies.sentences, 'distinct sentence')} word for word. The buyer "
        f"gains from a text once, however many offer it."
    ]


def _reserve(case: Case, whose: str) -> str:
    """Say with whom an offer competes, and for which part of the money, where some of it is reserved."""
    terms = case.record.terms
    kept = f"{weight(terms.reserve)} of what can be spent is kept for offers tagged {quoted(terms.reserve_for)}"
    if terms.reserve_for in case.row.offer.tags:
        return f"{kept}, and {whose} stands among these alone"
    return f"{kept}, and {whose} stands among all others, for the rest and what those leave"


# -- for programs ---------------------------------------------------------------------------------------------------


def _numbers(case: Case) -> dict[str, int | str | None]:
    row, decision, terms = case.row, case.row.decision, case.record.terms
    numbers = {
        "currency": terms.currency,
        "mechanism": terms.mechanism,
        "cost_minor": row.offer.cost_minor,
        "held_by_buyer": row.offer.held_by_buyer,
        "unlicensed": row.offer.unlicensed,
        "documents": row.offer.copies.distinct,
        "documents_standing": row.offer.copies.standing,
        "documents_shared": row.offer.copies.shared,
        "sentences": row.offer.copies.sentences,
        "sentences_shared": row.offer.copies.sentences_shared,
        "budget_minor": terms.budget_minor,
        **{name: getattr(row.offer.scores, name) for name in MEASURES},
        "quality": decision.quality,
        "value": decision.value_millionths,
        "value_low": decision.value_low,
        "value_high": decision.value_high,
        "value_exact": decision.value,
        "pool_size": row.pool_size,
        "worth": decision.worth,
        "winners_worth": case.totals.worth,
        "rank": row.rank,
        "cost_per_worth_minor": row.cost_per_worth,
        "unit_price_minor": case.cut.unit_price,
        "highest_winning_minor": decision.highest_winning_minor,
        "payment_minor": decision.payment_minor,
        "share_minor": decision.share_minor,
    }
    tree: dict[str, int | str | None] = canonical.tree(numbers)
    return tree
