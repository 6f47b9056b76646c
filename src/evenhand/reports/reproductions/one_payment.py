"""Do Myerson's and the VCG payment differ? Only where the integral is cut. One comparison for two of the figures.

Where welfare is maximised exactly over any fixed set of weights in which a seller can be left out, SW is convex in one
report with slope -f_j, so that (E-000-02)

    integral from c_j to infinity of f_j(u) du = SW(c) - SW_-j(c_-j),        Myerson's payment = VCG.

f_j falls no faster than 1/u^2, so an integral that ends at U leaves out about U f_j(U), and the payment is too small by
that: the higher the true cost, the more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evenhand.market import Market, SolvedAgain, borne, clearing, reporting
from evenhand.payments.table import RULES
from evenhand.records import Array
from evenhand.reports.linecharts import Curve, Mark, Panel
from evenhand.reports.notation import points, rounded, said
from evenhand.reports.reproductions.figure import Watched, percent
from evenhand.reports.reproductions.paper_market import SELLER


@dataclass(frozen=True)
class Payments:
    """What the first seller is paid at several true costs, told truthfully."""

    costs: tuple[float, ...]
    vcg: Array
    whole: Array
    """Myerson's payment with the whole integral, in closed form."""
    integrated: Array
    """the same by quadrature."""
    error: Array
    """a bound on the error of the quadrature."""
    cut: dict[float, Array]
    """where the integral ends -> Myerson's payment with what comes before."""


def paid(
    market: Market, others: list[float], costs: tuple[float, ...], cuts: Sequence[float], watch: Watched
) -> Payments:
    """Work out the payments of the first seller at each true cost.

    Args:
        market: maximises welfare exactly.
        others: (sellers,) the true costs; the first is put in place of.
        costs: (costs,) true costs of the first seller.
        cuts: the reports at which integrals end.
        watch: told about each cost.
    """
    rows = []
    for done, cost in enumerate(costs):
        reports = reporting(others, SELLER, cost)
        cleared, again = clearing(market, reports), SolvedAgain(market, reports)
        base = float(borne(reports, cleared.allocation.quantity)[SELLER])
        integral, error = again.integral(SELLER)
        rows.append(
            (
                RULES["vcg"](cleared)[SELLER],
                RULES["threshold"](cleared)[SELLER],
                base + integral,
                error,
                *(base + again.integral(SELLER, until=cut)[0] for cut in cuts),
            )
        )
        watch(done + 1, len(costs))
    vcg, whole, integrated, error_bound, *cut = np.array(rows).T
    return Payments(costs, vcg, whole, integrated, error_bound, dict(zip(cuts, cut, strict=True)))


def numbers_of(found: Payments, cost: float) -> dict[str, float]:
    """Name the numbers of the comparison, some of them at one true cost."""
    here = found.costs.index(cost)
    numbers = {
        "true_cost": cost,
        "highest_cost": found.costs[-1],
        "vcg": rounded(found.vcg[here]),
        "whole": rounded(found.whole[here]),
        "difference_below": _above(np.abs(found.whole / found.vcg - 1)),
        "quadrature_difference_below": _above(np.abs(found.integrated / found.vcg - 1)),
    }
    for cut, payments in found.cut.items():
        missing = 1 - payments / found.vcg
        numbers |= {
            f"cut_at_{cut:g}": rounded(payments[here]),
            f"missing_at_{cut:g}": rounded(missing[here]),
            f"missing_at_{cut:g}_highest_cost": rounded(missing[-1]),
        }
    return numbers


def panel(found: Payments, numbers: dict[str, float], title: str) -> Panel:
    """Draw the payments over the true cost."""
    x = points(found.costs)
    cuts = [
        Curve(f"Myerson, cut at {cut:g}", x, points(payments), hue)
        for (cut, payments), hue in zip(found.cut.items(), ("second", "third"), strict=True)
    ]
    gaps = " and ".join(f"{percent(numbers[f'missing_at_{cut:g}'])} cut at {cut:g}" for cut in found.cut)
    return Panel(
        title=title,
        across="true cost of the seller, money per unit",
        up="payment to the seller, money",
        says=(
            f"The VCG payment and Myerson's with the whole integral are one curve. Myerson's cut lies below it, at a "
            f"true cost of {said(numbers['true_cost'])} by {gaps}."
        ),
        curves=(
            Curve("VCG", x, points(found.vcg), "first"),
            Curve("Myerson, whole", x, points(found.whole), "fourth", rings=True),
            *cuts,
        ),
        marks=(Mark(f"true cost {said(numbers['true_cost'])}", numbers["true_cost"]),),
        from_zero=True,
    )


def in_words(found: Payments, numbers: dict[str, float], errata: str) -> tuple[str, ...]:
    """Say what the comparison finds, and which errata say more."""
    n = {name: said(number, 5) for name, number in numbers.items()}
    truth, highest = said(numbers["true_cost"]), said(numbers["highest_cost"])
    cuts = ". ".join(
        f"Cut at {cut:g}, Myerson's payment comes out as {n[f'cut_at_{cut:g}']}, which is "
        f"{percent(numbers[f'missing_at_{cut:g}'])} too little, and at a true cost of {highest} as "
        f"{percent(numbers[f'missing_at_{cut:g}_highest_cost'])} too little"
        for cut in found.cut
    )
    return (
        f"The two are one payment: at a true cost of {truth} VCG pays {n['vcg']} and Myerson's rule {n['whole']}. At "
        f"all costs shown they differ by less than {numbers['difference_below']:g} of the payment, and by less than "
        f"{numbers['quadrature_difference_below']:g} where the whole integral is found by quadrature: rounding.",
        f"A gap comes of ending the integral early. {cuts}. What is sold falls only with the square of the report, so "
        f"no end is far enough: the integral must be taken over the whole axis ({errata}).",
    )


def _above(differences: Array) -> float:
    """Give a power of ten that all differences stay below; what is under 1e-12 is rounding, and differs everywhere.

    >>> _above(np.array([3e-15, 0.0])), _above(np.array([3e-5]))
    (1e-12, 0.0001)
    """
    return float(10.0 ** np.ceil(np.log10(max(differences.max(), 1e-12))))
