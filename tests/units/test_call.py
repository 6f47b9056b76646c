"""CALL.toml arrives exactly, or every mistake in it is named with its value, its bound and a remedy."""

import os
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.call import CallFile, read_call
from evenhand.errors import OfferError, Problem
from evenhand.learners.ngram import NGram
from evenhand.mechanisms import for_rounds
from evenhand.money import Money
from evenhand.records import MEASURES
from evenhand.valuation import REGIMES

CORPUS = Path(__file__).parent.parent / "corpus" / "CALL.toml"

VALID = """\
[call]
name = "autumn round"
budget = "1200.00 EUR"
mechanism = "proportional_share"
validation = "wanted.jsonl"
validation_field = "body"
as_of = 2026-01-31
seed = 7
seed_text = "../known.jsonl"
seed_text_field = "body"

[quality]
weights = { cleanliness = 0.25, diversity = 1.50, novelty = 2, metadata = 1e-1 }
reference = "known.jsonl"
reference_field = "body"

[valuation]
method = "leave_one_out"
learner = { name = "ngram", order = 4 }
permutations = 50

[worth]
eta = 0.5
gamma = 2
kappa = 0.001

[[offers]]
seller = "ada"
data = "offers/ada.jsonl"
cost = "300.00 EUR"
text_field = "body"
metadata = { licence = "CC0-1.0", date = { field = "published" }, "long title" = { field = "t" } }

[[offers]]
seller = "Žofie 2"
data = "offers/*.jsonl"
cost = "0 EUR"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    below = tmp_path_factory.mktemp("market") / "call"
    (below / "offers").mkdir(parents=True)
    for name in ("wanted.jsonl", "known.jsonl", "../known.jsonl", "offers/ada.jsonl", "offers/bob.jsonl"):
        (below / name).write_text('{"text": "Market day", "body": "Harvest", "published": "2026-01-02"}\n')
    return below


def read(folder: Path, text: str | bytes) -> CallFile:
    path = folder / "CALL.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_call(path)


def problems(folder: Path, text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(OfferError) as caught:
        read(folder, text)
    for problem in caught.value.problems:
        assert problem.where.startswith("CALL.toml")
        assert problem.found
        assert problem.bound
        assert problem.remedy[-1] in ".?", problem
        assert str(problem).isprintable()
        assert len(str(problem)) < 500
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert VALID.count(old) == 1, old
    return VALID.replace(old, new)


def test_everything_that_is_stated_arrives_exactly(folder):
    file = read(folder, VALID)
    call = file.call
    assert (call.name, call.budget, call.mechanism) == ("autumn round", Money(120000, "EUR"), "proportional_share")
    assert (call.as_of, call.seed) == (date(2026, 1, 31), 7)
    assert (call.method, call.permutations) == ("leave_one_out", 50)
    assert (call.eta, call.gamma, call.kappa) == ("0.5", "2", "0.001")
    assert call.weights == {"cleanliness": "0.25", "diversity": "1.5", "novelty": "2", "metadata": "0.1"}
    assert tuple(call.weights) == MEASURES
    sources = [dataset.source for dataset in (call.validation, call.seed_text, call.reference)]
    assert [(s.path, s.text_field) for s in sources] == [
        ("wanted.jsonl", "body"), ("../known.jsonl", "body"), ("known.jsonl", "body")
    ]  # fmt: skip
    assert [document.text for document in call.seed_text] == ["Harvest"]
    ada, zofie = file.offers
    assert (ada.seller, ada.cost, ada.metadata) == ("ada", Money(30000, "EUR"), {"licence": "CC0-1.0"})
    assert (ada.dataset.source.path, ada.dataset.source.text_field) == ("offers/ada.jsonl", "body")
    assert ada.dataset.source.fields == {"date": "published", "long title": "t"}
    assert (zofie.seller, zofie.cost, zofie.metadata) == ("Žofie 2", Money(0, "EUR"), {})
    assert [document.text for document in zofie.dataset] == ["Market day"] * 2
    assert file.learner == NGram(order=4)
    assert file.folder == folder


SHORT = """\
[call]
name = "n"
budget = "1 JPY"
validation = "wanted.jsonl"
as_of = "2026-01-31"
[[offers]]
seller = "ada"
data = "offers"
cost = "1 JPY"
"""


def test_what_is_left_out_has_the_default_of_a_call(folder):
    file = read(folder, SHORT)
    call = file.call
    assert (call.mechanism, call.seed, call.seed_text, call.reference) == ("proportional_share", 0, None, None)
    assert (call.method, call.permutations, call.weights["novelty"]) == ("shapley", 200, "0.25")
    assert (call.eta, call.gamma, call.kappa) == ("1", "1", "0")
    assert call.as_of == date(2026, 1, 31)
    assert file.learner == NGram()
    assert call.validation.source.text_field == "text"


def test_a_measure_that_is_left_out_counts_for_nothing(folder):
    file = read(folder, SHORT + "[quality.weights]\nnovelty = 3\n")
    assert file.call.weights == {"cleanliness": "0", "diversity": "0", "novelty": "3", "metadata": "0"}


@pytest.mark.parametrize("learner", ['"ngram"', '{ name = "ngram" }'])
def test_a_learner_may_be_named_alone(learner, folder):
    assert read(folder, f"{SHORT}[valuation]\nlearner = {learner}\n").learner == NGram()


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(folder):
    file = read(folder, b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())
    assert file.call.name == "autumn round"


@pytest.mark.parametrize(
    ("written", "exact"),
    [("0.1", "0.1"), ("0.30000000000000000", "0.3"), ("1_0.5e-1", "1.05"), ("+1", "1"), ("-0.0", "0"), ("0e-99", "0"),
     ("0.10", "0.1"), ("8", "8"), ("0.000001", "0.000001"), ("1e-6", "0.000001")],
)  # fmt: skip
def test_numbers_are_exact_decimals(written, exact, folder):
    assert read(folder, changed("eta = 0.5", f"eta = {written}")).call.eta == exact


@pytest.mark.parametrize(
    ("written", "said"), [("2025-06-30", "2025-06-30"), ("2025-06-30T10:00:00Z", "2025-06-30T10:00:00+00:00")]
)
def test_a_day_of_metadata_needs_no_quotes(written, said, folder):
    call = VALID.replace("metadata = {", f"metadata = {{ published = {written}, version = 2025-01-01,", 1)
    stated = read(folder, call).offers[0].metadata
    assert (stated["published"], stated["version"]) == (said, "2025-01-01")


# -- one mistake at a time ------------------------------------------------------------------------------------------

OFFER = '\n[[offers]]\nseller = "{}"\ndata = "offers/bob.jsonl"\ncost = "{}"\n'

MISTAKES = {
    "no currency": ('"300.00 EUR"', '"300.00"',
        'offers[0].cost: "300.00" is not an amount of money; money is a plain decimal, a space and a currency. '
        'Write it as "300.00 EUR".'),
    "bare number": ('"300.00 EUR"', "300.00",
        "offers[0].cost: 300.00 is not an amount of money; money is a plain decimal, a space and a currency, in "
        'quotes. Write it as "300.00 EUR".'),
    "not money": ('"300.00 EUR"', '"NaN EUR"', 'offers[0].cost: "NaN EUR" is not an amount of money;'),
    "nan": ('"300.00 EUR"', "nan", "offers[0].cost: nan is not an amount of money;"),
    "negative cost": ('"300.00 EUR"', '"-3.00 EUR"',
        'offers[0].cost: "-3.00 EUR" is negative; a cost is 0 or more. To stay out, withdraw the offer.'),
    "over-precise cost": ('"300.00 EUR"', '"300.001 EUR"',
        'offers[0].cost: "300.001 EUR" has 3 decimals; EUR has 2. Round it to whole minor units.'),
    "too large a cost": ('"300.00 EUR"', '"99999999999999999 EUR"',
        'offers[0].cost: "99999999999999999 EUR" is too large; an amount has at most 9007199254740991 minor units.'),
    "absurd cost": ('"300.00 EUR"', f'"{"9" * 5000} EUR"', "is not an amount of money;"),
    "unknown currency": ('"300.00 EUR"', '"300.00 QQQ"', 'offers[0].cost: "QQQ" has no minor unit in ISO 4217;'),
    "two currencies": ('"300.00 EUR"', '"300.00 USD"',
        'offers[0].cost: "300.00 USD" is in USD; the budget is in EUR. State every cost in EUR.'),
    "budget 0": ('"1200.00 EUR"', '"0.00 EUR"',
        'call.budget: "0.00 EUR" buys nothing; a budget is above 0. State what may be spent in all.'),
    "negative budget": ('"1200.00 EUR"', '"-1.00 EUR"', 'call.budget: "-1.00 EUR" buys nothing; a budget is above 0.'),
    "empty seller": ('"ada"', '" "', 'offers[0].seller: " " is no text; a text stands in quotes and is not empty.'),
    "seller no text": ('"ada"', "3", "offers[0].seller: 3 is no text;"),
    "invisible seller": ('"ada"', '"ada\\u202E"', 'offers[0].seller: "ada\\u202e" cannot be shown as it is;'),
    "padded seller": ('"ada"', '"ada "', 'offers[0].seller: "ada " cannot be shown as it is;'),
    "mechanism": ('"proportional_share"', '"proportional_shares"',
        f'call.mechanism: "proportional_shares" is not known; known: {", ".join(sorted(for_rounds()))}. '
        'Did you mean "proportional_share"?'),
    "far mechanism": ('"proportional_share"', '"auction"', "Write one of them."),
    "method": ('"leave_one_out"', '"loo"',
        'valuation.method: "loo" is not known; known: data_shapley, leave_one_out, shapley.'),
    "permutations": ("permutations = 50", "permutations = 1",
        "valuation.permutations: 1 is out of bounds; a whole number from 50 to 1000000. Write such a number, without"),
    "seed": ("seed = 7", "seed = -1", "call.seed: -1 is out of bounds; a whole number from 0 to 9007199254740991."),
    "seed true": ("seed = 7", "seed = true", "call.seed: true is no whole number; a whole number from 0"),
    "seed 7.0": ("seed = 7", "seed = 7.0", "call.seed: 7.0 is no whole number; a whole number from 0"),
    "large seed": ("seed = 7", "seed = 0x" + "f" * 6000, "call.seed: a number of over 30 digits is out of bounds;"),
    "no day": ("2026-01-31", '"2026-02-30"',
        'call.as_of: "2026-02-30" is not a day; a day of the calendar, without a time. Write it as 2026-01-31.'),
    "a time": ("2026-01-31", "2026-01-31T10:00:00Z", "call.as_of: 2026-01-31 10:00:00+00:00 is not a day;"),
    "a week": ("2026-01-31", '"2026-W05-6"', 'call.as_of: "2026-W05-6" is not a day;'),
    "negative eta": ("eta = 0.5", "eta = -0.5", "worth.eta: -0.5 is out of bounds; a number from 0 to 8. Write one"),
    "nan eta": ("eta = 0.5", "eta = nan", "worth.eta: nan is out of bounds; a number from 0 to 8."),
    "quoted seed": ("seed = 7", 'seed = "7"', 'call.seed: "7" is no whole number; a whole number from 0'),
    "quoted eta": ("eta = 0.5", 'eta = "0.5"', 'worth.eta: "0.5" is no number; a number from 0 to 8. Write one'),
    "quoted weight": ("novelty = 2", 'novelty = "2"', 'quality.weights.novelty: "2" is no number; a number from 0 to'),
    "quoted nan": ("eta = 0.5", 'eta = "NaN"', 'worth.eta: "NaN" is no number; a number from 0 to 8.'),
    "inf gamma": ('gamma = 2', "gamma = inf", "worth.gamma: inf is out of bounds; a number from 0 to 8."),
    "huge kappa": ("kappa = 0.001", "kappa = 1e999999999", "worth.kappa: 1e999999999 is out of bounds;"),
    "beyond numbers": ("kappa = 0.001", "kappa = 1e9999999999999999999", "1e9999999999999999999 is out of bounds;"),
    "tiny kappa": ("kappa = 0.001", "kappa = 1e-999999999",
        "worth.kappa: 1e-999999999 is too precise; at most 6 decimals: what is published is kept in millionths. Round"),
    "precise kappa": ("kappa = 0.001", "kappa = 0.0000011", "worth.kappa: 0.0000011 is too precise; at most 6"),
    "true eta": ("eta = 0.5", "eta = true", "worth.eta: true is no number; a number from 0 to 8."),
    "negative weight": ("novelty = 2", "novelty = -2", "quality.weights.novelty: -2 is out of bounds; a number from 0"),
    "inf weight": ("novelty = 2", "novelty = -inf", "quality.weights.novelty: -inf is out of bounds;"),
    "no weight": ('{ cleanliness = 0.25, diversity = 1.50, novelty = 2, metadata = 1e-1 }', "{ novelty = 0 }",
        "quality.weights: every weight is 0; at least one weight is above 0. Give the measures that matter a weight."),
    "unknown measure": ("novelty = 2", "novelti = 2",
        "quality.weights.novelti: is not a measure of quality; the measures are cleanliness, diversity, novelty, "
        'metadata. Did you mean "novelty"?'),
    "weights no table": ('{ cleanliness = 0.25, diversity = 1.50, novelty = 2, metadata = 1e-1 }', "[1, 2]",
        "quality.weights: [1, 2] is no table; names and values in braces. Write it as { cleanliness = 1,"),
    "missing file": ('"offers/ada.jsonl"', '"offers/ava.jsonl"',
        'offers[0].data: offers/ava.jsonl: there is no such file or folder; "ava.jsonl" is looked up in'),
    "empty pattern": ('"offers/*.jsonl"', '"offers/*.csv"', "offers[1].data: offers/*.csv: "),
    "missing validation": ('"wanted.jsonl"', '"w.jsonl"', "call.validation: w.jsonl: "),
    "missing seed text": ('"../known.jsonl"', '"../k.jsonl"', "call.seed_text: ../k.jsonl: "),
    "missing reference": ('reference = "known.jsonl"', 'reference = "k.jsonl"', "quality.reference: k.jsonl: "),
    "absolute path": ('"offers/ada.jsonl"', '"/data/ada.jsonl"',
        'offers[0].data: "/data/ada.jsonl" is absolute; a record holds relative paths only, so that others can follow '
        'them. Write it relative to the folder of the call; it may start with "..".'),
    "windows path": ('"offers/ada.jsonl"', "'C:\\data\\ada.jsonl'", 'offers[0].data: "C:\\data\\ada.jsonl" is'),
    "home path": ('"offers/ada.jsonl"', '"~/ada.jsonl"', 'offers[0].data: "~/ada.jsonl" is absolute;'),
    "address": ('"offers/ada.jsonl"', '"https://x.org/a.jsonl"',
        'offers[0].data: "https://x.org/a.jsonl" is an address; a round reads files only. Download it'),
    "control character": ('"offers/ada.jsonl"', '"a\\u0000b"', 'offers[0].data: "a\\x00b" holds control characters;'),
    "endless path": ('"offers/ada.jsonl"', f'"{"a" * 5000}"', 'aaaaaaaaa…" is too long; a path has at most'),
    "long name": ('"offers/ada.jsonl"', f'"{"a" * 300}"', "cannot be looked up (File name too long)"),
    "empty path": ('"offers/ada.jsonl"', '""', 'offers[0].data: "" is no text;'),
    "metadata value": ('"CC0-1.0"', "1.0",
        "offers[0].metadata.licence: 1.0 is neither; a text or a day that holds for the whole dataset, or a "
        'field of each document. Write "text", 2026-01-31 or { field = "column" }.'),
    "near metadata": ("licence =", "lisence =",
        "offers[0].metadata.lisence: is almost a field that is known; quality looks for licence, language, source, "
        'version, description, date, size, provenance, contact, citation, checksum, personal_data, period. Did you '
        'mean "licence"?'),
    "near metadata that few ask for": ("licence =", "contct =", 'Did you mean "contact"?'),
    "metadata in capitals": ("licence =", "License =", 'metadata.License: is almost a field that is known;'),
    "near field of documents": ("date = {", "dat = {", 'metadata.dat: is almost a field that is known;'),
    "metadata key": ('{ field = "published" }', '{ column = "published" }', "metadata.date: a table is neither;"),
    "metadata no table": ('{ licence = "CC0-1.0", date = { field = "published" }, "long title" = { field = "t" } }',
        '"CC0"', 'offers[0].metadata: "CC0" is no table; names and values in braces. Write it as { licence ='),
    "learner": ('"ngram"', '"transformer"',
        'valuation.learner: "transformer" is not known; known: ngram. Write learner = "ngram".'),
    "learner unnamed": ('name = "ngram", ', "", "valuation.learner: has no name; known: ngram."),
    "learner setting": ("order = 4", "ordr = 4",
        "valuation.learner.ordr: is not a setting of this learner; its settings are order,"),
    "learner value": ("order = 4", "order = 4.0", "valuation.learner.order: 4.0 does not fit; a whole number. Write"),
    "learner bound": ("order = 4", "order = -4", "valuation.learner.order: is -4; it is from"),
    "unknown key": ("cost = \"0 EUR\"", "cost = \"0 EUR\"\ntext_feild = \"a\"",
        "offers[1].text_feild: is not a key that is known here; an offer has seller, text_field, metadata, card, "
        'data, cost, tags. Did you mean "text_field"?'),
    "unknown key in call": ("seed = 7", "seeds = 7", 'call.seeds: is not a key that is known here; [call] has name,'),
    "key of another table": ("permutations = 50", "eta = 2", 'valuation.eta: is not a key that is known here; '
        '[valuation] has method, permutations, learner. Did you mean "eta" in [worth]?'),
    "unknown table": ("[worth]", "[worthiness]", "worthiness: is not a key that is known here; a call has call,"),
    "strange key": ("seed = 7", '"a\\nb" = 7', 'call."a\\nb": is not a key that is known here;'),
    "far key": ("seed = 7", "zzzzzz = 7", "Take it out."),
    "no name": ('name = "autumn round"\n', "",
        'call.name: is missing; [call] cannot do without it. Add name = "autumn round".'),
    "no budget": ('budget = "1200.00 EUR"\n', "", 'call.budget: is missing; [call] cannot do without it. Add budget ='),
    "no validation": ('validation = "wanted.jsonl"\n', "", "call.validation: is missing;"),
    "no as_of": ("as_of = 2026-01-31\n", "", "call.as_of: is missing; [call] cannot do without it. Add as_of = 2026"),
    "no seller": ('seller = "ada"\n', "", "offers[0].seller: is missing; an offer cannot do without it. Add seller ="),
    "no data": ('data = "offers/ada.jsonl"\n', "", "offers[0].data: is missing;"),
    "no cost": ('cost = "0 EUR"\n', "", "offers[1].cost: is missing;"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_value_its_bound_and_a_remedy(name, folder):
    old, new, message = MISTAKES[name]
    (problem,) = problems(folder, changed(old, new))
    assert message in str(problem)


@pytest.mark.parametrize("second", ["ada", "ADA", "Zoe\u0308", "a  b", "STRASSE"])
def test_names_that_people_cannot_tell_apart_are_one_seller(second, folder):
    first = {"ada": "ada", "ADA": "ada", "Zoe\u0308": "zoë", "a  b": "A b", "STRASSE": "straße"}[second]
    text = changed('"ada"', f'"{first}"') + OFFER.format(second, "1 EUR")
    (problem,) = problems(folder, text)
    assert problem.where == "CALL.toml: offers[2].seller"
    assert problem.found == f'"{second}" has an offer already, as "{first}"'
    assert problem.bound == "a seller makes one offer a round, and case tells no sellers apart"


def test_one_letter_names_are_compared_too(folder):
    (problem,) = problems(folder, changed('"ada"', '"a"') + OFFER.format("a", "1 EUR"))
    assert problem.found == '"a" has an offer already, as "a"'


def test_names_that_differ_by_an_accent_are_two_sellers(folder):
    assert len(read(folder, changed('"ada"', '"Zofie 2"')).offers) == 2


@pytest.mark.parametrize("text", ["", "offers = []\n"])
def test_a_call_without_offers_is_refused(text, folder):
    (problem,) = problems(folder, text + VALID[: VALID.index("[[offers]]")])
    assert str(problem) == (
        "CALL.toml: offers: is missing; a call cannot do without it. Add a table [[offers]] for each seller."
    )


def test_an_empty_file_lacks_a_call_and_offers(folder):
    assert [problem.where for problem in problems(folder, "")] == ["CALL.toml: call", "CALL.toml: offers"]


def test_one_bracket_too_few_is_told(folder):
    found = problems(folder, SHORT.replace("[[offers]]", "[offers]"))
    assert [str(problem) for problem in found] == [
        "CALL.toml: offers: a table is no list; there is a table for each seller. Write [[offers]], with two brackets."
    ]


def test_metadata_may_say_anything_that_is_not_almost_an_expected_field(folder):
    names = ["license", "language", "title", "data", "region", "revision", "rate", "source_url", "licence_url", "Größe"]
    said = ", ".join(f'"{name}" = "x"' for name in names)
    offer = read(folder, changed('licence = "CC0-1.0"', said)).offers[0]
    assert list(offer.metadata) == names


def test_values_in_the_place_of_tables_are_told(folder):
    found = problems(folder, 'call = 3\nworth = "much"\noffers = [1]\n')
    assert [str(problem).partition(";")[0] for problem in found] == [
        "CALL.toml: call: 3 is no table",
        'CALL.toml: worth: "much" is no table',
        "CALL.toml: offers[0]: 1 is no table",
    ]
    assert [problem.remedy for problem in found] == [
        f"Write {header} on a line of its own." for header in ("[call]", "[worth]", "[[offers]]")
    ]


# -- files that are no TOML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed("seed = 7", "seed = "), "CALL.toml: line 8, column 8: Invalid value in \"seed =\"; a call is written"),
        (changed("seed = 7", "seed = 7 7"), "CALL.toml: line 8, column 10: "),
        (VALID + 'note = "', "CALL.toml: its end: "),
        (changed("seed = 7", 'seed = 7\nname = "b"'), 'CALL.toml: line 9, column 11: the key stands there twice in'),
        (VALID + "[worth]\n", "CALL.toml: line 38, column 7: the key stands there twice in \"[worth]\"; every key and "
                              "table is stated once. Keep one."),
        (changed("order = 4", "order = 4, order = 5"), "the key stands there twice"),
        (VALID + "[offers]\n", 'line 38, column 8: the table stands there twice in "[offers]"; each offer has a table '
                               "in a list of them. Write [[offers]], with two brackets, above every offer."),
        (VALID + '["offers"]\n', "Write [[offers]], with two brackets, above every offer."),
        (VALID.replace("[[offers]]", "[offers] # one", 1), "Write [[offers]], with two brackets, above every offer."),
        (VALID.replace("[[offers]]", "[ offers ]"), "Write [[offers]], with two brackets, above every offer."),
        (VALID + "[offers.metadata]\na = \"x\"\n" * 2, "every key and table is stated once. Keep one."),
        (changed("seed = 7", "seed = " + "9" * 5000), "CALL.toml: its end: "),
        ("a = " + "[" * 10_000, "CALL.toml: nests too deeply; a call has tables within one list. Write it flat."),
        (VALID.encode() + b"# caf\xe9\n", "CALL.toml: line 38: byte 0xe9 is not UTF-8; TOML is UTF-8 text. Save the"),
        (VALID.encode("utf-16"), "is not UTF-8"),
        (b"\0", "CALL.toml: line 1, column 1: "),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_with_its_place(text, message, folder):
    (problem,) = problems(folder, text)
    assert message in str(problem)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path, reason in ((tmp_path / "CALL.toml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(OfferError, match=rf"cannot be read \({reason}.*\); a call is a file\. Name the call's"):
            read_call(path)


# -- many mistakes --------------------------------------------------------------------------------------------------


def test_all_mistakes_are_found_at_once(folder):
    text = changed('"1200.00 EUR"', '"1200"').replace("seed = 7", "seed = -7").replace('"ada"', '""')
    text = text.replace('"offers/ada.jsonl"', '"gone"').replace('"300.00 EUR"', '"3"').replace('"CC0-1.0"', "1")
    text = text.replace("novelty = 2", "novelty = nan, nov = 1").replace("order = 4", 'ordr = 4, order = "4"')
    found = problems(folder, text.replace("eta = 0.5", "eta = -1\nzeta = 1"))
    assert [problem.where.removeprefix("CALL.toml: ").partition(":")[0] for problem in found] == [
        "call.budget", "call.seed", "quality.weights.nov", "quality.weights.novelty", "valuation.learner.ordr",
        "valuation.learner.order", "worth.eta", "worth.zeta", "offers[0].seller", "offers[0].metadata.licence",
        "offers[0].data", "offers[0].cost",
    ]  # fmt: skip


def test_a_wrong_setting_does_not_hide_another(folder):
    found = problems(folder, changed("order = 4", 'order = -4, seen_min = "2", nope = 1'))
    assert {problem.where.rpartition(".")[2] for problem in found} == {"order", "seen_min", "nope"}


def test_of_thirty_mistakes_twenty_are_shown_and_the_rest_counted(folder):
    text = VALID + "".join(OFFER.format(f"seller {number}", "-1 EUR") for number in range(30))
    with pytest.raises(OfferError) as caught:
        read(folder, text)
    lines = str(caught.value).splitlines()
    assert len(caught.value.problems) == 30
    assert len(lines) == 21
    assert lines[0] == (
        'CALL.toml: offers[2].cost: "-1 EUR" is negative; a cost is 0 or more. To stay out, withdraw the offer.'
    )
    assert lines[20].startswith("... and 10 more; ")


# -- any file -------------------------------------------------------------------------------------------------------

LINES = VALID.splitlines()
VALUES = [
    "0", "-1", "1e400", "nan", "-inf", "true", '""', '"\\u0000"', '"a"', "'..'", "[]", "[[]]", "{}", "{ field = 1 }",
    "2026-01-31", "10:00:00", "1979-05-27T07:32:00", '"""x\ny"""', '"**a"', '"["', '"*"',
    "0xff", '"1 EUR"', '"٣ EUR"', "'~'",
]  # fmt: skip


@st.composite
def mutated(draw) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1)) if lines else 0
        kind = draw(st.sampled_from(["delete", "copy", "value", "swap", "cut"]))
        if not lines:
            break
        if kind == "delete":
            del lines[at]
        elif kind == "copy":
            lines.insert(draw(st.integers(0, len(lines))), lines[at])
        elif kind == "value" and "=" in lines[at]:
            lines[at] = lines[at].partition("=")[0] + "= " + draw(st.sampled_from(VALUES))
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == "cut":
            end = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:end] + draw(st.text(max_size=3)) + lines[at][end + 1 :]
    return "\n".join(lines)


def read_or_refuse(folder: Path, data: bytes) -> None:
    try:
        file = read(folder, data)
    except OfferError:
        return
    assert file.call.budget.minor > 0
    assert file.offers


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=mutated())
def test_a_mutated_file_is_a_call_or_is_refused(text: str, folder: Path) -> None:
    read_or_refuse(folder, text.encode(errors="surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, len(VALID.encode())), cut=st.integers(0, 30), put=st.binary(max_size=4))
def test_a_damaged_file_is_a_call_or_is_refused(at: int, cut: int, put: bytes, folder: Path) -> None:
    data = VALID.encode()
    read_or_refuse(folder, data[:at] + put + data[at + cut :])


# -- which data, and how it is measured ------------------------------------------------------------------------------

DATA = """\
licences = ["cc-by-4.0", "MIT", "GPL-2.0", "LicenseRef-mill-2026"]

