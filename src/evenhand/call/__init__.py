"""What does a buyer ask for, and who offers what? CALL.toml, read with every mistake in it named at once.

    [call]
    name = "autumn round"
    budget = "1200.00 EUR"
    validation = "validation.jsonl"        # the buyer's own documents
    as_of = 2026-01-01                     # the day on which recency is judged
    licences = ["CC0-1.0", "CC-BY-4.0"]    # under which data is bought; any if left out
    # mechanism, seed, seed_text, validation_field, seed_text_field
    # share_pool, liquidity, share_mass    # for mechanisms that settle in shares of future revenue

    [quality]                              # profile, weights, reference, reference_field
    profile = "evenhand/1"                 # by which formulas; without a version the newest
    reference = "refs/public"              # public text as data is named, or a folder of `evenhand reference`
    weights = { cleanliness = 1, novelty = 0.5 }    # a measure that is left out counts for nothing

    [metadata]
    required = ["licence", "language", "contact"]   # the fields that the measure of that name expects

    [valuation]                            # method, permutations, learner
    learner = { name = "ngram", order = 3 }

    [worth]                                # eta, gamma, kappa, or a regime; concave
    regime = "smoothed"

    [policy]                               # cap, quality_min, reserve, reserve_for, copies
    quality_min = 0.3                      # nothing of a lower quality is bought
    reserve = 0.2                          # of the budget, for those who are tagged so
    reserve_for = "cooperative"
    copies = "one"                         # of copies and near-copies only the best takes part

    [[offers]]                             # one for each seller; messages count them from 0
    seller = "ada"
    data = "offers/ada.jsonl"              # a file, a folder or a pattern
    cost = "300.00 EUR"
    metadata = { licence = "CC0-1.0", date = { field = "published" } }    # text_field
    card = "offers/croissant.json"         # a card of the dataset, or a README; false for none
    tags = ["cooperative"]

`metadata` may hold any name; one that is nearly the name of a field that quality looks for is taken for a mistake.
Fields that it leaves out are read from the card, or from the cards beside the data where none is named
(`datasets.readers.cards`); where the two disagree the call counts, and it is told (`CallFile.told`).

Numbers stand without quotes, and are read exactly as they are written. What is left out has the default of `Call`.
Paths are relative to the file's folder and may climb out of it. Nothing is read of the datasets here; only that they
exist is checked.
"""

from evenhand.call.file import CallFile as CallFile
from evenhand.call.file import read_call as read_call

__all__ = ["CallFile", "read_call"]
