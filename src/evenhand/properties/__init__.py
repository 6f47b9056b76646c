"""What may a mechanism claim, and how do we know?

tracing.py   follow one report through a rule and list every place where anything changes, exactly
claims.py    truthful, rational, within_budget: each a finding with its gap and a witness
certify.py   the claims of a mechanism on a market of yours
"""

from evenhand.properties.certify import certify
from evenhand.properties.claims import CLAIMS

__all__ = ["CLAIMS", "certify"]
