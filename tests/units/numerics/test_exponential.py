from fractions import Fraction
from math import factorial

import numpy as np

from evenhand.numerics.exponential import SMALL, above_tangent


def test_an_exponential_is_above_its_tangent_by_the_rest_of_its_series():
    for step in [1e-12, -1e-9, 1e-4, -0.01, SMALL, -SMALL, 1.0001 * SMALL, 0.5]:
        rest = sum(Fraction(step) ** order / factorial(order) for order in range(2, 40))
        np.testing.assert_allclose(above_tangent(3.0, step, 3 * np.exp(step)), 3 * float(rest), rtol=3e-13)


def test_a_step_too_long_for_a_float_takes_the_end_as_it_is_given():
    assert above_tangent(np.exp(-700), 800.0, np.exp(100)) == np.exp(100) - np.exp(-700) * 801
