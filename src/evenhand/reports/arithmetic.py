"""By which arithmetic was one seller's decision reached? One line a step, each recomputable from those before it.

Every number comes from the record or from a line above: a seller with a pocket calculator can follow it.
"""

from fractions import Fraction

from evenhand import canonical
from evenhand.decisions import shares_alone
from evenhand.records import MEASURES, MILLION, SHARED, CoalitionValues
from evenhand.reports.cases import Case
from evenhand.reports.notation import count, quoted, score, weight
from evenhand.reports.places import Place, best_place
from evenhand.reports.settlement import offer, power, settlement
from evenhand.valuation import CONCAVE

METHODS = {
    "shapley": "Shapley value",
    "data_shapley": "Data Shapley value",
    "leave_one_out": "leave-one-out value",
}


def steps(case: Case) -> tuple[str, ...]:
    """Write one line a step, "name: computation = result"."""
    return (_quality(case), _value(case), _worth(case), *_price(case), *_highest(case), *_payment(case))


def _quality(case: Case) -> str:
    weights = case.record.terms.weights
    parts = [
        f"{weight(weights.get(name, 0))} × {name} {score(getattr(case.row.offer.scores, name))}" for name in MEASURES
    ]
    whole = sum(weights.values())
    summed = " + ".join(parts) if whole == MILLION else f"({' + '.join(parts)}) / {weight(whole)}"
    return f"quality: {summed}, rounded half to even = {score(case.row.decision.quality)}"


def _value(case: Case) -> str:
    coalitions, decision, unit = case.record.coalitions, case.row.decision, case.record.coalitions.unit
    method = METHODS.get(coalitions.method, coalitions.method)
    asked = f"{count(len(coalitions.values), 'coalition')} of {_players(case)}"
    drawn = f", in {count(coalitions.permutations, 'drawn order')}" if coalitions.permutations else ""
    shared = f", shared by {count(case.row.pool_size, 'copy', 'copies')}" if case.row.copies and not unit else ""
    rest = "" if _is_whole(decision.value) else f" (exactly {canonical.tree(decision.value)})"
    return f"value: {method} from {asked}{drawn}{shared} = {score(decision.value_millionths)}{rest}"


def players(coalitions: CoalitionValues) -> str:
    """Say who plays, and how many: datasets, documents, or groups of documents."""
    unit = coalitions.unit
    one, several = {0: ("dataset", ""), 1: ("document", "")}.get(
        unit, (f"group of up to {unit} documents", f"groups of up to {unit} documents")
    )
    return count(len(coalitions.pools), one, several)


def _players(case: Case) -> str:
    coalitions = case.record.coalitions
    if not coalitions.unit:
        return players(coalitions)
    held = [holders for holders in coalitions.pools if case.row.index in holders]
    shared = sum(len(holders) > 1 for holders in held)
    theirs = f", {shared} of them shared with others" if shared else ""
    return f"{players(coalitions)}, of which this offer holds {len(held)}{theirs}"


def _worth(case: Case) -> str:
    """u(quality^eta (max(value, 0) + kappa)^gamma); copies share what one would be worth, or are sold as one."""
    terms, decision, size = case.record.terms, case.row.decision, case.row.pool_size
    if case.row.offer.unlicensed:
        return f"worth: nothing, as the call buys no data under such a licence = {score(decision.worth)}"
    if decision.quality < terms.quality_min:
        least = weight(terms.quality_min)
        return f"worth: nothing, as the call buys no quality below {least} = {score(decision.worth)}"
    own = score(decision.value_millionths)
    pooled = own if size == 1 else f"{size} × {own}"
    counted = f"max(0, {pooled})" if decision.value < 0 else pooled
    product = f"{score(decision.quality)}^{terms.eta} × ({counted} + {terms.kappa})^{terms.gamma}"
    exactly = "" if _is_whole(decision.value) else " with the exact value"
    if terms.concave:
        product, exactly = f"u({product})", f"{exactly}, where u(x) = {CONCAVE[terms.concave].formula}"
    rounded = f"{product}{exactly}, rounded half to even"
    if size > 1 and terms.copies == SHARED:
        rounded = f"({rounded}) / {size} copies, rounded down"
    return f"worth: {rounded} = {score(decision.worth)}"


def _is_whole(value: Fraction) -> bool:
    return (value * MILLION).denominator == 1


