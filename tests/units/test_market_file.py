"""MARKET.toml says what it means, exactly, and every mistake in it is named at once."""

import itertools
import re
import textwrap
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pytest

from evenhand import market_file
from evenhand.errors import OfferError
from evenhand.experiment import run_experiment
from evenhand.market_file import read_experiment, read_market, repeated, tables
from evenhand.market_file.amounts import DECIMALS_MAX, PLAIN_MAX
from evenhand.market_file.file import _keys
from evenhand.market_file.regimes import KNOWN, OF_ITS_OWN
from evenhand.markets.posted import Buyer, posted_price, sequential_prices
from evenhand.markets.posted.repricing import ROUNDS_MAX
from evenhand.markets.royalties import best_rate, sequential_rates
from evenhand.pricing import PostedMarket, Unit, price_posted, price_royalties
from evenhand.simulation import auction, compare, reduced, summarise, thresholds
from evenhand.simulation.auctions import COMPARED, SUITED, Auction
from evenhand.simulation.participation import exponential
from evenhand.simulation.periods import Period
from evenhand.simulation.regimes import Terms

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

POSTED = """
    [market]
    name = "notes"
    kind = "posted_prices"

    [[sellers]]
    name = "archive"
    price = "9.00 EUR"
    cost = "1.00 EUR"

    [[sellers]]
    name = "clinic"

    [[buyers]]
    name = "alder"
    budget = "10.00 EUR"
    utility = { archive = "10.00 EUR", clinic = "8.00 EUR" }
    together = { "clinic + archive" = "-7.50 EUR" }
"""
ROYALTIES = """
    [market]
    name = "rates"
    kind = "royalties"

    [[sellers]]
    name = "archive"
    rate = 0.3

    [[sellers]]
    name = "clinic"
    cost = 0.05

    [[buyers]]
    name = "alder"
    outside = 0.85
    bundles = { "clinic" = 1, "archive + clinic" = 1.52 }
"""
REPEATED = """
    [market]
    name = "again"
    kind = "repeated"
    sellers = 3
    periods = 12

    [[buyers]]
    name = "alder"
    budget = [0.95, 1.0]

    [simulation]
    replications = 20
    discounts = [0.99, 0.9]
    regimes = ["fairshare", "reduced"]
"""


@pytest.fixture
def written(tmp_path):
    """Write a file and give its path; pairs of what stands in the text and what shall stand there."""

    def write(text, *changes):
        text = textwrap.dedent(text)
        for old, new in changes:
            assert old in text, f"{old!r} is not in the text"
            text = text.replace(old, new)
        path = tmp_path / "MARKET.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


# -- what is read -----------------------------------------------------------------------------------------------------


def test_the_smallest_numbers_that_are_named_are_taken(written):
    smallest = written(
        REPEATED, ("[0.99, 0.9]", "[0.000000001]"), ("[simulation]", "[participation]\nk = 1e-6\n[simulation]")
    )
    experiment = read_experiment(smallest)
    assert experiment.discounts == (1e-9,)
    assert experiment.market.participation.formula == exponential(1e-6).formula


def test_money_is_counted_in_cents(written):
    market = read_market(written(POSTED))
    assert market.unit == Unit(2, "EUR")
    assert (market.seller_names, market.costs, market.prices, market.order) == (
        ("archive", "clinic"),
        (100, 0),
        (900, inf),
        (1,),
    )
    (buyer,) = market.buyers
    assert [buyer.utility.of(bundle, 2) for bundle in ((), (0,), (1,), (0, 1))] == [0, 1000, 800, 1050]
    assert (buyer.budget, market.tick, market.grid) == (1000, 1, None)


def test_plain_numbers_are_counted_in_the_last_decimal_of_the_file(written):
    plain = [(f'"{amount}.00 EUR"', amount) for amount in ("9", "1", "10", "8")]
    market = read_market(written(POSTED, *plain, ('"-7.50 EUR"', "-7.125")))
    assert market.unit == Unit(3)
    assert (market.prices[0], market.buyers[0].budget, market.buyers[0].utility.of((0, 1), 2)) == (9000, 10000, 10875)


def test_the_erratum_market_has_its_true_willingness(written):
    priced = price_posted(read_market(written(POSTED)))
    assert priced.arrival.willingness == ((700,),)


def test_a_rate_is_the_decimal_that_is_written(written):
    market = read_market(written(ROYALTIES))
    assert market.rates == (Fraction(3, 10), None)
    assert market.buyers[0].rate_max == 1
    assert read_market(written(ROYALTIES, ("bundles =", "rate_max = 0.25\nbundles ="))).buyers[0].rate_max == Fraction(
        1, 4
    )
    assert price_royalties(market).arrival.rates[1] == Fraction(8, 65)


