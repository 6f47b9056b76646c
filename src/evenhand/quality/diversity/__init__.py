"""How different are the documents from each other?

all_pairs.py  by how unlike two documents drawn at random are: needs no clusters
kinds.py      by how many kinds they are worth, where two that are alike are in part of one: needs the meaning of texts
cells.py      which documents have a topic, and in which cell of a fixed, published codebook it is; the entropy of these
              cells, for comparison only
papers.py     the formulas as they were published, over clusters fitted to each dataset: for comparison only
"""

from evenhand.quality.diversity.all_pairs import COUNTS, Spread, score

__all__ = ["COUNTS", "Spread", "score"]
