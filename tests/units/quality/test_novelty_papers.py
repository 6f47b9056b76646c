"""What the paper's own formulas of novelty pay for, beside ours on the same counts."""

from datetime import date
from fractions import Fraction

import pytest

from evenhand.quality import novelty
from evenhand.quality.novelty import (
    LowestSentences,
    days_left,
    duplication,
    novelty_appendix_c,
    novelty_section7,
    read_reference,
    score,
)
from evenhand.records import Dataset

TODAY = date(2026, 7, 1)


def counts_of(dates, texts=(), reference=None):
    lowest = LowestSentences()
    for text in texts:
        lowest.add(text)
    left = [days_left(stated, TODAY) for stated in dates]
    return novelty.count(len(left), left, lowest.drawn(), reference)


@pytest.fixture
def reference(monkeypatch):
    monkeypatch.setattr(duplication, "LIKENESS_SENTENCES_MIN", 500)
    numbers = range(500)
    return read_reference(Dataset.of([" ".join(f"Harvest {n} of wheat." for n in numbers)]), most=8)


def test_section7_is_the_weighted_mean_of_recency_and_what_is_not_known(reference):
    counts = counts_of(["2026-07-01", "2001"], ["harvest 7 of wheat."], reference)
    assert novelty_section7(counts) == 250_000  # recency 1/2, all known
    assert novelty_section7(counts, (Fraction(1), Fraction(0))) == 500_000
    assert novelty_section7(counts_of([])) == 500_000  # nothing known of nothing


def test_hiding_the_dates_of_old_documents_pays_under_section7_and_not_here():
    shown, hidden = counts_of(["2026-07-01", "2001"]), counts_of(["2026-07-01", ""])
    assert novelty_section7(hidden) > novelty_section7(shown)
    assert score(hidden) == score(shown)


def test_a_date_in_the_future_is_new_under_section7_and_not_here():
    old, future = counts_of(["2001"]), counts_of(["2999"])
    assert (novelty_section7(old), novelty_section7(future)) == (500_000, 1_000_000)
    assert score(old) == score(future) == 500_000


def test_junk_is_new_under_both_of_the_papers_formulas_and_not_here(reference):
    copied = [f"harvest {n} of wheat." for n in range(20)]
    junk = [f"qzxv{n}w kjhgf{n}q zzyx{n}v" for n in range(20)]
    honest, padded = (counts_of(["2026-07-01"], texts, reference) for texts in (copied, copied + junk))
    for formula in (novelty_section7, novelty_appendix_c):
        assert formula(padded) > formula(honest) + 100_000
    assert (novelty_appendix_c(honest), score(padded)) == (0, score(honest))


def test_repeats_are_new_under_the_papers_formulas_and_not_here():
    """Neither counts a document that the dataset itself repeats."""
    once = counts_of(["2026-07-01"])
    repeated = {**once, "documents": 2}
    assert novelty_section7(repeated) == novelty_section7(once)
    assert novelty_appendix_c(repeated) == novelty_appendix_c(once)
    assert score(repeated) < score(once)


def test_appendix_c_does_not_look_at_dates():
    assert novelty_appendix_c(counts_of(["2026-07-01"])) == novelty_appendix_c(counts_of(["1066"])) == 1_000_000
