"""What does a seller gain by entering under other names, or with another part of the data?

Data can be cut, put together and copied at will, so a seller chooses what to enter. The worth of a dataset is taken to
add up over its documents, and cost goes with worth: half of the data is worth half and costs half.

    split      two names, each with half of the worth and half of the cost
    copied     two names, each with all of the data; whoever values data sees that and divides its worth between them
               (near-duplicates are pooled), and parting with it costs once, however often it is sold: data is not
               used up
    withheld   one name, with nine tenths, half, or a tenth of the data
    merged     two sellers enter as one, with the worth and the cost of both
    unseen     two names, each with all of the data and of its worth, as if nobody saw the copy; no claim is made about
               it, since no rule that looks at worth alone can tell; pools of near-duplicates are for that
               (markets/procurement/policy)

What is gained is what the names get together, less the cost of what they sell, over what the sellers behind them are
left with under their own names and the truth. The names report the truth, or what else pays most: on a grid of nothing,
the cost, the threshold and staying away, and from the best place on it along every report of each name in turn. All is
counted in real numbers: whole units round each payment of each name, which moves a gain by less than a unit a name.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from evenhand.properties.claims import Search
from evenhand.properties.tracing import at, stretches
from evenhand.records import Entered, Witness

Number = Any
KEPT = (Fraction(9, 10), Fraction(1, 2), Fraction(1, 10))
"""The parts of the data that may be all that is entered."""

NEARLY = Fraction(1, 2**20)
"""How near to an end that is not reached, as a share of what leads there, a report is named."""


class Entry(NamedTuple):
    """What is entered instead: the datasets under all names, and who stands behind each."""

    worth: Sequence[Number]
    costs: Sequence[Number]
    """of each dataset; true, as those of the sellers who change nothing are reported."""
    owners: Sequence[int]
    """the seller behind each name."""
    once: bool = False
    """whether the cost is borne once, however many of the names sell."""


def split(worth: Sequence[Number], costs: Sequence[Number], seller: int) -> Iterator[Entry]:
    """Enter two halves.

    >>> [tuple(map(str, entry.worth)) for entry in split([4, 1], [6, 2], 0)]
    [('2', '1', '2')]
    """
    yield _doubled(_part(worth, seller, Fraction(1, 2)), _part(costs, seller, Fraction(1, 2)), seller)


def copied(worth: Sequence[Number], costs: Sequence[Number], seller: int) -> Iterator[Entry]:
    """Enter the same data twice, seen as the same."""
    yield _doubled(_part(worth, seller, Fraction(1, 2)), costs, seller)._replace(once=True)


def unseen(worth: Sequence[Number], costs: Sequence[Number], seller: int) -> Iterator[Entry]:
    """Enter the same data twice, seen as twice as much."""
    yield _doubled(worth, costs, seller)._replace(once=True)


def withheld(worth: Sequence[Number], costs: Sequence[Number], seller: int) -> Iterator[Entry]:
    """Enter a part of the data.

    >>> [tuple(map(str, entry.worth)) for entry in withheld([4, 1], [6, 2], 0)]
    [('18/5', '1'), ('2', '1'), ('2/5', '1')]
    """
    for kept in KEPT:
        yield Entry(_part(worth, seller, kept), _part(costs, seller, kept), range(len(worth)))


def merged(worth: Sequence[Number], costs: Sequence[Number], seller: int) -> Iterator[Entry]:
    """Enter as one with each seller further on.

    >>> [entry.worth for entry in merged([4, 1, 3], [6, 2, 5], 1)]
    [[4, 4]]
    """
    for other in range(seller + 1, len(worth)):
        owners = [each for each in range(len(worth)) if each != other]
        together = [[*numbers] for numbers in (worth, costs)]
        for numbers in together:
            numbers[seller] = numbers[seller] + numbers[other]
        yield Entry([together[0][each] for each in owners], [together[1][each] for each in owners], owners)


WAYS: dict[str, Callable[[Sequence[Number], Sequence[Number], int], Iterator[Entry]]] = {
    "splitting": split,
    "merging": merged,
    "copying": copied,
    "withholding": withheld,
}
"""The ways to enter that `sybil_proof` is about."""

EVERY_WAY = {**WAYS, "copying unseen": unseen}


class Own(NamedTuple):
    """A seller under the own name who reports the true cost."""

    seller: int
    worth: Number
    cost: Number
    sold: Number
    paid: Number


@dataclass(frozen=True)
class BestEntry:
    """The most that was found to be gained by entering in one way."""

    way: str
    """a key of `WAYS`, or "copying unseen"."""
    gain: Number
    """0 where nothing is gained; approached, where no single report reaches it."""
    seller: int
    """who gains it; the first of those who merge."""
    worth: Sequence[Number]
    costs: Sequence[Number]
    reports: Sequence[Number]
    """of the names, what each dataset is worth, costs, and is best reported to cost."""
    tried: int = 0
    sellers: int = 0
    """so many sellers were looked at, the first ones."""
    dealt: Sequence[tuple[Number, Number]] = ()
    """of the names, (quantity, payment) at these very reports."""
    reached: Number = 0
    """what is gained at these very reports."""
    own: Sequence[Own] = ()
    """those who enter so, under their own names and the truth."""


@dataclass(frozen=True)
class SybilSearch:
    """A market with a mechanism, in real numbers, as who chooses names sees it.

    Args:
        market: a procurement by worth, exact; `entered` gives it under other names.
        costs: the true costs, exact and finite.
        run: the market as the mechanism runs it.
        deals: (market as it is run, reports) -> (quantity, payment) of everyone.
        deal: (market as it is run, seller, reports) -> (quantity, payment) of one; runs on traced reports.
        tried_max: when so many reports were tried of a way to enter, no further seller is looked at; 1 or more.
        looked_at: told each seller who is looked at next.
    """

    market: Any
    costs: Sequence[Number]
    run: Callable[[Any], Any]
    deals: Callable[[Any, Sequence[Number]], Sequence[tuple[Number, Number]]]
    deal: Callable[[Any, int, Sequence[Number]], tuple[Number, Number]]
    tried_max: int
    looked_at: Callable[[int], None]

    def best(self, way: str) -> BestEntry:
        """Find who gains most by entering in a way; where nobody can enter so, nobody gains."""
        worth = [Fraction(each) for each in self.market.worth]
        best, tried = BestEntry(way, 0, 0, (), (), ()), 0
        with_data = [seller for seller in range(len(worth)) if worth[seller] > 0]
        for seller in with_data:
            if tried >= self.tried_max:
                return replace(best, tried=tried, sellers=with_data.index(seller))
            self.looked_at(seller)
            for entry in EVERY_WAY[way](worth, self.costs, seller):
                left, reports, looked = self._best_reports(entry, seller)
                tried += looked
                gone = set(range(len(worth))).difference(entry.owners)
                behind = [self._honest[each] for each in sorted({seller, *gone})]
                gain = left - _kept(behind)
                if gain > best.gain:
                    best = self._told(BestEntry(way, gain, seller, (), (), reports, own=behind), entry)
        return replace(best, tried=tried, sellers=len(worth))

    def _told(self, best: BestEntry, entry: Entry) -> BestEntry:
        """Add what each name enters, and what it sells and is paid at the reports that are named."""
        own = _names_of(entry, best.seller)
        ran = self.run(self.market.entered(entry.worth, entry.owners))
        everyone = self.deals(ran, _replaced(entry.costs, own, best.reports))
        dealt = [everyone[name] for name in own]
        worths, costs = (tuple(numbers[name] for name in own) for numbers in (entry.worth, entry.costs))
        reached = _left(entry, own, dealt) - _kept(best.own)
        return replace(best, worth=worths, costs=costs, dealt=dealt, reached=reached)

    @cached_property
    def _honest(self) -> Sequence[Own]:
        """Everyone under their own name and the truth."""
        worth = [Fraction(each) for each in self.market.worth]
        ran = self.run(self.market.entered(worth, range(len(worth))))
        dealt = self.deals(ran, self.costs)
        return [Own(each, worth[each], self.costs[each], *dealt[each]) for each in range(len(worth))]

    def _best_reports(self, entry: Entry, seller: int) -> tuple[Number, Sequence[Number], int]:
        """Give what an entry leaves its owner with at best, by which reports, and how many were tried."""
        ran = self.run(self.market.entered(entry.worth, entry.owners))
        own = _names_of(entry, seller)
        most, asked, tried = self._on_a_grid(entry, own, ran)
        for name in own:
            most, asked, followed = self._along(entry, own, ran, name, most, asked)
            tried += followed
        return most, tuple(asked[name] for name in own), tried

    def _on_a_grid(self, entry: Entry, own: Sequence[int], ran: Any) -> tuple[Number, list[Number], int]:
        """Try the truth, and then for every name what tells most: nothing, the cost, the threshold, staying away."""
        true = list(entry.costs)
        highest = ran.thresholds(true)
        telling = [sorted({0, true[name], ran.report_max + 1, highest[name] or 0}) for name in own]
        grid = [true, *(_replaced(true, own, reports) for reports in product(*telling))]
        left = []
        for asked in grid:
            dealt = self.deals(ran, asked)
            left.append(_left(entry, own, [dealt[name] for name in own]))
        best = max(range(len(grid)), key=left.__getitem__)  # the first of equals: the truth, where nothing beats it
        return left[best], grid[best], len(grid) - 1

    def _along(
        self, entry: Entry, own: Sequence[int], ran: Any, name: int, most: Number, asked: list[Number]
    ) -> tuple[Number, list[Number], int]:
        """Follow every report of one name from the best that is known, the other names' held."""

        def follow(report: Number) -> Sequence[Any]:
            told = _replaced(held, [name], [report])
            return [self.deal(ran, each, told) for each in own]

        held, tried = list(asked), 0
        for met in stretches(follow, stop=ran.report_max + 1, whole=False):
            tried += 1
            for end, other in ((met.first, met.last), (met.last, met.first)):
                found = _left(entry, own, [(sold, at(paid, end)) for sold, paid in met.met])
                if found > most:  # the end itself may not be reached, and is approached
                    most, asked = found, _replaced(held, [name], [end + NEARLY * (other - end)])
        return most, asked, tried


