"""Worth is the paper's formula, exact to the millionth, with every corner defined."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.valuation import worth

PLAIN = {"eta": "1", "gamma": "1", "kappa": "0"}
MILLIONTHS = st.integers(0, 10**6)


def half_even(number: Fraction) -> int:
    return round(number)


@given(MILLIONTHS, st.fractions(0, 1))
def test_with_unit_exponents_worth_is_the_product_rounded_half_to_even(quality, value):
    assert worth(quality, value, 1, **PLAIN) == half_even(Fraction(quality) * value)


@given(MILLIONTHS, MILLIONTHS)
def test_square_roots_agree_with_integer_square_roots(quality, value):
    found = worth(quality, Fraction(value, 10**6), 1, eta="0.5", gamma="0.5", kappa="0")
    scaled = isqrt(quality * value * 10**20)  # 10^10 times the answer, rounded down
    assert found == half_even(Fraction(scaled, 10**10))


@given(MILLIONTHS, st.fractions(0, 1), st.integers(1, 9))
def test_copies_share_what_one_is_worth_and_never_gain(quality, value, copies):
    one = worth(quality, value, 1, eta="1", gamma="0.5", kappa="0.01")
    each = worth(quality, value, copies, eta="1", gamma="0.5", kappa="0.01")
    assert 0 <= one - copies * each < copies


@pytest.mark.parametrize(
    ("quality", "value", "terms", "expected"),
    [
        (0, Fraction(1), {}, 0),  # no quality
        (10**6, Fraction(-3), {}, 0),  # harm is clipped
        (10**6, Fraction(-3), {"kappa": "0.25"}, 250_000),  # kappa is paid even for harm
        (0, Fraction(1, 2), {"eta": "0"}, 500_000),  # quality switched off
        (500_000, Fraction(-1), {"gamma": "0"}, 500_000),  # value switched off
        (0, Fraction(0), {"eta": "0", "gamma": "0"}, 10**6),
        (10**6, Fraction(5, 10**7), {}, 0),  # half a millionth goes to even
        (10**6, Fraction(15, 10**7), {}, 2),
        (10**6, Fraction(25, 10**7), {}, 2),
    ],
)
def test_corners(quality, value, terms, expected):
    assert worth(quality, value, 1, **{**PLAIN, **terms}) == expected


def test_irrational_powers_agree_with_twice_the_precision():
    with localcontext(prec=100):
        exact = (Decimal(812_345) / 10**6) ** Decimal("0.7") * (Decimal(1) / 3 + Decimal("0.05")) ** Decimal("1.3")
        expected = int((exact * 10**6).quantize(1))
    assert worth(812_345, Fraction(1, 3), 1, eta="0.7", gamma="1.3", kappa="0.05") == expected


def test_worth_does_not_depend_on_the_caller_s_decimal_context():
    with localcontext(prec=3):
        assert worth(812_345, Fraction(1, 3), 1, **PLAIN) == 270_782


def test_a_worth_beyond_what_a_record_carries_is_refused():
    with pytest.raises(OfferError, match=r"a value of 30 comes to .* a worth is at most 9,007,199,254,740,991"):
        worth(10**6, Fraction(30), 1, eta="1", gamma="8", kappa="0")
    assert worth(10**6, Fraction(7), 1, eta="8", gamma="8", kappa="10") < 2**53
