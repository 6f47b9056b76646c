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
from evenhand.numerics import sampling
from evenhand.properties import certify
from evenhand.records import (
    RECORD_SCHEMA,
    Call,
    CoalitionValues,
    Decision,
    Estimate,
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
    own, offered = _read(call, offers, watch)
    scores = _score(call, offers, watch)
    coalitions = _value(call, offers, offered, learner, watch)
    held = _held_by_buyer(call, offers)
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

    market = ExactProcurement(worths, terms.budget_minor, mechanism.rule, whole=True)
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


def _read(call: Call, offers: Sequence[Offer], watch: Watch) -> tuple[dict[str, Material], list[Material]]:
    """Read everything once: what the buyer brought, by name, and what each seller offers. All bad files at once."""
    brought = {"validation": call.validation, "seed text": call.seed_text, "reference": call.reference}
    own = {name: dataset for name, dataset in brought.items() if dataset is not None}
    datasets_by_name = {**own, **{f'offer of "{offer.seller}"': offer.dataset for offer in offers}}
    problems: list[Problem] = []
    materials: dict[str, Material] = {}
    for done, (name, dataset) in enumerate(datasets_by_name.items()):
        watch("read", done, len(datasets_by_name))
        try:
            materials[name] = Material(dataset.source, datasets.describe(dataset))
        except OfferError as error:
            problems += [replace(problem, where=f"{name}: {problem.where}") for problem in error.problems]
    watch("read", len(datasets_by_name), len(datasets_by_name))
    if problems:
        raise OfferError(problems)
    return {name: materials[name] for name in own}, [materials[name] for name in datasets_by_name if name not in own]


def _score(call: Call, offers: Sequence[Offer], watch: Watch) -> list[Scores]:
    reference = quality.read_reference(call.reference) if call.reference else None
    scores = []
    for done, offer in enumerate(offers):
        watch("quality", done, len(offers))
        where = f'offer of "{offer.seller}"'
        scores.append(
            quality.measure(offer.dataset, offer.metadata, as_of=call.as_of, reference=reference, where=where)
        )
    watch("quality", len(offers), len(offers))
    return scores


def _value(
    call: Call, offers: Sequence[Offer], offered: Sequence[Material], learner: valuation.Learner, watch: Watch
) -> CoalitionValues:
    pools = valuation.pools([material.manifest.content for material in offered])
    game = learner.game(
        [offers[pool[0]].dataset for pool in pools],
        validation=call.validation,
        seed_text=call.seed_text,
        rng=sampling.generator(call.seed, "learner"),
        watch=watch,
    )
    return valuation.evaluate(
        game, pools, method=call.method, permutations=call.permutations, seed=call.seed, watch=watch
    )


def _held_by_buyer(call: Call, offers: Sequence[Offer]) -> list[int]:
    """Count each offer's documents that the buyer brought along: they can teach the buyer nothing."""
    brought = [call.validation, *([call.seed_text] if call.seed_text else [])]
    held = {document.identity for dataset in brought for document in dataset}
    return [len({document.identity for document in offer.dataset} & held) for offer in offers]


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


def _worths(record: Record, qualities: Sequence[int], estimates: Sequence[Estimate]) -> list[int]:
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
    record: Record, index: int, quality: int, estimate: Estimate, worth: int, cleared: Outcome, highest: int | None
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
