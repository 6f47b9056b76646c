"""A card is read as what it says, or refused in words; what the seller states in the call wins over it."""

import hashlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.datasets.cards import CARD_BYTES_MAX, TEXT_LENGTH_MAX, Card, merged, read_card
from evenhand.datasets.cards.licences import spdx_of_all
from evenhand.datasets.readers import open_dataset
from evenhand.datasets.readers.cards import cards_beside, open_card
from evenhand.errors import OfferError
from evenhand.quality.licence import fault
from evenhand.quality.metadata import FIELDS, Facts, count, examine
from evenhand.spdx import ADDRESSES, IDS, spdx

SHA = "ab" * 32

CROISSANT = {
    "@context": {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "recordSet": "cr:recordSet",
        "source": "cr:source",
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    },
    "@type": "sc:Dataset",
    "conformsTo": "http://mlcommons.org/croissant/1.1",
    "name": "hives",
    "description": "Notes on keeping bees through the year, by one keeper.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "url": "https://hollybank.coop/hives",
    "version": "2.10.0",
    "datePublished": "2025-06-01",
    "creator": {"@type": "sc:Person", "name": "Ada Holly", "email": "ada@hollybank.coop"},
    "citeAs": "Holly, A. (2025). Hives. Hollybank.",
    "inLanguage": ["en", "cy"],
    "distribution": [
        {
            "@type": "cr:FileObject",
            "@id": "hives.jsonl",
            "name": "hives.jsonl",
            "contentUrl": "hives.jsonl",
            "contentSize": "1234 B",
            "encodingFormat": "application/jsonlines",
            "sha256": SHA,
        }
    ],
    "recordSet": [
        {
            "@type": "cr:RecordSet",
            "@id": "notes",
            "name": "notes",
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": "notes/text",
                    "name": "notes/text",
                    "dataType": "sc:Text",
                    "source": {"fileObject": {"@id": "hives.jsonl"}, "extract": {"column": "text"}},
                }
            ],
        }
    ],
    "rai:dataCollection": "Written down by the keeper after each visit to the hives.",
    "rai:dataCollectionTimeframe": ["2019-03-01T00:00:00", "2024-11-30"],
    "rai:personalSensitiveInformation": ["No personal data is held."],
}
"""A file that mlcroissant 1.1 accepts, and reads as it is read here."""

HIVES = {
    "name": "hives",
    "description": "Notes on keeping bees through the year, by one keeper.",
    "licence": "CC-BY-4.0",
    "source": "https://hollybank.coop/hives",
    "version": "2.10.0",
    "published": "2025-06-01",
    "creator": "Ada Holly",
    "contact": "ada@hollybank.coop",
    "citation": "Holly, A. (2025). Hives. Hollybank.",
    "language": "en, cy",
    "provenance": "Written down by the keeper after each visit to the hives.",
    "personal_data": "No personal data is held.",
    "period": "2019-03-01/2024-11-30",
    "checksum": f"sha256:{SHA}",
    "content_size": "1234 B",
}

README = """---
license: odbl
language:
- en
- no          # Norwegian, not a truth value
pretty_name: "Hives: a year"
size_categories:
- 1K<n<10K
task_categories: [text-generation]
source_datasets: [original]
annotations_creators: [expert-generated]
version: 1.10
dataset_info:
  splits:
  - name: train
    num_examples: 1200
---

# Dataset Card for Hives

<!-- Provide a quick summary. -->

## Dataset Description

- **Homepage:** [the garden](https://hollybank.coop/hives)
- **Point of Contact:** [Ada](mailto:ada@hollybank.coop)

### Dataset Summary

Notes on keeping bees
through the year.

## Source Data

#### Initial Data Collection and Normalization

[More Information Needed]

### Data Collection and Processing

Typed by two pupils from a notebook.

### Personal and Sensitive Information

[More Information Needed](https://example.org)

### Citation Information

```
@misc{hives, title={Hives}, year={2025}}
# no heading
```
"""


def croissant(**changes):
    node = {key: value for key, value in (CROISSANT | changes).items() if value is not None}
    return read_card(json.dumps(node).encode(), "croissant.json")


