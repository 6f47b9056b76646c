"""Who is paid what?

direct.py          the reported cost
leave_one_out.py   what the buyers would lose without the seller
shapley.py         the average contribution over all orders of arrival, exact or estimated
threshold.py       the most each seller could have asked and still sold as much
vcg.py             what the seller's presence adds to all others, and an upper bound
table.py           several of these on one market, sharing their work
settling.py        how a payment is settled: in cash, or in parts of cash and shares
shares/            posted shares of a pool, and tokens by volume, quality and impact
risk.py            what a promise of shares is worth to a seller who dislikes risk, and what to report then
charges.py         what each buyer pays toward each seller
as_published.py    payments as the papers print them, kept to be refuted
"""

from evenhand.payments import risk, shares
from evenhand.payments.charges import charged, charges, split, uncapped
from evenhand.payments.direct import direct
from evenhand.payments.leave_one_out import leave_one_out
from evenhand.payments.settling import in_cash, in_parts
from evenhand.payments.shapley import shapley, shapley_estimate
from evenhand.payments.table import RULES, table
from evenhand.payments.threshold import threshold, threshold_by_quadrature
from evenhand.payments.vcg import vcg, vcg_upper_bound

__all__ = [
    "RULES",
    "charged",
    "charges",
    "direct",
    "in_cash",
    "in_parts",
    "leave_one_out",
    "myerson",
    "risk",
    "shapley",
    "shapley_estimate",
    "shares",
    "split",
    "table",
    "threshold",
    "threshold_by_quadrature",
    "uncapped",
    "vcg",
    "vcg_upper_bound",
]

myerson = threshold
"""One rule, two names."""
