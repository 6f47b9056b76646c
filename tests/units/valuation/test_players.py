"""Who plays: datasets, copies as one, or documents, so that no second name is a second player."""

import random
from fractions import Fraction

import numpy as np
import pytest

from evenhand.records import Dataset, Document
from evenhand.valuation import estimates, evaluate, shelf
from evenhand.valuation.players import documents, whole


def held(found):
    """The players: who holds each, and its texts."""
    return [
        (holders, [document.text for document in player])
        for holders, player in zip(found.holders, found.datasets, strict=True)
    ]


def numbered(count, start=0):
    return [f"text {number}" for number in range(start, start + count)]


def redundant(masks):
    """A game of decreasing returns: the more there is, the less each document adds."""
    return np.sqrt(masks.sum(axis=1))


def valued(parts, **asked):
    """The value of each of some lists of texts, where documents play."""
    found = documents([Dataset.of(part) for part in parts], **asked)
    sizes = np.array([len(list(player)) for player in found.datasets])
    masses = lambda masks: np.sqrt(masks @ sizes)  # noqa: E731
    values = evaluate(masses, found.holders, method="data_shapley", permutations=50, seed=1, unit=found.unit)
    return [estimate.value for estimate in estimates(values, seed=1)]


def test_datasets_of_the_same_content_are_one_player():
    one, two = Dataset.of(["a"]), Dataset.of(["b"])
    found = whole([one, two, one], ["sha:1", "sha:2", "sha:1"])
    assert held(found) == [((0, 2), ["a"]), ((1,), ["b"])]
    assert found.unit == 0


def test_each_distinct_document_is_one_player_of_all_who_offer_it():
    found = documents([Dataset.of(["a", "b", "a "]), Dataset.of(["b"]), Dataset.of(["c", "a"])])
    assert sorted(held(found)) == [((0, 1), ["b"]), ((0, 2), ["a"]), ((2,), ["c"])]
    assert found.unit == 1


@pytest.mark.parametrize("parts", [2, 3, 7])
def test_the_same_documents_are_the_same_players_in_the_same_order_under_however_many_names(parts):
    whole_one, other = numbered(40), numbered(9, start=90)
    split = [whole_one[start::parts] for start in range(parts)]
    once = [texts for _, texts in held(documents([Dataset.of(whole_one), Dataset.of(other)]))]
    assert [texts for _, texts in held(documents([Dataset.of(part) for part in (*split, other)]))] == once


def test_the_order_of_the_players_hangs_on_all_documents_together():
    orders = [
        [texts for _, texts in held(documents([Dataset.of(numbered(9)), Dataset.of([last])]))] for last in "abcdef"
    ]
    assert len({tuple(text for (text,) in order if len(text) > 1) for order in orders}) > 1


@pytest.mark.parametrize(("count", "unit", "players"), [(10, 1, 10), (20, 1, 20), (21, 2, 11), (95, 5, 19)])
def test_of_more_documents_than_may_play_some_stand_together(count, unit, players):
    found = documents([Dataset.of(numbered(count))], units_max=20)
    sizes = [len(texts) for _, texts in held(found)]
    assert (found.unit, len(sizes), sum(sizes), max(sizes)) == (unit, players, count, unit)


def test_only_documents_of_the_same_holders_stand_together():
    found = documents([Dataset.of(numbered(30)), Dataset.of(numbered(30, start=20))], units_max=10)
    for holders, player in held(found):
        places = [int(text.split()[1]) for text in player]
        wanted = {(0,): range(20), (0, 1): range(20, 30), (1,): range(30, 50)}[holders]
        assert set(places) <= set(wanted)


def test_nobody_has_no_player():
    assert held(documents([Dataset.of([])])) == []


@pytest.mark.parametrize(
    "again", [lambda own: [own[::2], own[1::2]], lambda own: [own, own[:7]], lambda own: [own] * 3]
)
@pytest.mark.parametrize("seed", range(3))
def test_parts_copies_and_second_names_of_what_nobody_else_has_change_no_value(again, seed):
    own, other = numbered(24), numbered(11, start=50)
    random.Random(seed).shuffle(own)
    before, of_other = valued([own, other])
    *found, still = valued([*again(own), other])
    assert (sum(found), still) == (before, of_other)


def test_what_two_offers_hold_is_shared_evenly():
    (one, both, two) = valued([["a"], ["b"], ["c"]])
    first, second = valued([["a", "b"], ["b", "c"]])
    assert (first, second) == (one + both / 2, two + both / 2)


def test_values_of_documents_sum_to_that_of_all():
    found = valued([numbered(30), numbered(30, start=15), numbered(5, start=90)])
    assert sum(found) == Fraction(round(50**0.5 * 10**6), 10**6)


def test_a_part_under_a_second_name_gains_next_to_nothing_where_documents_stand_together():
    own, other = numbered(200), numbered(100, start=500)
    before, _ = valued([own, other], units_max=60)
    for parts in ([own[::2], own[1::2]], [own, own[::3]]):
        *found, _ = valued([*parts, other], units_max=60)
        assert abs(float(sum(found) / before) - 1) < 0.02


@pytest.mark.parametrize("most", [0, 2**20])
def test_a_shelf_gives_back_what_was_put_there_whether_in_memory_or_not(most, monkeypatch):
    monkeypatch.setattr(shelf, "HELD_BYTES", most)
    put_aside = shelf.Shelf()
    put = [Document("one\ntwo", {"date": "2026"}), Document("drei \ud800"), Document(""), Document("四")]
    places = [put_aside.put(document) for document in put[:2]]
    assert list(put_aside.dataset(places[:1])) == put[:1], "read before the next is put"
    places += [put_aside.put(document) for document in put[2:]]
    backwards = put_aside.dataset(places[::-1])
    assert list(backwards) == list(backwards) == put[::-1]