[metadata]
required = ["license", "contact", "period"]

[quality]
profile = "evenhand"
"""


def with_data(old: str = "", new: str = "") -> str:
    text = changed('seed_text_field = "body"\n\n[quality]\n', f'seed_text_field = "body"\n{DATA}')
    assert not old or text.count(old) == 1, old
    return text.replace(old, new) if old else text


def test_licences_fields_and_the_profile_arrive_under_the_names_that_are_recorded(folder):
    call = read(folder, with_data()).call
    assert call.licences == ("CC-BY-4.0", "MIT", "GPL-2.0-only", "LicenseRef-mill-2026")
    assert call.required == ("licence", "contact", "period")
    assert call.profile == "evenhand/1"
    left_out = read(folder, VALID).call
    assert (left_out.licences, left_out.required, left_out.profile) == ((), (), "")


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ('"MIT"', '"MTI"', ['call.licences[1]: "MTI" is not known; each entry is one licence of the SPDX list, or one '
            'WITH an exception. Did you mean "MIT"?']),
        ('"MIT"', '"MIT OR ISC", "CC BY 4.0"', ['call.licences[1]: "MIT OR ISC" is several;',
            'call.licences[2]: "CC BY 4.0" is not known; each entry']),
        ('"MIT"', "3", ["call.licences[1]: 3 is no text; licences are texts in quotes. Write it as [\"CC0-1.0\","]),
        ('["cc-by-4.0", "MIT", "GPL-2.0", "LicenseRef-mill-2026"]', '"MIT"',
            ['call.licences: "MIT" is no list; licences stand in brackets.']),
        ('["cc-by-4.0", "MIT", "GPL-2.0", "LicenseRef-mill-2026"]', "[]",
            ["call.licences: the list is empty; at least one of the licences is named. Name some, or leave it out."]),
        ("licences =", "licence =", ['call.licence: is not a key that is known here; [call] has', ]),
        ('"contact"', '"contct", "smell", "contact"', [
            'metadata.required[1]: "contct" is not known; known: licence, language, source, version, description, '
            'date, size, provenance, contact, citation, checksum, personal_data, period. Did you mean "contact"?',
            'metadata.required[2]: "smell" is not known;']),
        ('"contact"', '"licence"', ['metadata.required[1]: "licence" stands there twice; each field is expected']),
        ('["license", "contact", "period"]', "[]", ["metadata.required: the list is empty; at least one of the fiel"]),
        ('"evenhand"', '"evenhnd"', ['quality.profile: "evenhnd" is not known; known: evenhand/1,',]),
        ('"evenhand"', '"evenhand/0"', ['quality.profile: "evenhand/0" is not known;']),
        ('"evenhand"', "1", ["quality.profile: 1 is no text;"]),
        ("required =", "requird =", ['metadata.requird: is not a key that is known here; [metadata] has required. Di']),
        ("required =", 'language = "en"\nrequired =', ["metadata.language: says nothing here; [metadata] has required. "
            "Write [offers.metadata] below the offer it is said of."]),
    ],
)  # fmt: skip
def test_a_mistake_in_what_data_is_accepted_is_named(old, new, messages, folder):
    found = problems(folder, with_data(old, new))
    assert len(found) == len(messages), found
    for problem, message in zip(found, messages, strict=True):
        assert message in str(problem)


# -- cards ------------------------------------------------------------------------------------------------------------

README = """\
---
license: cc-by-4.0
language: [en]
pretty_name: Hives
---
## Dataset Description
Notes on keeping bees through the year, by one keeper.
"""


@pytest.fixture
def described(tmp_path):
    """A folder with a table and a README beside it, a card of another name, and one that cannot be read."""
    for name, text in {
        "wanted.jsonl": '{"text": "Market day"}\n',
        "hives/1.jsonl": '{"text": "Harvest", "day": "2026-01-02"}\n',
        "hives/README.md": README,
        "cards/other.md": "---\nlicense: mit\nversion: 3\n---\n",
        "broken/1.jsonl": '{"text": "Rain"}\n',
        "broken/README.md": "---\nlicense: [mit\n---\n",
        "plain/README.md": "# Nothing in YAML",
        "plain/1.jsonl": '{"text": "Sun"}\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def offering(*lines: str) -> str:
    return SHORT.replace('data = "offers"\n', "\n".join(lines) + "\n")


def test_a_card_beside_the_data_says_what_the_call_leaves_out(described):
    file = read(described, offering('data = "hives"'))
    assert file.offers[0].metadata == {
        "licence": "CC-BY-4.0",
        "language": "en",
        "description": "Notes on keeping bees through the year, by one keeper.",
    }
    assert [document.text for document in file.offers[0].dataset] == ["Harvest"]
    assert described / "hives/README.md" in file.files
    assert file.told == ()
    assert read(described, offering('data = "plain"')).offers[0].metadata == {}


def test_what_the_call_states_wins_over_the_card_and_the_disagreement_is_told(described):
    said = 'metadata = { licence = "CC0-1.0", language = "EN", date = { field = "day" } }'
    file = read(described, offering('data = "hives"', said))
    assert (file.offers[0].metadata["licence"], file.offers[0].metadata["language"]) == ("CC0-1.0", "EN")
    assert file.told == (
        'offer of "ada": licence: the call says "CC0-1.0", hives/README.md says "CC-BY-4.0"; the call counts',
    )


def test_a_card_may_be_named_or_turned_away(described):
    named = read(described, offering('data = "hives"', 'card = "cards/other.md"'))
    assert named.offers[0].metadata == {"licence": "MIT", "version": "3"}
    assert described / "cards/other.md" in named.files
    assert described / "hives/README.md" not in named.files
    for data in ("hives", "broken"):
        turned_away = read(described, offering(f'data = "{data}"', "card = false"))
        assert turned_away.offers[0].metadata == {}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['data = "hives"', "card = true"], "card: true names no card; a card is a file, or false for none. Leave"),
        (['data = "hives"', "card = 3"], "card: 3 is no text;"),
        (['data = "hives"', 'card = "none.md"'], "card: none.md: cannot be read (No such file or directory);"),
        (['data = "hives"', 'card = "/etc/passwd"'], 'card: "/etc/passwd" is absolute;'),
        (['data = "hives"', 'card = "https://x.org/croissant.json"'], "is an address; a round reads files only."),
        (['data = "hives"', 'card = "plain/README.md"'], "card: plain/README.md: is no card of a dataset;"),
        (['data = "broken"'], "data: broken/README.md, line 3: is not YAML"),
        (['data = "broken"'], "Or write card = false."),
    ],
)
def test_a_card_that_cannot_be_read_is_refused(described, lines, message):
    (problem,) = problems(described, offering(*lines))
    assert message in str(problem)


def test_a_mistake_in_a_card_is_named_with_those_in_the_rest_of_the_call(described):
    text = offering('data = "broken"').replace('budget = "1 JPY"', 'budget = "0 JPY"').replace('"n"', "3")
    found = [problem.where for problem in problems(described, text)]
    assert found == ["CALL.toml: call.name", "CALL.toml: call.budget",
                     "CALL.toml: offers[0].data: broken/README.md, line 3"]  # fmt: skip


# -- the rest -------------------------------------------------------------------------------------------------------


def test_reading_follows_the_files_folder_and_not_the_working_one(folder, monkeypatch):
    read(folder, VALID)
    monkeypatch.chdir(folder.parent)
    file = read_call(Path("call") / "CALL.toml")
    assert [document.text for document in file.call.validation] == ["Harvest"]
    assert file.folder == Path("call")


def test_the_files_of_a_call_are_all_that_it_reads(folder, monkeypatch):
    below = ["CALL.toml", "wanted.jsonl", "../known.jsonl", "known.jsonl", "offers/ada.jsonl", "offers/bob.jsonl"]
    text = VALID.replace('"offers/*.jsonl"', '"offers/b*.jsonl"')
    assert read(folder, text).files == tuple(folder / name for name in below)
    assert len(read(folder, text.replace('reference = "known.jsonl"', 'reference = "wanted.jsonl"')).files) == 5
    assert read(folder, SHORT).files == tuple(folder / below[index] for index in (0, 1, 4, 5))
    monkeypatch.chdir(folder.parent)
    assert {file.resolve() for file in read_call(Path("call/CALL.toml")).files} == set(read(folder, SHORT).files)


def test_a_decomposed_name_is_kept_as_it_is_written(folder):
    name = unicodedata.normalize("NFD", "Žofie")
    assert read(folder, changed('"ada"', f'"{name}"')).offers[0].seller == name


def test_importing_the_reader_loads_no_pydantic():
    code = "import sys, evenhand.call; sys.exit(any(name.split('.')[0] == 'pydantic' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], env=dict(os.environ)).returncode == 0


def test_the_corpus_is_a_valid_call():
    file = read_call(CORPUS)
    counts = {offer.seller: len(list(offer.dataset)) for offer in file.offers}
    assert counts == {"hollybank": 20, "stonebridge": 20, "spoke": 18, "echo": 20, "crumb": 18, "fernhill": 16}
    assert sum(offer.cost.minor for offer in file.offers) > file.call.budget.minor
    identities = {offer.seller: {document.identity for document in offer.dataset} for offer in file.offers}
    assert identities["echo"] == identities["hollybank"]
    assert len(identities["crumb"] & identities["stonebridge"]) == 15
    offered = set().union(*identities.values())
    for own in (file.call.validation, file.call.seed_text):
        assert not {document.identity for document in own} & offered
        assert all(set(document.metadata) == set() for document in own)
    assert all(document.metadata["date"] < "2026-01-31" for document in file.offers[0].dataset)


# -- shares and policy ------------------------------------------------------------------------------------------------

POLICY = """\
[policy]
cap = "400.00 EUR"
quality_min = 0.3
reserve = 0.20
reserve_for = "cooperative"
copies = "one"