def front(yaml, body=""):
    return f"---\n{yaml}\n---\n{body}".encode()


def refusal(data, name):
    with pytest.raises(OfferError) as refused:
        read_card(data, name)
    assert all(each.found and each.bound and each.remedy for each in refused.value.problems)
    return str(refused.value)


# -- Croissant ------------------------------------------------------------------------------------------------------


def test_a_croissant_file_is_read_into_flat_metadata():
    assert croissant() == Card("croissant.json", HIVES)


@pytest.mark.parametrize("key", [key for key in CROISSANT if key not in ("@context", "@type", "recordSet")])
def test_what_a_croissant_file_does_not_say_is_not_there(key):
    less = croissant(**{key: None}).metadata
    assert set(less) < set(HIVES) or (key == "conformsTo" and less == HIVES)


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"name": None, "https://schema.org/name": "hives of ada"}, "name", "hives of ada"),
        ({"name": None, "sc:name": {"@value": "x"}}, "name", "x"),
        ({"description": {"de": "Bienen", "en": "Bees"}}, "description", "Bees"),
        ({"description": {"de": "Bienen"}}, "description", "Bienen"),
        ({"description": [{"@language": "de", "@value": "B"}, {"@language": "en", "@value": "b"}]}, "description", "b"),
        ({"license": {"name": "x", "url": "https://opensource.org/licenses/MIT"}}, "licence", "MIT"),
        ({"license": ["CC0-1.0", "https://spdx.org/licenses/ODbL-1.0.html"]}, "licence", "CC0-1.0 AND ODbL-1.0"),
        ({"license": "https://hollybank.coop/terms"}, "licence", "https://hollybank.coop/terms"),
        ({"inLanguage": {"@type": "sc:Language", "name": "English", "alternateName": "en"}}, "language", "en"),
        ({"creator": [{"name": "A"}, {"name": "B", "url": "https://b.coop"}]}, "contact", "https://b.coop"),
        ({"creator": None, "publisher": {"name": "H", "email": "h@h.coop"}}, "contact", "h@h.coop"),
        ({"citeAs": None, "citation": "old"}, "citation", "old"),
        ({"size": "12 documents"}, "size", "12 documents"),
        ({"recordSet": [{"data": [{"a": 1}, {"a": 2}]}]}, "size", "2 documents"),
        ({"rai:dataCollectionTimeframe": "2019/2020"}, "period", "2019/2020"),
        ({"@type": ["Thing", "http://schema.org/Dataset"]}, "name", "hives"),
    ],
)  # fmt: skip
def test_croissant_may_say_it_in_other_ways(change, field, text):
    assert croissant(**change).metadata[field] == text


def test_numbers_are_read_as_they_are_written():
    assert read_card(b'{"@context": {}, "@type": "Dataset", "version": 1.10}', "x.json").metadata["version"] == "1.10"


def test_a_list_of_categories_is_no_count_of_documents():
    splits = {"dataType": "cr:Split", "data": [{"name": "train"}, {"name": "test"}]}
    assert "size" not in croissant(recordSet=[splits]).metadata


def test_checksums_that_are_none_are_told_and_left_out():
    files = [{"@type": "cr:FileObject", "sha256": "https://github.com/x/80"}, {"@type": "cr:FileObject", "sha256": SHA}]
    card = croissant(distribution=files)
    assert card.metadata["checksum"] == f"sha256:{SHA}"
    assert "content_size" not in card.metadata
    assert card.told == ("1 of 2 checksums are no SHA-256, and left out",)


def test_what_a_reading_leaves_open_is_told():
    assert 'no "conformsTo"' in croissant(conformsTo="http://mlcommons.org/croissant/0.8").told[0]
    assert croissant(license=["MIT", "ISC"]).told == ("lists 2 licences; all are taken to bind",)


