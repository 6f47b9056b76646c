"""One round, top to bottom: offers in, payments and findings out. Read this file first.

    measure   reads the datasets and writes down all that the outcome may depend on: the record
    decide    computes the outcome from the record and nothing else, in exact arithmetic

`run_round` is the one after the other. There is no clock, no file and no hidden chance in here, so deciding a record
again is how a round is verified: the same record gives the same outcome, bit for bit, on any machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from evenhand import acceptance, canonical, datasets, quality, valuation
from evenhand.decisions import Decided, as_it_ran, market_of, pools_of
from evenhand.errors import OfferError, Problem, StoreError
from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS
from evenhand.money import Money
from evenhand.properties import ROUND_CLAIMS, certify
from evenhand.quality import licence, novelty
from evenhand.quality import metadata as fields
from evenhand.quality.embedding import open_embedding
from evenhand.records import (
    RECORD_SCHEMA,
    SHARED,
    Call,
    CoalitionValues,
    Finding,
    Interval,
    Material,
    Number,
    Offer,
    Outcome,
    Record,
    RecordedOffer,
    Terms,
    Watch,
    in_millionths,
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
    problems = acceptance.of_round(call, offers, learner)
    if problems:
        raise OfferError(problems)
    return decide(measure(call, offers, learner, watch))


def measure(call: Call, offers: Sequence[Offer], learner: valuation.Learner, watch: Watch = unwatched) -> Record:
    """Measure the offers: manifests, quality and coalition values, as integers."""
    problems = acceptance.of_arguments(call, offers, learner) or acceptance.of_offers(call, offers)
    if problems:
        raise OfferError(problems)
    offers = sorted(offers, key=lambda offer: offer.seller)
    terms = _terms(call, learner)
    # What is not installed, or a folder that was changed, is refused before hours of reading
    embedding = open_embedding(quality.profile(terms.quality_profile).embedding)
    opened = novelty.reference_of(call.folder, embedding)
    own, offered, held = _read(call, offers, watch)
    reference = opened or novelty.reference_of(call.reference, embedding, watch)
    together = _look(call, terms, offers, offered, reference, watch)
    coalitions = _value(call, offers, together, learner, watch)
    return Record(
        schema=RECORD_SCHEMA,
        terms=terms,
        validation=own["validation"],
        seed_text=own.get("seed text"),
        reference=call.folder.built if call.folder else own.get("reference"),
        offers=tuple(
            RecordedOffer(
                offer.seller,
                offer.cost.minor,
                dict(offer.metadata),
                known,
                material,
                quality.scores_of(together.looked[offer.seller], terms.quality_profile),
                together.looked[offer.seller].volume,
                together.copies(offer.seller),
                tuple(offer.tags),
                licence.unlicensed(offer.metadata, terms.licences),
            )
            for offer, known, material in zip(offers, held, offered, strict=True)
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
    qualities, estimates, worths = _weighed(record)
    market = market_of(record, worths)
    drawn = as_it_ran(record.terms)
    cleared = drawn.run(market, [offer.cost_minor for offer in record.offers])
    decided = Decided(record, drawn, drawn.market(market), qualities, estimates, worths, cleared)
    return Outcome(
        mechanism=record.terms.mechanism,
        quantity=cleared.quantity.astype(int),
        cash=cleared.cash.astype(int),
        share=cleared.share.astype(int),
        charge=cleared.charge.astype(int),
        sellers=tuple(offer.seller for offer in record.offers),
        findings=tuple(_certified(record, market, ROUND_CLAIMS)),
        decisions=tuple(decided.decision(index) for index in range(len(record.offers))),
        record=record,
    )


def certified(
    record: Record,
    claims: Sequence[str],
    *,
    money: Callable[[Number], str] | None = None,
    watch: Watch = unwatched,
) -> list[Finding]:
    """Try to refute claims of the mechanism of a record on its offers, without deciding the round.

    Args:
        record: what was measured.
        claims: keys of `properties.CLAIMS`.
        money: how the findings write minor units; as a round publishes them if not given.
        watch: told how far the search is.

    Raises:
        StoreError: as of `decide`.
    """
    problems = acceptance.of_record(record)
    if problems:
        raise StoreError(problems)
    _, _, worths = _weighed(record)
    return _certified(record, market_of(record, worths), claims, money, watch)


def _certified(
    record: Record,
    market: ExactProcurement,
    claims: Sequence[str],
    money: Callable[[Number], str] | None = None,
    watch: Watch = unwatched,
) -> list[Finding]:
    return certify(
        MECHANISMS[record.terms.mechanism],
        market,
        [offer.cost_minor for offer in record.offers],
        claims=claims,
        sellers=[offer.seller for offer in record.offers],
        money=money or (lambda minor: str(Money(round(minor), record.terms.currency))),
        watch=watch,
    )


def _weighed(record: Record) -> tuple[list[int], list[Interval], list[int]]:
    """Give each offer's quality, its value with the interval, and its worth."""
    qualities = [quality.combine(offer.scores, record.terms.weights) for offer in record.offers]
    estimates = list(valuation.estimates(record.coalitions, seed=record.terms.seed))
    return qualities, estimates, _worths(record, qualities, estimates)


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


