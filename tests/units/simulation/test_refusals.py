"""What no function of the simulation takes is refused by name, all of it at once, and before anything is drawn."""

import tracemalloc
import warnings
from dataclasses import replace

import numpy as np
import pytest

from evenhand.errors import OfferError
from evenhand.experiment import Experiment, run_experiment
from evenhand.simulation import (
    Participation,
    Regime,
    RepeatedMarket,
    auction,
    by_budget,
    compare,
    current,
    division_of_surplus,
    fairness_table,
    memory,
    posted,
    reduced,
    simulate,
    summarise,
    threshold,
    threshold_map,
    thresholds,
    total,
)
from evenhand.simulation.bellman import Distribution, assumption_2, ideal_price_is_best, value, value_of_path
from evenhand.simulation.horizon import (
    advantages,
    cumulative_net_utility,
    falls_with_discount,
    horizon,
    single_crossing,
)
from evenhand.simulation.participation import LINEAR, assumption_1, exponential, own
from evenhand.simulation.regimes import Cleared
from evenhand.simulation.staying import loss_at_least, staying
from evenhand.simulation.summary import band

SMALL = RepeatedMarket(sellers=3, periods=4)
BOTH = compare(SMALL, ["fairshare", "reduced"], replications=3)
FAIR, LESS = BOTH["fairshare"], BOTH["reduced"]
DRAWN = Distribution([3.0, 1.0], [2.0, 2.0])
TWO = {"replications": 2, "seed": 0}

NOTHING = {
    "text": "abc",
    "digits": "5",
    "none": None,
    "nan": float("nan"),
    "below 0": -1,
    "complex": 1j,
    "object": object(),
    "nan of numpy": np.float64("nan"),
    "below 0 of numpy": np.int64(-3),
    "beyond": 10**400,
    "beyond what is written out": 10**5000,
    "texts": ["a", "b"],
    "nones": [None],
    "nans": [float("nan")],
    "below 0, some": [-1.0, 2.0],
    "ragged": [[1], [1, 2]],
    "text in an array": np.array(["a"]),
    "bytes": b"ab",
}
"""What is no number, no amount, no name, no list and no function."""


def taking(work, **usual):
    """Give for each argument a call with all others as usual."""
    return [
        pytest.param(name, lambda given, name=name: work(**{**usual, name: given}), id=f"{label(work)}-{name}")
        for name in usual
    ]


def label(work):
    return getattr(work, "label", getattr(work, "__name__", "work"))


def made(name, work):
    work.label = name
    return work


MADE = [
    *taking(
        made("RepeatedMarket", lambda **given: RepeatedMarket(**given)),
        utilities=1.0,
        budgets=[(0.5, 0.5)],
        sellers=3,
        periods=4,
        costs=0.0,
        participation=LINEAR,
        away=1,
        buying="final",
        given_away=False,
    ),
    *taking(simulate, market=SMALL, regime="fairshare", **TWO),
    *taking(compare, market=SMALL, regimes=["reduced"], batch=1, **TWO),
    *taking(SMALL.draws, seed=0, replications=range(2)),
    *taking(reduced, part=0.5),
    *taking(current, part=0.5),
    *taking(posted, price=lambda moment: moment.ideal, name="own", description="my own"),
    *taking(summarise, history=FAIR, discount=0.9),
    *taking(total, history=FAIR, discount=0.9),
    *taking(auction, rule="proportional_share", compared_with="cost", name="own"),
    *taking(threshold, ideal=FAIR, other=LESS, discount=0.9, buyer=0),
    *taking(thresholds, histories=BOTH, discount=0.9, buyer=0),
    *taking(band, samples=[1.0, 2.0]),
    *taking(threshold_map, market=SMALL, functions=[LINEAR], discounts=[0.9], regime="reduced", buyer=0, **TWO),
    *taking(division_of_surplus, market=SMALL, regimes=["reduced"], buyers=[1], **TWO),
    *taking(by_budget, market=SMALL, regimes=["reduced"], budgets=[0.5], discount=0.9, **TWO),
    *taking(
        fairness_table,
        utility=[1.0, 2.0],
        costs=[0.1, 0.1],
        budget=2.0,
        regimes=["reduced"],
        mechanisms=["proportional_share"],
        orders=5,
        seed=0,
    ),
    *taking(exponential, k=1.0),
    *taking(own, name="own", of_ratio=lambda r: r, formula="r"),
    *taking(staying, chances=[0.5]),
    *taking(loss_at_least, chances=[0.5]),
    *taking(assumption_1, participation=LINEAR),
    *taking(advantages, utility=[3.0], budget=[2.0], price=[1.0], participation=LINEAR),
    *taking(horizon, advantage=[1.0], discount=0.9),
    *taking(falls_with_discount, advantage=[1.0], discounts=[0.9]),
    *taking(single_crossing, advantage=[1.0]),
    *taking(
        cumulative_net_utility,
        price=[1.0],
        utility=3.0,
        ideal=2.0,
        periods=3,
        participation=LINEAR,
        discount=0.9,
    ),
    *taking(Distribution, utility=[1.0, 2.0], budget=[1.0, 2.0], chances=[0.5, 0.5]),
    *taking(value, distribution=DRAWN, discount=0.9, participation=LINEAR),
    *taking(value_of_path, utility=[1.0], budget=[1.0], discount=0.9, participation=LINEAR),
    *taking(assumption_2, distribution=DRAWN, discount=0.9, participation=LINEAR),
    *taking(ideal_price_is_best, distribution=DRAWN, discount=0.9, participation=LINEAR),
]
FINE = {
    "advantage": {"below 0, some"},
    "samples": {"below 0, some"},
    "name": {"text", "digits"},
    "description": {"text", "digits"},
    "formula": {"text", "digits"},
    "chances": {"none"},
}
"""argument -> what of all this it takes."""
CALLED = {
    "ideal": "history",
    "other": "history",
    "functions": "participation",
    "samples": "replications",
    "regimes": "regime",
}
"""argument -> how a refusal calls it, where it is not by its own name."""


