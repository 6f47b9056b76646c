"""Copies that were altered a little are found, whatever was altered, and nobody can join what is not alike."""

import hashlib
import random
import string
import sys
import time
import tracemalloc
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import OfferError
from evenhand.plaintext import plain
from evenhand.quality import near_duplicates as near
from evenhand.quality.batch import Batch
from evenhand.quality.near_duplicates import minhash
from evenhand.quality.near_duplicates.clusters import standing_order
from evenhand.quality.near_duplicates.letters import fold_table, several_letters
from evenhand.records import Dataset, Document

STRANGE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
VOCABULARY = ["".join(random.Random(n).choices(string.ascii_lowercase, k=2 + n % 8)) for n in range(3000)]
TEXT = "The harbour froze over in January, and nobody could leave by ship; the mayor's café sold 200 cups of tea."
MASK = 2**64 - 1


def written(chance, words):
    return " ".join(chance.choices(VOCABULARY, k=words))


def altered(text, rate, chance):
    """The text with each word replaced by another with a chance."""
    return " ".join(chance.choice(VOCABULARY) if chance.random() < rate else word for word in text.split(" "))


def noted(texts, key=0):
    batch = Batch.of(map(Document, texts))
    return batch.identities, near.notes(batch, key)["signature"]


def matches(first, second, key=0):
    one, other = noted([first, second], key)[1]
    return int((one == other).sum())


# -- the specification, written a second time, without numpy ----------------------------------------------------------


def splitmix(state, number):
    z = (state + number * 0x9E3779B97F4A7C15) & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def by_the_book(text, key):
    a, b, c = splitmix(key, 1) | 1, splitmix(key, 2) | 1, splitmix(key, 3)
    text = text.ljust(12, b"\0")
    windows = {text[start : start + 12] for start in range(len(text) - 11)}
    hashes = [a * int.from_bytes(w[:8], "little") + b * int.from_bytes(w[8:], "little") + c & MASK for w in windows]
    lowest: list[int | None] = [None] * 128
    for number in range(1, 9):
        fallen: dict[int, list[int]] = {}
        for thrown in (splitmix(h, number) for h in hashes):
            fallen.setdefault(thrown >> 57, []).append(thrown % 2**57)
        lowest = [min(fallen[i]) if kept is None and i in fallen else kept for i, kept in enumerate(lowest)]
    return [
        (min(splitmix(h, 9 + i) % 2**57 for h in hashes) if kept is None else kept) % 2**16
        for i, kept in enumerate(lowest)
    ]


@pytest.mark.parametrize("key", [0, 1, MASK])
@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 40, 150, 1200])
def test_signatures_are_those_of_the_specification(key, length):
    text = bytes(random.Random(length).choices(b"abcdefgh", k=length))
    assert near.signatures([text], key)[0].tolist() == by_the_book(text, key)
    assert near.signatures([b"another", text, b""], key)[1].tolist() == by_the_book(text, key)


def test_a_specification_keeps_its_bytes():
    texts = [TEXT, "", "Tea", "市場の日はいつも雨が降るので、誰も来ない。", "Большой рынок открыт до вечера"]
    golden = ["c0c273bd4fef", "e7c97998c649", "8f590d90b099", "c59031362492", "fe9192a1c789"]
    _, signatures = noted(texts)
    assert near.SPECIFICATION == "letters12-128/1"
    assert [signature.astype("<u2").tobytes()[:6].hex() for signature in signatures] == golden
    assert (
        hashlib.sha256(signatures.astype("<u2").tobytes()).hexdigest()
        == "4917396e4c3a228822a5987eaa5f2f23ea1af68404a4381588307be1a5911aff"
    )


def test_letters_are_the_same_under_every_table_of_unicode():
    """The same digest was found with Python 3.10 to 3.13, whose own tables are of four versions of Unicode."""
    _, several = several_letters()
    digest = hashlib.sha256(fold_table().astype("<u4").tobytes() + several.astype("<u4").tobytes())
    assert digest.hexdigest() == "f5b9a5c76fecb2b8af0e0913451c2ae4617a6198e91235397c9bfb9d6824e61a"


