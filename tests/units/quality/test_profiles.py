"""A profile is known by its name and version, and says by itself what is counted and scored."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evenhand.datasets import describe
from evenhand.errors import OfferError
from evenhand.quality import DEFAULT, PROFILES, measure, profile
from evenhand.quality.embedding import EMBEDDINGS
from evenhand.records import MEASURES, Dataset

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_has_a_version_the_four_measures_and_a_known_embedding(name):
    assert PROFILES[name].name == name
    assert re.fullmatch(r"[a-z_0-9-]+/[1-9][0-9]*", name)
    assert set(PROFILES[name].measures) == set(MEASURES)
    assert PROFILES[name].embedding in EMBEDDINGS
    assert all(len(set(each.counts)) == len(each.counts) > 0 for each in PROFILES[name].measures.values())


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_found_with_its_version_and_without(name):
    assert profile(name) is PROFILES[name]
    assert profile(name.partition("/")[0]) is PROFILES[name]


@pytest.mark.parametrize("name", ["", "evenhand/0", "evenhand/", "/1", "even", "evenhand/1 ", "EVENHAND/1"])
def test_no_other_name_is_a_profile(name):
    with pytest.raises(OfferError, match="is not known"):
        profile(name)


def test_the_newest_version_is_taken_where_none_is_named(monkeypatch):
    for name in ("evenhand/2", "evenhand/10"):  # the table has the newest last
        monkeypatch.setitem(PROFILES, name, replace(PROFILES["evenhand/1"], name=name))
        assert profile("evenhand").name == name
    assert profile("evenhand/1").name == "evenhand/1"


def test_the_default_needs_nothing_beyond_the_package():
    assert PROFILES[DEFAULT].embedding == "hashed-words/1"
    assert DEFAULT == "evenhand/1"


def test_the_two_papers_formulas_are_named_after_them_and_differ():
    texts = Dataset.of([f"Notes of the week {week}, with two l0ve letters and a half." for week in "abcdefghij"])
    found = {
        name: measure(texts, {"source": "x"}, manifest=describe(texts), as_of=date(2026, 1, 1), by=name)
        for name in ("evenhand/1", "paper_section7/1", "paper_appendix_c/1")
    }
    ours, section7, appendix = found.values()
    assert (section7.cleanliness, appendix.cleanliness) == (0, 0)
    assert ours.cleanliness > 100_000
    assert (ours.metadata, section7.metadata, appendix.metadata) == (0, 0, 166_667)  # "x" fills a field
    assert json.loads(json.dumps(ours.evidence)) == ours.evidence
