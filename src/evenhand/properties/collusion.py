"""What can sellers do to one another? Who wins beside a winner, and which groups gain by lying together.

winner_non_bossy is looked at on every report: the winners are followed while one report grows (tracing.py), and all
stretches on which the seller is among them must have the same.

weakly_group_strategyproof is searched: groups of two, and of three where there are few sellers, each member with a
report at, between or beyond the places where the winners change. All that one seller can do alone is tried first; it
shows whom it helps, and groups are then tried in the order of how much their members help one another, so that a search
that has to stop has seen those that promise most.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any, NamedTuple, Protocol

from evenhand.properties.claims import Search
from evenhand.properties.coverage import Coverage
from evenhand.properties.tracing import Stretch
from evenhand.records import Witness

Number = Any
Deals = Callable[[Sequence[Number]], Sequence[tuple[Number, Number]]]
"""Reports -> (quantity, payment) of every seller."""

THREE_MAX = 5
"""Groups of three are tried among at most so many sellers."""

PROMISING_MAX = 200_000
"""So many lies of groups are put in order of promise; with more, those that gain by another's lie alone."""


class Held(Protocol):
    """One market with one mechanism, at given reports."""

    @property
    def sellers(self) -> Sequence[str]:
        """Their names."""
        ...

    @property
    def coverage(self) -> Coverage:
        """The market, the reports, and which other reports are looked at."""
        ...

    @property
    def deal(self) -> Callable[[int, Sequence[Number]], tuple[Number, Number]]:
        """Gives one seller's deal at some reports."""
        ...

    @property
    def deals(self) -> Deals:
        """Gives everyone's deal at some reports."""
        ...

    @property
    def winners(self) -> Callable[[Sequence[Number]], tuple[int, ...]]:
        """Gives who wins at some reports, which may be traced, by rising place."""
        ...

    @property
    def tried_max(self) -> int:
        """So many lies of groups are tried."""
        ...

    def follow(self, seller: int, what: Callable[[Sequence[Number]], Any]) -> Sequence[Stretch[Any]]:
        """List one seller's reports by what is met there, the others' reports held."""
        ...


class Lie(NamedTuple):
    """One seller's report, and what it alone does for everyone."""

    seller: int
    report: Number
    gains: Sequence[Number]


def bosses(held: Held) -> Search:
    """Find the seller who, winning at two reports, changes whether most others win.

    The witness is the seller; `true` and `report` are the two reports, and `gain` is how many others it changes.
    """
    worst: Witness | None = None
    tried = 0
    for seller, name in enumerate(held.sellers):
        met = held.follow(seller, held.winners)
        tried += len(met)
        winning = [stretch for stretch in met if seller in stretch.met]
        for one, other in combinations(winning[:1] + [each for each in winning if each.met != winning[0].met], 2):
            changed = len(set(one.met) ^ set(other.met))
            if changed and (worst is None or changed > worst.gain):
                worst = Witness(name, _inside(held, one), _inside(held, other), changed)
    return Search(worst.gain if worst else 0, worst, tried, held.coverage.evidence, "breakpoints")


def groups(held: Held) -> Search:
    """Find the group of whom the one who gains least gains most, at the reports as the true costs.

    The witness is its first member, and beside it stand the others.
    """
    true = list(held.coverage.costs)
    honest = _utilities(held, true, true)
    alone = [lie for seller in range(len(true)) for lie in _lies(held, seller, honest)]
    best: tuple[Number, Sequence[Lie]] = (0, ())
    for lie in alone:
        if lie.gains[lie.seller] > best[0]:
            best = (lie.gains[lie.seller], (lie,))
    together, all_of_them = _promising(alone, len(true))
    tried = together[: held.tried_max]
    for lies in tried:
        least = _least(held, lies, honest, best[0])
        if least is not None:
            best = (least, lies)
    cases = "lies alone and together"
    if len(tried) < all_of_them:
        cases = f"of {len(alone) + all_of_them:,} {cases}"
    return Search(best[0], _told(held, best[1], honest), len(alone) + len(tried), "searched", cases)


def _least(held: Held, lies: Sequence[Lie], honest: Sequence[Number], more_than: Number) -> Number | None:
    """Give what the member who gains least gains; None where that is no more than was found before."""
    least = None
    for _, gain in _gains(held, lies, honest):
        if gain <= more_than:
            return None
        least = gain if least is None else min(least, gain)
    return least


def _told(held: Held, lies: Sequence[Lie], honest: Sequence[Number]) -> Witness | None:
    told = [
        Witness(held.sellers[lie.seller], held.coverage.costs[lie.seller], lie.report, gain)
        for lie, gain in _gains(held, lies, honest)
    ]
    return replace(told[0], others=tuple(told[1:])) if told else None


def _gains(held: Held, lies: Sequence[Lie], honest: Sequence[Number]) -> Iterator[tuple[Lie, Number]]:
    """Give what each member gains by lies of all of them."""
    true = held.coverage.costs
    asked = list(true)
    for lie in lies:
        asked[lie.seller] = lie.report
    for lie in lies:
        sold, paid = held.deal(lie.seller, asked)
        yield lie, paid - true[lie.seller] * sold - honest[lie.seller]


def _lies(held: Held, seller: int, honest: Sequence[Number]) -> Iterator[Lie]:
    """Give what a seller may report: at both ends of each stretch with the same winners, or a little inside."""
    true = list(held.coverage.costs)
    reports = {0, held.coverage.stop}
    for stretch in held.follow(seller, held.winners):
        step = 0 if held.coverage.market.whole else Fraction(stretch.last - stretch.first) / 8
        reports |= {stretch.first + step, stretch.last - step}
    for report in sorted(reports - {true[seller]}):
        left = _utilities(held, [*true[:seller], report, *true[seller + 1 :]], true)
        yield Lie(seller, report, [after - before for after, before in zip(left, honest, strict=True)])


def _promising(alone: Sequence[Lie], sellers: int) -> tuple[Sequence[Sequence[Lie]], int]:
    """Give lies of groups, those first whose members help one another most; and how many there are in all."""
    of = [[lie for lie in alone if lie.seller == seller] for seller in range(sellers)]
    sizes = (2, 3) if sellers <= THREE_MAX else (2,)
    members = [group for size in sizes for group in combinations(range(sellers), size)]
    count = 0
    for group in members:
        lies = 1
        for seller in group:
            lies *= len(of[seller])
        count += lies
    if count > PROMISING_MAX:
        of = [[lie for lie in lies if max(lie.gains) > 0] for lies in of]
    together = [lies for group in members for lies in product(*(of[seller] for seller in group))]
    return sorted(together, key=_help, reverse=True)[:PROMISING_MAX], count


def _help(lies: Sequence[Lie]) -> Number:
    """Give what the member who is helped least gets from the others' lies, each alone."""
    return min(sum(lie.gains[each.seller] for lie in lies if lie is not each) for each in lies)


def _utilities(held: Held, asked: Sequence[Number], true: Sequence[Number]) -> list[Number]:
    return [paid - cost * sold for (sold, paid), cost in zip(held.deals(asked), true, strict=True)]


def _inside(held: Held, stretch: Stretch[Any]) -> Number:
    """Give a report on the stretch; its first, unless that is only approached."""
    return stretch.first if held.coverage.market.whole else (stretch.first + stretch.last) / Fraction(2)