[[offers]]
seller = "ada"
"""


def with_policy(old: str = "", new: str = "") -> str:
    text = changed('[[offers]]\nseller = "ada"\n', POLICY)
    text = text.replace("seed = 7\n", 'seed = 7\nshare_pool = "800 EUR"\nliquidity = 0.6\nshare_mass = 0.5\n')
    text = text.replace('cost = "300.00 EUR"\n', 'cost = "300.00 EUR"\ntags = ["village", "cooperative"]\n')
    assert not old or text.count(old) == 1, old
    return text.replace(old, new) if old else text


def test_a_policy_and_shares_arrive_exactly(folder):
    file = read(folder, with_policy())
    call = file.call
    assert (call.share_pool, call.liquidity, call.share_mass) == (Money(80_000, "EUR"), "0.6", "0.5")
    assert (call.cap, call.quality_min, call.copies) == (Money(40_000, "EUR"), "0.3", "one")
    assert (call.reserve, call.reserve_for) == ("0.2", "cooperative")
    assert [offer.tags for offer in file.offers] == [("cooperative", "village"), ()]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"800 EUR"', '"800 USD"', 'call.share_pool: "800 USD" is in USD; the budget is in EUR. State every amount in'),
        ('"800 EUR"', '"0 EUR"', 'call.share_pool: "0 EUR" allows nothing; it is above 0. Leave it out.'),
        ("liquidity = 0.6", "liquidity = 1.5", "call.liquidity: 1.5 is out of bounds; a number from 0 to 1."),
        ('cap = "400.00 EUR"', "cap = 400", "policy.cap: 400 is not an amount of money;"),
        ("reserve = 0.20", "reserve = 20", "policy.reserve: 20 is out of bounds; a number from 0 to 1."),
        ('copies = "one"', 'copies = "on"', 'policy.copies: "on" is not known; known: one, share. Did you mean "one"?'),
        (
            "quality_min",
            "quality_mn",
            "policy.quality_mn: is not a key that is known here; [policy] has cap, quality_min",
        ),
        ('["village", "cooperative"]', '"cooperative"', 'offers[0].tags: "cooperative" is no list; tags are names in'),
        ('["village", "cooperative"]', '["a", "a"]', 'offers[0].tags: "a" stands there twice; a tag is stated once.'),
        ('["village", "cooperative"]', "[1]", "offers[0].tags: 1 is no text;"),
    ],
)
def test_a_mistake_in_policy_or_shares_is_named(old, new, message, folder):
    (problem,) = problems(folder, with_policy(old, new))
    assert message in str(problem)


# -- regimes of worth -------------------------------------------------------------------------------------------------

NUMBERS = "eta = 0.5\ngamma = 2\nkappa = 0.001\n"


@pytest.mark.parametrize("name", REGIMES)
def test_a_regime_stands_for_its_three_numbers(name, folder):
    call = read(folder, changed(NUMBERS, f'regime = "{name}"\nconcave = "log1p"\n')).call
    assert {"eta": call.eta, "gamma": call.gamma, "kappa": call.kappa} == REGIMES[name].terms
    assert call.concave == "log1p"


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (
            NUMBERS + 'regime = "sharp"\n',
            'worth.regime: "sharp" stands beside eta and gamma and kappa; a regime sets eta, gamma and kappa. Keep',
        ),
        ('regime = "shap"\n', 'worth.regime: "shap" is not known; known: conservative, impact_only, original'),
        ('concave = "log"\n', 'worth.concave: "log" is not known; known: log1p, saturating, sqrt. Did you mean'),
    ],
)
def test_a_regime_beside_numbers_or_unknown_is_refused(stated, message, folder):
    (problem,) = problems(folder, changed(NUMBERS, stated))
    assert message in str(problem)
