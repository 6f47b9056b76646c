"""The examples run as their texts say, on the real tables where these are at hand and on a small corpus everywhere."""

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from evenhand import canonical
from evenhand.records import Record
from evenhand.round import decide

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPT = EXAMPLES / "medical_market.py"


def _loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


medical_market = _loaded(SCRIPT)

OFF_TOPIC = set(medical_market.GENERAL)
ON_TOPIC = set(medical_market.ASKS) - OFF_TOPIC


def run(tables, out, *options):
    """Run the example in this process; give what it printed and the value of every seller."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert medical_market.main([str(tables), "--out", str(out), *options]) == 0
    record = canonical.decode((out / "round" / "record.json").read_bytes(), Record, "record.json")
    return printed.getvalue(), {decision.seller: decision.value for decision in decide(record).decisions}


# -- on the real tables ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    if "EVENHAND_DATA" not in os.environ:
        pytest.skip("EVENHAND_DATA is not set: no real tables for examples/medical_market.py")
    tables = Path(os.environ["EVENHAND_DATA"])
    return run(tables, tmp_path_factory.mktemp("medical"), "--most", "150", "--held-back", "80")[1]


def test_medical_collections_are_worth_more_than_every_general_source(real):
    assert set(real) == ON_TOPIC | OFF_TOPIC
    assert max(real[seller] for seller in OFF_TOPIC) < min(real[seller] for seller in ON_TOPIC)


def test_general_sources_are_worth_less_than_half_of_a_medical_one_on_average(real):
    mean = sum(real[seller] for seller in ON_TOPIC) / len(ON_TOPIC)
    assert max(real[seller] for seller in OFF_TOPIC) < mean / 2


def test_all_medical_collections_help(real):
    assert min(real[seller] for seller in ON_TOPIC) > 0


def test_model_that_has_read_nothing_learns_english_from_anyone(real, data_folder, tmp_path):
    options = ("--most", "150", "--held-back", "80", "--already-read", "0")
    values = run(data_folder, tmp_path, *options)[1]
    assert values["gsm8k"] > values["medquad-8-nhlbi"] * 3 / 4
    assert real["gsm8k"] < real["medquad-8-nhlbi"] / 2


# -- on a corpus of our own -----------------------------------------------------------------------------------------

WARDS = ("the heart", "the kidney", "the liver", "the lung", "the skin")
DRUGS = ("aspirin", "insulin", "a statin", "an antibiotic")
PLACES = ("the orchard", "the harbour", "the senate", "the mill")

MEDICAL = [
    f"Patients with disease of {ward} were treated with {drug}; after {weeks} weeks the symptoms were fewer."
    for ward, drug, weeks in product(WARDS, DRUGS, range(2, 9))
]
PLAIN = [
    f"The {number} neighbours walked to {place} and spoke of peace." for number, place in product(range(40), PLACES)
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Small tables with the columns that the example reads."""
    folder = tmp_path_factory.mktemp("tables")
    collections = ["1_CancerGov_QA", "4_MPlus_Health_Topics_QA", "8_NHLBI_QA_XML", "10_MPlus_ADAM_QA"]
    answers = [
        {
            "collection": collections[number % 4],
            "question": f"What helps case {number}?",
            "answer": text if number % 5 else "",
            "url": None,
            "beside": 1,
        }
        for number, text in enumerate(MEDICAL[:100])
    ]
    goals = [{"goal": f"To go {n}", "sol1": f"one: {t}", "sol2": f"two: {t}"} for n, t in enumerate(PLAIN[:60])]
    contents = {
        "medquad.parquet": answers,
        "pubmedqa_labeled.parquet": [{"question": "Does it help?", "context": text} for text in MEDICAL[100:]],
        "gsm8k.parquet": [{"question": f"What is {n} + {n}?", "answer": f"It is {2 * n}."} for n in range(60)],
        "piqa.parquet": [{**goal, "label": n % 3 - 1} for n, goal in enumerate(goals)],
        "us_inaugural.parquet": [{"text": text} for text in PLAIN[60:]],
    }
    for name, rows in contents.items():
        parquet.write_table(pa.Table.from_pylist(rows), folder / name)
    return folder


