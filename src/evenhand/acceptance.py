"""May this call with these offers, or this record, be accepted? Everything that stands in the way, at once.

Both are judged before any data is read and before anything is decided.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from evenhand import quality, valuation
from evenhand.errors import Problem, unknown
from evenhand.mechanisms import for_rounds
from evenhand.money import MINOR_MAX
from evenhand.records import MEASURES, MILLION, RECORD_SCHEMA, Call, Offer, Record, offer_of

DECIMAL_LENGTH_MAX = 40


def of_offers(call: Call, offers: Sequence[Offer]) -> list[Problem]:
    """List everything about a call and its offers that stands in the way of a round."""
    return [*_of_budget(call), *_of_rules(call), *_of_sellers(call, offers)]


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
    if not valuation.PERMUTATIONS_MIN <= call.permutations <= valuation.PERMUTATIONS_MAX:
        bound = f"orders are drawn {valuation.PERMUTATIONS_MIN} to {valuation.PERMUTATIONS_MAX} times"
        yield Problem("call.permutations", f"is {call.permutations}", bound, "Write 200 if in doubt.")
    if not (isinstance(call.seed, int) and 0 <= call.seed <= MINOR_MAX):
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
        try:
            number = Decimal(written if len(str(written)) <= DECIMAL_LENGTH_MAX else "nan")
        except (InvalidOperation, TypeError, ValueError):
            number = Decimal("nan")
        if not (number.is_finite() and 0 <= number <= most):
            bound = f"it is a plain decimal from 0 to {most}"
            yield Problem(f"call.{name}", f'is "{written}"', bound, 'Write one such as "0.25".')


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
        if offer.cost.currency != call.budget.currency:
            found, bound = f"asks in {offer.cost.currency}", f"the budget is in {call.budget.currency}"
            yield Problem(where, found, bound, "State the cost in the currency of the budget.")


def of_record(record: Record) -> list[Problem]:
    """List what a record cannot say; nothing here can be wrong in a record that `measure` made."""
    remedy = "Restore the record as it was published, or use the version of Evenhand that made it."
    checks = (*_of_versions(record), *_of_terms(record), *_of_coalitions(record), *_of_each_offer(record))
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
    yield terms.quality_profile == quality.PROFILE, profile, f"this version has {quality.PROFILE}"


def _of_terms(record: Record) -> Checked:
    terms = record.terms
    numbers = {name: (getattr(terms, name), most) for name, most in valuation.TERMS_MAX.items()}
    yield terms.budget_minor > 0, f"budget {terms.budget_minor}", "a budget is above 0"
    yield not list(_of_decimals(numbers)), "eta, gamma or kappa out of bounds", f"they are 0 to {valuation.TERMS_MAX}"
    yield terms.seed >= 0, f"seed {terms.seed}", "a seed is 0 or more"
    yield _is_day(terms.as_of), f'as_of "{terms.as_of}"', "it is a day of the calendar"
    sensible = set(terms.weights) <= set(MEASURES) and min(terms.weights.values(), default=0) >= 0
    yield sensible and any(terms.weights.values()), f"weights {terms.weights}", "they are 0 or more and not all 0"


def _of_coalitions(record: Record) -> Checked:
    terms, coalitions = record.terms, record.coalitions
    pools = valuation.pools([offer.material.manifest.content for offer in record.offers])
    drawn = valuation.drawn(terms.method, len(pools), terms.permutations)
    yield coalitions.pools == pools, f"pools {coalitions.pools}", f"equal content stands in one pool: {pools}"
    yield coalitions.method == terms.method, f"method {coalitions.method}", f"the call asks for {terms.method}"
    yield coalitions.permutations == drawn, f"{coalitions.permutations} drawn orders", f"there are {drawn}"
    asked = valuation.expected(terms.method, len(pools), terms.permutations)
    yield len(coalitions.values) == asked, f"{len(coalitions.values)} coalition values", f"there are {asked}"
    yield coalitions.values[:1] == (0,), "V(nobody) other than 0", "a gain is measured from 0"
    most = valuation.VALUE_MAX * MILLION
    yield all(abs(v) <= most for v in coalitions.values), "a coalition value out of bounds", f"it is at most {most}"


def _of_each_offer(record: Record) -> Checked:
    sellers = [offer.seller for offer in record.offers]
    yield sellers == sorted(set(sellers)) and sellers != [], "sellers out of order", "they stand once each, in order"
    for offer in record.offers:
        who, counts, manifest = f"{offer_of(offer.seller)}: ", offer.scores.evidence, offer.material.manifest
        yield offer.cost_minor >= 0, f"{who}cost {offer.cost_minor}", "a cost is 0 or more"
        follows = quality.recompute(counts) == {name: getattr(offer.scores, name) for name in MEASURES}
        yield follows, f"{who}scores apart from their counts", "a score follows from its counts"
        yield from (
            (holds, f"{who}counts that cannot be", bound)
            for holds, bound in quality.possible(counts, manifest, has_reference=record.reference is not None)
        )
        held = offer.held_by_buyer
        yield 0 <= held <= manifest.distinct, f"{who}{held} documents of the buyer's", f"there are {manifest.distinct}"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