# -- what is no change ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda text: text.replace(" ", "\n\t  "),
        lambda text: text.replace(" ", ""),
        lambda text: " ".join(text),
        lambda text: "|".join(text.split(" ")),
        lambda text: text.replace(",", "").replace(";", " -- "),
        lambda text: text.replace("e", "е").replace("o", "ο"),  # Cyrillic, Greek
        lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),  # full width
        lambda text: "\u0301".join(text),
        lambda text: "\u1ab0".join(text),  # a mark that Unicode 3.2 does not know
        lambda text: "\u200b".join(text),
        lambda text: " 🎉 ".join(text.split(" ")),
        lambda text: text.replace("caf\u00e9", "cafe"),
        lambda text: text.replace("fr", "\U0001d41fr"),  # a mathematical letter
    ],
)
def test_case_space_signs_accents_and_look_alikes_are_no_change(change):
    assert change(TEXT) != TEXT
    assert matches(TEXT, change(TEXT)) == 128


@given(STRANGE)
def test_copies_with_one_identity_have_one_signature(text):
    spaced = text.replace(" ", " \n\u200b")
    identities, signatures = noted([text, spaced])
    assert (identities[0] == identities[1]).all()
    assert (signatures[0] == signatures[1]).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Straße", "strasse"),
        ("ŒUVRE ½ ﬃ", "œuvre12ffi"),
        ("हिन्दी", "हिनदी"),
        ("が한국어", "か한국어"),
        ("?! …", "?!…"),
        ("\u2800", "\u2800"),
    ],
)
def test_letters_of_any_script(text, expected):
    assert near.letters(plain(text)).decode() == expected


# -- how well likeness is estimated -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [12, 40, 400])
def test_estimates_keep_to_their_standard_error(words):
    chance = random.Random(words)
    texts = [written(chance, words) for _ in range(150)]
    copies = [altered(text, rate, chance) for text, rate in zip(texts, np.linspace(0, 0.3, 150), strict=True)]
    pairs = zip(noted(texts)[1], noted(copies)[1], strict=True)
    estimates = np.array([(one == other).mean() for one, other in pairs])
    exact = np.array([float(near.likeness(a, b)) for a, b in zip(texts, copies, strict=True)])
    variance = exact * (1 - exact) / 128
    away = estimates - exact
    assert abs(away.mean()) < 4 * np.sqrt(variance.mean() / 150)
    assert (away**2).mean() / variance.mean() < 1.3  # of few shingles the estimate is better than that


def test_texts_that_share_nothing_agree_nowhere_but_by_chance():
    chance = random.Random(5)
    _, signatures = noted(["".join(chance.choices("абвгдежз", k=9 + n)) for n in range(300)])
    agreeing = (signatures[:150] == signatures[150:]).sum()
    assert agreeing < 10  # 19,200 places at 2^-16


def test_likeness_is_exact():
    assert near.likeness("abcdefghijklm", "abcdefghijkl!") == Fraction(1, 2)
    assert near.likeness("", "?") == 0
    assert near.likeness("Tea", "tea") == 1


# -- texts of every kind ----------------------------------------------------------------------------------------------


@given(st.lists(STRANGE, max_size=5), st.integers(0, MASK))
def test_a_signature_depends_on_its_own_text_and_the_key_alone(texts, key):
    _, together = noted(texts, key)
    assert together.shape == (len(texts), 128)
    for text, signature in zip(texts, together, strict=True):
        assert (noted([text], key)[1][0] == signature).all()


def test_blocks_change_nothing(monkeypatch):
    chance = random.Random(1)
    texts = [near.letters(written(chance, words)) for words in (1, 900, 3, 0, 60, 2000)] + [b"ab" * 4000]
    whole = near.signatures(texts)
    monkeypatch.setattr(minhash, "_BLOCK", 500)
    assert (near.signatures(texts) == whole).all()
    monkeypatch.setattr(minhash, "_TEXTS", 1)
    assert (near.signatures(texts) == whole).all()


