"""The demonstration's material is real, the same every time, and honest about what is not real."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from email.message import Message

import pytest

from evenhand import demo
from evenhand.demo import docstrings
from evenhand.demo.diaries import diaries
from evenhand.demo.docstrings import cython_docstrings, documentation, python_docstrings
from evenhand.errors import StoreError
from evenhand.records import Document


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def files(told):
    return demo.material(lambda *step: told.append(step))


def rows(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def texts(data):
    return {Document(row["text"]).identity for row in map(json.loads, data.decode().split("\n")[:-1])}


def offers(files):
    return {name[7:-6]: data for name, data in files.items() if name.startswith("offers/")}


# -- the market as a whole ------------------------------------------------------------------------------------------


def test_material_made_twice_is_the_same_bytes(files):
    assert demo.material() == files


def test_call_names_every_file_and_nothing_outside_the_folder(files):
    call = tomllib.loads(files["CALL.toml"].decode())
    named = {call["call"]["validation"], call["call"]["seed_text"]} | {offer["data"] for offer in call["offers"]}
    assert named == {name for name in files if name.endswith(".jsonl")}
    assert [offer["seller"] for offer in call["offers"]] == [name for name in demo.SELLERS if name in offers(files)]


def test_nobody_offers_a_text_that_the_buyer_has(files):
    buyers = texts(files["validation.jsonl"]) | texts(files["seed.jsonl"])
    assert len(buyers) >= 250
    assert not {seller for seller, data in offers(files).items() if texts(data) & buyers}


def test_buyer_holds_back_documents_of_the_packages_it_wants(files):
    held = [row["package"] for row in rows(files["validation.jsonl"])]
    assert {package: held.count(package) for package in set(held)} == demo.HELD_BACK


def test_round_stays_small(files):
    assert 9 <= len(offers(files)) <= 13
    assert max(len(rows(data)) for data in offers(files).values()) == demo.DOCUMENTS_MAX
    assert sum(map(len, files.values())) < 8_000_000


def test_every_document_has_a_text_of_some_length_and_says_where_it_is_from(files):
    real = {name: seller for name, seller in demo.SELLERS.items() if seller.package and name in offers(files)}
    for name, seller in real.items():
        for row in rows(files[f"offers/{name}.jsonl"]):
            assert len(row["text"]) >= docstrings.CHARACTERS_MIN
            assert row["name"].split(".")[0] == seller.package or seller.package == docstrings.PYTHON
            assert row["package"] == seller.package
            assert row["version"]


def test_sellers_of_one_package_share_no_document(files):
    parts = [{row["name"] for row in rows(data)} for name, data in offers(files).items() if name.startswith("scipy-")]
    assert len(parts) == 4
    assert sum(map(len, parts)) == len(set.union(*parts))


def test_mirror_copies_most_of_numpy_and_adds_a_few_documents(files):
    numpy, mirror = texts(files["offers/numpy.jsonl"]), texts(files["offers/mirror.jsonl"])
    assert 0.84 <= len(numpy & mirror) / len(numpy) <= 0.86
    assert 0 < len(mirror - numpy) < 60


def test_no_file_names_a_place_of_this_machine(files):
    places = {sys.prefix, sys.base_prefix, str(docstrings._locate("numpy")[0].parent)}
    assert not {(name, place) for name, data in files.items() for place in places if place.encode() in data}


def test_readme_tells_everything_that_is_invented(files):
    readme = files["README.txt"].decode()
    assert not [sentence for sentence in demo.INVENTED if sentence not in readme]
    told = " ".join(demo.INVENTED)
    for name, seller in demo.SELLERS.items():
        if not seller.package:
            assert f'"{name}" is invented' in told, name


def test_progress_begins_at_nothing_and_ends_at_all(files, told):
    assert told[0][1:] == (0, told[0][2])
    assert told[-1][1] == told[-1][2] == len(told) - 1


def test_package_without_its_sources_is_refused_by_name_and_count():
    few = [Document(f"text {number}") for number in range(7)]
    with pytest.raises(StoreError) as refusal:
        demo.taken({"numpy": few}, {"numpy": 4, "scipy": 5})
    assert [problem.where for problem in refusal.value.problems] == [
        'the installed package "numpy"',
        'the installed package "scipy"',
    ]
    assert "7 docstrings" in str(refusal.value)
    assert len(demo.taken({"numpy": few}, {"numpy": 3})) == 3


# -- reading documentation ------------------------------------------------------------------------------------------


def test_no_package_is_imported_to_be_read():
    code = (
        "import sys; from evenhand.demo.docstrings import documentation\n"
        "assert documentation('pyarrow') and documentation('scipy') and documentation('jinja2')\n"
        "print({'pyarrow', 'scipy', 'jinja2'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_package_that_is_not_installed_has_no_documents():
    assert documentation("no-such-package-in-the-market") == []


def test_tests_and_vendored_code_are_left_out():
    found = [document.metadata["name"] for package in ("numpy", "pyarrow") for document in documentation(package)]
    assert len(found) > 500
    assert not [name for name in found if re.search(r"\.(tests?|externals|conftest)\b", name)]


def test_compiled_modules_are_read_from_their_cython_source():
    assert "pyarrow.table.Table.from_pandas" in {document.metadata["name"] for document in documentation("pyarrow")}


def test_functions_that_numpy_compiles_are_read_from_add_newdoc():
    read = {document.metadata["name"]: document.text for document in documentation("numpy")}
    assert read["numpy._core.multiarray.fromstring"].startswith("fromstring(")


def test_docstrings_of_modules_classes_and_functions_are_read_with_their_names():
    source = b'''"""Of the module."""
import os
if os.name:
    class Stall:
        """Of the class.

            Indented further.
        Back.
        """
        async def open(self):
            "Of the method."
            def inner():
                """Of nobody."""
'''
    assert list(python_docstrings(source, "market")) == [
        ("market", "Of the module."),
        ("market.Stall", "Of the class.\n\n    Indented further.\nBack."),
        ("market.Stall.open", "Of the method."),
    ]


def test_all_forms_of_add_newdoc_are_read():
    source = b'''
add_newdoc("m.stall", "apple", """An apple.""")
add_newdoc("m.stall", "pear", ("peel", """Peels."""))
add_newdoc("m.stall", "plum", [("stone", """Stones."""), ("eat", """Eats.""")])
add_newdoc("m", name, """Of nothing known.""")
add_newdoc("Alias", "typing.Union", """Of another function called so.""")
'''
    assert list(python_docstrings(source, "m")) == [
        ("m.stall.apple", "An apple."),
        ("m.stall.pear.peel", "Peels."),
        ("m.stall.plum.stone", "Stones."),
        ("m.stall.plum.eat", "Eats."),
    ]


@pytest.mark.parametrize("source", [b'def f(:\n    """x"""', b'"""\x00"""', b'"""\xff"""', b"", b'print """x"""'])
def test_source_that_python_cannot_read_has_no_docstrings(source):
    assert list(python_docstrings(source, "m")) == []


def test_cython_headers_of_several_lines_and_nested_names_are_read():
    source = b'''
cdef class Stall(Base):
    """Of the class."""

    def open(self, day,
             hour=None):
        r"""
        Opens \\d.

            Indented.
        """
        return 1

    @property
    def closed(self):
        # no docstring
        return 0

cpdef sell():
    """Not read: a header without def or class."""

def free():
    """Of the function."""
'''
    assert list(cython_docstrings(source, "m")) == [
        ("m.Stall", "Of the class."),
        ("m.Stall.open", "Opens \\d.\n\n    Indented."),
        ("m.free", "Of the function."),
    ]


@pytest.mark.parametrize(
    "source", [b"def f(x):", b"def f(x,", b'def f(x):\n    """never ends', b'def f(x):\n    "one"']
)
def test_cython_source_that_breaks_off_has_no_docstrings(source):
    assert list(cython_docstrings(source, "m")) == []


