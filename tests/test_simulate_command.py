"""`evenhand simulate` from a terminal: what it tells and writes, what it refuses, what it exits with."""

import base64
import csv
import errno
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from evenhand import cli, console, progress
from evenhand.errors import StoreError
from evenhand.experiment import run_experiment
from evenhand.market_file import read_experiment
from evenhand.reports import linecharts
from evenhand.reports.simulation import files
from evenhand.reports.simulation.charts import undrawn
from evenhand.reports.simulation.leaders import leaders
from evenhand.reports.simulation.numbers import numbers
from evenhand.reports.simulation.tables import told as told_of
from evenhand.reports.simulation.words import paid_off, secrets
from evenhand.simulation import Band, Threshold
from evenhand.storage import write_folder

EXAMPLE = Path(__file__).parent.parent / "examples" / "repeated.toml"
MARKET = EXAMPLE.read_text().replace("replications = 400", "replications = 40").replace("periods = 100", "periods = 60")


def evenhand(*arguments, folder, **environment):
    return subprocess.run(
        [sys.executable, "-m", "evenhand", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulate")
    (folder / "MARKET.toml").write_text(MARKET)
    return folder, evenhand("simulate", "MARKET.toml", "--out", "out", folder=folder)


@pytest.fixture(scope="module")
def page(told):
    return (told[0] / "out" / "report.html").read_text()


def test_writes_a_page_and_numbers_whole(told):
    folder, done = told
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "out").iterdir()}
    assert names == {"report.html", "results.csv", "results.json", "simulation.sha256"}
    listed = dict(line.split("  ")[::-1] for line in (folder / "out" / "simulation.sha256").read_text().splitlines())
    assert listed == {
        name: hashlib.sha256((folder / "out" / name).read_bytes()).hexdigest() for name in names - {"simulation.sha256"}
    }


def test_wherever_writing_a_simulation_breaks_off_the_old_or_the_new_one_is_whole(tmp_path, monkeypatch):
    old, new = {"report.html": b"old", "a.csv": b"1"}, {"report.html": b"new", "b.csv": b"2"}
    out = tmp_path / "out"
    broken = 0
    for step in range(100):
        write_folder(out, old, of="simulation", replace=out.exists())
        with monkeypatch.context() as patched:
            left = iter([*range(step), None])
            for name in ("rename", "unlink", "write", "mkdir", "rmdir"):
                patched.setattr(os, name, partial(_fails_at_last, left, getattr(os, name)))
            with suppress(StoreError):
                write_folder(out, new, of="simulation", replace=True)
        broken += next(left, "spent") == "spent"
        assert any(holds(folder, files) for folder in tmp_path.iterdir() for files in (old, new))
        write_folder(out, new, of="simulation", replace=True)
        assert {path.name for path in out.iterdir()} == {*new, "simulation.sha256"}
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        if step >= broken:
            break
    assert broken > 8


def holds(folder, files):
    return all((folder / name).is_file() and (folder / name).read_bytes() == data for name, data in files.items())


def _fails_at_last(left, real, *given, **named):
    """Do what is asked so many times, then refuse for good, as a full disk does."""
    if next(left, None) is None:
        raise OSError(errno.ENOSPC, "no space")
    return real(*given, **named)


def test_tells_the_tables_on_stdout_and_progress_on_stderr(told):
    _, done = told
    assert "10 sellers and 2 buyers, 60 periods, under 4 price regimes; 40 replications, seed 7" in done.stdout
    assert re.search(r"^regime +high budget +low budget$", done.stdout, flags=re.MULTILINE)
    assert re.search(r"^fairshare +\d+\.\d+ ± 0\.\d+ +\d+\.\d+ ± 0\.\d+$", done.stdout, flags=re.MULTILINE)
    assert re.search(r'^For "high budget", fairshare leaves most by the end: \d+', done.stdout, flags=re.MULTILINE)
    assert re.search(r"^current +high budget +\d+ \(\d+ to \d+\)", done.stdout, flags=re.MULTILINE)
    assert done.stdout.strip().endswith("out/report.html")
    assert "replicating, regime by regime: 160" in done.stderr
    assert "drawing: 6" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_again_gives_the_same_bytes_in_another_process(told):
    folder, _ = told
    assert evenhand("simulate", "MARKET.toml", "--out", "again", folder=folder, PYTHONHASHSEED="7").returncode == 0
    for path in (folder / "out").iterdir():
        assert path.read_bytes() == (folder / "again" / path.name).read_bytes(), path.name


