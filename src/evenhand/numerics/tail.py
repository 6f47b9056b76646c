"""How much lies under a curve from a point on to infinity? Quadrature on a compactified axis, with an error estimate.

A seller's quantity f(u) falls with the report u, often as slowly as 1/u^2, so an integral that is cut at any u is too
small by what lies beyond: it is the whole axis that must be integrated. Where the curve has fallen to a quarter, at
u = start + s, the axis is folded, so that both its ends lie where floats are dense:

    integral from start to infinity of f(u) du = s * integral from 0 to 1 of f(start + s z) + f(start + s / z) / z^2 dz.

A 1/u^2 tail is smooth there up to z = 0. Since the curve never rises, s is found by bisection at any scale, and a curve
that starts at 0 is 0 everywhere. Pieces are halved where a 21-point Gauss-Kronrod rule and the 10-point rule inside it
disagree most (scipy.integrate.cubature), which finds kinks and jumps. Both rules are blind to a kink in the outer 0.2 %
of a piece, so the pieces start small towards z = 0, and all is done again with other pieces until two runs agree.

Sums of a falling curve's values to the left and to the right of each step would enclose the integral without any
estimate, but they close in like 1 / points only, and enclose nothing beyond the last point.
"""

from collections.abc import Callable
from itertools import pairwise
from math import fsum

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cubature

from evenhand.errors import OfferError, Problem

Array = NDArray[np.float64]

RELATIVE, SMALLEST = 1e-12, 1e-300
HALVINGS_MAX, PIECES_RATIO = 500, 16.0

STRETCHES = (1.0, 1.37, 0.83, 1.19, 0.71, 1.53, 0.91, 1.07, 0.77)
"""The axis is folded at these multiples of s, one after the other, so that pieces never end in the same places."""

FAR, LITTLE = 2.0**100, 1e-4
"""A curve is taken to fall too slowly for any bound if u f(u), at so many times the distance at which f has fallen to a
quarter, is still more than this share of what it was there: 1/u is, 1/u^1.2 is not."""

FAR_MAX = 1e50
"""Beyond it nobody is asked: a market could not compute with such reports."""

AGREED = 10.0
"""Two runs agree within this many times the error that is asked for."""


def tail_integral(
    curve: Callable[[Array], Array],
    start: float,
    until: float = np.inf,
    *,
    relative: float = RELATIVE,
    absolute: float = 0.0,
) -> tuple[float, float]:
    """Integrate a falling curve from `start` to `until`.

    Args:
        curve: (points,) -> (points,), 0 or more, never rising; asked at inf too.
        start: where to begin, finite.
        until: where to end; inf for all of it.
        relative, absolute: how exact the integral shall be; either is enough. A curve whose values carry errors of
            their own is never smooth below them: ask for no more than they allow.

    Returns:
        the integral, and its error as the rules and the distance between two runs estimate it, which is larger than
        asked for where the work was cut off: at `HALVINGS_MAX` halvings of a piece, or after all `STRETCHES`.

    Raises:
        OfferError: the curve never falls to a quarter, or falls as slowly as 1/u, and shall be integrated to infinity.

    >>> value, error = tail_integral(lambda u: 1 / (1 + u) ** 2, 0.0)
    >>> bool(abs(value - 1) <= error < 1e-11)
    True
    """
    length = until - start
    known = _remembered(curve)
    if length <= 0 or not known(np.array([start, until]))[0]:  # who cannot be left out is refused here, by the market
        return 0.0, 0.0
    scale = _quarter(known, start, length)
    # A curve with errors of its own says nothing so far out.
    if np.isinf(length) and relative == RELATIVE and scale * FAR < FAR_MAX and _hardly_falls(known, start, scale):
        raise _unbounded("falls as slowly as 1/u or slower")
    runs: list[float] = []
    for stretch in STRETCHES:
        integral, error = _folded(known, start, length, scale * stretch, relative, absolute)
        apart = min((abs(integral - run) for run in runs), default=np.inf)
        if apart <= AGREED * max(relative * integral, absolute):
            break
        runs.append(integral)
    # The rules' estimate of the error can be 0 where they are exact; rounding remains.
    return integral, max(error, apart) + 8 * np.finfo(np.float64).eps * integral


def _folded(
    curve: Callable[[Array], Array], start: float, length: float, scale: float, relative: float, absolute: float
) -> tuple[float, float]:
    """Integrate once with the axis folded at start + scale."""
    scale = min(scale, length)
    end = scale / length  # 0 where the axis ends at infinity, 1 where it ends before the fold

    def both_sides(points: Array) -> Array:
        z = points[:, 0]
        with np.errstate(over="ignore"):  # a report of inf is one as well
            reports = start + scale * np.concatenate([z, 1 / z])
            near, far = np.split(curve(reports), 2)
            return np.asarray(near + np.where(z >= end, far, 0.0) / z / z)

    count = int(np.log(1 / relative) / np.log(PIECES_RATIO) / 2)
    edges = sorted({1.0, end, 0.0, *PIECES_RATIO ** -np.arange(1.0, 1 + count)}, reverse=True)
    integral = error = 0.0
    for high, low in pairwise(edges):  # one call a piece: with `points`, cubature halves the wrong ones (SciPy 1.17)
        enough = max(relative * integral, absolute / scale, SMALLEST)
        done = cubature(
            both_sides, [low], [high], rule="gk21", rtol=relative, atol=enough, max_subdivisions=HALVINGS_MAX
        )
        # Summed again: `done.estimate` carries the rounding of large pieces that were since replaced by their halves.
        integral += fsum(float(piece.estimate) for piece in done.regions)
        error += fsum(float(piece.error) for piece in done.regions)
    return scale * integral, scale * error


def _remembered(curve: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Ask a curve for each report once: the rules share points."""
    known: dict[float, float] = {}

    def ask(reports: Array) -> Array:
        asked = reports.tolist()
        new = [report for report in asked if report not in known]
        if new:
            known.update(zip(new, np.asarray(curve(np.array(new))).tolist(), strict=True))
        return np.array([known[report] for report in asked])

    return ask


def _quarter(curve: Callable[[Array], Array], start: float, length: float) -> float:
    """Find how far from the start the curve has fallen to a quarter, within a factor of the root of two.

    The search walks from the size of the start by factors of 2^8, so that nobody is asked for an absurd report, and is
    then halved.
    """
    quarter = float(curve(np.array([start]))[0]) / 4

    def fallen(exponent: int) -> bool:
        return float(curve(np.array([start + np.ldexp(1.0, exponent)]))[0]) <= quarter

    low = high = int(np.frexp(start)[1])
    if fallen(high):
        while low > -1074 and fallen(low := max(high - 8, -1074)):
            high = low
    else:
        while high < 1023 and not fallen(high := min(low + 8, 1023)):
            low = high
    if low == high == 1023 and np.isinf(length):
        raise _unbounded("never falls to a quarter, however high the report")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fallen(middle) else (middle, high)
    return float(np.ldexp(np.sqrt(0.5), high))


def _hardly_falls(curve: Callable[[Array], Array], start: float, scale: float) -> bool:
    here, there = curve(np.array([start, scale * FAR]))
    return bool(FAR * there > LITTLE * here)


def _unbounded(found: str) -> OfferError:
    bound = "the integral to infinity would have no bound"
    return OfferError(Problem("curve", found, bound, "Give the buyers a way to do without this seller."))
