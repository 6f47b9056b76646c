"""Medical question answering: whose answers help a buyer who wants to read the medical literature?

    python examples/medical_market.py DATA_FOLDER --out OUT_FOLDER

The buyer holds back research abstracts of PubMedQA. The sellers are the nine source collections of MedQuAD (cancer,
genetics, rare diseases ...), and three who have nothing medical: grade-school arithmetic, everyday physics, and the
inaugural addresses of US presidents. A part of these three the buyer's model has read before, so it knows plain
English. The texts are real; the costs that are asked, and the budget, are invented.

DATA_FOLDER holds five Parquet tables, which you make from the files of these repositories:

medquad.parquet: columns collection, question, answer, url
    from <collection>/*.xml of github.com/abachaa/MedQuAD at commit 577bd37b96 (CC-BY-4.0)
pubmedqa_labeled.parquet: columns question, context
    from data/ori_pqal.json of github.com/pubmedqa/pubmedqa at commit 1cbae8e92f (MIT; abstracts: their publishers')
gsm8k.parquet: columns question, answer
    from grade_school_math/data/{train,test}.jsonl of github.com/openai/grade-school-math at commit 3101c7d507 (MIT)
piqa.parquet: columns goal, sol1, sol2, label
    from piqa/data/valid{.jsonl,-labels.lst} of github.com/ybisk/ybisk.github.io at commit 21edab439a (AFL-3.0)
us_inaugural.parquet: columns text
    from packages/corpora/inaugural.zip of github.com/nltk/nltk_data at commit 5db857e6f7 (public domain)

Other columns do no harm. MedQuAD's XML files hold one question and answer in each QAPair; the collection is the name of
the folder. Of GSM8K, join the lines of both JSONL files; of PIQA, those of valid.jsonl and the labels beside them. Of
the inaugural addresses, make one row of each paragraph. Of PubMedQA, join the paragraphs of each abstract.

PubMedQA's abstracts belong to their publishers: keep what this writes to yourself. Exit code 3: a table is missing.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# -- 1. Where the texts come from -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A Parquet table: its columns, and the files of which it is made."""

    columns: tuple[str, ...]
    files: str
    repository: str
    licence: str


TABLES = {
    "medquad.parquet": Table(
        ("collection", "question", "answer", "url"),
        "<collection>/*.xml",
        "github.com/abachaa/MedQuAD at commit 577bd37b96",
        "CC-BY-4.0",
    ),
    "pubmedqa_labeled.parquet": Table(
        ("question", "context"),
        "data/ori_pqal.json",
        "github.com/pubmedqa/pubmedqa at commit 1cbae8e92f",
        "MIT; abstracts: their publishers'",
    ),
    "gsm8k.parquet": Table(
        ("question", "answer"),
        "grade_school_math/data/{train,test}.jsonl",
        "github.com/openai/grade-school-math at commit 3101c7d507",
        "MIT",
    ),
    "piqa.parquet": Table(
        ("goal", "sol1", "sol2", "label"),
        "piqa/data/valid{.jsonl,-labels.lst}",
        "github.com/ybisk/ybisk.github.io at commit 21edab439a",
        "AFL-3.0",
    ),
    "us_inaugural.parquet": Table(
        ("text",),
        "packages/corpora/inaugural.zip",
        "github.com/nltk/nltk_data at commit 5db857e6f7",
        "public domain",
    ),
}


def listed(names: Sequence[str]) -> str:
    """Say of each table which columns it has and what it is made from, as the text at the top does."""
    return "\n".join(
        f"{name}: columns {', '.join(table.columns)}\n    from {table.files} of {table.repository} ({table.licence})"
        for name, table in TABLES.items()
        if name in names
    )


