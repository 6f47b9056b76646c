"""How much usable text is there?

Usable tokens are what is left "after preprocessing that removes noise, spam, and duplications" [Ayyoubzadeh25, section
7.2]:

    usable = tokens of the distinct documents
             - tokens of near-copies, of which one document stays
             - damaged tokens of the documents that stay

Volume is no part of the quality q. It counts where tokens of a supply are shared out, by each seller's part of the
whole (the paper's VolumeScore; `payments.shares.data_share_tokens` takes volumes and finds the parts), and where a call
asks for a least amount. Of near-copies the document with the most usable tokens stays, so a near-copy adds nothing
unless it is longer, and nothing depends on the order of the documents.
"""

from collections.abc import Mapping

import numpy as np

from evenhand.records import Array

COUNTS = ("tokens", "repeated", "damaged")


def count(tokens: Array, damaged: Array, representative: Array | None = None) -> dict[str, int]:
    """Count the tokens of a dataset, and those of them that cannot be used.

    Args:
        tokens: (n,) of each distinct document.
        damaged: (n,) how many of them are damaged; more than there are count as all.
        representative: (n,) which one stands for each, or any label that near-copies share; None where no two are
            near-copies.

    Returns:
        "tokens" of all, "repeated" in near-copies of which another stays, and "damaged" in documents that stay; the
        three do not depend on the order of the documents nor on the labels.

    >>> count(np.array([10, 12, 5]), np.array([1, 4, 9]), np.array([7, 7, 8]))
    {'tokens': 27, 'repeated': 12, 'damaged': 6}
    """
    all_tokens = np.asarray(tokens, dtype=np.int64)
    lost = np.clip(np.asarray(damaged, dtype=np.int64), 0, all_tokens)
    labels = np.arange(len(all_tokens)) if representative is None else np.asarray(representative)
    assert len(all_tokens) == len(lost) == len(labels), "one row a document"
    # of near-copies: the most usable tokens first; of equals the shorter, with less damage
    order = np.lexsort((all_tokens, lost - all_tokens, labels))
    sorted_labels = labels[order]
    stays = order[np.r_[True, sorted_labels[1:] != sorted_labels[:-1]]] if len(order) else order
    total, kept = int(all_tokens.sum()), int(all_tokens[stays].sum())
    return {"tokens": total, "repeated": total - kept, "damaged": int(lost[stays].sum())}


def usable(counts: Mapping[str, int]) -> int:
    """Give the tokens that can be used; never below 0.

    >>> usable({"tokens": 27, "repeated": 12, "damaged": 6})
    9
    """
    return max(counts["tokens"] - counts["repeated"] - counts["damaged"], 0)
