"""Figures computed again: they say what their numbers say, their numbers can be had from what was drawn, and the files
are the same every time, for everyone, and need nothing else."""

import ast
import base64
import dataclasses
import hashlib
import html
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from itertools import groupby, pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.integrate import quad

from evenhand.errors import OfferError
from evenhand.market import SolvedAgain
from evenhand.markets.mixture import Mixture
from evenhand.reports import linecharts
from evenhand.reports.linecharts import Area, Curve, Mark, Panel, draw
from evenhand.reports.notation import said
from evenhand.reports.reproductions import FIGURES, PAGE, chosen, files, frontier, gain, overspend, reproduce, value
from evenhand.reports.reproductions import figure_3 as three
from evenhand.reports.reproductions import figure_4 as four
from evenhand.reports.reproductions import figure_7 as seven
from evenhand.reports.reproductions import figure_8 as eight
from evenhand.reports.reproductions import figure_9a as nine_a
from evenhand.reports.reproductions import figure_9b as nine_b
from evenhand.reports.reproductions.fairshare import (
    figure_2,
    figure_3,
    figure_4,
    figure_6,
    figures_9_to_11,
    figures_12_and_13,
)
from evenhand.reports.reproductions.fairshare.repeated import Setup
from evenhand.reports.reproductions.figure import percent
from evenhand.reports.reproductions.page import numbers
from evenhand.reports.reproductions.papers import PAPERS

ROOT = Path(__file__).parents[3]
REPORTS = ROOT / "src" / "evenhand" / "reports"
TRUTH = 5.0
SMALL = Setup(on_sale=20, validation=20, periods=12, replications=20)


def quickly(module, **settings):
    """The recipe of a figure with fewer markets beside the ones that are drawn."""
    return module.recompute(lambda done, total: None, module.Config(**settings))


@pytest.fixture(scope="module")
def figures():
    made = [
        quickly(three, other_seeds=6),
        quickly(four, other_seeds=4, seeds_without_empty=1, samples_without_empty=60),
        quickly(seven),
        quickly(eight, counted=60),
        quickly(nine_a),
        quickly(nine_b),
        quickly(overspend, sizes=(2, 5, 20), markets=10, large=1_000),
        quickly(value, kinds=tuple(replace(kind, sellers=5) for kind in value.Config().kinds), markets=4),
        quickly(frontier, others=10),
        quickly(gain, sellers=4, markets=6, corrected=1, steps=2),
        quickly(figure_2),
        quickly(figure_3),
        quickly(figure_4, setup=SMALL),
        quickly(figure_6, setup=SMALL),
        *(quickly(figures_9_to_11, setup=SMALL, task=task) for task in figures_9_to_11.NUMBERED),
        *(quickly(figures_12_and_13, setup=SMALL, budget=budget) for budget in figures_12_and_13.NUMBERED),
    ]
    return {figure.name: figure for figure in made}


@pytest.fixture(scope="module")
def made(figures):
    return files(list(figures.values()))


@pytest.fixture(scope="module")
def published(made):
    """What stands in the files of numbers: figure -> tree."""
    return {name[7:-5]: json.loads(data) for name, data in made.items() if name.endswith(".json")}


def panels(tree):
    return {
        panel["title"]: {curve["label"]: np.array(curve["y"]) for curve in panel["curves"]} for panel in tree["panels"]
    }


def across(tree):
    return np.array(tree["panels"][0]["curves"][0]["x"])


# -- the markets from the file of numbers, solved with numpy alone ----------------------------------------------------