class Refused(Exception):
    """The data folder lacks something; the message says all that it lacks."""


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the rows of every table, or name everything that is missing at once."""
    import pyarrow.parquet as parquet

    problems, missing = [], []
    for name, table in TABLES.items():
        if not (folder / name).is_file():
            missing.append(name)
            continue
        lacking = set(table.columns) - set(parquet.read_schema(folder / name).names)
        if lacking:
            problems.append(f"{name} has no column {', '.join(sorted(lacking))}.")
    if missing:
        problems.append(f"{folder} does not hold {len(missing)} of {len(TABLES)} tables. Make them:\n{listed(missing)}")
    if problems:
        raise Refused("\n".join(problems))
    return {name: parquet.read_table(folder / name, columns=list(TABLES[name].columns)).to_pylist() for name in TABLES}


# -- 2. Who offers what, and what the buyer wants -------------------------------------------------------------------

# A buyer states a budget; a seller states a cost. These are invented, and chosen so that a reader sees how an offer can
# fail: by costing too much for its worth, whether there is little of it or much, and by asking for more than there is.
BUDGET = "2000.00 EUR"
ASKS = {
    "medquad-1-cancergov": "330.00 EUR",
    "medquad-2-gard": "240.00 EUR",
    "medquad-3-ghr": "420.00 EUR",
    "medquad-4-mplus-health-topics": "120.00 EUR",
    "medquad-5-niddk": "280.00 EUR",
    "medquad-6-ninds": "200.00 EUR",
    "medquad-7-seniorhealth": "310.00 EUR",
    "medquad-8-nhlbi": "2600.00 EUR",
    "medquad-9-cdc": "90.00 EUR",
    "gsm8k": "180.00 EUR",
    "piqa": "60.00 EUR",
    "us-inaugural": "110.00 EUR",
}

# Value is always value to somebody who knows something already. To a model that has read nothing at all, any English is
# a revelation: arithmetic would be worth as much to this buyer as cardiology. So the buyer names what the model has
# read, and from then on an offer is worth what it adds. Leave it out with --already-read 0 and see.
GENERAL = ("gsm8k", "piqa", "us-inaugural")

Row = dict[str, str]


def offers(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Row]]:
    """Give each seller its documents, one row of JSONL each."""
    documents: dict[str, list[Row]] = {seller: [] for seller in ASKS}
    for row in rows["medquad.parquet"]:
        seller = seller_of(row["collection"])
        if seller in documents and row["answer"]:  # some answers were withdrawn from MedQuAD; their questions remain
            documents[seller].append({"text": f"{row['question']}\n{row['answer']}", "url": row["url"] or ""})
    documents["gsm8k"] = [{"text": f"{row['question']}\n{row['answer']}"} for row in rows["gsm8k.parquet"]]
    documents["piqa"] = [
        # the label says which solution works; where it is neither 0 nor 1, nobody knows
        {"text": f"{row['goal']}\n{row['sol2' if int(row['label']) else 'sol1']}"}
        for row in rows["piqa.parquet"]
        if int(row["label"]) in (0, 1)
    ]
    documents["us-inaugural"] = [{"text": row["text"]} for row in rows["us_inaugural.parquet"]]
    return {seller: offered for seller, offered in documents.items() if offered}


def seller_of(collection: str) -> str:
    """Name the seller of a MedQuAD collection.

    >>> seller_of("4_MPlus_Health_Topics_QA"), seller_of("8_NHLBI_QA_XML")
    ('medquad-4-mplus-health-topics', 'medquad-8-nhlbi')
    """
    name = collection.removesuffix("_XML").removesuffix("_QA")
    return "medquad-" + name.lower().replace("_", "-")


def sample(documents: Sequence[Row], most: int) -> list[Row]:
    """Keep at most so many documents: those with the lowest SHA-256, which is nobody's choice and the same everywhere.

    >>> sample([{"text": "pears"}, {"text": "plums"}, {"text": "figs"}], 2)
    [{'text': 'plums'}, {'text': 'figs'}]
    """
    return sorted(documents, key=lambda row: hashlib.sha256(row["text"].encode()).digest())[:most]


# -- 3. The files of the round --------------------------------------------------------------------------------------

# A round is made of plain files, so that anybody who has them can run it again: the buyer's call, the buyer's own
# documents, and one file a seller. Nothing in them points outside their folder.


def write_market(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], folder: Path, *, most: int, held_back: int, already_read: int
) -> Path:
    """Write CALL.toml and the datasets below a folder; give the path of CALL.toml."""
    validation = [{"text": f"{row['question']}\n{row['context']}"} for row in rows["pubmedqa_labeled.parquet"]]
    write_jsonl(folder / "validation.jsonl", sample(validation, held_back))

    offered = {seller: sample(documents, len(documents)) for seller, documents in offers(rows).items()}
    seed_text: list[Row] = []
    for seller in GENERAL if already_read else ():
        # at most half, so that something is left to offer
        read = min(already_read, len(offered[seller]) // 2)
        seed_text += offered[seller][:read]
        offered[seller] = offered[seller][read:]
    if seed_text:
        write_jsonl(folder / "seed.jsonl", seed_text)

    lines = [
        "[call]",
        'name = "medical literature"',
        f'budget = "{BUDGET}"',
        'validation = "validation.jsonl"',
        "as_of = 2026-01-01",
        "seed = 0",
    ]
    lines += ['seed_text = "seed.jsonl"'] if seed_text else []
    for seller, documents in offered.items():
        write_jsonl(folder / "offers" / f"{seller}.jsonl", documents[:most])
        lines += [
            "",
            "[[offers]]",
            f'seller = "{seller}"',
            f'data = "offers/{seller}.jsonl"',
            f'cost = "{ASKS[seller]}"',
            # a string is said of the whole dataset; a field is read from each document
            f"metadata = {{ {', '.join(stated(seller))} }}",
        ]
    call = folder / "CALL.toml"
    call.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return call


def stated(seller: str) -> Iterator[str]:
    """Say of a dataset what is known of it."""
    table = TABLES[f"{'medquad' if seller.startswith('medquad') else seller.replace('-', '_')}.parquet"]
    repository, commit = table.repository.split(" at commit ")
    yield 'language = "en"'
    yield f'source = "https://{repository}"'
    yield f'version = "{commit}"'
    if table.licence != "public domain":  # which is no licence
        yield f'licence = "{table.licence}"'
    if table is TABLES["medquad.parquet"]:
        yield 'url = { field = "url" }'


def write_jsonl(path: Path, rows: Sequence[Row]) -> None:
    """Write one JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="\n")


