"""How fast is the nearest of a million sentences found, exactly, beside what the machine's matrix product allows?

    python benchmarks/how_fast_is_novelty.py [--sentences N] [--peers]

Times 1024 sentences against a mapped reference of a million, once with dense vectors in clusters and once with vectors
of hashed words, beside the bare float32 products of the same shape with everything in memory already, and says how much
memory a process of its own took besides the map. Then it times building and opening a reference, drawing sentences, and
looking for those that sellers share. With --peers, faiss is timed on the same dense vectors in an environment of its
own, in a temporary folder (`peers/with_faiss.py`); only the ratio to plain NumPy in the same environment can be
compared.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import timing

from evenhand.quality.embedding import DIMENSIONS, LENGTH, embed
from evenhand.quality.novelty import (
    LowestSentences,
    best_cosines,
    build_reference,
    open_reference,
    salted,
    shared_sentences,
)
from evenhand.quality.novelty.neighbours import ROWS
from evenhand.records import Dataset

QUERIES, PARTS = 1024, 8
DENSE = 384
TEXTS = 20_000
SELLERS, KEYS = 10, 1_000_000
PEER = "faiss-cpu==1.15.1"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1_000_000, help="of the reference")
    parser.add_argument("--peers", action="store_true", help="time faiss too, which is downloaded")
    parser.add_argument("--memory-of", nargs=2, metavar=("VECTORS", "QUERIES"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        print_memory(*arguments.memory_of)
        return
    print(timing.machine())
    texts = some_texts(TEXTS)
    with TemporaryDirectory() as name:
        home = Path(name)
        print(f"\n{QUERIES} sentences against {arguments.sentences:,}, mapped (bare products, from memory / ours)")
        print_nearest("dense, in clusters", *clustered(home, arguments.sentences))
        if arguments.peers:
            print_peer(home)
        print_nearest("hashed words", *hashed(home, arguments.sentences, texts))
    print("\nother work")
    print_texts(texts)
    print_shared()


def some_texts(size):
    """Draw sentences of some seven words, about as unequally frequent as those of a language."""
    chance, rng = random.Random(0), np.random.default_rng(0)
    known = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(3, 9))) for _ in range(30_000)]
    lengths = rng.integers(3, 12, size)
    picked = iter(rng.zipf(1.2, lengths.sum()) % len(known))
    return [" ".join(known[next(picked)] for _ in range(length)) + "." for length in lengths]


# -- the nearest ----------------------------------------------------------------------------------------------------


def clustered(home, sentences):
    """Dense unit vectors around 2,000 centres, written part by part."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((2_000, DENSE))

    def draw(size):
        vectors = centres[rng.integers(0, len(centres), size)] + 0.8 * rng.standard_normal((size, DENSE))
        return np.rint(vectors * LENGTH / np.linalg.norm(vectors, axis=1)[:, None]).astype("<i2")

    return write(home / "dense.i16", (draw(size) for size in pieces(sentences))), draw(QUERIES)


def hashed(home, sentences, texts):
    """Vectors of hashed words; the same texts again and again, since only the time matters."""
    vectors = np.concatenate([embed(texts[start : start + 1024]) for start in range(0, len(texts), 1024)])
    rng = np.random.default_rng(1)
    shuffled = (vectors[rng.integers(0, len(vectors), size)] for size in pieces(sentences))
    return write(home / "hashed.i16", shuffled), embed(some_texts(TEXTS + QUERIES)[TEXTS:])


def pieces(sentences):
    return [min(50_000, sentences - start) for start in range(0, sentences, 50_000)]


def write(path, blocks):
    with path.open("wb") as file:
        for block in blocks:
            file.write(block.astype("<i2").tobytes())
    return path


def print_nearest(what, path, queries):
    vectors = np.memmap(path, dtype="<i2", mode="r").reshape(-1, queries.shape[1])
    size = len(vectors) // PARTS
    columns = np.ascontiguousarray(queries.T, dtype=np.float32)
    ready = np.asarray(vectors[: min(size, 64 * ROWS)], dtype=np.float32)
    room = np.empty((ROWS, QUERIES), dtype=np.float32)

    def bare(_):
        for start in range(0, size, ROWS):
            block = ready[start % len(ready) :][: min(ROWS, size - start)]
            np.matmul(block, columns, out=room[: len(block)])

    found = []
    bare_took, ours_took = timing.seconds(
        bare,
        lambda part: found.append(best_cosines(queries, vectors[part * size : (part + 1) * size])),
        repeats=PARTS,
        at_most=1e9,
    )
    some = vectors[:5_000].astype(np.int64)
    brute = (queries[:50].astype(np.int64) @ some.T).max(axis=1)
    assert (best_cosines(queries[:50], vectors[:5_000]) == brute.clip(0, LENGTH**2)).all()
    assert (np.max(found, axis=0) >= found[0]).all()
    queries_path = path.with_suffix(".npy")
    np.save(queries_path, queries)
    command = [sys.executable, __file__, "--memory-of", str(path), str(queries_path)]
    memory = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    print(
        f"  {what + ', ' + str(queries.shape[1]) + ' dimensions':<38}{bare_took / ours_took:>6.2f}x   "
        f"{timing.readable(ours_took * PARTS)}, bare products {timing.readable(bare_took * PARTS)}; {memory}",
        flush=True,
    )