def _price(case: Case) -> list[str]:
    """What decides: the cost per worth, and for an offer that could be bought what it was held against."""
    row, where = case.row, case.cut
    if not row.decision.worth:
        return []
    lines = [
        f"cost per worth: {case.money(row.offer.cost_minor)} / {score(row.decision.worth)} "
        f"= {case.per_worth(row.cost_per_worth)}"
    ]
    outpriced = row.decision.reason == "outpriced"
    if where.unit_price is None and not outpriced:
        return lines
    if case.totals.pool:
        lines.append(power(case))
    if row.decision.selected and where.unit_price is not None:
        return [*lines, *_unit_price(where.unit_price, case)]
    return [*lines, *(_reach(case) if outpriced else [])]


def _reach(case: Case) -> list[str]:
    """Spread the money over the offer and all that stand ahead of it."""
    purse = case.purse
    lines = [purse.step] if purse.step else []
    if case.row.offer.cost_minor > purse.budget:
        return lines
    return [
        *lines,
        f"what the budget comes to: {case.money(purse.budget)} / {score(case.worth_through)}, the worth of "
        f"this offer and all that stand ahead, = {case.money(case.reach)}",
    ]


def _unit_price(price: Fraction, case: Case) -> list[str]:
    where, spent = case.cut, case.totals
    lines = [
        f"what the budget carries: {case.money(where.budget)} / {score(spent.worth)}, the worth of all that is bought, "
        f"= {case.per_worth(where.carried)}"
    ]
    following = where.next
    if following is None:
        return [*lines, f"unit price: the same, as no other offer could be bought = {case.money(price)}"]
    return [
        *lines,
        f"first offer not bought: {quoted(following.offer.seller)}, {case.money(following.offer.cost_minor)} / "
        f"{score(following.decision.worth)} = {case.per_worth(following.cost_per_worth)}",
        f"unit price: the lower of these two = {case.money(price)}",
    ]


def _highest(case: Case) -> list[str]:
    decision, price = case.row.decision, case.cut.unit_price
    if decision.highest_winning_minor is None:
        return ["highest winning report: none"]
    found = case.money(decision.highest_winning_minor)
    if shares_alone(case.market):
        return [f"highest winning report: the share offered to it, {offer(case)} = {found}"]
    if not decision.selected and case.cut.one_price:
        return _highest_of_loser(case, best_place(case.ordered, case.row, case.cut.budget))
    if price is None:
        others = "the rule run again with every other report of this seller, the others' as they are"
        return [f"highest winning report: {others} = {found}"]
    less = price * decision.worth // MILLION - decision.highest_winning_minor
    tie = f", and {case.money(less)} less, as the first offer not bought goes first at a tie" if less else ""
    return [f"highest winning report: {score(decision.worth)} × the exact unit price, rounded down{tie} = {found}"]


def _highest_of_loser(case: Case, place: Place) -> list[str]:
    own = score(case.row.decision.worth)
    total = f"({score(place.worth_ahead)} + {own})" if place.ahead else own
    lines = [
        f"best place among the winners: {_standing(case, place)}",
        f"its part of the budget there: {case.money(case.cut.budget)} × {own} / {total}, rounded down "
        f"= {case.money(place.room)}",
    ]
    if place.next is None or place.before_next is None:
        return [*lines, f"highest winning report: the same = {case.money(place.report)}"]
    tie = f", and {case.money(1)} less, as the next goes first at a tie" if place.tie_lost else ""
    return [
        *lines,
        f"to stay ahead of the next: {case.money(place.next.offer.cost_minor)} × {own} / "
        f"{score(place.next.decision.worth)}, rounded down{tie} = {case.money(place.before_next)}",
        f"highest winning report: the lower of these two = {case.money(place.report)}",
    ]


def _standing(case: Case, place: Place) -> str:
    """Say where a place is: how many of the winners stand ahead, and who is next."""
    winners = case.totals.bought
    if not winners:
        return "the first, as nobody else is bought"
    last = f"behind all {count(winners, 'winner')}" if winners > 1 else "behind the one winner"
    behind = {0: "ahead of all winners" if winners > 1 else "ahead of the one winner", winners: last}
    standing = behind.get(place.ahead, f"behind {place.ahead} of {count(winners, 'winner')}")
    following = f", next {quoted(place.next.offer.seller)}" if place.next else ""
    return f"{standing}{following}; of {count(winners + 1, 'place')} the one with the highest report"


def _payment(case: Case) -> list[str]:
    decision = case.row.decision
    if not decision.selected:
        return [f"payment: nothing is bought = {case.money(decision.received_minor)}"]
    highest = decision.received_minor == decision.highest_winning_minor
    rule = "the highest winning report" if highest else f"by the payment rule of {case.record.terms.mechanism}"
    lines = [f"payment: {rule} = {case.money(decision.received_minor)}"]
    if case.totals.pool:
        lines += settlement(case)
    return lines