def test_another_seed_gives_other_numbers(told):
    folder, _ = told
    (folder / "other.toml").write_text(MARKET.replace("seed = 7", "seed = 8"))
    made = files(run_experiment(read_experiment(folder / "other.toml")))
    assert made["results.csv"] != (folder / "out" / "results.csv").read_bytes()


def test_json_is_one_document_with_the_numbers_of_the_file(told):
    folder, _ = told
    done = evenhand("simulate", "MARKET.toml", "--json", "--out", "told", folder=folder)
    document = json.loads(done.stdout)
    assert (document["schema"], document["ok"], document["folder"]) == ("evenhand/cli/simulate/1", True, "told")
    stored = json.loads((folder / "told" / "results.json").read_bytes())
    assert len(stored.pop("series")) == 4 * (3 * 3 + 1 + 2)
    assert document["simulation"] == stored
    assert (stored["schema"], stored["settings"]["seed"]) == ("evenhand/simulation/1", 7)
    assert stored["settings"]["participation"] == "exp(-2.5 (1 - r))"


def test_the_spreadsheet_has_every_curve_of_the_json(told):
    folder, _ = told
    stored = json.loads((folder / "out" / "results.json").read_bytes())["series"]
    lines = list(csv.DictReader(io.StringIO((folder / "out" / "results.csv").read_text(), newline="")))
    assert len(lines) == 60 * len(stored)
    for place, curve in enumerate(stored):
        mine = lines[60 * place : 60 * (place + 1)]
        assert [float(line["mean"]) for line in mine] == curve["mean"]
        assert {(line["regime"], line["measure"], line["buyer"]) for line in mine} == {
            (curve["regime"], curve["measure"], curve["buyer"] or "")
        }
        assert all(
            low <= mean <= high for low, mean, high in zip(*(curve[k] for k in ("low", "mean", "high")), strict=True)
        )


def test_t_star_of_the_file_is_where_the_curves_of_the_file_cross(told):
    folder, _ = told
    stored = json.loads((folder / "out" / "results.json").read_bytes())
    curves = {
        (each["regime"], each["discount"], each["buyer"]): each["mean"]
        for each in stored["series"]
        if each["measure"] == "buyer_utility"
    }
    assert len(stored["thresholds"]) == 18
    for found in stored["thresholds"]:
        ideal, other = (curves[name, found["discount"], found["buyer"]] for name in ("fairshare", found["regime"]))
        behind = [period for period, (a, b) in enumerate(zip(ideal, other, strict=True)) if a <= b]
        if found["ahead"]:
            assert found["period"] == behind[-1]
            assert found["low"] <= found["period"] <= found["high"]
        else:
            assert (found["period"], behind[-1]) == (None, 59)