def print_memory(path, queries_path):
    """Say how much memory this process takes besides the map while it looks for the nearest; sampled as it runs."""
    queries = np.load(queries_path)
    vectors = np.memmap(path, dtype="<i2", mode="r").reshape(-1, queries.shape[1])
    before, most, over = own_mebibytes(), [0.0], threading.Event()

    def look():
        while not over.wait(0.005):
            most[0] = max(most[0], own_mebibytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    best_cosines(queries, vectors)
    over.set()
    watcher.join()
    print(f"{most[0]:.0f} MiB beside the map, {before:.0f} of them Python and its libraries")


def own_mebibytes():
    """Give the memory that maps no file; where the system does not tell that apart, the peak of all."""
    with suppress(FileNotFoundError, StopIteration):
        status = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("RssAnon")).split()[1]) / 1024
    return timing.peak_mebibytes()


def print_peer(home):
    """Install faiss into an environment of its own and let it search."""
    python = home / "faiss" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    script = Path(__file__).parent / "peers" / "with_faiss.py"
    steps = {
        "made no environment": [sys.executable, "-m", "venv", home / "faiss"],
        "could not be installed": [python, "-m", "pip", "install", "--quiet", PEER, "numpy"],
        "failed": [python, script, home / "dense.i16", home / "dense.npy"],
    }
    for complaint, command in steps.items():
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no word why"])[-1]
            print(f"  {PEER} is passed over: it {complaint}. {reason}")
            return
    print(f"  {PEER}, in its own environment, on the first vectors{'time':>16}{'/ NumPy':>9}{'found':>8}")
    ways = [json.loads(line) for line in done.stdout.splitlines()]
    for way in ways:
        ratio = way["seconds"] / ways[0]["seconds"]
        found = "" if way["found"] is None else f"{way['found']:.1%}"
        print(f"    {way['way']:<50}{timing.readable(way['seconds']):>17}{ratio:>9.2f}{found:>8}")


# -- other work -----------------------------------------------------------------------------------------------------


def print_texts(texts):
    salt = salted(b"terms", b"content")

    def draw(_):
        lowest = LowestSentences(salt=salt, keep_keys=True)
        for text in texts:
            lowest.add(text)
        assert len(lowest.drawn()) == 1024

    with TemporaryDirectory() as name:
        home = Path(name)
        built = timing.seconds(
            lambda k: build_reference(Dataset.of(texts), home / str(k)), lambda _: [embed(texts)], draw, repeats=3
        )
        opened = timing.seconds(lambda _: open_reference(home / "0"))
    size = len(texts) * DIMENSIONS * 2 / 1e9
    print(f"  build a reference of {len(texts):,} sentences      {len(texts) / built[0]:>10,.0f} a second")
    print(f"    embed them all at once, nothing else    {len(texts) / built[1]:>10,.0f} a second")
    print(f"  open it, every byte checked               {size / opened:>10.2f} GB a second")
    print(f"  draw 1024 of {len(texts):,} sentences             {len(texts) / built[2]:>10,.0f} a second")


def print_shared():
    """Sellers who offer parts of the same sentences."""
    rng = np.random.default_rng(2)
    pool = rng.integers(0, 2**64, 2 * SELLERS * KEYS, dtype=np.uint64)
    sellers = {str(i): np.unique(rng.choice(pool, KEYS)) for i in range(SELLERS)}
    start = time.perf_counter()
    found = shared_sentences(sellers)
    took = time.perf_counter() - start
    start = time.perf_counter()
    sets = {seller: set(keys.tolist()) for seller, keys in sellers.items()}
    others = {seller: set().union(*(sets[other] for other in sets if other != seller)) for seller in ("0", "1")}
    slow = (time.perf_counter() - start) * SELLERS / 2
    for seller, known in others.items():
        assert found[seller]["shared"] == len(sets[seller] & known)
    print(
        f"  shared by {SELLERS} sellers of {KEYS:,}         {slow / took:>10.1f}x a Python set each: "
        f"{timing.readable(slow)}, ours {timing.readable(took)}"
    )


if __name__ == "__main__":
    main()
