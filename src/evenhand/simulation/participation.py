"""How likely is a seller to stay when paid less than the ideal price?

A seller who is paid p where p* would be ideal stays for the next period with a chance pi(p, p*). In theory one who
leaves does not come back; in a simulation, `away` may bring them back (setting.py). The paper says of pi only what its
two assumptions need, and not which one its figures are drawn with. The ones here depend on the ratio r = p / p* alone;
a price at or above the ideal one counts as r = 1, and any price does where the ideal one is 0.

    exponential     exp(-k (1 - r))     k = 2.5 comes nearest to the thresholds that the paper reports
    linear          r
    square root     sqrt(r)
    grim trigger    1 if r = 1, else 0  the one of the paper's Figure 3

Two numbers decide what a function makes of a market. `steepness` is the largest s with 1 - pi(r) >= s (1 - r) for all
r: how much a cut of the price costs at least. And `best_ratio` is the price of a buyer who weighs today's saving
against the chance to lose the seller, and all that would have come.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, refuse, shown
from evenhand.records import Array, Finding
from evenhand.simulation import checks

OfRatio = Callable[[Array], Array]

POINTS = 10_001
"""How many ratios are looked at, evenly from 0 to 1, where a function is searched."""
ROUNDS = 3
"""How often the best ratio of your own function is searched for, each time closer around the last one."""
AROUND = 201
"""The points of each later round."""
GAINS: Array = np.array([0.0, 0.5, 1.0, 2.0, 10.0])
"""What a best ratio is tried with."""
OF_RATIO = ("it is a function of ratios", "Use `lambda r: r**2`.")
BEST_RATIO = ("it is a function of gains", "Make it with `own(name, of_ratio)`, which searches for it.")
"""What the functions of a participation function are, and what to write in place of something else."""


@dataclass(frozen=True)
class Participation:
    """The chance that a seller stays, by the ratio of the price paid to the ideal one; `own` makes one of a function.

    Raises:
        OfferError: a name is no text, a function is none, or gives something else than numbers from 0 to 1 where it is
            tried; or the steepness is not between 0 and 1.

    >>> GRIM_TRIGGER([0.9, 1.0, 1.1], 1.0)
    array([0., 1., 1.])
    """

    name: str
    formula: str
    of_ratio: OfRatio
    """(n,) ratios from 0 to 1 -> (n,) chances."""
    best_ratio: OfRatio = field(repr=False)
    """(n,) w >= 0 -> (n,) the ratio r of largest w pi(r) - r, of equals the largest: what a buyer pays who gains w
    ideal prices if the seller stays."""
    steepness: float
    """The largest s with 1 - pi(r) >= s (1 - r) for all r from 0 to 1."""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        checks.text("name", self.name, problems)
        checks.text("formula", self.formula, problems)
        checks.function("of_ratio", self.of_ratio, *OF_RATIO, problems)
        checks.function("best_ratio", self.best_ratio, *BEST_RATIO, problems)
        checks.part("steepness", self.steepness, problems)
        refuse(problems)
        checks.answers(self.name, self.of_ratio, np.linspace(0, 1, POINTS), "a chance", OF_RATIO[1])
        checks.answers("best_ratio", self.best_ratio, GAINS, "a ratio", BEST_RATIO[1])

    def __call__(self, price: Any, ideal: Any) -> Array:
        """Give the chance that a seller who is paid `price` stays; any shapes that broadcast.

        Raises:
            OfferError: a price is no amount of money, or the shapes do not broadcast.
        """
        problems: list[Problem] = []
        paid, due = (checks.amounts(name, each, problems) for name, each in (("price", price), ("ideal", ideal)))
        refuse(problems)
        try:
            return np.asarray(self.of_ratio(ratio(paid, due)))
        except ValueError:
            found, bound = f"have shapes {paid.shape} and {due.shape}", "they broadcast to each other"
            raise OfferError(Problem("price, ideal", found, bound, "Give one price for each ideal price.")) from None


def ratio(price: Any, ideal: Any) -> Array:
    """Give the price as a part of the ideal one, at most 1; 1 where the ideal one is 0.

    >>> ratio([1.0, 3.0, 0.0], [2.0, 2.0, 0.0])
    array([0.5, 1. , 1. ])
    """
    paid, due = np.broadcast_arrays(np.asarray(price, float), np.asarray(ideal, float))
    return np.asarray(np.divide(np.minimum(paid, due), due, out=np.ones(paid.shape), where=due > 0))


def exponential(k: float = 2.5) -> Participation:
    """Make the exponential function exp(-k (1 - r)).

    What a buyer gains over r is convex, so the best ratio is 0 or 1.

    Raises:
        OfferError: k is not above 0, or not finite.

    >>> round(float(exponential(2.0).of_ratio(0.5)), 6), round(exponential(2.0).steepness, 6)
    (0.367879, 0.864665)
    """
    if not (checks.is_real(k) and k > 0):
        raise OfferError(Problem("k", f"is {shown(k)}", "it is finite and above 0", "Use 2.5, the default."))
    k = float(k)
    steepness = float(-np.expm1(-k))
    return Participation(
        "exponential",
        f"exp(-{k:g} (1 - r))",
        lambda r: np.exp(-k * (1 - r)),
        lambda w: np.where(w * steepness >= 1, 1.0, 0.0),
        steepness,
    )


EXPONENTIAL = exponential()
LINEAR = Participation("linear", "r", lambda r: r, lambda w: np.where(w >= 1, 1.0, 0.0), 1.0)
SQUARE_ROOT = Participation(
    "square_root", "sqrt(r)", np.sqrt, lambda w: np.minimum(1.0, (np.minimum(w, 2.0) / 2) ** 2), 0.5
)
GRIM_TRIGGER = Participation(
    "grim_trigger", "1 if r = 1, else 0", lambda r: np.where(r < 1, 0.0, 1.0), lambda w: np.where(w >= 1, 1.0, 0.0), 1.0
)

PARTICIPATION = {each.name: each for each in (EXPONENTIAL, LINEAR, SQUARE_ROOT, GRIM_TRIGGER)}
"""name -> participation function."""


def wrong_participation(given: Any) -> list[Problem]:
    """Note what is no participation function.

    >>> print(*wrong_participation("linear"))
    participation: is "linear"; it is a Participation. Use PARTICIPATION["linear"], or `own`.
    """
    problems: list[Problem] = []
    checks.is_a("participation", given, Participation, 'Use PARTICIPATION["linear"], or `own`.', problems)
    return problems


def own(name: str, of_ratio: OfRatio, formula: str = "your own") -> Participation:
    """Make a participation function of your own; its steepness and best ratios are searched, to about a millionth.

    Args:
        name: what it is called in reports.
        of_ratio: (n,) ratios from 0 to 1 -> (n,) chances; 1 at 1.
        formula: how it reads.

    Raises:
        OfferError: a name is no text, or the function none; a chance is below 0, above 1 or NaN, or a seller who is
            paid the ideal price may leave.

    >>> squared = own("squared", lambda r: r**2)
    >>> squared.steepness, squared.best_ratio(np.array([0.5, 1.5]))
    (1.0, array([0., 1.]))
    """
    ratios = np.linspace(0, 1, POINTS)
    chances = _chances(name, of_ratio, formula, ratios)
    if chances[-1] != 1:
        found, bound = f"is {chances[-1]}", "a seller who is paid the ideal price stays"
        raise OfferError(Problem(f"{name}(1)", found, bound, "Divide by its value at 1."))
    steepness = float(((1 - chances[:-1]) / (1 - ratios[:-1])).min())

    def best(gains: Array) -> Array:
        each_gain = np.asarray(gains, float)
        return np.array([_searched(of_ratio, gain) for gain in each_gain.ravel()]).reshape(each_gain.shape)

    return Participation(name, formula, lambda r: _asked(of_ratio, r), best, steepness)


def assumption_1(participation: Participation) -> Finding:
    """Find out whether a seller is never sure to leave, and ever likelier to stay the more is paid, up to the ideal.

        0 < pi <= 1,      pi rises in p below p*,      pi(p*, p*) = 1     [FairShare25, Assumption 1 as in Lemma 7]

    The statement of the assumption is lost with the paper's main text; this is what its lemmas use.

    >>> assumption_1(EXPONENTIAL).holds, assumption_1(GRIM_TRIGGER).holds
    (True, False)
    >>> print(assumption_1(LINEAR).statement)
    linear: a seller who is paid 0 of the ideal price stays with chance 0, and the assumption wants more than 0
    """
    refuse(wrong_participation(participation))
    ratios = np.linspace(0, 1, POINTS)
    chances = participation.of_ratio(ratios)
    rises = np.diff(chances)
    lowest, flattest = int(np.argmin(chances)), int(np.argmin(rises))
    failed = [
        said
        for fails, said in (
            (
                chances[lowest] <= 0,
                f"a seller who is paid {ratios[lowest]:g} of the ideal price stays with chance {chances[lowest]:g}, "
                "and the assumption wants more than 0",
            ),
            (
                rises[flattest] <= 0,
                f"the chance does not rise from {chances[flattest]:g} as the price rises from {ratios[flattest]:g} "
                f"to {ratios[flattest + 1]:g} of the ideal one",
            ),
            (chances[-1] != 1, f"a seller who is paid the ideal price stays with chance {chances[-1]:g}, not surely"),
        )
        if fails
    ]
    statement = "; ".join(failed) or f"the chance rises from {chances[0]:.6g} to 1 with the price"
    gap = max(0.0, -float(rises[flattest]), 1 - float(chances[-1]))
    return Finding("assumption_1", not failed, gap, "searched", POINTS, f"{participation.name}: {statement}")


def _chances(name: str, of_ratio: OfRatio, formula: str, ratios: Array) -> Array:
    """Ask a function for its chances, as it is given."""
    problems: list[Problem] = []
    checks.text("name", name, problems)
    checks.text("formula", formula, problems)
    checks.function("of_ratio", of_ratio, *OF_RATIO, problems)
    refuse(problems)
    return checks.answers(name, of_ratio, ratios, "a chance", OF_RATIO[1])


def _asked(of_ratio: OfRatio, ratios: Array) -> Array:
    return np.broadcast_to(np.asarray(of_ratio(ratios), float), np.shape(ratios))


def _searched(of_ratio: OfRatio, gain: float) -> float:
    """The ratio of largest w pi(r) - r for a gain of w, of equals the largest."""
    if gain == np.inf:
        return 1.0
    low, high, points = 0.0, 1.0, POINTS
    best = 1.0
    for _ in range(ROUNDS):
        ratios = np.linspace(low, high, points)
        kept = gain * _asked(of_ratio, ratios) - ratios
        best = float(ratios[len(ratios) - 1 - int(np.argmax(kept[::-1]))])
        width = (high - low) / (points - 1)
        low, high, points = max(0.0, best - width), min(1.0, best + width), AROUND
    return best