def test_the_page_needs_nothing_else(page):
    assert not re.search(r"<script|<link rel=\"stylesheet|@import|@font-face", page)
    assert set(re.findall(r"https?://[^\s\"<]+", page)) <= {"http://www.w3.org/2000/svg"}
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = re.search(r"style-src 'sha256-([^']+)'", page)
    assert digest[1] == base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def test_every_chart_has_a_name_a_description_bands_and_its_points_as_a_table(page):
    drawings = re.findall(r"<svg class=\"linechart\".*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 6
    ids = [found for drawing in drawings for found in re.findall(r' id="([^"]+)"', drawing)]
    assert len(ids) == len(set(ids))
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.attrib["role"] == "img"
        assert [root.find(tag).text.strip() for tag in ("title", "desc")]
        assert set(root.attrib["aria-labelledby"].split()) == {root.find(tag).attrib["id"] for tag in ("title", "desc")}
        assert (
            len(
                [
                    each
                    for each in root.iter()
                    if each.attrib.get("opacity") == "0.22" or each.attrib.get("fill-opacity") == "0.22"
                ]
            )
            == 4
        )
    assert page.count("<summary>The points, as a table</summary>") == 6
    assert page.count('tabindex="0"') == page.count('role="region"') == 10


def test_the_page_knows_a_light_and_a_dark_reader(page):
    assert '<meta name="color-scheme" content="light dark">' in page
    assert page.count("prefers-color-scheme: dark") == 3  # of the page, of its charts, and of the shade of tables


def test_names_are_shown_as_they_are(tmp_path):
    hostile = MARKET.replace('"high budget"', '"<b>=1&2</b>"').replace("replications = 40", "replications = 3")
    path = tmp_path / "MARKET.toml"
    path.write_text(hostile.replace('name = "ten sellers, a hundred periods"', 'name = "<script>x</script>"'))
    made = files(run_experiment(read_experiment(path)))
    page = made["report.html"].decode()
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;=1&amp;2&lt;/b&gt;" in page
    path.write_text(hostile.replace("<b>=1&2</b>", "=1+1".replace("+", "-")))
    assert b",'=1-1," in files(run_experiment(read_experiment(path)))["results.csv"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("periods = 60", "periods = 1"),
        ('regimes = ["fairshare", "reduced", "random", "current"]', 'regimes = ["random"]'),
        ('regimes = ["fairshare", "reduced", "random", "current"]', 'regimes = ["fairshare"]'),
        ("discounts = [0.99, 0.999, 0.98]", "discounts = 1"),
        ("sellers = 10", "sellers = 1\ngiven_away = true"),
        ("costs = 0.0", "costs = 1e9"),
        ("budget = [0.90, 0.95]", "budget = [0, 0]"),
    ],
)
def test_markets_at_the_edge_are_told_too(tmp_path, old, new):
    assert old in MARKET
    path = tmp_path / "MARKET.toml"
    path.write_text(MARKET.replace("replications = 40", "replications = 2").replace(old, new))
    made = files(run_experiment(read_experiment(path)))
    assert b"nan" not in made["results.csv"]
    assert b"NaN" not in made["results.json"]


def test_regimes_that_are_the_same_make_no_difference(tmp_path):
    path = tmp_path / "MARKET.toml"
    regimes = 'regimes = ["fairshare", "random", { name = "reduced", part = 1 }]'
    path.write_text(
        MARKET.replace("replications = 40", "replications = 4").replace(
            'regimes = ["fairshare", "reduced", "random", "current"]', regimes
        )
    )
    made = run_experiment(read_experiment(path))
    assert all("a random price " in line and "paying less makes no difference" in line for line in paid_off(made))
    (cells,) = [
        [row for row in section.rows if row[0] == "reduced"] for section in told_of(made) if "t*" in section.heading
    ]
    assert [row[2] for row in cells] == ["no difference"]
    same = {(each["regime"], each["same"], each["period"] is None) for each in numbers(made)["thresholds"]}
    assert ("reduced", True, True) in same
    assert ("random", True, True) not in same


