"""Which lie pays most, where datasets are bought whole? Every report of every seller, on exact numbers.

A seller's deal, quantity and payment, is followed for all reports at once (tracing.py): it falls into pieces, and what
is affine in the report is largest at the end of one. So a finding with evidence "exact" is a statement about all
reports and all true costs of each seller, the others' reports held; coverage.py says when it is one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from evenhand.properties import collusion
from evenhand.properties.claims import Pot, Search
from evenhand.properties.coverage import Coverage
from evenhand.properties.tracing import Piece, Stretch, piece_of, stretches
from evenhand.records import Witness

Number = Any


TRIED_MAX = 2_000
"""So much is tried of what groups may do, and under other names, if nothing else is said."""

INSIDE, NEARER_MAX = Fraction(1, 8), 60
"""How far from the end of a piece, as a share of it, a witness stands where the end itself is not reached; half as far,
and so on, where that shows less than half of the gap."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a piece of a seller's deal: a report, and what is paid there, or towards there."""

    report: Number
    payment: Number
    piece: Piece

    @property
    def loss(self) -> Number:
        """What a seller with this report as the true cost loses by taking part."""
        return self.report * self.piece.quantity - self.payment

    def inside(self, share: Number) -> "End":
        """Give a report on the piece: this one on a piece of one report, else one that lies a little inside."""
        first, last = self.piece.ends
        other, paid = last if self.report == first[0] else first
        return End(
            self.report + share * (other - self.report), self.payment + share * (paid - self.payment), self.piece
        )