def test_who_arrives_does_so_in_the_order_of_the_file_or_as_stated(written):
    third = '[[sellers]]\nname = "registry"\n\n[[buyers]]'
    assert read_market(written(POSTED, ("[[buyers]]", third))).order == (1, 2)
    stated = written(POSTED, ("[[buyers]]", third))
    stated.write_text(stated.read_text() + '[arrival]\norder = ["registry", "clinic"]\n')
    assert read_market(stated).order == (2, 1)


def listed(table):
    """A market in which three sellers arrive, and one buyer has a table of bundles and no budget."""
    sellers = "".join(f'[[sellers]]\nname = "{name}"\n' for name in "abc")
    bundles = ", ".join(f'"{name}" = {worth}' for name, worth in table.items())
    return (
        f'[market]\nname = "x"\nkind = "posted_prices"\n{sellers}[[buyers]]\nname = "lab"\nbundles = {{ {bundles} }}\n'
    )


def test_a_bundle_that_is_not_listed_is_worth_the_best_inside_it(written):
    worth = read_market(written(listed({"": 1, "a": 7, "b": 4, "a + b": 9}))).buyers[0].utility
    assert [worth(bundle) for bundle in ((), (0,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2))] == [1, 7, 1, 9, 4, 7, 9]


def test_a_budget_that_is_left_out_binds_nowhere(written):
    rng = np.random.default_rng(5)
    for _ in range(60):
        bundles = [each for size in range(4) for each in itertools.combinations("abc", size)]
        table = {bundle: int(rng.integers(-9, 30)) for bundle in bundles}
        market = read_market(written(listed({" + ".join(bundle): worth for bundle, worth in table.items()})))
        free = price_posted(market)
        ample = sum(map(abs, table.values()))  # more than any purchase is worth
        limited = sequential_prices([Buyer(market.buyers[0].utility, 2 * ample)], market.costs)
        assert market.buyers[0].budget == inf
        assert free.arrival == limited
        assert all(isinstance(price, int) for price in (*free.arrival.prices, *free.repricing.prices) if price < inf)


def test_settings_of_a_repeated_market_reach_it(written):
    more = (
        (
            "periods = 12",
            'periods = 12\nutilities = [1, 2.5, 3]\ncosts = 0.25\nbuying = "reconsidered"\ngiven_away = true',
        ),
        ("[simulation]", '[participation]\nk = 4\nname = "exponential"\naway = 5\n\n[simulation]\nseed = 9'),
        ('"reduced"', '{ name = "reduced", part = 0.25 }'),
    )
    made = read_experiment(written(REPEATED, *more))
    market = made.market
    assert (market.utilities, market.costs, market.buying, market.given_away) == (
        (1, 2.5, 3),
        0.25,
        "reconsidered",
        True,
    )
    assert (market.away, market.participation.formula) == (5, "exp(-4 (1 - r))")
    assert (made.seed, made.replications, made.discounts) == (9, 20, (0.99, 0.9))
    assert [regime.description for regime in made.regimes] == ["the price that earns most", "0.25 of the ideal price"]


def test_regimes_of_one_kind_stand_beside_each_other_under_names_of_their_own(written):
    entries = (
        '{ name = "quarter", regime = "reduced", part = 0.25 }',
        '{ regime = "reduced" }',
        '{ name = "most", regime = "reduced", part = 0.75 }',
        '{ name = "flat", regime = "current", part = 0.1 }',
    )
    experiment = read_experiment(written(REPEATED, ('"reduced"]', f"{', '.join(entries)}]")))
    assert [regime.name for regime in experiment.regimes] == ["fairshare", "quarter", "reduced", "most", "flat"]
    alone = compare(experiment.market, [reduced(0.25)], replications=20)["reduced"]
    made = run_experiment(experiment)
    assert made.totals["quarter"].seller_profit.mean < made.totals["most"].seller_profit.mean
    np.testing.assert_allclose(made.summaries[0.9]["quarter"].bought.mean, summarise(alone, 0.9).bought.mean)


@pytest.mark.parametrize("rule", SUITED)
@pytest.mark.parametrize("compared_with", COMPARED)
def test_an_auction_of_the_file_is_the_auction_of_the_library(written, rule, compared_with):
    entry = f'{{ name = "ours", regime = "auction", rule = "{rule}", compared_with = "{compared_with}" }}'
    costs = ("periods = 12", "periods = 12\ncosts = [0.1, 0.2, 0.0]")
    made = run_experiment(experiment := read_experiment(written(REPEATED, costs, ('"reduced"]', f"{entry}]"))))
    assert experiment.regimes[1].clear == Auction(rule, compared_with)
    history = compare(experiment.market, [auction(rule, compared_with)], replications=20)["auction"]
    np.testing.assert_allclose(made.summaries[0.99]["ours"].bought.mean, history.bought.mean(axis=0))
    assert compared_with == "ideal_price" or (history.present == 3).all()


