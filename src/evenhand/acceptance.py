"""May this call with these offers, or this record, be accepted? Everything that stands in the way, at once.

Both are judged before any data is read and before anything is decided.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from evenhand import kinds, quality, valuation
from evenhand.errors import OfferError, Problem, StoreError, shown, unknown
from evenhand.markets import ExactProcurement, Policy
from evenhand.mechanisms import Mechanism, for_rounds
from evenhand.money import MINOR_MAX, Money
from evenhand.quality import licence, novelty
from evenhand.quality import metadata as fields
from evenhand.records import (
    AS_ONE,
    COPIES,
    MEASURES,
    MILLION,
    RECORD_SCHEMA,
    Call,
    Offer,
    Record,
    RecordedOffer,
    offer_of,
)

DECIMAL_LENGTH_MAX = 40


def of_round(call: Call, offers: Sequence[Offer], learner: object) -> list[Problem]:
    """List everything that stands in the way of a round by the call's own mechanism."""
    return of_arguments(call, offers, learner) or [*of_offers(call, offers), *of_idle(call)]


def of_arguments(call: object, offers: object, learner: object) -> list[Problem]:
    """List what is no call, no list of offers and no learner, before anything is asked of it."""
    kinds_of = {"call": (call, Call), "offers": (offers, Sequence[Offer])}
    strange = [problem for name, (given, kind) in kinds_of.items() if (problem := kinds.misfit(name, given, kind))]
    if isinstance(learner, type) or not callable(getattr(learner, "game", None)):
        found, bound = f"is {shown(learner)}", "it can tell what datasets are worth together"
        strange.append(Problem("learner", found, bound, "Give learners.NGram(), or one of your own with a game."))
    return strange


def of_offers(call: Call, offers: Sequence[Offer]) -> list[Problem]:
    """List everything about a call and its offers that stands in the way of measuring them."""
    return [
        *_of_budget(call),
        *_of_rules(call),
        *_of_shares(call),
        *_of_policy(call),
        *_of_data(call),
        *_of_reserve(call, offers),
        *_of_fit(call),
        *_of_sellers(call, offers),
    ]