@pytest.mark.parametrize(("argument", "call"), MADE)
def test_what_is_nothing_of_the_kind_is_refused_by_name(argument, call):
    for kind, given in NOTHING.items():
        if kind in FINE.get(argument, ()):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(OfferError) as refusal:
                call(given)
        names = {argument, argument.removesuffix("s"), CALLED.get(argument, argument)}
        for problem in refusal.value.problems:
            assert any(name in problem.where for name in names), (kind, str(problem))
            assert problem.found, kind
            assert problem.bound, kind
            assert problem.remedy[-1] == ".", kind


def test_truth_values_are_no_numbers():
    for call in (
        lambda: RepeatedMarket(sellers=True, away=True),
        lambda: simulate(SMALL, replications=True, seed=np.bool_(False)),
        lambda: reduced(True),
        lambda: summarise(FAIR, True),
        lambda: threshold(FAIR, LESS, 0.9, buyer=False),
        lambda: Distribution([True], [1.0]),
    ):
        with pytest.raises(OfferError):
            call()


@pytest.mark.parametrize("given", [range(0), range(-1, 3), range(10**30), range(10**5000), range(10**5000, 1, -1)])
def test_a_range_that_numbers_no_replications_is_refused(given):
    with pytest.raises(OfferError, match=r"^replications: run from .*; they are one or more, numbered from 0"):
        SMALL.draws(seed=0, replications=given)


def test_lists_may_be_generators_which_are_read_once():
    market = RepeatedMarket(budgets=((part, part) for part in (0.5, 1.0)), sellers=2, periods=3)
    assert market.buyers == 2
    assert simulate(market, replications=2).budget.shape == (2, 3, 2)
    assert [*compare(market, (name for name in ("reduced", "random")), replications=2)] == ["reduced", "random"]


def test_all_mistakes_are_named_at_once():
    with pytest.raises(OfferError) as refusal:
        threshold_map(SMALL, ["linear"], [0.0, 2.0], regime="fair", replications=1, seed=-1)
    places = [problem.where for problem in refusal.value.problems]
    assert places == ["participation", "discount", "discount", "regime", "replications", "seed"]


@pytest.mark.parametrize("price", [-1.0, float("nan"), "much", None, np.ones(7), [[1], [1, 2]]], ids=repr)
def test_a_price_of_your_own_that_is_none_is_refused(price):
    with pytest.raises(OfferError, match="the price of own"):
        simulate(SMALL, posted("own", "my own", lambda moment: price), replications=2)


# -- how large --------------------------------------------------------------------------------------------------------


def never(*args):
    raise AssertionError("something was drawn")


UNDRAWN = replace(SMALL, utilities=never, costs=never)


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: simulate(UNDRAWN, replications=10**9), ["replications: 1,000,000,000 take", "4.3 GB", "or fewer."]),
        (lambda: compare(UNDRAWN, replications=10**8, batch=1), ["replications: 100,000,000 take"]),
        (lambda: UNDRAWN.draws(seed=0, replications=range(10**8)), ["replications: 100,000,000 take", "at a time."]),
        (lambda: RepeatedMarket(sellers=10**6), ["market: takes 6.5 GB in one replication", "Use fewer sellers"]),
        (lambda: RepeatedMarket(periods=10**9), ["market: takes", "Use fewer sellers, buyers or periods."]),
        (lambda: threshold_map(UNDRAWN, replications=10**9), ["replications: 1,000,000,000 take"]),
        (lambda: by_budget(UNDRAWN, ["reduced"], replications=10**9), ["replications: 1,000,000,000 take"]),
        (lambda: division_of_surplus(UNDRAWN, replications=10**9), ["replications: 1,000,000,000 take"]),
        (lambda: division_of_surplus(UNDRAWN, buyers=[1, 10**9]), ["market: takes"]),
        (lambda: fairness_table([1.0], [0.0], 1.0, orders=10**9), ["orders: are 1,000,000,000, and take 96.0 GB"]),
    ],
)
def test_what_is_too_large_is_refused_before_anything_is_drawn(work, words):
    with pytest.raises(OfferError) as refusal:
        work()
    for word in words:
        assert word in str(refusal.value)


