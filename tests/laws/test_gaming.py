"""No trick on the data raises a score by more than the page says (docs/gaming.md), and what is proved holds exactly."""

import importlib.util
import math
import random
import re
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.quality import read_reference
from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import KINDS, noise
from evenhand.quality.diversity import cells
from evenhand.quality.metadata import REQUIRED, Facts, count, examine
from evenhand.quality.novelty import duplication, recency
from evenhand.records import MEASURES, Dataset, Document
from tests.laws import red_team
from tests.laws.red_team import AS_OF, ATTACKS, corpus, honest, looked, measured, misspelt, tables, worth

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "gaming.md").read_text()
DOCUMENTS, SEED = 20, 1


@pytest.fixture(scope="session")
def drawn(request):
    """Name -> (texts, texts on other topics): the invented corpus, and some of each real table where they are."""
    texts = {"corpus": corpus()}
    if red_team.data_is_there():
        folder = request.getfixturevalue("data_folder")
        texts |= {name: own for name, (own, _) in tables(folder, DOCUMENTS, SEED).items()}
    return {
        name: (own, [text for other in texts if other != name for text in texts[other]]) for name, own in texts.items()
    }


@pytest.fixture(scope="session")
def offer():
    return honest(corpus()[:40], [], random.Random(SEED))


def rows(name):
    """The rows of a table of the page, as lists of cells."""
    (shown,) = re.findall(rf"<!-- begin {name} -->\n(.*?)\n<!-- end {name} -->", PAGE, flags=re.DOTALL)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.splitlines()]


# Every trick


@pytest.mark.parametrize("name", ATTACKS)
def test_no_trick_raises_q_by_more_than_its_bound(name, drawn):
    """Measured with one seed on the corpus and on 20 texts of each table.

    The bounds are the largest rise found, rounded up; 0 where the trick costs its seller something on every table."""
    attack = ATTACKS[name]
    for table, (own, others) in drawn.items():
        if attack.trick is red_team.stuffed_with_other_topics and not others:
            continue
        before, after = attack.on(own, others, SEED)
        assert before != after, f"the trick does nothing on {table}"
        rise = worth(measured(after))[-1] - worth(measured(before))[-1]
        assert rise <= attack.rise_max * 1e6, (table, rise)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_trick_gives_the_same_offer_for_the_same_seed(name):
    own = corpus()[:6]
    assert ATTACKS[name].on(own, own[:2], 3) == ATTACKS[name].on(own, own[:2], 3)


def test_the_page_has_a_row_for_each_trick_and_no_number_above_its_bound():
    _, _, *found = rows("tricks")
    assert [row[0] for row in found] == [attack.says for attack in ATTACKS.values()]
    for (says, *numbers), attack in zip(found, ATTACKS.values(), strict=True):
        parts, q = list(map(float, numbers[: len(MEASURES)])), float(numbers[len(MEASURES)])
        assert q <= attack.rise_max, says
        assert abs(sum(parts) / len(MEASURES) - q) <= 0.001 + 1e-9, says  # q has four equal weights


@pytest.mark.sweep
def test_the_page_shows_what_the_benchmark_prints(data_folder):
    path = ROOT / "benchmarks" / "what_does_gaming_gain.py"
    spec = importlib.util.spec_from_file_location("what_does_gaming_gain", path)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    for name, table in benchmark.PAGE.items():
        printed = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(data_folder)]
        assert printed == rows(name)


# Words that nobody reads


@pytest.mark.parametrize("name", ["slips_as_identifiers", "slips_with_humps"])
def test_slips_dressed_as_names_keep_most_of_their_price(name, drawn):
    """Undetected, a disguise would bring back all that the slips cost; it brings back less than half.

    The attack is `ATTACKS[name]` on the table's texts with 5 % slips; measured on each table: 0.19 to 0.36 of the cost,
    most on PIQA, whose texts are the shortest."""
    for table, (own, others) in drawn.items():
        clean = worth(measured(honest(own, others, random.Random(SEED))))[0]
        before, after = (worth(measured(each))[0] for each in ATTACKS[name].on(own, others, SEED))
        assert after - before < (clean - before) / 2, table


def test_nonsense_behind_every_word_costs_more_than_the_slips_it_hides(drawn):
    """Half the tokens are in no dictionary, a quarter more than is allowed: at most (3/4)^20 = 0.003 of the score is
    left where the language is recognised. That takes 8 different frequent words, so it fails in short documents."""
    for table, (own, others) in drawn.items():
        before, after = (worth(measured(each))[0] for each in ATTACKS["nonsense_behind_every_word"].on(own, others, 1))
        assert after < before / 2, table


@given(st.integers(1, 10**6), st.data())
def test_a_share_of_nonsense_bounds_the_score(tokens, data):
    """Of u unlisted tokens beyond a quarter each is an error, so the score is (1 - (u - 1/4))^20 at most, exactly."""
    unlisted = data.draw(st.integers(0, tokens))
    counts = dict.fromkeys(noise.COUNTS, 0) | {"tokens": tokens, "unlisted": unlisted}
    excess = max(Fraction(unlisted, tokens) - Fraction(1, 4), 0)
    assert noise.score(counts) == round((1 - excess) ** 20 * 10**6)


