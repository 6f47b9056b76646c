"""How fast is a round? 100 sellers with 2,000 documents each, stage by stage, beside the plain way to do the same.

    python benchmarks/how_fast_is_a_round.py [--sellers 100] [--documents 2000] [--words 180]

Writes the market to a temporary folder, runs it through the ordinary functions, and prints documents per second for
every stage and the peak memory of the process. Beside three stages stands the plain way, timed in the same run on a
sample: `json` and a loop for reading, a `Counter` of trigrams and a loop over coalitions for the learner, and a
recomputation of every payment by bisection for the rule. The ratio is plain / ours, for the same work.
"""

import argparse
import json
import math
import random
import time
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import timing

from evenhand.datasets import describe, open_dataset
from evenhand.learners.ngram import NGram
from evenhand.markets import ExactProcurement
from evenhand.mechanisms import MECHANISMS
from evenhand.money import Money
from evenhand.numerics import sampling
from evenhand.records import Call, Offer
from evenhand.round import decide, measure

SUBJECTS = 20
VOCABULARY = 20_000


def main() -> None:
    arguments = _arguments()
    with TemporaryDirectory() as name:
        folder = Path(name)
        call, offers = write_market(folder, arguments.sellers, arguments.documents, arguments.words)
        total = arguments.sellers * arguments.documents
        size = sum(path.stat().st_size for path in folder.glob("*.jsonl"))
        print(f"{arguments.sellers} sellers, {total:,} documents, {size / 1e6:,.0f} MB of JSONL\n")
        seconds, record = timed_round(call, offers)
        print(f"{'stage':<12}{'seconds':>9}{'documents/s':>14}")
        for stage, spent in seconds.items():
            print(f"{stage:<12}{spent:>9.2f}{total / spent:>14,.0f}")
        print(f"{'whole':<12}{sum(seconds.values()):>9.2f}{total / sum(seconds.values()):>14,.0f}")
        print(f"\npeak memory {timing.peak_mebibytes():,.0f} MiB\n")
        print("beside the plain way (plain / ours, same work, same run)")
        for line in comparisons(folder, call, offers, record):
            print(line)


def timed_round(call, offers):
    """Run the round and give the seconds between the first and the last word of each stage."""
    begun, ended = {}, {}

    def watch(stage, done, of):
        now = time.perf_counter()
        begun.setdefault(stage, now)
        ended[stage] = now

    record = measure(call, offers, NGram(), watch)
    seconds = {stage: max(ended[stage] - begun[stage], 1e-9) for stage in begun}
    start = time.perf_counter()
    decide(record)
    return {**seconds, "decide": time.perf_counter() - start}, record


def comparisons(folder, call, offers, record):
    """Time the plain way and ours on the same work, in turn."""
    path = folder / "s000.jsonl"
    yield timing.compared(
        "read and digest a dataset", lambda: plain_read(path), lambda: describe(open_dataset(path)), "json + loop"
    )

    few = [offer.dataset for offer in offers[:4]]
    masks = sampling.orders(4, 4, sampling.generator(0, "bench"))[:, None, :] <= np.arange(4)[None, :, None]
    masks = masks.reshape(-1, 4)
    ours = lambda: NGram().game(few, validation=call.validation, seed_text=None, rng=sampling.generator(0, "x"))(masks)  # noqa: E731
    plain = lambda: [plain_bits(few, mask, call.validation) for mask in masks]  # noqa: E731
    question = "16 coalitions of 4 datasets, trigram model"
    yield timing.compared(question, plain, ours, "Counter, retrained for each coalition")

    outcome = decide(record)
    market = ExactProcurement([d.worth for d in outcome.decisions], record.terms.budget_minor, whole=True)
    costs = [offer.cost_minor for offer in record.offers]
    rule = MECHANISMS["proportional_share"]
    plain, ours = lambda: plain_payments(market, costs), lambda: rule.run(market, costs)
    yield timing.compared("all payments", plain, ours, "bisection")


def plain_read(path):
    import hashlib

    digest = hashlib.sha256()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            digest.update(json.dumps(document, sort_keys=True).encode())
            hashlib.sha256(" ".join(document["text"].split()).encode()).digest()
    return digest.hexdigest()


def plain_bits(datasets, mask, validation):
    """Bits of the validation text under an interpolated trigram model, trained anew."""
    counts, contexts = [Counter() for _ in range(4)], [Counter() for _ in range(4)]
    for dataset, held in zip(datasets, mask, strict=True):
        for document in dataset if held else ():
            words = ["", "", *document.text.split()]
            for order in (1, 2, 3):
                for end in range(2, len(words)):
                    gram = tuple(words[end - order + 1 : end + 1])
                    counts[order][gram] += 1
                    contexts[order][gram[:-1]] += 1
    bits = 0.0
    for document in validation:
        words = ["", "", *document.text.split()]
        for end in range(2, len(words)):
            chance = 1 / VOCABULARY
            for order in (1, 2, 3):
                gram = tuple(words[end - order + 1 : end + 1])
                chance = (counts[order][gram] + 10 * chance) / (contexts[order][gram[:-1]] + 10)
            bits -= math.log2(chance)
    return bits


def plain_payments(market, costs):
    paid = []
    for seller in range(len(costs)):
        wins = lambda report: seller in market.winners([*costs[:seller], report, *costs[seller + 1 :]])  # noqa: B023, E731
        low, high = 0, market.budget
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if wins(middle) else (low, middle - 1)
        paid.append(low if wins(costs[seller]) else 0)
    return paid


def write_market(folder, sellers, documents, words):
    """Write a market of generated text: twenty subjects, each with words of its own beside the common ones."""
    rng = random.Random(1)
    vocabulary = [f"{_syllables(rng)}{_syllables(rng)}" for _ in range(VOCABULARY)]
    weights = [1 / (rank + 5) for rank in range(VOCABULARY)]
    own = [rng.sample(range(VOCABULARY), VOCABULARY) for _ in range(SUBJECTS)]

    def write(name, subject, count):
        common = rng.choices(vocabulary, weights, k=count * words // 2)
        special = [vocabulary[own[subject][i]] for i in rng.choices(range(VOCABULARY), weights, k=count * words // 2)]
        drawn = [word for pair in zip(common, special, strict=True) for word in pair]
        with open(folder / f"{name}.jsonl", "w") as lines:
            for number in range(count):
                part = drawn[number * words : (number + 1) * words]
                text = ". ".join(" ".join(part[i : i + 12]).capitalize() for i in range(0, words, 12)) + "."
                lines.write(json.dumps({"text": text, "date": "2025-06-01"}) + "\n")

    write("validation", 0, 200)
    for number in range(sellers):
        write(f"s{number:03}", number % SUBJECTS, documents)
    offers = [
        Offer(
            f"s{number:03}",
            open_dataset(f"s{number:03}.jsonl", fields={"date": "date"}, base=folder),
            Money(rng.randint(500, 50_000), "EUR"),
            {"licence": "CC0-1.0"},
        )
        for number in range(sellers)
    ]
    validation = open_dataset("validation.jsonl", base=folder)
    return Call("bench", Money(500_000, "EUR"), validation, date(2026, 1, 1), permutations=100), offers


def _syllables(rng):
    return rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") + rng.choice("lmnrst")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sellers", type=int, default=100)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--words", type=int, default=180)
    return parser.parse_args()


if __name__ == "__main__":
    main()