def folded(seller: str) -> str:
    """Give a seller's name as names are compared: case, white space and Unicode form tell no two sellers apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", " ".join(seller.split())).casefold())


def _of_budget(call: Call) -> list[Problem]:
    if call.budget.minor > 0:
        return []
    return [Problem("call.budget", f"is {call.budget}", "a budget is above 0", "State what may be spent in all.")]


def _of_rules(call: Call) -> Iterable[Problem]:
    if call.mechanism not in for_rounds():
        yield unknown("call.mechanism", call.mechanism, for_rounds())
    if call.method not in valuation.METHODS:
        yield unknown("call.method", call.method, valuation.METHODS)
    if call.concave and call.concave not in valuation.CONCAVE:
        yield unknown("call.concave", call.concave, valuation.CONCAVE)
    if not valuation.PERMUTATIONS_MIN <= call.permutations <= valuation.PERMUTATIONS_MAX:
        bound = f"orders are drawn {valuation.PERMUTATIONS_MIN} to {valuation.PERMUTATIONS_MAX} times"
        yield Problem("call.permutations", f"is {call.permutations}", bound, "Write 200 if in doubt.")
    if not 0 <= call.seed <= MINOR_MAX:
        bound = f"it is a whole number from 0 to {MINOR_MAX}"
        yield Problem("call.seed", f"is {call.seed}", bound, "Write 0 if in doubt.")
    yield from (unknown("call.weights", name, MEASURES) for name in call.weights if name not in MEASURES)
    numbers = {f"weights.{name}": (weight, MILLION) for name, weight in call.weights.items()}
    numbers |= {name: (getattr(call, name), most) for name, most in valuation.TERMS_MAX.items()}
    wrong = list(_of_decimals(numbers))
    yield from wrong
    if not wrong and not any(Decimal(weight) for weight in call.weights.values()):
        yield Problem("call.weights", "are all 0", "at least one is above 0", "Give a measure some weight.")


def _of_decimals(numbers: Mapping[str, tuple[str, int]]) -> Iterable[Problem]:
    for name, (written, most) in numbers.items():
        number = _number(written)
        if not (number.is_finite() and 0 <= number <= most):
            bound = f"it is a plain decimal from 0 to {most}"
            yield Problem(f"call.{name}", f'is "{written}"', bound, 'Write one such as "0.25".')


def _number(written: str) -> Decimal:
    """Read a plain decimal; what is none is nan."""
    try:
        return Decimal(written if len(str(written)) <= DECIMAL_LENGTH_MAX else "nan")
    except (InvalidOperation, TypeError, ValueError):
        return Decimal("nan")


def _rounds_to_nothing(written: str) -> bool:
    """Tell whether a decimal is published as 0 millionths."""
    return _number(written).is_finite() and 2 * _number(written) * MILLION <= 1


def _of_shares(call: Call) -> Iterable[Problem]:
    """What is said of shares, and whether the mechanism and the call agree on whether there are any."""
    mechanism = for_rounds().get(call.mechanism)
    yield from _of_most(call, "share_pool", call.share_pool)
    stated = {name: getattr(call, name) for name in ("liquidity", "share_mass") if getattr(call, name)}
    most = {"liquidity": 1, "share_mass": MILLION}
    yield from _of_decimals({name: (written, most[name]) for name, written in stated.items()})
    if call.share_mass and _rounds_to_nothing(call.share_mass):
        yield Problem("call.share_mass", f'is "{call.share_mass}"', "it is above 0", "Leave it out for all offered.")
    if mechanism is not None:
        yield from without_pool(mechanism, stated=call.share_pool is not None)
    if call.share_pool is None:
        for name in stated:
            yield Problem(f"call.{name}", "is stated", "it is about a share_pool, and there is none", "Take it out.")


def without_pool(mechanism: Mechanism, *, stated: bool) -> list[Problem]:
    """Refuse to settle in shares where there is no pool of them."""
    if stated or not mechanism.in_shares:
        return []
    bound, remedy = f"{mechanism.name} pays in shares as well", 'Add share_pool = "1000.00 EUR".'
    return [Problem("call.share_pool", "is not stated", bound, remedy)]


IN_PARTS = ("mixed_split", "mixed_net_cost", "mixed_as_published")
POSTED = ("mixed_net_cost", "marginal_utility_tokens")

USED_BY = {
    "share_pool": (*IN_PARTS, "marginal_utility_tokens", "marginal_utility_tokens_as_published"),
    "liquidity": IN_PARTS,
    "share_mass": POSTED,
}
"""What a call may say of shares -> the mechanisms that look at it."""


def of_idle(call: Call) -> list[Problem]:
    """List what a call says of shares and its own mechanism does not look at.

    A round would go on as if it were not there. Only a round is held to this: where mechanisms are compared, another
    may use it.
    """
    if call.mechanism not in for_rounds():
        return []
    bound = f"{call.mechanism} does not look at it"
    return [
        Problem(
            f"call.{name}", "is stated", bound, f"Take it out, or choose a mechanism that does: {', '.join(users)}."
        )
        for name, users in USED_BY.items()
        if getattr(call, name) and call.mechanism not in users
    ]


def _of_policy(call: Call) -> Iterable[Problem]:
    yield from _of_most(call, "cap", call.cap)
    yield from _of_decimals({name: (getattr(call, name), 1) for name in ("quality_min", "reserve")})
    if call.copies not in COPIES:
        yield unknown("call.copies", call.copies, COPIES)


def _of_data(call: Call) -> Iterable[Problem]:
    """What data the call accepts, and how it is measured."""
    readings: tuple[Callable[[], object], ...] = (
        lambda: quality.profile(call.profile or quality.DEFAULT),
        lambda: licence.allowed_names(tuple(call.licences)),
        lambda: fields.expected(call.required or fields.REQUIRED),
    )
    for read in readings:
        try:
            read()
        except OfferError as error:
            yield from (replace(problem, where=f"call.{problem.where}") for problem in error.problems)
    yield from _of_folder(call)


def _of_folder(call: Call) -> Iterable[Problem]:
    """Whether the profile can be measured against the reference that is named by its folder."""
    if call.folder is None:
        return
    with suppress(OfferError):  # an unknown profile is told already
        chosen = quality.profile(call.profile or quality.DEFAULT)
        yield from novelty.misfits(call.folder.built, chosen.name, chosen.embedding, "call.reference")


def _of_reserve(call: Call, offers: Sequence[Offer]) -> Iterable[Problem]:
    """A reserve and whom it is for are said together, and a tag that is nearly one of an offer's is a slip."""
    tags = {tag for offer in offers for tag in offer.tags}
    nothing = _rounds_to_nothing(call.reserve)
    if call.reserve_for and nothing:
        remedy = "Add reserve = 0.2, or take it out."
        yield Problem("call.reserve_for", f'is "{call.reserve_for}"', "nothing is reserved", remedy)
    elif not call.reserve_for and not nothing:
        bound = "what is reserved is for offers with a tag"
        yield Problem("call.reserve", f'is "{call.reserve}"', bound, 'Add reserve_for = "cooperative".')
    elif call.reserve_for and tags and call.reserve_for not in tags:
        yield unknown("call.reserve_for", call.reserve_for, sorted(tags))