@pytest.mark.parametrize("piece", ["a", "\x00", "no space in this ", "à", "ﷺ", "🎉", " ", "?"])
def test_a_huge_line_takes_linear_time(piece):
    def spent(size):
        text = plain(piece * (size // len(piece.encode())))
        start = time.process_time()
        near.signatures([near.letters(text)])
        return time.process_time() - start

    assert min(spent(400_000) for _ in range(2)) < 16 * max(spent(100_000), 0.005)


@pytest.mark.parametrize("text", [b"a" * 4_000_000, b"the same again " * 250_000])
def test_a_huge_text_takes_little_memory_beside_itself(text):
    tracemalloc.start()
    near.signatures([text])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


def test_texts_shorter_than_a_shingle_are_alike_where_their_letters_agree():
    assert matches("Tea!", "tea") == 128
    assert matches("tea", "teas") < 3
    assert matches("", " \u200b") == 128
    assert matches("", "a") < 3
    assert matches("?!", "!?") < 3


# -- bands ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", range(1, 101))
def test_no_pair_that_passes_is_missed_by_all_bands(threshold):
    cut = near.bands(threshold)
    assert cut.matches_min * 100 >= threshold * 128 > (cut.matches_min - 1) * 100
    assert len(cut.rows) > 128 - cut.matches_min
    assert (cut.edges[0], cut.edges[-1], min(cut.rows) > 0) == (0, 128, True)
    assert max(cut.rows) - min(cut.rows) <= 1


@pytest.mark.parametrize("threshold", [0, 101, -5, 79.5, pytest.param(10**5000, id="5001 digits")])
def test_a_threshold_is_a_whole_percent(threshold):
    with pytest.raises(OfferError, match="threshold: is"):
        near.bands(threshold)


def test_the_chances_of_a_pair_are_those_of_a_simulation():
    rng = np.random.default_rng(2)
    agree = rng.random((20_000, 128)) < 0.75
    cut = near.bands()
    passed = (agree.sum(axis=1) >= cut.matches_min).mean()
    in_a_band = np.any([agree[:, a:b].all(axis=1) for a, b in zip(cut.edges, cut.edges[1:], strict=False)], axis=0)
    assert abs(passed - cut.passes(Fraction(3, 4))) < 0.01
    low = rng.random((20_000, 128)) < 0.4
    compared = np.any([low[:, a:b].all(axis=1) for a, b in zip(cut.edges, cut.edges[1:], strict=False)], axis=0).mean()
    assert in_a_band.mean() > 0.99
    assert abs(compared - cut.compared(Fraction(2, 5))) < 0.02


# -- clusters ---------------------------------------------------------------------------------------------------------


def pool(seed, originals=60, copies=3, words=60):
    chance = random.Random(seed)
    texts = [written(chance, words) for _ in range(originals)]
    return texts + [altered(text, chance.choice([0, 0.01, 0.03, 0.08, 0.2]), chance) for text in texts * copies]


def plainly(identities, signatures, threshold, key=0):
    """The rule, pair by pair."""
    order = standing_order(identities, key).tolist()
    leader: dict[int, int] = {}
    for place, row in enumerate(order):
        if row in leader:
            continue
        leader[row] = row
        for other in order[place + 1 :]:
            if other not in leader and (signatures[row] == signatures[other]).sum() * 100 >= threshold * 128:
                leader[other] = row
    return [leader[row] for row in range(len(order))]


@pytest.mark.parametrize(("small", "large"), [(1, 0), (1, 256), (2, 0), (8, 256)])
@pytest.mark.parametrize("threshold", [40, 60, 80, 95, 100])
def test_bands_find_what_comparing_every_pair_finds(threshold, small, large, monkeypatch):
    monkeypatch.setattr(sys.modules[standing_order.__module__], "_SMALL", small)
    monkeypatch.setattr(sys.modules[standing_order.__module__], "_LARGE", large)
    identities, signatures = noted(pool(threshold))
    found = near.clusters(identities, signatures, threshold)
    assert found.representative.tolist() == plainly(identities, signatures, threshold)
    agreeing = (signatures == signatures[found.representative]).sum(axis=1)
    assert (found.matches == agreeing).all()
    assert (found.matches * 100 >= threshold * 128).all()
    assert found.standing.sum() == (found.sizes > 0).sum()
    assert (found.sizes.sum(), found.crowded) == (len(identities), 0)


@pytest.mark.parametrize("key", [0, 99])
def test_the_order_of_documents_changes_no_cluster(key):
    texts = pool(3)
    identities, signatures = noted(texts, key)
    first = near.clusters(identities, signatures, key=key)
    order = np.random.default_rng(1).permutation(len(texts))
    second = near.clusters(identities[order], signatures[order], key=key)
    assert (identities[first.representative][order] == identities[order][second.representative]).all()
    assert (first.matches[order] == second.matches).all()


def test_the_order_of_standing_is_the_stated_one():
    identities, _ = noted([TEXT, "a", "b", "c"])
    for key in (0, 7, MASK):
        drawn = [splitmix(int.from_bytes(row.tobytes()[:8], "little") + key & MASK, 1) for row in identities]
        assert standing_order(identities, key).tolist() == sorted(range(4), key=drawn.__getitem__)


def test_equal_first_bytes_stand_in_the_order_of_the_rest():
    identities = np.zeros((3, 32), dtype=np.uint8)
    identities[:, 31] = [5, 1, 3]
    assert standing_order(identities).tolist() == [1, 2, 0]


def test_light_alterations_are_found_and_heavy_ones_left():
    chance = random.Random(8)
    texts = [written(chance, 200) for _ in range(100)]
    for rate, least, most in ((0.01, 99, 100), (0.02, 95, 100), (0.10, 0, 1)):
        identities, signatures = noted(texts + [altered(text, rate, chance) for text in texts])
        found = near.clusters(identities, signatures)
        together = found.representative[:100] == found.representative[100:]
        assert least <= together.sum() <= most, rate
        behind = np.flatnonzero(~found.standing)
        assert (behind % 100 == found.representative[behind] % 100).all(), "unlike texts were joined"


def walk(steps=40, words=300):
    """Texts on the way from one to another, each near to the next."""
    chance = random.Random(4)
    first, last = written(chance, words).split(" "), written(chance, words).split(" ")
    return [" ".join(last[: words * step // steps] + first[words * step // steps :]) for step in range(steps + 1)]


def test_a_chain_of_near_copies_does_not_join_its_ends():
    texts = walk()
    identities, signatures = noted(texts)
    links = [(signatures[n] == signatures[n + 1]).sum() for n in range(len(texts) - 1)]
    assert min(links) >= near.bands().matches_min, "every link of the chain is a near-copy of the next"
    for key in range(20):
        found = near.clusters(identities, signatures, key=key)
        assert found.representative[0] != found.representative[-1]
        behind = [signatures[found.representative == row] for row in np.flatnonzero(found.sizes)]
        least = min(int((a == b).sum()) for group in behind for a in group for b in group)
        assert least >= 128 - 2 * (128 - near.bands().matches_min) == 78


def test_a_text_between_two_joins_them_only_where_they_are_alike_already():
    texts = walk()
    for apart in (8, 12, 20):
        pair_and_between = [texts[0], texts[apart // 2], texts[apart]]
        identities, signatures = noted(pair_and_between)
        joined = {
            bool(found.representative[0] == found.representative[2])
            for found in (near.clusters(identities, signatures, key=key) for key in range(30))
        }
        if (signatures[0] == signatures[2]).sum() < 78:
            assert joined == {False}


def test_who_stands_for_others_cannot_be_chosen_without_the_key():
    chance = random.Random(6)
    wins = 0
    for _ in range(40):
        text = written(chance, 40)
        tried = [f"{text} {n}" for n in range(64)]
        identities, _ = noted([text, *tried])
        ground = standing_order(identities[1:])[0]  # the griefer's best for key 0
        identities, signatures = noted([text, tried[ground]], key=12345)
        wins += int(near.clusters(identities, signatures, key=12345).representative[0] == 1)
    assert 8 <= wins <= 32


def weak_places(text, key):
    """Where in the letters of a text stand the shingles that its signature is made of."""
    found = near.letters(plain(text))
    shingles = [found[start : start + 12] for start in range(len(found) - 11)]
    thrown = minhash.output(minhash._hashes([found], key)[1], 1)
    best: dict[int, tuple[int, int]] = {}
    for place, value in enumerate(thrown.tolist()):
        best[value >> 57] = min(best.get(value >> 57, (MASK, 0)), (value % 2**57, place))
    assert len(best) == 128
    return [(place, shingles[place]) for _, place in best.values()]


def test_knowing_the_key_is_what_it_takes_to_hide_a_copy():
    text = "".join(written(random.Random(7), 4000).split(" "))
    hidden = list(text)
    for place, _ in weak_places(text, key=0)[:60]:
        hidden[place + 5] = "0"
    altered_text = "".join(hidden)
    assert near.likeness(text, altered_text) > Fraction(9, 10)
    assert matches(text, altered_text, key=0) < near.bands().matches_min
    assert matches(text, altered_text, key=1) >= near.bands().matches_min


def test_thousands_of_equal_signatures_are_no_burden():
    rng = np.random.default_rng(0)
    identities = rng.integers(0, 256, (30_000, 32), dtype=np.uint8)
    signatures = np.tile(noted([TEXT])[1], (30_000, 1))
    start = time.process_time()
    found = near.clusters(identities, signatures)
    assert time.process_time() - start < 5
    assert found.sizes.max() == 30_000


def test_a_crowd_is_cut_short_and_told(monkeypatch):
    rng = np.random.default_rng(0)
    identities = rng.integers(0, 256, (60, 32), dtype=np.uint8)
    signatures = rng.integers(0, 2**16, (60, 128)).astype(np.uint16)
    signatures[:, :5] = 7
    assert near.clusters(identities, signatures).crowded == 0
    monkeypatch.setattr(sys.modules[standing_order.__module__], "REPRESENTATIVES_MAX", 10)
    assert near.clusters(identities, signatures).crowded == 49  # the 11th of 60 in order leaves those after it
    assert near.clusters(identities[:11], signatures[:11]).crowded == 0


@pytest.mark.parametrize("count", [0, 1])
def test_no_document_and_one_stand_for_themselves(count):
    found = near.clusters(*noted([TEXT][:count]))
    assert (found.representative.tolist(), found.matches.tolist()) == ([0] * count, [128] * count)
    assert near.count(found) == {"distinct": count, "standing": count, "crowded": 0}


def test_documents_that_repeat_no_other_are_counted_and_the_rest_named():
    copies = [TEXT, TEXT.upper(), *(TEXT + " Ah!" * times for times in (1, 5, 3, 2, 4))]
    found = near.clusters(*noted([*copies, "Wheat prices doubled before Easter."]))
    assert near.count(found) == {"distinct": 8, "standing": 2, "crowded": 0}
    ((row, behind),) = near.worst(found)
    assert sorted([row, *behind]) == list(range(7))
    nearest = found.matches[behind].tolist()
    assert nearest == sorted(nearest, reverse=True)
    assert len(set(nearest)) > 2


# -- several sellers --------------------------------------------------------------------------------------------------


def offers(**texts):
    return {seller: noted(of) for seller, of in texts.items()}


def test_a_copy_cut_into_two_offers_and_altered_stands_with_its_original():
    chance = random.Random(9)
    texts = [written(chance, 60) for _ in range(40)]
    copied = [text.replace(text.split(" ")[30], "altered", 1).title() for text in texts]
    other = [written(chance, 60) for _ in range(20)]
    alone = near.across(offers(ada=texts, dan=other))
    assert alone.shared == {"ada": 0, "dan": 0}
    found = near.across(offers(ada=texts, ben=copied[:25], cy=copied[25:], dan=other))
    assert found.shared == {"ada": 40, "ben": 25, "cy": 15, "dan": 0}
    assert set(found.own.values()) == {0}
    datasets = [Dataset.of(of) for of in (texts, copied[:25], copied[25:], other)]
    representatives = near.read_representatives(datasets, found.behind())
    read = [{document.identity for document in near.standing_for(one, representatives)} for one in datasets]
    assert read[1] | read[2] == read[0]
    assert len(read[0]) == 40
    assert read[3] == {document.identity for document in datasets[3]}


def test_own_copies_are_counted_whatever_others_offer():
    texts = pool(11, originals=20)
    alone = near.across(offers(ada=texts))
    own = alone.own["ada"]
    assert alone.shared == {"ada": 0}
    assert 0 < own < len(texts) - 20 + 1
    assert near.across(offers(ada=texts, ben=texts[::2], cy=walk())).own["ada"] == own


def test_the_names_and_order_of_sellers_change_no_count():
    texts, others = pool(12, originals=15), pool(13, originals=5)
    first = near.across(offers(ada=texts[:30], ben=texts[30:], cy=others))
    second = near.across(offers(zoe=texts[:30], ben=texts[30:], cy=others))
    assert first.shared["ada"] == second.shared["zoe"] > 0
    assert first.shared["ben"] == second.shared["ben"]
    assert first.behind() == second.behind()


def test_nobody_offers_nothing():
    assert near.across({}).shared == {}
    assert near.across(offers(ada=[], ben=[])).shared == {"ada": 0, "ben": 0}


def test_a_standing_text_keeps_the_metadata_of_what_it_stands_for_and_is_read_once():
    first, second = Document("Market day!", {"date": "2020"}), Document("MARKET day", {"date": "2024"})
    stands = {first.identity: first, second.identity: first}
    dataset = Dataset(lambda: iter([second, first, Document("Rain"), Document("Rain")]))
    standing = near.standing_for(dataset, stands)
    for _ in range(2):
        read = list(standing)
        assert [document.text for document in read] == ["Market day!", "Rain", "Rain"]
        assert read[0].metadata == {"date": "2024"}


def test_half_a_surrogate_pair_stops_no_reader():
    texts = ["Market day \ud800 at nine", "market day at nine"]
    found = near.across(offers(ada=texts[:1], ben=texts[1:]))
    representatives = near.read_representatives([Dataset.of(texts)], found.behind())
    assert [len(list(near.standing_for(Dataset.of([text]), representatives))) for text in texts] == [1, 1]
    assert len(representatives) == 2


def test_representatives_do_not_depend_on_which_dataset_is_read_first():
    datasets = [Dataset.of(["Market  day at the harbour"]), Dataset.of(["Market day at the harbour"])]
    identity = Document("Market day at the harbour").identity
    texts = {
        near.read_representatives(order, {identity: identity})[identity].text for order in (datasets, datasets[::-1])
    }
    assert len(texts) == 1


def test_a_representative_that_nobody_offers_is_refused():
    with pytest.raises(OfferError, match="1 of 1 stand in no dataset"):
        near.read_representatives([Dataset.of(["Rain"])], {b"a": b"b"})


# -- real text --------------------------------------------------------------------------------------------------------


def test_real_near_copies_are_found_and_only_those(data_folder):
    from pyarrow.parquet import read_table

    answers = read_table(data_folder / "medquad.parquet", columns=["answer"])["answer"].to_pylist()
    texts = sorted({plain(answer) for answer in answers if answer and answer.startswith("What are the signs")})
    texts = texts[140:260]  # neighbours in the alphabet, of one template
    shingles = [minhash._shingles(near.letters(text)) for text in texts]
    found = near.clusters(*noted(texts))
    behind = np.flatnonzero(~found.standing)
    assert len(behind) > 5
    for row in behind.tolist():
        a, b = shingles[row], shingles[found.representative[row]]
        exact = len(a & b) / len(a | b)
        assert exact > 0.67
        assert abs(exact - found.matches[row] / 128) < 4.5 * 0.044
    for a, b in combinations([shingles[row] for row in np.flatnonzero(found.standing)], 2):
        assert len(a & b) < 0.93 * len(a | b)
