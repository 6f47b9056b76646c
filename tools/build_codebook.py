"""Build the published codebook of topics again, from WordNet's definitions.

    apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb wordnet
    python tools/build_codebook.py wordnet/usr/share/wordnet

WordNet 3.0 defines each sense of each noun in a line and files it under one of 26 headings ("food", "feeling"). A
hundred definitions of each heading, those with the lowest SHA-256, are embedded and clustered into 64 topics. So no
heading crowds out the others: WordNet has 8,000 plants and 42 motives.

Beside the topics stand six centroids of texts that have none: words drawn from WordNet at random, letters, numbers. A
text that is nearest to one of those is in no cell. (To ask for some likeness to the nearest topic would not find random
words: they lie nearer to definitions than most texts do.)

Every step is in whole numbers: whoever runs this gets the same file, to the last bit. Takes a few minutes.
"""

import argparse
import hashlib
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson

from evenhand.plaintext import plain
from evenhand.quality.codebooks import CELLS, CENTROID_LENGTH, file_name
from evenhand.quality.diversity.papers import k_means
from evenhand.quality.embedding import LENGTH, open_embedding, products
from evenhand.records import Array

OF_EACH_HEADING = 100
SEED = 1
SCRAMBLED = 4  # centroids of random words; one each of letters and numbers stand beside them
NAME = "wordnet-topics-minilm/1"
EMBEDDING = "minilm-l6-v2/1"
FOLDER = Path(__file__).parent.parent / "src" / "evenhand" / "quality" / "codebooks"

SOURCE = "WordNet 3.0, the definitions of nouns, as in Debian's package wordnet-base 1:3.0-37"
LICENCE = (
    "WordNet Release 3.0. This software and database is being provided to you, the LICENSEE, by Princeton University "
    "under the following license. By obtaining, using and/or copying this software and database, you agree that you "
    "have read, understood, and will comply with these terms and conditions.: Permission to use, copy, modify and "
    "distribute this software and database and its documentation for any purpose and without fee or royalty is hereby "
    "granted, provided that you agree to comply with the following copyright notice and statements, including the "
    "disclaimer, and that the same appear on ALL copies of the software, database and documentation, including "
    "modifications that you make for internal use or for distribution. WordNet 3.0 Copyright 2006 by Princeton "
    'University. All rights reserved. THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES '
    "NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY "
    "MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANT- ABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE "
    "OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, "
    "TRADEMARKS OR OTHER RIGHTS. The name of Princeton University or Princeton may not be used in advertising or "
    "publicity pertaining to distribution of the software and/or database. Title to copyright in this software, "
    "database and any associated documentation shall at all times remain with Princeton University and LICENSEE agrees "
    "to preserve same."
)

Definition = tuple[list[str], str]
"""The words of a sense, and the words with what they mean."""
ByHeading = dict[int, list[Definition]]

HEADINGS = range(3, 29)
"""The nouns in WordNet's lexnames(5WN)."""


def definitions(folder: Path) -> ByHeading:
    """Give heading -> (words, definition) of each sense, from WordNet's data file (wndb(5WN))."""
    by_heading: ByHeading = defaultdict(list)
    for line in (folder / "data.noun").read_text(encoding="latin-1").splitlines():
        if not line.startswith("  "):  # the licence
            head, _, meaning = line.partition(" | ")
            fields = head.split()
            words = [fields[4 + 2 * i].replace("_", " ") for i in range(int(fields[3], 16))]
            by_heading[int(fields[1])].append((words, plain(f"{', '.join(words[:3])}: {meaning}")))
    return by_heading


def drawn(by_heading: ByHeading) -> list[Definition]:
    """Give the definitions that are clustered: of each heading those with the lowest SHA-256."""
    return [told for heading in HEADINGS for told in sorted(by_heading[heading], key=_digest)[:OF_EACH_HEADING]]


def _digest(told: Definition) -> bytes:
    return hashlib.sha256(told[1].encode()).digest()


def without_topic(by_heading: ByHeading) -> list[list[str]]:
    """Give texts that are about nothing, by kind: words at random, letters at random, numbers at random."""
    rng = np.random.default_rng(SEED)
    told = [told for heading in HEADINGS for told in by_heading[heading]]
    single = sorted({word for words, _ in told for word in words if " " not in word})
    running = [word for _, text in told for word in text.split()]

    def at_random(pool: Sequence[str], lengths: Sequence[int], times: int, between: str = " ") -> list[str]:
        return [between.join(pool[i] for i in rng.integers(0, len(pool), n)) for n in lengths for _ in range(times)]

    words = at_random(single, (4, 8, 16, 32, 64), 24) + at_random(running, (6, 16, 40, 80), 24)
    letters = at_random("abcdefghijklmnopqrstuvwxyz   ", (60, 250), 12, between="")
    numbers = at_random([str(n) for n in rng.integers(0, 10**6, 1000)], (6, 30), 10)
    return [[plain(text) for text in texts] for texts in (words, letters, numbers)]


def topics(words: list[list[str]], vectors: Array, centroids: Array, owner: Array) -> list[str]:
    """Name each cell by the first words of the three definitions nearest to its centroid."""
    likeness = products(vectors, centroids)
    named = []
    for cell in range(CELLS):
        inside = np.flatnonzero(owner == cell)
        nearest = inside[np.argsort(-likeness[inside, cell], kind="stable")]
        named.append(", ".join(list(dict.fromkeys(words[i][0] for i in nearest))[:3]))
    return named


def main() -> None:
    """Write the codebook's file, and print what goes into the table of codebooks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where WordNet's data.noun is")
    folder = parser.parse_args().folder
    by_heading = definitions(folder)
    chosen = drawn(by_heading)
    embedding = open_embedding(EMBEDDING)
    vectors = embedding.embed([text for _, text in chosen])
    centroids, owner = k_means(vectors, CELLS, seed=SEED)
    none = [
        k_means(embedding.embed(texts), clusters, seed=SEED)[0]
        for texts, clusters in zip(without_topic(by_heading), (SCRAMBLED, 1, 1), strict=True)
    ]
    short = np.rint(np.vstack([centroids, *none]) * (CENTROID_LENGTH / LENGTH))
    assert abs(short).max() < 128, "coordinates fit int8"
    print(len(chosen), "definitions; cells of", sorted(Counter(owner.tolist()).values()))
    told = {
        "name": NAME,
        "embedding": embedding.name,
        "embedding_digest": embedding.digest,
        "dimensions": embedding.dimensions,
        "topics": topics([words for words, _ in chosen], vectors, centroids, owner),
        "source": SOURCE,
        "licence": LICENCE,
        "centroids": b64encode(short.astype(np.int8).tobytes()).decode(),
    }
    data = orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"
    (FOLDER / file_name(NAME)).write_bytes(data)
    print("write into CODEBOOKS:", hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main()