def test_an_auction_is_read_by_its_name_alone(written):
    (auction,) = read_experiment(written(REPEATED, ('["fairshare", "reduced"]', '["auction"]'))).regimes
    assert (auction.name, auction.clear) == ("auction", Auction("proportional_share", "cost"))


def test_with_two_auctions_and_one_cost_a_lie_would_pay():
    """Why a file has one buyer beside an auction: what sells twice costs once."""
    utility, budget = np.array([[[3.0]], [[1.0]]]), np.array([[3.0], [1.0]])  # each row is a buyer alone
    paid = {}
    for report in (2.0, 1.0):
        costs = np.full((2, 1), report)
        cleared = auction().clear(Period(utility, budget, costs, costs.astype(int), costs, costs), costs > 0, Terms())
        paid[report] = (cleared.price * cleared.bought[:, 0]).sum()
    assert (paid[2.0] - 2, paid[1.0] - 2) == (1, 2)


def test_what_is_left_out_has_its_default(written):
    lines = REPEATED.split("    [simulation]")[0].replace("    sellers = 3\n    periods = 12\n", "")
    made = read_experiment(written(lines))
    assert (made.market.sellers, made.market.periods, made.market.away) == (10, 100, inf)
    assert (made.replications, made.seed, made.discounts) == (1000, 0, (0.99,))
    assert [regime.name for regime in made.regimes] == ["fairshare", "reduced", "random", "current"]


@pytest.mark.parametrize("name", ["posted_prices", "royalties"])
def test_the_examples_are_read(name):
    assert read_market(EXAMPLES / f"{name}.toml").seller_names


@pytest.mark.parametrize(("name", "regimes"), [("repeated", 4), ("auctions", 4)])
def test_the_examples_that_repeat_are_read(name, regimes):
    assert len(read_experiment(EXAMPLES / f"{name}.toml").regimes) == regimes


# -- what is refused --------------------------------------------------------------------------------------------------


def refused(path, read=read_market):
    with pytest.raises(OfferError) as error:
        read(path)
    return {problem.where.partition(": ")[2]: problem for problem in error.value.problems}


BUYERS = "[[buyers]]"

