"""Worth is the paper's formula, exact to the millionth, with every corner and every regime defined."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.valuation import CONCAVE, REGIMES, TERMS_MAX, worth, worths

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


# -- regimes ----------------------------------------------------------------------------------------------------------


def of(regime, quality, value, **more):
    return worth(round(quality * 10**6), Fraction(value), 1, **REGIMES[regime].terms, **more)


@pytest.mark.parametrize("regime", REGIMES)
def test_a_regime_is_within_the_bounds_of_a_call_and_written_as_one_reads_it(regime):
    for name, term in REGIMES[regime].terms.items():
        assert 0 <= Decimal(term) <= TERMS_MAX[name]
        assert term == format(Decimal(term).normalize(), "f")


def test_each_regime_does_what_the_paper_says_of_it():
    assert of("original", 0.8, "1/20") == 40_000
    assert of("quality_only", 0.8, "1/20") == of("quality_only", 0.8, -3) == 800_000
    assert of("impact_only", 0.8, "1/20") == of("impact_only", 0, "1/20") == 50_000
    assert of("smoothed", 1, 0) == 1_000 < of("smoothed", 1, "1/1000") == 2_000
    assert of("sharp", 1, "2/5") > 3.99 * of("sharp", 1, "1/5")
    assert of("conservative", 0.25, "3/20") == 250_000
    assert of("sharp", 1, -1) == 0, "its kappa alone is less than can be counted"


@given(MILLIONTHS, st.fractions(0, 1), MILLIONTHS, st.fractions(0, 1))
def test_the_conservative_regime_brings_offers_closer_together_and_keeps_their_order(q, v, other_q, other_v):
    plain, near = ([worth(*each, 1, **REGIMES[name].terms) for each in ((q, v), (other_q, other_v))]
                   for name in ("original", "conservative"))  # fmt: skip
    if q >= other_q and v >= other_v:
        assert near[0] >= near[1]
        assert near[0] * plain[1] <= near[1] * plain[0] + near[0] + near[1] + plain[0] + plain[1], "up to rounding"


# -- concave weights ---------------------------------------------------------------------------------------------------


@given(MILLIONTHS, st.fractions(0, 1))
def test_the_square_root_is_the_same_as_halved_exponents(quality, value):
    assert worth(quality, value, 1, **PLAIN, concave="sqrt") == worth(quality, value, 1, eta="0.5", gamma="0.5",
                                                                      kappa="0")  # fmt: skip


@given(MILLIONTHS, st.fractions(0, 7))
def test_the_saturating_weight_is_the_fraction_it_is_and_never_above_one(quality, value):
    product = Fraction(quality, 10**6) * value
    found = worth(quality, value, 1, **PLAIN, concave="saturating")
    assert found == half_even(10**6 * product / (1 + product)) < 10**6


def test_the_logarithm_agrees_with_twice_the_precision():
    with localcontext(prec=100):
        expected = int(((1 + Decimal(812_345) / 10**6 / 3).ln() * 10**6).quantize(1))
    assert worth(812_345, Fraction(1, 3), 1, **PLAIN, concave="log1p") == expected


@pytest.mark.parametrize("name", CONCAVE)
@given(x=st.fractions(0, 7), y=st.fractions(0, 7))
def test_a_concave_weight_rises_from_zero_and_pays_more_for_the_parts_than_for_the_whole(name, x, y):
    def weighed(value):
        return worth(10**6, value, 1, **PLAIN, concave=name)

    assert weighed(Fraction(0)) == weighed(Fraction(-1)) == 0
    assert weighed(min(x, y)) <= weighed(max(x, y))
    assert 2 * weighed((x + y) / 2) >= weighed(x) + weighed(y) - 2, "concave, up to rounding"
    assert weighed(x + y) <= weighed(x) + weighed(y) + 2


def test_only_worth_in_proportion_to_value_makes_a_second_name_useless():
    def gain(**terms):
        parts = 2 * worth(10**6, Fraction(1, 20), 1, **{**PLAIN, **terms})
        return parts - worth(10**6, Fraction(1, 10), 1, **{**PLAIN, **terms})

    assert gain() == 0
    assert gain(kappa="0.001") > 0
    assert gain(**REGIMES["conservative"].terms) > 0
    assert all(gain(concave=name) > 0 for name in CONCAVE)
    assert gain(**REGIMES["sharp"].terms) < 0


def test_copies_share_a_concave_worth():
    assert worth(10**6, Fraction(1, 4), 2, **PLAIN, concave="sqrt") == 250_000


# -- on arrays ---------------------------------------------------------------------------------------------------------

DECIMALS = st.sampled_from(["0", "0.25", "0.5", "1", "1.7", "8"])


@given(MILLIONTHS, st.integers(-(10**6), 7 * 10**6), DECIMALS, DECIMALS, DECIMALS, st.sampled_from(["", *CONCAVE]))
def test_arrays_and_exact_numbers_agree(quality, value, eta, gamma, kappa, concave):
    exact = worth(quality, Fraction(value, 10**6), 1, eta=eta, gamma=gamma, kappa=kappa, concave=concave)
    (found,) = worths([quality / 10**6], [value / 10**6], eta=float(eta), gamma=float(gamma), kappa=float(kappa),
                      concave=concave or None)  # fmt: skip
    assert abs(10**6 * found - exact) <= 0.5 + 1e-9 + 1e-12 * exact


@pytest.mark.parametrize("regime", REGIMES)
def test_a_regime_on_arrays_is_its_numbers(regime):
    quality, value = np.array([0.0, 0.4, 1.0]), np.array([-0.5, 0.0, 0.3])
    terms = {name: float(term) for name, term in REGIMES[regime].terms.items()}
    assert (worths(quality, value, regime=regime) == worths(quality, value, **terms)).all()


def test_everything_wrong_with_arrays_is_named_at_once():
    with pytest.raises(OfferError) as refused:
        worths([0.5, 1.5], [1.0, np.inf, 0.0], regime="shap", eta=-1, gamma=float("nan"), concave="root")
    assert [(problem.where, problem.found) for problem in refused.value.problems] == [
        ("quality", "has 1.5"),
        ("value", "has inf"),
        ("value", "has the shape (3,)"),
        ("eta", "is -1"),
        ("gamma", "is nan"),
        ("regime", '"shap" is not known'),
        ("regime", "is given beside eta, gamma"),
        ("concave", '"root" is not known'),
    ]