class Plain:
    """A mean-estimation market by its first-order conditions and nothing else: W = B (C + V + A)^-1."""

    def __init__(self, drawn):
        self.buyers, self.sellers = np.array(drawn["buyer_means"]), np.array(drawn["seller_means"])
        self.variances, self.costs = np.array(drawn["variances"]), np.array(drawn["costs"])

    def weights(self, report, among=None):
        here = np.arange(len(self.costs)) if among is None else np.array(among, dtype=int)
        costs = np.array([report, *self.costs[1:]])[here]
        means = self.sellers[here]
        solved = np.linalg.solve(means @ means.T + np.diag(self.variances[here] + costs), means @ self.buyers.T).T
        weights = np.zeros((len(self.buyers), len(self.costs)))
        weights[:, here] = solved
        return weights

    def quantity(self, report):
        return (self.weights(report) ** 2).sum(axis=0)

    def losses(self, weights):
        return ((weights @ self.sellers - self.buyers) ** 2).sum() + (weights**2 @ self.variances).sum()

    def value(self, weights):
        return (self.buyers**2).sum() - self.losses(weights)

    def social_cost(self, report):
        return self.losses(self.weights(report)) + (self.quantity(report) * self.costs).sum()

    def welfare(self, report, among=None):
        weights = self.weights(report, among)
        return self.value(weights) - ((weights**2).sum(axis=0) * [report, *self.costs[1:]]).sum()

    def leave_one_out(self, report):
        others = range(1, len(self.costs))
        return self.value(self.weights(report)) - self.value(self.weights(report, others))

    def shapley(self, report):
        n = len(self.costs)
        values = np.zeros(2**n)
        for mask in range(2**n):
            values[mask] = self.value(self.weights(report, [j for j in range(n) if mask >> j & 1]))
        share = [1.0]
        for size in range(1, n):
            share.append(share[-1] * size / (n - size))
        return sum(
            share[mask.bit_count()] / n * (values[mask | 1] - values[mask]) for mask in range(2**n) if not mask & 1
        )

    def vcg(self, cost):
        others = range(1, len(self.costs))
        return self.welfare(cost) + cost * self.quantity(cost)[0] - self.welfare(cost, others)

    def cut(self, cost, until):
        integral, _ = quad(lambda report: self.quantity(report)[0], cost, until, epsabs=0, epsrel=1e-12, limit=200)
        return cost * self.quantity(cost)[0] + integral


def plain(tree):
    return {name: Plain(drawn) for name, drawn in tree["drawn"].items()}


def test_the_curve_of_direct_payments_follows_from_the_file(published):
    (market,) = plain(published["3"]).values()
    wanted = [(report - TRUTH) * market.quantity(report)[0] for report in across(published["3"])]
    np.testing.assert_allclose(
        panels(published["3"])["Utility under direct reimbursement"]["direct"], wanted, rtol=1e-8
    )


def test_the_curves_of_leave_one_out_and_social_cost_follow_from_the_file(published):
    drawn = panels(published["4"])
    for name, market in plain(published["4"]).items():
        paid = np.array([market.leave_one_out(report) for report in across(published["4"])])
        sold = np.array([market.quantity(report)[0] for report in across(published["4"])])
        burden = [market.social_cost(report) for report in across(published["4"])]
        np.testing.assert_allclose(drawn[f"Payments, {name}"]["leave-one-out"], paid, rtol=1e-8)
        np.testing.assert_allclose(
            drawn[f"Utility under leave-one-out, {name}"]["leave-one-out"], paid - TRUTH * sold, atol=1e-9
        )
        np.testing.assert_allclose(drawn[f"Social cost, {name}"]["social cost"], burden, rtol=1e-9)


@pytest.mark.parametrize("place", [0, 40])
def test_the_curves_of_shapley_follow_from_the_file(published, place):
    drawn, report = panels(published["4"]), across(published["4"])[place]
    for name, market in plain(published["4"]).items():
        paid = market.shapley(report)
        assert drawn[f"Payments, {name}"]["Shapley"][place] == pytest.approx(paid, rel=1e-8)
        left = paid - TRUTH * market.quantity(report)[0]
        assert drawn[f"Utility under Shapley, {name}"]["Shapley"][place] == pytest.approx(left, rel=1e-8)


def test_the_curve_and_the_areas_of_myerson_follow_from_the_file(published):
    tree = published["7"]
    (market,) = plain(tree).values()
    for panel in panels(tree).values():
        np.testing.assert_allclose(panel["f"], [market.quantity(report)[0] for report in across(tree)], rtol=1e-8)
    found, config = tree["numbers"], tree["config"]
    sold = {report: market.quantity(report)[0] for report in (TRUTH, config["under"], config["over"])}
    area = lambda low, high: quad(lambda u: market.quantity(u)[0], low, high, epsabs=0, epsrel=1e-11)[0]  # noqa: E731
    assert found["s1"] == pytest.approx(area(TRUTH, np.inf), rel=1e-8)
    assert found["s2"] == pytest.approx(
        (TRUTH - config["under"]) * sold[config["under"]] - area(config["under"], TRUTH)
    )
    assert found["s3"] == pytest.approx(area(TRUTH, config["over"]) - (config["over"] - TRUTH) * sold[config["over"]])