MISTAKES = [
    (POSTED, 'kind = "posted_prices"', 'kind = "posted"', "market.kind", "known: posted_prices, royalties, repeated"),
    (POSTED, 'kind = "posted_prices"', "", "market.kind", "is missing"),
    (POSTED, 'kind = "posted_prices"', 'kind = "repeated"', "market.kind", "Run evenhand simulate"),
    (POSTED, 'name = "notes"', "", "market.name", "is missing"),
    (POSTED, '"1.00 EUR"', '"-1.00 EUR"', "sellers[0].cost", "a cost is 0 or more"),
    (POSTED, '"9.00 EUR"', '"-9.00 EUR"', "sellers[0].price", "a price is 0 or more"),
    (POSTED, '"9.00 EUR"', '"9.00 USD"', "sellers[0].price", "State every amount in EUR"),
    (POSTED, '"9.00 EUR"', "9", "sellers[0].price", "is a plain number"),
    (POSTED, '"9.00 EUR"', '"9.001 EUR"', "sellers[0].price", "for 1,000 uses, or use plain numbers"),
    (POSTED, '"9.00 EUR"', "inf", "sellers[0].price", "is no amount"),
    (POSTED, '"9.00 EUR"', "true", "sellers[0].price", "is no amount"),
    (POSTED, 'name = "clinic"', 'name = "Archive"', "sellers[1].name", "case tells nobody apart"),
    (POSTED, 'name = "clinic"', 'name = "a + b"', "sellers[1].name", "has a + in it"),
    (POSTED, "utility = { archive", "utility = { archiv", "buyers[0].utility.archiv", 'Did you mean "archive"?'),
    (POSTED, '"clinic + archive"', '"clinic + archive + clinic"', "buyers[0].together.", "a dataset twice"),
    (POSTED, '"clinic + archive"', '"clinic"', "buyers[0].together.clinic", "each entry is about a pair"),
    (POSTED, '"clinic + archive"', '"clinic +"', "buyers[0].together.", "names nobody beside a +"),
    (POSTED, "together =", "bundles =", "buyers[0]", "has both utility and bundles"),
    (POSTED, "budget =", "bugdet =", "buyers[0].bugdet", 'Did you mean "budget"?'),
    (POSTED, BUYERS, '[arrival]\ngrid = []\n[[buyers]]', "arrival.grid", "or leave it out: any may be asked then"),
    (POSTED, BUYERS, '[arrival]\ngrid = 5\n[[buyers]]', "arrival.grid", "5 is no list of prices"),
    (POSTED, BUYERS, '[arrival]\ngrid = ["-1.00 EUR"]\n[[buyers]]', "arrival.grid[0]", "Leave it out of the grid"),
    (POSTED, BUYERS, '[arrival]\norder = ["archive", "clinic"]\n[[buyers]]', "arrival.order[0]", "on sale already"),
    (POSTED, BUYERS, '[arrival]\norder = ["clinik"]\n[[buyers]]', "arrival.order[0]", 'Did you mean "clinic"?'),
    (POSTED, BUYERS, '[arrival]\norder = ["clinic", "clinic"]\n[[buyers]]', "arrival.order[1]", "stands there twice"),
    (POSTED, BUYERS, '[arrival]\ngrid = ["1.00 EUR"]\n[repricing]\n[[buyers]]', "", "nobody prices again"),
    (POSTED, "[[buyers]]", "[repricing]\nrounds_max = 0\n[[buyers]]", "repricing.rounds_max", "1 to 1000000"),
    (POSTED, "[[buyers]]", '[repricing]\ntick = "0.00 EUR"\n[[buyers]]', "repricing.tick", "for 0.01 EUR"),
    (POSTED, "[market]", "market = 3\n[x]", "market", "3 is no table"),
    (POSTED, "[[buyers]]", "[policy]\n[[buyers]]", "policy", "is not a key that is known here"),
    (POSTED, "[[buyers]]", "[buyers]", "buyers", "Write [[buyers]], with two brackets"),
    (ROYALTIES, "rate = 0.3", "rate = 1.3", "sellers[0].rate", "a rate is a number from 0 to 1"),
    (ROYALTIES, "rate = 0.3", 'rate = "30%"', "sellers[0].rate", '"30%" is no number'),
    (ROYALTIES, "rate = 0.3", "rate = 1e-300", "sellers[0].rate", "has at most 40 decimals"),
    (ROYALTIES, "rate = 0.3", "rate = 1e-999999999", "sellers[0].rate", "has at most 40 decimals"),
    (ROYALTIES, "rate = 0.3", "price = 3", "sellers[0].price", "a seller has name, cost, rate"),
    (ROYALTIES, "outside =", "budget =", "buyers[0].budget", 'With kind = "royalties" it is "rate_max"'),
    (ROYALTIES, "outside = 0.85", "outside = -1", "buyers[0].outside", "they may stay away"),
    (ROYALTIES, '"clinic" = 1', '"" = 1', "buyers[0]", "both say what they have without data"),
    (ROYALTIES, "bundles = ", "rate_max = 2\nbundles = ", "buyers[0].rate_max", "a number from 0 to 1"),
    (ROYALTIES, "rate = 0.3", "cost = 1e-7", "sellers[0].cost", "at most 6 decimals"),
    (ROYALTIES, "rate = 0.3", "cost = 1e-300", "sellers[0].cost", "1e-300 is too precise"),
    (ROYALTIES, "rate = 0.3", "cost = 1e300", "sellers[0].cost", "1e300 is too large; an amount without a currency is"),
    (ROYALTIES, "rate = 0.3", "cost = 1.00000000000000000000000000001", "sellers[0].cost", "is too precise"),
    (ROYALTIES, "rate = 0.3", 'cost = "two"', "sellers[0].cost", 'Write it as "12.00 EUR", or as 12 without quotes.'),
    (ROYALTIES, "cost = 0.05", "cost = 1\n[[sellers]]\nname = 'c'\ncost = 'two'", "sellers[2].cost", "as 12, without"),
    (POSTED, 'name = "clinic"', 'name = "clinic"\ncost = "two EUR"', "sellers[1].cost", 'Write it as "12.00 EUR".'),
    (POSTED, '"9.00 EUR"', '"90071992547409.93 EUR"', "sellers[0].price", "for a thousandth of the uses"),
    (REPEATED, "sellers = 3", "sellers = 0", "market.sellers", "from 1 to 1000"),
    (REPEATED, "sellers = 3", "sellers = 3\ncosts = [1, 2]", "market.costs", "there are 3 sellers"),
    (REPEATED, "sellers = 3", 'sellers = 13\nbuying = "reconsidered"', "", "up to 12 datasets"),
    (REPEATED, "sellers = 3", 'sellers = 3\nutilities = "same"', "market.utilities", "same_for_all"),
    (REPEATED, "sellers = 3", "sellers = 3\nutilities = 0.5", "market.utilities", "or a list of one number a seller"),
    (REPEATED, "sellers = 3", "sellers = 3\ncosts = 1.1e9", "market.costs", "from 0 to 1,000,000,000"),
    (REPEATED, '["fairshare", "reduced"]', "[]", "simulation.regimes", "the list is empty"),
    (REPEATED, "sellers = 3", "sellers = 3\ngiven_away = 1", "market.given_away", "it is true or false"),
    (REPEATED, "[0.95, 1.0]", "[1.0, 0.95]", "buyers[0].budget", "[1.0, 0.95] is no range"),
    (REPEATED, "[0.95, 1.0]", "0.95", "buyers[0].budget", "is no range"),
    (REPEATED, "[0.95, 1.0]", "[0.5, inf]", "buyers[0].budget", "[0.5, inf] is no range"),
    (REPEATED, "[0.95, 1.0]", "[0.5, 'all']", "buyers[0].budget", '[0.5, "all"] is no range'),
    (REPEATED, "[simulation]", "[participation]\nk = 0\n[simulation]", "participation.k", "k is from 0.000001"),
    (REPEATED, "[simulation]", '[participation]\nk = 2\nname = "linear"\n[simulation]', "participation", "Take k out"),
    (REPEATED, "[simulation]", "[participation]\naway = 0\n[simulation]", "participation.away", "from 1 to 10000"),
    (REPEATED, "replications = 20", "replications = 1", "simulation.replications", "from 2"),
    (REPEATED, "replications = 20", "replications = 4999999", "", "Use at most 416,666 replications, or fewer"),
    (REPEATED, "[0.99, 0.9]", "[0.99, 1.1]", "simulation.discounts[1]", "0.000000001 to 1"),
    (REPEATED, "[0.99, 0.9]", "[1e-10]", "simulation.discounts[0]", "a discount is from 0.000000001 to 1"),
    (REPEATED, "[0.99, 0.9]", "[0.9, 1, 0.9]", "simulation.discounts", "0.9 stands there twice"),
    (REPEATED, "[0.99, 0.9]", "[]", "simulation.discounts", "there are 1 to 8"),
    (REPEATED, '"reduced"]', '"reduce"]', "simulation.regimes[1]", 'Did you mean "reduced"?'),
    (REPEATED, '"reduced"]', '"fairshare"]', "simulation.regimes[1]", "stands there twice"),
    (REPEATED, "sellers = 3\nperiods = 12", "sellers = 1000\nperiods = 6000", "", "100,000,000. Use at most 16"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "where", "said"), MISTAKES)