def test_the_graph_form_is_read():
    node = {"@context": {}, "@graph": [{"@type": "Person"}, {"@type": "sc:Dataset", "name": "x"}]}
    assert read_card(json.dumps(node).encode(), "x.jsonld").metadata == {"name": "x"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"@context": 1,\n"name": }', "line 2, column 9: is not JSON"),
        (b'{"@context": 1, "@type": "Dataset", "name": 1, "name": 2, "x": {"y": 1, "y": 2}}', '"name" twice'),
        (b'{"@context": 1, "@type": "Person"}', 'has "@type" "Person"'),
        (b'{"@context": 1}', 'has no "@type"'),
        (b'{"@context": 1, "a": ' + b"[" * 100_000, "nests too deeply"),
        (b'{"@context": 1, "name": "\xe9"}', "line 1: byte 0xe9 is not UTF-8"),
        (b" " * (CARD_BYTES_MAX + 1), "more than 8,388,608 bytes"),
    ],
)
def test_a_croissant_file_that_cannot_be_read_is_refused(data, said):
    assert said in refusal(data, "croissant.json")


def test_other_json_is_no_card():
    assert read_card(b'{"columns": [1]}', "metadata.json") is None
    assert read_card(b'[{"@context": 1}]', "metadata.json") is None


# -- dataset cards --------------------------------------------------------------------------------------------------


def test_a_dataset_card_is_read_into_flat_metadata():
    assert read_card(README.encode(), "README.md") == Card(
        "README.md",
        {
            "licence": "ODbL-1.0",
            "name": "Hives: a year",
            "language": "en, no",
            "version": "1.10",
            "size": "1K<n<10K",
            "task_categories": "text-generation",
            "source_datasets": "original",
            "annotations_creators": "expert-generated",
            "source": "https://hollybank.coop/hives",
            "description": "Notes on keeping bees through the year.",
            "provenance": "Typed by two pupils from a notebook.",
            "citation": "@misc{hives, title={Hives}, year={2025}} # no heading",
            "contact": "ada@hollybank.coop",
        },
    )


@pytest.mark.parametrize(
    ("yaml", "body", "expected"),
    [
        ("license: [mit, apache-2.0]", "", {"licence": "MIT AND Apache-2.0"}),
        ("license: other\nlicense_name: mill-2026", "", {"licence": "other", "license_name": "mill-2026"}),
        ("license: ~\nlanguage:", "", {}),
        ("dataset_info: {splits: [{num_examples: 3}, {num_examples: 4}]}", "", {"size": "7 documents"}),
        ("dataset_info: [{splits: [{num_examples: 3}]}]", "", {}),
        ("a: 1", "# Hives\n\nNotes on bees.\n\n## Use\n\nRead them.", {"description": "Notes on bees."}),
        ("a: 1", "<!-- a\nb --> Notes <!-- on", {"description": "Notes <!-- on"}),
        ("a: !!python/object/apply:os.abort []", "", {}),
        ("a: &x 1", "", {}),
    ],
)
def test_dataset_cards_may_say_less(yaml, body, expected):
    assert read_card(front(yaml, body), "README.md").metadata == expected


TEMPLATE = """
# Dataset Card for Hives

<!-- A summary. -->

## Dataset Details

### Dataset Description

- **Curated by:** {0}

### Dataset Sources [optional]

- **Homepage:**
- **Repository:** {1}

#### Initial Data Collection and Normalization

{0}

### Privacy Considerations

{0}

## Citation [optional]

**BibTeX:**

{0}

## Dataset Card Contact

{0}
"""


def test_a_template_that_nobody_filled_in_says_nothing():
    assert read_card(
        front("a: 1", TEMPLATE.replace("{0}", "[More Information Needed]").replace("{1}", "")), "x.md"
    ) == Card("x.md")