def test_the_quantities_follow_from_the_file(published):
    tree = published["8"]
    markets = {drawn["seed"]: Plain(drawn) for drawn in tree["drawn"].values()}
    for title, panel in panels(tree).items():
        market = markets[int(re.search(r"seed (\d+)", title)[1])]
        sold = np.array([market.quantity(report) for report in across(tree)])
        np.testing.assert_allclose(panel["the seller"], sold[:, 0], rtol=1e-8)
        np.testing.assert_allclose(panel["all others"], sold[:, 1:].sum(axis=1), rtol=1e-8)


def test_the_payments_of_mean_estimation_follow_from_the_file(published):
    ((curves,), (market,)) = panels(published["9a"]).values(), plain(published["9a"]).values()
    costs = across(published["9a"])
    for label in ("VCG", "Myerson, whole"):
        np.testing.assert_allclose(curves[label], [market.vcg(cost) for cost in costs], rtol=1e-8)
    for until in (20, 100):
        wanted = [market.cut(cost, until) for cost in costs[::4]]
        np.testing.assert_allclose(curves[f"Myerson, cut at {until}"][::4], wanted, rtol=1e-8)


def test_the_payments_of_the_mixture_follow_from_the_file(published):
    ((curves,), (drawn,)) = panels(published["9b"]).values(), published["9b"]["drawn"].values()
    market = Mixture(drawn["effects"], drawn["scale"], drawn["offset"], domain="simplex")
    for place in (0, 8, 28):
        cost = across(published["9b"])[place]
        again = SolvedAgain(market, np.array([cost, *drawn["costs"][1:]]), hooks=False)
        sold = again.allocation.quantity[0]
        vcg = again.allocation.welfare + cost * sold - again.without.welfare[0]
        assert curves["VCG"][place] == pytest.approx(vcg, rel=1e-8)
        assert curves["Myerson, whole"][place] == pytest.approx(vcg, rel=1e-8)
        for until in (20, 100):
            assert curves[f"Myerson, cut at {until}"][place] == pytest.approx(
                cost * sold + again.integral(0, until)[0], rel=1e-8
            )


# -- what the figures show --------------------------------------------------------------------------------------------


def test_no_report_earns_more_than_the_one_marked_best(figures):
    found = figures["3"].numbers
    assert found["best_report"] == pytest.approx(2 * TRUTH + found["distance"], rel=1e-5)
    assert max(figures["3"].panels[0].curves[0].y) <= found["utility_at_best"] + 1e-9
    utilities = {panel.title: panel.curves[0].y for panel in figures["4"].panels if panel.title.startswith("Utility")}
    assert len(utilities) == 4
    for title, utility in utilities.items():
        rule = "leave_one_out" if "leave-one-out" in title else "shapley"
        at = f"{title.rpartition(', ')[2].replace(' ', '_')}_{rule}"
        numbers = figures["4"].numbers
        assert max(utility) <= numbers[f"{at}_utility_at_best"] + 1e-9
        assert numbers[f"{at}_utility_at_best"] > numbers[f"{at}_utility_at_truth"]


def test_social_cost_is_lowest_at_the_truth(figures):
    for panel in figures["4"].panels:
        if panel.title.startswith("Social cost"):
            curve = panel.curves[0]
            assert curve.x[int(np.argmin(curve.y))] == TRUTH
    assert all(number > 1 for name, number in figures["4"].numbers.items() if name.endswith("price_of_anarchy"))