def test_a_mistake_is_named_at_its_place_with_bound_and_remedy(written, text, old, new, where, said):
    found = refused(written(text, (old, new)), read_experiment if text is REPEATED else read_market)
    here = [
        problem for place, problem in found.items() if place == where or (where[-1:] == "." and place.startswith(where))
    ]
    assert any(said in str(problem) for problem in here), found
    assert all(problem.found and problem.bound and problem.remedy for problem in here)


def test_a_market_needs_sellers_and_buyers(written):
    found = refused(written('sellers = []\nbuyers = []\n[market]\nname = "x"\nkind = "posted_prices"\n'))
    assert str(found["sellers"]).endswith("is empty; a market has one or more sellers. Write [[sellers]] above each.")
    assert "one or more buyers" in str(found["buyers"])


REGIMES_WRONG = [
    ('{ name = "random", part = 0.5 }', ".part", 'belongs to "reduced" and "current"'),
    ('{ name = "reduced", part = 2 }', ".part", "from 0 to 1"),
    ("{ part = 2 }", "", "has no name"),
    ("3", "", "in quotes"),
    ("0.5", "", "in quotes"),
    ("[]", "", "a list is not known"),
    ('{ name = "quarter", part = 0.5 }', ".name", "To give it a name of its own, say which regime it is: {"),
    ('{ name = "x", regime = "reduce" }', ".regime", 'Did you mean "reduced"?'),
    ('{ name = "x", regime = "fairshare" }', ".name", "Take the name out"),
    ('{ name = "Fairshare", regime = "reduced" }', ".name", "each of these names means that regime"),
    ('{ name = "a\\nb", regime = "reduced" }', ".name", "cannot be shown as it is"),
    (f'{{ name = "{25 * "x"}", regime = "reduced" }}', ".name", "24 characters"),
    ('{ name = "Fairshare" }', "", 'Did you mean "fairshare"?'),
    ('{ name = "auction", rule = "q_mia" }', ".rule", "known: proportional_share"),
    ('{ name = "auction", rule = "best_singel" }', ".rule", 'Did you mean "best_single"?'),
    ('{ name = "auction", compared_with = 1 }', ".compared_with", "known: cost, ideal_price"),
    ('{ name = "auction", rul = 1 }', ".rul", 'Did you mean "rule"?'),
    ('{ name = "auction", part = 1 }', ".part", 'belongs to "reduced"'),
]


@pytest.mark.parametrize(("entry", "where", "said"), REGIMES_WRONG)
def test_a_mistake_in_a_regime_is_named_at_its_place(written, entry, where, said):
    found = refused(written(REPEATED, ('"reduced"]', f"{entry}]")), read_experiment)
    assert found.keys() == {f"simulation.regimes[1]{where}"}
    (problem,) = found.values()
    assert said in str(problem)
    assert problem.found and problem.bound and problem.remedy  # noqa: PT018 - one thought


def test_regimes_with_one_name_are_told_how_to_differ(written):
    twice = written(REPEATED, ('"reduced"]', '"reduced", { name = "reduced", part = 1 }]'))
    assert "a name of its own" in refused(twice, read_experiment)["simulation.regimes[2]"].remedy
    case = '{ name = "x", regime = "reduced" }, { name = "X", regime = "current" }]'
    assert "case" in refused(written(REPEATED, ('"reduced"]', case)), read_experiment)["simulation.regimes[2]"].bound


