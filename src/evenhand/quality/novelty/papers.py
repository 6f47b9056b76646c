"""What do the paper's two formulas of novelty say, taken at their word?

Both follow from the same counts as ours, so that they can be set side by side on any record. So the mean is over
distinct sentences, 1024 at most, no cosine is below 0, and of copies the least recent decides (`profiles` has the list
of what is not as printed). Both pay for what our score was made not to pay for, and the tests show it:

    section 7.3   looks only at documents with a date: hiding the dates of old ones pays, and a date in the future is
                  clipped to "new"
    appendix C    has no recency at all
    both          take text that is like nothing for new
"""

from collections.abc import Mapping
from fractions import Fraction

from evenhand.quality.counts import share
from evenhand.quality.embedding import COSINE_ONE
from evenhand.quality.novelty.recency import AGE_DAYS_MAX

HALVES = (Fraction(1, 2), Fraction(1, 2))
"""w'_1 and w'_2 of section 7.3, which it leaves open."""


def novelty_section7(counts: Mapping[str, int], weights: tuple[Fraction, Fraction] = HALVES) -> int:
    """Give, in millionths, the novelty of section 7.3.

        Novelty = w'_1 Recency + w'_2 (1 - DuplicationScore)                       [Ayyoubzadeh25, section 7.3]

    Recency is the mean over documents that have a date; 0 where none has.
    """
    dated = counts["distinct"] - counts["undated"]
    recency = Fraction(counts["fresh_days"] + counts["postdated"] * AGE_DAYS_MAX, max(dated, 1) * AGE_DAYS_MAX)
    return share(weights[0] * recency + weights[1] * (1 - mean_similarity(counts)))


def novelty_appendix_c(counts: Mapping[str, int]) -> int:
    """Give, in millionths, the novelty of appendix C: 1 - mean(sigma), clipped.      [Ayyoubzadeh25, appendix C]"""
    return share(1 - mean_similarity(counts))


def mean_similarity(counts: Mapping[str, int]) -> Fraction:
    """Give the mean cosine of the sentences to their nearest in the reference, of all alike; 0 where there is none."""
    cosines = counts["similarity"] - counts["unlike"] * COSINE_ONE + counts["unlike_similarity"]
    return Fraction(cosines, max(counts["sentences"], 1) * COSINE_ONE)