def test_wherever_it_is_interrupted_nothing_is_left(tmp_path, monkeypatch):
    (tmp_path / "MARKET.toml").write_text(SHORT)
    monkeypatch.chdir(tmp_path)
    for step in range(100):
        left = iter(range(step))

        def watch(*_, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt

        monkeypatch.setattr(progress, "shown", lambda watch=watch: nullcontext((watch, None)))
        done = CliRunner().invoke(cli.app, ["simulate", "MARKET.toml", "--out", "out"])
        if done.exit_code == 0:
            break
        assert done.exit_code == 130
        assert [each.name for each in tmp_path.iterdir()] == ["MARKET.toml"]
    assert step > 10  # before each regime, and before each chart


def test_a_folder_is_replaced_when_asked_and_never_else(told):
    folder, _ = told
    shutil.copytree(folder / "out", folder / "mine")
    refused = evenhand("simulate", "MARKET.toml", "--out", "mine", folder=folder)
    assert refused.returncode == 3
    assert "--replace" in refused.stderr
    (folder / "short.toml").write_text(MARKET.replace("periods = 60", "periods = 5"))
    assert evenhand("simulate", "short.toml", "--out", "mine", "--replace", folder=folder).returncode == 0
    assert (folder / "mine" / "results.csv").read_text().count("\n") == 1 + 5 * 48


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("MARKET.toml",), 2, "--out"),
        (("none.toml", "--out", "none"), 3, "Name the market's TOML file"),
        (("posted.toml", "--out", "none"), 3, "Run evenhand price posted.toml"),
        (("bad.toml", "--out", "none"), 3, "a discount is from 0.000000001 to 1"),
    ],
)
def test_what_cannot_be_simulated_is_refused_and_nothing_is_written(told, arguments, code, said):
    folder, _ = told
    (folder / "posted.toml").write_text((EXAMPLE.parent / "posted_prices.toml").read_text())
    (folder / "bad.toml").write_text(MARKET.replace("[0.99, 0.999, 0.98]", "[2]"))
    done = evenhand("simulate", *arguments, folder=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not (folder / "none").exists()


def test_the_market_itself_is_never_overwritten(told):
    folder, _ = told
    inside = folder / "whole"
    shutil.copytree(folder / "out", inside)
    (inside / "MARKET.toml").write_text(MARKET)
    done = evenhand("simulate", "whole/MARKET.toml", "--out", "whole", "--replace", folder=folder)
    assert done.returncode == 3
    assert "only a simulation's own files are replaced" in done.stderr
    assert (inside / "MARKET.toml").read_text() == MARKET


# -- what is read at a glance -----------------------------------------------------------------------------------------


def experiment_of(folder, text, *changes):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "MARKET.toml"
    path.write_text(text)
    return run_experiment(read_experiment(path))


SHORT = MARKET.replace("replications = 40", "replications = 6").replace("periods = 60", "periods = 8")
REGIMES = 'regimes = ["fairshare", "reduced", "random", "current"]'
LOW = '[[buyers]]\nname = "low budget"\nbudget = [0.90, 0.95]\n'
AUCTIONS = (EXAMPLE.parent / "auctions.toml").read_text().replace("replications = 200", "replications = 10")


@pytest.mark.parametrize("regimes", range(1, 5))
@pytest.mark.parametrize("buyers", range(1, 4))
def test_every_row_stands_on_one_line_of_a_terminal_of_80(tmp_path, monkeypatch, capsys, regimes, buyers):
    names = ["fairshare", *(f'{{ name = "three quarters of it {n}", regime = "reduced" }}' for n in range(3))]
    listed = ", ".join([f'"{names[0]}"', *names[1:]][:regimes])
    lines = "".join(f'[[buyers]]\nname = "a lab with a long name {n}"\nbudget = [0.5, 1]\n' for n in "xyz"[:buyers])
    head = SHORT[: SHORT.index("[[buyers]]")] + lines + SHORT[SHORT.index("[participation]") :]
    made = experiment_of(tmp_path, head, (REGIMES, f"regimes = [{listed}]"), ("[0.99, 0.999, 0.98]", "0.99"))
    monkeypatch.setenv("COLUMNS", "80")
    console.simulated(made, Path("out"))
    told = capsys.readouterr().out.splitlines()
    assert max(map(len, told)) <= 80
    for section in told_of(made):
        for row in section.rows:
            assert any(all(cell in line for cell in row[1:]) for line in told), (row, told)


def test_many_buyers_stand_below_one_another(tmp_path):
    several = LOW + "".join(LOW.replace("low budget", f"lab {n}") for n in range(3))
    utility, bought, sellers, *_ = told_of(experiment_of(tmp_path, SHORT, (LOW, several)))[1:]
    regimes = ("fairshare", "reduced", "random", "current")
    assert utility.columns == bought.columns == ("buyer", *regimes)
    assert [row[0] for row in utility.rows] == ["high budget", "low budget", "lab 0", "lab 1", "lab 2"]
    assert [row[0] for row in sellers.rows] == list(regimes)


def test_buyers_whose_names_differ_at_their_ends_are_told_apart(tmp_path):
    made = experiment_of(
        tmp_path,
        SHORT,
        ('"high budget"', '"university hospital of the east"'),
        ('"low budget"', '"university hospital of the west"'),
    )
    assert [row[0] for row in told_of(made)[1].rows] == [
        "university hospital of the east",
        "university hospital of the west",
    ]


def test_every_number_of_a_buyer_stands_under_that_buyer(tmp_path):
    made = experiment_of(tmp_path, SHORT)
    utility, bought = told_of(made)[1:3]
    assert utility.columns == ("regime", "high budget", "low budget")
    for regime, *cells in utility.rows:
        means = numbers(made)["totals"][regime]["buyer_utility"]
        for buyer, cell in zip(utility.columns[1:], cells, strict=True):
            assert float(cell.split(" ± ")[0].replace("−", "-")) == pytest.approx(means[buyer]["mean"], abs=0.06)
    assert bought.columns == utility.columns


# -- who is better off ------------------------------------------------------------------------------------------------


def banded(*bands):
    """Give experiment results of which only these bands of one buyer, and of sellers, are looked at."""
    total = {f"regime {place}": Band(*map(np.array, band)) for place, band in enumerate(bands)}
    experiment = SimpleNamespace(buyers=("lab",))
    of_buyer = {name: Band(*(each[None] for each in (band.mean, band.low, band.high))) for name, band in total.items()}
    some = Band(*np.ones((3, 1)))
    totals = {
        name: SimpleNamespace(buyer_utility=of_buyer[name], seller_profit=band, bought=some)
        for name, band in total.items()
    }
    return SimpleNamespace(experiment=experiment, totals=totals)


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        (
            ((1, 0.5, 1.5), (3, 2.5, 3.5)),
            '"regime 1" leaves most by the end: 3.00 ± 0.50. Next is "regime 0": 1.00 ± 0.50',
        ),
        (((3, 2.5, 3.5), (2.5, 2, 3)), "no regime is clearly best by the end"),
        (
            ((3, 2.5, 3.5), (1, 0.5, 1.5), (2.9, 2.4, 3.4)),
            '"regime 0" and "regime 2" leave most by the end, with no clear',
        ),
        (
            ((3, 3, 3), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1)),
            '"regime 0" leaves most by the end: 3. Next, with no clear difference between them, are "regime 1": 0.5 '
            'and "regime 2": 0.5.',
        ),
        (((2, 2, 2), (2, 2, 2)), "no regime is clearly best by the end"),
        (((2, 2, 2), (2 + 1e-13, 2 + 1e-13, 2 + 1e-13)), "no regime is clearly best by the end"),
        (((-3, -3.5, -2.5), (-9, -9.5, -8.5)), '"regime 0" leaves most by the end: −3.00 ± 0.50'),
    ],
)
def test_who_is_better_off_is_told_only_where_bands_do_not_overlap(bands, said):
    buyer, seller = leaders(banded(*bands))
    assert buyer.startswith(f'For "lab", {said}')
    assert seller.startswith(f"For a seller, on average, {said}")