def gained(search: SybilSearch, sellers: Sequence[str], money: Callable[[Any], str]) -> Search:
    """Look for a seller who gains by any of the ways, and say for each how much is gained."""
    found = [search.best(way) for way in WAYS]
    best = max(found, key=lambda entry: entry.gain)
    told = ", ".join(f"{entry.way} {money(entry.gain)}" for entry in found)
    looked_at = min(entry.sellers for entry in found)
    if looked_at < len(sellers):
        told += f" (looked at {looked_at} of {len(sellers)} sellers)"
    return Search(best.gain, witness(best, sellers), sum(each.tried for each in found), "searched", told)


def witness(best: BestEntry, sellers: Sequence[str]) -> Witness | None:
    """Name who gains, with all that the gain is worked out from; None where nobody does."""
    if not best.gain > 0:
        return None
    first, *others = [
        Witness(sellers[best.seller], cost, report, 0, entered=Entered(worth, *dealt))
        for worth, cost, report, dealt in zip(best.worth, best.costs, best.reports, best.dealt, strict=True)
    ]
    own = tuple(
        Witness(sellers[each.seller], each.cost, each.cost, 0, entered=Entered(each.worth, each.sold, each.paid))
        for each in best.own
    )
    assert first.entered is not None, "every name enters something"
    told = replace(first.entered, way=best.way, own=own)
    return replace(first, gain=best.reached, others=tuple(others), entered=told)