def test_a_misreport_loses_its_area(figures):
    found = figures["7"].numbers
    assert found["utility_at_truth"] == pytest.approx(found["s1"], rel=1e-9)
    assert found["utility_at_under"] == pytest.approx(found["s1"] - found["s2"], rel=1e-9)
    assert found["utility_at_over"] == pytest.approx(found["s1"] - found["s3"], rel=1e-9)
    drawn = {area.label: np.trapezoid(np.subtract(area.high, area.low), area.x)
             for panel in figures["7"].panels for area in panel.areas}  # fmt: skip
    assert drawn["s2"] == pytest.approx(found["s2"], rel=0.01)
    assert drawn["s3"] == pytest.approx(found["s3"], rel=0.01)
    assert drawn["s1"] == pytest.approx(found["s1"] * (1 - found["beyond_the_edge"]), rel=0.01)


def test_the_markets_of_quantities_are_the_first_of_their_kind(figures):
    found, config = figures["8"].numbers, eight.Config()
    assert found["positive_least_weight"] > 0 > found["mixed_least_weight"]
    for panel in figures["8"].panels:
        own, others = panel.curves
        assert all(later < earlier for earlier, later in pairwise(own.y))
        steps = np.diff(others.y)
        assert (steps < 0).all() if "both signs" in panel.title else others.y[-1] > others.y[0]
    assert found["mixed_others_change"] <= -config.fall_min
    assert found["mixed_leave_one_out_best"] < TRUTH < found["positive_leave_one_out_best"]


@pytest.mark.parametrize("name", ["9a", "9b"])
def test_the_gap_between_myerson_and_vcg_is_the_integral_beyond_the_cut(figures, name):
    vcg, whole, at_20, at_100 = (np.array(curve.y) for curve in figures[name].panels[0].curves)
    np.testing.assert_allclose(whole, vcg, rtol=1e-9)
    assert (at_20 < at_100).all()
    assert (at_100 < whole).all()
    for cut in (at_20, at_100):
        assert (np.diff(1 - cut / vcg) > 0).all(), "a dearer seller loses more of the payment"
    assert figures[name].numbers["difference_below"] <= 1e-9


def test_the_words_name_no_number_that_is_not_among_the_numbers(figures):
    for figure in figures.values():
        known = {written for number in figure.numbers.values()
                 for written in (said(number), said(number, 5), percent(abs(number)).removesuffix(" %"))}  # fmt: skip
        words = " ".join([*figure.finds, *(panel.says for panel in figure.panels)])
        for written in re.findall(r"−?\d[\d,]*\.\d+", words):
            assert written in known, f"figure {figure.name} says {written}"


# -- the same every time ----------------------------------------------------------------------------------------------

PROGRAM = """
import hashlib
from evenhand.reports.reproductions import files, reproduce
made = files([reproduce("7"), reproduce("9b")])
print(hashlib.sha256(b"".join(made[name] for name in sorted(made))).hexdigest())
"""


def test_files_are_the_same_in_every_process_and_whatever_matplotlib_is_told(tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nfont.size: 30\nsvg.fonttype: path\naxes.grid: True\n")
    told = []
    for seed, folder in (("0", ROOT), ("4711", tmp_path)):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed, "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        told.append(done.stdout)
    assert told[0] == told[1]
    assert len(told[0].strip()) == 64


def test_another_seed_gives_another_figure(figures):
    assert numbers(quickly(seven, seed=5)) != numbers(figures["7"])


def test_the_settings_stand_in_the_file(figures, published):
    for name, tree in published.items():
        assert tree["schema"] == "evenhand/figure/1"
        config = figures[name].config
        assert list(tree["config"]) == sorted(field.name for field in dataclasses.fields(config))
        assert config.__dataclass_params__.frozen


# -- drawings ---------------------------------------------------------------------------------------------------------


def drawings(made):
    return {name: data.decode() for name, data in made.items() if name.endswith(".svg")}


def test_a_drawing_says_what_it_is_and_needs_nothing(made):
    assert len(drawings(made)) == len(FIGURES)
    for text in drawings(made).values():
        root = ElementTree.fromstring(text)
        space = "{http://www.w3.org/2000/svg}"
        assert root.attrib["role"] == "img"
        title, desc = (root.find(f"{space}{tag}") for tag in ("title", "desc"))
        assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {desc.attrib['id']}"
        assert title.text.startswith("Figure ")
        assert len(desc.text) > 40
        assert len(root.findall(f".//{space}text")) > 5, "text stays text"
        assert not {f"{space}script", f"{space}image", f"{space}metadata"} & {element.tag for element in root.iter()}
        assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
        assert "matplotlib" not in text.lower()


def test_a_drawing_has_no_colour_of_its_own(made):
    for text in drawings(made).values():
        marks = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        assert not re.findall(r'"#[0-9a-f]{3,6}"|rgb\(| style=', marks)
        used = set(re.findall(r"(?:fill|stroke)-[a-z]+(?=[ \"])", marks)) - {"stroke-linejoin", "stroke-linecap"}
        assert len(used) > 4
        assert used <= set(re.findall(r"\.((?:fill|stroke)-[a-z]+) \{", linecharts.style()))


def brightness(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def schemes(style):
    """The colours of a style sheet: light, then dark."""
    blocks = re.findall(r"\{([^{}]*--paper:[^{}]*)\}", style)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block)) for block in blocks]


