"""`evenhand simulate` from a terminal: what it tells and writes, what it refuses, what it exits with."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evenhand.experiment import run_experiment
from evenhand.market_file import read_experiment
from evenhand.reports.simulation import files
from evenhand.reports.simulation.numbers import numbers
from evenhand.reports.simulation.words import findings
from evenhand.reports.simulation.words import told as told_of
from evenhand.storage import check_listing

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
    assert names == {"report.html", "results.csv", "results.json", "round.sha256"}
    differs = check_listing(folder / "out")
    assert (differs.changed, differs.missing, differs.unlisted) == ((), (), ())


def test_tells_the_tables_on_stdout_and_progress_on_stderr(told):
    _, done = told
    assert "10 sellers and 2 buyers, 60 periods, under 4 price regimes; 40 replications, seed 7" in done.stdout
    assert re.search(r"^fairshare +high budget +\d+\.\d+ ± 0\.\d+ ", done.stdout, flags=re.MULTILINE)
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
    assert page.count('tabindex="0"') == page.count('role="region"') == 8


def test_the_page_knows_a_light_and_a_dark_reader(page):
    assert '<meta name="color-scheme" content="light dark">' in page
    assert page.count("prefers-color-scheme: dark") == 2  # of the page, and of its charts


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
    assert all("a random price " in line and "paying less makes no difference" in line for line in findings(made))
    ((cell,),) = {row[2:3] for section in told_of(made) for row in section.rows if row[0] == "reduced"} - {
        row[2:3] for row in told_of(made)[0].rows
    }
    assert cell == "no difference"
    same = {(each["regime"], each["same"], each["period"] is None) for each in numbers(made)["thresholds"]}
    assert ("reduced", True, True) in same
    assert ("random", True, True) not in same


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
        (("bad.toml", "--out", "none"), 3, "a discount is above 0, and at most 1"),
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
    assert (inside / "MARKET.toml").read_text() == MARKET