def _kept(own: Sequence[Own]) -> Number:
    """Give what they are left with together."""
    return sum(each.paid - each.cost * each.sold for each in own)


def _names_of(entry: Entry, seller: int) -> Sequence[int]:
    return [name for name, owner in enumerate(entry.owners) if owner == seller]


def _left(entry: Entry, own: Sequence[int], dealt: Sequence[tuple[Number, Number]]) -> Number:
    """Give what the names get together, less the cost of what they sell."""
    paid = sum(payment for _, payment in dealt)
    if entry.once:
        return paid - (entry.costs[own[0]] if any(sold for sold, _ in dealt) else 0)
    return paid - sum(entry.costs[name] * sold for name, (sold, _) in zip(own, dealt, strict=True))


def _replaced(asked: Sequence[Number], names: Sequence[int], reports: Sequence[Number]) -> list[Number]:
    told = list(asked)
    for name, report in zip(names, reports, strict=True):
        told[name] = report
    return told


def _part(numbers: Sequence[Number], seller: int, part: Fraction) -> list[Number]:
    return _replaced(numbers, [seller], [part * numbers[seller]])


def _doubled(worth: Sequence[Number], costs: Sequence[Number], seller: int) -> Entry:
    """Give the same once more under a further name."""
    return Entry([*worth, worth[seller]], [*costs, costs[seller]], [*range(len(worth)), seller])