def test_as_many_replications_as_the_refusal_allows_are_taken_and_no_more():
    one = SMALL.memory
    for regimes in (1, 4):
        [problem] = one.too_much(10**9, regimes)
        allowed = int(problem.remedy.split()[1].replace(",", ""))
        assert not one.too_much(allowed, regimes)
        assert one.too_much(allowed + 1, regimes)


@pytest.mark.parametrize("buying", ["final", "reconsidered"])
@pytest.mark.parametrize("buyers", [1, 4])
def test_a_simulation_takes_no_more_memory_than_is_reckoned_and_not_much_less(buying, buyers):
    market = RepeatedMarket(budgets=((0.5, 1.0),) * buyers, sellers=9, periods=60, buying=buying)
    compare(market, replications=2)
    tracemalloc.start()
    compare(market, replications=700)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    reckoned = market.memory.taken(700, 4)
    assert 0.4 * reckoned < peak < reckoned


def test_results_do_not_depend_on_how_little_memory_there_is(monkeypatch):
    usual = compare(SMALL, ["random"], replications=5)["random"]
    monkeypatch.setattr(memory, "BATCH_BYTES", 1)
    assert SMALL.memory.batch() == 1
    scarce = compare(SMALL, ["random"], replications=5)["random"]
    for field, array in vars(usual).items():
        assert (getattr(scarce, field) == array).all(), field


# -- what is your own -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Participation("a", "b", lambda r: 5, lambda w: 1.0, 1), "a(0): is 5.0; a chance is a number, 0 to 1."),
        (lambda: Participation("a", "b", lambda r: r, lambda w: 5, 1), "best_ratio(0): is 5.0; a ratio is a number"),
        (lambda: Participation("a", "b", lambda r: "r", lambda w: 1.0, 1), 'a: gives "r"; it is a chance for each'),
        (lambda: Participation("a", "b", 5, 6, 7), "of_ratio: is 5; it is a function of ratios."),
        (lambda: Participation("a", "b", 5, 6, 7), "best_ratio: is 6; it is a function of gains."),
        (lambda: Participation("a", "b", 5, 6, 7), "steepness: is 7; it is between 0 and 1."),
        (lambda: LINEAR("x", 1), 'price: is "x"; they are amounts of money'),
        (lambda: LINEAR(float("nan"), 1), "price: is nan; amounts of money are 0 or more"),
        (lambda: LINEAR([1.0, 2.0], [1.0, 2.0, 3.0]), "price, ideal: have shapes (2,) and (3,)"),
        (lambda: LINEAR(10**5000, 1), "price: is a number of over 30 digits"),
        (lambda: Regime("a", "b", 5), "clear: is 5; it is a function of a period"),
        (
            lambda: simulate(SMALL, Regime("a", "b", lambda *_: 5), replications=2),
            'what "a" clears: is 5; it is a Clear',
        ),
        (
            lambda: simulate(SMALL, Regime("a", "b", lambda *_: Cleared(np.ones(1), 0, 0)), replications=2),
            'what "a" clears: bought: has shape (1,); it has (2, 1, 3).',
        ),
        (lambda: simulate(SMALL, reduced), 'regime: is the function "reduced"; it is a Regime, or one of: fairshare'),
        (lambda: compare(SMALL, [auction]), "Call it: auction()."),
        (lambda: compare(SMALL, [lambda moment: moment.ideal]), 'Use `posted("own", "my own", price)`.'),
        (lambda: RepeatedMarket(sellers=3, costs=[1]), "costs: are 1 number in brackets; there are 3 sellers."),
        (lambda: RepeatedMarket(sellers=3, utilities=[5]), "utilities: are 1 number in brackets; there are 3 sellers."),
        (lambda: run_experiment(None), "experiment: is None; it is an Experiment."),
    ],
)
def test_what_your_own_functions_give_is_refused_once_with_a_remedy(make, said):
    with pytest.raises(OfferError) as refusal:
        make()
    assert said in str(refusal.value)


def test_a_wrong_experiment_is_refused_by_all_that_is_wrong():
    with pytest.raises(OfferError) as refusal:
        run_experiment(Experiment("", SMALL, ("a", "b"), (reduced,), (2.0,), 1, -1, {}))
    places = [problem.where for problem in refusal.value.problems]
    assert places == ["regime", "discount", "replications", "seed"]
    with pytest.raises(OfferError, match="buyers: are 2 names; the market has 1"):
        run_experiment(Experiment("", SMALL, ("a", "b"), (reduced(),), (0.9,), 2, 0, {}))


def test_one_number_may_stand_for_all_sellers():
    assert RepeatedMarket(sellers=3, utilities=5, costs=1).draws(seed=0, replications=range(1)).utility.shape[-1] == 3
