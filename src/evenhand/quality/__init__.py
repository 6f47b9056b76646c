"""What can be measured on a dataset alone?

measure.py        one pass over the documents: the four scores of [Ayyoubzadeh25, section 7.3] with their evidence,
                  their recomputation from it, and the quality q that they combine to
cleanliness.py    1 - 50 damaged tokens / tokens
diversity.py      1 - the mean cosine over all pairs of documents
novelty.py        half recency, half the absence of repeats and of what a reference already says
metadata.py       the share of expected fields that are valid
embedding.py      hashed words as unit vectors of integers
text.py           words, tokens and sentences; common_words.py, the words that say nothing of the subject
"""

from evenhand.quality.measure import PROFILE, combine, measure, possible, recompute
from evenhand.quality.novelty import Reference, read_reference

__all__ = ["PROFILE", "Reference", "combine", "measure", "possible", "read_reference", "recompute"]
