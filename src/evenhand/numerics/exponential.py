"""How far does an exponential rise above its tangent? With all digits, for the smallest steps too."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALL, TERMS = 0.03, 8
"""Up to this step the series is summed: its first term left out is then below 10^-17 of the first."""


def above_tangent(start: Any, step: Any, end: Any) -> NDArray[Any]:
    """Give end - start - start * step, where end = start * e^step; 0 or more, and nothing cancels where step is small.

    >>> above_tangent(2.0, np.array([0.0, 1e-9]), 2.0)
    array([0.e+00, 1.e-18])
    """
    d = np.clip(step, -SMALL, SMALL)
    series = np.ones_like(d)
    for order in range(TERMS, 2, -1):  # 1 + d/3 (1 + d/4 (1 + ...))
        series = 1 + d / order * series
    return np.asarray(np.where(d == step, start * (d * d / 2 * series), end - start - start * step))
