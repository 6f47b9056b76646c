"""A field counts when it says something that can be used, not when it is filled; and stuffing gains nothing."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.quality import metadata
from evenhand.quality.metadata import FIELDS, REQUIRED, Facts, checks, count, examine, expected, score
from evenhand.quality.metadata.filler import PLACEHOLDERS, filler, same
from evenhand.records import Manifest

FILE = "ab" * 32
MANIFEST = Manifest("sha256:" + "1" * 64, "sha256:" + "2" * 64, documents=1_234, distinct=1_200, size_bytes=56_749_999)
FACTS = {"as_of": date(2026, 1, 31), "manifest": MANIFEST, "files": frozenset([FILE]), "documents": 1}

FULL = {
    "licence": "CC-BY-4.0",
    "language": "en",
    "source": "https://www.nlm.nih.gov/archive",
    "version": "2024-05",
    "description": "Questions and answers on health, by public institutes.",
    "size": "1,234 documents",
    "provenance": "Fetched from the pages of twelve institutes, by hand, and freed of menus.",
    "contact": "Data Desk <data@hollybank.coop>",
    "citation": "doi:10.5281/zenodo.7654321",
    "checksum": f"sha256:{FILE}",
    "personal_data": "no personal data",
    "period": "2019-03/2024-11",
}
SIX = {name: FULL[name] for name in REQUIRED if name in FULL}
STATED = [name for name in FIELDS if FIELDS[name].is_stated]


def counted(metadata, required=REQUIRED, **facts):
    return count(examine(metadata, Facts(**facts), required))


def valid(name, text):
    return counted({name: text}, [name], **FACTS)[name]


def reason(name, text):
    return str(examine({name: text}, Facts(**FACTS), [name])[name])


def test_a_full_card_scores_one_and_an_empty_one_nothing():
    assert score(counted(SIX, dated=19, documents=20)) == 1_000_000
    assert score(counted(FULL, list(FIELDS), **{**FACTS, "dated": 19, "documents": 20})) == 1_000_000
    assert score(counted({}, dated=18, documents=20)) == 0


@pytest.mark.parametrize("name", SIX)
def test_each_of_the_six_is_worth_a_sixth(name):
    less = {key: text for key, text in SIX.items() if key != name}
    assert score(counted(less, dated=1, documents=1)) == 833_333


def test_what_a_call_does_not_expect_changes_nothing():
    assert counted(FULL, dated=1, documents=1) == counted(SIX, dated=1, documents=1) == dict.fromkeys(REQUIRED, 1)
    assert list(counted(FULL, ["contact", "version"]).items()) == [("contact", 1), ("version", 1)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("licence", "MIT"), ("licence", "apache-2.0"), ("licence", " CC0-1.0 "),
        ("licence", "MIT OR (Apache-2.0 AND BSD-3-Clause)"), ("licence", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("language", "en"), ("language", "pt-BR"), ("language", "zh-Hant-TW"), ("language", "yue"),
        ("language", "de, fr;nn"),
        ("source", "own archive"), ("source", "https://pubmed.ncbi.nlm.nih.gov"), ("source", "養蜂園"),
        ("version", "1.0"), ("version", "v2"), ("version", "release-7~rc1"),
        ("description", "Repairs of bicycles, step by step"), ("description", "養蜂とパン作りについての手引き"),
        ("size", "1234 documents"), ("size", "1,200 rows"), ("size", "1K<n<10K"), ("size", "57 MB"),
        ("size", "56.7 MB"), ("size", "56749999 bytes"), ("size", "54.1 MiB"),
        ("contact", "ada.holly+data@mail.hollybank.co.uk"), ("contact", "https://hollybank.coop/ask"),
        ("contact", "0000-0002-1825-0097"), ("contact", "https://orcid.org/0000-0002-1694-233X"),
        ("citation", "https://doi.org/10.1000/182"), ("citation", "arXiv:2401.12345v2"),
        ("citation", "Holly, A. (2025). Notes on keeping bees."),
        ("citation", "@misc{holly, author={Ada Holly}, title={Notes on keeping bees}, year={2025}}"),
        ("checksum", FILE), ("checksum", f"sha256:{'0' * 64}, sha256:{FILE.upper()}"), ("checksum", MANIFEST.content),
        ("personal_data", "Names of authors, with their consent"),
        ("period", "2019/2021"), ("period", "2019-03-01/2026-01-31"), ("period", "2026-01/2026-01"),
    ],
)  # fmt: skip
def test_what_a_buyer_can_use_is_valid(name, text):
    assert valid(name, text) == 1, reason(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("licence", "free"), ("licence", "CC BY 4.0"), ("licence", "MIT OR"), ("licence", "MIT Apache-2.0"),
        ("licence", "LicenseRef-mine"), ("licence", "LicenseRef-scancode-proprietary-license"),
        ("licence", "LicenseRef-Apache"), ("licence", "((((("), ("licence", "unknown"), ("licence", "\ud800"),
        ("licence", "MIT AND " * 3000 + "MIT"), ("licence", "Classpath-exception-2.0"), ("licence", "NOASSERTION"),
        ("language", "English"), ("language", "und"), ("language", "e"), ("language", "en_US"), ("language", "xx"),
        ("language", "jp"), ("language", "qab"), ("language", "en, "), ("language", "en, EN"),
        ("source", "Unknown"), ("source", " n/a "), ("source", " "), ("source", "archive"), ("source", "the web"),
        ("source", "https://example.org/archive"), ("source", "https://localhost/x"), ("source", "[your source]"),
        ("version", "unknown"), ("version", "latest"), ("version", "latest one 1"), ("version", "1" * 41),
        ("version", "2019/2021"),
        ("description", "short"), ("description", "." * 400), ("description", "x" * 13 + "abcdefg"),
        ("description", "TBD"), ("description", "Lorem ipsum dolor sit amet, consectetur adipiscing elit"),
        ("description", "[More Information Needed]"), ("description", "great clean data " * 20),
        ("description", "aaaaaaaaaaaaaa bees and honey"), ("description", "ab ba aab bba abab baba aaab"),
        ("description", "{{ dataset_summary | default }}"),
        ("description", "Bees\u200b" + "\u200b" * 60), ("description", "養蜂の本"),
        ("size", "1234"), ("size", "1,235 documents"), ("size", "10K<n<100K"), ("size", "n<1K"), ("size", "56.8 MB"),
        ("size", "0 GB"), ("size", "56749998 bytes"), ("size", "many documents"), ("size", "1,23,4 documents"),
        ("size", "58 MB"),
        ("contact", "me@example.com"), ("contact", "noreply@hollybank.coop"), ("contact", "Ada Holly"),
        ("contact", "0000-0002-1825-0098"), ("contact", "https://data.invalid/ask"), ("contact", "a@b"),
        ("contact", "https://hollybank"),
        ("citation", "please cite us when you can"), ("citation", "10.5281"), ("citation", "in 2025"),
        ("checksum", "0" * 64), ("checksum", "d41d8cd98f00b204e9800998ecf8427e"), ("checksum", FILE[:-1]),
        ("personal_data", "none"), ("personal_data", "no"), ("personal_data", "none none none"),
        ("period", "2021/2019"), ("period", "2024"), ("period", "2019/2026-02-01"), ("period", "2019-13/2020"),
        ("period", "2019/2020/2021"), ("period", "0000/2020"), ("period", "/"),
    ],
)  # fmt: skip
def test_what_no_buyer_can_use_or_what_is_not_so_is_not_valid(name, text):
    assert valid(name, text) == 0


ENDS = {"n<1K": (0, 999), "1K<n<10K": (1_000, 9_999), "10K<n<100K": (10_000, 99_999), "n>1T": (10**12, 10**30)}


@pytest.mark.parametrize("category", ENDS)
def test_a_range_of_documents_has_its_lower_end_and_not_its_upper_one(category):
    """So that each number of documents is in one range alone."""
    for number in {1} | {end + step for ends in ENDS.values() for end in ends for step in (-1, 0, 1)}:
        facts = Facts(manifest=Manifest("", "", number, number, number))
        low, high = ENDS[category]
        assert (checks.size(category, facts) == "") is (low <= number <= high)


@pytest.mark.parametrize("text", ["eng", "ENG", "fra", "fre", "deu, eng", "ger-DE", "por-BR", "spa", "ita;en"])
def test_a_language_by_three_letters_is_held_against_the_text_as_by_two(text):
    assert checks.language(text, Facts(tokens=1000, foreign=740)) == ""
    assert "is not so: 990 of 1,000 tokens" in checks.language(text, Facts(tokens=1000, foreign=990))
    assert checks.language("eng, swe", Facts(tokens=1000, foreign=990)) == ""  # nothing is said of what is not read


@pytest.mark.parametrize("text", ["en, eng", "ENG;en", "fre, fra", "pt-BR, por-br"])
def test_a_language_by_two_letters_and_by_three_stands_there_twice(text):
    assert "stands there twice" in checks.language(text, Facts())


def test_a_statement_that_was_compared_with_nothing_does_not_count():
    assert counted(FULL, ["size", "checksum"]) == {"size": 0, "checksum": 0}


def test_every_offered_file_is_among_the_checksums():
    both = frozenset([FILE, "c" * 64])
    assert counted({"checksum": FILE}, ["checksum"], files=both) == {"checksum": 0}
    assert counted({"checksum": f"{FILE} {'c' * 64} {'d' * 64}"}, ["checksum"], files=both) == {"checksum": 1}


def test_american_spelling_is_read_and_does_not_override():
    assert counted({"license": "MIT"})["licence"] == 1
    assert counted({"license": "MIT", "licence": "free"})["licence"] == 0


# -- stuffing -------------------------------------------------------------------------------------------------------

SAID = "the bees of hollybank are kept by ada and her sons in 2019"
SENTENCES = st.lists(st.sampled_from(SAID.split()), min_size=1)
PASTED = st.one_of(
    st.sampled_from(list(FULL.values())),
    st.sampled_from(sorted(PLACEHOLDERS)),
    SENTENCES.map(" ".join),
    st.text(max_size=60),
    st.from_regex(r"[a-z]{2}|v?[0-9.]{1,9}|https://[a-z]{3}\.[a-z]{3}/[0-9]{4}", fullmatch=True),
)


@given(PASTED)
@settings(max_examples=60)
def test_one_text_in_all_fields_gains_no_more_than_in_the_best_of_them(text):
    alone = max(valid(name, text) for name in STATED)
    assert sum(counted(dict.fromkeys(STATED, text), STATED, **FACTS).values()) == alone


@given(st.lists(st.sampled_from(SAID.split()), min_size=4, unique=True))
def test_one_sentence_with_another_word_for_each_field_counts_once(words):
    said = " ".join(words) + " are written about"
    wordy = ["source", "description", "provenance", "personal_data"]
    stuffed = {name: f"{said} {name}" for name in wordy}
    assert sum(counted(stuffed, wordy, **FACTS).values()) <= 1


def test_a_pasted_sentence_counts_in_the_first_field_and_the_others_name_it():
    said = "Notes on keeping bees through the year, written in 2025"
    verdicts = examine(dict.fromkeys(STATED, said), Facts(**FACTS), STATED)
    assert [name for name, verdict in verdicts.items() if verdict.valid] == ["source"]
    assert 'says what "source" says already' in verdicts["description"].wrong


def test_honest_statements_that_share_words_all_count():
    honest = FULL | {
        "source": "the keeper's own notebook",
        "description": "Notes on keeping bees through the year, from the keeper's own notebook",
        "provenance": "The keeper's notebook was read aloud and typed by two pupils, then compared",
        "contact": "https://hollybank.coop/bees/issues",
        "citation": "https://hollybank.coop/bees",
    }
    assert score(counted(honest, list(FIELDS), dated=1, **FACTS)) == 1_000_000


@pytest.mark.parametrize(
    "text", [*sorted(PLACEHOLDERS), "T.B.D.", " n / a ", "<insert here>", "x" * 30, "asdf asdf asdf", "?!"]
)
def test_filler_counts_in_no_field_in_words(text):
    for name in ("source", "description", "provenance", "citation", "personal_data", "contact"):
        assert valid(name, text) == 0, name


def test_same_is_symmetric_and_looks_past_case_and_stops():
    assert same("Own archive, 1990.", "own archive 1990")
    assert not same("Own archive of bees", "Own archive of bread")
    assert same("a b c d", "a b c d e") is same("a b c d e", "a b c d") is True


# -- appendix C -----------------------------------------------------------------------------------------------------


def test_the_form_of_appendix_c_is_filled_by_a_letter():
    stuffed = dict.fromkeys(REQUIRED, "x")
    assert metadata.score_appendix_c(metadata.count_appendix_c(stuffed)) == 1_000_000
    assert metadata.score_section7(counted(stuffed)) == 0
    assert metadata.score_appendix_c(metadata.count_appendix_c({"version": " \u200b"})) == 0
    assert metadata.count_appendix_c({}, dated=1)["date"] == 1


# -- the schema -----------------------------------------------------------------------------------------------------


def test_every_unknown_or_repeated_name_of_a_call_is_told_at_once():
    with pytest.raises(OfferError) as refused:
        expected(["licence", "licnce", "license", "colour"], "metadata.required")
    assert [problem.where[-3:] for problem in refused.value.problems] == ["[1]", "[3]", "[2]"]
    assert 'Did you mean "licence"?' in str(refused.value)
    with pytest.raises(OfferError, match="names no field"):
        expected([])


@pytest.mark.parametrize("name", FIELDS)
def test_every_reason_says_what_is_found_what_is_right_and_why(name):
    field = FIELDS[name]
    missing = reason(name, "")
    assert missing.startswith("is missing; " if field.is_stated else "0 of 1 ")
    assert field.right in missing
    assert field.why in missing
    assert field.example in missing
    if field.is_stated:
        assert "no such thing" in reason(name, "no such thing")
        assert reason(name, FULL[name]).startswith('valid: "')


@given(st.sampled_from(STATED), st.text(max_size=40) | st.text("()MIT ORANDWITH-2.0+/@:<>{}[]", max_size=40))
def test_no_text_breaks_a_check_and_every_reason_can_be_written(name, text):
    assert valid(name, text) in (0, 1)
    assert reason(name, text).encode()
    assert (valid(name, text) == 1) == reason(name, text).startswith("valid")


@pytest.mark.parametrize("sign", ["a", "a.", "a@", "<", "1 ", "a-", "https://", "\u0301", "(", "{{", "x, "])
@pytest.mark.parametrize("length", [20_000, 5_000_000])
def test_long_texts_take_no_long_time(sign, length):
    text = sign * (length // len(sign))
    started = time.process_time()
    counted(dict.fromkeys(STATED, text), STATED, **FACTS)
    assert time.process_time() - started < 1.5


def test_filler_finds_nothing_in_a_long_honest_text():
    assert filler(" ".join(f"word{i % 97} and {i}" for i in range(500))) == ""
