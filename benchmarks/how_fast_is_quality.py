"""How fast is the quality of a dataset measured, what do more processes gain, and how much memory does it take?

    python benchmarks/how_fast_is_quality.py [--gigabytes 0.05] [--megabytes 20] [--peers]

Measures English-like text, or the answers of medquad.parquet in the folder that EVENHAND_DATA names: all four measures,
near-copies and volume, as `evenhand score` does. One process is timed by its processor, so that whatever else the
machine does matters less; two processes can only be compared with one by the clock, so the load is printed beside them.
Memory is that of a process that measures a JSONL file of --gigabytes, which is generated for it in a temporary folder.

With --peers other libraries are timed on the same texts, each downloaded by pip into an environment of its own, in a
temporary folder, and Evenhand before and after each of them: only the ratios can be compared. The statistics that they
compute are comparable, not the same. A peer that cannot be installed or run is passed over and named.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import timing

WANTED_MB_A_SECOND, WANTED_GAIN, WANTED_MIB = 5, 1.6, 1024
PEERS = {
    "datatrove": (
        "datatrove[processing]==0.10.1 spacy",
        "Gopher's quality and repetition filters, and MinHash signatures",
    ),
    "text-dedup": ("text-dedup==0.4.0", "MinHash signatures alone"),
    "data-juicer": ("py-data-juicer==1.6.1 aiohttp", "eight filters that count characters, words and repetition"),
}
PEERS_TEXTS = 1_000
WORDS_A_DOCUMENT = 400


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=20, help="text that speed is measured on")
    parser.add_argument("--gigabytes", type=float, default=0.05, help="of the file that memory is measured on")
    parser.add_argument("--peers", action="store_true", help="time the other libraries too, which are downloaded")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)  # what runs in a process of its own
    arguments = parser.parse_args()
    if arguments.alone:
        way, path = arguments.alone
        print(json.dumps(ALONE[way](path)))
        return
    print(timing.machine(), f"load {os.getloadavg()[0]:.1f}", sep=", ")
    with TemporaryDirectory() as folder:
        path = Path(folder, "texts.jsonl")
        megabytes = write(path, read_texts(), arguments.megabytes)
        print(f"\n{megabytes:.1f} MB, processor time of one process")
        for label, speed in alone("speed", path).items():
            print(f"  {label:<46}{speed:>9.1f} MB/s")
        print_gain(path, megabytes)
        if arguments.peers:
            print_peers(path, Path(folder))
        path.unlink()
        print_memory(Path(folder, "large.jsonl"), arguments.gigabytes)


# -- one process, and two ---------------------------------------------------------------------------------------------


def speed(path):
    """Time the steps of a measurement, once all that a process needs is loaded; in megabytes a second."""
    from evenhand.datasets import describe
    from evenhand.quality import scores_of

    dataset, size = opened(path), Path(path).stat().st_size / 1e6
    look(first(dataset, 200))
    spent, found, manifest = {}, {}, describe(dataset)
    for label, step in (
        ("describe: digests and identities", lambda: describe(dataset)),
        ("look: notes, near-copies, a sample", lambda: look(dataset, manifest)),
        ("look again, with the tokens known", lambda: look(dataset, manifest)),
        ("count and score", lambda: scores_of(found["look again, with the tokens known"])),
    ):
        start = time.process_time()
        found[label] = step()
        spent[label] = time.process_time() - start
    labels = list(spent)
    whole = spent[labels[0]] + spent[labels[2]] + spent[labels[3]]
    return {**{label: size / seconds for label, seconds in spent.items()}, "all of it": size / whole}


def print_gain(path, megabytes):
    one, two = alone("one", path), alone("two", path)
    gain = one / two
    print(f"\nby the clock, with what else the machine does (load {os.getloadavg()[0]:.1f})")
    print(f"  {'one process':<46}{megabytes / one:>9.1f} MB/s")
    print(f"  {'two processes, warm':<46}{megabytes / two:>9.1f} MB/s")
    print(f"  {'gain, wanted on idle cores':<46}{gain:>9.2f}x     {WANTED_GAIN}x")


def by_processes(number):
    def run(path):
        from joblib import parallel_config

        from evenhand.datasets import describe

        dataset = opened(path)
        with parallel_config(n_jobs=number):
            look(first(dataset, 8_000))  # processes start, and load the dictionaries of all languages
            manifest = describe(dataset)
            start = time.perf_counter()
            look(dataset, manifest)
            return time.perf_counter() - start

    return run


def print_memory(path, gigabytes):
    print(f"\n{gigabytes} GB of JSONL in a process of its own, with its two readings, wanted below {WANTED_MIB} MiB")
    write(path, generated(), gigabytes * 1000)
    found = alone("memory", path)
    told = f"{found['documents']:,} documents, {found['bytes']:,.0f} bytes each beyond {found['base']:,.0f} MiB"
    print(f"  {'peak memory':<46}{found['peak']:>9,.0f} MiB   {told}")
    print(f"  {'processor time':<46}{found['speed']:>9.1f} MB/s", flush=True)


def memory(path):
    from evenhand.datasets import describe
    from evenhand.quality import scores_of

    dataset, size = opened(path), Path(path).stat().st_size / 1e6
    scores_of(look(first(dataset, 2_000)))
    base = timing.peak_mebibytes()
    start = time.process_time()
    manifest = describe(dataset)
    scores_of(look(dataset, manifest))
    peak, documents = timing.peak_mebibytes(), manifest.documents
    spent = time.process_time() - start
    return {
        "peak": peak,
        "base": base,
        "documents": documents,
        "bytes": (peak - base) * 2**20 / documents,
        "speed": size / spent,
    }


def look(dataset, manifest=None):
    from evenhand.datasets import describe
    from evenhand.quality import look_at

    return look_at(dataset, manifest or describe(dataset), {}, as_of=date(2026, 1, 1), reference=None)


def opened(path):
    from evenhand.datasets import open_dataset

    return open_dataset(path)


def first(dataset, number):
    from itertools import islice

    from evenhand.records import Dataset

    return Dataset(lambda: islice(iter(dataset), number))


def alone(way, path):
    command = [sys.executable, __file__, "--alone", way, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


# -- texts ------------------------------------------------------------------------------------------------------------


def read_texts():
    path = Path(os.environ.get("EVENHAND_DATA", "."), "medquad.parquet")
    if not path.exists():
        yield from generated()
    from pyarrow.parquet import read_table

    answers = [text for text in read_table(path)["answer"].to_pylist() if text]
    number = 0
    while True:  # again and again, so that there is enough; each time with a word of its own, so that none is a repeat
        yield from (f"{text} {number}" for text in answers)
        number += 1


def generated():
    """Give texts of words drawn as often as they are written in English, without an end."""
    import numpy as np

    from evenhand.quality.cleanliness.dictionaries import frequencies

    rng, english = np.random.default_rng(0), frequencies("large_en")
    words = np.array(list(english))
    chances = 10.0 ** (np.array(list(english.values())) / 100)
    edges = np.cumsum(chances / chances.sum())
    while True:
        drawn = words[np.searchsorted(edges, rng.random((1000, WORDS_A_DOCUMENT))).clip(0, len(words) - 1)]
        for row in drawn.tolist():
            yield " ".join([*row[:13], "end.", *row[13:]])


def write(path, texts, megabytes):
    """Write texts until there are so many megabytes; give the megabytes of the file."""
    written = 0
    with path.open("w") as file:
        for text in texts:
            written += file.write(json.dumps({"text": text}) + "\n")  # ASCII: characters are bytes
            if written >= megabytes * 1e6:
                return written / 1e6
    raise AssertionError("texts have no end")


# -- other libraries --------------------------------------------------------------------------------------------------


def print_peers(path, folder):
    few = folder / "few.jsonl"
    lines = path.read_text().splitlines()[:PEERS_TEXTS]
    few.write_text("\n".join(lines) + "\n")
    megabytes = few.stat().st_size / 1e6
    print(f"\nother libraries, {len(lines):,} texts, {megabytes:.1f} MB; a ratio above 1 is faster than Evenhand")
    for name, (package, what) in PEERS.items():
        before = alone("speed", few)["all of it"]
        found = installed_and_run(name, package, few, folder)
        after = alone("speed", few)["all of it"]
        if isinstance(found, str):
            print(f"  {name}: passed over, {found}", flush=True)
            continue
        theirs = megabytes / found["seconds"]
        ratio = 2 * theirs / (before + after)
        speeds = f"{theirs:.2f} MB/s, Evenhand {before:.1f} and {after:.1f}"
        print(f"  {package.split()[0]:<46}{ratio:>9.2f}x   {what}: {speeds}", flush=True)


def installed_and_run(name, package, few, folder):
    """Time a peer in an environment of its own; where that fails, say why."""
    home = folder / name
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    peer = Path(__file__).parent / "peers" / f"with_{name.replace('-', '_')}.py"
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *package.split()],
        [str(python), str(peer), str(few)],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip() or "no reason given").splitlines()[-1]
    return json.loads(done.stdout.splitlines()[-1])


ALONE = {"speed": speed, "memory": memory, "one": by_processes(1), "two": by_processes(2)}

if __name__ == "__main__":
    main()
