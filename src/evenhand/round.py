"""One round, top to bottom: offers in, payments and findings out. Read this file first.

    measure   reads the datasets and writes down all that the outcome may depend on: the record
    decide    computes the outcome from the record and nothing else, in exact arithmetic

`run_round` is the one after the other. There is no clock, no file and no hidden chance in here, so deciding a record
again is how a round is verified: the same record gives the same outcome, bit for bit, on any machine.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from evenhand import acceptance, datasets, quality, valuation
from evenhand.errors import OfferError, Problem, StoreError
from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS
from evenhand.money import Money
from evenhand.properties import certify
from evenhand.records import (
    RECORD_SCHEMA,
    Call,
    CoalitionValues,
    Decision,
    Interval,
    Material,
    Offer,
    Outcome,
    Record,
    RecordedOffer,
    Scores,
    Terms,
    Watch,
    in_millionths,
    millionths,
    offer_of,
    unwatched,
)


def run_round(call: Call, offers: Sequence[Offer], learner: valuation.Learner, watch: Watch = unwatched) -> Outcome:
    """Run one call from offers to outcome.

    Args:
        call: what the buyer asks for, and by which rules.
        offers: one a seller, all in the currency of the call's budget.
        learner: tells what coalitions of datasets are worth to the buyer.
        watch: told `(stage, done, total)` as the work goes on.

    Raises:
        OfferError: the call or the offers cannot be accepted; every reason is listed.
    """
    return decide(measure(call, offers, learner, watch))


def measure(call: Call, offers: Sequence[Offer], learner: valuation.Learner, watch: Watch = unwatched) -> Record:
    """Measure the offers: manifests, quality and coalition values, as integers."""
    problems = acceptance.of_offers(call, offers)
    if problems:
        raise OfferError(problems)
    offers = sorted(offers, key=lambda offer: offer.seller)
    own, offered, held = _read(call, offers, watch)
    scores = _score(call, offers, watch)
    coalitions = _value(call, offers, offered, learner, watch)
    return Record(
        schema=RECORD_SCHEMA,
        terms=_terms(call, learner),
        validation=own["validation"],
        seed_text=own.get("seed text"),
        reference=own.get("reference"),
        offers=tuple(
            RecordedOffer(offer.seller, offer.cost.minor, dict(offer.metadata), known, material, score)
            for offer, known, material, score in zip(offers, held, offered, scores, strict=True)
        ),
        coalitions=coalitions,
    )


def decide(record: Record) -> Outcome:
    """Decide who sells and who is paid what, from the record alone.

    Raises:
        StoreError: the record contradicts itself, or asks for a rule that this version does not have.
    """
    problems = acceptance.of_record(record)
    if problems:
        raise StoreError(problems)
    terms = record.terms
    mechanism = MECHANISMS[terms.mechanism]

    qualities = [quality.combine(offer.scores, terms.weights) for offer in record.offers]
    estimates = valuation.estimates(record.coalitions, seed=terms.seed)
    worths = _worths(record, qualities, estimates)

    market = mechanism.market(ExactProcurement(worths, terms.budget_minor, whole=True))
    costs = [offer.cost_minor for offer in record.offers]
    cleared = mechanism.run(market, costs)
    highest = market.thresholds(costs)
    sellers = tuple(offer.seller for offer in record.offers)
    findings = certify(
        mechanism, market, costs, sellers=sellers, money=lambda minor: str(Money(int(minor), terms.currency))
    )
    decisions = tuple(
        _decision(record, i, qualities[i], estimates[i], worths[i], cleared, highest[i]) for i in range(len(sellers))
    )
    return Outcome(
        mechanism=mechanism.name,
        quantity=cleared.quantity.astype(int),
        cash=cleared.cash.astype(int),
        share=cleared.share.astype(int),
        charge=cleared.charge.astype(int),
        sellers=sellers,
        findings=tuple(findings),
        decisions=decisions,
        record=record,
    )


def _read(call: Call, offers: Sequence[Offer], watch: Watch) -> tuple[dict[str, Material], list[Material], list[int]]:
    """Read everything once, and name all that cannot be read at once.

    Returns:
        what the buyer brought, by name; what each seller offers; and how many of each seller's documents stand in the
        buyer's validation or seed text: they can teach the buyer nothing.
    """
    named = {**call.brought, **{offer_of(offer.seller): offer.dataset for offer in offers}}
    problems: list[Problem] = []
    materials: dict[str, Material] = {}
    held: set[bytes] = set()
    overlap: dict[str, int] = {}
    for done, (name, dataset) in enumerate(named.items()):
        watch("read", done, len(named))
        try:
            manifest, identities = datasets.survey(dataset)
        except OfferError as error:
            problems += [replace(problem, where=f"{name}: {problem.where}") for problem in error.problems]
            continue
        materials[name] = Material(dataset.source, manifest)
        overlap[name] = len(identities & held)
        if name in ("validation", "seed text"):
            held |= identities
    watch("read", len(named), len(named))
    if problems:
        raise OfferError(problems)
    offered = [offer_of(offer.seller) for offer in offers]
    own = {name: materials[name] for name in call.brought}
    return own, [materials[name] for name in offered], [overlap[name] for name in offered]


def _score(call: Call, offers: Sequence[Offer], watch: Watch) -> list[Scores]:
    reference = quality.read_reference(call.reference) if call.reference else None
    scores = []
    for done, offer in enumerate(offers):
        watch("quality", done, len(offers))
        where = offer_of(offer.seller)
        scores.append(
            quality.measure(offer.dataset, offer.metadata, as_of=call.as_of, reference=reference, where=where)
        )
    watch("quality", len(offers), len(offers))
    return scores


def _value(
    call: Call, offers: Sequence[Offer], offered: Sequence[Material], learner: valuation.Learner, watch: Watch
) -> CoalitionValues:
    pools = valuation.pools([material.manifest.content for material in offered])
    game = valuation.game_of(learner, [offers[pool[0]].dataset for pool in pools], call, watch)
    return valuation.evaluate(
        game, pools, method=call.method, permutations=call.permutations, seed=call.seed, watch=watch
    )


def _terms(call: Call, learner: valuation.Learner) -> Terms:
    return Terms(
        name=call.name,
        currency=call.budget.currency,
        budget_minor=call.budget.minor,
        mechanism=call.mechanism,
        mechanism_version=MECHANISMS[call.mechanism].version,
        quality_profile=quality.PROFILE,
        weights=in_millionths(call.weights),
        method=call.method,
        permutations=call.permutations,
        learner=learner.settings(),
        eta=call.eta,
        gamma=call.gamma,
        kappa=call.kappa,
        as_of=call.as_of.isoformat(),
        seed=call.seed,
    )


def _worths(record: Record, qualities: Sequence[int], estimates: Sequence[Interval]) -> list[int]:
    terms = record.terms
    pool_size = {index: len(pool) for pool in record.coalitions.pools for index in pool}
    return [
        valuation.worth(
            qualities[i],
            estimates[i].value * pool_size[i],
            pool_size[i],
            eta=terms.eta,
            gamma=terms.gamma,
            kappa=terms.kappa,
        )
        for i in range(len(record.offers))
    ]


def _decision(
    record: Record, index: int, quality: int, estimate: Interval, worth: int, cleared: Outcome, highest: int | None
) -> Decision:
    cost = record.offers[index].cost_minor
    return Decision(
        seller=record.offers[index].seller,
        quality=quality,
        value=estimate.value,
        value_low=millionths(estimate.low),
        value_millionths=millionths(estimate.value),
        value_high=millionths(estimate.high),
        worth=worth,
        reason="selected" if cleared.quantity[index] else _why_not(record.terms, cost, quality, estimate.value, worth),
        highest_winning_minor=highest,
        payment_minor=int(cleared.cash[index]),
    )


def _why_not(terms: Terms, cost: int, quality: int, value: Fraction, worth: int) -> str:
    """Name the first condition of selection that an offer misses: a key of `reports.reasons.REASONS`."""
    conditions = (
        ("no_value", worth == 0 and Decimal(terms.gamma) != 0 and value <= 0 and Decimal(terms.kappa) == 0),
        ("no_quality", worth == 0 and Decimal(terms.eta) != 0 and quality == 0),
        ("worth_rounds_to_zero", worth == 0),
        ("asks_more_than_budget", cost > terms.budget_minor),
        ("outpriced", True),
    )
    return next(reason for reason, missed in conditions if missed)