def test_text_that_is_not_unicode_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "stall.py").write_text(
        'def f():\n    """\\ud800' + "x" * 400 + '"""\ndef g():\n    """' + "y" * 400 + '"""'
    )
    monkeypatch.setattr(docstrings, "_locate", lambda package: (tmp_path, "1"))
    assert [document.text[0] for document in documentation("stall")] == ["y"]


# -- who has what ---------------------------------------------------------------------------------------------------


def test_choice_does_not_depend_on_the_order_of_the_documents():
    documents = [Document(f"text {number}") for number in range(20)]
    chosen = {document.text for document in demo.lowest(documents, 7)}
    assert chosen == {document.text for document in demo.lowest(documents[::-1], 7)}
    by_digest = sorted(documents, key=lambda document: hashlib.sha256(document.text.encode()).digest())
    assert chosen == {document.text for document in by_digest[:7]}


def test_diaries_are_all_different_and_use_every_phrase_slot():
    written = [document.text for document in diaries(240)]
    assert len({text.split(". ", 1)[1] for text in written}) == 240
    assert not [text for text in written if "{" in text or "}" in text]


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ([("License-Expression", "MIT OR Apache-2.0")], "MIT OR Apache-2.0"),
        ([("License", "Apache-2.0")], "Apache-2.0"),
        ([("License", "Permission is\n" * 50), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        ([("License", "BSD")], ""),
        ([("Classifier", "License :: OSI Approved :: BSD License")], ""),
        ([("Classifier", "License :: OSI Approved :: MIT License"), ("Classifier", "License :: Freeware")], ""),
        ([("Classifier", "License :: OSI Approved :: Apache Software License")], ""),
        ([], ""),
    ],
)
def test_licence_is_stated_only_where_the_package_names_one(headers, licence):
    about = Message()
    for key, value in headers:
        about[key] = value
    assert demo.spdx(about) == licence
