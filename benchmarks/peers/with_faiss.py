"""Search the nearest with faiss and with plain NumPy; run by ../how_fast_is_novelty.py in an environment of its own.

Nothing of Evenhand is imported here. The vectors are made float32 beforehand, which is not timed; building an index is,
in a line of its own. `found` is the share of queries whose nearest cosine is the exact one, in whole numbers.
"""

import json
import sys
import time

import faiss
import numpy as np

ROWS_MAX = 200_000
BLOCK = 2048
CELLS, PROBED = 512, (8, 32)


def main():
    queries = np.load(sys.argv[2])
    whole = np.memmap(sys.argv[1], dtype="<i2", mode="r").reshape(-1, queries.shape[1])[:ROWS_MAX]
    vectors, asked = whole.astype(np.float32), queries.astype(np.float32)
    exact, spent = timed(lambda: by_numpy(vectors, asked))
    say("plain NumPy, blocks", spent, 1.0)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    (cosines, _), spent = timed(lambda: flat.search(asked, 1))
    say("IndexFlatIP", spent, float((np.rint(cosines[:, 0]) == exact).mean()))
    cells = faiss.IndexIVFFlat(flat.__class__(vectors.shape[1]), vectors.shape[1], CELLS, faiss.METRIC_INNER_PRODUCT)
    _, spent = timed(lambda: (cells.train(vectors[:: max(len(vectors) // 50_000, 1)]), cells.add(vectors)))
    say(f"IndexIVFFlat, {CELLS} cells: to build", spent, None)
    for probed in PROBED:
        cells.nprobe = probed
        (cosines, _), spent = timed(lambda: cells.search(asked, 1))
        say(f"IndexIVFFlat, {probed} of {CELLS} cells", spent, float((np.rint(cosines[:, 0]) == exact).mean()))


def by_numpy(vectors, asked):
    columns = np.ascontiguousarray(asked.T)
    blocks = (vectors[start : start + BLOCK] @ columns for start in range(0, len(vectors), BLOCK))
    return np.max([block.max(axis=0) for block in blocks], axis=0)


def timed(work):
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def say(way, spent, found):
    print(json.dumps({"way": way, "seconds": spent, "found": found}), flush=True)


if __name__ == "__main__":
    main()
