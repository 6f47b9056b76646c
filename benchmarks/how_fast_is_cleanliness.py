"""How fast is text searched for damage, what do the dictionaries cost, and how much faster is that than word by word?

    python benchmarks/how_fast_is_cleanliness.py [FOLDER]

Reads the answers of medquad.parquet in FOLDER (or in the folder named by EVENHAND_DATA); without one, sentences of
words drawn by their frequency. "First" is a process that has its dictionaries and has seen no text yet; "again" is one
that knows the tokens. The plain way, for comparison, looks up each token's word and, where it is rare, tries the
54 n + 25 words one edit away from it. The time is that of this process on its core, whatever else the machine does.
"""

import os
import random
import sys
import time
from pathlib import Path

import timing

from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import noise, paper
from evenhand.quality.cleanliness.dictionaries import READ, frequencies
from evenhand.quality.cleanliness.language import LANGUAGES, ballots
from evenhand.quality.cleanliness.spelling import COMMON, RARE, TIMES, lexicon
from evenhand.quality.cleanliness.vocabulary import vocabulary
from evenhand.records import Document

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LINE_MEGABYTES = (5, 50)


def main():
    print(timing.machine())
    print("\nonce a process")
    print_spent(f"{len(LANGUAGES)} languages to tell apart", ballots)
    for language in READ:
        print_spent(f"words of {language}", lambda language=language: lexicon(language))
    print(f"  {'peak memory':<46}{timing.peak_mebibytes():>9.0f} MiB")

    texts = read_texts()
    batch, megabytes = Batch.of(map(Document, texts)), sum(len(text.encode()) for text in texts) / 1e6
    print(f"\n{len(texts):,} documents, {megabytes:.1f} MB, {noise.notes(batch)['tokens'].sum():,} tokens")
    vocabulary().forget()
    print_speed("first", megabytes, lambda: noise.notes(batch))
    again = print_speed("again", megabytes, lambda: noise.notes(batch))
    print_speed("appendix C, again", megabytes, lambda: paper.notes_appendix_c(batch))
    few = texts[:: max(1, len(texts) // 300)]
    share = sum(len(text.encode()) for text in few) / 1e6
    plain = print_speed("the plain way", share, lambda: word_by_word(few))
    print(f"  {'ours to the plain way':<46}{again / plain:>9.1f}x")

    print("\none line")
    for size in LINE_MEGABYTES:
        line = Batch.of([Document(" ".join(texts)[:1_000_000].replace("\n", " ") * size)])
        print_speed(f"{size} MB", size, lambda line=line: noise.notes(line))
    print(f"  {'peak memory':<46}{timing.peak_mebibytes():>9.0f} MiB")


def print_spent(label, work):
    start = time.process_time()
    work()
    print(f"  {label:<46}{timing.readable(time.process_time() - start):>13}", flush=True)


def print_speed(label, megabytes, work):
    start = time.process_time()
    work()
    speed = megabytes / (time.process_time() - start)
    print(f"  {label:<46}{speed:>9.1f} MB a second of one core", flush=True)
    return speed


def word_by_word(texts):
    """The same rule of spelling, one word at a time, without a table of neighbours."""
    english, slips = frequencies("large_en"), 0
    for text in texts:
        for token in text.split():
            word = token.strip(".,;:!?()\"'")
            own = english.get(word, 0)
            if word.isalpha() and word.islower() and own < RARE:
                slips += any(english.get(other, 0) >= max(COMMON, own + TIMES) for other in one_edit(word))
    return slips


def one_edit(word):
    for at in range(len(word) + 1):
        before, here, after = word[:at], word[at : at + 1], word[at + 1 :]
        yield before + after
        yield before + after[:1] + here + after[1:]
        for letter in LETTERS:
            yield before + letter + after
            yield before + letter + here + after


def read_texts():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EVENHAND_DATA", "."))
    if (folder / "medquad.parquet").exists():
        from pyarrow.parquet import read_table

        return [text for text in read_table(folder / "medquad.parquet")["answer"].to_pylist() if text]
    english = lexicon("en").frequency
    rng, words, weights = random.Random(0), list(english), [10 ** (f / 100) for f in english.values()]
    return [" ".join(rng.choices(words, weights, k=200)) for _ in range(5000)]


if __name__ == "__main__":
    main()