def _of_fit(call: Call) -> list[Problem]:
    """Whether the mechanism runs on a market with such a policy; two made-up offers tell, as no number matters."""
    mechanism = for_rounds().get(call.mechanism)
    if mechanism is None or call.copies not in COPIES:
        return []
    return misfits(mechanism, capped=call.cap is not None, as_one=call.copies == AS_ONE)


def misfits(mechanism: Mechanism, *, capped: bool, as_one: bool) -> list[Problem]:
    """List why a mechanism does not run where payments are capped, or copies are sold as one."""
    policy = Policy(cap=1 if capped else None, pools=((0, 1),) if as_one else ())
    try:
        for each in mechanism.each:
            each.market(ExactProcurement([1, 1], 1, pool=1, whole=True, policy=policy))
    except OfferError as error:
        return [replace(problem, where=f"call.{problem.where}") for problem in error.problems]
    return []


def _of_most(call: Call, name: str, most: Money | None) -> Iterable[Problem]:
    if most is not None and most.currency != call.budget.currency:
        found, bound = f"is in {most.currency}", f"the budget is in {call.budget.currency}"
        yield Problem(f"call.{name}", found, bound, "State it in the currency of the budget.")
    if most is not None and most.minor <= 0:
        yield Problem(f"call.{name}", f"is {most}", "it is above 0", "Leave it out.")


def _of_sellers(call: Call, offers: Sequence[Offer]) -> Iterable[Problem]:
    if not offers:
        yield Problem("offers", "there are none", "a round needs one or more", "Add an offer.")
    seen: dict[str, str] = {}
    for offer in offers:
        where = offer_of(offer.seller)
        if not offer.seller.strip():
            yield Problem(where, "the seller has no name", "a seller is paid by name", "Name the seller.")
        if folded(offer.seller) in seen:
            found = f'an offer of "{seen[folded(offer.seller)]}" stands there already'
            yield Problem(where, found, "a seller makes one offer a round", "Merge the datasets, or withdraw one.")
        seen.setdefault(folded(offer.seller), offer.seller)
        if list(offer.tags) != sorted(set(offer.tags)):
            found, bound = f"has tags {list(offer.tags)}", "tags stand in order, and each once"
            yield Problem(where, found, bound, "Give sorted(set(tags)).")
        if offer.cost.currency != call.budget.currency:
            found, bound = f"asks in {offer.cost.currency}", f"the budget is in {call.budget.currency}"
            yield Problem(where, found, bound, "State the cost in the currency of the budget.")


def of_record(record: Record) -> list[Problem]:
    """List what a record cannot say; nothing here can be wrong in a record that `measure` made."""
    remedy = "Restore the record as it was published, or use the version of Evenhand that made it."
    checks = (
        *_of_versions(record),
        *_of_terms(record),
        *_of_settings(record),
        *_of_coalitions(record),
        *_of_built(record),
        *_of_each_offer(record),
    )
    return [Problem("record.json", found, bound, remedy) for holds, found, bound in checks if not holds]


Checked = Iterable[tuple[bool, str, str]]
"""(whether it holds, what was found, what must hold)."""