def test_colours_are_those_of_the_page_and_can_be_read_in_light_and_dark():
    page = schemes((REPORTS / "templates" / "report.css").read_text())
    for own, theirs in zip(schemes(linecharts.style())[:2], page, strict=False):
        assert {name: own[name] for name in ("ink", "muted", "rule", "paper")}.items() <= theirs.items()
        for name in ("ink", "muted", *linecharts.HUES):
            light, dark = sorted((brightness(own[name]), brightness(own["paper"])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{name} on paper"


def test_no_two_curves_of_a_panel_look_alike(figures):
    for figure in figures.values():
        for panel in figure.panels:
            looks = [(str(linecharts.DASHES[curve.hue]), curve.rings) for curve in panel.curves]
            assert len(set(looks)) == len(looks)
            assert len({curve.label for curve in panel.curves}) == len(looks)


def test_labels_of_curves_keep_apart_where_ends_meet():
    x = (0.0, 1.0)
    curves = tuple(Curve(f"curve {place}", x, (0.0, 1.0 + place * 1e-6), linecharts.HUES[place]) for place in range(4))
    text = draw([Panel("t", "x", "y", "says", curves)], name="n", title="t", says="s")
    places = sorted(float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"[^>]*>curve \d', text))
    assert len(places) == 4
    assert min(later - earlier for earlier, later in pairwise(places)) >= linecharts.TEXT


def test_marks_and_areas_are_drawn_and_all_labels_lie_within():
    x = (0.0, 1.0, 2.0)
    panel = Panel(
        "title", "x", "y", "says", (Curve("c", x, x),),
        (Mark("a long label at the right", 1.99, 1.9), Mark("left", 0.0)),
        (Area("area", x, (0.0, 0.0, 0.0), x, (1.0, 0.5), hatched=True),),
    )  # fmt: skip
    text = draw([panel], name="n", title="t", says="s")
    starts = {words: float(x) for x, words in re.findall(r'<text x="(-?[\d.]+)"[^>]*>([^<]*)</text>', text)}
    assert {"title", "c", "left", "area", "a long label at the right"} <= set(starts)
    assert starts["a long label at the right"] + 5 * len("a long label at the right") < linecharts.WIDTH
    assert "<pattern" in text


# -- the page ---------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@pytest.fixture(scope="module")
def source(made):
    return made[PAGE].decode()


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_the_page_runs_nothing_and_fetches_nothing(page, source):
    tags = {tag for tag, _ in page.found}
    assert not tags & {"script", "iframe", "object", "embed", "img", "image", "form", "base", "audio", "video"}
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    for _, attrs in page.found:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "srcset", "style", "xlink:href")]
        assert attrs.get("href", "#").startswith(("#", "data:,"))
    assert "http:" not in source
    assert "https:" not in source
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_security_policy_allows_this_style_sheet_alone(page, source):
    (policy,) = (attrs["content"] for attrs in page.all("meta") if "http-equiv" in attrs)
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)[1]
    named = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{named}';" in policy
    assert policy.startswith("default-src 'none';")
    assert source.count("<style>") == 1