@given(st.integers(1, 10**6), st.data())
def test_to_hide_slips_takes_six_names_for_each(tokens, data):
    """d disguised slips among m names cost nothing only where m >= 6 d."""
    names = data.draw(st.integers(0, tokens))
    disguised = data.draw(st.integers(0, names))
    counts = dict.fromkeys(noise.COUNTS, 0) | {"tokens": tokens, "names": names, "disguised": disguised}
    assert (noise.errors(counts) == 0) == (names >= 6 * disguised)


def test_a_text_that_was_spoilt_so_that_nobody_reads_it_cannot_be_called_english(offer):
    spoilt = red_team.every_word_spoilt(offer, random.Random(SEED))
    assert measured(offer).evidence["metadata"]["language"] == 1
    assert measured(spoilt).evidence["metadata"]["language"] == 0
    counts = measured(spoilt).evidence["cleanliness"]
    assert counts["unread"] > 0.9 * counts["tokens"]  # and the score of 1 says that nobody looked


GAELIC = (
    "Tha an cù anns a' ghàrradh agus tha an cat air an t-sràid. Bha a' chlann a' cluich anns a' phàirc an-dè, agus bha "
    "am pàrantan ag òl cofaidh air being ri taobh an locha. Chaidh iad dhachaigh aig ceithir uairean. "
)
DUTCH = "De kinderen speelden gisteren in het park terwijl hun ouders koffie dronken op een bankje bij de vijver. "


@pytest.mark.parametrize(
    "text", [DUTCH, DUTCH * 20, GAELIC, GAELIC * 20, f"{DUTCH * 3} 'The dog in the manger' {DUTCH}"]
)
def test_a_few_short_words_do_not_make_a_text_one_that_is_read(text):
    """The rule for texts in which few words vote asks for 8 different words that vote for one language, so that
    repeating does not help, and for nearly all the votes."""
    noted = noise.notes(Batch.of([Document(text)]))
    assert noted["damage"].sum() - noted["damage"][:, KINDS.index("repetition")].sum() == 0
    assert noted["unread"][0] > 0.9 * noted["tokens"][0]
    assert noted["unlisted"][0] == 0


@pytest.mark.parametrize("trick", ["nonsense_behind_every_word", "another_language_between"])
def test_what_stands_between_the_words_hides_no_slip(trick):
    """The same slips are found as without it."""
    text = " ".join(corpus()[:3]) + " We recieve the symtpoms becuase of it."
    bare = noise.notes(Batch.of([Document(text)]))["damage"]
    hidden = ATTACKS[trick].trick(honest([text], [], random.Random(SEED)), random.Random(SEED))
    found = noise.notes(Batch.of(hidden.documents))["damage"]
    assert bare[0, KINDS.index("misspelling")] == 3
    assert found[0, KINDS.index("misspelling")] >= 3


@pytest.mark.parametrize(("stated", "valid"), [("nl", 1), ("en, nl", 1), ("en", 0)])
def test_who_states_another_language_truly_loses_nothing(stated, valid, offer):
    rng, words = random.Random(SEED), DUTCH.split()
    dutch = offer.with_texts([" ".join(rng.sample(words, len(words))) for _ in range(20)])
    scores = measured(red_team._stating(dutch, language=stated))
    assert scores.evidence["metadata"]["language"] == valid


# Padding and copies


def test_near_copies_of_the_cleanest_document_change_nothing_but_novelty(offer):
    """Near-copies count as one document, with the damage of the most damaged of them: its notes are never better than
    before. One of n vectors may be another than before, so 1 - |mean e|^2 changes by 4/n at most: |m'|^2 - |m|^2 =
    (m' - m).(m' + m) <= (2/n) 2. Recency is the least of the copies' dates, and each copy counts as a repeat."""
    before = misspelt(offer, random.Random(SEED))
    clean, diverse, novel, *_ = worth(measured(before))
    after = worth(measured(red_team.padded_with_near_copies(before, random.Random(SEED))))
    assert after[0] == clean
    assert abs(after[1] - diverse) <= 4e6 / len(before.documents)
    assert after[2] < novel


def test_a_copy_with_unseen_characters_is_the_same_document(offer):
    """It has the same plain text, so the same identity: only the number of documents differs, and that of repeats."""
    once, twice = measured(offer), measured(red_team.copies_with_unseen_characters(offer, random.Random(SEED)))
    assert (twice.cleanliness, twice.diversity, twice.metadata) == (once.cleanliness, once.diversity, once.metadata)
    assert twice.novelty == pytest.approx(once.novelty - 250_000, abs=1)  # half of all documents are repeats


def test_a_copy_with_its_words_in_another_order_gains_nothing_though_it_is_not_found(offer):
    copied = red_team.copies_in_other_word_order(offer, random.Random(SEED))
    assert looked(copied).near.standing.mean() > 0.9
    assert abs(worth(measured(copied))[-1] - worth(measured(offer))[-1]) < 3_000


