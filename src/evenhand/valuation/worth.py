"""How do quality and value become the one number by which offers compete?

    worth = u(quality^eta (value + kappa)^gamma)                           [Ayyoubzadeh25, section 4.2]

with value clipped at 0: data that hurts is worth no more than data that does nothing. The paper divides the reported
cost by this number and calls the quotient the virtual cost. u is the identity, or a concave weight of `CONCAVE`;
`REGIMES` names the settings that the paper tells of, with numbers where it gives none.

No report enters, so a mechanism keeps or breaks its promises about reports under every setting. What a setting does
change is whether it pays to offer data in parts. Where values add up, a seller who splits a dataset under two names
turns u(a + b) into u(a) + u(b). That is the same only where worth is proportional to value: gamma 1, kappa 0, no u. A
concave weight, as gamma below 1 or kappa above 0, pays more for the parts: u(a) >= a u(a + b) / (a + b) as u(0) >= 0,
and likewise for b. gamma above 1 pays more for the whole. So the settings that the paper advises where trust is low are
those that reward a second name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from evenhand.errors import OfferError, Problem, unknown
from evenhand.market import numbers
from evenhand.money import MINOR_MAX
from evenhand.records import MILLION, Array

TERMS_MAX = {"eta": 8, "gamma": 8, "kappa": 10}
"""The most that each may be; with values up to 7 a worth then stays below what canonical JSON carries exactly."""

PRECISION = 50
"""Significant digits of the powers; the result is rounded to the millionth once."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A named setting of eta, gamma and kappa, as plain decimals, and what it is for."""

    eta: str
    gamma: str
    kappa: str
    says: str

    @property
    def terms(self) -> dict[str, str]:
        """The setting as a call takes it: `Call(**REGIMES["sharp"].terms, ...)`."""
        return {name: getattr(self, name) for name in TERMS_MAX}


REGIMES = {
    "original": Regime("1", "1", "0", "quality times value, as Q-MIA scores offers"),
    "quality_only": Regime("1", "0", "0", "quality alone, whatever the data does for this buyer"),
    "impact_only": Regime("0", "1", "0", "value alone, whatever the data looks like"),
    "smoothed": Regime("1", "1", "0.001", "so small differences between values near 0 decide little"),
    "conservative": Regime("0.5", "0.5", "0.1", "for measures that are not trusted: offers come closer together"),
    "sharp": Regime("1", "2", "0.0001", "for values that are trusted: twice the value is four times the worth"),
}
"""The settings of [Ayyoubzadeh25, section 4.2] by name. It leaves the numbers of the last three open; these are ours.

smoothed      kappa is the floor that its appendix D puts under values; data without value then has worth by it
conservative  square roots, and a kappa of the size of values: no measure alone makes an offer
sharp         a square, and a kappa too small to give data without value a millionth
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """A strictly concave, rising u with u(0) = 0, said twice: exactly, and on float arrays."""

    formula: str
    exact: Callable[[Decimal], Decimal]
    on_arrays: Callable[[Array], Array]


CONCAVE = {
    "sqrt": Weight("sqrt(x)", lambda x: x.sqrt(), np.sqrt),
    "log1p": Weight("ln(1 + x)", lambda x: (1 + x).ln(), np.log1p),
    "saturating": Weight("x / (1 + x)", lambda x: x / (1 + x), lambda x: x / (1 + x)),
}
"""The concave weights by name; u(0) = 0, so that what is worth nothing stays so.