def _look(
    call: Call,
    terms: Terms,
    offers: Sequence[Offer],
    offered: Sequence[Material],
    reference: quality.Reference | None,
    watch: Watch,
) -> quality.Together:
    """Look at every dataset, with samples and signatures that no seller could foresee: they hang on what is offered."""
    contents = [material.manifest.content for material in offered]
    drawn_by = canonical.encode(terms)
    key = quality.near_key(drawn_by, contents)
    looked = {}
    done, total = 0, sum(material.manifest.documents for material in offered)
    watch("quality", 0, total)
    for offer, material in zip(offers, offered, strict=True):
        looked[offer.seller] = quality.look_at(
            offer.dataset,
            material.manifest,
            offer.metadata,
            as_of=call.as_of,
            reference=reference,
            by=terms.quality_profile,
            salt=quality.salt(drawn_by, material.manifest.content),
            key=key,
            required=terms.required,
            licences=terms.licences,
            tell=partial(_tell, watch, done, total),
        )
        done += material.manifest.documents
    watch("quality", total, total)
    return quality.Together.of(looked, key=key)


def _tell(watch: Watch, before: int, total: int, done: int) -> None:
    """Tell how many documents of all offers were looked at; what is drawn of them is still to be read again."""
    watch("quality", min(before + done, total - 1), total)


def _value(
    call: Call, offers: Sequence[Offer], together: quality.Together, learner: valuation.Learner, watch: Watch
) -> CoalitionValues:
    """Value the datasets, each read as the texts that stand for its documents: a copy adds nothing to its original."""
    standing = together.standing({offer.seller: offer.dataset for offer in offers})
    contents = [together.content(offer.seller) for offer in offers]
    players = valuation.players_of(call.method, [standing[offer.seller] for offer in offers], contents)
    return valuation.evaluate(
        valuation.game_of(learner, players.datasets, call, watch),
        players.holders,
        method=call.method,
        permutations=call.permutations,
        seed=call.seed,
        unit=players.unit,
        watch=watch,
    )


def _terms(call: Call, learner: valuation.Learner) -> Terms:
    return Terms(
        name=call.name,
        currency=call.budget.currency,
        budget_minor=call.budget.minor,
        mechanism=call.mechanism,
        mechanism_version=MECHANISMS[call.mechanism].version,
        quality_profile=quality.profile(call.profile or quality.DEFAULT).name,
        weights=in_millionths(call.weights),
        method=call.method,
        permutations=call.permutations,
        learner=learner.settings(),
        eta=call.eta,
        gamma=call.gamma,
        kappa=call.kappa,
        concave=call.concave,
        as_of=call.as_of.isoformat(),
        seed=call.seed,
        share_pool_minor=call.share_pool.minor if call.share_pool else 0,
        liquidity=call.liquidity,
        cap_minor=call.cap.minor if call.cap else 0,
        reserve_for=call.reserve_for,
        copies=call.copies,
        licences=licence.allowed_names(tuple(call.licences)),
        required=fields.expected(call.required) if call.required else (),
        **in_millionths({name: getattr(call, name) or "0" for name in ("share_mass", "quality_min", "reserve")}),
    )


def _worths(record: Record, qualities: Sequence[int], estimates: Sequence[Interval]) -> list[int]:
    """Give what each offer is worth, in millionths.

    One of too low a quality, or that may not be bought under its licence, is worth nothing, whatever it asks.
    """
    terms = record.terms
    pool_size = {index: len(pool) for pool in pools_of(record) for index in pool}
    shared = terms.copies == SHARED
    return [
        valuation.worth(
            qualities[i],
            estimates[i].value * pool_size[i],
            pool_size[i] if shared else 1,
            eta=terms.eta,
            gamma=terms.gamma,
            kappa=terms.kappa,
            concave=terms.concave,
        )
        if qualities[i] >= terms.quality_min and not record.offers[i].unlicensed
        else 0
        for i in range(len(record.offers))
    ]
