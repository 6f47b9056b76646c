"""What does a seller gain by each trick that raises a score without better data, under our formulas and the paper's?

    python benchmarks/what_does_gaming_gain.py [FOLDER]

Prints the tables of docs/gaming.md. Reads the tables of `red_team.TABLES` in FOLDER (or in the folder named by
EVENHAND_DATA): 40 texts of each, drawn anew with each of 2 seeds; all others are the reference that novelty is measured
against. A number is the mean over tables and seeds; q has four equal weights. The same numbers come out every time.
"""

import os
import random
import sys
from pathlib import Path

import numpy as np
from pyarrow.parquet import read_table

sys.path.insert(0, str(Path(__file__).parent.parent))

from evenhand.quality import read_reference
from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import noise
from evenhand.records import MEASURES, Dataset, Document
from tests.laws import red_team
from tests.laws.red_team import ATTACKS, BASES, measured, worth

DOCUMENTS, SEEDS = 40, (1, 2)
PROFILES = ("evenhand/1", "paper_section7/1", "paper_appendix_c/1")
EDITS = (0, 5, 10, 20, 30)
REAL = red_team.TABLES | {
    "PubMed abstracts": ("pubmedqa_labeled", "context"),
    "explanations for medical exams": ("medmcqa_dev", "explanation"),
    "MathQA": ("mathqa", "rationale"),
    "Shakespeare": ("tinyshakespeare", "text"),
}


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EVENHAND_DATA", "."))
    for table in PAGE.values():
        for line in table(folder):
            print(line, flush=True)
        print()


def tricks(folder):
    """The rows of the first table: the change of each score and of q, and that of q under the paper's formulas."""
    yield f"| a seller ... | {' | '.join(MEASURES)} | q | q, section 7 | q, appendix C |"
    yield f"|---|{'--:|' * (len(MEASURES) + 3)}"
    drawn = [(seed, *offers) for seed in SEEDS for offers in texts(folder, seed)]
    before = {
        (seed, place, base, by): worth(measured(offer_of(own, others, base, seed), reference, by))
        for place, (seed, own, others, reference) in enumerate(drawn)
        for base in BASES
        for by in PROFILES
    }
    for attack in ATTACKS.values():
        changes = {by: [] for by in PROFILES}
        for place, (seed, own, others, reference) in enumerate(drawn):
            after = attack.on(own, others, seed)[1]
            for by in PROFILES:
                changes[by].append(worth(measured(after, reference, by)) - before[seed, place, attack.base, by])
        ours, *papers = (np.mean(changes[by], axis=0) / 1e6 for by in PROFILES)
        cells = [*ours, *(paper[-1] for paper in papers)]
        yield f"| {attack.says} | {' | '.join(map(signed, cells))} |"


def pairs(folder):
    """The rows of the second table: what is said of a copy with edits, and what splitting an offer changes."""
    yield "| a seller ... | documents that stand with the other's | sentences that do | q of an offer changes by |"
    yield "|---|--:|--:|--:|"
    drawn = [(seed, *offers) for seed in SEEDS for offers in texts(folder, seed)]
    for share in EDITS:
        rows = [pair(copy_of(*offer, share), "copy", "original", reference) for *offer, reference in drawn]
        yield row(f"copies another's data, {share} % of the words replaced", rows)
    rows = [pair(split_of(*offer), "half 0", "whole", reference) for *offer, reference in drawn]
    yield row("offers one dataset as two", rows)


def real(folder):
    """The rows of the third table: of real text, what is in no dictionary and what is no word, by `noise`."""
    yield "| text | in no dictionary / tokens | names / tokens | disguised / names | unread / tokens |"
    yield "|---|--:|--:|--:|--:|"
    for name, (table, column) in REAL.items():
        listed = [text for text in read_table(folder / f"{table}.parquet")[column].to_pylist() if text]
        sample = random.Random(1).sample(listed, min(len(listed), 400))
        counts = noise.count(noise.notes(Batch.of(map(Document, sample))))
        tokens, names = counts["tokens"], counts["names"]
        shares = (counts["unlisted"] / tokens, names / tokens, counts["disguised"] / names, counts["unread"] / tokens)
        yield f"| {name} | {' | '.join(f'{share:.3f}' for share in shares)} |"


def texts(folder, seed):
    """Of each table: its texts, those of the other tables, and the reference."""
    found = red_team.tables(folder, DOCUMENTS, seed)
    reference = read_reference(Dataset.of([text for _, rest in found.values() for text in rest]))
    for name, (own, _) in found.items():
        yield own, [text for other in found if other != name for text in found[other][0]], reference


def offer_of(own, others, base, seed):
    return BASES[base](red_team.honest(own, others, random.Random(seed)), random.Random(seed + 1))


def copy_of(seed, own, others, share):
    rng = random.Random(seed)
    return red_team.copied_with_edits(red_team.honest(own, others, rng), rng, share / 100)


def split_of(seed, own, others):
    whole = red_team.honest(own, others, random.Random(seed))
    return {**red_team.halves(whole), "whole": whole}


def pair(offers, one, other, reference):
    """Shares of what stands with the other offer, and the change of q."""
    changed = worth(measured(offers[one], reference))[-1] - worth(measured(offers[other], reference))[-1]
    offers.pop("whole", None)
    copies = red_team.in_common(offers)[one]
    return copies.shared / copies.distinct, copies.sentences_shared / copies.sentences, changed / 1e6


def row(says, rows):
    documents, sentences, change = np.mean(rows, axis=0)
    return f"| {says} | {documents:.2f} | {sentences:.2f} | {signed(change)} |"


def signed(change):
    return f"{change:+.3f}" if abs(change) >= 0.0005 else "0"


PAGE = {"tricks": tricks, "pairs": pairs, "real": real}
"""mark on the page -> what stands there."""


if __name__ == "__main__":
    main()