def test_every_id_is_one_and_every_reference_is_met(page):
    ids = [attrs["id"] for _, attrs in page.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {name for _, attrs in page.found for name in attrs.get("aria-labelledby", "").split()}
    wanted |= {attrs["href"][1:] for _, attrs in page.found if attrs.get("href", "").startswith("#")}
    wanted |= {name for _, attrs in page.found for value in attrs.values()
               for name in re.findall(r"url\(#([^)]+)\)", value or "")}  # fmt: skip
    assert wanted <= set(ids)
    assert any("clip" in attrs for attrs in map(" ".join, (attrs for _, attrs in page.found)))


def test_every_panel_is_a_drawing_with_a_title_and_words(figures, page, source):
    shown = [panel for figure in figures.values() for panel in figure.panels]
    assert len(page.all("svg")) == len(shown)
    assert all(attrs["role"] == "img" and len(attrs["aria-labelledby"].split()) == 2 for attrs in page.all("svg"))
    for panel in shown:
        assert html.escape(panel.says, quote=False) in source


def test_a_page_names_the_papers_of_its_figures_and_no_others(figures, source):
    text = html.unescape(re.sub(r"<[^>]+>", "", source))
    assert all(paper.title in text and paper.citation in text for paper in PAPERS.values())
    alone = html.unescape(files([figures["gain"]])[PAGE].decode())
    assert f"<h1>{PAPERS['Ayyoubzadeh25'].title}</h1>" in alone
    assert PAPERS["Fan25"].title not in alone


def paper_of(name):
    if name.startswith("fairshare-"):
        return "FairShare25"
    return "Ayyoubzadeh25" if name.isalpha() else "Fan25"


def test_every_file_of_numbers_names_its_paper(published):
    assert {name: tree["source"] for name, tree in published.items()} == {
        name: PAPERS[paper_of(name)].citation for name in FIGURES
    }


def test_the_page_tells_what_the_paper_shows_and_what_we_find(figures, source):
    text = html.unescape(re.sub(r"<[^>]+>", "", source))
    for figure in figures.values():
        assert figure.title in text
        assert figure.shows in text
        assert all(paragraph in text for paragraph in figure.finds)


def test_every_point_that_is_drawn_is_in_a_table(figures, source):
    tables = re.findall(r"<table>.*?</table>", source, re.DOTALL)
    drawn = [
        [curve for panel in panels for curve in panel.curves]
        for figure in figures.values()
        for _, panels in groupby(figure.panels, key=lambda panel: (panel.across, panel.curves[0].x))
    ]
    assert len(figures) <= len(drawn) <= len(figures) + 2, "figures fairshare-2 and fairshare-6 have two tables"
    for curves, table in zip(drawn, tables, strict=True):
        rows = [
            re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        ]
        assert [row[0] for row in rows[1:]] == [said(x) for x in curves[0].x]
        for column, curve in enumerate(curves, start=1):
            assert [row[column] for row in rows[1:]] == [said(y, 6) for y in curve.y]


# -- names, and what an installation needs ----------------------------------------------------------------------------


def test_all_unknown_figures_are_named_with_the_known_ones():
    with pytest.raises(OfferError) as refused:
        chosen(["3", "9c", "6"])
    assert [problem.found for problem in refused.value.problems] == ['"9c" is not known', '"6" is not known']
    assert "3, 4, 7, 8, 9a, 9b" in str(refused.value)


def test_figures_come_in_the_paper_s_order():
    fairshare = [f"fairshare-{number}" for number in (2, 3, 4, 6, 9, 10, 11, 12, 13)]
    others = ["3", "4", "7", "8", "9a", "9b", "overspend", "value", "frontier", "gain"]
    assert chosen([]) == list(FIGURES) == [*others, *fairshare]
    assert chosen(["fairshare-3", "gain", "9b", "3", "9b"]) == ["3", "9b", "gain", "fairshare-3"]


def test_a_figure_tells_how_far_it_is():
    told = []
    reproduce("9a", lambda *step: told.append(step))
    assert {stage for stage, _, _ in told} == {"figure 9a"}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == told[-1][2]


def test_a_plain_installation_has_all_that_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    installed = {re.split(r"[<>=\[ ]", each)[0] for each in project["dependencies"]}
    sources = [REPORTS / "linecharts.py", *(REPORTS / "reproductions").rglob("*.py")]
    assert len(sources) > 8
    imported = set()
    for node in (node for path in sources for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"evenhand", "markupsafe"}  # markupsafe comes with jinja2
    assert "matplotlib" in foreign
    assert foreign <= installed