def _of_versions(record: Record) -> Checked:
    terms = record.terms
    mechanism = for_rounds().get(terms.mechanism)
    here = ", ".join(f"{m.name} version {m.version}" for m in for_rounds().values())
    found = f"mechanism {terms.mechanism} version {terms.mechanism_version}"
    yield record.schema == RECORD_SCHEMA, f"schema {record.schema}", f"this version reads {RECORD_SCHEMA}"
    yield mechanism is not None and mechanism.version == terms.mechanism_version, found, f"this version has {here}"
    profile = f"quality profile {terms.quality_profile}"
    yield terms.quality_profile in quality.PROFILES, profile, f"this version has {', '.join(quality.PROFILES)}"


def _of_terms(record: Record) -> Checked:
    terms = record.terms
    numbers = {name: (getattr(terms, name), most) for name, most in valuation.TERMS_MAX.items()}
    yield terms.budget_minor > 0, f"budget {terms.budget_minor}", "a budget is above 0"
    yield not list(_of_decimals(numbers)), "eta, gamma or kappa out of bounds", f"they are 0 to {valuation.TERMS_MAX}"
    weighting, known = ("", *valuation.CONCAVE), ", ".join(valuation.CONCAVE)
    yield terms.concave in weighting, f"concave weight {terms.concave}", f"this version has {known}"
    yield terms.seed >= 0, f"seed {terms.seed}", "a seed is 0 or more"
    yield _is_day(terms.as_of), f'as_of "{terms.as_of}"', "it is a day of the calendar"
    sensible = set(terms.weights) <= set(MEASURES) and min(terms.weights.values(), default=0) >= 0
    yield sensible and any(terms.weights.values()), f"weights {terms.weights}", "they are 0 or more and not all 0"


def _of_settings(record: Record) -> Checked:
    """What a call may leave out."""
    terms = record.terms
    amounts = (terms.share_pool_minor, terms.cap_minor, terms.share_mass)
    yield all(0 <= amount <= MINOR_MAX for amount in amounts), "a pool, cap or mass below 0", "they are 0 or more"
    parts = (terms.quality_min, terms.reserve)
    yield all(0 <= part <= MILLION for part in parts), f"parts of {parts} millionths", "a part is 0 to 1"
    cash = not terms.liquidity or not list(_of_decimals({"liquidity": (terms.liquidity, 1)}))
    yield cash, f'liquidity "{terms.liquidity}"', "it is 0 to 1"
    yield terms.copies in COPIES, f'copies "{terms.copies}"', f"this version has {', '.join(COPIES)}"
    once = "they stand once each"
    names = [name.strip() for name in terms.licences]
    yield all(names) and len(set(names)) == len(names), f"licences {names}", once
    known = set(terms.required) <= set(fields.FIELDS) and len(set(terms.required)) == len(terms.required)
    yield known, f"fields of metadata {list(terms.required)}", f"{once}, of {', '.join(fields.FIELDS)}"
    mechanism = for_rounds().get(terms.mechanism)
    fits = mechanism is None or not misfits(mechanism, capped=bool(terms.cap_minor), as_one=terms.copies == AS_ONE)
    yield fits, f"{terms.mechanism} with such a policy", "the mechanism runs with it"
    reserved = bool(terms.reserve) is bool(terms.reserve_for)
    yield reserved, "a reserve for nobody, or none for somebody", "a reserve and its tag stand together"


def _of_built(record: Record) -> Checked:
    """What a reference that stands in a folder has to do with the profile, and with what was counted."""
    built, chosen = record.built, quality.PROFILES.get(record.terms.quality_profile)
    if built is None or chosen is None:
        return
    found, bound = f'reference embedded by "{built.embedding}"', f"{chosen.name} compares by {chosen.embedding}"
    yield built.embedding == chosen.embedding, found, bound
    counted = {offer.scores.evidence.get("novelty", {}).get("reference_sentences") for offer in record.offers}
    sentences = f"{built.sentences} sentences of reference"
    yield counted <= {built.sentences}, sentences, f"offers were held against {counted}"


def _of_coalitions(record: Record) -> Checked:
    terms, coalitions = record.terms, record.coalitions
    yield coalitions.method == terms.method, f"method {coalitions.method}", f"the call asks for {terms.method}"
    if terms.method not in valuation.METHODS:
        return
    yield from _of_players(record)
    players = len(coalitions.pools)
    drawn = valuation.drawn(terms.method, players, terms.permutations)
    yield coalitions.permutations == drawn, f"{coalitions.permutations} drawn orders", f"there are {drawn}"
    asked = valuation.expected(terms.method, players, terms.permutations)
    yield len(coalitions.values) == asked, f"{len(coalitions.values)} coalition values", f"there are {asked}"
    yield coalitions.values[:1] == (0,), "V(nobody) other than 0", "a gain is measured from 0"
    most = valuation.VALUE_MAX * MILLION
    yield all(abs(v) <= most for v in coalitions.values), "a coalition value out of bounds", f"it is at most {most}"


