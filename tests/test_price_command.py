"""`evenhand price` from a terminal: what it tells of one market, what it refuses, what it exits with."""

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from math import inf
from pathlib import Path

import pytest

from evenhand.markets.posted import Additive, Buyer
from evenhand.pricing import PostedMarket, Unit, price_posted
from evenhand.reports.pricing import posted

EXAMPLES = Path(__file__).parent.parent / "examples"
POSTED, ROYALTIES = EXAMPLES / "posted_prices.toml", EXAMPLES / "royalties.toml"


def evenhand(*arguments, folder=EXAMPLES, **environment):
    return subprocess.run(
        [sys.executable, "-m", "evenhand", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def told():
    """Both examples, as text and as JSON."""
    made = {path: (evenhand("price", path), evenhand("price", path, "--json")) for path in (POSTED, ROYALTIES)}
    for text, document in made.values():
        assert (text.returncode, document.returncode) == (0, 0), text.stderr + document.stderr
    return {path: (text.stdout, json.loads(document.stdout)) for path, (text, document) in made.items()}


def flat(text):
    """Text on one line."""
    return " ".join(text.split())


def test_every_price_comes_with_what_the_next_ones_would_bring(told):
    text = flat(told[POSTED][0])
    assert '"hospital" asks 650.00 EUR: at that two buyers buy, and 950.00 EUR is left;' in text
    assert "at 700.00 EUR one, and 350.00 EUR is left." in text


def test_the_sentences_say_what_the_numbers_are(told):
    text, market = flat(told[POSTED][0]), told[POSTED][1]["market"]
    for entry in market["arrivals"]:
        assert f'"{entry["seller"]}" asks {entry["price"] / 100:.2f} EUR' in text
        options = {option["price"]: option for option in entry["options"]}
        assert options[entry["price"]]["profit"] == max(option["profit"] for option in options.values())
        buying = [buyer for buyer, most in entry["willingness"].items() if most >= entry["price"]]
        assert len(buying) == entry["buyers"] == options[entry["price"]]["buyers"]


def test_who_buys_what_is_told_with_what_it_costs(told):
    text, market = flat(told[POSTED][0]), told[POSTED][1]["market"]
    assert "alder clinic + hospital + registry 1,270.00 1,600.00 380.00" in text
    assert "cedar nothing 0.00 no limit 0.00" in text
    prices = {seller["seller"]: seller["price"] for seller in market["sellers"]}
    for buyer in market["buyers"]:
        assert buyer["spent"] == sum(prices[seller] for seller in buyer["buys"])
        assert buyer["net_utility"] == buyer["utility"] - buyer["spent"] >= 0
        assert buyer["budget"] is None or buyer["spent"] <= buyer["budget"]


def test_a_cycle_of_prices_is_told_with_its_span(told):
    text, market = flat(told[POSTED][0]), told[POSTED][1]["market"]
    again = market["repricing"]
    assert (again["end"], len(again["path"])) == ("cycle", again["length"])
    assert f"they come back, every {again['length']} rounds" in text
    lowest, highest = (pick(prices[0] for prices in again["path"]) for pick in (min, max))
    assert f"archive {lowest / 100:.2f} to {highest / 100:.2f} " in text


def test_what_is_sold_in_a_cycle_follows_from_the_last_prices(told):
    text, market = flat(told[POSTED][0]), told[POSTED][1]["market"]
    again = market["repricing"]
    for seller, price, sold, profit in zip(
        market["sellers"], again["prices"], again["sold"], again["profit"], strict=True
    ):
        assert f" {price / 100:,.2f} {sold} {profit / 100:,.2f} " in text.partition("If sellers price again")[2]
        assert profit == price * sold - seller["cost"]


def test_a_fixed_point_of_a_tick_of_0_is_told_as_what_sellers_reckon_with():
    buyer = Buyer(Additive([15, 20]), 30)
    ends = {
        0: "no seller reckons with more by another price",
        1: "nobody gains by another price",
        2: "nobody gains by another multiple of 2",
    }
    for tick, said in ends.items():
        market = PostedMarket("", Unit(0), ("a", "b"), (0, 0), (inf, inf), ("lab",), (buyer,), (0, 1), tick=tick)
        priced = price_posted(market)
        assert priced.repricing.end == "fixed point"
        assert said in posted.told(priced)[-1].sentences[0]


def test_names_that_differ_at_their_ends_are_told_apart():
    sellers, buyers = ("the very long name of archive A", "the very long name of archive B"), ("lab",)
    demand = (Buyer(lambda bundle: 10 * len(bundle), 50),)
    market = PostedMarket("", Unit(0), sellers, (0, 0), (inf, inf), buyers, demand, (0, 1))
    for section in posted.told(price_posted(market)):
        firsts = [row[0] for row in section.rows]
        assert len({*firsts}) == len(firsts)
    assert posted.told(price_posted(market))[2].rows[0][1] == "the very long name of…A + the very long name of…B"


def test_a_large_market_is_warned_of_before_it_is_priced(tmp_path):
    path = tmp_path / "MARKET.toml"
    sellers = "".join(f'[[sellers]]\nname = "s{place}"\n' for place in range(10))
    buyers = "".join(f'[[buyers]]\nname = "b{place}"\nutility = {{ s{place} = 1 }}\n' for place in range(10))
    path.write_text(f'[market]\nname = "many"\nkind = "posted_prices"\n{sellers}{buyers}[repricing]\nrounds_max = 1\n')
    assert "A larger tick or a lower rounds_max ends it sooner." in flat(evenhand("price", path).stderr)
    assert "This market is large" not in evenhand("price", path, "--json").stderr


def test_a_seller_whose_own_rate_would_bring_more_has_lost_a_tie(tmp_path):
    path = tmp_path / "MARKET.toml"
    path.write_text(
        '[market]\nname = "ties"\nkind = "royalties"\n[[sellers]]\nname = "first"\n[[sellers]]\nname = "second"\n'
        '[[buyers]]\nname = "lab"\noutside = 5\nbundles = { first = 10, second = 10 }\n'
    )
    text = flat(evenhand("price", path).stdout)
    assert '"first" loses a tie at its 0.5: any lower rate wins it, for up to 5 more.' in text
    sellers = json.loads(evenhand("price", path, "--json").stdout)["market"]["sellers"]
    assert [seller["loses_tie"] for seller in sellers] == [True, False]
    assert sellers[0]["rate"] == sellers[0]["rate_again"]


def test_a_seller_who_ends_with_a_loss_is_told_so(told):
    text, market = flat(told[POSTED][0]), told[POSTED][1]["market"]
    losers = [seller["seller"] for seller in market["sellers"] if seller["profit"] < 0]
    assert losers == ["archive"]
    assert '"archive" ends with a loss of 100.00 EUR: too few buy at its price.' in text


def test_rates_are_exact_and_told_with_the_next_ones(told):
    text, market = flat(told[ROYALTIES][0]), told[ROYALTIES][1]["market"]
    (entry,) = market["arrivals"]
    assert Fraction(entry["rate"]["exact"]) == Fraction(8, 65)
    assert "asks 8/65 (about 0.123077): at that two buyers take it, for 0.273231; at 0.15 two, for 0.255000." in text
    best = max(entry["options"], key=lambda option: Fraction(option["revenue"]["exact"]))
    assert best["rate"] == entry["rate"]


def test_what_is_paid_for_a_rate_is_always_written_alike(told):
    market = told[ROYALTIES][1]["market"]
    paid = [option["revenue"] for entry in market["arrivals"] for option in entry["options"]]
    paid += [seller[key] for seller in market["sellers"] for key in ("revenue", "profit", "gain_again")]
    assert any("/" in each["exact"] for each in paid)
    assert any("/" not in each["exact"] for each in paid)
    assert [each["near"] for each in paid] == [float(Fraction(each["exact"])) for each in paid]


def test_a_seller_who_earns_less_than_the_cost_is_told_so(tmp_path):
    path = tmp_path / "MARKET.toml"
    path.write_text(
        '[market]\nname = "losses"\nkind = "royalties"\n[[sellers]]\nname = "there"\ncost = 100\nrate = 0.9\n'
        '[[sellers]]\nname = "first"\ncost = 4\n[[sellers]]\nname = "second"\n[[sellers]]\nname = "dear"\ncost = 99\n'
        '[[buyers]]\nname = "lab"\noutside = 5\nbundles = { first = 10, second = 10, there = 6, dear = 6 }\n'
    )
    text = flat(evenhand("price", path).stdout)
    assert '"there" ends with a loss of 100: too little is earned at its rate.' in text
    assert '"first" ends with a loss of 4: later arrivals took buyers away.' in text
    assert '"dear" ends' not in text
    assert "revenue profit there 100 0.9 – 0 0 -100 first 4 0.5 5 0 0 -4 second 0 0.5 5 1 5 5 dear 99 – – 0 0 0" in text
    sellers = json.loads(evenhand("price", path, "--json").stdout)["market"]["sellers"]
    assert [seller["profit"]["exact"] for seller in sellers] == ["-100", "-4", "5", "0"]


def test_json_is_one_document_with_one_shape(told):
    for _, document in told.values():
        assert (document["schema"], document["ok"]) == ("evenhand/cli/price/1", True)
        assert document["market"]["unit"]["decimals"] == 2


def test_numbers_of_one_list_share_a_line():
    lines = evenhand("price", POSTED, "--json").stdout.splitlines()
    again = json.loads("".join(lines))["market"]["repricing"]
    assert f'      "sold": {again["sold"]},' in lines
    assert len([line for line in lines if line.startswith(8 * " " + "[")]) == len(again["path"])


def test_the_same_market_is_told_in_the_same_words_without_colour(told):
    again = evenhand("price", POSTED, NO_COLOR="1")
    assert again.stdout == told[POSTED][0]
    assert "pricing again, round by round: 46 in" in again.stderr
    assert "\x1b" not in again.stdout + again.stderr


def test_a_narrow_terminal_cuts_no_number(told):
    narrow = flat(evenhand("price", POSTED, COLUMNS="30").stdout)
    assert "…" not in narrow
    assert "spends: 1,270.00" in narrow


@pytest.mark.parametrize("columns", ["40", "100"])
def test_no_line_ends_in_blanks(columns):
    lines = evenhand("price", POSTED, COLUMNS=columns).stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("columns", ["0", "-1", "²", "", "1"])
def test_a_terminal_without_a_size_is_told_all_the_same(columns):
    done, refused = (evenhand("price", path, COLUMNS=columns, LINES=columns) for path in (POSTED, "none.toml"))
    assert (done.returncode, refused.returncode) == (0, 3), done.stderr
    assert "Name the market's TOML file" in refused.stderr
    assert (len(max(done.stdout.split("\n"), key=len)) > 20) == (columns != "1")


def test_a_locale_without_the_signs_of_a_name_keeps_the_columns(tmp_path):
    path, sellers = tmp_path / "MARKET.toml", ("נמל", "漢字", "cafe\u0301", "port")
    tables = "".join(f'[[sellers]]\nname = "{name}"\n' for name in sellers)
    worth = ", ".join(f'"{name}" = 10' for name in sellers)
    text = (
        f'[market]\nname = "names"\nkind = "posted_prices"\n{tables}[[buyers]]\nname = "lab"\nutility = {{ {worth} }}\n'
    )
    path.write_text(text, encoding="utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    lines = evenhand("price", path, **plain).stdout.splitlines()
    names = ("???", "????", "cafe", "port")
    rows = [line for line in lines if line.startswith(names) and line.endswith(" 10")][:4]
    assert tuple(row.split()[0] for row in rows) == names
    assert len({len(row) for row in rows}) == 1


def test_who_interrupts_it_while_it_loads_gets_no_traceback(tmp_path):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")  # as if it came while this is imported
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = evenhand("price", POSTED, PYTHONPATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("price",), 2, "Missing argument"),
        (("price", ""), 2, "the name of a file is empty"),
        (("price", "none.toml"), 3, "Name the market's TOML file"),
        (("price", "repeated.toml"), 3, "Run evenhand simulate repeated.toml --out DIR"),
    ],
)
def test_what_cannot_be_priced_is_refused(arguments, code, said):
    done = evenhand(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in flat(done.stderr.replace("│", " "))


def test_mistakes_are_refused_all_at_once_and_as_json(tmp_path):
    path = shutil.copy(POSTED, tmp_path / "MARKET.toml")
    text = POSTED.read_text().replace('cost = "200.00 EUR"', "cost = -1").replace("tick =", "tik =")
    Path(path).write_text(text)
    done = evenhand("price", path, "--json")
    assert done.returncode == 3
    document = json.loads(done.stdout)
    assert (document["schema"], document["ok"]) == ("evenhand/cli/error/1", False)
    assert {problem["where"] for problem in document["problems"]} == {
        "MARKET.toml: sellers[1].cost",
        "MARKET.toml: repricing.tik",
    }