def test_a_price_that_falls_behind_again_is_named_with_its_buyer(tmp_path):
    made = experiment_of(tmp_path, SHORT)
    why = "the ideal price, once ahead in a period, falls behind in a later one"
    for behind, wanted in (
        ([], []),
        ([("low budget", "reduced")], ['"low budget" against reduced']),
        (
            [("low budget", "reduced"), ("high budget", "random")],
            ['"low budget" against reduced and "high budget" against random'],
        ),
    ):
        of_buyers = tuple(
            {name: replace(each, single_crossing=(buyer, name) not in behind) for name, each in found.items()}
            for buyer, found in zip(made.experiment.buyers, made.thresholds[0.99], strict=True)
        )
        changed = replace(made, thresholds={**made.thresholds, 0.99: of_buyers})
        [section] = [section for section in told_of(changed) if section.heading.startswith("t*")]
        assert [said for said in section.sentences if "need not fall" in said] == [
            f"For {which} t* need not fall as the discount factor rises: {why}." for which in wanted
        ]


def test_of_one_regime_nothing_is_better():
    assert leaders(banded((1, 0, 2))) == []


def test_an_auction_stands_beside_posted_prices_and_what_is_private_is_told(tmp_path):
    made = experiment_of(tmp_path, AUCTIONS)
    private, known = secrets(made)
    assert private.startswith('Under auction and "auction, by ideal price" costs are private.')
    assert known.startswith('Under fairshare and "three quarters" nothing is private')
    page = files(made)["report.html"].decode()
    assert "compares what is paid with the cost" in page
    assert "compares what is paid with the ideal price: the utility of the dataset" in page
    assert "an auction still pays off after 60 periods" in page
    assert "That nobody plans ahead." in page
    shown = [section.sentences for section in told_of(made) if section.heading == "The regimes"]
    assert {private, known} <= set(shown[0])
    assert leaders(made)[0].startswith('For "lab", auction leaves most by the end')
    assert set(numbers(made)["totals"]) == {"fairshare", "three quarters", "auction", "auction, by ideal price"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("costs = 0.0", "costs = 1e9")], "Nobody trades under any regime: in no period is a dataset bought."),
        (
            [(REGIMES, 'regimes = ["fairshare", { name = "none", regime = "reduced", part = 0 }]')],
            'Nobody trades under "none": in no period is a dataset bought.',
        ),
        ([], None),
    ],
    ids=["nobody", "nobody at one price", "somebody"],
)
def test_where_nobody_trades_that_is_said_first(tmp_path, capsys, monkeypatch, changes, said):
    made = experiment_of(tmp_path, SHORT, *changes)
    monkeypatch.setenv("COLUMNS", "80")
    console.simulated(made, Path("out"))
    shown = " ".join(capsys.readouterr().out.split())
    page = html.unescape(files(made)["report.html"].decode())
    if said is None:
        assert "Nobody trades" not in shown + page
        return
    assert f"{said} Costs are too high for it, budgets too low, or the price is 0." in shown
    assert page.index(f'<p class="lead">{said}') < page.index("What everybody has by the end")
    assert ("clearly best" in shown) is False
    assert told_of(made)[0].heading == "Who is better off"


