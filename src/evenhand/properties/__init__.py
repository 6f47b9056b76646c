"""What may a mechanism claim, and how do we know?

tracing.py   follow one report through a rule and list every place where anything changes, exactly
claims.py    truthful, rational, within_budget and the others: each a finding with its gap and a witness
whole.py     how lies are found where datasets are bought whole: every report, on exact numbers
collusion.py what sellers can do to one another: who wins beside a winner, and who gains by lying together
sybil.py     what is gained by entering under several names, or with a part of the data
coverage.py  up to which report that is, and whether there is nothing beyond
parts.py     how lies are found where sellers share parts: each seller's best report
strategy.py  what one seller could gain by another report than the truth, and which way the gain lies
bisection.py the highest place of a curve of which only bounds on intervals are known
fractions.py payment less true cost as fractions of the report, where a market knows what moves with it
intervals.py those bounds, for what a seller is left with under each payment rule
responses.py where it ends when all sellers keep moving to their best reports
impossibility.py what no mechanism can promise once buyers have secrets too, with certificates
certify.py   the claims of a mechanism on a market of yours
"""

from evenhand.properties.certify import best_entries, certify, slack
from evenhand.properties.claims import CLAIMS, ROUND_CLAIMS, WHOLE_CLAIMS, gap_told
from evenhand.properties.impossibility import (
    Impossibility,
    Optimum,
    added,
    broken,
    groves,
    impossibility,
    ladder,
    ladder_gain_max,
    least_deficit,
    most_gain,
    posted_price,
)
from evenhand.properties.responses import Responses, best_responses
from evenhand.properties.strategy import (
    Consequences,
    Leaning,
    Misreport,
    NamedRule,
    PaymentRule,
    best_misreport,
    consequences,
    leaning,
    price_of_anarchy,
    social_cost,
)

__all__ = [
    "CLAIMS",
    "ROUND_CLAIMS",
    "WHOLE_CLAIMS",
    "Consequences",
    "Impossibility",
    "Leaning",
    "Misreport",
    "NamedRule",
    "Optimum",
    "PaymentRule",
    "Responses",
    "added",
    "best_entries",
    "best_misreport",
    "best_responses",
    "broken",
    "certify",
    "consequences",
    "gap_told",
    "groves",
    "impossibility",
    "ladder",
    "ladder_gain_max",
    "leaning",
    "least_deficit",
    "most_gain",
    "posted_price",
    "price_of_anarchy",
    "slack",
    "social_cost",
]