def test_splitting_an_offer_raises_no_q_by_more_than_a_hundredth(drawn):
    for table, (own, others) in drawn.items():
        whole = honest(own, others, random.Random(SEED))
        parts = [worth(measured(half))[-1] for half in red_team.halves(whole).values()]
        assert np.mean(parts) < worth(measured(whole))[-1] + 10_000, table


def test_the_more_a_copy_is_edited_the_less_of_it_is_found(offer):
    """All of a plain copy is found, of one with every fiftieth word replaced three documents in four, with every tenth
    hardly one: a hole, and told on the page."""
    found = []
    for share in (0, 0.02, 0.1, 0.3):
        copies = red_team.in_common(red_team.copied_with_edits(offer, random.Random(SEED), share))["copy"]
        found.append(copies.shared / copies.distinct)
    assert found[0] == 1
    assert found == sorted(found, reverse=True)
    assert found[1] > 0.5 > 0.1 > found[2]


@given(st.lists(st.integers(0, cells.NONE), min_size=1, max_size=200))
def test_few_documents_show_few_topics(found):
    """Over the cells of a codebook n documents have an entropy of log n at most (it is that of a distribution over at
    most n cells), so they score log n / log K at most; a document without a topic adds nothing to the sum."""
    counts = cells.count(np.array(found))
    bound = min(math.log(len(found)) / math.log(cells.CELLS), 1)
    assert cells.score(counts) <= bound * 1e6 + 1
    with_junk = cells.score(cells.count(np.array([*found, cells.NONE])))
    assert with_junk < cells.score(counts) or with_junk == cells.score(counts) == 0


# Metadata and dates

CAREFUL = "Texts about the daily work of a health service"


@given(st.one_of(st.text(max_size=60), st.sampled_from(["MIT", "0BSD", "ISC-Veillard", "1.0", "en", CAREFUL, "a" * 9])))
def test_one_text_in_all_fields_counts_once(text):
    """Of equal texts only the first valid one counts, whatever else it would be: "MIT" is a licence and, by its form, a
    language."""
    assert sum(count(examine(dict.fromkeys(REQUIRED, text), Facts())).values()) <= 1


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=30), st.data())
def test_hiding_or_postponing_dates_never_raises_recency(ages, data):
    """A document without a usable date has 0 days left, and no document has fewer; a date for the whole counts only
    where no document has its own, so one that is left keeps it out."""
    days = np.array([recency.days_left(str(AS_OF - timedelta(age)), AS_OF) for age in ages])
    changed = days.copy()
    hidden = data.draw(st.lists(st.integers(0, len(days) - 2), unique=True))
    changed[hidden] = recency.days_left(data.draw(st.sampled_from(["", str(AS_OF + timedelta(1))])), AS_OF)
    before, after = (
        recency.count(recency.dated_as_a_whole(each, each != recency.UNDATED, str(AS_OF), AS_OF))
        for each in (days, changed)
    )
    assert after["fresh_days"] <= before["fresh_days"]


def test_forged_dates_raise_novelty_and_the_counts_show_one_day(offer):
    """Nothing in a text proves its date: recency becomes 1, whatever it was. What is published says so."""
    forged = measured(red_team.all_dated_today(offer, random.Random(SEED)))
    assert forged.novelty == 1_000_000
    assert forged.evidence["novelty"]["one_day"] == forged.evidence["novelty"]["distinct"]
    assert measured(offer).evidence["novelty"]["one_day"] < 4


# The reference and its sample


def test_sentences_of_random_letters_count_as_known(monkeypatch, offer):
    """A sentence of which fewer than half the words stand in the reference counts as 1, the most that any can: so the
    mean over the sentences never falls by adding some."""
    monkeypatch.setattr(duplication, "LIKENESS_SENTENCES_MIN", 10)
    reference = read_reference(Dataset.of(corpus()))
    padded = red_team.sentences_of_random_letters(offer, random.Random(SEED))
    before, after = (duplication.share_known(measured(each, reference).evidence["novelty"]) for each in (offer, padded))
    assert after >= before
    fresh = offer.with_texts([f"Kites fly higher where {' '.join(text.split()[:9])}." for text in offer.texts])
    mixed = red_team.sentences_of_random_letters(fresh, random.Random(SEED))
    before, after = (duplication.share_known(measured(each, reference).evidence["novelty"]) for each in (fresh, mixed))
    assert after > before


def test_grinding_the_sample_gains_no_more_than_the_best_of_so_many_draws():
    """Each version is drawn anew, so the best of T means lies about sqrt(2 ln T) standard errors below the mean; four
    standard errors are the bound for any T up to some thousands."""
    known = np.random.default_rng(SEED).beta(2, 2, 2000)
    means = red_team.ground(known, tries=40, most=256)
    error = known.std() * math.sqrt((1 - 256 / 2000) / 256)
    assert len(set(means)) == 40
    assert abs(means.mean() - known.mean()) < error
    assert 0 < known.mean() - means.min() < 4 * error
