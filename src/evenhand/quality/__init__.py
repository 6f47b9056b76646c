"""What can be measured on a dataset alone?

measure.py        READ FIRST: a dataset -> what its counts follow from, its four scores, and the quality they combine to
profiles.py       the table: which formulas and constants make a score, by name and version
looking.py        documents -> notes, a batch at a time, by however many processes
looked.py         all that is known of one dataset once it has been looked at
tables.py         which of several rows counts, where documents are copies or near-copies
together.py       what the offers of one call have in common
possible.py       what counts must have to do with each other: those that fit no dataset are refused
batch.py          some documents, and their plain forms

cleanliness/      the chance that a sentence is whole: damage that shows, slips of spelling, boilerplate, repetition
diversity/        how unlike two documents are, or how many kinds they are worth
novelty/          half recency, half the absence of repeats and of what a reference already says
metadata/         the share of expected fields that say something a buyer can use
licence.py        may the buyer use the data? SPDX expressions; a condition, no part of quality
volume.py         how much usable text there is; no part of quality either

near_duplicates/  which documents are nearly copies of each other, within a dataset and between sellers
embedding/        texts as unit vectors of integers: hashed words, or a small model (the extra [embed])
codebooks/        published topics, the same for everybody
text.py           words, tokens and sentences; common_words.py, the words that say nothing of the subject
counts.py         how a count becomes a score
"""

from evenhand.quality.looked import Looked
from evenhand.quality.measure import combine, look_at, measure, recompute, scores_of
from evenhand.quality.novelty import Reference, build_reference, find_reference, read_reference
from evenhand.quality.possible import possible
from evenhand.quality.profiles import DEFAULT, PROFILES, profile
from evenhand.quality.together import Together, near_key, salt

__all__ = [
    "DEFAULT",
    "PROFILES",
    "Looked",
    "Reference",
    "Together",
    "build_reference",
    "combine",
    "find_reference",
    "look_at",
    "measure",
    "near_key",
    "possible",
    "profile",
    "read_reference",
    "recompute",
    "salt",
    "scores_of",
]