def test_more_than_eight_regimes_are_refused(written):
    many = [f'{{ name = "{part}", regime = "reduced", part = 0.{part} }}' for part in range(1, 10)]
    eight = written(REPEATED, ('["fairshare", "reduced"]', f"[{', '.join(many[:8])}]"))
    assert len(read_experiment(eight).regimes) == 8
    nine = written(REPEATED, ('["fairshare", "reduced"]', f"[{', '.join(many)}]"))
    assert "another file" in str(refused(nine, read_experiment)["simulation.regimes"])


def test_all_mistakes_are_named_at_once(written):
    changes = (
        ('"1.00 EUR"', '"-1.00 EUR"'),
        ('name = "clinic"', 'name = "archive"'),
        ("budget =", "bugdet ="),
        ("utility = { archive", "utility = { archiv"),
    )
    found = refused(written(POSTED, *changes))
    wanted = {"sellers[0].cost", "sellers[1].name", "buyers[0].bugdet", "buyers[0].utility.archiv"}
    assert wanted <= found.keys()


def test_a_regime_that_stands_there_twice_is_named_beside_other_mistakes(written):
    path = written(REPEATED, ('"reduced"]', '"fairshare", "reduce"]'))
    assert {"simulation.regimes[1]", "simulation.regimes[2]"} <= refused(path, read_experiment).keys()


def test_every_mistake_of_every_regime_is_named_at_once(written):
    entry = '{ name = "random", regime = "auction", rule = "x", compared_with = "y", part = 1, z = 0 }'
    found = refused(written(REPEATED, ('"reduced"]', f'"reduce", {entry}]')), read_experiment)
    wanted = {"[1]", "[2].name", "[2].rule", "[2].compared_with", "[2].part", "[2].z"}
    assert {f"simulation.regimes{each}" for each in wanted} == found.keys()


def test_an_auction_of_two_buyers_is_refused_beside_other_mistakes(written):
    other = '[[buyers]]\nname = "birch"\nbudget = [1, 1]\n\n[simulation]'
    path = written(REPEATED, ("[simulation]", other), ('"reduced"]', '{ name = "auction", rule = "x" }]'))
    found = refused(path, read_experiment)
    assert "Write a file for each buyer" in str(found["simulation.regimes[1]"])
    assert "simulation.regimes[1].rule" in found


def test_as_many_replications_as_are_told_are_read_and_one_more_is_not(written):
    most = [("sellers = 3\nperiods = 12", "sellers = 1000\nperiods = 6000"), ("replications = 20", "replications = 16")]
    assert read_experiment(written(REPEATED, *most)).replications == 16
    assert refused(written(REPEATED, *most[:1], ("replications = 20", "replications = 17")), read_experiment)


def test_where_no_number_of_replications_fits_another_way_is_told(written, monkeypatch):
    monkeypatch.setattr("evenhand.market_file.repeated.IN_ALL_MAX", 20)
    problem = refused(written(REPEATED), read_experiment)[""]
    assert problem.remedy == "Use fewer periods, sellers or buyers: even 2 replications are too many."


def test_a_seller_whose_name_is_refused_makes_no_bundle_wrong(written):
    order = '[arrival]\norder = ["clinic"]\n[[buyers]]'
    for name in ('name = "a + b"', "", "name = 3", 'name = "Archive"'):
        found = refused(written(POSTED, ('name = "clinic"', name), ("[[buyers]]", order)))
        assert list(found) == ["sellers[1].name"]


def test_without_sellers_no_bundle_is_wrong(written):
    lines = textwrap.dedent(POSTED).splitlines()
    text = "\n".join([*lines[:4], *lines[lines.index("[[buyers]]") :]])
    assert list(refused(written(text))) == ["sellers"]
    assert list(refused(written("sellers = []\n" + text))) == ["sellers"]


def test_a_name_is_the_same_however_its_signs_are_encoded(written):
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    order = f'[arrival]\norder = ["{decomposed}"]\n[[buyers]]'
    changes = [('name = "clinic"', f'name = "{composed}"'), ("clinic =", f'"{decomposed}" ='), ("[[buyers]]", order)]
    market = read_market(written(POSTED, *changes, ("clinic + archive", f"{decomposed} + archive")))
    assert market.order == (1,)
    assert market.buyers[0].utility.of((0, 1), 2) == 1050


def test_a_verb_names_the_other_one(written):
    assert "Run evenhand price" in str(refused(written(POSTED), read_experiment)["market.kind"])


