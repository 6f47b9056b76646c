"""Who is paid what?

threshold.py    the most each seller could have asked and still sold
"""

from evenhand.payments.threshold import threshold

__all__ = ["myerson", "threshold"]

myerson = threshold
"""One rule, two names: on markets that buy whole, Myerson's payment is the threshold."""