def _of_players(record: Record) -> Checked:
    """Check whose each player is: a pool of offers, or some documents of the same offers."""
    coalitions, contents = record.coalitions, [offer.copies.content for offer in record.offers]
    pools = valuation.pools(contents)
    if not valuation.METHODS[record.terms.method].by_document:
        yield coalitions.pools == pools, f"pools {coalitions.pools}", f"equal content stands in one pool: {pools}"
        yield coalitions.unit == 0, f"{coalitions.unit} documents a player", "whole datasets play"
        return
    unit, offers = coalitions.unit, range(len(contents))
    yield unit > 0, f"{unit} documents a player", "it is 1 or more"
    for holders in coalitions.pools:
        stated = list(holders) == sorted(set(holders).intersection(offers)) != []
        yield stated, f"a player of {holders}", "its offers stand in order, each once"
        together = all(set(pool) <= set(holders) or not set(pool) & set(holders) for pool in pools)
        yield together, f"a player of {holders}", "who offers the same holds the same"
    for offer, seller in zip(offers, record.offers, strict=True):
        standing, held = seller.copies.standing, sum(offer in holders for holders in coalitions.pools)
        fits = held <= standing <= held * unit
        yield fits, f'{held} players of "{seller.seller}"', f"its {standing} documents are {unit} or fewer a player"


def _of_each_offer(record: Record) -> Checked:
    sellers = [offer.seller for offer in record.offers]
    yield sellers == sorted(set(sellers)) and sellers != [], "sellers out of order", "they stand once each, in order"
    for offer in record.offers:
        who, manifest = f"{offer_of(offer.seller)}: ", offer.material.manifest
        yield offer.cost_minor >= 0, f"{who}cost {offer.cost_minor}", "a cost is 0 or more"
        if record.terms.quality_profile in quality.PROFILES:
            yield from ((holds, f"{who}{found}", bound) for holds, found, bound in _measured(record, offer))
        licensed = f'{who}licence found "{offer.unlicensed}"'
        yield from ((holds, licensed, bound) for holds, bound in _licensed(record, offer))
        tags = list(offer.tags)
        yield tags == sorted(set(tags)), f"{who}tags {tags}", "they stand in order, and each once"
        held = offer.held_by_buyer
        yield 0 <= held <= manifest.distinct, f"{who}{held} documents of the buyer's", f"there are {manifest.distinct}"


def _measured(record: Record, offer: RecordedOffer) -> Checked:
    """Check that the scores follow from their counts, and that the counts can be."""
    terms, scores = record.terms, offer.scores
    try:
        follows = quality.recompute(scores.evidence, terms.quality_profile, required=terms.required)
    except StoreError as error:
        yield from ((False, f"{problem.where} {problem.found}", problem.bound) for problem in error.problems)
        return
    for name in MEASURES:
        found = f"{name} {getattr(scores, name)} apart from its counts"
        yield follows[name] == getattr(scores, name), found, f"they give {follows[name]}"
    possible = quality.possible(
        offer, terms.quality_profile, has_reference=record.reference is not None, sellers=len(record.offers)
    )
    yield from ((holds, "counts that cannot be", bound) for holds, bound in possible)


def _licensed(record: Record, offer: RecordedOffer) -> Iterable[tuple[bool, str]]:
    """Check what was found of a licence as far as no list of licences is needed: (whether it holds, what must hold)."""
    allow, stated = record.terms.licences, licence.stated(offer.metadata)
    yield offer.unlicensed in ("", *licence.FAULTS), f"it is one of {', '.join(licence.FAULTS)}, or nothing"
    yield bool(allow) or not offer.unlicensed, "a call that names no licences takes any"
    yield not allow or (offer.unlicensed == "missing") is (not stated), "a licence is missing where none is stated"
    yield not (offer.unlicensed and stated in allow), "a licence that the call names is allowed"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