def test_where_nothing_is_private_nothing_is_told_of_it(tmp_path):
    made = experiment_of(tmp_path, SHORT)
    assert secrets(made) == []
    assert "private" not in files(made)["report.html"].decode()


def test_more_regimes_than_colours_are_told_in_tables_and_files(tmp_path):
    more = REGIMES.replace('"current"', '"current", { name = "=half <b>", regime = "reduced", part = 0.4 }')
    made = experiment_of(tmp_path, SHORT.replace("periods = 8", "periods = 60"), (REGIMES, more))
    assert made.thresholds[0.99][0]["=half <b>"].ahead  # its t* would be marked, if it had a colour
    page, table = files(made)["report.html"].decode(), files(made)["results.csv"].decode()
    said = 'The charts have no curve for "=half <b>"; the tables and the files have them all.'
    assert html.unescape(page).index("Period by period") < html.unescape(page).index(said)
    assert [said] == [each for section in told_of(made) for each in section.sentences if "charts" in each]
    assert "<b>" not in page
    assert page.count('<th scope="row" class="name">=half &lt;b&gt;</th>') == 4
    assert "\r\n'=half <b>,0.99,buyer_utility," in table


# -- names, and what is not to be seen --------------------------------------------------------------------------------

CAMPUSES = ("University of Somewhere, North campus", "University of Somewhere, South campus")
CAMPUS = [(f'"{name}"', f'"{campus}"') for name, campus in zip(("high budget", "low budget"), CAMPUSES, strict=True)]


def test_buyers_whose_names_begin_alike_are_told_apart_everywhere(tmp_path):
    made = experiment_of(tmp_path, SHORT, *CAMPUS)
    for section in told_of(made):
        if "buyer" in section.columns:
            of_buyers = [row[section.columns.index("buyer")] for row in section.rows]
            assert len(set(of_buyers)) == 2, of_buyers
    page = files(made)["report.html"].decode()
    for campus in CAMPUSES:  # in two tables of totals, and against each of three regimes
        assert page.count(f">{campus}</th>") == 2
        assert page.count(f'<td class="name">{campus}</td>') == 3
    titles = re.findall(r"<title id=\"chart-\d+-title\">(.*?)</title>", page)
    assert len(titles) == len(set(titles)) == 6


def test_a_name_that_the_font_of_charts_does_not_have_draws_no_warning(tmp_path):
    text = SHORT.replace('"high budget"', '"机器学习 🎓"').replace(
        '"reduced", "random"', '{ name = "半价", regime = "reduced" }'
    )
    (tmp_path / "MARKET.toml").write_text(text)
    done = evenhand("simulate", "MARKET.toml", "--out", "out", folder=tmp_path, PYTHONWARNINGS="error::UserWarning")
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert "机器学习 🎓</text>" in (tmp_path / "out" / "report.html").read_text()