def test_no_text_makes_the_reader_fall(written):
    """Values of every type at every key are read or refused, and nothing else happens."""
    odd = ("0", "-1", "nan", "1e400", '""', '"x"', "[]", "[[1]]", "{}", "{ a = 1 }", "true", "2026-01-01", "1" * 50)
    for text, read in ((POSTED, read_market), (ROYALTIES, read_market), (REPEATED, read_experiment)):
        lines = textwrap.dedent(text).splitlines()
        for place, line in enumerate(lines):
            key, equals, _ = line.partition(" = ")
            for value in odd if equals else ():
                changed = [*lines[:place], f"{key} = {value}", *lines[place + 1 :]]
                try:
                    read(written("\n".join(changed)))
                except OfferError as error:
                    assert str(error)  # noqa: PT017 - what is caught is all that may come


# -- what comes of it -------------------------------------------------------------------------------------------------


def test_the_price_is_the_best_of_the_options_and_the_lowest_of_equals():
    rng = np.random.default_rng(3)
    for _ in range(200):
        sellers, buyers = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        bundles = [each for size in range(sellers + 1) for each in itertools.combinations(range(sellers), size)]
        known = [Buyer({each: int(rng.integers(0, 12)) for each in bundles}, int(rng.integers(0, 15))) for _ in "abc"]
        market = PostedMarket(
            name="",
            unit=Unit(0),
            seller_names=tuple("abc"[:sellers]),
            costs=tuple(rng.integers(0, 6, sellers).tolist()),
            prices=(inf,) * sellers,
            buyer_names=tuple("xyz"[:buyers]),
            buyers=tuple(known[:buyers]),
            order=tuple(rng.permutation(sellers).tolist()),
        )
        priced = price_posted(market)
        for options, entry, most in zip(
            priced.options, priced.arrival.entries, priced.arrival.willingness, strict=True
        ):
            sells = [option for option in options if option.profit >= 0 and option.buyers]
            best = max(sells, key=lambda option: (option.profit, -option.price), default=None)
            assert (entry.price, entry.buyers) == ((best.price, best.buyers) if best else (inf, 0))
            assert all(option.buyers == sum(each >= option.price for each in most) for option in options)


def test_on_a_grid_the_options_are_the_grid_and_nobody_prices_again(written):
    path = written(POSTED)
    path.write_text(path.read_text() + '[arrival]\ngrid = ["7.50 EUR", "5.00 EUR"]\n')
    priced = price_posted(read_market(path))
    assert [option.price for option in priced.options[0]] == [500, 750]
    assert (priced.arrival.entries[0], priced.repricing) == (posted_price([700], 0, grid=[500, 750]), None)


def test_royalties_come_out_as_when_sellers_arrive_at_an_empty_market(written):
    rng, moved = np.random.default_rng(11), 0
    for _ in range(60):
        table = ", ".join(
            f'"{name}" = {int(rng.integers(1, 30))}' for name in ("archive", "clinic", "archive + clinic")
        )
        lines = ROYALTIES.split("[[buyers]]")[0].replace("rate = 0.3", f"cost = {int(rng.integers(0, 9))}")
        lines += f'[[buyers]]\n    name = "lab"\n    bundles = {{ {table} }}\n    rate_max = 0.6\n    outside = 4\n'
        market = read_market(written(lines))
        priced, arrived = price_royalties(market), sequential_rates(market.buyers, market.costs)
        assert priced.arrival == arrived
        first = best_rate(market.buyers, [None, None], 0, market.costs[0])
        second = best_rate(market.buyers, [first.rate, None], 1, market.costs[1], held=first.bundles)
        assert (arrived.entries, arrived.rates) == ((first, second), (first.rate, second.rate))
        moved += any(again.gain for again in arrived.again)
        for entry, options in zip(arrived.entries, priced.options, strict=True):
            assert max((option.revenue for option in options), default=0) == entry.revenue
    assert moved > 5


def test_an_experiment_is_a_comparison_summed_up(written):
    experiment = read_experiment(written(REPEATED))
    made = run_experiment(experiment)
    histories = compare(experiment.market, experiment.regimes, replications=20, seed=0)
    for discount in experiment.discounts:
        assert made.thresholds[discount][0] == thresholds(histories, discount, 0)
        for name, history in histories.items():
            wanted = summarise(history, discount)
            for measure, band in vars(made.summaries[discount][name]).items():
                np.testing.assert_allclose(band.mean, getattr(wanted, measure).mean, rtol=1e-12, atol=1e-12)
                np.testing.assert_allclose(band.low, getattr(wanted, measure).low, rtol=1e-9, atol=1e-12)
    first = made.summaries[0.99]["reduced"]
    np.testing.assert_allclose(made.totals["reduced"].buyer_utility.mean, first.buyer_utility.mean[-1])
    np.testing.assert_allclose(made.totals["reduced"].present.mean, first.present.mean[-1])
    np.testing.assert_allclose(made.totals["reduced"].bought.mean, first.bought.mean.sum(axis=0))


