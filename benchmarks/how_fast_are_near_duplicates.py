"""How fast are near-copies found, and how fast are other libraries?

    python benchmarks/how_fast_are_near_duplicates.py [--peers] [--documents 2000] [--clustered 200000]

Times the signatures of texts (128 minima of the 12-byte windows of their letters), beside the plain way in NumPy: a set
of windows a text, zlib's CRC-32 of each, 128 linear functions modulo a prime, and the lowest of each. With --peers
datasketch, rensa and text-dedup are timed on the same texts, each downloaded by pip into an environment of its own, in
a temporary folder. datasketch and rensa get the same windows, which are cut in Python, and are timed with and without
the cutting, all texts at once; text-dedup cuts texts by a rule of its own, into runs of five words, which are a fifth
as many. Only the ratio to plain NumPy in the same environment can be compared. A peer that cannot be installed is
passed over and named.

Then clusters are found among many signatures: where half are near-copies of the other half, and where all are of one
template. Times are those of the processor, so that whatever else the machine does matters less.
"""

import argparse
import json
import subprocess
import sys
import time
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import timing

PEERS = ("datasketch==2.0.0", "rensa==0.5.0", "text-dedup==0.4.0")
PLACES, WINDOW = 128, 12
PRIME = np.uint64(2**31 - 1)
REPEATS = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="time the other libraries too, which are downloaded")
    parser.add_argument("--documents", type=int, default=2_000, help="texts that signatures are made of")
    parser.add_argument("--clustered", type=int, default=200_000, help="signatures among which clusters are found")
    parser.add_argument("--way", help=argparse.SUPPRESS)  # what runs in a peer's environment, or alone for its memory
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(WAYS[arguments.way](arguments)))
        return
    print(timing.machine())
    for words in (30, 200, 2_000):
        print_signatures(arguments, words)
    if arguments.peers:
        print(f"\nother libraries, {len(peer_texts(arguments)):,} texts of 200 words")
        with TemporaryDirectory() as folder:
            for package in PEERS:
                print_peer(package, Path(folder), arguments)
    print("\none text of 50 MB, in a process of its own")
    print(f"  {alone('huge', arguments)}")
    print("\nclusters, each in a process of its own")
    for way in ("copies", "template"):
        print(f"  {alone(way, arguments)}")


def draw(documents, words):
    """Draw texts of words about as unequally frequent as those of a language."""
    rng = np.random.default_rng(0)
    letters = np.array(list("etaoinshrdlucmfwypvbgk"))
    vocabulary = np.array(["".join(rng.choice(letters, rng.integers(2, 10))) for _ in range(20_000)])
    drawn = rng.zipf(1.3, (documents, words)) % len(vocabulary)
    return [" ".join(vocabulary[row]) for row in drawn]


def spent(work):
    """Give the least processor seconds of some runs."""
    runs = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        runs.append(time.process_time() - start)
    return min(runs)


# -- signatures -------------------------------------------------------------------------------------------------------