def test_the_optional_sections_of_the_template_are_read():
    body = TEMPLATE.replace("{0}", "Ada Holly (2025), ada@hollybank.coop").replace("{1}", "<https://hollybank.coop>")
    said = "Ada Holly (2025), ada@hollybank.coop"
    assert read_card(front("a: 1", body), "x.md").metadata == {
        "provenance": said,
        "personal_data": said,
        "citation": said,
        "contact": "ada@hollybank.coop",
        "source": "https://hollybank.coop",
    }


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference():
    other = b"\xef\xbb\xbf" + README.replace("\n", "\r\n").encode()
    assert read_card(other, "README.md") == read_card(README.encode(), "README.md")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (front("a: 1\nb: [1,\nc: }"), "line 4: is not YAML"),
        (front("a: 1\nb: 2\na: 3\nb: 4"), 'line 4: states "a" twice'),
        (front("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"), 'line 3: holds an alias, "*a"'),
        (front("a: " + "[" * 50_000), "line 2: nests too deeply"),
        (front("a: 1\nb: \x01"), "line 3: holds a character that YAML does not allow (U+0001)"),
        (front("- a\n- b"), "is a list"),
        (front("? [a]\n: b"), "has a key that is no text"),
        (b"---\na: 1\n", 'line 1: a line "---" without another'),
        (front("a: " + "x" * 200_000), "its YAML has 200,004 characters"),
        (b"---\na: \xff", "line 2: byte 0xff is not UTF-8"),
        (b"---\n" + b"x" * 50_000_000, "more than 8,388,608 bytes"),
    ],
)
def test_a_dataset_card_that_cannot_be_read_is_refused(data, said):
    assert said in refusal(data, "README.md")


def test_all_that_is_wrong_is_told_at_once():
    assert refusal(front("a: 1\na: 2\nb: 3\nb: 4"), "README.md").count("twice") == 2


def test_a_plain_readme_is_no_card():
    assert read_card(b"# Hives\n\n---\nlicense: mit\n---\n", "README.md") is None
    assert read_card(front("Two rules with prose between them"), "README.md") is None
    assert read_card(b"", "README.md") is read_card(front(""), "README.md") is None


@given(st.binary(max_size=60) | st.text("{}[]:,&*!|>'\"-? \n\tab1@#%", max_size=60).map(lambda text: front(text)))
def test_no_bytes_break_the_readers(data):
    for name in ("README.md", "croissant.json"):
        try:
            card = read_card(data, name)
        except OfferError as error:
            card = Card(str(error), {"refused": str(error)})
        assert card is None or all(text.encode() for text in card.metadata.values())


