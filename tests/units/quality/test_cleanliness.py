"""Damage is what nobody intends: it is found where it is, and clean text of any kind is let pass."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.plaintext import plain
from evenhand.quality import cleanliness
from evenhand.quality.cleanliness import KINDS
from evenhand.quality.text import count_tokens


def found(text):
    return {kind: number for kind, number in zip(KINDS, cleanliness.damage(text), strict=True) if number}


def score_of(texts):
    tokens = sum(count_tokens(plain(text)) for text in texts)
    return cleanliness.score(cleanliness.count(tokens, [cleanliness.damage(text) for text in texts]))


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


def test_one_damaged_token_in_fifty_leaves_nothing():
    clean = " ".join(["word"] * 98)
    assert score_of([f"{clean} fine \ufffd"]) == 500_000
    assert score_of([f"{clean} \ufffd \ufffd"]) == 0
    assert score_of([clean]) == 1_000_000
    assert score_of([" "]) == 0


@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_text_has_more_errors_than_tokens(texts):
    for text in texts:
        assert sum(cleanliness.damage(text)) <= max(count_tokens(plain(text)), int(bool(text)))
    assert 0 <= score_of(texts) <= 1_000_000


NOISE = {
    "scan": lambda word: word[:1] + "0" + word[2:],
    "character": lambda word: word[:1] + "\ufffd" + word[1:],
    "mojibake": lambda word: word + "â€™s",
    "markup": lambda word: word + "&amp;",
    "broken": lambda word: word[:3] + "-\n" + word[3:],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_more_noise_the_lower_the_score(kind):
    words = ["several", "ordinary", "people", "gathered", "yesterday"] * 500
    order = random.Random(5).sample(range(len(words)), len(words))
    scores = []
    for spoiled in (0, 4, 12, 30, 45):
        at = set(order[:spoiled])
        scores.append(score_of([" ".join(NOISE[kind](word) if i in at else word for i, word in enumerate(words))]))
    assert scores[0] == 1_000_000
    assert all(high > low for high, low in pairwise(scores)), scores
    assert scores[-1] > 0


@pytest.mark.parametrize("table", [("medquad", "answer"), ("gsm8k", "answer"), ("piqa", "goal")])
def test_clean_tables_stay_clean(table, data_folder):
    from pyarrow.parquet import read_table

    name, column = table
    texts = [text for text in read_table(data_folder / f"{name}.parquet")[column].to_pylist() if text][:2000]
    assert score_of(texts) > 990_000


def test_technical_documentation_stays_clean():
    import inspect

    import numpy as np

    texts = [inspect.getdoc(getattr(np, name)) or "" for name in sorted(np.__all__) if name.islower()]
    assert len(texts) > 300
    assert score_of(texts) > 900_000
