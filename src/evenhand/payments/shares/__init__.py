"""Who gets which part of what the data will earn? Posted shares, and tokens by scores.

A share is a claim on a pool of future revenue, counted in the money of the pool; a token is a whole unit of one.

`marginal_utility_tokens` divides a pool by what each dataset adds [Ayyoubzadeh25, section 6]. As published, all shares
move when one seller withholds data or stays out, and costs are not looked at. Here three things differ:

* a dataset's mass is the sum of what its documents add, so splitting a dataset into parts, or joining parts, changes
  nothing, and leaving a document out never adds;
* it is divided by a mass that is published beforehand, or by all that is registered, whoever joins in the end: so a
  seller is *posted* a share, which no report of anybody moves;
* who finds the share too small for the cost stays out, and it is not issued.

Why truth is best: the share offered does not depend on any report, and a seller joins exactly where it covers the cost.
Why nobody loses: the same. Why the pool lasts: the shares offered sum to at most the pool.

`data_share_tokens` divides a supply of tokens by volume, quality and impact [Ayyoubzadeh25, section 7], with a minimum
and a cap for each. It rewards what is measured and asks nobody for a cost, so there is no report that could be a lie;
it does not promise that a seller's tokens are worth the cost.

Both stand beside the form in which they were published, kept to be looked at (E-002-15 to E-002-17 in docs/errata.md).

posted.py        what each dataset adds, and a posted share of a pool for it
by_score.py      a supply of tokens by volume, quality and impact
as_published.py  both as they were published
tokens.py        what of a supply went to whom
given.py         numbers as they are given, exact or not, and what is none
"""

from evenhand.payments.shares.as_published import (
    data_share_tokens_as_published,
    marginal_utility_tokens_as_published,
)
from evenhand.payments.shares.by_score import data_share_tokens
from evenhand.payments.shares.posted import additive_masses, marginal_utility_tokens
from evenhand.payments.shares.tokens import EQUAL, PARTS, SUPPLY, Tokens

__all__ = [
    "EQUAL",
    "PARTS",
    "SUPPLY",
    "Tokens",
    "additive_masses",
    "data_share_tokens",
    "data_share_tokens_as_published",
    "marginal_utility_tokens",
    "marginal_utility_tokens_as_published",
]