def print_signatures(arguments, words):
    texts = draw(max(arguments.documents * 200 // words, 1), words)
    some = texts[: max(len(texts) // 10, 1)]
    ours, plain = spent(lambda: by_evenhand(texts)), spent(lambda: by_plain_numpy(some))
    print(f"\n{len(texts):,} texts of {words:,} words")
    print_speed("Evenhand", texts, ours, plain * len(texts) / len(some))
    print_speed("plain NumPy", some, plain, plain)


def print_speed(way, texts, seconds, plain):
    rate, size = len(texts) / seconds, sum(map(len, texts)) / seconds / 1e6
    print(f"  {way:<24}{rate:>10,.0f} texts/s{size:>9.2f} MB/s{plain / seconds:>9.1f}x plain NumPy", flush=True)


def by_evenhand(texts):
    from evenhand.quality.batch import Batch
    from evenhand.quality.near_duplicates import notes
    from evenhand.records import Document

    return notes(Batch.of(map(Document, texts)))


def windows(text):
    joined = text.replace(" ", "")
    return {joined[start : start + WINDOW] for start in range(len(joined) - WINDOW + 1)}


def by_plain_numpy(texts):
    a, b = np.random.default_rng(1).integers(1, PRIME, (2, PLACES), dtype=np.uint64)
    found = []
    for text in texts:
        hashes = np.array([zlib.crc32(window.encode()) >> 1 for window in windows(text)], dtype=np.uint64)
        found.append(((hashes[:, None] * a + b) % PRIME).min(axis=0).astype(np.uint32))
    return np.array(found)


# -- other libraries --------------------------------------------------------------------------------------------------


def by_datasketch(sets):
    from datasketch import MinHash

    return MinHash.bulk(sets, num_perm=PLACES)


def by_rensa(sets):
    from rensa import RMinHash

    return RMinHash.from_token_sets(sets, num_perm=PLACES, seed=1)


def by_text_dedup(texts):
    from text_dedup.minhash import embed_func, xxh3_32hash

    permutations = np.random.default_rng(1).integers(1, 2**32 - 5, (2, PLACES), dtype=np.uint64)
    settings = {
        "num_perm": PLACES,
        "ngram_size": 5,
        "min_length": 0,
        "hashranges": [(0, PLACES)],
        "permutations": permutations,
        "hash_func": xxh3_32hash,
        "dtype": np.uint64,
        "max_hash": np.uint64(2**32 - 1),
        "modulo_prime": np.uint64(2**32 - 5),
    }
    return [embed_func(text, index, **settings) for index, text in enumerate(texts)]


def peer(by, cut=None):
    """Time a peer on texts, or on their windows as it wants them."""

    def run(arguments):
        texts = peer_texts(arguments)
        given = [list(map(cut, windows(text))) for text in texts] if cut else texts
        assert len(by(given[:2])) == 2
        hashing = spent(lambda: by(given))
        cutting = spent(lambda: [list(map(cut, windows(text))) for text in texts]) if cut else 0
        plain = spent(lambda: by_plain_numpy(texts))
        return {"hashing": hashing, "cutting": cutting, "plain": plain}

    return run


def peer_texts(arguments):
    return draw(max(arguments.documents // 5, 1), 200)


def print_peer(package, folder, arguments):
    """Time a peer in an environment of its own."""
    name = package.partition("=")[0]
    home = folder / name
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package, "numpy"],
        [str(python), __file__, "--way", name, "--documents", str(arguments.documents)],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            print(f"  {package}: passed over, {(done.stderr.strip() or 'no reason given').splitlines()[-1]}")
            return
    found = json.loads(done.stdout.splitlines()[-1])
    texts, plain = peer_texts(arguments), found["plain"]
    print_speed(package, texts, found["hashing"] + found["cutting"], plain)
    if found["cutting"]:
        print_speed("  its hashing alone", texts, found["hashing"], plain)


# -- alone in a process, for the memory -------------------------------------------------------------------------------


def alone(way, arguments):
    command = [sys.executable, __file__, "--way", way, "--clustered", str(arguments.clustered)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def huge(arguments):
    from evenhand.quality.near_duplicates import letters, signatures

    text = " ".join(draw(1_000, 1_000))
    text = (text * (50_000_000 // len(text) + 1))[:50_000_000]
    held = timing.peak_mebibytes()
    start = time.process_time()
    signatures([letters(text)])
    taken = time.process_time() - start
    return f"{50 / taken:.1f} MB/s   {timing.peak_mebibytes() - held:,.0f} MiB beside the text"


def copies(arguments):
    base = signatures_drawn(arguments.clustered // 2)
    return cluster("half are near-copies of the other half, J = 0.9", np.concatenate([base, changed(base, 0.1)]))


def template(arguments):
    base = np.tile(signatures_drawn(1), (arguments.clustered, 1))
    return cluster("all are near-copies of one, J = 0.9", changed(base, 0.1))


def signatures_drawn(count):
    return np.random.default_rng(0).integers(0, 2**16, (count, PLACES), dtype=np.uint16)


def changed(signatures, share):
    rng = np.random.default_rng(1)
    return np.where(rng.random(signatures.shape, np.float32) < share, signatures_drawn(len(signatures)), signatures)


def cluster(label, signatures):
    from evenhand.quality.near_duplicates import clusters

    identities = np.random.default_rng(2).integers(0, 256, (len(signatures), 32), dtype=np.uint8)
    held = timing.peak_mebibytes()
    start = time.process_time()
    found = clusters(identities, signatures)
    taken = time.process_time() - start
    memory = (timing.peak_mebibytes() - held) * 2**20 / len(signatures)
    return (
        f"{label}: {len(signatures):,} documents, {int(found.standing.sum()):,} stand, {found.crowded:,} crowded   "
        f"{len(signatures) / taken:,.0f} documents/s   {max(memory, 0):,.0f} bytes a document"
    )


WAYS = {
    "datasketch": peer(by_datasketch, str.encode),
    "rensa": peer(by_rensa, str),
    "text-dedup": peer(by_text_dedup),
    "huge": huge,
    "copies": copies,
    "template": template,
}

if __name__ == "__main__":
    main()
