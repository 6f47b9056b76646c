"""Which mechanism buys more for the same money, and which promises does it break? One record, decided by each.

The offers are measured once (`round.measure`); nothing that was measured depends on the mechanism, so the record can be
decided under each of them. All are held against one yardstick, the most worth that the money could buy if every seller
were paid just the reported cost and datasets could be bought in part:

    best = max { w . x : c . x <= budget + share pool, 0 <= x <= 1 }       the fractional knapsack [Dantzig57]

No mechanism that pays everyone their cost out of that money buys more, and most buy less: who is to gain nothing by a
lie must be paid more than the cost. Reports are taken as the costs, also under a mechanism by which a lie pays; what
liars would sell under it is another question.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from evenhand.acceptance import misfits, without_pool
from evenhand.decisions import first_of, pools_of
from evenhand.errors import OfferError, Problem, unknown
from evenhand.markets.procurement.knapsack import fractional_optimum
from evenhand.mechanisms import Mechanism, for_rounds
from evenhand.records import AS_ONE, Decision, Outcome, Record, Terms, Watch, unwatched
from evenhand.round import decide

PROMISES = ("truthful", "rational", "within_budget")
"""What a buyer wants kept; a mechanism that claims all three is compared where none is named."""

ALL = "all"
"""Stands for every mechanism that can run a round."""


@dataclass(frozen=True)
class Purchase:
    """What one mechanism buys of the offers; money in minor units, worth in millionths."""

    mechanism: Mechanism
    outcome: Outcome
    best: Fraction
    """the yardstick, in millionths."""

    @property
    def terms(self) -> Terms:
        """The call."""
        assert self.outcome.record is not None, "a round has a record"
        return self.outcome.record.terms

    @property
    def worth(self) -> int:
        """The worth of what is bought."""
        return sum(decision.worth for decision in self.outcome.decisions if decision.selected)

    @property
    def part(self) -> Fraction:
        """The worth bought as a part of the yardstick; 0 where there is nothing to buy."""
        return self.worth / self.best if self.best else Fraction(0)

    @property
    def cash(self) -> int:
        """What is paid in cash."""
        return int(self.outcome.cash.sum())

    @property
    def shares(self) -> int:
        """What is promised in shares."""
        return int(self.outcome.share.sum())

    @property
    def cash_left(self) -> int:
        """The rest of the budget; below 0 where it is overspent."""
        return self.terms.budget_minor - self.cash

    @property
    def shares_left(self) -> int:
        """The rest of the pool of shares."""
        return self.terms.share_pool_minor - self.shares

    @property
    def bought(self) -> int:
        """How many datasets are bought."""
        return sum(decision.selected for decision in self.outcome.decisions)

    @property
    def paid(self) -> int:
        """How many sellers get something."""
        return int(((self.outcome.cash + self.outcome.share) > 0).sum())

    @property
    def promises(self) -> dict[str, bool | None]:
        """Claim -> whether it held here; None where it is not promised, and was not seen to break."""
        broken = {finding.claim for finding in self.outcome.findings if not finding.holds}
        claimed = self.mechanism.claims
        return {claim: False if claim in broken else (True if claim in claimed else None) for claim in PROMISES}

    @property
    def surprising(self) -> bool:
        """Whether something is broken that the mechanism claims to keep."""
        return any(not finding.holds and finding.claim in self.mechanism.claims for finding in self.outcome.findings)


def takes_part(decision: Decision) -> bool:
    """Say whether a seller is bought from, or paid."""
    return decision.selected or decision.received_minor > 0


@dataclass(frozen=True)
class Comparison:
    """The same offers under several mechanisms."""

    record: Record
    best: Fraction
    """the most worth that the money could buy in parts at the reported costs, in millionths."""
    purchases: tuple[Purchase, ...]
    """in the order that was asked for."""
    refused: dict[str, tuple[Problem, ...]]
    """mechanism -> why it cannot run on these offers."""

    @property
    def terms(self) -> Terms:
        """The call."""
        return self.record.terms

    @property
    def winner(self) -> Purchase | None:
        """Which buys most worth of those that break no promise, the first of equals; None where none buys anything."""
        kept = [purchase for purchase in self.purchases if False not in purchase.promises.values() and purchase.worth]
        return max(kept, key=lambda purchase: purchase.worth, default=None)

    @property
    def in_order(self) -> list[int]:
        """The offers by cost per worth, those without worth last; ties by their place in the record."""
        offers, decisions = self.record.offers, self.purchases[0].outcome.decisions

        def place(index: int) -> tuple[bool, Fraction, int]:
            worth = decisions[index].worth
            return not worth, Fraction(offers[index].cost_minor, worth or 1), index

        return sorted(range(len(offers)), key=place)

    @property
    def paid_somewhere(self) -> list[int]:
        """Those of them that some mechanism buys or pays."""
        decided = [purchase.outcome.decisions for purchase in self.purchases]
        return [index for index in self.in_order if any(takes_part(decisions[index]) for decisions in decided)]


def compare(record: Record, names: Sequence[str] = (), watch: Watch = unwatched) -> Comparison:
    """Decide a record under several mechanisms.

    Args:
        record: of any mechanism; what was measured is taken from it, and the terms.
        names: of mechanisms; as `chosen` takes them.
        watch: told how many are decided, as the stage "decide".

    Raises:
        OfferError: a name is not known, or none of the mechanisms can run on these offers: those that settle in shares
            only with a pool of them, some not under each policy.
        StoreError: the record contradicts itself.
    """
    decided: dict[str, Outcome] = {}
    refused: dict[str, tuple[Problem, ...]] = {}
    wanted = chosen(names, record.terms)
    for done, name in enumerate(wanted):
        watch("decide", done, len(wanted))
        if problems := _unfit(name, record.terms):
            refused[name] = tuple(problems)
        else:
            decided[name] = decide(_under(record, name))
    watch("decide", len(wanted), len(wanted))
    if not decided:
        raise OfferError([problem for problems in refused.values() for problem in problems])
    best = most_worth(record, [decision.worth for decision in next(iter(decided.values())).decisions])
    purchases = tuple(Purchase(for_rounds()[name], outcome, best) for name, outcome in decided.items())
    return Comparison(record, best, purchases, refused)


def chosen(names: Sequence[str], terms: Terms) -> list[str]:
    """Give the mechanisms to compare, each once, in the order of the names.

    Args:
        names: of mechanisms that can run a round, or "all". If none is named: that of the call, and all others that
            claim every promise; those that settle in shares only if there is a pool of them.
        terms: the call.

    Raises:
        OfferError: a name is not known; all such names are named.
    """
    refuse_unknown(names)
    known = for_rounds()
    wanted = [each for name in names for each in (known if name == ALL else [name])]
    return list(dict.fromkeys(wanted or [terms.mechanism, *_sensible(terms)]))


def refuse_unknown(names: Sequence[str]) -> None:
    """Refuse names of which no mechanism can run a round, all at once."""
    known = [*for_rounds(), ALL]
    strange = [unknown("mechanism", name, known) for name in names if name not in known]
    if strange:
        raise OfferError(strange)


def _sensible(terms: Terms) -> list[str]:
    return [
        name
        for name, mechanism in for_rounds().items()
        if set(PROMISES) <= set(mechanism.claims) and (terms.share_pool_minor or not mechanism.in_shares)
    ]


def _unfit(name: str, terms: Terms) -> list[Problem]:
    """List why a mechanism does not run on the terms of the call."""
    mechanism = for_rounds()[name]
    return [
        *without_pool(mechanism, stated=bool(terms.share_pool_minor)),
        *misfits(mechanism, capped=bool(terms.cap_minor), as_one=terms.copies == AS_ONE),
    ]


def _under(record: Record, name: str) -> Record:
    version = for_rounds()[name].version
    return replace(record, terms=replace(record.terms, mechanism=name, mechanism_version=version))


def most_worth(record: Record, worths: Sequence[int]) -> Fraction:
    """Give the most worth that budget and share pool could buy at the reported costs, the last dataset in part.

    Offers that could not be bought whole with all the money count for nothing, nor do those that the call's policy
    leaves out: above the cap for one seller, or another copy of what is offered for less.

    Args:
        record: the offers.
        worths: (offers,) in millionths; 0 for what has no worth to the buyer.

    Returns:
        millionths.
    """
    terms = record.terms
    purse = terms.budget_minor + terms.share_pool_minor
    most = min(purse, terms.cap_minor or purse)
    costs = [offer.cost_minor for offer in record.offers]
    could = [worth if cost <= most else 0 for cost, worth in zip(costs, worths, strict=True)]
    for pool in pools_of(record) if terms.copies == AS_ONE else ():
        first = first_of(pool, costs, could, most)
        for index in set(pool).difference([first]):
            could[index] = 0
    return Fraction(fractional_optimum(costs, could, purse))
