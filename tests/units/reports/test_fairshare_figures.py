"""The figures of [FairShare25]: what they draw and say follows from their files, by rules written out again."""

import json
from dataclasses import replace
from itertools import pairwise
from math import exp

import numpy as np
import pytest

from evenhand.reports.reproductions import FIGURES
from evenhand.reports.reproductions.fairshare import (
    figure_2,
    figure_3,
    figure_4,
    figure_6,
    figures_9_to_11,
    figures_12_and_13,
)
from evenhand.reports.reproductions.fairshare.questions import TASKS, questions
from evenhand.reports.reproductions.fairshare.repeated import Setup
from evenhand.reports.reproductions.fairshare.scores import MODELS, scores
from evenhand.reports.reproductions.page import numbers

SMALL = Setup(on_sale=30, validation=30, periods=60, replications=25)
PAYS_LESS = ("reduced", "random", "current")


def quickly(module, **settings):
    return module.recompute(lambda done, total: None, module.Config(**settings))


@pytest.fixture(scope="module")
def four():
    return quickly(figure_4, setup=SMALL)


@pytest.fixture(scope="module")
def six():
    return quickly(figure_6, setup=SMALL)


def curves(figure, title):
    (panel,) = (panel for panel in figure.panels if panel.title.startswith(title))
    return {curve.label: np.array(curve.y) for curve in panel.curves}


# -- texts and scores -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_texts_differ_have_no_gap_left_and_begin_alike_however_many_there_are(task):
    made = questions(task, 400, seed=3)
    assert len(set(made)) == 400
    assert not any("{" in text or "}" in text for text in made)
    assert questions(task, 25, seed=3) == made[:25] != questions(task, 25, seed=4)


@pytest.mark.parametrize("task", TASKS)
def test_every_gap_has_phrases_and_every_phrase_a_gap(task):
    gaps = {piece.split("}")[0] for pattern in TASKS[task].patterns for piece in pattern.split("{")[1:]}
    assert gaps == set(TASKS[task].phrases)


@pytest.mark.parametrize("model", MODELS)
def test_scores_are_parts_of_the_highest_and_change_with_the_texts(model):
    found = scores("mathematics", model, on_sale=40, validation=40, seed=0)
    assert found.min() >= 0, "single words mislead in mathematics"
    assert found.max() == 1
    assert len(set(found)) > 20
    assert (scores("mathematics", model, on_sale=40, validation=40, seed=1) != found).any()


def test_models_disagree():
    found = [scores("mathematics", model, on_sale=40, validation=40, seed=0) for model in MODELS]
    assert len({tuple(np.argsort(each)) for each in found}) == len(MODELS)


# -- figure 2 ---------------------------------------------------------------------------------------------------------


def test_figure_2_adds_up_what_a_buyer_keeps_while_the_seller_is_there():
    figure = quickly(figure_2)
    kept, there = curves(figure, "Buyer"), curves(figure, "Seller")
    for label, part in (("ideal", 1.0), ("reduced", 0.5), ("nearly ideal", 0.9)):
        chance = exp(-2.5 * (1 - part))
        left = [chance**t for t in range(20)]
        assert there[label] == pytest.approx(left)
        assert kept[label] == pytest.approx(np.cumsum([each * (2.25 - part * 2.0) for each in left]))
    for label, key in (("reduced", "reduced"), ("nearly ideal", "nearly_ideal")):
        behind = np.flatnonzero(kept["ideal"] <= kept[label])
        assert behind[-1] == figure.numbers[f"{key}_until"]
        part = {"reduced": 0.5, "nearly_ideal": 0.9}[key]
        endless = sum(exp(-2.5 * (1 - part)) ** t * (2.25 - part * 2.0) for t in range(400))
        assert figure.numbers[f"{key}_limit"] == pytest.approx(endless)
        assert figure.numbers[f"{key}_stays"] == pytest.approx(exp(-2.5 * (1 - part)))
        assert figure.numbers[f"{key}_lost_at_least"] <= 1 - there[label][-1]


def test_figure_2_draws_the_profit_of_each_seller_beside_the_prices_so_far():
    """By hand: A is worth 8 and 5 to the buyers; beside A at 5, D is worth 3 more to the first, and 7 to the second."""
    figure = quickly(figure_2)
    for title, most in (("Profit of S1", (8, 5)), ("Profit of S2", (3, 7))):
        x = np.array(figure.panels[2].curves[0].x)
        wanted = [price * sum(price <= each for each in most) - 1 for price in x]
        assert curves(figure, title)["profit"] == pytest.approx(wanted)
    n = figure.numbers
    assert (n["price_1"], n["reckoned_1"], n["profit_1"]) == (5, 9, 4)
    assert (n["price_2"], n["reckoned_2"], n["profit_2"]) == (7, 6, 6)


# -- figure 3 ---------------------------------------------------------------------------------------------------------


def test_figure_3_breaks_at_the_ideal_price_under_the_grim_trigger_alone():
    figure = quickly(figure_3)
    price = np.array(figure.panels[0].curves[0].x)
    place = int(np.flatnonzero(price == 1.0)[0])
    for label, row in curves(figure, "Grim trigger").items():
        periods = int(label.removeprefix("T = "))
        assert row[price < 1] == pytest.approx(3 - price[price < 1])
        assert row[price >= 1] == pytest.approx(periods * (3 - price[price >= 1]))
    jumps = {label: row[place] - row[place - 1] for label, row in curves(figure, "Other ways").items()}
    assert jumps["grim trigger"] > 10
    assert all(jump < 1 for label, jump in jumps.items() if label != "grim trigger")