@dataclass(frozen=True)
class Whole:
    """A market that buys datasets whole, with a mechanism, on exact numbers.

    Nothing has a default: what a claim is about has to be given, or a claim that nobody looked at would seem to hold.

    Args:
        sellers: their names.
        coverage: the market, their reports, and which other reports are looked at. For too many sellers that is those
            that tell the most: nothing, the cost, the threshold and one unit above it, and past the highest.
        deal: (seller index, reports) -> (quantity, payment) of that seller; runs on traced reports.
        deals: the same of all sellers at once, on plain reports.
        money: how an amount is written for people.
        spending: gives what is spent at the reports as they are, and how much there is of it.
        buyers: gives what the allocation is worth to each buyer and what each would pay; asked only for claims about
            buyers.
        best_entries: what sellers could gain under other names; asked only for the claim about them.
        tried_max: so many lies of groups are tried.
        looked_at: told each seller whose reports are followed next.
    """

    sellers: Sequence[str]
    coverage: Coverage
    deal: Callable[[int, Sequence[Number]], tuple[Number, Number]]
    deals: Callable[[Sequence[Number]], Sequence[tuple[Number, Number]]]
    money: Callable[[Number], str]
    spending: Callable[[], Sequence[Pot]]
    buyers: Callable[[], tuple[Sequence[Number], Sequence[Number]]]
    best_entries: Callable[[], Search]
    tried_max: int
    looked_at: Callable[[int], None]

    tolerance = 0

    @property
    def costs(self) -> Sequence[Number]:
        """The reports."""
        return self.coverage.costs

    @property
    def whole(self) -> bool:
        """Whether reports are whole units."""
        return bool(self.coverage.market.whole)

    @property
    def value_by_buyer(self) -> Sequence[Number]:
        """What the allocation is worth to each buyer."""
        return self.buyers()[0]

    @property
    def charges(self) -> Sequence[Number]:
        """What each buyer would pay."""
        return self.buyers()[1]

    @property
    def pots(self) -> Sequence[Pot]:
        """What is spent, and how much there is of it."""
        return self.spending()

    @cached_property
    def payments(self) -> Sequence[Number]:
        """What each seller is paid."""
        return [self.deal(seller, self.costs)[1] for seller in range(len(self.costs))]

    @cached_property
    def pieces(self) -> tuple[tuple[Piece, ...], ...]:
        """Every seller's deal for every report, the others' reports held."""
        return tuple(self._sweep(seller) for seller in range(len(self.costs)))

    def lies(self) -> Search:
        """Find the lie that gains most, for all true costs.

        On a piece T of true costs and a piece Y of reports the gain of the lie, p_Y - p_T(t) - t (f_Y - f_T), is affine
        in the true cost t, so its largest value stands at an end of T; of all lies with one quantity the best paid is
        enough.
        """
        best: tuple[Number, str, End, End] | None = None
        for name, pieces in zip(self.sellers, self.pieces, strict=True):
            offered: dict[Number, End] = {}  # quantity -> the best paid
            for lie in _ends(pieces):
                if lie.piece.quantity not in offered or lie.payment > offered[lie.piece.quantity].payment:
                    offered[lie.piece.quantity] = lie
            for truth in _ends(pieces):
                for lie in offered.values():
                    gain = _gain(truth, lie)
                    if best is None or gain > best[0]:
                        best = (gain, name, truth, lie)
        if best is None:
            return Search(0, None, self._tried, self._evidence)
        gap, name = best[:2]
        truth, lie = self._reached(lambda ends: _gain(*ends), gap, best[2:])
        return Search(gap, Witness(name, truth.report, lie.report, _gain(truth, lie)), self._tried, self._evidence)

    def losses(self) -> Search:
        """Find the seller who loses most by taking part with the true cost, for all true costs."""
        worst: tuple[Number, str, End] | None = None
        for name, pieces in zip(self.sellers, self.pieces, strict=True):
            for truth in _ends(pieces):
                if worst is None or truth.loss > worst[0]:
                    worst = (truth.loss, name, truth)
        if worst is None:
            return Search(0, None, self._tried, self._evidence)
        gap, name = worst[:2]
        (truth,) = self._reached(lambda ends: ends[0].loss, gap, worst[2:])
        return Search(gap, Witness(name, truth.report, truth.report, truth.loss), self._tried, self._evidence)

    def bosses(self) -> Search:
        """Find the seller who, winning all the same, changes the lot of most others."""
        return collusion.bosses(self)

    def groups(self) -> Search:
        """Find the group of whom the one who gains least gains most by lying together."""
        return collusion.groups(self)

    def names(self) -> Search:
        """Find the seller who gains most by entering under other names."""
        return self.best_entries()

    def winners(self, asked: Sequence[Number]) -> tuple[int, ...]:
        """Say who wins at some reports, which may be traced."""
        return tuple(sorted(self.coverage.market.winners(asked)))

    def follow(self, seller: int, what: Callable[[Sequence[Number]], Any]) -> Sequence[Stretch[Any]]:
        """List one seller's reports by what is met there, the others' reports held."""
        self.looked_at(seller)
        before, after = list(self.costs[:seller]), list(self.costs[seller + 1 :])

        def follow(report: Number) -> Any:
            return what([*before, report, *after])

        if self.coverage.traced:
            return tuple(stretches(follow, stop=self.coverage.stop, whole=self.whole))
        return tuple(Stretch(report, report, follow(report)) for report in self._telling(seller))

    def _telling(self, seller: int) -> Sequence[Number]:
        threshold = self.coverage.thresholds[seller] or 0
        return sorted({0, self.costs[seller], threshold, threshold + 1, self.coverage.stop})

    def _reached(self, shown: Callable[[Sequence[End]], Number], gap: Number, ends: Sequence[End]) -> Sequence[End]:
        """Give reports that are on their pieces, near enough to the ends to show half of the gap."""
        if self.whole or gap <= 0:
            return ends
        for nearer in range(NEARER_MAX):
            found = [end.inside(INSIDE / 2**nearer) for end in ends]
            if 2 * shown(found) >= gap:
                break
        return found

    @property
    def _evidence(self) -> str:
        return self.coverage.evidence

    @property
    def _tried(self) -> int:
        return sum(len(pieces) for pieces in self.pieces)

    def _sweep(self, seller: int) -> tuple[Piece, ...]:
        return tuple(piece_of(met) for met in self.follow(seller, lambda asked: self.deal(seller, asked)))


def _ends(pieces: Sequence[Piece]) -> list[End]:
    return [End(report, payment, piece) for piece in pieces for report, payment in piece.ends]


def _gain(truth: End, lie: End) -> Number:
    return lie.payment - truth.payment - truth.report * (lie.piece.quantity - truth.piece.quantity)