# -- 4. The round ---------------------------------------------------------------------------------------------------

# From here on it is the same for every market: read the call, run the round, write what came out. What is written can
# be checked by anybody, from these two folders alone, with `evenhand verify OUT_FOLDER/round`.


def run(call_file: Path, out: Path) -> Any:
    """Run the round of a call, write its record and report, and give its outcome."""
    import evenhand as eh

    read = eh.read_call(call_file)
    outcome = eh.run_round(read.call, read.offers, read.learner)
    eh.publish(outcome, out, data=read.folder, replace=True)
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the market, run it, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER", help="holds the five tables")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write the market and the round to")
    parser.add_argument("--most", type=int, default=400, help="documents a seller offers at most (%(default)s)")
    parser.add_argument("--held-back", type=int, default=200, help="documents the buyer holds (%(default)s)")
    parser.add_argument(
        "--already-read",
        type=int,
        default=200,
        help="documents of each general source that the model knows (%(default)s)",
    )
    asked = parser.parse_args(arguments)
    try:
        rows = read(asked.data)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 3
    call_file = write_market(
        rows, asked.out / "market", most=asked.most, held_back=asked.held_back, already_read=asked.already_read
    )
    outcome = run(call_file, asked.out / "round")

    from rich.console import Console

    from evenhand.reports.terminal import offers_table

    Console(width=None if sys.stdout.isatty() else 120).print(offers_table(outcome))
    print(f"\nThe costs and the budget of {BUDGET} are invented; the texts are real.")
    print(f"The report: {asked.out / 'round' / 'report.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