@pytest.fixture(scope="module")
def small(tables, tmp_path_factory):
    out = tmp_path_factory.mktemp("small")
    return *run(tables, out, "--most", "20", "--held-back", "20"), out


def offered(out, seller):
    lines = (out / "market" / "offers" / f"{seller}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_example_runs_a_whole_round_and_says_where_the_report_is(small):
    printed, values, out = small
    assert set(values) == {"medquad-1-cancergov", "medquad-4-mplus-health-topics", "medquad-8-nhlbi"} | OFF_TOPIC
    assert not [seller for seller in values if seller not in printed]
    report = Path(printed.rsplit("The report: ", 1)[1].strip())
    assert report == out / "round" / "report.html"
    assert "medquad-8-nhlbi" in report.read_text(encoding="utf-8")
    assert "invented" in printed


def test_medical_text_is_worth_most_in_the_small_corpus_too(small):
    values = small[1]
    assert max(values[seller] for seller in OFF_TOPIC) < min(values[seller] for seller in set(values) - OFF_TOPIC)


def test_caps_are_kept_and_nobody_offers_what_the_buyer_has(small):
    _, values, out = small
    buyers = [
        json.loads(line)["text"]
        for name in ("validation", "seed")
        for line in (out / "market" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(buyers) == len(set(buyers)) > 60
    for seller in values:
        rows = offered(out, seller)
        assert 0 < len(rows) <= 20
        assert not {row["text"] for row in rows} & set(buyers)


def test_withdrawn_answers_are_not_offered_and_the_solution_that_works_is(small):
    _, values, out = small
    assert not [seller for seller in values if "adam" in seller]  # a collection that nobody here asks money for
    medical = [row["text"] for seller in values if "medquad" in seller for row in offered(out, seller)]
    assert not [text for text in medical if not text.split("\n")[1]]
    everything = [row["text"] for row in offered(out, "piqa")]
    everything += [json.loads(line)["text"] for line in (out / "market" / "seed.jsonl").read_text().splitlines()]
    solutions = {text.split()[2]: text for text in everything if text.startswith("To go ")}
    assert set(solutions) == {str(n) for n in range(60) if n % 3}
    assert all(("one: " in text) == (int(n) % 3 == 1) for n, text in solutions.items())


def test_anyone_can_verify_what_the_example_wrote(small):
    command = [sys.executable, "-m", "evenhand", "verify", str(small[2] / "round")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_missing_tables_and_columns_are_all_named_with_where_to_get_them(tables, tmp_path):
    (tmp_path / "gsm8k.parquet").symlink_to(tables / "gsm8k.parquet")
    parquet.write_table(pa.table({"doc": ["1789"]}), tmp_path / "us_inaugural.parquet")
    command = [sys.executable, str(SCRIPT), str(tmp_path), "--out", str(tmp_path / "out")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 3
    assert "us_inaugural.parquet has no column text" in ran.stderr
    for name in ("medquad.parquet", "pubmedqa_labeled.parquet", "piqa.parquet"):
        table = medical_market.TABLES[name]
        assert all(part in ran.stderr for part in (name, table.repository, table.files, table.licence, *table.columns))
    assert "gsm8k.parquet" not in ran.stderr
    assert not (tmp_path / "out").exists()


def test_help_names_the_source_of_every_table():
    ran = subprocess.run([sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=True)
    assert medical_market.listed(list(medical_market.TABLES)) in medical_market.__doc__
    assert medical_market.listed(list(medical_market.TABLES)) in ran.stdout


# -- two private sides: nothing is read and nothing is written ---------------------------------------------------------


def test_two_private_sides_tells_its_story_and_its_numbers_hold():
    ran = subprocess.run(
        [sys.executable, str(EXAMPLES / "two_private_sides.py")], capture_output=True, text=True, timeout=60, check=True
    )
    for told in (
        "accepts their sum: 1 charge(4, 0) - 1 payment(4, 0) <= -2",
        "A linear programme over all such mechanisms finds a deficit of 2.",
        "no mechanism gains more than 4/3",
        "cobalt  (worth 52) pays 29; alder  (cost 12) gets 26",
        "3 of 4 efficient trades; the market maker keeps 9.",
        "the best lie gains\n   0 among the laboratories and 0 among the hospitals.",
    ):
        assert told in ran.stdout, ran.stdout