sqrt        halves eta and gamma; the paper's example
log1p       all but proportional where worth is small, as for values of a few hundredths
saturating  never more than 1, however valuable the data
"""


def worth(
    quality: int, pool_value: Fraction, pool_size: int, *, eta: str, gamma: str, kappa: str, concave: str = ""
) -> int:
    """Give the worth of an offer in millionths; 0 means that it cannot be selected.

    Args:
        quality: millionths.
        pool_value: value of the offer's pool, in units of V (the offer's own value times the pool's size).
        pool_size: how many offers have this content; they share what one would be worth, rounded down, so that a copy
            gains nothing.
        eta, gamma, kappa: plain decimals >= 0. An exponent of 0 switches its factor off, also where the base is 0.
        concave: a key of `CONCAVE`; "" for none.

    Raises:
        OfferError: the worth is beyond what a record can carry.

    >>> worth(800_000, Fraction(1, 20), 1, eta="1", gamma="1", kappa="0")
    40000
    >>> worth(800_000, Fraction(1, 20), 2, eta="1", gamma="0.5", kappa="0")
    89442
    >>> worth(800_000, Fraction(-1, 20), 1, eta="1", gamma="1", kappa="0")
    0
    >>> worth(800_000, Fraction(1, 20), 1, **REGIMES["conservative"].terms), worth(
    ...     800_000, Fraction(1, 20), 1, **REGIMES["original"].terms, concave="sqrt")
    (346410, 200000)
    """
    with localcontext(Context(prec=PRECISION, rounding=ROUND_HALF_EVEN)):
        value = max(pool_value, Fraction(0))
        base = Decimal(value.numerator) / Decimal(value.denominator) + Decimal(kappa)
        pooled = _power(Decimal(quality) / MILLION, Decimal(eta)) * _power(base, Decimal(gamma))
        weighted = CONCAVE[concave].exact(pooled) if concave else pooled
        worth = int((weighted * MILLION).to_integral_value()) // pool_size
    if worth > MINOR_MAX:
        raise OfferError(
            Problem(
                "worth",
                f"a value of {float(value):g} comes to {worth:,} millionths",
                f"a worth is at most {MINOR_MAX:,}",
                "Choose a smaller gamma or kappa, or a learner whose values are nearer 1.",
            )
        )
    return worth


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if exponent == 0:
        return Decimal(1)
    return base**exponent if base else Decimal(0)


def worths(
    quality: Any,
    value: Any,
    *,
    regime: str | None = None,
    eta: float | None = None,
    gamma: float | None = None,
    kappa: float | None = None,
    concave: str | None = None,
) -> Array:
    """Give what datasets are worth, on float arrays: for markets of many offers without datasets.

    Args:
        quality: 0 to 1.
        value: in units of V; below 0 counts as 0. Any shape that goes with that of `quality`.
        regime: a key of `REGIMES`, in place of the next three.
        eta, gamma, kappa: within 0 and `TERMS_MAX`; what is not given is as in the regime "original".
        concave: a key of `CONCAVE`.

    Raises:
        OfferError: something is out of bounds or not known; all of it is named.

    >>> worths([0.5, 1.0, 1.0], [0.25, 0.25, -1.0])
    array([0.125, 0.25 , 0.   ])
    >>> worths(1.0, [0.25, -1.0], gamma=0.5, kappa=0.11).round(3), worths(1.0, 3.0, concave="saturating")
    (array([0.6  , 0.332]), array(0.75))
    """
    qualities, values = numbers("quality", quality), numbers("value", value)
    stated = {name: given for name, given in (("eta", eta), ("gamma", gamma), ("kappa", kappa)) if given is not None}
    problems = [*_bad_measures(qualities, values), *_bad_terms(stated, regime, concave)]
    if problems:
        raise OfferError(problems)
    terms = {name: float(term) for name, term in (REGIMES[regime or "original"].terms | stated).items()}
    pooled = qualities ** terms["eta"] * (np.maximum(values, 0) + terms["kappa"]) ** terms["gamma"]
    return np.asarray(CONCAVE[concave].on_arrays(pooled) if concave else pooled)


def _bad_measures(quality: Array, value: Array) -> Iterator[Problem]:
    outside = quality[~((quality >= 0) & (quality <= 1))]
    if outside.size:
        yield Problem("quality", f"has {outside[0]:g}", "a quality is 0 to 1", "Give it as a part of 1.")
    if not np.isfinite(value).all():
        found = f"has {value[~np.isfinite(value)][0]:g}"
        yield Problem("value", found, "a value is a finite number", "Leave the dataset out.")
    try:
        np.broadcast_shapes(quality.shape, value.shape)
    except ValueError:
        found, bound = f"has the shape {value.shape}", f"the shape of quality is {quality.shape}"
        yield Problem("value", found, bound, "Give one of each a dataset.")


def _bad_terms(stated: dict[str, float], regime: str | None, concave: str | None) -> Iterator[Problem]:
    for name, given in stated.items():
        if not 0 <= given <= TERMS_MAX[name]:
            yield Problem(name, f"is {given:g}", f"it is from 0 to {TERMS_MAX[name]}", "Write 1 if in doubt.")
    if regime is not None and regime not in REGIMES:
        yield unknown("regime", regime, REGIMES)
    if regime is not None and stated:
        found, bound = f"is given beside {', '.join(stated)}", "a regime sets eta, gamma and kappa"
        yield Problem("regime", found, bound, "Give the one or the others.")
    if concave is not None and concave not in CONCAVE:
        yield unknown("concave", concave, CONCAVE)