# -- the simulations --------------------------------------------------------------------------------------------------


def test_figure_4_marks_the_last_period_in_which_paying_less_was_worth_more(four):
    for budget in ("High", "Low"):
        rows = curves(four, f"{budget}-budget")
        for regime in PAYS_LESS:
            behind = np.flatnonzero(rows["fairshare"] <= rows[regime])
            assert behind[-1] == four.numbers[f"{budget.lower()}_{regime}_until"]


def test_figure_4_keeps_all_sellers_under_fairshare_and_loses_them_otherwise(four):
    rows = curves(four, "Sellers in the market")
    assert (rows["fairshare"] == SMALL.sellers).all()
    for regime in PAYS_LESS:
        assert (np.diff(rows[regime]) <= 0).all()
        assert rows[regime][-1] < 1
    profit = curves(four, "Sellers' mean profit")
    assert all(profit["fairshare"][-1] > 5 * profit[regime][-1] for regime in PAYS_LESS)


def test_figure_4_says_who_is_ahead_to_the_end_where_nobody_crosses():
    short = quickly(figure_4, setup=replace(SMALL, periods=3, replications=20))
    assert "reduced prices to the end" in short.finds[0]
    assert not any(panel.marks for panel in short.panels)


def test_figure_6_finds_that_fairshare_pays_off_sooner_the_more_the_future_counts(six):
    late = [six.numbers[f"at_{discount:g}_reduced_until"] for discount in sorted(figure_6.PAPER)]
    assert all(later <= earlier for earlier, later in pairwise(late))
    assert late[0] > late[-1]


def test_figure_6_grim_sellers_make_it_pay_off_first_and_those_by_the_square_root_last(six):
    rows = curves(six, "t* against reduced")
    order = ("grim trigger", "exponential", "linear", "square root")
    for sooner, later in pairwise(order):
        assert (rows[sooner] <= rows[later]).all()
    assert (rows["grim trigger"] < rows["square root"]).all()


@pytest.mark.parametrize("task", figures_9_to_11.NUMBERED)
def test_figures_9_to_11_draw_a_market_for_each_model(task):
    figure = quickly(figures_9_to_11, task=task, setup=replace(SMALL, periods=8, replications=10))
    assert figure.name == f"fairshare-{figures_9_to_11.NUMBERED[task]}"
    assert len(figure.panels) == 4 * len(MODELS)
    utilities = [panel.curves for panel in figure.panels if "budget, " in panel.title and "High" in panel.title]
    assert len(set(utilities)) == len(MODELS), "no model is drawn twice"
    assert TASKS[task].stands_for in figure.shows


def test_figure_9_of_one_model_is_figure_4():
    small = replace(SMALL, periods=6, replications=5)
    nine, four = quickly(figures_9_to_11, setup=small), quickly(figure_4, setup=small)
    for ours, theirs in zip(nine.panels[:4], four.panels, strict=True):
        assert ours.curves == theirs.curves


def test_figures_12_and_13_count_no_more_texts_than_there_are_sellers_and_fall_where_less_is_paid():
    small = replace(SMALL, periods=12, replications=5)
    for budget in figures_12_and_13.NUMBERED:
        figure = quickly(figures_12_and_13, budget=budget, setup=small)
        assert len(figure.panels) == len(TASKS) * len(MODELS)
        for panel in figure.panels:
            rows = {curve.label: np.array(curve.y) for curve in panel.curves}
            assert all((row <= SMALL.sellers).all() for row in rows.values())
            assert rows["fairshare"][-1] > 5 * max(rows[regime][-1] for regime in PAYS_LESS)


def test_a_small_budget_leaves_a_text_unsold_more_often():
    small = replace(SMALL, periods=2, replications=20)
    high, low = (quickly(figures_12_and_13, budget=budget, setup=small) for budget in ("high", "low"))
    first = {figure.name: curves(figure, "Medicine, trigrams")["fairshare"].mean() for figure in (high, low)}
    assert first["fairshare-13"] < first["fairshare-12"]


def test_another_seed_gives_another_figure_and_the_same_seed_the_same(four):
    assert numbers(quickly(figure_4, setup=SMALL)) == numbers(four)
    other = numbers(quickly(figure_4, setup=replace(SMALL, seed=1, replications=2)))
    assert json.loads(other)["panels"] != json.loads(numbers(four))["panels"]


def test_names_say_which_paper_s_numbers_they_are():
    assert {name for name in FIGURES if name.startswith("fairshare-")} == {
        f"fairshare-{number}" for number in (2, 3, 4, 6, 9, 10, 11, 12, 13)
    }


@pytest.mark.sweep
def test_each_figure_takes_twenty_seconds_at_most():
    from time import process_time

    for name in (name for name in FIGURES if name.startswith("fairshare-")):
        start = process_time()
        FIGURES[name](lambda done, total: None)
        assert process_time() - start < 20, name