@pytest.mark.parametrize(
    "piece", ["<!--", "# h\n", "- **", "- **Homepage:** [", "a@", "a.b", "[x](", "```\n", "## contact\n"]
)
def test_a_long_body_takes_no_long_time(piece):
    started = time.process_time()
    read_card(front("a: 1", piece * (2_000_000 // len(piece))), "README.md")
    assert time.process_time() - started < 4


def test_what_no_record_can_hold_is_taken_out_and_long_texts_are_cut():
    card = croissant(name="a\ud800\0b", description="x" * (TEXT_LENGTH_MAX + 1))
    assert card.metadata["name"] == "a? b"
    assert len(card.metadata["description"]) == TEXT_LENGTH_MAX
    assert card.told == ("description is cut to 10,000 characters",)


# -- licences -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*IDS.values(), *ADDRESSES.values()}))
def test_every_licence_of_the_tables_is_on_the_list(name):
    assert fault(name) == ""


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("apache-2.0", "Apache-2.0"), ("cc-by-4.0", "CC-BY-4.0"), ("odbl", "ODbL-1.0"), ("GPL-3.0", "GPL-3.0-only"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/legalcode", "CC-BY-NC-SA-3.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", "CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("https://spdx.org/licenses/BSD-3-Clause.html", "BSD-3-Clause"),
        ("https://choosealicense.com/licenses/mit/", "MIT"),
        ("https://opendatacommons.org/licenses/by/1-0/", "ODC-By-1.0"),
        ("gpl", "gpl"), ("cc", "cc"), ("other", "other"), ("unknown", "unknown"), ("", ""),
        ("https://creativecommons.org/licenses/by/9.9/", "https://creativecommons.org/licenses/by/9.9/"),
        ("https://hollybank.coop/mit", "https://hollybank.coop/mit"),
    ],
)  # fmt: skip
def test_names_of_cards_become_spdx_and_unknown_ones_stay(stated, name):
    assert spdx(stated) == name


def test_licences_of_a_list_all_bind_and_an_unknown_one_is_not_hidden():
    assert spdx_of_all(["mit", "MIT", "odbl"], []) == "MIT AND ODbL-1.0"
    assert fault(spdx_of_all(["mit", "our own terms"], []))
    assert fault(spdx_of_all(["mit", "other"], []))


# -- the call and the card ------------------------------------------------------------------------------------------


def test_the_sellers_own_statement_wins_and_every_disagreement_is_told():
    cards = [
        Card("croissant.json", {"licence": "MIT", "version": "2"}, ("a note",)),
        Card("README.md", {"version": "3"}),
    ]
    said, told = merged({"license": "mit", "language": "en"}, cards)
    assert said == {"licence": "mit", "language": "en", "version": "2"}
    assert told == (
        "croissant.json: a note",
        'version: croissant.json says "2", README.md says "3"; croissant.json counts',
    )
    said, told = merged({"licence": "CC0-1.0"}, cards[:1])
    assert said["licence"] == "CC0-1.0"
    assert told[1] == 'licence: the call says "CC0-1.0", croissant.json says "MIT"; the call counts'


def test_a_good_card_earns_what_the_same_statements_would():
    metadata, _ = merged({}, [croissant()])
    fields = [name for name in FIELDS if name not in ("date", "size")]
    assert count(examine(metadata, Facts(files=frozenset([SHA])), fields)) == dict.fromkeys(fields, 1)


# -- files ----------------------------------------------------------------------------------------------------------

ROWS = b'{"text": "Market day"}\n'


def names(cards):
    return [card.name for card in cards]


def test_cards_lie_beside_a_dataset(write, tmp_path):
    write("hives/data.jsonl", ROWS)
    write("hives/README.md", README)
    write("hives/croissant.json", json.dumps(CROISSANT))
    write("hives/metadata.json", "{}")
    for path in ("hives/data.jsonl", "hives/*.jsonl"):
        assert names(cards_beside(path, base=tmp_path)) == ["hives/croissant.json", "hives/README.md"]
    assert names(cards_beside(tmp_path / "hives/data.jsonl", base=tmp_path))[0].endswith("hives/croissant.json")


def test_a_card_lies_in_the_folder_that_is_offered(write, tmp_path):
    write("hives/a.jsonl", ROWS)
    write("hives/more/b.jsonl", ROWS)
    write("hives/croissant.json", json.dumps(CROISSANT))
    assert names(cards_beside("hives", base=tmp_path)) == ["hives/croissant.json"]
    assert names(cards_beside("hives/**/*.jsonl", base=tmp_path)) == ["hives/croissant.json"]
    assert cards_beside("hives/more", base=tmp_path) == ()


def test_a_card_in_a_folder_that_datasets_share_is_nobodys(write, tmp_path):
    write("offers/ada.jsonl", ROWS)
    write("offers/ben.jsonl", ROWS)
    write("offers/croissant.json", json.dumps(CROISSANT))
    assert cards_beside("offers/ada.jsonl", base=tmp_path) == cards_beside("offers/a*.jsonl", base=tmp_path) == ()
    assert open_card("offers/croissant.json", base=tmp_path).metadata == HIVES


def test_a_dataset_is_not_its_own_card(write, tmp_path):
    write("book/README.md", README)
    assert cards_beside("book/README.md", base=tmp_path) == ()


def test_all_that_is_wrong_with_cards_beside_is_told_at_once(write, tmp_path):
    write("hives/data.jsonl", ROWS)
    write("hives/README.md", "---\na: [\n---\n")
    write("hives/croissant.json", '{"@context": 1, "@type": 2}')
    with pytest.raises(OfferError) as refused:
        cards_beside("hives/data.jsonl", base=tmp_path)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(
    ("path", "said"), [("gone.md", "cannot be read"), ("folder", "is no file"), ("plain.md", "is no card of a dataset")]
)
def test_a_named_card_that_is_none_is_refused(write, tmp_path, path, said):
    write("folder/x.txt", "x")
    write("plain.md", "# Hives")
    with pytest.raises(OfferError, match=said):
        open_card(path, base=tmp_path)


def test_digests_are_those_of_the_files_as_stored(write, tmp_path):
    write("hives/a.jsonl", ROWS)
    write("hives/b.jsonl.gz", [{"text": "x"}])
    stored = [
        hashlib.sha256((tmp_path / "hives" / name).read_bytes()).hexdigest() for name in ("a.jsonl", "b.jsonl.gz")
    ]
    assert list(open_dataset("hives", base=tmp_path).digests()) == stored
