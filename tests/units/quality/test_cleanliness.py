"""Damage that shows is found where it is, in any script and without a dictionary; what somebody intends is let pass."""

import random
from itertools import pairwise

import pytest

from evenhand.quality import cleanliness
from evenhand.quality.batch import Batch
from evenhand.quality.cleanliness.spelling import lexicon
from evenhand.quality.cleanliness.visible import KINDS, token_kind
from evenhand.records import Document


def counts_of(texts):
    return cleanliness.count(cleanliness.notes(Batch.of(map(Document, texts))))


def found(text):
    """The damage that shows: misspellings, boilerplate and repetition have tests of their own."""
    counts = counts_of([text])
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a b\x00c d", "character"),
        ("a \ufffd b", "character"),
        ("bullet \uf0b7 of a symbol font", "character"),
        ("a \U0001fffe b", "character"),
        ("nel\x80son", "character"),
        ("itâ€™s", "mojibake"),
        ("dÃ©jÃ\u00a0", "mojibake"),
        ("infor-\nmation", "broken"),
        ("infor-\r\n    mation", "broken"),
        ("Überra-\nschung", "broken"),
        ("we l0ve it", "scan"),
        ("a w1nd0w", "scan"),
        ("chapter IIII", "scan"),
        ("sooooon", "scan"),
        ("this &nbsp; that", "markup"),
        ("1 &lt; 2", "markup"),
        ("caf&#233;", "markup"),
        ("line<br/>line", "markup"),
        ('see <a href="x y z">this', "markup"),
        ("bold</b>", "markup"),
    ],
)
def test_one_damaged_token_is_one_error_of_its_kind(text, kind):
    assert found(text) == {kind: 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tab\tand\nnew line\r\nand\x0cform feed",
        "a well-known state-of-the-art method",
        "short- and long-term",
        "- one\n- two",
        "pages 5-\n10",
        "J.-\nP. Sartre",
        "np.log1p(x), arr1d[0], x_a1b, file://a1b, sha1sum(a)",
        "CYP2D6, 22q11.2, B2B, H2O, 1990s, 10th, x2",
        "<i> and <b> stand for numbers; a < b > c; vector<int>; AT&T; p = &bar;",
        "xxxx-xxxx",
        "naïve café – “quoted” … 5 € 20 °C ½ ™",
        "Съешь ещё этих мягких французских булок",
        "快速的棕色狐狸跳过懒狗。ああああ",
        "हिन्दी में लिखा हुआ पाठ",
        "مرحبا بالعالم ههههه",
        "emoji 👩‍👩‍👧 and flags 🇫🇷",
        "<<80/100*10=8>>8 more",
    ],
)
def test_what_somebody_intends_is_no_error(text):
    assert found(text) == {}


def test_a_token_counts_once_however_damaged():
    assert found("\ufffdl0ve&amp;\x00IIII\ufffd fine \ufffd") == {"character": 2}


def test_a_character_of_han_is_a_token_of_its_own():
    assert found("市\ufffd場\ufffd日") == {"character": 2}


def test_a_letter_of_another_alphabet_that_looks_the_same_is_damage():
    assert token_kind("l\u043eve") == "character"
    assert found("we l\u043eve it, \u043b\u044e\u0431\u043e\u0432\u044c too") == {"character": 1}


NOISE = {
    "scan": lambda word: word[:1] + "0" + word[2:],
    "character": lambda word: word[:1] + "\ufffd" + word[1:],
    "mojibake": lambda word: word + "â€™s",
    "markup": lambda word: word + "&amp;",
    "broken": lambda word: word[:3] + "-\n" + word[3:],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_more_noise_the_lower_the_score(kind):
    draw = random.Random(5)
    words = draw.choices(["several", "ordinary", "people", "gathered", "yesterday"], k=2_500)
    order = draw.sample(range(len(words)), len(words))
    scores = []
    for spoiled in (0, 4, 12, 30, 45, 500):
        at = set(order[:spoiled])
        text = " ".join(NOISE[kind](word) if i in at else word for i, word in enumerate(words))
        assert counts_of([text])[kind] == spoiled
        scores.append(cleanliness.score(counts_of([text])))
    assert scores[0] == 1_000_000
    assert all(high > low for high, low in pairwise(scores)), scores
    assert scores[-1] > 0


@pytest.mark.parametrize("table", [("medquad", "answer"), ("gsm8k", "answer"), ("piqa", "goal")])
def test_hardly_any_damage_shows_in_clean_tables(table, data_folder):
    from pyarrow.parquet import read_table

    name, column = table
    texts = [text for text in read_table(data_folder / f"{name}.parquet")[column].to_pylist() if text][:400]
    counts = counts_of(texts)
    assert sum(counts[kind] for kind in KINDS) < counts["tokens"] / 2_000
    assert cleanliness.score({**counts, "repetition": 0}) > 950_000


def test_hardly_any_damage_shows_in_technical_documentation():
    import inspect

    import numpy as np

    texts = [inspect.getdoc(getattr(np, name)) or "" for name in sorted(np.__all__) if name.islower()]
    assert len(texts) > 300
    counts = counts_of(texts)
    assert sum(counts[kind] for kind in KINDS) < counts["tokens"] / 500


def test_a_slip_is_the_same_by_trying_all_edits_and_by_the_table():
    english, rng = lexicon("en"), random.Random(0)
    letters = english.letters + "#"
    seen = set()
    for word in rng.sample(list(english.common), 300):
        place, letter = rng.randrange(len(word) + 1), rng.choice(letters)
        for edited in (word[:place] + letter + word[place:], word[:place] + word[place + 1 :], letter + word[::-1]):
            tried, found = (way(edited, 450) for way in (english._is_edited, english._is_edited_by_table))
            assert tried == found, edited
            seen.add(found)
    assert seen == {True, False}
