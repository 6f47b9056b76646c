"""Sign texts with text-dedup; run by ../how_fast_is_quality.py in an environment of its own.

Nothing of Evenhand is imported here. Reading the file is not timed.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from text_dedup.minhash import embed_func, xxh3_32hash

PLACES = 128


def main():
    texts = [json.loads(line)["text"] for line in Path(sys.argv[1]).read_text().splitlines()]
    settings = {
        "num_perm": PLACES,
        "ngram_size": 5,
        "min_length": 0,
        "hashranges": [(0, PLACES)],
        "permutations": np.random.default_rng(1).integers(1, 2**32 - 5, (2, PLACES), dtype=np.uint64),
        "hash_func": xxh3_32hash,
        "dtype": np.uint64,
        "max_hash": np.uint64(2**32 - 1),
        "modulo_prime": np.uint64(2**32 - 5),
    }
    start = time.process_time()
    for number, text in enumerate(texts):
        embed_func(text, number, **settings)
    print(json.dumps({"seconds": time.process_time() - start}))


if __name__ == "__main__":
    main()
