"""Does a promise hold at this market, by how much does it fail, and who shows it?

    truthful        no seller gains by any report other than the true cost, whatever the true cost is
    rational        no seller who reports the true cost is paid less than it
    within_budget   the payments sum to no more than the budget

Each check takes a `Setting` and gives a `Finding`. Truthful and rational are decided on every piece of every seller's
deal (tracing.py), so a finding with evidence "exact" is a statement about all reports on the stated line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evenhand.properties.tracing import Piece, sweep
from evenhand.records import Finding, Witness

Number = Any

TRACED_SELLERS_MAX = 128
"""The work of covering every report of every seller grows with the cube of their number. With more sellers only the
reports that tell the most are tried: nothing, the cost, the threshold and one unit above it, and past the budget."""


@dataclass(frozen=True)
class Setting:
    """One market with one mechanism, as the checks see it.

    Args:
        sellers: their names.
        costs: their reports, exact numbers.
        budget: the most that may be paid.
        deal: (seller index, reports) -> (quantity, payment) of that seller; runs on traced reports.
        thresholds: gives the highest report of each at which they are bought, None where none is; asked only where not
            every report is covered.
        whole: whether reports are whole units.
        money: how an amount is written for people.
    """

    sellers: Sequence[str]
    costs: Sequence[Number]
    budget: Number
    deal: Callable[[int, Sequence[Number]], tuple[Number, Number]]
    thresholds: Callable[[], Sequence[Number | None]]
    whole: bool
    money: Callable[[Number], str] = str

    @property
    def stop(self) -> Number:
        """The highest report tried: nobody can be bought above the budget, and 1 more shows it."""
        return self.budget + 1

    @cached_property
    def pieces(self) -> tuple[tuple[Piece, ...], ...]:
        """Every seller's deal for every report, the others' reports held."""
        return tuple(self._sweep(seller) for seller in range(len(self.costs)))

    @cached_property
    def settled(self) -> tuple[tuple[Number, Number], ...]:
        """(quantity, payment) of every seller at the reports as they are."""
        return tuple(self.deal(seller, self.costs) for seller in range(len(self.costs)))

    @property
    def evidence(self) -> str:
        """Say "exact" where every report is covered, "searched" where only the telling ones are tried."""
        return "exact" if len(self.costs) <= TRACED_SELLERS_MAX else "searched"

    @cached_property
    def _thresholds(self) -> Sequence[Number | None]:
        return self.thresholds()

    def _sweep(self, seller: int) -> tuple[Piece, ...]:
        before, after = list(self.costs[:seller]), list(self.costs[seller + 1 :])

        def deal(report: Number) -> tuple[Number, Number]:
            return self.deal(seller, [*before, report, *after])

        if self.evidence == "exact":
            return tuple(sweep(deal, stop=self.stop, whole=self.whole))
        threshold = self._thresholds[seller] or 0
        telling = sorted({0, self.costs[seller], threshold, threshold + 1, self.stop})
        return tuple(Piece(report, report, *(dealt := deal(report)), dealt[1]) for report in telling)


def truthful(setting: Setting) -> Finding:
    """Look for a seller, a true cost and a lie that leaves the seller better off than the truth.

    On a piece T of true costs and a piece Y of reports the gain of the lie, p_Y - p_T(t) - t (f_Y - f_T), is affine in
    the true cost t, so its largest value stands at an end of T; of all lies with one quantity the best paid is enough.
    """
    best: Witness | None = None
    for name, pieces in zip(setting.sellers, setting.pieces, strict=True):
        lies: dict[Number, tuple[Number, Number]] = {}  # quantity -> (payment, report) of the best paid
        for piece in pieces:
            for report, payment in piece.ends:
                if piece.quantity not in lies or payment > lies[piece.quantity][0]:
                    lies[piece.quantity] = (payment, report)
        for piece in pieces:
            for true, honest in piece.ends:
                for quantity, (payment, report) in lies.items():
                    gain = payment - honest - true * (quantity - piece.quantity)
                    if best is None or gain > best.gain:
                        best = Witness(name, true, report, gain)
    tried = sum(len(pieces) for pieces in setting.pieces)
    gap = max(best.gain, 0) if best else 0
    return Finding(
        claim="truthful",
        holds=gap == 0,
        gap=gap,
        evidence=setting.evidence,
        tried=tried,
        statement=("" if gap == 0 else "not always ")
        + f"best to report the true cost: {tried} breakpoints tried, largest gain {setting.money(gap)}",
        witness=best if gap else None,
    )


def rational(setting: Setting) -> Finding:
    """Look for a seller who loses by taking part with the true cost, whatever the true cost is."""
    worst: Witness | None = None
    for name, pieces in zip(setting.sellers, setting.pieces, strict=True):
        for piece in pieces:
            for true, payment in piece.ends:
                loss = true * piece.quantity - payment
                if worst is None or loss > worst.gain:
                    worst = Witness(name, true, true, loss)
    tried = sum(len(pieces) for pieces in setting.pieces)
    gap = max(worst.gain, 0) if worst else 0
    statement = "nobody is paid below their report" if gap == 0 else f"someone is paid {setting.money(gap)} below cost"
    return Finding("rational", gap == 0, gap, setting.evidence, tried, statement, worst if gap else None)


def within_budget(setting: Setting) -> Finding:
    """Add up what is paid at these reports."""
    paid = sum((payment for _, payment in setting.settled), 0)
    gap = max(paid - setting.budget, 0)
    statement = f"paid {setting.money(paid)} of a budget of {setting.money(setting.budget)}"
    return Finding("within_budget", gap == 0, gap, "exact", len(setting.costs), statement)


CLAIMS: dict[str, Callable[[Setting], Finding]] = {
    "truthful": truthful,
    "rational": rational,
    "within_budget": within_budget,
}