def test_only_missing_letters_are_passed_over_in_silence(tmp_path, monkeypatch):
    made = experiment_of(tmp_path, SHORT)
    monkeypatch.setattr(linecharts, "_frame", lambda *_: warnings.warn("something else", UserWarning, stacklevel=1))
    with pytest.warns(UserWarning, match="something else"):
        files(made)


ALONE = SHORT[: SHORT.index("[[buyers]]")] + LOW.replace("[0.90, 0.95]", "[1, 1]") + SHORT[SHORT.index("[partic") :]
"""One buyer, whose budget never binds: the ideal price leaves nothing."""


def test_what_only_rounding_leaves_is_0_in_every_file(tmp_path):
    made = experiment_of(tmp_path, ALONE)
    assert not re.search(r"e-1\d", files(made)["results.csv"].decode())
    assert numbers(made)["totals"]["fairshare"]["buyer_utility"]["low budget"]["mean"] == 0


def test_t_star_that_need_not_come_is_told_from_one_that_may(tmp_path):
    made = experiment_of(tmp_path, ALONE)
    [section] = [section for section in told_of(made) if section.heading.startswith("t*")]
    assert {cell for row in section.rows for cell in row[2:]} == {"not in sight"}
    [said] = section.sentences
    assert said.startswith("Not in sight: in the last period, too, the ideal price was not ahead.")
    assert paid_off(made)[0].count("(no end in sight)") == 3
    assert {each["nearing"] for each in numbers(made)["thresholds"]} == {False}
    bound = experiment_of(tmp_path, ALONE, ("[1, 1]", "[0.9, 0.95]"))
    assert {each["nearing"] for each in numbers(bound)["thresholds"] if each["regime"] == "reduced"} == {True}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Threshold(0, -1, 2, True, True), "None: by its band, the ideal price may be ahead from the first period on."),
        (Threshold(7, 3, 7, False, True), "Not within: later, if at all; in the last period"),
        (Threshold(7, 3, 7, False, True, nearing=False), "Not in sight: in the last period, too"),
        (Threshold(3, 2, 4, True, True), "In brackets, where the means could cross as well"),
    ],
)
def test_every_word_in_place_of_t_star_is_explained_where_it_stands(tmp_path, found, said):
    made = experiment_of(tmp_path, SHORT)
    everywhere = tuple(dict.fromkeys(of_regimes, found) for of_regimes in made.thresholds[0.99])
    [section] = [
        each for each in told_of(replace(made, thresholds={0.99: everywhere})) if each.heading.startswith("t*")
    ]
    assert sum(sentence.startswith(said) for sentence in section.sentences) == 1
    assert len(section.sentences) == (2 if found.low < 0 else 1)


def test_who_has_no_curve_and_no_chart_is_told(tmp_path):
    several = LOW + "".join(LOW.replace("low budget", f"lab {n}") for n in range(4))
    more = REGIMES.replace('"current"', '"current", { name = "quarter", regime = "reduced", part = 0.25 }')
    made = experiment_of(tmp_path, SHORT, (LOW, several), (REGIMES, more))
    curves = 'The charts have no curve for "quarter"; the tables and the files have them all.'
    charts = "There is no chart for 2 more buyers; the tables and the files have them all."
    assert undrawn(made) == [curves, charts]
    page = html.unescape(files(made)["report.html"].decode())
    assert page.index("Period by period") < page.index(curves) < page.index(charts) < page.index("<svg")
    [regimes] = [section.sentences for section in told_of(made) if section.heading == "The regimes"]
    assert {curves, charts} <= set(regimes)


def test_a_table_says_that_it_goes_on_behind_its_edge_and_names_wrap(page):
    [sheet] = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    assert "no-repeat local" in sheet
    assert re.search(r"th\.name, td\.name \{[^}]*max-width[^}]*overflow-wrap: anywhere", sheet)
    for region in re.findall(r'<div class="scroll"[^>]*>', page):
        assert 'role="region"' in region
        assert 'tabindex="0"' in region
        assert "aria-labelledby=" in region
