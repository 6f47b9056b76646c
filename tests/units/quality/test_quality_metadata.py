"""A field counts when it says something that can be used, not when it is filled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.quality import metadata

FULL = {
    "licence": "CC-BY-4.0",
    "language": "en",
    "source": "https://example.org/archive",
    "version": "2024-05",
    "description": "Questions and answers on health, by public institutes.",
}


def valid(name, text):
    return metadata.count({name: text}, dated=0, documents=1)[name]


def test_a_full_card_scores_one_and_an_empty_one_nothing():
    full = metadata.count(FULL, dated=19, documents=20)
    assert metadata.score(full) == 1_000_000
    assert metadata.score(metadata.count({}, dated=18, documents=20)) == 0


@pytest.mark.parametrize("name", FULL)
def test_each_field_is_worth_a_sixth(name):
    less = {key: text for key, text in FULL.items() if key != name}
    assert metadata.score(metadata.count(less, dated=1, documents=1)) == 833_333


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("licence", "MIT"), ("licence", "apache-2.0"), ("licence", " CC0-1.0 "),
        ("licence", "MIT OR (Apache-2.0 AND BSD-3-Clause)"), ("licence", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("language", "en"), ("language", "pt-BR"), ("language", "zh-Hant-TW"), ("language", "yue"),
        ("source", "own archive"), ("version", "1.0"), ("version", "v2"), ("description", "x" * 13 + "abcdefg"),
    ],
)  # fmt: skip
def test_is_valid(name, text):
    assert valid(name, text) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("licence", "free"), ("licence", "CC BY 4.0"), ("licence", "MIT OR"), ("licence", "MIT Apache-2.0"),
        ("licence", "LicenseRef-mine"), ("licence", "((((("), ("licence", "unknown"), ("licence", "\ud800"),
        ("licence", "MIT AND " * 3000 + "MIT"), ("licence", "Classpath-exception-2.0"),
        ("language", "English"), ("language", "und"), ("language", "e"), ("language", "en_US"),
        ("source", "Unknown"), ("source", " n/a "), ("source", " "), ("version", "unknown"),
        ("version", "latest one 1"),
        ("version", "1" * 65), ("description", "short"), ("description", "." * 400),
    ],
)  # fmt: skip
def test_is_not_valid(name, text):
    assert valid(name, text) == 0


def test_american_spelling_is_read_and_does_not_override():
    assert metadata.count({"license": "MIT"}, dated=0, documents=1)["licence"] == 1
    assert metadata.count({"license": "MIT", "licence": "free"}, dated=0, documents=1)["licence"] == 0


@given(st.sampled_from(sorted(FULL)), st.text(max_size=40) | st.text("()MIT ORANDWITH-2.0+", max_size=40))
def test_no_text_breaks_a_check(name, text):
    assert valid(name, text) in (0, 1)
