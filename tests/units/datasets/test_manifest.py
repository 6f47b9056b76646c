"""The manifest's digests are what their docstring says, and tell apart what differs."""

import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.datasets import describe
from evenhand.errors import OfferError
from evenhand.plaintext import plain
from evenhand.records import Dataset, Document, Source

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DOCUMENTS = st.builds(Document, TEXTS, st.dictionaries(st.sampled_from(["a", "b", "é"]), TEXTS, max_size=3))
LISTS = st.lists(DOCUMENTS, max_size=8).filter(lambda some: any(one.text.strip() for one in some))


def held(documents, source=None):
    return Dataset(lambda: iter(documents), source)


def sha(data):
    return hashlib.sha256(data).digest()


@given(LISTS)
def test_digests_follow_the_byte_format_of_the_docstring(documents):
    leaves = b"".join(
        sha(one.text.encode())
        + sha(json.dumps(one.metadata, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
        for one in documents
    )
    identities = sorted({sha(plain(one.text).encode()) for one in documents})
    manifest = describe(held(documents))
    assert manifest.digest == "sha256:" + sha(leaves).hex()
    assert manifest.content == "sha256:" + sha(b"".join(identities)).hex()
    assert (manifest.documents, manifest.distinct) == (len(documents), len(identities))
    assert manifest.size_bytes == sum(len(one.text.encode()) for one in documents)


@given(LISTS, LISTS)
def test_digests_agree_only_for_equal_documents(some, others):
    assert (describe(held(some)).digest == describe(held(others)).digest) == (some == others)


@given(LISTS, st.randoms(use_true_random=False))
def test_content_ignores_order_copies_white_space_and_metadata(documents, random):
    changed = [Document(unicodedata.normalize("NFD", one.text) + " \n", {"copy": "yes"}) for one in documents]
    changed += random.sample(documents, len(documents) // 2)
    random.shuffle(changed)
    assert describe(held(changed)).content == describe(held(documents)).content


def test_digest_is_pinned_so_that_published_records_stay_checkable():
    manifest = describe(Dataset.of(["Market day", "Größe"], year="2024"))
    assert manifest.digest == "sha256:1ba1928c7d5abdc8e69cb77ae5c72253f0686c6947fec7bd8ab3090b293ac1e8"
    assert manifest.content == "sha256:6d4ae13afc33fe7c08cdecb99437e1307f95875cbc85fb57a1fc25e35202c202"


def test_order_of_metadata_keys_does_not_reach_the_digest():
    one = held([Document("x", {"a": "1", "b": "2"})])
    other = held([Document("x", {"b": "2", "a": "1"})])
    assert describe(one).digest == describe(other).digest


@pytest.mark.parametrize("texts", [[], ["", " \n\t\u2003"]])
def test_dataset_without_text_is_refused_by_its_name(texts):
    documents = [Document(text) for text in texts]
    with pytest.raises(OfferError, match=r"grain/2024\.jsonl: "):
        describe(held(documents, Source("grain/2024.jsonl")))
    with pytest.raises(OfferError, match="dataset: "):
        describe(held(documents))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (Document("half \ud83d"), "document 2: holds half a character"),
        (Document("x", {"k": "\ud83d"}), "document 2: holds half a character"),
        (Document("x", {"year": 2024}), 'document 2: its metadata "year" is 2024'),
        (Document("x", {"tags": ["a"]}), 'document 2: its metadata "tags" is'),
    ],
)
def test_what_utf8_cannot_hold_is_refused_with_its_place(document, where):
    with pytest.raises(OfferError, match=where):
        describe(held([Document("good"), document]))


def test_a_dataset_is_read_once_and_one_document_at_a_time():
    reads = []
    alive = set()

    class Told(str):
        def __init__(self, _):
            alive.add(id(self))
            assert len(alive) <= 2, "documents pile up"

        def __del__(self):
            alive.discard(id(self))

    def read():
        reads.append(1)
        for number in range(50):
            yield Document(Told(f"document {number}"))

    assert describe(Dataset(read)).documents == 50
    assert len(reads) == 1
