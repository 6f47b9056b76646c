"""Can more than half of the best be promised where no offer matters much? 1 - 1/e of it [Anari14], in a hard budget.

Before reports are looked at, draw for each seller u_i uniformly from 0 to 1, and run `proportional_share` on w_i g_i in
place of the worth w_i, with the handicap

    g(u) = e - e^u,     which falls from e - 1 to 0 and is 1 on average.

Whatever was drawn, that is proportional share on known numbers: no lie gains, nobody loses, the budget is kept to the
last unit, and what groups can do is what they can do there. What the handicaps change is the worth that is bought.

**Guarantee.** Let F be the fractional optimum of those who ask no more than B, and theta = w_max / F. Then

    E[worth bought] >= (1 - 1/e) (1 - 5 theta^(1/3)) F.

*On average at one price.* At a price of r per unit of w g those with c_i <= r w_i g_i would sell. With x = c / (r w)
that has the chance f(x) = ln(e - x), 0 above e - 1; and r w p(x) is paid on average, p(x) being the integral of g up to
f(x), e f - e + x + 1. So e f(x) = p(x) + (e - 1 - x)^+ for all x. Times w, summed over the sellers, with V and P for
the worth bought and the money paid on average, and m = 1 / ((e - 1) r):

    e V = (e - 1) (m P + sum of (w_i - m c_i)^+) >= (e - 1) F(P),

since no parts y of datasets that cost P or less are worth more: w y = (w - m c) y + m c y. So V >= (1 - 1/e) F(P).

*In fact.* Take r with P = (1 - d) B; P grows continuously with r from 0 on. F(P) >= (1 - d) F, as F(.) is concave. If
what is paid at r, X, is at most B, then all who would sell at r are bought: they come first, and the last of them is
covered. Since p >= f, r V <= P, so r <= e B / ((e - 1) F). The variance of X is at most (e - 1) r w_max P, that of the
worth at most w_max V; so the chance q of X > B is at most e theta (1 - d) / d^2 (Chebyshev), and what is lost by it at
most q V + sqrt(q w_max V) (Cauchy-Schwarz). With d = theta^(1/3) all of it is less than 5 d of (1 - 1/e) F for d < 1/5.

Without handicaps, shares promise half where no offer matters much, by (1) in single_or_share.py. That is a worst case:
on large lognormal markets they buy more, 0.72 of F against 0.64.
"""

import numpy as np

from evenhand.records import Array

UNIT = 1_000_000
"""Handicaps are counted in millionths; their unit does not matter, for a rule of shares compares them alone."""


def handicaps(sellers: int, rng: np.random.Generator) -> Array:
    """Draw by how much each seller's worth counts, before reports are looked at: (sellers,), whole millionths.

    Multiply the worth by it, and buy in proportional shares; what is bought is worth what it was before. Half of 2,000
    datasets are free, all could be bought for 1,000, and shares alone stop at the free ones:

    >>> from evenhand.markets import Procurement
    >>> worth, costs = np.ones(2_000), np.repeat([0.0, 1.0], 1_000)
    >>> drawn = handicaps(2_000, np.random.default_rng(0))
    >>> [int(Procurement(w, budget=1_000.0).allocate(costs).quantity.sum()) for w in (worth, worth * drawn)]
    [1000, 1283]
    """
    drawn = rng.bit_generator.random_raw(sellers) / 2.0**64
    return np.rint(UNIT * (np.e - np.exp(drawn))).astype(np.int64)