def test_results_do_not_depend_on_the_batches(written, monkeypatch):
    experiment = read_experiment(written(REPEATED))
    whole = run_experiment(experiment)
    monkeypatch.setattr("evenhand.simulation.memory.BATCH_BYTES", 7 * experiment.market.memory.worked_on)
    told = []
    parts = run_experiment(experiment, lambda *seen: told.append(seen))
    assert parts.totals["reduced"].buyer_utility.mean.tolist() == whole.totals["reduced"].buyer_utility.mean.tolist()
    assert (told[0], told[-1]) == (("simulate", 0, 40), ("simulate", 40, 40))
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})


# -- the pages that tell of it ----------------------------------------------------------------------------------------

PAGE = (EXAMPLES.parent / "docs" / "markets.md").read_text()


def test_the_markets_of_the_page_are_read_and_come_out_as_it_says(tmp_path):
    path = tmp_path / "MARKET.toml"
    posted, royalties, repeated, *regimes = re.findall(r"^```toml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    path.write_text(posted)
    priced = price_posted(read_market(path))
    assert (priced.arrival.profit, priced.repricing.end) == ((-200, 800), "cycle")
    path.write_text(royalties)
    assert price_royalties(read_market(path)).arrival.rates[1] == Fraction(8, 65)
    path.write_text(repeated)
    assert run_experiment(read_experiment(path)).thresholds[0.99]
    several = (["quarter", "three quarters"], ["auction", "auction, by ideal price"])
    for stated, names in zip(regimes, several, strict=True):
        path.write_text(repeated[: repeated.index("regimes =")] + stated)
        assert [regime.name for regime in read_experiment(path).regimes] == ["fairshare", *names]


def told_keys(kind):
    """The keys that the page names for a kind of market, as they are written, and what holds if one is left out."""
    section = next(each for each in PAGE.split("\n## ") if f'| `kind` | `"{kind}"` |' in each)
    rows = re.findall(r"^\| `\[+([a-z]+)\]+` \| `([a-z_]+)` \| .* \| (.*) \|$", section, flags=re.MULTILINE)
    return {(table, key): left_out for table, key, left_out in rows}


def known_keys(kind):
    """The keys that the reader knows, with what they have if left out; what cannot be left out has `MISSING`."""
    hints = get_type_hints(tables.FILES[kind])
    owners = {
        table: next(each for each in (hint, *get_args(hint)) if is_dataclass(each)) for table, hint in hints.items()
    }
    return {(table, each.name): each.default for table, owner in owners.items() for each in fields(owner)}


WRITTEN = {
    **dict.fromkeys((int, Decimal, Fraction), str),
    float: "{:g}".format,
    bool: lambda truth: str(truth).lower(),
    str: '"{}"'.format,
}
"""type of a default -> how the file writes it; others stand on the page in words."""


@pytest.mark.parametrize("kind", tables.KINDS)
def test_the_page_has_every_key_and_what_holds_if_it_is_left_out(kind):
    told, known = told_keys(kind), known_keys(kind)
    assert told.keys() == known.keys()
    for place, default in known.items():
        assert (told[place] == "needed") == (default is MISSING), place
        if type(default) in WRITTEN:
            assert told[place] == f"`{WRITTEN[type(default)](default)}`", place


def test_the_page_names_the_bounds_of_what_is_counted():
    said = " ".join(PAGE.split())
    assert f"up to {PLAIN_MAX:,} and with at most {DECIMALS_MAX} decimals" in said
    assert f"from 1 to {tables.ROUNDS_MOST:,} | {ROUNDS_MAX:,} |" in said
    assert said.count(f"up to {tables.BUNDLES_SELLERS_MAX} sellers") == 2
    assert f"from 1 to {repeated.SELLERS_MAX:,} |" in said
    assert f"from 1 to {repeated.PERIODS_MAX:,} |" in said
    assert f"at most {repeated.IN_ALL_MAX:,}, and times the sellers at most {repeated.OFFERS_MAX:,}." in said


def test_what_bundles_say_includes_what_a_buyer_has_outside_and_utility_is_added(written):
    total, added = (
        read_market(written(ROYALTIES, ('bundles = { "clinic" = 1, "archive + clinic" = 1.52 }', worth))).buyers[0]
        for worth in ("bundles = { clinic = 1 }", "utility = { clinic = 0.15 }")
    )
    assert total.utility[(1,)] == added.utility[(1,)] == 100


def test_the_page_of_the_package_names_every_key():
    told = market_file.__doc__
    for kind in tables.KINDS:
        for table in _keys(kind, ""):
            assert table in told
            assert [key for key in _keys(kind, table) if key not in told] == []


@pytest.mark.parametrize("told", [market_file.__doc__, PAGE])
def test_the_pages_name_every_regime_with_its_keys_and_every_rule(told):
    names = {*KNOWN, *(key for keys in OF_ITS_OWN.values() for key in keys), *SUITED, *COMPARED}
    assert [name for name in names if name not in told] == []
