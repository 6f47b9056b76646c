"""Two texts are the same when nobody can see a difference, and finding out takes no longer than reading."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.datasets import describe
from evenhand.errors import OfferError
from evenhand.plaintext import plain, visible
from evenhand.records import Dataset


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u00ad", "\u200d", "\ufeff", "\u2060", "\ufe0f", "\U000e0041", "\u202e", "\u034f"]
)
def test_what_is_never_shown_makes_no_difference(unseen):
    assert plain(f"Mar{unseen}ket{unseen} day") == "Market day"


@given(st.text(alphabet="ab.  \t\n\x0b\x1c\x1f\x7f\x85\xa0é", max_size=12))
def test_a_text_that_is_taken_for_plain_at_sight_is_plain(text):
    assert plain(text) == " ".join(visible(text).split())


def test_forms_and_white_space_make_no_difference():
    assert plain("Cafe\u0301\u00a0\n au\u2003lait ") == "Café au lait"


def test_what_is_seen_makes_a_difference():
    assert plain("Market day") != plain("market day")
    assert plain("A\u030a") == "Å"


@given(st.text(max_size=80))
def test_a_plain_text_is_plain_already(text):
    assert plain(plain(text)) == plain(text)
    assert unicodedata.is_normalized("NFC", plain(text))


def test_thousands_of_combining_marks_take_no_time_and_count_as_thirty():
    start = time.perf_counter()
    text = plain("a" + "\u0323\u0301" * 200_000)
    assert time.perf_counter() - start < 2
    assert len(text) <= 31


def test_a_dataset_of_nothing_to_see_is_refused():
    with pytest.raises(OfferError, match="at least one document with text"):
        describe(Dataset.of(["\u200b\u200d", " \ufeff"]))
