"""How different are the documents from each other?

all_pairs.py  by how unlike two documents drawn at random are: needs no clusters
cells.py      by how evenly they fall into the cells of a fixed, published codebook: needs the meaning of texts
papers.py     the formulas as they were published, over clusters fitted to each dataset: for comparison only
"""

from evenhand.quality.diversity.all_pairs import COUNTS, Spread, score

__all__ = ["COUNTS", "Spread", "score"]
