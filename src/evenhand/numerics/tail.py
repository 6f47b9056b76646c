"""How much lies under a curve from a point on to infinity? Quadrature on a compactified axis, with an error bound.

A seller's quantity f(u) falls with the report u, often as slowly as 1/u^2, so an integral that is cut at any u is too
small by what lies beyond: it is the whole axis that must be integrated. The axis from `start` to infinity becomes
0 <= x < 1 by

    u = start + scale x / (1 - x),        du = scale / (1 - x)^2 dx,

under which a 1/u^2 tail is a smooth function up to x = 1. Pieces are halved where a 21-point Gauss-Kronrod rule and the
10-point rule inside it disagree most (scipy.integrate.cubature), which finds the kinks of a curve too.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cubature

Array = NDArray[np.float64]

RELATIVE, SMALLEST = 1e-12, 1e-300
PIECES_MAX = 2_000


def tail_integral(curve: Callable[[Array], Array], start: float, until: float = np.inf) -> tuple[float, float]:
    """Integrate a falling curve from `start` to `until`.

    Args:
        curve: (points,) -> (points,), 0 or more, never rising.
        start: where to begin, finite.
        until: where to end; inf for all of it.

    Returns:
        the integral, and a bound on its error as Gauss-Kronrod rules estimate it.

    >>> value, error = tail_integral(lambda u: 1 / (1 + u) ** 2, 0.0)
    >>> bool(abs(value - 1) <= error < 1e-11)
    True
    """
    scale = _halving(curve, start)
    end = 1.0 if np.isinf(until) else (until - start) / (until - start + scale)

    def on_the_unit_interval(x: Array) -> Array:
        rest = 1.0 - x[:, 0]
        return np.asarray(curve(start + scale * x[:, 0] / rest)) * (scale / rest) / rest

    done = cubature(
        on_the_unit_interval, [0.0], [end], rule="gk21", rtol=RELATIVE, atol=SMALLEST, max_subdivisions=PIECES_MAX
    )
    # The rule's estimate can be 0 where it is exact; rounding remains.
    return float(done.estimate), float(done.error) + 8 * np.finfo(np.float64).eps * abs(float(done.estimate))


def _halving(curve: Callable[[Array], Array], start: float) -> float:
    """Find how far from the start the curve has fallen to half, within a factor of two: the scale of the axis."""
    steps = np.ldexp(1.0, np.arange(-40, 120, 4)) * max(abs(start), 1.0)
    heights = np.asarray(curve(start + steps))
    fallen = np.flatnonzero(heights <= heights[0] / 2)
    return float(steps[fallen[0]]) if len(fallen) else 1.0
